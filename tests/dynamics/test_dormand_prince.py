"""The solver on motions that are known, and its orders."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from dynamics import dormand_prince
from dynamics.dormand_prince import Solution, solve

START = np.array([1.0, 0.0, 0.2])
TIMES = np.linspace(0.0, 5.0, 101)  # 4 is the 80th


def spiral(x):
    """A rotation, and a slowing down beside it."""
    return jnp.array([-x[1], x[0], -(x[2] ** 2)])


def exact(t: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(t), np.sin(t), 0.2 / (1 + 0.2 * t)], axis=-1)


def solved(velocity=spiral, x=START, end=5.0, times=TIMES, **options) -> Solution:
    def run(x):
        return solve(velocity, x, end, times, **({"tolerance": 1e-11, "max_steps": 999} | options))

    return Solution(*map(np.asarray, jax.jit(run)(x)))


def test_a_motion_in_closed_form_with_points_between() -> None:
    found = solved()
    np.testing.assert_allclose(found.points, exact(TIMES), atol=1e-10)
    np.testing.assert_allclose(found.x, exact(5.0), atol=1e-10)
    assert found.time == 5.0
    assert not found.failed
    assert 10 < found.tries < 60


def test_a_pendulum_as_scipy_has_it() -> None:
    found = solved(lambda x: jnp.array([x[1], -jnp.sin(x[0])]), np.array([3.0, 0.0]))
    by_scipy = solve_ivp(
        lambda _, x: [x[1], -np.sin(x[0])],
        (0, 5),
        [3.0, 0.0],
        "LSODA",
        TIMES,
        rtol=1e-12,
        atol=1e-12,
    )
    np.testing.assert_allclose(found.points, by_scipy.y.T, atol=1e-9)


def test_the_error_goes_with_the_tolerance() -> None:
    errors = [np.abs(solved(tolerance=t).x - exact(5.0)).max() for t in (1e-5, 1e-8, 1e-11)]
    assert 1e-7 < errors[0] < 1e-4
    assert 1e-10 < errors[1] < 1e-7
    assert errors[2] < 1e-10


@pytest.mark.parametrize(("of", "least", "most"), [("x", 7.7, 9), ("points", 6.7, 8.7)])
def test_the_order_is_8_and_between_steps_7(
    of: str, least: float, most: float, fixed_steps
) -> None:
    def end(h):
        return solve(spiral, START, 4.0, TIMES[:81], tolerance=1.0, max_steps=99)

    walk = fixed_steps(lambda: end(0))
    there = exact(np.array(4.0) if of == "x" else TIMES[:81])
    coarse, fine = (np.abs(getattr(walk(h), of) - there).max() for h in (1.0, 0.5))
    assert fine > 1e-13
    assert least < np.log2(coarse / fine) < most


def test_it_ends_where_it_is_told_to() -> None:
    """At the end of the step in which the rotation has passed a right angle."""
    found = solved(stop=lambda x: x[0] < 0)
    assert np.pi / 2 < found.time < 3
    assert not found.failed
    known = found.time >= TIMES
    np.testing.assert_allclose(found.points[known], exact(TIMES[known]), atol=1e-10)
    assert np.all(np.isnan(found.points[~known]))


@pytest.mark.parametrize("x", [1.0, np.nan])
def test_what_can_not_be_followed(x: float) -> None:
    """dx/dt = x² from 1 is infinite at 1; and nothing follows from NaN, in a few tries."""
    found = solved(lambda x: x**2, np.array([x]), 2.0, np.array([0.5, 1.5]))
    assert found.failed
    assert found.tries < 400
    np.testing.assert_allclose(found.points[:, 0], [2.0 if x == 1 else np.nan, np.nan], rtol=1e-9)


def test_too_many_steps_are_a_failure() -> None:
    found = solved(max_steps=3)
    assert found.failed
    assert found.tries == 3


def test_no_time_at_all() -> None:
    found = solved(end=0.0, times=np.zeros(3))
    np.testing.assert_array_equal(found.points, np.tile(START, (3, 1)))
    assert not found.failed


def test_the_velocity_is_traced_once() -> None:
    """Which is what it is for: twelve stages are one compiled velocity."""
    traced = []

    def velocity(x):
        traced.append(1)
        return -x

    jax.make_jaxpr(lambda x: solve(velocity, x, 1.0, TIMES[:5], tolerance=1e-9, max_steps=9))(START)
    assert len(traced) <= 2  # once, and perhaps once more for the shape of the loop
    assert dormand_prince.STAGES == 12
