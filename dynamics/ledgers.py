"""Ledgers: identities that hold at every step, to rounding, and ask for no Hessian.

Of a step s_t = −η_t ∇f(x_t) and the curvature κ_t along it,

    κ_t = 2 ∫₀¹ (1 − u) sᵀ∇²f(x + us)s du / ‖s‖² = 2 (f_{t+1} − f_t) / ‖s_t‖² + 2/η_t

so that a step lowers f where κ_t < 2/η_t, and over steps a … b − 1

    Σ ‖s‖² κ / Σ ‖s‖² 2/η_t = 1 + 2 (f_b − f_a) / Σ ‖s‖² 2/η_t

is below 1 where f falls, and 1 where it neither falls nor rises: that is the edge. (The two-point
function behind it is in Litman, arXiv 2604.20446.)

What gradient flow conserves, c with ⟨∇c, ∇L⟩ = 0, a step changes at second order alone, by a factor
or a term that can be written down (`Conserved`): c₀ and all of them are c_t.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import quickly
from dynamics.curvature import gradient
from dynamics.ground import Ground
from dynamics.simulate import (
    PAIRS,
    ROWS,
    Run,
    Walk,
    eta_along,
    first_rows,
    joined,
    noise_at,
    offset_of,
    padded,
    walk_of,
    window,
)
from dynamics.types import Array, Loss, Rule, Scalar

LANES = 500  # stretches between recorded rows that are walked side by side, which the cache holds
LATE = 3  # the later balance leaves out the first third of the way

# A curvature of which rounding leaves fewer than three digits is none.
DIGITS = 1e-3
LEAST_WORK = 1e-10  # of that from step 0
ROUNDING = np.finfo(np.float64).eps


class Tally(NamedTuple):
    """Of the steps from each recorded x_t, [t] each; NaN for a rule that does not go along −∇L."""

    curvature: Array
    """κ_t."""
    root_curvature: Array
    """κ_t of √L."""
    length: Array
    """‖s_t‖."""
    change: Array
    """What the step does to c, c_{t+1} − c_t, by its factor or term; NaN where nothing is kept."""
    work: Array
    """Σ ‖s‖² 2/η of the steps up to the next recorded one: twice what L would have lost were it
    straight."""
    kept: Array
    """By those steps c goes to kept · c + added."""
    added: Array


class Before(NamedTuple):
    """What the ledgers of a stretch of a run follow on."""

    step: np.ndarray
    """Recorded steps of the run before the stretch, [b]."""
    loss: np.ndarray
    """L there, with what pushes since then have added to it, [b]."""
    work: np.ndarray
    """The work of all steps before each of them, [b]."""
    begun: float
    """The work of all steps before the stretch."""
    ledger: float
    """c₀ with what all of them do, and pushes."""


NOTHING = Before(np.zeros(0), np.zeros(0), np.zeros(0), np.nan, np.nan)


class Ledgers(NamedTuple):
    """Columns of `Measures`, [t] each."""

    step_curvature: np.ndarray
    root_step_curvature: np.ndarray
    work: np.ndarray
    curvature_balance: np.ndarray
    curvature_balance_late: np.ndarray
    conserved: np.ndarray
    conserved_ledger: np.ndarray
    conserved_change: np.ndarray


def tally(run: Run) -> Tally:
    """What the steps of a run from each recorded row up to the next do."""
    if run.pieces:
        return joined([tally(piece) for piece in run.pieces])
    rows = len(run.step)
    if run.rule.effective_step is None:
        return _nothing(run)
    places = tuple(run.x.T), run.state
    columns = _steps_from(run.loss, run.rule, run.eta, *_filled(places, ROWS))
    found = Tally(*(first_rows(column, rows) for column in columns))
    return _over_gaps(run, places, found)


def _nothing(run: Run) -> Tally:
    """Of a rule that does not go along −∇L; what gradient flow conserves it keeps."""
    nothing = np.full(len(run.step), np.nan)
    still = run.rule.step is None and run.loss.conserved is not None
    added = np.where(still, 0.0, nothing)
    return Tally(nothing, nothing, nothing, added, nothing, 1 + added, added)


def _over_gaps(run: Run, places: tuple, found: Tally) -> Tally:
    """The same with the steps between recorded rows, which are walked again: all gaps side by
    side, from the row before each, so that a difference in the last digit grows no further."""
    count = np.append(np.diff(run.step), 1)
    gaps = np.flatnonzero(count > 1)
    for first in range(0, len(gaps), PAIRS):
        part = gaps[first : first + PAIRS]
        lanes = jax.tree.map(lambda column: column[part], (*places, run.step, count))  # noqa: B023
        sums = _walked(walk_of(run), *_filled(lanes, PAIRS))
        for name, column in zip(("work", "kept", "added"), sums, strict=True):
            getattr(found, name)[part] = np.asarray(column)[: len(part)]
    return found


def _filled(columns: Any, least: int) -> Any:
    return jax.tree.map(lambda column: padded(column, len(column), least=least), columns)


def ledgers(run: Run, found: Tally, loss: Array, sharpness: Array, before: Before) -> Ledgers:
    """The columns of a run from what its steps do.

    Args:
        loss, sharpness: L(x_t) and λ₁(x_t), [t].
        before: of a stretch; `NOTHING` where that is not known, which leaves the sums NaN.
    """
    step, conserved = run.step + offset_of(run), conserved_at(run.loss, run.x)
    begun, ledger = (before.begun, before.ledger) if step[0] else (0.0, conserved[0])
    work = begun + np.append(0.0, np.cumsum(found.work[:-1]))
    since = Before(
        np.append(before.step, step),
        np.append(before.loss, loss),
        np.append(before.work, work),
        begun,
        ledger,
    )
    lost = (run.step >= run.steps) | _lost(run, found, loss, sharpness)
    return Ledgers(
        step_curvature=np.where(lost, np.nan, found.curvature),
        root_step_curvature=np.where(lost, np.nan, eta_along(run) * found.root_curvature),
        work=work,
        curvature_balance=_balance(since, np.zeros_like(step), loss, work),
        curvature_balance_late=_balance(since, _late_rows(since.step, step), loss, work),
        conserved=conserved,
        conserved_ledger=_composed(ledger, found.kept, found.added),
        conserved_change=np.where(run.step >= run.steps, np.nan, found.change),
    )


def before_row(run: Run, measures: Any, row: int, first: int) -> Before:
    """What a stretch of a run that begins with step `first` follows on.

    Args:
        measures: those of the run, [t].
        row: the last row of the run whose step is not after `first`.
    """
    begun, ledger = measures.work[row], measures.conserved_ledger[row]
    if first > run.step[row]:
        between = tally(window(run, int(run.step[row]), first - int(run.step[row]) + 1))
        begun = begun + np.sum(between.work[:-1])
        ledger = _composed(ledger, between.kept, between.added)[-1]
    end = row + (first > run.step[row])  # the first row of the stretch tells of itself
    step, loss = run.step[:end], np.array(measures.loss[:end])
    for one, other in pairwise(run.pieces):
        if offset_of(other) <= first:
            loss[step < offset_of(other)] += _raised(run.loss, one.x[-1], other.x[0])
    return Before(step, loss, measures.work[:end], begun, ledger)


def following(before: Before, measures: Any, loss: Loss, begin: np.ndarray) -> Before:
    """What the next piece of a run follows on. A push is no step's doing, and after a rule that has
    no ledgers they begin anew.

    Args:
        measures: those of the piece before it, [t], whose last step is the first of the next.
        begin: where the next begins, [d].
    """
    end = measures.x[-1]
    kept = conserved_at(loss, np.stack([end, begin]))
    if not np.isfinite(measures.work[-1]):
        return NOTHING._replace(begun=0.0, ledger=kept[1])
    return Before(
        np.append(before.step, measures.step[:-1]),
        np.append(before.loss, measures.loss[:-1]) + _raised(loss, end, begin),
        np.append(before.work, measures.work[:-1]),
        measures.work[-1],
        measures.conserved_ledger[-1] + kept[1] - kept[0],
    )


def _raised(loss: Loss, x: np.ndarray, pushed: np.ndarray) -> float:
    """By how much a push raises L; exactly 0 where there is none."""
    if np.array_equal(x, pushed):
        return 0.0
    return float(loss.value(jnp.asarray(pushed))) - float(loss.value(jnp.asarray(x)))


def _late_rows(known: np.ndarray, step: np.ndarray) -> np.ndarray:
    """For each step [t] the first row in its last two thirds, among those of `known` [b], that is
    of its parity: so the loss is compared with that on the same wall."""
    rows = np.empty(len(step), np.int64)
    for parity in (0, 1):
        alike, own = np.flatnonzero(known % 2 == parity), step % 2 == parity
        found = np.searchsorted(known[alike], -(-step[own] // LATE))
        rows[own] = alike[found]
    return rows


def _balance(since: Before, rows: np.ndarray, loss: np.ndarray, work: np.ndarray) -> np.ndarray:
    """The mean of κ over that of 2/η, weighted by ‖s‖², of the steps from some rows on, [t]; NaN
    where that is less than the sums are known to."""
    done = work - since.work[rows]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        balance = 1 + 2 * (loss - since.loss[rows]) / done
    return np.where(np.isfinite(balance) & (done > LEAST_WORK * work), balance, np.nan)


def _composed(begin: float, kept: np.ndarray, added: np.ndarray) -> np.ndarray:
    """c at each row, [t], from that at the first and what the steps up to the next do: all of them
    multiply, or all of them add."""
    return begin * np.append(1.0, np.cumprod(kept[:-1])) + np.append(0.0, np.cumsum(added[:-1]))


def _lost(run: Run, found: Tally, loss: np.ndarray, sharpness: np.ndarray) -> np.ndarray:
    """Where rounding leaves too few digits of κ: where a step moves hardly more than the last
    digits of x, or L no more than those of what was subtracted from it, [t]."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        size = np.linalg.norm(run.x, axis=1)
        short = found.length * DIGITS <= 8 * ROUNDING * size
        blur = 4 * ROUNDING * np.abs(np.nan_to_num(run.loss.minimum)) / found.length**2
        return short | (blur > DIGITS * sharpness) | ~np.isfinite(found.curvature)


def conserved_at(loss: Loss, x: np.ndarray) -> np.ndarray:
    """What gradient flow conserves at points [t, d], [t]; NaN where that is nothing."""
    if loss.conserved is None:
        return np.full(len(x), np.nan)
    return np.asarray(_conserved(loss, padded(x, len(x))))[: len(x)]


@quickly
def _conserved(loss: Loss, x: Array) -> Array:
    return jax.vmap(loss.conserved.value)(x)  # type: ignore[union-attr]


class _Step(NamedTuple):
    """What one step does."""

    x: tuple[Array, ...]
    """Where it leads, coordinate by coordinate."""
    state: Any
    hop: Array
    """s, [d]."""
    work: Array
    """−2⟨∇L, s⟩ = ‖s‖² 2/η."""
    kept: Array
    added: Array


def _stepped(loss: Loss, rule: Rule, eta: Scalar, x: tuple[Array, ...], state: Any) -> _Step:
    point = jnp.stack(x)
    assert rule.step is not None
    moved, state = rule.step(Ground(loss), eta, x, state)
    hop = jnp.stack(moved) - point
    work = -2 * jnp.vdot(gradient(loss, point), hop)
    return _Step(moved, state, hop, work, *_kept_and_added(loss, point, hop))


def _kept_and_added(loss: Loss, x: Array, hop: Array) -> tuple[Array, Array]:
    """By a step c goes to kept · c + added."""
    law = loss.conserved
    if law is None:
        return jnp.array(jnp.nan), jnp.array(jnp.nan)
    if law.weight:
        return 1 - law.weight(x) * jnp.vdot(hop, hop), jnp.array(0.0)
    bent = jax.jvp(jax.grad(law.value), (x,), (hop,))[1]
    return jnp.array(1.0), 0.5 * jnp.vdot(hop, bent)


@quickly
def _steps_from(loss: Loss, rule: Rule, eta: Scalar, x: tuple[Array, ...], state: Any) -> Tally:
    """Of one step from each row."""

    def at(x: tuple[Array, ...], state: Any) -> Tally:
        point, one = jnp.stack(x), _stepped(loss, rule, eta, x, state)
        here, there = loss.value(point), loss.value(jnp.stack(one.x))
        squared, root = jnp.vdot(one.hop, one.hop), jnp.sqrt(here)
        of_root = jnp.sqrt(there) - root + 0.25 * one.work / root
        c = loss.conserved.value(point) if loss.conserved else jnp.nan
        return Tally(
            curvature=(2 * (there - here) + one.work) / squared,
            root_curvature=2 * of_root / squared if rule.key == "sqrt-gd" else jnp.nan,
            length=jnp.sqrt(squared),
            change=(one.kept - 1) * c + one.added,
            work=one.work,
            kept=one.kept,
            added=one.added,
        )

    return jax.vmap(at)(x, state)


@jax.jit
def _walked(walk: Walk, x: tuple[Array, ...], state: Any, t: Array, count: Array):
    """(work, kept, added) of so many steps of each lane, [n] each."""
    key = jax.random.key(walk.seed)

    def step(i: Array, carry):
        x, state, t, work, kept, added = carry
        one = _stepped(walk.loss, walk.rule, walk.eta, x, state)
        x = one.x
        if walk.noisy:
            x = tuple(jnp.stack(x) + noise_at(key, t + walk.first, walk.noise, walk.loss.d))
        sums = work + one.work, one.kept * kept, one.kept * added + one.added
        return x, one.state, t + 1, *sums

    def lane(row) -> tuple[Array, Array, Array]:
        x, state, t, count = row
        begin = x, state, t, jnp.array(0.0), jnp.array(1.0), jnp.array(0.0)
        return jax.lax.fori_loop(0, count, step, begin)[3:]

    return jax.lax.map(lane, (x, state, t, count), batch_size=LANES)
