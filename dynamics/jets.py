"""Value, gradient and Hessian of a tree at many points at once, in NumPy: nothing is compiled.

A jet (f, ∇f, ∇²f) goes through each operation by the chain rule,

    ∇f(u) = Σ ∂_i f ∇u_i,   ∇²f(u) = Σ ∂_i f ∇²u_i + Σ ∂_ij f ∇u_i ∇u_jᵀ,

with the partial derivatives that `expressions` has as trees. A formula's valley is looked for so:
a search by Newton's method takes less time than compiling one would.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dynamics.expressions import (
    CONSTANTS,
    OPERATIONS,
    Column,
    Expression,
    Variable,
    bends,
    evaluate,
    in_numpy,
    leaves,
)
from dynamics.types import Array, Theta


class Jet(NamedTuple):
    """f [...], ∇f [..., d] and ∇²f [..., d, d]; of a number that no coordinate moves f alone."""

    value: Array
    gradient: Array = None
    hessian: Array = None


def jet(tree: Expression, x: np.ndarray, theta: Theta) -> Jet:
    """The jet of a tree at points x [..., d]. What is not defined is NaN."""
    d = x.shape[-1]
    if any(isinstance(part, Column) for part in leaves(tree)):
        x = x[..., None, :]  # an axis for the rows, over which the mean goes

    def leaf(part: Expression) -> Jet:
        if not isinstance(part, Variable):
            return Jet(np.asarray(in_numpy(part, (), theta), dtype=float))
        gradient = np.broadcast_to(np.eye(d)[part.index], x.shape)
        return Jet(x[..., part.index], gradient, np.zeros((*x.shape, d)))

    with np.errstate(all="ignore"):
        found = evaluate(tree, leaf, _applied)
    if found.gradient is None:
        return Jet(
            np.broadcast_to(found.value, x.shape[:-1]), np.zeros(x.shape), np.zeros((*x.shape, d))
        )
    return found


def _applied(name: str, parts: Sequence[Jet]) -> Jet:
    value = OPERATIONS[name].numpy(*(part.value for part in parts))
    if name == "mean":
        return _mean(value, parts[0])
    moving = [i for i, part in enumerate(parts) if part.gradient is not None]
    if not moving:
        return Jet(value)
    if name in _LINEAR:
        return _linear(name, value, parts)
    first, second = _bends(name, parts, moving)
    gradient = sum(_scaled(first[i], parts[i].gradient) for i in moving)
    hessian = sum(_scaled(first[i], parts[i].hessian, 2) for i in moving)
    for i in moving:
        for j in moving:
            if second[i][j] is not None:
                outer = parts[i].gradient[..., :, None] * parts[j].gradient[..., None, :]
                hessian = hessian + _scaled(second[i][j], outer, 2)
    return Jet(value, gradient, hessian)


def _mean(value: np.ndarray, part: Jet) -> Jet:
    """Over the rows, which are the last axis of a value."""
    return Jet(value, part.gradient.mean(axis=-2), part.hessian.mean(axis=-3))


_LINEAR = {"+": (1, 1), "-": (1, -1), "neg": (-1,)}


def _linear(name: str, value: np.ndarray, parts: Sequence[Jet]) -> Jet:
    signs = _LINEAR[name]
    moved = [(s, part) for s, part in zip(signs, parts, strict=True) if part.gradient is not None]
    gradient = sum(part.gradient if s > 0 else -part.gradient for s, part in moved)
    hessian = sum(part.hessian if s > 0 else -part.hessian for s, part in moved)
    return Jet(value, gradient, hessian)


def _bends(name: str, parts: Sequence[Jet], moving: Sequence[int]) -> tuple[list, list]:
    """First and second partial derivatives by the arguments that move; None where one is 0."""
    values = [part.value for part in parts]
    if name == "^" and moving == [0]:
        return _power(*values)
    one, two = bends(name)
    first = [_worth(tree, values) if i in moving else None for i, tree in enumerate(one)]
    second = [
        [_worth(tree, values) if {i, j} <= set(moving) else None for j, tree in enumerate(row)]
        for i, row in enumerate(two)
    ]
    return first, second


def _power(u: np.ndarray, n: np.ndarray) -> tuple[list, list]:
    """Of uⁿ by u: also where n (n − 1) is 0 and u is too."""
    first = np.where(n == 0, 0.0, n * np.power(u, n - 1))
    second = np.where(n * (n - 1) == 0, 0.0, n * (n - 1) * np.power(u, n - 2))
    return [first, None], [[second, None], [None, None]]


def _worth(tree: Expression, values: Sequence[np.ndarray]) -> np.ndarray | None:
    worth = np.asarray(in_numpy(tree, values, {CONSTANTS: ()}), dtype=float)
    return worth if worth.ndim or worth != 0 else None


def _scaled(scale: Array, array: Array, axes: int = 1) -> Array:
    """An array [..., d] or [..., d, d] times a number at each point; 0 where that is None."""
    if scale is None:
        return np.zeros_like(array)
    return np.asarray(scale)[(..., *(None,) * axes)] * array
