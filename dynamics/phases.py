"""The phases of a run, found from the laws and never written by hand."""

import numpy as np

TOLERANCE = 0.1
LASTING = 12


def edge_step(step: np.ndarray, stableness_pair: np.ndarray) -> int | None:
    """The step at which the edge of stability begins, or None.

    The first recorded step from which 1/S_t + 1/S_{t+1} stays within 10 % of 1 for twelve rows, or
    to the end of the run if that comes sooner (but for three rows at least).

    Args:
        step: t, [t].
        stableness_pair: 1/S_t + 1/S_{t+1}, [t].
    """
    near = np.abs(stableness_pair - 1) <= TOLERANCE
    if len(near) < 3:
        return None
    ahead = np.append(near, np.ones(LASTING, bool))
    windows = np.lib.stride_tricks.sliding_window_view(ahead, LASTING)
    found = np.flatnonzero(np.all(windows[: len(near) - 2], axis=1))
    return int(step[found[0]]) if found.size else None
