"""What each of many runs side by side has of its own: its step size, and numbers of its loss and of
its rule.

Those that all have alike stay in the records, so that a program for them is what it is without.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import numpy as np

from dynamics.types import Array, Loss, Rule, Theta, of_family, of_rule_family

NONE: Theta = {}


class Own(NamedTuple):
    """What is each run's own, [n] each."""

    eta: Array
    theta: Theta = NONE
    """Numbers of the loss by name."""
    numbers: Theta = NONE
    """Numbers of the rule by name."""

    def of(self, rows: Array) -> "Own":
        """That of some of the runs: a slice, or their numbers."""
        return jax.tree.map(lambda column: column[rows], self)


def records_of(loss: Loss, rule: Rule, own: Own) -> tuple[Loss, Rule]:
    """The loss and the rule of one run, whose own numbers are [] each."""
    if own.theta:
        loss = of_family(loss.family, {**loss.theta, **own.theta}, loss.size)
    if own.numbers:
        rule = of_rule_family(rule.family, {**rule.theta, **own.numbers})
    return loss, rule


def for_each(
    function: Callable, loss: Loss, rule: Rule, own: Own, *columns: Array, axis: int = 0
) -> Array:
    """function(loss, rule, η [], *row) of every run, [n, …]; a row is one of each of the columns,
    along their `axis`."""

    def one(own: Own, *row: Array) -> Array:
        return function(*records_of(loss, rule, own), own.eta, *row)

    return jax.vmap(one, in_axes=(0, *(axis for _ in columns)))(own, *columns)


def checked_own(
    loss: Loss, rule: Rule, etas: np.ndarray, theta: Theta | None, numbers: Theta | None
) -> Own:
    """What is each run's own, of n runs with `etas` [n].

    Raises:
        ValueError: a number is none of the loss or of the rule, or may not be that, or is not one
            for each run; or of a loss more follows from its numbers than can be told run by run.
    """
    if theta and loss.remade:
        raise ValueError(
            f"theta must be the same for all runs of {loss.key}, whose least value follows from "
            f"it, got {', '.join(theta)}"
        )
    n = len(etas)
    return Own(etas, _checked(loss, theta or {}, n), _checked(rule, numbers or {}, n))


def _checked(record: Loss | Rule, given: Mapping[str, Array], n: int) -> dict[str, np.ndarray]:
    """Columns [n] by name, each within what its number may be."""
    found = {}
    for name, values in given.items():
        column = np.asarray(values, dtype=np.float64)
        if column.shape != (n,):
            raise ValueError(f"{name} must be one for each of {n} runs, got {list(column.shape)}")
        for end in (column.min(), column.max()) if n else ():
            record.at(**{name: end})
        found[name] = column
    return found
