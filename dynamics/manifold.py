"""Γ for drawing: its branches as points, and where along them the sharpness is least."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.curvature import direction, sharpness
from dynamics.types import Branch, Loss, Rule

POINTS = 4001


class Trace(NamedTuple):
    """A branch of Γ: points [n, d] and λ₁ at them [n]."""

    x: np.ndarray
    sharpness: np.ndarray


def trace_manifold(loss: Loss, points: int = POINTS) -> tuple[Trace, ...]:
    """Every branch of Γ at equal steps of its parameter."""
    return tuple(_trace(loss, branch, points) for branch in loss.branches)


def flattest_points(loss: Loss) -> np.ndarray:
    """The local minima of λ₁ along the branches, [m, d], to about 1e-6 of a branch's length."""
    found = [_flattest(loss, branch) for branch in loss.branches]
    return np.concatenate([np.empty((0, loss.d)), *found])


def beside_flattest(loss: Loss, rule: Rule, flattest: np.ndarray, eta: float) -> np.ndarray:
    """The point [d] half a bounce up the wall from a flattest point [d]: there a rule with a bounce
    goes on bouncing and drifts no further. Half a step size for the other rules."""
    value, v = _top_eigenpair(loss, flattest)
    bounce = float(rule.bounce(eta, value)) if rule.bounce else eta
    return flattest + 0.5 * bounce * np.asarray(v)


@partial(jax.jit, static_argnames=("loss",))
def _top_eigenpair(loss: Loss, x: np.ndarray):
    return sharpness(loss, x), direction(loss, x)


def _trace(loss: Loss, branch: Branch, points: int) -> Trace:
    s = np.linspace(branch.low, branch.high, points)
    x, values = _along(loss, branch.curve, s)
    return Trace(np.asarray(x), np.asarray(values))


@partial(jax.jit, static_argnames=("loss", "curve"))
def _along(loss: Loss, curve, s: np.ndarray):
    x = jax.vmap(curve)(jnp.asarray(s))
    return x, jax.vmap(partial(sharpness, loss))(x)


def _flattest(loss: Loss, branch: Branch) -> np.ndarray:
    """Minima among the samples, each moved to the vertex of the parabola through its neighbours."""
    x, values = _trace(loss, branch, POINTS)
    width = (branch.high - branch.low) / (POINTS - 1)
    closed = np.allclose(x[0], x[-1])
    values = values[:-1] if closed else values
    before, after = np.roll(values, 1), np.roll(values, -1)
    lowest = (values < before) & (values <= after)
    if not closed:
        lowest[[0, -1]] = False
    at = np.flatnonzero(lowest)
    bend = before[at] - 2 * values[at] + after[at]
    s = branch.low + width * (at + 0.5 * (before[at] - after[at]) / bend)
    return np.asarray(_along(loss, branch.curve, s)[0]) if at.size else np.empty((0, loss.d))
