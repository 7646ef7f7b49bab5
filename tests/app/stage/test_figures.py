"""The landscape says what `dynamics` says: heights are √L, Γ is where L is 0, flat is flattest."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any, get_args

import jax
import numpy as np
import plotly.graph_objects as go
import pytest
from flask import Flask
from flask_caching import Cache
from plotly.colors import hex_to_rgb, unlabel_rgb

from app.once import Once
from app.runspec import LossSpec
from app.stage.callbacks import still_figures
from app.stage.compute import Compute
from app.stage.figures import CLEAR, FLOOR_DECADES, Look, height, landscape
from app.theme import INKS, SHARPNESS_SCALES, Scheme
from dynamics import LOSSES
from dynamics.manifold import Trace
from dynamics.terrain import Terrain, View
from dynamics.types import Loss

SCHEMES, LOOKS = get_args(Scheme), get_args(Look)
PLANE = [loss for loss in LOSSES.values() if loss.d == 2]
VALLEYS = [loss for loss in PLANE if loss.branches]


def by_key(loss: Loss) -> str:
    return loss.key


@pytest.fixture(scope="module")
def compute() -> Iterator[Compute]:
    """A door whose results are kept in memory."""
    server = Flask("test")
    with server.app_context():
        yield Compute(Once(Cache(server, config={"CACHE_TYPE": "SimpleCache"})))


def view_of(loss: Loss) -> View:
    (x_low, x_high), (y_low, y_high) = loss.view
    return (x_low, x_high), (y_low, y_high)


Drawn = tuple[Loss, Scheme, Look, go.Figure]


def name_of(asked: tuple) -> str:
    loss, scheme, look = asked
    return f"{loss.key}-{scheme}-{look}"


@pytest.fixture(scope="module", params=product(PLANE, SCHEMES, LOOKS), ids=name_of)
def drawn(request: pytest.FixtureRequest, compute: Compute) -> Drawn:
    """A loss, scheme, look and the landscape drawn from them."""
    return draw(compute, *request.param)


@pytest.fixture(scope="module", params=product(VALLEYS, SCHEMES, LOOKS), ids=name_of)
def with_valley(request: pytest.FixtureRequest, compute: Compute) -> Drawn:
    """The same, of losses whose Γ is a curve."""
    return draw(compute, *request.param)


@pytest.fixture(scope="module", params=product(PLANE, SCHEMES, ("root", "log")), ids=name_of)
def contoured(request: pytest.FixtureRequest, compute: Compute) -> Drawn:
    """The same, of the looks with contours."""
    return draw(compute, *request.param)


def draw(compute: Compute, loss: Loss, scheme: Scheme, look: Look) -> Drawn:
    view = view_of(loss)
    terrain = compute.terrain(LossSpec(loss.key), view)
    figure = landscape(terrain, view, ("x", "y"), look, scheme, "zoom", loss.equal_axes)
    return loss, scheme, look, figure


def parts(figure: go.Figure) -> tuple[list[Any], list[Any], list[Any]]:
    """Contours, the line below all of Γ and then its stretches, and marks of flattest points."""
    contours = [trace for trace in figure.data if trace.type == "contour"]
    rest = figure.data[len(contours) :]
    valley = [trace for trace in rest if trace.mode == "lines"]
    marks = [trace for trace in rest if trace.mode != "lines"]
    return contours, valley, marks


def chords(*traces: Any) -> list[tuple[float, ...]]:
    """The chords of traces, each from point to point (x, y, x, y), in order."""
    found: list[tuple[float, ...]] = []
    for trace in traces:
        xy = np.stack([trace.x, trace.y], axis=1).astype(float)
        both = np.hstack([xy[:-1], xy[1:]])
        found += map(tuple, both[np.isfinite(both).all(axis=1)].tolist())
    return sorted(found)


def points(trace: Any) -> np.ndarray:
    """The points of a trace, [n, 2], without its gaps."""
    xy = np.stack([trace.x, trace.y], axis=1).astype(float)
    return xy[np.isfinite(xy).all(axis=1)]


SOME = 256


def some(x: np.ndarray) -> np.ndarray:
    """256 of the points [n, 2], or all and the last repeated: one shape, to compile little."""
    few = np.minimum(np.arange(SOME), len(x) - 1)
    return x[few if len(x) <= SOME else np.linspace(0, len(x) - 1, SOME).astype(int)]


def values(loss: Loss, x: np.ndarray) -> np.ndarray:
    """L at 256 of the points [n, 2]."""
    return np.asarray(jax.vmap(loss.value)(some(x)))


def sharpnesses(loss: Loss, x: np.ndarray) -> np.ndarray:
    """λ₁ on Γ in closed form, at 256 of the points [n, 2]."""
    assert loss.manifold_sharpness is not None
    return np.asarray(jax.vmap(loss.manifold_sharpness)(some(x)))


def rgb(colour: str) -> np.ndarray:
    found = hex_to_rgb(colour) if colour.startswith("#") else unlabel_rgb(colour)
    return np.array(found, float)


# ---- the landscape, of every loss in the plane ----


def test_only_where_the_page_paints_the_ground_there_are_no_contours(drawn: tuple) -> None:
    loss, scheme, look, figure = drawn
    contours, valley, marks = parts(figure)
    painted = look in ("sharpness", "surface")
    assert len(contours) == (0 if painted else 1)
    assert bool(valley) == bool(marks) == bool(loss.branches)
    ground = CLEAR if painted else INKS[scheme]["card"]
    assert figure.layout.plot_bgcolor == figure.layout.paper_bgcolor == ground


def test_heights_are_those_of_the_loss(contoured: tuple) -> None:
    loss, _, look, figure = contoured
    ((contours,), _, _) = parts(figure)
    rows, columns = np.random.default_rng(0).integers(0, len(contours.x), (2, SOME))
    at = np.stack([contours.x[columns], contours.y[rows]], axis=1)
    shown, expected = contours.z[rows, columns], values(loss, at)
    if look == "root":
        np.testing.assert_allclose(shown, np.sqrt(expected), rtol=1e-6)
    else:
        bottom = np.nanmax(contours.z) - FLOOR_DECADES
        np.testing.assert_allclose(shown, np.log10(np.maximum(expected, 10**bottom)), atol=1e-5)


def test_contours_reach_half_a_view_further_on_each_side(contoured: tuple) -> None:
    loss, _, _, figure = contoured
    ((contours,), _, _) = parts(figure)
    for line, (low, high) in zip((contours.x, contours.y), loss.view, strict=True):
        middle, width = (low + high) / 2, high - low
        np.testing.assert_allclose([line[0], line[-1]], [middle - width, middle + width])
    assert figure.layout.xaxis.range == tuple(loss.view[0])
    assert figure.layout.yaxis.range == tuple(loss.view[1])


def test_bands_cover_the_view_from_its_floor(contoured: tuple) -> None:
    loss, _, _, figure = contoured
    ((contours,), _, _) = parts(figure)
    bands = contours.contours
    assert bands.start < bands.end
    assert 8 <= (bands.end - bands.start) / bands.size <= 30
    assert bands.end <= np.nanmax(contours.z)
    holes = [(contours.x[j], contours.y[i]) for i, j in np.argwhere(~np.isfinite(contours.z))]
    assert all(loss.domain and not loss.domain.inside(np.array(hole)) for hole in holes)


def test_the_valley_is_where_the_loss_is_zero(with_valley: tuple) -> None:
    loss, _, _, figure = with_valley
    _, valley, _ = parts(figure)
    for trace in valley:
        x = points(trace)
        scale = np.maximum(np.sum(np.asarray(x) ** 2, axis=1).max(), 1.0)
        assert np.max(values(loss, x)) < 1e-20 * scale


def test_the_stretches_of_the_valley_abut_without_overlap(with_valley: tuple) -> None:
    """Each chord of the line below is in one stretch of one colour, and no stretch has more."""
    *_, figure = with_valley
    _, (below, *stretches), _ = parts(figure)
    assert chords(*stretches) == chords(below)
    assert len(set(chords(below))) == len(chords(below))


def test_the_valley_is_a_line_without_seams(with_valley: tuple) -> None:
    """The stretches of one colour, put together, skip nothing of Γ in view."""
    loss, _, _, figure = with_valley
    _, valley, _ = parts(figure)
    every = np.concatenate([np.empty((0, 2)), *map(points, valley[1:])])
    for branch in loss.branches:
        s = np.linspace(branch.low, branch.high, 200)
        curve = np.asarray(jax.vmap(branch.curve)(s))
        size = np.array([high - low for low, high in loss.view])
        lows, highs = np.array(loss.view).T
        for point in curve[((curve >= lows) & (curve <= highs)).all(axis=1)]:
            assert np.min(np.linalg.norm((every - point) / size, axis=1)) < 0.02


def test_the_valley_is_coloured_by_its_sharpness(with_valley: tuple) -> None:
    loss, scheme, _, figure = with_valley
    _, (_, *valley), _ = parts(figure)
    middles = np.array([points(trace)[len(points(trace)) // 2] for trace in valley])
    order = np.argsort(sharpnesses(loss, middles)[: len(valley)])
    colours = [rgb(valley[i].line.color) for i in order]
    assert len(np.unique(colours, axis=0)) == len(valley)
    for colour, end in zip((colours[0], colours[-1]), (0, -1), strict=True):
        np.testing.assert_allclose(colour, rgb(SHARPNESS_SCALES[scheme][end]), atol=12)


def test_what_is_round_has_equal_axes(drawn: tuple) -> None:
    loss, *_, figure = drawn
    assert (figure.layout.yaxis.scaleanchor == "x") == (loss.key in ("ellipse", "ring"))


def test_flattest_points_are_marked(with_valley: tuple) -> None:
    loss, scheme, _, figure = with_valley
    (mark,) = parts(figure)[2]
    assert len(points(mark)) >= 1
    assert mark.marker.line.color == INKS[scheme]["ink"]
    assert np.max(values(loss, points(mark))) < 1e-10


def test_colours_are_inks(drawn: tuple) -> None:
    _, scheme, _, figure = drawn
    contours, _, marks = parts(figure)
    layout = json.dumps(figure.layout.to_plotly_json(), default=str)
    used = {*(ground.line.color for ground in contours), *re.findall(r"#[0-9a-f]{6}", layout)}
    used |= {colour for mark in marks for colour in (mark.marker.color, mark.marker.line.color)}
    assert used <= set(INKS[scheme].values())


def test_figure_is_json_without_a_hole_for_the_hand(drawn: tuple) -> None:
    *_, figure = drawn
    json.loads(figure.to_json())
    assert figure.layout.uirevision == "zoom"
    assert figure.layout.dragmode == "pan"
    assert figure.layout.showlegend is None or not figure.layout.showlegend
    assert all(trace.hoverinfo == "skip" for trace in figure.data)


FLATTEST = {
    "parabolic-valley": [(0, 0)],
    "paper-valley": [(0, 0)],
    "hyperbola": [(1, 1), (-1, -1)],
    "quartic-hyperbola": [(1, 1), (1, -1), (-1, 1), (-1, -1)],
    "ellipse": [(2**0.5, 0), (-(2**0.5), 0)],
    "ring": [(-1, 0)],
}


@pytest.mark.parametrize("key", FLATTEST)
def test_flattest_points_are_those_by_hand(compute: Compute, key: str) -> None:
    found = compute.terrain(LossSpec(key), view_of(LOSSES[key])).flattest
    assert len(found) == len(FLATTEST[key])
    for point in FLATTEST[key]:
        assert np.min(np.linalg.norm(found - point, axis=1)) < 1e-5


def test_flattest_points_of_the_sine_valley_are_local_minima(compute: Compute) -> None:
    loss = LOSSES["sine-valley"]
    x, y = compute.terrain(LossSpec(loss.key), view_of(loss)).flattest.T
    assert len(x) >= 3
    np.testing.assert_allclose(y, np.sin(x))

    def near(shift: float) -> np.ndarray:
        return sharpnesses(loss, np.stack([x + shift, np.sin(x + shift)], axis=1))

    assert np.all(near(0) < near(-0.05))
    assert np.all(near(0) < near(0.05))


# ---- height ----


def test_height_is_the_root_or_six_decades_of_the_logarithm() -> None:
    loss = np.array([[0.0, 1e-12], [4.0, 100.0]])
    np.testing.assert_allclose(height(loss, "root"), [[0, 1e-6], [2, 10]])
    np.testing.assert_allclose(height(loss, "log"), [[-4, -4], [np.log10(4), 2]])


# ---- views that are not a loss's own ----

ELSEWHERE: dict[str, View] = {
    "far away, no valley in sight": ((40.0, 41.0), (40.0, 41.0)),
    "a thousandth of the plane": ((1.0, 1.001), (0.999, 1.0005)),
    "the whole of it": ((-100.0, 100.0), (-100.0, 100.0)),
    "a valley without its flattest point": ((2.0, 3.0), (0.2, 0.6)),
}


@pytest.mark.parametrize("view", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("loss", PLANE, ids=by_key)
def test_any_view_can_be_drawn(compute: Compute, loss: Loss, view: View) -> None:
    for look in LOOKS:
        terrain = compute.terrain(LossSpec(loss.key), view)
        figure = landscape(terrain, view, ("x", "y"), look, "light", "zoom")
        contours, valley, _ = parts(figure)
        assert all(ground.contours.size > 0 for ground in contours)
        if valley:
            assert np.max(values(loss, np.concatenate([points(t) for t in valley]))) < 1e-10
        json.loads(figure.to_json())


@pytest.mark.parametrize("loss", VALLEYS, ids=by_key)
def test_the_valley_is_there_at_every_zoom(compute: Compute, loss: Loss) -> None:
    """Even where the view is smaller than the distance of the points that Γ is drawn from."""
    branch = loss.branches[0]
    x, y = np.asarray(branch.curve(branch.low + 0.6123 * (branch.high - branch.low)))
    for half in (1e-1, 1e-2, 1e-3):
        terrain = compute.terrain(LossSpec(loss.key), ((x - half, x + half), (y - half, y + half)))
        nearest = [distance_to_line(np.array([x, y]), piece.x) for piece in terrain.curves]
        assert min(nearest) < 0.02 * half


@pytest.mark.parametrize("loss", VALLEYS, ids=by_key)
def test_a_place_on_the_valley_has_one_colour_at_every_zoom(compute: Compute, loss: Loss) -> None:
    """The colours span the sharpness in the loss's own view, not that of what is in sight."""
    (x_low, x_high), (y_low, y_high) = view = view_of(loss)
    near = ((x_low, x_low + 0.3 * (x_high - x_low)), (y_low, y_low + 0.7 * (y_high - y_low)))
    whole, part = (colours_of(compute.terrain(LossSpec(loss.key), v), v) for v in (view, near))
    shared = set(whole) & set(part)
    assert len(shared) > 20
    assert len({part[chord] for chord in shared}) > 1
    assert [part[chord] for chord in shared] == [whole[chord] for chord in shared]


def colours_of(terrain: Terrain, view: View) -> dict[tuple[float, ...], str]:
    """The colour of each chord of Γ."""
    figure = landscape(terrain, view, ("x", "y"), "root", "light", "zoom")
    _, (_, *stretches), _ = parts(figure)
    return {chord: trace.line.color for trace in stretches for chord in chords(trace)}


def test_colours_are_even_in_the_logarithm_of_the_sharpness() -> None:
    """By hand: of 1 … 16, λ₁ = 4 has the middle of the scale, and beyond its ends are its ends."""
    line = np.stack([np.arange(6.0), np.zeros(6)], axis=1)
    sharpness = np.array([0.1, 1.0, 3.99, 4.01, 16.0, 99.0])
    terrain = terrain_of(Trace(line, sharpness), (1.0, 16.0))
    colour = colours_of(terrain, ((0, 1), (0, 1)))
    first, second, below, above, last = (colour[x, 0.0, x + 1, 0.0] for x in np.arange(5.0))
    assert first == second
    scale = [rgb(shade) for shade in SHARPNESS_SCALES["light"]]
    np.testing.assert_allclose(rgb(first), scale[0], atol=2)
    np.testing.assert_allclose(rgb(last), scale[-1], atol=2)
    for middle in (below, above):
        np.testing.assert_allclose(rgb(middle), scale[2], atol=6)
    assert below != above


def terrain_of(curve: Trace, sharpness_range: tuple[float, float]) -> Terrain:
    """A plain around one branch."""
    side = np.linspace(0, 1, 5)
    return Terrain(side, side, np.ones((5, 5)), (curve,), sharpness_range, np.empty((0, 2)))


def distance_to_line(point: np.ndarray, line: np.ndarray) -> float:
    """From a point [2] to the nearest chord of a line [n, 2]."""
    before, chord = line[:-1], np.diff(line, axis=0)
    along = np.sum((point - before) * chord, axis=1) / np.sum(chord**2, axis=1)
    foot = before + np.clip(along, 0, 1)[:, None] * chord
    return float(np.min(np.linalg.norm(foot - point, axis=1)))


def test_a_flat_valley_is_of_one_colour() -> None:
    """Equal sharpness all along must not divide by a span of zero."""
    line = np.stack([np.linspace(0, 1, 50), np.zeros(50)], axis=1)
    terrain = terrain_of(Trace(line, np.full(50, 3.0)), (3.0, 3.0))
    figure = landscape(terrain, ((0, 1), (0, 1)), ("x", "y"), "root", "light", "zoom")
    _, valley, marks = parts(figure)
    below, stretch = valley
    assert chords(below) == chords(stretch)
    assert not marks


# ---- the callback ----


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scene_becomes_both_figures(compute: Compute, scheme: str) -> None:
    loss = LOSSES["hyperbola"]
    scene = {
        "loss": loss.key,
        "view": loss.view,
        "look": "root",
        "scheme": scheme,
        "zoom": 1,
        "touch": False,
        "unit": 1.0,
        "of": {"loss": loss.key, "zoom": 1, "turn": 3},
    }
    # As it arrives from the page: numbers may be integers, pairs are lists.
    scene = json.loads(json.dumps(scene))
    figure, frame = still_figures(compute, scene)
    assert figure.layout.meta == scene["of"], "what it answers, for the page to know"
    for drawn in (figure, frame):
        assert drawn.layout.template.layout.paper_bgcolor == INKS[scheme]["card"]
    assert frame.layout.yaxis.title.text == "sharpness λ₁"
    again, _ = still_figures(compute, scene | {"look": "sharpness"})
    assert again.layout.uirevision == figure.layout.uirevision
    for drawn in still_figures(compute, scene | {"touch": True}):
        assert drawn.layout.dragmode is False  # a finger scrolls the page
    whole, _ = still_figures(compute, scene | {"zoom": 2})
    assert whole.layout.uirevision != figure.layout.uirevision
    other, _ = still_figures(compute, scene | {"loss": "ring"})
    assert other.layout.uirevision != figure.layout.uirevision
