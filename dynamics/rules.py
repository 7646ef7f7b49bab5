"""Update rules, x ← x − η_t ∇L(x), each with the flow its iterates follow along Γ.

    GD               η_t = η
    normalized GD    η_t = η / ‖∇L(x_t)‖          dX/dτ = −¼ P⊥∇ log λ₁(X)
    GD on √L         η_t = η / (2√L(x_t))          dX/dτ = −⅛ P⊥∇ λ₁(X)
    gradient flow    dx/ds = −∇L(x), s = ηt

on the clock τ = η²t [ALP22, Phase II].

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

import jax.numpy as jnp

from dynamics.types import Array, Rule, Scalar

# Added under a root or to a root: it makes the step exactly zero where ∇L = 0 (or L = 0), without a
# comparison in the loop, and is lost in rounding wherever the gradient is above 1e-142.
TINY = 1e-300


def _gd_step(eta: Scalar, loss: Array, squared_norm: Array) -> Array:
    return eta * jnp.ones_like(loss)


def _ngd_step(eta: Scalar, loss: Array, squared_norm: Array) -> Array:
    return _unless_too_large(eta, squared_norm) / jnp.sqrt(squared_norm + TINY)


def _sqrt_gd_step(eta: Scalar, loss: Array, squared_norm: Array) -> Array:
    return _unless_too_large(eta, loss) / (2 * jnp.sqrt(loss + TINY))


def _unless_too_large(eta: Scalar, size: Array) -> Array:
    """η, or NaN where the size overflows: a step of η/∞ would stand still and pass for a minimiser.

    Decided above the line, where it is ready before the root below it is.
    """
    return jnp.where(size < jnp.inf, eta, jnp.nan)


def _ngd_drift(sharpness: Array, gradient: Array) -> Array:
    return -gradient / (4 * sharpness)


def _sqrt_gd_drift(sharpness: Array, gradient: Array) -> Array:
    return -gradient / 8


_RULES = (
    Rule(
        key="ngd",
        name="Normalized GD",
        formula="x ← x − η ∇L / ‖∇L‖",
        look_for=(
            "Every step has length η, so the iterate cannot settle: it hops from wall to wall, "
            "and each hop nudges it towards a flatter valley."
        ),
        effective_step=_ngd_step,
        drift=_ngd_drift,
        bounce=lambda eta, sharpness: eta * jnp.ones_like(sharpness),
        sqrt_loss_law=lambda eta, sharpness: eta * jnp.sqrt(sharpness / 2),
    ),
    Rule(
        key="sqrt-gd",
        name="GD on √L",
        formula="x ← x − η ∇√L",
        look_for=(
            "√L has a kink along the valley floor, so the slope never vanishes: the iterate hops "
            "across the kink for ever and drifts to where the valley is flatter."
        ),
        effective_step=_sqrt_gd_step,
        drift=_sqrt_gd_drift,
        bounce=lambda eta, sharpness: eta * jnp.sqrt(sharpness / 2),
        sqrt_loss_law=lambda eta, sharpness: eta * sharpness / 2,
    ),
    Rule(
        key="gd",
        name="GD",
        formula="x ← x − η ∇L",
        look_for=(
            "Where λ₁ is below 2/η the iterate settles and stops; where it is above, the bounce "
            "grows until the iterate lands in a flatter place or leaves."
        ),
        effective_step=_gd_step,
        clock="eta",
    ),
    Rule(
        key="gradient-flow",
        name="Gradient flow",
        formula="dx/ds = −∇L, s = ηt",
        look_for="The smooth limit of small steps: it goes straight to the valley and stays there.",
        effective_step=None,
        clock="eta",
    ),
)

RULES: dict[str, Rule] = {rule.key: rule for rule in _RULES}
