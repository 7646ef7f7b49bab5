"""Gradient, Hessian and what its spectrum says: λ₁, v₁ and the tangent space of Γ.

In two dimensions eigenpairs are in closed form; otherwise they come from `eigh`.
"""

import jax
import jax.numpy as jnp

from dynamics.types import Array, Loss


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
    """λ₁(∇²L(x)), [d] -> []. Of L, never of √L."""
    matrix = hessian(loss, x)
    if loss.d == 2:
        return _top_eigenvalue_2(matrix)
    return jnp.linalg.eigvalsh(matrix)[-1]


def eigenvectors(loss: Loss, x: Array) -> Array:
    """Unit eigenvectors of ∇²L(x) as columns, in ascending order of eigenvalue, [d, d]."""
    matrix = hessian(loss, x)
    if loss.d == 2:
        return _eigenvectors_2(matrix)
    return jnp.linalg.eigh(matrix)[1]


def direction(loss: Loss, x: Array) -> Array:
    """v₁, the unit top eigenvector of ∇²L(x), [d] -> [d]; its sign is arbitrary."""
    return eigenvectors(loss, x)[:, -1]


def normal_space(loss: Loss, x: Array) -> tuple[Array, Array]:
    """The top `codim` eigenpairs of ∇²L(x): eigenvalues [codim], eigenvectors [d, codim].

    On Γ they span the normal space; what is orthogonal to them is the tangent space of Γ.
    """
    vectors = eigenvectors(loss, x)[:, loss.d - loss.codim :]
    values = jnp.einsum("ij,ik,kj->j", vectors, hessian(loss, x), vectors)
    return values, vectors


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


def _top_eigenvalue_2(matrix: Array) -> Array:
    a, b, c = matrix[0, 0], matrix[0, 1], matrix[1, 1]
    return 0.5 * (a + c) + jnp.hypot(0.5 * (a - c), b)


def _eigenvectors_2(matrix: Array) -> Array:
    """Columns in ascending order of eigenvalue, by half the angle of (½(a − c), b)."""
    a, b, c = matrix[0, 0], matrix[0, 1], matrix[1, 1]
    angle = 0.5 * jnp.arctan2(b, 0.5 * (a - c))
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    return jnp.array([[-sin, cos], [cos, sin]])
