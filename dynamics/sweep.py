"""Many runs at once, and what becomes of each.

Runs go in chunks of 1,024 whose state is one array a coordinate and stays in the cache nearest to
a core, on as many threads as there are cores. (Arrays [n, d], or all runs in one, take four to ten
times as long.) Whether a run is still finite is asked once in 32 steps, which costs next to
nothing: a run that is not goes back to where it was when last asked, and so it does until the end,
where its last finite iterate is found step by step.

For a map of η by a place on the line from a to b:

    starts, each = np.tile(np.linspace(a, b, 200), (len(etas), 1)), np.repeat(etas, 200)
    sweep(loss, rule, starts, each, 2000).outcome.reshape(len(etas), 200)
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from functools import lru_cache, partial, reduce
from queue import Empty, SimpleQueue
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.catalogue import find_loss, find_rule
from dynamics.curvature import gradient, sharpness
from dynamics.projection import projection
from dynamics.rules import TINY
from dynamics.simulate import MINIMISED, check_numbers
from dynamics.types import Array, Loss, Rule, Scalar

CHUNK = 1024
STRIDE = 32
BLOCK = 1 << 14  # steps of a chunk between two reports: 20 ms, or 600 where L has a sine

WINDOW = 48
LONGEST_PERIOD = 8
SPAN = WINDOW + 1 - 2 * LONGEST_PERIOD
SAME = 0.02
RISE = 2.0
FALL = 1e-4

EQUAL_STEPS = 14
QUARTERING_STEPS = 4
LANDING_STEPS = 4
LANDED = 1e-6


class Fate(IntEnum):
    """What became of a run; `sentence` says it to a person."""

    sentence: str

    def __new__(cls, value: int, sentence: str) -> "Fate":
        member = int.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    UNKNOWN = 0, "Not computed: the sweep was stopped before."
    UNDECIDED = 1, "Still on its way when the steps ran out."
    CONVERGES = 2, "It comes to rest."
    CATAPULT = 3, "The loss rises well above its start, then the iterate comes to rest."
    EDGE = 4, "It bounces between two sides of the valley: the edge of stability."
    CYCLE_4 = 5, "It goes round a cycle of four steps."
    CYCLE_8 = 6, "It goes round a cycle of eight steps."
    CYCLE_LONGER = 7, "It stays, but in no cycle of two, four or eight steps."
    DIVERGES = 8, "It leaves every bound, or the domain of the loss."


class Sweep(NamedTuple):
    """What became of each run, [n] each."""

    outcome: Array
    """Values of `Fate`, small integers."""
    period: Array
    """Steps of the cycle of EDGE and CYCLE_…, 2 … 8; 0 where none was found."""
    sharpness: Array
    """λ₁(∇²L(Φ(x))) at the last iterate; NaN where gradient flow from there does not reach Γ, and
    where the run diverges."""
    x: Array
    """The last iterate that is finite and in the domain, [n, d]; NaN where not even x_0 is."""
    ended: Array
    """The step of that iterate, an integer: `steps`, unless the run diverges."""


def sweep(
    loss: Loss | str,
    rule: Rule | str,
    starts: Array,
    etas: Array,
    steps: int,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Sweep:
    """Run a rule from many starts and say what becomes of each run.

    What becomes of a run is read off its last 48 steps; the first that holds:

    DIVERGES    an iterate, or the loss of the last, is not finite or outside the domain.
    CONVERGES   the next step changes nothing. For a rule without a bounce (GD) also: L ≤ 1e-20; or
                it descends smoothly (period 1 below) and L has come to 1e-4 of its largest; or its
                steps shrink to nothing. They do if the longest step of each third of the 48 is
                shorter than that of the one before, and Aitken's limit of the three less than half
                the last: a bounce that settles on a cycle has that of the cycle as its limit. If
                not of period 2, the last must also be less than half the first.
    CATAPULT    CONVERGES, for a rule without a bounce, and L once was more than twice L(x_0).
    UNDECIDED   fewer than 48 steps; or period 1; or the steps of GD grow from nothing, which is
                shrinking seen backwards: it leaves too sharp a minimum and may yet catapult.
    EDGE, CYCLE_4, CYCLE_8   period 2, 4, 8.
    CYCLE_LONGER   whatever else: another period, slips, chaos.

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
        progress: called with (done, total), in equal parts of the work, as parts are done.
        stop: asked before the first part and after each; once it answers true, runs whose chunk is
            not done are left UNKNOWN, with x NaN and ended 0.
            Both are called from the thread that called `sweep`.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = find_loss(loss), find_rule(rule)
    starts, etas = _checked(loss, rule, starts, etas, steps)
    found = _unknown(*starts.shape)
    work = _Work(loss, rule, starts, etas, int(steps), found)
    _compile(loss, rule)
    _share_out(work, progress, stop)
    return found


def _checked(loss: Loss, rule: Rule, starts: Array, etas: Array, steps: int):
    """starts [n, d] and etas [n]; ValueError where they are none."""
    if rule.effective_step is None:
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


def _unknown(n: int, d: int) -> Sweep:
    return Sweep(
        outcome=np.full(n, Fate.UNKNOWN, np.int8),
        period=np.zeros(n, np.int8),
        sharpness=np.full(n, np.nan),
        x=np.full((n, d), np.nan),
        ended=np.zeros(n, np.int64),
    )


class _State(NamedTuple):
    """Where the runs of a chunk are, [CHUNK] each."""

    x: tuple[Array, ...]
    """One array for each coordinate."""
    peak: Array
    """The largest L so far, for rules without a bounce."""
    ended: Array
    """The step of x."""


class _Work(NamedTuple):
    """What is asked for, and where the answers go."""

    loss: Loss
    rule: Rule
    starts: np.ndarray
    etas: np.ndarray
    steps: int
    found: Sweep

    @property
    def chunks(self) -> range:
        """The first run of each."""
        return range(0, len(self.etas), CHUNK)

    @property
    def blocks(self) -> list[int]:
        """Steps of each block before the last 64 steps; at least one block."""
        before = self.steps - WINDOW
        return [min(BLOCK, before - t) for t in range(0, before, BLOCK)] or [0]

    def do(self, first: int, report: Callable[[], bool]) -> None:
        """Run a chunk, reporting after each block; a report that answers true ends it there."""
        rows = slice(first, first + CHUNK)
        count = len(self.etas[rows])
        start, eta = _padded(self.starts[rows]), _padded(self.etas[rows])
        state = _begin(start)
        for block in self.blocks[:-1]:
            state = jax.block_until_ready(_walk(self.loss, self.rule, state, eta, block))
            if report():
                return
        state = _walk(self.loss, self.rule, state, eta, self.blocks[-1])
        answers = _finish(self.loss, self.rule, start, state, eta, self.steps)
        for column, values in zip(self.found, answers, strict=True):
            column[rows] = np.asarray(values)[:count]
        report()


@lru_cache
def _compile(loss: Loss, rule: Rule) -> None:
    """Here and now: threads that ask for one program at one time compile it twice."""
    start, eta = np.ones((CHUNK, loss.d)), np.ones(CHUNK)
    _finish(loss, rule, start, _walk(loss, rule, _begin(start), eta, 0), eta, 0)


def _begin(start: np.ndarray) -> _State:
    return _State(tuple(start.T.copy()), np.zeros(CHUNK), np.zeros(CHUNK, np.int64))


def _padded(column: np.ndarray) -> np.ndarray:
    """To the length of a chunk, by the last row again."""
    return np.concatenate([column, np.repeat(column[-1:], CHUNK - len(column), axis=0)])


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
            _listen(reports, workers, len(work.chunks) * len(work.blocks), halt, progress, stop)
        finally:
            halt.set()
    for future in futures:
        future.result()


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


class _Slope(NamedTuple):
    """What a step needs to know of where the runs are, [CHUNK] each."""

    value: Array
    """L(x)."""
    length: Array
    """η_t."""
    gradient: tuple[Array, ...]
    """∇L(x), one array for each coordinate."""


def _slopes(loss: Loss, rule: Rule):
    """The function (x, η) -> `_Slope` of every run of a chunk.

    By coordinates, so that XLA sees through the stack: a vector that is added to or summed would go
    through memory.
    """
    effective_step = rule.effective_step
    assert effective_step is not None

    def slope(x: tuple[Array, ...], eta: Array) -> _Slope:
        point = jnp.stack(x)
        value, g = loss.value(point), tuple(gradient(loss, point))
        return _Slope(value, effective_step(eta, value, sum(z * z for z in g)), g)

    return jax.vmap(slope)


def _steps(loss: Loss):
    """The function (x, slope) -> the next x of every run of a chunk."""

    def step(x: tuple[Array, ...], slope: _Slope) -> tuple[Array, ...]:
        moved = (z - slope.length * g for z, g in zip(x, slope.gradient, strict=True))
        return _in_domain(loss, tuple(moved))

    return jax.vmap(step)


def _in_domain(loss: Loss, x: tuple[Array, ...]) -> tuple[Array, ...]:
    """The coordinates of x, NaN outside the domain."""
    if loss.domain is None:
        return x
    inside = loss.domain.inside(jnp.stack(x))
    return tuple(jnp.where(inside, z, jnp.nan) for z in x)


def _finite(x: tuple[Array, ...]) -> Array:
    return reduce(jnp.logical_and, map(jnp.isfinite, x))


def _choose(condition: Array, one: _State, other: _State) -> _State:
    return jax.tree.map(partial(jnp.where, condition), one, other)


@partial(jax.jit, static_argnames=("loss", "rule"))
def _walk(loss: Loss, rule: Rule, state: _State, eta: Array, count: Scalar) -> _State:
    """So many steps of every run; one that would leave stays within sixteen steps of its end."""
    slope_at, step = _slopes(loss, rule), _steps(loss)

    def advance(_, carry):
        x, slope, peak = carry
        x = step(x, slope)
        slope = slope_at(x, eta)
        return x, slope, peak if rule.bounce else jnp.maximum(peak, slope.value)

    def stride(i: Array, state: _State) -> _State:
        length = jnp.minimum(STRIDE, count - STRIDE * i)
        begin = state.x, slope_at(state.x, eta), state.peak
        x, _, peak = jax.lax.fori_loop(0, length, advance, begin)
        return _choose(_finite(x), _State(x, peak, state.ended + length), state)

    inside = jax.vmap(partial(_in_domain, loss))(state.x)
    return jax.lax.fori_loop(0, -(-count // STRIDE), stride, state._replace(x=inside))


@partial(jax.jit, static_argnames=("loss", "rule"))
def _finish(
    loss: Loss, rule: Rule, start: Array, state: _State, eta: Array, steps: Scalar
) -> Sweep:
    """The last steps of every run, and what they tell."""
    slope_at, step = _slopes(loss, rule), _steps(loss)

    def advance(i: Array, carry: tuple[_State, Array]) -> tuple[_State, Array]:
        state, path = carry
        slope = slope_at(state.x, eta)
        moved = step(state.x, slope)
        kept = _State(moved, jnp.maximum(state.peak, slope.value), state.ended + 1)
        state = _choose(_finite(moved), kept, state)
        row = jnp.stack(state.x)[None]
        return state, jax.lax.dynamic_update_slice_in_dim(path, row, i + 1, axis=0)

    path = jnp.broadcast_to(jnp.stack(state.x), (WINDOW + 1, loss.d, CHUNK))
    state, path = jax.lax.fori_loop(0, jnp.minimum(steps, WINDOW), advance, (state, path))
    x, slope = jnp.stack(state.x), slope_at(state.x, eta)
    value, following = slope.value, jnp.stack(step(state.x, slope))
    left = (state.ended < steps) | ~_finite(state.x) | ~jnp.isfinite(value)
    known, still = steps >= WINDOW, jnp.all(following == x, axis=0)
    period = _period(path, slips=rule.bounce is not None)
    going = ~known | (period == 1)
    if rule.bounce is None:
        shrinks, grows = _trend(path, period)
        late = shrinks | ((period == 1) & (value <= FALL * state.peak))
        still = still | (value <= MINIMISED) | (known & late)
        going = going | grows
        first = jnp.maximum(jax.vmap(loss.value)(start), MINIMISED)
        risen = state.peak > RISE * first
    else:
        risen = False
    outcome = _fate(left, still, risen, going, period)
    cycles = (outcome >= Fate.EDGE) & (outcome <= Fate.CYCLE_LONGER)
    flat = jax.vmap(partial(_sharpness_below, loss), in_axes=1)(x)
    return Sweep(
        outcome=outcome,
        period=jnp.where(cycles, period, 0),
        sharpness=jnp.where(left, jnp.nan, flat),
        x=x.T,
        ended=state.ended,
    )


def _fate(left, still, risen, going, period) -> Array:
    """The first fate that holds, [CHUNK]."""
    fates = [
        (left, Fate.DIVERGES),
        (still & risen, Fate.CATAPULT),
        (still, Fate.CONVERGES),
        (going, Fate.UNDECIDED),
        (period == 2, Fate.EDGE),
        (period == 4, Fate.CYCLE_4),
        (period == 8, Fate.CYCLE_8),
    ]
    conditions, values = zip(*fates, strict=True)
    return jnp.select(list(conditions), [int(value) for value in values], int(Fate.CYCLE_LONGER))


def _period(path: Array, slips: bool) -> Array:
    """The period of each run, [CHUNK], or 0, from its last iterates [WINDOW + 1, d, CHUNK].

    Row by row: a sum along the first axis makes XLA go through memory column by column.
    """
    rows = WINDOW + 1 - SPAN, WINDOW + 1

    def row(t: Scalar) -> Array:
        return jax.lax.dynamic_index_in_dim(path, t, keepdims=False)

    def longest(t: Array, found: Array) -> Array:
        return jnp.maximum(found, _squared(row(t) - row(t - 1)))

    little = SAME**2 * jax.lax.fori_loop(*rows, longest, jnp.zeros(CHUNK))

    def look(carry):
        p, period = carry

        def count(t: Array, alike: Array) -> Array:
            return alike + (_squared(row(t) - 2 * row(t - p) + row(t - 2 * p)) <= little)

        alike = jax.lax.fori_loop(*rows, count, jnp.zeros(CHUNK))
        enough = SPAN * jnp.where((p == 2) & slips, 0.5, 1.0)
        return p + 1, jnp.where((period == 0) & (alike >= enough), p, period)

    def going(carry) -> Array:
        p, period = carry
        return (p <= LONGEST_PERIOD) & jnp.any(period == 0)

    return jax.lax.while_loop(going, look, (1, jnp.zeros(CHUNK, int)))[1]


def _trend(path: Array, period: Array) -> tuple[Array, Array]:
    """Whether the steps of each run shrink to nothing, and whether they grow from it, [CHUNK]."""
    third = WINDOW // 3

    def longest(t: Array, found: Array) -> Array:
        step = path[t + 1] - path[t]
        at = (t - WINDOW % 3) // third
        return found.at[at].set(jnp.maximum(found[at], _squared(step)))

    found = jax.lax.fori_loop(WINDOW % 3, WINDOW, longest, jnp.zeros((3, CHUNK)))
    one, two, three = jnp.sqrt(found)
    limit = three - (three - two) ** 2 / (three - 2 * two + one)
    nothing = limit < 0.5 * three
    steady = period == 2
    shrinks = (one > two) & (two > three) & nothing & (steady | (three < 0.5 * one))
    grows = (one < two) & (two < three) & nothing & (steady | (three > 2 * one))
    return shrinks & (period != 1), grows


def _squared(vectors: Array) -> Array:
    """‖v‖² of vectors [d, CHUNK], [CHUNK]."""
    return jnp.sum(vectors**2, axis=0)


def _sharpness_below(loss: Loss, x: Array) -> Array:
    """λ₁ at Φ(x), [d] -> []; NaN where gradient flow does not reach Γ."""
    short = loss.codim == 1 and loss.projection is None
    end = _landing(loss, x) if short else projection(loss, x)
    return loss.manifold_sharpness(end) if loss.manifold_sharpness else sharpness(loss, end)


def _landing(loss: Loss, x: Array) -> Array:
    """Φ(x), [d] -> [d], in codimension 1, in equal steps of height √L; see `projection`, whose
    solver is as slow as ten thousand steps of a run. In higher codimension the flow is stiff: these
    steps would leap to and fro across the steepest direction while the flattest goes on.

    Steps of Runge and Kutta to an eighth of the height; more, each to a quarter of what is left;
    then Newton's for the height along the gradient, which are the same equation's by Euler.
    """
    height = jnp.sqrt(loss.value(x))

    def fall(z: Array, height: Array) -> Array:
        slope = gradient(loss, z)
        return -2 * height * jnp.sqrt(loss.value(z)) * slope / (slope @ slope + TINY)

    def step(z: Array, h: Array) -> Array:
        one = fall(z, h)
        two = fall(z + 0.5 * one, h)
        three = fall(z + 0.5 * two, h)
        return z + (one + 2 * two + 2 * three + fall(z + three, h)) / 6

    def descend(i: Array, z: Array) -> Array:
        below = 4.0 ** (EQUAL_STEPS - i)
        return step(z, height / 8 * jnp.where(i < EQUAL_STEPS, 7 / EQUAL_STEPS, 3 / 4 * below))

    def land(_, z: Array) -> Array:
        return z + fall(z, jnp.sqrt(loss.value(z)))

    z = jax.lax.fori_loop(0, EQUAL_STEPS + QUARTERING_STEPS, descend, x)
    z = jax.lax.fori_loop(0, LANDING_STEPS, land, z)
    low = jnp.maximum(LANDED * loss.value(x), MINIMISED)
    return jnp.where(loss.value(z) <= low, z, jnp.nan)
