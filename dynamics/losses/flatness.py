"""Losses on which rules disagree: where λ₁ and the trace pull apart, and where only the way counts.

    two flatnesses    L = ½ ((1 + x²) y² + (0.2 + 0.3 (x − 1.5)²) z²)
    scale-invariant   L = ½ e^{cos φ} z² / ‖x‖²,  φ the angle of (x, y)

On Γ of the first, the x axis, λ₁ = 1 + x² is least at x = 0 and the trace at x = 9/26. The second
does not change along rays, so that gradient flow keeps ‖x‖, and what a run prefers of Γ, the plane
z = 0, is a direction.
"""

import jax.numpy as jnp

from dynamics.types import Array, Branch, Domain, Loss, Scene

SECOND = 0.2, 0.3, 1.5  # the curvature along z: 0.2 + 0.3 (x − 1.5)²


def _second(x: Array) -> Array:
    least, growth, middle = SECOND
    return least + growth * (x - middle) ** 2


def _two_value(x: Array) -> Array:
    x, y, z = x
    return 0.5 * ((1 + x * x) * y * y + _second(x) * z * z)


def _two_gradient(x: Array) -> Array:
    x, y, z = x
    _, growth, middle = SECOND
    along = x * y * y + growth * (x - middle) * z * z
    return jnp.stack([along, (1 + x * x) * y, _second(x) * z])


def _two_residual(x: Array) -> Array:
    x, y, z = x
    return jnp.stack([jnp.sqrt(1 + x * x) * y, jnp.sqrt(_second(x)) * z])


def _floor(s: Array) -> Array:
    return jnp.stack([s, jnp.zeros_like(s), jnp.zeros_like(s)])


def _to_least_trace(x: Array, tau: Array) -> Array:
    """dX/dτ = −¼ tr' with the trace 1.2 + … + 1.3x² − 0.9x: exponentially to 9/26."""
    _, growth, middle = SECOND
    least = growth * middle / (1 + growth)
    return _floor(least + (x[0] - least) * jnp.exp(-0.5 * (1 + growth) * tau))


TWO_FLATNESSES = Loss(
    key="two-flatnesses",
    name="Two flatnesses",
    value=_two_value,
    gradient=_two_gradient,
    residual=_two_residual,
    formula="L = ½ ((1 + x²) y² + (0.2 + 0.3 (x − 1.5)²) z²)",
    valley="y = z = 0",
    sharpness_formula="λ₁ = max(1 + x², 0.2 + 0.3 (x − 1.5)²)",
    manifold_sharpness=lambda x: jnp.maximum(1 + x[0] ** 2, _second(x[0])),
    limiting_flows={"label-noise": _to_least_trace},
    codim=2,
    branches=(Branch(_floor, -60.0, 60.0),),
    look_for=("Sharpness is least at x = 0, both curvatures together at x = 0.35: rules choose."),
    start=(1.5, 0.45, 0.9),
    view=((-0.4, 2.0), (-0.6, 1.1), (-0.8, 1.1)),
    horizon=6.0,
    opening=Scene(eta=0.2),
    scenes=(
        Scene("label noise", "label-noise", 0.05, steps=2400),
        Scene("SAM", "sam", 0.2, steps=8000),
    ),
)


def _ray_value(x: Array) -> Array:
    x, y, z = x
    flat = x * x + y * y
    return 0.5 * jnp.exp(x / jnp.sqrt(flat)) * z * z / (flat + z * z)


def _ray_gradient(x: Array) -> Array:
    """By cos φ = x/ρ, ρ² = x² + y², and by z²/‖x‖² = 1 − ρ²/‖x‖²."""
    x, y, z = x
    flat = x * x + y * y
    rho, square = jnp.sqrt(flat), flat + z * z
    wall = jnp.exp(x / rho) / square
    turn = 0.5 * wall * z * z * y / (rho * flat)
    inward = wall * z * z / square
    return jnp.stack([turn * y - inward * x, -turn * x - inward * y, wall * z * flat / square])


def _ray_projection(x: Array) -> Array:
    """‖x‖ is kept, and ln tan ½φ + ‖x‖²/(4ρ²)."""
    x, y, z = x
    flat = x * x + y * y
    angle = 2 * jnp.arctan2(jnp.exp(z * z / (4 * flat)) * y, jnp.sqrt(flat) + x)
    size = jnp.sqrt(flat + z * z)
    return size * jnp.stack([jnp.cos(angle), jnp.sin(angle), jnp.zeros_like(angle)])


def _ray_ngd_flow(x: Array, tau: Array) -> Array:
    """ρ² grows as ½ · 2τ, and tan ½φ as ρ^½."""
    x, y, _ = x
    flat = x * x + y * y
    grown = flat + tau
    angle = 2 * jnp.arctan2((grown / flat) ** 0.25 * y, jnp.sqrt(flat) + x)
    point = jnp.stack([jnp.cos(angle), jnp.sin(angle), jnp.zeros_like(angle)])
    return jnp.sqrt(grown) * point


SCALE_INVARIANT = Loss(
    key="scale-invariant",
    name="Rays",
    value=_ray_value,
    side=lambda x: x[2],
    gradient=_ray_gradient,
    formula="L = ½ exp(cos φ) z² / (x² + y² + z²), φ the angle of (x, y)",
    valley="z = 0",
    sharpness_formula="λ₁ = exp(cos φ) / (x² + y²)",
    manifold_sharpness=lambda x: jnp.exp(x[0] / jnp.hypot(x[0], x[1])) / (x[0] ** 2 + x[1] ** 2),
    projection=_ray_projection,
    limiting_flows={"ngd": _ray_ngd_flow},
    surface=lambda x, y: 0 * x * y,
    domain=Domain(lambda x: x[0] * x[0] + x[1] * x[1] > 0, "off the z axis"),
    look_for=(
        "The loss does not change along a ray, so a bounce drifts outwards, where all is "
        "flatter, for ever."
    ),
    start=(0.54, 0.84, 0.47),
    view=((-1.6, 1.6), (-0.4, 1.8), (-0.6, 0.8)),
    equal_axes=True,
    horizon=4.0,
    opening=Scene(eta=0.2),
    scenes=(
        # From the edge, ‖x‖² = ½ηλ₁ of the direction.
        Scene("weight decay", "weight-decay", 0.1, (0.158, 0.246, 0.004), 4000, clock="step"),
        Scene("smaller hops", eta=0.05),
    ),
)
