"""The invariant sets of the quadratic warm-up, along any run.

Both NGD and GD on √L become x̃ ← x̃ − A x̃/‖x̃‖ on ½xᵀAx, and the same near Γ up to O(η), with A the
Hessian at Φ(x_t). Its iterates enter, one after another, and never leave

    I_j = {R_j ≤ 0},   R_j = √(Σ_{i≥j} ⟨v_i, x̃⟩²) − λ_j      [ALP22, section 3 and Phase I]

Inside all of them, where ‖x̃_t‖ ≤ λ₁/2, |⟨v₁, x̃⟩| grows every other step, so x̃ turns towards v₁.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745, where R_j is η times the one here.
"""

from typing import NamedTuple

import numpy as np

from dynamics.measures import Measures, measure
from dynamics.phases import LASTING, TOLERANCE, first_lasting
from dynamics.simulate import Run, pinpoint


class InvariantSets(NamedTuple):
    """R_j of each row and whether it lies in I_j, j = 1 … codim, [t, codim] each."""

    distance: np.ndarray
    """R_j, in units of λ: negative inside; NaN for rules without a bounce."""
    inside: np.ndarray
    """R_j ≤ 0."""


def invariant_sets(measures: Measures) -> InvariantSets:
    """Where x̃_t lies with respect to I_1, …, I_codim."""
    squares = np.square(measures.components)[:, ::-1]
    distance = np.sqrt(np.cumsum(squares, axis=1))[:, ::-1] - measures.spectrum
    return InvariantSets(distance, distance <= 0)


def held_from(run: Run, measures: Measures) -> tuple[int | None, ...]:
    """For each I_j the first step inside from which it is held for twelve, [codim]; None if never.

    Held means R_j ≤ 0.2 λ_j, since on a valley the sets are invariant only up to O(η). (Fewer than
    twelve steps will do at the end of the run, but six at least.) Sought on the recorded rows, and
    found exactly between them.
    """

    def enters(part: Run, j: int) -> int | None:
        found = measures if part is run else measure(part)
        distance = invariant_sets(found).distance[:, j]
        return first_lasting(distance <= TOLERANCE * found.spectrum[:, j], distance <= 0)

    return tuple(
        pinpoint(run, lambda part, j=j: enters(part, j), LASTING) for j in range(run.loss.codim)
    )
