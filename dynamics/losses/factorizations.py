"""Products of parameters fitted to 1, the smallest matrix factorizations."""

import math
from functools import partial

import jax.numpy as jnp
import numpy as np

from dynamics.special import sum_of_squares
from dynamics.types import Array, Branch, Conserved, Loss, Scene

PRODUCT_STEPS = 12


def _factors(c: Array) -> Array:
    """The point (X, Y) with XY = 1, X, Y > 0 and X² − Y² = c, stable for either sign."""
    root = jnp.hypot(c, 2.0)
    squared = jnp.where(c > 0, 0.5 * (c + root), 2 / (root - c))
    return jnp.stack([jnp.sqrt(squared), 1 / jnp.sqrt(squared)])


def _balanced(x: Array) -> Array:
    """The point (X, Y) with XY = 1, X, Y > 0 and X² − Y² = x² − y²."""
    return _factors((x[0] - x[1]) * (x[0] + x[1]))


def _scaled_flow(x: Array, tau: Array, rate: float) -> Array:
    """c = x² − y² decays as e^{−rate·τ} along xy = ±1."""
    return jnp.sign(x) * _factors((x[0] - x[1]) * (x[0] + x[1]) * jnp.exp(-rate * tau))


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


def _first_two(x: Array) -> Array:
    """x² − y² of the first two coordinates."""
    return (x[0] - x[1]) * (x[0] + x[1])


def _first_two_weight(x: Array) -> Array:
    """With P = Πx a step s = η_t(1 − P)∇P takes c = x² − y² to c(1 − η_t²(1 − P)²P²/(xy)²), and
    ‖s‖² = η_t²(1 − P)²‖∇P‖². So it is told from ‖s‖, which stays exact where 1 − P is lost in
    rounding."""
    slope = sum(other**2 for other in _others(x))
    return math.prod(x[2:]) ** 2 / jnp.where(slope > 0, slope, 1.0)


HYPERBOLA = Loss(
    key="hyperbola",
    name="Hyperbola",
    value=lambda x: 0.5 * (1 - x[0] * x[1]) ** 2,
    side=lambda x: 1 - x[0] * x[1],
    gradient=_hyperbola_gradient,
    formula="L = ½ (1 − xy)²",
    valley="xy = 1",
    sharpness_formula="λ₁ = x² + y²",
    manifold_sharpness=lambda x: x[0] ** 2 + x[1] ** 2,
    projection=_hyperbola_projection,
    limiting_flows={"sqrt-gd": lambda x, tau: _scaled_flow(x, tau, 0.5)},
    conserved=Conserved(
        "x² − y²",
        _first_two,
        _first_two_weight,
        {
            "": "1 − ηₜ²(1 − xy)²",
            "gd": "1 − η²(1 − xy)²",
            "ngd": "1 − η²/(x² + y²)",
            "sqrt-gd": "1 − ½η²",
        },
    ),
    branches=(_branch(1.0, 1.0), _branch(-1.0, -1.0)),
    look_for="The drift balances the two factors: it runs to x = y = 1, the flattest minimum.",
    start=(2.6, 0.9),
    view=((-0.2, 3.3), (-0.2, 1.8)),
    horizon=6.0,
    opening=Scene(eta=0.2),
    scenes=(
        Scene("catapult", "gd", eta=0.45, start=(2.5, 0.6), steps=40),
        Scene("lopsided bounce", eta=0.02, start=(2.5, 0.8), steps=6000),
        Scene("√L sweeps", "sqrt-gd", eta=0.02, steps=3000),
    ),
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
    side=lambda x: 1 - (x[0] * x[1]) ** 2,
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
    opening=Scene(eta=0.14),
    scenes=(
        Scene("catapult", "gd", eta=0.11615, start=(2.5385, 0.6), steps=600, clock="step"),
        Scene("too large a step", eta=0.5, steps=60),
    ),
)


def _others(x: tuple[Array, ...] | Array) -> list[Array]:
    """The product of all coordinates but one, for each."""
    return [math.prod(x[j] for j in range(len(x)) if j != i) for i in range(len(x))]


def _product_value(x: Array) -> Array:
    return 0.5 * (1 - math.prod(x)) ** 2


def _product_side(x: Array) -> Array:
    return 1 - math.prod(x)


def _product_gradient(x: Array) -> Array:
    x = tuple(x)
    residual = math.prod(x) - 1
    return jnp.stack([residual * other for other in _others(x)])


def _product_projection(x: Array) -> Array:
    """Φ keeps every xᵢ² − xⱼ²; only the least of |xᵢ| can change its sign, to that of the others.

    With m the least square, Σ ln(m + dᵢ) = 0 is convex in ln m and its slope lies in [1, d], so
    that Newton's method comes down from above in a few steps. Where two are least and ask for
    different signs, both run into 0, a saddle.
    """
    size = jnp.abs(x)
    least = jnp.argmin(size)
    smallest = size[least]
    apart = jnp.log((size - smallest) * (size + smallest))
    log = jnp.zeros_like(smallest)
    for _ in range(PRODUCT_STEPS):
        squares = jnp.logaddexp(log, apart)
        log = log - jnp.sum(squares) / jnp.sum(jnp.exp(log - squares))
    signs = jnp.where(x < 0, -1.0, 1.0)
    turned = jnp.where(jnp.arange(len(x)) == least, jnp.prod(signs) * signs[least], signs)
    saddle = (jnp.sum(size == smallest) > 1) & ((jnp.prod(signs) < 0) | (smallest == 0))
    return _nan_unless(~saddle, turned * jnp.exp(0.5 * jnp.logaddexp(log, apart)))


def _product_sharpness(x: Array) -> Array:
    return jnp.sum(1 / x**2)


PRODUCT_3 = Loss(
    key="product-3",
    side=_product_side,
    name="Product of three",
    value=_product_value,
    gradient=_product_gradient,
    formula="L = ½ (1 − xyz)²",
    valley="xyz = 1",
    sharpness_formula="λ₁ = 1/x² + 1/y² + 1/z²",
    manifold_sharpness=_product_sharpness,
    projection=_product_projection,
    surface=lambda x, y: 1 / (x * y),
    conserved=Conserved(
        "x² − y²",
        _first_two,
        _first_two_weight,
        {
            "": "1 − ηₜ²(1 − xyz)²z²",
            "gd": "1 − η²(1 − xyz)²z²",
            "ngd": "1 − η²/(x²y²(1/x² + 1/y² + 1/z²))",
            "sqrt-gd": "1 − ½η²z²",
        },
    ),
    look_for=(
        "The minima form a surface, and the drift goes down it to x = y = z = 1, where the three "
        "factors are balanced."
    ),
    start=(2.2, 1.2, 0.7),
    view=((0.2, 2.6), (0.2, 1.9), (0.2, 1.7)),
    horizon=4.0,
    opening=Scene(eta=0.2),
)

PRODUCT_4 = Loss(
    key="product-4",
    side=_product_side,
    name="Product of four",
    value=_product_value,
    gradient=_product_gradient,
    formula="L = ½ (1 − xyzw)²",
    valley="xyzw = 1",
    sharpness_formula="λ₁ = 1/x² + 1/y² + 1/z² + 1/w²",
    manifold_sharpness=_product_sharpness,
    projection=_product_projection,
    conserved=Conserved(
        "x² − y²",
        _first_two,
        _first_two_weight,
        {
            "": "1 − ηₜ²(1 − xyzw)²z²w²",
            "gd": "1 − η²(1 − xyzw)²z²w²",
            "ngd": "1 − η²/(x²y²(1/x² + 1/y² + 1/z² + 1/w²))",
            "sqrt-gd": "1 − ½η²z²w²",
        },
    ),
    look_for=(
        "With z = x and w = y it is the quartic hyperbola at half the step size. The drift "
        "balances all four factors."
    ),
    start=(2.0, 0.6, 1.6, 0.8),
    view=((0.2, 2.4), (0.2, 1.6), (0.2, 2.0), (0.2, 1.6)),
    horizon=3.0,
    opening=Scene(eta=0.12),
)


def _rank_one_value(x: Array) -> Array:
    one, two, *right = x
    return 0.5 * sum((u * w - 1) ** 2 for u in (one, two) for w in right)


def _rank_one_gradient(x: Array) -> Array:
    """With N = Σ over the other factor's squares: Nu − (w₁ + w₂), and likewise for w."""
    a, b, c, d = x
    left, right = a * a + b * b, c * c + d * d
    return jnp.stack(
        [right * a - (c + d), right * b - (c + d), left * c - (a + b), left * d - (a + b)]
    )


def _rank_one_curve(s: Array, sign: float) -> Array:
    u, w = sign * jnp.exp(s), sign * jnp.exp(-s)
    return jnp.stack([u, u, w, w])


def _rank_one_projection(x: Array) -> Array:
    """Φ keeps C = ‖u‖² − ‖w‖². So z = (u, w) obeys z' = Az − ½‖z‖²z, A = (½C M; Mᵀ −½C) constant,
    and turns into the top eigenvector of A, ∝ (a, a, b, b) with 2a² − 2b² = C and ab = 1, or its
    opposite; where it is orthogonal to that, it runs into a saddle."""
    a, b = _factors(0.5 * sum_of_squares(x[:2], x[2:]))
    side = jnp.sign(a * (x[0] + x[1]) + b * (x[2] + x[3]))
    return _nan_unless(side != 0, side * jnp.stack([a, a, b, b]))


def _rank_one_flow(x: Array, tau: Array) -> Array:
    """‖u‖² − ‖w‖² decays as e^{−τ/2}; u and w are multiples of (1, 1)."""
    u, w = _scaled_flow(x[::2], tau, 0.5)
    return jnp.stack([u, u, w, w])


RANK_ONE = Loss(
    key="rank-one",
    name="Rank one",
    value=_rank_one_value,
    gradient=_rank_one_gradient,
    formula="L = ½ ‖uwᵀ − M‖², M = (1 1; 1 1)",
    valley="uwᵀ = M",
    sharpness_formula="λ₁ = ‖u‖² + ‖w‖²",
    manifold_sharpness=lambda x: jnp.sum(x**2),
    projection=_rank_one_projection,
    limiting_flows={"sqrt-gd": _rank_one_flow},
    conserved=Conserved(
        "‖u‖² − ‖w‖²",
        lambda x: x[0] ** 2 + x[1] ** 2 - (x[2] ** 2 + x[3] ** 2),
        terms={
            "": "ηₜ²(‖Rw‖² − ‖Rᵀu‖²)",
            "gd": "η²(‖Rw‖² − ‖Rᵀu‖²)",
            "ngd": "η²(‖Rw‖² − ‖Rᵀu‖²)/‖∇L‖²",
            "sqrt-gd": "½η²(‖Rw‖² − ‖Rᵀu‖²)/‖R‖²",
        },
    ),
    codim=3,
    branches=tuple(Branch(partial(_rank_one_curve, sign=a), -2.5, 2.5) for a in (1.0, -1.0)),
    look_for=(
        "Two vectors whose products fit a matrix: the drift along their curve of minima makes both "
        "equally long."
    ),
    start=(2.2, 1.7, 0.9, 0.4),
    view=((-0.2, 2.7), (-0.2, 2.5), (-0.2, 1.8), (-0.2, 1.6)),
    horizon=6.0,
    opening=Scene(eta=0.2),
    variables=("u₁", "u₂", "w₁", "w₂"),
)
