"""How formulas are read: by hand, against mpmath by the thousand, and what a slip is answered."""

import math
import random
import time
from unittest import mock

import mpmath
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dynamics.expressions import in_numpy, nodes_of
from dynamics.grammar import LONGEST, parse
from dynamics.spelling import FormulaError
from dynamics.syntax import DEEPEST, MOST_NODES
from tests.dynamics.written import FORMULAS, Written

AT = {"x": 1.3, "y": 0.7, "z": 0.4}


def worth(text: str, *x: float) -> float:
    parsed = parse(text)
    theta = {p.name: p.default for p in parsed.parameters}
    return float(in_numpy(parsed.tree, x or tuple(AT.values())[: parsed.d], theta))


X, Y, Z = AT.values()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2xy", 2 * X * Y),
        ("3(x+1)", 3 * (X + 1)),
        ("x y", X * Y),
        ("1/2x", X / 2),
        ("x/2/3y", X / 6 * Y),
        ("x - y - 1", X - Y - 1),
        ("-x^2", -(X**2)),
        ("2^-x", 2**-X),
        ("x^y^2", X ** (Y**2)),
        ("x**2", X**2),
        ("x^2y", X**2 * Y),
        ("sin x", math.sin(X)),
        ("sin 2x y", math.sin(2 * X * Y)),
        ("sin^2 x", math.sin(X) ** 2),
        ("sin²(x) cos x", math.sin(X) ** 2 * math.cos(X)),
        ("xsinx", X * math.sin(X)),
        ("\\sin x + \\ln\\left(y x\\right)", math.sin(X) + math.log(X * Y)),
        ("\\frac{1}{2}(1-xy)^2", (1 - X * Y) ** 2 / 2),
        ("\\frac12 x", X / 2),
        ("½(1−x·y)²", (1 - X * Y) ** 2 / 2),
        ("\\sqrt{x^{2} + y^{2}}", math.hypot(X, Y)),
        ("√2x", math.sqrt(2) * X),
        ("\\sqrt[3]{x}", math.cbrt(X)),
        ("|x - 2| y", abs(X - 2) * Y),
        ("|x||y|", X * Y),
        ("‖(x, y)‖²", X**2 + Y**2),
        ("e^{-x} + π", math.exp(-X) + math.pi),
        ("max(x, y, 2)", 2.0),
        ("min(x, y)", Y),
        ("relu(-x) + y", Y),
        ("log10 x + log2(x) + lg x", 2 * math.log10(X) + math.log2(X)),
        ("x⁻¹", 1 / X),
        ("1.5e-1 x", 0.15 * X),
        ("2e x", 2 * math.e * X),
        ("L = x^2", X**2),
        ("f(x, y) = x + y", X + Y),
        ("a x; a = 1/2 in [0, 1]", X / 2),
        ("k_1 x^2 + βy, k_1 = 2\nβ = 3 in (0, 5)", 2 * X**2 + 3 * Y),
        ("\\lambda x; λ = 2", 2 * X),
        ("x y z", X * Y * Z),
        ("$x \\cdot y$", X * Y),
        ("x ×y ÷ 2", X * Y / 2),
        ("atan2(y, x)", math.atan2(Y, X)),
    ],
)
def test_reads(text: str, value: float) -> None:
    assert worth(text) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("x", ("x",)),
        ("z y x", ("x", "y", "z")),
        ("w v u", ("u", "v", "w")),
        ("x_2 x_1", ("x1", "x2")),
        ("x[1] + x[0]", ("x0", "x1")),
        ("x₁x₂x₃", ("x1", "x2", "x3")),
        ("x1x2x3x4x5x6x7x8", tuple(f"x{k}" for k in range(1, 9))),
        ("x_{0}x_{1}", ("x0", "x1")),
    ],
)
def test_variables_in_their_order(text: str, variables: tuple[str, ...]) -> None:
    assert parse(text).variables == variables


def test_parameters_with_ranges() -> None:
    parsed = parse("a x^2 + b y^2 + c; a = 0.5 in [0, 2], b = −3; c = 0 ∈ [−1, 1]")
    found = [(p.name, p.default, p.low, p.high) for p in parsed.parameters]
    assert found == [("a", 0.5, 0.0, 2.0), ("b", -3.0, -6.0, 0.0), ("c", 0.0, -1.0, 1.0)]


SLIPS = {
    "": "There is no formula",
    "x +": "not finished",
    "(x": "never closed",
    "x)": "closes nothing",
    "(x]": "does not fit",
    "sinn(x)": "Did you mean sin?",
    "sin": "needs an argument",
    "sin()": "before the bracket is closed",
    "max(x)": "two arguments",
    "exp(x, y)": "1 argument",
    "3 * / x": "before this /",
    "x z": "y is skipped",
    "y": "x is skipped",
    "x4": "x1, x2, x3 are skipped",
    "x x1": "does not go with",
    "x w": "does not go with",
    "x9 x1": "x1 … x8",
    "y2 x": "y^2",
    "q x": "q = 0.5 in [0, 2]",
    "3": "no variable",
    "x = 3": "no variable",
    "x^2 = 3": "the formula of L alone",
    "x^65": "at most 64",
    "1/0 x": "not finite",
    "9^9^9^9 x": "not finite",
    "0,5x": "a decimal has a point",
    "2½x": "sum or a product",
    "x!": "factorials",
    "x & y": "no meaning",
    "sin^-1 x": "inverse",
    "a x; a = 3 in [0, 2]": "must lie in its range",
    "a x; a = 1 in [2, 0]": "lesser to a greater",
    "a x; a = 1; a = 2": "declared twice",
    "e x; e = 3": "no name for a parameter",
    "x; y = 3": "a variable",
    "a x; a = x": "A number must stand here",
    "\\foo x": "not known",
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_answered_with_the_reason(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    assert SLIPS[text] in error.message
    assert error.message[-1] in ".?"
    start, end = error.position
    assert 0 <= start <= end <= len(text)
    assert error.text == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("½(1−xy)² + sinn(x)", "sinn"),
        ("\\frac{1}{2}(x + qq)^2", "qq"),
        ("x² + 3 * / y", "/"),
        ("x\n; b = y", "y"),
        ("\\left(x + y", "("),
        ("x² + y²³⁴", "²³⁴"),
    ],
)
def test_a_slip_is_answered_with_the_place(text: str, place: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    start, end = caught.value.position
    assert text[start:end] == place
    line, carets = caught.value.caret().splitlines()
    assert line[carets.index("^") : len(carets)] == place


def test_length_nodes_depth_and_numbers_are_bounded() -> None:
    for text, reason in (
        ("x + " * LONGEST, f"at most {LONGEST} letters"),
        ("+".join(["2x"] * (MOST_NODES // 4 + 1)), f"{MOST_NODES} numbers"),
        ("sin(" * DEEPEST + "x" + ")" * DEEPEST, f"{DEEPEST} deep"),
        ("-" * (DEEPEST + 1) + "x", f"{DEEPEST} deep"),
        ("1e101x", "less than 1e100"),
    ):
        with pytest.raises(FormulaError, match=reason):
            parse(text)
    assert nodes_of(parse("(" * 900 + "x" + ")" * 900).tree) == 1


@pytest.mark.parametrize(
    "text", ["__import__('os').system('x')", "x.__class__", "lambda: x", "x if y else z", "open(x)"]
)
def test_nothing_of_python_is_read(text: str) -> None:
    with mock.patch("os.system") as system, pytest.raises(FormulaError):
        parse(text)
    system.assert_not_called()


def agrees(written: Written) -> None:
    """What the text is worth at a few points, against mpmath."""
    assume(sum(map(written.text.count, ("exp", "cosh"))) <= 3)  # a tower of them has no digits
    if slip := slip_in(written.text):
        assert "not finite" in slip.message
        return
    parsed = parse(written.text)
    for x, y in ((0.4, 0.9), (-1.1, 0.3)):
        with np.errstate(all="ignore"):
            found = float(in_numpy(parsed.tree, (x, y), {}))
        with mpmath.workdps(40):
            wanted = written.worth({"x": mpmath.mpf(x), "y": mpmath.mpf(y)})
            big = abs(wanted) > 1e30
        assert big or found == pytest.approx(float(wanted), rel=1e-7, abs=1e-7)


QUIETLY = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
}


@settings(max_examples=300, **QUIETLY)
@given(FORMULAS)
def test_formulas_from_a_grammar_are_worth_what_they_say(written: Written) -> None:
    agrees(written)


@pytest.mark.every
@settings(max_examples=20_000, **QUIETLY)
@given(FORMULAS)
def test_twenty_thousand_formulas_are_worth_what_they_say(written: Written) -> None:
    agrees(written)


ALPHABET = "xyzuv0123456789.+-*/^()[]{}|,;= \nabe½²√π·\\_sincoexpfrtlmaw"
PIECES = [
    "x",
    "y",
    "2",
    "(",
    ")",
    "sin",
    "^",
    "*",
    "\\frac",
    "{",
    "}",
    "|",
    "²",
    "/",
    "-",
    ";",
    "a",
]
TEXTS = st.one_of(
    st.text(alphabet=ALPHABET, max_size=40),
    st.text(max_size=12),
    st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join),
)


def slip_in(text: str) -> FormulaError | None:
    """What is wrong with a text; None where it is a formula."""
    try:
        assert 1 <= parse(text).d <= 8
    except FormulaError as error:
        return error
    return None


def answered(text: str) -> None:
    """A formula or a slip in it, in no time, and the place lies in the text."""
    began = time.perf_counter()
    if slip := slip_in(text):
        assert 0 <= slip.position[0] <= slip.position[1] <= len(text)
        assert slip.caret().count("\n") == 1
        assert slip.message.endswith((".", "?"))
    assert time.perf_counter() - began < 1.0


@settings(max_examples=600, **QUIETLY)
@given(TEXTS)
def test_any_text_is_answered(text: str) -> None:
    answered(text)


@pytest.mark.every
def test_a_hundred_thousand_texts_are_answered() -> None:
    """Broken formulas above all: pieces of good ones in any order."""
    dice = random.Random(0)
    for _ in range(100_000):
        answered("".join(dice.choices(PIECES, k=dice.randrange(1, 30))))
