"""The stage's still figures: arrays in, figure out. What moves is drawn by the page."""

from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from app.stage.compute import Terrain, View
from app.theme import HEIGHT_SCALES, INKS, MARGIN, SHARPNESS_SCALES, TYPE, Scheme, template

Look = Literal["root", "log", "sharpness", "surface"]

BANDS = 14
FLOOR_DECADES = 6.0
SHADES = 40
CLEAR = "rgba(0,0,0,0)"
GAP = np.full((1, 2), np.nan)


def landscape(
    terrain: Terrain,
    view: View,
    names: tuple[str, str],
    look: Look,
    scheme: Scheme,
    zoom_key: str,
    equal_axes: bool = False,
) -> go.Figure:
    """The still landscape; a zoom survives as long as `zoom_key` stays. With equal axes, more than
    `view` is seen on two of its sides.

    Where the look is a map of the sharpness, the page paints it below a clear ground: it follows
    the playhead.
    """
    drawn = look in ("root", "log")
    bands = [_contours(terrain, view, look, scheme)] if drawn else []
    figure = go.Figure([*bands, *_valley(terrain, scheme)])
    if len(terrain.flattest):
        figure.add_trace(_flattest(terrain, scheme))
    ground = INKS[scheme]["card"] if drawn else CLEAR
    framed = _framed(figure, view, names, ground, scheme, zoom_key)
    return framed.update_yaxes(scaleanchor="x") if equal_axes else framed


def section_frame(view: View, moves: bool, scheme: Scheme, zoom_key: str) -> go.Figure:
    """The frame of a section: axes on a clear ground, below which the page paints what follows the
    playhead. `moves`: whether there is a valley to drift along."""
    figure = go.Figure([go.Scatter(x=[0], y=[0], mode="markers", marker={"opacity": 0})])
    names = "along the drift, s" if moves else "along v₂", "across, along v₁"
    figure.update_layout(margin=MARGIN | {"l": 64})
    return _framed(figure, view, names, CLEAR, scheme, zoom_key)


def sharpness_frame(scheme: Scheme) -> go.Figure:
    """Empty axes of sharpness against a clock; without words there, which tells the page that the
    ranges are not set yet."""
    figure = go.Figure([go.Scatter(x=[0], y=[0], mode="markers", marker={"opacity": 0})])
    figure.update_layout(
        template=template(scheme),
        uirevision="sharpness",
        dragmode="pan",
        margin=MARGIN | {"r": 138},  # beside them stands the key
        xaxis={"range": [0, 6], "title": {"text": ""}, "showgrid": False},
        yaxis={"range": [0, 6], "title": {"text": "sharpness λ₁"}},
    )
    return figure


def _framed(
    figure: go.Figure,
    view: View,
    names: tuple[str, str],
    ground: str,
    scheme: Scheme,
    zoom_key: str,
) -> go.Figure:
    figure.update_layout(
        template=template(scheme),
        uirevision=zoom_key,
        dragmode="pan",
        plot_bgcolor=ground,
        paper_bgcolor=ground,
        xaxis={"range": view[0], "title": {"text": names[0]}, "showgrid": False},
        yaxis={"range": view[1], "title": {"text": names[1]}, "showgrid": False},
    )
    return figure


def enlarged(figure: go.Figure, unit: float) -> go.Figure:
    """The same with words, margins, lines and marks `unit` times as large."""
    own = figure.to_dict()["layout"].get("margin", {})
    margin = {side: unit * room for side, room in (MARGIN | own).items()}
    figure.update_layout(font_size=unit * TYPE, margin=margin)
    figure.for_each_xaxis(lambda axis: axis.update(title_font_size=unit * TYPE))
    figure.for_each_yaxis(lambda axis: axis.update(title_font_size=unit * TYPE))
    traces: Any = figure.data
    for trace in traces:
        if trace.line.width:
            trace.line.width *= unit
        if trace.type == "scatter" and trace.marker.size:
            trace.marker.update(size=unit * trace.marker.size, line_width=unit * 2)
    return figure


def height(loss: np.ndarray, look: Look) -> np.ndarray:
    """√L, or log₁₀ L cut six decades below its largest value."""
    if look == "root":
        return np.sqrt(loss)
    top = np.nanmax(np.log10(np.maximum(loss, 1e-300)))
    return np.maximum(np.log10(np.maximum(loss, 1e-300)), top - FLOOR_DECADES)


def _contours(terrain: Terrain, view: View, look: Look, scheme: Scheme) -> go.Contour:
    """Bands up to what 97 % of the view stay below, so that a cliff does not take all."""
    z = height(terrain.loss, look)
    inside = np.ix_(
        (terrain.y >= view[1][0]) & (terrain.y <= view[1][1]),
        (terrain.x >= view[0][0]) & (terrain.x <= view[0][1]),
    )
    seen = z[inside] if z[inside].size else z
    low, high = float(np.nanmin(seen)), float(np.nanquantile(seen, 0.97))
    return go.Contour(
        x=terrain.x,
        y=terrain.y,
        z=z.astype(np.float32),
        colorscale=_as_scale(HEIGHT_SCALES[scheme]),
        contours={"start": low, "end": high, "size": max(high - low, 1e-12) / BANDS},
        zmin=low,
        zmax=high,
        autocontour=False,
        line={"width": 0.6, "color": INKS[scheme]["line"], "smoothing": 1.0},
        showscale=False,
        hoverinfo="skip",
    )


def _valley(terrain: Terrain, scheme: Scheme) -> list[go.Scatter]:
    """Γ as stretches of one colour each, so that it is a line at every zoom.

    They meet without overlapping, which would show along the line's soft edges; a line below all of
    them fills the seams.
    """
    if not terrain.curves:
        return []
    low, high = terrain.sharpness_range
    traces: dict[int, list[np.ndarray]] = {}
    for curve in terrain.curves:
        shade = _shades(curve.sharpness, low, high)
        cuts = np.flatnonzero(np.diff(shade)) + 1
        for piece in np.split(np.arange(len(shade)), cuts):
            stretch = curve.x[piece[0] : piece[-1] + 2]
            traces.setdefault(int(shade[piece[0]]), []).extend([stretch, GAP])
    colours = sample_colorscale(SHARPNESS_SCALES[scheme], np.linspace(0, 1, SHADES).tolist())
    below = np.concatenate([part for curve in terrain.curves for part in (curve.x, GAP)])
    return [
        _stretch(below, str(colours[SHADES // 2])),
        *(_stretch(np.concatenate(parts), str(colours[shade])) for shade, parts in traces.items()),
    ]


def _shades(sharpness: np.ndarray, low: float, high: float) -> np.ndarray:
    """The shade of each point, [n], even in log λ₁: a doubling looks the same everywhere."""
    span = np.log(high / low)
    share = np.log(sharpness / low) / span if span > 0 else np.zeros_like(sharpness)
    return np.clip((share * SHADES).astype(int), 0, SHADES - 1)


def _stretch(points: np.ndarray, colour: str) -> go.Scatter:
    return go.Scatter(
        x=points[:, 0],
        y=points[:, 1],
        mode="lines",
        line={"width": 5, "color": colour, "simplify": False},
        hoverinfo="skip",
    )


def _flattest(terrain: Terrain, scheme: Scheme) -> go.Scatter:
    """Marks alone: the page names them, where there is room in what is seen."""
    inks = INKS[scheme]
    return go.Scatter(
        x=terrain.flattest[:, 0],
        y=terrain.flattest[:, 1],
        mode="markers",
        marker={"size": 9, "color": inks["card"], "line": {"width": 2, "color": inks["ink"]}},
        hoverinfo="skip",
    )


def _as_scale(colours: list[str]) -> list[list]:
    return [[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)]
