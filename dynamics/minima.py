"""The least value of a formula, where it is taken, and what stands against a valley there.

From many starts, side by side, Newton's method with the Hessian's absolute values goes down,

    x ← x − (|∇²L| + μ)⁻¹ ∇L,

μ falling after a step that lowers L and growing after one that does not [NW06, chapter 4]: saddles
push it away. The starts are a sequence of low discrepancy, so the answer is the same every time,
and the number of steps is bounded. Where L falls without end it is found to. Nothing is compiled.

[NW06] Nocedal and Wright, Numerical Optimization, 2006.
"""

from enum import Enum
from typing import NamedTuple

import numpy as np

from dynamics.expressions import OPERATIONS, Expression, operations_in
from dynamics.jets import Jet, jet
from dynamics.types import Theta

REACH = 3.0  # starts lie at most so far from the origin in each coordinate; some nearer
STARTS = 96
STEPS = 100
FIRST_DAMPING = 0.1  # of the largest curvature
EASIER, HARDER = 0.2, 8.0  # what μ is multiplied by after a step
STUCK = 1e12  # of the largest curvature: μ at which there is no lower point nearby
STILL = 1e-11  # of the gradients at the starts
FAR = 1e6
FALLEN = 1e12  # of the losses at the starts
FADING = 0.5  # what a fall is at most of the one before if it comes to an end

LEVEL = 1e-10  # of the losses at the starts: how far above the least a point is at the least
FLAT = 1e-7  # of λ₁: a curvature that is none
VANISHING = 1e-9  # of the curvature at the starts
STEEP = 1e-4  # of the gradients at the starts: a slope that a smooth minimum has not
POLE = 1e6  # of them: a slope beside a pole
ARRIVED = 1e-6  # of the size of a point: a step of Newton's method that has arrived
SHARE = 0.1  # of the points of the least value: how many tell what it is
POLISHING = 4
ASIDE = 0.02  # of the size of a point: a step along Γ


class Kind(Enum):
    """What is found at the least value, as a sentence."""

    VALLEY = ""
    UNBOUNDED = (
        "L falls without end, so it has no least value: nothing is subtracted, there is no √L, and "
        "no Γ."
    )
    NOT_TAKEN = (
        "L comes down to its least value only at infinity: there are no minimisers nearby, and no "
        "Γ."
    )
    KINK = "L has a kink where it is least, so there is no Hessian there: no Γ to drift along."
    ISOLATED = (
        "The least value is taken at single points, not along a valley: gradient flow ends there, "
        "and nothing drifts."
    )
    FLAT = (
        "Where L is least its Hessian is 0, or it is flatter than a parabola across: λ₁ says "
        "nothing of its walls, and the theorem does not apply."
    )
    UNEVEN = (
        "The rank of the Hessian changes along the minimisers, where the theorem asks for one: "
        "there Φ and the flow have no numbers."
    )
    UNDEFINED = "L has no value at most points near the origin, so no least value was found."


class Minimum(NamedTuple):
    """The least value of a formula.

    Attributes:
        value: the least value found; NaN where there is none.
        points: where it is taken, [n, d]; without rows where it is not.
        sharpness: λ₁ there, [n].
        rank: of the Hessian at most of them; d where they are single points.
        kind: what they are.
        below: whether rounding takes L below `value` there.
        level: how far above the least value still is at the least.
    """

    value: float
    points: np.ndarray
    sharpness: np.ndarray
    rank: int
    kind: Kind
    below: bool
    level: float


def find_minimum(tree: Expression, d: int, theta: Theta, near: np.ndarray | None = None) -> Minimum:
    """The least value of a tree of d variables.

    Args:
        near: starts of one's own, [n, d], besides.
    """
    x = starts(d) if near is None else np.concatenate([near, starts(d)])
    first = jet(tree, x, theta)
    fine = _is_finite(first)
    if not fine.any():
        return _none(Kind.UNDEFINED, d)
    first = _rows(first, fine)
    x, ends, falls = _descend(tree, theta, x[fine], first)
    scale = float(np.median(np.abs(first.value))) or 1.0
    least = float(np.min(ends.value))
    if least < -FALLEN * scale:
        return _none(Kind.UNBOUNDED, d)
    best = int(np.argmin(ends.value))
    if np.linalg.norm(x[best]) > FAR:
        return _none(Kind.UNBOUNDED if falls[best] else Kind.NOT_TAKEN, d)
    level = LEVEL * float(np.median(np.abs(first.value - least))) + 1e-14 * abs(least)
    low = (ends.value <= least + level) & (np.linalg.norm(x, axis=1) <= FAR)
    return _at_the_least(tree, theta, x[low], first, level)


def starts(d: int, count: int = STARTS) -> np.ndarray:
    """Points of low discrepancy [n, d], half of them in a cube and half in one a third as wide.

    The additive recurrence of the root of g^{d+1} = g + 1 [Rob18: M. Roberts, The unreasonable
    effectiveness of quasirandom sequences, 2018].
    """
    root = 2.0
    for _ in range(40):
        root = (1 + root) ** (1 / (d + 1))
    steps = root ** -np.arange(1.0, d + 1)
    unit = 2 * np.mod(0.5 + np.outer(np.arange(1, count + 1), steps), 1.0) - 1
    reach = np.where(np.arange(count) % 2, REACH / 3, REACH)
    return unit * reach[:, None]


def _none(kind: Kind, d: int) -> Minimum:
    return Minimum(np.nan, np.empty((0, d)), np.empty(0), d, kind, False, 0.0)


def _is_finite(found: Jet) -> np.ndarray:
    finite = np.isfinite(found.value) & np.isfinite(found.gradient).all(axis=-1)
    return finite & np.isfinite(found.hessian).all(axis=(-2, -1))


def _rows(found: Jet, rows: np.ndarray) -> Jet:
    return Jet(*(np.array(part[rows]) for part in found))


def _top(found: Jet) -> np.ndarray:
    return np.abs(found.hessian).max(axis=(-2, -1))


def _descend(
    tree: Expression, theta: Theta, x: np.ndarray, here: Jet
) -> tuple[np.ndarray, Jet, np.ndarray]:
    """Where the descents end, the jets there, and which of them still fell as much as before."""
    x, here = x.copy(), _rows(here, np.arange(len(x)))
    still = STILL * np.median(np.linalg.norm(here.gradient, axis=1))
    damping = FIRST_DAMPING * _top(here) + 1e-3
    least = FALLEN * (np.median(np.abs(here.value)) or 1.0)
    halfway, last = here.value.copy(), here.value.copy()
    going = np.arange(len(x))
    for step in range(STEPS):
        if step in (STEPS - 20, STEPS - 10):
            halfway, last = last, here.value.copy()
        moved, damped = _newton(x[going], _rows(here, going), damping[going])
        there = jet(tree, moved, theta)
        better = _is_finite(there) & (there.value < here.value[going])
        taken = going[better]
        x[taken] = moved[better]
        for old, new in zip(here, there, strict=True):
            old[taken] = new[better]
        damping[going] = np.minimum(np.where(better, EASIER, HARDER) * damped, 1e300)
        if np.min(here.value) < -least or np.any(there.value == -np.inf):
            here.value[going] = np.where(there.value == -np.inf, -np.inf, here.value[going])
            break
        rest = np.linalg.norm(here.gradient[going], axis=1) <= still
        stuck = damping[going] / STUCK > _top(_rows(here, going)) + 1e-12
        going = going[~(rest | stuck)]
        if not going.size:
            break
    falls = (last - here.value) > FADING * (halfway - last)
    return x, here, falls


def _newton(x: np.ndarray, here: Jet, damping: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A step of Newton's method with damping, and the damping, not less than what rounding asks."""
    values, vectors = np.linalg.eigh(here.hessian)
    damping = np.maximum(damping, 1e-14 * np.abs(values).max(axis=1) + 1e-300)
    along = np.einsum("nij,ni->nj", vectors, here.gradient)
    with np.errstate(all="ignore"):
        step = np.einsum("nij,nj->ni", vectors, along / (np.abs(values) + damping[:, None]))
    return x - step, damping


def onto_floor(
    tree: Expression,
    theta: Theta,
    x: np.ndarray,
    rank: int | None = None,
    steps: int = POLISHING,
    level: float = np.inf,
) -> tuple[np.ndarray, Jet]:
    """Points [n, d] moved onto ∇L = 0 by Newton's method across the valley, x − (∇²L)⁺∇L, with the
    curvatures that are none left out, or all but `rank`; and the jets there. No step leads higher
    than by `level`."""
    here = jet(tree, x, theta)
    for _ in range(steps):
        moved = x - _across(here, rank)
        there = jet(tree, moved, theta)
        # Not to a saddle, which is where the way from a kink would lead.
        low = there.value <= here.value + level
        closer = _is_finite(there) & (_steepness(there) < _steepness(here)) & low
        x = np.where(closer[:, None], moved, x)
        here = Jet(
            np.where(closer, there.value, here.value),
            np.where(closer[:, None], there.gradient, here.gradient),
            np.where(closer[:, None, None], there.hessian, here.hessian),
        )
    return x, here


def _across(here: Jet, rank: int | None) -> np.ndarray:
    fine = np.isfinite(here.hessian).all(axis=(1, 2))
    values, vectors = np.linalg.eigh(np.where(fine[:, None, None], here.hessian, 0.0))
    d = values.shape[1]
    kept = np.abs(values) > FLAT * np.abs(values).max(axis=1, keepdims=True) + 1e-300
    if rank is not None:
        kept &= np.arange(d) >= d - rank
    along = np.einsum("nij,ni->nj", vectors, np.nan_to_num(here.gradient))
    with np.errstate(all="ignore"):
        return np.einsum("nij,nj->ni", vectors, np.where(kept, along / values, 0.0))


def _steepness(here: Jet) -> np.ndarray:
    return np.linalg.norm(here.gradient, axis=-1)


def _at_the_least(
    tree: Expression, theta: Theta, x: np.ndarray, first: Jet, level: float
) -> Minimum:
    """What is found at the points of the least value."""
    d = x.shape[1]
    x, here = onto_floor(tree, theta, x, level=level)
    least = float(np.min(here.value))
    value = 0.0 if abs(least) <= level else least
    aside = x + 1e-9 * (1 + np.abs(x)) * np.cos(1.0 + np.arange(x.size)).reshape(x.shape)
    below = value != 0.0 or bool(min(here.value.min(), jet(tree, aside, theta).value.min()) < 0)
    typical = np.median(_steepness(first))
    steep = _steepness(here) > STEEP * typical
    if np.any(_steepness(here) > POLE * typical):
        return _none(Kind.UNBOUNDED, d)
    if _falls_outwards(tree, theta, x, here, level):
        return _none(Kind.NOT_TAKEN, d)
    if steep.all():
        return Minimum(value, x, np.full(len(x), np.nan), d, Kind.KINK, below, level)
    x, here = x[~steep], _rows(here, ~steep)
    ranks = _ranks(x, here, np.median(_top(first)))
    rank, kind = _rank(tree, theta, x, ranks, value + level)
    kept = ranks == rank
    top = np.linalg.eigvalsh(here.hessian)[:, -1]
    return Minimum(value, x[kept], top[kept], rank if kind in VALLEYS else d, kind, below, level)


def _falls_outwards(tree: Expression, theta: Theta, x: np.ndarray, here: Jet, level: float) -> bool:
    """Whether the points of the least value are far away, and L is less further on."""
    if np.linalg.norm(x, axis=1).min() <= 2 * REACH:
        return False
    above = here.value > 1e-10 * level  # not 0 but for rounding
    further = jet(tree, 1.5 * x[above], theta).value
    return bool(above.any() and np.all(further < 0.5 * here.value[above]))


def _ranks(x: np.ndarray, here: Jet, typical: float) -> np.ndarray:
    """The rank of the Hessian at each of some points of the least value, [n]: 0 where it vanishes,
    or where Newton's method is still on its way, as it is on |u|^p for p > 2."""
    curvatures = np.linalg.eigvalsh(here.hessian)
    top = curvatures[:, -1:]
    away = np.linalg.norm(_across(here, None), axis=1) > ARRIVED * (1 + np.linalg.norm(x, axis=1))
    flat = (top[:, 0] <= VANISHING * typical) | away
    return np.where(flat, 0, (curvatures > FLAT * top).sum(axis=1))


def _rank(
    tree: Expression, theta: Theta, x: np.ndarray, ranks: np.ndarray, height: float
) -> tuple[int, Kind]:
    """The least rank that a valley has, not at a few points alone; that of most points where there
    is no valley."""
    for rank in np.unique(ranks):
        here = ranks == rank
        if here.mean() >= SHARE and _kind(tree, theta, x[here], rank, height) is Kind.VALLEY:
            return int(rank), Kind.VALLEY if here.all() else Kind.UNEVEN
    rank = int(np.bincount(ranks).argmax())
    return rank, _kind(tree, theta, x[ranks == rank], rank, height)


VALLEYS = (Kind.VALLEY, Kind.UNEVEN)


def _kind(tree: Expression, theta: Theta, x: np.ndarray, rank: int, height: float) -> Kind:
    """Whether points of that rank lie along a valley."""
    d = x.shape[1]
    if rank == d:
        return Kind.ISOLATED
    if rank == 0:
        return Kind.FLAT
    vectors = np.linalg.eigh(jet(tree, x, theta).hessian)[1]
    aside = ASIDE * (1 + np.linalg.norm(x, axis=1, keepdims=True))
    stays = np.zeros(len(x), dtype=bool)
    for k in range(d - rank):
        for sense in (1, -1):
            moved = x + sense * aside * vectors[:, :, k]
            there, here = onto_floor(tree, theta, moved, rank, steps=8)
            left = np.linalg.norm(there - x, axis=1) > 0.3 * aside[:, 0]
            stays |= left & (here.value <= height)
    return Kind.VALLEY if stays.mean() > 0.5 else Kind.FLAT


def has_kinks(tree: Expression) -> bool:
    """Whether an operation with a kink stands in a tree."""
    return any(OPERATIONS[name].kink for name in operations_in(tree))
