"""The rod beside GD: its equations by a second solver, what it says of the blow-up, where it begins
and ends."""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

import dynamics
from dynamics import Fork, Loss, measure, simulate
from dynamics.central import CENTRAL_FLOW
from dynamics.compilation import at_once
from dynamics.flows import integrate
from dynamics.rod import ROD, SHORT, Course, course_beside, rod_along, stretched
from dynamics.simulate import window
from dynamics.types import Array

SHARPER = dynamics.LOSSES["self-stabilization"].at(s0=10.0, c=1.0, k=0.02, zf=60.0)
START, ETA = (0.001, 0.0, 5.0), 0.05

walk = at_once(integrate)


def rod(loss: Loss, three: Array, eta: float, times: Array) -> np.ndarray:
    """States at numbers of steps, [k, 2d + 1]."""
    begin = stretched(loss, jnp.asarray(three))
    return np.asarray(walk(ROD.at({"eta": eta}), loss, begin, eta * jnp.asarray(times)))


@lru_cache
def noisy() -> np.ndarray:
    """GD by hand, with a nudge of up to 1e-7 in each coordinate at every step, [t, 3]."""
    draw, x = np.random.default_rng(0), np.array(START)
    path = [x]
    for _ in range(2910):
        x, y, z = path[-1]
        slope = np.array([(10 + y) * x, 0.5 * x * x + y - z, z - y + 0.02 * (z - 60)])
        path.append(path[-1] - ETA * slope + 1e-7 * draw.uniform(-1, 1, 3))
    return np.array(path)


def sharpness(loss: Loss, x: np.ndarray) -> np.ndarray:
    return np.linalg.eigvalsh(jax.vmap(jax.hessian(loss.value))(x))[:, -1]


def test_it_passes_the_edge_as_far_as_the_run_does() -> None:
    """λ₁ of the middles at most 42.9264, of the rod 42.9245; on the way 0.093 apart in the mean
    over 1,500 steps, the central flow 0.449."""
    x = noisy()
    middles = (x[:-2] + 2 * x[1:-1] + x[2:])[1399:2900] / 4
    states = rod(SHARPER, x[1399:1402], ETA, np.arange(1501))
    centres = states[:, :3]
    own, its = sharpness(SHARPER, middles), sharpness(SHARPER, centres)
    assert (1400 + np.argmax(own), 1400 + np.argmax(its)) == (1528, 1528)
    np.testing.assert_allclose(own.max(), 42.9264, atol=5e-5)
    np.testing.assert_allclose(its.max(), 42.9245, atol=1e-3)
    times = ETA * np.arange(2901)
    flow = np.asarray(walk(CENTRAL_FLOW.at({"eta": ETA}), SHARPER, jnp.array(START), times))[1400:]
    assert sharpness(SHARPER, flow).max() < 40 + 1e-3
    away = [np.linalg.norm(one - middles, axis=1).mean() for one in (centres, flow)]
    np.testing.assert_allclose(away, [0.093, 0.449], atol=1e-3)


def by_hand(loss: Loss, state: np.ndarray, eta: float, steps: int) -> np.ndarray:
    """The equations as they are written, by SciPy, at whole steps, [steps + 1, 2d + 1]."""
    d = loss.d
    slope, curved = jax.jit(jax.grad(loss.value)), jax.jit(jax.hessian(loss.value))

    def velocity(_, state):
        c, u, r = state[:d], state[d : 2 * d], np.exp(state[-1])
        ahead, behind, hessian = slope(c + r * u), slope(c - r * u), curved(c)
        k = u @ (ahead - behind) / (2 * r)
        return np.concatenate([
            -0.5 * eta * (ahead + behind),
            eta * (hessian @ u - (u @ hessian @ u) * u),
            [np.log(abs(eta * k - 1))],
        ])  # fmt: skip

    at = np.arange(steps + 1)
    found = solve_ivp(velocity, (0, steps), state, "DOP853", at, rtol=1e-12, atol=1e-13)
    return found.y.T


@pytest.mark.parametrize(
    ("loss", "start", "eta", "steps"),
    [
        (SHARPER, (0.5, 31.0, 33.0), ETA, 200),
        (dynamics.LOSSES["hyperbola"], (2.5, 0.41), 0.34, 40),
        (dynamics.LOSSES["product-3"], (1.9, 0.8, 0.7), 0.4, 12),
    ],
    ids=["self-stabilization", "hyperbola", "product-3"],
)
def test_its_equations_by_another_solver(loss: Loss, start, eta: float, steps: int) -> None:
    three = simulate(loss, "gd", start, eta, 2).x
    found = rod(loss, three, eta, np.arange(steps + 1))
    np.testing.assert_allclose(found, by_hand(loss, found[0], eta, steps), atol=1e-6)


def test_on_a_quadratic_it_is_gd_step_by_step() -> None:
    """Hops along v₁ grow by ηλ₁ − 1 each, and are on their wall again, that squared, after two."""
    loss = dynamics.LOSSES["quadratic"]
    values, vectors = np.linalg.eigh(jax.hessian(loss.value)(jnp.zeros(2)))
    eta, v = 2.1 / values[-1], vectors[:, -1]
    run = simulate(loss, "gd", tuple(0.1 * v), eta, 40)
    flow = ROD.at({"eta": eta})
    states = np.asarray(walk(flow, loss, jnp.array([0, 0, *v, np.log(0.1)]), eta * np.arange(41)))
    reach = np.exp(states[:, -1:]) * states[:, 2:4]
    np.testing.assert_allclose(states[:, :2], 0, atol=1e-12)
    np.testing.assert_allclose(reach[2:], 1.1**2 * reach[:-2], rtol=1e-9)
    np.testing.assert_allclose((-1.0) ** run.step[:, None] * reach, run.x, rtol=1e-8)


def test_a_short_rod_has_the_same_curvature_as_a_long_one() -> None:
    """On either side of the length from which the slopes' difference is taken."""
    loss = dynamics.LOSSES["product-3"]
    c, u = np.array([1.2, 0.9, 0.8]), np.array([0.6, 0.64, 0.48])
    rates = [
        ROD.at({"eta": 1.5}).velocity(loss, jnp.array([*c, *u, np.log(r)]))[-1]
        for r in SHORT * float(loss.size) * np.array([1 - 1e-6, 1 + 1e-6])
    ]
    np.testing.assert_allclose(rates[0], rates[1], rtol=1e-8)


@lru_cache
def blow_up():
    run = simulate(SHARPER, "gd", START, ETA, 2500, noise=1e-7)
    return run, course_beside(run)


def test_it_begins_where_the_run_begins_to_hop() -> None:
    """After the edge, at 1,318, and before the hops are as long as the peak, a hundred steps later;
    there every second iterate is on its side of the middle."""
    run, course = blow_up()
    assert course is not None
    assert 1400 < course.first < 1460
    reach = np.diff(run.x, 2, axis=0)[course.first - 1 : course.first + 4, 0]
    assert np.all(reach[1:] * reach[:-1] < 0)
    bend = np.diff(run.x, 2, axis=0)[1330:1360]
    assert np.sum(bend[1:] * bend[:-1]) > 0


def test_it_says_where_it_loses_the_phase() -> None:
    """Until then its half hops are within a half of the run's, from then on they are not."""
    run, course = blow_up()
    assert course is not None
    assert course.lost is not None
    found = rod_along(run, Course(course.first, course.state))
    sign = np.where(run.step % 2, -1.0, 1.0)[:, None]
    hops, its = (0.5 * np.diff(x, axis=0) for x in (run.x, found.rod + sign * found.rod_reach))
    alike = np.sum(hops * its, axis=1) / np.maximum(np.sum(hops**2, axis=1), np.sum(its**2, axis=1))
    kept = slice(course.first, course.lost)
    assert alike[kept].min() >= 0.5 > alike[course.lost]
    ended = rod_along(run, course)
    there = np.isfinite(ended.rod[:, 0])
    np.testing.assert_array_equal(np.flatnonzero(there)[[0, -1]], [course.first, course.lost - 1])
    assert np.all(np.isnan(ended.rod[course.lost :]))


def test_it_is_nearer_to_the_run_than_the_central_flow_while_it_lasts() -> None:
    run, course = blow_up()
    assert course is not None
    found, along = rod_along(run, course), measure(run)
    there = np.isfinite(found.rod_gap)
    assert found.rod_gap[there].mean() < 0.3 * along.gap[there].mean()
    assert abs(np.nanmax(found.rod_sharpness) - along.sharpness[1400:1600].max()) < 0.1
    np.testing.assert_allclose(
        found.rod_sharpness[there], sharpness(SHARPER, found.rod[there]), rtol=1e-9
    )
    middle = 0.5 * (run.x[1520] + run.x[1521]) - 0.5 * (found.rod[1520] + found.rod[1521])
    np.testing.assert_allclose(found.rod_gap[1520], np.linalg.norm(middle), rtol=1e-9)
    wide = slice(1500, 1560)
    sign = np.where(run.step[wide] % 2, -1.0, 1.0)[:, None]
    own, other = (
        np.linalg.norm(run.x[wide] - found.rod[wide] - way * sign * found.rod_reach[wide], axis=1)
        for way in (1, -1)
    )
    assert np.all(own < 0.6 * other)


def test_a_stretch_has_the_columns_of_its_run() -> None:
    run, course = blow_up()
    whole = rod_along(run, course)
    part = rod_along(window(run, 1510, 40), course)
    for one, other in zip(part, whole, strict=True):
        np.testing.assert_allclose(one[:-1], other[1510:1549], rtol=1e-7, atol=1e-9)


def test_it_goes_on_from_where_it_was_when_eta_changes() -> None:
    """To one that is hardly another."""
    run, course = blow_up()
    assert course is not None
    again = simulate(SHARPER, "gd", START, "0.05@0,0.0500000001@1530", 2500, noise=1e-7)
    assert again.pieces
    first, second = (rod_along(one, course).rod[course.first : course.lost] for one in (run, again))
    np.testing.assert_allclose(second, first, atol=1e-4)
    other = course_beside(again)
    assert other is not None
    assert (other.first, other.lost) == (course.first, course.lost)


@pytest.mark.parametrize(
    ("rule", "fork"),
    [
        ("gd", Fork(30, push=(0.6, -0.05))),
        ("ngd", Fork(30, eta=0.8, rule=dynamics.RULES["gd"])),
    ],
    ids=["pushed", "another rule"],
)
def test_it_is_beside_what_came_of_a_run_after_a_fork(rule: str, fork: Fork) -> None:
    """From where the theorem begins anew: before, its parent had one of its own, or a flow."""
    run = simulate("hyperbola", rule, (2.5, 0.41), 0.34, 200, forks=[fork])
    course = course_beside(run)
    assert course is not None
    assert 30 < course.first < 35
    along = rod_along(run, course)
    assert np.all(np.isnan(along.rod[: course.first]))
    hop = 0.25 * (run.x[course.first - 1] - 2 * run.x[course.first] + run.x[course.first + 1])
    np.testing.assert_allclose(np.abs(along.rod_reach[course.first]), np.abs(hop), rtol=1e-9)


@pytest.mark.parametrize(
    ("loss", "rule", "start", "eta", "steps"),
    [
        ("hyperbola", "gd", (2.0, 0.7), 0.05, 300),
        ("hyperbola", "ngd", (2.0, 0.7), 0.05, 300),
        ("hyperbola", "gradient-flow", (2.0, 0.7), 0.05, 300),
        ("hyperbola", "gd", (2.0, 0.7), 1.2, 300),
        ("parabolic-valley", "gd", (1.8, 0.0), 0.7, 300),
    ],
    ids=["settles", "drifts", "flows", "leaves", "rests"],
)
def test_without_hops_there_is_none(loss, rule, start, eta, steps) -> None:
    run = simulate(loss, rule, start, eta, steps)
    course = course_beside(run)
    assert course is None
    assert all(np.all(np.isnan(column)) for column in rod_along(run, course))


def test_hops_that_grow_at_once_have_it_from_the_first_steps_on() -> None:
    run = simulate("hyperbola", "gd", (2.5, 0.41), 0.34, 500)
    course = course_beside(run)
    assert course is not None
    assert course.first == 1
    assert 20 < (course.lost or np.inf) < 60
    found = rod_along(run, course)
    top = measure(run).sharpness
    np.testing.assert_allclose(np.nanmax(found.rod_sharpness), top[:2].mean(), rtol=0.05)
