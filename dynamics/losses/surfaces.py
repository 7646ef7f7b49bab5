"""Closed valleys: an ellipse and a ring of minimisers."""

import jax.numpy as jnp

from dynamics.types import Array, Branch, Domain, Loss


def _ellipse_gradient(x: Array) -> Array:
    x, y = x
    slope = 0.5 * x * x + y * y - 1
    return jnp.stack([0.5 * slope * x, slope * y])


def _ellipse_projection(x: Array) -> Array:
    """Φ keeps y/x²: (x√w, yw) with y²w² + ½x²w = 1; NaN at the maximum in the middle."""
    x, y = x
    half = 0.5 * x * x
    w = 2 / (half + jnp.sqrt(half * half + 4 * y * y))
    point = jnp.stack([x * jnp.sqrt(w), y * w])
    return jnp.where((x != 0) | (y != 0), point, jnp.nan)


ELLIPSE = Loss(
    key="ellipse",
    name="Ellipse",
    value=lambda x: 0.25 * (1 - 0.5 * x[0] * x[0] - x[1] * x[1]) ** 2,
    gradient=_ellipse_gradient,
    formula="L = ¼ (1 − ½x² − y²)²",
    valley="½x² + y² = 1",
    sharpness_formula="λ₁ = ½ (x² + 4y²)",
    manifold_sharpness=lambda x: 0.5 * (x[0] ** 2 + 4 * x[1] ** 2),
    projection=_ellipse_projection,
    branches=(
        Branch(
            lambda s: jnp.stack([jnp.sqrt(2.0) * jnp.cos(s), jnp.sin(s)]),
            -jnp.pi,
            jnp.pi,
        ),
    ),
    look_for="Two flattest points, left and right: the start decides to which one the drift runs.",
    start=(0.6, 1.6),
    view=((-2.1, 2.1), (-1.6, 1.9)),
    horizon=6.0,
)

RING_K = 1.0
RING_HOLE = 0.1


def _ring_value(x: Array) -> Array:
    x, y = x
    r = jnp.sqrt(x * x + y * y)
    return 0.5 * jnp.exp(RING_K * x / r) * (r - 1) ** 2


def _ring_gradient(x: Array) -> Array:
    """With u = x/r: ∂u/∂x = y²/r³, ∂u/∂y = −xy/r³. Finite wherever r > 0."""
    x, y = x
    squared = x * x + y * y
    r = jnp.sqrt(squared)
    wall = jnp.exp(RING_K * x / r) * (r - 1) / r
    turn = 0.5 * RING_K * (r - 1) * y / squared
    return jnp.stack([wall * (x + turn * y), wall * (y - turn * x)])


def _angle_to_point(half_tangent: Array) -> Array:
    """(cos φ, sin φ) from tan(φ/2), exact at φ = π where the tangent is infinite."""
    half = jnp.arctan(half_tangent)
    return jnp.stack([jnp.cos(2 * half), jnp.sin(2 * half)])


def _half_tangent(x: Array) -> Array:
    return jnp.tan(0.5 * jnp.arctan2(x[1], x[0]))


def _ring_ngd_flow(x: Array, tau: Array) -> Array:
    """tan(φ/2) grows as e^{kτ/4}; bounded, for φ = 0 stays where it is."""
    growth = jnp.exp(jnp.minimum(0.25 * RING_K * tau, 700.0))
    return _angle_to_point(_half_tangent(x) * growth)


def _ring_projection(x: Array) -> Array:
    """Φ keeps ln tan(φ/2) + ½k (ln r + 1/r)."""
    r = jnp.sqrt(x[0] ** 2 + x[1] ** 2)
    return _angle_to_point(_half_tangent(x) * jnp.exp(0.5 * RING_K * (jnp.log(r) + 1 / r - 1)))


RING = Loss(
    key="ring",
    name="Ring",
    value=_ring_value,
    gradient=_ring_gradient,
    formula="L = ½ exp(cos φ) (r − 1)²",
    valley="r = 1",
    sharpness_formula="λ₁ = exp(cos φ)",
    manifold_sharpness=lambda x: jnp.exp(RING_K * x[0] / jnp.sqrt(x[0] ** 2 + x[1] ** 2)),
    projection=_ring_projection,
    limiting_flows={"ngd": _ring_ngd_flow},
    domain=Domain(
        lambda x: x[0] ** 2 + x[1] ** 2 > RING_HOLE**2,
        f"r > {RING_HOLE} (at the centre the angle φ is undefined)",
    ),
    branches=(Branch(lambda s: jnp.stack([jnp.cos(s), jnp.sin(s)]), -jnp.pi, jnp.pi),),
    look_for="The valley is steepest on the right, flattest on the left: the drift goes round.",
    start=(1.5, 0.7),
    view=((-1.9, 1.9), (-1.5, 1.5)),
    horizon=16.0,
)
