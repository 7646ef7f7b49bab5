"""A network of one hidden layer with more parameters than data: no formula says where Γ is.

    f(z; x) = Σ_k c_k tanh(a_k z + b_k),   L = ½ · mean over the data of (f(z; x) − y)²

with x = (a₁ … a_K, b₁ … b_K, c₁ … c_K). Γ has as many dimensions as there are parameters beyond the
data, wherever the gradients of f at the data are independent.
"""

import jax.numpy as jnp

from dynamics.types import Array, Loss

DATA = ((-1.0, -0.5), (0.2, 0.8), (1.0, 0.1))  # (z, y)
WIDTH = 3


def _hidden(x: Array) -> list[list[Array]]:
    """tanh(a_k z_i + b_k) by datum and by unit."""
    return [[jnp.tanh(x[k] * z + x[WIDTH + k]) for k in range(WIDTH)] for z, _ in DATA]


def _residuals(x: Array, hidden: list[list[Array]]) -> list[Array]:
    """f(z_i; x) − y_i for each datum."""
    return [
        sum(x[2 * WIDTH + k] * unit for k, unit in enumerate(units)) - y
        for units, (_, y) in zip(hidden, DATA, strict=True)
    ]


def _value(x: Array) -> Array:
    return 0.5 / len(DATA) * sum(r * r for r in _residuals(x, _hidden(x)))


def _gradient(x: Array) -> Array:
    """By coordinates: back through the one layer."""
    hidden = _hidden(x)
    shares = [r / len(DATA) for r in _residuals(x, hidden)]
    a, b, c = [], [], []
    for k in range(WIDTH):
        below = [
            share * x[2 * WIDTH + k] * (1 - units[k] * units[k])
            for share, units in zip(shares, hidden, strict=True)
        ]
        a.append(sum(part * z for part, (z, _) in zip(below, DATA, strict=True)))
        b.append(sum(below))
        c.append(sum(share * units[k] for share, units in zip(shares, hidden, strict=True)))
    return jnp.stack([*a, *b, *c])


TINY_NETWORK = Loss(
    key="tiny-network",
    name="Tiny network",
    value=_value,
    gradient=_gradient,
    formula="L = ½ mean (f(z) − y)², f(z) = Σ cₖ tanh(aₖz + bₖ), k = 1, 2, 3, three data",
    valley="f(zᵢ) = yᵢ at all three data: six of nine dimensions",
    sharpness_formula="λ₁ = the largest eigenvalue of mean ∇f(zᵢ)∇f(zᵢ)ᵀ",
    codim=len(DATA),
    look_for=(
        "A network that fits its data in many ways. Nothing here is known by formula: projection, "
        "flow and sharpness are all computed, and the laws hold."
    ),
    start=(0.0, 0.4, -0.3, -1.1, -0.5, -1.2, 0.1, 1.6, -0.6),
    view=(
        *((-0.8, 0.8), (-0.4, 1.6), (-1.2, 0.6)),
        *((-1.9, -0.2), (-1.2, 0.5), (-2.0, -0.2)),
        *((-0.7, 1.0), (0.8, 2.4), (-1.5, 0.3)),
    ),
    horizon=8.0,
    variables=("a₁", "a₂", "a₃", "b₁", "b₂", "b₃", "c₁", "c₂", "c₃"),
)
