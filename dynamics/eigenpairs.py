"""Top eigenpairs of a symmetric matrix A(x) from products A(x) v alone, where d is large.

What A depends on beside x is a pytree, `data`, which goes along as an argument: a function with a
batching rule of its own may close over nothing that is traced.

One pair by the locally optimal conjugate gradients of [Kny01]: in each step the best vector of the
plane spanned by v, its residual and the step before. Several, where A is nearly of that rank, by
subspace iteration, which needs two or three steps then.

Both end when the residual ‖Av − λv‖ is small, which bounds the error of λ; where it does not get
small in a number of steps, as where λ₁ ≈ λ₂, the matrix is made and decomposed after all. That is
decided row by row however the functions are batched.

[Kny01] Knyazev, Toward the optimal preconditioned eigensolver, SIAM J. Sci. Comput. 23, 2001.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_batching import custom_vmap

from dynamics.lapack import eigh, orthonormal
from dynamics.types import Array

PAIR_RESIDUAL = 1e-10  # of |λ|
BLOCK_RESIDUAL = 1e-12  # of λ₁
PAIR_STEPS = 40
BLOCK_STEPS = 12
GUARDS = 4  # further columns of a block, by which the last of those asked for converge sooner
TINY = 1e-300

Product = Callable[[Any, Array, Array], Array]
"""(data, x [d], v [d]) -> A(x) v, [d]."""

Matrix = Callable[[Any, Array], Array]
"""(data, x [d]) -> A(x), [d, d]."""


class Pairs(NamedTuple):
    """Eigenvalues in ascending order, [n], their unit eigenvectors as columns, [d, n], and whether
    they have converged, []."""

    values: Array
    vectors: Array
    done: Array


def top_pair(
    product: Product, matrix: Matrix, data: Any, x: Array, start: Array
) -> tuple[Array, Array]:
    """λ₁ [] and v₁ [d] of A(x); `start` [d] is a guess of v₁ that may be wrong, or 0."""
    found = _each(partial(_conjugate, product), partial(_dense, matrix, 1), data, x, start)
    return found.values[0], found.vectors[:, 0]


def top_pairs(
    product: Product, matrix: Matrix, data: Any, x: Array, count: int
) -> tuple[Array, Array]:
    """The largest `count` eigenvalues of A(x) in ascending order [n] and their eigenvectors [d, n],
    where all others are much smaller in size."""
    found = _each(
        lambda data, x, _: _subspace(partial(product, data, x), x.shape[0], count),
        partial(_dense, matrix, count),
        data,
        x,
        jnp.zeros_like(x),
    )
    return found.values, found.vectors


def _each(quick, sure, data: Any, x: Array, start: Array) -> Pairs:
    """`quick`(data, x, start), and `sure`(data, x) where that does not converge.

    A condition under `vmap` would do both for every row. So all rows of all batches are gathered,
    `quick` does them side by side, and a loop looks after each.
    """

    @custom_vmap
    def rows(data: Any, x: Array, start: Array) -> Pairs:
        found = jax.vmap(quick, in_axes=(None, 0, 0))(data, x, start)
        finish = partial(jax.lax.map, lambda row: _finished(partial(sure, data), *row))
        return jax.lax.cond(jnp.all(found.done), lambda _: found, finish, (x, found))

    @rows.def_vmap
    def batches(size: int, batched: list, data: Any, x: Array, start: Array):
        assert not any(jax.tree.leaves(batched[0])), "one matrix function for all rows"
        x, start = (
            part if known else jnp.broadcast_to(part, (size, *part.shape))
            for part, known in zip((x, start), batched[1:], strict=True)
        )
        found = rows(data, *(part.reshape(-1, part.shape[-1]) for part in (x, start)))
        shaped = jax.tree.map(lambda leaf: leaf.reshape(*x.shape[:2], *leaf.shape[1:]), found)
        return shaped, jax.tree.map(lambda _: True, shaped)

    return jax.tree.map(lambda leaf: leaf[0], rows(data, x[None], start[None]))


def _finished(sure, x: Array, found: Pairs) -> Pairs:
    return jax.lax.cond(found.done, lambda _: found, sure, x)


def _dense(matrix: Matrix, count: int, data: Any, x: Array) -> Pairs:
    values, vectors = eigh(matrix(data, x))
    return Pairs(values[-count:], vectors[:, -count:], jnp.array(True))


class _Climb(NamedTuple):
    """A vector on its way to v₁ and the step by which it came, with their products."""

    v: Array
    product: Array
    step: Array
    step_product: Array
    count: Array

    @property
    def value(self) -> Array:
        return self.v @ self.product

    @property
    def residual(self) -> Array:
        return self.product - self.value * self.v


def _conjugate(product: Product, data: Any, x: Array, start: Array) -> Pairs:
    """The top pair; from a guess with a share of chance, lest it be orthogonal to v₁."""
    chance = _unit(jnp.asarray(np.random.default_rng(0).normal(size=x.shape[0])))
    v = _unit(_unit(start) + 0.1 * chance)
    begin = _Climb(v, product(data, x, v), jnp.zeros_like(v), jnp.zeros_like(v), jnp.array(0))

    def goes_on(climb: _Climb) -> Array:
        return (climb.count < PAIR_STEPS) & ~_is_small(climb)

    end = jax.lax.while_loop(goes_on, partial(_climb, partial(product, data, x)), begin)
    v = jnp.where(jnp.isfinite(end.value), end.v, jnp.nan)
    return Pairs(end.value[None], v[:, None], _is_small(end))


def _is_small(climb: _Climb) -> Array:
    """Whether the residual is; one that is no number will not get better, and counts as small."""
    return ~(jnp.linalg.norm(climb.residual) > PAIR_RESIDUAL * jnp.abs(climb.value))


def _climb(product: Callable[[Array], Array], climb: _Climb) -> _Climb:
    """The unit vector of largest ⟨v, Av⟩ in the span of v, its residual and the step before."""
    v = climb.v
    w = _unit(climb.residual)
    w = _unit(w - (w @ v) * v)
    p, p_product = climb.step, climb.step_product
    w_product = product(w)
    p, p_product = p - (p @ v) * v, p_product - (p @ v) * climb.product
    p, p_product = p - (p @ w) * w, p_product - (p @ w) * w_product
    length = jnp.sqrt(p @ p + TINY)
    basis = jnp.stack([v, w, p / length])
    products = jnp.stack([climb.product, w_product, p_product / length])
    small = basis @ products.T
    # Without a step before, or where it adds nothing, its place must not win with a 0.
    absent = p @ p < TINY
    small = small.at[2, 2].add(jnp.where(absent, small[0, 0] - jnp.abs(small[0, 0]), 0.0))
    share = eigh(0.5 * (small + small.T))[1][:, -1]
    aside = share.at[0].set(0.0)
    return _Climb(share @ basis, share @ products, aside @ basis, aside @ products, climb.count + 1)


def _unit(v: Array) -> Array:
    return v / jnp.sqrt(v @ v + TINY)


class _Block(NamedTuple):
    vectors: Array
    products: Array
    values: Array
    residual: Array
    count: Array


def _subspace(product: Callable[[Array], Array], d: int, count: int) -> Pairs:
    """The top `count` pairs, by powers of A on a block of vectors."""
    width = min(count + GUARDS, d)
    many = jax.vmap(product, in_axes=1, out_axes=1)

    def power(block: _Block) -> _Block:
        basis = orthonormal(block.products)
        products = many(basis)
        values, turn = eigh(basis.T @ products)
        vectors, products = basis @ turn, products @ turn
        residual = jnp.linalg.norm((products - values * vectors)[:, -count:], axis=0)
        return _Block(vectors, products, values, jnp.max(residual), block.count + 1)

    def goes_on(block: _Block) -> Array:
        return (block.count < BLOCK_STEPS) & (block.residual > BLOCK_RESIDUAL * block.values[-1])

    chance = jnp.asarray(np.random.default_rng(0).normal(size=(d, width)))
    first = _Block(chance, many(chance), jnp.zeros(width), jnp.array(jnp.inf), jnp.array(0))
    end = jax.lax.while_loop(goes_on, power, power(first))
    done = ~(end.residual > BLOCK_RESIDUAL * end.values[-1])
    return Pairs(end.values[-count:], end.vectors[:, -count:], done)
