"""A bowl, ½xᵀAx: the warm-up, with a single minimiser instead of a valley."""

import jax.numpy as jnp

from dynamics.types import Array, Loss

EIGENVALUES = (3.0, 1.0)


def _value(x: Array) -> Array:
    x, y = x
    return 0.5 * (EIGENVALUES[0] * x * x + EIGENVALUES[1] * y * y)


def _gradient(x: Array) -> Array:
    x, y = x
    return jnp.stack([EIGENVALUES[0] * x, EIGENVALUES[1] * y])


QUADRATIC = Loss(
    key="quadratic",
    name="Quadratic bowl",
    value=_value,
    gradient=_gradient,
    formula="L = ½ (3x² + y²)",
    valley="the point 0",
    sharpness_formula="λ₁ = 3",
    manifold_sharpness=lambda x: EIGENVALUES[0] + 0 * x[0],
    projection=lambda x: jnp.zeros_like(x),
    codim=2,
    look_for=(
        "No valley to drift along: the iterate turns into the steepest direction and ends on a "
        "2-cycle along it."
    ),
    start=(0.6, 1.3),
    view=((-1.6, 1.6), (-1.3, 1.6)),
    horizon=3.0,
)
