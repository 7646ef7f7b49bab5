"""How a formula is shown: its text is read as the same formula, and its MathML is well formed."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from dynamics.expressions import folded
from dynamics.grammar import parse
from dynamics.typeset import MATHML, mathml_of, text_of
from tests.dynamics.test_grammar import QUIETLY
from tests.dynamics.written import FORMULAS, Written

ELEMENTS = {"math", "mrow", "mi", "mn", "mo", "mfrac", "msup", "msub", "msqrt", "mroot"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\\frac{1}{2}(1-xy)^2", "½ (1 − xy)²"),
        ("1/2x", "½x"),
        ("x/(2y)", "x/(2y)"),
        ("x**-2 + y", "x⁻² + y"),
        ("x^2^3", "x^(2³)"),
        ("-(x - (y - 1))", "−(x − (y − 1))"),
        ("sin^2 x cos y", "sin(x)² cos(y)"),
        ("x_1*2*x_2", "x₁·2x₂"),
        ("max(x,y,0)", "max(x, y, 0)"),
        ("|x|y", "|x|y"),
        ("\\alpha x; alpha = 1", "αx"),
    ],
)
def test_text(text: str, shown: str) -> None:
    assert text_of(parse(text)) == shown


@settings(max_examples=300, **QUIETLY)
@given(FORMULAS)
def test_text_is_read_as_the_same_formula(written: Written) -> None:
    parsed = parse(written.text)
    assert folded(parse(text_of(parsed)).tree) == folded(parsed.tree)


@settings(max_examples=100, **QUIETLY)
@given(FORMULAS)
def test_mathml_is_well_formed(written: Written) -> None:
    tree = ElementTree.fromstring(mathml_of(parse(written.text)))
    names = {element.tag.removeprefix(f"{{{MATHML}}}") for element in tree.iter()}
    assert names <= ELEMENTS
    for element in tree.iter(f"{{{MATHML}}}msup"):
        assert len(element) == 2
    for element in tree.iter(f"{{{MATHML}}}mfrac"):
        assert len(element) == 2


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("½(1−xy)²", "0.5(1−xy)2"),
        ("x/(2y)", "x2y"),
        ("(x/y)^2", "(xy)2"),
        ("2*3x", "2·3x"),
        ("x(-y)", "x(−y)"),
        ("sin^2 x", "sin2(x)"),
        ("x_1 + \\sqrt{x_2}", "x1+x2"),
        ("(x+1)(y-1)", "(x+1)(y−1)"),
        ("e^{xy}", "exy"),
    ],
)
def test_mathml_by_its_letters(text: str, letters: str) -> None:
    tree = ElementTree.fromstring(mathml_of(parse(text)))
    found = "".join(tree.itertext()).replace("\u2061", "").replace("\u2062", "")
    assert found == letters
