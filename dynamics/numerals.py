"""Numbers as people write them, read in one way on every page, in links and on the command line.

    0.05   .5   5.   -1   +1   1e-3   −0.5 and 2.5·10⁻⁴, as the page itself writes
    inf and -inf, which are out of every range
    whole numbers in any of these notations, and 10,000

Decimals have a point. A decimal comma is not read, because commas stand between numbers; but it is
known when it is seen.
"""

import math
import re

_SIGN, _DIGITS = "[-+−]?", r"(?:\d+\.?\d*|\.\d+)"
_NUMBER = re.compile(f"({_SIGN}{_DIGITS})(?:[eE]({_SIGN}\\d+)|·10(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", re.ASCII)
_GROUPED = re.compile(f"{_SIGN}[1-9]\\d{{0,2}}(?:,\\d{{3}})+", re.ASCII)
_COMMA = f"{_SIGN}\\d+,\\d+"
_COMMAS = re.compile(f"{_COMMA}(?: *; *{_COMMA})*", re.ASCII)
_FRACTIONS = re.compile(f"{_SIGN}0,\\d+(?:, *{_SIGN}0,\\d+)*", re.ASCII)
# Spaces as the scripts of a page know them: Python has others, and not U+FEFF, which opens files.
SPACES = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_ENDLESS = ("inf", "+inf", "-inf")
_PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


def read_number(text: str) -> float:
    """The number that a text says, infinite where it is too large, NaN where it says none."""
    text = text.strip(SPACES)
    if text in _ENDLESS:
        return float(text)
    found = _NUMBER.fullmatch(text)
    if not found:
        return math.nan
    digits, power, raised = found.groups()
    return float(f"{digits}e{power or raised or 0}".translate(_PLAIN))


def read_whole(text: str) -> float:
    """The whole number that a text says; NaN where it says none, or one that is not whole."""
    text = text.strip(SPACES)
    value = read_number(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
    return value if math.isinf(value) or value % 1 == 0 else math.nan


def meant_number(text: str) -> str:
    """What one number with a decimal comma was meant to say, or nothing."""
    return (
        text.strip(SPACES).replace(",", ".")
        if re.fullmatch(_COMMA, text.strip(SPACES), re.ASCII)
        else ""
    )


def meant_numbers(text: str) -> str:
    """What numbers above 0 with decimal commas were meant to say, between commas; or nothing.

    0,05 is one number, and so are 0,1 and 1,05; 0,1, 0,05 are two, and so are 0,5; 1,5. But 1,5 may
    be what it says.
    """
    text = text.strip(SPACES)
    if ";" in text and _COMMAS.fullmatch(text):
        return ", ".join(part.strip(SPACES).replace(",", ".") for part in text.split(";"))
    if _FRACTIONS.fullmatch(text):
        parts = [part.strip(SPACES) for part in text.split(",")]
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return ", ".join(".".join(pair) for pair in pairs)
    return text.replace(",", ".") if re.fullmatch(f"{_SIGN}\\d+,0\\d*", text, re.ASCII) else ""


def hint(meant: str) -> str:
    """What to say of decimal commas after what was not understood, if it is seen what was meant."""
    return f" Did you mean {meant}? Decimals have a point." if meant else ""
