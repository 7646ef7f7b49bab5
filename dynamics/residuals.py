"""A loss that is a sum of squares, L = c/2 ‖r(x)‖², of many parameters: all that the theorem asks
of it without a matrix [p, p].

Γ is where the residuals r are 0. With J = ∂r/∂x [m, p] the gradient is c Jᵀr, on Γ the Hessian is
c JᵀJ and the normal space is the range of Jᵀ, so that one matrix K = JJᵀ [m, m] has it all: the
eigenvalues of ∇²L on Γ are c times those of K, P⊥g = g − JᵀK⁻¹Jg, and a Gauss–Newton step
x − JᵀK⁻¹r leads back to Γ. Off Γ, ∇²L is known by its products with vectors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from dynamics.extrapolation import ORDER, weights
from dynamics.lapack import eigh
from dynamics.types import Array, Loss

MEMORY = 64 * 2**20  # bytes of rows of J at a time
DENSE = 512  # residuals up to which the eigenvalues of K are those of LAPACK
KRYLOV = 24  # vectors of a Lanczos search
SMALLEST = 1e-26  # L on Γ
NEAR = 1e-20  # L from which Gauss–Newton steps lead onto it
TINY = 1e-12  # an error of less does not lengthen the step of a flow further


@dataclass(frozen=True, eq=False)
class Residuals:
    """r(x): one function for each of n data, of k numbers each, so that m = nk.

    A pytree: the data are traced, so that other data compile nothing.

    Args:
        each: (x [p], datum) -> residuals [k], JAX-traceable.
        data: a pytree of arrays [n, …], of which `datum` has one row each.
        weight: c.
        kernel: (x [p], data) -> K [m, m], where that is known without J.
    """

    each: Callable[[Array, Any], Array]
    data: Any
    weight: Any = 1.0
    kernel: Callable[[Array, Any], Array] | None = None

    def at(self, x: Array) -> Array:
        """r [m] at x [p]."""
        return jax.vmap(self.each, in_axes=(None, 0))(x, self.data).ravel()

    def loss(self, r: Array) -> Array:
        """L [] where the residuals are r [m]."""
        return 0.5 * self.weight * jnp.vdot(r, r)

    def value(self, x: Array) -> Array:
        """L [] at x [p]."""
        return self.loss(self.at(x))

    def value_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """L [] and ∇L [p] at x [p]."""
        return jax.value_and_grad(self.value)(x)

    def hessian_product(self, x: Array, v: Array) -> Array:
        """∇²L(x) v [p]."""
        return jax.jvp(jax.grad(self.value), (x,), (v,))[1]

    def push(self, x: Array, v: Array) -> Array:
        """J v [m]."""
        return jax.jvp(self.at, (x,), (v,))[1]

    def pull(self, x: Array, u: Array) -> Array:
        """Jᵀu [p], of u [m]."""
        return jax.vjp(self.at, x)[1](u)[0]

    def gram(self, x: Array) -> Array:
        """K = JJᵀ [m, m] at x [p]; where there is no formula for it, from so many rows of J at a
        time as memory allows."""
        if self.kernel:
            return self.kernel(x, self.data)
        count = len(jax.tree.leaves(self.data)[0])
        k = jax.eval_shape(self.each, x, jax.tree.map(lambda part: part[0], self.data)).size
        size = max(min(MEMORY // (8 * x.size * k), count), 1)
        parts = [
            jax.tree.map(lambda part, first=first: part[first : first + size], self.data)
            for first in range(0, count, size)
        ]
        if len(parts) == 1:
            rows = self._rows(x, parts[0])
            return rows @ rows.T
        blocks: list[list[Any]] = [[None] * len(parts) for _ in parts]
        for i, one in enumerate(parts):
            rows = self._rows(x, one)
            for j, other in enumerate(parts[: i + 1]):
                blocks[i][j] = rows @ (rows if i == j else self._rows(x, other)).T
                blocks[j][i] = blocks[i][j].T
        return jnp.block(blocks)

    def _rows(self, x: Array, data: Any) -> Array:
        """The rows of J that some of the data have, [number of them, p]."""
        rows = jax.vmap(jax.jacrev(self.each), in_axes=(None, 0))(x, data)
        return rows.reshape(-1, x.size)


jax.tree_util.register_pytree_node(
    Residuals,
    lambda one: ((one.data, one.weight), (one.each, one.kernel)),
    lambda functions, children: Residuals(functions[0], *children, functions[1]),
)


@dataclass(frozen=True)
class _Each:
    """The residual of a loss's family, of its `theta` as the one datum."""

    residual: Callable[..., Array]
    parametrised: bool

    def __call__(self, x: Array, theta: Any) -> Array:
        return self.residual(x, theta) if self.parametrised else self.residual(x)


def residuals_of(loss: Loss) -> Residuals | None:
    """Those of a loss that is given by its residual; None of any other."""
    family = loss.family
    if family.residual is None:
        return None
    theta = jax.tree.map(lambda number: jnp.asarray(number)[None], dict(loss.theta))
    one = _Each(family.residual, family.parametrised)
    return Residuals(one, theta or jnp.zeros(1), family.weight)


class Normal(NamedTuple):
    """The normal space of a level of r at a point, by its Gram matrix."""

    factor: Array
    """The Cholesky factor of K, [m, m]."""
    gram: Array
    """K, [m, m]."""


def normal_at(residuals: Residuals, x: Array) -> Normal:
    """The normal space at x [p]. Its numbers are NaN where ∇r has not full rank."""
    gram = residuals.gram(x)
    return Normal(jnp.linalg.cholesky(gram), gram)


def solve(normal: Normal, r: Array) -> Array:
    """K⁻¹r [m]."""
    return jax.scipy.linalg.cho_solve((normal.factor, True), r)


def tangent(residuals: Residuals, x: Array, normal: Normal, g: Array) -> Array:
    """P⊥g [p]: what of a vector g [p] is along the level of r, taken twice against rounding."""
    for _ in range(2):
        g = g - residuals.pull(x, solve(normal, residuals.push(x, g)))
    return g


def retracted(residuals: Residuals, x: Array, turns: int = 2) -> Array:
    """A point of Γ near x [p], by Gauss–Newton steps.

    Two of them from a distance δ end within O(δ²) of Φ(x), where gradient flow ends.
    """
    for _ in range(turns):
        x = x - residuals.pull(x, solve(normal_at(residuals, x), residuals.at(x)))
    return x


class Top(NamedTuple):
    """The largest eigenvalues of ∇²L at a point, and the first one's direction."""

    spectrum: Array
    """λ₁ ≥ λ₂ ≥ λ₃, [3]; NaN for those that there are not."""
    direction: Array
    """v₁ [p], of length 1, on the side of the one before."""


def top_on_manifold(residuals: Residuals, x: Array, normal: Normal, toward: Array) -> Top:
    """At a point x [p] of Γ, where ∇²L = c JᵀJ.

    Args:
        toward: a vector [p] on whose side the direction is, and from which it is looked for.
    """
    m = len(normal.gram)
    if m <= DENSE:
        values, vectors = eigh(normal.gram)
        values, u = values[::-1], vectors[:, -1]
    else:
        values, u = lanczos(lambda w: normal.gram @ w, residuals.push(x, toward))
    v = residuals.pull(x, u)
    v = v / jnp.linalg.norm(v) * jnp.where(jnp.vdot(v, toward) < 0, -1, 1)
    return Top(residuals.weight * _three(values), v)


def top_anywhere(residuals: Residuals, x: Array, toward: Array) -> Top:
    """At any point x [p], by products with ∇²L, looked for from `toward` [p]."""
    values, v = lanczos(partial(residuals.hessian_product, x), toward)
    return Top(_three(values), v * jnp.where(jnp.vdot(v, toward) < 0, -1, 1))


def _three(values: Array) -> Array:
    return jnp.concatenate([values[:3], jnp.full(3, jnp.nan)])[:3]


def lanczos(product: Callable[[Array], Array], start: Array, most: int = KRYLOV):
    """The largest eigenvalues of a symmetric matrix, descending, and the first one's vector.

    By Lanczos' method, each vector made orthogonal to all before it, twice: of the Ritz values the
    first is exact to rounding, the next ones to some digits; NaN those that were not seen.

    Args:
        product: w [n] -> A w [n].
        start: a vector [n], best one near the one looked for. From an eigenvector alone no other
            would be seen, so that something aslant is added.
    """
    n = min(most, start.size)
    other = aslant(start.size)
    start = start / jnp.linalg.norm(start) + 0.1 * other / jnp.linalg.norm(other)
    basis = jnp.zeros((n + 1, start.size)).at[0].set(start / jnp.linalg.norm(start))

    def advance(k: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        basis, inner = carry
        w = product(basis[k])
        along = basis @ w
        w = w - basis.T @ along
        w = w - basis.T @ (basis @ w)
        length = jnp.linalg.norm(w)
        # Where all of the space has been seen there is no further direction.
        found = length > 1e-13 * jnp.linalg.norm(along)
        basis = basis.at[k + 1].set(jnp.where(found, w / jnp.where(found, length, 1), 0))
        return basis, inner.at[k].set(along[:n])

    basis, inner = jax.lax.fori_loop(0, n, advance, (basis, jnp.zeros((n, n))))
    seen = jnp.any(basis[:n] != 0, axis=1)
    inner = jnp.tril(inner) + jnp.tril(inner, -1).T
    inner = jnp.where(seen[:, None] & seen[None, :], inner, 0)
    # What was not seen is put below all that was.
    below = jnp.min(jnp.diag(inner)) - jnp.max(jnp.abs(inner)) - 1
    values, vectors = eigh(inner + jnp.diag(jnp.where(seen, 0, below)))
    v = vectors[:, -1] @ basis[:n]
    values = jnp.where(jnp.arange(n) < n - jnp.sum(seen), jnp.nan, values)
    return values[::-1], v / jnp.linalg.norm(v)


def aslant(n: int) -> Array:
    """A direction [n] that is orthogonal to nothing by accident."""
    return jnp.cos(1.0 + jnp.arange(n))


def sharpness_slope(residuals: Residuals, x: Array, direction: Array) -> Array:
    """∇λ₁ [p] at a point x of Γ, up to what is normal to Γ: c ∇‖J v₁‖² with v₁ held fast.

    Of ∇(v₁ᵀ∇²L v₁) the part c Jᵀ(v₁ᵀ∇²r v₁) is missing, which P⊥ takes away.
    """

    def squared(y: Array) -> Array:
        w = residuals.push(y, direction)
        return residuals.weight * jnp.vdot(w, w)

    return jax.grad(squared)(x)


# ---- gradient flow ----


class _Walk(NamedTuple):
    """Where gradient flow is by now."""

    x: Array
    height: Array
    h: Array
    steps: Array


@partial(jax.jit, static_argnames=("most",))
def projection(
    residuals: Residuals, x: Array, tolerance: float = 1e-9, most: int = 4000
) -> tuple[Array, Array]:
    """Φ(x) [p], where gradient flow dx/ds = −∇L from x [p] ends, and how many steps it took [].

    By the linearly implicit Euler step of `dynamics.stiff`, extrapolated, with c JᵀJ for the
    Hessian, so that what is solved is [m, m]: (1 + sc JᵀJ)⁻¹g = g − sc Jᵀ(1 + scK)⁻¹Jg. Near Γ two
    Gauss–Newton steps end it. NaN where it has not come to Γ after `most` steps.

    Args:
        tolerance: error of a step, of 1 + |x| for each coordinate.
    """
    height = residuals.value(x)
    begin = _Walk(x, height, 0.1 / (2 * height + 1e-300), jnp.array(0))

    def on_the_way(walk: _Walk) -> Array:
        return (walk.height > NEAR) & (walk.steps < most) & jnp.all(jnp.isfinite(walk.x))

    walk = jax.lax.while_loop(on_the_way, partial(_step, residuals, tolerance), begin)
    end = retracted(residuals, walk.x)
    there = (walk.height <= NEAR) & (residuals.value(end) <= SMALLEST)
    return jnp.where(there, end, jnp.nan), walk.steps


def _step(residuals: Residuals, tolerance: float, walk: _Walk) -> _Walk:
    """One step, or a smaller one to be tried next."""
    x, c = walk.x, residuals.weight
    gram = residuals.gram(x)
    _, push = jax.linearize(residuals.at, x)
    pull = jax.linear_transpose(push, x)

    def euler(n: Array) -> Array:
        s = walk.h / n
        factor = jnp.linalg.cholesky(jnp.eye(len(gram)) + s * c * gram)

        def step(_: Array, z: Array) -> Array:
            g = residuals.value_and_gradient(z)[1]
            inside = jax.scipy.linalg.cho_solve((factor, True), push(g))
            return z - s * (g - s * c * pull(inside)[0])

        return jax.lax.fori_loop(0, n, step, x)

    ends = jax.lax.map(euler, jnp.arange(1, ORDER + 1))
    after = weights(1) @ ends
    error = after - weights(2) @ ends[1:]
    share = jnp.max(jnp.abs(error) / (tolerance * (1 + jnp.abs(x))))
    share = jnp.where(jnp.isfinite(share), share, jnp.inf)
    x = jnp.where(share <= 1, after, x)
    h = walk.h * jnp.clip(0.8 * jnp.maximum(share, TINY) ** (-1 / ORDER), 0.1, 5.0)
    return _Walk(x, residuals.value(x), h, walk.steps + 1)


# ---- to Γ ----


@partial(jax.jit, static_argnames=("most",))
def onto_manifold(residuals: Residuals, x: Array, most: int = 100) -> tuple[Array, Array]:
    """A point of Γ [p] from x [p], by Levenberg–Marquardt, and how many steps it took [].

    Not where gradient flow would end, but near. NaN where L is not 0 after `most` steps.
    """

    def turn(carry):
        x, r, damping, steps = carry
        gram = residuals.gram(x)
        damped = gram + damping * jnp.trace(gram) / len(r) * jnp.eye(len(r))
        step = residuals.pull(x, jax.scipy.linalg.solve(damped, r, assume_a="pos"))
        there = residuals.at(x - step)
        better = residuals.loss(there) < residuals.loss(r)
        return (
            jnp.where(better, x - step, x),
            jnp.where(better, there, r),
            damping * jnp.where(better, 0.1, 10.0),
            steps + 1,
        )

    def goes_on(carry):
        _, r, _, steps = carry
        return (residuals.loss(r) > SMALLEST) & (steps < most)

    x, r, _, steps = jax.lax.while_loop(goes_on, turn, (x, residuals.at(x), 1e-3, 0))
    return jnp.where(residuals.loss(r) <= SMALLEST, x, jnp.nan), steps
