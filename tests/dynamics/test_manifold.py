"""Γ as it is drawn, and its flattest points."""

import numpy as np
import pytest

import dynamics
from dynamics import Loss
from dynamics.curvature import normal_space, sharpness_gradient, tangential
from dynamics.manifold import POINTS, flattest_points, trace_manifold
from dynamics.types import Array

FLATTEST = {
    "parabolic-valley": [(0, 0)],
    "paper-valley": [(0, 0)],
    "hyperbola": [(1, 1), (-1, -1)],
    "quartic-hyperbola": [(1, 1), (1, -1), (-1, 1), (-1, -1)],
    "ellipse": [(np.sqrt(2), 0), (-np.sqrt(2), 0)],
    "ring": [(-1, 0)],
}


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
