"""Valleys in space: a plane for a floor, or a floor between two pairs of walls."""

import jax.numpy as jnp

from dynamics.losses.valleys import PARABOLIC_VALLEY
from dynamics.special import sum_of_squares
from dynamics.types import Array, Branch, Loss, Parameter, Scene, Theta

NEWTON_STEPS = 10


def _plane_gradient(x: Array) -> Array:
    x, y, z = x
    slope = z * z
    return jnp.stack([x * slope, 2 * y * slope, (1 + x * x + 2 * y * y) * z])


def _slide(x: Array, y: Array, level: Array) -> Array:
    """The point (x√q, yq, 0) with ln q + x²q + y²q² = level, for level ≤ x² + y².

    With q = e^s/A and A = max(x², |y|) both coefficients are at most 1, and one is 1. Newton's
    method for s comes down from above, because the left side is convex.
    """
    scale = jnp.maximum(jnp.maximum(x * x, jnp.abs(y)), 1e-300)
    one, two = x * x / scale, (y / scale) ** 2
    level = level + jnp.log(scale)
    high = jnp.minimum(jnp.log(level / one), 0.5 * jnp.log(level / two))
    s = jnp.where(level > 1, jnp.minimum(level, high), level)
    for _ in range(NEWTON_STEPS):
        first, second = one * jnp.exp(s), two * jnp.exp(2 * s)
        s = s - (s + first + second - level) / (1 + first + 2 * second)
    root = jnp.exp(0.5 * (s - jnp.log(scale)))
    return jnp.stack([x * root, y * root * root, jnp.zeros_like(root)])


def _plane_projection(x: Array) -> Array:
    """Φ keeps y/x² and z² − ln x² − x² − y²."""
    return _slide(x[0], x[1], sum_of_squares(x[:2], x[2:]))


def _plane_ngd_flow(x: Array, tau: Array) -> Array:
    """Keeps y/x²; ln X² + X² + Y² falls as τ, as Φ's falls with z²."""
    x, y, _ = x
    return _slide(x, y, x * x + y * y - tau)


def _plane_sqrt_flow(x: Array, tau: Array) -> Array:
    x, y, _ = x
    return jnp.stack([x * jnp.exp(-tau / 4), y * jnp.exp(-tau / 2), jnp.zeros_like(tau)])


PLANE_VALLEY = Loss(
    key="plane-valley",
    name="Valley over a plane",
    value=lambda x: 0.5 * (1 + x[0] * x[0] + 2 * x[1] * x[1]) * x[2] * x[2],
    side=lambda x: x[2],
    gradient=_plane_gradient,
    formula="L = ½ (1 + x² + 2y²) z²",
    valley="z = 0",
    sharpness_formula="λ₁ = 1 + x² + 2y²",
    manifold_sharpness=lambda x: 1 + x[0] ** 2 + 2 * x[1] ** 2,
    projection=_plane_projection,
    limiting_flows={"ngd": _plane_ngd_flow, "sqrt-gd": _plane_sqrt_flow},
    surface=lambda x, y: 0 * x * y,
    look_for=(
        "Every point of a plane is a minimum. The drift takes the way on which sharpness falls "
        "fastest: y first, then x."
    ),
    start=(1.4, 1.1, 0.7),
    view=((-0.4, 1.8), (-0.4, 1.5), (-0.6, 0.9)),
    horizon=6.0,
    opening=Scene(eta=0.16),
)


def _beside(point: Array) -> Array:
    """A point [2] of the plane z = 0."""
    return jnp.stack([*point, jnp.zeros_like(point[0])])


def _floor(s: Array) -> Array:
    return jnp.stack([s, jnp.zeros_like(s), jnp.zeros_like(s)])


def _two_curvatures_gradient(x: Array) -> Array:
    x, y, z = x
    return jnp.stack([x * y * y, (1 + x * x) * y, 0.4 * z])


def _flat_projection(x: Array) -> Array:
    assert PARABOLIC_VALLEY.projection
    return _beside(PARABOLIC_VALLEY.projection(x[:2]))


def _flat_flow(key: str):
    flow = PARABOLIC_VALLEY.limiting_flows[key]
    return lambda x, tau: _beside(flow(x[:2], tau))


TWO_CURVATURES = Loss(
    key="two-curvatures",
    name="Two curvatures",
    value=lambda x: 0.5 * ((1 + x[0] * x[0]) * x[1] * x[1] + 0.4 * x[2] * x[2]),
    gradient=_two_curvatures_gradient,
    formula="L = ½ ((1 + x²) y² + 0.4z²)",
    valley="y = z = 0",
    sharpness_formula="λ₁ = 1 + x²",
    manifold_sharpness=lambda x: 1 + x[0] ** 2,
    projection=_flat_projection,
    limiting_flows={key: _flat_flow(key) for key in ("ngd", "sqrt-gd")},
    codim=2,
    branches=(Branch(_floor, -60.0, 60.0),),
    look_for=(
        "Of two ways to leave the floor the bounce takes the steeper one: then the drift follows "
        "the theorem."
    ),
    start=(1.8, 0.9, 1.2),
    view=((-0.4, 2.3), (-0.6, 1.4), (-0.6, 1.5)),
    horizon=6.0,
    opening=Scene(eta=0.2),
)


def _crossing_value(x: Array, theta: Theta) -> Array:
    x, y, z = x
    return 0.5 * (jnp.exp(theta["a"] * x) * y * y + theta["b"] * z * z)


def _crossing_gradient(x: Array, theta: Theta) -> Array:
    x, y, z = x
    steep = jnp.exp(theta["a"] * x)
    return jnp.stack([0.5 * theta["a"] * steep * y * y, steep * y, theta["b"] * z])


def _crossing_projection(x: Array, theta: Theta) -> Array:
    """Φ keeps x − ¼ay²."""
    return _floor(x[0] - 0.25 * theta["a"] * x[1] * x[1])


def _crossing_sharpness(x: Array, theta: Theta) -> Array:
    return jnp.maximum(jnp.exp(theta["a"] * x[0]), theta["b"])


def _halted(x: Array, moved: Array, theta: Theta) -> Array:
    """Down to where the walls are equally steep; beyond λ₁ = b, and nothing drives a drift."""
    crossing = jnp.log(theta["b"]) / theta["a"]
    return _floor(jnp.where(x > crossing, jnp.maximum(moved, crossing), x))


def _crossing_ngd_flow(x: Array, tau: Array, theta: Theta) -> Array:
    return _halted(x[0], x[0] - theta["a"] * tau / 4, theta)


def _crossing_sqrt_flow(x: Array, tau: Array, theta: Theta) -> Array:
    """e^{−ax} grows by ⅛a² per unit of τ."""
    a = theta["a"]
    return _halted(x[0], -jnp.log(jnp.exp(-a * x[0]) + a * a * tau / 8) / a, theta)


def _crossing_floor(s: Array, _: Theta) -> Array:
    return _floor(s)


CROSSING = Loss(
    key="crossing",
    name="Crossing walls",
    value=_crossing_value,
    gradient=_crossing_gradient,
    formula="L = ½ (exp(ax) y² + bz²)",
    valley="y = z = 0",
    sharpness_formula="λ₁ = max(exp ax, b)",
    parameters=(
        Parameter("a", 1.0, 0.25, 2.0, words="how fast the first wall steepens"),
        Parameter("b", 2.0, 0.5, 6.0, words="how steep the second wall is"),
    ),
    manifold_sharpness=_crossing_sharpness,
    projection=_crossing_projection,
    limiting_flows={"ngd": _crossing_ngd_flow, "sqrt-gd": _crossing_sqrt_flow},
    codim=2,
    branches=(Branch(_crossing_floor, -8.0, 8.0),),
    look_for=(
        "At x = ln b / a two pairs of walls are equally steep, and the theorem stops: the run goes "
        "on between its own."
    ),
    start=(1.8, 0.8, 0.5),
    view=((-1.2, 2.2), (-0.6, 1.1), (-0.6, 0.8)),
    horizon=6.0,
    opening=Scene(eta=0.2),
    scenes=(
        Scene("the gap closes", eta=0.05, steps=2400),
        Scene("along v₂, not at the edge", eta=0.05, start=(0.95, 0.0, 0.5), steps=600),
    ),
)
