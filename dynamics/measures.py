"""What is measured along a run, under the names of the theory.

At the edge of stability, with S_t = η_t λ₁(∇²L(x_t)) [ALP22, section 4]:

    1/S_t + 1/S_{t+1} → 1                            NGD and GD on √L
    √L(x_t) + √L(x_{t+1}) → η √(λ₁/2)                NGD, λ₁ at Φ(x_t)
    √L(x_t) + √L(x_{t+1}) → ½ η λ₁                   GD on √L

The bounce may be lopsided: of s_t = ⟨v₁, x_t − Φ(x_t)⟩, A = (s_t + s_{t+1})/(|s_t| + |s_{t+1}|),
0 for an even one, ±1 where one of its two walls is Γ itself. With κ₃ = ∇³L[v₁, v₁, v₁]/(3λ₁)

    A √λ₁ is kept                                    NGD, until |A| = 1
    A changes by −2κ₃η √(λ₁/2) every two steps       GD on √L, from one end to the other and back

The first since NGD's steps are η(1 − a²s²/2) long across the valley, a = |P⊥∇ log λ₁|/2, so that
dA/dτ = ⅛ |P⊥∇ log λ₁|² A while d log λ₁/dτ = −¼ |P⊥∇ log λ₁|². A step of NGD has length η on either
wall and does not feel κ₃; one of GD on √L is longer on one than on the other.

Near Γ a rule with a bounce moves x̃ of the quadratic warm-up, x̃ ← x̃ − ∇²L x̃/‖x̃‖ with ∇²L at
Φ(x_t) [ALP22, section 3], whose components along the eigenvectors v_i are

    ⟨v_i, x̃_t⟩ = λ_i ⟨v_i, x_t − Φ(x_t)⟩ / η             NGD
    ⟨v_i, x̃_t⟩ = √(2λ_i) ⟨v_i, x_t − Φ(x_t)⟩ / η         GD on √L

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import at_once, quickly, side_by_side
from dynamics.curvature import gradient, hessian, normal_space, sharpness
from dynamics.flows import points_along
from dynamics.ledgers import NOTHING, Before, conserved_at, following, ledgers, tally
from dynamics.projection import nearest, projection
from dynamics.rules import scaled_threshold, step_length, step_threshold
from dynamics.shown import table_of
from dynamics.simulate import (
    ROWS,
    Measured,
    Run,
    first_rows,
    joined,
    measure_rows,
    offset_of,
    padded,
)
from dynamics.stableness import root_stableness, root_stableness_at, stableness
from dynamics.terrain import foot_of
from dynamics.types import Array, Flow, Loss, Rule, Scalar

PROFILE_NODES = 9
BATCH = 100


# What is shown of the columns where all of them would be too many.
GAUGES = {
    "tau": "slow time τ = η²t",
    "loss": "loss L",
    "sharpness": "sharpness λ₁",
    "projection_sharpness": "λ₁ at Φ(xₜ)",
    "flow_sharpness": "λ₁ at X(τ), the theorem",
    "threshold_mean": "2/ηₜ, mean of two",
    "stableness_pair": "1/Sₜ + 1/Sₜ₊₁: 1 at the edge",
    "sqrt_loss_pair": "√Lₜ + √Lₜ₊₁ over the law: 1 at the edge",
    "curvature_balance_late": "mean κₜ over mean 2/ηₜ: 1 where L hangs",
    "lopsidedness": "lopsidedness A",
    "gap": "gap ‖Φ(xₜ) − X(τ)‖",
}


class Measures(NamedTuple):
    """Columns along a run, one row a recorded step, [t] unless a shape is given.

    A pair is the recorded steps (t, t + 1); both of its rows carry the pair's value. Where nothing
    defines a value it is NaN: pairs of a run of no steps, Φ where gradient flow does not reach Γ,
    the flow of a rule that has none.
    """

    step: Array
    """t, integers."""
    tau: Array
    """τ = η² t."""
    x: Array
    """x_t, [t, d]."""
    loss: Array
    """L(x_t)."""
    sharpness: Array
    """λ₁(∇²L(x_t))."""
    direction: Array
    """v₁(Φ(x_t)), [t, d]. From row to row its sign is continuous: it never turns by more than a
    right angle. In the first row it points where `measure` was told, or else its largest component
    is positive. `offset` and `profile` go by it.
    """
    projection: Array
    """Φ(x_t), [t, d]."""
    projection_sharpness: Array
    """λ₁(∇²L(Φ(x_t)))."""
    spectrum: Array
    """λ_1 ≥ … ≥ λ_codim of ∇²L(Φ(x_t)), the eigenvalues that are not zero on Γ, [t, codim]."""
    components: Array
    """⟨v_i, x̃_t⟩ of the warm-up, [t, codim]; NaN for rules without a bounce. The sign of each v_i
    is continuous, as that of v₁ is. Where λ_i = λ_{i+1} their two components are not told apart.
    """
    alignment: Array
    """θ_t, the angle in [0, π/2] between ∇²L(Φ(x_t))(x_t − Φ(x_t)) and v₁(Φ(x_t)); 0 in
    codimension 1.
    """
    effective_step: Array
    """η_t."""
    threshold: Array
    """2/η_t."""
    threshold_mean: Array
    """Mean of 2/η_t over the pair."""
    stableness_pair: Array
    """1/S_t + 1/S_{t+1} with S_t = η_t λ₁(∇²L(x_t)); 1 at the edge."""
    sqrt_loss_pair: Array
    """√L(x_t) + √L(x_{t+1}) over its value at the edge; 1 at the edge."""
    flow: Array
    """X(η² t), [t, d]."""
    flow_sharpness: Array
    """λ₁(∇²L(X(η² t)))."""
    gap: Array
    """‖Φ(x_t) − X(η² t)‖; from the middle of a pair of iterates to that of the flow's two points,
    where the flow does not go along Γ but says where the middle is."""
    flow_spread: Array
    """σ, how far the bounce about X goes by the central flow; NaN for rules that have another."""
    flow_loss: Array
    """The mean of L over that bounce, L(X) + σ²/η; NaN likewise."""
    offset: Array
    """⟨v₁, x_t − Φ(x_t)⟩: where the iterate is across the valley."""
    lopsidedness: Array
    """A of the pair, in [−1, 1]: of the bounce, how far its middle is off Γ, in half bounces."""
    lopsidedness_kept: Array
    """What of it the law keeps at the edge: A √λ₁ for NGD, λ₁ at Φ(x_t); A for GD on √L where the
    walls are even; NaN for rules without a bounce."""
    lopsidedness_sweep: Array
    """By how much A changes every two steps at the edge, by the law of GD on √L; 0 for NGD."""
    bounce: Array
    """|s_t| + |s_{t+1}| at the edge, s the offset, by the rule's law."""
    span: Array
    """Half-width of a view across the valley that holds the iterate and its neighbours."""
    profile: Array
    """L(Φ(x_t) + s v₁) at Chebyshev points s of [−span, span], from low to high, [t, 9]."""
    step_curvature: Array
    """κ_t, the curvature of L along the step from x_t, 2(L(x_t + s_t) − L(x_t))/‖s_t‖² + 2/η_t. NaN
    for a rule that does not go along −∇L, from the last x_t, and where rounding leaves none of it:
    at rest. Noise is no part of the step."""
    root_step_curvature: Array
    """ηκ_t of √L, of GD on √L in its own terms; NaN likewise and for other rules."""
    work: Array
    """Σ ‖s‖² 2/η of all steps before x_t, recorded or not: twice what L would have lost were it
    straight. NaN likewise, and for a window that does not know what came before it."""
    curvature_balance: Array
    """The mean of κ over that of 2/η, weighted by ‖s‖², of all steps before x_t: below 1 where the
    loss has fallen, 1 where it hangs. It is 1 + 2(L(x_t) − L(x_0))/work, noise and all."""
    curvature_balance_late: Array
    """The same without the first third of these steps: from the first recorded row in the rest that
    is of the parity of t. NaN where L has come to rest."""
    conserved: Array
    """c(x_t), which gradient flow keeps; NaN for a loss without such a c."""
    conserved_ledger: Array
    """c₀ with the exact factors, or terms, of all steps before x_t, recorded or not."""
    conserved_change: Array
    """What the step from x_t does to c, by its factor or term."""
    flow_conserved: Array
    """c(X(η² t))."""

    def _repr_html_(self) -> str:
        """In a notebook: what the gauges of a run say, at its first step, in its middle and at its
        last. The columns do not know their run, which shows itself."""
        rows = sorted({0, len(self.step) // 2, len(self.step) - 1})
        named = [(words, getattr(self, name)[rows]) for name, words in GAUGES.items()]
        cells = [[words, *map(_told, values)] for words, values in named]
        return table_of(["step t", *(f"{step:,}" for step in self.step[rows])], cells)


def _told(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "–"


class Iterates(NamedTuple):
    """What of the columns takes neither Φ nor a flow, [t] each, as in `Measures`."""

    loss: Array
    sharpness: Array
    effective_step: Array
    threshold: Array


class Extras(NamedTuple):
    """Further columns for files and programs, [t] each."""

    stableness: Array
    """S_t = η_t · sup of λ₁(∇²L(x_t − s∇L(x_t))) over s in [0, η_t]."""
    root_stableness: Array
    """The same of √L: η · sup of λ₁(∇²√L(x_t − s∇√L(x_t))) over s in [0, η]. At least Ω(1/θ_t), and
    infinite where the step passes Γ, as every one does at the edge in codimension 1. NaN for rules
    other than GD on √L.
    """
    root_stableness_at: Array
    """η λ₁(∇²√L(x_t)), at the iterate alone; it misleads, since it does not show the edge."""
    distance: Array
    """Distance from x_t to the nearest point of Γ."""


def measure(
    run: Run,
    *,
    toward: Array | None = None,
    foot: Callable[[], np.ndarray] | None = None,
    known: Iterates | None = None,
    before: Before = NOTHING,
) -> Measures:
    """The measures of every recorded row of a run.

    Args:
        toward: which way v₁, or v₁ … v_codim, point in the first row, [d] or [codim, d]; for a
            window, so that it is signed like its run: `normals` of the run's row before it.
        foot: answers with Φ(start) [d], where that need not be computed for it.
        known: what `measure_iterates` has answered, where it has been asked.
        before: of a window, what its ledgers follow on: `ledgers.before_row` of its run.
    """
    if run.pieces:
        return _measure_pieces(run, toward, foot, before)
    rows = len(run.step)
    x, step = padded(run.x, rows), padded(run.step, rows, -1)
    seen = np.zeros((run.loss.codim, run.loss.d))
    if toward is not None:
        given = np.atleast_2d(np.asarray(toward, dtype=np.float64))
        seen[: len(given)] = given
    known = known or measure_iterates(run)
    here = Iterates(*(padded(column, rows) for column in known))
    flow, below, counted = side_by_side(
        (run.loss.family, run.rule.family),
        lambda: _flow(run, step, rows, foot),
        lambda: _below(run.loss, x, rows),
        lambda: tally(run),
    )
    columns = _columns(run.rule, x, step, run.eta, rows, flow, here, below, seen)
    across = (columns[name] for name in ("projection", "direction", "span"))
    columns["profile"] = _profile(run.loss, *across)
    columns |= _lopsided(run.rule, run.eta, columns)
    columns |= ledgers(run, counted, known.loss, known.sharpness, before)._asdict()
    columns["flow_conserved"] = conserved_at(run.loss, np.asarray(flow.x))
    if run.earlier:
        columns["tau"] = columns["tau"] + run.earlier.tau
    return Measures(**{name: first_rows(column, rows) for name, column in columns.items()})


def _measure_pieces(
    run: Run, toward: Array | None, foot: Callable[[], np.ndarray] | None, before: Before
) -> Measures:
    """Piece by piece, v₁ of each signed as that of the one before and its ledgers following on."""
    found: list[Measures] = []
    for piece, after in zip(run.pieces, (*run.pieces[1:], run.pieces[-1]), strict=True):
        assert piece.earlier
        own = foot if piece.earlier.fresh == 0 else None
        along = measure(piece, toward=toward, foot=own, before=before)
        along = along._replace(step=along.step + offset_of(piece))
        toward = normals(piece, along, -1)
        before = following(before, along, run.loss, after.x[0])
        found.append(along)
    return joined(found)


def measure_iterates(run: Run) -> Iterates:
    """What can be said first: it takes a tenth of the time of all measures, compiling included."""
    if run.pieces:
        return joined([measure_iterates(piece) for piece in run.pieces])
    rows = len(run.step)
    loss, squared_slope, top = _here(run.loss, padded(run.x, rows), rows)
    state = _padded_state(run, rows)
    length, threshold = _steps(run.rule, run.eta, loss, squared_slope, state)
    if run.rule.scales:
        threshold = _scaled(run.loss, run.rule, run.eta, padded(run.x, rows), state, rows)
    columns = loss, top, length, threshold
    return Iterates(*(first_rows(column, rows) for column in columns))


def measure_extras(run: Run) -> Extras:
    """The measures that only files and programs ask for."""
    if run.pieces:
        return joined([measure_extras(piece) for piece in run.pieces])
    rows = len(run.step)
    state = _padded_state(run, rows)
    columns = _extras(run.loss, run.rule, padded(run.x, rows), state, run.eta, rows)
    return Extras(*(first_rows(column, rows) for column in columns))


def normals(run: Run, measures: Measures, row: int) -> np.ndarray:
    """v₁ … v_codim at Φ(x_t) of a row, [codim, d], signed as `direction` and `components` are."""
    found = np.array(_normals_at(run.loss, measures.projection[row])[1])
    offsets = found @ (measures.x[row] - measures.projection[row])
    found *= np.where(offsets * measures.components[row] < 0, -1.0, 1.0)[:, None]
    found[0] = measures.direction[row]
    return found


def loss_and_sharpness(run: Run) -> Measured:
    """Loss and sharpness of every recorded row: as recorded, or measured now."""
    rows = len(run.step)
    return run.measured or measure_rows(run.loss, padded(run.x, rows), rows)


def inverse_stableness(run: Run) -> np.ndarray:
    """1/S_t with S_t = η_t λ₁(∇²L(x_t)), [t], where `measure` would do too much."""
    along = measure_iterates(run)
    return 1 / (along.effective_step * along.sharpness)


def profile_nodes() -> np.ndarray:
    """The Chebyshev points in [−1, 1] at which `profile` is taken, ascending, [9]."""
    return -np.cos(np.pi * (np.arange(PROFILE_NODES) + 0.5) / PROFILE_NODES)


def _padded_state(run: Run, rows: int) -> Any:
    return jax.tree.map(lambda column: padded(column, rows), run.state)


@quickly
def _here(loss: Loss, x: Array, rows: Scalar) -> tuple[Array, Array, Array]:
    """L, ‖∇L‖² and λ₁ at each row."""

    def at(x: Array) -> tuple[Array, Array, Array]:
        slope = gradient(loss, x)
        return loss.value(x), slope @ slope, sharpness(loss, x)

    return jax.vmap(at)(x) if loss.d == 2 else _in_batches(at, (x,), rows)


@quickly
def _steps(rule: Rule, eta: Scalar, loss: Array, squared_slope: Array, state: Any):
    """η_t and 2/η_t, or the rule's threshold, of each row, whatever the loss."""
    there = loss, squared_slope, state
    length = jax.vmap(partial(step_length, rule, eta))(*there)
    return length, jax.vmap(partial(step_threshold, rule, eta))(*there)


@quickly
def _scaled(loss: Loss, rule: Rule, eta: Scalar, x: Array, state: Any, rows: Scalar) -> Array:
    """The threshold of each row of a rule whose step has a length in each coordinate."""

    def at(x: Array, state: Any) -> Array:
        return scaled_threshold(rule, eta, gradient(loss, x), hessian(loss, x), state)

    return _in_batches(at, (x, state), rows)


class _Below(NamedTuple):
    projection: Array
    spectrum: Array
    normals: Array
    offsets: Array
    """⟨v_i, x_t − Φ(x_t)⟩, [t, codim]."""


@quickly
def _below(loss: Loss, x: Array, rows: Scalar) -> _Below:
    """Φ(x_t) and what is to be said there, whatever the rule."""

    def at(x: Array) -> _Below:
        end = projection(loss, x)
        spectrum, vectors = _normals(loss, end)
        return _Below(end, spectrum, vectors, vectors @ (x - end))

    return jax.vmap(at)(x) if loss.projection else _row_by_row(at, (x,), rows)


def _normals(loss: Loss, end: Array) -> tuple[Array, Array]:
    """λ_1 ≥ … ≥ λ_codim and v₁ … v_codim at a point of Γ, [codim] and [codim, d].

    The largest component of each v_i is positive.
    """
    values, vectors = normal_space(loss, end)
    v = vectors.T[::-1]
    largest = jnp.take_along_axis(v, jnp.argmax(jnp.abs(v), axis=1)[:, None], axis=1)
    # A constant Hessian has eigenvalues even where Φ is no point.
    known = jnp.where(jnp.all(jnp.isnan(end)), jnp.nan, values[::-1])
    return known, v * jnp.where(largest < 0, -1.0, 1.0)


_normals_at = at_once(_normals)


def _in_batches(function, arguments: tuple, rows: Scalar):
    """A function at the first `rows` of its arguments [t, …], 100 at a time; zeros in further rows.

    In batches, because the solver's loop lasts as long as its slowest row, and only the rows of the
    descent are slow. The last batch reaches back over rows that are done, so that none is spent on
    padding.
    """

    def batch(i: Array, found):
        first = jnp.minimum(i * BATCH, jnp.maximum(rows - BATCH, 0))
        cut = partial(jax.lax.dynamic_slice_in_dim, start_index=first, slice_size=BATCH)
        part = jax.vmap(function)(*jax.tree.map(cut, arguments))
        put = partial(jax.lax.dynamic_update_slice_in_dim, start_index=first, axis=0)
        return jax.tree.map(put, found, part)

    shapes = jax.eval_shape(jax.vmap(function), *arguments)
    found = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return jax.lax.fori_loop(0, -(-rows // BATCH), batch, found)


def _row_by_row(function, arguments: tuple, rows: Scalar):
    """A function at the first `rows` of its arguments [t, …], one after another; zeros in further
    rows. Where few rows are slow, as those of the descent, side by side all would last as long."""

    def put(i: Array, found):
        row = function(*jax.tree.map(lambda column: column[i], arguments))
        return jax.tree.map(lambda column, value: column.at[i].set(value), found, row)

    shapes = jax.eval_shape(jax.vmap(function), *arguments)
    found = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return jax.lax.fori_loop(0, rows, put, found)


class _Flow(NamedTuple):
    """X(η² t) of each row, [t, d], and what is to be said there, [t]."""

    x: Array
    sharpness: Array
    spread: Array
    loss: Array
    """In the mean over the bounce."""


def _flow(run: Run, step: np.ndarray, rows: int, foot: Callable[[], np.ndarray] | None) -> _Flow:
    if run.rule.flow is None:
        nothing = np.full(len(step), np.nan)
        return _Flow(np.full((len(step), run.loss.d), np.nan), nothing, nothing, nothing)
    flow = run.rule.flow_at(run.eta)
    assert flow is not None
    origin = run.earlier.origin if run.earlier else run.start
    below = origin
    if flow.on_manifold:
        below = foot() if foot else foot_of(run.loss, origin)
    if run.earlier and run.earlier.taken[run.earlier.fresh :]:
        origin = below = _carried(run, origin, below)
    follow = _followed if flow.key in run.loss.limiting_flows else _solved
    return follow(run.loss, flow, origin, below, run.eta, step, rows)


def _carried(run: Run, origin: Array, below: Array) -> np.ndarray:
    """Where the flow of a piece of a run is that began with an earlier one, [d]."""
    assert run.earlier
    step = np.zeros(ROWS, np.int64)
    for eta, count in run.earlier.taken[run.earlier.fresh :]:
        flow = run.rule.flow_at(eta)
        assert flow is not None
        step[1:] = count
        there = _solved(run.loss, flow, origin, below, eta, step, 1).x
        origin = below = np.asarray(there)[-1]
    return np.asarray(origin)


def _follow(
    loss: Loss, flow: Flow, start: Array, foot: Array, eta: Scalar, step: Array, rows: Scalar
) -> _Flow:
    begin = flow.start(loss, start, foot)
    x = points_along(flow, loss, begin, flow.per_step(eta) * step)
    top = jax.vmap(partial(sharpness, loss))(x)
    if flow.spread is None:
        return _Flow(x, top, jnp.full_like(top, jnp.nan), jnp.full_like(top, jnp.nan))
    spread = _one_by_one(partial(flow.spread, loss), x, rows)
    return _Flow(x, top, spread, jax.vmap(loss.value)(x) + spread**2 / eta)


def _one_by_one(function, x: Array, rows: Scalar) -> Array:
    """A function [d] -> [] at the first `rows` of points [t, d]; NaN in further rows. In turn,
    because side by side both ways of a condition would be gone."""

    def put(i: Array, found: Array) -> Array:
        return found.at[i].set(function(x[i]))

    return jax.lax.fori_loop(0, rows, put, jnp.full(len(x), jnp.nan))


_followed = quickly(_follow)
_solved = at_once(_follow)


@quickly
def _columns(
    rule: Rule, x, step, eta, rows, flow: _Flow, here: Iterates, below: _Below, toward: Array
) -> dict[str, Array]:
    """What follows from the points and the flow whatever the loss, so that losses of as many
    dimensions share the program: the columns of `Measures` but for the profile."""
    partner = _partner(step, rows)
    threshold = here.threshold
    inverse = 1 / (here.effective_step * here.sharpness)
    root = jnp.sqrt(here.loss)
    top = below.spectrum[:, 0]
    bounces = _law(rule.bounce, eta, below.spectrum)
    bounce = bounces[:, 0]
    expected = _law(rule.sqrt_loss_law, eta, top)
    paired = jnp.where(partner == jnp.arange(len(step)), jnp.nan, 1.0)
    sign = _signs(below.normals, toward)
    v = sign[:, :1] * below.normals[:, 0]
    offsets = sign * below.offsets
    return {
        "step": step,
        "tau": eta**2 * step,
        "x": x,
        "loss": here.loss,
        "sharpness": here.sharpness,
        "direction": v,
        "projection": below.projection,
        "projection_sharpness": top,
        "spectrum": below.spectrum,
        # At the edge |⟨v₁, x̃_t⟩| + |⟨v₁, x̃_{t+1}⟩| = λ₁, which gives the scale of either rule.
        "components": below.spectrum / bounces * offsets,
        "alignment": _alignment(below.spectrum * offsets),
        "effective_step": here.effective_step,
        "threshold": threshold,
        "threshold_mean": paired * 0.5 * (threshold + threshold[partner]),
        "stableness_pair": paired * (inverse + inverse[partner]),
        "sqrt_loss_pair": paired * (root + root[partner]) / expected,
        "flow": flow.x,
        "flow_sharpness": flow.sharpness,
        "gap": _gap(rule, x, below.projection, flow.x, partner),
        "flow_spread": flow.spread,
        "flow_loss": flow.loss,
        "offset": offsets[:, 0],
        "lopsidedness": paired * uneven(offsets[:, 0], offsets[partner, 0]),
        "bounce": bounce,
        "span": _span(offsets[:, 0], bounce, rows),
    }


@quickly
def _profile(loss: Loss, projection: Array, direction: Array, span: Array) -> Array:
    """L across the valley at the nodes of each row, [t, 9]."""
    line = span[:, None] * profile_nodes()
    across = projection[:, None, :] + line[:, :, None] * direction[:, None, :]
    return jax.vmap(jax.vmap(loss.value))(across)


def _partner(step: Array, rows: Scalar) -> Array:
    """For each row the row of the other step of its pair; itself where there is none.

    Recorded runs consist of consecutive stretches. Within a stretch a row pairs with the next, the
    last row of a stretch with the one before.
    """
    here = jnp.arange(len(step))
    following = jnp.minimum(here + 1, len(step) - 1)
    before = jnp.maximum(here - 1, 0)
    forward = (step[following] == step + 1) & (following < rows)
    backward = step[before] == step - 1
    return jnp.where(forward, following, jnp.where(backward, before, here))


def _gap(rule: Rule, x: Array, below: Array, flow: Array, partner: Array) -> Array:
    """How far a run is from its flow, [t]."""
    if rule.flow is None or rule.flow.on_manifold:
        return jnp.linalg.norm(below - flow, axis=1)
    off = x - flow
    return jnp.linalg.norm(0.5 * (off + off[partner]), axis=1)


def _law(law, eta: Scalar, sharpness: Array) -> Array:
    return law(eta, sharpness) if law else jnp.full_like(sharpness, jnp.nan)


def _signs(normals: Array, toward: Array) -> Array:
    """±1 for each row and v_i, [t, codim], so that none of the v_i [t, codim, d] turns from the row
    before by more than a right angle.

    The row before the first is `toward` [codim, d]. Rows without v_i are passed over.
    """

    def turn(before: Array, v: Array) -> tuple[Array, Array]:
        sign = jnp.where(jnp.sum(v * before, axis=1) < 0, -1.0, 1.0)
        return jnp.where(jnp.isfinite(v), sign[:, None] * v, before), sign

    return jax.lax.scan(turn, toward, normals)[1]


def _alignment(turned: Array) -> Array:
    """The angle between vectors and v₁, [t], from their components along v₁ … [t, codim]."""
    return jnp.arctan2(jnp.linalg.norm(turned[:, 1:], axis=1), jnp.abs(turned[:, 0]))


def uneven(here: Array, there: Array) -> Array:
    """A of pairs of offsets, [t]; NaN where both are 0."""
    return (here + there) / (jnp.abs(here) + jnp.abs(there))


def _span(offset: Array, bounce: Array, rows: Scalar) -> Array:
    """Half-width of the view: 1.3 bounces, or what holds the iterate and its neighbours."""
    here = jnp.arange(len(offset))
    size = jnp.abs(offset)
    before, after = size[jnp.maximum(here - 1, 0)], size[jnp.minimum(here + 1, rows - 1)]
    near = jnp.maximum(size, jnp.maximum(before, after))
    return jnp.maximum(1.3 * jnp.nan_to_num(bounce), 1.25 * near)


def _lopsided(rule: Rule, eta: float, columns: dict[str, Array]) -> dict[str, np.ndarray]:
    """The columns of the lopsided bounce, [t] each."""
    names = "lopsidedness", "projection_sharpness", "span", "profile"
    lopsided, top, span, profile = (np.asarray(columns[name]) for name in names)
    nothing = np.full_like(top, np.nan)
    if rule.lopsided is None:
        return {"lopsidedness_kept": nothing, "lopsidedness_sweep": nothing}
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        skew = profile @ _third_derivative() / span**3 / (3 * top)
        kept, sweep = rule.lopsided(eta, top, skew)
        return {"lopsidedness_kept": kept * lopsided, "lopsidedness_sweep": sweep}


@cache
def _third_derivative() -> np.ndarray:
    """The weights of the values at the nodes in the third derivative at 0 of the polynomial through
    them, [9]."""
    powers = np.vander(profile_nodes(), increasing=True)
    return 6 * np.linalg.inv(powers)[3]


@quickly
def _extras(loss: Loss, rule: Rule, x: Array, state: Any, eta: Scalar, rows: Scalar) -> Extras:
    of_root = rule.key == "sqrt-gd"

    def at(x: Array, state: Any) -> Extras:
        return Extras(
            stableness=stableness(loss, rule, x, eta, state),
            root_stableness=root_stableness(loss, x, eta) if of_root else jnp.nan,
            root_stableness_at=root_stableness_at(loss, x, eta) if of_root else jnp.nan,
            distance=jnp.linalg.norm(x - nearest(loss, x)),
        )

    return _in_batches(at, (x, state), rows)
