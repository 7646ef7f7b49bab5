"""The stage's wire: from a scene to its still figures."""

from typing import Any

from dash import Dash, Input, Output

from app.runspec import LossSpec
from app.stage import ids
from app.stage.compute import Compute
from app.stage.figures import enlarged, landscape, section_frame, sharpness_frame
from app.stage.words import coordinate_names


def register(app: Dash, compute: Compute) -> None:
    """Connect the stage of an app."""

    @app.callback(
        Output(ids.LANDSCAPE, "figure"),
        Output(ids.SHARPNESS, "figure"),
        Input(ids.SCENE, "data"),
        prevent_initial_call=True,
    )
    def draw(scene: dict[str, Any]):
        return still_figures(compute, scene)


def still_figures(compute: Compute, scene: dict[str, Any]):
    """The landscape and the frame of the sharpness panel.

    A scene has the loss's key, the text of a `formula` of one's own, the numbers in it as `theta`,
    [name, value] each, the view
    ((low, high), (low, high)), the look, the scheme ("light", "dark"), a zoom counter (while that
    stays, a person's own zoom stays), if it is touched (a finger on a plot then scrolls the page),
    how many pixels a unit of what is painted is, and what the page asks about: the landscape brings
    it back, so that one which comes late is known as such.
    """
    chosen = LossSpec(
        scene["loss"], tuple(map(tuple, scene.get("theta", ()))), scene.get("formula") or ""
    )
    loss = chosen.record
    (x_low, x_high), (y_low, y_high) = scene["view"]
    view = (float(x_low), float(x_high)), (float(y_low), float(y_high))
    zoom_key = f"{chosen.formula or loss.key} {scene['zoom']}"
    scheme = scene["scheme"]
    if loss.d == 2:
        terrain, names = compute.terrain(chosen, view), coordinate_names(loss)
        named = names[0], names[1]
        figure = landscape(terrain, view, named, scene["look"], scheme, zoom_key, loss.equal_axes)
    else:
        figure = section_frame(view, loss.codim < loss.d, scheme, zoom_key)
    figure.update_layout(meta=scene["of"])
    figures = tuple(enlarged(one, scene["unit"]) for one in (figure, sharpness_frame(scheme)))
    if scene["touch"]:
        for still in figures:
            still.update_layout(dragmode=False)
    return figures
