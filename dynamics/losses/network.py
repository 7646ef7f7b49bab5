"""A network of one hidden layer with more parameters than data: no formula says where Γ is.

    f(z; x) = Σ_k c_k tanh(a_k z + b_k),   L = ½ · mean over the data of (f(z; x) − y)²

with x = (a₁ … a_K, b₁ … b_K, c₁ … c_K). Γ has as many dimensions as there are parameters beyond the
data, wherever the gradients of f at the data are independent.
"""

import jax.numpy as jnp
import numpy as np

from dynamics.types import Array, Loss, Parameter, Theta

DATA = ((-1.0, -0.5), (0.2, 0.8), (1.0, 0.1))  # (z, y)
WIDTH = 3
INPUTS, TARGETS = np.array(DATA).T


def _hidden(x: Array, theta: Theta) -> Array:
    """tanh(a_k z_i + b_k), [data, units].

    In arrays, not by coordinates as the other losses: a step of a sweep takes longer, but the third
    derivatives of so many coordinates, each written out, take XLA minutes to compile.
    """
    return jnp.tanh(theta["inputs"][:, None] * x[:WIDTH] + x[WIDTH : 2 * WIDTH])


def _residuals(x: Array, hidden: Array, theta: Theta) -> Array:
    """f(z_i; x) − y_i for each datum, [data]."""
    return hidden @ x[2 * WIDTH :] - theta["targets"]


def _value(x: Array, theta: Theta) -> Array:
    return 0.5 * jnp.mean(_residuals(x, _hidden(x, theta), theta) ** 2)


def _gradient(x: Array, theta: Theta) -> Array:
    """Back through the one layer."""
    hidden = _hidden(x, theta)
    shares = _residuals(x, hidden, theta) / len(theta["targets"])
    below = shares[:, None] * x[2 * WIDTH :] * (1 - hidden * hidden)
    return jnp.concatenate([theta["inputs"] @ below, jnp.sum(below, axis=0), shares @ hidden])


TINY_NETWORK = Loss(
    key="tiny-network",
    name="Tiny network",
    value=_value,
    gradient=_gradient,
    formula="L = ½ mean (f(z) − y)², f(z) = Σ cₖ tanh(aₖz + bₖ), k = 1, 2, 3, three data",
    valley="f(zᵢ) = yᵢ at all three data: six of nine dimensions",
    sharpness_formula="λ₁ = the largest eigenvalue of mean ∇f(zᵢ)∇f(zᵢ)ᵀ",
    codim=len(DATA),
    parameters=(Parameter("inputs", INPUTS), Parameter("targets", TARGETS)),
    look_for=(
        "A network that fits its data in many ways. Nothing is known by formula, all is computed, "
        "and the laws hold."
    ),
    start=(0.0, 0.4, -0.3, -1.1, -0.5, -1.2, 0.1, 1.6, -0.6),
    view=(
        *((-0.4, 0.4), (-1.7, 0.7), (-2.6, 0.1)),
        *((-1.5, -0.6), (-0.8, 0.3), (-1.5, -0.7)),
        *((-0.2, 0.8), (1.0, 2.2), (-2.1, -0.3)),
    ),
    horizon=6.0,
    variables=("a₁", "a₂", "a₃", "b₁", "b₂", "b₃", "c₁", "c₂", "c₃"),
)
