"""Time, on a machine that does other things too.

What is compared is called in turn, A B A B …, and the best of each counts: another process can only
make a call slower, and makes a long call slower than a short one.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def seconds(make: Callable[[], Any]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    make()
    return time.perf_counter() - begin


def best_in_turn(*makers: Callable[[], Any], rounds: int) -> list[float]:
    """The best of each maker's seconds; a first call of each is not counted."""
    return [min(column) for column in zip(*_in_turn(*makers, rounds=rounds), strict=True)]


def medians_in_turn(*makers: Callable[[], Any], rounds: int) -> tuple[list[float], list[float]]:
    """The median of each maker's seconds, and of the first's ratio to each, turn by turn.

    For what keeps all cores busy, where another process makes long and short calls slower alike.
    """
    turns = _in_turn(*makers, rounds=rounds)
    ratios = [[turn[0] / other for other in turn] for turn in turns]
    middle = [
        [statistics.median(column) for column in zip(*t, strict=True)] for t in (turns, ratios)
    ]
    return middle[0], middle[1]


def _in_turn(*makers: Callable[[], Any], rounds: int) -> list[list[float]]:
    for make in makers:
        make()
    return [[seconds(make) for make in makers] for _ in range(rounds)]


def percentile(values: Sequence[float], percent: int) -> float:
    """The percentile of measured values, by linear interpolation; 1 … 99."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
