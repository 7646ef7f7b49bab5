"""The phases of a run, found from the laws and never written by hand.

With S_t = η_t λ₁(∇²L(x_t)), 1/S_t is to leading order ‖x̃_t‖/λ₁ of the quadratic warm-up, for NGD
(‖∇L‖ ≈ η‖x̃‖) as for GD on √L (4L ≈ η²‖x̃‖²). So the outermost invariant set I₁, entered in finite
time and never left, is S_t ≥ 1 [ALP22, section 3]:

    descent     outside I₁
    alignment   inside, while x̃ still turns towards v₁
    edge        √L(x_t) + √L(x_{t+1}) is what the theorem says of two steps in a row, and x̃ hops
                along v₁
    floor       at the edge, with Γ itself as one of the two walls: the lopsided bounce of NGD has
                become the cycle {0, ±η}, as it does when sharpness has fallen far enough
    overlong    inside, with nothing to align, and yet not what the theorem says: η is too large
    beyond      λ₁ > λ₂ fails on Γ, and with it the theorem

In codimension 1 there is nothing to align, and the edge follows on the descent. Elsewhere the law
alone does not do: hops along v_j make its ratio √(λ_j/λ₁) for NGD and λ_j/λ₁ for GD on √L, which
may be near 1. The law of √L has λ₁ at Φ(x_t); 1/S_t + 1/S_{t+1} = 1 says the same with λ₁ at x_t,
which strays farther from it where η is large: by 30 % on `ellipse` at η = 0.1, where √L strays by
13 %.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from functools import partial
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import at_once
from dynamics.curvature import normal_space
from dynamics.fates import TOLERANCE
from dynamics.measures import Measures, inverse_stableness, measure
from dynamics.projection import projection
from dynamics.simulate import Outcome, Run, offset_of, pinpoint, window
from dynamics.types import Array, Loss

LASTING = 12
LEAST = 6
LANDED = 0.99
STILL = 1e-9

CLOSED_GAP = 1e-4
HALVINGS = 30


class Phase(NamedTuple):
    """A phase lasts to the first step of the next one, or to the end of the run."""

    name: Literal["descent", "alignment", "edge", "floor", "overlong", "beyond"]
    first: int
    """The step at which it begins."""


def phases(run: Run, measures: Measures) -> tuple[Phase, ...]:
    """The phases of a run in order; the first begins at step 0, and none is without a step. A rule
    without a law of its bounce has no phases, and without Φ all is descent.

    Alignment begins at the first step with S_t ≥ 1 from which S_t ≥ 1/1.2 for twelve steps, the
    edge at the first from which, for twelve steps, the law of √L holds within 20 % and x̃ is off v₁
    by at most 20 % of the mean hop, which is ½λ₁. (Fewer will do at the end of the run, but for six
    at least.) The floor begins at the edge from where |A| ≥ 0.99 for as long, if A does not sweep.
    In codimension 1 what is inside for six steps or more and never at the edge is overlong, of NGD
    and GD on √L. From
    where a run stands still neither begins. The theorem ends, and so does every other phase, where
    the eigengap closes. All are sought on the recorded rows, and found exactly between them.
    """
    if run.rule.bounce is None:
        return ()
    if run.pieces:
        return _of_pieces(run)
    if not np.isfinite(measures.projection_sharpness).any():
        return (Phase("descent", 0),)
    stands = run.outcome in (Outcome.AT_MINIMISER, Outcome.STATIONARY)
    end = run.outcome_step if stands else np.inf

    def moving(part: Run, column: np.ndarray) -> np.ndarray:
        return np.where(part.step < end, column, np.nan)

    def inverse(part: Run) -> np.ndarray:
        found = inverse_recorded(measures) if part is run else inverse_stableness(part)
        return moving(part, found)

    def measured(part: Run) -> Measures:
        return measures if part is run else measure(part)

    def arrives(part: Run) -> int | None:
        along = measured(part)
        return _arrives(moving(part, along.sqrt_loss_pair), off_direction(along))

    def lands(part: Run) -> int | None:
        along = measured(part)
        late = part.step >= edge
        return _lands(moving(part, along.lopsidedness), along.lopsidedness_sweep, late)

    inside = pinpoint(run, lambda part: _enters(inverse(part)), LASTING)
    edge = pinpoint(run, arrives, LASTING)
    floor = None if edge is None else pinpoint(run, lands, LASTING)
    found = _in_order(inside, edge, floor, eigengap_closes(run, measures))
    # A rule that remembers may be inside for long before it is at the edge.
    straight = run.loss.codim == 1 and run.rule.lopsided is not None
    return _overlong(found, min(int(run.step[-1]), end)) if straight else found


def _of_pieces(run: Run) -> tuple[Phase, ...]:
    """The phases of a run in pieces: of one after another. What those are in whose rule has no
    phases is told as descent where they come first."""
    found: list[Phase] = [] if run.pieces[0].rule.bounce else [Phase("descent", 0)]
    for piece in run.pieces:
        for phase in phases(piece, measure(piece)):
            if not found or found[-1].name != phase.name:
                found.append(Phase(phase.name, phase.first + offset_of(piece)))
    return tuple(found)


def inverse_recorded(measures: Measures) -> np.ndarray:
    """1/S_t of each row, [t], from its measures."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return measures.threshold / (2 * measures.sharpness)


def off_direction(measures: Measures) -> np.ndarray:
    """The part of x̃ off v₁, in mean hops ½λ₁, [t].

    The angle θ_t would not do: every second iterate may lie on Γ, and there it is rounding.
    """
    off = np.linalg.norm(measures.components[:, 1:], axis=1)
    return 2 * off / measures.spectrum[:, 0]


def _in_order(
    inside: int | None, edge: int | None, floor: int | None, beyond: int | None
) -> tuple[Phase, ...]:
    """To leading order the edge lies in I₁, so where it comes first there is no alignment."""
    found = [Phase("descent", 0)]
    if inside is not None and (edge is None or inside < edge):
        found.append(Phase("alignment", inside))
    if edge is not None:
        found.append(Phase("edge", edge))
    if floor is not None:
        found.append(Phase("floor", floor))
    if beyond is not None:
        found = [phase for phase in found if phase.first < beyond] + [Phase("beyond", beyond)]
    ends = [phase.first for phase in found[1:]] + [None]
    return tuple(phase for phase, end in zip(found, ends, strict=True) if phase.first != end)


def _overlong(found: tuple[Phase, ...], end: float) -> tuple[Phase, ...]:
    """The phases, [-1] of which lasts to `end`, of a run with nothing to align."""
    *before, last = found
    lasting = last.name == "alignment" and end - last.first >= LEAST
    return (*before, Phase("overlong", last.first)) if lasting else found


def _enters(inverse: np.ndarray) -> int | None:
    """The row from which S ≥ 1, from 1/S [t]."""
    return first_lasting((inverse > 0) & (inverse <= 1 + TOLERANCE), inverse <= 1)


def _arrives(law: np.ndarray, off: np.ndarray) -> int | None:
    """The row from which the law of √L holds along v₁, from its ratio to its value at the edge and
    the part of x̃ off v₁ in mean hops, [t] each."""
    near = (np.abs(law - 1) <= TOLERANCE) & (off <= TOLERANCE)
    return first_lasting(near, near)


def _lands(lopsidedness: np.ndarray, sweep: np.ndarray, late: np.ndarray) -> int | None:
    """The row from which every second iterate lies on Γ, from A, its sweep, and whether the row may
    be one, [t] each."""
    there = (np.abs(lopsidedness) >= LANDED) & (np.abs(sweep) <= STILL)
    return first_lasting(there, there & late)


def first_lasting(holds: np.ndarray, begins: np.ndarray) -> int | None:
    """The first row that begins and from which twelve hold, or all to the end, but six at least.

    Args:
        holds, begins: truth values, [t].
    """
    ahead = np.append(holds, np.ones(LASTING, bool))
    lasting = np.all(np.lib.stride_tricks.sliding_window_view(ahead, LASTING), axis=1)
    count = max(len(holds) - LEAST + 1, 0)
    found = np.flatnonzero(lasting[:count] & begins[:count])
    return int(found[0]) if found.size else None


def eigengap_closes(run: Run, measures: Measures) -> int | None:
    """The step from which the theorem's assumption λ₁ > λ₂ on Γ fails, or None where it holds.

    That is the first at whose Φ(x_t) λ₁ and λ₂ differ by less than 1e-4 λ₁, or on the way to which
    from the Φ before they do: they have crossed where v₁ turns by more than 45° from one to the
    next, and halving the way leads to a gap that is closed. (Where the gap is narrow but open, v₁
    turns by as much, and halving leads to where it does so step by step.) Sought on the recorded
    rows, and found exactly between them. None for rules without a limiting flow.
    """
    if run.pieces:
        steps = ((offset_of(p), eigengap_closes(p, measure(p))) for p in run.pieces)
        return next((begin + step for begin, step in steps if step is not None), None)
    if not run.rule.drifts or run.loss.codim < 2:
        return None
    first, second = measures.spectrum[:, 0], measures.spectrum[:, 1]
    v = measures.direction
    closed = first - second <= CLOSED_GAP * first
    turned = np.append(False, np.abs(np.sum(v[1:] * v[:-1], axis=1)) < np.sqrt(0.5))
    for row in np.flatnonzero(closed | turned):
        step = _closes_by(run, measures, int(row), bool(closed[row]))
        if step is not None:
            return step
    return None


def _closes_by(run: Run, measures: Measures, row: int, closed: bool) -> int | None:
    """The step after the row before, up to this row, from which the gap is closed; or None."""
    before, step = (int(run.step[max(i, 0)]) for i in (row - 1, row))
    if step - before > 1:
        part = window(run, before, step - before + 1)
        return eigengap_closes(part, measure(part))
    way = measures.projection[row - 1], measures.projection[row]
    return step if closed or bool(_crosses(run.loss, *way)) else None


@at_once
def _crosses(loss: Loss, one: Array, two: Array) -> Array:
    """Whether λ₁ and λ₂ cross on Γ between two points of it near each other, [d] and [d].

    Halves the way again and again, for the half in which v₁ turns farther.
    """

    def gap(z: Array) -> tuple[Array, Array]:
        values, vectors = normal_space(loss, z)
        return 1 - values[-2] / values[-1], vectors[:, -1]

    def halve(_: int, state):
        (low, before), (high, after), least = state
        middle = projection(loss, 0.5 * (low + high))
        width, v = gap(middle)
        nearer = jnp.abs(before @ v) < jnp.abs(v @ after)
        left = (low, before), (middle, v)
        right = (middle, v), (high, after)
        ends = jax.tree.map(partial(jnp.where, nearer), left, right)
        return *ends, jnp.minimum(least, width)

    ends = (one, gap(one)[1]), (two, gap(two)[1])
    return jax.lax.fori_loop(0, HALVINGS, halve, (*ends, jnp.inf))[2] <= CLOSED_GAP
