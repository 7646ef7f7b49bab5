"""Losses that are given by their residual, beside those that are given by their value."""

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics.networks import Network
from dynamics.projection import projection
from dynamics.residuals import Residuals
from dynamics.residuals import projection as end_of_descent
from dynamics.types import Parameter

HYPERBOLA = dynamics.Loss(
    key="by-residual",
    residual=lambda x: jnp.array([x[0] * x[1] - 1]),
    start=(2.6, 0.9),
)


def test_it_is_the_same_loss() -> None:
    """L, ∇L, runs, Φ and the laws of the hyperbola, of which the menu has the formulas."""
    known = dynamics.LOSSES["hyperbola"]
    x = jnp.array([2.0, 0.7])
    assert HYPERBOLA.value(x) == pytest.approx(float(known.value(x)), rel=1e-15)
    runs = [dynamics.simulate(loss, "ngd", (2.6, 0.9), 0.1, 300) for loss in (HYPERBOLA, known)]
    np.testing.assert_allclose(runs[0].x[:50], runs[1].x[:50], rtol=1e-12)
    found, wanted = map(dynamics.measure, runs)
    np.testing.assert_allclose(found.projection_sharpness, wanted.projection_sharpness, rtol=1e-6)
    assert found.stableness_pair[-1] == pytest.approx(1, abs=0.05)


def test_its_numbers_may_be_parameters() -> None:
    loss = dynamics.Loss(
        key="scaled",
        residual=lambda x, theta: jnp.array([theta["k"] * (x[0] * x[1] - 1)]),
        start=(2.0, 0.7),
        weight=0.5,
        parameters=(Parameter("k", 2.0, 0.0, 9.0),),
    )
    x = jnp.array([2.0, 0.7])
    assert loss.value(x) == pytest.approx(0.25 * (2 * 0.4) ** 2)
    assert loss.at(k=3.0).value(x) == pytest.approx(0.25 * (3 * 0.4) ** 2)
    assert loss.family == loss.at(k=3.0).family
    np.testing.assert_allclose(
        projection(loss.at(k=3.0), x), dynamics.LOSSES["hyperbola"].projection(x), atol=1e-8
    )


def stiff() -> tuple[Residuals, np.ndarray]:
    """A network of 31 parameters on five data, of which some relax a hundred million times as fast
    as others."""
    net = Network((1, 10, 1), "tanh")
    draw = np.random.default_rng(0)
    data = draw.normal(size=(5, 1)), draw.normal(size=(5, 1))
    return net.residuals(*data), net.start(0)


def test_the_end_of_a_stiff_descent_is_found() -> None:
    """As near as a solver of a tenth of the tolerance comes."""
    residuals, start = stiff()
    loss = dynamics.Loss(
        key="stiff",
        residual=residuals.at,
        weight=residuals.weight,
        start=tuple(map(float, start)),
        codim=5,
    )
    assert loss.value(start) == pytest.approx(float(residuals.value(start)), rel=1e-14)
    found = projection(loss, jnp.asarray(start))
    assert float(residuals.value(found)) < 1e-24
    finer, _ = end_of_descent(residuals, jnp.asarray(start), 1e-11, 10_000)
    np.testing.assert_allclose(found, finer, atol=1e-6)


@pytest.mark.every
def test_by_its_value_alone_no_solver_comes_there() -> None:
    residuals, start = stiff()
    alone = dynamics.Loss("alone", residuals.value, tuple(map(float, start)), codim=5)
    assert not np.any(np.isfinite(projection(alone, jnp.asarray(start))))


def test_one_of_the_two_is_needed() -> None:
    with pytest.raises(ValueError, match="must have a value or a residual"):
        dynamics.Loss(key="nothing", start=(1.0,))
