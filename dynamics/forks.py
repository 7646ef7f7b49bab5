"""Where a run leaves its parent: from a step on with another η, rule or noise, or pushed aside.

What a run is made of are legs, on each of which nothing changes. A fork begins one; so does each
change of η that is on a schedule.

    Fork(400, eta=0.05)          from step 400 on with η = 0.05
    Fork(400, push=(0, 0.1))     as before, from x_400 + (0, 0.1)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dynamics.schedule import Schedule
from dynamics.types import Rule


@dataclass(frozen=True)
class Fork:
    """What changes at a step, for good; None and () where it goes on as before.

    Args:
        step: T ≥ 0; the step from x_T is the first that is another.
        eta: η > 0.
        rule: what takes its steps; one with a memory begins without, unless it is the one before.
        noise: radius of the ball, 0 or more.
        push: what is added to x_T, [d].

    Raises:
        ValueError: says what must hold and what was got.
    """

    step: int
    eta: float | None = None
    rule: Rule | None = None
    noise: float | None = None
    push: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.step < 0:
            raise ValueError(f"fork must be a step, 0 or more, got {self.step}")
        if self.eta is not None and not (np.isfinite(self.eta) and self.eta > 0):
            raise ValueError(f"eta of a fork must be a number above 0, got {self.eta}")
        if self.noise is not None and not (np.isfinite(self.noise) and self.noise >= 0):
            raise ValueError(f"noise of a fork must be 0 or more, got {self.noise}")
        if not np.all(np.isfinite(self.push)):
            raise ValueError(f"push of a fork must be finite numbers, got {self.push}")


class Leg(NamedTuple):
    """A stretch of a run on which nothing changes."""

    first: int
    """The step that it begins with."""
    rule: Rule
    eta: float
    noise: float
    push: tuple[float, ...] = ()
    """What is added to the iterate there, [d]; () for nothing."""


def legs_of(
    rule: Rule, schedule: Schedule, noise: float, forks: Sequence[Fork] = ()
) -> tuple[Leg, ...]:
    """The legs of a run, in order. Forks that change nothing begin none.

    Raises:
        ValueError: forks do not ascend.
    """
    if any(one.step >= other.step for one, other in pairwise(forks)):
        steps = ", ".join(str(fork.step) for fork in forks)
        raise ValueError(f"forks must be at one step after another, got {steps}")
    pieces = zip(schedule.firsts, schedule.etas, strict=True)
    legs = [Leg(first, rule, eta, noise) for first, eta in pieces]
    for fork in forks:
        legs = _forked(legs, fork)
    return _without_idle(legs)


def _forked(legs: list[Leg], fork: Fork) -> list[Leg]:
    """η goes on changing as it was to, unless the fork sets it."""
    before = [leg for leg in legs if leg.first <= fork.step]
    changed = {
        "rule": fork.rule or before[-1].rule,
        "noise": before[-1].noise if fork.noise is None else fork.noise,
    }
    if fork.eta is not None:
        changed["eta"] = fork.eta
    here = before[-1]._replace(first=fork.step, push=fork.push, **changed)
    later = [leg._replace(**changed) for leg in legs if leg.first > fork.step]
    kept = [leg for leg in before if leg.first < fork.step]
    return [*kept, here, *(later if fork.eta is None else [])]


def _without_idle(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """Without those that begin and change nothing."""
    kept = list(legs[:1])
    for leg in legs[1:]:
        last = kept[-1]
        same = is_same(leg.rule, last.rule) and (leg.eta, leg.noise) == (last.eta, last.noise)
        if not same or any(leg.push):
            kept.append(leg)
    return tuple(kept)


def is_same(rule: Rule, other: Rule) -> bool:
    """Whether two rules take the same steps."""
    return rule.key == other.key and all(
        float(rule.theta[name]) == float(other.theta[name]) for name in rule.theta
    )


def lengths_of(legs: Sequence[Leg], steps: int) -> tuple[int, ...]:
    """How many of so many steps each leg takes; legs that begin later are left out."""
    begun = [leg.first for leg in legs if leg.first < steps or leg.first == 0]
    return tuple(int(n) for n in np.diff([*begun, max(steps, 0)]))


def schedule_along(legs: Sequence[Leg]) -> Schedule | None:
    """How η changes on legs; None where it does not."""
    changes = [legs[0], *(leg for one, leg in pairwise(legs) if leg.eta != one.eta)]
    if len(changes) < 2:
        return None
    return Schedule(tuple(leg.eta for leg in changes), tuple(leg.first for leg in changes))
