"""A formula as it was read: in MathML for the page, and as a line of text for captions and files.

The line of text is one that the grammar reads as the same tree. In MathML quotients are fractions
and roots have bars, so brackets stand only where they must.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from dynamics.expressions import (
    BINDING,
    LEAF,
    ONE,
    Apply,
    Column,
    Expression,
    Named,
    Number,
    Variable,
    evaluate,
    folded,
    leaves,
    nodes_of,
    whole,
)
from dynamics.grammar import INPUT, Formula
from dynamics.spelling import FRACTIONS, GREEK, LOWERED, RAISED

LETTERS = {name: letter for letter, name in GREEK.items()}
SMALL = {digit: letter for letter, digit in RAISED.items()}
LOW = {digit: letter for letter, digit in LOWERED.items()}
HALVES = {
    (1, round(1 / share)): letter for letter, share in FRACTIONS.items() if 1 / share % 1 == 0
}

MATHML = "http://www.w3.org/1998/Math/MathML"
TIMES, APPLIED = "<mo>&#x2062;</mo>", "<mo>&#x2061;</mo>"


class _Piece(NamedTuple):
    """What is written of a tree, how tightly it binds, and the tree."""

    text: str
    binds: int
    tree: Expression


def text_of(parsed: Formula) -> str:
    """The expression of a formula as a line of text: ½(1 − xy)²."""
    return _walk(parsed, lambda name: _plain_name(*name), _plain_number, _plain).text


def mathml_of(parsed: Formula) -> str:
    """The expression of a formula as a `math` element."""
    inner = _walk(parsed, lambda name: _name(*name), _number, _element).text
    return f'<math xmlns="{MATHML}"><mrow>{inner}</mrow></math>'


def _walk(
    parsed: Formula,
    name: Callable[[tuple[str, str]], str],
    number: Callable[[float], str],
    operation: Callable[[str, Sequence[_Piece]], tuple[str, int]],
) -> _Piece:
    """A tree written from its leaves up."""

    def leaf(part: Expression) -> _Piece:
        if isinstance(part, Number):
            return _Piece(number(part.value), LEAF if part.value >= 0 else BINDING["neg"], part)
        called = parsed.variables[part.index] if isinstance(part, Variable) else _named(part)
        return _Piece(name(_split(called)), LEAF, part)

    def apply(called: str, parts: Sequence[_Piece]) -> _Piece:
        return _Piece(*operation(called, parts), Apply(called, tuple(p.tree for p in parts)))

    return evaluate(parsed.tree, leaf, apply)


def _named(part: Expression) -> str:
    if isinstance(part, Column):
        return INPUT
    assert isinstance(part, Named)
    return part.name


def _split(name: str) -> tuple[str, str]:
    """A name and its index: x1 is x and 1."""
    stem = name.rstrip("0123456789")
    return LETTERS.get(stem, stem), name[len(stem) :]


def _digits(value: float) -> str:
    text = repr(whole(value))
    return f"−{text[1:]}" if value < 0 else text


def _plain_name(stem: str, index: str) -> str:
    return stem + "".join(LOW[digit] for digit in index)


def _plain_number(value: float) -> str:
    return _digits(value)


def _plain(name: str, parts: Sequence[_Piece]) -> tuple[str, int]:
    """An operation as text, and how tightly it binds."""
    if name not in BINDING:
        inside = ", ".join(_listed(name, part) for part in parts)
        return (f"|{inside}|" if name == "abs" and "|" not in inside else f"{name}({inside})"), LEAF
    own = BINDING[name]
    if name == "neg":
        return f"−{_bracketed(parts[0], own)}", own
    left, right = parts
    if name == "^":
        return _plain_power(left, right), own
    if name == "/" and (half := _half(left, right)):
        return half, LEAF
    first = _bracketed(left, own)
    # A sign that follows a sign stands in brackets.
    second = _bracketed(right, max(own + (name in "-/*"), BINDING["neg"] + 1 if own > 1 else 0))
    if name == "*":
        return first + _between(first, second, left, right) + second, own
    sign = {"+": " + ", "-": " − ", "/": "/"}[name]
    return first + sign + second, own


def _listed(name: str, part: _Piece) -> str:
    """An argument; of the greatest of several, which are nested, all of them."""
    nested = name in ("max", "min") and isinstance(part.tree, Apply) and part.tree.name == name
    return part.text.removeprefix(f"{name}(").removesuffix(")") if nested else part.text


def _plain_power(base: _Piece, exponent: _Piece) -> str:
    below = _bracketed(base, BINDING["^"] + 1)
    if isinstance(base.tree, Apply) and base.tree.name == "^":
        below = f"({base.text})"
    number = folded(exponent.tree)
    if (
        isinstance(number, Number)
        and float(number.value).is_integer()
        and nodes_of(exponent.tree) < 3
    ):
        return below + "".join(SMALL[d] for d in repr(whole(number.value)))
    return f"{below}^{_bracketed(exponent, LEAF)}"


def _half(left: _Piece, right: _Piece) -> str | None:
    """½ for 1/2, and others that have a letter."""
    if left.tree == ONE and isinstance(right.tree, Number):
        return HALVES.get((1, whole(right.tree.value)))  # type: ignore[arg-type]
    return None


def _between(first: str, second: str, left: _Piece, right: _Piece) -> str:
    """What stands between two factors: a dot before a number, a space beside a word."""
    if second[0].isdigit() or second[0] in ".½⅓¼⅕⅛√":
        return "·"
    before, after = (list(leaves(part.tree)) for part in (left, right))
    long = any(isinstance(leaf, Named) and _is_long(leaf.name) for leaf in (before[-1], after[0]))
    words = long and first[-1].isalpha() and second[0].isalpha()
    call = second[0].isalpha() and "(" in second
    return " " if words or call or first[-1] == ")" or second[0] == "(" else ""


def _is_long(name: str) -> bool:
    return len(_split(name)[0]) > 1


def _bracketed(part: _Piece, least: int) -> str:
    return part.text if part.binds >= least else f"({part.text})"


def _name(stem: str, index: str) -> str:
    letter = f"<mi>{escape(stem)}</mi>"
    return f"<msub>{letter}<mn>{index}</mn></msub>" if index else letter


def _number(value: float) -> str:
    if value < 0:
        return f"<mo>−</mo><mn>{_digits(-value)}</mn>"
    return f"<mn>{_digits(value)}</mn>"


def _element(name: str, parts: Sequence[_Piece]) -> tuple[str, int]:
    """An operation in MathML, and how tightly it binds."""
    rows = [f"<mrow>{part.text}</mrow>" for part in parts]
    if name == "/":
        return f"<mfrac>{rows[0]}{rows[1]}</mfrac>", LEAF
    if name in ("sqrt", "cbrt"):
        root = f"<msqrt>{rows[0]}</msqrt>"
        return (root if name == "sqrt" else f"<mroot>{rows[0]}<mn>3</mn></mroot>"), LEAF
    if name == "exp":
        return f"<msup><mi>e</mi>{rows[0]}</msup>", BINDING["^"]
    if name == "abs":
        return f"<mrow><mo>|</mo>{rows[0]}<mo>|</mo></mrow>", LEAF
    if name == "^":
        return _element_power(*parts), BINDING["^"]
    if name not in BINDING:
        inside = "<mo>,</mo>".join(rows)
        return f"<mi>{_function(name)}</mi>{APPLIED}<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>", LEAF
    own = BINDING[name]
    if name == "neg":
        return f"<mo>−</mo>{_fenced(parts[0], own)}", own
    left, right = parts
    first = _fenced(left, own)
    second = _fenced(right, max(own + (name in "-*"), BINDING["neg"] + 1 if own > 1 else 0))
    number = isinstance(right.tree, Number) or _is_number_first(right)
    sign = {"+": "<mo>+</mo>", "-": "<mo>−</mo>", "*": "<mo>·</mo>" if number else TIMES}[name]
    return first + sign + second, own


def _is_number_first(part: _Piece) -> bool:
    """Whether a factor begins with a number, or a fraction of numbers, as 2² or ½ do."""
    tree = part.tree
    while isinstance(tree, Apply) and tree.name in ("^", "/"):
        tree = tree.arguments[0]
    return isinstance(tree, Number)


def _element_power(base: _Piece, exponent: _Piece) -> str:
    tree = base.tree
    above = f"<mrow>{exponent.text}</mrow>"
    plain = isinstance(tree, Apply) and tree.name not in BINDING and base.text.startswith("<mi>")
    if plain and APPLIED in base.text:
        function, _, argument = base.text.partition(APPLIED)
        return f"<msup>{function}{above}</msup>{APPLIED}{argument}"
    quotient = isinstance(tree, Apply) and tree.name == "/"
    below = _fence(base.text) if quotient else _fenced(base, BINDING["^"] + 1)
    return f"<msup><mrow>{below}</mrow>{above}</msup>"


def _function(name: str) -> str:
    return {"log": "ln", "asin": "arcsin", "acos": "arccos", "atan": "arctan"}.get(name, name)


def _fence(text: str) -> str:
    return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"


def _fenced(part: _Piece, least: int) -> str:
    return part.text if part.binds >= least else _fence(part.text)
