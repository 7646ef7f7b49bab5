"""The theorems of theory.md, sections 4, 5 and 8, on runs."""

import math

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, Outcome, Rule, measure, measure_extras, simulate

LAST = slice(-200, None)  # rows of a run that has long been at the edge


def test_the_mean_of_two_thresholds_is_the_sharpness(
    loss: Loss, drifting: Rule, at_the_edge
) -> None:
    """1/S_t + 1/S_{t+1} → 1, up to O(η)."""
    run, found = at_the_edge(loss, drifting)
    np.testing.assert_allclose(found.stableness_pair[LAST], 1, atol=20 * run.eta)
    ratio = found.threshold_mean[LAST] / found.projection_sharpness[LAST]
    np.testing.assert_allclose(ratio, 1, atol=10 * run.eta)


def test_the_law_of_the_root(loss: Loss, drifting: Rule, at_the_edge, autodiff) -> None:
    """√L(x_t) + √L(x_{t+1}) = η√(λ₁/2) for NGD, and **½**ηλ₁ for √L: the paper's slides lack ½."""
    run, found = at_the_edge(loss, drifting)
    root = np.sqrt(found.loss[LAST])
    top = np.linalg.eigvalsh(autodiff.hessian(loss, found.projection[LAST]))[:, -1]
    law = {"ngd": np.sqrt(top / 2), "sqrt-gd": top / 2}[drifting.key] * run.eta
    np.testing.assert_allclose((root[0::2] + root[1::2]) / law[0::2], 1, atol=10 * run.eta)
    np.testing.assert_allclose(found.sqrt_loss_pair[LAST], 1, atol=10 * run.eta)


def test_the_bounce_spans_the_valley(loss: Loss, drifting: Rule, at_the_edge) -> None:
    """From wall to wall, the distance of the law."""
    run, found = at_the_edge(loss, drifting)
    across = np.abs(np.diff(found.offset[LAST])[0::2])
    np.testing.assert_allclose(across / found.bounce[LAST][0::2], 1, atol=10 * run.eta)


@pytest.mark.parametrize("key", ["parabolic-valley", "paper-valley", "ring"])
def test_every_second_iterate_is_smooth(key: str, drifting: Rule, at_the_edge) -> None:
    """Neighbours lie a bounce apart, even steps far closer, though forty steps lie between."""
    run, found = at_the_edge(dynamics.LOSSES[key], drifting)
    even = run.step[LAST] % 2 == 0
    x = found.x[LAST]
    assert np.diff(run.step[LAST][even]).min() > 30
    hop = np.linalg.norm(np.diff(x, axis=0)[0::2], axis=1)
    smooth = np.linalg.norm(np.diff(x[even], axis=0), axis=1)
    assert smooth.max() < 0.5 * hop.min()


def test_the_run_tracks_the_flow(valley: Loss, drifting: Rule, at_the_edge) -> None:
    """‖Φ(x_t) − X(η²t)‖ = O(η), while the flow itself goes a long way."""
    run, found = at_the_edge(valley, drifting)
    gone = np.linalg.norm(found.flow - found.flow[0], axis=1)
    assert found.gap.max() < run.eta
    assert gone[-1] > 20 * found.gap.max()


def test_one_of_two_stablenesses_is_at_least_2(drifting: Rule) -> None:
    """[ALP22]: with the supremum along the step, 1/S + 1/S' is at most 1."""
    run = simulate("hyperbola", drifting, None, 0.005, 80_000)
    s = measure_extras(run).stableness[LAST]
    assert np.all(np.maximum(s[0::2], s[1::2]) > 2 - 0.05)
    assert np.all(1 / s[0::2] + 1 / s[1::2] < 1.05)


def test_gd_settles_a_little_below_the_threshold() -> None:
    """Where it crosses ηλ₁ = 2 it bounces to flatter minima."""
    eta = 0.34
    run = simulate("hyperbola", "gd", (2.5, 0.41), eta, 20_000)
    found = measure(run)
    assert found.projection_sharpness[0] > 1.05 * 2 / eta
    assert run.outcome is Outcome.AT_MINIMISER
    assert 0.85 * 2 / eta < found.projection_sharpness[-1] < 0.95 * 2 / eta
    np.testing.assert_allclose(found.threshold, 2 / eta, rtol=1e-14)


# Section 5: the warm-up on ½xᵀAx.


def bowl(*eigenvalues: float) -> Loss:
    a = np.array(eigenvalues)
    return Loss("bowl", lambda x: 0.5 * jnp.sum(a * x * x), (1.0,) * len(a), codim=len(a))


BOWL = bowl(4.0, 2.5, 1.0)
SPECTRUM = np.array([4.0, 2.5, 1.0])


@pytest.fixture(params=["ngd", "sqrt-gd"])
def scaled(request: pytest.FixtureRequest) -> np.ndarray:
    """x̃ along a run on a bowl in three dimensions: Ax/η for NGD, (2A)^½x/η for √L, [t, 3]."""
    eta = 0.01
    run = simulate(BOWL, request.param, (0.3, -0.4, 0.5), eta, 600, record="all")
    return run.x * (SPECTRUM if request.param == "ngd" else np.sqrt(2 * SPECTRUM)) / eta


def test_both_rules_become_one(scaled: np.ndarray) -> None:
    """x̃' = x̃ − Ax̃/‖x̃‖."""
    here, there = scaled[:-1], scaled[1:]
    norm = np.linalg.norm(here, axis=1, keepdims=True)
    np.testing.assert_allclose(there, here - SPECTRUM * here / norm, atol=1e-11)


def test_it_ends_in_a_2_cycle_along_the_top_direction(scaled: np.ndarray) -> None:
    """C s λ₁ and −(1−C) s λ₁: the two sides add up to λ₁."""
    one, two = scaled[-2], scaled[-1]
    assert one[0] * two[0] < 0
    np.testing.assert_allclose(abs(one[0]) + abs(two[0]), 4.0, rtol=1e-12)
    np.testing.assert_allclose([one[1:], two[1:]], 0, atol=1e-9)
    np.testing.assert_allclose(scaled[-4:-2], scaled[-2:], atol=1e-9)


def test_invariant_sets_are_entered_and_never_left(scaled: np.ndarray) -> None:
    """I_j = {√(Σ_{i≥j} x̃ᵢ²) ≤ λ_j}."""
    for j, eigenvalue in enumerate(SPECTRUM):
        inside = np.linalg.norm(scaled[:, j:], axis=1) <= eigenvalue
        first = int(np.argmax(inside))
        assert not inside[0]
        assert np.all(inside[first:])
        assert inside[-1]


def test_alignment_grows_every_other_step(scaled: np.ndarray) -> None:
    """Inside every I_j, where ‖x̃_t‖ ≤ λ₁/2."""
    tails = [np.linalg.norm(scaled[:, j:], axis=1) <= l for j, l in enumerate(SPECTRUM)]
    small = np.all(tails, axis=0) & (np.linalg.norm(scaled, axis=1) <= 2.0)
    rows = np.flatnonzero(small[:-2])
    assert rows.size > 100
    top = np.abs(scaled[:, 0])
    assert np.all(top[rows + 2] >= top[rows] * (1 - 1e-12))
    assert top[rows[-1]] > 1.5 * top[rows[0]] or top[rows[0]] > 1


def test_the_transverse_multiplier_of_the_2_cycle(drifting: Rule) -> None:
    """1 − ρ(1−ρ)/(C(1−C)) in two steps, ρ = λ₂/λ₁ = 1/3."""
    run = simulate("quadratic", drifting, (0.6, 1.3), 0.1, 400, record="all")
    y = run.x[:, 1]
    top = np.abs(run.x[-2:, 0])
    c = top[0] / top.sum()
    expected = 1 - (1 / 3) * (2 / 3) / (c * (1 - c))
    np.testing.assert_allclose(y[302] / y[300], expected, rtol=1e-6)


# Section 8: numbers to meet.

REFERENCE = {
    "ngd": (1.55393, {0.1: 1.55698, 0.05: 1.55471, 0.025: 1.55414, 0.0125: 1.55399}),
    "sqrt-gd": (1.20211, {0.1: 1.20369, 0.05: 1.20252, 0.025: 1.20222, 0.0125: 1.20214}),
}


@pytest.mark.parametrize("key", REFERENCE)
def test_reference_numbers(key: str) -> None:
    """`parabolic-valley` from (2, 0.3) at τ = 2.

    The table of theory.md is of Φ(x_{T−1}), T = τ/η²: the plain loop below gives the same numbers
    there, and others at T. Both rows are held, so that nobody puts either right by mistake.
    """
    end, table = REFERENCE[key]
    for eta, expected in table.items():
        steps = round(2 / eta**2)
        run = simulate("parabolic-valley", key, (2.0, 0.3), eta, steps)
        found = measure(run)
        before, last = found.projection[-2:, 0]
        assert found.step[-1] == steps
        np.testing.assert_allclose(before, expected, atol=6e-6)
        path = plain_loop(key, 2.0, 0.3, eta, steps)
        np.testing.assert_allclose(last, plain_projection(*path[-1]), rtol=1e-9)
        np.testing.assert_allclose(before, plain_projection(*path[-2]), rtol=1e-9)
        np.testing.assert_allclose(found.flow[-1], [end, 0], atol=6e-6)


FIGURE_1 = {
    "sqrt-gd": (0.5, (14.7, 3.0), 12, [(13.203, -4.367), (11.026, 2.254), (9.904, -3.282)]),
    "ngd": (5.0, (14.7, -3.0), 10, []),
}


@pytest.mark.parametrize("key", FIGURE_1)
def test_figure_1_of_the_paper(key: str) -> None:
    """Its loss has no ½, which doubles L and ∇L."""
    eta, start, points, expected = FIGURE_1[key]
    run = simulate("paper-valley", key, start, eta, points - 1)
    path = plain_loop(key, *start, eta, points - 1, scale=1.0)
    assert run.x.shape == (points, 2)
    np.testing.assert_allclose(run.x, path, rtol=1e-12)
    first = run.x[1 : 1 + len(expected)]
    np.testing.assert_allclose(first, np.reshape(expected, (-1, 2)), atol=5e-4)


def plain_loop(key: str, x: float, y: float, eta: float, steps: int, scale: float = 0.5) -> list:
    """scale · (1 + x²)y² in Python's floats."""
    path = [(x, y)]
    for _ in range(steps):
        g, h = 2 * scale * x * y * y, 2 * scale * (1 + x * x) * y
        loss = scale * (1 + x * x) * y * y
        step = eta / math.hypot(g, h) if key == "ngd" else eta / (2 * math.sqrt(loss))
        x, y = x - step * g, y - step * h
        path.append((x, y))
    return path


def plain_projection(x: float, y: float) -> float:
    """X with X² + ln X² = x² + ln x² − y², by bisection."""
    target = x * x + math.log(x * x) - y * y
    low, high = 1e-9, 2 * x * x + 1
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle + math.log(middle) < target else (low, middle)
    return math.sqrt(low)
