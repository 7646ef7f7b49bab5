"""Valleys: a straight floor with walls that steepen, and a floor that winds."""

from functools import partial

import jax.numpy as jnp

from dynamics.special import wright_omega
from dynamics.types import Array, Branch, Loss, Scene


def _parabolic_value(x: Array, scale: float) -> Array:
    """scale · (1 + x²) y²."""
    x, y = x
    return scale * (1 + x * x) * y * y


def _parabolic_gradient(x: Array, scale: float) -> Array:
    x, y = x
    slope = 2 * scale * y
    return jnp.stack([slope * x * y, slope * (1 + x * x)])


def _parabolic_projection(x: Array) -> Array:
    """Φ keeps ½y² − ln|x| − ½x²; at y = 0 that is X² + ln X² = x² + ln x² − y²."""
    x, y = x
    squared = wright_omega(2 * jnp.log(jnp.abs(x)) + (x - y) * (x + y))
    return jnp.stack([jnp.sign(x) * jnp.sqrt(squared), jnp.zeros_like(y)])


def _parabolic_ngd_flow(x: Array, tau: Array) -> Array:
    """ln X + ½X² = const − τ/2, whatever the scale of L."""
    x, _ = x
    squared = wright_omega(2 * jnp.log(jnp.abs(x)) + x * x - tau)
    return jnp.stack([jnp.sign(x) * jnp.sqrt(squared), jnp.zeros_like(squared)])


def _exponential_flow(x: Array, tau: Array, rate: float) -> Array:
    x, _ = x
    decayed = x * jnp.exp(-rate * tau)
    return jnp.stack([decayed, jnp.zeros_like(decayed)])


def _floor(s: Array) -> Array:
    return jnp.stack([s, jnp.zeros_like(s)])


_STRAIGHT = {
    "valley": "y = 0",
    "side": lambda x: x[1],
    "projection": _parabolic_projection,
    "branches": (Branch(_floor, -60.0, 60.0),),
}

PARABOLIC_VALLEY = Loss(
    key="parabolic-valley",
    name="Parabolic valley",
    value=partial(_parabolic_value, scale=0.5),
    gradient=partial(_parabolic_gradient, scale=0.5),
    formula="L = ½ (1 + x²) y²",
    sharpness_formula="λ₁ = 1 + x²",
    manifold_sharpness=lambda x: 1 + x[0] ** 2,
    limiting_flows={
        "ngd": _parabolic_ngd_flow,
        "sqrt-gd": partial(_exponential_flow, rate=0.25),
    },
    look_for="The walls are steeper the further from x = 0, so the drift runs towards x = 0.",
    start=(1.8, 1.05),
    view=((-0.4, 2.3), (-0.6, 1.4)),
    horizon=6.0,
    opening=Scene(eta=0.25),
    scenes=(
        Scene("lopsided bounce", eta=0.01, start=(1.8, 0.517), steps=20_000),
        Scene("ends at {0, ±η}", eta=0.02, start=(1.8, 0.517), steps=15_000),
        Scene("GD settles", "gd", eta=0.4, start=(1.5, 1.0), steps=40),
    ),
    **_STRAIGHT,
)

PAPER_VALLEY = Loss(
    key="paper-valley",
    name="The paper’s valley",
    value=partial(_parabolic_value, scale=1.0),
    gradient=partial(_parabolic_gradient, scale=1.0),
    formula="L = (1 + x²) y²",
    sharpness_formula="λ₁ = 2 (1 + x²)",
    manifold_sharpness=lambda x: 2 * (1 + x[0] ** 2),
    limiting_flows={
        "ngd": _parabolic_ngd_flow,
        "sqrt-gd": partial(_exponential_flow, rate=0.5),
    },
    look_for="The paper’s Figure 1 takes few and large steps here, from far out towards x = 0.",
    start=(14.7, 3.0),
    view=((-2.0, 17.0), (-6.0, 6.0)),
    horizon=8.0,
    scenes=(
        Scene("paper’s Figure 1a", "sqrt-gd", eta=0.5, start=(14.7, 3.0), steps=11),
        Scene("paper’s Figure 1b", eta=5.0, start=(14.7, -3.0), steps=9),
    ),
    **_STRAIGHT,
)


def _sine_value(x: Array) -> Array:
    x, y = x
    return 0.5 * (1 + 0.5 * x * x) * (y - jnp.sin(x)) ** 2


def _sine_gradient(x: Array) -> Array:
    x, y = x
    height = y - jnp.sin(x)
    wall = 1 + 0.5 * x * x
    return jnp.stack(
        [0.5 * x * height * height - wall * height * jnp.cos(x), wall * height],
    )


SINE_VALLEY = Loss(
    key="sine-valley",
    name="Sine valley",
    value=_sine_value,
    side=lambda x: x[1] - jnp.sin(x[0]),
    gradient=_sine_gradient,
    formula="L = ½ (1 + ½x²) (y − sin x)²",
    valley="y = sin x",
    sharpness_formula="λ₁ = (1 + ½x²)(1 + cos² x)",
    manifold_sharpness=lambda x: (1 + 0.5 * x[0] ** 2) * (1 + jnp.cos(x[0]) ** 2),
    branches=(Branch(lambda s: jnp.stack([s, jnp.sin(s)]), -12.0, 12.0),),
    look_for=(
        "Sharpness has several local minima along the winding floor; the drift stops at the first "
        "it meets."
    ),
    start=(3.2, 1.0),
    view=((-4.5, 4.5), (-2.2, 2.2)),
    horizon=8.0,
    opening=Scene(eta=0.14),
)
