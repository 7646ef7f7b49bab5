"""Where many runs end up: their last iterates, seen across the valley, for orbit diagrams.

Against the step size η the last iterates of runs from one start show a point where a run comes to
rest, two where it bounces at the edge, and how they split into cycles of four, of eight and more.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.catalogue import find_pair
from dynamics.chunk import Sweep, advance_all
from dynamics.compilation import quickly
from dynamics.curvature import direction
from dynamics.fates import Fate
from dynamics.lyapunov import exponents
from dynamics.own import Own, checked_own, for_each
from dynamics.projection import projection
from dynamics.sweep import sweep
from dynamics.types import Array, Loss, Rule, Scalar, Theta


class Orbits(NamedTuple):
    """The last K iterates of n runs; row k of a run is that of step `steps` − K + 1 + k."""

    x: Array
    """[n, K, d]; NaN from the step at which a run leaves."""
    offset: Array
    """⟨v₁, x − Φ⟩ with v₁ and Φ of the last iterate, [n, K]; NaN where there is no Φ. From run to
    run v₁ turns as little as it can."""
    loss: Array
    """L(x), [n, K]."""
    fate: Sweep
    """What becomes of each run."""
    exponent: Array
    """The Lyapunov exponent of the steps that would follow, [n]; NaN of runs that leave."""


def orbits(
    loss: Loss | str,
    rule: Rule | str,
    starts: Array,
    etas: Array,
    steps: int,
    keep: int,
    *,
    theta: Theta | None = None,
    numbers: Theta | None = None,
    stop: Callable[[], bool] | None = None,
) -> Orbits:
    """Run a rule from many starts and keep the last iterates of each run.

    Args:
        loss, rule, starts, etas, steps, theta, numbers, stop: as for `sweep`; what is stopped is
            NaN.
        keep: K, one or more; cut to steps + 1.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = find_pair(loss, rule)
    keep = min(keep, steps + 1)
    run = partial(sweep, loss, rule, starts, etas, theta=theta, numbers=numbers, stop=stop)
    fate, before = run(steps), run(steps + 1 - keep)
    own = checked_own(loss, rule, np.asarray(etas, dtype=np.float64), theta, numbers)
    alive = _where_alive(before, steps + 1 - keep)
    x = np.asarray(_follow(loss, rule, alive, before.state, own, keep))
    offset, values = _seen_across(loss, rule, own, x)
    offset = _turned_alike(*map(np.asarray, offset))
    ends = np.where((fate.outcome == Fate.DIVERGES)[:, None], np.nan, fate.x)
    parting = exponents(loss, rule, ends, fate.state, own)
    return Orbits(x, offset, np.asarray(values), fate, parting)


def _where_alive(found: Sweep, step: int) -> np.ndarray:
    """The iterates of a step, [n, d]; NaN of runs that have left before."""
    return np.where((found.ended == step)[:, None], found.x, np.nan)


@partial(quickly, static_argnames=("keep",))
def _follow(loss: Loss, rule: Rule, x: Array, state: Any, own: Own, keep: int) -> Array:
    """x [n, d] and the keep − 1 iterates after it, [n, keep, d]."""
    step = advance_all(loss, rule, own)

    def advance(place: tuple, _: None) -> tuple[tuple, Array]:
        return step(*place)[:2], jnp.stack(place[0], axis=1)

    return jnp.swapaxes(jax.lax.scan(advance, (tuple(x.T), state), length=keep)[1], 0, 1)


@quickly
def _seen_across(loss: Loss, rule: Rule, own: Own, x: Array):
    """((x − Φ) [n, K, d], v₁ [n, d]) of the last iterates, and L [n, K]."""

    def across(loss: Loss, _: Rule, __: Scalar, x: Array):
        end = projection(loss, x[-1])
        return (x - end, direction(loss, end)), jax.vmap(loss.value)(x)

    return for_each(across, loss, rule, own, x)


def _turned_alike(away: np.ndarray, v: np.ndarray) -> np.ndarray:
    """⟨v₁, x − Φ⟩, [n, K], with each v₁ [n, d] on the side of that of the last run that has one."""
    known = np.flatnonzero(np.all(np.isfinite(v), axis=1))
    sides = np.ones(len(v))
    turns = np.sign(np.sum(v[known[1:]] * v[known[:-1]], axis=1))
    sides[known[1:]] = np.cumprod(np.where(turns == 0, 1.0, turns))
    return np.einsum("n,nd,nkd->nk", sides, v, away)
