"""How runs show themselves in a notebook: by the player, where it is installed beside this package.

The mathematics knows it by its name alone, and does without it. Numbers along a run are a table.
"""

from collections.abc import Iterable, Sequence
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import Any

PLAYER = "edgewalk.notebook"


def frame_of(*runs: Any) -> str | None:
    """The HTML of a frame that plays runs from one start; None where there is no player, or none
    for their loss."""
    if not find_spec(PLAYER.split(".")[0]) or not find_spec(PLAYER):
        return None
    return import_module(PLAYER).frame(*runs)


def table_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The HTML of a table: words, then a row each."""
    lines = ["".join(_cell("th", text) for text in head)]
    lines += ["".join(_cell("td", text) for text in row) for row in rows]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _cell(kind: str, text: str) -> str:
    """A notebook may have no room between cells, so each brings its own."""
    return f'<{kind} style="padding: 0 0.6em; text-align: left">{escape(text)}</{kind}>'
