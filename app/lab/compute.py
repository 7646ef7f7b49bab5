"""What the lab asks of `dynamics`: lines of starts, regime maps, orbits and rates.

A map is computed band by band: some rows of step sizes, far apart at first and then between, so
that all of it is seen early. A band is one sweep and takes about a seventh of a second. Sweeps take
every core, so maps that are asked for at the same time take turns, a band each; of two equal maps
there is only one.

What comes in parts takes no longer than the server grants: no part is begun after that. What there
is by then is the answer, shorter than was asked for, and is kept like any other.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from app.budgets import budgets
from app.lab.settings import CROWD_ETAS, ETA, START, LabSettings, Way
from app.link import NUMBER
from app.once import PATIENCE, Gone, Once, StoppedError
from app.runspec import LossSpec, RuleSpec
from dynamics import MAX_STEPS, Fate, sweep
from dynamics.crowd import (
    Crowd,
    Ground,
    Lopsided,
    Region,
    Summary,
    crowd,
    ground_of,
    lopsided_share,
    points_of,
    summary,
)
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


class Axis(NamedTuple):
    """What an axis of a map shows, and of a number of the rule or of the loss its values."""

    name: str
    values: tuple[float, ...] = ()


class Runs(NamedTuple):
    """Some runs of a map as `dynamics.sweep` takes them."""

    starts: np.ndarray
    etas: np.ndarray
    theta: dict[str, np.ndarray]
    numbers: dict[str, np.ndarray]

    def of(self, rows: np.ndarray | slice) -> "Runs":
        """Those of some rows."""
        numbers = ({name: c[rows] for name, c in part.items()} for part in self[2:])
        return Runs(self.starts[rows], self.etas[rows], *numbers)


class Grid(NamedTuple):
    """What a map is computed from: a run for each value of one axis [rows] and each of the other
    [columns], from one of `starts` [., d] at one of `etas` [.], which are one where no axis shows
    them."""

    loss: LossSpec
    rule: RuleSpec
    etas: np.ndarray
    starts: np.ndarray
    steps: int
    across: Axis = Axis(ETA)
    up: Axis = Axis(START)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        among = {ETA: self.etas, START: self.starts}
        across, up = (len(among.get(axis.name, axis.values)) for axis in (self.across, self.up))
        return across, up

    def places(self, rows: Sequence[int] | range) -> dict[str, np.ndarray]:
        """Which value of each axis every run of some rows has, row by row."""
        columns = self.shape[1]
        return {
            self.across.name: np.repeat(rows, columns),
            self.up.name: np.tile(np.arange(columns), len(rows)),
        }

    def runs(self, rows: Sequence[int] | range) -> Runs:
        """Those of some rows, row by row."""
        at = self.places(rows)
        only = np.zeros(len(rows) * self.shape[1], int)
        given = {
            axis.name: np.array(axis.values)[at[axis.name]]
            for axis in (self.across, self.up)
            if axis.values
        }
        theta = {
            name.removeprefix(NUMBER): column
            for name, column in given.items()
            if name.startswith(NUMBER)
        }
        numbers = {name: column for name, column in given.items() if not name.startswith(NUMBER)}
        return Runs(self.starts[at.get(START, only)], self.etas[at.get(ETA, only)], theta, numbers)


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


# As they are kept: a map has many cells.
NARROW = (np.int8, np.int8, np.float64, np.int32, np.int32)


def joined(bands: Sequence[Band]) -> Band:
    """All rows of some bands, in order."""
    rows = [row for band in bands for row in band.rows]
    order = np.argsort(rows)
    columns = zip(*(band.regimes for band in bands), strict=True)
    table = Regimes(*(np.concatenate(column)[order] for column in columns))
    return Band(sorted(rows), table)


class Watch:
    """The time that computing an answer has taken, without what it waited for its turn."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @property
    def over(self) -> bool:
        """Whether there is no more time."""
        return self.seconds >= budgets().seconds.most


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
        if settings.plot not in ("regimes", "crowd") or settings.eta:
            return settings
        way, rule = settings.way, settings.chosen_rules[0]
        if settings.plot == "crowd":
            way = _across_region(settings)
        key = self.once.key("etas", way=way, rule=rule)
        low, high = self.once.result(key, lambda: self._etas(way, rule))
        if settings.plot == "crowd" or ETA in settings.axes:
            return replace(settings, eta=(low, high))
        return replace(settings, eta=(float(f"{np.sqrt(low * high):.2g}"),))

    def _etas(self, way: Way, rule: RuleSpec) -> tuple[float, float]:
        return interesting_etas(way.loss.record, rule.record, self._line(way, SCOUTS))

    def line(self, settings: LabSettings) -> Line:
        """The starts of a map, or the one of all its runs."""
        return self._starts(settings, settings.size)

    def _starts(self, settings: LabSettings, count: int) -> Line:
        if START in settings.axes:
            return self._line(settings.way, count)
        return Line(np.array([settings.start_point]), np.zeros(1))

    def _line(self, way: Way, count: int) -> Line:
        if way.ends:
            return straight_line(*way.ends, count)
        key = self.once.key("line", way=way, count=count)
        return self.once.result(key, lambda: line_beside_valley(way.loss.record, way.off, count))

    def grid(self, settings: LabSettings) -> Grid:
        """What the map of filled settings is computed from."""
        return self._grid(settings, settings.size)

    def _grid(self, settings: LabSettings, across: int) -> Grid:
        """The grid with so many values across."""
        assert settings.eta
        counts = dict(zip(settings.axes, (across, settings.size), strict=True))
        etas, axes = np.array(settings.eta), []
        if ETA in counts:
            etas = np.geomspace(etas[0], etas[1], counts[ETA])
        starts = self._starts(settings, counts.get(START, 1)).starts
        for name in settings.axes:
            ends = settings.ranges.get(name)
            axes.append(
                Axis(name, tuple(np.linspace(*ends, counts[name]).tolist()) if ends else ())
            )
        return Grid(settings.chosen, settings.chosen_rules[0], etas, starts, settings.steps, *axes)

    def settling(self, grid: Grid) -> Settling | None:
        """The lines of a map of GD: where it settles. Other rules have another edge, or none."""
        if grid.rule.key != "gd" or (grid.across.name, grid.up.name) != (ETA, START):
            return None
        key = self.once.key("settling", loss=grid.loss, starts=grid.starts)
        return self.once.result(key, lambda: settling_etas(grid.loss.record, grid.starts))

    def orbit_grid(self, settings: LabSettings) -> Grid:
        """What the orbit diagram of filled settings is computed from: one column, of more rows."""
        grid, only = self._grid(settings, ORBIT_ETAS), slice(settings.column, settings.column + 1)
        if grid.up.name == ETA:
            return grid._replace(etas=grid.etas[only])
        if grid.up.name == START:
            return grid._replace(starts=grid.starts[only])
        return grid._replace(up=Axis(grid.up.name, grid.up.values[only]))

    def orbit_line(self, settings: LabSettings) -> Line:
        """The starts of the orbit diagram: those that it goes along, or one."""
        if settings.axes[0] == START:
            return self._starts(settings, ORBIT_ETAS)
        line = self.line(settings)
        at = settings.column if settings.axes[1] == START else 0
        return Line(line.starts[[at]], line.positions[[at]])

    def bands(self, grid: Grid, gone: Gone) -> Iterator[Band]:
        """A map band by band, each row once; in one band where it is known.

        Args:
            gone: asked every 20 ms; once it answers true there is no further band.

        Raises:
            StoppedError: gone.
        """
        key = self._key("regimes", grid)
        return self.once.parts(key, lambda known: _Map(self, grid, known), gone)

    def regimes(self, grid: Grid, gone: Gone) -> Band:
        """All of a map, as far as there was time for it. Raises as `bands` does."""
        return joined(list(self.bands(grid, gone)))

    def orbit(self, grid: Grid, gone: Gone) -> Orbits:
        """The last 64 iterates of a run from the one start at each of the step sizes.

        Raises:
            StoppedError: gone.
        """

        def make() -> Orbits:
            with self.turn(gone, Watch()):
                runs = grid.runs(range(grid.shape[0]))
                found = orbits(
                    grid.loss.record,
                    grid.rule.record,
                    runs.starts,
                    runs.etas,
                    grid.steps,
                    ORBIT_STEPS,
                    theta=runs.theta,
                    numbers=runs.numbers,
                    stop=gone,
                )
            if gone():
                raise StoppedError
            return found

        return self.once.result(self._key("orbit", grid), make, gone)

    def crowd(self, settings: LabSettings, gone: Gone) -> Iterator["Seen"]:
        """A crowd of filled settings, some step sizes at a time.

        Raises:
            StoppedError: gone.
        """
        asked = settings.plain | {"colour": "", "slice": 0.0}
        key = self.once.key("crowd", settings=asked)
        return self.once.parts(key, lambda known: _Crowd(self, settings, known), gone)

    def ground(self, settings: LabSettings) -> Ground:
        """What lies around the region of a crowd."""
        region, start = region_of(settings), settings.start_point
        key = self.once.key("ground", loss=settings.chosen, region=region, start=start)
        return self.once.result(key, lambda: ground_of(settings.chosen.record, region, start))

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
    def turn(self, gone: Gone, watch: Watch) -> Iterator[None]:
        """One sweep at a time; first come, first served. It is timed."""
        ticket = object()
        self._queue.append(ticket)
        try:
            with self._moved:
                while self._queue[0] is not ticket:
                    if gone():
                        raise StoppedError
                    self._moved.wait(PATIENCE)
            begun = time.monotonic()
            yield
            watch.seconds += time.monotonic() - begun
        finally:
            with self._moved:
                self._queue.remove(ticket)
                self._moved.notify_all()


class _Map:
    """Makes a map; see `app.once.Maker`."""

    def __init__(self, lab: Lab, grid: Grid, known: Band | None) -> None:
        self.lab, self.grid, self.known = lab, grid, known
        self.left = [] if known else interlaced(grid.shape[0])
        self.chunks = cores()
        self.watch = Watch()
        self.made: list[Band] = []

    def next(self, gone: Gone) -> Band | None:
        if self.known:
            band, self.known = self.known, None
            return band
        if not self.left or self.watch.over:
            return None
        count = max(1, self.chunks * CHUNK // self.grid.shape[1])
        band = self._swept(self.left[:count], gone)
        self.left = self.left[count:]
        self.made.append(band)
        return band

    def whole(self) -> Band | None:
        return joined(self.made) if self.made else None

    def _swept(self, rows: list[int], gone: Gone) -> Band:
        grid = self.grid
        shape = len(rows), grid.shape[1]
        before = self.watch.seconds
        with self.lab.turn(gone, self.watch):
            found = _decided(grid, grid.runs(rows), gone)
        self.chunks = _next_size(self.chunks, self.watch.seconds - before)
        if gone():
            raise StoppedError
        columns = zip(found, NARROW, strict=True)
        return Band(rows, Regimes(*(part.reshape(shape).astype(kind) for part, kind in columns)))


class Seen(NamedTuple):
    """Some step sizes of a crowd, which of all they are [n], and what there is to say of them."""

    rows: list[int]
    crowd: Crowd
    summary: Summary
    lopsided: Lopsided | None
    """Of normalized GD alone."""


class _Crowd:
    """Makes a crowd; see `app.once.Maker`."""

    def __init__(self, lab: Lab, settings: LabSettings, known: list[Seen] | None) -> None:
        self.lab, self.settings = lab, settings
        self.known = list(known or [])
        self.etas = crowd_etas(settings)
        self.left = [] if known else interlaced(len(self.etas))
        self.chunks = cores()
        self.runs = len(points_of(region_of(settings), settings.grid)[1])
        self.watch = Watch()
        self.made: list[Seen] = []

    def next(self, gone: Gone) -> Seen | None:
        if self.known:
            return self.known.pop(0)
        if not self.left or self.watch.over:
            return None
        count = max(1, self.chunks * CHUNK // self.runs)
        found = self._seen(self.left[:count], gone)
        self.left = self.left[count:]
        self.made.append(found)
        return found

    def whole(self) -> list[Seen] | None:
        return self.made or None

    def _seen(self, rows: list[int], gone: Gone) -> Seen:
        asked = self.settings
        loss, rule = asked.chosen.record, asked.chosen_rules[0].record
        before = self.watch.seconds
        with self.lab.turn(gone, self.watch):
            found = crowd(
                loss,
                rule,
                region_of(asked),
                asked.grid,
                self.etas[rows].tolist(),
                asked.steps,
                start=asked.start_point,
                stop=gone,
            )
            lopsided = lopsided_share(loss, rule, found) if rule.key == "ngd" else None
        self.chunks = _next_size(self.chunks, self.watch.seconds - before)
        if gone():
            raise StoppedError
        return Seen(rows, found, summary(found), lopsided)


def region_of(settings: LabSettings) -> Region:
    """The region of a crowd."""
    left, right, below, above = settings.region_shown
    return Region((left, below), (right, above), settings.kind)


def crowd_etas(settings: LabSettings) -> np.ndarray:
    """The step sizes of filled settings, at equal ratios."""
    assert settings.eta
    low, high = settings.eta
    return np.geomspace(low, high, CROWD_ETAS)


def _across_region(settings: LabSettings) -> Way:
    """The line from corner to corner of a region, whose starts tell which η are of interest."""
    left, right, below, above = settings.region_shown
    others = tuple(settings.start_point[2:])
    return Way(settings.chosen, ((left, below, *others), (right, above, *others)), 0.0)


def _decided(grid: Grid, runs: Runs, gone: Gone) -> Regimes:
    """What becomes of runs; those that are on their way still go on."""

    def swept(rows: np.ndarray | slice, steps: int) -> Regimes:
        some = runs.of(rows)
        found = sweep(
            grid.loss.record,
            grid.rule.record,
            some.starts,
            some.etas,
            steps,
            theta=some.theta,
            numbers=some.numbers,
            stop=gone,
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
        self.wanted = settings.step_sizes[: len(known)] if known else settings.step_sizes
        self.watch = Watch()
        self.found: list[Cloud] = []

    def next(self, gone: Gone) -> Cloud | None:
        if gone():
            raise StoppedError
        if len(self.found) == len(self.wanted) or self.watch.over:
            return None
        eta = self.wanted[len(self.found)]
        cloud = self.known[len(self.found)] if self.known else self._cloud_at(eta, gone)
        self.found.append(cloud)
        return cloud

    def whole(self) -> list[Cloud] | None:
        return None if self.known else self.found

    def _cloud_at(self, eta: float, gone: Gone) -> Cloud:
        asked = self.settings
        loss, rule = asked.chosen.record, asked.chosen_rules[0].record
        with self.lab.turn(gone, self.watch):
            cloud = cloud_at(loss, rule, asked.start_point, asked.slow_time, eta, stop=gone)
        if gone():
            raise StoppedError
        return cloud


class _Courses:
    """Makes what rules do side by side; see `app.once.Maker`."""

    def __init__(self, lab: Lab, settings: LabSettings, known: list[Course] | None) -> None:
        self.lab, self.settings, self.known = lab, settings, known
        self.many = len(settings.fitting_rules if known is None else known)
        self.watch = Watch()
        self.found: list[Course] = []

    def next(self, gone: Gone) -> Course | None:
        if gone():
            raise StoppedError
        done = len(self.found)
        if done == self.many or self.watch.over:
            return None
        found = self.known[done] if self.known else self._course(done, gone)
        self.found.append(found)
        return found

    def whole(self) -> list[Course] | None:
        return None if self.known else self.found

    def _course(self, i: int, gone: Gone) -> Course:
        asked = self.settings
        rule, eta = asked.fitting_rules[i].record, asked.step_sizes[0]
        with self.lab.turn(gone, self.watch):
            found = course(
                asked.chosen.record,
                rule,
                asked.start_point,
                eta,
                asked.slow_time,
                most=budgets().steps.most,
                stop=gone,
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
