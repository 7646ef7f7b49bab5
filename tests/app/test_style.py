"""What style sheets leave alone, since not every engine does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[2] / "assets" / "style").glob("*.css"))


def asked_of_others(rules: str) -> Iterator[str]:
    """What stands within each `:has(…)`."""
    for rest in rules.split(":has(")[1:]:
        depth = 1
        for end, sign in enumerate(rest):
            depth += (sign == "(") - (sign == ")")
            if not depth:
                yield rest[:end]
                break


def test_what_is_asked_of_others_is_read_to_its_end() -> None:
    rules = ".a:has(#b:not(:empty) ~ .c) { } .d:has(> .e):empty { }"
    assert list(asked_of_others(rules)) == ["#b:not(:empty) ~ .c", "> .e"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_no_rule_asks_of_another_part_whether_it_is_empty(sheet: Path) -> None:
    """WebKit does not ask again once something stands there."""
    assert not [part for part in asked_of_others(sheet.read_text("utf-8")) if ":empty" in part]
