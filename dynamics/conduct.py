"""A study as a sequence of courses, told as they go, kept as they stand, and taken up again."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np

from dynamics.courses import (
    FLOW_STEPS,
    PAIRS,
    TRAINING,
    Path,
    State,
    Traced,
    Trained,
    following,
    length_of,
    path_by,
    shadow_of,
    tested_along,
    traced_by,
    tracing,
    trained_by,
    training,
    untrained,
)
from dynamics.study import DRIFTS, Study, check_course, check_work
from dynamics.types import Rule


@dataclass(frozen=True)
class Plan:
    """What is to be done: runs of a rule by several η beside one flow.

    Args:
        tau: how far, in slow time η²t; of GD in ηt.
        first: the η whose run is wanted first; None for the order given.

    Raises:
        ValueError: see `check_course` and `check_work`.
    """

    study: Study
    rule: Rule
    etas: tuple[float, ...]
    tau: float
    first: float | None = None

    def __post_init__(self) -> None:
        check_course(self.rule, self.tau, self.etas)
        check_work(self.study, self.rule, self.tau, self.etas)

    @property
    def order(self) -> tuple[float, ...]:
        """η in the order in which they are taken."""
        return tuple(sorted(self.etas, key=lambda eta: eta != self.first))

    @property
    def trained_name(self) -> str:
        """By which the point of Γ is kept."""
        return f"trained {self.study.key} {self.study.seed}"

    @property
    def name(self) -> str:
        """Of the flow, which its runs and its results bear too."""
        return f"{self.study.key} {self.study.seed} {self.rule.key} {self.tau!r}"

    @property
    def flow_name(self) -> str:
        """By which the flow is kept."""
        return f"flow {self.name}"

    def run_name(self, eta: float) -> str:
        """By which a run is kept."""
        return f"run {self.name} {eta!r}"


class Keep(Protocol):
    """Where courses are kept, by name."""

    def load(self, name: str) -> State | None:
        """How a course stood last; None where nothing is known of it."""
        ...

    def save(self, name: str, state: State, whole: bool) -> None:
        """Keep how a course stands; `whole` when it has come to its end."""
        ...


class Memory(dict[str, State]):
    """A keep for as long as it lives."""

    def load(self, name: str) -> State | None:
        return self.get(name)

    def save(self, name: str, state: State, whole: bool) -> None:
        self[name] = state


class Event(NamedTuple):
    """How far a study is."""

    words: str
    share: float
    """Of the course that is under way."""
    left: float
    """Seconds for that course, as it has gone so far; NaN at its beginning."""
    path: Path | None = None
    """The flow, as far as it is known."""
    runs: Mapping[float, Traced] = MappingProxyType({})
    """The runs by η, of which the last may be under way."""


class Findings(NamedTuple):
    """All of a study."""

    trained: Trained
    path: Path
    runs: tuple[Traced, ...]


Conduct = Generator[Event, None, Findings]


def conduct(plan: Plan, keep: Keep) -> Conduct:
    """The courses of a study one after another, from where they are kept.

    Raises:
        ValueError: no point of Γ was found.
    """
    rule, tau = plan.rule, plan.tau
    trained = yield from _begin(plan, keep)
    flow = "flow" if rule.key in DRIFTS else "gradient flow"

    def flowing(state: State) -> Event:
        share = (len(state["x"]) - 1) / FLOW_STEPS
        return Event(f"{flow}, {_to(plan, share)}", share, np.nan, path_by(rule, tau, state))

    course = partial(following, trained, rule, tau, FLOW_STEPS)
    state = yield from _take(keep, plan.flow_name, course, flowing)
    path = path_by(rule, tau, state)
    runs: dict[float, Traced] = {}

    def running(eta: float, state: State) -> Event:
        runs[eta] = traced_by(trained, path, eta, state)
        share = int(state["done"]) / length_of(rule, tau, eta)
        return Event(f"run, η = {eta:g}, {_to(plan, share)}", share, np.nan, path, dict(runs))

    for eta in plan.order:
        course = partial(tracing, trained, path, eta, PAIRS)
        yield from _take(keep, plan.run_name(eta), course, partial(running, eta))
    return Findings(trained, path, tuple(runs[eta] for eta in plan.etas))


def _begin(plan: Plan, keep: Keep) -> Generator[Event, None, Trained]:
    """The point from which flow and runs start."""
    study = plan.study
    if plan.rule.key not in DRIFTS:
        return untrained(study)

    def train(state: State) -> Event:
        taken = int(state["taken"])
        words = f"train by GD, {min(taken, TRAINING):,} of {TRAINING:,} steps, then onto Γ"
        return Event(words, taken / (TRAINING + 1), np.nan)

    state = yield from _take(keep, plan.trained_name, partial(training, study), train)
    return trained_by(study, state)


def _take(
    keep: Keep,
    name: str,
    course: Callable[[State | None], Iterator[State]],
    tell: Callable[[State], Event],
) -> Generator[Event, None, State]:
    """A course from where it is kept to its end."""
    kept = state = keep.load(name)
    event = tell(kept) if kept else None
    first, began = event.share if event else 0.0, time.perf_counter()
    if not (event and event.share >= 1):
        for state in course(kept):
            event = tell(state)
            keep.save(name, state, event.share >= 1)
            gone = time.perf_counter() - began
            yield event._replace(left=gone * (1 - event.share) / ((event.share - first) or np.nan))
    return state  # type: ignore[return-value]  # a course has a state or yields one


def _to(plan: Plan, share: float) -> str:
    clock = "τ" if plan.rule.key in DRIFTS else "ηt"
    return f"{clock} {share * plan.tau:.2g} of {plan.tau:g}"


def finish(conduct: Conduct, hear: Callable[[Event], None] = lambda event: None) -> Findings:
    """All of a study; `hear` is told of each event."""
    while True:
        try:
            hear(next(conduct))
        except StopIteration as end:
            return end.value


def study_columns(trained: Trained, path: Path, runs: Sequence[Traced]) -> dict[str, np.ndarray]:
    """All observables for a file: those of the flow, and of each run under its number."""
    tested = tested_along(trained.tested, path)
    columns = {
        "flow_tau": path.tau,
        "flow_spectrum": path.spectrum,
        "flow_way": path.way,
        "flow_shadow": shadow_of(path),
    } | {f"flow_{name}": values for name, values in tested.items()}
    for k, run in enumerate(runs):
        columns |= {f"run_{k}_{name}": np.asarray(value) for name, value in run._asdict().items()}
    return columns
