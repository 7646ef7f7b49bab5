"""Lyapunov exponents: known maps, a long run's derivative, drifts and cycles that are no chaos."""

import jax.numpy as jnp
import numpy as np
import pytest

from dynamics import LOSSES, RULES, Fate, Loss, simulate, sweep
from dynamics.lyapunov import SPAN, exponents, is_chaos
from dynamics.own import Own

GD, NGD = RULES["gd"], RULES["ngd"]


def after(loss: Loss, rule: str, start, eta: float, steps: int = 4000) -> float:
    start = np.atleast_2d(start)
    found = sweep(loss, rule, start, [eta], steps)
    return float(exponents(loss, RULES[rule], found.x, found.state, Own(np.array([eta])))[0])


def test_gd_on_the_hyperbola_at_two_is_the_third_chebyshev_map() -> None:
    """On x = y = √2 cos θ a step of GD with η = 2 takes θ to 3θ + π: neighbours part threefold. The
    derivative vanishes at two points, so that the mean over 512 steps is one of many."""
    found = [after(LOSSES["hyperbola"], "gd", [u, u], 2 - 1e-9) for u in np.linspace(0.3, 1.2, 24)]
    assert np.median(found) == pytest.approx(np.log(3), abs=0.03)


@pytest.mark.parametrize("eta", [0.9, 1.1, 1.2, 1.3, 1.7, 1.85, 1.95])
def test_the_exponent_is_that_of_a_long_run(eta: float) -> None:
    """Along x = y, and across it, whichever is larger, with the derivatives by hand."""
    u, logs = 1.1, []
    for step in range(60_000):
        if step >= 4000:
            logs.append(
                [np.log(abs(1 - eta * (3 * u * u - 1))), np.log(abs(1 - eta * (1 - u * u)))]
            )
        u -= eta * (u * u - 1) * u
    expected = np.max(np.mean(logs, axis=0))
    found = after(LOSSES["hyperbola"], "gd", [1.1, 1.1], eta)
    assert found == pytest.approx(expected, abs=0.12 * max(expected, 0.1))
    assert bool(is_chaos(found)) == (expected > 0.02)


@pytest.mark.parametrize("rule", ["ngd", "sqrt-gd"])
def test_a_drift_is_no_chaos(rule: str) -> None:
    """Beside Γ the bounce goes on for ever and no two steps are alike."""
    found = [after(LOSSES["parabolic-valley"], rule, [2.0, y], 0.02) for y in (0.4, 0.6, 0.713)]
    assert not np.any(is_chaos(np.array(found)))


def test_steps_of_one_length_keep_neighbours_apart_as_they_are() -> None:
    """NGD on a line: ±η, whose derivative is 1."""
    parabola = Loss("parabola", lambda x: jnp.sum(x**2) / 2, start=(1.0,))
    assert after(parabola, "ngd", [0.713], 0.1, 200) == pytest.approx(0, abs=1e-12)


def test_runs_that_leave_or_stand_have_none() -> None:
    loss = LOSSES["hyperbola"]
    x, etas = np.array([[3.0, 3.0], [1.0, 1.0], [np.nan, 1.0]]), np.array([1.0, 0.1, 0.1])
    found = exponents(loss, GD, x, (), Own(etas))
    assert np.isnan(found[[0, 2]]).all()
    assert abs(found[1]) < 20 / SPAN  # along Γ nothing changes
    assert np.isnan(exponents(loss, NGD, x[1:2], (), Own(etas[1:2]))).all()


@pytest.mark.parametrize(
    ("loss_key", "rule", "fate"),
    [("quartic-hyperbola", "ngd", Fate.CHAOS), ("hyperbola", "sqrt-gd", Fate.CYCLE_LONGER)],
)
def test_neighbours_part_in_chaos_and_not_on_the_way_round_a_curve(
    loss_key: str, rule: str, fate: Fate
) -> None:
    """Of steps far too long for the edge; seen with two runs 1e-10 apart after 512 steps."""
    loss = LOSSES[loss_key]
    etas = np.geomspace(1.0, 2.2, 40) if fate is Fate.CHAOS else np.geomspace(0.7, 1.2, 40)
    found = sweep(loss, rule, np.tile([1.3, 0.9], (40, 1)), etas, 2000)
    rows = np.flatnonzero(found.outcome == fate)
    assert len(rows) > 5
    for row in rows[:: len(rows) // 5]:
        ends = [
            simulate(loss, rule, found.x[row] + off, float(etas[row]), SPAN).x[-1]
            for off in (0.0, 1e-10)
        ]
        assert (np.linalg.norm(ends[0] - ends[1]) > 1e-6) == (fate is Fate.CHAOS), etas[row]
