"""Orbits: against `simulate` step by step, the laws of the bounce, runs that leave, stops."""

import numpy as np
import pytest

import dynamics
from dynamics import LOSSES, Fate, Loss, Rule
from dynamics.orbits import _turned_alike, orbits
from dynamics.sweep import sweep
from tests.catalogue import each_kind_of_loss

KEEP = 16


def from_own_start(loss: Loss, etas) -> tuple[np.ndarray, np.ndarray]:
    etas = np.asarray(etas, float)
    return np.tile(np.asarray(loss.start, float), (len(etas), 1)), etas


def assert_same_as_simulated(loss: Loss, rule_key: str) -> None:
    """Step by step, where rounding does not grow: small η, few steps."""
    starts, etas = from_own_start(loss, [0.001, 0.02])
    found = orbits(loss, rule_key, starts, etas, 150, KEEP)
    assert found.x.shape == (2, KEEP, loss.d)
    for eta, x, values in zip(etas, found.x, found.loss, strict=True):
        run = dynamics.simulate(loss, rule_key, loss.start, eta, 150, record="all", measured=True)
        assert run.measured is not None
        np.testing.assert_allclose(x, run.x[-KEEP:], rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(values, run.measured.loss[-KEEP:], rtol=1e-5, atol=1e-15)


@each_kind_of_loss
def test_the_last_iterates_are_those_of_the_run(loss: Loss) -> None:
    assert_same_as_simulated(loss, "ngd")


@pytest.mark.parametrize("key", ["hyperbola gd", "ring gd", "ellipse sqrt-gd"])
def test_so_they_are_of_other_rules(key: str) -> None:
    loss_key, rule_key = key.split()
    assert_same_as_simulated(LOSSES[loss_key], rule_key)


def test_fates_are_those_of_the_sweep() -> None:
    starts, etas = from_own_start(LOSSES["hyperbola"], np.geomspace(0.01, 2.0, 40))
    found = orbits("hyperbola", "gd", starts, etas, 300, KEEP).fate
    assert len(set(found.outcome)) == 4
    for column, expected in zip(found, sweep("hyperbola", "gd", starts, etas, 300), strict=True):
        np.testing.assert_array_equal(column, expected)


@pytest.mark.parametrize("loss_key", ["parabolic-valley", "hyperbola"])
def test_the_bounce_is_as_wide_as_the_law_says(drifting: Rule, loss_key: str) -> None:
    """|s_t| + |s_{t+1}| is η for NGD and η√(λ₁/2) on √L, on either side of Φ; but for two steps in
    a row on one side once in O(1/η)."""
    loss = LOSSES[loss_key]
    starts, etas = from_own_start(loss, np.geomspace(0.01, 0.04, 25))
    found = orbits(loss, drifting, starts, etas, 5000, KEEP)
    edge = found.fate.outcome == Fate.EDGE
    assert edge.sum() > 15
    offset, sharpness = found.offset[edge], found.fate.sharpness[edge]
    hops = np.sign(offset[:, 1:]) == -np.sign(offset[:, :-1])
    assert hops.mean() > 0.8
    assert drifting.bounce is not None
    width = np.asarray(drifting.bounce(etas[edge], sharpness))
    bounce = (np.abs(offset[:, 1:]) + np.abs(offset[:, :-1])) / width[:, None]
    np.testing.assert_allclose(bounce[hops], 1.0, atol=0.05)


def test_the_offset_by_hand() -> None:
    """On ½(1 + x²)y² at x = 0, v₁ is the y-axis and Φ is the origin: GD has y ← (1 − η)y."""
    etas = np.array([0.5, 1.5])
    starts = np.tile([0.0, 1.0], (2, 1))
    # Φ keeps ln|x| and is not defined at x = 0 exactly.
    starts[:, 0] = 1e-9
    found = orbits("parabolic-valley", "gd", starts, etas, 10, 4)
    expected = (1 - etas[:, None]) ** np.arange(7, 11)
    for row, by_hand in zip(found.offset, expected, strict=True):
        np.testing.assert_allclose(np.abs(row), np.abs(by_hand), rtol=1e-9)
        np.testing.assert_allclose(row / row[0], by_hand / by_hand[0], rtol=1e-9)


def test_a_run_shorter_than_what_is_kept_is_there_from_its_start() -> None:
    loss = LOSSES["hyperbola"]
    starts, etas = from_own_start(loss, [0.05])
    found = orbits(loss, "ngd", starts, etas, 3, KEEP)
    run = dynamics.simulate(loss, "ngd", loss.start, 0.05, 3)
    assert found.x.shape == (1, 4, 2)
    np.testing.assert_array_equal(found.x[0, 0], loss.start)
    np.testing.assert_allclose(found.x[0], run.x, rtol=1e-12)


def test_a_run_that_leaves_is_nan_from_there_on() -> None:
    """GD along the axis of the ring has r − 1 ← (1 − ηe)(r − 1) and comes to r = 0.05, into the
    hole, with its fifth step."""
    start = np.array([1 + 0.95 / (0.9 * np.e - 1) ** 5, 0.0])
    starts, etas = np.tile(start, (2, 1)), np.array([0.9, 0.1])
    found = orbits("ring", "gd", starts, etas, 8, 6)
    assert found.fate.outcome[0] == Fate.DIVERGES
    assert found.fate.ended[0] == 4
    alive = np.all(np.isfinite(found.x), axis=2)
    np.testing.assert_array_equal(alive[0], np.arange(3, 9) <= 4)
    np.testing.assert_allclose(found.x[0, 1, 0], 1 + 0.95 / (0.9 * np.e - 1), rtol=1e-9)
    assert alive[1].all()
    assert np.isnan(found.offset[0]).all()
    later = orbits("ring", "gd", starts, etas, 200, 6)
    assert np.isnan(later.x[0]).all()
    assert np.isnan(later.loss[0]).all()


def test_v_turns_as_little_as_it_can_whatever_its_signs_were() -> None:
    """Offsets seen along v and along any ±v are the same up to one sign for all."""
    angle = np.linspace(0.0, 3.0, 12)
    v = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    away = np.random.default_rng(2).normal(size=(12, 5, 2))
    v[4] = np.nan
    expected = np.einsum("nd,nkd->nk", v, away)
    signs = np.array([1, -1, -1, 1, 1, 1, -1, 1, -1, -1, 1, -1])[:, None]
    np.testing.assert_allclose(_turned_alike(away, v), expected)
    np.testing.assert_allclose(_turned_alike(away, v * signs), expected)


def test_what_is_stopped_is_unknown() -> None:
    starts, etas = from_own_start(LOSSES["hyperbola"], [0.1, 0.2])
    found = orbits("hyperbola", "gd", starts, etas, 100, 4, stop=lambda: True)
    assert list(found.fate.outcome) == [Fate.UNKNOWN] * 2
    assert np.isnan(found.x).all()


def test_bad_input_is_answered_as_a_sweep_does() -> None:
    with pytest.raises(ValueError, match="rule must take steps"):
        orbits("hyperbola", "gradient-flow", np.ones((1, 2)), np.ones(1), 5, 3)
