"""Whether it is rounding that decides where a run goes.

Two programs that both round in the last of sixteen digits differ as two runs do whose starts differ
there. Where such a difference has grown a billionfold, what is shown is one of many runs that are
all as right: on the way off an unstable direction, in chaos, on a wall that is the floor.
"""

import numpy as np

from dynamics.simulate import Run, simulate

MOVED = 1e-15
PARTED = 1e-6
MOST_STEPS = 100_000


def parted_from(run: Run) -> int | None:
    """The first recorded step at which a run from a start moved by 1e-15 is 1e-6 away, in sizes of
    the iterate or, where that is smaller, 1; None where there is none.

    Not asked of runs of more than 100,000 steps, nor of gradient flow: None.
    """
    if run.rule.step is None or run.steps > MOST_STEPS:
        return None
    size = np.maximum(np.abs(run.x).max(axis=1), 1.0)
    aslant = np.cos(1.0 + np.arange(run.loss.d))
    start = run.start + MOVED * size[0] * np.sign(aslant)
    first, eta = run.pieces[0] if run.pieces else run, run.schedule or run.eta
    other = simulate(
        run.loss, first.rule, start, eta, run.steps,
        noise=first.noise, seed=run.seed, forks=run.forks,
    )  # fmt: skip
    both = min(len(run.step), len(other.step))
    if not np.array_equal(run.step[:both], other.step[:both]):
        both = int(np.argmax(run.step[:both] != other.step[:both]))
    away = np.abs(run.x[:both] - other.x[:both]).max(axis=1)
    parted = np.flatnonzero(~(away <= PARTED * size[:both]))
    if parted.size:
        return int(run.step[parted[0]])
    return None if both == len(run.step) == len(other.step) else int(run.step[both - 1])
