"""The numbers in a formula: any of them, without compiling anew, and the closed forms go along."""

from collections.abc import Callable
from functools import lru_cache, partial

import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, Parameter, measure, quadratic, simulate, sweep
from dynamics.compilation import quickly
from dynamics.curvature import gradient
from dynamics.flows import integrate
from dynamics.projection import projection, solve_projection
from dynamics.types import Array

PARAMETRISED = [
    loss for loss in dynamics.LOSSES.values() if any(p.is_number for p in loss.parameters)
]


def moved(loss: Loss, share: float) -> Loss:
    """All of its numbers at a share of the way from the least to the greatest."""
    numbers = [p for p in loss.parameters if p.is_number]
    return loss.at(**{p.name: p.low + share * (p.high - p.low) for p in numbers})


def closed_sharpness(loss: Loss, x: Array) -> Array:
    return loss.manifold_sharpness(x)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.6])
@pytest.mark.parametrize("loss", PARAMETRISED, ids=lambda loss: loss.key)
def test_closed_forms_hold_for_other_numbers(loss: Loss, share: float, autodiff, along) -> None:
    """Gradient, Φ, λ₁ on Γ: against automatic differentiation and the solver."""
    other = moved(loss, share)
    x = np.array(loss.start) * np.array([[1.0], [0.9], [1.07]])
    assert not np.allclose(other.value(x[0]), loss.value(x[0]))
    found = along(gradient, other, x)
    np.testing.assert_allclose(found, autodiff.gradient(other, x), rtol=1e-12)
    ends = along(projection, other, x)
    np.testing.assert_allclose(ends, along(solve_projection, other, x), rtol=1e-7, atol=3e-8)
    top = np.linalg.eigvalsh(autodiff.hessian(other, ends))[:, -1]
    found = along(closed_sharpness, other, ends)
    np.testing.assert_allclose(found, top, rtol=1e-9)


@lru_cache
def solver(name: str) -> Callable:
    """The limiting flow of a rule, whatever the loss has in closed form."""
    return quickly(partial(integrate, dynamics.RULES[name].flow))


@pytest.mark.parametrize("share", [0.1, 0.6, 1.0])
@pytest.mark.parametrize("key", ["ring", "crossing"])
def test_flows_in_closed_form_hold_for_other_numbers(key: str, share: float) -> None:
    other = moved(dynamics.LOSSES[key], share)
    tau = jnp.linspace(0.0, 1.5, 4)
    foot = other.projection(np.array(other.start))
    for name, closed in other.limiting_flows.items():
        solved = solver(name)(other, foot, tau)
        found = np.stack([closed(foot, t) for t in tau])
        np.testing.assert_allclose(found, solved, atol=1e-7)


def test_the_branch_of_an_ellipse_goes_along_with_its_aspect() -> None:
    other = dynamics.LOSSES["ellipse"].at(a=0.8)
    points = np.stack([other.branches[0].curve(s) for s in np.linspace(-3, 3, 7)])
    np.testing.assert_allclose(0.8 * points[:, 0] ** 2 + points[:, 1] ** 2, 1, rtol=1e-14)


@pytest.mark.parametrize("loss", PARAMETRISED, ids=lambda loss: loss.key)
def test_other_numbers_compile_nothing(loss: Loss, compiled: list[str]) -> None:
    def run(loss: Loss) -> None:
        found = simulate(loss, "ngd", None, 0.03, 60, measured=True)
        measure(found)
        sweep(loss, "gd", np.array([loss.start]), np.array([0.03]), 60)

    run(loss)
    before = len(compiled)
    run(moved(loss, 0.4))
    run(moved(loss, 0.7))
    assert len(compiled) == before


def test_bowls_of_as_many_parameters_share_their_programs(compiled: list[str]) -> None:
    """By eigenvalues, and by a matrix."""
    turn = np.array([[2.0, 0.5], [0.5, 1.0]])
    for one, other in (((3.0, 1.0), (7.0, 2.0)), (turn, turn + np.eye(2))):
        measure(simulate(quadratic(one), "ngd", None, 0.03, 60))
        before = len(compiled)
        found = measure(simulate(quadratic(other), "ngd", None, 0.03, 60))
        assert len(compiled) == before
        top = np.linalg.eigvalsh(np.diag(other) if np.ndim(other) == 1 else other)[-1]
        np.testing.assert_allclose(found.sharpness, top, rtol=1e-12)


def test_a_network_on_other_data_compiles_nothing(compiled: list[str]) -> None:
    loss = dynamics.LOSSES["tiny-network"]
    simulate(loss, "ngd", None, 0.03, 40)
    before = len(compiled)
    other = loss.at(targets=np.array([0.3, -0.2, 0.5]))
    run = simulate(other, "ngd", None, 0.03, 40)
    assert len(compiled) == before
    assert not np.allclose(run.x[-1], simulate(loss, "ngd", None, 0.03, 40).x[-1])


def test_a_record_of_ones_own_may_have_parameters() -> None:
    """½k(xy − 1)²: λ₁ is k times that of the hyperbola."""
    own = Loss(
        key="own",
        value=lambda x, theta: 0.5 * theta["k"] * (x[0] * x[1] - 1) ** 2,
        start=(2.0, 0.7),
        parameters=(Parameter("k", 1.0, 0.5, 4.0),),
    )
    one = measure(simulate(own, "ngd", None, 0.05, 40))
    three = measure(simulate(own.at(k=3.0), "ngd", None, 0.05, 40))
    np.testing.assert_allclose(three.x, one.x, rtol=1e-8)
    np.testing.assert_allclose(three.sharpness, 3 * one.sharpness, rtol=1e-8)
    np.testing.assert_allclose(three.projection, one.projection, atol=1e-8)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"k": 3.0}, "k must be a number in 0.1 … 2, got 3.0"),
        ({"k": float("nan")}, "k must be finite, got nan"),
        ({"k": [1.0, 1.0]}, "k must be a number in 0.1 … 2, got [1.0, 1.0]"),
        ({"q": 1.0}, "no parameter 'q': ring has k"),
    ],
)
def test_a_number_that_cannot_be_is_answered_with_what_must_hold(numbers, message: str) -> None:
    with pytest.raises(ValueError, match=message.split(" ")[0]) as error:
        dynamics.LOSSES["ring"].at(**numbers)
    assert str(error.value) == message
