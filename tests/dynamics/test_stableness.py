"""Stableness against dense segments and closed forms, and what √L has of its own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, Rule, measure, measure_extras, simulate
from dynamics.phases import phases
from dynamics.rules import step_length
from dynamics.stableness import root_stableness, stableness
from tests.catalogue import each_kind_of_loss, losses, rules

EVERY = 501


def segments(loss: Loss, rule: Rule, eta: float) -> tuple[np.ndarray, np.ndarray]:
    """x_t of a few steps, [6, d], with 501 points of the way to each next one, [6, 501, d]."""
    path = simulate(loss, rule, None, eta, 40).x
    rows = np.linspace(0, min(len(path), 32) - 2, 6).astype(int)
    x, ahead = path[rows], path[rows + 1]
    return x, x[:, None] + np.linspace(0, 1, EVERY)[:, None] * (ahead - x)[:, None]


@each_kind_of_loss
@rules(lambda rule: rule.effective_step and not rule.parameters)
def test_it_is_the_supremum_along_the_step(loss: Loss, rule: Rule, autodiff) -> None:
    """Never below the densest of points, and above by no more than lies between those."""
    steepest = np.linalg.eigvalsh(autodiff.hessian(loss, [loss.start]))[0, -1]
    eta = 1.9 / steepest if rule.key == "gd" else 0.25
    x, way = segments(loss, rule, eta)
    top = np.linalg.eigvalsh(autodiff.hessian(loss, way.reshape(-1, loss.d)))[:, -1]
    value, slope = autodiff.value(loss, x), autodiff.gradient(loss, x)
    length = np.asarray(step_length(rule, eta, value, np.sum(slope**2, axis=1)))
    dense = length * top.reshape(len(x), EVERY).max(axis=1)
    found = np.asarray(jax.vmap(lambda z: stableness(loss, rule, z, eta))(x))
    assert np.all(found >= dense * (1 - 1e-6))
    np.testing.assert_allclose(found, dense, rtol=1e-4)


@pytest.mark.parametrize("c", [0.0, 0.02, 0.33, 0.5, 0.71, 0.97, 1.0])
@pytest.mark.parametrize("steepness", [1.0, 30.0])
def test_a_maximum_inside_the_segment_is_found(c: float, steepness: float) -> None:
    """f'' = 1 + e^{−k(x−c)²}: the largest is 2, at c, wherever c lies between the 17 points."""
    root = np.sqrt(steepness)

    def slope(x):
        bump = jax.scipy.special.erf(root * (x[0] - c)) - jax.scipy.special.erf(-root * c)
        return 1.0 + x[0] + 0.5 * jnp.sqrt(jnp.pi) / root * bump

    bump = Loss("bump", lambda x: 0.0, (1.0,), gradient=lambda x: jnp.stack([slope(x)]))
    step = 1 / slope(jnp.array([1.0]))  # to x = 0
    found = stableness(bump, dynamics.RULES["gd"], jnp.array([1.0]), step)
    np.testing.assert_allclose(found, 2 * step, rtol=1e-6)


# Of √L itself.


@pytest.mark.parametrize("key", ["quadratic-3", "quadratic-5", "two-curvatures", "rank-one"])
def test_the_supremum_of_the_root_is_that_of_a_dense_segment(key: str, autodiff) -> None:
    """∇²√L = ∇²L/(2√L) − ∇L∇Lᵀ/(4L^{3/2}) at 4,001 points, where these are enough to see a peak."""
    loss, eta = dynamics.LOSSES[key], 0.05
    run = simulate(loss, "sqrt-gd", None, eta, 60)
    found = measure_extras(run)
    rows = [0, 3, *np.flatnonzero((found.root_stableness > 1) & (found.root_stableness < 100))[:4]]
    for row in rows:
        way = run.x[row] + np.linspace(0, 1, 4001)[:, None] * (run.x[row + 1] - run.x[row])
        root = np.sqrt(autodiff.value(loss, way))[:, None, None]
        g = autodiff.gradient(loss, way)
        matrix = autodiff.hessian(loss, way) / (2 * root) - g[:, :, None] * g[:, None] / 4 / root**3
        top = eta * np.linalg.eigvalsh(matrix)[:, -1]
        np.testing.assert_allclose(found.root_stableness[row], top.max(), rtol=2e-3)
        np.testing.assert_allclose(found.root_stableness_at[row], top[0], rtol=1e-9)


@pytest.mark.parametrize("key", ["two-curvatures", "quadratic", "quadratic-3", "quadratic-5"])
def test_the_root_has_a_stableness_of_the_order_of_one_over_theta(key: str) -> None:
    """S sin θ ≥ 1 with θ of the rule's own x̃: S = λ₁/|x̃⊥| where the step passes Γ, ‖x̃‖ ≤ λ₁.

    tan θ_t, of ∇²L(x − Φ), is up to √(λ₁/λ_codim) smaller.
    """
    run = simulate(key, "sqrt-gd", None, 0.02, 2000)
    found = measure(run)
    s = measure_extras(run).root_stableness
    begin = phases(run, found)[1].first
    own = np.linalg.norm(found.components[:, 1:], axis=1) / np.linalg.norm(found.components, axis=1)
    rows = np.flatnonzero((run.step > begin) & (own > 1e-7))
    assert np.all(s[rows] * own[rows] >= 1)
    worst = np.sqrt(found.spectrum[rows, -1] / found.spectrum[rows, 0])
    assert np.all(s[rows] * found.alignment[rows] >= worst)
    assert s[:begin].max() < 3 < 1e5 < s[rows].max()


@losses(lambda loss: loss.codim == 1, each_kind=True)
def test_steps_across_the_floor_have_no_bound_in_codimension_1(loss: Loss) -> None:
    """Trap 2. On the way down, before the first step across, the stableness is a number."""
    run = simulate(loss, "sqrt-gd", None, 0.02, 600)
    side = np.sign(measure(run).offset)
    crosses = side[1:] != side[:-1]
    assert crosses.sum() > 100
    assert not crosses[0]
    s = measure_extras(run).root_stableness[:-1]
    np.testing.assert_array_equal(np.isinf(s), crosses)


def test_the_curvature_of_the_root_at_the_iterates_does_not_show_the_edge() -> None:
    """Trap 3: O(η) in codimension 1. On a bowl λ₂/‖x̃_t‖, in pairs 1/p + 1/p' = λ₁/λ₂, not 1."""
    for eta in (0.05, 0.01):
        run = simulate("parabolic-valley", "sqrt-gd", None, eta, 2000)
        assert measure(run).stableness_pair[-1] == pytest.approx(1, abs=0.01)
        assert np.all(measure_extras(run).root_stableness_at < eta)
    run = simulate("quadratic-3", "sqrt-gd", None, 0.02, 2000)
    found, p = measure(run), measure_extras(run).root_stableness_at
    assert found.stableness_pair[-1] == pytest.approx(1, abs=1e-9)
    one, two = found.spectrum[-1, :2]
    np.testing.assert_allclose(p[-1], two / np.abs(found.components[-1, 0]), rtol=1e-9)
    np.testing.assert_allclose(1 / p[-1] + 1 / p[-2], one / two, rtol=1e-9)


@pytest.mark.parametrize("key", ["gd", "ngd", "gradient-flow"])
def test_other_rules_do_not_descend_the_root(key: str) -> None:
    found = measure_extras(simulate("hyperbola", key, None, 0.05, 5))
    assert np.all(np.isnan([found.root_stableness, found.root_stableness_at]))


def test_at_a_minimiser_the_root_has_a_kink() -> None:
    x = jnp.zeros(2)
    assert root_stableness(dynamics.LOSSES["quadratic"], x, 0.1) == np.inf
