"""The plane in which a run of more than two parameters is shown: across the valley and along it.

It goes through Φ(x_t). `across` is v₁ there; `along` is the tangent of the drift line, made
orthogonal to v₁. The tangent, not P⊥∇λ₁ at Φ(x_t) itself: that vanishes at the flattest point and
turns round as Φ(x_t) wavers about it, where the line goes on.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import at_once, quickly
from dynamics.curvature import eigenvectors, sharpness
from dynamics.manifold import Trace, flattest_on, lengths_along
from dynamics.measures import Measures
from dynamics.simulate import Run
from dynamics.terrain import View
from dynamics.types import Array, Loss

LEAST_ANGLE = 1e-6
GRID = 121
SEEN = 100  # rows that tell what of a section is worth seeing
FAR = 1.05  # times as far from Γ as at the start, a run that leaves is no longer followed


class Section(NamedTuple):
    """A plane in the space of parameters, [d] each; `along` and `across` are orthonormal."""

    center: np.ndarray
    along: np.ndarray
    across: np.ndarray


class Cut(NamedTuple):
    """A section at a step of a run, and √L and λ₁(∇²L) on a grid of it, [j, i] each."""

    at: int
    """The recorded step."""
    origin: float
    """The first coordinate of Φ(x_t): length along Γ from its flattest point."""
    section: Section
    whole: View
    """Coordinates that hold all that is worth seeing."""
    view: View
    """Those of the grid."""
    root: np.ndarray
    sharpness: np.ndarray | None
    """Where it was asked for."""


def cut(
    run: Run,
    measures: Measures,
    line: Trace | None,
    at: int,
    *,
    whole: View,
    view: View | None = None,
    sharp: bool = False,
) -> Cut:
    """The section of a run at a step, of a loss of more than two parameters.

    Args:
        line: the drift line of the run; None where there is none.
        whole: as `worth_seeing` has it.
        view: of the grid; `whole` where it is None.
        sharp: with λ₁, which takes longer.
    """
    row = int(np.searchsorted(run.step, at, side="right")) - 1
    place, origin = _section_at(run, measures, line, row)
    a, b = (np.linspace(*side, GRID) for side in view or whole)
    loss, flat = heights(run.loss, place, a - origin, b, sharp=sharp)
    return Cut(int(run.step[row]), origin, place, whole, view or whole, np.sqrt(loss), flat)


def worth_seeing(run: Run, measures: Measures, line: Trace | None) -> View:
    """What holds, in the first section, the start, the way of Φ(x_t) and of the flow, and the
    widest bounce."""
    place, origin = _section_at(run, measures, line, 0)
    rows = np.unique(np.linspace(0, len(run.step) - 1, SEEN).astype(int))
    a, b = coordinates(place, run.x[rows])
    near = np.abs(b) <= FAR * max(abs(b[0]), _width(b, measures.bounce[rows]))
    arcs = [
        arc_from_flattest(line, point)
        for column in (measures.projection, measures.flow)
        for point in column[rows]
        if line is not None and np.all(np.isfinite(point))
    ]
    ends = np.concatenate([origin + a[near], np.array(arcs)])
    half = 1.2 * max(np.max(np.abs(b[near]), initial=0.0), 1e-6)
    low, high = float(ends.min(initial=np.inf)), float(ends.max(initial=-np.inf))
    margin = max(0.1 * (high - low), 0.25 * half)
    return (low - margin, high + margin), (-half, half)


def _width(across: np.ndarray, bounce: np.ndarray) -> float:
    """The widest bounce; without a law of it, what three of four iterates keep to, [t] each."""
    if np.any(np.isfinite(bounce)):
        return np.nanmax(bounce)
    return np.nan_to_num(np.quantile(np.abs(across), 0.75))


def _section_at(
    run: Run, measures: Measures, line: Trace | None, row: int
) -> tuple[Section, float]:
    """The section at a row, or at the last one before it whose Φ is known, and its origin; where
    there is none, the plane of the first two coordinates."""
    known = np.flatnonzero(np.all(np.isfinite(measures.direction[: row + 1]), axis=1))
    if line is None or not known.size:
        along, across = np.eye(run.loss.d)[:2]
        return Section(run.x[row], along, across), 0.0
    row = known[-1]
    center = measures.projection[row]
    place = section(run.loss, line, center, measures.direction[row])
    return place, arc_from_flattest(line, center)


def section(loss: Loss, line: Trace, center: Array, toward: Array) -> Section:
    """The plane through a point of Γ.

    Args:
        line: the drift line of the run.
        center: Φ(x_t), [d].
        toward: v₁ there, [d], with the sign that `across` shall have.

    Where Γ is a point, or the line leads along v₁, `along` is v₂.
    """
    if len(line.x) > 1:
        along = _beside(_tangent(line, center), toward)
        if np.linalg.norm(along) > LEAST_ANGLE:
            return Section(center, along / np.linalg.norm(along), toward)
    # Of v₂ and v₁ what `toward` leaves more of: where λ₁ = λ₂ it may be any mixture of them.
    rest = max((_beside(v, toward) for v in _top_two(loss, center)), key=np.linalg.norm)
    return Section(center, rest / np.linalg.norm(rest), toward)


def _beside(v: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The part of v [d] that is orthogonal to a unit vector [d]."""
    return v - (v @ unit) * unit


def _tangent(line: Trace, point: Array) -> np.ndarray:
    """Unit tangent [d] of a line at its point nearest to another, continuous along the line."""
    chord, share = _nearest_chord(line, point)
    tangents = np.gradient(line.x[max(chord - 1, 0) : chord + 3], axis=0)
    first = min(chord, 1)
    tangent = (1 - share) * tangents[first] + share * tangents[first + 1]
    return tangent / np.linalg.norm(tangent)


def coordinates(section: Section, x: Array) -> tuple[np.ndarray, np.ndarray]:
    """Where points [n, d] are in the plane: along [n] and across [n], from its center."""
    away = x - section.center
    return away @ section.along, away @ section.across


def arc_from_flattest(line: Trace, point: Array) -> float:
    """Arc length on a line from its flattest point to that nearest to a point [d]."""
    arc = lengths_along(line.x)
    places = [_nearest_chord(line, p) for p in (flattest_on(line), point)]
    zero, there = (
        arc[k] + share * (arc[k + 1] - arc[k]) if len(arc) > 1 else 0.0 for k, share in places
    )
    return float(there - zero)


def heights(
    loss: Loss, section: Section, along: Array, across: Array, *, sharp: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """L, and λ₁(∇²L) if asked, on the grid of coordinates `along` [i] and `across` [j]: [j, i]."""
    found = _on_grid(loss, section, along, across, sharp)
    value, flat = (None if part is None else np.asarray(part) for part in found)
    assert value is not None
    return value, flat


def _nearest_chord(line: Trace, point: Array) -> tuple[int, float]:
    """The chord of a line on which its point nearest to another lies, and the share of it there."""
    if len(line.x) == 1:
        return 0, 0.0
    chords = np.diff(line.x, axis=0)
    away = point - line.x[:-1]
    length = np.maximum(np.sum(chords**2, axis=1), 1e-300)
    share = np.clip(np.sum(away * chords, axis=1) / length, 0.0, 1.0)
    chord = int(np.argmin(np.sum((away - share[:, None] * chords) ** 2, axis=1)))
    return chord, float(share[chord])


@at_once
def _eigenvectors(loss: Loss, x: Array) -> Array:
    return eigenvectors(loss, x)


def _top_two(loss: Loss, x: Array) -> np.ndarray:
    """v₂ and v₁, as rows [2, d]."""
    return np.asarray(_eigenvectors(loss, x)).T[-2:]


@partial(quickly, static_argnames=("sharp",))
def _on_grid(loss: Loss, section: Section, along: Array, across: Array, sharp: bool):
    place = jax.tree.map(jnp.asarray, section)
    points = (
        place.center + along[None, :, None] * place.along + across[:, None, None] * place.across
    )
    each = jax.vmap(jax.vmap(loss.value))(points)
    return each, jax.vmap(jax.vmap(partial(sharpness, loss)))(points) if sharp else None
