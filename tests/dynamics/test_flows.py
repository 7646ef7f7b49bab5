"""Flows against closed forms, against SciPy, and against the law they obey."""

from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

import dynamics
from dynamics import Branch, Loss, Rule
from dynamics.compilation import quickly
from dynamics.flows import gradient_flow, integrate, limiting_flow
from dynamics.losses.network import DATA
from dynamics.projection import projection
from tests.catalogue import each_kind_of_loss, each_kind_of_valley, losses, rules

TIMES = np.linspace(0.0, 2.0, 51)
# As many wherever a limiting flow is asked for, so that each is compiled once.
TAU = np.linspace(0.0, 3.0, 31)
BESIDE = 2e-3  # of a parameter: the points of a difference

# Of the law dX/dτ = −rate · P⊥∇f(λ₁): theory.md, section 3.
LAWS = {"ngd": (0.25, np.log), "sqrt-gd": (0.125, lambda sharpness: sharpness)}

FLATTEST = {
    "parabolic-valley": (0, 0),
    "paper-valley": (0, 0),
    "hyperbola": (1, 1),
    "quartic-hyperbola": (1, 1),
    "ellipse": (np.sqrt(2), 0),
    "ring": (-1, 0),
    "plane-valley": (0, 0, 0),
    "two-curvatures": (0, 0, 0),
    "two-flatnesses": (0, 0, 0),
    "crossing": (np.log(2), 0, 0),
    "product-3": (1, 1, 1),
    "product-4": (1, 1, 1, 1),
    "rank-one": (1, 1, 1, 1),
}


def test_the_flow_obeys_its_law_along_a_branch(valley: Loss, drifting: Rule, autodiff) -> None:
    """ds/dτ = −rate · f(λ₁)'/‖γ'‖² for the parameter s of a branch γ, by differences and SciPy.

    As long as λ₁ > λ₂.
    """
    for branch in valley.branches:
        for s in in_view(valley, branch):
            x = flow(valley, drifting, branch.curve(s), TAU[-1])
            walked = jax.vmap(branch.curve)(walk(valley, drifting, branch, s))
            top = np.linalg.eigvalsh(autodiff.hessian(valley, x))[:, -2:]
            apart = top[:, 0] < 0.99 * top[:, 1]
            assert np.sum(apart) > 5
            np.testing.assert_allclose(x[apart], walked[apart], rtol=1e-6, atol=1e-6)


@losses(lambda loss: loss.limiting_flows, each_kind=True)
def test_the_closed_form_is_what_the_solver_finds(loss: Loss) -> None:
    """One rule a loss, for the time it takes; the law above holds every rule to the same flow."""
    rule, x = dynamics.RULES[min(loss.limiting_flows)], foot(loss)
    exact = limiting_flow(loss, rule, x, TAU)
    np.testing.assert_allclose(solved(loss, rule)(x, TAU), exact, rtol=1e-8, atol=1e-8)


def test_hyperbola_ngd_by_the_law_of_c() -> None:
    """dc/dτ = −c/√(c² + 4), c = x² − y²."""
    loss = dynamics.LOSSES["hyperbola"]
    x, y = flow(loss, dynamics.RULES["ngd"], loss.start, TAU[-1]).T
    law = solve_ivp(
        lambda _, c: -c / np.sqrt(c**2 + 4), (0, 3), [x[0] ** 2 - y[0] ** 2],
        t_eval=TAU, rtol=1e-11, atol=1e-12,
    )  # fmt: skip
    np.testing.assert_allclose(x**2 - y**2, law.y[0], rtol=1e-8)


def test_hyperbolas_sqrt_gd_by_the_law_of_c() -> None:
    """c = c₀e^{−τ/2}, and four times as fast on the quartic, whose sharpness is four times it."""
    for key, rate in (("hyperbola", 0.5), ("quartic-hyperbola", 2.0)):
        loss = dynamics.LOSSES[key]
        x, y = solved(loss, dynamics.RULES["sqrt-gd"])(foot(loss), TAU).T
        np.testing.assert_allclose(
            x**2 - y**2, (x[0] ** 2 - y[0] ** 2) * np.exp(-rate * TAU), rtol=1e-8
        )


def test_parabolic_valleys_by_their_laws() -> None:
    """NGD: ln X + ½X² = const − τ/2 on both; √L: X₀e^{−τ/4}, and twice as fast without the ½."""
    for key, rate in (("parabolic-valley", 0.25), ("paper-valley", 0.5)):
        loss = dynamics.LOSSES[key]
        x, y = limiting_flow(loss, dynamics.RULES["ngd"], jnp.array([2.0, 0.0]), TAU).T
        np.testing.assert_allclose(np.log(x) + x**2 / 2, np.log(2) + 2 - TAU / 2, rtol=1e-12)
        np.testing.assert_array_equal(y, 0)
        x, _ = limiting_flow(loss, dynamics.RULES["sqrt-gd"], jnp.array([2.0, 0.0]), TAU).T
        np.testing.assert_allclose(x, 2 * np.exp(-rate * TAU), rtol=1e-12)


def test_ring_ngd_by_its_law() -> None:
    """tan(φ/2) grows as e^{τ/4}."""
    loss, ngd = dynamics.LOSSES["ring"], dynamics.RULES["ngd"]
    for angle in (0.3, -0.3, 2.0):
        x, y = limiting_flow(loss, ngd, jnp.array([np.cos(angle), np.sin(angle)]), TAU).T
        np.testing.assert_allclose(
            np.tan(np.arctan2(y, x) / 2), np.tan(angle / 2) * np.exp(TAU / 4), rtol=1e-10
        )


@pytest.mark.parametrize("x", [(1.0, 0.0), (-1.0, 0.0)])
def test_the_flow_rests_where_the_sharpness_of_the_ring_is_stationary(x, drifting: Rule) -> None:
    """At φ = 0 the closed form is 0 · ∞ for long times; at φ = π it is infinite."""
    path = flow(dynamics.LOSSES["ring"], drifting, x, 1e12)
    np.testing.assert_allclose(path, [x] * len(TAU), atol=1e-9)


@each_kind_of_valley
def test_the_flow_stays_on_the_manifold_and_flattens(
    valley: Loss, drifting: Rule, autodiff
) -> None:
    path = flow(valley, drifting, valley.start, TAU[-1])
    np.testing.assert_allclose(path[0], foot(valley), atol=1e-8)
    sharpness = np.linalg.eigvalsh(autodiff.hessian(valley, path))[:, -1]
    assert np.all(autodiff.value(valley, path) < 1e-20 * sharpness)
    arrived = sharpness[1:] == sharpness[-1]
    assert np.all((np.diff(sharpness) < 0) | arrived)
    assert arrived.sum() < 15


@each_kind_of_valley
def test_a_flow_can_be_cut_in_two(valley: Loss, drifting: Rule) -> None:
    whole = flow(valley, drifting, valley.start, 3.0)
    rest = flow(valley, drifting, whole[10], 2.0)
    np.testing.assert_allclose(rest[[0, 15, 30]], whole[[10, 20, 30]], atol=1e-8)


@losses(lambda loss: loss.codim < loss.d and loss.key not in ("tiny-network", "scale-invariant"))
def test_a_long_flow_arrives_where_it_is_flattest(loss: Loss, drifting: Rule, autodiff) -> None:
    """Also where the solver could not keep up with its own rounding for so long. (On the network λ₁
    and λ₂ meet at τ = 50, where the theorem ends; what does not change along rays has no flattest
    point.)"""
    path = flow(loss, drifting, loss.start, 1e12)
    assert np.all(np.isfinite(path))
    assert loss.key in FLATTEST or loss.branches
    if loss.key in FLATTEST:
        np.testing.assert_allclose(path[-1], FLATTEST[loss.key], atol=1e-7)
    for branch in loss.branches[:1]:
        s = np.linspace(branch.low, branch.high, 20_001)
        near = int(np.argmin(np.linalg.norm(jax.vmap(branch.curve)(s) - path[-1], axis=1)))
        around = jax.vmap(branch.curve)(s[max(near - 200, 0) : near + 200])
        sharpness = np.linalg.eigvalsh(autodiff.hessian(loss, around))[:, -1]
        end = np.linalg.eigvalsh(autodiff.hessian(loss, path[-1:]))[0, -1]
        np.testing.assert_allclose(end, sharpness.min(), rtol=1e-6)


@rules(lambda rule: rule.flow is None)
def test_rules_without_a_limiting_flow_get_none(rule: Rule) -> None:
    """Whatever the loss: here in more dimensions than codimensions, and in as many."""
    for loss in (dynamics.LOSSES["hyperbola"], dynamics.LOSSES["quadratic"]):
        found = limiting_flow(loss, rule, jnp.array(loss.start), TAU)
        np.testing.assert_array_equal(found, np.full((len(TAU), loss.d), np.nan))


def test_a_point_has_nowhere_to_drift(drifting: Rule) -> None:
    x = jnp.array([0.3, -0.2])
    path = limiting_flow(dynamics.LOSSES["quadratic"], drifting, x, TAU)
    np.testing.assert_array_equal(path, [x] * len(TAU))


def test_a_plane_of_minimisers_is_crossed_by_its_law() -> None:
    """½(1 + x² + 2y²)z². √L: x₀e^{−τ/4}, y₀e^{−τ/2}. NGD keeps y/x²."""
    loss, begin = dynamics.LOSSES["plane-valley"], jnp.array([1.2, 0.8, 0.0])
    x, y, z = solved(loss, dynamics.RULES["sqrt-gd"])(begin, TAU).T
    np.testing.assert_allclose(x, 1.2 * np.exp(-TAU / 4), rtol=1e-8)
    np.testing.assert_allclose(y, 0.8 * np.exp(-TAU / 2), rtol=1e-8)
    np.testing.assert_allclose(z, 0, atol=1e-12)
    found = limiting_flow(loss, dynamics.RULES["ngd"], begin, TAU)
    x, y, _ = found.T
    np.testing.assert_allclose(y / x**2, 0.8 / 1.2**2, rtol=1e-12)
    law = solve_ivp(
        lambda _, z: -z * np.array([0.5, 1.0]) / (1 + z[0] ** 2 + 2 * z[1] ** 2),
        (0, TAU[-1]), begin[:2], t_eval=TAU, rtol=1e-11, atol=1e-12,
    )  # fmt: skip
    np.testing.assert_allclose(found[:, :2], law.y.T, rtol=1e-8)


@pytest.mark.parametrize("key", ["product-3", "product-4"])
def test_products_by_the_law_of_their_level_set(key: str, drifting: Rule) -> None:
    """∇λ₁ = −2/x³ without its part along the normal 1/x of Πx = 1."""
    loss = dynamics.LOSSES[key]

    def velocity(_, x):
        slope, normal = -2 / x**3, 1 / x
        tangential = slope - normal * (slope @ normal) / (normal @ normal)
        return -tangential / (4 * (normal @ normal) if drifting.key == "ngd" else 8)

    begin = foot(loss)
    law = solve_ivp(velocity, (0, TAU[-1]), begin, t_eval=TAU, rtol=1e-11, atol=1e-12)
    found = flow(loss, drifting, loss.start, TAU[-1])
    np.testing.assert_allclose(found, law.y.T, rtol=1e-8)


def test_rank_one_by_the_law_of_c() -> None:
    """c = ‖u‖² − ‖w‖². √L: c₀e^{−τ/2}. NGD: dc/dτ = −c/√(c² + 4σ²), σ = 2."""
    loss = dynamics.LOSSES["rank-one"]
    signs = np.array([1, 1, -1, -1])
    c = flow(loss, dynamics.RULES["ngd"], loss.start, TAU[-1]) ** 2 @ signs
    law = solve_ivp(
        lambda _, c: -c / np.sqrt(c**2 + 16), (0, 3), [c[0]], t_eval=TAU, rtol=1e-11, atol=1e-12
    )
    np.testing.assert_allclose(c, law.y[0], rtol=1e-7)
    c = solved(loss, dynamics.RULES["sqrt-gd"])(foot(loss), TAU) ** 2 @ signs
    np.testing.assert_allclose(c, c[0] * np.exp(-TAU / 2), rtol=1e-7)


def test_the_crossing_stops_the_flow() -> None:
    """−¼ a step of τ for NGD, e^{−x} + ⅛τ for √L, until eˣ = 2."""
    loss, begin = dynamics.LOSSES["crossing"], jnp.array([1.2, 0.0, 0.0])
    for key, expected in (
        ("ngd", np.maximum(1.2 - TAU / 4, np.log(2))),
        ("sqrt-gd", np.maximum(-np.log(np.exp(-1.2) + TAU / 8), np.log(2))),
    ):
        x, *_ = limiting_flow(loss, dynamics.RULES[key], begin, TAU).T
        np.testing.assert_allclose(x, expected, rtol=1e-12)
        assert np.sum(x == np.log(2)) > 5


def test_the_flow_of_a_network_by_its_jacobian(drifting: Rule) -> None:
    """On Γ ∇²L = JᵀJ/n with J of the outputs at the data: λ₁, P⊥ and ∇λ₁ by NumPy alone."""
    loss = dynamics.LOSSES["tiny-network"]
    rate, f = LAWS[drifting.key]
    path = flow(loss, drifting, loss.start, TAU[-1])
    for row in (1, 12, 25):
        _, _, normal = np.linalg.svd(jacobian(path[row]))
        slope = np.array([central(lambda x: f(top(x)), path[row], v) for v in np.eye(loss.d)])
        tangential = slope - normal[: loss.codim].T @ (normal[: loss.codim] @ slope)
        fine = flow(loss, drifting, path[row], 0.03)
        here = (-3 * fine[0] + 4 * fine[1] - fine[2]) / 0.002
        np.testing.assert_allclose(here, -rate * tangential, rtol=1e-3, atol=1e-5)


def jacobian(x: np.ndarray) -> np.ndarray:
    """∂f(zᵢ)/∂x, [data, d], of Σ c tanh(az + b)."""
    a, b, c = x.reshape(3, -1)
    z = np.array(DATA)[:, :1]
    unit = np.tanh(a * z + b)
    below = c * (1 - unit**2)
    return np.hstack([below * z, below, unit])


def top(x: np.ndarray) -> float:
    return np.linalg.svd(jacobian(x))[1][0] ** 2 / len(DATA)


def central(f, x: np.ndarray, v: np.ndarray) -> float:
    return (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5


@each_kind_of_loss
def test_gradient_flow_is_that_of_scipy(loss: Loss, autodiff) -> None:
    solution = solve_ivp(
        lambda _, z: -autodiff.gradient(loss, [z])[0], (0, TIMES[-1]), loss.start, "LSODA",
        t_eval=TIMES, rtol=1e-10, atol=1e-12,
    )  # fmt: skip
    found = gradient_flow(loss, np.array(loss.start), TIMES)
    np.testing.assert_allclose(found, solution.y.T, rtol=1e-7, atol=1e-7)


def test_gradient_flow_of_a_bowl_by_hand() -> None:
    """x₀e^{−3s}, y₀e^{−s}: also where the solver has handed over to the linear flow."""
    times = np.array([*TIMES[:-2], 10.0, 20.0])
    found = gradient_flow(dynamics.LOSSES["quadratic"], np.array([2.0, 1.0]), times)
    exact = np.stack([2 * np.exp(-3 * times), np.exp(-times)], axis=1)
    np.testing.assert_allclose(found, exact, rtol=1e-8, atol=2e-10)


@each_kind_of_loss
def test_gradient_flow_arrives(loss: Loss) -> None:
    """At Φ, and stays, however long it is followed."""
    times = np.array([*TIMES[3:], 1e3, 1e6, 1e15])
    found = np.asarray(gradient_flow(loss, np.array(loss.start), times))
    assert np.all(np.isfinite(found))
    np.testing.assert_allclose(found[-3:], np.tile(foot(loss), (3, 1)), atol=1e-8)


def test_gradient_flow_leaves_a_saddle_alone() -> None:
    found = gradient_flow(dynamics.LOSSES["hyperbola"], np.array([0.0, 0.0]), TIMES * 1e6)
    np.testing.assert_array_equal(found, np.zeros((len(TIMES), 2)))


def test_the_order_of_gradient_flow_is_8(fixed_steps) -> None:
    loss, x = dynamics.LOSSES["hyperbola"], np.array(dynamics.LOSSES["hyperbola"].start)
    exact = gradient_flow(loss, x, TIMES)[25]
    end = fixed_steps(partial(gradient_flow.__wrapped__, loss))
    times = TIMES[:26:5]
    assert 7.2 < _order(lambda h: end(h, x, times)[-1] - exact, 0.5) < 10


def test_the_order_of_the_limiting_flow_is_8(fixed_steps) -> None:
    loss, ngd = dynamics.LOSSES["hyperbola"], dynamics.RULES["ngd"]
    exact = flow(loss, ngd, loss.start, TAU[-1])[-1]
    end = fixed_steps(partial(integrate, ngd.flow, loss))
    assert 7.2 < _order(lambda h: end(h, foot(loss), TAU)[-1] - exact, 0.25) < 10


def _order(error, h: float) -> float:
    """From the errors at step sizes h and h/2."""
    coarse, fine = (np.linalg.norm(error(step)) for step in (h, h / 2))
    assert fine > 3e-13
    return float(np.log2(coarse / fine))


def flow(loss: Loss, rule: Rule, x, tau: float) -> np.ndarray:
    """X at 31 equal times up to τ from Φ(x)."""
    begin = projected(loss, np.array(x, float))
    return np.asarray(limiting_flow(loss, rule, begin, TAU * (tau / TAU[-1])))


projected = quickly(projection)


@lru_cache
def foot(loss: Loss) -> np.ndarray:
    """Φ of the loss's own start."""
    return np.asarray(projected(loss, np.array(loss.start)))


@lru_cache
def solved(loss: Loss, rule: Rule):
    return quickly(partial(integrate, rule.flow, loss))


def in_view(loss: Loss, branch: Branch) -> np.ndarray:
    """Two parameters of a branch that lie in view."""
    s = np.linspace(branch.low, branch.high, 2001)
    x, (low, high) = jax.vmap(branch.curve)(s), np.array(loss.view).T
    seen = s[np.all((low < x) & (x < high), axis=1)]
    return seen[[len(seen) // 5, 3 * len(seen) // 4]] if seen.size else seen


@lru_cache
def beside(loss: Loss, branch: Branch):
    """Four points about a parameter, [4, d], and their Hessians, compiled."""

    def points(s):
        x = jax.vmap(branch.curve)(s + BESIDE * jnp.array([-2.0, -1, 1, 2]))
        return x, jax.vmap(jax.hessian(loss.value))(x)

    return quickly(points)


def walk(loss: Loss, rule: Rule, branch: Branch, s: float) -> np.ndarray:
    """The parameter at each τ, from differences of eigenvalues and of points."""
    rate, f = LAWS[rule.key]
    weights = np.array([1, -8, 8, -1]) / (12 * BESIDE)
    around = beside(loss, branch)

    def velocity(_, s):
        x, hessians = around(s[0])
        slope = weights @ f(np.linalg.eigvalsh(hessians)[:, -1])
        return [-rate * slope / np.sum((weights @ x) ** 2)]

    solution = solve_ivp(velocity, (0, TAU[-1]), [s], t_eval=TAU, rtol=1e-8, atol=1e-9)
    return solution.y[0]
