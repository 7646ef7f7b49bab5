"""Trees: values in JAX and NumPy and derivatives against mpmath, and what a structure is."""

import math

import jax
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings

from dynamics.expressions import (
    CONSTANTS,
    DEFINITIONS,
    OPERATIONS,
    Apply,
    Expression,
    Number,
    Variable,
    as_numpy,
    derivative,
    folded,
    in_jax,
    in_numpy,
    lifted,
    with_constants,
)
from dynamics.grammar import parse
from dynamics.jets import jet
from tests.dynamics.test_grammar import QUIETLY
from tests.dynamics.written import FORMULAS, Written

X, Y = Variable(0), Variable(1)
NAMES: dict[Expression, str] = {X: "x", Y: "y"}

# Each function by mpmath, and where it is tried.
BY_MPMATH = {
    "+": (lambda u, v: u + v, (0.7, -0.4)),
    "-": (lambda u, v: u - v, (0.7, -0.4)),
    "*": (lambda u, v: u * v, (0.7, -0.4)),
    "/": (lambda u, v: u / v, (0.7, -0.4)),
    "^": (lambda u, v: u**v, (0.7, -0.4)),
    "neg": (lambda u: -u, (0.7,)),
    "sqrt": (mpmath.sqrt, (0.7,)),
    "cbrt": (lambda u: mpmath.sign(u) * mpmath.cbrt(abs(u)), (-0.7,)),
    "exp": (mpmath.exp, (0.7,)),
    "log": (mpmath.log, (0.7,)),
    "log10": (mpmath.log10, (0.7,)),
    "log2": (lambda u: mpmath.log(u, 2), (0.7,)),
    "sin": (mpmath.sin, (0.7,)),
    "cos": (mpmath.cos, (0.7,)),
    "tan": (mpmath.tan, (0.7,)),
    "asin": (mpmath.asin, (0.7,)),
    "acos": (mpmath.acos, (0.7,)),
    "atan": (mpmath.atan, (-1.7,)),
    "atan2": (mpmath.atan2, (0.7, -0.4)),
    "sinh": (mpmath.sinh, (0.7,)),
    "cosh": (mpmath.cosh, (0.7,)),
    "tanh": (mpmath.tanh, (0.7,)),
    "asinh": (mpmath.asinh, (0.7,)),
    "acosh": (mpmath.acosh, (1.7,)),
    "atanh": (mpmath.atanh, (0.7,)),
    "sigmoid": (lambda u: 1 / (1 + mpmath.exp(-u)), (0.7,)),
    "softplus": (lambda u: mpmath.log(1 + mpmath.exp(u)), (-0.7,)),
    "erf": (mpmath.erf, (0.7,)),
    "sign": (mpmath.sign, (-0.7,)),
    "abs": (abs, (-0.7,)),
    "relu": (lambda u: max(u, mpmath.mpf(0)), (0.7,)),
    "max": (max, (0.7, -0.4)),
    "min": (min, (0.7, -0.4)),
}


def test_every_operation_is_tried() -> None:
    assert {*BY_MPMATH, "mean"} == set(OPERATIONS)


@pytest.mark.parametrize("name", BY_MPMATH)
def test_operation_against_mpmath(name: str) -> None:
    """Value, both derivatives by jets and by trees, JAX's, and the text as NumPy."""
    function, point = BY_MPMATH[name]
    tree = Apply(name, tuple(map(Variable, range(len(point)))))
    with mpmath.workdps(40):
        exact = [mpmath.mpf(number) for number in point]
        value = float(function(*exact))
        slopes = [
            float(
                mpmath.diff(function, tuple(exact), tuple(int(i == j) for j in range(len(exact))))
            )
            for i in range(len(exact))
        ]
        bends = [
            [
                float(mpmath.diff(function, tuple(exact), _order(i, j, len(exact))))
                for j in range(len(exact))
            ]
            for i in range(len(exact))
        ]
    x = np.array(point)
    found = jet(tree, x, {})
    close = {"rtol": 1e-9, "atol": 1e-9}
    np.testing.assert_allclose(found.value, value, **close)
    np.testing.assert_allclose(found.gradient, slopes, **close)
    np.testing.assert_allclose(found.hessian, bends, **close)
    np.testing.assert_allclose(in_jax(tree, x, {}), value, **close)
    np.testing.assert_allclose(jax.grad(lambda z: in_jax(tree, z, {}))(x), slopes, **close)
    by_tree = [in_numpy(derivative(tree, Variable(i)), x, {}) for i in range(len(x))]
    np.testing.assert_allclose(by_tree, slopes, **close)
    np.testing.assert_allclose(_run(as_numpy(tree, NAMES), *x), value, **close)


def _order(i: int, j: int, n: int) -> tuple[int, ...]:
    return tuple(int(k == i) + int(k == j) for k in range(n))


def _run(text: str, x: float, y: float = 0.0) -> float:
    """What a text is worth as Python: of programs, which `dynamics` writes and never runs."""
    scope = {"np": np, "math": math, "x": x, "y": y}
    exec("\n".join(DEFINITIONS.values()), scope)
    return np.real(eval(text, scope))


@settings(max_examples=60, **QUIETLY)
@given(FORMULAS)
def test_derivatives_of_formulas_against_mpmath(written: Written) -> None:
    """The gradient by trees, as NumPy text, by jets; the Hessian by jets."""
    tree = parse(written.text).tree
    x = np.array([0.37, -0.81])
    with mpmath.workdps(40):

        def f(u, v):
            return written.worth({"x": u, "y": v})

        at = tuple(mpmath.mpf(number) for number in x)
        slopes = [float(mpmath.diff(f, at, order)) for order in ((1, 0), (0, 1))]
        cross = float(mpmath.diff(f, at, (1, 1)))
    if max(map(abs, slopes)) > 1e12:
        return
    close = {"rtol": 1e-7, "atol": 1e-7 * (1 + max(map(abs, slopes)))}
    trees = [derivative(folded(tree), by) for by in (X, Y)]
    np.testing.assert_allclose([in_numpy(t, x, {}) for t in trees], slopes, **close)
    texts = [as_numpy(t, NAMES) for t in trees]
    np.testing.assert_allclose([_run(text, *x) for text in texts], slopes, **close)
    found = jet(tree, x, {})
    np.testing.assert_allclose(found.gradient, slopes, **close)
    np.testing.assert_allclose(found.hessian[0, 1], cross, rtol=1e-6, atol=1e-6 * (1 + abs(cross)))
    np.testing.assert_array_equal(found.hessian, found.hessian.T)


def test_powers_at_zero() -> None:
    for n in (0, 1, 2, 3):
        found = jet(Apply("^", (X, Number(float(n)))), np.zeros(1), {})
        assert found.gradient[0] == (n == 1)
        assert found.hessian[0, 0] == 2 * (n == 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("½(1 − xy)²", "½(3 − xy)²"),
        ("x^2/2 + 3y", "x^2/4 + 2y"),
        ("x^1.5", "x^2.5"),
        ("a x; a = 1", "a x; a = 2 in [0, 4]"),
    ],
)
def test_formulas_of_one_structure(one: str, other: str) -> None:
    first, second = (lifted(folded(parse(text).tree)) for text in (one, other))
    assert first[0] == second[0]
    assert hash(first[0]) == hash(second[0])
    assert first[1] != second[1] or "a" in one


@pytest.mark.parametrize(("one", "other"), [("x^2", "x^3"), ("x + y", "x − y"), ("x + y", "y + x")])
def test_formulas_of_two_structures(one: str, other: str) -> None:
    assert lifted(parse(one).tree)[0] != lifted(parse(other).tree)[0]


@settings(max_examples=100, **QUIETLY)
@given(FORMULAS)
def test_a_structure_with_its_constants_is_the_formula(written: Written) -> None:
    tree = folded(parse(written.text).tree)
    structure, constants = lifted(tree)
    assert with_constants(structure, constants) == tree
    x, theta = np.array([0.3, 0.4]), {CONSTANTS: np.array(constants)}
    np.testing.assert_allclose(in_numpy(structure, x, theta), in_numpy(tree, x, theta), rtol=1e-13)


def test_text_as_numpy_by_hand() -> None:
    tree = parse("½(1 − xy)² − (x − (y − 1))/−x").tree
    assert as_numpy(tree, NAMES) == "0.5 * (1 - x * y)**2 - (x - (y - 1)) / -x"
    square = folded(parse("½(1 − xy)²").tree)
    assert as_numpy(derivative(square, X), NAMES) == "-(0.5 * (2 * (1 - x * y) * y))"
