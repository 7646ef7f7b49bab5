"""Γ of a formula of two variables as curves: followed by continuation, piece by piece.

Γ = {∇L = 0, L = min L} where ∇²L has rank 1. From a point of it a step along the tangent, the null
vector of ∇²L, and Newton's method across the valley lead to the next [AG90]: short steps where the
tangent turns, and none that leaves Γ. A piece ends where it leaves the window, where it is back at
its first point, or where the rank changes and there is no next. Then it is drawn anew at equal arc
lengths, each point on Γ to rounding, with the cubics between that its tangents give.

[AG90] Allgower and Georg, Numerical Continuation Methods, 1990.
"""

from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from dynamics.expressions import Expression
from dynamics.jets import jet
from dynamics.minima import onto_floor
from dynamics.types import Array, Branch, Theta

PIECES = 8
NODES = 1025
SEEDS = 20  # a side of the grid of points that are let fall onto Γ
LARGEST_TURN = 0.2  # radians that a step turns by at most
FIRST_STEP, LONGEST_STEP, LEAST_STEP = 0.005, 0.04, 1e-6  # of the width of the window
MOST_STEPS = 1500
CLOSE = 0.75  # of the distance of two nodes: a seed so near a piece is on it
LANDING_STEPS = 2

Window = tuple[tuple[float, float], ...]


class Piece(NamedTuple):
    """A connected piece of Γ in a window.

    Attributes:
        x: nodes at equal arc lengths, [m, 2]; the last is the first where it is closed.
        tangents: unit tangents there, [m, 2].
        sharpness: λ₁ there, [m].
        length: of the piece.
        closed: whether it is.
    """

    x: np.ndarray
    tangents: np.ndarray
    sharpness: np.ndarray
    length: float
    closed: bool

    @property
    def nodes(self) -> np.ndarray:
        """As `Curve` takes them: nodes, and tangents times the distance of two, [2, m, 2]."""
        return np.stack([self.x, self.tangents * self.length / (NODES - 1)])


@dataclass(frozen=True)
class Curve:
    """A piece as a function of (s in [0, 1], theta), whose nodes are in `theta` by its name."""

    name: str

    def __call__(self, s: Array, theta: Theta) -> Array:
        x, tangents = jnp.asarray(theta[self.name])
        along = s * (NODES - 1)
        i = jnp.clip(jnp.floor(along).astype(int), 0, NODES - 2)
        u = along - i
        low, high = (1 + 2 * u) * (1 - u) ** 2, u**2 * (3 - 2 * u)
        lean = u * (1 - u) * ((1 - u) * tangents[i] - u * tangents[i + 1])
        return low * x[i] + high * x[i + 1] + lean


def branches_of(pieces: tuple[Piece, ...]) -> tuple[tuple[Branch, ...], dict[str, np.ndarray]]:
    """Pieces as branches of a record, and what these have in `theta`."""
    names = [f"_piece_{k}" for k in range(len(pieces))]
    nodes = {name: piece.nodes for name, piece in zip(names, pieces, strict=True)}
    return tuple(Branch(Curve(name), 0.0, 1.0) for name in names), nodes


def trace(
    tree: Expression, theta: Theta, height: float, view: Window, window: Window, near: np.ndarray
) -> tuple[Piece, ...]:
    """The pieces of Γ in a window that come into a view, longest first.

    Args:
        height: L on Γ is at most that.
        near: points of Γ that are known, [n, 2].
    """
    on = _Floor(tree, theta, height, window)
    seeds = np.concatenate([near[on.holds(near)], on.land(_grid(view))])
    pieces: list[Piece] = []
    while len(seeds) and len(pieces) < PIECES:
        piece = _piece(on, seeds[0])
        seeds = seeds[1:]
        if piece is not None:
            pieces.append(piece)
            seeds = seeds[_away(seeds, piece)]
    return tuple(sorted(pieces, key=lambda piece: -piece.length))


def loses_rank(piece: Piece) -> bool:
    """Whether λ₁ comes down to 0 between the ends of a piece: there √λ₁ has a kink."""
    root = np.sqrt(np.maximum(piece.sharpness, 0.0))
    before, here, after = root[:-2], root[1:-1], root[2:]
    lowest = (here <= before) & (here <= after)
    return bool(np.any(lowest & (before + after - 2 * here > 0.25 * (before + after))))


@dataclass(frozen=True)
class _Floor:
    """What it takes to land on Γ."""

    tree: Expression
    theta: Theta
    height: float
    window: Window

    @property
    def width(self) -> float:
        return float(np.max(np.ptp(self.window, axis=1)))

    def holds(self, x: np.ndarray) -> np.ndarray:
        """Which of points [n, 2] lie in the window."""
        low, high = np.array(self.window).T
        return np.all((x >= low) & (x <= high), axis=1)

    def land(self, x: np.ndarray) -> np.ndarray:
        """Those of points [n, 2] that fall onto Γ in the window, landed there."""
        x, here = onto_floor(self.tree, self.theta, x, 1, steps=12)
        steep = np.linalg.norm(here.gradient, axis=1)
        sharp = np.linalg.norm(here.hessian, axis=(1, 2))
        on = (here.value <= self.height) & (steep <= 1e-7 * sharp * self.width) & (sharp > 0)
        return x[on & self.holds(x)]

    def next(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
        """The point of Γ beside x [2], the tangent there, and λ₁; None where there is none."""
        landed, here = onto_floor(self.tree, self.theta, x[None], 1, steps=LANDING_STEPS)
        if not (here.value[0] <= self.height and np.isfinite(here.hessian).all()):
            return None
        values, vectors = np.linalg.eigh(here.hessian[0])
        return landed[0], vectors[:, 0], float(values[1])


def _grid(view: Window) -> np.ndarray:
    x, y = (np.linspace(*side, SEEDS) for side in view)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _piece(on: _Floor, seed: np.ndarray) -> Piece | None:
    """The piece through a point of Γ; None where it is a point alone."""
    first = on.next(seed)
    if first is None:
        return None
    ahead, closed = _walk(on, first[0], first[1])
    if not closed:
        behind, _ = _walk(on, first[0], -first[1])
        ahead = [(x, -t) for x, t in reversed(behind[1:])] + ahead
    if len(ahead) < 3:
        return None
    x, tangents = (np.array(column) for column in zip(*ahead, strict=True))
    return _evenly(on, x, tangents, closed)


def _walk(
    on: _Floor, x: np.ndarray, tangent: np.ndarray
) -> tuple[list[tuple[np.ndarray, np.ndarray]], bool]:
    """Points and tangents from x on, and whether the way is closed."""
    walked = [(x, tangent)]
    home, heading = x, tangent
    step, longest, least = (share * on.width for share in (FIRST_STEP, LONGEST_STEP, LEAST_STEP))
    for _ in range(MOST_STEPS):
        found = _step(on, x, tangent, step)
        if found is None:
            step *= 0.5
            if step < least:
                return walked, False
            continue
        passed = (x - home) @ heading < 0 <= (found[0] - home) @ heading
        if passed and np.linalg.norm(found[0] - home) <= 2 * step and len(walked) > 3:
            return [*walked, (home, heading)], True
        x, tangent = found
        walked.append(found)
        if not on.holds(x[None])[0]:
            return walked, False
        step = min(1.4 * step, longest)
    return walked, False


def _step(
    on: _Floor, x: np.ndarray, tangent: np.ndarray, step: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """The next point of Γ and the tangent there; None where the step is too long for that."""
    found = on.next(x + step * tangent)
    if found is None:
        return None
    there, along, _ = found
    along = along if along @ tangent >= 0 else -along
    chord = there - x
    length = np.linalg.norm(chord)
    straight = np.cos(LARGEST_TURN)
    fits = 0.5 * step < length < 1.5 * step and along @ tangent > straight
    return (there, along) if fits and chord @ tangent > straight * length else None


def _evenly(on: _Floor, x: np.ndarray, tangents: np.ndarray, closed: bool) -> Piece:
    """A way at equal arc lengths: by cubics through its points, then landed."""
    chords = np.linalg.norm(np.diff(x, axis=0), axis=1)
    turns = np.linalg.norm(np.diff(tangents, axis=0), axis=1)
    s = np.append(0.0, np.cumsum(chords * (1 + turns**2 / 24)))  # an arc of a circle
    at = np.linspace(0.0, s[-1], NODES)
    i = np.clip(np.searchsorted(s, at, side="right") - 1, 0, len(s) - 2)
    h = (s[i + 1] - s[i])[:, None]
    u = ((at - s[i])[:, None]) / h
    low, high = (1 + 2 * u) * (1 - u) ** 2, u**2 * (3 - 2 * u)
    lean = h * u * (1 - u) * ((1 - u) * tangents[i] - u * tangents[i + 1])
    guess = low * x[i] + high * x[i + 1] + lean
    nodes = onto_floor(on.tree, on.theta, guess, 1, steps=2)[0]
    if closed:
        nodes[-1] = nodes[0]
    values, vectors = np.linalg.eigh(jet(on.tree, nodes, on.theta).hessian)
    along = vectors[:, :, 0]
    way = np.gradient(nodes, axis=0)
    along = np.where((np.sum(along * way, axis=1) >= 0)[:, None], along, -along)
    if closed:
        along[-1] = along[0] = np.where(along[0] @ along[1] >= 0, along[0], -along[0])
    return Piece(nodes, along, values[:, 1], float(s[-1]), closed)


def _away(seeds: np.ndarray, piece: Piece) -> np.ndarray:
    """Which of points [n, 2] are not on a piece."""
    spacing = piece.length / (NODES - 1)
    apart = np.linalg.norm(seeds[:, None] - piece.x[None], axis=2).min(axis=1)
    return apart > CLOSE * spacing
