"""Curvature against LAPACK on autodiff Hessians, and against differences."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dynamics import Loss
from dynamics.curvature import (
    direction,
    gradient,
    hessian,
    newton_to_manifold,
    normal_space,
    sharpness,
    sharpness_gradient,
    tangential,
)
from dynamics.types import Array
from tests.catalogue import each_kind_of_loss, each_kind_of_valley

MATRICES = {
    "diagonal": [[1.0, 0.0], [0.0, 3.0]],
    "diagonal, the other way": [[3.0, 0.0], [0.0, 1.0]],
    "a multiple of one": [[2.0, 0.0], [0.0, 2.0]],
    "equal on the diagonal": [[1.0, -0.5], [-0.5, 1.0]],
    "indefinite": [[1.0, 2.0], [2.0, -3.0]],
    "negative": [[-5.0, 1.0], [1.0, -2.0]],
    "singular": [[4.0, 2.0], [2.0, 1.0]],
    "large and small": [[1e150, 1e149], [1e149, 1e-150]],
    "zero": [[0.0, 0.0], [0.0, 0.0]],
}


class Everything(NamedTuple):
    """What the module says of a point, in one program."""

    gradient: Array
    hessian: Array
    sharpness: Array
    direction: Array
    sharpness_gradient: Array
    normal_values: Array
    normal_vectors: Array
    projector: Array
    newton: Array


def everything(loss: Loss, x: Array) -> Everything:
    values, vectors = normal_space(loss, x)
    return Everything(
        gradient=gradient(loss, x),
        hessian=hessian(loss, x),
        sharpness=sharpness(loss, x),
        direction=direction(loss, x),
        sharpness_gradient=sharpness_gradient(loss, x),
        normal_values=values,
        normal_vectors=vectors,
        projector=jax.vmap(partial(tangential, vectors))(jnp.eye(loss.d)),
        newton=newton_to_manifold(loss, x),
    )


def bowl(matrix) -> Loss:
    """½xᵀAx, whose Hessian is A."""
    matrix = jnp.array(matrix)
    d = len(matrix)
    return Loss("bowl", lambda x: 0.5 * x @ matrix @ x, start=(1.0,) * d, codim=d)


def three_dimensional() -> Loss:
    """A valley of codimension 2 that is steep along x = const. planes, and turns."""

    def value(x):
        return 0.5 * ((2 + x[0] ** 2) * (x[1] - x[0] ** 2) ** 2 + 0.4 * (x[2] - jnp.sin(x[0])) ** 2)

    return Loss("three", value, start=(0.7, 1.0, 0.3), codim=2)


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_eigenpairs_in_closed_form(matrix) -> None:
    loss, x = bowl(matrix), jnp.zeros(2)
    scale = np.abs(matrix).max() + 1e-300
    values, vectors = normal_space(loss, x)
    np.testing.assert_allclose(values / scale, np.linalg.eigvalsh(matrix) / scale, atol=4e-16)
    np.testing.assert_allclose(sharpness(loss, x) / scale, values[1] / scale, atol=4e-16)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(2), atol=4e-16)
    np.testing.assert_allclose(direction(loss, x), vectors[:, 1])


@each_kind_of_loss
def test_gradient_and_hessian(loss: Loss, anywhere, along, autodiff) -> None:
    x = anywhere(loss)
    found = along(everything, loss, x)
    np.testing.assert_allclose(found.gradient, autodiff.gradient(loss, x), rtol=1e-11)
    np.testing.assert_allclose(found.hessian, autodiff.hessian(loss, x), rtol=1e-9, atol=1e-11)


@each_kind_of_loss
def test_sharpness_and_direction(loss: Loss, anywhere, on_manifold, along, autodiff) -> None:
    x = np.concatenate([anywhere(loss), on_manifold(loss)])
    matrices = autodiff.hessian(loss, x)
    values, vectors = np.linalg.eigh(matrices)
    scale = np.abs(matrices).max(axis=(1, 2))
    found = along(everything, loss, x)
    np.testing.assert_allclose(found.sharpness / scale, values[:, -1] / scale, atol=1e-13)
    cosine = np.einsum("ti,ti->t", found.direction, vectors[:, :, -1])
    np.testing.assert_allclose(np.abs(cosine), 1, atol=1e-10)


@each_kind_of_loss
def test_normal_space_is_spanned_by_the_top_eigenvectors(
    loss: Loss, on_manifold, along, autodiff
) -> None:
    found = along(everything, loss, on_manifold(loss))
    values, vectors = found.normal_values, found.normal_vectors
    every = np.linalg.eigvalsh(autodiff.hessian(loss, on_manifold(loss)))
    np.testing.assert_allclose(values, every[:, loss.d - loss.codim :], rtol=1e-12)
    gram = np.einsum("tij,tik->tjk", vectors, vectors)
    np.testing.assert_allclose(gram - np.eye(loss.codim), 0, atol=1e-14)


@each_kind_of_valley
def test_tangential_takes_the_normal_part_away(valley: Loss, on_manifold, along, autodiff) -> None:
    """P⊥ = I − NNᵀ is symmetric, idempotent, and kills ∇²L on Γ."""
    x = on_manifold(valley)
    projectors = along(everything, valley, x).projector
    for projector, matrix in zip(projectors, autodiff.hessian(valley, x), strict=True):
        np.testing.assert_allclose(projector @ matrix / np.abs(matrix).max(), 0, atol=1e-12)
        np.testing.assert_allclose(projector @ projector, projector, atol=1e-14)
        np.testing.assert_allclose(np.trace(projector), valley.d - valley.codim, atol=1e-14)


@each_kind_of_valley
def test_the_branches_are_tangent(valley: Loss, along) -> None:
    """The derivative of a branch of Γ has no part in the normal space."""
    for branch in valley.branches:
        s = jnp.linspace(branch.low, branch.high, 9)[1:-1]
        x, tangents = jax.vmap(branch.curve)(s), jax.vmap(jax.jacfwd(branch.curve))(s)
        kept = np.einsum("tij,tj->ti", along(everything, valley, x).projector, tangents)
        np.testing.assert_allclose(kept, tangents, rtol=1e-9, atol=1e-9)


@each_kind_of_loss
def test_sharpness_gradient_is_that_of_the_eigenvalue(
    loss: Loss, anywhere, along, autodiff
) -> None:
    """D³L[v₁, v₁, ·] against central differences of LAPACK's λ₁."""
    h = 1e-5
    x = anywhere(loss)[:8]
    found = along(everything, loss, x).sharpness_gradient
    for i, e in enumerate(np.eye(loss.d)):
        above = np.linalg.eigvalsh(autodiff.hessian(loss, x + h * e))[:, -1]
        below = np.linalg.eigvalsh(autodiff.hessian(loss, x - h * e))[:, -1]
        np.testing.assert_allclose(found[:, i], (above - below) / (2 * h), rtol=1e-5, atol=1e-5)


@each_kind_of_valley
def test_newton_converges_quadratically_and_leaves_the_manifold_alone(
    valley: Loss, on_manifold, along, autodiff
) -> None:
    x = on_manifold(valley)
    found = along(everything, valley, x)
    scale = np.linalg.norm(x, axis=1) + 1
    np.testing.assert_allclose((found.newton - x) / scale[:, None], 0, atol=1e-13)
    off = [x + h * found.direction for h in (1e-2, 1e-3)]
    left = [autodiff.value(valley, along(everything, valley, z).newton) for z in off]
    before = autodiff.value(valley, off[1])
    assert np.all(np.sqrt(left[1]) <= 0.02 * np.sqrt(before))
    assert np.all(np.sqrt(left[1]) <= 0.015 * np.sqrt(left[0]) + 1e-12)


def test_three_dimensions_and_two_codimensions(along, autodiff) -> None:
    loss = three_dimensional()
    s = np.array([-1.0, 0.3, 1.2])
    x = np.stack([s, s**2, np.sin(s)], axis=1)
    found, every = along(everything, loss, x), np.linalg.eigvalsh(autodiff.hessian(loss, x))
    np.testing.assert_allclose(every[:, 0], 0, atol=1e-12)
    np.testing.assert_allclose(found.normal_values, every[:, 1:], rtol=1e-12)
    np.testing.assert_allclose(found.sharpness, every[:, 2], rtol=1e-12)
    tangent = np.stack([np.ones(3), 2 * s, np.cos(s)], axis=1)
    np.testing.assert_allclose(
        np.einsum("tij,ti->tj", found.normal_vectors, tangent), 0, atol=1e-12
    )
    moved = along(everything, loss, x + np.array([0, 1e-4, -1e-4])).newton
    landed = np.stack([moved[:, 0] ** 2, np.sin(moved[:, 0])], axis=1)
    np.testing.assert_allclose(moved[:, 1:], landed, atol=1e-7)
