"""Why the columns of a run that are measured from Γ have no numbers, where they have none.

The theorem asks that gradient flow from the start ends on Γ, where L = 0, and that L is smooth near
Γ with ∇²L of rank `codim` there [ALP22, section 4]. Where that does not hold nothing is measured: Φ
is NaN, or, where Φ is a point, the flow from it.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from enum import Enum

import numpy as np

from dynamics.measures import Measures
from dynamics.simulate import Run
from dynamics.terrain import descent_from


class Broken(Enum):
    """An assumption that does not hold, as a sentence."""

    NO_MINIMUM = "L has no least value, so there is no Γ, no Φ to measure from and no prediction."

    NO_END = (
        "Gradient flow from the start does not end on Γ, where L = 0: there is no Φ to measure "
        "from, and no prediction."
    )
    NOT_SMOOTH = (
        "On Γ, L has a kink or ∇²L has not the rank that the theorem asks for: there is no Φ to "
        "measure from, and no prediction."
    )
    NO_FLOW = "No theorem here: nothing says where this rule goes, so there is no prediction."
    FLOW_ENDS = "The theorem's flow ends on the way, so the prediction does too."


def broken(run: Run, measures: Measures) -> Broken | None:
    """The first assumption that a run shows not to hold; None where there are numbers for all."""
    if np.isnan(run.loss.minimum):
        return Broken.NO_MINIMUM
    if not np.isfinite(measures.projection_sharpness[0]):
        return Broken.NOT_SMOOTH if _arrives(run) else Broken.NO_END
    if run.rule.step is not None and run.rule.flow is None:
        return Broken.NO_FLOW
    return Broken.FLOW_ENDS if run.rule.drifts and np.isnan(measures.flow[-1]).any() else None


def _arrives(run: Run) -> bool:
    """Whether gradient flow from the start comes near a place where L = 0."""
    return bool(np.isfinite(descent_from(run.loss, run.start)[-2]).all())
