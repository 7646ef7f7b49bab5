"""What of a loss is drawn whatever the run: L on a grid of a view, Γ, and λ₁ on both."""

from typing import NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import at_once, quickly
from dynamics.curvature import sharpness
from dynamics.manifold import Trace, beside_flattest, drift_line, flattest_points, trace_manifold
from dynamics.projection import descent, projection
from dynamics.types import Array, Loss, Rule

GRID = 141
DESCENT_POINTS = 160

View: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
"""((low, high) of the first coordinate, (low, high) of the second)."""


class Valley(NamedTuple):
    """Γ as curves: its branches, the flattest points [m, d], and a range of λ₁ for its colours."""

    curves: tuple[Trace, ...]
    flattest: np.ndarray
    sharpness_range: tuple[float, float]


class Terrain(NamedTuple):
    """A landscape's arrays: grid lines [i] and [j], L on the grid [j, i], the stretches of Γ in
    it, the range of λ₁ on Γ that its colours span, and the flattest points [m, 2]."""

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    curves: tuple[Trace, ...]
    sharpness_range: tuple[float, float]
    flattest: np.ndarray


class Heights(NamedTuple):
    """√L, or z of a surface, and λ₁(∇²L) on a grid that fills a view, [j, i] each."""

    root: np.ndarray
    sharpness: np.ndarray


def terrain(loss: Loss, view: View, valley: Valley) -> Terrain:
    """L of two parameters on a grid half a view wider on each side, and Γ there."""
    wider = _wider(view[0]), _wider(view[1])
    x, y = (np.linspace(*side, GRID) for side in wider)
    values = np.asarray(_on_grid(loss, np.stack(np.meshgrid(x, y), axis=-1)))
    pieces = [piece for curve in valley.curves for piece in stretches(curve, wider)]
    return Terrain(x, y, values, tuple(pieces), valley.sharpness_range, valley.flattest)


def whole_valley(loss: Loss) -> Valley:
    """Γ whatever the view; the range is that of λ₁ on Γ in the loss's own view."""
    curves = trace_manifold(loss)
    inside = [curve.sharpness[_within(curve.x, loss.view)] for curve in curves]
    seen = np.concatenate([np.empty(0), *inside])
    bounds = (float(seen.min()), float(seen.max())) if seen.size else (1.0, 1.0)
    return Valley(curves, flattest_points(loss), bounds)


def is_drawn_from_start(loss: Loss) -> bool:
    """Whether what is drawn of Γ depends on the start: there is Γ, but not as curves in a plane."""
    return loss.codim < loss.d and not (loss.branches and loss.d == 2)


def way_as_valley(loss: Loss, line: Trace | None) -> Valley:
    """The way of a drift in place of all of Γ; nothing where there is none."""
    if line is None:
        return Valley((), np.empty((0, loss.d)), (1.0, 1.0))
    bounds = float(line.sharpness.min()), float(line.sharpness.max())
    return Valley((line,), line.x[[np.argmin(line.sharpness)]], bounds)


def drift_line_from(loss: Loss, start: Array) -> Trace | None:
    """The way of the drift along Γ from a start [d]; None where gradient flow does not reach Γ."""
    return drift_line_through(loss, foot_of(loss, start))


def drift_line_through(loss: Loss, foot: np.ndarray) -> Trace | None:
    """The way of the drift along Γ from Φ(start) [d]; None where that is no number."""
    return drift_line(loss, foot) if np.all(np.isfinite(foot)) else None


def descent_from(loss: Loss, start: Array) -> np.ndarray:
    """Gradient flow from a start [d] to Γ, [160, d]; the last is Φ(start)."""
    return np.asarray(_descent(loss, np.asarray(start, dtype=float)))


def foot_of(loss: Loss, start: Array) -> np.ndarray:
    """Φ(start), [d]; NaN where gradient flow does not reach Γ.

    Where the loss does not know it, by the program that draws the descent: compiling a solver takes
    as long as a thousand descents.
    """
    if loss.projection:
        return np.asarray(_projection(loss, np.asarray(start, dtype=float)))
    return descent_from(loss, start)[-1]


def start_beside_flattest(
    loss: Loss, rule: Rule, eta: float, valley: Valley, near: Array
) -> np.ndarray | None:
    """The start [d] half a bounce beside the flattest point nearest to a point [d]; None where
    there is none, or the loss is not smooth there."""
    if not len(valley.flattest):
        return None
    away = np.linalg.norm(valley.flattest - np.asarray(near), axis=1)
    point = beside_flattest(loss, rule, valley.flattest[np.argmin(away)], eta)
    inside = loss.domain is None or bool(loss.domain.inside(point))
    return point if inside else None


def heights(loss: Loss, view: View) -> Heights:
    """√L and λ₁ of a loss of two parameters over a view."""
    x, y = (np.linspace(*side, GRID) for side in view)
    values, sharp = _loss_and_sharpness(loss, np.stack(np.meshgrid(x, y), axis=-1))
    return Heights(np.sqrt(np.asarray(values)), np.asarray(sharp))


def sheet(loss: Loss) -> Heights | None:
    """Γ as a surface over the first two coordinates in the loss's view, and λ₁ on it; None where
    it is no surface."""
    if loss.surface is None:
        return None
    x, y = (np.linspace(*side, GRID) for side in loss.view[:2])
    z, sharp = _on_surface(loss, np.stack(np.meshgrid(x, y), axis=-1))
    return Heights(np.asarray(z), np.asarray(sharp))


def stretches(curve: Trace, view: View) -> list[Trace]:
    """The stretches of a branch that cross a view, however close that looks."""
    low, high = np.array(view).T
    before, after = curve.x[:-1], curve.x[1:]
    meets = (np.maximum(before, after) >= low) & (np.minimum(before, after) <= high)
    chords = np.flatnonzero(np.all(meets, axis=1))
    ends = [slice(run[0], run[-1] + 2) for run in _runs_of(chords)]
    return [Trace(curve.x[end], curve.sharpness[end]) for end in ends]


def stretches_within(curve: Trace, view: tuple[tuple[float, float], ...]) -> list[np.ndarray]:
    """The points of a branch that lie in a view, a stretch at a time, [n, d] each."""
    return [curve.x[run] for run in _runs_of(np.flatnonzero(_within(curve.x, view)))]


def _within(x: np.ndarray, view: tuple[tuple[float, float], ...]) -> np.ndarray:
    low, high = np.array(view).T
    return np.all((x >= low) & (x <= high), axis=1)


def _runs_of(rows: np.ndarray) -> list[np.ndarray]:
    """Rows in ascending order, cut where one is left out."""
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    return [run for run in runs if run.size]


def _wider(side: tuple[float, float]) -> tuple[float, float]:
    margin = 0.5 * (side[1] - side[0])
    return side[0] - margin, side[1] + margin


@at_once
def _projection(loss: Loss, x: Array) -> Array:
    return projection(loss, x)


@at_once
def _descent(loss: Loss, start: Array) -> Array:
    return descent(loss, start, DESCENT_POINTS)


@quickly
def _on_grid(loss: Loss, grid: Array) -> Array:
    return jax.vmap(jax.vmap(loss.value))(grid)


@quickly
def _loss_and_sharpness(loss: Loss, grid: Array) -> tuple[Array, Array]:
    return jax.vmap(jax.vmap(lambda x: (loss.value(x), sharpness(loss, x))))(grid)


@quickly
def _on_surface(loss: Loss, grid: Array) -> tuple[Array, Array]:
    surface = loss.surface
    assert surface is not None

    def at(point: Array) -> tuple[Array, Array]:
        z = surface(*point)
        return z, sharpness(loss, jnp.append(point, z))

    return jax.vmap(jax.vmap(at))(grid)
