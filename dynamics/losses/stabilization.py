"""The model of self-stabilization of Damian, Nichani and Lee: GD that sharpens, and is pushed back.

    L = ½ (s₀ + y) x² + ½ c (y − z)² + ½ k (z − z_f)²

The slow z draws y up, and with it the sharpness s₀ + y. Once this is above 2/η, x grows, and its
own square pushes y down again. The only minimiser, z_f, is too sharp for such a step to rest in.

L is not bounded below where s₀ + y < 0. Gradient flow cannot get there from where
½x² < min(s₀ + y, s₀ + z)²: (s₀ + y)² − ½x² grows as long as z > y, and x²/(s₀ + z)² shrinks as long
as z < y. So it ends at the minimiser.

[DNL22] Damian, Nichani, Lee, arXiv 2209.15594.
"""

import math

import jax.numpy as jnp

from dynamics.types import Array, Domain, Loss

S_0, C, K, Z_F = 1.0, 0.2, 0.1, 4.0


def _value(x: Array) -> Array:
    x, y, z = x
    return 0.5 * ((S_0 + y) * x * x + C * (y - z) ** 2 + K * (z - Z_F) ** 2)


def _gradient(x: Array) -> Array:
    x, y, z = x
    pull = C * (y - z)
    return jnp.stack([(S_0 + y) * x, 0.5 * x * x + pull, K * (z - Z_F) - pull])


def _within(x: Array) -> Array:
    x, y, z = x
    return jnp.abs(x) < math.sqrt(2) * (S_0 + jnp.minimum(y, z))


SELF_STABILIZATION = Loss(
    key="self-stabilization",
    name="Self-stabilization",
    value=_value,
    gradient=_gradient,
    formula="L = ½ (1 + y) x² + 0.1 (y − z)² + 0.05 (z − 4)²",
    valley="the point (0, 4, 4)",
    sharpness_formula="λ₁ = 5",
    manifold_sharpness=lambda x: S_0 + Z_F + 0 * x[0],
    codim=3,
    projection=lambda x: 0 * x + jnp.array([0.0, Z_F, Z_F]),
    domain=Domain(
        _within, f"|x| < √2 ({S_0:g} + min(y, z)) (beyond, L may fall for ever, without a minimum)"
    ),
    look_for=(
        "With GD, sharpness 1 + y creeps up to 2/η. There the bounce in x grows and pushes y back "
        "down, again and again."
    ),
    start=(0.5, 2.0, 3.0),
    view=((-1.6, 1.6), (0.5, 4.5), (0.5, 4.5)),
    horizon=3.0,
)
