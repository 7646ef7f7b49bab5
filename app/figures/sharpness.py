"""The frame of the sharpness panel: axes only; the page draws the curves and sets the ranges."""

import plotly.graph_objects as go

from app.theme import Scheme, template


def sharpness_frame(scheme: Scheme) -> go.Figure:
    """Empty axes of sharpness against a clock; without words there, which tells the page that the
    ranges are not set yet."""
    figure = go.Figure([go.Scatter(x=[0], y=[0], mode="markers", marker={"opacity": 0})])
    figure.update_layout(
        template=template(scheme),
        uirevision="sharpness",
        dragmode="pan",
        margin={"l": 46, "r": 124, "t": 8, "b": 40},
        xaxis={"range": [0, 6], "title": {"text": ""}, "showgrid": False},
        yaxis={"range": [0, 6], "title": {"text": "sharpness λ₁"}},
    )
    return figure
