"""Sections: the plane across a valley and along it, against closed forms."""

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss
from dynamics.curvature import direction
from dynamics.manifold import Trace, drift_line
from dynamics.sections import Section, arc_from_flattest, coordinates, heights, section
from dynamics.types import Array

ANGLE = 0.7
C, S = np.cos(ANGLE), np.sin(ANGLE)


def turned(x: Array) -> Array:
    """The parabolic valley, its floor turned from the x axis by ANGLE."""
    along, across = C * x[0] + S * x[1], C * x[1] - S * x[0]
    return 0.5 * (1 + along**2) * across**2


TURNED = Loss("turned", turned, start=(1.5, 1.0))


def planes(loss: Loss, line: Trace, v: Array) -> list[Section]:
    """Sections along a line, each `across` signed like the one before."""
    found = []
    for x in line.x[::4]:
        across = np.asarray(direction(loss, jnp.asarray(x)))
        v = across if across @ v > 0 else -across
        found.append(section(loss, line, x, v))
    return found


def test_a_section_of_two_curvatures_in_closed_form() -> None:
    """Where y is the steeper way the plane is z = const., and λ₁ on it that of its own valley."""
    loss = dynamics.LOSSES["two-curvatures"]
    line = drift_line(loss, (1.5, 0, 0))
    place = section(loss, line, np.array([0.8, 0, 0]), np.array([0, 1.0, 0]))
    np.testing.assert_allclose(place.along, [-1, 0, 0], atol=1e-9)  # downhill, to smaller x
    a, b = np.linspace(-0.5, 0.5, 5), np.linspace(-0.2, 0.3, 4)
    x, y = np.meshgrid(0.8 - a, b)
    value, sharp = heights(loss, place, a, b, sharp=True)
    np.testing.assert_allclose(value, 0.5 * (1 + x**2) * y**2, rtol=1e-9)
    trace, mixed = 1 + x**2 + y**2, 2 * x * y
    valley = 0.5 * (trace + np.hypot(1 + x**2 - y**2, 2 * mixed))
    assert sharp is not None
    np.testing.assert_allclose(sharp, valley, rtol=1e-9)
    assert heights(loss, place, a, b, sharp=False)[1] is None


def test_a_section_of_a_turned_valley() -> None:
    line = drift_line(TURNED, (C, S))
    place = section(TURNED, line, np.array([C, S]), np.array([-S, C]))
    np.testing.assert_allclose(place.along, [-C, -S], atol=1e-8)
    a, b = np.linspace(-1, 1, 3), np.linspace(-1, 1, 4)
    value, _ = heights(TURNED, place, a, b, sharp=False)
    along, across = np.meshgrid(1 - a, b)
    np.testing.assert_allclose(value, 0.5 * (1 + along**2) * across**2, atol=1e-7)


def test_coordinates_invert_the_plane() -> None:
    place = Section(np.array([1.0, 2.0]), np.array([C, S]), np.array([-S, C]))
    a, b = np.array([0.3, -2.0]), np.array([0.1, 0.7])
    x = place.center + a[:, None] * place.along + b[:, None] * place.across
    np.testing.assert_allclose(coordinates(place, x), [a, b], atol=1e-15)


@pytest.mark.parametrize("key", ["hyperbola", "sine-valley", "two-curvatures", "rank-one"])
def test_a_section_does_not_turn_round_at_the_flattest_point(key: str) -> None:
    """Along a whole line, on both sides of the least λ₁, neither of its axes jumps."""
    loss = dynamics.LOSSES[key]
    line = drift_line(loss, np.asarray(dynamics.simulate(loss, "gd", None, 1e-3, 20_000).x[-1]))
    assert 40 < np.argmin(line.sharpness) < len(line.x) - 40
    found = planes(loss, line, np.ones(loss.d))
    for axis in ("along", "across"):
        axes = np.array([getattr(place, axis) for place in found])
        np.testing.assert_allclose(np.linalg.norm(axes, axis=1), 1, rtol=1e-12)
        assert np.min(np.sum(axes[1:] * axes[:-1], axis=1)) > 0.99
    assert max(abs(place.along @ place.across) for place in found) < 1e-12


def test_the_direction_along_a_line_is_as_smooth_as_the_line() -> None:
    """A hundredth of a chord further on, it turns a hundredth of what it turns in a chord."""
    loss = dynamics.LOSSES["ring"]
    line = drift_line(loss, (np.cos(1.0), np.sin(1.0)))
    for angle in np.linspace(1.2, 3.0, 7):
        x, z = (np.array([np.cos(a), np.sin(a)]) for a in (angle, angle + 1e-4))
        turn = section(loss, line, z, z).along - section(loss, line, x, x).along
        np.testing.assert_allclose(turn, -1e-4 * x, atol=1e-7)


def test_arc_length_from_the_flattest_point() -> None:
    """On a circle it is the angle, positive past φ = π."""
    line = drift_line(dynamics.LOSSES["ring"], (np.cos(1.0), np.sin(1.0)))
    for angle in (1.5, 3.0, 4.0):
        arc = arc_from_flattest(line, np.array([np.cos(angle), np.sin(angle)]))
        assert arc == pytest.approx(angle - np.pi, abs=1e-4)


def test_a_section_where_the_manifold_is_a_point() -> None:
    """Along the second eigenvector; whatever mixture `toward` is where the two are equal."""
    curvatures = jnp.array([1.0, 3.0, 2.0])
    loss = Loss("bowl", lambda x: 0.5 * curvatures @ x**2, (1.0, 1.0, 1.0), codim=3)
    line = drift_line(loss, np.zeros(3))
    place = section(loss, line, np.zeros(3), np.array([0, 1.0, 0]))
    np.testing.assert_allclose(np.abs(place.along), [0, 0, 1], atol=1e-12)
    ball = Loss("ball", lambda x: 0.5 * x @ x, (1.0, 1.0), codim=2)
    place = section(ball, drift_line(ball, np.zeros(2)), np.zeros(2), np.array([C, S]))
    assert abs(place.along @ place.across) < 1e-12


def test_a_line_that_leads_along_the_top_direction_has_v2_for_the_other() -> None:
    loss = dynamics.LOSSES["two-curvatures"]
    line = Trace(np.array([[0.0, 0, 0], [0, 1.0, 0]]), np.array([1.0, 2.0]))
    place = section(loss, line, np.zeros(3), np.array([0, 1.0, 0]))
    np.testing.assert_allclose(np.abs(place.along), [0, 0, 1], atol=1e-12)
