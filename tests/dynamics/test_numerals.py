"""One reader of numbers: what it takes, and what it sees was meant."""

import json
import math
from pathlib import Path

import pytest

from dynamics.numerals import hint, meant_number, meant_numbers, read_number, read_whole

# The page's scripts are held to the same table.
TABLE = json.loads((Path(__file__).parents[1] / "numerals.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", TABLE)
def test_a_number_is_read(text: str) -> None:
    value, wanted = read_number(text), TABLE[text]
    assert math.isnan(value) if wanted is None else value == float(wanted)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", 100),
        ("1e5", 100_000),
        ("100.0", 100),
        ("10,000", 10_000),
        ("−1,234,567", -1_234_567),
        ("1e400", math.inf),
        ("-inf", -math.inf),
    ],
)
def test_a_whole_number_is_read(text: str, value: float) -> None:
    assert read_whole(text) == value


@pytest.mark.parametrize("text", ["2.5", "1e-3", "1,00", "0,100", "10,00,000", "1,0000", "x", ""])
def test_what_is_not_whole_is_not_read(text: str) -> None:
    assert math.isnan(read_whole(text))


@pytest.mark.parametrize(
    ("text", "one", "several"),
    [
        ("0,05", "0.05", "0.05"),
        (" 0,1 ", "0.1", "0.1"),
        ("1,05", "1.05", "1.05"),
        ("1,5", "1.5", ""),
        ("−0,5", "−0.5", "−0.5"),
        ("0,1, 0,05", "", "0.1, 0.05"),
        ("0,1,0,05", "", "0.1, 0.05"),
        ("0,1; 0,05", "", "0.1, 0.05"),
        ("1,5; 2", "", ""),
        ("0.1,0.05", "", ""),
        ("0.1", "", ""),
        ("2,3,4", "", ""),
        ("", "", ""),
    ],
)
def test_a_decimal_comma_is_seen(text: str, one: str, several: str) -> None:
    assert (meant_number(text), meant_numbers(text)) == (one, several)


def test_the_hint_says_what_was_meant() -> None:
    assert hint("0.05") == " Did you mean 0.05? Decimals have a point."
    assert hint("") == ""
