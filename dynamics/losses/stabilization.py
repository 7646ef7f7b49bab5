"""The model of self-stabilization of Damian, Nichani and Lee: GD that sharpens, and is pushed back.

    L = ½ (s₀ + y) x² + ½ c (y − z)² + ½ k (z − z∞)²

The slow z draws y up, and with it the sharpness s₀ + y. Once this is above 2/η, x grows, and its
own square pushes y down again. The only minimiser, z∞, is too sharp for such a step to rest in.

L is not bounded below where s₀ + y < 0. Gradient flow cannot get there from where
½x² < min(s₀ + y, s₀ + z)²: (s₀ + y)² − ½x² grows as long as z > y, and x²/(s₀ + z)² shrinks as long
as z < y. So it ends at the minimiser.

[DNL22] Damian, Nichani, Lee, arXiv 2209.15594.
"""

import math

import jax.numpy as jnp

from dynamics.types import Array, Domain, Loss, Parameter, Scene, Theta


def _value(x: Array, theta: Theta) -> Array:
    x, y, z = x
    slow = theta["c"] * (y - z) ** 2 + theta["k"] * (z - theta["zf"]) ** 2
    return 0.5 * ((theta["s0"] + y) * x * x + slow)


def _gradient(x: Array, theta: Theta) -> Array:
    x, y, z = x
    pull = theta["c"] * (y - z)
    draw = theta["k"] * (z - theta["zf"])
    return jnp.stack([(theta["s0"] + y) * x, 0.5 * x * x + pull, draw - pull])


def _within(x: Array, theta: Theta) -> Array:
    x, y, z = x
    return jnp.abs(x) < math.sqrt(2) * (theta["s0"] + jnp.minimum(y, z))


def _projection(x: Array, theta: Theta) -> Array:
    return 0 * x + theta["zf"] * jnp.array([0.0, 1.0, 1.0])


def _sharpness(x: Array, theta: Theta) -> Array:
    """Curvature along x. In the range of the parameters it is above both of y and z, which are at
    most c + ½k + √(c² + ¼k²)."""
    return theta["s0"] + theta["zf"] + 0 * x[0]


# Crosses 2/η = 40 at step 1,318, and comes back to it again and again, each time less far.
_TURNS = Scene(
    name="sharpen, blow up, return",
    rule="gd",
    eta=0.05,
    start=(0.001, 0.0, 5.0),
    noise=1e-7,
    theta={"s0": 10.0, "c": 1.0, "k": 0.02, "zf": 60.0},
    clock="step",
)

SELF_STABILIZATION = Loss(
    key="self-stabilization",
    name="Self-stabilization",
    value=_value,
    gradient=_gradient,
    formula="L = ½ (s₀ + y) x² + ½ c (y − z)² + ½ k (z − z∞)²",
    valley="the point (0, z∞, z∞)",
    sharpness_formula="λ₁ = s₀ + z∞",
    parameters=(
        Parameter("s0", 1.0, 0.5, 20.0, "s₀", "sharpness at y = 0"),
        Parameter("c", 0.2, 0.02, 1.0, words="how firmly y is tied to z"),
        Parameter("k", 0.1, 0.005, 0.25, words="how fast z goes to z∞"),
        Parameter("zf", 4.0, 2.0, 80.0, "z∞", "where z goes"),
    ),
    manifold_sharpness=_sharpness,
    codim=3,
    projection=_projection,
    domain=Domain(
        _within, "|x| < √2 (s₀ + min(y, z)) (beyond, L may fall for ever, without a minimum)"
    ),
    look_for=(
        "With GD, sharpness s₀ + y creeps up to 2/η. There the bounce in x grows and pushes y back "
        "down, again and again."
    ),
    start=(0.5, 2.0, 3.0),
    view=((-1.6, 1.6), (0.5, 4.5), (0.5, 4.5)),
    horizon=3.0,
    duration=125.0,
    opening=_TURNS,
    scenes=(
        _TURNS,
        Scene("a steady edge", "gd", 0.5, steps=300, clock="step"),
        Scene("NGD", steps=600),
    ),
)
