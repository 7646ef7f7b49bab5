"""Gradient, Hessian and what its spectrum says: λ₁, v₁ and the tangent space of Γ.

In two dimensions eigenpairs are in closed form. From MATRIX_FREE on they come from products ∇²L v
where that is faster, and otherwise from `eigh`. Microseconds a row, of rows side by side on two
cores, `eigh` against products:

    d                                               10      20       50        100
    λ₁ of a rank-one factorization at random       8/6    23/10   793/33    6946/59
    λ₁ of a network with n data                  10/16    34/11   225/63     946/89
    normal space of that network on Γ, codim n           36/11   177/40     730/61
    λ₁ where eigenvalues are spread evenly       10/35    35/84  197/286    686/895

So products gain most where few eigenvalues are large, as near Γ; where they are spread evenly they
take two to four times as long. (Part of what `eigh` takes on the factorization at d = 50 and 100 is
denormal numbers, over which the processor is slow: without them 132 and 521.)
"""

import jax
import jax.numpy as jnp

from dynamics.eigenpairs import top_pair, top_pairs
from dynamics.lapack import eigh, eigvalsh
from dynamics.types import Array, Loss

MATRIX_FREE = 20
FEW = 4  # normal directions are few where there are so many dimensions to each

# On Γ an eigenvalue below this, or below this of λ₁, is zero; and so is a bend that is less of λ₁.
FLAT = 1e-10
BENT = 1e-5


def gradient(loss: Loss, x: Array) -> Array:
    """∇L(x), [d] -> [d]."""
    return loss.gradient(x) if loss.gradient else jax.grad(loss.value)(x)


def hessian(loss: Loss, x: Array) -> Array:
    """∇²L(x), [d] -> [d, d]."""
    return jax.jacfwd(lambda z: gradient(loss, z))(x)


def hessian_product(loss: Loss, x: Array, v: Array) -> Array:
    """∇²L(x) v, [d], [d] -> [d], without the matrix."""
    return jax.jvp(lambda z: gradient(loss, z), (x,), (v,))[1]


def sharpness(loss: Loss, x: Array) -> Array:
    """λ₁(∇²L(x)), [d] -> []. Of L, never of √L. NaN where x is, also of a constant Hessian."""
    return jnp.where(jnp.all(jnp.isnan(x)), jnp.nan, _top_eigenvalue(loss, x))


def eigenvectors(loss: Loss, x: Array) -> Array:
    """Unit eigenvectors of ∇²L(x) as columns, in ascending order of eigenvalue, [d, d]."""
    return _eigenvectors(hessian(loss, x))


def direction(loss: Loss, x: Array) -> Array:
    """v₁, the unit top eigenvector of ∇²L(x), [d] -> [d]; its sign is arbitrary."""
    return _top_pair(loss, x)[1] if loss.d >= MATRIX_FREE else eigenvectors(loss, x)[:, -1]


def normal_space(loss: Loss, x: Array) -> tuple[Array, Array]:
    """The top `codim` eigenpairs of ∇²L(x): eigenvalues [codim], eigenvectors [d, codim].

    On Γ they span the normal space; what is orthogonal to them is the tangent space of Γ.
    """
    if loss.d >= max(MATRIX_FREE, FEW * loss.codim):
        return top_pairs(hessian_product, hessian, loss, x, loss.codim)
    matrix = hessian(loss, x)
    vectors = _eigenvectors(matrix)[:, loss.d - loss.codim :]
    return jnp.einsum("ij,ik,kj->j", vectors, matrix, vectors), vectors


def tangential(vectors: Array, v: Array) -> Array:
    """P⊥ v, [d] -> [d], for the normal space spanned by the columns of `vectors`."""
    return v - vectors @ (vectors.T @ v)


def sharpness_gradient(loss: Loss, x: Array, v: Array | None = None) -> Array:
    """∇λ₁(x) = D³L(x)[v₁, v₁, ·], [d] -> [d]; valid where λ₁ is simple.

    Args:
        v: v₁(x), where it is known.
    """
    v = direction(loss, x) if v is None else v
    return jax.grad(lambda z: v @ hessian_product(loss, z, v))(x)


def newton_to_manifold(loss: Loss, x: Array) -> Array:
    """x − (∇²L)⁺∇L with the rank cut at `codim`: towards Γ, quadratically, from nearby."""
    values, vectors = normal_space(loss, x)
    return x - vectors @ (vectors.T @ gradient(loss, x) / values)


def has_rank(loss: Loss, x: Array) -> Array:
    """Whether ∇²L at x, a point of Γ, has rank `codim`, as the theorem asks, [d] -> [].

    As many eigenvalues are well above rounding, and along what is left L does not bend: by one
    product with a vector that is aslant to all axes.
    """
    values, vectors = normal_space(loss, x)
    along = tangential(vectors, jnp.cos(1.0 + jnp.arange(loss.d)))
    bend = tangential(vectors, hessian_product(loss, x, along))
    flat = jnp.linalg.norm(bend) <= BENT * values[-1] * jnp.linalg.norm(along)
    return flat & (values[-1] > FLAT) & (values[0] > FLAT * values[-1])


def onto_manifold(loss: Loss, x: Array) -> Array:
    """Two such steps, from nearby: on Γ to rounding. In a loop, so that one is compiled."""
    return jax.lax.fori_loop(0, 2, lambda _, z: newton_to_manifold(loss, z), x)


def _top_pair(loss: Loss, x: Array) -> tuple[Array, Array]:
    """λ₁ and v₁ by products. Near Γ the gradient is a good guess of v₁ in a run at the edge."""
    return top_pair(hessian_product, hessian, loss, x, gradient(loss, x))


def _top_eigenvalue(loss: Loss, x: Array) -> Array:
    if loss.d >= MATRIX_FREE:
        return _top_pair(loss, x)[0]
    matrix = hessian(loss, x)
    return _top_eigenvalue_2(matrix) if loss.d == 2 else eigvalsh(matrix)[-1]


def _top_eigenvalue_2(matrix: Array) -> Array:
    a, b, c = matrix[0, 0], matrix[0, 1], matrix[1, 1]
    return 0.5 * (a + c) + jnp.hypot(0.5 * (a - c), b)


def _eigenvectors(matrix: Array) -> Array:
    return _eigenvectors_2(matrix) if len(matrix) == 2 else eigh(matrix)[1]


def _eigenvectors_2(matrix: Array) -> Array:
    """Columns in ascending order of eigenvalue, by half the angle of (½(a − c), b)."""
    a, b, c = matrix[0, 0], matrix[0, 1], matrix[1, 1]
    angle = 0.5 * jnp.arctan2(b, 0.5 * (a - c))
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    return jnp.array([[-sin, cos], [cos, sin]])
