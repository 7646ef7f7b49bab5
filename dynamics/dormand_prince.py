"""Dormand and Prince's method of order 8 for dx/dt = f(x), with steps as long as its error allows
and points between them to order 7 [HNW93, section II.10].

Its stages are turns of one loop, so that f is compiled once and not twelve times: compiling is most
of what a first picture takes. The coefficients are SciPy's.

[HNW93] Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, 1993.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.types import Array, Scalar

STAGES = 12
ALL_STAGES = 16  # with the step's own end and what points between two steps need
SAFETY = 0.9
SHORTER, LONGER = 0.2, 10.0
SHORTEST = 1e-15  # of the time so far, or of the first step there may be
PARTS = 100  # the first step is this part of the whole; one that is too long is made shorter

Velocity = Callable[[Array], Array]
"""f, [d] -> [d]."""


class Solution(NamedTuple):
    """A solution from x(0) on."""

    points: Array
    """x at the times asked for, [k, d]; NaN at those past its end."""
    x: Array
    """Where it ends, [d]."""
    time: Array
    """When, []."""
    failed: Array
    """Whether it ends there because no step is short enough, or because there are too many."""
    tries: Array
    """How many steps were tried, []."""


class _State(NamedTuple):
    x: Array
    time: Array
    h: Array
    stopped: Array
    tries: Array
    row: Array
    points: Array


class _Step(NamedTuple):
    x: Array
    share: Array
    """Of the error that is allowed, []."""
    slopes: Array
    """f at the stages, [STAGES or ALL_STAGES, d]."""


def solve(
    velocity: Velocity,
    x: Array,
    end: Scalar,
    times: Array | None = None,
    *,
    stop: Callable[[Array], Array] | None = None,
    tolerance: float,
    least_step: float = 0.0,
    max_steps: int,
) -> Solution:
    """x(t) from x(0) = x [d] to t = end.

    Args:
        end: 0 or more.
        times: where to keep points, [k], not decreasing, in 0 … end; none when left out.
        stop: [d] -> [], whether it ends where a step has ended.
        tolerance: of a step's error, absolute and relative to |x|.
        least_step: below it a step is not tried.
        max_steps: how many are tried.
    """
    times = jnp.zeros(0) if times is None else jnp.asarray(times)
    stages, points = (ALL_STAGES, len(times)) if len(times) else (STAGES, 0)

    def advance(state: _State) -> _State:
        h = jnp.minimum(state.h, end - state.time)
        step = _taken(velocity, state.x, h, stages, tolerance)
        accepted, following = paced(step.share, h)
        # A last step that was cut off says nothing of how long the others may be.
        time = jnp.where(h < state.h, end, state.time + h)
        row, kept = _kept(state, step, h, jnp.where(accepted, time, -1.0), times)
        at = jnp.where(accepted, step.x, state.x)
        return _State(
            x=at,
            time=jnp.where(accepted, time, state.time),
            h=following,
            stopped=accepted & stop(at) if stop else state.stopped,
            tries=state.tries + 1,
            row=row,
            points=kept,
        )

    def going(state: _State) -> Array:
        shortest = SHORTEST * jnp.maximum(state.time, SHORTEST * end)
        able = (state.h > jnp.maximum(least_step, shortest)) & (state.tries < max_steps)
        return (state.time < end) & ~state.stopped & able

    end = jnp.asarray(end, dtype=x.dtype)
    nothing = jnp.full((points, len(x)), jnp.nan)
    zero = jnp.zeros((), dtype=int)
    begin = _State(x, 0.0 * end, first_length(end), jnp.array(False), zero, zero, nothing)
    last = jax.lax.while_loop(going, advance, begin)
    kept = jnp.where((times == 0.0)[:, None], x, last.points)
    failed = (last.time < end) & ~last.stopped
    return Solution(kept, last.x, last.time, failed, last.tries)


def first_length(end: Array) -> Array:
    """Of the first step, []."""
    return end / PARTS


def paced(share: Array, h: Array) -> tuple[Array, Array]:
    """Whether a step of length h is accepted whose error is this share of what is allowed, and the
    length of the next."""
    growth = SAFETY * jnp.maximum(share, 1e-30) ** (-1 / 8)
    growth = jnp.where(jnp.isfinite(share), jnp.clip(growth, SHORTER, LONGER), SHORTER)
    accepted = share < 1.0
    return accepted, h * jnp.where(accepted, growth, jnp.minimum(growth, SAFETY))


def _taken(velocity: Velocity, x: Array, h: Array, stages: int, tolerance: float) -> _Step:
    weights = jnp.asarray(_tables().stages[:stages, :stages])

    def stage(i: Array, slopes: Array) -> Array:
        return slopes.at[i].set(velocity(x + h * (weights[i] @ slopes)))

    slopes = jax.lax.fori_loop(0, stages, stage, jnp.zeros((stages, len(x))))
    tables, used = _tables(), slopes[:STAGES]
    after = x + h * (tables.end @ used)
    allowed = tolerance * (1.0 + jnp.maximum(jnp.abs(x), jnp.abs(after)))
    fifth, third = (jnp.sum((errors @ used / allowed) ** 2) for errors in tables.errors)
    scale = jnp.sqrt((fifth + 0.01 * third) * len(x))
    share = h * fifth / jnp.where(scale > 0, scale, 1.0)
    return _Step(after, share, slopes)


def _kept(state: _State, step: _Step, h: Array, until: Array, times: Array) -> tuple[Array, Array]:
    """The points at times up to `until` filled in, and how many are, from a step of length h."""
    if not len(times):
        return state.row, state.points
    between = _between(state.x, step, h)

    def due(filled: tuple[Array, Array]) -> Array:
        row, _ = filled
        return (row < len(times)) & (times[jnp.minimum(row, len(times) - 1)] <= until)

    def fill(filled: tuple[Array, Array]) -> tuple[Array, Array]:
        row, points = filled
        return row + 1, points.at[row].set(between((times[row] - state.time) / h))

    return jax.lax.while_loop(due, fill, (state.row, state.points))


def _between(x: Array, step: _Step, h: Array) -> Callable[[Array], Array]:
    """Points of a step from x, by the share of it that has passed, of order 7."""
    way, first, last = step.x - x, h * step.slopes[0], h * step.slopes[STAGES]
    terms = [way, first - way, 2 * way - (first + last), *(h * _tables().between @ step.slopes)]

    def at(share: Array) -> Array:
        total = jnp.zeros_like(x)
        for i, term in enumerate(reversed(terms)):
            total = (total + term) * (1 - share if i % 2 else share)
        return x + total

    return at


class _Tables(NamedTuple):
    stages: np.ndarray
    """What each stage takes of the slopes before it, [ALL_STAGES, ALL_STAGES]."""
    end: np.ndarray
    errors: tuple[np.ndarray, np.ndarray]
    """Of orders 5 and 3, [STAGES] each."""
    between: np.ndarray


@cache
def _tables() -> _Tables:
    from scipy.integrate import DOP853  # here, because it takes long to import

    stages = np.zeros((ALL_STAGES, ALL_STAGES))
    stages[:STAGES, :STAGES] = DOP853.A
    stages[STAGES, :STAGES] = DOP853.B
    stages[STAGES + 1 :] = DOP853.A_EXTRA
    return _Tables(stages, DOP853.B, (DOP853.E5[:STAGES], DOP853.E3[:STAGES]), DOP853.D)
