"""The grammar of an expression: from a part of a text to a tree.

Products bind alike, written or implied, from the left: 1/2x is x/2. Powers bind from the right and
more tightly than signs: −x^2 is −(x²). A function without brackets takes the numbers and names that
follow it: sin 2x y is sin(2xy). Nothing of a text is ever run, and all is bounded: its nodes, how
deep they lie, exponents and numbers.

The parser is Lark's for LALR(1) grammars; it is given the tokens of `spelling`.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import lark
from lark.lexer import Lexer

from dynamics.expressions import (
    TWO,
    Apply,
    Expression,
    Named,
    Number,
    depth_of,
    folded,
    leaves,
    nodes_of,
)
from dynamics.spelling import NUMBERS, FormulaError, Token, tokens

MOST_NODES = 400
DEEPEST = 200
LARGEST_EXPONENT = 64

GRAMMAR = r"""
    ?start: sum
    ?sum: product
        | sum PLUS product -> binary
        | sum MINUS product -> binary
    ?product: signed
        | product TIMES signed -> binary
        | product OVER signed -> binary
        | product power -> implied
    ?signed: power
        | MINUS signed -> negative
        | PLUS signed -> positive
    ?power: atom
        | atom POWER exponent -> raised
        | atom SUPER -> raised_small
    ?exponent: power
        | MINUS exponent -> negative
        | PLUS exponent -> positive
    ?atom: NUMBER -> number
        | NAME -> name
        | LPAR sum RPAR -> bracketed
        | OPEN sum CLOSE -> absolute
        | OPEN_NORM list CLOSE_NORM -> length
        | OPEN_NORM LPAR sum COMMA list RPAR CLOSE_NORM -> length_of_vector
        | FRAC part part -> fraction
        | ROOT root -> called
        | ROOT_OF LPAR sum RPAR LPAR sum RPAR -> root_of
        | FUNC LPAR list RPAR -> called
        | FUNC bare -> called
        | FUNC POWER small LPAR list RPAR -> called_raised
        | FUNC POWER small bare -> called_raised
        | FUNC SUPER LPAR list RPAR -> called_small
        | FUNC SUPER bare -> called_small
    ?part: LPAR sum RPAR -> bracketed
        | NUMBER -> number
        | NAME -> name
    ?root: part
    ?small: NUMBER -> number
        | MINUS NUMBER -> negative_number
        | LPAR sum RPAR -> bracketed
    list: sum (COMMA sum)*
    ?bare: plain_power
        | bare plain_power -> implied
        | MINUS bare -> negative
    ?plain_power: plain_atom
        | plain_atom POWER exponent -> raised
        | plain_atom SUPER -> raised_small
    ?plain_atom: NUMBER -> number
        | NAME -> name
    %declare PLUS MINUS TIMES OVER POWER SUPER COMMA NUMBER NAME FUNC FRAC ROOT ROOT_OF
    %declare LPAR RPAR OPEN CLOSE OPEN_NORM CLOSE_NORM
"""


class _Part(NamedTuple):
    """A part of the text that has been read: its tree, or several, and where it stands."""

    tree: Any
    start: int
    end: int


def expression(
    text: str, start: int, end: int, parameters: Collection[str]
) -> tuple[Expression, list[Token]]:
    """The tree of a part of a text, names being leaves still, and its tokens."""
    found = tokens(text, start, end, parameters)
    if not found:
        raise FormulaError("There is no formula here.", (start, end))
    try:
        part: Any = _parser().parse(found)  # type: ignore[arg-type]  # the lexer takes tokens
    except lark.UnexpectedInput as error:
        raise _slip(error, found) from None
    except lark.exceptions.VisitError as error:
        raise error.orig_exc from None
    return part.tree, found


class _Given(Lexer):
    """A lexer for tokens that there are."""

    def __init__(self, _: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[lark.Token]:
        for token in lexer_state:
            yield lark.Token(
                token.kind,
                token.value,
                start_pos=token.start,
                end_pos=token.end,  # type: ignore
            )

    def make_lexer_state(self, text: Any) -> Any:
        return text


@cache
def _parser() -> lark.Lark:
    return lark.Lark(GRAMMAR, parser="lalr", lexer=_Given, transformer=_Reader())


def _slip(error: lark.UnexpectedInput, found: Sequence[Token]) -> FormulaError:
    """What to say where the grammar cannot go on."""
    token: Any = getattr(error, "token", None)
    last = found[-1]
    if token is None or token.type == "$END":
        if last.kind == "FUNC":
            return FormulaError(f"{last.value} needs an argument.", (last.start, last.end))
        return FormulaError(
            "Something must follow here: the formula is not finished.", (last.start, last.end)
        )
    place = (token.start_pos, token.end_pos)
    before = next((t for t in reversed(found) if t.end <= token.start_pos), None)
    return FormulaError(_reason(token.type, str(token), before), place)


def _reason(kind: str, text: str, before: Token | None) -> str:
    after = f" after {before.value}" if before and before.kind != "NUMBER" else ""
    if before and before.kind == "FUNC":
        return f"{before.value} needs an argument, as in {before.value}(x)."
    if kind in ("TIMES", "OVER", "POWER", "SUPER"):
        return f"A number, a name or a bracket must stand before this {text}, not a sign alone."
    if kind in ("RPAR", "CLOSE", "CLOSE_NORM"):
        return f"Something must stand{after or ' here'}, before the bracket is closed."
    if kind == "COMMA":
        return (
            "A comma stands between the arguments of a function alone, as in max(x, y); a decimal "
            "has a point."
        )
    return f"This does not fit{after or ' here'}."


ARGUMENTS = {"atan2": 2}


@lark.v_args(inline=True)
class _Reader(lark.Transformer):
    """What the rules of the grammar make of their parts."""

    def number(self, token: Any) -> _Part:
        return _Part(Number(float(token.value)), token.start_pos, token.end_pos)

    def negative_number(self, sign: Any, token: Any) -> _Part:
        return _Part(Number(-float(token.value)), sign.start_pos, token.end_pos)

    def name(self, token: Any) -> _Part:
        return _Part(Named(str(token.value)), token.start_pos, token.end_pos)

    def bracketed(self, opening: Any, inner: _Part, closing: Any) -> _Part:
        return _Part(inner.tree, opening.start_pos, closing.end_pos)

    def binary(self, left: _Part, sign: Any, right: _Part) -> _Part:
        name = {"PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/"}[sign.type]
        return _apply(name, left, right)

    def implied(self, left: _Part, right: _Part) -> _Part:
        return _apply("*", left, right)

    def negative(self, sign: Any, inner: _Part) -> _Part:
        return _apply("neg", inner)._replace(start=sign.start_pos)

    def positive(self, sign: Any, inner: _Part) -> _Part:
        return inner._replace(start=sign.start_pos)

    def raised(self, base: _Part, _: Any, exponent: _Part) -> _Part:
        return _power(base, exponent)

    def raised_small(self, base: _Part, token: Any) -> _Part:
        return _power(base, self.number(token))

    def absolute(self, opening: Any, inner: _Part, closing: Any) -> _Part:
        return _apply("abs", inner)._replace(start=opening.start_pos, end=closing.end_pos)

    def length(self, opening: Any, inner: _Part, closing: Any) -> _Part:
        return _called("norm", inner, opening.start_pos, closing.end_pos)

    def length_of_vector(
        self, opening: Any, _: Any, one: _Part, __: Any, others: _Part, ___: Any, closing: Any
    ) -> _Part:
        inner = _Part([one.tree, *others.tree], one.start, others.end)
        return _called("norm", inner, opening.start_pos, closing.end_pos)

    def fraction(self, command: Any, above: _Part, below: _Part) -> _Part:
        return _apply("/", above, below)._replace(start=command.start_pos)

    def root_of(
        self, command: Any, _: Any, index: _Part, __: Any, ___: Any, inner: _Part, end: Any
    ) -> _Part:
        by = folded(index.tree)
        place = (command.start_pos, end.end_pos)
        if by == Number(3.0):
            return _called("cbrt", inner._replace(tree=[inner.tree]), *place)
        one = _Part(Number(1.0), *place)
        return _power(inner, _apply("/", one, index))

    def list(self, *parts: Any) -> _Part:
        inner = [part for part in parts if isinstance(part, _Part)]
        return _Part([part.tree for part in inner], inner[0].start, inner[-1].end)

    def called(self, function: Any, *parts: Any) -> _Part:
        return _called(str(function.value), _argument(parts), function.start_pos, _end(parts))

    def called_raised(self, function: Any, _: Any, exponent: _Part, *parts: Any) -> _Part:
        if isinstance(exponent.tree, Number) and exponent.tree.value < 0:
            name = str(function.value)
            message = (
                f"{name} to a power below 0 may be meant as 1/{name} or as its inverse: write "
                f"1/{name}(…) or a{name}(…)."
            )
            raise FormulaError(message, (exponent.start, exponent.end))
        return _power(self.called(function, *parts), exponent)

    def called_small(self, function: Any, token: Any, *parts: Any) -> _Part:
        return self.called_raised(function, None, self.number(token), *parts)


def _argument(parts: Sequence[Any]) -> _Part:
    """The list of arguments among the parts of a call."""
    part = next(part for part in parts if isinstance(part, _Part))
    return part if isinstance(part.tree, list) else part._replace(tree=[part.tree])


def _end(parts: Sequence[Any]) -> int:
    last = parts[-1]
    return last.end if isinstance(last, _Part) else last.end_pos


def _called(name: str, inner: _Part, start: int, end: int) -> _Part:
    """A function of its arguments."""
    trees, place = inner.tree, (start, end)
    if name in ("max", "min"):
        if len(trees) < 2:
            raise FormulaError(f"{name} needs two arguments or more, as in {name}(x, y).", place)
        tree = trees[0]
        for other in trees[1:]:
            tree = Apply(name, (tree, other))
    elif name == "norm":
        tree = _norm(trees)
    elif len(trees) != ARGUMENTS.get(name, 1):
        many = ARGUMENTS.get(name, 1)
        raise FormulaError(
            f"{name} has {many} argument{'s' * (many > 1)}, not {len(trees)}.", place
        )
    else:
        tree = Apply(name, tuple(trees))
    return _bounded(tree, *place)


def _norm(trees: Sequence[Expression]) -> Expression:
    """√(x² + y² + …); |x| of one."""
    if len(trees) == 1:
        return Apply("abs", (trees[0],))
    squares = [Apply("^", (tree, TWO)) for tree in trees]
    total: Expression = squares[0]
    for square in squares[1:]:
        total = Apply("+", (total, square))
    return Apply("sqrt", (total,))


def _apply(name: str, *parts: _Part) -> _Part:
    tree = Apply(name, tuple(part.tree for part in parts))
    return _bounded(tree, parts[0].start, parts[-1].end)


def _bounded(tree: Expression, start: int, end: int) -> _Part:
    if nodes_of(tree) > MOST_NODES:
        message = f"A formula has at most {MOST_NODES} numbers, names and operations."
        raise FormulaError(message, (start, end))
    if depth_of(tree) > DEEPEST:
        raise FormulaError(
            f"Operations lie at most {DEEPEST} deep, one inside the other.", (start, end)
        )
    return _Part(tree, start, end)


def _power(base: _Part, exponent: _Part) -> _Part:
    """A power; of e, the function exp, and of a length, what is smooth at 0."""
    number = _constant(exponent)
    if number is not None and abs(number) > LARGEST_EXPONENT and _constant(base) is None:
        message = f"An exponent must be at most {LARGEST_EXPONENT} in size, and this is {number:g}."
        raise FormulaError(message, (exponent.start, exponent.end))
    if base.tree == Named("e"):
        return _bounded(Apply("exp", (exponent.tree,)), base.start, exponent.end)
    root = isinstance(base.tree, Apply) and base.tree.name in ("sqrt", "abs")
    if root and number == 2.0 and base.tree.name == "sqrt" and _is_length(base.tree):
        return _bounded(base.tree.arguments[0], base.start, exponent.end)
    if root and number == 2.0 and base.tree.name == "abs":
        return _apply("^", base._replace(tree=base.tree.arguments[0]), exponent)
    return _apply("^", base, exponent)


def _is_length(root: Apply) -> bool:
    """Whether what stands below a root is a sum of squares, never less than 0."""
    inner = root.arguments[0]
    parts = inner.arguments if isinstance(inner, Apply) and inner.name == "+" else (inner,)
    return all(isinstance(p, Apply) and (p.name == "+" or p.arguments[1:] == (TWO,)) for p in parts)


def _constant(part: _Part) -> float | None:
    """The number that a part is; None where it has names."""
    if any(isinstance(leaf, Named) and leaf.name not in NUMBERS for leaf in leaves(part.tree)):
        return None
    tree = folded(part.tree)
    return tree.value if isinstance(tree, Number) else None


def check_finite(tree: Expression, place: tuple[int, int]) -> None:
    for leaf in leaves(folded(tree)):
        if isinstance(leaf, Number) and not math.isfinite(leaf.value):
            raise FormulaError("A number in the formula is not finite, as 1/0 or 9^9^9.", place)
