"""Closed valleys: an ellipse and a ring of minimisers."""

import jax.numpy as jnp

from dynamics.types import Array, Branch, Domain, Loss, Parameter, Scene, Theta

PROJECTION_STEPS = 8


def _ellipse_value(x: Array, theta: Theta) -> Array:
    x, y = x
    return 0.25 * (1 - theta["a"] * x * x - y * y) ** 2


def _ellipse_gradient(x: Array, theta: Theta) -> Array:
    x, y = x
    a = theta["a"]
    slope = a * x * x + y * y - 1
    return jnp.stack([a * slope * x, slope * y])


def _ellipse_projection(x: Array, theta: Theta) -> Array:
    """Φ keeps |x|/|y|^a: (x e^{as}, y e^s) with a x² e^{2as} + y² e^{2s} = 1; NaN at the maximum in
    the middle.

    The logarithm of the left side is convex in s with a slope in [2a, 2]. Newton's method begins
    where one of the two terms is 1 and the other less.
    """
    x, y = x
    a = theta["a"]
    one, two = jnp.log(a * x * x), jnp.log(y * y)
    s = -0.5 * jnp.maximum(one / a, two)
    for _ in range(PROJECTION_STEPS):
        first, second = jnp.exp(one + 2 * a * s), jnp.exp(two + 2 * s)
        both = first + second
        s = s - 0.5 * jnp.log(both) * both / (a * first + second)
    return jnp.where((x != 0) | (y != 0), jnp.stack([x * jnp.exp(a * s), y * jnp.exp(s)]), jnp.nan)


def _ellipse_curve(s: Array, theta: Theta) -> Array:
    return jnp.stack([jnp.cos(s) / jnp.sqrt(theta["a"]), jnp.sin(s)])


def _ellipse_sharpness(x: Array, theta: Theta) -> Array:
    x, y = x
    return 2 * ((theta["a"] * x) ** 2 + y * y)


ELLIPSE = Loss(
    key="ellipse",
    name="Ellipse",
    value=_ellipse_value,
    side=lambda x, theta: 1 - theta["a"] * x[0] * x[0] - x[1] * x[1],
    gradient=_ellipse_gradient,
    formula="L = ¼ (1 − ax² − y²)²",
    valley="ax² + y² = 1",
    sharpness_formula="λ₁ = 2 (a²x² + y²)",
    parameters=(Parameter("a", 0.5, 0.25, 0.95, words="the aspect: 1 would be a circle"),),
    manifold_sharpness=_ellipse_sharpness,
    projection=_ellipse_projection,
    branches=(Branch(_ellipse_curve, -jnp.pi, jnp.pi),),
    look_for="Two flattest points, left and right: the start decides to which one the drift runs.",
    start=(0.6, 1.6),
    view=((-2.1, 2.1), (-1.6, 1.9)),
    equal_axes=True,
    horizon=6.0,
    opening=Scene(eta=0.19),
)

RING_HOLE = 0.1


def _ring_value(x: Array, theta: Theta) -> Array:
    x, y = x
    r = jnp.sqrt(x * x + y * y)
    return 0.5 * jnp.exp(theta["k"] * x / r) * (r - 1) ** 2


def _ring_gradient(x: Array, theta: Theta) -> Array:
    """With u = x/r: ∂u/∂x = y²/r³, ∂u/∂y = −xy/r³. Finite wherever r > 0."""
    x, y = x
    k = theta["k"]
    squared = x * x + y * y
    r = jnp.sqrt(squared)
    wall = jnp.exp(k * x / r) * (r - 1) / r
    turn = 0.5 * k * (r - 1) * y / squared
    return jnp.stack([wall * (x + turn * y), wall * (y - turn * x)])


def _angle_to_point(half_tangent: Array) -> Array:
    """(cos φ, sin φ) from tan(φ/2), exact at φ = π where the tangent is infinite."""
    half = jnp.arctan(half_tangent)
    return jnp.stack([jnp.cos(2 * half), jnp.sin(2 * half)])


def _half_tangent(x: Array) -> Array:
    return jnp.tan(0.5 * jnp.arctan2(x[1], x[0]))


def _ring_ngd_flow(x: Array, tau: Array, theta: Theta) -> Array:
    """tan(φ/2) grows as e^{kτ/4}; bounded, for φ = 0 stays where it is."""
    growth = jnp.exp(jnp.minimum(0.25 * theta["k"] * tau, 700.0))
    return _angle_to_point(_half_tangent(x) * growth)


def _ring_projection(x: Array, theta: Theta) -> Array:
    """Φ keeps ln tan(φ/2) + ½k (ln r + 1/r)."""
    r = jnp.sqrt(x[0] ** 2 + x[1] ** 2)
    growth = jnp.exp(0.5 * theta["k"] * (jnp.log(r) + 1 / r - 1))
    return _angle_to_point(_half_tangent(x) * growth)


def _ring_sharpness(x: Array, theta: Theta) -> Array:
    return jnp.exp(theta["k"] * x[0] / jnp.sqrt(x[0] ** 2 + x[1] ** 2))


def _outside_hole(x: Array, _: Theta) -> Array:
    return x[0] ** 2 + x[1] ** 2 > RING_HOLE**2


def _circle(s: Array, _: Theta) -> Array:
    return jnp.stack([jnp.cos(s), jnp.sin(s)])


RING = Loss(
    key="ring",
    name="Ring",
    value=_ring_value,
    side=lambda x, _: jnp.sqrt(x[0] ** 2 + x[1] ** 2) - 1,
    gradient=_ring_gradient,
    formula="L = ½ exp(k cos φ) (r − 1)²",
    valley="r = 1",
    sharpness_formula="λ₁ = exp(k cos φ)",
    parameters=(Parameter("k", 1.0, 0.1, 2.0, words="how much sharper the right side is"),),
    manifold_sharpness=_ring_sharpness,
    projection=_ring_projection,
    limiting_flows={"ngd": _ring_ngd_flow},
    domain=Domain(
        _outside_hole,
        f"r > {RING_HOLE} (at the centre the angle φ is undefined)",
    ),
    branches=(Branch(_circle, -jnp.pi, jnp.pi),),
    look_for="The valley is steepest on the right, flattest on the left: the drift goes round.",
    start=(1.5, 0.7),
    view=((-1.9, 1.9), (-1.5, 1.5)),
    equal_axes=True,
    horizon=16.0,
    opening=Scene(eta=0.12),
)
