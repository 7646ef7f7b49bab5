"""A crowd: runs from all over a region of starts, at several η, and what they have in common.

A single run is an anecdote: where it ends depends on where it lands. Of a crowd one reads, against
η, how sharp the place is where half of the runs end, how far apart their ends are, and how many of
them bounce at the edge, crossed Γ, left.

    found = crowd("hyperbola", "gd", Region((0.5, 0.3), (2.2, 1.6)), 41, (0.1, 0.2, 0.4), 2000)
    summary(found).median_sharpness
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.catalogue import find_pair
from dynamics.chunk import CHUNK, advance_all, foot, padded, sharpness_below
from dynamics.compilation import quickly
from dynamics.curvature import direction
from dynamics.fates import Fate
from dynamics.measures import uneven
from dynamics.own import Own, for_each
from dynamics.simulate import checked_start
from dynamics.sweep import sweep
from dynamics.types import Array, Loss, Rule, Scalar

KINDS = ("rectangle", "disk", "annulus")
GROUND = 81  # points of a grid on a side
HOLE = 0.5  # of the disk, that an annulus leaves out
MOST_CELLS = 400  # on a side
LOPSIDED = 0.99  # |A| from which one of the two walls is Γ itself, as `dynamics.phases` has it


class Region(NamedTuple):
    """Where runs start, in the plane of the first two coordinates."""

    low: tuple[float, float]
    """The least x and y."""
    high: tuple[float, float]
    """The greatest."""
    kind: str = "rectangle"
    """All of it; or the disk that touches its sides (an ellipse where they differ); or of that disk
    what is more than half way out."""


class Crowd(NamedTuple):
    """What became of each run: of k step sizes, from m starts."""

    etas: np.ndarray
    """η, [k]."""
    starts: np.ndarray
    """x_0, [m, d]."""
    cells: np.ndarray
    """Which cell of the region each is the centre of, row by row from the least y, [m]."""
    outcome: np.ndarray
    """Values of `Fate`, [k, m]."""
    sharpness: np.ndarray
    """λ₁ at Φ of the last iterate, [k, m]; NaN where gradient flow from there does not reach Γ, and
    of a run that diverges."""
    crossed: np.ndarray | None
    """Whether Γ once lay between an iterate and the next, [k, m]; None where Γ has no sides, which
    it has in codimension 1 alone."""
    x: np.ndarray
    """The last iterates, [k, m, d]."""


class Summary(NamedTuple):
    """What the runs of a crowd have in common at each η, [k] each.

    Shares are of all runs; NaN where there are none.
    """

    etas: np.ndarray
    median_sharpness: np.ndarray
    """Of λ₁ at Φ of the last iterate, over the runs that have one."""
    quartiles: np.ndarray
    """The lower and the upper, likewise, [k, 2]."""
    share_edge: np.ndarray
    """Of runs that end in a cycle of two: `Fate.EDGE`."""
    share_crossed: np.ndarray
    """Of runs that once stepped from one side of Γ to the other, on their way down or at the edge;
    NaN where Γ has no sides."""
    share_diverged: np.ndarray
    runs: np.ndarray
    """How many, whole numbers."""


class Lopsided(NamedTuple):
    """Of the runs of NGD that end at the edge, the share whose bounce has become lopsided for good,
    with Γ itself as one wall, at each η, [k] each; NaN where no run ends there."""

    measured: np.ndarray
    """Of those with |A| ≥ 0.99 at the end."""
    expected: np.ndarray
    """The mean of 1 − √(λ₁(Φ(x_T))/λ₁(Φ(x_0))): NGD keeps A√λ₁, and A is as likely to be anything
    in −1 … 1 when a run lands."""


def points_of(region: Region, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The centres of the cells, n on a side, that lie in a region, [m, 2], and their numbers, [m].

    Raises:
        ValueError: says what must hold and what was got.
    """
    _check(region, n)
    share = (np.arange(n) + 0.5) / n
    up, across = (one.ravel() for one in np.meshgrid(share, share, indexing="ij"))
    square = (2 * across - 1) ** 2 + (2 * up - 1) ** 2
    within = {
        "rectangle": square >= 0,
        "disk": square <= 1,
        "annulus": (square <= 1) & (square > HOLE**2),
    }[region.kind]
    low, high = np.array(region.low), np.array(region.high)
    points = low + np.stack([across, up], axis=1) * (high - low)
    return points[within], np.flatnonzero(within)


def _check(region: Region, n: int) -> None:
    (left, below), (right, above) = region.low, region.high
    got = f"got {left},{right},{below},{above}"
    if not np.all(np.isfinite((*region.low, *region.high))):
        raise ValueError(f"region must be finite numbers, {got}")
    if not (left < right and below < above):
        raise ValueError(f"region must be x0,x1,y0,y1 with x0 < x1 and y0 < y1, {got}")
    if region.kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {region.kind}")
    if not 2 <= n <= MOST_CELLS:
        raise ValueError(f"grid must be in 2 … {MOST_CELLS}, got {n}")


def crowd(
    loss: Loss | str,
    rule: Rule | str,
    region: Region,
    n: int,
    etas: Sequence[float],
    steps: int,
    *,
    start: Array | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Crowd:
    """Run a rule from the cell centres of a region at each of some step sizes, by one sweep.

    Args:
        loss, rule: records, or keys; not gradient flow. The loss has two parameters or more.
        n: cells on a side of the region, 2 … 400.
        etas: η > 0, in any order.
        steps: of each run.
        start: [d], of which the coordinates after the second are those of all starts; the loss's
            own where it is left out.
        progress, stop: as for `sweep`; what is stopped is `Fate.UNKNOWN`.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = find_pair(loss, rule)
    if loss.d < 2:
        raise ValueError(f"a crowd wants a loss of two parameters or more, got {loss.key}")
    if not len(etas):
        raise ValueError("etas must hold a step size or more, got none")
    plane, cells = points_of(region, n)
    others = checked_start(loss, loss.start if start is None else start)[2:]
    starts = np.concatenate([plane, np.tile(others, (len(plane), 1))], axis=1)
    k, m = len(etas), len(starts)
    found = sweep(
        loss, rule, np.tile(starts, (k, 1)), np.repeat(etas, m), steps, progress=progress, stop=stop
    )
    table = (k, m)
    return Crowd(
        etas=np.array(etas, dtype=np.float64),
        starts=starts,
        cells=cells,
        outcome=found.outcome.reshape(table),
        sharpness=found.sharpness.reshape(table),
        crossed=found.crossed.reshape(table) if loss.codim == 1 else None,
        x=found.x.reshape(*table, loss.d),
    )


def summary(found: Crowd) -> Summary:
    """What the runs of a crowd have in common at each η."""
    nothing = np.full(len(found.etas), np.nan)
    lower, median, upper = np.array([_quartiles(row) for row in found.sharpness]).T
    return Summary(
        etas=found.etas,
        median_sharpness=median,
        quartiles=np.stack([lower, upper], axis=1),
        share_edge=np.mean(found.outcome == Fate.EDGE, axis=1),
        share_crossed=nothing if found.crossed is None else np.mean(found.crossed, axis=1),
        share_diverged=np.mean(found.outcome == Fate.DIVERGES, axis=1),
        runs=np.full(len(found.etas), found.outcome.shape[1]),
    )


def _quartiles(values: np.ndarray) -> np.ndarray:
    """The three, of the values [m] that are finite; NaN where there are none."""
    known = values[np.isfinite(values)]
    return np.quantile(known, (0.25, 0.5, 0.75)) if known.size else np.full(3, np.nan)


class Ground(NamedTuple):
    """The plane of the first two coordinates about a region, on a grid, [j, i] each, from the least
    y up; the others are those of the start."""

    view: tuple[tuple[float, float], tuple[float, float]]
    """x and y from the least to the greatest."""
    root: np.ndarray
    """√L."""
    side: np.ndarray | None
    """The side of Γ, 0 on it; None where the loss does not say."""
    conserved: np.ndarray | None
    """What gradient flow keeps, on whose level lines it goes; None where that is nothing, or is not
    known."""


def ground_of(loss: Loss, region: Region, start: Array) -> Ground:
    """What lies in the loss's view, and around a region that reaches beyond it."""
    ends = zip(loss.view[:2], region.low, region.high, strict=True)
    view = tuple((min(low, a), max(high, b)) for (low, high), a, b in ends)
    x, y = (np.linspace(*side, GROUND) for side in view)
    plane = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    others = np.tile(np.asarray(start, dtype=np.float64)[2:], (len(plane), 1))
    root, side, conserved = _planes(loss, np.concatenate([plane, others], axis=1))
    planes = (part if part is None else _on_grid(part) for part in (side, conserved))
    return Ground((view[0], view[1]), _on_grid(root), *planes)


def _on_grid(values: Array) -> np.ndarray:
    return np.reshape(values, (GROUND, GROUND))


@quickly
def _planes(loss: Loss, x: Array) -> tuple[Array, Array | None, Array | None]:
    """√L, the side of Γ and what is conserved at points [n, d], [n] each."""
    side = jax.vmap(loss.side)(x) if loss.side else None
    conserved = jax.vmap(loss.conserved.value)(x) if loss.conserved else None
    return jnp.sqrt(jnp.maximum(jax.vmap(loss.value)(x), 0.0)), side, conserved


def lopsided_share(loss: Loss | str, rule: Rule | str, found: Crowd) -> Lopsided:
    """How many bounces of a crowd of normalized GD have become lopsided for good, and how many
    should have: the share 1 − √(λ/λ₀) of the phases at which a run may land.

    Raises:
        ValueError: the rule has not this law.
    """
    loss, rule = find_pair(loss, rule)
    if rule.key != "ngd":
        raise ValueError(f"rule must be ngd, which keeps A√λ₁, got {rule.key}")
    k, m = found.outcome.shape
    first = _in_chunks(partial(_sharpness_below, loss), found.starts)
    lopsidedness = _in_chunks(
        partial(_lopsidedness, loss, rule),
        found.x.reshape(k * m, -1),
        np.repeat(found.etas, m),
    )
    edge = found.outcome == Fate.EDGE
    fell = 1 - np.sqrt(found.sharpness / first)
    full = np.abs(lopsidedness.reshape(k, m)) >= LOPSIDED
    known = edge & np.isfinite(fell)
    return Lopsided(*(_mean_where(known, values) for values in (full, fell)))


def _mean_where(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Of the values [k, m] that are known, [k]; NaN where none is."""
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _in_chunks(function: Callable, *columns: np.ndarray) -> np.ndarray:
    """A function of at most 1,024 rows, on all rows, [n]."""
    found = []
    for first in range(0, len(columns[0]), CHUNK):
        part = [column[first : first + CHUNK] for column in columns]
        found.append(np.asarray(function(*map(padded, part)))[: len(part[0])])
    return np.concatenate(found)


@quickly
def _sharpness_below(loss: Loss, x: Array) -> Array:
    return jax.vmap(partial(sharpness_below, loss))(x)


@quickly
def _lopsidedness(loss: Loss, rule: Rule, x: Array, eta: Array) -> Array:
    """A of each run at its last iterate x [n, d] and the one that would follow, [n]."""
    own = Own(eta)
    after = jnp.stack(advance_all(loss, rule, own)(tuple(x.T), ())[0], axis=1)

    def one(loss: Loss, _: Rule, __: Scalar, x: Array, after: Array) -> Array:
        below, beyond = foot(loss, x), foot(loss, after)
        v = direction(loss, beyond)
        return uneven(v @ (x - below), v @ (after - beyond))

    return for_each(one, loss, rule, own, x, after)
