"""Sums of squares by products, against dense matrices, closed forms and the rest of the library."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import residuals as module
from dynamics.networks import ACTIVATIONS, Network
from dynamics.residuals import (
    Residuals,
    lanczos,
    normal_at,
    onto_manifold,
    projection,
    retracted,
    sharpness_slope,
    tangent,
    top_anywhere,
    top_on_manifold,
)
from dynamics.types import Array

NETWORK = Network((3, 4, 2), "tanh")
HYPERBOLA = Residuals(lambda x, _: jnp.array([x[0] * x[1] - 1]), np.zeros(1))


def small() -> tuple[Residuals, Array]:
    """A network of 26 parameters on five inputs, ten residuals, and a point of Γ."""
    draw = np.random.default_rng(2)
    residuals = NETWORK.residuals(draw.normal(size=(5, 3)), draw.normal(size=(5, 2)))
    x, steps = onto_manifold(residuals, jnp.asarray(NETWORK.start(1)))
    assert 0 < steps < 50
    assert residuals.value(x) <= 1e-26
    return residuals, x


def jacobian(residuals: Residuals, x: Array) -> np.ndarray:
    return np.asarray(jax.jacfwd(residuals.at)(x))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_network_is_what_its_matrices_say(activation: str) -> None:
    net = Network((3, 4, 2), activation)
    x = net.start(0)
    first, second = x[:12].reshape(4, 3), x[16:24].reshape(2, 4)
    inputs = np.array([0.3, -1.0, 2.0])
    hidden = np.asarray(ACTIVATIONS[activation](first @ inputs + x[12:16]))
    np.testing.assert_allclose(net.outputs(x, inputs), second @ hidden + x[24:], rtol=1e-14)
    assert net.p == len(x) == 26


@pytest.mark.parametrize("widths", [(3, 2), (3, 4, 2), (2, 5, 4, 3, 1)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_kernel_of_a_network_is_that_of_its_jacobian(
    widths: tuple[int, ...], activation: str
) -> None:
    net, draw = Network(widths, activation), np.random.default_rng(3)
    residuals = net.residuals(draw.normal(size=(6, widths[0])), draw.normal(size=(6, widths[-1])))
    x = jnp.asarray(draw.normal(size=net.p))
    j = jacobian(residuals, x)
    np.testing.assert_allclose(residuals.gram(x), j @ j.T, atol=1e-11)


@pytest.mark.parametrize("memory", [module.MEMORY, 8 * 26 * 2 * 2])
def test_products_are_those_of_dense_matrices(memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """K in one piece, and in pieces of two data."""
    monkeypatch.setattr(module, "MEMORY", memory)
    residuals, x = small()
    residuals = replace(residuals, kernel=None)
    x = x + 0.05 * jnp.cos(jnp.arange(26))
    j, v = jacobian(residuals, x), np.sin(np.arange(26))
    np.testing.assert_allclose(residuals.gram(x), j @ j.T, atol=1e-12)
    np.testing.assert_allclose(residuals.push(x, v), j @ v, atol=1e-12)
    np.testing.assert_allclose(residuals.pull(x, v[:10]), j.T @ v[:10], atol=1e-12)
    value, gradient = residuals.value_and_gradient(x)
    r = np.asarray(residuals.at(x))
    assert value == pytest.approx(r @ r / 10, rel=1e-12)
    np.testing.assert_allclose(gradient, j.T @ r / 5, atol=1e-12)
    hessian = np.asarray(jax.hessian(residuals.value)(x))
    np.testing.assert_allclose(residuals.hessian_product(x, v), hessian @ v, atol=1e-12)
    largest = np.linalg.eigvalsh(hessian)[::-1]
    top = top_anywhere(residuals, x, v)
    np.testing.assert_allclose(top.spectrum, largest[:3], rtol=1e-9)
    np.testing.assert_allclose(hessian @ top.direction, largest[0] * top.direction, atol=1e-7)


@pytest.mark.parametrize("dense", [module.DENSE, 0])
def test_on_the_manifold_the_gram_matrix_has_it_all(
    dense: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By LAPACK and by Lanczos."""
    monkeypatch.setattr(module, "DENSE", dense)
    residuals, x = small()
    hessian = np.asarray(jax.hessian(residuals.value)(x))
    values, vectors = np.linalg.eigh(hessian)
    normal = normal_at(residuals, x)
    top = top_on_manifold(residuals, x, normal, vectors[:, -1])
    np.testing.assert_allclose(top.spectrum, values[::-1][:3], rtol=1e-9)
    np.testing.assert_allclose(top.direction, vectors[:, -1], atol=1e-6)
    g = np.cos(np.arange(26))
    null = vectors[:, : 26 - 10]
    np.testing.assert_allclose(tangent(residuals, x, normal, g), null @ (null.T @ g), atol=1e-9)


def test_the_slope_of_the_sharpness_along_the_manifold() -> None:
    """Against differences of λ₁ between points of Γ."""
    residuals, x = small()
    normal = normal_at(residuals, x)
    top = top_on_manifold(residuals, x, normal, np.ones(26))
    rise = tangent(residuals, x, normal, sharpness_slope(residuals, x, top.direction))
    for seed in range(3):
        way = tangent(residuals, x, normal, np.random.default_rng(seed).normal(size=26))
        ends = [retracted(residuals, x + side * 1e-4 * way, 4) for side in (1, -1)]
        one, other = (
            top_on_manifold(residuals, end, normal_at(residuals, end), top.direction).spectrum[0]
            for end in ends
        )
        assert (one - other) / 2e-4 == pytest.approx(float(rise @ way), rel=1e-5, abs=1e-7)


def test_lanczos_in_a_space_that_is_seen_at_once() -> None:
    """A matrix with two eigenvalues has two vectors to find, from wherever one starts."""
    matrix = jnp.diag(jnp.array([2.0, 5.0, 2.0, 2.0, 2.0, 2.0]))
    for start in (jnp.eye(6)[1], jnp.ones(6)):
        values, v = lanczos(lambda w: matrix @ w, start)
        np.testing.assert_allclose(values, [5, 2, *[np.nan] * 4], rtol=1e-12)
        np.testing.assert_allclose(np.abs(v), jnp.eye(6)[1], atol=1e-12)


@pytest.mark.parametrize("start", [(2.0, 0.7), (-3.0, 0.5), (0.4, 1.9)])
def test_gradient_flow_ends_where_its_closed_form_does(start: tuple[float, float]) -> None:
    """xy = ±1 with x² − y² kept."""
    exact = np.asarray(dynamics.LOSSES["hyperbola"].projection(jnp.array(start)))  # type: ignore[misc]
    errors = [
        float(np.linalg.norm(projection(HYPERBOLA, jnp.array(start), tolerance)[0] - exact))
        for tolerance in (1e-4, 1e-6, 1e-8)
    ]
    assert errors[2] < 1e-6
    assert errors[2] < errors[1] < errors[0]


def test_two_gauss_newton_steps_end_near_that() -> None:
    """Within O(δ²) from a distance δ."""
    residuals, x = small()
    v = top_on_manifold(residuals, x, normal_at(residuals, x), np.ones(26)).direction
    away = []
    for delta in (0.04, 0.02, 0.01):
        from_there = x + delta * v
        end, _ = projection(residuals, from_there, 1e-8)
        away.append(float(np.linalg.norm(end - retracted(residuals, from_there))))
    ratios = np.array(away[:-1]) / away[1:]
    assert np.all(ratios > 3)


def test_shapes_that_do_not_go_together() -> None:
    with pytest.raises(ValueError, match=r"takes inputs \[5, 3\] and targets \[5, 2\]"):
        NETWORK.residuals(np.zeros((5, 3)), np.zeros((5, 1)))
    with pytest.raises(ValueError, match="widths must be two numbers or more"):
        Network((3,))
    with pytest.raises(ValueError, match="activation must be one of tanh"):
        Network((3, 1), "relu")
