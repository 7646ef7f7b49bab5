"""What a server grants to each who asks: every bound once, and each a setting of its environment.

The most that a setting may be is a bound of the mathematics, or of what a page has room for.
Nothing is loaded for this: it is read before the server listens.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Budget:
    """A bound.

    Attributes:
        setting: the variable of the environment that sets it.
        most: what is granted.
        of: what is bounded, as in "4 runs side by side".
        least, greatest: of what may be granted.
    """

    setting: str
    most: int
    of: str
    least: int = 1
    greatest: int = 10**9

    @property
    def granted(self) -> str:
        """As in "this server grants 10,000,000 steps of a run"."""
        return f"this server grants {self.most:,} {self.of}"


class Budgets(NamedTuple):
    """All of them."""

    steps: Budget = Budget("MOST_STEPS", 10_000_000, "steps of a run", 10_000, 10_000_000)
    map_steps: Budget = Budget(
        "MOST_MAP_STEPS", 100_000, "steps of each run of a map or a crowd", 1, 10_000_000
    )
    study_steps: Budget = Budget(
        "MOST_STUDY_STEPS", 100_000, "steps of a run of a study", 10_000, 1_000_000
    )
    seconds: Budget = Budget("MOST_SECONDS", 60, "seconds of computing for a plot of the lab")
    runs: Budget = Budget("MOST_RUNS", 4, "runs side by side", 1, 4)
    branches: Budget = Budget("MOST_BRANCHES", 4, "branches of a run", 1, 4)
    courses: Budget = Budget("MOST_COURSES", 6, "rules in Which flatness?", 1, 6)
    map_side: Budget = Budget("MOST_MAP_SIDE", 400, "runs to a side of a map", 16, 1000)
    grid: Budget = Budget("MOST_GRID", 101, "starts to a side of a crowd", 5, 400)
    etas: Budget = Budget("MOST_ETAS", 16, "step sizes of a rate", 2, 64)
    dimension: Budget = Budget("MOST_DIMENSION", 8, "coordinates of a formula", 2, 8)
    parts: Budget = Budget("MOST_PARTS", 400, "numbers, names and operations in a formula", 10, 400)
    formulas: Budget = Budget("MOST_FORMULAS", 256, "formulas whose opening is remembered")
    waiting: Budget = Budget("MOST_WAITING", 8, "studies that wait")
    results: Budget = Budget("MOST_RESULTS_MB", 256, "megabytes of results kept")
    programs: Budget = Budget("MOST_PROGRAMS_MB", 256, "megabytes of compiled programs kept")
    studies: Budget = Budget("MOST_STUDIES_MB", 256, "megabytes of studies kept")
    memory: Budget = Budget(
        "MOST_MEMORY_MB", 900, "megabytes of memory before compiled programs are let go of", 200
    )


def granted(environ: Mapping[str, str]) -> Budgets:
    """The budgets of an environment.

    Raises:
        ValueError: a setting is no whole number, or out of its bounds; says which.
    """
    usual = Budgets()
    return Budgets(*(_set(budget, environ.get(budget.setting, "").strip()) for budget in usual))


def _set(budget: Budget, text: str) -> Budget:
    if not text:
        return budget
    least, greatest = budget.least, budget.greatest
    if not re.fullmatch("[0-9]{1,10}", text) or not least <= int(text) <= greatest:
        raise ValueError(
            f"{budget.setting} must be a whole number in {least:,} … {greatest:,}, got {text!r}."
        )
    return replace(budget, most=int(text))


@cache
def budgets() -> Budgets:
    """Those of this process. Raises as `granted` does."""
    return granted(os.environ)


def shortened(why: str) -> str:
    """What is said where less is shown than was asked for."""
    return f"Shortened because {why}."


def telling(caption: str, shortenings: Iterable[str]) -> str:
    """A caption that says it too."""
    return ". ".join([caption, *(text.rstrip(".") for text in shortenings)])
