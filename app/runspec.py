"""What a run is computed from, with nothing left open: two equal ones are one run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dynamics import LOSSES, RULES, Fork, Loss, Parameter, Rule, formula
from dynamics.forks import Leg, legs_of
from dynamics.schedule import Schedule

Numbers = tuple[tuple[str, float], ...]
"""Numbers of a loss or of a rule by name, in its order, where they are not its own."""

FORMULA = "formula"
"""The key of a loss that is written as a formula."""


@dataclass(frozen=True)
class LossSpec:
    """A loss by its key and the numbers in its formula; one's own by the text of it."""

    key: str
    theta: Numbers = ()
    formula: str = ""

    @property
    def record(self) -> Loss:
        """The loss itself."""
        own = formula(self.formula) if self.formula else LOSSES[self.key]
        return own.at(**dict(self.theta)) if self.theta else own

    @property
    def bare(self) -> "LossSpec":
        """It with its own numbers."""
        return LossSpec(self.key, (), self.formula)


@dataclass(frozen=True)
class RuleSpec:
    """A rule by its key and those of its numbers that are not its own."""

    key: str
    numbers: Numbers = ()

    @property
    def record(self) -> Rule:
        """The rule itself."""
        return RULES[self.key].at(**dict(self.numbers)) if self.numbers else RULES[self.key]


def rule_with(key: str, numbers: Numbers) -> RuleSpec:
    """A rule with those of the numbers that it has and that are not its own."""
    given = dict(numbers)
    return RuleSpec(
        key,
        tuple(
            (p.name, given[p.name])
            for p in RULES[key].parameters
            if given.get(p.name, float(p.default)) != float(p.default)
        ),
    )


@dataclass(frozen=True)
class ForkSpec:
    """Where a run leaves its parent, as `dynamics.Fork` has it."""

    step: int
    eta: float | None = None
    rule: RuleSpec | None = None
    noise: float | None = None
    push: tuple[float, ...] = ()

    @property
    def record(self) -> Fork:
        """The fork itself."""
        return Fork(self.step, self.eta, self.rule and self.rule.record, self.noise, self.push)


@dataclass(frozen=True)
class RunSpec:
    """A rule from a start.

    Attributes:
        eta: η; the first where it changes.
        start: x_0, [d].
        schedule: how η changes, if it does.
        forks: where it leaves the run that it would have been, one after another.
    """

    loss: LossSpec
    rule: RuleSpec
    eta: float
    start: tuple[float, ...]
    steps: int
    noise: float = 0.0
    seed: int = 0
    schedule: Schedule | None = None
    forks: tuple[ForkSpec, ...] = ()

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The stretches on which nothing changes."""
        schedule = self.schedule or Schedule((self.eta,), (0,))
        forks = [fork.record for fork in self.forks]
        return legs_of(self.rule.record, schedule, self.noise, forks)

    @property
    def last_rule(self) -> RuleSpec:
        """The rule that it ends with."""
        changed = [fork.rule for fork in self.forks if fork.rule]
        return changed[-1] if changed else self.rule

    def eta_after(self, step: int) -> float:
        """η of the step from x_t."""
        return [leg.eta for leg in self.legs if leg.first <= step][-1]

    def time(self, power: int, step: int) -> float:
        """Σ η_t^power up to a step."""
        legs = self.legs
        ends = [*(leg.first for leg in legs[1:]), step]
        return sum(
            leg.eta**power * max(min(end, step) - leg.first, 0)
            for leg, end in zip(legs, ends, strict=True)
        )

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it, by the keys of a link."""
        return plain_loss(self.loss) | {
            "rule": self.rule.key,
            "eta": str(self.schedule) if self.schedule else self.eta,
            "start": list(self.start),
            "steps": self.steps,
            "noise": self.noise,
            "seed": self.seed,
            **dict(self.rule.numbers),
        }


def plain_loss(spec: LossSpec) -> dict[str, Any]:
    """As JSON has it, by the keys of a link."""
    which = {"loss": spec.key} | ({FORMULA: spec.formula} if spec.formula else {})
    return which | {f"p.{name}": value for name, value in spec.theta}


def plain_parameter(parameter: Parameter, value: float, default: float) -> dict[str, Any]:
    """What a slider needs to know."""
    return {
        "name": parameter.name,
        "symbol": parameter.symbol or parameter.name,
        "value": value,
        "default": default,
        "range": parameter.range,
        "words": parameter.words,
    }


def plain_rule_parameters(rules: Sequence[Rule], numbers: Numbers) -> list[dict[str, Any]]:
    """The numbers of rules, each name once."""
    given = dict(numbers)
    own = {p.name: p for rule in reversed(rules) for p in rule.parameters}
    return [
        plain_parameter(p, given.get(name, float(p.default)), float(p.default))
        for name, p in own.items()
    ]
