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

from dynamics.compilation import quickly
from dynamics.curvature import eigenvectors, sharpness
from dynamics.manifold import Trace, flattest_on, lengths_along
from dynamics.types import Array, Loss

LEAST_ANGLE = 1e-6


class Section(NamedTuple):
    """A plane in the space of parameters, [d] each; `along` and `across` are orthonormal."""

    center: np.ndarray
    along: np.ndarray
    across: np.ndarray


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


@quickly
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
