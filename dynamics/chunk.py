"""The loop of a sweep: many runs side by side, as a function of plain data.

Runs go in chunks of 1,024 whose state is one array a coordinate and stays in the cache nearest to
a core. (Arrays [n, d], or all runs in one, take four to ten times as long.) Whether a run is still
finite is asked once in 32 steps, which costs next to nothing: a run that is not goes back to where
it was when last asked, and so it does until the end, where its last finite iterate is found step by
step.
"""

from collections.abc import Callable
from functools import partial, reduce
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.catalogue import find_pair
from dynamics.compilation import AHEAD
from dynamics.curvature import gradient, sharpness
from dynamics.fates import BETWEEN, MINIMISED, RISE, WINDOW, Ending, Fate, obeys, sides, verdict
from dynamics.ground import Ground
from dynamics.own import Own, for_each
from dynamics.projection import landing, projection
from dynamics.rules import initial_state, step_threshold
from dynamics.types import Array, Loss, Rule, Scalar, Theta

CHUNK = 1024
STRIDE = 32
WATCH = 128  # steps of a chunk that are watched before it is asked whether more need be
BLOCK = 1 << 14  # steps of a chunk between two reports: 20 ms, or 600 where L has a sine


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
    crossed: Array
    """Whether Γ once lay between an iterate and the next; False where it has no sides, as in
    codimension 2."""
    state: Any = ()
    """What the rule remembers there, for a point that is a tuple of its coordinates, [n] each."""


def sweep_chunk(
    loss: Loss | str,
    theta: Theta,
    rule: Rule | str,
    starts: np.ndarray,
    own: Own,
    steps: int,
    *,
    first: int = 0,
    report: Callable[[], bool] = lambda: False,
) -> Sweep | None:
    """What becomes of at most 1,024 runs.

    With keys for the records all that goes in and comes out can be pickled, so that any executor
    may do it.

    Args:
        theta: the numbers of the loss; those left out are the record's own.
        starts, own, steps: as for `sweep`, and valid.
        first: the number of the first run, from which one that draws at random does.
        report: called after each block of steps; once it answers true the runs are given up.

    Returns:
        None where they were given up.
    """
    loss, rule = find_pair(loss, rule)
    loss = loss.at(**theta) if theta else loss
    start, each = padded(starts), jax.tree.map(padded, own)
    state = _begin(loss, rule, start, each, first)
    *blocks, last = _before_the_last(steps)
    for block in blocks:
        state = jax.block_until_ready(_watched_walk(loss, rule, state, each, block))
        if report():
            return None
    state = _watched_walk(loss, rule, state, each, last)
    answers = _finish(loss, rule, start, state, each, steps)
    report()
    return jax.tree.map(lambda column: np.asarray(column)[: len(starts)], answers)


def too_sharp(loss: Loss, rule: Rule, starts: np.ndarray, own: Own) -> np.ndarray:
    """Whether λ₁ at Φ(x_0) is above the threshold of the rule, [n], of at most 1,024 runs: from
    there it cannot settle."""
    each = jax.tree.map(padded, own)
    return np.asarray(_too_sharp(loss, rule, padded(starts), each))[: len(starts)]


def rises(
    loss: Loss,
    rule: Rule,
    starts: np.ndarray,
    own: Own,
    steps: int,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> np.ndarray | None:
    """Whether L once is more than twice the least before, [n], of at most 1,024 runs; None where
    they were given up. The arguments are those of `last_two`."""
    each = jax.tree.map(padded, own)
    seen = _begin_watch(loss, rule, padded(starts), each)
    for block in _blocks(steps):
        if stop():
            return None
        seen = jax.block_until_ready(_watch(loss, rule, seen, each, block))
    return np.asarray(seen.rose)[: len(starts)]


class LastTwo(NamedTuple):
    """The last two iterates of each run, [n, d] each, and the step of the last, [n]; runs that
    leave stay within 32 steps of their end."""

    before: Array
    x: Array
    ended: Array


def last_two(
    loss: Loss,
    rule: Rule,
    starts: np.ndarray,
    own: Own,
    steps: int,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> LastTwo | None:
    """Where runs are in the end; None where they were given up.

    Args:
        starts, own, steps: as for `sweep`, and valid.
        stop: asked after each block of steps.
    """
    state = _begin(loss, rule, starts, own)
    for block in _blocks(steps - 1):
        state = jax.block_until_ready(_walk(loss, rule, state, own, block))
        if stop():
            return None
    last = _walk(loss, rule, state, own, min(steps, 1))
    before, x = (np.stack(found.x, axis=1) for found in (state, last))
    return LastTwo(before, x, np.asarray(last.ended))


def reports_in(steps: int) -> int:
    """How often `sweep_chunk` reports."""
    return len(_before_the_last(steps))


def nothing_known(loss: Loss, rule: Rule, n: int) -> Sweep:
    """The answer before anything is computed."""
    x = (jax.ShapeDtypeStruct((n,), np.float64),) * loss.d
    state = jax.eval_shape(
        jax.vmap(partial(initial_state, rule)), x, jax.ShapeDtypeStruct((n,), np.int64)
    )
    return Sweep(
        outcome=np.full(n, Fate.UNKNOWN, np.int8),
        period=np.zeros(n, np.int8),
        sharpness=np.full(n, np.nan),
        x=np.full((n, loss.d), np.nan),
        ended=np.zeros(n, np.int64),
        crossed=np.zeros(n, bool),
        state=jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), state),
    )


def compile_for(loss: Loss, rule: Rule, own: Own) -> None:
    """Compile a sweep here and now: threads that ask for one program at one time do so twice.

    Of runs that are nowhere, which take no time: from where a network does not fit, Φ is far.
    """
    known = AHEAD.setdefault(loss.family, set())
    what = rule.family, *sorted(own.theta), None, *sorted(own.numbers)
    if what not in known:
        start, each = np.full((CHUNK, loss.d), np.nan), jax.tree.map(lambda _: np.ones(CHUNK), own)
        begun = _begin(loss, rule, start, each)
        if begun.facing:
            begun = _walk(loss, rule, begun, each, 0, watched=True)
        walked = _walk(loss, rule, begun, each, 0)
        _finish(loss, rule, start, walked, each, 0)
        if rule.bounce is None:
            _too_sharp(loss, rule, start, each)
            _watch(loss, rule, _begin_watch(loss, rule, start, each), each, 0)
        known.add(what)


class _State(NamedTuple):
    """Where the runs of a chunk are, [n] each."""

    x: tuple[Array, ...]
    """One array for each coordinate."""
    memory: Any
    """What the rule remembers there."""
    peak: Array
    """The largest L before x."""
    facing: tuple[Array, ...]
    """`sides` of the iterate before x."""
    turn: Array
    """The least ⟨sides(x_t), sides(x_{t+1})⟩ before x."""
    ended: Array
    """The step of x."""


def _blocks(steps: int) -> list[int]:
    """So many steps in blocks."""
    return [min(BLOCK, steps - t) for t in range(0, steps, BLOCK)]


def _before_the_last(steps: int) -> list[int]:
    """Steps of each block before the last 48 steps; at least one block."""
    return _blocks(steps - WINDOW) or [0]


def _begin(loss: Loss, rule: Rule, start: np.ndarray, own: Own, first: int = 0) -> _State:
    x = tuple(start.T.copy())
    seeds = first + np.arange(len(start))
    memory = jax.tree.map(np.asarray, for_each(_first_state, loss, rule, own, x, seeds))
    facing = jax.tree.map(np.asarray, _facing(loss, rule, own, x))
    nothing = np.zeros(len(start))
    return _State(x, memory, nothing, facing, nothing.copy(), np.zeros(len(start), np.int64))


def _first_state(_: Loss, rule: Rule, __: Scalar, x: tuple[Array, ...], seed: Scalar) -> Any:
    return initial_state(rule, x, seed)


def padded(column: np.ndarray) -> np.ndarray:
    """To the length of a chunk, by the last row again."""
    return np.concatenate([column, np.repeat(column[-1:], CHUNK - len(column), axis=0)])


def advance_all(loss: Loss, rule: Rule, own: Own):
    """The function (x, memory) -> (x, memory, L at the x before) of a step of every run.

    By coordinates, so that XLA sees through the stack: a vector that is added to or summed would go
    through memory.
    """

    def step(loss: Loss, rule: Rule, eta: Scalar, x: tuple[Array, ...], memory: Any):
        assert rule.step is not None
        moved, memory = rule.step(Ground(loss), eta, x, memory)
        return _in_domain(loss, moved), memory, loss.value(jnp.stack(x))

    return lambda x, memory: for_each(step, loss, rule, own, x, memory)


def _in_domain(loss: Loss, x: tuple[Array, ...]) -> tuple[Array, ...]:
    """The coordinates of x, NaN outside the domain."""
    if loss.domain is None:
        return x
    inside = loss.domain.inside(jnp.stack(x))
    return tuple(jnp.where(inside, z, jnp.nan) for z in x)


def _sides(loss: Loss, _: Rule, __: Scalar, x: tuple[Array, ...]) -> tuple[Array, ...]:
    return sides(loss, x)


@jax.jit
def _facing(loss: Loss, rule: Rule, own: Own, x: tuple[Array, ...]) -> tuple[Array, ...]:
    """`sides` of every run."""
    return for_each(_sides, loss, rule, own, x)


def _turned(now: tuple, facing: tuple, turn: Array) -> tuple[tuple, Array]:
    """`facing` and `turn` of `_State` with an iterate seen whose `sides` are `now`."""
    if not now:
        return now, turn
    return now, jnp.minimum(turn, sum(a * b for a, b in zip(facing, now, strict=True)))


def _sides_known(state: _State) -> bool:
    """Whether no run need be watched: all have crossed Γ, have left, or are so near to it that
    rounding tells the side."""
    if not state.facing:
        return True
    near = np.max(np.abs(state.facing), axis=0) < (-BETWEEN) ** 0.5
    left = np.asarray(state.ended) < np.max(state.ended)
    return bool(np.all((np.asarray(state.turn) < BETWEEN) | near | left))


def _finite(x: tuple[Array, ...]) -> Array:
    return reduce(jnp.logical_and, map(jnp.isfinite, x))


def _choose(condition: Array, one: _State, other: _State) -> _State:
    return jax.tree.map(partial(jnp.where, condition), one, other)


@partial(jax.jit, static_argnames=("watched",))
def _walk(
    loss: Loss, rule: Rule, state: _State, own: Own, count: Scalar, watched: bool = False
) -> _State:
    """So many steps of every run; one that would leave stays within 32 steps of its end. On which
    side of Γ they are is `watched`, or not: to watch takes as long again.
    """
    step = advance_all(loss, rule, own)
    across = partial(for_each, _sides, loss, rule, own)

    def advance(_, carry):
        x, memory, peak, facing, turn = carry
        if watched:
            facing, turn = _turned(across(x), facing, turn)
        x, memory, value = step(x, memory)
        return x, memory, peak if rule.bounce else jnp.maximum(peak, value), facing, turn

    def stride(i: Array, state: _State) -> _State:
        length = jnp.minimum(STRIDE, count - STRIDE * i)
        begin = state.x, state.memory, state.peak, state.facing, state.turn
        x, memory, peak, facing, turn = jax.lax.fori_loop(0, length, advance, begin)
        goes_on = _finite(x) & (state.ended == jnp.max(state.ended))
        moved = _State(x, memory, peak, facing, turn, state.ended + length)
        return _choose(goes_on, moved, state)

    inside = for_each(lambda loss, _, __, x: _in_domain(loss, x), loss, rule, own, state.x)
    state = jax.lax.fori_loop(0, -(-count // STRIDE), stride, state._replace(x=inside))
    return state if watched else state._replace(facing=across(state.x))


def _watched_walk(loss: Loss, rule: Rule, state: _State, own: Own, count: int) -> _State:
    """So many steps of every run, watched for as long as it may yet change sides of Γ."""
    done, length = 0, WATCH
    while done < count and not _sides_known(state):
        length = min(length, count - done)
        state = _walk(loss, rule, state, own, length, watched=True)
        done, length = done + length, 2 * length
    return _walk(loss, rule, state, own, count - done)


class _Watch(NamedTuple):
    """Runs that are watched for a rise of L, [n] each."""

    x: tuple[Array, ...]
    memory: Any
    least: Array
    """The least L before x."""
    rose: Array
    """Whether L once was more than twice the least before."""


def _begin_watch(loss: Loss, rule: Rule, start: np.ndarray, own: Own) -> _Watch:
    begin = _begin(loss, rule, start, own)
    return _Watch(begin.x, begin.memory, np.full(CHUNK, np.inf), np.zeros(CHUNK, bool))


@jax.jit
def _watch(loss: Loss, rule: Rule, seen: _Watch, own: Own, count: Scalar) -> _Watch:
    """So many steps on, or fewer where all have risen or are down for good.

    A loop of its own, since it takes half as long again as that of a sweep.
    """
    step = advance_all(loss, rule, own)

    def advance(_, seen: _Watch) -> _Watch:
        x, memory, value = step(seen.x, seen.memory)
        rose = seen.rose | (value > RISE * jnp.maximum(seen.least, MINIMISED))
        return _Watch(x, memory, jnp.minimum(seen.least, value), rose)

    def stride(state: tuple[Array, _Watch]) -> tuple[Array, _Watch]:
        done, seen = state
        length = jnp.minimum(STRIDE, count - done)
        return done + length, jax.lax.fori_loop(0, length, advance, seen)

    def goes_on(state: tuple[Array, _Watch]) -> Array:
        done, seen = state
        value = for_each(_value, loss, rule, own, *seen.x)
        return (done < count) & jnp.any(~seen.rose & (value > MINIMISED))

    return jax.lax.while_loop(goes_on, stride, (jnp.array(0), seen))[1]


@jax.jit
def _too_sharp(loss: Loss, rule: Rule, start: Array, own: Own) -> Array:
    def at(loss: Loss, rule: Rule, eta: Scalar, x: Array) -> Array:
        slope = gradient(loss, x)
        there = loss.value(x), slope @ slope, initial_state(rule, tuple(x))
        return sharpness_below(loss, x) > step_threshold(rule, eta, *there)

    return for_each(at, loss, rule, own, start)


@jax.jit
def _finish(loss: Loss, rule: Rule, start: Array, state: _State, own: Own, steps: Scalar) -> Sweep:
    """The last steps of every run, and what they tell."""
    step = advance_all(loss, rule, own)
    across = partial(for_each, _sides, loss, rule, own)

    def advance(i: Array, carry: tuple[_State, Array]) -> tuple[_State, Array]:
        state, path = carry
        seen = _turned(across(state.x), state.facing, state.turn)
        x, memory, value = step(state.x, state.memory)
        kept = _State(x, memory, jnp.maximum(state.peak, value), *seen, state.ended + 1)
        state = _choose(_finite(x), kept, state)
        row = jnp.stack(state.x)[None]
        return state, jax.lax.dynamic_update_slice_in_dim(path, row, i + 1, axis=0)

    path = jnp.broadcast_to(jnp.stack(state.x), (WINDOW + 1, loss.d, CHUNK))
    state, path = jax.lax.fori_loop(0, jnp.minimum(steps, WINDOW), advance, (state, path))
    following, _, value = step(state.x, state.memory)
    x = jnp.stack(state.x)
    left = (state.ended < steps) | ~_finite(state.x) | ~jnp.isfinite(value)
    flat = for_each(lambda loss, _, __, x: sharpness_below(loss, x), loss, rule, own, x, axis=1)
    end = Ending(
        path=path,
        left=left,
        known=steps >= WINDOW,
        still=jnp.all(jnp.stack(following) == x, axis=0),
        moved=jnp.any(x != start.T, axis=0),
        lawful=obeys(loss, rule, path, own, flat),
        value=value,
        peak=state.peak,
        first=for_each(_value, loss, rule, own, *start.T),
        crossed=_turned(across(state.x), state.facing, state.turn)[1] < BETWEEN,
    )
    outcome, period = verdict(end, bounces=rule.bounce is not None)
    return Sweep(
        outcome=outcome,
        period=period,
        sharpness=jnp.where(left, jnp.nan, flat),
        x=x.T,
        ended=state.ended,
        crossed=end.crossed,
        state=state.memory,
    )


def _value(loss: Loss, _: Rule, __: Scalar, *x: Array) -> Array:
    return loss.value(jnp.stack(x))


def foot(loss: Loss, x: Array) -> Array:
    """Φ(x), [d] -> [d], as a sweep finds it; NaN where gradient flow does not reach Γ."""
    short = loss.codim == 1 and loss.projection is None
    return landing(loss, x) if short else projection(loss, x)


def sharpness_below(loss: Loss, x: Array) -> Array:
    """λ₁ at Φ(x), [d] -> []; NaN where gradient flow does not reach Γ."""
    end = foot(loss, x)
    return loss.manifold_sharpness(end) if loss.manifold_sharpness else sharpness(loss, end)
