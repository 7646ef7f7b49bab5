"""The mathematics: normalized GD on the parabolic valley against the same loop in C and NumPy."""

import resource
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np

from benchmarks.baseline import REMEMBERING, library, numpy_pairs, vectorised, walk_of
from benchmarks.clock import best_in_turn, medians_in_turn
from benchmarks.row import Bound, Figures, Row
from dynamics import Fate, Run, Sweep, simulate, sweep, window
from dynamics.crowd import Region, Summary, crowd, summary
from dynamics.simulate import overview_ends
from dynamics.sweep import cores

START = (1.8, 1.1)

# NumPy's loop takes seconds. So many of its steps last as long as a whole run of the others; one
# pair is kept in as many steps as it is there.
NUMPY_STEPS = 5_000
NUMPY_STRIDE = 500

# Runs of a crowd that are taken one by one, at a few of its step sizes.
ONE_BY_ONE = 40

# From here on the longest run is on the floor; its descent takes some 1,500 steps.
BOUNCING = 10_000
WINDOW = 1000

BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit of ru_maxrss."""


def one_run(steps: int = 1_000_000, eta: float = 0.003) -> Figures:
    """A run whose overview of pairs is kept."""
    ends = overview_ends(steps)
    few = np.arange(NUMPY_STRIDE, NUMPY_STEPS + 1, NUMPY_STRIDE)
    points = np.empty((len(ends), 2, 2))

    def ours() -> Run:
        return simulate("parabolic-valley", "ngd", START, eta, steps)

    def in_c() -> None:
        library().walk_pairs(*START, eta, len(ends), ends, points)

    def in_numpy() -> None:
        numpy_pairs(START, eta, few)

    mine, c, numpy = best_in_turn(ours, in_c, in_numpy, rounds=30)
    _check_equal(ours().x.reshape(-1, 2, 2), points)
    numpy *= steps / NUMPY_STEPS
    return {
        "ms": 1e3 * mine,
        "ms in C": 1e3 * c,
        f"s in NumPy (from {NUMPY_STEPS:,} steps)": numpy,
        "× C": mine / c,
        "× as fast as NumPy": numpy / mine,
    }


def every_step(steps: int = 100_000, eta: float = 0.005) -> Figures:
    """A run kept in full, with loss and sharpness."""
    points, loss, sharpness = np.empty((steps + 1, 2)), np.empty(steps + 1), np.empty(steps + 1)

    def ours() -> tuple[np.ndarray, ...]:
        run = simulate("parabolic-valley", "ngd", START, eta, steps, record="all", measured=True)
        assert run.measured
        return run.x, *run.measured

    def in_c() -> None:
        library().walk_all(*START, eta, steps, points, loss, sharpness)

    mine, c = best_in_turn(ours, in_c, rounds=45)
    for column, same in zip(ours(), (points, loss, sharpness), strict=True):
        _check_equal(column, same)
    return {
        "ms": 1e3 * mine,
        "ms in C": 1e3 * c,
        "× C": mine / c,
    }


def with_state(steps: int = 1_000_000, eta: float = 0.003) -> Figures:
    """Runs of rules that remember or take two slopes, pairs kept."""
    ends = overview_ends(steps)
    points = np.empty((len(ends), 2, 2))
    figures = {rule: _beside_c(rule, eta, steps, ends, points) for rule in REMEMBERING}
    return figures | {"× C, the slowest": max(figures.values())}


def _beside_c(rule: str, eta: float, steps: int, ends: np.ndarray, points: np.ndarray) -> float:
    """How many times as long as in C."""

    def ours() -> Run:
        return simulate("parabolic-valley", rule, START, eta, steps)

    def in_c() -> None:
        walk_of(rule)(*START, eta, len(ends), ends, points)

    mine, c = best_in_turn(ours, in_c, rounds=15)
    # Past the descent rounding decides, of some of them.
    _check_equal(ours().x.reshape(-1, 2, 2)[:100], points[:100])
    return mine / c


def many_runs(n: int = 40_000, steps: int = 2_000) -> Figures:
    """A map of η by where the run starts, 200 × 200, on all cores; C only takes the steps."""
    line = np.linspace((0.5, 0.4), (2.0, 1.2), 200)
    starts = np.tile(line, (n // len(line), 1))
    etas = np.repeat(np.linspace(0.01, 0.2, n // len(line)), len(line))
    x, y = np.empty((2, n))
    share = n // cores() // 64 * 64
    ends = [(k * share, n if k == cores() - 1 else (k + 1) * share) for k in range(cores())]

    def ours() -> Sweep:
        return sweep("parabolic-valley", "ngd", starts, etas, steps)

    def walk(ends: tuple[int, int]) -> None:
        part = slice(*ends)
        vectorised().walk_many(ends[1] - ends[0], steps, etas[part], x[part], y[part])

    def in_c() -> None:
        x[:], y[:] = starts.T
        with ThreadPoolExecutor(cores()) as pool:
            list(pool.map(walk, ends))

    (mine, c), (_, ratio) = medians_in_turn(ours, in_c, rounds=15)
    found = ours()
    # Where an end of the bounce comes close to the floor, rounding tells on which side it lies.
    assert np.mean(np.isclose(found.x[:, 0], x, rtol=1e-6)) > 0.9
    each = 1e9 / (n * steps)
    return {
        "ms": 1e3 * mine,
        "ms in C": 1e3 * c,
        "ns a step and run": each * mine,
        "ns in C": each * c,
        "cores": cores(),
        "% at the edge": 100 * float(np.mean(found.outcome == Fate.EDGE)),
        "× C": ratio,
    }


def many_starts(n: int = 41, steps: int = 2_000) -> Figures:
    """A crowd at 24 step sizes, by one sweep, and one run after another."""
    region, etas = Region((0.5, 0.3), (2.2, 1.6)), np.geomspace(0.05, 0.9, 24).tolist()

    def ours() -> Summary:
        return summary(crowd("hyperbola", "gd", region, n, etas, steps))

    few = crowd("hyperbola", "gd", region, n, etas[:1], 0).starts[:: n * n // ONE_BY_ONE]

    def one_by_one() -> None:
        for eta in etas[::8]:
            for start in few:
                simulate("hyperbola", "gd", start, eta, steps)

    (mine, single), _ = medians_in_turn(ours, one_by_one, rounds=9)
    each = single / (len(few) * len(etas[::8]))
    return {
        "s": mine,
        "runs": n * n * len(etas),
        "ms a run, one after another": 1e3 * each,
        "× as fast as one after another": each * n * n * len(etas) / mine,
    }


def window_of_map(size: int = 200, steps: int = 2_000) -> Figures:
    """A window of a regime map in full, as a zoom asks for it, elsewhere each time."""
    shift = iter(np.linspace(0.0, 0.2, 64))

    def zoomed() -> Sweep:
        low = 0.4 + next(shift)
        etas = np.repeat(np.geomspace(low, 2 * low, size), size)
        starts = np.tile(np.linspace((1.0, 0.9), (2.0, 0.9), size), (size, 1))
        return sweep("hyperbola", "gd", starts, etas, steps)

    ((seconds,), _) = medians_in_turn(zoomed, rounds=9)
    return {"s": seconds, "cells": size * size}


def long_run() -> Figures:
    """The longest run, in a process of its own, whose peak of memory is not another row's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_long_run).result()


def _long_run(steps: int = 10_000_000, eta: float = 1e-3) -> Figures:
    def ours() -> Run:
        return simulate("parabolic-valley", "ngd", START, eta, steps)

    short = simulate("parabolic-valley", "ngd", START, eta, 2 * BOUNCING)
    window(short, BOUNCING, WINDOW)
    before = _peak()
    (best,) = best_in_turn(ours, rounds=5)
    run = ours()
    windows = [window(run, first, WINDOW) for first in (BOUNCING, steps // 2, steps - WINDOW)]
    growth = _peak() - before
    return {
        "s": best,
        "MB more than 20,000 steps": growth / 1e6,
        "% of pairs bounce": 100 * float(np.mean(_bounces(run)[::2])),
        "% of steps in windows bounce": 100 * float(np.mean([_bounces(w) for w in windows])),
    }


def _bounces(run: Run) -> np.ndarray:
    """For each two rows: neither more nor less than one step, all of it across the valley.

    (Not from one side of the floor to the other: where x no longer drifts, one end of the bounce
    lies on the floor.)
    """
    bouncing = run.step >= BOUNCING
    step, y = run.step[bouncing], run.x[bouncing, 1]
    return (np.diff(step) == 1) & (abs(abs(np.diff(y)) / run.eta - 1) < 0.01)


def _peak() -> int:
    """The largest memory of this process so far, in bytes."""
    return BYTES * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _check_equal(mine: np.ndarray, theirs: np.ndarray) -> None:
    """Both did the same job."""
    np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9)


ROWS = (
    Row(
        "run",
        "one run, 10⁶ steps of NGD on `parabolic-valley`, pairs recorded",
        (Bound("≤", 1.05, "× C"), Bound("≥", 200, "× as fast as NumPy")),
        one_run,
    ),
    Row(
        "every-step",
        "10⁵ steps with loss and sharpness at every step",
        (Bound("≤", 1.5, "× C"),),
        every_step,
    ),
    Row(
        "state",
        f"10⁶ steps of {', '.join(REMEMBERING)}, pairs recorded: times C",
        (Bound("≤", 1.5, "× C, the slowest"),),
        with_state,
    ),
    Row(
        "sweep",
        "40,000 runs × 2,000 steps, and what becomes of each",
        (Bound("≤", 1.5, "× C"),),
        many_runs,
    ),
    Row(
        "crowd",
        "a crowd: 41 × 41 starts × 24 η × 2,000 steps of GD on `hyperbola`, and what they share",
        (Bound("≤", 0.3, "s"),),
        many_starts,
    ),
    Row(
        "zoom",
        "a window of a regime map, 200 × 200 cells of 2,000 steps of GD, computed afresh",
        (Bound("≤", 0.5, "s"),),
        window_of_map,
    ),
    Row(
        "long-run",
        "a run of 10⁷ steps (η = 10⁻³, τ = 10), and windows of it",
        (
            Bound("≤", 0.16, "s"),
            Bound("≤", 8, "MB more than 20,000 steps"),
            Bound("≥", 100, "% of pairs bounce"),
            Bound("≥", 100, "% of steps in windows bounce"),
        ),
        long_run,
    ),
)
