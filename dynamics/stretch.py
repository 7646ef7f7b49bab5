"""A stretch of a run at full resolution, measured so that it fits the run it is from."""

import numpy as np

from dynamics.ledgers import before_row
from dynamics.measures import Measures, measure, normals
from dynamics.simulate import MAX_STEPS, Run, window


def measured_stretch(run: Run, measures: Measures, first: int, count: int) -> tuple[Run, Measures]:
    """The steps first … first + count − 1 of a run as `window` has them, and their measures, with
    each v_i turned the way that it has at the row of the run before them, and its ledgers going on.

    Args:
        first, count: 0 or more and 1 or more; cut to what there is.
    """
    first = min(first, int(run.step[-1]))
    part = window(run, first, min(count, MAX_STEPS))
    row = int(np.searchsorted(run.step, first, side="right")) - 1
    many = run.loss.codim > 1
    toward = normals(run, measures, row) if many else measures.direction[row]
    seen = toward if np.all(np.isfinite(toward)) else None
    return part, measure(part, toward=seen, before=before_row(run, measures, row, first))
