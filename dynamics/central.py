"""The central flow: where GD goes in the mean over its bounces, at the edge and off it [CDTKL24].

    dw/ds = −∇L(w) − ½ ∇⟨∇²L(w), Σ⟩,    s = ηt

Σ is the covariance of the bounce. In one unstable direction it is σ² v₁v₁ᵀ with

    σ² = max(0, 2⟨−∇L, ∇λ₁⟩ / ‖∇λ₁‖²)    where λ₁ = 2/η, and 0 below

so that sharpness stays at 2/η; in several it is what keeps ∇²L ⪯ 2/η of them,

    Σ ⪰ 0,    W = −d/ds ∇²L ⪰ 0 where ∇²L = 2/η,    ⟨Σ, W⟩ = 0

(`dynamics.complementarity`). The mean loss over the bounce is L(w) + tr Σ/η.

So that a solver sees a smooth edge, λ₁ is let come to 2/η at a rate of once a step of GD, no faster
than GD does itself: d/ds (2/η − λ₁) ≥ −(2/η − λ₁)/η. Far below the edge that holds by itself and
Σ = 0; at the edge it is the above. The three sharpest directions are looked at.

[CDTKL24] Cohen, Damian, Talwalkar, Kolter, Lee, arXiv 2410.24206.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from dynamics.compilation import quickly
from dynamics.complementarity import complementary, matrices
from dynamics.curvature import MATRIX_FREE, direction, eigenvectors, gradient, hessian_product
from dynamics.flows import ARRIVED, SETTLED, from_start, linear_end
from dynamics.types import Array, Flow, Loss, Scalar, Theta

DIRECTIONS = 3
LEAST_ETA = 1e-8  # below it the edge is out of reach, and the central flow is gradient flow
NEAR = 0.9, 0.98  # of 2/η: from where on a direction begins to count as at the edge, and fully does
ALONE = 1e-9  # of the edge: by which another direction may pass it before it counts


class Bounce(NamedTuple):
    """What a bounce does, seen from its middle."""

    force: Array
    """½ ∇⟨∇²L, Σ⟩, [d]."""
    variance: Array
    """tr Σ, []."""


def bounce(loss: Loss, x: Array, eta: Scalar) -> Bounce:
    """How GD bounces about x, where the central flow is, [d]."""
    eta = jnp.maximum(eta, LEAST_ETA)
    vectors = _sharpest(loss, x)
    k = vectors.shape[1]
    basis = jnp.asarray(matrices(k))

    def curvature(z: Array) -> Array:
        """uᵢᵀ ∇²L(z) uⱼ in coordinates, [m]."""
        products = jax.vmap(lambda v: hessian_product(loss, z, v), in_axes=1)(vectors)
        return jnp.einsum("aij,jd,di->a", basis, products, vectors)

    here, slopes = curvature(x), jax.jacrev(curvature)(x)
    one = jnp.einsum("aii->a", basis)
    near = _nearness(here[:k], eta)
    slopes = jnp.where(one == 1, 1.0, near @ basis @ near / jnp.sqrt(2))[:, None] * slopes
    drive = -slopes @ gradient(loss, x) + (here - one * 2 / eta) / eta
    spread = _spread(0.5 * slopes @ slopes.T, drive, basis, eta)
    return Bounce(0.5 * slopes.T @ spread, one @ spread)


def _nearness(curvatures: Array, eta: Scalar) -> Array:
    """Of each direction but v₁ whether it is at the edge too, from 0 to 1, [k]: only there does one
    matter to another, by how the two turn."""
    low, high = NEAR
    share = 0.5 * eta * curvatures
    return jnp.clip((share - low) / (high - low), 0.0, 1.0).at[-1].set(1.0)


def _sharpest(loss: Loss, x: Array) -> Array:
    """Unit vectors of the sharpest directions, the last v₁, as columns [d, k]."""
    if loss.d >= MATRIX_FREE:
        return direction(loss, x)[:, None]
    return eigenvectors(loss, x)[:, -DIRECTIONS:]


def _spread(matrix: Array, drive: Array, basis: Array, eta: Scalar) -> Array:
    """Σ in coordinates, [m]: along v₁ alone where no other direction is at the edge."""
    last = basis.shape[1] - 1
    top = complementary(matrix[last : last + 1, last : last + 1], drive[last : last + 1])
    alone = jnp.zeros(len(drive)).at[last].set(top[0])
    if len(drive) == 1:
        return alone
    slack = jnp.tensordot(matrix @ alone - drive, basis, 1)
    enough = jnp.linalg.eigvalsh(slack)[0] >= -ALONE * 2 / eta**2
    return jax.lax.cond(enough, lambda: alone, lambda: complementary(matrix, drive))


def spread(loss: Loss, x: Array, theta: Theta) -> Array:
    """σ = √tr Σ, how far the bounce about x goes, []."""
    return jnp.sqrt(bounce(loss, x, theta["eta"]).variance)


@quickly
def reach(loss: Loss, x: Array, spread: Array) -> Array:
    """σ v₁ at points of the central flow [t, d] with their spreads [t]: how far the bounce goes to
    either side of each, [t, d]; 0 where there is none. Signed so that it turns little from point to
    point."""

    def at(before: Array, row: tuple[Array, Array]) -> tuple[Array, Array]:
        z, size = row
        v = direction(loss, z)
        v = jnp.where(v @ before < 0, -v, v)
        return v, jnp.where(size > 0, size, 0.0) * v

    return jax.lax.scan(at, jnp.ones(loss.d), (x, spread))[1]


def _velocity(loss: Loss, x: Array, theta: Theta) -> Array:
    return -gradient(loss, x) - bounce(loss, x, theta["eta"]).force


def _stop(loss: Loss, x: Array, theta: Theta) -> Array:
    """Next to a minimum below the edge, where the rest of the way is known, or at rest at it."""
    moving = bounce(loss, x, theta["eta"])
    arrived = (loss.value(x) < ARRIVED) & (moving.variance == 0)
    rests = jnp.max(jnp.abs(gradient(loss, x) + moving.force)) < SETTLED
    return arrived | rests


def _onward(loss: Loss, end: Array, time: Array, theta: Theta) -> Array:
    return jnp.where(loss.value(end) < ARRIVED, linear_end(loss, end, time), end)


CENTRAL_FLOW = Flow(
    key="central",
    start=from_start,
    velocity=_velocity,
    stop=_stop,
    onward=_onward,
    clock="eta",
    on_manifold=False,
    parametrised=True,
    spread=spread,
)
