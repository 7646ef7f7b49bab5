"""What the page's modules hold, as Node sees it."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.javascript import FOLDER, node

ASSETS = Path(__file__).parents[2] / "assets"
PARTS = FOLDER / "parts.mjs"
_LISTS = ("calls", "members", "values", "compared", "later")

# A function is told as its name; what is exported and can be written as JSON, as it is.
_TELL = """
const held = await import(process.argv[1]);
const plain = (_, value) => (typeof value === "function" ? `function ${value.name}` : value);
console.log(JSON.stringify({ ...held }, plain));
"""


@cache
def exported(module: str) -> dict[str, Any]:
    """What a module under `assets/js` exports."""
    address = (ASSETS / "js" / module).as_uri()
    told = node("--input-type=module", "--eval", _TELL, address, check=True, capture_output=True)
    return json.loads(told.stdout)


class Parts(NamedTuple):
    """What modules say, as a parser reads them."""

    calls: list[tuple[str | None, list[str | None]]]
    """Functions that are called by name, with the texts that they are given; None is no text."""
    members: list[tuple[str | None, str | None]]
    """Names, and what of them is read."""
    keys: dict[str, list[str]]
    """Keys of the objects that a function makes, by its name."""
    values: list[tuple[str, str]]
    """Keys of objects that have a text."""
    compared: list[tuple[str | None, str]]
    """Names, and the text they are compared with."""
    later: list[str]
    """Modules that are imported when they are wanted."""

    def given(self, *functions: str, least: int = 1) -> set[str]:
        """The first texts that calls of functions with so many arguments are given."""
        calls = [texts for name, texts in self.calls if name in functions and len(texts) >= least]
        return {texts[0] for texts in calls if texts[0]}


def parts_of(*names: str) -> Parts:
    """What modules under `assets/js` say; a folder's name stands for all that lie in it, and "" for
    those that lie in no folder."""
    told = [
        one for name, one in _told().items() if name in names or name.rpartition("/")[0] in names
    ]
    lists = {name: [item for one in told for item in one[name]] for name in _LISTS}
    keys: dict[str, list[str]] = {}
    for one in told:
        for function, found in one["keys"].items():
            keys.setdefault(function, []).extend(found)
    return Parts(**lists, keys=keys)


@cache
def _told() -> dict[str, dict[str, Any]]:
    """What each module says, by its name."""
    folder = ASSETS / "js"
    paths = sorted(folder.rglob("*.mjs"))
    told = node(PARTS, *paths, check=True, capture_output=True, cwd=ASSETS.parent)
    return {
        Path(path).relative_to(folder).as_posix(): one
        for path, one in json.loads(told.stdout).items()
    }
