"""Eigenpairs by products against LAPACK, and in the cases in which they are hard to get."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dynamics import Loss
from dynamics.curvature import MATRIX_FREE, direction, normal_space, sharpness
from dynamics.eigenpairs import top_pair, top_pairs
from dynamics.types import Array

D = 40
RANDOM = np.random.default_rng(5)
TURN = np.linalg.qr(RANDOM.normal(size=(D, D)))[0]


def turned(_: None, eigenvalues: Array) -> Array:
    """A [d, d] with eigenvectors TURN and such eigenvalues [d]: the test's x is the latter."""
    return (TURN * eigenvalues) @ TURN.T


def times(_: None, eigenvalues: Array, v: Array) -> Array:
    return TURN @ (eigenvalues * (TURN.T @ v))


one = jax.jit(partial(top_pair, times, turned, None))
several = jax.jit(partial(top_pairs, times, turned, None), static_argnames="count")


SPECTRA = {
    "spread evenly": np.linspace(0.1, 3, D),
    "indefinite": np.linspace(-5, 3, D),
    "negative": np.linspace(-5, -1, D),
    "of rank one": np.append(np.zeros(D - 1), 2.0),
    "almost equal at the top": np.append(np.linspace(0, 1, D - 1), 1 + 1e-9),
    "close at the top": np.append(np.linspace(0, 1, D - 1), 1 + 1e-4),
    "equal at the top": np.append(np.linspace(0, 1, D - 2), [2, 2]),
    "all equal": np.ones(D),
    "zero": np.zeros(D),
    "large": 1e150 * np.linspace(0, 1, D),
}


@pytest.mark.parametrize("eigenvalues", SPECTRA.values(), ids=SPECTRA)
@pytest.mark.parametrize("guess", [0, D - 1, None])
def test_the_top_pair_of_any_spectrum(eigenvalues: np.ndarray, guess: int | None) -> None:
    """Also from a guess that is another eigenvector, or none."""
    start = np.zeros(D) if guess is None else TURN[:, guess]
    value, v = one(eigenvalues, start)
    scale = np.abs(eigenvalues).max() + 1e-300
    assert value / scale == pytest.approx(eigenvalues.max() / scale, rel=1e-9, abs=1e-15)
    assert np.linalg.norm(v) == pytest.approx(1, abs=1e-12)
    residual = np.asarray(times(None, eigenvalues, v) - value * v)
    np.testing.assert_allclose(residual / scale, 0, atol=1e-9)


def test_the_top_direction_where_there_is_a_gap() -> None:
    for eigenvalues in (SPECTRA["spread evenly"], SPECTRA["close at the top"]):
        _, v = one(eigenvalues, np.ones(D))
        assert abs(v @ TURN[:, -1]) == pytest.approx(1, abs=1e-9)


def test_rows_that_do_not_converge_are_decomposed_and_the_others_are_not() -> None:
    """In batches of batches, a matrix without rows in turn: only the hard ones are made."""
    made = []

    def matrix(data: None, x: Array) -> Array:
        jax.debug.callback(lambda: made.append(1))
        return turned(data, x)

    easy, hard = SPECTRA["of rank one"], SPECTRA["almost equal at the top"]
    x = np.array([[easy, hard], [easy, easy], [hard, easy]])
    find = jax.jit(jax.vmap(jax.vmap(lambda x: top_pair(times, matrix, None, x, 0 * x)[0])))
    np.testing.assert_allclose(find(x), x.max(axis=2), rtol=1e-9)
    jax.effects_barrier()
    assert len(made) == 2


def test_no_number_in_no_number_out() -> None:
    value, v = one(np.full(D, np.nan), np.zeros(D))
    assert np.isnan(value)
    assert np.all(np.isnan(v))


@pytest.mark.parametrize("rest", [0.0, 1e-7, -1e-2, 0.9])
def test_the_top_pairs_of_what_is_almost_of_low_rank(rest: float) -> None:
    """And of what is not, where they come from LAPACK in the end."""
    few = np.array([0.02, 1.0, 1.0, 1.5, 3.0]) + max(rest, 0)
    eigenvalues = np.append(np.linspace(-0.5, 1, D - len(few)) * rest, few)
    values, vectors = several(eigenvalues, count=len(few))
    np.testing.assert_allclose(values, few, rtol=1e-9)
    expected = TURN[:, -len(few) :]
    np.testing.assert_allclose(vectors @ vectors.T, expected @ expected.T, atol=1e-9)


@pytest.mark.parametrize("d", [MATRIX_FREE - 5, MATRIX_FREE, 60])
def test_a_wide_network_on_either_side_of_the_crossover(d: int, along, autodiff) -> None:
    """λ₁, v₁ anywhere, and the normal space on Γ, against LAPACK on the matrix."""
    units, data = d // 5, np.random.default_rng(0).normal(size=(3, 3))
    point = 0.7 * np.random.default_rng(1).normal(size=d)

    def outputs(x: Array) -> Array:
        a, b, c = x[: 3 * units].reshape(3, units), x[3 * units : 4 * units], x[4 * units :]
        return jnp.tanh(data @ a + b) @ c

    fitted = np.asarray(outputs(point))
    loss = Loss(
        "network", lambda x: 0.5 * jnp.mean((outputs(x) - fitted) ** 2), tuple(point), codim=3
    )
    x = point + 0.3 * np.random.default_rng(2).normal(size=(7, d))
    values, vectors = np.linalg.eigh(autodiff.hessian(loss, x))
    np.testing.assert_allclose(along(sharpness, loss, x), values[:, -1], rtol=1e-9)
    cosine = np.sum(along(direction, loss, x) * vectors[:, :, -1], axis=1)
    np.testing.assert_allclose(np.abs(cosine), 1, atol=1e-9)
    values, vectors = np.linalg.eigh(autodiff.hessian(loss, point[None])[0])
    found, normal = (part[0] for part in along(normal_space, loss, point[None]))
    np.testing.assert_allclose(found, values[-3:], rtol=1e-9)
    expected = vectors[:, -3:] @ vectors[:, -3:].T
    np.testing.assert_allclose(normal @ normal.T, expected, atol=1e-9)
