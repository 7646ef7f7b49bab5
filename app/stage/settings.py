"""Settings: the one record of what is shown, its checks, and its link.

Each field is declared once, in `FIELDS`, with the key of the link, how text becomes a value and how
a value becomes text.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from app.budgets import budgets, shortened
from app.link import (
    CHANGE,
    BrokenError,
    ClampedError,
    Field,
    Message,
    Reading,
    as_query,
    one_of,
    read_etas,
    read_flag,
    read_hidden,
    read_number,
    read_point,
    read_rules,
    read_schedule,
    read_whole,
    read_with_numbers,
    write_fields,
    write_number,
    write_numbers,
    write_schedule,
)
from app.runspec import FORMULA, LossSpec, Numbers, RunSpec, rule_with
from app.stage.branches import FORK_FIELDS, KEY, MAX_NOISE, Branches, runs_of, steps_wanted
from app.vocabulary import AXES, CLOCKS, GHOSTS, LENSES, LOOKS, PANELS, STROBES, VIEW
from dynamics import GALLERY, RULES, Scene
from dynamics.gallery import Example
from dynamics.schedule import Schedule

MIN_DEFAULT_STEPS = 20
LARGEST_EXACT = 2**53
HIDEABLE = (
    "header", "loss", "rules", "eta", "horizon", "start", "more", "strobe", "look", "clock", "axis",
    "ghost", "panel", "sharpness", "across", "along", "laws", "gap", "phases", "now", "question",
    "story", "transport",
)  # fmt: skip
BEYOND_START = 0.08  # of the loss's own view: room beyond a start that lies outside it
DEFAULT_LOSS = "parabolic-valley"
FORMULAS_KEPT = budgets().formulas.most  # of which it is known how they open


@dataclass(frozen=True)
class Settings:
    """What is shown: one run of each rule at each η, from one start; or one run and its branches.

    `theta` are the numbers in the formula of the loss, `numbers` those of the rules. Where η
    changes on the way, as `schedule` has it, `eta` is the first alone.

    `start` and `steps` are None where they follow from the loss and η; `focus`, the place of the
    run that the numbers are about, where it is the first that bounces.
    """

    loss: str = DEFAULT_LOSS
    theta: Numbers = ()
    formula: str = ""
    numbers: Numbers = ()
    rule: tuple[str, ...] = ("ngd",)
    eta: tuple[float, ...] = (0.1,)
    schedule: Schedule | None = None
    start: tuple[float, ...] | None = None
    steps: int | None = None
    noise: float = 0.0
    seed: int = 0
    branches: Branches = ()
    clock: str = VIEW["clock"]
    axis: str = VIEW["axis"]
    strobe: str = VIEW["strobe"]
    look: str = VIEW["look"]
    lens: str = VIEW["lens"]
    ghost: str = VIEW["ghost"]
    panel: str = VIEW["panel"]
    against: int | None = VIEW["against"]
    focus: int | None = None
    at: int = 0
    hide: tuple[str, ...] = ()
    embed: bool = False

    @property
    def chosen(self) -> LossSpec:
        """The loss with the numbers in its formula."""
        return LossSpec(self.loss, self.theta, self.formula)

    @property
    def start_point(self) -> tuple[float, ...]:
        """x_0, that which the loss opens with where none is given."""
        loss = self.chosen.record
        return self.start or loss.opening.start or loss.start

    def steps_at(self, eta: float) -> int:
        """The number of steps at an η: what the loss's horizon takes, or as given for the first η
        and to the same time for the others."""
        if self.steps is None:
            return horizon_steps(self.horizon, self.power, eta)
        wanted = round(self.steps * (self.eta[0] / eta) ** self.power)
        return int(min(wanted, budgets().steps.most))

    @property
    def power(self) -> int:
        """2 where the horizon is one of slow time η²t, 1 where none of the rules drifts: of ηt."""
        return max(list(CLOCKS).index(RULES[rule].clock) for rule in self.rule)

    @property
    def horizon(self) -> float:
        """The loss's own on that clock."""
        loss = self.chosen.record
        return loss.horizon if self.power == 2 else loss.duration or 10 * loss.horizon

    @property
    def runs(self) -> tuple[RunSpec, ...]:
        """What each run is computed from, branches last."""
        return _runs_of(self)

    @property
    def roots(self) -> tuple[RunSpec, ...]:
        """Those that are no branches."""
        return tuple(
            RunSpec(
                loss=self.chosen,
                rule=rule_with(rule, self.numbers),
                eta=eta,
                start=self.start_point,
                steps=self.steps_at(eta),
                noise=self.noise,
                seed=self.seed,
                schedule=self.schedule,
            )
            for rule in self.rule
            for eta in self.eta
        )

    @property
    def last_at(self) -> int:
        """The end of the time bar, which counts steps of the first η: there the last run ends."""
        power = list(CLOCKS).index(self.clock)
        runs = self.runs
        return min(math.ceil(max(_on_bar(runs[0], run, power) for run in runs)), LARGEST_EXACT)

    @property
    def plain(self) -> dict[str, Any]:
        """What all the runs are computed from, as JSON has it; `steps` are the first run’s."""
        numbers = dict(number for run in self.runs for number in run.rule.numbers)
        several = {
            "rule": list(self.rule),
            "eta": str(self.schedule) if self.schedule else list(self.eta),
        }
        branches = {"forks": [branch.plain for branch in self.branches]} if self.branches else {}
        return self.runs[0].plain | numbers | several | branches


@lru_cache(FORMULAS_KEPT)
def _runs_of(settings: Settings) -> tuple[RunSpec, ...]:
    """Asked for again and again while one request is answered."""
    roots = settings.roots
    return (*roots, *runs_of(roots[0], settings.branches, settings.numbers))


def _on_bar(lead: RunSpec, run: RunSpec, power: int) -> float:
    """The step of the first run at the time at which another ends, on the clock η^power t."""
    if run == lead:
        return lead.steps
    beyond = run.time(power, run.steps) - lead.time(power, lead.steps)
    return lead.steps + beyond / lead.eta_after(lead.steps) ** power


def horizon_steps(horizon: float, power: int, eta: float) -> int:
    """The steps to a horizon of η^power t, in bounds."""
    wanted = horizon / eta**power
    most = budgets().steps.most
    return int(min(max(math.ceil(wanted - 1e-9 * wanted), MIN_DEFAULT_STEPS), most))


def of_scene(loss: LossSpec, scene: Scene) -> Settings:
    """A way to see a loss, as settings."""
    record = loss.record
    begins = record.opening.start
    own = {p.name: float(p.default) for p in record.parameters if p.range}
    given = {name: float(scene.theta.get(name, value)) for name, value in own.items()}
    return Settings(
        loss=loss.key,
        formula=loss.formula,
        theta=tuple((name, value) for name, value in given.items() if value != own[name]),
        rule=(scene.rule,),
        eta=(scene.eta,),
        start=scene.start or (record.start if begins else None),
        steps=scene.steps,
        noise=scene.noise,
        clock=scene.clock,
        look=scene.look,
    )


@lru_cache(FORMULAS_KEPT)
def opening_of(loss: LossSpec) -> Settings:
    """What is shown of a loss, as its own numbers have it, where a link says nothing else."""
    return replace(of_scene(loss, loss.record.opening), start=None)


def opening(loss: str) -> Settings:
    """The same of a loss of the catalogue."""
    return opening_of(LossSpec(loss))


@cache
def gallery() -> tuple[tuple[Example, str], ...]:
    """Formulas to begin with, and the link of each."""
    return tuple((one, _link_of(one)) for one in GALLERY)


def _link_of(example: Example) -> str:
    """Without the loss itself, which takes long to be made: all that differs from an opening."""
    given = {
        FORMULA: example.text,
        "rule": example.rule,
        "eta": write_number(example.eta),
        "start": write_numbers(example.start),
        "steps": str(example.steps),
    } | ({"noise": write_number(example.noise)} if example.noise else {})
    return as_query(given)


def view_of(settings: Settings) -> tuple[tuple[float, float], ...]:
    """What is worth seeing at first, [d, 2]: of a plane with the start, and some room beyond it."""
    loss = settings.chosen.record
    if loss.d != 2:
        return loss.view
    room = [BEYOND_START * (high - low) for low, high in loss.view]
    return tuple(
        (min(low, value - more), max(high, value + more))
        for (low, high), value, more in zip(loss.view, settings.start_point, room, strict=True)
    )


def read_query(query: Mapping[str, str]) -> Reading[Settings]:
    """Settings from the keys of a link, always valid, with what had to be changed."""
    reading = read_with_numbers(FIELDS, opening_of, DEFAULT_LOSS, query)
    settings = reading.settings
    return replace(
        reading,
        notices=(
            *reading.notices,
            *(Message("steps", text) for text in shortenings(settings)),
            *_unreached(settings),
            *_never_begun(settings),
        ),
    )


def write_query(settings: Settings) -> str:
    """The link of settings, defaults left out."""
    return write_fields(FIELDS, settings, opening_of(settings.chosen.bare), DEFAULT_LOSS)


def shortenings(settings: Settings) -> list[str]:
    """What to say where runs end before they should, since they may have so many steps and no more:
    of that with the smallest η, and of branches."""
    return [*_shortened_horizon(settings), *_shortened_branches(settings)]


def _shortened_horizon(settings: Settings) -> list[str]:
    eta, power = min(settings.eta), settings.power
    time = settings.horizon
    if settings.steps is not None:
        time = settings.steps * settings.eta[0] ** power
    wanted, budget = time / eta**power, budgets().steps
    if wanted <= budget.most * (1 + 1e-9):
        return []
    reached, name = budget.most * eta**power, "τ" if power == 2 else "ηt"
    why = f"{name} = {_powers(time)} would take {_powers(wanted)} steps at η = {eta:g}"
    return [shortened(f"{why}, and {budget.granted}: shown is {name} = {_powers(reached)}")]


def _shortened_branches(settings: Settings) -> list[str]:
    budget = budgets().steps
    long = [
        (k + 1, wanted)
        for k, wanted in enumerate(steps_wanted(settings.runs, settings.branches))
        if wanted > budget.most
    ]
    return [
        shortened(f"fork {k} would take {_powers(wanted)} steps, and {budget.granted}")
        for k, wanted in long
    ]


def _unreached(settings: Settings) -> list[Message]:
    """What to say where a run ends before η changes."""
    steps = settings.runs[0].steps
    late = (
        [first for first in settings.schedule.firsts if first >= steps > 0]
        if settings.schedule
        else []
    )
    text = f"η changes at step {{:,}}, but the run has {steps:,} steps."
    return [Message("eta", text.format(late[0]))] if late else []


def _never_begun(settings: Settings) -> list[Message]:
    """What to say where a run ends before a branch leaves it."""
    runs = settings.runs
    text = "Fork {} leaves at step {:,} a run that has {:,} steps, so it is that run."
    return [
        Message(KEY, text.format(k + 1, branch.step, runs[branch.of].steps))
        for k, branch in enumerate(settings.branches)
        if branch.step >= runs[branch.of].steps
    ]


def _powers(value: float) -> str:
    """A number to two digits, large and small ones with a power of ten."""
    rounded = float(f"{value:.2g}")
    if 1e-3 <= rounded < 1e6:
        return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}·10" + str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _read_rules(text: str, settings: Settings) -> tuple[str, ...]:
    """As many rules as there may be runs."""
    rules = read_rules(text, settings)
    if len(rules) > budgets().runs.most:
        kept = rules[: budgets().runs.most]
        raise ClampedError(
            kept, f"At most {budgets().runs.most} runs at once; {', '.join(kept)} are used."
        )
    return rules


def _read_etas(text: str, settings: Settings) -> tuple[float, ...]:
    """One step size or several, as many as there may be runs; the first of a schedule."""
    if CHANGE in text:
        reading = read_schedule(text, settings.eta[0])
        first = reading.settings.etas[:1]
        for problem in reading.problems:
            raise BrokenError(problem.text, first)
        for notice in reading.notices:
            raise ClampedError(first, notice.text)
        return first
    most = budgets().runs.most // len(settings.rule)
    return read_etas(text, most, settings.eta, f"At most {budgets().runs.most} runs at once")


def _read_changes(text: str, settings: Settings) -> Schedule | None:
    """How it changes; of what is wrong with it the step sizes have told."""
    schedule = read_schedule(text, settings.eta[0]).settings
    return schedule if len(schedule.etas) > 1 else None


def _read_at(text: str, settings: Settings) -> int:
    """A step of the first run or, where the query is about a branch, of that one."""
    branches = settings.runs[len(settings.roots) :]
    last = max([settings.last_at, *(run.steps for run in branches)])
    return read_whole(text, "The playhead", 0, last)


def _read_focus(text: str, settings: Settings) -> int:
    return read_whole(text, "The run in focus", 0, len(settings.runs) - 1)


def _read_against(text: str, settings: Settings) -> int:
    return read_whole(text, "The run to compare with", 0, len(settings.runs) - 1)


FIELDS: tuple[Field, ...] = (
    Field("rule", _read_rules, ",".join),
    Field("eta", _read_etas, write_numbers),
    # The same key again: where η changes, it says all of that.
    Field("eta", _read_changes, write_schedule, attribute="schedule"),
    Field("start", lambda text, settings: read_point(text, settings.chosen), write_numbers),
    Field("steps", lambda text, _: read_whole(text, "The number of steps", 0, LARGEST_EXACT), str),
    Field("noise", lambda text, _: read_number(text, "The noise", 0.0, MAX_NOISE), write_number),
    Field("seed", lambda text, _: read_whole(text, "The seed", 0, 2**32 - 1), str),
    *FORK_FIELDS,
    Field("clock", one_of("clock", CLOCKS), str),
    Field("axis", one_of("axis", AXES), str),
    Field("strobe", one_of("strobe", STROBES), str),
    Field("look", one_of("look", LOOKS), str),
    Field("lens", one_of("lens", LENSES), str),
    Field("ghost", one_of("ghost", GHOSTS), str),
    Field("panel", one_of("panel", PANELS), str),
    Field("against", _read_against, str),
    Field("focus", _read_focus, str),
    Field("at", _read_at, str),
    Field("hide", lambda text, _: read_hidden(text, HIDEABLE), ",".join),
    Field("embed", lambda text, _: read_flag(text, "embed"), lambda value: "1" if value else "0"),
)
