"""What the lab asks of `dynamics`: lines of starts, regime maps, orbits and rates.

A map is computed band by band: some rows of step sizes, far apart at first and then between, so
that all of it is seen early. A band is one sweep and takes about a seventh of a second. Sweeps take
every core, so maps that are asked for at the same time take turns, a band each; of two equal maps
there is only one.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from app.lab.settings import LabSettings, Way
from app.once import PATIENCE, Gone, Once, StoppedError
from app.runspec import LossSpec, RuleSpec
from dynamics import MAX_STEPS, Fate, sweep
from dynamics.flatness import Course, Floor, course, floor_of
from dynamics.orbits import Orbits, orbits
from dynamics.rate import Cloud, Rate, cloud_at, rate_of
from dynamics.starts import (
    SCOUTS,
    Line,
    Settling,
    interesting_etas,
    line_beside_valley,
    settling_etas,
    straight_line,
)
from dynamics.sweep import CHUNK, cores

BAND_SECONDS = 0.15
GROWTH = 4
PATIENCE_IN_STEPS = 4  # times the steps of a map, for runs that are on their way still

ORBIT_ETAS = 600
ORBIT_STEPS = 64


class Grid(NamedTuple):
    """What a map is computed from: a run at each of `etas` [rows] from each of `starts` [columns,
    d]."""

    loss: LossSpec
    rule: RuleSpec
    etas: np.ndarray
    starts: np.ndarray
    steps: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.etas), len(self.starts)


class Regimes(NamedTuple):
    """What became of each run, [rows, columns]; see `dynamics.Sweep`."""

    outcome: np.ndarray
    period: np.ndarray
    sharpness: np.ndarray
    ended: np.ndarray
    steps: np.ndarray
    """Those of the map, or four times as many where these had decided nothing."""


class Band(NamedTuple):
    """Some rows of a map, [n], and what became of their runs, [n, columns]."""

    rows: list[int]
    regimes: Regimes

    def put_into(self, table: Regimes) -> None:
        """Write the rows where they belong in all of a map."""
        for column, values in zip(table, self.regimes, strict=True):
            column[self.rows] = values


def interlaced(count: int) -> list[int]:
    """0 … count − 1 in an order of which every beginning is spread over all: 0, the multiples of
    the highest power of 2 below, the odd multiples of the next, and so on."""
    return sorted(range(count), key=lambda i: (-(i & -i) if i else -count, i))


class Lab:
    """Maps, orbits and rates, kept by `once`."""

    def __init__(self, once: Once) -> None:
        self.once = once
        self._queue: deque[object] = deque()
        self._moved = threading.Condition()

    def filled(self, settings: LabSettings) -> LabSettings:
        """The settings with nothing left open: of a map the range of step sizes too."""
        if settings.plot != "regimes" or settings.eta:
            return settings
        way, rule = settings.way, settings.chosen_rules[0]
        key = self.once.key("etas", way=way, rule=rule)
        return replace(settings, eta=self.once.result(key, lambda: self._etas(way, rule)))

    def _etas(self, way: Way, rule: RuleSpec) -> tuple[float, float]:
        return interesting_etas(way.loss.record, rule.record, self._line(way, SCOUTS))

    def line(self, settings: LabSettings) -> Line:
        """The starts of a map."""
        return self._line(settings.way, settings.size)

    def _line(self, way: Way, count: int) -> Line:
        if way.ends:
            return straight_line(*way.ends, count)
        key = self.once.key("line", way=way, count=count)
        return self.once.result(key, lambda: line_beside_valley(way.loss.record, way.off, count))

    def grid(self, settings: LabSettings) -> Grid:
        """What the map of filled settings is computed from."""
        assert settings.eta
        etas = np.geomspace(*settings.eta, settings.size)
        starts = self.line(settings).starts
        return Grid(settings.chosen, settings.chosen_rules[0], etas, starts, settings.steps)

    def settling(self, grid: Grid) -> Settling | None:
        """The lines of a map of GD: where it settles. Other rules have another edge, or none."""
        if grid.rule.key != "gd":
            return None
        key = self.once.key("settling", loss=grid.loss, starts=grid.starts)
        return self.once.result(key, lambda: settling_etas(grid.loss.record, grid.starts))

    def orbit_grid(self, settings: LabSettings) -> Grid:
        """What the orbit diagram of filled settings is computed from: one start."""
        assert settings.eta
        etas = np.geomspace(*settings.eta, ORBIT_ETAS)
        start = self.line(settings).starts[[settings.column]]
        return Grid(settings.chosen, settings.chosen_rules[0], etas, start, settings.steps)

    def bands(self, grid: Grid, gone: Gone) -> Iterator[Band]:
        """A map band by band, each row once; in one band where it is known.

        Args:
            gone: asked every 20 ms; once it answers true there is no further band.

        Raises:
            StoppedError: gone.
        """
        key = self._key("regimes", grid)
        return self.once.parts(key, lambda known: _Map(self, grid, known), gone)

    def regimes(self, grid: Grid, gone: Gone) -> Regimes:
        """All of a map. Raises as `bands` does."""
        table = _empty(grid.shape)
        for band in self.bands(grid, gone):
            band.put_into(table)
        return table

    def orbit(self, grid: Grid, gone: Gone) -> Orbits:
        """The last 64 iterates of a run from the one start at each of the step sizes.

        Raises:
            StoppedError: gone.
        """

        def make() -> Orbits:
            with self.turn(gone):
                starts = np.repeat(grid.starts, len(grid.etas), axis=0)
                found = orbits(
                    grid.loss.record,
                    grid.rule.record,
                    starts,
                    grid.etas,
                    grid.steps,
                    ORBIT_STEPS,
                    stop=gone,
                )
            if gone():
                raise StoppedError
            return found

        return self.once.result(self._key("orbit", grid), make, gone)

    def clouds(self, settings: LabSettings, gone: Gone) -> Iterator[Cloud]:
        """The gaps to the theorem at the slow time of a rate, for each η in turn.

        Raises:
            StoppedError: gone.
        """
        key = self.once.key("rate", settings=settings.plain)
        return self.once.parts(key, lambda known: _Clouds(self, settings, known), gone)

    def courses(self, settings: LabSettings, gone: Gone) -> Iterator[Course]:
        """Each rule of a comparison of flatness in turn.

        Raises:
            StoppedError: gone.
        """
        key = self.once.key("courses", settings=settings.plain | {"flatness": ""})
        return self.once.parts(key, lambda known: _Courses(self, settings, known), gone)

    def floor(self, loss: LossSpec) -> Floor:
        """Γ with its flatness."""
        return self.once.result(self.once.key("floor", loss=loss), lambda: floor_of(loss.record))

    def _key(self, kind: str, grid: Grid) -> str:
        return self.once.key(kind, **grid._asdict())

    @contextmanager
    def turn(self, gone: Gone) -> Iterator[None]:
        """One sweep at a time; first come, first served."""
        ticket = object()
        self._queue.append(ticket)
        try:
            with self._moved:
                while self._queue[0] is not ticket:
                    if gone():
                        raise StoppedError
                    self._moved.wait(PATIENCE)
            yield
        finally:
            with self._moved:
                self._queue.remove(ticket)
                self._moved.notify_all()


class _Map:
    """Makes a map; see `app.once.Maker`."""

    def __init__(self, lab: Lab, grid: Grid, known: Regimes | None) -> None:
        self.lab, self.grid, self.known = lab, grid, known
        self.left = [] if known else interlaced(len(grid.etas))
        self.chunks = cores()
        self.table = _empty(grid.shape)
        self.told = False

    def next(self, gone: Gone) -> Band | None:
        if self.known and not self.told:
            self.told = True
            return Band(list(range(len(self.grid.etas))), self.known)
        if not self.left:
            return None
        count = max(1, self.chunks * CHUNK // len(self.grid.starts))
        band = self._swept(self.left[:count], gone)
        self.left = self.left[count:]
        band.put_into(self.table)
        return band

    def whole(self) -> Regimes | None:
        return None if self.known else self.table

    def _swept(self, rows: list[int], gone: Gone) -> Band:
        grid = self.grid
        shape = len(rows), len(grid.starts)
        with self.lab.turn(gone):
            begun = time.monotonic()
            starts = np.tile(grid.starts, (shape[0], 1))
            etas = np.repeat(grid.etas[rows], shape[1])
            found = _decided(grid, starts, etas, gone)
            self.chunks = _next_size(self.chunks, time.monotonic() - begun)
        if gone():
            raise StoppedError
        return Band(rows, Regimes(*(column.reshape(shape) for column in found)))


def _decided(grid: Grid, starts: np.ndarray, etas: np.ndarray, gone: Gone) -> Regimes:
    """What becomes of runs [n, d]; those that are on their way still go on."""

    def swept(rows: np.ndarray | slice, steps: int) -> Regimes:
        found = sweep(
            grid.loss.record, grid.rule.record, starts[rows], etas[rows], steps, stop=gone
        )
        many = np.full(len(found.ended), steps)
        return Regimes(found.outcome, found.period, found.sharpness, found.ended, many)

    found = swept(slice(None), grid.steps)
    longer = min(PATIENCE_IN_STEPS * grid.steps, MAX_STEPS)
    undecided = np.flatnonzero(found.outcome == Fate.UNDECIDED)
    if undecided.size:
        for column, values in zip(found, swept(undecided, longer), strict=True):
            column[undecided] = values
    return found


class _Clouds:
    """Makes the clouds of a rate; see `app.once.Maker`."""

    def __init__(self, lab: Lab, settings: LabSettings, known: list[Cloud] | None) -> None:
        self.lab, self.settings, self.known = lab, settings, known
        self.found: list[Cloud] = []

    def next(self, gone: Gone) -> Cloud | None:
        if gone():
            raise StoppedError
        if len(self.found) == len(self.settings.step_sizes):
            return None
        eta = self.settings.step_sizes[len(self.found)]
        cloud = self.known[len(self.found)] if self.known else self._cloud_at(eta, gone)
        self.found.append(cloud)
        return cloud

    def whole(self) -> list[Cloud] | None:
        return None if self.known else self.found

    def _cloud_at(self, eta: float, gone: Gone) -> Cloud:
        asked = self.settings
        loss, rule = asked.chosen.record, asked.chosen_rules[0].record
        with self.lab.turn(gone):
            cloud = cloud_at(loss, rule, asked.start_point, asked.slow_time, eta, stop=gone)
        if gone():
            raise StoppedError
        return cloud


class _Courses:
    """Makes what rules do side by side; see `app.once.Maker`."""

    def __init__(self, lab: Lab, settings: LabSettings, known: list[Course] | None) -> None:
        self.lab, self.settings, self.known = lab, settings, known
        self.found: list[Course] = []

    def next(self, gone: Gone) -> Course | None:
        if gone():
            raise StoppedError
        done = len(self.found)
        if done == len(self.settings.fitting_rules):
            return None
        found = self.known[done] if self.known else self._course(done, gone)
        self.found.append(found)
        return found

    def whole(self) -> list[Course] | None:
        return None if self.known else self.found

    def _course(self, i: int, gone: Gone) -> Course:
        asked = self.settings
        rule, eta = asked.fitting_rules[i].record, asked.step_sizes[0]
        with self.lab.turn(gone):
            found = course(
                asked.chosen.record, rule, asked.start_point, eta, asked.slow_time, stop=gone
            )
        if found is None or gone():
            raise StoppedError
        return found


def rate_through(etas: Sequence[float], clouds: Sequence[Cloud]) -> dict[str, Any]:
    """What a rate is, by the names of `dynamics.rate.Rate`; and as `bound` C of the bound C·η
    through the largest gap at the largest η that has one. [ALP22] says that there is a C, and not
    which."""
    rate = rate_of(etas, clouds)
    return rate._asdict() | {"bound": _bound(rate)}


def _bound(rate: Rate) -> float:
    known = np.flatnonzero(np.isfinite(rate.envelope))
    if not known.size:
        return np.nan
    i = known[np.argmax(rate.etas[known])]
    return float(rate.envelope[i] / rate.etas[i])


def _next_size(chunks: int, seconds: float) -> int:
    """How many chunks of runs take as long as a band should: the same for every core."""
    wanted = min(chunks * BAND_SECONDS / max(seconds, 1e-6), GROWTH * chunks)
    return max(int(wanted) // cores(), 1) * cores()


def _empty(shape: tuple[int, int]) -> Regimes:
    return Regimes(
        outcome=np.zeros(shape, np.int8),
        period=np.zeros(shape, np.int8),
        sharpness=np.full(shape, np.nan),
        ended=np.zeros(shape, np.int32),
        steps=np.zeros(shape, np.int32),
    )
