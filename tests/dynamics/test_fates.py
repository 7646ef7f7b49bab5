"""The verdict on a run by hand: fates of paths that are written down, nothing simulated."""

from functools import partial

import jax
import numpy as np
import pytest

from dynamics.fates import WINDOW, Ending, Fate, verdict

T = np.arange(WINDOW + 1.0)
BOUNCE = (-1.0) ** T
WILD = (T**2 * (np.sqrt(5) - 1) / 2) % 1


def around(*places: float) -> np.ndarray:
    """A cycle of places."""
    return np.array([places[int(t) % len(places)] for t in T])


def settling(row: int) -> np.ndarray:
    """What bounces between two places from a row on, and has no order before."""
    return np.where(row <= T, BOUNCE, 3 * WILD)


# A path, what is known of the run beside it, its fate, and its period.
GD = [
    (T, {}, Fate.UNDECIDED, 0),
    (BOUNCE, {}, Fate.EDGE, 2),
    (around(0, 1, 3), {}, Fate.CYCLE_3, 3),
    (around(0, 1, 3, 7), {}, Fate.CYCLE_4, 4),
    (around(0, 1, 3, 7, 2, 9, 4, 8), {}, Fate.CYCLE_8, 8),
    (around(0, 1, 3, 7, 2, 9, 4, 8, 5), {}, Fate.CYCLE_LONGER, 0),
    (WILD, {}, Fate.CYCLE_LONGER, 0),
    (settling(17), {}, Fate.CYCLE_LONGER, 0),
    (BOUNCE, {"left": True}, Fate.DIVERGES, 0),
    (BOUNCE, {"left": True, "still": True}, Fate.DIVERGES, 0),
    (BOUNCE, {"still": True}, Fate.CONVERGES, 0),
    (BOUNCE, {"known": False}, Fate.UNDECIDED, 0),
    (BOUNCE, {"known": False, "still": True}, Fate.CONVERGES, 0),
    (BOUNCE, {"value": 1e-20}, Fate.CONVERGES, 0),
    (BOUNCE, {"value": 1.1e-20}, Fate.EDGE, 2),
    (BOUNCE, {"value": 1e-20, "peak": 2.0}, Fate.CONVERGES, 0),
    (BOUNCE, {"value": 1e-20, "peak": 2.1}, Fate.CATAPULT, 0),
    (BOUNCE, {"peak": 2.1}, Fate.EDGE, 2),
    (BOUNCE, {"still": True, "crossed": True}, Fate.CROSSES, 0),
    (BOUNCE, {"still": True, "crossed": True, "peak": 2.1}, Fate.CATAPULT, 0),
    (BOUNCE, {"crossed": True}, Fate.EDGE, 2),
    (BOUNCE, {"still": True, "first": 0.0, "peak": 2e-20}, Fate.CONVERGES, 0),
    (BOUNCE, {"still": True, "first": 0.0, "peak": 3e-20}, Fate.CATAPULT, 0),
    (BOUNCE, {"still": True, "moved": True}, Fate.CONVERGES, 0),
    (T, {"value": 1e-4}, Fate.CONVERGES, 0),
    (T, {"value": 1.1e-4}, Fate.UNDECIDED, 0),
    (T, {"value": 1e-4, "known": False}, Fate.UNDECIDED, 0),
    # Amplitudes that go to nothing, come from it, or stay above it.
    (0.99**T * BOUNCE, {}, Fate.CONVERGES, 0),
    (0.99**T * BOUNCE, {"known": False}, Fate.UNDECIDED, 0),
    (1.01**T * BOUNCE, {}, Fate.UNDECIDED, 0),
    ((1 + 0.01 * 0.9**T) * BOUNCE, {}, Fate.EDGE, 2),
    ((1 - 0.01 * 0.9**T) * BOUNCE, {}, Fate.EDGE, 2),
    (0.9**T, {}, Fate.CONVERGES, 0),
    (1.1**T, {}, Fate.UNDECIDED, 0),
]

# Of a rule whose bounce has a law: slips of half the rows are the edge, only rest is rest.
DRIFTING = [
    (BOUNCE, {}, Fate.EDGE, 2),
    (BOUNCE, {"value": 1e-20, "peak": 3.0}, Fate.EDGE, 2),
    (BOUNCE, {"still": True, "peak": 3.0}, Fate.CONVERGES, 0),
    (BOUNCE, {"still": True, "moved": True}, Fate.STOPS, 0),
    (BOUNCE, {"still": True, "moved": True, "left": True}, Fate.DIVERGES, 0),
    # The law decides, whatever the sides; but not of what moves smoothly.
    (around(0, 1, 3, 7), {"lawful": True}, Fate.EDGE, 2),
    (WILD, {"lawful": True}, Fate.EDGE, 2),
    (T, {"lawful": True}, Fate.UNDECIDED, 0),
    (BOUNCE, {"lawful": True, "known": False}, Fate.UNDECIDED, 0),
    (BOUNCE, {"left": True}, Fate.DIVERGES, 0),
    (T, {}, Fate.UNDECIDED, 0),
    (T, {"value": 1e-5}, Fate.UNDECIDED, 0),
    (0.99**T * BOUNCE, {}, Fate.EDGE, 2),
    (around(0, 1, 3, 7), {}, Fate.CYCLE_4, 4),
    (WILD, {}, Fate.CYCLE_LONGER, 0),
    # Rows are compared with those two and four before: of the last 33, 17 are alike, then 16.
    (settling(28), {}, Fate.EDGE, 2),
    (settling(29), {}, Fate.CYCLE_LONGER, 0),
]


@pytest.mark.parametrize(("bounces", "cases"), [(False, GD), (True, DRIFTING)])
def test_fates_by_hand(bounces: bool, cases: list) -> None:
    sizes = dict.fromkeys(("value", "peak", "first"), 1.0)
    usual = dict.fromkeys(Ending._fields[1:], False) | {"known": True} | sizes
    known = [usual | more for _, more, _, _ in cases]
    path = np.stack([path for path, *_ in cases], axis=1)[:, None, :]
    columns = {name: np.array([one[name] for one in known]) for name in usual}
    fates, periods = jax.jit(partial(verdict, bounces=bounces))(Ending(path=path, **columns))
    found = list(zip(np.asarray(fates).tolist(), np.asarray(periods).tolist(), strict=True))
    assert found == [(fate, period) for *_, fate, period in cases]


def test_each_fate_has_a_number_of_its_own() -> None:
    """Maps of the lab send numbers; two fates of one number would be one."""
    assert sorted(fate.value for fate in Fate) == list(range(13))
    assert len({fate.sentence for fate in Fate}) == 13
