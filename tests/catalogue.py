"""Losses and rules as parameters: of the catalogue those that a test is about."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

import dynamics
from dynamics import Loss, Rule

# Two, three and many parameters; codimension 1, more, and all; Φ in closed form and by a solver;
# flows likewise; branches, a surface and neither; a domain; numbers and data in the formula.
KINDS = (
    "hyperbola",
    "ring",
    "sine-valley",
    "product-3",
    "two-curvatures",
    "tiny-network",
    "quadratic",
)

# The rules of the paper, and what they are compared with; the others are by far more.
FIRST = ("ngd", "sqrt-gd", "gd", "gradient-flow")


def losses(wanted: Callable[[Loss], Any], *, each_kind: bool = False) -> pytest.MarkDecorator:
    """Every `loss` of the catalogue of which something holds, in turn.

    Args:
        each_kind: only one of each kind, and the others with `--every`: for what is the same code
            whatever the loss.
    """
    return _each("loss", filter(wanted, dynamics.LOSSES.values()), each_kind)


def rules(wanted: Callable[[Rule], Any]) -> pytest.MarkDecorator:
    """Every `rule` of which something holds, in turn."""
    return _each("rule", filter(wanted, dynamics.RULES.values()))


def taking(kept: int, values: Iterable[Any]) -> list[Any]:
    """Values for a parameter: the first few, and the others with `--every`."""
    return [
        value if k < kept else pytest.param(*_several(value), marks=pytest.mark.every)
        for k, value in enumerate(values)
    ]


def _several(value: Any) -> tuple:
    return value if isinstance(value, tuple) else (value,)


def _each(name: str, records: Iterable[Any], each_kind: bool = False) -> pytest.MarkDecorator:
    parameters = [
        pytest.param(record, id=record.key, marks=_mark(record) if each_kind else ())
        for record in records
    ]
    return pytest.mark.parametrize(name, parameters)


def _mark(loss: Loss) -> tuple:
    return () if loss.key in KINDS else (pytest.mark.every,)


each_kind_of_loss = _each("loss", dynamics.LOSSES.values(), each_kind=True)
each_kind_of_valley = _each(
    "valley", [loss for loss in dynamics.LOSSES.values() if loss.codim < loss.d], each_kind=True
)
