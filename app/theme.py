"""Inks and the template of the still figures.

A colour means a quantity and is the same ink in every panel, in CSS and on the canvas: the same
table stands in `assets/style/base.css` as custom properties, and a test holds the two equal.
"""

from typing import Literal

import plotly.graph_objects as go

Scheme = Literal["light", "dark"]

INKS: dict[Scheme, dict[str, str]] = {
    "light": {
        "paper": "#fbfaf7",
        "card": "#ffffff",
        "ink": "#1b1e23",
        "soft": "#5a606a",
        "line": "#e3e0d8",
        "control": "#8b8f97",
        "even": "#2166ac",
        "odd": "#b0550c",
        "theory": "#00796b",
        "curvature": "#8e24aa",
        "rod": "#5f6c00",
        "threshold": "#6f747d",
        "flow": "#7d838c",
        "ok": "#2e7d32",
        "warn": "#a8200d",
        "flat-map": "#b3cfe4",
        "mid-map": "#fbfaf7",
        "edge-map": "#ffffff",
        "sharp-map": "#e7bfae",
    },
    "dark": {
        "paper": "#121418",
        "card": "#191c22",
        "ink": "#ebe8e1",
        "soft": "#a8aeb8",
        "line": "#2f353e",
        "control": "#6b727d",
        "even": "#74adf0",
        "odd": "#ffb057",
        "theory": "#4fd1bf",
        "curvature": "#e08cff",
        "rod": "#c3dc4a",
        "threshold": "#9aa1ac",
        "flow": "#9aa1ac",
        "ok": "#7ccf82",
        "warn": "#ff8a75",
        "flat-map": "#1d3a55",
        "mid-map": "#33343b",
        "edge-map": "#f4f1ea",
        "sharp-map": "#5c2f27",
    },
}

# Runs when several are compared: parity is then told by shape alone.
RUN_INKS: dict[Scheme, list[str]] = {
    "light": ["#1b1e23", "#a3195b", "#6b6a00", "#5a4fcf", "#1a6fa3", "#a04a00"],
    "dark": ["#ebe8e1", "#ff7eb6", "#d4d05a", "#a99bff", "#6fc3f2", "#ff9d5c"],
}

# Sharpness along Γ, from flat to sharp: apart from every ink, and in the dark never near the paper.
SHARPNESS_SCALES: dict[Scheme, list[str]] = {
    "light": ["#33106b", "#7b1f7f", "#b92d78", "#d94862", "#e8604c"],
    "dark": ["#8f6fe0", "#bf5fc4", "#ea6699", "#ff9479", "#ffd092"],
}

# Height of the landscape, from the valley up.
HEIGHT_SCALES: dict[Scheme, list[str]] = {
    "light": ["#fdfdfb", "#eff1f0", "#e0e4e4", "#d0d5d7"],
    "dark": ["#1b1f26", "#262c36", "#333b47", "#424c5a"],
}

# Pixels of the words of a figure and around its axes, where it is not enlarged.
TYPE = 14
MARGIN = {"l": 52, "r": 14, "t": 8, "b": 44}
FONT = 'Inter, system-ui, "Segoe UI", sans-serif'


def template(scheme: Scheme) -> go.layout.Template:
    """Axes, type and paper of every still figure."""
    inks = INKS[scheme]
    axis = {
        "gridcolor": inks["line"],
        "linecolor": inks["line"],
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": inks["line"],
        "ticklen": 4,
        "title": {"standoff": 6, "font": {"size": TYPE}},
        "fixedrange": False,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": TYPE, "color": inks["soft"]},
            "paper_bgcolor": inks["card"],
            "plot_bgcolor": inks["card"],
            "xaxis": axis,
            "yaxis": axis,
            "showlegend": False,
            "hovermode": False,
            "margin": MARGIN,
        }
    )
