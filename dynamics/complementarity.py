"""How wide GD bounces in each of a few directions at once: a complementarity problem of matrices.

Of Σ ⪰ 0 (k × k, the covariance of the bounce), with M symmetric and positive and A symmetric,

    W = M[Σ] − A ⪰ 0,    ⟨Σ, W⟩ = 0

which is what minimises ½⟨Σ, M[Σ]⟩ − ⟨A, Σ⟩. For k = 1 it is Σ = max(0, A/M). For two and three
directions an interior point goes to it by Newton's method for ½(ΣW + WΣ) = μ, μ → 0 [AHO98]; it
comes to rounding in some twenty steps where Σ + W is positive, and to its root where it is not.

A symmetric matrix is held as its coordinates in an orthonormal basis of such matrices, [m] with
m = k(k + 1)/2: the diagonal, then √2 times what is above it.

[AHO98] Alizadeh, Haeberly, Overton, SIAM J. Optim. 8, 1998.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.types import Array

MOST_STEPS = 60
DONE = 1e-15  # of the scale: where ⟨Σ, W⟩ is less, it has arrived
SHORTENED = 0.98  # of the way to where Σ or W would no longer be positive
START = 10.0  # of the identity: Σ and W at first, far inside
CENTRED = 0.2  # of μ, by which each step aims to lessen it
LEAST = 1e-12  # of the largest of M: added to it, so that there is one Σ where M alone has many


class Answer(NamedTuple):
    """A solution: Σ and W, [m] each."""

    spread: Array
    slack: Array


def matrices(k: int) -> np.ndarray:
    """The orthonormal basis of symmetric matrices, [m, k, k]."""
    rows, columns = np.triu_indices(k, 1)
    basis = np.zeros((k + len(rows), k, k))
    basis[np.arange(k), np.arange(k), np.arange(k)] = 1
    above = k + np.arange(len(rows))
    basis[above, rows, columns] = basis[above, columns, rows] = np.sqrt(0.5)
    return basis


def complementary(matrix: Array, drive: Array) -> Array:
    """Σ for M [m, m] and A [m], in the basis of `matrices`: [m]."""
    if len(drive) == 1:
        return jnp.maximum(0.0, drive / matrix[0])
    return _interior(matrix, drive).spread


def _interior(matrix: Array, drive: Array) -> Answer:
    """The solution by an interior point, of the problem scaled to numbers near 1."""
    k = int((np.sqrt(8 * len(drive) + 1) - 1) / 2)
    basis = jnp.asarray(matrices(k))
    # Of two symmetric matrices as coordinates the symmetric product is one.
    product = jnp.einsum("aij,bjk,cik->cab", basis, basis, basis)
    product = 0.5 * (product + jnp.swapaxes(product, 1, 2))
    size, force = (jnp.maximum(jnp.max(jnp.abs(part)), 1e-300) for part in (matrix, drive))
    scaled = matrix / size + LEAST * jnp.eye(len(drive))
    wanted = drive / force
    one = jnp.einsum("aii->a", basis)

    def step(state: tuple[Answer, Array]) -> tuple[Answer, Array]:
        answer, count = state
        return _newton(answer, scaled, wanted, product, basis, one), count + 1

    def going(state: tuple[Answer, Array]) -> Array:
        (spread, slack), count = state
        off = jnp.max(jnp.abs(scaled @ spread - wanted - slack))
        return (count < MOST_STEPS) & (jnp.maximum(jnp.abs(spread @ slack), off) > DONE)

    begin = Answer(START * one, START * one)
    answer, _ = jax.lax.while_loop(going, step, (begin, jnp.array(0)))
    return Answer(answer.spread * force / size, answer.slack * force)


def _newton(
    answer: Answer, matrix: Array, drive: Array, product: Array, basis: Array, one: Array
) -> Answer:
    """One step towards ½(ΣW + WΣ) = CENTRED · μ and W = M[Σ] − A, that stays inside."""
    spread, slack = answer
    by_spread, by_slack = product @ spread, product @ slack
    aim = CENTRED * (spread @ slack) / len(basis[0])
    off = matrix @ spread - drive - slack
    right = aim * one - by_spread @ slack - by_spread @ off
    moved = jnp.linalg.solve(by_slack + by_spread @ matrix, right)
    raised = matrix @ moved + off
    far = jnp.minimum(_room(spread, moved, basis), _room(slack, raised, basis))
    # Where rounding has it on the border already there is no more to gain.
    length = jnp.nan_to_num(jnp.minimum(1.0, SHORTENED * far))
    moved, raised = (jnp.where(length > 0, part, 0.0) for part in (moved, raised))
    return Answer(spread + length * moved, slack + length * raised)


def _room(inside: Array, way: Array, basis: Array) -> Array:
    """How often a way can be gone before a positive matrix is no longer one."""
    matrix, along = (jnp.tensordot(part, basis, 1) for part in (inside, way))
    root = jnp.linalg.cholesky(matrix)
    half = jax.scipy.linalg.solve_triangular(root, along, lower=True)
    seen = jax.scipy.linalg.solve_triangular(root, half.T, lower=True)
    least = jnp.linalg.eigvalsh(0.5 * (seen + seen.T))[0]
    return jnp.where(least >= 0, jnp.inf, -1 / least)
