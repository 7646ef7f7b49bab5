"""Formulas as trees: what they are worth in JAX, their derivatives, their text as NumPy.

A tree has numbers, constants, variables, named parameters and columns of data for leaves, and above
them operations of `OPERATIONS`. What a formula's programs are compiled for is its structure: the
tree in which every number that is no whole exponent has been lifted out into an array of constants.
So (1 − xy)² and (3 − xy)² share theirs.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.types import Array, Theta

CONSTANTS = "_constants"
"""The name in `theta` of the constants: one that nobody can type."""


class Expression:
    """A tree. Sums, products and powers of trees are trees; what 0 and 1 make needless is left out.

    They are for derivatives: what a person has written is kept as it was written.
    """

    def __add__(self, other: "Expression") -> "Expression":
        if ZERO in (self, other):
            return other if self == ZERO else self
        if isinstance(other, Apply) and other.name == "neg":
            return Apply("-", (self, other.arguments[0]))
        return Apply("+", (self, other))

    def __sub__(self, other: "Expression") -> "Expression":
        if other == ZERO:
            return self
        return -other if self == ZERO else Apply("-", (self, other))

    def __neg__(self) -> "Expression":
        if isinstance(self, Number):
            return Number(-self.value)
        if isinstance(self, Apply) and self.name == "neg":
            return self.arguments[0]
        return Apply("neg", (self,))

    def __mul__(self, other: "Expression") -> "Expression":
        if ZERO in (self, other):
            return ZERO
        if ONE in (self, other):
            return other if self == ONE else self
        if isinstance(other, Number) and not isinstance(self, Number):
            return other * self
        if _is_negative(self) or _is_negative(other):
            one, two = (-side if _is_negative(side) else side for side in (self, other))
            product = one * two
            return product if _is_negative(self) and _is_negative(other) else -product
        return Apply("*", (self, other))

    def __truediv__(self, other: "Expression") -> "Expression":
        return self if self == ZERO or other == ONE else Apply("/", (self, other))

    def __pow__(self, other: "Expression") -> "Expression":
        return self if other == ONE else ONE if other == ZERO else Apply("^", (self, other))


@dataclass(frozen=True)
class Number(Expression):
    """A number that is part of the structure."""

    value: float


@dataclass(frozen=True)
class Constant(Expression):
    """A number that has been lifted out: the one of that index in `theta[CONSTANTS]`."""

    index: int


@dataclass(frozen=True)
class Variable(Expression):
    """The coordinate x_index."""

    index: int


@dataclass(frozen=True)
class Named(Expression):
    """A parameter, or π or e where a person reads the formula."""

    name: str


@dataclass(frozen=True)
class Column(Expression):
    """A column of data: the array [m] of that name in `theta`."""

    name: str


@dataclass(frozen=True)
class Apply(Expression):
    """An operation of its arguments. Its hash is kept: each call of a program asks for it."""

    name: str
    arguments: tuple[Expression, ...]
    nodes: int = field(init=False, compare=False, repr=False)
    depth: int = field(init=False, compare=False, repr=False)
    code: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", 1 + sum(map(nodes_of, self.arguments)))
        object.__setattr__(self, "depth", 1 + max(map(depth_of, self.arguments)))
        object.__setattr__(self, "code", hash((self.name, self.arguments)))

    def __hash__(self) -> int:
        return self.code


ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)
PI, E = Named("pi"), Named("e")
KNOWN = {"pi": math.pi, "e": math.e}


def nodes_of(tree: Expression) -> int:
    """How many nodes a tree has."""
    return tree.nodes if isinstance(tree, Apply) else 1


def depth_of(tree: Expression) -> int:
    """How many nodes lie one below the other."""
    return tree.depth if isinstance(tree, Apply) else 1


def _is(tree: Expression, name: str) -> bool:
    return isinstance(tree, Apply) and tree.name == name


def _is_negative(tree: Expression) -> bool:
    return _is(tree, "neg") or (isinstance(tree, Number) and tree.value < 0)


class Operation(NamedTuple):
    """What an operation is worth, and its partial derivatives.

    `slopes` are functions of the trees of its arguments. `kink` says that L may not be smooth.
    """

    jax: Callable[..., Array]
    numpy: Callable[..., Array]
    slopes: tuple[Callable[..., Expression], ...]
    kink: bool = False


def call(name: str, *arguments: Expression) -> Expression:
    """An operation of its arguments."""
    return Apply(name, arguments)


def _step(u: Expression) -> Expression:
    """1 where u > 0, 0 where u < 0, ½ between: the slope of a kink as JAX has it."""
    return (ONE + call("sign", u)) / TWO


_ROOT_PI = Apply("sqrt", (PI,))

OPERATIONS: dict[str, Operation] = {
    "+": Operation(jnp.add, np.add, (lambda u, v: ONE, lambda u, v: ONE)),
    "-": Operation(jnp.subtract, np.subtract, (lambda u, v: ONE, lambda u, v: -ONE)),
    "*": Operation(jnp.multiply, np.multiply, (lambda u, v: v, lambda u, v: u)),
    "/": Operation(jnp.divide, np.divide, (lambda u, v: ONE / v, lambda u, v: -(u / v**TWO))),
    "^": Operation(
        lambda u, v: u**v,
        lambda u, v: np.power(u, v),
        (lambda u, v: v * u ** _less_one(v), lambda u, v: u**v * call("log", u)),
    ),
    "neg": Operation(jnp.negative, np.negative, (lambda u: -ONE,)),
    "sqrt": Operation(jnp.sqrt, np.sqrt, (lambda u: ONE / (TWO * call("sqrt", u)),)),
    "cbrt": Operation(jnp.cbrt, np.cbrt, (lambda u: ONE / (Number(3.0) * call("cbrt", u) ** TWO),)),
    "exp": Operation(jnp.exp, np.exp, (lambda u: call("exp", u),)),
    "log": Operation(jnp.log, np.log, (lambda u: ONE / u,)),
    "log10": Operation(jnp.log10, np.log10, (lambda u: ONE / (call("log", Number(10.0)) * u),)),
    "log2": Operation(jnp.log2, np.log2, (lambda u: ONE / (call("log", TWO) * u),)),
    "sin": Operation(jnp.sin, np.sin, (lambda u: call("cos", u),)),
    "cos": Operation(jnp.cos, np.cos, (lambda u: -call("sin", u),)),
    "tan": Operation(jnp.tan, np.tan, (lambda u: ONE + call("tan", u) ** TWO,)),
    "asin": Operation(jnp.arcsin, np.arcsin, (lambda u: ONE / call("sqrt", ONE - u**TWO),)),
    "acos": Operation(jnp.arccos, np.arccos, (lambda u: -(ONE / call("sqrt", ONE - u**TWO)),)),
    "atan": Operation(jnp.arctan, np.arctan, (lambda u: ONE / (ONE + u**TWO),)),
    "atan2": Operation(
        jnp.arctan2,
        np.arctan2,
        (lambda u, v: v / (u**TWO + v**TWO), lambda u, v: -(u / (u**TWO + v**TWO))),
    ),
    "sinh": Operation(jnp.sinh, np.sinh, (lambda u: call("cosh", u),)),
    "cosh": Operation(jnp.cosh, np.cosh, (lambda u: call("sinh", u),)),
    "tanh": Operation(jnp.tanh, np.tanh, (lambda u: ONE - call("tanh", u) ** TWO,)),
    "asinh": Operation(jnp.arcsinh, np.arcsinh, (lambda u: ONE / call("sqrt", ONE + u**TWO),)),
    "acosh": Operation(jnp.arccosh, np.arccosh, (lambda u: ONE / call("sqrt", u**TWO - ONE),)),
    "atanh": Operation(jnp.arctanh, np.arctanh, (lambda u: ONE / (ONE - u**TWO),)),
    "sigmoid": Operation(
        jax.nn.sigmoid,
        lambda u: np.exp(-np.logaddexp(0.0, -u)),
        (lambda u: call("sigmoid", u) * (ONE - call("sigmoid", u)),),
    ),
    "softplus": Operation(
        jax.nn.softplus, lambda u: np.logaddexp(0.0, u), (lambda u: call("sigmoid", u),)
    ),
    "erf": Operation(
        jax.scipy.special.erf,
        np.vectorize(math.erf, otypes=[float]),
        (lambda u: (TWO / _ROOT_PI) * call("exp", -(u**TWO)),),
    ),
    "sign": Operation(jnp.sign, np.sign, (lambda u: ZERO,), kink=True),
    "abs": Operation(jnp.abs, np.abs, (lambda u: call("sign", u),), kink=True),
    "relu": Operation(
        lambda u: jnp.maximum(u, 0.0), lambda u: np.maximum(u, 0.0), (_step,), kink=True
    ),
    "max": Operation(
        jnp.maximum,
        np.maximum,
        (lambda u, v: _step(u - v), lambda u, v: _step(v - u)),
        kink=True,
    ),
    "min": Operation(
        jnp.minimum,
        np.minimum,
        (lambda u, v: _step(v - u), lambda u, v: _step(u - v)),
        kink=True,
    ),
    "mean": Operation(jnp.mean, lambda u: np.mean(u, axis=-1), ()),
}
"""All of them. The mean is over rows of data, so it has no slope of its own: that of a mean is the
mean of slopes."""


def _less_one(exponent: Expression) -> Expression:
    return Number(exponent.value - 1) if isinstance(exponent, Number) else exponent - ONE


def evaluate(
    tree: Expression,
    leaf: Callable[[Any], Any],
    apply: Callable[[str, Sequence[Any]], Any],
) -> Any:
    """What a tree is worth, given what its leaves are and how operations are done."""
    if isinstance(tree, Apply):
        return apply(tree.name, [evaluate(part, leaf, apply) for part in tree.arguments])
    return leaf(tree)


def in_jax(tree: Expression, x: Sequence[Array] | Array, theta: Theta) -> Array:
    """The value [] of a tree at x [d]; [m] where it has columns of data."""
    return evaluate(tree, _leaf(x, theta), lambda name, parts: OPERATIONS[name].jax(*parts))


def in_numpy(tree: Expression, x: Sequence[Array] | Array, theta: Theta) -> Array:
    """The same without compiling anything, x being [d] or [d, n]."""
    return evaluate(tree, _leaf(x, theta), lambda name, parts: OPERATIONS[name].numpy(*parts))


def _leaf(x: Sequence[Array] | Array, theta: Theta) -> Callable[[Expression], Array]:
    """What the leaves are worth. A whole exponent stays a whole number, by which JAX multiplies."""

    def worth(leaf: Expression) -> Array:
        match leaf:
            case Variable(index):
                return x[index]
            case Constant(index):
                return theta[CONSTANTS][index]
            case Number(value):
                return whole(value)
            case Named(name) | Column(name):
                return KNOWN[name] if name in KNOWN else theta[name]
        raise TypeError(f"a leaf must be a number or a name, got {leaf}")

    return worth


def whole(value: float) -> float | int:
    """A number as an integer where it is one."""
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def substitute(tree: Expression, leaf: Callable[[Any], Expression]) -> Expression:
    """The tree with other leaves."""
    return evaluate(tree, leaf, lambda name, parts: Apply(name, tuple(parts)))


def leaves(tree: Expression) -> Iterator[Expression]:
    """The leaves of a tree, from left to right."""
    if isinstance(tree, Apply):
        for part in tree.arguments:
            yield from leaves(part)
    else:
        yield tree


def operations_in(tree: Expression) -> set[str]:
    """The names of the operations of a tree."""
    if not isinstance(tree, Apply):
        return set()
    return {tree.name}.union(*map(operations_in, tree.arguments))


def derivative(tree: Expression, by: Expression) -> Expression:
    """∂tree/∂by, `by` being a leaf."""
    if not isinstance(tree, Apply):
        return ONE if tree == by else ZERO
    if tree.name == "mean":
        inner = derivative(tree.arguments[0], by)
        return inner if inner == ZERO else Apply("mean", (inner,))
    total: Expression = ZERO
    for slope, part in zip(OPERATIONS[tree.name].slopes, tree.arguments, strict=True):
        inner = derivative(part, by)
        if inner != ZERO:
            total = total + _product(slope(*tree.arguments), inner)
    return total


def _product(outer: Expression, inner: Expression) -> Expression:
    """A product as one writes it: 1/u times v is v/u."""
    if isinstance(outer, Apply) and outer.name == "/" and outer.arguments[0] == ONE:
        return inner / outer.arguments[1]
    return outer * inner


@cache
def bends(name: str) -> tuple[tuple[Expression, ...], tuple[tuple[Expression, ...], ...]]:
    """First and second partial derivatives of an operation, its arguments being variables."""
    slopes = OPERATIONS[name].slopes
    arguments = tuple(map(Variable, range(len(slopes))))
    first = tuple(slope(*arguments) for slope in slopes)
    return first, tuple(tuple(derivative(one, by) for by in arguments) for one in first)


def folded(tree: Expression) -> Expression:
    """The tree with what is made of numbers alone worked out, a power of ½ as a root, and division
    by a power of two as the product that it is to the last digit."""
    if isinstance(tree, Named) and tree.name in KNOWN:
        return Number(KNOWN[tree.name])
    if not isinstance(tree, Apply):
        return tree
    parts = tuple(map(folded, tree.arguments))
    if all(isinstance(part, Number) for part in parts):
        with np.errstate(all="ignore"):
            values = [np.float64(part.value) for part in parts if isinstance(part, Number)]
            return Number(float(OPERATIONS[tree.name].numpy(*values)))
    by = parts[-1]
    if tree.name == "^" and by == Number(0.5):
        return Apply("sqrt", parts[:1])
    if tree.name == "/" and isinstance(by, Number) and abs(math.frexp(by.value)[0]) == 0.5:
        return Apply("*", (Number(1 / by.value), parts[0]))
    return Apply(tree.name, parts)


def lifted(tree: Expression) -> tuple[Expression, tuple[float, ...]]:
    """The structure of a tree, and the constants that were lifted out of it. Whole exponents stay:
    they decide how a power is computed."""
    constants: list[float] = []

    def lift(part: Expression) -> Expression:
        if isinstance(part, Number):
            constants.append(part.value)
            return Constant(len(constants) - 1)
        if not isinstance(part, Apply):
            return part
        first, *others = part.arguments
        kept = part.name == "^" and _is_whole(others[0])
        return Apply(part.name, (lift(first), *(o if kept else lift(o) for o in others)))

    structure = lift(tree)
    return structure, tuple(constants)


def with_constants(tree: Expression, constants: Sequence[float]) -> Expression:
    """A structure with its constants as numbers again."""
    return substitute(
        tree,
        lambda leaf: Number(float(constants[leaf.index])) if isinstance(leaf, Constant) else leaf,
    )


def _is_whole(tree: Expression) -> bool:
    return isinstance(tree, Number) and float(tree.value).is_integer()


# How tightly operations bind, as Python reads them.
BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}
LEAF = 5

IN_NUMPY = {
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "atan": "np.arctan",
    "atan2": "atan2",
    "cbrt": "cbrt",
    "asinh": "np.arcsinh",
    "acosh": "np.arccosh",
    "atanh": "np.arctanh",
    "sigmoid": "sigmoid",
    "softplus": "softplus",
    "erf": "erf",
    "sign": "sign",
    "abs": "absolute",
    "relu": "relu",
    "max": "greater",
    "min": "lesser",
}
"""Functions by their names in a program, where that is not NumPy's `np.` and the name."""

DEFINITIONS = {
    "sigmoid": "def sigmoid(u):\n    return 1 / (1 + np.exp(-u))",
    "softplus": "def softplus(u):\n    return np.log1p(np.exp(-absolute(u))) + relu(u)",
    "erf": (
        "def erf(u):\n"
        "    rise = 2 / np.sqrt(np.pi) * np.exp(-np.real(u) ** 2)\n"
        "    return np.vectorize(math.erf)(np.real(u)) + (u - np.real(u)) * rise"
    ),
    "cbrt": "def cbrt(u):\n    return np.sign(np.real(u)) * absolute(u) ** (1 / 3)",
    "atan2": (
        "def atan2(u, v):\n"
        "    aside = (u - np.real(u)) * v - u * (v - np.real(v))\n"
        "    return np.arctan2(np.real(u), np.real(v)) + aside / (u**2 + v**2)"
    ),
    "sign": "def sign(u):\n    return np.sign(np.real(u))",
    "absolute": "def absolute(u):\n    return u * np.sign(np.real(u))",
    "relu": "def relu(u):\n    return u * (1 + np.sign(np.real(u))) / 2",
    "greater": "def greater(u, v):\n    return (u + v + absolute(u - v)) / 2",
    "lesser": "def lesser(u, v):\n    return (u + v - absolute(u - v)) / 2",
}
"""What NumPy has not, or not for the short imaginary steps that give a program its Hessian."""


def as_numpy(tree: Expression, names: Mapping[Expression, str]) -> str:
    """The text of a tree as NumPy, with the names of its variables."""
    return _written(tree, names)[0]


def _written(tree: Expression, names: Mapping[Expression, str]) -> tuple[str, int]:
    """Text, and how tightly it binds."""
    if isinstance(tree, Number):
        return _number(tree.value), LEAF if tree.value >= 0 else BINDING["neg"]
    if not isinstance(tree, Apply):
        return names[tree] if tree in names else _known(tree), LEAF
    name, parts = tree.name, [_written(part, names) for part in tree.arguments]
    if name not in BINDING:
        inside = ", ".join(text for text, _ in parts)
        return f"{IN_NUMPY.get(name, f'np.{name}')}({inside})", LEAF
    own = BINDING[name]
    if name == "neg":
        return f"-{_bracketed(*parts[0], own)}", own
    left, right = parts
    # Powers bind from the right, so brackets stand about a power that is raised; the others from
    # the left, so brackets stand about what is taken away or divided by.
    least = (own + 1, BINDING["neg"]) if name == "^" else (own, own + (name in "-/*"))
    sign = "**" if name == "^" else f" {name} "
    return _bracketed(*left, least[0]) + sign + _bracketed(*right, least[1]), own


def _known(tree: Expression) -> str:
    if isinstance(tree, Named):
        return {"pi": "np.pi", "e": "np.e"}.get(tree.name, tree.name)
    raise KeyError(f"no name for {tree}")


def _bracketed(text: str, binds: int, least: int) -> str:
    return text if binds >= least else f"({text})"


def _number(value: float) -> str:
    return repr(whole(value))
