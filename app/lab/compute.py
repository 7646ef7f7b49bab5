"""What the lab asks of `dynamics`: lines of starts, regime maps, orbits and rates.

A map is computed band by band: some rows of step sizes, far apart at first and then between, so
that all of it is seen early. A band is one sweep and takes about a seventh of a second. Sweeps take
every core, so maps that are asked for at the same time take turns, a band each.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

import jax
import numpy as np

from app.stage.compute import Compute, drift_line_from
from dynamics import LOSSES, RULES, Fate, Loss, sweep
from dynamics.curvature import direction, newton_to_manifold, sharpness
from dynamics.files import clean, encode
from dynamics.manifold import lengths_along, trace_manifold
from dynamics.orbits import Orbits, orbits
from dynamics.projection import projection
from dynamics.rate import fit_slope, gap_at
from dynamics.sweep import CHUNK, cores

__all__ = ["Fate", "Orbits", "clean", "encode", "fit_slope"]

BAND_SECONDS = 0.15
GROWTH = 4
PATIENCE = 0.05  # seconds from one look to the next at whether one who waits is still there

SCOUTS = 65  # starts whose sharpness tells which step sizes are of interest
LEAST_BOUNCE = 1 / 200  # of the line of starts
ORBIT_ETAS = 600
ORBIT_STEPS = 64

Gone = Callable[[], bool]
"""Whether nobody waits for an answer any more."""


class StoppedError(Exception):
    """Nobody waits for the answer any more."""


class Way(NamedTuple):
    """Which line of starts: the straight one between two `ends`, or, where there are none, along Γ
    at a distance `off`."""

    loss: str
    ends: tuple[tuple[float, ...], tuple[float, ...]] | None
    off: float


class Line(NamedTuple):
    """Starts [n, d], and how far along they lie [n], in the units of x."""

    starts: np.ndarray
    positions: np.ndarray


class Grid(NamedTuple):
    """What a map is computed from: a run at each of `etas` [rows] from each of `starts` [columns,
    d]."""

    loss: str
    rule: str
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


class Band(NamedTuple):
    """Some rows of a map, [n], and what became of their runs, [n, columns]."""

    rows: list[int]
    regimes: Regimes

    def put_into(self, table: Regimes) -> None:
        """Write the rows where they belong in all of a map."""
        for column, values in zip(table, self.regimes, strict=True):
            column[self.rows] = values


def line_of(way: Way, count: int) -> Line:
    """Starts at equal distances."""
    starts = np.linspace(*way.ends, count) if way.ends else _beside_valley(way, count)
    return Line(starts, lengths_along(starts))


def _beside_valley(way: Way, count: int) -> np.ndarray:
    """Points `off` away from Γ along v₁, [count, d], whose feet lie at equal distances.

    Of Γ, the longest piece of a branch in the loss's view; where there are no branches, the way of
    the drift from the loss's own start.
    """
    points, v = _floor(LOSSES[way.loss], count)
    return points + way.off * v


@lru_cache(maxsize=64)
def _floor(loss: Loss, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of Γ, [count, d], and v₁ at them on the side of the loss's own start."""
    curve = _longest_in_view(loss) if loss.branches else _way_of_drift(loss)
    lengths = lengths_along(curve)
    at = np.linspace(0.0, lengths[-1], count)
    points = np.stack([np.interp(at, lengths, column) for column in curve.T], axis=1)
    points, v = map(np.asarray, _landed(loss, points))
    v = v * _alike(v)[:, None]
    away = np.asarray(loss.start) - points
    nearest = np.argmin(np.linalg.norm(away, axis=1))
    return points, v if away[nearest] @ v[nearest] >= 0 else -v


def _alike(v: np.ndarray) -> np.ndarray:
    """Signs [n] that turn each of the vectors [n, d] to the side of the one before."""
    same = np.sum(v[1:] * v[:-1], axis=1) >= 0
    return np.cumprod(np.concatenate([[1.0], np.where(same, 1.0, -1.0)]))


def _longest_in_view(loss: Loss) -> np.ndarray:
    """The longest stretch of any branch within the loss's view, [n, d]."""
    low, high = np.array(loss.view).T
    stretches = []
    for trace in trace_manifold(loss):
        rows = np.flatnonzero(np.all((trace.x >= low) & (trace.x <= high), axis=1))
        ends = np.flatnonzero(np.diff(rows) > 1) + 1
        stretches += [trace.x[stretch] for stretch in np.split(rows, ends)]
    return max(stretches, key=lambda x: lengths_along(x)[-1])


def _way_of_drift(loss: Loss) -> np.ndarray:
    line = drift_line_from(loss, np.asarray(loss.start))
    assert line
    return line.x


def _land(loss: Loss, x):
    """x [d] moved onto Γ, and v₁ there."""
    x = newton_to_manifold(loss, x)
    return x, direction(loss, x)


_sharpness_below = jax.jit(
    lambda loss, points: jax.vmap(lambda x: sharpness(loss, projection(loss, x)))(points),
    static_argnums=0,
)
_landed = jax.jit(jax.vmap(_land, in_axes=(None, 0)), static_argnums=0)


@lru_cache(maxsize=256)
def interesting_etas(way: Way, rule: str) -> tuple[float, float]:
    """The range of step sizes that shows what becomes of a rule from a line of starts.

    Of a rule with a bounce: from a bounce of 1/200 of the line to one as long as the line. Else
    from half of 2/λ₁ at the sharpest of the starts' Φ to twice that at the flattest.
    """
    starts, positions = line_of(way, SCOUTS)
    known = _sharpness_of(way.loss, rule, starts)
    flat, sharp = known.min(), known.max()
    bounce = RULES[rule].bounce
    if bounce is None:
        return _rounded(1 / sharp), _rounded(4 / flat)
    length = positions[-1] or 1.0
    low, high = (LEAST_BOUNCE * length / bounce(1.0, sharp), length / bounce(1.0, flat))
    return _rounded(low), _rounded(high)


def _sharpness_of(loss: str, rule: str, starts: np.ndarray) -> np.ndarray:
    """λ₁ at those Φ of starts that are found; 1 where there are none."""
    found = sweep(loss, rule, starts, np.ones(len(starts)), 0).sharpness
    if not np.any(found > 0):
        # A sweep descends in few steps and may lose its way; one descent with care tells enough.
        found = np.asarray(_sharpness_below(LOSSES[loss], starts[[len(starts) // 2]]))
    known = found[np.isfinite(found) & (found > 0)]
    return known if known.size else np.ones(1)


def _rounded(value: float) -> float:
    return float(f"{value:.1e}")


def orbit_etas(low: float, high: float) -> np.ndarray:
    """The step sizes of an orbit diagram."""
    return np.geomspace(low, high, ORBIT_ETAS)


def interlaced(count: int) -> list[int]:
    """0 … count − 1 in an order of which every beginning is spread over all: 0, the multiples of
    the highest power of 2 below, the odd multiples of the next, and so on."""
    return sorted(range(count), key=lambda i: (-(i & -i) if i else -count, i))


class Lab:
    """Maps, orbits and rates, kept where `compute` keeps its results."""

    def __init__(self, compute: Compute) -> None:
        self.compute = compute
        self._queue: deque[object] = deque()
        self._moved = threading.Condition()

    def bands(self, grid: Grid, gone: Gone) -> Generator[Band]:
        """A map band by band, each row once; in one band where it is known.

        Args:
            gone: asked every 20 ms; once it answers true there is no further band.

        Raises:
            StoppedError: gone.
        """
        known = self.compute.cache.get(self._key(grid))
        if known is not None:
            yield Band(list(range(len(grid.etas))), known)
            return
        table = _empty(grid.shape)
        for band in self._made(grid, gone):
            band.put_into(table)
            yield band
        self.compute.cache.set(self._key(grid), table)

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
            with self._turn(gone):
                starts = np.repeat(grid.starts, len(grid.etas), axis=0)
                found = orbits(
                    grid.loss, grid.rule, starts, grid.etas, grid.steps, ORBIT_STEPS, stop=gone
                )
            if gone():
                raise StoppedError
            return found

        return self.compute.once(self._key(grid, "orbit"), make)

    def gaps(
        self,
        loss: str,
        rule: str,
        start: Sequence[float],
        tau: float,
        etas: Sequence[float],
        gone: Gone,
    ) -> Iterator[float]:
        """The gap of a run to the theorem at a slow time, for each η in turn.

        Raises:
            StoppedError: gone.
        """
        key = self.compute.key(
            kind="rate", loss=loss, rule=rule, start=list(start), tau=tau, etas=list(etas)
        )
        known, found = self.compute.cache.get(key), []
        for eta, gap in zip(etas, known or [None] * len(etas), strict=True):
            if gone():
                raise StoppedError
            self.compute.last_asked = time.monotonic()
            found.append(gap_at(loss, rule, start, tau, eta) if gap is None else gap)
            yield found[-1]
        if known is None:
            self.compute.cache.set(key, found)

    def _key(self, grid: Grid, kind: str = "regimes") -> str:
        lists = {"etas": grid.etas.tolist(), "starts": grid.starts.tolist()}
        return self.compute.key(kind=kind, **(grid._asdict() | lists))

    def _made(self, grid: Grid, gone: Gone) -> Iterator[Band]:
        order, chunks = interlaced(len(grid.etas)), cores()
        while order:
            count = max(1, chunks * CHUNK // len(grid.starts))
            rows, order = order[:count], order[count:]
            with self._turn(gone):
                begun = time.monotonic()
                found = sweep(
                    grid.loss,
                    grid.rule,
                    np.tile(grid.starts, (len(rows), 1)),
                    np.repeat(grid.etas[rows], len(grid.starts)),
                    grid.steps,
                    stop=gone,
                )
                chunks = _next_size(chunks, time.monotonic() - begun)
            if gone():
                raise StoppedError
            columns = found.outcome, found.period, found.sharpness, found.ended
            shape = len(rows), len(grid.starts)
            yield Band(rows, Regimes(*(column.reshape(shape) for column in columns)))

    @contextmanager
    def _turn(self, gone: Gone) -> Iterator[None]:
        """One sweep at a time; first come, first served."""
        ticket = object()
        self._queue.append(ticket)
        try:
            with self._moved:
                while self._queue[0] is not ticket:
                    if gone():
                        raise StoppedError
                    self._moved.wait(PATIENCE)
            self.compute.last_asked = time.monotonic()
            yield
        finally:
            with self._moved:
                self._queue.remove(ticket)
                self._moved.notify_all()


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
    )
