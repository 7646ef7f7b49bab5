"""Lines of starts, and ranges of step sizes, by hand and by their definitions."""

import jax
import numpy as np
import pytest

from dynamics import LOSSES
from dynamics.curvature import direction, gradient
from dynamics.starts import (
    SCOUTS,
    interesting_etas,
    line_beside_valley,
    settling_etas,
    straight_line,
)

VALLEYS = [key for key, loss in LOSSES.items() if loss.codim < loss.d]


# ---- lines of starts ----


def test_a_straight_line_by_hand() -> None:
    starts, positions = straight_line((0.0, 1.0), (3.0, 5.0), 6)
    np.testing.assert_allclose(starts[2], (1.2, 2.6))
    np.testing.assert_allclose(positions, np.arange(6))


@pytest.mark.parametrize("key", VALLEYS)
def test_starts_beside_the_valley_lie_across_it(key: str) -> None:
    """Feet on Γ at equal distances along it; x − foot = off · v₁, on one side all along."""
    loss, off, count = LOSSES[key], 0.07, 60
    feet, along = line_beside_valley(key, 0.0, count)
    starts = line_beside_valley(key, off, count).starts
    assert feet.shape == starts.shape == (count, loss.d)
    slopes = np.asarray(jax.vmap(lambda x: gradient(loss, x))(feet))
    np.testing.assert_allclose(slopes, 0.0, atol=1e-7)
    steps = np.diff(along)
    bent = 0.08 if key == "scale-invariant" else 0.02  # its way leads outwards, far past the view
    np.testing.assert_allclose(steps, steps.mean(), rtol=bent)
    away = (starts - feet) / off
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 1.0, rtol=1e-6)
    v = np.asarray(jax.vmap(lambda x: direction(loss, x))(feet))
    np.testing.assert_allclose(np.abs(np.sum(away * v, axis=1)), 1.0, rtol=1e-5)
    assert np.all(np.sum(away[1:] * away[:-1], axis=1) >= 0)


@pytest.mark.parametrize("key", [key for key in VALLEYS if LOSSES[key].branches])
def test_the_valley_is_that_in_view(key: str) -> None:
    low, high = np.array(LOSSES[key].view).T
    feet = line_beside_valley(key, 0.0, 40).starts
    assert np.all((feet >= low - 0.05) & (feet <= high + 0.05))
    assert np.ptp(feet, axis=0).max() > 0.5 * (high - low).min()


def test_starts_beside_the_valley_by_hand() -> None:
    """Beside y = 0, above it, where the loss's own start is; on the ring, outside."""
    starts, positions = line_beside_valley("parabolic-valley", 0.25, 28)
    np.testing.assert_allclose(starts[:, 1], 0.25, atol=1e-12)
    np.testing.assert_allclose(starts[:, 0], np.linspace(-0.39, 2.28, 28), atol=0.02)
    np.testing.assert_allclose(positions[-1], 2.67, atol=0.02)
    ring = line_beside_valley("ring", 0.25, 28).starts
    np.testing.assert_allclose(np.linalg.norm(ring, axis=1), 1.25, atol=1e-3)


# ---- step sizes of interest ----


def test_the_range_for_gd_is_about_the_critical_step() -> None:
    """On the parabolic valley Φ of y = 0 is the start: λ₁ = 1 + x² from 1 to 5 on [0, 2]."""
    ends = ((0.0, 1e-9), (2.0, 1e-9))
    low, high = interesting_etas("parabolic-valley", "gd", straight_line(*ends, SCOUTS))
    assert (low, high) == (0.2, 4.0)


def test_the_range_for_a_rule_with_a_bounce_is_about_its_width() -> None:
    ends = ((0.0, 1e-9), (2.0, 1e-9))
    line = straight_line(*ends, SCOUTS)
    assert interesting_etas("parabolic-valley", "ngd", line) == (0.01, 2.0)
    # η√(λ₁/2), with λ₁ = 5 for the least and 1 for the greatest.
    low, high = interesting_etas("parabolic-valley", "sqrt-gd", line)
    assert (low, high) == (pytest.approx(0.01 / np.sqrt(2.5), 0.02), pytest.approx(2.8))


def test_the_range_where_no_start_comes_down_to_the_valley() -> None:
    """On x + y = 0 all run into the saddle at 0: as if λ₁ were 1."""
    line = straight_line((1.0, -1.0), (0.5, -0.5), SCOUTS)
    assert interesting_etas("hyperbola", "gd", line) == (1.0, 4.0)


# ---- up to where gradient descent settles ----


def test_gd_settles_up_to_the_threshold_of_a_minimum_by_hand() -> None:
    """On xy = 1, λ₁ = x² + y²: 2 at (1, 1). From (0, 0), a saddle, gradient flow reaches no Γ."""
    found = settling_etas("hyperbola", np.array([[2.0, 0.5], [1.0, 1.0], [0.0, 0.0]]))
    assert found.flattest == pytest.approx(1.0, rel=1e-6)
    np.testing.assert_allclose(found.starts, [2 / 4.25, 1.0, np.nan], rtol=1e-6)
    bowl = LOSSES["quadratic-3"]
    alone = settling_etas(bowl, np.array([bowl.start]))
    assert np.isnan(alone.flattest), "a point is no valley with a flattest part"
    assert alone.starts[0] > 0
