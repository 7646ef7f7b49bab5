"""What is told of losses and starts for which the theorem's assumptions do not hold."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Broken, Loss, Run
from dynamics.flows import limiting_flow
from dynamics.measures import Measures
from dynamics.phases import phases
from dynamics.projection import landing, projection

MEASURED_FROM_GAMMA = (
    "projection", "projection_sharpness", "spectrum", "components", "alignment", "flow",
    "flow_sharpness", "gap", "offset", "lopsidedness", "sqrt_loss_pair",
)  # fmt: skip


def product(x):
    """c with Γ = {c = 0}, a hyperbola."""
    return x[0] * x[1] - 1


def measured(value: Callable, codim: int = 1, start=(2.0, 0.7)) -> tuple[Run, Measures]:
    loss = Loss("own", value, start, codim=codim)
    run = dynamics.simulate(loss, "ngd", eta=0.05, steps=400)
    return run, dynamics.measure(run)


@pytest.mark.parametrize(
    ("value", "codim", "why"),
    [
        pytest.param(lambda x: jnp.abs(product(x)), 1, Broken.NOT_SMOOTH, id="kink"),
        pytest.param(lambda x: product(x) ** 4, 1, Broken.NOT_SMOOTH, id="quartic"),
        pytest.param(
            lambda x: x @ x, 1, Broken.NOT_SMOOTH, id="rank 2, codim 1", marks=pytest.mark.every
        ),
        pytest.param(lambda x: product(x) ** 2 / 2, 2, Broken.NOT_SMOOTH, id="rank 1, codim 2"),
        pytest.param(lambda x: product(x) ** 2 + 1, 1, Broken.NO_END, id="minimum 1"),
        pytest.param(
            lambda x: product(x) ** 2 - 1,
            1,
            Broken.NO_END,
            id="minimum -1",
            marks=pytest.mark.every,
        ),
    ],
)
def test_a_loss_that_breaks_the_assumptions_has_no_numbers_and_says_why(
    value: Callable, codim: int, why: Broken
) -> None:
    run, measures = measured(value, codim)
    assert dynamics.broken(run, measures) is why
    for name in MEASURED_FROM_GAMMA:
        assert np.isnan(getattr(measures, name)).all(), name
    assert np.isfinite(measures.loss).all()
    assert [phase.name for phase in phases(run, measures)] == ["descent"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda x: product(x) ** 2 / 2, id="a square"),
        pytest.param(lambda x: ((x[0] * x[1]) ** 2 - 2 * x[0] * x[1] + 1) / 2, id="that cancels"),
        pytest.param(lambda x: jnp.cosh(product(x)) - 1, id="no square", marks=pytest.mark.every),
    ],
)
def test_one_that_does_not_has_those_of_its_valley(value: Callable) -> None:
    run, measures = measured(value)
    assert dynamics.broken(run, measures) is None
    x, y = measures.projection.T
    np.testing.assert_allclose(x * y, 1, atol=1e-7)
    # λ₁ = x² + y² on a hyperbola, and x² − y² is what gradient flow keeps.
    np.testing.assert_allclose(measures.projection_sharpness, x**2 + y**2, rtol=1e-6)
    np.testing.assert_allclose(x[0] ** 2 - y[0] ** 2, 2**2 - 0.7**2, rtol=1e-6)
    assert measures.gap[-1] < 0.05


def test_the_flow_ends_where_the_rank_falls() -> None:
    # On x = 0 of (xy)² λ₁ is 2y², so y² falls by τ: from 0.16 it is 0 at τ = 0.16.
    run, measures = measured(lambda x: (x[0] * x[1]) ** 2, start=(0.3, 0.5))
    assert dynamics.broken(run, measures) is Broken.FLOW_ENDS
    ended = measures.tau > 0.5**2 - 0.3**2
    np.testing.assert_array_equal(np.isnan(measures.flow[:, 1]), ended)
    here = measures.flow[~ended]
    np.testing.assert_allclose(here[:, 1] ** 2 + measures.tau[~ended], 0.16, atol=1e-6)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda x: jnp.abs(product(x)), id="kink"),
        pytest.param(lambda x: product(x) ** 4, id="quartic"),
        pytest.param(lambda x: 0 * product(x), id="level"),
    ],
)
@pytest.mark.parametrize("rule", ["ngd", "sqrt-gd"])
def test_no_flow_starts_on_a_valley_without_curvature(value: Callable, rule: str) -> None:
    loss = Loss("own", value, (2.0, 0.5))
    tau = np.array([0.0, 0.1, 0.2])
    assert np.isnan(limiting_flow(loss, dynamics.RULES[rule], np.array([2.0, 0.5]), tau)).all()


def test_a_map_has_no_sharpness_below_a_kink_or_where_it_is_too_flat() -> None:
    smooth, kink, flat = (
        Loss("own", value, (2.0, 0.7))
        for value in (
            lambda x: product(x) ** 2 / 2,
            lambda x: jnp.abs(product(x)),
            lambda x: product(x) ** 4,
        )
    )
    x = np.array([2.0, 0.7])
    np.testing.assert_allclose(landing(smooth, x), projection(smooth, x), atol=1e-7)
    assert np.isnan(landing(kink, x)).all()
    assert np.isnan(landing(flat, x)).all()


@pytest.mark.parametrize(("loss", "start"), [("hyperbola", (1.0, -1.0)), ("ellipse", (0.0, 0.0))])
def test_a_start_whose_descent_ends_elsewhere_is_told(loss: str, start) -> None:
    run = dynamics.simulate(loss, "ngd", start, eta=0.05, steps=200)
    measures = dynamics.measure(run)
    assert dynamics.broken(run, measures) is Broken.NO_END
    assert [phase.name for phase in phases(run, measures)] == ["descent"]
