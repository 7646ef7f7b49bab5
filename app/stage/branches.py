"""Branches: runs that leave the one that a link is about, or each other, and how a link has them.

fork=400,600               a branch leaves at step 400, another at step 600
fork.of=,1                 the second leaves the first; without, the run itself
fork.eta=0.05,             what holds from there on; nothing where it goes on as it was
fork.rule=,gd  fork.noise=,1e-6  fork.push=0:0.1,
fork.name=slow,            what a person calls them
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.budgets import budgets
from app.link import (
    BETWEEN,
    MAX_COORDINATE,
    MAX_ETA,
    MIN_ETA,
    BrokenError,
    ClampedError,
    Field,
    echo,
    read_number,
    read_whole,
    write_number,
)
from app.runspec import ForkSpec, Numbers, RunSpec, rule_with
from app.vocabulary import CLOCKS
from dynamics import MAX_STEPS, RULES, find_rule

LONGEST_NAME = 24
MAX_NOISE = 1.0
KEY = "fork"


@dataclass(frozen=True)
class Branch:
    """A run that leaves its parent.

    Attributes:
        step: T, the step at which it does.
        of: its parent, the k-th branch; 0 for the run itself.
        eta, rule, noise: what holds from there on; None where it goes on as it was.
        push: what is added to x_T, [d]; () for nothing.
        name: what a person calls it.
    """

    step: int
    of: int = 0
    eta: float | None = None
    rule: str | None = None
    noise: float | None = None
    push: tuple[float, ...] = ()
    name: str = ""

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        given = {"step": self.step, "of": self.of, "eta": self.eta, "rule": self.rule}
        given |= {"noise": self.noise, "push": list(self.push) or None, "name": self.name or None}
        return {key: value for key, value in given.items() if value is not None}


Branches = tuple[Branch, ...]


def runs_of(root: RunSpec, branches: Branches, numbers: Numbers) -> tuple[RunSpec, ...]:
    """What each branch of a run is computed from. It goes on for as long as its parent would, on
    the clock of its rule; one that begins after its end is that parent.

    Args:
        numbers: of rules.
    """
    runs = [root]
    for branch in branches:
        parent = runs[branch.of]
        if branch.step >= parent.steps:
            runs.append(parent)
            continue
        rule = rule_with(branch.rule, numbers) if branch.rule else None
        fork = ForkSpec(branch.step, branch.eta, rule, branch.noise, branch.push)
        child = replace(parent, forks=(*parent.forks, fork))
        runs.append(replace(child, steps=min(_steps(parent, child), budgets().steps.most)))
    return tuple(runs[1:])


def without_pushes(branches: Branches) -> Branches:
    """They with iterates where they are."""
    return tuple(replace(branch, push=()) for branch in branches)


def steps_wanted(runs: Sequence[RunSpec], branches: Branches) -> list[int]:
    """Of each branch of a run the steps to the time at which its parent ends, which may be more
    than it has; `runs` are that run and what `runs_of` gives."""
    return [
        _steps(runs[branch.of], child) if branch.step < runs[branch.of].steps else child.steps
        for branch, child in zip(branches, runs[len(runs) - len(branches) :], strict=True)
    ]


def _steps(parent: RunSpec, child: RunSpec) -> int:
    """To the time at which the parent was to end."""
    clock = list(CLOCKS).index(RULES[child.last_rule.key].clock)
    first = child.forks[-1].step
    left = parent.time(clock, parent.steps) - parent.time(clock, first)
    eta = child.eta_after(first)
    return first + math.ceil(left / eta**clock * (1 - 1e-9))


# ---- as a link has them ----


def _read_steps(text: str, settings: Any) -> Branches:
    """Where branches begin."""
    if len(settings.rule) * len(settings.eta) > 1:
        raise ValueError("A run is forked alone: of several, keep one rule and one η.")
    parts = text.split(",") if text else []
    found, clamped = [], []
    for part in parts[: budgets().branches.most]:
        try:
            found.append(Branch(read_whole(part.strip(), "The step of a fork", 0, MAX_STEPS)))
        except ClampedError as error:
            clamped.append(str(error))
            found.append(Branch(error.value))
    if len(parts) > budgets().branches.most:
        clamped.append(f"At most {budgets().branches.most} branches; the first are used.")
    if clamped:
        raise ClampedError(tuple(found), clamped[0])
    return tuple(found)


def _each(
    attribute: str, read: Callable[[str, Any, int], Any], what: str
) -> Callable[[str, Any], Branches]:
    """A reader of one attribute of every branch, between commas; nothing leaves it as it is."""

    def reader(text: str, settings: Any) -> Branches:
        branches, parts = settings.branches, text.split(",")
        if len(parts) > len(branches):
            raise ValueError(f"There is no fork for {what} {echo(parts[len(branches)])}.")
        clamped, broken = [], []
        for k, part in enumerate(parts):
            if not part.strip():
                continue
            try:
                value = read(part.strip(), settings, k)
            except ClampedError as error:
                clamped.append(str(error))
                value = error.value
            except ValueError as error:
                broken.append(str(error))
                continue
            changed = replace(branches[k], **{attribute: value})
            branches = (*branches[:k], changed, *branches[k + 1 :])
        if broken:
            raise BrokenError(broken[0], branches)
        if clamped:
            raise ClampedError(branches, clamped[0])
        return branches

    return reader


def _read_parent(text: str, settings: Any, k: int) -> int:
    """One that comes before it, and that it can leave there."""
    parent = read_whole(text, "The parent of a fork", 0, budgets().branches.most)
    if parent > k:
        raise ValueError(f"Fork {k + 1} must leave one before it, got {echo(text)}.")
    before = settings.branches[parent - 1].step if parent else -1
    if settings.branches[k].step <= before:
        raise ValueError(f"Fork {k + 1} must leave fork {parent} after its first step, {before:,}.")
    return parent


def _read_rule(text: str, *_: Any) -> str:
    return find_rule(text).key


def _read_push(text: str, settings: Any, _: int) -> tuple[float, ...]:
    d, parts = settings.chosen.record.d, text.split(BETWEEN)
    if len(parts) != d:
        raise ValueError(f"A push must be {d} numbers with {BETWEEN} between, got {echo(text)}.")
    most = MAX_COORDINATE
    return tuple(read_number(part, "A push", -most, most) for part in parts)


def _number(name: str, low: float, high: float) -> Callable[..., float]:
    return lambda text, *_: read_number(text, name, low, high)


def _written(write: Callable[[Branch], str]) -> Callable[[Branches], str | None]:
    """A writer of one attribute of every branch; None where no branch has it."""

    def writer(branches: Branches) -> str | None:
        texts = [write(branch) for branch in branches]
        return ",".join(texts) if any(texts) else None

    return writer


def _or_nothing(write: Callable[[Any], str], name: str) -> Callable[[Branches], str | None]:
    return _written(lambda branch: "" if (value := getattr(branch, name)) is None else write(value))


def _field(
    name: str,
    read: Callable[[str, Any, int], Any],
    write: Callable[[Branches], str | None],
    what: str = "",
) -> Field:
    return Field(f"{KEY}.{name}", _each(name, read, what or name), write, attribute="branches")


FORK_FIELDS: Sequence[Field] = (
    Field(KEY, _read_steps, _written(lambda branch: str(branch.step)), attribute="branches"),
    _field("of", _read_parent, _written(lambda branch: str(branch.of or "")), "parent"),
    _field("eta", _number("η of a fork", MIN_ETA, MAX_ETA), _or_nothing(write_number, "eta"), "η"),
    _field("rule", _read_rule, _or_nothing(str, "rule")),
    _field("noise", _number("The noise", 0.0, MAX_NOISE), _or_nothing(write_number, "noise")),
    _field(
        "push", _read_push, _written(lambda branch: BETWEEN.join(map(write_number, branch.push)))
    ),
    _field(
        "name", lambda text, *_: text[:LONGEST_NAME], _written(lambda branch: branch.name), "name"
    ),
)
