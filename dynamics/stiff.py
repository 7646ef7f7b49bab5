"""Gradient flow to its end where it is stiff: where some directions relax millions of times as fast
as others, so that an explicit solver gives up.

The linearly implicit Euler step of size s, (1 + s∇²L)(z' − z) = −s∇L(z), has an error that is a
series in s, so steps of h, h/2, …, h/8 are extrapolated to s = 0. That the matrix is that of where
h begins, and without its negative eigenvalues, changes the series alone.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from dynamics.curvature import gradient, hessian
from dynamics.extrapolation import ORDER, weights
from dynamics.lapack import eigh
from dynamics.residuals import projection, residuals_of
from dynamics.rowwise import one_at_a_time
from dynamics.types import Array, Loss

TOLERANCE = 1e-11
RESIDUAL_TOLERANCE = 1e-10
FIRST_STEP = 1e-3
TINY = 1e-12  # an error of less does not lengthen the step further
MAX_STEPS = 1000
MINIMISED = 1e-20
# Of λ₁L: where ‖∇L‖² is less, a saddle is met that rounding alone would leave. On the way over a
# network's plateaus it falls to ten times that.
LEVEL = 1e-10
LEAST_STEP = 1e-12  # of 1/λ₁
FAR = 1e3  # beyond this errors are not measured by the distance: the flow's own scale is lost there


class _Walk(NamedTuple):
    x: Array
    height: Array
    h: Array
    count: Array
    goes_on: Array


def where_it_ends(loss: Loss, x: Array, found: Array) -> Array:
    """`found` [d] where it is a point; elsewhere the end of gradient flow from x, next to Γ, or NaN
    where it does not get there.

    Row by row however it is batched, as few rows of many are stiff.
    """

    def end(loss: Loss, x: Array, found: Array) -> Array:
        return jax.lax.cond(jnp.all(jnp.isfinite(found)), lambda: found, lambda: _end(loss, x))

    return one_at_a_time(end)(loss, x, found)


def _end(loss: Loss, x: Array) -> Array:
    residuals = residuals_of(loss)
    if residuals is not None:
        return projection(residuals, x, RESIDUAL_TOLERANCE)[0]
    height = loss.value(x)
    begin = _Walk(x, height, jnp.array(FIRST_STEP), jnp.array(0), jnp.isfinite(height))
    walk = jax.lax.while_loop(
        lambda walk: walk.goes_on & (walk.count < MAX_STEPS), lambda walk: _step(loss, walk), begin
    )
    return jnp.where(walk.height <= MINIMISED, walk.x, jnp.nan)


def _step(loss: Loss, walk: _Walk) -> _Walk:
    values, vectors = eigh(hessian(loss, walk.x))
    after, error, slope = _extrapolated(loss, walk.x, walk.h, jnp.maximum(values, 0.0), vectors)
    allowed = TOLERANCE * (1.0 + jnp.minimum(jnp.abs(walk.x), FAR))
    share = jnp.max(jnp.abs(error) / allowed)
    share = jnp.where(jnp.isfinite(share), share, jnp.inf)
    x = jnp.where(share <= 1.0, after, walk.x)
    h = walk.h * jnp.clip(0.8 * jnp.maximum(share, TINY) ** (-1 / ORDER), 0.1, 5.0)
    height = loss.value(x)
    steepest = jnp.max(jnp.abs(values))
    moves = (slope @ slope > LEVEL * steepest * walk.height) & (h * steepest > LEAST_STEP)
    return _Walk(x, height, h, walk.count + 1, (height > MINIMISED) & moves)


def _extrapolated(
    loss: Loss, x: Array, h: Array, values: Array, vectors: Array
) -> tuple[Array, Array, Array]:
    """Where gradient flow is a time h after x, an estimate of the error, and ∇L(x), all [d]."""

    def euler(n: Array) -> tuple[Array, Array]:
        s = h / n
        relaxed = s / (1.0 + s * values)

        def step(i: Array, state: tuple[Array, Array]) -> tuple[Array, Array]:
            z, first = state
            slope = gradient(loss, z)
            z = z - vectors @ (relaxed * (vectors.T @ slope))
            return z, jnp.where(i == 0, slope, first)

        return jax.lax.fori_loop(0, n, step, (x, x))

    ends, slopes = jax.lax.map(euler, jnp.arange(1, ORDER + 1))
    after = weights(1) @ ends
    return after, after - weights(2) @ ends[1:], slopes[0]
