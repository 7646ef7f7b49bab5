"""The grammar of formulas: from a text to a tree, its parameters and what its variables are.

    formula: expression, then parameters, set apart by semicolons, by commas outside brackets, or by
             new lines: a x^2 + y^2; a = 0.5 in [0, 2]

Products bind alike, written or implied, from the left: 1/2x is x/2. Powers bind from the right and
more tightly than signs: −x^2 is −(x²). A function without brackets takes the numbers and names that
follow it: sin 2x y is sin(2xy). Nothing of a text is ever run, and all is bounded: its length, its
nodes, how deep they lie, exponents and numbers.
"""

import math
import re
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
    Variable,
    depth_of,
    folded,
    leaves,
    nodes_of,
)
from dynamics.spelling import FUNCTIONS, NUMBERS, VARIABLES, FormulaError, Token, plain, tokens
from dynamics.types import Parameter

LONGEST = 2000  # letters
MOST_NODES = 400
DEEPEST = 200
MOST_PARAMETERS = 12
LARGEST_EXPONENT = 64
LARGEST_PARAMETER = 1e6

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


class Formula(NamedTuple):
    """What a text says.

    Attributes:
        tree: the expression as it was written.
        d: number of variables.
        variables: what they are called, [d].
        parameters: the named ones.
        source: the text.
    """

    tree: Expression
    d: int
    variables: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    source: str


class _Part(NamedTuple):
    """A part of the text that has been read: its tree, or several, and where it stands."""

    tree: Any
    start: int
    end: int


def parse(text: str) -> Formula:
    """The formula that a text is.

    Raises:
        FormulaError: it is none; with the place and the reason.
    """
    try:
        return _parse(text)
    except FormulaError as error:
        error.text = text
        raise


def _parse(text: str) -> Formula:
    if len(text) > LONGEST:
        message = f"A formula has at most {LONGEST} letters, and this has {len(text)}."
        raise FormulaError(message, (LONGEST, len(text)))
    (start, end), *others = _parts_of(text) or [(0, len(text))]
    start = _after_name(text, start, end)
    parameters = _parameters(text, others)
    tree, used = _expression(text, start, end, [p.name for p in parameters])
    variables = _variables(used, (start, end))
    numbered = {name: Variable(k) for k, name in enumerate(variables)}
    tree = _with_variables(tree, numbered)
    _check_finite(tree, (start, end))
    return Formula(tree, len(variables), variables, parameters, text)


def _parts_of(text: str) -> list[tuple[int, int]]:
    """Where the parts of a text stand that semicolons, commas and new lines set apart."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1  # \, and \; are spaces of LaTeX
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth = max(0, depth - 1)
        elif letter in ";\n" or (letter == "," and not depth):
            parts.append((start, at))
            start = at + 1
        at += 1
    parts.append((start, len(text)))
    return [part for part in parts if text[slice(*part)].strip()]


_NAME_OF_L = re.compile(r"\s*\\?[A-Za-z]+\s*(?:\([^()=]*\))?\s*=(?!=)")


def _after_name(text: str, start: int, end: int) -> int:
    """Where the expression begins: after `L =` or `f(x, y) =`."""
    match = _NAME_OF_L.match(text, start, end)
    return match.end() if match else start


_DECLARED = re.compile(
    r"\s*(?P<name>\\?[A-Za-zα-ω](?:\w|\{\w*\})*)\s*:?=\s*(?P<value>.*?)\s*"
    r"(?:(?:\bin\b|∈|\\in\b)\s*[\[(](?P<low>[^,;\]]*)[,;](?P<high>[^,;\]]*)[\])]\s*)?",
    re.DOTALL,
)


def _parameters(text: str, parts: Sequence[tuple[int, int]]) -> tuple[Parameter, ...]:
    """The parameters that the parts after the first declare."""
    if len(parts) > MOST_PARAMETERS:
        message = f"A formula has at most {MOST_PARAMETERS} parameters, and this has {len(parts)}."
        raise FormulaError(message, parts[MOST_PARAMETERS])
    found: dict[str, Parameter] = {}
    for part in parts:
        parameter = _parameter(text, *part)
        if parameter.name in found:
            raise FormulaError(f"{parameter.name} is declared twice.", _trimmed(text, *part))
        found[parameter.name] = parameter
    return tuple(found.values())


def _parameter(text: str, start: int, end: int) -> Parameter:
    match = _DECLARED.fullmatch(text, start, end)
    place = _trimmed(text, start, end)
    if not match:
        message = (
            "After the formula come its parameters, like a = 0.5 in [0, 2]; a decimal has a point."
        )
        raise FormulaError(message, place)
    name = plain(match["name"])
    if name in VARIABLES or name in NUMBERS or name in FUNCTIONS:
        what = "a function" if name in FUNCTIONS else "π or e" if name in NUMBERS else "a variable"
        raise FormulaError(f"{name} is {what}, and no name for a parameter.", match.span("name"))
    value = _number_in(text, *match.span("value"))
    low, high = _range_of(text, match, value)
    if not low < high:
        raise FormulaError(
            f"A range goes from a lesser to a greater number, not from {low:g} to {high:g}.",
            (match.start("low"), match.end("high")),
        )
    if not low <= value <= high:
        message = f"{name} = {value:g} must lie in its range, {low:g} … {high:g}."
        raise FormulaError(message, match.span("value"))
    return Parameter(name, value, low, high, symbol=match["name"].lstrip("\\"))


def _range_of(text: str, match: re.Match, value: float) -> tuple[float, float]:
    """What a parameter may be; from 0 to twice its value where that is not said."""
    if match["low"] is None:
        return (min(0.0, 2 * value), max(0.0, 2 * value)) if value else (-1.0, 1.0)
    return _number_in(text, *match.span("low")), _number_in(text, *match.span("high"))


def _number_in(text: str, start: int, end: int) -> float:
    """The number that a part of a text is: 0.5, 1/2, 2π."""
    tree = folded(_expression(text, start, end, ())[0])
    place = _trimmed(text, start, end)
    if not isinstance(tree, Number):
        raise FormulaError("A number must stand here.", place)
    if not abs(tree.value) <= LARGEST_PARAMETER:
        raise FormulaError(f"A number here must be at most {LARGEST_PARAMETER:g} in size.", place)
    return tree.value


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a part stands without the blanks around it."""
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())


def _expression(
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


def _variables(used: Sequence[Token], place: tuple[int, int]) -> tuple[str, ...]:
    """The variables of a formula in their order.

    Raises:
        FormulaError: there are none, those of two kinds, or some are skipped.
    """
    first: dict[str, Token] = {}
    for token in used:
        if token.kind == "NAME" and token.value in VARIABLES:
            first.setdefault(str(token.value), token)
    if not first:
        raise FormulaError("There is no variable: they are x, y, z, or x1 … x8, or u, v, w.", place)
    family, *other = dict.fromkeys(map(_family, first))
    if other:
        odd = next(token for name, token in first.items() if _family(name) == other[0])
        message = (
            f"{odd.value} does not go with {next(iter(first))}: variables are x, y, z, or "
            "x1 … x8, or u, v, w."
        )
        raise FormulaError(message, (odd.start, odd.end))
    if family[0] == "x1" and "x0" in first:
        family = tuple(f"x{k}" for k in range(8))
    if "x8" in first and "x0" in first:
        token = first["x8"]
        raise FormulaError("Counted from x0, variables end at x7.", (token.start, token.end))
    last = max(map(family.index, first))
    skipped = [name for name in family[:last] if name not in first]
    if skipped:
        token = first[family[last]]
        raise FormulaError(_skipped(skipped, str(token.value)), (token.start, token.end))
    return family[: last + 1]


def _family(name: str) -> tuple[str, ...]:
    if len(name) > 1:
        return tuple(f"x{k}" for k in range(1, 9))
    return ("x", "y", "z") if name in "xyz" else ("u", "v", "w")


def _skipped(names: Sequence[str], last: str) -> str:
    verb = "is" if len(names) == 1 else "are"
    skipped = f"{', '.join(names)} {verb} skipped"
    return f"{last} occurs and {skipped}: the start has a number for each variable in turn."


def _with_variables(tree: Expression, numbered: dict[str, Variable]) -> Expression:
    """Variables by their number in place of their name; the rest is shared."""
    if isinstance(tree, Named):
        return numbered.get(tree.name, tree)
    if not isinstance(tree, Apply):
        return tree
    return Apply(tree.name, tuple(_with_variables(part, numbered) for part in tree.arguments))


def _check_finite(tree: Expression, place: tuple[int, int]) -> None:
    for leaf in leaves(folded(tree)):
        if isinstance(leaf, Number) and not math.isfinite(leaf.value):
            raise FormulaError("A number in the formula is not finite, as 1/0 or 9^9^9.", place)
