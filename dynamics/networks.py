"""Multilayer perceptrons whose parameters are one vector, and the squared loss of one on data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.residuals import Residuals
from dynamics.types import Array

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": jnp.tanh,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "softplus": jax.nn.softplus,
}


@dataclass(frozen=True)
class Network:
    """f(input; x) = W_n σ(… σ(W_1 input + b_1) …) + b_n, in the standard parametrisation: the
    learning rate and the loss know nothing of the widths.

    x holds W_1 row by row, then b_1, then W_2, and so on.

    Args:
        widths: of the layers, from the inputs to the outputs.
        activation: key of σ in `ACTIVATIONS`.

    Raises:
        ValueError: a width below 1, fewer than two, or an activation that is not known.
    """

    widths: tuple[int, ...]
    activation: str = "tanh"

    def __post_init__(self) -> None:
        if len(self.widths) < 2 or min(self.widths) < 1:
            raise ValueError(
                f"widths must be two numbers or more, each at least 1, got {self.widths}"
            )
        if self.activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"activation must be one of {known}, got {self.activation!r}")

    @property
    def p(self) -> int:
        """Number of parameters."""
        return sum(inner * outer + outer for inner, outer in pairwise(self.widths))

    def layers(self, x: Array) -> list[tuple[Array, Array]]:
        """Weights [outer, inner] and biases [outer] of each layer, of x [p]."""
        found, at = [], 0
        for inner, outer in pairwise(self.widths):
            weights = x[at : at + inner * outer].reshape(outer, inner)
            at += inner * outer
            found.append((weights, x[at : at + outer]))
            at += outer
        return found

    def outputs(self, x: Array, inputs: Array) -> Array:
        """f [k] at the parameters x [p] for one input [n]."""
        act = ACTIVATIONS[self.activation]
        for layer, (weights, biases) in enumerate(self.layers(x)):
            inputs = weights @ (act(inputs) if layer else inputs) + biases
        return inputs

    def kernel(self, x: Array, data: tuple[Array, Array]) -> Array:
        """K = JJᵀ [Nk, Nk] of the residuals, layer by layer without J: the derivative by a weight
        is what comes back to its unit times what came in, so that of two data both are paired."""
        act = ACTIVATIONS[self.activation]
        layers = self.layers(x)
        before, slopes = [data[0]], []
        for weights, biases in layers[:-1]:
            values, derivatives = jax.jvp(
                act, (summed := before[-1] @ weights.T + biases,), (jnp.ones_like(summed),)
            )
            before.append(values)
            slopes.append(derivatives)
        count, outputs = len(data[0]), self.widths[-1]
        back = jnp.broadcast_to(jnp.eye(outputs), (count, outputs, outputs))
        k = jnp.zeros((count, outputs, count, outputs))
        for layer in reversed(range(len(layers))):
            came = (before[layer] @ before[layer].T + 1)[:, None, :, None]
            k = k + came * jnp.einsum("iku,jlu->ikjl", back, back)
            if layer:
                back = (back @ layers[layer][0]) * slopes[layer - 1][:, None, :]
        return k.reshape(count * outputs, count * outputs)

    def start(self, seed: int) -> np.ndarray:
        """Weights from N(0, 1/fan-in), biases 0, [p]."""
        draw = np.random.default_rng(seed)
        parts: Sequence[np.ndarray] = [
            part
            for inner, outer in pairwise(self.widths)
            for part in (draw.normal(0, inner**-0.5, inner * outer), np.zeros(outer))
        ]
        return np.concatenate(parts)

    def miss(self, x: Array, datum: tuple[Array, Array]) -> Array:
        """f(input; x) − target [k], for (input [n], target [k])."""
        inputs, target = datum
        return self.outputs(x, inputs) - target

    def residuals(self, inputs: Array, targets: Array) -> Residuals:
        """The squared loss 1/(2N) Σ ‖f(input; x) − target‖², of inputs [N, n] and targets [N, k].

        Raises:
            ValueError: shapes that do not go together.
        """
        inputs, targets = np.asarray(inputs, float), np.asarray(targets, float)
        wanted = (len(inputs), self.widths[0]), (len(inputs), self.widths[-1])
        if (inputs.shape, targets.shape) != wanted:
            raise ValueError(
                f"a network {'-'.join(map(str, self.widths))} takes inputs {list(wanted[0])} and "
                f"targets {list(wanted[1])}, got {list(inputs.shape)} and {list(targets.shape)}"
            )
        return Residuals(self.miss, (inputs, targets), 1 / len(inputs), self.kernel)
