"""What a rule sees of a loss: L and ∇L where it asks for them, and ∇L with noise in the labels.

A point is an array [d], or a tuple of its coordinates where many runs go at once.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp

from dynamics.curvature import gradient, normal_space
from dynamics.types import Array, Loss, Slope

# Added under a root or to a root: it makes the step exactly zero where ∇L = 0 (or L = 0), without a
# comparison in the loop, and is lost in rounding wherever the gradient is above 1e-142.
TINY = 1e-300


@dataclass(frozen=True)
class Ground:
    """The slope of a loss as a function of the point."""

    loss: Loss

    def __call__(self, x: Array) -> Slope:
        """L and ∇L at a point, the gradient in its shape."""
        point = stacked(x)
        return Slope(self.loss.value(point), _shaped(gradient(self.loss, point), x))

    @property
    def labels(self) -> int:
        """How many labels there are: as many as residuals, where the loss says so, or as Γ has
        normal directions."""
        if self.loss.family.residual is None:
            return self.loss.codim
        point = jax.ShapeDtypeStruct((self.loss.d,), jnp.float64)
        assert self.loss.residual is not None
        return jax.eval_shape(self.loss.residual, point).shape[0]

    def of_labels(self, x: Array, noise: Array) -> Array:
        """√c Jᵀ noise [labels], J = ∇r of L = ½c‖r‖², in the shape of x: with noise of unit size
        its covariance is ∇²L on Γ. Where the loss names no residual it is made to be that."""
        return _shaped(self._pulled(stacked(x), noise), x)

    def _pulled(self, x: Array, noise: Array) -> Array:
        loss = self.loss
        if loss.residual is not None:
            return jnp.sqrt(loss.family.weight) * jax.vjp(loss.residual, x)[1](noise)[0]
        if loss.codim == 1:  # r = ±√(2L)
            return noise[0] * gradient(loss, x) / jnp.sqrt(2 * loss.value(x) + TINY)
        values, vectors = normal_space(loss, x)
        return vectors @ (jnp.sqrt(jnp.maximum(values, 0.0)) * noise)


def stacked(x: Array) -> Array:
    """A point as an array [d]."""
    return jnp.stack(x) if isinstance(x, tuple) else x


def _shaped(vector: Array, x: Array) -> Array:
    """An array [d] in the shape of a point."""
    return tuple(vector) if isinstance(x, tuple) else vector


def squared_norm(gradient: Array) -> Array:
    """‖∇L‖², of an array [d] or a tuple of coordinates."""
    return sum(jnp.vdot(part, part) for part in jax.tree.leaves(gradient))
