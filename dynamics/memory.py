"""Rules that remember, look elsewhere or draw: momentum, adaptive steps, SAM, label noise, decay.

    heavy ball          v ← βv − η∇L(x)              x ← x + v
    Nesterov            v ← βv − η∇L(x + βv)         x ← x + v
    RMSProp, one ν      ν ← β₂ν + (1 − β₂)‖∇L‖²      x ← x − η∇L/√ν
    RMSProp             the same of each coordinate  x ← x − η∇L/(√ν + ε)
    Adam                m ← βm + (1 − β)∇L too       x ← x − ηm/(√ν + ε)
    SAM                                              x ← x − η∇L(x + ρ∇L/‖∇L‖)      [WML22]
    label noise                                      x ← x − η(∇L + Jᵀξ), ξᵢ = ±1   [LWA21]
    weight decay                                     x ← x − η(∇L + wx)             [LLA22]

RMSProp's ν is ‖∇L(x_0)‖² at first; Adam's means begin at 0, and are divided by 1 − βᵗ and 1 − β₂ᵗ
where they are used.

On a quadratic, momentum stops contracting at (2 + 2β)/η, Nesterov's at (2 + 2β)/(η(1 + 2β)): there
the companion matrix has −1 among its eigenvalues.

[WML22] Wen, Ma, Li, arXiv 2211.05729.  [LWA21] Li, Wang, Arora, arXiv 2110.06914.
[LLA22] Lyu, Li, Arora, arXiv 2206.07085.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from dynamics.drifts import LABEL_NOISE_FLOW, RMSPROP_FLOW, SAM_FLOW, WEIGHT_DECAY_FLOW
from dynamics.ground import TINY, Ground, squared_norm
from dynamics.types import Array, Parameter, Rule, Scalar, Theta

BETA = Parameter("beta", 0.9, 0.0, 0.99, "β", "how much of the velocity is kept")
MEAN_BETA = Parameter("beta", 0.9, 0.0, 0.99, "β", "memory of the mean slope")
BETA2 = Parameter("beta2", 0.99, 0.0, 0.9999, "β₂", "memory of the mean squared slope")
EPSILON = Parameter("epsilon", 1e-8, 0.0, 0.1, "ε", "keeps steps finite where slopes vanish")
RHO = Parameter("rho", 0.05, 0.0, 0.5, "ρ", "how far ahead the slope is taken")
DECAY = Parameter("decay", 0.01, 0.0, 0.5, "w", "how much of x is taken away")


def _still(x: Array, _: Theta) -> Array:
    """A velocity of zero."""
    return _zeros(x)


def _heavy_step(slope: Ground, eta: Scalar, x: Array, velocity: Array, theta: Theta):
    beta = theta["beta"]
    velocity = jax.tree.map(lambda v, g: beta * v - eta * g, velocity, slope(x).gradient)
    return jax.tree.map(jnp.add, x, velocity), velocity


def _nesterov_step(slope: Ground, eta: Scalar, x: Array, velocity: Array, theta: Theta):
    beta = theta["beta"]
    ahead = jax.tree.map(lambda z, v: z + beta * v, x, velocity)
    velocity = jax.tree.map(lambda v, g: beta * v - eta * g, velocity, slope(ahead).gradient)
    return jax.tree.map(jnp.add, x, velocity), velocity


def _heavy_threshold(eta: Scalar, loss: Array, squared: Array, _: Any, theta: Theta) -> Array:
    return (2 + 2 * theta["beta"]) / eta * jnp.ones_like(loss)


def _nesterov_threshold(eta: Scalar, loss: Array, squared: Array, _: Any, theta: Theta) -> Array:
    beta = theta["beta"]
    return (2 + 2 * beta) / (eta * (1 + 2 * beta)) * jnp.ones_like(loss)


class Remembered(NamedTuple):
    """A running mean that begins with its first value."""

    value: Array
    fresh: Array
    """1 before the first value, then 0, []."""

    def and_of(self, value: Array, beta: Scalar) -> "Remembered":
        """With one more value."""
        weight = jnp.maximum(1 - beta, self.fresh)
        mean = jax.tree.map(lambda m, v: m + weight * (v - m), self.value, value)
        return Remembered(mean, 0 * self.fresh)


class Mean(NamedTuple):
    """A running mean that begins with 0, divided by the sum of its weights when it is used."""

    total: Array
    """In the shape of what it is of."""
    rest: Array
    """1 − the sum of the weights, []: βᵗ."""

    def and_of(self, value: Array, beta: Scalar) -> "Mean":
        """With one more value."""
        total = jax.tree.map(lambda m, v: beta * m + (1 - beta) * v, self.total, value)
        return Mean(total, beta * self.rest)

    def now(self) -> Array:
        """The mean of the values so far."""
        return jax.tree.map(lambda m: m / (1 - self.rest), self.total)


def _zeros(x: Array) -> Array:
    return jax.tree.map(jnp.zeros_like, x)


def _squares(gradient: Array) -> Array:
    return jax.tree.map(jnp.square, gradient)


def _scalar_start(x: Array, _: Theta) -> Remembered:
    return Remembered(jnp.zeros(()), jnp.ones(()))


def _rmsprop_length(eta: Scalar, loss: Array, squared: Array, nu: Remembered, theta: Theta):
    """η/√ν, of ν with this step's ‖∇L‖²."""
    return _per_root(eta, squared, nu.and_of(squared, theta["beta2"]))


def _per_root(eta: Scalar, squared: Array, nu: Remembered) -> Array:
    return jnp.where(squared < jnp.inf, eta, jnp.nan) / jnp.sqrt(nu.value + TINY)


def _rmsprop_step(slope: Ground, eta: Scalar, x: Array, nu: Remembered, theta: Theta):
    gradient = slope(x).gradient
    squared = squared_norm(gradient)
    nu = nu.and_of(squared, theta["beta2"])
    length = _per_root(eta, squared, nu)
    return jax.tree.map(lambda z, g: z - length * g, x, gradient), nu


def _by_coordinate_start(x: Array, _: Theta) -> Remembered:
    return Remembered(_zeros(x), jnp.ones(()))


def _by_coordinate_step(slope: Ground, eta: Scalar, x: Array, nu: Remembered, theta: Theta):
    gradient = slope(x).gradient
    nu = nu.and_of(_squares(gradient), theta["beta2"])
    return _preconditioned(eta, x, gradient, nu.value, theta), nu


def _preconditioned(eta: Scalar, x: Array, way: Array, nu: Array, theta: Theta) -> Array:
    """x − η way/(√ν + ε), zero where both are."""

    def move(z: Array, m: Array, v: Array) -> Array:
        return z - eta * m / (jnp.sqrt(v) + theta["epsilon"] + TINY)

    return jax.tree.map(move, x, way, nu)


def _by_coordinate_scales(eta: Scalar, gradient: Array, nu: Remembered, theta: Theta):
    """2 is what GD bears of ηλ₁."""
    size = jnp.sqrt(nu.and_of(_squares(gradient), theta["beta2"]).value)
    return eta / (size + theta["epsilon"] + TINY), jnp.array(2.0)


def _adam_scales(eta: Scalar, gradient: Array, state: "Moments", theta: Theta):
    """The heavy ball with η(1 − β) bears (2 + 2β)/(1 − β)."""
    size = jnp.sqrt(state.nu.and_of(_squares(gradient), theta["beta2"]).now())
    beta = theta["beta"]
    return eta / (size + theta["epsilon"] + TINY), (2 + 2 * beta) / (1 - beta)


class Moments(NamedTuple):
    """What Adam remembers: the means of the slope and of its squares."""

    m: Mean
    nu: Mean


def _adam_start(x: Array, _: Theta) -> Moments:
    return Moments(Mean(_zeros(x), jnp.ones(())), Mean(_zeros(x), jnp.ones(())))


def _adam_step(slope: Ground, eta: Scalar, x: Array, state: Moments, theta: Theta):
    gradient = slope(x).gradient
    m = state.m.and_of(gradient, theta["beta"])
    nu = state.nu.and_of(_squares(gradient), theta["beta2"])
    return _preconditioned(eta, x, m.now(), nu.now(), theta), Moments(m, nu)


def _sam_step(slope: Ground, eta: Scalar, x: Array, state: Any, theta: Theta):
    gradient = slope(x).gradient
    reach = theta["rho"] / jnp.sqrt(squared_norm(gradient) + TINY)
    ahead = jax.tree.map(lambda z, g: z + reach * g, x, gradient)
    return jax.tree.map(lambda z, g: z - eta * g, x, slope(ahead).gradient), state


def _plain_threshold(eta: Scalar, loss: Array, squared: Array, *_: Any) -> Array:
    return 2 / eta * jnp.ones_like(loss)


def _sam_bounce(eta: Scalar, sharpness: Array, theta: Theta) -> Array:
    """2|y|, |y| = ηλ₁ρ/(2 − ηλ₁)."""
    return 2 * eta * sharpness * theta["rho"] / (2 - eta * sharpness)


def _sam_sqrt_loss(eta: Scalar, sharpness: Array, theta: Theta) -> Array:
    return jnp.sqrt(sharpness / 2) * _sam_bounce(eta, sharpness, theta)


class Draws(NamedTuple):
    """From what a rule draws at random next: whole numbers, kept as floats, which alone have
    derivatives."""

    seed: Array
    step: Array


def _draws_start(x: Array, seed: Array) -> Draws:
    return Draws(jnp.asarray(seed, jnp.float64), jnp.zeros(()))


def _mixed(z: Array) -> Array:
    """64 bits in which each depends on all that came in: splitmix64's finish."""
    z = (z ^ (z >> 30)) * jnp.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> 27)) * jnp.uint64(0x94D049BB133111EB)
    return z ^ (z >> 31)


GOLDEN = 0x9E3779B97F4A7C15


def signs(draws: Draws, count: int) -> Array:
    """As many of ±1, [count], a function of the seed and the step alone."""
    seed, step = (jnp.asarray(part).astype(jnp.uint64) for part in draws)
    here = _mixed(_mixed(seed) + step * jnp.uint64(GOLDEN))
    bits = _mixed(here + (1 + jnp.arange(count, dtype=jnp.uint64)) * jnp.uint64(GOLDEN))
    return 1.0 - 2.0 * (bits >> 63).astype(jnp.float64)


def _noisy_step(slope: Ground, eta: Scalar, x: Array, draws: Draws):
    noise = slope.of_labels(x, signs(draws, slope.labels))
    moved = jax.tree.map(lambda z, g, n: z - eta * (g + n), x, slope(x).gradient, noise)
    return moved, Draws(draws.seed, draws.step + 1)


def _decay_step(slope: Ground, eta: Scalar, x: Array, state: Any, theta: Theta):
    decay = theta["decay"]
    return jax.tree.map(lambda z, g: z - eta * (g + decay * z), x, slope(x).gradient), state


def _decay_threshold(eta: Scalar, loss: Array, squared: Array, _: Any, theta: Theta) -> Array:
    return (2 / eta - theta["decay"]) * jnp.ones_like(loss)


MEMORY = (
    Rule(
        key="heavy-ball",
        step=_heavy_step,
        init=_still,
        threshold=_heavy_threshold,
        parameters=(BETA,),
        clock="eta",
        name="Heavy ball",
        formula="v ← βv − η ∇L,  x ← x + v",
        edge="(2 + 2β)/η",
        look_for=(
            "It rolls past the bottom and swings back. Velocity lets it bear walls almost twice as "
            "steep as GD does at the same step."
        ),
    ),
    Rule(
        key="nesterov",
        step=_nesterov_step,
        init=_still,
        threshold=_nesterov_threshold,
        parameters=(BETA,),
        clock="eta",
        name="Nesterov’s momentum",
        formula="v ← βv − η ∇L(x + βv),  x ← x + v",
        edge="(2 + 2β)/(η(1 + 2β))",
        look_for=(
            "It takes the slope where its velocity leads, so it swings less than the heavy ball; "
            "but it bears less steep walls than GD."
        ),
    ),
    Rule(
        key="rmsprop",
        step=_rmsprop_step,
        init=_scalar_start,
        effective_step=_rmsprop_length,
        flow=RMSPROP_FLOW,
        parameters=(BETA2,),
        bounce=lambda eta, sharpness, _: eta * jnp.ones_like(sharpness),
        sqrt_loss_law=lambda eta, sharpness, _: eta * jnp.sqrt(sharpness / 2),
        name="RMSProp, one ν",
        formula="ν ← β₂ν + (1 − β₂)‖∇L‖²,  x ← x − η ∇L / √ν",
        edge="2√ν/η",
        look_for=(
            "Normalized GD with a memory of how steep it was. At the bottom its step fits the "
            "bounce, and a longer memory slows the drift."
        ),
        drift_formula="¼η²‖P⊥∇log λ₁‖ / (1 + ½η²‖P⊥∇log λ₁‖²β₂/(1 − β₂))",
    ),
    Rule(
        key="rmsprop-by-coordinate",
        step=_by_coordinate_step,
        init=_by_coordinate_start,
        scales=_by_coordinate_scales,
        parameters=(BETA2, EPSILON),
        name="RMSProp",
        formula="ν ← β₂ν + (1 − β₂)(∇L)²,  x ← x − η ∇L / (√ν + ε)",
        edge="2/η of λ₁ by √ν",
        look_for=(
            "Every coordinate has a step of its own. So walls that are steep along an axis are no "
            "steeper to it than others; of those that stand aslant it sees as much as GD."
        ),
    ),
    Rule(
        key="adam",
        step=_adam_step,
        init=_adam_start,
        scales=_adam_scales,
        parameters=(MEAN_BETA, BETA2, EPSILON),
        name="Adam",
        formula="m ← βm + (1 − β)∇L,  ν ← β₂ν + (1 − β₂)(∇L)²,  x ← x − η m / (√ν + ε)",
        edge="(2 + 2β)/((1 − β)η) of λ₁ by √ν",
        look_for=(
            "Momentum and a step for every coordinate. It overshoots, swings back, and never quite "
            "comes to rest where its memory of steep walls has faded."
        ),
    ),
    Rule(
        key="sam",
        step=_sam_step,
        threshold=_plain_threshold,
        flow=SAM_FLOW,
        bounce=_sam_bounce,
        sqrt_loss_law=_sam_sqrt_loss,
        parameters=(RHO,),
        name="SAM",
        formula="x ← x − η ∇L(x + ρ∇L/‖∇L‖)",
        edge="2/η",
        look_for=(
            "It takes the slope a little uphill, so the bottom pushes it to and fro, and it drifts "
            "to flatter places even with a small step."
        ),
        drift_formula="½ηρ²‖P⊥∇λ₁‖ / (1 − ½ηλ₁)²",
        source="WML22",
    ),
    Rule(
        key="label-noise",
        step=_noisy_step,
        init=_draws_start,
        threshold=_plain_threshold,
        flow=LABEL_NOISE_FLOW,
        seeded=True,
        name="Label noise",
        formula="x ← x − η (∇L + Jᵀξ),  ξᵢ = ±1",
        edge="2/η",
        look_for=(
            "Noise in the labels shakes it in every direction that is curved, so it drifts to "
            "where all curvatures together are least."
        ),
        drift_formula="¼η²‖P⊥∇tr ∇²L‖",
        source="LWA21",
    ),
    Rule(
        key="weight-decay",
        step=_decay_step,
        threshold=_decay_threshold,
        flow=WEIGHT_DECAY_FLOW,
        parameters=(DECAY,),
        clock="eta",
        name="GD with weight decay",
        formula="x ← x − η (∇L + wx)",
        edge="2/η − w",
        look_for=(
            "Decay pulls it inwards. Where the loss does not change with the length of x, walls "
            "get steeper until the bounce pushes it out again."
        ),
        drift_formula="2ηw‖P⊥∇log λ₁‖ / (4 + ‖P⊥∇log λ₁‖²)",
        source="LLA22",
    ),
)
