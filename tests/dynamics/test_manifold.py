"""Γ as it is drawn, its flattest points, and the line that a drift follows."""

from collections.abc import Callable
from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, Rule
from dynamics.compilation import quickly
from dynamics.curvature import normal_space, sharpness_gradient, tangential
from dynamics.flows import SQRT_GD_FLOW, integrate
from dynamics.manifold import (
    LINE_POINTS,
    POINTS,
    SHORTEST,
    UPHILL,
    Trace,
    drift_line,
    flattest_on,
    flattest_points,
    trace_manifold,
)
from dynamics.types import Array, Flow
from tests.catalogue import each_kind_of_valley

FLATTEST = {
    "parabolic-valley": [(0, 0)],
    "paper-valley": [(0, 0)],
    "hyperbola": [(1, 1), (-1, -1)],
    "quartic-hyperbola": [(1, 1), (1, -1), (-1, 1), (-1, -1)],
    "ellipse": [(np.sqrt(2), 0), (-np.sqrt(2), 0)],
    "ring": [(-1, 0)],
}

PLANE = Loss(
    "plane",
    lambda x: 0.5 * (1 + x[0] ** 2 + 2 * x[1] ** 2) * x[2] ** 2,
    start=(1.5, 1.0, 0.3),
    view=((-2, 2), (-2, 2), (-1, 1)),
)
PRODUCT = Loss("product", lambda x: 0.5 * (1 - x.prod()) ** 2, start=(2.0, 0.5, 2.0, 0.5))
KINK = Loss(
    "kink",
    lambda x: 0.5 * ((2 + x[0]) * x[1] ** 2 + (2 - x[0]) * x[2] ** 2),
    start=(1.0, 0.1, 0.1),
    codim=2,
)


def test_traces_lie_on_the_manifold(loss: Loss, autodiff) -> None:
    traces = trace_manifold(loss)
    assert len(traces) == len(loss.branches)
    for trace in traces:
        assert trace.x.shape == (POINTS, loss.d)
        some = slice(0, None, POINTS // 31)
        np.testing.assert_allclose(autodiff.value(loss, trace.x[some]), 0, atol=1e-28)
        top = np.linalg.eigvalsh(autodiff.hessian(loss, trace.x[some]))[:, -1]
        np.testing.assert_allclose(trace.sharpness[some], top, rtol=1e-12)


@pytest.mark.parametrize(("key", "expected"), FLATTEST.items())
def test_flattest_points_by_hand(key: str, expected: list) -> None:
    found = flattest_points(dynamics.LOSSES[key])
    assert len(found) == len(expected)
    for point in np.array(expected, float):
        assert np.min(np.linalg.norm(found - point, axis=1)) < 1e-5


def test_flattest_points_are_stationary(valley: Loss, along) -> None:
    """P⊥∇λ₁ = 0 there, also where the least lies between the points that were sampled."""
    found = flattest_points(valley)
    if len(found):
        np.testing.assert_allclose(along(_drift, valley, found), 0, atol=1e-3)


def _drift(loss: Loss, x: Array) -> Array:
    return tangential(normal_space(loss, x)[1], sharpness_gradient(loss, x))


def test_flattest_points_are_local_minima_of_the_sharpness(loss: Loss, autodiff) -> None:
    """λ₁ is larger a little further along the branch, on both sides."""
    found = flattest_points(loss)
    assert found.shape[1:] == (loss.d,)
    for trace in trace_manifold(loss):
        spacing = np.linalg.norm(np.diff(trace.x, axis=0), axis=1).max()
        for point in found:
            away = np.linalg.norm(trace.x - point, axis=1)
            ring = (away > spacing) & (away < 4 * spacing)
            if away.min() < spacing:
                (top,) = np.linalg.eigvalsh(autodiff.hessian(loss, [point]))[:, -1]
                assert np.all(trace.sharpness[ring] > top)


def test_the_winding_floor_has_several() -> None:
    assert len(flattest_points(dynamics.LOSSES["sine-valley"])) > 3


def test_a_loss_without_branches_has_none() -> None:
    assert trace_manifold(dynamics.LOSSES["quadratic"]) == ()
    assert flattest_points(dynamics.LOSSES["quadratic"]).shape == (0, 2)


def spacings(line: Trace) -> np.ndarray:
    return np.linalg.norm(np.diff(line.x, axis=0), axis=1)


def nearest_on(line: Trace, x: Array) -> tuple[int, float]:
    """The point of a line that is nearest to x [d], and how far it is."""
    away = np.linalg.norm(line.x - np.asarray(x), axis=1)
    return int(np.argmin(away)), float(np.min(away))


@each_kind_of_valley
def test_a_line_lies_on_the_manifold_and_leads_down(valley: Loss, on_manifold, autodiff) -> None:
    """From every point: on Γ, λ₁ as LAPACK has it, equal arcs, through the point, down from it."""
    for x in on_manifold(valley)[:6]:
        line = drift_line(valley, x)
        assert line.x.shape == (LINE_POINTS, valley.d)
        np.testing.assert_allclose(autodiff.value(valley, line.x), 0, atol=1e-20)
        top = np.linalg.eigvalsh(autodiff.hessian(valley, line.x))[:, -1]
        np.testing.assert_allclose(line.sharpness, top, rtol=1e-9)
        regular = spacings(line)[:-3]  # at a kink of λ₁ the walk ends as it can
        bent = 0.1 if valley.key == "scale-invariant" else 0.05  # arcs, seen as chords
        assert np.ptp(regular) < bent * np.max(regular)
        at, away = nearest_on(line, x)
        assert away < np.max(spacings(line))
        down = line.sharpness[at : max(at, np.argmin(line.sharpness)) + 1]
        assert np.all(np.diff(down) < 1e-9 * down[0])


@pytest.mark.parametrize("key", [*FLATTEST, "sine-valley"])
def test_a_line_on_a_curve_reaches_a_flattest_point_and_goes_as_far_again(
    key: str, on_manifold
) -> None:
    loss = dynamics.LOSSES[key]
    for x in on_manifold(loss)[1:6]:
        line = drift_line(loss, x)
        found = flattest_on(line)
        assert np.min(np.linalg.norm(flattest_points(loss) - found, axis=1)) < 1e-4
        at, lowest, step = nearest_on(line, x)[0], nearest_on(line, found)[0], spacings(line)[0]
        least = SHORTEST * np.max(np.ptp(loss.view, axis=1)) / 2
        way = max((lowest - at) * step, least)
        if np.linalg.norm(line.x[-1] - line.x[0]) > 1e-4:  # else it has closed before
            assert (len(line.x) - 1 - lowest) * step == pytest.approx(way, abs=3 * step)
        assert at * step == pytest.approx(UPHILL * way, abs=2 * step)


def test_a_line_on_a_closed_curve_closes() -> None:
    line = drift_line(dynamics.LOSSES["ring"], [np.cos(0.02), np.sin(0.02)])
    np.testing.assert_allclose(line.x[0], line.x[-1], atol=1e-5)
    assert np.sum(spacings(line)) == pytest.approx(2 * np.pi, rel=1e-4)
    angle = np.unwrap(np.arctan2(line.x[:, 1], line.x[:, 0]))
    assert np.all(np.diff(angle) > 0)


@pytest.mark.parametrize("x", [(1.5, 1.0), (-0.4, 0.9), (-1.0, -0.3), (30.0, 2.0)])
def test_the_line_on_a_plane_by_hand(x: tuple) -> None:
    """With λ₁ = 1 + x² + 2y² both flows keep y/x², down to the origin."""
    line = drift_line(PLANE, [*x, 0.0])
    kept = x[1] / x[0] ** 2
    np.testing.assert_allclose(line.x[:, 1], kept * line.x[:, 0] ** 2, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(line.x[-1], 0, atol=1e-4)
    np.testing.assert_allclose(flattest_on(line), line.x[-1], atol=1e-4)
    at = nearest_on(line, [*x, 0.0])[0]
    assert at / len(line.x) == pytest.approx(UPHILL / (1 + UPHILL), abs=0.01)


@pytest.mark.parametrize("x", [(0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1e-9, 0.0, 0.0)])
def test_a_line_from_where_the_sharpness_is_stationary_in_some_way(x: tuple) -> None:
    line = drift_line(PLANE, x)
    assert np.all(np.isfinite(line.x))
    assert np.sum(spacings(line)) > 0.9 * UPHILL * SHORTEST * 2
    assert line.sharpness[-1] == pytest.approx(1, abs=1e-6)
    assert nearest_on(line, x)[1] < 1e-2


def along_flow(flow: Flow) -> Callable:
    return quickly(partial(integrate, flow))


def test_the_limiting_flows_run_along_the_line(drifting: Rule) -> None:
    """Both of them, on Γ of three dimensions without a closed form; and it ends balanced."""
    x = jnp.array([2.0, 0.4, 1.25, 1.0])
    line = drift_line(PRODUCT, x, points=4001)
    flow = along_flow(drifting.flow)(PRODUCT, x, jnp.linspace(0.0, 4.0, 40))
    assert max(nearest_on(line, point)[1] for point in flow) < 0.51 * np.max(spacings(line))
    np.testing.assert_allclose(line.x[-1], 1, atol=1e-5)


def test_a_line_goes_through_where_two_curvatures_cross() -> None:
    """Γ is the x axis, λ₁ = 2 + |x|: least at the kink."""
    line = drift_line(KINK, (-1.0, 0.0, 0.0))
    np.testing.assert_allclose(line.sharpness, 2 + np.abs(line.x[:, 0]), rtol=1e-9)
    np.testing.assert_allclose(line.x[[0, -1], 0], [-1 - UPHILL, 1], atol=0.05)


def test_a_flow_stops_where_two_curvatures_cross_and_oppose() -> None:
    """On λ₁ = 2 + |x| the √L flow is x = 1 − τ/8, and stays at the kink."""
    tau = jnp.linspace(0.0, 1000.0, 2001)
    flow = along_flow(SQRT_GD_FLOW)(KINK, jnp.array([1.0, 0, 0]), tau)
    np.testing.assert_allclose(flow[:, 0], np.maximum(1 - tau / 8, 0), atol=1e-8)


def test_a_flow_goes_on_where_two_curvatures_cross_and_agree() -> None:
    """On λ₁ = 5 + max(2x, x) the √L flow is x = 1 − τ/4 down to 0, half as fast from there."""
    walls = Loss(
        "walls",
        lambda x: 0.5 * ((5 + 2 * x[0]) * x[1] ** 2 + (5 + x[0]) * x[2] ** 2),
        start=(1.0, 0.1, 0.1),
        codim=2,
    )
    tau = jnp.linspace(0.0, 20.0, 41)
    flow = along_flow(SQRT_GD_FLOW)(walls, jnp.array([1.0, 0, 0]), tau)
    expected = np.where(tau < 4, 1 - tau / 4, -(tau - 4) / 8)
    np.testing.assert_allclose(flow[:, 0], expected, atol=1e-8)


def test_a_line_where_the_manifold_is_a_point() -> None:
    line = drift_line(dynamics.LOSSES["quadratic"], (0.0, 0.0))
    np.testing.assert_allclose(line.x, [(0, 0)])
    np.testing.assert_allclose(line.sharpness, [3])


def test_a_line_from_nowhere_is_nowhere() -> None:
    line = drift_line(PLANE, (np.nan, 1.0, 0.0))
    assert line.x.shape == (LINE_POINTS, 3)
    assert np.all(np.isnan(line.x))


def test_a_second_line_compiles_nothing(compiled: list[str]) -> None:
    drift_line(PLANE, (1.5, 1.0, 0.0))
    before = len(compiled)
    drift_line(PLANE, (1.4, 0.9, 0.0))
    assert len(compiled) == before
