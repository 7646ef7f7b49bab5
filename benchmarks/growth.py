"""How cost grows: with the number of parameters, of steps and of runs. No limits, only numbers."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from benchmarks.clock import best_in_turn
from benchmarks.row import Figures, Row
from dynamics import Loss, measure, simulate, sweep

DIMENSIONS = (2, 3, 5, 10, 20, 50, 100)
STEPS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
RUNS = (1, 10, 100, 1_000, 10_000, 100_000)

STEPS_OF_A_RUN = 10_000
MEASURED = 500
STEPS_OF_A_SWEEP = 2_000
FEW = 3
MANY = 15


def many_walls(d: int) -> Loss:
    """½ (1 + x₁²) x₂² and, beside it, flat valleys of the other coordinates: Φ and the flow by the
    solver, as for a loss of which nothing is known."""
    flat = jnp.linspace(0.1, 0.6, max(d - 2, 1))[: d - 2]

    def value(x):
        return 0.5 * ((1 + x[0] ** 2) * x[1] ** 2 + jnp.sum(flat * x[2:] ** 2))

    return Loss(f"walls-{d}", value, (1.4, 0.8, *[0.3] * (d - 2)), codim=d - 1)


def with_parameters() -> Figures:
    """A step, and a row of all measures."""
    figures = {}
    for d in DIMENSIONS:
        loss = many_walls(d)

        def steps(loss: Loss = loss) -> Any:
            return simulate(loss, "ngd", None, 0.01, STEPS_OF_A_RUN)

        run = simulate(loss, "ngd", None, 0.05, MEASURED)
        walk, rows = best_in_turn(steps, lambda run=run: measure(run), rounds=FEW)
        figures[f"ns a step, d = {d}"] = 1e9 * walk / STEPS_OF_A_RUN
        figures[f"µs a measured row, d = {d}"] = 1e6 * rows / len(run.step)
    return figures


def with_steps() -> Figures:
    """A run of `parabolic-valley`, its overview recorded."""
    makers: list[Callable[[], Any]] = [
        lambda n=n: simulate("parabolic-valley", "ngd", (1.8, 1.1), 1e-3, n) for n in STEPS
    ]
    found = best_in_turn(*makers, rounds=FEW)
    return {f"ms for {n:,} steps": 1e3 * best for n, best in zip(STEPS, found, strict=True)}


def with_runs() -> Figures:
    """A sweep of 2,000 steps each, and what becomes of the runs."""
    figures = {}
    for n in RUNS:
        starts = np.linspace((0.5, 0.4), (2.0, 1.2), n)
        etas = np.linspace(0.01, 0.2, n)

        def many(starts=starts, etas=etas) -> Any:
            return sweep("parabolic-valley", "ngd", starts, etas, STEPS_OF_A_SWEEP)

        (best,) = best_in_turn(many, rounds=FEW if n > RUNS[-2] else MANY)
        figures[f"ms for {n:,} runs"] = 1e3 * best
    return figures


ROWS = (
    Row("growth-d", "cost as d grows, nothing known in closed form", (), with_parameters),
    Row("growth-steps", "cost as the steps of one run grow", (), with_steps),
    Row("growth-runs", "cost as the runs of a sweep grow", (), with_runs),
)
