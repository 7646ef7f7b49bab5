"""How fast two runs from neighbouring points part: the largest Lyapunov exponent of a rule.

A vector v beside the iterate goes on by the derivative of the step, v ← D step(x) v, and the
exponent is the mean growth of log ‖v‖ a step. It is negative where runs come to the same cycle, 0
where they stay at their distance (a drift along Γ, steps of one length), positive in chaos.

A vector that only grows in proportion to the steps n, as by the shear of a drift, has log(n)/n and
not 0; so chaos is said where it has grown by more than n².
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.chunk import CHUNK, advance_all, padded
from dynamics.own import Own
from dynamics.types import Array, Loss, Rule

SPAN = 512  # steps over which the mean is taken
STRIDE = 8  # steps between two measurements of ‖v‖, which cost as much as four steps


def exponents(loss: Loss, rule: Rule, x: Array, state: Any, own: Own) -> np.ndarray:
    """The exponent of each of n runs over their next 512 steps, a step, [n]; NaN where they leave.

    Args:
        x: where they are, [n, d].
        state: what the rule remembers there, by coordinates, as in `Sweep.state`.
        own: the step size of each, and what else is its own.
    """
    found = np.full(len(x), np.nan)
    for first in range(0, len(x), CHUNK):
        rows = slice(first, first + CHUNK)
        part = jax.tree.map(lambda column, rows=rows: padded(column[rows]), (x, state, own))
        found[rows] = np.asarray(_exponent(loss, rule, *part))[: len(found[rows])]
    return found


def is_chaos(exponent: Array) -> Array:
    """Whether neighbours part faster than by a drift, [n]."""
    return exponent > 2 * np.log(SPAN) / SPAN


@jax.jit
def _exponent(loss: Loss, rule: Rule, x: Array, state: Any, own: Own) -> Array:
    step = advance_all(loss, rule, own)

    def advance(_, carry):
        return jax.jvp(lambda *at: step(*at)[:2], *carry)

    def stride(_, carry):
        place, beside, total = carry
        place, beside = jax.lax.fori_loop(0, STRIDE, advance, (place, beside))
        length = jnp.sqrt(sum(jnp.square(part) for part in jax.tree.leaves(beside)))
        beside = jax.tree.map(lambda part: part / length, beside)
        return place, beside, total + jnp.log(length)

    place = tuple(x.T), state
    # Any direction does that is not one which is kept by accident.
    beside = jax.tree.map(jnp.zeros_like, place)
    aslant = np.cos(1.0 + np.arange(len(place[0])))
    turned = (aslant / np.linalg.norm(aslant))[:, None] * jnp.ones_like(own.eta)
    begin = place, (tuple(turned), beside[1]), jnp.zeros_like(own.eta)
    return jax.lax.fori_loop(0, SPAN // STRIDE, stride, begin)[2] / SPAN
