"""Rules that remember: heavy ball, by hand, in windows, in sweeps, and on the edge of theory."""

import numpy as np
import pytest

import dynamics
from dynamics import Fate, measure, quadratic, simulate, sweep, window
from dynamics.orbits import orbits

BETA = 0.9


HEAVY_BALL = dynamics.RULES["heavy-ball"].at(beta=BETA)


def plain_loop(a: np.ndarray, x, eta: float, steps: int) -> np.ndarray:
    path, velocity = [np.array(x)], np.zeros(len(x))
    for _ in range(steps):
        velocity = BETA * velocity - eta * a * path[-1]
        path.append(path[-1] + velocity)
    return np.array(path)


def test_a_run_is_the_plain_loop_and_keeps_its_state() -> None:
    bowl = quadratic((3.0, 1.0))
    run = simulate(bowl, HEAVY_BALL, (1.0, -0.5), 0.1, 200)
    expected = plain_loop(np.array([3.0, 1.0]), (1.0, -0.5), 0.1, 200)
    np.testing.assert_allclose(run.x, expected, atol=1e-12)
    np.testing.assert_allclose(run.state[1:], np.diff(expected, axis=0), atol=1e-12)
    np.testing.assert_array_equal(run.state[0], 0)


@pytest.mark.parametrize("first", [2001, 19_000, 123_457])
def test_a_window_goes_on_from_what_was_remembered(first: int) -> None:
    """Between recorded pairs far apart; from x alone it would begin without a velocity."""
    loss = dynamics.LOSSES["self-stabilization"]
    run = simulate(loss, HEAVY_BALL, None, 0.004, 200_000)
    part = window(run, first, 50)
    row = int(np.searchsorted(run.step, first)) - 1
    again = simulate(loss, HEAVY_BALL, run.start, 0.004, first + 49, record="all")
    np.testing.assert_array_equal(part.x, again.x[first : first + 50])
    np.testing.assert_array_equal(part.state, again.state[first : first + 50])
    assert np.any(run.state[row] != 0)


def test_its_threshold_is_its_own() -> None:
    run = simulate("hyperbola", HEAVY_BALL, None, 0.05, 20)
    np.testing.assert_allclose(measure(run).threshold, 3.8 / 0.05, rtol=1e-14)


@pytest.mark.parametrize(("eta", "fate"), [(1.2, Fate.CATAPULT), (1.35, Fate.DIVERGES)])
def test_a_sweep_finds_the_edge_of_heavy_ball(eta: float, fate: Fate) -> None:
    """ηλ₁ = 2 + 2β = 3.8: the companion matrix [[1 + β − ηλ, −β], [1, 0]] has −1 there.

    Just below, the velocity first carries it far up, and then it comes to rest.
    """
    bowl = quadratic((3.0, 1.0))
    companion = np.array([[1 + BETA - 3 * eta, -BETA], [1, 0]])
    assert (np.abs(np.linalg.eigvals(companion)).max() < 1) == (fate == Fate.CATAPULT)
    found = sweep(bowl, HEAVY_BALL, np.array([[1.0, 0.5]]), np.array([eta]), 20_000)
    assert found.outcome[0] == fate


def test_orbits_and_sweeps_carry_the_state() -> None:
    """The last iterates of an orbit are those of the run."""
    bowl = quadratic((3.0, 1.0))
    found = orbits(bowl, HEAVY_BALL, np.array([[1.0, 0.5]]), np.array([0.1]), 120, 10)
    run = simulate(bowl, HEAVY_BALL, (1.0, 0.5), 0.1, 120)
    np.testing.assert_allclose(found.x[0], run.x[-10:], atol=1e-13)
    np.testing.assert_allclose(np.stack(found.fate.state).T[0], run.state[-1], atol=1e-13)
