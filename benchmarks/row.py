"""A row of the table: what is measured, what is to be reached, and the function that measures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Figures = Mapping[str, float]
"""Numbers by what stands behind them: {"ms": 17.1, "ms in C": 15.7, "× C": 1.09}. A name that
begins with × is a ratio."""


class UnavailableError(Exception):
    """Something that a row needs is not there; its text is for a person."""


class Bound(NamedTuple):
    """A limit on one of a row's figures."""

    sign: Literal["≤", "≥"]
    limit: float
    unit: str

    def holds(self, figures: Figures) -> bool:
        value = figures[self.unit]
        return value <= self.limit if self.sign == "≤" else value >= self.limit

    def __str__(self) -> str:
        return f"{self.sign} {number(self.limit)} {self.unit}"


@dataclass(frozen=True)
class Row:
    """One benchmark.

    Args:
        name: on the command line.
        what: in words.
        reach: bounds on the figures.
        measure: returns the figures, at least those that have a bound.
    """

    name: str
    what: str
    reach: tuple[Bound, ...]
    measure: Callable[[], Figures]


def number(value: float) -> str:
    """Three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
