"""What the stage asks of `dynamics`: settings in, a run as bytes out, each computed once."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

import dynamics
from app.binary import float32
from app.once import Once, Recent
from app.runspec import LossSpec, RunSpec
from app.stage.settings import Settings
from dynamics import RULES
from dynamics.files import encode, run_columns
from dynamics.manifold import Trace
from dynamics.measures import profile_nodes
from dynamics.phases import LASTING, TOLERANCE, phases
from dynamics.sections import Cut, cut, worth_seeing
from dynamics.simulate import Run
from dynamics.stretch import measured_stretch
from dynamics.terrain import (
    Heights,
    Terrain,
    Valley,
    View,
    descent_from,
    drift_line_from,
    heights,
    is_drawn_from_start,
    sheet,
    start_beside_flattest,
    terrain,
    way_as_valley,
    whole_valley,
)

MEMORY = 24 << 20  # bytes of runs and valleys
LAWS = {"tolerance": TOLERANCE, "lasting": LASTING}

# Where there is something to align; in codimension 1 they say nothing.
ALIGNMENT_COLUMNS = ("spectrum", "components", "alignment")
PAGE_COLUMNS = (
    "step", "x", "loss", "sharpness", "direction", "projection", "projection_sharpness",
    "threshold", "threshold_mean", "stableness_pair", "sqrt_loss_pair", "flow", "flow_sharpness",
    "gap", "offset", "bounce", "span", "profile",
)  # fmt: skip


class _Measured(NamedTuple):
    run: Run
    measures: dynamics.Measures


class Compute:
    """Runs for the page and for files, kept by `once`.

    Some results stay in memory too: runs, since windows start from their rows, and valleys, since
    every run asks for one and reading a file takes long.
    """

    def __init__(self, once: Once) -> None:
        self.once = once
        self._near = Once(Recent(MEMORY))

    def page_run(
        self, spec: RunSpec, stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        """One run's header and columns for the page, or those of a `stretch` (first, count) of it:
        in full where it is no longer than a recording, else as pairs spread over it."""
        key = self.once.key("page", run=spec, stretch=stretch)
        return self.once.result(key, lambda: self._encode_for_page(spec, stretch))

    def file(self, settings: Settings, suffix: str, about: Mapping) -> bytes:
        """All runs of the settings as one table: ".npz", ".csv" or ".json"."""
        key = self.once.key(suffix, runs=settings.runs, about=about)
        return self.once.result(key, lambda: encode(suffix, self._table(settings.runs), about))

    def descent(self, settings: Settings) -> np.ndarray:
        """Gradient flow from the start to Γ, [160, d]."""
        return descent_from(settings.chosen.record, settings.start_point)

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
        return self.once.result(key, lambda: (drift_line_from(loss.record, start),))[0]

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
        loss, rule = settings.chosen.record, RULES[settings.rule[0]]
        point = start_beside_flattest(loss, rule, settings.eta[0], valley, settings.start_point)
        return None if point is None else [round(float(f"{value:.6g}"), 9) for value in point]

    def warm_up(self, settings: Settings) -> None:
        """Compile what a page needs before anybody asks for it, past what is kept: a run that is
        found there compiles nothing."""
        for spec in settings.runs:
            self._encode_for_page(spec, None)
        self.descent(settings)
        self.flattest_start(settings)

    def _measured(self, spec: RunSpec) -> _Measured:
        """The run and its measures."""
        return self._near.result(spec, lambda: _measure(spec))

    def _encode_for_page(
        self, spec: RunSpec, stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        run, measures = self._measured(spec)
        header = {
            "rule": run.rule.key,
            "name": run.rule.name,
            "eta": run.eta,
            "steps": run.steps,
            "outcome": run.outcome.name.lower(),
            "outcome_step": run.outcome_step,
            "outcome_words": run.outcome.value,
        }
        if stretch:
            run, measures = measured_stretch(run, measures, *stretch)
        else:
            header["phases"] = [phase._asdict() for phase in phases(run, measures)]
        names = PAGE_COLUMNS + (ALIGNMENT_COLUMNS if run.loss.codim > 1 else ())
        columns = {name: getattr(measures, name) for name in names}
        header |= {
            "last": int(run.step[-1]),
            "rows": len(run.step),
            "columns": [
                {"name": name, "width": 1 if c.ndim == 1 else c.shape[1]}
                for name, c in columns.items()
            ],
        }
        return header, b"".join(map(float32, columns.values()))

    def _table(self, specs: Sequence[RunSpec]) -> dict[str, np.ndarray]:
        tables = [(spec, run_columns(*self._measured(spec))) for spec in specs]
        named = [
            {"rule": np.full(len(table["step"]), spec.rule), "eta": table["eta"]} | table
            for spec, table in tables
        ]
        return {name: np.concatenate([table[name] for table in named]) for name in named[0]}


def _measure(spec: RunSpec) -> _Measured:
    run = dynamics.simulate(
        spec.loss.record,
        spec.rule,
        spec.start,
        spec.eta,
        spec.steps,
        noise=spec.noise,
        seed=spec.seed,
    )
    return _Measured(run, dynamics.measure(run))


def profile_axis() -> list[float]:
    """The points in [−1, 1] at which a profile is given."""
    return profile_nodes().tolist()
