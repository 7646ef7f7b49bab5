"""Products of parameters fitted to 1, the smallest matrix factorizations."""

import jax.numpy as jnp
import numpy as np

from dynamics.types import Array, Branch, Loss


def _balanced(x: Array) -> Array:
    """The point (X, Y) with XY = 1, X, Y > 0 and X² − Y² = x² − y², stable for either sign."""
    x, y = x
    c = x * x - y * y
    root = jnp.sqrt(c * c + 4)
    squared = jnp.where(c > 0, 0.5 * (c + root), 2 / (root - c))
    return jnp.stack([jnp.sqrt(squared), 1 / jnp.sqrt(squared)])


def _scaled_flow(x: Array, tau: Array, rate: float) -> Array:
    """c = x² − y² decays as e^{−rate·τ} along xy = ±1."""
    x, y = x
    c = (x * x - y * y) * jnp.exp(-rate * tau)
    root = jnp.sqrt(c * c + 4)
    squared = jnp.where(c > 0, 0.5 * (c + root), 2 / (root - c))
    return jnp.stack([jnp.sign(x) * jnp.sqrt(squared), jnp.sign(y) / jnp.sqrt(squared)])


def _nan_unless(condition: Array, x: Array) -> Array:
    return jnp.where(condition, x, jnp.nan)


def _hyperbola_projection(x: Array) -> Array:
    """Φ keeps c = x² − y²; x + y keeps its sign, and x + y = 0 runs into the saddle at 0."""
    side = jnp.sign(x[0] + x[1])
    return _nan_unless(side != 0, side * _balanced(x))


def _hyperbola_gradient(x: Array) -> Array:
    x, y = x
    residual = x * y - 1
    return jnp.stack([residual * y, residual * x])


def _branch(sign_x: float, sign_y: float) -> Branch:
    signs = np.array([sign_x, sign_y])  # NumPy: no JAX operation may run on import
    return Branch(lambda s: signs * jnp.stack([jnp.exp(s), jnp.exp(-s)]), -2.5, 2.5)


HYPERBOLA = Loss(
    key="hyperbola",
    name="Hyperbola",
    value=lambda x: 0.5 * (1 - x[0] * x[1]) ** 2,
    gradient=_hyperbola_gradient,
    formula="L = ½ (1 − xy)²",
    valley="xy = 1",
    sharpness_formula="λ₁ = x² + y²",
    manifold_sharpness=lambda x: x[0] ** 2 + x[1] ** 2,
    projection=_hyperbola_projection,
    limiting_flows={"sqrt-gd": lambda x, tau: _scaled_flow(x, tau, 0.5)},
    branches=(_branch(1.0, 1.0), _branch(-1.0, -1.0)),
    look_for="The drift balances the two factors: it runs to x = y = 1, the flattest minimum.",
    start=(2.6, 0.9),
    view=((-0.2, 3.3), (-0.2, 1.8)),
    horizon=6.0,
)


def _quartic_gradient(x: Array) -> Array:
    x, y = x
    product = x * y
    slope = 2 * (product * product - 1) * product
    return jnp.stack([slope * y, slope * x])


def _quartic_projection(x: Array) -> Array:
    """Φ keeps c = x² − y² and both signs; on the axes the gradient is zero and it is undefined."""
    return _nan_unless((x[0] != 0) & (x[1] != 0), jnp.sign(x) * _balanced(x))


QUARTIC_HYPERBOLA = Loss(
    key="quartic-hyperbola",
    name="Quartic hyperbola",
    value=lambda x: 0.5 * (1 - (x[0] * x[1]) ** 2) ** 2,
    gradient=_quartic_gradient,
    formula="L = ½ (1 − x²y²)²",
    valley="xy = ±1",
    sharpness_formula="λ₁ = 4 (x² + y²)",
    manifold_sharpness=lambda x: 4 * (x[0] ** 2 + x[1] ** 2),
    projection=_quartic_projection,
    limiting_flows={"sqrt-gd": lambda x, tau: _scaled_flow(x, tau, 2.0)},
    branches=tuple(_branch(a, b) for a in (1.0, -1.0) for b in (1.0, -1.0)),
    look_for="Two factors used twice each: the drift balances them, to |x| = |y| = 1.",
    start=(2.3, 0.8),
    view=((-0.2, 3.0), (-0.2, 1.7)),
    horizon=4.0,
)
