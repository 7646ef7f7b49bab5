"""What the stage asks of `dynamics`: settings in, a run as bytes out, each computed once."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import dynamics
from app.binary import float32
from app.once import Once, Recent
from app.runspec import LossSpec, RunSpec
from app.stage.settings import Settings
from dynamics import Loss
from dynamics.central import reach
from dynamics.compilation import side_by_side
from dynamics.files import encode, run_columns
from dynamics.manifold import Trace
from dynamics.measures import PROFILE_NODES, Iterates, Measures, measure_iterates, profile_nodes
from dynamics.nudge import Nudge, nudge
from dynamics.phases import LANDED, LASTING, TOLERANCE, phases
from dynamics.program import PROGRAMS, Asked
from dynamics.rod import course_beside, has_rod, rod_along
from dynamics.schedule import Schedule
from dynamics.sections import Cut, cut, worth_seeing
from dynamics.simulate import Run, rule_along
from dynamics.stretch import measured_stretch
from dynamics.terrain import (
    Heights,
    Terrain,
    Valley,
    View,
    descent_from,
    drift_line_through,
    foot_of,
    heights,
    is_drawn_from_start,
    sheet,
    start_beside_flattest,
    terrain,
    way_as_valley,
    whole_valley,
)

# Bytes of runs and valleys, with the share of runs that are measured in part; and of descents.
MEMORY, SHARE_BEGUN, MEMORY_DESCENTS = 24 << 20, 12, 1 << 20
# What a header says before all of a run is measured.
NOTHING_FOUND = {"phases": [], "broken": None, "broken_words": "", "parted_from": None}
LAWS = {"tolerance": TOLERANCE, "lasting": LASTING, "landed": LANDED}

# Where there is something to align; in codimension 1 they say nothing.
REACH = ("flow_reach",)  # of GD about its central flow
ROOT_COLUMNS = ("root_step_curvature",)  # of GD on √L in its own terms
KEPT_COLUMNS = ("conserved", "conserved_ledger", "conserved_change", "flow_conserved")
ALIGNMENT_COLUMNS = ("spectrum", "components", "alignment")
PAGE_COLUMNS = (
    "step", "x", "loss", "sharpness", "direction", "projection", "projection_sharpness",
    "threshold", "threshold_mean", "stableness_pair", "sqrt_loss_pair", "flow", "flow_sharpness",
    "gap", "offset", "bounce", "lopsidedness", "lopsidedness_kept", "lopsidedness_sweep", "span",
    "profile", "flow_spread", "flow_loss", "step_curvature", "curvature_balance",
    "curvature_balance_late",
)  # fmt: skip


# What of them is known as soon as a run is, before Φ and the flow.
FIRST_COLUMNS = ("step", "x", "loss", "sharpness", "threshold")


class Page(NamedTuple):
    """What the page draws of some settings."""

    runs: list[tuple[dict[str, Any], bytes]]
    """Of each run a header and columns."""
    descent: np.ndarray
    """Gradient flow from the start to Γ, [160, d]."""
    valley: Valley | None
    """What of Γ is drawn where that depends on the start."""
    flattest_start: list[float] | None
    """The start half a bounce beside the flattest point nearest to the present one, if any."""


class _Measured(NamedTuple):
    run: Run
    measures: dynamics.Measures


class _Begun(NamedTuple):
    run: Run
    iterates: Iterates


class Compute:
    """Runs for the page and for files, kept by `once`.

    Some results stay in memory too: runs, since windows start from their rows, and valleys, since
    every run asks for one and reading a file takes long.
    """

    def __init__(self, once: Once) -> None:
        self.once = once
        self._near = Once(Recent(MEMORY))
        self._begun = Once(Recent(MEMORY // SHARE_BEGUN))
        self._descents = Once(Recent(MEMORY_DESCENTS))

    def page(self, settings: Settings) -> Page:
        """All that the page draws. What is compiled for it is compiled side by side, after what
        `first_page` waits for."""
        first, loss = settings.runs[0], settings.chosen.record
        if not self.once.has(self._page_key(first, None)):
            self._begin(first)
        runs, descent, (valley, start) = side_by_side(
            (loss.family, "page", settings.rule),
            lambda: [self.page_run(spec, None) for spec in settings.runs],
            lambda: self.descent(settings.chosen, settings.start_point),
            lambda: (self.own_valley(settings), self.flattest_start(settings)),
        )
        return Page(runs, descent, valley, start)

    def first_page(self, settings: Settings) -> Page:
        """What of it is known first; for the rest nothing stands."""
        loss = settings.chosen.record
        runs = [self._iterates_for_page(spec) for spec in settings.runs]
        valley = way_as_valley(loss, None) if is_drawn_from_start(loss) else None
        return Page(runs, np.empty((0, loss.d)), valley, None)

    def page_run(
        self, spec: RunSpec, stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        """One run's header and columns for the page, or those of a `stretch` (first, count) of it:
        in full where it is no longer than a recording, else as pairs spread over it."""
        key = self._page_key(spec, stretch)
        return self.once.result(key, lambda: self._encode_for_page(spec, stretch))

    def file(
        self, settings: Settings, suffix: str, about: Mapping[str, Any], decimal_comma: bool = False
    ) -> bytes:
        """All runs of the settings as one table: ".npz", ".csv" or ".json".

        Args:
            about: what the file says of itself.
        """
        key = self.once.key(suffix, runs=settings.runs, about=about, comma=decimal_comma)
        return self.once.result(
            key, lambda: encode(suffix, self._table(settings), about, decimal_comma)
        )

    def program(self, settings: Settings, suffix: str, note: str, library: str) -> bytes:
        """A program that computes the runs, ".py" or ".ipynb", on a library; `note` is said in it.

        Raises:
            ValueError: as `dynamics.program` does.
        """
        asked = [
            Asked(
                run.rule.record,
                run.schedule or run.eta,
                run.start,
                run.steps,
                run.noise,
                run.seed,
                tuple(fork.record for fork in run.forks),
            )
            for run in settings.runs
        ]
        return PROGRAMS[suffix](settings.chosen.record, asked, note, library).encode()

    def descent(self, loss: LossSpec, start: tuple[float, ...]) -> np.ndarray:
        """Gradient flow from a start to Γ, [160, d]."""
        return self._descents.result((loss, start), lambda: descent_from(loss.record, start))

    def terrain(self, loss: LossSpec, view: View) -> Terrain:
        """What the landscape is drawn from."""
        key = self.once.key("terrain", loss=loss, view=view)
        return self.once.result(key, lambda: terrain(loss.record, view, self.valley(loss)))

    def valley(self, loss: LossSpec) -> Valley:
        """Γ, for the panel along it and for colours that stay as one zooms."""
        key = self.once.key("valley", loss=loss)
        return self._near.result(
            ("valley", loss), lambda: self.once.result(key, lambda: whole_valley(loss.record))
        )

    def drift_line(self, loss: LossSpec, start: tuple[float, ...]) -> Trace | None:
        """The way of the drift along Γ from a start; None where gradient flow does not reach Γ."""
        key = self.once.key("drift line", loss=loss, start=start)
        return self.once.result(
            key, lambda: (drift_line_through(loss.record, self._foot(loss, start)),)
        )[0]

    def own_valley(self, settings: Settings) -> Valley | None:
        """What of Γ is drawn where that depends on the start: the way of the drift."""
        loss = settings.chosen.record
        if not is_drawn_from_start(loss):
            return None
        return way_as_valley(loss, self.drift_line(settings.chosen, settings.start_point))

    def cut(self, spec: RunSpec, at: int, view: View | None, flat: bool) -> Cut:
        """The section of a run at a step, of a loss of more than two parameters.

        Args:
            view: of the grid; all that is worth seeing where it is None.
            flat: without λ₁, which takes longer.
        """
        run, measures = self._measured(spec)
        line = self.drift_line(spec.loss, spec.start)
        key = self.once.key("whole", run=spec)
        whole = self.once.result(key, lambda: worth_seeing(run, measures, line))
        return cut(run, measures, line, at, whole=whole, view=view, sharp=not flat)

    def nudge(self, spec: RunSpec, at: int) -> Nudge:
        """What a run's hop at a step and the hop back leave.

        Raises:
            ValueError: as `dynamics.nudge` does.
        """
        return nudge(self._begin(spec).run, at)

    def rod(self, spec: RunSpec) -> tuple[dict[str, Any], bytes]:
        """The rod beside a run: a header, which says where it begins and ends, and columns.

        Raises:
            ValueError: the run is of a rule that has none.
        """
        run = self._begin(spec).run
        if not has_rod(run):
            raise ValueError(f"{run.rule.name} has no rod: that is beside plain GD.")
        return self.once.result(self.once.key("rod", run=spec), lambda: _rod(run))

    def sheet(self, loss: LossSpec) -> Heights | None:
        """Γ as a surface in space; None where it is none."""
        key = self.once.key("sheet", loss=loss)
        return self.once.result(key, lambda: (sheet(loss.record),))[0]

    def heights(self, loss: LossSpec, view: View) -> Heights:
        """What the sharpness map and the surface are painted from."""
        key = self.once.key("heights", loss=loss, view=view)
        return self.once.result(key, lambda: heights(loss.record, view))

    def flattest_start(self, settings: Settings) -> list[float] | None:
        """The start half a bounce beside the flattest point nearest to the present one, if any."""
        valley = self.own_valley(settings) or self.valley(settings.chosen)
        loss, rule = settings.chosen.record, settings.runs[0].rule.record
        point = start_beside_flattest(loss, rule, settings.eta[0], valley, settings.start_point)
        return None if point is None else [round(float(f"{value:.6g}"), 9) for value in point]

    def warm_up(self, settings: Settings) -> None:
        """Compile what a page needs before anybody asks for it, past what is kept: a run that is
        found there compiles nothing."""
        for spec in settings.runs:
            self._encode_for_page(spec, None)
        self.descent(settings.chosen, settings.start_point)
        self.flattest_start(settings)

    def _begin(self, spec: RunSpec) -> _Begun:
        """The run and what is measured first."""
        return self._begun.result(spec, lambda: _begin(spec))

    def _measured(self, spec: RunSpec) -> _Measured:
        """The run and its measures."""
        return self._near.result(spec, lambda: self._measure(spec))

    def _measure(self, spec: RunSpec) -> _Measured:
        run, iterates = self._begin(spec)
        foot = partial(self._foot, spec.loss, spec.start)
        return _Measured(run, dynamics.measure(run, known=iterates, foot=foot))

    def _foot(self, loss: LossSpec, start: tuple[float, ...]) -> np.ndarray:
        """Φ(start), [d]: where the loss does not know it, the end of the descent."""
        record = loss.record
        return foot_of(record, start) if record.projection else self.descent(loss, start)[-1]

    def _page_key(self, spec: RunSpec, stretch: tuple[int, int] | None) -> str:
        return self.once.key("page", run=spec, stretch=stretch)

    def _iterates_for_page(self, spec: RunSpec) -> tuple[dict[str, Any], bytes]:
        """One run's header and those columns that are known first; it names the others."""
        run, along = self._begin(spec)
        columns = {"step": run.step, "x": run.x} | along._asdict()
        first = {name: columns[name] for name in FIRST_COLUMNS}
        header = _header(run) | NOTHING_FOUND | _named(run, first)
        header["absent"] = [
            {"name": name, "width": _width(run.loss, name)}
            for name in _page_columns(run)
            if name not in first
        ]
        return header, b"".join(map(float32, first.values()))

    def _encode_for_page(
        self, spec: RunSpec, stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        run, measures = self._measured(spec)
        header = _header(run)
        if stretch:
            run, measures = measured_stretch(run, measures, *stretch)
        else:
            header |= _found(run, measures)
        known = measures._asdict() | _reach(run, measures)
        columns = {name: known[name] for name in _page_columns(run)}
        return header | _named(run, columns), b"".join(map(float32, columns.values()))

    def _table(self, settings: Settings) -> dict[str, np.ndarray]:
        """All runs below each other; where there are branches, with the place of each."""
        named = []
        for i, spec in enumerate(settings.runs):
            run, measures = self._measured(spec)
            table = run_columns(run, measures)
            branch = {"branch": np.full(len(run.step), i)} if settings.branches else {}
            named.append(branch | {"rule": rule_along(run), "eta": table["eta"]} | table)
        return {name: np.concatenate([table[name] for table in named]) for name in named[0]}


def _begin(spec: RunSpec) -> _Begun:
    run = dynamics.simulate(
        spec.loss.record,
        spec.rule.record,
        spec.start,
        spec.schedule or spec.eta,
        spec.steps,
        noise=spec.noise,
        seed=spec.seed,
        forks=[fork.record for fork in spec.forks],
    )
    return _Begun(run, measure_iterates(run))


def _rod(run: Run) -> tuple[dict[str, Any], bytes]:
    """Only at rows where there is one."""
    course = course_beside(run)
    along = rod_along(run, course)
    there = np.all(np.isfinite(along.rod), axis=1)
    columns = {"step": run.step} | along._asdict()
    columns = {name: column[there] for name, column in columns.items()}
    header = {"first": course and course.first, "lost": course and course.lost}
    header |= {"rows": int(there.sum()), "columns": _widths(columns)}
    return header, b"".join(map(float32, columns.values()))


def _header(run: Run) -> dict[str, Any]:
    return {
        "rule": run.rule.key,
        "name": run.rule.name,
        "edge": run.rule.edge,
        "central": has_rod(run),
        "conserved": _kept(run),
        "eta": run.schedule.etas[0] if run.schedule else run.eta,
        **({"changes": changes_of(run.schedule)} if run.schedule else {}),
        "steps": run.steps,
        "outcome": run.outcome.name.lower(),
        "outcome_step": run.outcome_step,
        "outcome_words": run.outcome.value,
    }


def _kept(run: Run) -> dict[str, Any] | None:
    """How a person reads what gradient flow conserves, and what a step does to it: c · term, or
    c + term."""
    law = run.loss.conserved
    if law is None:
        return None
    rules = {piece.rule.key for piece in run.pieces or (run,)}
    term = law.term(run.rule.key if len(rules) == 1 else "")
    return {"words": law.words, "term": term, "multiplies": law.weight is not None}


def changes_of(schedule: Schedule) -> list[tuple[float, int]]:
    """Every η with the step from which it holds, the first too."""
    return list(zip(schedule.etas, schedule.firsts, strict=True))


def _found(run: Run, measures: Measures) -> dict[str, Any]:
    """What a header says of all of a run."""
    breaks = dynamics.broken(run, measures)
    return {
        "phases": [phase._asdict() for phase in phases(run, measures)],
        "broken": breaks.name.lower() if breaks else None,
        "broken_words": breaks.value if breaks else "",
        "parted_from": dynamics.parted_from(run),
    }


def _named(run: Run, columns: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """What a header says of columns."""
    return {
        "last": int(run.step[-1]),
        "rows": len(run.step),
        "columns": _widths(columns),
    }


def _widths(columns: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    """The names of columns, and how many numbers a row of each has."""
    return [
        {"name": name, "width": 1 if c.ndim == 1 else c.shape[1]} for name, c in columns.items()
    ]


def _page_columns(run: Run) -> tuple[str, ...]:
    aligned = ALIGNMENT_COLUMNS if run.loss.codim > 1 else ()
    own = ROOT_COLUMNS if any(piece.rule.takes_root for piece in run.pieces or (run,)) else ()
    kept = KEPT_COLUMNS if run.loss.conserved else ()
    return PAGE_COLUMNS + aligned + (REACH if has_rod(run) else ()) + own + kept


def _reach(run: Run, measures: Measures) -> dict[str, np.ndarray]:
    """σv₁ at the flow, where a run hops about it."""
    if not has_rod(run):
        return {}
    return {"flow_reach": np.asarray(reach(run.loss, measures.flow, measures.flow_spread))}


def _width(loss: Loss, name: str) -> int:
    """Of a column, before it is known."""
    vectors = dict.fromkeys(("direction", "projection", "flow", "flow_reach"), loss.d)
    spectra = dict.fromkeys(("spectrum", "components"), loss.codim)
    return (vectors | spectra | {"profile": PROFILE_NODES}).get(name, 1)


def profile_axis() -> list[float]:
    """The points in [−1, 1] at which a profile is given."""
    return profile_nodes().tolist()
