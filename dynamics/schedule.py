"""A step size that changes on the way: η₀ from step 0, η₁ from a later one, and so on.

    0.2@0,0.05@400

The slow time is then τ = Σ η_t² up to t, and the clock of another flow likewise.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

MOST_PIECES = 16


@dataclass(frozen=True)
class Schedule:
    """Step sizes and the steps from which they hold.

    Args:
        etas: η > 0 of each piece.
        firsts: the step with which it begins; 0 for the first, then ascending.

    Raises:
        ValueError: says what must hold and what was got.
    """

    etas: tuple[float, ...]
    firsts: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.etas) <= MOST_PIECES or len(self.etas) != len(self.firsts):
            raise ValueError(f"eta must have 1 … {MOST_PIECES} pieces, got {len(self.etas)}")
        for eta in self.etas:
            if not (np.isfinite(eta) and eta > 0):
                raise ValueError(f"eta must be a number above 0, got {eta}")
        if self.firsts[0] != 0 or any(one >= other for one, other in pairwise(self.firsts)):
            raise ValueError(
                "steps of eta must begin with 0 and ascend, got " + ", ".join(map(str, self.firsts))
            )

    def __str__(self) -> str:
        pieces = zip(self.etas, self.firsts, strict=True)
        return ",".join(f"{eta!r}@{first}" for eta, first in pieces)

    def eta_at(self, step: np.ndarray) -> np.ndarray:
        """η_t of the step from x_t, [t]."""
        return np.array(self.etas)[np.searchsorted(self.firsts, step, side="right") - 1]


def schedule_of(text: str) -> Schedule:
    """A schedule as it is written.

    Raises:
        ValueError: says what must hold and what was got.
    """
    pieces = [part.partition("@") for part in text.split(",")]
    try:
        etas = tuple(float(eta) for eta, _, _ in pieces)
        firsts = tuple(int(first) for _, _, first in pieces)
    except ValueError:
        raise ValueError(f"eta must be a number, or like 0.2@0,0.05@400, got {text!r}") from None
    return Schedule(etas, firsts)
