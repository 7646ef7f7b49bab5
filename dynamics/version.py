"""The version of Edgewalk, and of what decides the last bit of a number; pyproject.toml has the
first."""

import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parent / "pyproject.toml"
LIBRARIES = ("jax", "jaxlib", "numpy")


def _own() -> str:
    """From the checkout's own file where this is one: the same Python may hold an older wheel."""
    if PROJECT.is_file():
        return tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return version("edgewalk")


VERSION = _own()


@cache
def versions() -> dict[str, str]:
    """By the names under which they are installed."""
    return {"edgewalk": VERSION} | {name: version(name) for name in LIBRARIES}


def about() -> dict[str, Any]:
    """What every file says of the program that wrote it."""
    return {"software": "Edgewalk", "versions": versions()}
