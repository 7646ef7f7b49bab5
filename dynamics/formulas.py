"""A formula as a loss: `formula("½(1 − xy)²")` is run and measured like those of the catalogue.

Its least value is found and subtracted where it is not 0, and so is what is taken there: a valley
Γ of some codimension, or what stands against one, as a sentence of `Loss.remarks`. Two formulas of
one structure share every compiled program, whatever the numbers in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.continuation import Piece, Window, branches_of, loses_rank, trace
from dynamics.expressions import CONSTANTS, Expression, folded, in_jax, lifted
from dynamics.grammar import INPUTS, TARGETS, Formula, parse, residual_in
from dynamics.jets import jet
from dynamics.minima import VALLEYS, Kind, Minimum, find_minimum
from dynamics.sheets import Surface, find_sheet
from dynamics.spelling import FormulaError
from dynamics.types import Array, Conserved, Loss, Parameter, Scene, Theta
from dynamics.typeset import text_of

MINIMUM = "_minimum"
"""The name in `theta` of what is subtracted."""

KEY = "formula"
KEPT = 64  # formulas and structures

SEEN = 2.5  # points of a valley so far from the origin are looked at,
FARTHEST = 12.0  # and single minimisers
REACH = 2.0  # of a view where nothing is found
MARGIN = 0.3  # of a view, beside what it shows
NARROWEST = 0.4  # a side of a view, of the widest
LEAST_HALF = 1.0
AROUND_POINT = 2.0  # half a view of single minimisers, at least
BESIDE = 0.5  # where a start lies beside Γ, of half the view
SHARP = 0.8  # of the minimisers are flatter than that beside which the start lies
BOUNCE = 0.2  # η, of the way to Γ

POINTS = 32  # at which what is said to be conserved is looked at,
STILL = 1e-9  # and how much of its slope may lie along ∇L


@dataclass(frozen=True)
class Objective:
    """L as a function of (x [d], theta): a tree, and less its least value where that is not 0.

    Attributes:
        tree: the structure of the formula.
        shifted: whether something is subtracted; what rounding then leaves below 0 is cut off.
    """

    tree: Expression
    shifted: bool

    def __call__(self, x: Array, theta: Theta) -> Array:
        value = in_jax(self.tree, x, theta)
        return jnp.maximum(value - theta[MINIMUM], 0.0) if self.shifted else value


@dataclass(frozen=True)
class Slope:
    """∇L as a function of (x [d], theta), which knows nothing of the cut at 0."""

    tree: Expression

    def __call__(self, x: Array, theta: Theta) -> Array:
        return jax.grad(lambda z: in_jax(self.tree, z, theta))(jnp.asarray(x))


@dataclass(frozen=True)
class _Residual:
    """Model less target as a function of (x [d], theta), [m]."""

    tree: Expression

    def __call__(self, x: Array, theta: Theta) -> Array:
        return in_jax(self.tree, x, theta)


@dataclass(frozen=True)
class _Kept:
    """What gradient flow keeps as a function of (x [d], theta)."""

    tree: Expression

    def __call__(self, x: Array, theta: Theta) -> Array:
        return in_jax(self.tree, x, theta)


def _nowhere(x: Array, _: Theta) -> Array:
    """Φ where there is no Γ."""
    return jnp.full_like(x, jnp.nan)


def fitted(rows: Sequence[tuple[float, float]] | Array, model: str) -> Loss:
    """The loss of a model that is fitted to data, L = ½ mean (model − y)².

    Args:
        rows: of an input x and a target y each, [m, 2], up to 200.
        model: in x and up to eight coordinates of any other letter, "a tanh(b x) + c"; with its
            parameters after it, like a formula.

    Raises:
        FormulaError: as `formula` does.
    """
    return formula(with_data(model, rows))


def with_data(model: str, rows: Sequence[tuple[float, float]] | Array) -> str:
    """The text of a model and the data that it is fitted to, as `formula` takes it.

    Raises:
        ValueError: rows are not of two numbers each.
    """
    table = np.asarray(rows, dtype=float)
    if table.ndim != 2 or table.shape[1] != 2:
        raise ValueError(f"data must be rows of an input and a target, got {list(table.shape)}")
    inner = ", ".join(f"({x!r}, {y!r})" for x, y in table.tolist())
    return f"{model}; data = [{inner}]"


def formula(text: str, theta: Mapping[str, float] | None = None, *, conserved: str = "") -> Loss:
    """The loss that a formula is.

    Args:
        text: as `grammar.parse` reads it, "a x^2 + y^2; a = 0.5 in [0, 2]".
        theta: its parameters, where they are not as the text has them.
        conserved: what gradient flow keeps, "x^2 - y^2", where the text does not say so itself.

    Raises:
        FormulaError: the text is no formula; with the place and the reason. Or gradient flow does
            not keep what is said, or that is not quadratic: then a step does not change it by
            ½ sᵀ∇²c s, and what it does is not known.
        ValueError: there is no such parameter, or it may not be that.
    """
    if conserved:
        text = f"{text}; conserved = {conserved}"
    parsed = _parsed(text)
    given = {name: float(value) for name, value in (theta or {}).items() if name[0] != "_"}
    names = [p.name for p in parsed.parameters]
    if unknown := set(given) - set(names):
        known = ", ".join(names)
        has = f"has {known}" if known else "has none"
        raise ValueError(f"no parameter {sorted(unknown)[0]!r}: the formula {has}")
    values = {p.name: float(p.checked(given.get(p.name, p.default))) for p in parsed.parameters}
    return _loss(text, tuple(values.items()))


@lru_cache(maxsize=KEPT)
def _parsed(text: str) -> Formula:
    return parse(text)


@lru_cache(maxsize=KEPT)
def structure(tree: Expression) -> Expression:
    """The same object for trees of one structure, so that comparing two takes no time."""
    return tree


@lru_cache(maxsize=KEPT)
def _loss(text: str, values: tuple[tuple[str, float], ...]) -> Loss:
    parsed = _parsed(text)
    place = _place(text)
    own = values == _own(parsed)
    found = _found(text, values, None if own else place.view)
    minimum, tree = found.minimum, found.tree
    branches, nodes = branches_of(found.pieces)
    least = 0.0 if np.isnan(minimum.value) else minimum.value
    hidden = {CONSTANTS: found.theta[CONSTANTS], MINIMUM: np.float64(least), **nodes}
    hidden |= _columns(parsed)
    sheet = _sheet(found, place.view)
    hidden |= sheet or {}
    fits = bool(parsed.data) and not minimum.below
    return Loss(
        key=KEY,
        name="Your formula",
        value=None if fits else Objective(tree, minimum.below),  # type: ignore[arg-type]
        residual=_Residual(residual_in(tree)) if fits else None,
        weight=1 / len(parsed.data) if fits else 1.0,
        conserved=_conserved(parsed, found, place.view),
        gradient=Slope(tree) if minimum.below else None,
        branches=branches,
        surface=Surface(tree) if sheet else None,
        projection=None if minimum.kind in (*VALLEYS, Kind.ISOLATED) else _nowhere,
        formula=_shown(parsed),
        valley=_valley(minimum, parsed.d),
        look_for=minimum.kind.value,
        codim=minimum.rank,
        start=place.start,
        view=place.view,
        equal_axes=any(piece.closed for piece in found.pieces),
        horizon=place.horizon,
        opening=Scene(eta=place.eta),
        variables=parsed.variables,
        parameters=(*parsed.parameters, *(Parameter(name, hidden[name]) for name in hidden)),
        theta=dict(values),
        source=text,
        minimum=minimum.value,
        remarks=_remarks(minimum),
        remade=partial(formula, text),
    )


def _conserved(parsed: Formula, found: "_Found", view: Window) -> Conserved | None:
    """What the text says that gradient flow keeps.

    Raises:
        FormulaError: ⟨∇c, ∇L⟩ is not 0 at points of the view, or c is not quadratic.
    """
    if parsed.conserved is None:
        return None
    low, high = np.array(view).T
    x = np.random.default_rng(0).uniform(low, high, (POINTS, parsed.d))
    law, slope = jet(parsed.conserved, x, found.theta), jet(found.tree, x, found.theta).gradient
    across = np.einsum("ni,ni->n", law.gradient, slope)
    size = np.linalg.norm(law.gradient, axis=1) * np.linalg.norm(slope, axis=1)
    off = np.flatnonzero(~(np.abs(across) <= STILL * size) & np.isfinite(size))
    words = text_of(parsed._replace(tree=parsed.conserved, data=()))
    if len(off) or not np.isfinite(size).any():
        at = ", ".join(f"{number:.4g}" for number in x[off[0] if len(off) else 0])
        message = f"Gradient flow does not keep {words}: at ({at}) its slope has a part along ∇L."
        raise FormulaError(message, parsed.conserved_at, parsed.source)
    bend = law.hessian - law.hessian[0]
    if not np.all(np.abs(bend) <= STILL * np.abs(law.hessian).max()):
        message = f"{words} must be quadratic: of another it is not known what a step does to it."
        raise FormulaError(message, parsed.conserved_at, parsed.source)
    return Conserved(words, _Kept(parsed.conserved))


def _columns(parsed: Formula) -> dict[str, Array]:
    """The data of a model, by their names in `theta`."""
    if not parsed.data:
        return {}
    return dict(zip((INPUTS, TARGETS), np.array(parsed.data).T, strict=True))


def _own(parsed: Formula) -> tuple[tuple[str, float], ...]:
    """The parameters as the text has them."""
    return tuple((p.name, float(p.default)) for p in parsed.parameters)


class _Found(NamedTuple):
    """What is found of a formula with certain numbers."""

    tree: Expression
    theta: Theta
    minimum: Minimum
    pieces: tuple[Piece, ...]


@lru_cache(maxsize=KEPT)
def _found(text: str, values: tuple[tuple[str, float], ...], view: Window | None) -> _Found:
    """The least value of a formula and, in two dimensions, Γ as it comes into a view."""
    parsed = _parsed(text)
    tree, constants = lifted(folded(parsed.loss))
    tree = structure(tree)
    theta: Theta = {CONSTANTS: np.array(constants), **dict(values), **_columns(parsed)}
    minimum = find_minimum(tree, parsed.d, theta)
    view = view or _view(minimum)
    if not (parsed.d == 2 and minimum.rank == 1):
        return _Found(tree, theta, minimum, ())
    height = minimum.value + minimum.level
    pieces = trace(tree, theta, height, view, _wider(view), minimum.points)
    if any(map(loses_rank, pieces)):
        minimum = minimum._replace(kind=Kind.UNEVEN)
    return _Found(tree, theta, minimum, pieces)


def _shown(parsed: Formula) -> str:
    """The formula as a line."""
    if not parsed.data:
        return f"L = {text_of(parsed)}"
    return f"L = ½ mean ({text_of(parsed)} − y)², {len(parsed.data)} rows"


def _valley(minimum: Minimum, d: int) -> str:
    """What Γ is, in words."""
    if minimum.kind not in VALLEYS:
        return "single points" if minimum.kind is Kind.ISOLATED else ""
    what = {1: "a curve", 2: "a surface"}.get(d - minimum.rank, f"of {d - minimum.rank} dimensions")
    return f"{what}, found numerically"


def _remarks(minimum: Minimum) -> tuple[str, ...]:
    """What a person must know of it."""
    said = [minimum.kind.value] if minimum.kind.value else []
    if minimum.value and not np.isnan(minimum.value):
        said.append(
            f"Its least value, {minimum.value:.6g}, is subtracted, so that min L = 0; of √L that "
            "leaves 6 to 8 digits near Γ."
        )
    return tuple(said)


def _sheet(found: _Found, view: Window) -> dict[str, np.ndarray] | None:
    """Γ as a surface in space; None where it is none."""
    minimum = found.minimum
    if not (len(view) == 3 and minimum.rank == 1 and minimum.kind is Kind.VALLEY):
        return None
    return find_sheet(found.tree, found.theta, minimum.value + minimum.level, view)


class _Place(NamedTuple):
    """Where a formula is looked at first."""

    start: tuple[float, ...]
    view: Window
    eta: float
    horizon: float


@lru_cache(maxsize=KEPT)
def _place(text: str) -> _Place:
    """A start beside Γ, a view that holds both, a step size and a time that show the drift. They
    are those of the parameters as the text has them: a slider moves none of it."""
    found = _found(text, _own(_parsed(text)), None)
    view = _view(found.minimum)
    points, sharpness = _seen(found, view)
    half = float(np.min(np.ptp(view, axis=1)) / 2)
    start = _start(found.tree, found.theta, points, sharpness, half)
    eta = _round(BOUNCE * BESIDE * half)
    return _Place(start, _holding(view, start), eta, _round(2 * half**2))


def _holding(view: Window, start: tuple[float, ...]) -> Window:
    """The view, made wider where the start is not well inside."""
    edge = [0.1 * (high - low) for low, high in view]
    return tuple(
        (_snapped(min(low, x - e), e / 10), _snapped(max(high, x + e), e / 10))
        for (low, high), x, e in zip(view, start, edge, strict=True)
    )


def _seen(found: _Found, view: Window) -> tuple[np.ndarray, np.ndarray]:
    """Minimisers in the view, [n, d], and λ₁ there, [n]; its middle where there is none."""
    points = np.concatenate([found.minimum.points, *(piece.x for piece in found.pieces)])
    sharpness = [found.minimum.sharpness, *(piece.sharpness for piece in found.pieces)]
    low, high = np.array(view).T
    middle, half = (low + high) / 2, (high - low) / 2
    inside = np.all(np.abs(points - middle) <= 0.8 * half, axis=1)
    if not inside.any():
        return middle[None], np.full(1, np.nan)
    return points[inside], np.concatenate(sharpness)[inside]


def _view(minimum: Minimum) -> Window:
    """A box about minimisers near the origin, no side of which is much narrower than the widest."""
    points, d = minimum.points, minimum.points.shape[1]
    if not len(points):
        return ((-REACH, REACH),) * d
    away = np.abs(points).max(axis=1)
    alone = minimum.kind is Kind.ISOLATED
    points = points[away <= max(FARTHEST if alone else SEEN, float(np.quantile(away, 0.25)))]
    points = np.concatenate([points, np.zeros((int(alone), d))])
    low, high = points.min(axis=0), points.max(axis=0)
    center, half = (low + high) / 2, (1 + MARGIN) * (high - low) / 2
    half = np.maximum(half, max(NARROWEST * half.max(), AROUND_POINT if alone else LEAST_HALF))
    unit = 10.0 ** np.floor(np.log10(half.max())) / 5
    return tuple(
        (_snapped(c - h, unit), _snapped(c + h, unit)) for c, h in zip(center, half, strict=True)
    )


def _wider(view: Window) -> Window:
    """Where Γ is followed: as far as one may zoom out."""
    return tuple((2 * low - high, 2 * high - low) for low, high in view)


def _start(
    tree: Expression, theta: Theta, points: np.ndarray, sharpness: np.ndarray, half: float
) -> tuple[float, ...]:
    """A point beside one of the sharper minimisers, up the wall; of two like it that with the
    greater coordinates."""
    if np.isnan(sharpness).all():
        point, up = points[0], np.ones(points.shape[1]) / np.sqrt(points.shape[1])
    else:
        sharp = np.quantile(sharpness, SHARP)
        least = np.abs(sharpness - sharp) <= 0.1 * sharp
        at = np.flatnonzero(least) if least.any() else np.array([np.argmax(sharpness)])
        point = points[at[np.argmax(points[at].sum(axis=1))]]
        up = np.linalg.eigh(jet(tree, point[None], theta).hessian[0])[1][:, -1]
    ways = [point + sense * BESIDE * half * up for sense in ((1, -1) if up.sum() >= 0 else (-1, 1))]
    fine = [way for way in ways if np.isfinite(jet(tree, way[None], theta).value).all()]
    unit = 10.0 ** np.floor(np.log10(half)) / 10
    return tuple(_snapped(number, unit) for number in (fine or ways)[0])


def _snapped(number: float, unit: float) -> float:
    """The nearest multiple of a unit, written with few digits."""
    return float(f"{round(number / unit) * unit:.12g}")


def _round(number: float, digits: int = 1) -> float:
    """A number with few digits."""
    return float(f"{number:.{digits - 1}e}")
