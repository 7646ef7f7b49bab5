"""Many runs at once, and what becomes of each.

Chunks of 1,024 runs go on as many threads as there are cores. For a map of η by a place on the line
from a to b:

    starts, each = np.tile(np.linspace(a, b, 200), (len(etas), 1)), np.repeat(etas, 200)
    sweep(loss, rule, starts, each, 2000).outcome.reshape(len(etas), 200)
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import NamedTuple

import jax
import numpy as np

from dynamics.catalogue import find_pair
from dynamics.chunk import (
    CHUNK,
    Sweep,
    compile_for,
    nothing_known,
    reports_in,
    rises,
    sweep_chunk,
    too_sharp,
)
from dynamics.fates import Fate
from dynamics.lyapunov import exponents, is_chaos
from dynamics.own import Own, checked_own
from dynamics.simulate import check_numbers
from dynamics.types import Array, Loss, Rule, Theta


def sweep(
    loss: Loss | str,
    rule: Rule | str,
    starts: Array,
    etas: Array,
    steps: int,
    *,
    theta: Theta | None = None,
    numbers: Theta | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Sweep:
    """Run a rule from many starts and say what becomes of each run.

    What becomes of a run is read off its last 48 steps; the first that holds:

    DIVERGES    an iterate, or the loss of the last, is not finite or outside the domain.
    STOPS       the next step changes nothing, for a rule with a bounce (NGD, GD on √L) that has
                moved: it has landed on Γ exactly.
    CONVERGES   the next step changes nothing. For a rule without a bounce (GD) also: L ≤ 1e-20; or
                it descends smoothly (period 1 below) and L has come to 1e-4 of its largest; or its
                steps shrink to nothing. They do if the longest step of each third of the 48 is
                shorter than that of the one before, and Aitken's limit of the three less than half
                the last: a bounce that settles on a cycle has that of the cycle as its limit. If
                not of period 2, the last must also be less than half the first.
    CROSSES     CONVERGES, and Γ once lay between two iterates (`Sweep.crossed`).
    CATAPULT    CONVERGES, for a rule without a bounce, and L once was more than twice L(x_0); or
                more than twice the least before, and λ₁ at Φ(x_0) is above the threshold, 2/η.
    UNDECIDED   fewer than 48 steps; or period 1; or the steps of GD grow from nothing, which is
                shrinking seen backwards: it leaves too sharp a minimum and may yet catapult.
    EDGE        period 2; or √L(x_t) + √L(x_{t+1}) is within 20 % what the law of the rule says,
                with λ₁ at Φ of the last iterate, for the last 33 t. The law speaks of |s|, and
                holds where parity slips and where every second iterate lies on Γ.
    CYCLE_3, CYCLE_4, CYCLE_8   period 3, 4, 8.
    CHAOS       no period is found, and the Lyapunov exponent of the 512 steps that would follow is
                positive (`dynamics.lyapunov`).
    CYCLE_LONGER   whatever else: another period, slips.

    The period is the least p ≤ 8 with ‖x_t − 2x_{t−p} + x_{t−2p}‖ at most 2 % of the longest step,
    for the last 33 t. A second difference, because runs drift while they bounce: it does not see a
    drift at constant speed, and sees all of a cycle twice as long. Of a rule with a bounce half of
    the t are enough for p = 2: drift across the valley makes it take two steps on one side of the
    floor once in O(1/η) steps.

    What this cannot tell: GD that creeps along a plateau or past a saddle is UNDECIDED even where
    it is part of chaos, chaos that has looked like a cycle for 48 steps is called that cycle, and a
    cycle of two is EDGE wherever it lies.

    Args:
        loss, rule: records, or keys of `LOSSES` and `RULES`; not gradient flow.
        starts: x_0 of each run, [n, d]. One outside the domain diverges at once.
        etas: η > 0 of each run, [n].
        steps: number of steps of each, 0 … 10,000,000.
        theta, numbers: what is not the same for all of the numbers of the loss and of the rule, by
            name, [n] each; those left out are the records' own.
        progress: called with (done, total), in equal parts of the work, as parts are done.
        stop: asked before the first part and after each; once it answers true, runs whose chunk is
            not done are left UNKNOWN, with x NaN and ended 0.
            Both are called from the thread that called `sweep`.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = find_pair(loss, rule)
    starts, etas = _checked(loss, rule, starts, etas, steps)
    own = checked_own(loss, rule, etas, theta, numbers)
    found = nothing_known(loss, rule, len(etas))
    work = _Work(loss, rule, starts, own, int(steps), found)
    compile_for(loss, rule, own)
    _share_out(work, progress, stop)
    asked_to_stop = stop or (lambda: False)
    _look_again(work, asked_to_stop)
    _tell_chaos(work, asked_to_stop)
    return found


def _checked(loss: Loss, rule: Rule, starts: Array, etas: Array, steps: int):
    """starts [n, d] and etas [n]; ValueError where they are none."""
    if rule.step is None:
        raise ValueError(f"rule must take steps (gd, ngd, sqrt-gd), got {rule.key}")
    starts, etas = np.asarray(starts, dtype=np.float64), np.asarray(etas, dtype=np.float64)
    if starts.ndim != 2 or starts.shape[1] != loss.d:
        raise ValueError(f"starts must be [n, {loss.d}] for {loss.key}, got {list(starts.shape)}")
    if etas.shape != starts.shape[:1]:
        raise ValueError(
            f"etas must be one for each of {len(starts)} starts, got {list(etas.shape)}"
        )
    if not np.all(np.isfinite(starts)):
        row = np.flatnonzero(~np.all(np.isfinite(starts), axis=1))[0]
        raise ValueError(f"starts must be finite numbers, got {','.join(map(str, starts[row]))}")
    wrong = etas[~(np.isfinite(etas) & (etas > 0))]
    check_numbers(float(wrong[0]) if wrong.size else 1.0, steps)
    return starts, etas


class _Work(NamedTuple):
    """What is asked for, and where the answers go."""

    loss: Loss
    rule: Rule
    starts: np.ndarray
    own: Own
    steps: int
    found: Sweep

    @property
    def chunks(self) -> range:
        """The first run of each."""
        return range(0, len(self.starts), CHUNK)

    def do(self, first: int, report: Callable[[], bool]) -> None:
        """Run a chunk, reporting after each block; a report that answers true ends it there."""
        rows = slice(first, first + CHUNK)
        starts, own = self.starts[rows], self.own.of(rows)
        answers = sweep_chunk(
            self.loss, {}, self.rule, starts, own, self.steps, first=first, report=report
        )
        if answers is not None:
            jax.tree.map(lambda column, values: _put(column, rows, values), self.found, answers)


def _put(column: np.ndarray, rows: slice, values: np.ndarray) -> None:
    column[rows] = values


def _share_out(work: _Work, progress, stop) -> None:
    """Do all chunks on a thread for each core, while this one talks to the caller."""
    todo: SimpleQueue[int] = SimpleQueue()
    reports: SimpleQueue[bool] = SimpleQueue()
    halt = threading.Event()
    for first in work.chunks:
        todo.put(first)

    def report() -> bool:
        reports.put(True)
        return halt.is_set()

    def labour() -> None:
        try:
            while not halt.is_set():
                work.do(todo.get_nowait(), report)
        except Empty:
            pass
        finally:
            reports.put(False)

    if stop and stop():
        return
    workers = min(cores(), len(work.chunks))
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        futures = [pool.submit(labour) for _ in range(workers)]
        try:
            _listen(
                reports, workers, len(work.chunks) * reports_in(work.steps), halt, progress, stop
            )
        finally:
            halt.set()
    for future in futures:
        future.result()


def _look_again(work: _Work, stop: Callable[[], bool]) -> None:
    """Of the runs that came to rest, those that first came near a minimum that is too sharp for
    them, and were thrown out of it: they are few, and watching all would take half as long again.
    """
    loss, rule, found = work.loss, work.rule, work.found
    if rule.bounce is not None:
        return

    def sharp(first: int) -> np.ndarray:
        resting = np.isin(found.outcome[first : first + CHUNK], (Fate.CONVERGES, Fate.CROSSES))
        rows = first + np.flatnonzero(resting)
        if not rows.size:
            return rows
        return rows[too_sharp(loss, rule, work.starts[rows], work.own.of(rows))]

    def look(rows: np.ndarray) -> None:
        starts, own = work.starts[rows], work.own.of(rows)
        rose = rises(loss, rule, starts, own, work.steps, stop=stop)
        if rose is not None:
            found.outcome[rows[rose]] = Fate.CATAPULT

    with ThreadPoolExecutor(cores()) as pool:
        near = np.concatenate([np.zeros(0, int), *pool.map(sharp, work.chunks)])
        parts = [near[first : first + CHUNK] for first in range(0, len(near), CHUNK)]
        list(pool.map(look, parts))


def _tell_chaos(work: _Work, stop: Callable[[], bool]) -> None:
    """Of the runs without a period, those whose neighbours leave them."""
    found = work.found
    wild = np.flatnonzero((found.outcome == Fate.CYCLE_LONGER) & (found.period == 0))

    def look(rows: np.ndarray) -> None:
        if not stop():
            x, state = jax.tree.map(lambda column: column[rows], (found.x, found.state))
            parting = exponents(work.loss, work.rule, x, state, work.own.of(rows))
            found.outcome[rows[is_chaos(parting)]] = Fate.CHAOS

    parts = [wild[first : first + CHUNK] for first in range(0, len(wild), CHUNK)]
    for rows in parts[:1]:  # compiled here: threads that ask for one program at once do so twice
        look(rows)
    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(look, parts[1:]))


def _listen(reports: SimpleQueue, workers: int, total: int, halt, progress, stop) -> None:
    """Until every worker has reported that it goes."""
    done = 0
    while workers:
        if not reports.get():
            workers -= 1
        elif not halt.is_set():
            done += 1
            if progress:
                progress(done, total)
            if stop and stop():
                halt.set()


def cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
