"""Two steps in a row, and what they leave: the drift of a step."""

import numpy as np
import pytest

import dynamics
from dynamics.nudge import Nudge, nudge


def nudge_at(loss: str, rule: str, start: tuple[float, float], eta: float) -> Nudge:
    """The one half a unit of slow time into a run."""
    steps = round(0.5 / eta**2)
    return nudge(dynamics.simulate(loss, rule, start, eta, steps + 2), steps)


@pytest.mark.parametrize("rule", ["ngd", "sqrt-gd"])
def test_steps_are_split_into_what_is_across_the_valley_and_what_is_along_it(rule: str) -> None:
    """On ½(1+x²)y² the valley is the axis: across is y, along is x, towards 0."""
    eta = 0.05
    found = nudge_at("parabolic-valley", rule, (1.8, 1.1), eta)
    x, y = found.x[:2].T
    slope = np.array([x * y**2, (1 + x**2) * y])
    size = np.linalg.norm(slope, axis=0) if rule == "ngd" else np.sqrt(2 * (1 + x**2)) * np.abs(y)
    step = -eta * slope / size
    side = np.sign(y[0])
    np.testing.assert_allclose(found.drifts, -step[0], rtol=1e-12)
    np.testing.assert_allclose(found.hops, side * step[1], rtol=1e-12)
    np.testing.assert_allclose([found.along, found.across], [[-1, 0], [0, side]], atol=1e-12)
    assert np.all(found.drifts > 0)
    assert found.left == pytest.approx(-step[0].mean(), rel=1e-12)


def on_the_axis(x: float) -> tuple[float, float]:
    """¼|(log λ₁)'| and ⅛|λ₁'| of λ₁ = 1 + x²."""
    return 0.5 * x / (1 + x**2), 0.25 * x


def on_the_hyperbola(x: float) -> tuple[float, float]:
    """The same of λ₁ = x² + y² along xy = 1, which is (x² − 1/x²)/√(x² + 1/x²) long a unit of
    ½λ₁ and of length."""
    y = 1 / x
    rise = 2 * (x**2 - y**2) / np.hypot(x, y)
    return 0.25 * rise / (x**2 + y**2), rise / 8


@pytest.mark.parametrize("rule", ["ngd", "sqrt-gd"])
@pytest.mark.parametrize(
    ("loss", "start", "expected"),
    [
        ("parabolic-valley", (1.8, 1.1), on_the_axis),
        ("hyperbola", (2.5, 0.8), on_the_hyperbola),
    ],
)
def test_what_two_steps_leave_is_the_drift_of_a_step(loss, start, expected, rule: str) -> None:
    """To O(η³), by the theorem's two formulas: the difference over η³ stays."""
    for eta in (0.1, 0.05, 0.025, 0.0125):
        found = nudge_at(loss, rule, start, eta)
        law = eta**2 * expected(found.foot[0])[rule == "sqrt-gd"]
        assert found.law == pytest.approx(law, rel=1e-9)
        assert abs(found.left - law) < 0.05 * eta**3
        assert abs(sum(found.hops)) < eta**2  # across, they cancel


@pytest.mark.parametrize(
    ("loss", "rule", "words"),
    [
        ("parabolic-valley", "gd", "no theorem of its drift"),
        ("quadratic", "ngd", "nowhere to drift"),
        ("parabolic-valley", "ngd", "end after the run, at 12"),
    ],
)
def test_where_there_is_none_it_says_why(loss: str, rule: str, words: str) -> None:
    run = dynamics.simulate(loss, rule, None, 0.1, 12)
    with pytest.raises(ValueError, match=words):
        nudge(run, 11)
