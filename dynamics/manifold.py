"""Γ for drawing: its branches as points, the line that a drift follows, and where λ₁ is least.

Both limiting flows run down λ₁ along Γ, each at its own pace: the curve is the same,

    dx/ds = −P⊥∇λ₁ / ‖P⊥∇λ₁‖,   s the arc length.

Where Γ is a curve that is Γ itself. It is followed by the Runge-Kutta pair of Bogacki and Shampine
(1989), with a Newton step back to Γ after each step, and drawn by cubics between the steps.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import at_once, quickly
from dynamics.curvature import (
    direction,
    eigenvectors,
    gradient,
    hessian_product,
    newton_to_manifold,
    normal_space,
    onto_manifold,
    sharpness,
    sharpness_gradient,
    tangential,
)
from dynamics.types import Array, Loss, Rule

POINTS = 4001
LINE_POINTS = 401
RIPPLE = 1e-9  # of λ₁: a minimum less deep, from one point to the next, is of rounding alone

# Lengths of a drift line, as shares of the way down to the flattest point, and of the loss's size.
UPHILL = 0.3
SHORTEST = 0.1
LONGEST = 100.0

# A walk along Γ: error of a step, first and least step, as shares of the loss's size.
STEP_ERROR = 3e-6
FIRST_STEP = 0.02
LEAST_STEP = 1e-6
LARGEST_TURN = 0.5  # least cosine of the angle by which a step may turn
NODES = 256
TRIES = 400
BISECTIONS = 20
TINY = 1e-300


class Trace(NamedTuple):
    """A branch of Γ: points [n, d] and λ₁ at them [n]."""

    x: np.ndarray
    sharpness: np.ndarray


def lengths_along(x: np.ndarray) -> np.ndarray:
    """Length from the first of points [n, d] to each of them along their chords, [n]."""
    return np.append(0.0, np.cumsum(np.linalg.norm(np.diff(x, axis=0), axis=1)))


def trace_manifold(loss: Loss, points: int = POINTS) -> tuple[Trace, ...]:
    """Every branch of Γ at equal steps of its parameter."""
    return tuple(_trace(loss, which, points) for which in range(len(loss.branches)))


def flattest_points(loss: Loss) -> np.ndarray:
    """The local minima of λ₁ along the branches, [m, d], to about 1e-6 of a branch's length."""
    found = [_flattest(loss, which) for which in range(len(loss.branches))]
    return np.concatenate([np.empty((0, loss.d)), *found])


def beside_flattest(loss: Loss, rule: Rule, flattest: np.ndarray, eta: float) -> np.ndarray:
    """The point [d] half a bounce up the wall from a flattest point [d]: there a rule with a bounce
    goes on bouncing and drifts no further. Half a step size for the other rules."""
    value, v = _top_eigenpair(loss, flattest)
    bounce = float(rule.bounce(eta, value)) if rule.bounce else eta
    return flattest + 0.5 * bounce * np.asarray(v)


@at_once
def _top_eigenpair(loss: Loss, x: np.ndarray):
    return sharpness(loss, x), direction(loss, x)


def _trace(loss: Loss, which: int, points: int) -> Trace:
    branch = loss.branches[which]
    x, values = _along(loss, which, np.linspace(branch.low, branch.high, points))
    return Trace(np.asarray(x), np.asarray(values))


@partial(quickly, static_argnames=("which",))
def _along(loss: Loss, which: int, s: np.ndarray):
    """Points of one of the branches, and λ₁ at them."""
    x = jax.vmap(loss.branches[which].curve)(jnp.asarray(s))
    return x, jax.vmap(partial(sharpness, loss))(x)


def _flattest(loss: Loss, which: int) -> np.ndarray:
    """Minima among the samples, each moved to the vertex of the parabola through its neighbours."""
    branch = loss.branches[which]
    x, values = _trace(loss, which, POINTS)
    width = (branch.high - branch.low) / (POINTS - 1)
    closed = np.allclose(x[0], x[-1])
    values = values[:-1] if closed else values
    before, after = np.roll(values, 1), np.roll(values, -1)
    dips = before + after - 2 * values > RIPPLE * values
    lowest = (values < before) & (values <= after) & dips
    if not closed:
        lowest[[0, -1]] = False
    at = np.flatnonzero(lowest)
    bend = before[at] - 2 * values[at] + after[at]
    s = branch.low + width * (at + 0.5 * (before[at] - after[at]) / bend)
    return np.asarray(_along(loss, which, s)[0]) if at.size else np.empty((0, loss.d))


def drift_line(loss: Loss, x: Array, points: int = LINE_POINTS) -> Trace:
    """The curve on Γ through x [d] along which sharpness falls fastest, at equal arc lengths.

    It leads from somewhat uphill of x down to where λ₁ is least. Where Γ is a curve it goes on
    past that for as long as it took from x, and once round if Γ is closed. Where Γ is a point it is
    that point alone. Where the eigengap closes on the way down, and Γ is no curve, it ends there.

    Args:
        x: a point of Γ, or near enough for Newton's method to find it; NaN makes the line NaN.
    """
    x = jnp.asarray(x, dtype=float)
    if loss.codim == loss.d:
        return Trace(np.asarray(x)[None], np.asarray(_top_eigenpair(loss, x)[0])[None])
    return Trace(*(np.asarray(column) for column in _line(loss, x, points)))


def flattest_on(line: Trace) -> np.ndarray:
    """The point [d] of least λ₁ on a line, by the parabola through the least of its points."""
    at = int(np.argmin(line.sharpness))
    if not 0 < at < len(line.x) - 1:
        return line.x[at]
    low, mid, high = line.sharpness[at - 1 : at + 2]
    bend = low - 2 * mid + high
    shift = 0.5 * (low - high) / bend if bend > 0 else 0.0
    before, here, after = line.x[at - 1 : at + 2]
    return here + 0.5 * shift * (after - before) + 0.5 * shift**2 * (before - 2 * here + after)


class _Walk(NamedTuple):
    """A walk along Γ: its nodes, and what it has met."""

    s: Array
    """Arc length at the nodes, [m]; only the first `count` are valid."""
    x: Array
    """Nodes, [m, d]."""
    tangent: Array
    """Unit tangents at the nodes, in the direction of the walk, [m, d]."""
    count: Array
    """Number of nodes."""
    slope: Array
    """dλ₁/ds at the last node."""
    valley: Array
    """Arc lengths between which λ₁ stopped falling, [2]; infinite while it falls."""
    limit: Array
    """Arc length at which to stop."""
    closed: Array
    """Whether the last node is the first again."""
    step: Array
    """Length of the next step; 0 where there is none."""
    tries: Array
    """Number of steps tried."""

    @property
    def length(self) -> Array:
        return self.s[self.count - 1]


@partial(at_once, static_argnames=("points",))
def _line(loss: Loss, x: Array, points: int) -> tuple[Array, Array]:
    size = loss.size
    x = onto_manifold(loss, x)
    tangent, slope = _downhill(loss, x)

    def leg(limit: Array, sense: Array) -> tuple[Array, tuple[_Walk, Array]]:
        walk = _walk(loss, x, -sense * tangent, -sense * slope, sense, limit)
        lowest = _lowest(loss, walk) if _is_curve(loss) else walk.length
        return UPHILL * jnp.maximum(lowest, SHORTEST * size), (walk, lowest)

    # One after the other in one loop, so that the walk is compiled once.
    legs = jax.lax.scan(leg, jnp.array(LONGEST * size), jnp.array([-1.0, 1.0]))[1]
    (ahead, lowest), (behind, _) = (jax.tree.map(lambda leaf, i=i: leaf[i], legs) for i in range(2))
    past = lowest + jnp.maximum(lowest, SHORTEST * size)
    end = jnp.where(ahead.closed, ahead.length - behind.length, jnp.minimum(ahead.length, past))
    s = jnp.linspace(-behind.length, end, points)
    return jax.vmap(partial(_drawn, loss, behind, ahead))(s)


def _lowest(loss: Loss, walk: _Walk) -> Array:
    """Arc length [] at which λ₁ stopped falling, by bisection; of the end where it has not."""

    def halve(_: int, between: Array) -> Array:
        mid = jnp.mean(between)
        x, tangent = _between(walk, mid), walk.tangent[_node(walk, mid)]
        falls = _heading(loss, x, tangent, jnp.array(-1.0))[1] < 0
        return jnp.where(falls, jnp.stack([mid, between[1]]), jnp.stack([between[0], mid]))

    found = jnp.mean(jax.lax.fori_loop(0, BISECTIONS, halve, walk.valley))
    return jnp.minimum(found, walk.length)


def _is_curve(loss: Loss) -> bool:
    return loss.d - loss.codim == 1


def _downhill(loss: Loss, x: Array) -> tuple[Array, Array]:
    """Unit tangent [d] of the line at x, and dλ₁/ds along it, at most 0."""
    tangent, slope = _heading(loss, x, eigenvectors(loss, x)[:, 0], jnp.array(-1.0))
    turn = jnp.where(slope > 0, -1.0, 1.0)
    return turn * tangent, turn * slope


def _heading(loss: Loss, x: Array, before: Array, sense: Array) -> tuple[Array, Array]:
    """Unit tangent [d] of the line at x, and dλ₁/ds along it.

    Where Γ is a curve the tangent goes on from `before` [d]; elsewhere it leads up λ₁ (sense 1) or
    down (−1), and goes on from `before` only where λ₁ is stationary.
    """
    if _is_curve(loss):
        vectors = eigenvectors(loss, x)
        tangent = vectors[:, 0] * jnp.where(vectors[:, 0] @ before < 0, -1.0, 1.0)
        return tangent, tangent @ sharpness_gradient(loss, x, vectors[:, -1])
    _, normal = normal_space(loss, x)
    rise = tangential(normal, sharpness_gradient(loss, x, normal[:, -1]))
    steepness = jnp.linalg.norm(rise)
    tangent = jnp.where(steepness > 0, sense * rise / (steepness + TINY), before)
    return tangent, tangent @ rise


def _walk(loss: Loss, x: Array, tangent: Array, slope: Array, sense: Array, limit: Array) -> _Walk:
    """Walk along the line from x [d] for a length `limit` [], uphill (sense 1) or down (−1).

    It ends before that where λ₁ is stationary; or where Γ is a curve, when it has gone on past the
    valley for 1 + UPHILL times the way down, or is back at x.
    """
    nodes = jnp.zeros((NODES, loss.d))
    walk = _Walk(
        s=jnp.zeros(NODES),
        x=nodes.at[0].set(x),
        tangent=nodes.at[0].set(tangent),
        count=jnp.array(1),
        slope=slope,
        valley=jnp.full(2, jnp.inf),
        limit=jnp.asarray(limit, dtype=float),
        closed=jnp.array(False),
        step=jnp.array(FIRST_STEP * loss.size),
        tries=jnp.array(0),
    )
    return jax.lax.while_loop(_goes_on, partial(_stride, loss, sense), walk)


def _goes_on(walk: _Walk) -> Array:
    room = (walk.count < NODES) & (walk.tries < TRIES)
    return room & ~walk.closed & (walk.step > 0) & (walk.length < walk.limit * (1 - 1e-12))


def _stride(loss: Loss, sense: Array, walk: _Walk) -> _Walk:
    """Try a step, take it or leave it, and choose the length of the next.

    A least step that turns by less than a right angle is taken in any case: so a walk gets away
    from a maximum of λ₁. At a minimum it would turn back, and the walk ends.
    """
    least, allowed = LEAST_STEP * loss.size, STEP_ERROR * loss.size
    last = walk.count - 1
    before, ahead = walk.x[last], walk.tangent[last]
    h = jnp.minimum(walk.step, walk.limit - walk.length)
    x, tangent, slope, error = _bogacki_shampine(loss, before, ahead, h, sense)
    turn = tangent @ ahead
    taken = ((error <= allowed) & (turn > LARGEST_TURN)) | ((h <= least) & (turn > 0))
    growth = jnp.clip(0.9 * jnp.cbrt(allowed / (error + TINY)), 0.2, 3.0)
    onward = jnp.maximum(jnp.where(taken, growth, jnp.minimum(growth, 0.5)) * h, least)
    tried = walk._replace(
        s=walk.s.at[walk.count].set(walk.length + h),
        x=walk.x.at[walk.count].set(x),
        tangent=walk.tangent.at[walk.count].set(tangent),
        step=jnp.where(taken | (h > least), onward, 0.0),
        tries=walk.tries + 1,
    )
    met = tried._replace(count=walk.count + 1, slope=slope)
    met = _look_round(loss, walk, met) if _is_curve(loss) else met
    return jax.tree.map(partial(jnp.where, taken), met, tried)


def _look_round(loss: Loss, before: _Walk, after: _Walk) -> _Walk:
    """After a step along a curve: has λ₁ stopped falling, has the walk come home?"""
    h = after.length - before.length
    first = (before.slope <= 0) & (after.slope >= 0) & ~jnp.isfinite(before.valley[0])
    valley = jnp.where(first, jnp.stack([before.length, after.length]), before.valley)
    enough = valley[1] + (1 + UPHILL) * jnp.maximum(valley[1], SHORTEST * loss.size)
    home, start = after.x[0], after.tangent[0]
    here, there = before.x[before.count - 1], after.x[after.count - 1]
    passed = ((here - home) @ start < 0) & ((there - home) @ start >= 0)
    closed = passed & (jnp.linalg.norm(there - home) <= 2 * h)
    chord = jnp.linalg.norm(home - here)
    bend = jnp.sum((start - before.tangent[before.count - 1]) ** 2)
    round_trip = before.length + chord * (1 + bend / 24)  # an arc of a circle, to fourth order
    last = after.count - 1
    return after._replace(
        s=after.s.at[last].set(jnp.where(closed, round_trip, after.s[last])),
        x=after.x.at[last].set(jnp.where(closed, home, there)),
        tangent=after.tangent.at[last].set(jnp.where(closed, start, after.tangent[last])),
        valley=valley,
        limit=jnp.minimum(after.limit, enough),
        closed=closed,
    )


def _bogacki_shampine(
    loss: Loss, x: Array, k1: Array, h: Array, sense: Array
) -> tuple[Array, Array, Array, Array]:
    """A step of length h along the line: where it lands on Γ, tangent, dλ₁/ds, and its error."""
    k2, _ = _heading(loss, x + h / 2 * k1, k1, sense)
    k3, _ = _heading(loss, x + 3 * h / 4 * k2, k1, sense)
    off = x + h * (2 * k1 + 3 * k2 + 4 * k3) / 9
    landed = newton_to_manifold(loss, off)
    k4, slope = _heading(loss, landed, k1, sense)
    error = jnp.linalg.norm(h * (-5 * k1 / 72 + k2 / 12 + k3 / 9 - k4 / 8))
    return landed, k4, slope, error + jnp.linalg.norm(landed - off)


def _drawn(loss: Loss, behind: _Walk, ahead: _Walk, s: Array) -> tuple[Array, Array]:
    """The point of the line at arc length s [] from x, negative uphill, and λ₁ there.

    The cubic is so near Γ that the eigenvectors there serve at the point of Γ too.
    """
    x = jnp.where(s < 0, _between(behind, -s), _between(ahead, s))
    values, vectors = normal_space(loss, x)
    for _ in range(2):
        x = x - vectors @ (vectors.T @ gradient(loss, x) / values)
    v = vectors[:, -1]
    return x, v @ hessian_product(loss, x, v)


def _between(walk: _Walk, s: Array) -> Array:
    """The cubic through the nodes either side of arc length s [], and their tangents: [d]."""
    i = _node(walk, s)
    j = jnp.minimum(i + 1, walk.count - 1)
    h = walk.s[j] - walk.s[i]
    u = jnp.where(h > 0, (s - walk.s[i]) / jnp.maximum(h, TINY), 0.0)
    low, high = (1 + 2 * u) * (1 - u) ** 2, u**2 * (3 - 2 * u)
    lean = h * u * (1 - u)
    curve = lean * ((1 - u) * walk.tangent[i] - u * walk.tangent[j])
    return low * walk.x[i] + high * walk.x[j] + curve


def _node(walk: _Walk, s: Array) -> Array:
    """Which node is the last at or before arc length s []."""
    lengths = jnp.where(jnp.arange(NODES) < walk.count, walk.s, jnp.inf)
    return jnp.clip(jnp.searchsorted(lengths, s, side="right") - 1, 0, walk.count - 1)
