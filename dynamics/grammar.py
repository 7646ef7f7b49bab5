"""What a formula says: from a text to a tree, its parameters and what its variables are.

    formula: expression, then parameters, set apart by semicolons, by commas outside brackets, or by
             new lines: a x^2 + y^2; a = 0.5 in [0, 2]

With a part `data = [(0, 0.1), (1, 0.8)]` the expression is a model of x that is fitted to these
rows: its other names are the coordinates, and L = ½ mean (model − y)².

A part `conserved = x^2 - y^2` names what gradient flow keeps, in the variables of the formula.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dynamics.expressions import (
    TWO,
    Apply,
    Column,
    Expression,
    Named,
    Number,
    Variable,
    folded,
)
from dynamics.numerals import read_number
from dynamics.spelling import (
    FUNCTIONS,
    MODEL_NAMES,
    NUMBERS,
    VARIABLES,
    FormulaError,
    Token,
    plain,
)
from dynamics.syntax import check_finite, expression
from dynamics.types import Parameter

LONGEST = 2000  # letters,
LONGEST_WITH_DATA = 10_000
MOST_ROWS = 200
MOST_COORDINATES = 8
MOST_PARAMETERS = 12
LARGEST_PARAMETER = 1e6

INPUT = "x"
INPUTS, TARGETS = "_inputs", "_targets"
"""The names in `theta` of the columns of data."""


class Formula(NamedTuple):
    """What a text says.

    Attributes:
        tree: the expression as it was written.
        d: number of variables.
        variables: what they are called, [d].
        parameters: the named ones.
        source: the text.
        data: rows of an input and a target, [m, 2], that the expression is fitted to.
        conserved: what gradient flow is said to keep, where it is said.
        conserved_at: where in the text.
    """

    tree: Expression
    d: int
    variables: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    source: str
    data: tuple[tuple[float, float], ...] = ()
    conserved: Expression | None = None
    conserved_at: tuple[int, int] = (0, 0)

    @property
    def residual(self) -> Expression:
        """Model less target, a row each, of columns of data."""
        return Apply("-", (self.tree, Column(TARGETS)))

    @property
    def loss(self) -> Expression:
        """L itself."""
        if not self.data:
            return self.tree
        return Apply("*", (Number(0.5), Apply("mean", (Apply("^", (self.residual, TWO)),))))


def residual_in(loss: Expression) -> Expression:
    """The residual in the loss of a model, or in its structure."""
    for name in ("*", "mean", "^"):
        assert isinstance(loss, Apply)
        assert loss.name == name
        loss = loss.arguments[name == "*"]
    return loss


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
    most = LONGEST_WITH_DATA if "data" in text else LONGEST
    if len(text) > most:
        message = f"A formula has at most {most} letters, and this has {len(text)}."
        raise FormulaError(message, (most, len(text)))
    (start, end), *others = _parts_of(text) or [(0, len(text))]
    start = _after_name(text, start, end)
    rows = next((part for part in others if _DATA.match(text, *part)), None)
    kept = next((part for part in others if _CONSERVED.match(text, *part)), None)
    parameters = _parameters(text, [part for part in others if part not in (rows, kept)])
    data = _rows(text, *rows) if rows else ()
    found = (_model if rows else _plain)(text, (start, end), parameters, data)
    return _with_conserved(found, *kept) if kept else found


def _plain(
    text: str, place: tuple[int, int], parameters: tuple[Parameter, ...], _: tuple
) -> Formula:
    """A formula of L itself."""
    start, end = place
    tree, used = expression(text, start, end, [p.name for p in parameters])
    variables = _variables(used, (start, end))
    numbered = {name: Variable(k) for k, name in enumerate(variables)}
    tree = _with_variables(tree, numbered)
    check_finite(tree, (start, end))
    return Formula(tree, len(variables), variables, parameters, text)


_CONSERVED = re.compile(r"\s*conserved\s*:?=")


def _with_conserved(found: Formula, start: int, end: int) -> Formula:
    """The formula with what it says that gradient flow keeps."""
    text, place = found.source, _trimmed(found.source, start, end)
    match = _CONSERVED.match(text, start, end)
    assert match
    declared = [p.name for p in found.parameters]
    names = {*declared, *found.variables} if found.data else declared
    tree, used = expression(text, match.end(), end, names)
    known = {*found.variables, *declared, *NUMBERS}
    odd = next((t for t in used if t.kind == "NAME" and t.value not in known), None)
    if odd:
        message = (
            f"{odd.value} is no variable of the formula, which has {', '.join(found.variables)}."
        )
        raise FormulaError(message, (odd.start, odd.end))
    numbered = {name: Variable(k) for k, name in enumerate(found.variables)}
    tree = folded(_with_variables(tree, numbered))
    check_finite(tree, place)
    return found._replace(conserved=tree, conserved_at=place)


_DATA = re.compile(r"\s*data\s*=")
_ROW = re.compile(r"\s*[(\[]\s*([^,()\[\]]+),\s*([^,()\[\]]+)[)\]]\s*(,|$)")


def _rows(text: str, start: int, end: int) -> tuple[tuple[float, float], ...]:
    """The rows of `data = [(0, 0.1), (1, 0.8)]`."""
    match = re.compile(r"\s*data\s*=\s*\[(.*)\]\s*", re.DOTALL).fullmatch(text, start, end)
    place = _trimmed(text, start, end)
    if not match:
        raise FormulaError("Data are written data = [(0, 0.1), (1, 0.8)].", place)
    found, at = [], match.start(1)
    while at < match.end(1):
        row = _ROW.match(text, at, match.end(1))
        if not row:
            raise FormulaError("A row of data is an input and a target: (0, 0.1).", (at, end))
        found.append(tuple(_datum(row[k], row.span(k)) for k in (1, 2)))
        at = row.end()
    if not 2 <= len(found) <= MOST_ROWS:
        raise FormulaError(f"Data have 2 to {MOST_ROWS} rows, and these {len(found)}.", place)
    return tuple(found)


def _datum(text: str, place: tuple[int, int]) -> float:
    value = read_number(text.strip())
    if not abs(value) <= LARGEST_PARAMETER:
        raise FormulaError(f"A datum must be a number up to {LARGEST_PARAMETER:g}.", place)
    return value


def _model(
    text: str,
    place: tuple[int, int],
    parameters: tuple[Parameter, ...],
    data: tuple[tuple[float, float], ...],
) -> Formula:
    """A model that is fitted to data: its coordinates are in the order of their first letters."""
    declared = [p.name for p in parameters]
    tree, used = expression(text, *place, {*declared, *MODEL_NAMES})
    names = [t for t in used if t.kind == "NAME" and t.value not in (*declared, *NUMBERS, INPUT)]
    wrong = next((t for t in names if t.value == "y" or t.value not in MODEL_NAMES), None)
    if wrong:
        message = f"{wrong.value} cannot stand in a model: its input is x, and y is what it fits."
        raise FormulaError(message, (wrong.start, wrong.end))
    variables = tuple(dict.fromkeys(str(token.value) for token in names))
    if not 1 <= len(variables) <= MOST_COORDINATES:
        message = (
            f"A model has 1 to {MOST_COORDINATES} coordinates to fit, and this {len(variables)}."
        )
        raise FormulaError(message, place)
    leaves_of: dict[str, Expression] = {name: Variable(k) for k, name in enumerate(variables)}
    tree = _with_variables(tree, leaves_of | {INPUT: Column(INPUTS)})
    check_finite(tree, place)
    return Formula(tree, len(variables), variables, parameters, text, data)


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
        elif letter in ";\n," and not (depth and letter in ",\n"):
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
    tree = folded(expression(text, start, end, ())[0])
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


def _with_variables(tree: Expression, numbered: Mapping[str, Expression]) -> Expression:
    """Variables by their number in place of their name; the rest is shared."""
    if isinstance(tree, Named):
        return numbered.get(tree.name, tree)
    if not isinstance(tree, Apply):
        return tree
    return Apply(tree.name, tuple(_with_variables(part, numbered) for part in tree.arguments))
