"""Which flatness: rules side by side from one point, each along its own flow on its own clock.

At the bottom of a valley rules drift along Γ to where it is flat, and do not mean the same by it:
normalized GD, GD on √L, RMSProp and SAM go down λ₁, label noise down the trace of ∇²L, and weight
decay on a loss that does not change along rays down λ₁ over directions. Each has a clock of its own
(η²t, ηρ²t, ηwt), on which its flow takes the time that is asked for.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import quickly
from dynamics.curvature import hessian, sharpness
from dynamics.flows import limiting_flow
from dynamics.projection import projection
from dynamics.simulate import MAX_STEPS, simulate
from dynamics.terrain import foot_of, sheet, whole_valley
from dynamics.types import Array, Loss, Rule

POINTS = 101
DRAWS = 16  # runs of a rule that draws at random, of which the mean is told


class Way(NamedTuple):
    """Points of Γ and what their flatness is."""

    x: np.ndarray
    """[k, d]."""
    sharpness: np.ndarray
    """λ₁, [k]."""
    trace: np.ndarray
    """tr ∇²L, [k]."""


class Course(NamedTuple):
    """A rule and its flow, at equal shares of the time [k] from 0 to 1."""

    rule: str
    """Its key."""
    eta: float
    steps: int
    share: np.ndarray
    flow: Way
    run: Way
    """Φ of the iterates, in the mean over two steps and, of a rule that draws, over 16 runs; NaN
    where gradient flow does not reach Γ, and after the end of a run."""


class Floor(NamedTuple):
    """Γ in the loss's view: as curves, or as a surface over its first two coordinates with z,
    λ₁ and the trace on a grid, [j, i] each."""

    curves: tuple[Way, ...]
    sheet: tuple[np.ndarray, np.ndarray, np.ndarray] | None


def fits(loss: Loss, rule: Rule) -> bool:
    """Whether a rule has a flow along Γ of a loss; that of weight decay asks for one that does not
    change along rays."""
    if rule.flow is None or not rule.flow.on_manifold or loss.codim == loss.d:
        return False
    return rule.flow.clock != "ηwt" or is_scale_invariant(loss)


def is_scale_invariant(loss: Loss) -> bool:
    """Whether L does not change along the ray through the start, nor its slope but by the factor
    that follows."""
    x = np.asarray(loss.start)
    slope = _slope(loss, x)
    value, further = loss.value(x), loss.value(2 * x)
    flat = abs(float(slope @ x)) <= 1e-9 * float(np.linalg.norm(slope) * np.linalg.norm(x))
    return flat and bool(np.isclose(value, further, rtol=1e-9))


def course(
    loss: Loss,
    rule: Rule,
    start: Array,
    eta: float,
    time: float,
    *,
    seed: int = 0,
    most: int = MAX_STEPS,
    stop: Callable[[], bool] = lambda: False,
) -> Course | None:
    """A rule from a start to a time on its own clock; None where it was given up.

    Args:
        start: x_0, [d]; the flow begins where its own says.
        time: above 0.
        most: steps of a run, which ends there if it must.
        seed: of the first run of a rule that draws at random.
        stop: asked before each run.

    Raises:
        ValueError: the rule has no flow along Γ of the loss.
    """
    if not fits(loss, rule):
        raise ValueError(f"{rule.name} has no flow along Γ of {loss.key}")
    flow = rule.flow_at(eta)
    assert flow is not None
    pace = float(flow.per_step(eta))
    steps = int(np.clip(round(steps_to(rule, eta, time)), 1, most))
    share = np.linspace(0.0, 1.0, POINTS)
    begin = flow.start(loss, np.asarray(start, dtype=float), foot_of(loss, start))
    x = np.asarray(limiting_flow(loss, rule, begin, share * steps * pace, eta))
    runs = []
    for draw in range(DRAWS if rule.seeded else 1):
        if stop():
            return None
        runs.append(_along_run(loss, rule, start, eta, steps, share, seed + draw))
    mean = Way(*(np.mean(column, axis=0) for column in zip(*runs, strict=True)))
    return Course(rule.key, eta, steps, share, _way(loss, x), mean)


def steps_to(rule: Rule, eta: float, time: float) -> float:
    """How many steps of a rule with a flow lead to a time on its own clock."""
    flow = rule.flow_at(eta)
    assert flow is not None
    return time / float(flow.per_step(eta))


def floor_of(loss: Loss) -> Floor:
    """Γ of a loss with its flatness, for a picture."""
    surface = sheet(loss)
    if surface is not None:
        grid = np.stack(
            np.meshgrid(*(np.linspace(*side, n) for side, n in _sides(loss, surface.root))), axis=-1
        )
        points = np.concatenate([grid, surface.root[..., None]], axis=-1)
        trace = np.asarray(_traces(loss, points.reshape(-1, loss.d))).reshape(surface.root.shape)
        return Floor((), (surface.root, surface.sharpness, trace))
    low, high = np.array(loss.view).T
    curves = []
    for curve in whole_valley(loss).curves:
        inside = np.all((curve.x >= low) & (curve.x <= high), axis=1)
        if inside.any():
            curves.append(_way(loss, curve.x[inside]))
    return Floor(tuple(curves), None)


def _sides(loss: Loss, grid: np.ndarray):
    rows, columns = grid.shape
    return (loss.view[0], columns), (loss.view[1], rows)


def _along_run(
    loss: Loss, rule: Rule, start: Array, eta: float, steps: int, share: np.ndarray, seed: int
) -> Way:
    """Φ and its flatness at shares of a run, in the mean over two steps."""
    run = simulate(loss, rule, start, eta, steps, seed=seed)
    first = np.flatnonzero(np.diff(run.step) == 1)
    wanted = share * max(steps - 1, 0)
    near = np.searchsorted(run.step[first], wanted).clip(0, len(first) - 1)
    rows = first[near]
    two = np.stack([run.x[rows], run.x[rows + 1]])
    found = _way(loss, np.asarray(_feet(loss, two.reshape(-1, loss.d))))
    known = wanted <= run.step[-1]
    return Way(
        *(
            np.where(
                known.reshape(-1, *[1] * (column.ndim - 1)),
                column.reshape(2, len(share), *column.shape[1:]).mean(axis=0),
                np.nan,
            )
            for column in found
        )
    )


def _way(loss: Loss, x: np.ndarray) -> Way:
    sharp, trace = _flatness(loss, x)
    return Way(np.asarray(x), np.asarray(sharp), np.asarray(trace))


def _trace(loss: Loss, x: Array) -> Array:
    return jnp.where(jnp.all(jnp.isnan(x)), jnp.nan, jnp.trace(hessian(loss, x)))


@quickly
def _slope(loss: Loss, x: Array) -> Array:
    return jax.grad(loss.value)(x)


@quickly
def _flatness(loss: Loss, x: Array) -> tuple[Array, Array]:
    """λ₁ and the trace at points [k, d]."""
    return jax.lax.map(lambda z: (sharpness(loss, z), _trace(loss, z)), x)


@quickly
def _traces(loss: Loss, x: Array) -> Array:
    return jax.lax.map(partial(_trace, loss), x)


@quickly
def _feet(loss: Loss, x: Array) -> Array:
    """Φ of points [k, d], one after another."""
    return jax.lax.map(partial(projection, loss), x)
