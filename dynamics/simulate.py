"""The loop: one compiled scan that runs a rule and records pairs of consecutive steps.

Only every second iterate lies on a smooth curve, so a recording with a stride would show one side
of the bounce. A run therefore keeps pairs (t, t + 1): the first thousand steps in full, then two
thousand pairs spread over the rest. Where a run has no more steps than rows, it is kept in full.
`window` simulates any stretch again from the nearest recorded step, with as many rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from numbers import Integral
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.catalogue import find_pair
from dynamics.curvature import sharpness
from dynamics.flows import gradient_flow
from dynamics.forks import Fork, Leg, legs_of, lengths_of, schedule_along
from dynamics.ground import Ground
from dynamics.rules import initial_state
from dynamics.schedule import Schedule, schedule_of
from dynamics.shown import frame_of
from dynamics.types import Array, Loss, Rule, Scalar

HEAD_PAIRS = 500
OVERVIEW_PAIRS = 2000
PAIRS = HEAD_PAIRS + OVERVIEW_PAIRS
ROWS = 2 * PAIRS
MAX_STEPS = 10_000_000
NOISE_PERIOD = 10
CACHE_ROWS = 2048

# Rounding keeps GD from coming to rest: near a minimiser it ends in a cycle of 2 or 4 steps in its
# last digits. In 1,350 runs over the catalogue none was longer or wider than this.
LONGEST_CYCLE = 16
LAST_DIGITS = 1e-13
MINIMISED = 1e-20


class Outcome(Enum):
    """How a run ended, as a sentence."""

    REACHED = "All steps were taken."
    LEFT_DOMAIN = "The next step would leave the domain of the loss."
    NOT_FINITE = "The next step is too large for a number: the run diverges."
    TOO_STEEP = "‖∇L‖² is too large for a number here, though the step is not."
    AT_MINIMISER = "The iterate no longer moves: it has stopped at a minimiser."
    STATIONARY = "The iterate no longer moves, but this is no minimiser."


class PushedOutError(ValueError):
    """An iterate was pushed to where its loss is not defined."""


class Measured(NamedTuple):
    """Loss and sharpness along a run, [t] each."""

    loss: np.ndarray
    """L(x_t)."""
    sharpness: np.ndarray
    """λ₁(∇²L(x_t))."""


class Earlier(NamedTuple):
    """What a piece of a run comes after."""

    origin: np.ndarray
    """Where the piece began whose flow it goes on with, [d]: x_0 of the whole run, or where it was
    pushed or got another rule, from where the theorem begins anew."""
    taken: tuple[tuple[float, int], ...]
    """η and how many steps of each piece before."""
    fresh: int = 0
    """How many of them came before that flow began."""

    @property
    def steps(self) -> int:
        """How many in all."""
        return sum(count for _, count in self.taken)

    @property
    def tau(self) -> float:
        """τ = Σ η²."""
        return sum(eta**2 * count for eta, count in self.taken)


@dataclass(frozen=True)
class Run:
    """A recorded run. Rows are in order of `step`; neighbours of a pair differ by one step.

    Attributes:
        loss, rule, eta, steps, noise, seed: what was asked for; of a run in pieces the rule, η and
            noise of the last, the others being theirs.
        start: x_0, [d].
        step: t, [t] integers.
        x: x_t, [t, d].
        state: what the rule remembers before it steps from each x_t, a pytree of arrays [t, …].
        outcome: how it ended.
        outcome_step: the step at which it ended: the last one that could be taken, or the first
            from which the iterate stands still, or goes round one cycle in its last digits.
        measured: loss and sharpness of each row, where `simulate` was asked for them.
        schedule: of its step sizes, where they change.
        forks: where else it changes; each has left another run there.
        pieces: the runs on which nothing changes that it consists of, with steps from 0 on in each;
            () where it is one. The row at a change is that of the piece that begins there.
        earlier: what a piece comes after.
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
    state: Any = ()
    schedule: Schedule | None = None
    forks: tuple[Fork, ...] = ()
    pieces: "tuple[Run, ...]" = ()
    earlier: "Earlier | None" = None

    def _repr_html_(self) -> str | None:
        """In a notebook: what plays it, where that is installed."""
        return frame_of(self)


def simulate(
    loss: Loss | str,
    rule: Rule | str,
    start: Array | tuple[float, ...] | None = None,
    eta: float | Schedule | str = 0.1,
    steps: int = 1000,
    *,
    noise: float = 0.0,
    seed: int = 0,
    forks: Sequence[Fork] = (),
    record: Literal["overview", "all"] = "overview",
    measured: bool = False,
) -> Run:
    """Run a rule from a start.

    Args:
        loss, rule: records, or keys of `LOSSES` and `RULES`.
        start: x_0, [d]; the loss's own when left out.
        eta: η > 0; or how it changes, a `Schedule` or "0.2@0,0.05@400".
        steps: number of steps, 0 … 10,000,000.
        noise: radius of the ball from which a vector is added every tenth step; 0 for none.
        seed: of the noise.
        forks: where it leaves the run that it would have been: up to there it is that run.
        record: "overview" keeps at most 5,000 rows, "all" every step.
        measured: keep loss and sharpness of each row too, where `measure` would be too slow.

    Raises:
        ValueError: says what must hold and what was got; a `PushedOutError` where a fork's
            push leaves the domain of the loss.
    """
    loss, rule = find_pair(loss, rule)
    begin = checked_start(loss, loss.start if start is None else start)
    schedule = _schedule(eta)
    check_numbers(schedule.etas[0], steps, noise, seed)
    _check_pushes(loss, forks)
    # NumPy's numbers would be compiled anew.
    steps, seed = int(steps), int(seed)
    legs = legs_of(rule, schedule, float(noise), forks)
    if any(legs[0].push):
        begin = _pushed(loss, begin, legs[0])
    place = _Place(begin, jax.tree.map(np.asarray, initial_state(legs[0].rule, begin, seed)))
    kept = {"record": record, "measured": measured}
    if len(lengths_of(legs, steps)) > 1:
        run = _in_pieces(loss, place, legs, steps, seed, **kept)
        # What changes before the first step is what the first piece has.
        return replace(run, forks=tuple(fork for fork in forks if fork.step))
    return _of_one_leg(loss, legs[0], place, steps, seed, **kept)


def _schedule(eta: float | Schedule | str) -> Schedule:
    if isinstance(eta, str):
        return schedule_of(eta)
    return eta if isinstance(eta, Schedule) else Schedule((float(eta),), (0,))


def _check_pushes(loss: Loss, forks: Sequence[Fork]) -> None:
    for fork in forks:
        if len(fork.push) not in (0, loss.d):
            raise ValueError(f"push must have {loss.d} numbers for {loss.key}, got {fork.push}")


def _of_one_leg(
    loss: Loss,
    leg: Leg,
    place: "_Place",
    steps: int,
    seed: int,
    *,
    record: str,
    measured: bool,
) -> Run:
    begin = place.x
    _, rule, eta, noise, _ = leg
    walk = Walk(loss, rule, noise > 0, begin, eta, noise, seed, leg.first)
    spread = overview_ends if record == "overview" else _all_ends
    ends = spread(steps)
    taken, places = _record(walk, place, 0, ends, steps)
    if taken < steps:
        ends = spread(taken)
        _, places = _record(walk, place, 0, ends, taken)
    step, (x, state) = _rows(ends, places, 0, taken)
    along = measure_rows(loss, places.x, len(step)) if measured else None
    run = Run(
        loss, rule, begin, eta, steps, noise, seed, step, x, Outcome.REACHED, taken, along, state
    )
    outcome, at = _outcome(walk, run)
    return replace(run, outcome=outcome, outcome_step=at)


def _in_pieces(
    loss: Loss, place: "_Place", legs: tuple[Leg, ...], steps: int, seed: int, **kept: Any
) -> Run:
    """One piece after another, each from the place that the one before has reached."""
    pieces, earlier = [], Earlier(place.x, ())
    for leg, count in zip(legs, lengths_of(legs, steps), strict=False):
        if pieces:
            place, earlier = _next_piece(pieces[-1], leg, seed)
        piece = replace(_of_one_leg(loss, leg, place, count, seed, **kept), earlier=earlier)
        pieces.append(piece)
        if piece.step[-1] < count:
            break
    begun = legs[: len(pieces)]
    return _joined(replace(pieces[0], steps=steps, schedule=schedule_along(begun)), tuple(pieces))


def _next_piece(before: Run, leg: Leg, seed: int) -> tuple["_Place", Earlier]:
    """Where the piece of a leg begins, and what it comes after."""
    assert before.earlier
    taken = (*before.earlier.taken, (before.eta, before.steps))
    place, earlier = _place(before, -1), before.earlier._replace(taken=taken)
    same = leg.rule.key == before.rule.key
    if same and not any(leg.push):
        return place, earlier
    x = _pushed(before.loss, place.x, leg) if leg.push else place.x
    state = place.state if same else jax.tree.map(np.asarray, initial_state(leg.rule, x, seed))
    return _Place(x, state), Earlier(x, taken, len(taken))


def _pushed(loss: Loss, x: np.ndarray, leg: Leg) -> np.ndarray:
    """Where an iterate is after the push with which a leg begins, [d]."""
    try:
        return checked_start(loss, x + np.array(leg.push))
    except ValueError as error:
        moved = str(error).removeprefix("start ")
        raise PushedOutError(f"after the push at step {leg.first} the iterate {moved}") from None


def _joined(whole: Run, pieces: tuple[Run, ...]) -> Run:
    """A run of the rows of its pieces."""
    last = pieces[-1]
    one_rule = all(piece.rule.key == last.rule.key for piece in pieces)
    return replace(
        whole,
        pieces=pieces,
        earlier=None,
        rule=last.rule,
        eta=last.eta,
        noise=last.noise,
        step=joined([piece.step + offset_of(piece) for piece in pieces]),
        x=joined([piece.x for piece in pieces]),
        # A window of it starts from its pieces, so what no one state could hold need not be held.
        state=joined([piece.state for piece in pieces]) if one_rule else (),
        measured=joined([piece.measured for piece in pieces]) if last.measured else None,
        outcome=last.outcome,
        outcome_step=offset_of(last) + last.outcome_step,
    )


def joined(parts: list[Any]) -> Any:
    """Columns of the pieces of a run, pytrees of [t, …], as columns of the run: where one ends and
    the next begins, the row is that of the next."""
    *before, last = parts
    cut = [jax.tree.map(lambda column: column[:-1], part) for part in before]
    return jax.tree.map(lambda *columns: np.concatenate(columns), *cut, last)


def offset_of(piece: Run) -> int:
    """The step of the whole run at which a piece of it begins."""
    return piece.earlier.steps if piece.earlier else 0


def eta_along(run: Run) -> np.ndarray:
    """η of the step from each recorded x_t, [t]."""
    if run.schedule is None:
        return np.full(len(run.step), run.eta)
    return run.schedule.eta_at(run.step)


def rule_along(run: Run) -> np.ndarray:
    """The key of the rule of the step from each recorded x_t, [t]."""
    firsts = [offset_of(piece) for piece in run.pieces[1:]]
    keys = np.array([piece.rule.key for piece in run.pieces or (run,)])
    return keys[np.searchsorted(firsts, run.step, side="right")]


def _window_of_pieces(run: Run, first: int, last: int) -> Run:
    parts = [
        window(piece, max(first - begin, 0), min(last - begin, end) - max(first - begin, 0) + 1)
        for piece in run.pieces
        if (begin := offset_of(piece)) <= last and first <= begin + (end := int(piece.step[-1]))
    ]
    # The last row of a piece is the first of the next.
    if len(parts) > 1 and len(parts[0].step) == 1:
        del parts[0]
    return replace(_joined(run, tuple(parts)), outcome=run.outcome, outcome_step=run.outcome_step)


def window(run: Run, first: int, count: int) -> Run:
    """The steps first … first + count − 1 of a run, simulated from the nearest checkpoint.

    In full where they are no more than 5,000; otherwise 2,500 pairs spread evenly over them. A
    window that passes the run's last step ends there.

    Args:
        first: 0 or more.
        count: 1 … 10,000,000.

    Raises:
        ValueError: the stretch lies outside the run.
    """
    last = int(run.step[-1])
    if not (0 <= first <= last and 1 <= count <= MAX_STEPS):
        raise ValueError(
            f"a window must start in 0 … {last} and hold 1 … {MAX_STEPS} steps, "
            f"got {first} and {count}"
        )
    last = min(last, first + count - 1)
    if run.pieces:
        return _window_of_pieces(run, first, last)
    row = int(np.searchsorted(run.step, first, side="right")) - 1
    ends = window_ends(first, last)
    _, places = _record(walk_of(run), _place(run, row), int(run.step[row]), ends, last)
    step, (x, state) = _rows(ends, places, first, last)
    return replace(run, step=step, x=x, state=state, measured=None)


def pinpoint(run: Run, begins: Callable[[Run], int | None], ahead: int = 0) -> int | None:
    """The step from which something holds, exactly: gaps between recorded rows are looked into.

    Args:
        begins: the row of a run from which it holds, or None; where it holds at recorded rows only
            and not between them, the recorded step is the answer.
        ahead: how many steps after that one `begins` needs to see.
    """
    row = begins(run)
    while row and run.step[row] - run.step[row - 1] > 1:
        before, step = map(int, run.step[row - 1 : row + 1])
        run = window(run, before, step - before + 1 + ahead)
        row = begins(run)
        if row is None:
            return step
    return None if row is None else int(run.step[row])


def padded(column: np.ndarray, rows: int, row: int = 0, *, least: int = ROWS) -> np.ndarray:
    """Repeat a row up to a length that seldom changes, so that little is compiled.

    Steps repeat their last row, to stay in order; points their first, because the last of a run
    that diverges may be too large to measure.
    """
    length = least if rows <= least else 1 << (rows - 1).bit_length()
    return np.concatenate([column, np.repeat(column[[row]], length - rows, axis=0)])


def measure_rows(loss: Loss, points: Array, rows: int) -> Measured:
    """Loss and sharpness of the first `rows` of points [·, d] or pairs [·, 2, d]."""
    return Measured(*(first_rows(column, rows) for column in _loss_and_sharpness(loss, points)))


def overview_ends(steps: int) -> np.ndarray:
    """The second step of each recorded pair, [2,500]: all, or the head and a spread to the end."""
    if steps < ROWS:
        return window_ends(0, steps)
    head = 2 * np.arange(HEAD_PAIRS) + 1
    return np.concatenate([head, _spread(2 * HEAD_PAIRS, steps, OVERVIEW_PAIRS)])


def window_ends(first: int, last: int) -> np.ndarray:
    """The second step of each pair of a window, [2,500]: all, or a spread from end to end."""
    if last - first < ROWS:
        return first + 1 + 2 * np.arange(PAIRS)
    return _spread(first, last, PAIRS)


def _spread(first: int, last: int, pairs: int) -> np.ndarray:
    """The second steps of pairs from (first, first + 1) to (last − 1, last), evenly."""
    return np.rint(np.linspace(first + 1, last, pairs)).astype(np.int64)


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


def checked_start(loss: Loss, start: Array | tuple[float, ...], name: str = "start") -> np.ndarray:
    """x_0 as an array [d]; ValueError where it is not one of the loss."""
    x = np.asarray(start, dtype=np.float64)
    if x.shape != (loss.d,):
        raise ValueError(f"start must have {loss.d} numbers for {loss.key}, got {x.size}")
    if not np.all(np.isfinite(x)):
        raise ValueError(f"start must be finite numbers, got {','.join(map(str, x))}")
    if loss.domain and not bool(loss.domain.inside(jnp.asarray(x))):
        raise ValueError(f"start must lie in {loss.domain.words}, got {','.join(map(str, x))}")
    return x


class _Place(NamedTuple):
    """Where a run is: x and what the rule remembers there, with axes for rows in front."""

    x: Array
    state: Any


def _place(run: Run, row: int) -> _Place:
    return jax.tree.map(lambda column: column[row], _Place(run.x, run.state))


def _rows(ends, places: _Place, first: int, last: int) -> tuple[np.ndarray, _Place]:
    """Rows first … last of recorded pairs: step [t], and the places [t, …]."""
    step = np.stack([ends - 1, ends], axis=1).ravel()
    keep = slice(*np.searchsorted(step, [first, last + 1]))
    kept = jax.tree.map(lambda column: np.array(column[keep]), _flat(places))
    return np.array(step[keep]), kept


def first_rows(column: Array, rows: int) -> np.ndarray:
    """The first rows of a column by themselves: a part of an array would keep all of it, and a run
    of sixty steps is computed in five thousand rows."""
    return np.array(np.asarray(column)[:rows])


def _flat(places: _Place) -> _Place:
    """Pairs [·, 2, …] as rows."""
    return jax.tree.map(lambda pairs: pairs.reshape(-1, *pairs.shape[2:]), places)


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["loss", "rule", "start", "eta", "noise", "seed", "first"],
    meta_fields=["noisy"],
)
@dataclass(frozen=True)
class Walk:
    """What the loop needs to know of a run: `noisy` is static, numbers traced."""

    loss: Loss
    rule: Rule
    noisy: bool
    start: Array
    eta: Scalar
    noise: Scalar
    seed: Scalar
    first: Scalar
    """The step of the whole run that is 0 here."""


def walk_of(run: Run) -> Walk:
    """What the loop needs to know of a run again."""
    first = offset_of(run)
    return Walk(run.loss, run.rule, run.noise > 0, run.start, run.eta, run.noise, run.seed, first)


def _record(walk: Walk, place: _Place, t: int, ends: np.ndarray, steps: int) -> tuple[int, _Place]:
    """Walk from a place at step t and keep the pairs (end − 1, end): how many steps were taken, and
    the places [pairs, 2, …]."""
    if walk.rule.step is None:
        times = walk.eta * np.minimum(np.stack([ends - 1, ends], axis=1).ravel(), steps)
        points = np.asarray(gradient_flow(walk.loss, walk.start, times))
        return steps, _Place(points.reshape(len(ends), 2, walk.loss.d), ())
    pairs = int(np.searchsorted(ends, steps)) + 1
    places = jax.tree.map(np.asarray, _scan(walk, place, t, ends, pairs))
    row = steps - int(ends[pairs - 1]) + 1  # NaN stays, so the last row that is asked for tells
    if np.all(np.isfinite(places.x[pairs - 1, row])):
        return steps, places
    return _last_finite(walk, place, t, ends, places, steps), places


def _last_finite(walk: Walk, place: _Place, t: int, ends, places: _Place, steps: int) -> int:
    """The last step with a finite iterate, found again from the last finite record."""
    flat = _flat(places)
    step = np.stack([ends - 1, ends], axis=1).ravel()
    finite = np.flatnonzero(np.all(np.isfinite(flat.x), axis=1) & (step <= steps))
    if finite.size:
        place, t = jax.tree.map(lambda rows: rows[finite[-1]], flat), int(step[finite[-1]])
    return int(_finite_until(walk, place, t, steps))


def _outcome(walk: Walk, run: Run) -> tuple[Outcome, int]:
    home, last = _place(run, -1), int(run.step[-1])
    if last < run.steps:
        return _failure(walk, home, last), last
    rest = _rest(walk, home)
    if rest is None:
        return Outcome.REACHED, last
    at = pinpoint(run, lambda part: _first_within(part.x, rest))
    assert at is not None
    minimiser = float(walk.loss.value(home.x)) <= MINIMISED
    return (Outcome.AT_MINIMISER if minimiser else Outcome.STATIONARY), at


def _failure(walk: Walk, home: _Place, last: int) -> Outcome:
    """Why there is no next step."""
    if bool(jnp.all(jnp.isfinite(_next(walk, home, last)))):
        return Outcome.LEFT_DOMAIN
    return Outcome.TOO_STEEP if walk.rule.normalized else Outcome.NOT_FINITE


def _first_within(x: np.ndarray, points: np.ndarray) -> int:
    """The row from which x [t, d] is only at points [p, d]."""
    within = np.any(np.all(x[:, None] == points, axis=2), axis=1)
    away = np.flatnonzero(~within)
    return int(away[-1]) + 1 if away.size else 0


def _rest(walk: Walk, home: _Place) -> np.ndarray | None:
    """The points that the iterate visits from home on, [p, d], if it stands still; else None.

    A cycle counts as standing where only the last digits go round it. It must come home exactly, so
    that it goes on for ever, and the rule must be one without a bounce: however small η is, the
    bounce of the others is their honest motion.
    """
    if walk.noisy or walk.rule.step is None:
        return None
    pairs = _scan(walk, home, 0, window_ends(0, 0), LONGEST_CYCLE // 2 + 1)
    orbit = jax.tree.map(lambda rows: np.asarray(rows)[: LONGEST_CYCLE + 1], _flat(pairs))
    back = _equal_rows(orbit)
    if back[1]:
        return orbit.x[:1]
    if walk.rule.bounce or not np.any(back[1:]):
        return None
    with np.errstate(over="ignore"):
        away = np.abs(orbit.x - home.x).max()
    low = float(walk.loss.value(home.x)) <= MINIMISED
    return orbit.x if low and away <= LAST_DIGITS * np.abs(home.x).max() else None


def _equal_rows(orbit: _Place) -> np.ndarray:
    """Whether each row of every column is the first again, [p]."""
    columns = [column.reshape(len(column), -1) for column in jax.tree.leaves(orbit)]
    return np.all([np.all(column == column[0], axis=1) for column in columns], axis=0)


def _advance(walk: Walk):
    """One step of a rule as a function (place, t) -> place; x is NaN once it leaves the domain."""
    key = jax.random.key(walk.seed)
    return lambda place, t: _inside(walk.loss, _raw_step(walk, key, place, t))


def _inside(loss: Loss, place: _Place) -> _Place:
    if loss.domain is None:
        return place
    return place._replace(x=jnp.where(loss.domain.inside(place.x), place.x, jnp.nan))


def _raw_step(walk: Walk, key, place: _Place, t: Array) -> _Place:
    moved = _step(walk.loss, walk.rule, walk.eta, place)
    if walk.noisy:
        step = t + walk.first  # so that noise goes on where a leg ends
        moved = moved._replace(x=moved.x + noise_at(key, step, walk.noise, walk.loss.d))
    return moved


def _step(loss: Loss, rule: Rule, eta: Scalar, place: _Place) -> _Place:
    assert rule.step is not None
    return _Place(*rule.step(Ground(loss), eta, *place))


def noise_at(key, t: Array, radius: Scalar, d: int) -> Array:
    """Every tenth step a vector uniform in a ball [d]; a function of the step, not of the path."""

    def draw() -> Array:
        one, two = jax.random.split(jax.random.fold_in(key, t))
        ray = jax.random.normal(one, (d,))
        length = jax.random.uniform(two) ** (1 / d)
        return radius * length * ray / jnp.linalg.norm(ray)

    return jax.lax.cond(t % NOISE_PERIOD == 0, draw, lambda: jnp.zeros(d))


@jax.jit
def _scan(walk: Walk, place: _Place, t, ends, pairs) -> _Place:
    """Walk from a place at step t to the first `pairs` of `ends` in turn: the places of the steps
    end − 1 and end, [·, 2, …].

    Two steps a turn of the loop, because its state goes through memory from turn to turn, and four
    where the rule remembers something. (More gain little, and noise costs more than memory.) The
    number of pairs is a traced bound, so that a short run costs little in the same compiled
    program.
    """
    advance = _advance(walk)

    def step(_, state):
        place, _, t = state
        return advance(place, t), place, t + 1

    many = 4 if jax.tree.leaves(place.state) else 2

    def some_steps(_, state):
        for _ in range(many):
            state = step(_, state)
        return state

    def pair(i, state):
        place, t, places = state
        count, state = ends[i] - t, (place, place, t)
        if not walk.noisy:
            state = jax.lax.fori_loop(0, count // many, some_steps, state)
            count = count % many
        place, before, t = jax.lax.fori_loop(0, count, step, state)
        row = jax.tree.map(lambda *two: jnp.stack(two), before, place)
        put = partial(jax.lax.dynamic_update_index_in_dim, index=i, axis=0)
        return place, t, jax.tree.map(put, places, row)

    place = jax.tree.map(jnp.asarray, place)
    rows = jax.tree.map(lambda leaf: jnp.zeros((len(ends), 2, *leaf.shape), leaf.dtype), place)
    return jax.lax.fori_loop(0, pairs, pair, (place, jnp.asarray(t), rows))[2]


@jax.jit
def _loss_and_sharpness(loss: Loss, points: Array) -> tuple[Array, Array]:
    """In batches that stay in the cache."""
    x = points.reshape(-1, loss.d)
    return jax.lax.map(lambda x: (loss.value(x), sharpness(loss, x)), x, batch_size=CACHE_ROWS)


@jax.jit
def _finite_until(walk: Walk, place: _Place, t, limit) -> Array:
    """The step after which the next iterate is not finite, or the limit."""
    advance = _advance(walk)

    def going(state) -> Array:
        t, following = state
        return (t < limit) & jnp.all(jnp.isfinite(following.x))

    def step(state):
        t, following = state
        return t + 1, advance(following, t + 1)

    place, t = jax.tree.map(jnp.asarray, (place, t))
    return jax.lax.while_loop(going, step, (t, advance(place, t)))[0]


@jax.jit
def _next(walk: Walk, place: _Place, t) -> Array:
    """x_{t+1} from the place at t without regard to the domain, [d]."""
    return _raw_step(walk, jax.random.key(walk.seed), place, t).x
