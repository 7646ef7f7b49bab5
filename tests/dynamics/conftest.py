"""What the tests of the mathematics share: the catalogue as parameters, points, programs made once.

A test that asks for `loss` runs over the whole catalogue, so a new loss is tested before anyone
writes a test for it.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Loss, Rule, dormand_prince
from dynamics.compilation import quickly
from dynamics.projection import projection
from tests.catalogue import FIRST

BATCH = 32


def _keyed(records) -> dict:
    return {"params": list(records), "ids": lambda record: record.key}


@pytest.fixture(**_keyed(dynamics.LOSSES.values()))
def loss(request: pytest.FixtureRequest) -> Loss:
    """Every loss of the catalogue in turn."""
    return request.param


@pytest.fixture(**_keyed(loss for loss in dynamics.LOSSES.values() if loss.codim < loss.d))
def valley(request: pytest.FixtureRequest) -> Loss:
    """Every loss with a manifold to drift along."""
    return request.param


@pytest.fixture(
    params=[
        pytest.param(rule, marks=() if rule.key in FIRST else pytest.mark.every)
        for rule in dynamics.RULES.values()
    ],
    ids=lambda rule: rule.key,
)
def rule(request: pytest.FixtureRequest) -> Rule:
    """Every rule in turn."""
    return request.param


@pytest.fixture(**_keyed(rule for rule in dynamics.RULES.values() if rule.lopsided))
def drifting(request: pytest.FixtureRequest) -> Rule:
    """Every rule of the theorem."""
    return request.param


@pytest.fixture(scope="session")
def anywhere() -> Callable[[Loss], np.ndarray]:
    """Points of the view and the domain of a loss, at random, [n, d]."""
    return _anywhere


@pytest.fixture(scope="session")
def on_manifold() -> Callable[[Loss], np.ndarray]:
    """Points of Γ, [n, d]: along the branches, or where gradient flow ends if there are none."""
    return _on_manifold


@pytest.fixture(scope="session")
def along() -> Callable:
    """`along(function, loss, x)`: a function of (loss, x [d]) at points x [n, d], as NumPy arrays.

    Compiled once for each function and family of losses, which is most of the time of these tests.
    """
    return _along


class Autodiff:
    """L, ∇L and ∇²L at points [n, d] from the value alone, apart from gradients by hand."""

    @staticmethod
    def value(loss: Loss, x) -> np.ndarray:
        return _along(_value, loss, x)

    @staticmethod
    def gradient(loss: Loss, x) -> np.ndarray:
        return _along(_gradient, loss, x)

    @staticmethod
    def hessian(loss: Loss, x) -> np.ndarray:
        return _along(_hessian, loss, x)


@pytest.fixture(scope="session")
def autodiff() -> Autodiff:
    """What a record says of itself by its value alone."""
    return Autodiff()


@pytest.fixture
def fixed_steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable], Callable]:
    """`fixed_steps(f)(h, …)`: f with its solver walking in equal steps h, to measure orders."""

    def fix(function: Callable) -> Callable:
        def fixed(h, *arguments):
            monkeypatch.setattr(dormand_prince, "first_length", lambda end: h)
            monkeypatch.setattr(dormand_prince, "paced", lambda share, _: (share < jnp.inf, h))
            return function(*arguments)

        return jax.jit(fixed)

    return fix


@pytest.fixture
def compiled() -> Iterator[list[str]]:
    """Grows by an entry whenever XLA compiles a program."""
    programs: list[str] = []

    def listen(event: str, *_, **__) -> None:
        if event.endswith("backend_compile_duration"):
            programs.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    yield programs
    jax.monitoring.unregister_event_duration_listener(listen)


def _value(loss: Loss, x):
    return loss.value(x)


def _gradient(loss: Loss, x):
    return jax.grad(loss.value)(x)


def _hessian(loss: Loss, x):
    return jax.hessian(loss.value)(x)


@lru_cache
def _anywhere(loss: Loss) -> np.ndarray:
    low, high = np.array(loss.view).T
    x = np.random.default_rng(1).uniform(low, high, (24, loss.d))
    return np.array([point for point in x if not loss.domain or loss.domain.inside(point)])


@lru_cache
def _on_manifold(loss: Loss) -> np.ndarray:
    if not loss.branches:
        return _along(projection, loss, _anywhere(loss))
    return np.concatenate(
        [
            jax.vmap(branch.curve)(jnp.linspace(branch.low, branch.high, 8)[1:-1])
            for branch in loss.branches
        ]
    )


def _along(function: Callable, loss: Loss, x) -> Any:
    x = np.asarray(x, float)
    padded = np.resize(x, (BATCH * -(-len(x) // BATCH), loss.d))
    answer = _compiled(function)(loss, padded)
    return jax.tree.map(lambda leaf: np.asarray(leaf)[: len(x)], answer)


@lru_cache
def _compiled(function: Callable) -> Callable:
    return quickly(jax.vmap(function, in_axes=(None, 0)))
