"""The central flow beside GD: where both stay, how they come there, and what GD does around it."""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, simulate
from dynamics.central import CENTRAL_FLOW, bounce
from dynamics.compilation import at_once
from dynamics.flows import gradient_flow, integrate

SELF = dynamics.LOSSES["self-stabilization"]
SHARPER = SELF.at(s0=10.0, c=1.0, k=0.02, zf=60.0)
TIMES = np.linspace(0.0, 1.0, 26)

walk = at_once(integrate)
bounce_at = at_once(bounce)


def central(loss: Loss, start, eta: float, time: float) -> np.ndarray:
    return np.asarray(walk(CENTRAL_FLOW.at({"eta": eta}), loss, jnp.array(start), TIMES * time))


@pytest.mark.parametrize(
    ("eta", "variance", "y", "z"),
    [(0.5, 0.133333, 3.0, 3.333333), (0.45, 0.0740741, 3.444444, 3.629630)],
)
def test_gd_stays_at_the_edge_where_the_central_flow_does(eta, variance, y, z) -> None:
    """y = 2/η − s₀, z = (k z∞ + cy)/(k + c), ⟨x²⟩ = 2c(z − y), GD's to 8 digits."""
    end = central(SELF, (0.1, 2.0, 3.0), eta, 200.0)[-1]
    np.testing.assert_allclose(end, [0, y, z], atol=1e-6)
    found = bounce_at(SELF, end, eta)
    np.testing.assert_allclose(found.variance, variance, atol=1e-6)
    pair = simulate(SELF, "gd", (0.5, 2.0, 3.0), eta, 6000).x[-2:]
    np.testing.assert_allclose(pair.mean(axis=0), end, atol=1e-8)
    np.testing.assert_allclose(np.mean(pair[:, 0] ** 2), found.variance, rtol=1e-8)


@lru_cache
def blow_up():
    return simulate(SHARPER, "gd", (0.001, 0.0, 5.0), 0.05, 2500, noise=1e-7, measured=True)


def test_the_blow_up_begins_where_the_flow_comes_to_the_edge() -> None:
    run = blow_up()
    assert run.measured
    sharpness = run.measured.sharpness
    assert abs(int(np.argmax(sharpness >= 40)) - 1318) <= 2
    assert 42.7 < sharpness.max() < 43.4
    path = central(SHARPER, (0.001, 0.0, 5.0), 0.05, 0.05 * 1318)
    np.testing.assert_allclose(10 + path[-1, 1], 39.7, atol=0.4)


def test_the_mean_over_the_bounce_is_that_of_the_central_flow() -> None:
    run = blow_up()
    last = slice(-40, None)
    loss = np.array(jax.vmap(SHARPER.value)(run.x[last]))
    end = central(SHARPER, (0.001, 0.0, 5.0), 0.05, 125.0)[-1]
    variance = float(bounce_at(SHARPER, end, 0.05).variance)
    np.testing.assert_allclose(variance, 1.1765, atol=1e-4)
    np.testing.assert_allclose(np.mean(run.x[last, 0] ** 2), 1.1753, atol=0.01)
    there = float(SHARPER.value(end))
    np.testing.assert_allclose([there, there + variance / 0.05], [8.82, 32.35], atol=5e-3)
    np.testing.assert_allclose(loss.mean(), 32.33, rtol=0.01)


FOUR_ELLIPSES = Loss("ellipse-4", lambda x: (1 - 0.5 * x[0] ** 2 - x[1] ** 2) ** 2, (0.35, 0.96))


def test_gd_ends_a_little_below_the_edge_to_which_the_flow_is_pinned() -> None:
    end = central(FOUR_ELLIPSES, FOUR_ELLIPSES.start, 0.3, 300.0)[-1]
    run = simulate(FOUR_ELLIPSES, "gd", None, 0.3, 2000)
    tops = [np.linalg.eigvalsh(jax.hessian(FOUR_ELLIPSES.value)(x))[-1] for x in (end, run.x[-1])]
    np.testing.assert_allclose(tops, [2 / 0.3, 6.587], atol=5e-4)
    np.testing.assert_allclose(np.linalg.norm(end - run.x[-1]), 0.027, atol=2e-3)


def test_below_the_edge_it_is_gradient_flow() -> None:
    for eta in (0.05, 0.0):
        path = central(dynamics.LOSSES["hyperbola"], (2.0, 0.7), eta, 3.0)
        exact = gradient_flow(dynamics.LOSSES["hyperbola"], jnp.array([2.0, 0.7]), TIMES * 3.0)
        np.testing.assert_allclose(path, exact, atol=1e-8)


def pulled(k: float) -> Loss:
    """`parabolic-valley` with a pull along its floor to x = 3."""
    return Loss(f"pulled-{k}", lambda x: 0.5 * (1 + x[0] ** 2) * x[1] ** 2
                + 0.5 * k * (x[0] - 3) ** 2, (1.0, 0.1), codim=2)  # fmt: skip


@pytest.mark.parametrize(
    ("k", "theory", "low", "high"), [(0.001, 134.08, 134, 135), (0.0002, 299.80, 300, 301)]
)
def test_one_turn_of_self_stabilization_takes_as_long_as_its_law(k, theory, low, high) -> None:
    """2π/(η√(2α)), α = −⟨∇L, ∇λ₁⟩ where λ₁ = 2/η, that is x = √3 for η = 0.5 [DNL22]."""
    eta, x = 0.5, np.sqrt(3)
    alpha = 2 * k * x * (3 - x)
    np.testing.assert_allclose(2 * np.pi / (eta * np.sqrt(2 * alpha)), theory, atol=0.01)
    start = (x + 0.0004, np.sqrt(k * (3 - x) / x))
    run = simulate(pulled(k), "gd", start, eta, 4000, record="all")
    mean = 0.5 * (run.x[1:, 0] + run.x[:-1, 0]) - x
    rising = np.flatnonzero((mean[:-1] < 0) & (mean[1:] >= 0))
    turns = np.diff(rising[:10]) if len(rising) > 2 else np.array([0])
    assert low - 0.5 <= np.mean(turns) <= high + 0.5


@pytest.mark.parametrize(("key", "beta"), [("nesterov", 0.5), ("heavy-ball", 0.5)])
def test_momentum_at_the_edge_of_self_stabilization(key: str, beta: float) -> None:
    """Nesterov's holds to its threshold, y = 3.285714; the heavy ball misses it."""
    edge = 4.285714285714286
    eta = (2 + 2 * beta) / edge / (1 + 2 * beta if key == "nesterov" else 1)
    if key == "nesterov":
        np.testing.assert_allclose(eta, 0.35, rtol=1e-12)
    run = simulate(SELF, dynamics.RULES[key].at(beta=beta), (0.5, 2.0, 3.0), eta, 20_000)
    mean = run.x[-2000:, 1].mean()
    if key == "nesterov":
        np.testing.assert_allclose(run.x[-2:, 1].mean(), edge - 1, atol=1e-8)
    else:
        assert 2.9 < mean < 3.15


def test_the_heavy_ball_with_much_momentum_leaves() -> None:
    run = simulate(SELF, "heavy-ball", (0.5, 2.0, 3.0), 3.8 / 4.285714285714286, 20_000)
    assert run.outcome_step < 20_000


def twofold() -> Loss:
    """Two directions that sharpen at one rate with a common y, and one with its own."""

    def value(x):
        a, b, y, z = x
        walls = (1 + y) * (a * a + b * b) + 0.3 * (y - z) * a * b
        return 0.5 * (walls + 0.2 * (y - z) ** 2 + 0.1 * (z - 4) ** 2)

    return Loss("twofold", value, (0.1, 0.2, 2.0, 3.0), codim=4)


def test_two_directions_are_held_at_the_edge_at_once() -> None:
    loss, eta = twofold(), 0.5
    end = central(loss, (0.01, 0.02, 2.0, 3.0), eta, 100.0)[-1]
    values = np.linalg.eigvalsh(jax.hessian(loss.value)(end))
    assert values[-1] <= 2 / eta + 1e-6
    found = bounce_at(loss, end, eta)
    rest = jax.grad(loss.value)(end) + found.force
    np.testing.assert_allclose(rest, 0, atol=1e-6)
    assert found.variance > 0
