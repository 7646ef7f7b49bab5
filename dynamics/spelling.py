"""How a formula is spelt: a text, be it typed, Unicode or simple LaTeX, as tokens.

Each token knows where it stands in the text as it was typed, so that an error can point there.
Runs of letters are cut into the names that are known: `2xy` has three tokens, `sinx` two, and with
a parameter `ab` so has `abx`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple


class FormulaError(ValueError):
    """A slip in a formula: what and where.

    Attributes:
        message: a sentence for a person.
        position: where in the text, (start, end).
        text: the text as it was typed.
    """

    def __init__(self, message: str, position: tuple[int, int], text: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.text = text

    def caret(self) -> str:
        """The line of the text in which the slip is, and carets under it."""
        start, end = self.position
        first = self.text.rfind("\n", 0, start) + 1
        line = self.text[first:].partition("\n")[0]
        width = max(1, min(end, first + len(line)) - start)
        return f"{line}\n{' ' * (start - first)}{'^' * width}"


class Token(NamedTuple):
    """A token of a kind of the grammar, what it is worth, and where it stands."""

    kind: str
    value: str | float
    start: int
    end: int


VARIABLES = ("x", "y", "z", "u", "v", "w", *(f"x{k}" for k in range(9)))
FUNCTIONS = {
    **{
        name: name
        for name in (
            *("sqrt", "cbrt", "exp", "log", "log10", "log2", "sin", "cos", "tan", "asin", "acos"),
            *("atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid"),
            *("softplus", "erf", "sign", "abs", "relu", "max", "min", "norm"),
        )
    },
    **{"ln": "log", "lg": "log10", "sgn": "sign", "hypot": "norm", "logistic": "sigmoid"},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan")},
    **{f"ar{name}": f"a{name}" for name in ("sinh", "cosh", "tanh")},
    **{f"arc{name}": f"a{name}" for name in ("sinh", "cosh", "tanh")},
}
"""Functions by the names that a person may give them."""

NUMBERS = {"pi": "pi", "e": "e"}
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega"
)
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψω", _GREEK.split(), strict=True))
SIGNS = {
    **{"+": "PLUS", "＋": "PLUS", "-": "MINUS", "−": "MINUS", "–": "MINUS", "—": "MINUS"},
    **dict.fromkeys("*·×⋅∙•∗", "TIMES"),
    **dict.fromkeys("/÷∕⁄", "OVER"),
    **{"**": "POWER", "^": "POWER", ",": "COMMA", "√": "ROOT"},
}
OPENING = {"(": ")", "[": "]", "{": "}"}
BRACKETS = {**OPENING, "|": "|", "‖": "‖"}
FRACTIONS = dict(zip("½⅓⅔¼¾⅕⅛", (1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4, 1 / 5, 1 / 8), strict=True))
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
FRACTION_COMMANDS = ("frac", "dfrac", "tfrac")
COMMANDS = {
    **{"cdot": "*", "times": "*", "ast": "*", "div": "/"},
    **{"lvert": "|", "rvert": "|", "vert": "|", "|": "‖", "lVert": "‖", "rVert": "‖", "Vert": "‖"},
    **{"{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]"},
}
"""LaTeX commands that stand for a sign."""

EMPTY_COMMANDS = (
    *(
        "left",
        "right",
        "big",
        "Big",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "displaystyle",
        "quad",
        "qquad",
    ),
    *(",", ";", ":", "!", " ", "limits", "rm"),
)

NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
LETTERS = re.compile(r"[A-Za-zΑ-ω]+")
INDEX = re.compile(r"_?([0-9]+)|_\{([^{}]*)\}|_([^\W_])|([₀-₉]+)|\[([0-9]+)\]")
UPRIGHT = re.compile(r"\\(?:operatorname|mathrm|text)\s*\{\s*([A-Za-z]+)\s*\}")

ENDS_OPERAND = {"NUMBER", "NAME", "RPAR", "CLOSE", "CLOSE_NORM", "SUPER"}


LETTERS_OF_MODELS = (
    *(chr(k) for k in range(ord("a"), ord("z") + 1) if chr(k) not in "exy"),
    *_GREEK.split(),
)
MODEL_NAMES = (*LETTERS_OF_MODELS, *(f"{name}{k}" for name in LETTERS_OF_MODELS for k in range(10)))
"""What the coordinates of a model that is fitted to data may be called: any letter but e, x and y,
and any with a digit."""


def tokens(text: str, start: int, end: int, parameters: Collection[str]) -> list[Token]:
    """The tokens of a part of a text.

    Args:
        parameters: the names that have been declared, as `plain` has them.

    Raises:
        FormulaError: a sign or a name is not known, or brackets do not match.
    """
    words = _words(parameters)
    found: list[Token] = []
    open_at: list[Token] = []
    at = start
    while at < end:
        for token in _next(text, at, end, words, found):
            found.append(_matched(token, open_at, found))
            at = token.end
    if open_at:
        last = open_at[-1]
        message = f"This {last.value} is never closed: a {BRACKETS[str(last.value)]} is missing."
        raise FormulaError(message, (last.start, last.end))
    return [token for token in found if token.kind != "SPACE"]


def _words(parameters: Collection[str]) -> dict[str, tuple[str, str]]:
    """Kind and value of all names that are known."""
    functions = {name: ("FUNC", value) for name, value in FUNCTIONS.items()}
    variables = {name: ("NAME", name) for name in (*VARIABLES, *NUMBERS)}
    return functions | variables | {name: ("NAME", name) for name in parameters}


def _next(
    text: str, at: int, end: int, words: Mapping[str, tuple[str, str]], before: list[Token]
) -> Iterator[Token]:
    """The next token, or the several of a run of letters."""
    letter = text[at]
    if letter.isspace() or letter in "$~\u2061\u2062":
        yield Token("SPACE", "", at, at + 1)
    elif letter == "\\":
        yield from _command(text, at, end, words, before)
    elif text.startswith("**", at):
        yield Token("POWER", "^", at, at + 2)
    elif letter in SIGNS:
        yield Token(SIGNS[letter], "sqrt" if letter == "√" else letter, at, at + 1)
    elif letter in FRACTIONS:
        yield _fraction(letter, at, before)
    elif letter in RAISED:
        yield _raised(text, at, end)
    elif number := NUMBER.match(text, at, end):
        yield Token("NUMBER", _checked(number), at, number.end())
    elif letter in "([{)]}|‖":
        yield Token("BRACKET", letter, at, at + 1)
    elif LETTERS.match(letter):
        yield from _names(text, at, end, words)
    else:
        raise FormulaError(_no_sign(letter), (at, at + 1))


def _no_sign(letter: str) -> str:
    hint = {
        "=": " Give the formula of L alone; parameters come after it, as in a = 0.5 in [0, 2].",
        "!": " There are no factorials.",
        "_": " An index follows a name: x_1.",
        "'": " There are no derivatives.",
        "∞": " Numbers are finite.",
    }.get(letter, "")
    return f"{letter!r} has no meaning here.{hint}"


def _checked(number: re.Match) -> float:
    value = float(number[0])
    if value > 1e100:
        raise FormulaError("A number must be less than 1e100.", number.span())
    return value


def _fraction(letter: str, at: int, before: list[Token]) -> Token:
    if before and before[-1].kind == "NUMBER":
        message = f"A number before {letter} may be meant as a sum or a product: write which."
        raise FormulaError(message, (before[-1].start, at + 1))
    return Token("NUMBER", FRACTIONS[letter], at, at + 1)


def _raised(text: str, at: int, end: int) -> Token:
    """A power written small: ², ⁻¹."""
    last = at
    while last < end and text[last] in RAISED:
        last += 1
    digits = "".join(RAISED[letter] for letter in text[at:last])
    if not re.fullmatch(r"[+-]?\d+", digits):
        raise FormulaError("A small power must be a whole number.", (at, last))
    return Token("SUPER", float(digits), at, last)


def _command(
    text: str, at: int, end: int, words: Mapping[str, tuple[str, str]], before: list[Token]
) -> Iterator[Token]:
    """A LaTeX command."""
    match = UPRIGHT.match(text, at, end) or COMMAND.match(text, at, end)
    if match is None:
        raise FormulaError("A command of LaTeX has a name after its \\.", (at, at + 1))
    name, after = match[1], match.end()
    if name in EMPTY_COMMANDS:
        yield Token("SPACE", "", at, after)
    elif name in FRACTION_COMMANDS:
        yield Token("FRAC", name, at, after)
        yield from _digits(text, after, end)
    elif name == "sqrt":
        yield _root(text, at, after, end)
    elif name in COMMANDS:
        sign = COMMANDS[name]
        yield Token(SIGNS.get(sign, "BRACKET"), sign, at, after)
    elif name in words or name.removeprefix("var") in words:
        kind, value = words[name if name in words else name.removeprefix("var")]
        yield Token(kind, value, at, after)
    else:
        raise FormulaError(_unknown(name, words), (at, after))


def _digits(text: str, at: int, end: int) -> Iterator[Token]:
    """The two digits of `\\frac12`, which belong to one each."""
    match = re.compile(r"\s*(\d)\s*(\d)?").match(text, at, end)
    for group in (1, 2) if match else ():
        if match and match[group]:
            yield Token("NUMBER", float(match[group]), *match.span(group))


def _root(text: str, at: int, after: int, end: int) -> Token:
    rest = text[after:end].lstrip()
    kind = "ROOT_OF" if rest.startswith("[") else "ROOT"
    return Token(kind, "sqrt", at, after)


def _names(text: str, at: int, end: int, words: Mapping[str, tuple[str, str]]) -> Iterator[Token]:
    """A run of letters, the last of which may have an index, cut into names."""
    match = LETTERS.match(text, at, end)
    assert match is not None
    index = INDEX.match(text, match.end(), end)
    suffix = next(filter(None, index.groups()), "") if index else ""
    pieces, stop = _cut(match[0], plain(suffix), words), index.end() if index else match.end()
    if pieces is None and text.startswith("[", match.end()):
        # A product with a number in brackets, then, and no index.
        pieces, stop = _cut(match[0], "", words), match.end()
    if pieces is None:
        raise FormulaError(_unknown(text[at:stop], words), (at, stop))
    for k, (piece, length) in enumerate(pieces):
        last = stop if k == len(pieces) - 1 else at + length
        yield Token(*words[piece], at, last)
        at = last


def _cut(
    letters: str, suffix: str, words: Mapping[str, tuple[str, str]]
) -> list[tuple[str, int]] | None:
    """The fewest known names that make up a run, each with its length; None where none do."""
    best: list[list[tuple[str, int]] | None] = [[]] + [None] * len(letters)
    for stop in range(1, len(letters) + 1):
        for start in range(stop):
            before = best[start]
            name = plain(letters[start:stop]) + (suffix if stop == len(letters) else "")
            if before is None or name not in words:
                continue
            if best[stop] is None or len(before) + 1 < len(best[stop] or ()):
                best[stop] = [*before, (name, stop - start)]
    return best[-1]


def plain(name: str) -> str:
    """A name in Latin letters and digits: alpha for α, s0 for s_0, s_{0} and s₀."""
    name = "".join(GREEK.get(letter, LOWERED.get(letter, letter)) for letter in name)
    return re.sub(r"[_{}\\\s]", "", name)


def _unknown(name: str, words: Mapping[str, tuple[str, str]]) -> str:
    """What to say of a name that is not known."""
    known = plain(name)
    if re.fullmatch(r"x\d+", known):
        return f"{name} is no variable: they are x1 … x8, or x0 … x7."
    if re.fullmatch(r"[xyzuvw]\d", known):
        return f"{name} is no variable. A power is written {known[0]}^{known[1]}."
    near = get_close_matches(known.lower(), words, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near and len(known) > 1 else ""
    if not hint and re.fullmatch(r"[A-Za-z]\w{0,9}", known):
        hint = f" Say what it is after the formula, as in {known} = 0.5 in [0, 2]."
    return f"{name} is not known.{hint}"


def _matched(token: Token, open_at: list[Token], before: list[Token]) -> Token:
    """A bracket as one that opens or one that closes."""
    if token.kind != "BRACKET":
        return token
    sign = str(token.value)
    kinds = {"|": ("OPEN", "CLOSE"), "‖": ("OPEN_NORM", "CLOSE_NORM")}.get(sign, ("LPAR", "RPAR"))
    if _opens(sign, open_at, before):
        open_at.append(token)
        return token._replace(kind=kinds[0])
    if not open_at or BRACKETS[str(open_at[-1].value)] != sign:
        raise FormulaError(_no_opening(sign, open_at), (token.start, token.end))
    open_at.pop()
    return token._replace(kind=kinds[1])


def _opens(sign: str, open_at: list[Token], before: list[Token]) -> bool:
    """Whether a bracket opens: a bar does where no operand ends before it, or none is open."""
    if sign not in "|‖":
        return sign in OPENING
    last = next((token.kind for token in reversed(before) if token.kind != "SPACE"), "")
    return last not in ENDS_OPERAND or not open_at or open_at[-1].value != sign


def _no_opening(sign: str, open_at: list[Token]) -> str:
    if not open_at:
        return f"This {sign} closes nothing."
    last = str(open_at[-1].value)
    return f"This {sign} does not fit the {last} before it, which asks for {BRACKETS[last]}."
