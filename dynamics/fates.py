"""What became of a run, read off its last 48 steps; `dynamics.sweep` says what each fate means."""

from enum import IntEnum
from typing import NamedTuple

import jax
import jax.numpy as jnp

from dynamics.curvature import gradient
from dynamics.own import Own, for_each
from dynamics.types import Array, Loss, Rule, Scalar

WINDOW = 48
LONGEST_PERIOD = 8
SPAN = WINDOW + 1 - 2 * LONGEST_PERIOD
SAME = 0.02
RISE = 2.0
FALL = 1e-4
TOLERANCE = 0.2  # of what the law of √L says
MINIMISED = 1e-20
BETWEEN = -1e-20  # nearer to Γ than the root of this rounding tells the side


class Fate(IntEnum):
    """What became of a run; `sentence` says it to a person."""

    sentence: str

    def __new__(cls, value: int, sentence: str) -> "Fate":
        member = int.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    UNKNOWN = 0, "Not computed: the sweep was stopped before."
    UNDECIDED = 1, "Still on its way when the steps ran out."
    CONVERGES = 2, "It comes to rest."
    CROSSES = 12, "It crosses Γ on its way, and comes to rest."
    STOPS = 3, "Rounding lands it on the floor exactly, and it stops: a little noise prevents that."
    CATAPULT = 4, "The loss rises far above what it was, then the iterate comes to rest."
    EDGE = 5, "It bounces between two sides of the valley: the edge of stability."
    CYCLE_3 = 6, "It goes round a cycle of three steps, as nothing does before chaos begins."
    CYCLE_4 = 7, "It goes round a cycle of four steps."
    CYCLE_8 = 8, "It goes round a cycle of eight steps."
    CYCLE_LONGER = 9, "It stays, but in no cycle of two, three, four or eight steps."
    CHAOS = (
        10,
        "It never repeats, and two runs that start side by side soon have nothing in common.",
    )
    DIVERGES = 11, "It leaves every bound, or the domain of the loss."


class Ending(NamedTuple):
    """The end of each of many runs, [n] each."""

    path: Array
    """The last iterates, [WINDOW + 1, d, n]."""
    left: Array
    """Whether it has left every bound, or the domain."""
    known: Array
    """Whether it took as many steps as are looked at."""
    still: Array
    """Whether the next step changes nothing."""
    moved: Array
    """Whether it is elsewhere than at the start."""
    lawful: Array
    """Whether its last bounces are as long as the law of the rule says; see `obeys`."""
    value: Array
    """L at the last iterate."""
    peak: Array
    """The largest L along the run."""
    first: Array
    """L at the start."""
    crossed: Array
    """Whether it has changed sides of Γ; see `sides`."""


def verdict(end: Ending, bounces: bool) -> tuple[Array, Array]:
    """The fate of each run, and the period of its cycle or 0, [n] each.

    Args:
        bounces: whether the rule has a law of its bounce, as NGD and GD on √L do.
    """
    period = _period(end.path, slips=bounces)
    still, going, risen = end.still, ~end.known | (period == 1), False
    if not bounces:
        shrinks, grows = _trend(end.path, period)
        late = shrinks | ((period == 1) & (end.value <= FALL * end.peak))
        still = still | (end.value <= MINIMISED) | (end.known & late)
        going = going | grows
        risen = end.peak > RISE * jnp.maximum(end.first, MINIMISED)
    stops = still & end.moved if bounces else False
    period = jnp.where(end.lawful & (period != 1), 2, period)
    outcome = _fate(end.left, stops, still, risen, end.crossed, going, period)
    cycles = (outcome >= Fate.EDGE) & (outcome <= Fate.CYCLE_LONGER)
    return outcome, jnp.where(cycles, period, 0)


def sides(loss: Loss, x: tuple[Array, ...]) -> tuple[Array, ...]:
    """A vector that is turned round where Γ is crossed, in codimension 1: the `side` of a loss that
    says it, else ∇L, which points away from Γ; () where Γ has no sides.

    ⟨sides(x), sides(y)⟩ < 0 says that Γ lies between x and y. Of ∇L that holds where a step does
    not turn the normal of Γ by a right angle: near it, that is, not half round a ring.
    """
    if loss.codim != 1:
        return ()
    point = jnp.stack(x)
    return (loss.side(point),) if loss.side else tuple(gradient(loss, point))


def obeys(loss: Loss, rule: Rule, path: Array, own: Own, sharpness: Array) -> Array:
    """Whether √L(x_t) + √L(x_{t+1}) of the last iterates [WINDOW + 1, d, n] is what the law says of
    the bounce, with λ₁ at Φ, [n] each; never where there is no law or no Φ.

    The law speaks of both walls and not of sides: it holds where parity slips, and where Γ is one
    of the walls and rounding tells to which side the next step goes.
    """
    if rule.sqrt_loss_law is None:
        return jnp.zeros(path.shape[2], bool)
    law = for_each(_law, loss, rule, own, sharpness)
    first = WINDOW + 1 - SPAN

    def root(t: Scalar) -> Array:
        row = jax.lax.dynamic_index_in_dim(path, t, keepdims=False)
        return jnp.sqrt(
            for_each(lambda loss, _, __, x: loss.value(x), loss, rule, own, row, axis=1)
        )

    def look(t: Scalar, seen: tuple[Array, Array]) -> tuple[Array, Array]:
        before, off = seen
        after = root(t)
        return after, jnp.maximum(off, jnp.abs(before + after - law))

    off = jax.lax.fori_loop(first, WINDOW + 1, look, (root(first - 1), jnp.zeros_like(law)))[1]
    return off <= TOLERANCE * law


def _law(loss: Loss, rule: Rule, eta: Scalar, sharpness: Scalar) -> Scalar:
    assert rule.sqrt_loss_law is not None
    return rule.sqrt_loss_law(eta, sharpness)


def _fate(left, stops, still, risen, crossed, going, period) -> Array:
    """The first fate that holds, [n]."""
    fates = [
        (left, Fate.DIVERGES),
        (stops, Fate.STOPS),
        (still & risen, Fate.CATAPULT),
        (still & crossed, Fate.CROSSES),
        (still, Fate.CONVERGES),
        (going, Fate.UNDECIDED),
        (period == 2, Fate.EDGE),
        (period == 3, Fate.CYCLE_3),
        (period == 4, Fate.CYCLE_4),
        (period == 8, Fate.CYCLE_8),
    ]
    conditions, values = zip(*fates, strict=True)
    return jnp.select(list(conditions), [int(value) for value in values], int(Fate.CYCLE_LONGER))


def _period(path: Array, slips: bool) -> Array:
    """The period of each run, [n], or 0, from its last iterates [WINDOW + 1, d, n].

    Row by row: a sum along the first axis makes XLA go through memory column by column.
    """
    rows = WINDOW + 1 - SPAN, WINDOW + 1

    def row(t: Scalar) -> Array:
        return jax.lax.dynamic_index_in_dim(path, t, keepdims=False)

    def longest(t: Array, found: Array) -> Array:
        return jnp.maximum(found, _squared(row(t) - row(t - 1)))

    little = SAME**2 * jax.lax.fori_loop(*rows, longest, jnp.zeros(path.shape[2]))

    def look(carry):
        p, period = carry

        def count(t: Array, alike: Array) -> Array:
            return alike + (_squared(row(t) - 2 * row(t - p) + row(t - 2 * p)) <= little)

        alike = jax.lax.fori_loop(*rows, count, jnp.zeros(path.shape[2]))
        enough = SPAN * jnp.where((p == 2) & slips, 0.5, 1.0)
        return p + 1, jnp.where((period == 0) & (alike >= enough), p, period)

    def going(carry) -> Array:
        p, period = carry
        return (p <= LONGEST_PERIOD) & jnp.any(period == 0)

    return jax.lax.while_loop(going, look, (1, jnp.zeros(path.shape[2], int)))[1]


def _trend(path: Array, period: Array) -> tuple[Array, Array]:
    """Whether the steps of each run shrink to nothing, and whether they grow from it, [n]."""
    third = WINDOW // 3

    def longest(t: Array, found: Array) -> Array:
        step = path[t + 1] - path[t]
        at = (t - WINDOW % 3) // third
        return found.at[at].set(jnp.maximum(found[at], _squared(step)))

    found = jax.lax.fori_loop(WINDOW % 3, WINDOW, longest, jnp.zeros((3, path.shape[2])))
    one, two, three = jnp.sqrt(found)
    limit = three - (three - two) ** 2 / (three - 2 * two + one)
    nothing = limit < 0.5 * three
    steady = period == 2
    shrinks = (one > two) & (two > three) & nothing & (steady | (three < 0.5 * one))
    grows = (one < two) & (two < three) & nothing & (steady | (three > 2 * one))
    return shrinks & (period != 1), grows


def _squared(vectors: Array) -> Array:
    """‖v‖² of vectors [d, n], [n]."""
    return jnp.sum(vectors**2, axis=0)
