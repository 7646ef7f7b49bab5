"""Update rules, x ← x − η_t ∇L(x), each with the flow its iterates follow along Γ.

    GD               η_t = η                       the central flow [CDTKL24]
    normalized GD    η_t = η / ‖∇L(x_t)‖          dX/dτ = −¼ P⊥∇ log λ₁(X)
    GD on √L         η_t = η / (2√L(x_t))          dX/dτ = −⅛ P⊥∇ λ₁(X)
    gradient flow    dx/ds = −∇L(x), s = ηt

on the clock τ = η²t [ALP22, Phase II]. Rules that remember, look elsewhere or draw at random are in
`dynamics.memory`.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
[CDTKL24] Cohen, Damian, Talwalkar, Kolter, Lee, arXiv 2410.24206.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.central import CENTRAL_FLOW
from dynamics.flows import NGD_FLOW, SQRT_GD_FLOW
from dynamics.ground import TINY, squared_norm
from dynamics.lapack import eigvalsh
from dynamics.memory import MEMORY
from dynamics.types import Array, Rule, Scalar, Slope


def memoryless(effective_step: Callable[[Scalar, Array, Array, Any], Array], **words) -> Rule:
    """The rule x ← x − η_t ∇L(x), η_t of (η, L, ‖∇L‖², state) at x alone.

    Args:
        words: further fields of `Rule`.
    """

    def step(slope: Callable[[Array], Slope], eta: Scalar, x: Array, state: Any):
        loss, gradient = slope(x)
        length = effective_step(eta, loss, squared_norm(gradient), state)
        return jax.tree.map(lambda z, g: z - length * g, x, gradient), state

    return Rule(step=step, effective_step=effective_step, **words)


def initial_state(rule: Rule, x: Array, seed: Scalar = 0) -> Any:
    """What a rule remembers before its first step from x.

    Args:
        seed: of a rule that draws at random, a whole number.
    """
    return rule.init(x, seed) if rule.seeded else rule.init(x)


def step_threshold(
    rule: Rule, eta: Scalar, loss: Array, squared_slope: Array, state: Any = ()
) -> Array:
    """λ₁ [] at which a step of a rule stops contracting a quadratic: 2/η_t, unless it says; NaN
    where that depends on ∇²L, for `scaled_threshold` to say."""
    if rule.scales:
        return jnp.full_like(loss, jnp.nan)
    if rule.threshold:
        return rule.threshold(eta, loss, squared_slope, state)
    return 2 / step_length(rule, eta, loss, squared_slope, state)


def scaled_threshold(rule: Rule, eta: Scalar, gradient: Array, hessian: Array, state: Any) -> Array:
    """λ₁ [] at which a step with a length of its own in each coordinate stops contracting, were all
    of ∇²L [d, d] so much larger or smaller."""
    assert rule.scales
    lengths, most = rule.scales(eta, gradient, state)
    root = jnp.sqrt(lengths)
    return most * eigvalsh(hessian)[-1] / eigvalsh(root[:, None] * hessian * root)[-1]


def step_length(
    rule: Rule, eta: Scalar, loss: Array, squared_slope: Array, state: Any = ()
) -> Array:
    """η_t, from L and ‖∇L‖² of any shape; for gradient flow η, the time of a recorded step; NaN for
    a rule that does not move along −∇L."""
    if rule.effective_step:
        return rule.effective_step(eta, loss, squared_slope, state)
    return eta * jnp.ones_like(loss) if rule.step is None else jnp.full_like(loss, jnp.nan)


def _gd_step(eta: Scalar, loss: Array, squared_slope: Array, _: Any) -> Array:
    return eta * jnp.ones_like(loss)


def _ngd_step(eta: Scalar, loss: Array, squared_slope: Array, _: Any) -> Array:
    return _unless_too_large(eta, squared_slope) / jnp.sqrt(squared_slope + TINY)


def _sqrt_gd_step(eta: Scalar, loss: Array, squared_slope: Array, _: Any) -> Array:
    return _unless_too_large(eta, loss) / (2 * jnp.sqrt(loss + TINY))


def _unless_too_large(eta: Scalar, size: Array) -> Array:
    """η, or NaN where the size overflows: a step of η/∞ would stand still and pass for a minimiser.

    Above the line of the fraction: the comparison is done while the root below is still computed.
    """
    return jnp.where(size < jnp.inf, eta, jnp.nan)


_RULES = (
    memoryless(
        _ngd_step,
        key="ngd",
        normalized=True,
        name="Normalized GD",
        formula="x ← x − η ∇L / ‖∇L‖",
        look_for=(
            "Every step has length η, so at the bottom it cannot settle: it will hop from wall to "
            "wall."
        ),
        flow=NGD_FLOW,
        drift_formula="¼η²‖P⊥∇log λ₁‖",
        bounce=lambda eta, sharpness: eta * jnp.ones_like(sharpness),
        sqrt_loss_law=lambda eta, sharpness: eta * jnp.sqrt(sharpness / 2),
        lopsided=lambda eta, sharpness, skew: (np.sqrt(sharpness), 0 * skew),
    ),
    memoryless(
        _sqrt_gd_step,
        key="sqrt-gd",
        name="GD on √L",
        formula="x ← x − η ∇√L",
        takes_root=True,
        look_for=(
            "√L has a kink at the bottom, where its slope does not vanish: the iterate will hop "
            "across it."
        ),
        flow=SQRT_GD_FLOW,
        drift_formula="⅛η²‖P⊥∇λ₁‖",
        bounce=lambda eta, sharpness: eta * jnp.sqrt(sharpness / 2),
        sqrt_loss_law=lambda eta, sharpness: eta * sharpness / 2,
        lopsided=lambda eta, sharpness, skew: (1.0, -2 * skew * eta * np.sqrt(sharpness / 2)),
    ),
    memoryless(
        _gd_step,
        key="gd",
        name="GD",
        formula="x ← x − η ∇L",
        look_for=(
            "Where λ₁ is below 2/η the iterate settles and stops; where it is above, the bounce "
            "grows until the iterate lands in a flatter place or leaves."
        ),
        flow=CENTRAL_FLOW,
        clock="eta",
        source="CDTKL24",
    ),
    Rule(
        key="gradient-flow",
        name="Gradient flow",
        formula="dx/ds = −∇L, s = ηt",
        look_for="The smooth limit of small steps: it goes straight to the bottom and stays there.",
        clock="eta",
    ),
)

RULES: dict[str, Rule] = {rule.key: rule for rule in (*_RULES, *MEMORY)}
