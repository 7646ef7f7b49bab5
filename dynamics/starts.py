"""Lines of starts, and the step sizes that show what becomes of a rule from them."""

from typing import NamedTuple

import jax
import numpy as np

from dynamics.catalogue import find_loss, find_pair, find_rule
from dynamics.compilation import quickly
from dynamics.curvature import direction, newton_to_manifold, sharpness
from dynamics.manifold import flattest_points, lengths_along, trace_manifold
from dynamics.projection import projection
from dynamics.rules import initial_state, step_threshold
from dynamics.sweep import sweep
from dynamics.terrain import drift_line_from, stretches_within
from dynamics.types import Array, Loss, Rule

SCOUTS = 65  # starts whose sharpness tells which step sizes are of interest
LEAST_BOUNCE = 1 / 200  # of the line of starts


class Line(NamedTuple):
    """Starts [n, d], and how far along they lie [n], in the units of x."""

    starts: np.ndarray
    positions: np.ndarray


class Settling(NamedTuple):
    """Step sizes up to which gradient descent can settle at a minimiser, 2/λ₁ there; NaN where none
    is known."""

    flattest: float
    """At the flattest of all that Γ is known to have."""
    starts: np.ndarray
    """Where gradient flow from each start ends, [n]."""


def straight_line(first: Array, last: Array, count: int) -> Line:
    """Starts at equal distances between two points [d]."""
    starts = np.linspace(first, last, count)
    return Line(starts, lengths_along(starts))


def line_beside_valley(loss: Loss | str, off: float, count: int) -> Line:
    """Points `off` away from Γ along v₁ whose feet lie at equal distances.

    Of Γ, the longest piece of a branch in the loss's view; where there are no branches, the way of
    the drift from the loss's own start. They lie on the side of that start.
    """
    loss = find_loss(loss)
    curve = _longest_in_view(loss) if loss.branches else _way_of_drift(loss)
    lengths = lengths_along(curve)
    at = np.linspace(0.0, lengths[-1], count)
    points = np.stack([np.interp(at, lengths, column) for column in curve.T], axis=1)
    points, v = map(np.asarray, _landed(loss, points))
    v = v * _alike(v)[:, None]
    away = np.asarray(loss.start) - points
    nearest = np.argmin(np.linalg.norm(away, axis=1))
    side = 1.0 if away[nearest] @ v[nearest] >= 0 else -1.0
    starts = points + off * side * v
    return Line(starts, lengths_along(starts))


def interesting_etas(loss: Loss | str, rule: Rule | str, line: Line) -> tuple[float, float]:
    """The range of step sizes that shows what becomes of a rule from a line of starts.

    Of a rule whose threshold goes as 1/η: from half the η at which it is λ₁ at the sharpest of the
    starts' Φ, 2/λ₁ for GD, to twice that at the flattest. Else from a bounce of 1/200 of the line
    to one as long as the line; of a rule that has none, from such steps.
    """
    loss, rule = find_pair(loss, rule)
    known = _sharpness_of(loss, rule, line.starts)
    flat, sharp = known.min(), known.max()
    edge = _edge_of_unit_step(loss, rule)
    if np.isfinite(edge):
        return _rounded(edge / 2 / sharp), _rounded(2 * edge / flat)
    length = line.positions[-1] or 1.0
    bounce = rule.bounce or (lambda eta, sharpness: eta)
    low = LEAST_BOUNCE * length / bounce(1.0, sharp)
    return _rounded(low), _rounded(length / bounce(1.0, flat))


def _edge_of_unit_step(loss: Loss, rule: Rule) -> float:
    """The threshold for η = 1, where it is the same everywhere; else NaN."""
    state = initial_state(rule, np.ones(loss.d))
    here, there = (
        float(step_threshold(rule, 1.0, np.array(size), np.array(size), state))
        for size in (1.0, 2.0)
    )
    return here if here == there else np.nan


def settling_etas(loss: Loss | str, starts: np.ndarray) -> Settling:
    """Up to which step sizes gradient descent can settle from starts [n, d], and at all."""
    loss = find_loss(loss)
    flattest = np.asarray(_sharpness_at(loss, flattest_points(loss)))
    return Settling(
        flattest=float(2 / flattest.min()) if flattest.size else np.nan,
        starts=2 / _sharpness_by_sweep(loss, find_rule("gd"), starts),
    )


def _sharpness_by_sweep(loss: Loss, rule: Rule, starts: np.ndarray) -> np.ndarray:
    """λ₁ at the Φ of each start, [n]; NaN where a sweep finds none."""
    found = sweep(loss, rule, starts, np.ones(len(starts)), 0).sharpness
    return np.where(found > 0, found, np.nan)


def _sharpness_of(loss: Loss, rule: Rule, starts: np.ndarray) -> np.ndarray:
    """λ₁ at those Φ of starts that are found; 1 where there are none."""
    found = _sharpness_by_sweep(loss, rule, starts)
    if not np.any(found > 0):
        # A sweep descends in few steps and may lose its way; one descent with care tells enough.
        found = np.asarray(_sharpness_below(loss, starts[[len(starts) // 2]]))
    known = found[np.isfinite(found) & (found > 0)]
    return known if known.size else np.ones(1)


def _rounded(value: Array) -> float:
    return float(f"{value:.1e}")


def _alike(v: np.ndarray) -> np.ndarray:
    """Signs [n] that turn each of the vectors [n, d] to the side of the one before."""
    same = np.sum(v[1:] * v[:-1], axis=1) >= 0
    return np.cumprod(np.concatenate([[1.0], np.where(same, 1.0, -1.0)]))


def _longest_in_view(loss: Loss) -> np.ndarray:
    """The longest stretch of any branch within the loss's view, [n, d]."""
    seen = [part for curve in trace_manifold(loss) for part in stretches_within(curve, loss.view)]
    return max(seen, key=lambda x: lengths_along(x)[-1])


def _way_of_drift(loss: Loss) -> np.ndarray:
    line = drift_line_from(loss, loss.start)
    assert line
    return line.x


@quickly
def _sharpness_below(loss: Loss, points: Array) -> Array:
    return jax.vmap(lambda x: sharpness(loss, projection(loss, x)))(points)


@quickly
def _sharpness_at(loss: Loss, points: Array) -> Array:
    return jax.vmap(lambda x: sharpness(loss, x))(points)


@quickly
def _landed(loss: Loss, points: Array) -> tuple[Array, Array]:
    """Points [n, d] moved onto Γ, and v₁ there."""

    def land(x: Array) -> tuple[Array, Array]:
        x = newton_to_manifold(loss, x)
        return x, direction(loss, x)

    return jax.vmap(land)(points)
