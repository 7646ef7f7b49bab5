"""The loop: one compiled scan that runs a rule and records pairs of consecutive steps.

Only every second iterate lies on a smooth curve, so a recording with a stride would show one side
of the bounce. A run therefore keeps pairs (t, t + 1): the first thousand steps in full, then two
thousand pairs spread over the rest. Where a run has no more steps than rows, it is kept in full.
`window` simulates any stretch again from the nearest recorded step, at full resolution.
"""

from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from numbers import Integral
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.catalogue import find_loss, find_rule
from dynamics.curvature import gradient, sharpness
from dynamics.flows import gradient_flow
from dynamics.types import Array, Loss, Rule, Scalar

HEAD_PAIRS = 500
OVERVIEW_PAIRS = 2000
PAIRS = HEAD_PAIRS + OVERVIEW_PAIRS
ROWS = 2 * PAIRS
MAX_STEPS = 10_000_000
NOISE_PERIOD = 10
CACHE_ROWS = 2048


class Outcome(Enum):
    """How a run ended, as a sentence."""

    REACHED = "All steps were taken."
    LEFT_DOMAIN = "The next step would leave the domain of the loss."
    NOT_FINITE = "The next step is too large for a number: the run diverges."
    AT_MINIMISER = "The iterate no longer moves: it has stopped at a minimiser."
    STATIONARY = "The iterate no longer moves, but this is no minimiser."


class Measured(NamedTuple):
    """Loss and sharpness along a run, [t] each."""

    loss: np.ndarray
    """L(x_t)."""
    sharpness: np.ndarray
    """λ₁(∇²L(x_t))."""


@dataclass(frozen=True)
class Run:
    """A recorded run. Rows are in order of `step`; neighbours of a pair differ by one step.

    Attributes:
        loss, rule, eta, steps, noise, seed: what was asked for.
        start: x_0, [d].
        step: t, [t] integers.
        x: x_t, [t, d].
        outcome: how it ended.
        outcome_step: the step at which it ended: the last one that could be taken, or the first
            from which the iterate stands still.
        measured: loss and sharpness of each row, where `simulate` was asked for them.
    """

    loss: Loss
    rule: Rule
    start: np.ndarray
    eta: float
    steps: int
    noise: float
    seed: int
    step: np.ndarray
    x: np.ndarray
    outcome: Outcome
    outcome_step: int
    measured: Measured | None = None


def simulate(
    loss: Loss | str,
    rule: Rule | str,
    start: Array | tuple[float, ...] | None = None,
    eta: float = 0.1,
    steps: int = 1000,
    *,
    noise: float = 0.0,
    seed: int = 0,
    record: Literal["overview", "all"] = "overview",
    measured: bool = False,
) -> Run:
    """Run a rule from a start.

    Args:
        loss, rule: records, or keys of `LOSSES` and `RULES`.
        start: x_0, [d]; the loss's own when left out.
        eta: η > 0.
        steps: number of steps, 0 … 10,000,000.
        noise: radius of the ball from which a vector is added every tenth step; 0 for none.
        seed: of the noise.
        record: "overview" keeps at most 5,000 rows, "all" every step.
        measured: keep loss and sharpness of each row too, where `measure` would be too slow.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = find_loss(loss), find_rule(rule)
    begin = checked_start(loss, loss.start if start is None else start)
    check_numbers(eta, steps, noise, seed)
    # NumPy's numbers would be compiled anew.
    eta, steps, noise, seed = float(eta), int(steps), float(noise), int(seed)
    ends = overview_ends(steps) if record == "overview" else _all_ends(steps)
    taken, points = _record(loss, rule, begin, 0, ends, steps, eta, noise, seed)
    if taken < steps:
        ends = overview_ends(taken) if record == "overview" else _all_ends(taken)
        _, points = _record(loss, rule, begin, 0, ends, taken, eta, noise, seed)
    step, x = _rows(ends, points, 0, taken)
    outcome, at = _outcome(loss, rule, step, x, steps, eta, noise, seed)
    along = measure_rows(loss, points, len(step)) if measured else None
    return Run(loss, rule, begin, eta, steps, noise, seed, step, x, outcome, at, along)


def window(run: Run, first: int, count: int) -> Run:
    """The steps first … first + count − 1 of a run in full, simulated from the nearest checkpoint.

    Args:
        first: 0 or more.
        count: 1 … 5,000.

    Raises:
        ValueError: the stretch lies outside the run.
    """
    last = int(run.step[-1])
    if not (0 <= first <= last and 1 <= count <= ROWS):
        raise ValueError(
            f"a window must start in 0 … {last} and hold 1 … {ROWS} steps, got {first} and {count}"
        )
    row = int(np.searchsorted(run.step, first, side="right")) - 1
    checkpoint = int(run.step[row])
    last = min(last, first + count - 1)
    ends = first + 1 + 2 * np.arange(PAIRS)
    _, points = _record(
        run.loss, run.rule, run.x[row], checkpoint, ends, last, run.eta, run.noise, run.seed,
        origin=run.start,
    )  # fmt: skip
    step, x = _rows(ends, points, first, last)
    return replace(run, step=step, x=x, measured=None)


def measure_rows(loss: Loss, points: Array, rows: int) -> Measured:
    """Loss and sharpness of the first `rows` of points [·, d] or pairs [·, 2, d]."""
    return Measured(*(np.asarray(column)[:rows] for column in _loss_and_sharpness(loss, points)))


def overview_ends(steps: int) -> np.ndarray:
    """The second step of each recorded pair, [2,500]: all, or the head and a spread to the end."""
    if steps < ROWS:
        return 2 * np.arange(PAIRS) + 1
    head = 2 * np.arange(HEAD_PAIRS) + 1
    tail = np.rint(np.linspace(2 * HEAD_PAIRS + 1, steps, OVERVIEW_PAIRS))
    return np.concatenate([head, tail.astype(np.int64)])


def _all_ends(steps: int) -> np.ndarray:
    """The second step of each pair, in full; the length is a power of two, to compile seldom."""
    pairs = max(PAIRS, 1 << int(steps // 2).bit_length())
    return 2 * np.arange(pairs) + 1


def check_numbers(eta: float, steps: int, noise: float = 0.0, seed: int = 0) -> None:
    """Raises ValueError where a setting of a run is out of range."""
    if not (np.isfinite(eta) and eta > 0):
        raise ValueError(f"eta must be a number above 0, got {eta}")
    if not (isinstance(steps, Integral) and 0 <= steps <= MAX_STEPS):
        raise ValueError(f"steps must be a whole number in 0 … {MAX_STEPS}, got {steps}")
    if not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise must be 0 or more, got {noise}")
    if not (isinstance(seed, Integral) and 0 <= seed < 2**32):
        raise ValueError(f"seed must be a whole number in 0 … {2**32 - 1}, got {seed}")


def checked_start(loss: Loss, start: Array | tuple[float, ...]) -> np.ndarray:
    """x_0 as an array [d]; ValueError where it is not one of the loss."""
    x = np.asarray(start, dtype=np.float64)
    if x.shape != (loss.d,):
        raise ValueError(f"start must have {loss.d} numbers for {loss.key}, got {x.size}")
    if not np.all(np.isfinite(x)):
        raise ValueError(f"start must be finite numbers, got {','.join(map(str, x))}")
    if loss.domain and not bool(loss.domain.inside(jnp.asarray(x))):
        raise ValueError(f"start must lie in {loss.domain.words}, got {','.join(map(str, x))}")
    return x


def _rows(ends, points, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows first … last of recorded pairs, as step [t] and x [t, d]."""
    step = np.stack([ends - 1, ends], axis=1).ravel()
    keep = slice(*np.searchsorted(step, [first, last + 1]))
    return step[keep], np.asarray(points).reshape(len(step), -1)[keep]


def _record(
    loss: Loss,
    rule: Rule,
    x: np.ndarray,
    t: int,
    ends: np.ndarray,
    steps: int,
    eta: float,
    noise: float,
    seed: int,
    origin: np.ndarray | None = None,
) -> tuple[int, Array]:
    """Walk from x at step t and keep the pairs (end − 1, end): steps taken, and [pairs, 2, d]."""
    if rule.effective_step is None:
        times = eta * np.minimum(np.stack([ends - 1, ends], axis=1).ravel(), steps)
        points = gradient_flow(loss, x if origin is None else origin, times)
        return steps, points.reshape(len(ends), 2, loss.d)
    pairs = int(np.searchsorted(ends, steps)) + 1
    points = np.asarray(_scan(loss, rule, noise > 0, x, t, eta, noise, seed, ends, pairs))
    row = steps - int(ends[pairs - 1]) + 1  # NaN stays, so the last row that is asked for tells
    if np.all(np.isfinite(points[pairs - 1, row])):
        return steps, points
    return _last_finite(loss, rule, x, t, ends, points, steps, eta, noise, seed), points


def _last_finite(
    loss: Loss, rule: Rule, x, t: int, ends, points, steps: int, eta: float, noise: float, seed: int
) -> int:
    """The last step with a finite iterate, found again from the last finite record."""
    flat = np.asarray(points).reshape(-1, loss.d)
    step = np.stack([ends - 1, ends], axis=1).ravel()
    finite = np.flatnonzero(np.all(np.isfinite(flat), axis=1) & (step <= steps))
    begin, first = (flat[finite[-1]], int(step[finite[-1]])) if finite.size else (x, t)
    return int(_walk_on(loss, rule, noise > 0, begin, first, eta, noise, seed, steps)[1])


def _outcome(loss, rule, step, x, steps, eta, noise, seed) -> tuple[Outcome, int]:
    last = int(step[-1])
    if last < steps:
        following = _next(loss, rule, noise > 0, x[-1], last, eta, noise, seed)
        finite = bool(jnp.all(jnp.isfinite(following)))
        return (Outcome.LEFT_DOMAIN if finite else Outcome.NOT_FINITE), last
    if noise > 0 or rule.effective_step is None or not _stands(loss, rule, x[-1], eta):
        return Outcome.REACHED, last
    moving = np.flatnonzero(np.any(x != x[-1], axis=1))
    begin = int(moving[-1]) if moving.size else 0
    at = int(_walk_on(loss, rule, False, x[begin], int(step[begin]), eta, 0.0, 0, steps)[1])
    minimiser = float(loss.value(x[-1])) <= 1e-20
    return (Outcome.AT_MINIMISER if minimiser else Outcome.STATIONARY), at


def _stands(loss: Loss, rule: Rule, x: np.ndarray, eta: float) -> bool:
    return bool(jnp.all(_next(loss, rule, False, x, 0, eta, 0.0, 0) == x))


def _advance(loss: Loss, rule: Rule, noisy: bool, eta, noise, key):
    """One step of a rule as a function (x, t) -> x; NaN once it leaves the domain."""

    def move(x: Array, t: Array) -> Array:
        moved = _raw_step(loss, rule, noisy, eta, noise, key, x, t)
        return jnp.where(loss.domain.inside(moved), moved, jnp.nan) if loss.domain else moved

    return move


def _raw_step(loss: Loss, rule: Rule, noisy: bool, eta, noise, key, x: Array, t: Array) -> Array:
    assert rule.effective_step is not None
    slope = gradient(loss, x)
    moved = x - rule.effective_step(eta, loss.value(x), slope @ slope) * slope
    return moved + _noise(key, t, noise, loss.d) if noisy else moved


def _noise(key, t: Array, radius: Scalar, d: int) -> Array:
    """Every tenth step a vector uniform in a ball [d]; a function of the step, not of the path."""

    def draw() -> Array:
        one, two = jax.random.split(jax.random.fold_in(key, t))
        ray = jax.random.normal(one, (d,))
        length = jax.random.uniform(two) ** (1 / d)
        return radius * length * ray / jnp.linalg.norm(ray)

    return jax.lax.cond(t % NOISE_PERIOD == 0, draw, lambda: jnp.zeros(d))


@partial(jax.jit, static_argnames=("loss", "rule", "noisy"))
def _scan(loss, rule, noisy, x, t, eta, noise, seed, ends, pairs) -> Array:
    """Walk from x at step t to the first `pairs` of `ends` in turn: x_{end−1}, x_end, [·, 2, d].

    Two steps a turn of the loop, because its state goes through memory from turn to turn. (More
    gain little, and noise costs more than memory.) The number of pairs is a traced bound, so that
    a short run costs little in the same compiled program.
    """
    advance = _advance(loss, rule, noisy, eta, noise, jax.random.key(seed))

    def step(_, state):
        x, _, t = state
        return advance(x, t), x, t + 1

    def two_steps(_, state):
        return step(_, step(_, state))

    def pair(i, state):
        x, t, points = state
        count, state = ends[i] - t, (x, x, t)
        if not noisy:
            state = jax.lax.fori_loop(0, count // 2, two_steps, state)
            count = count % 2
        x, before, t = jax.lax.fori_loop(0, count, step, state)
        row = jnp.stack([before, x])
        return x, t, jax.lax.dynamic_update_index_in_dim(points, row, i, axis=0)

    points = jnp.zeros((ends.shape[0], 2, loss.d))
    return jax.lax.fori_loop(0, pairs, pair, (x, jnp.asarray(t), points))[2]


@partial(jax.jit, static_argnames=("loss",))
def _loss_and_sharpness(loss: Loss, points: Array) -> tuple[Array, Array]:
    """In batches that stay in the cache."""
    x = points.reshape(-1, loss.d)
    return jax.lax.map(lambda x: (loss.value(x), sharpness(loss, x)), x, batch_size=CACHE_ROWS)


@partial(jax.jit, static_argnames=("loss", "rule", "noisy"))
def _walk_on(loss, rule, noisy, x, t, eta, noise, seed, limit) -> tuple[Array, Array]:
    """Walk until the next step is not finite, does not move (without noise), or is the last."""
    advance = _advance(loss, rule, noisy, eta, noise, jax.random.key(seed))

    def going(state) -> Array:
        x, t, following = state
        moves = noisy | jnp.any(following != x)
        return (t < limit) & jnp.all(jnp.isfinite(following)) & moves

    def step(state):
        _, t, following = state
        return following, t + 1, advance(following, t + 1)

    x, t, _ = jax.lax.while_loop(going, step, (x, jnp.asarray(t), advance(x, jnp.asarray(t))))
    return x, t


@partial(jax.jit, static_argnames=("loss", "rule", "noisy"))
def _next(loss, rule, noisy, x, t, eta, noise, seed) -> Array:
    """x_{t+1} from x_t without regard to the domain, [d]."""
    return _raw_step(loss, rule, noisy, eta, noise, jax.random.key(seed), x, t)
