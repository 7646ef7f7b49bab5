"""The phases of a run, found from the laws and never written by hand.

With S_t = η_t λ₁(∇²L(x_t)), 1/S_t is to leading order ‖x̃_t‖/λ₁ of the quadratic warm-up, for NGD
(‖∇L‖ ≈ η‖x̃‖) as for GD on √L (4L ≈ η²‖x̃‖²). So the outermost invariant set I₁, entered in finite
time and never left, is S_t ≥ 1 [ALP22, section 3]:

    descent     outside I₁
    alignment   inside, while x̃ still turns towards v₁
    edge        √L(x_t) + √L(x_{t+1}) is what the theorem says of two steps in a row

In codimension 1 there is nothing to align, and the edge follows on the descent. The law of √L has
λ₁ at Φ(x_t); 1/S_t + 1/S_{t+1} = 1 says the same with λ₁ at x_t, which strays farther from it where
η is large: by 30 % on `ellipse` at η = 0.1, where √L strays by 13 %.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from typing import Literal, NamedTuple

import numpy as np

from dynamics.measures import Measures, inverse_stableness, measure
from dynamics.simulate import Outcome, Run, pinpoint

TOLERANCE = 0.2
LASTING = 12
LEAST = 6


class Phase(NamedTuple):
    """A phase lasts to the first step of the next one, or to the end of the run."""

    name: Literal["descent", "alignment", "edge"]
    first: int
    """The step at which it begins."""


def phases(run: Run, measures: Measures) -> tuple[Phase, ...]:
    """The phases of a run in order; the first begins at step 0, and none is without a step. A rule
    without a limiting flow has no phases.

    Alignment begins at the first step with S_t ≥ 1 from which S_t ≥ 1/1.2 for twelve steps, the
    edge at the first from which the law of √L holds within 20 % for twelve steps. (Fewer will do at
    the end of the run, but for six at least.) Both are sought on the recorded rows, and found
    exactly between them. A run that stands still only descends.
    """
    if run.rule.drift is None:
        return ()
    if run.outcome in (Outcome.AT_MINIMISER, Outcome.STATIONARY):
        return (Phase("descent", 0),)

    def inverse(part: Run) -> np.ndarray:
        return inverse_recorded(measures) if part is run else inverse_stableness(part)

    def law(part: Run) -> np.ndarray:
        return (measures if part is run else measure(part)).sqrt_loss_pair

    inside = pinpoint(run, lambda part: _enters(inverse(part)), LASTING)
    edge = pinpoint(run, lambda part: _arrives(law(part)), LASTING)
    return _in_order(inside, edge)


def inverse_recorded(measures: Measures) -> np.ndarray:
    """1/S_t of each row, [t], from its measures."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return measures.threshold / (2 * measures.sharpness)


def _in_order(inside: int | None, edge: int | None) -> tuple[Phase, ...]:
    """To leading order the edge lies in I₁, so where it comes first there is no alignment."""
    found = [Phase("descent", 0)]
    if inside is not None and (edge is None or inside < edge):
        found.append(Phase("alignment", inside))
    if edge is not None:
        found.append(Phase("edge", edge))
    ends = [phase.first for phase in found[1:]] + [None]
    return tuple(phase for phase, end in zip(found, ends, strict=True) if phase.first != end)


def _enters(inverse: np.ndarray) -> int | None:
    """The row from which S ≥ 1, from 1/S [t]."""
    return first_lasting((inverse > 0) & (inverse <= 1 + TOLERANCE), inverse <= 1)


def _arrives(law: np.ndarray) -> int | None:
    """The row from which the law of √L holds, from the ratio to its value at the edge, [t]."""
    near = np.abs(law - 1) <= TOLERANCE
    return first_lasting(near, near)


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
