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
    for make in makers:
        make()
    turns = [[seconds(make) for make in makers] for _ in range(rounds)]
    return [min(column) for column in zip(*turns, strict=True)]


def percentile(values: Sequence[float], percent: int) -> float:
    """The percentile of measured values, by linear interpolation; 1 … 99."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
