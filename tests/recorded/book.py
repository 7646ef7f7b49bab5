"""The files of the recorded set: JSON with a line for each short value, so that a difference can
be read."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from app.server import create_app

FOLDER = Path(__file__).parent / "answers"
WIDTH = 150


def visitor() -> FlaskClient:
    """A visitor of an app that keeps its results in memory."""
    return create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client()


@lru_cache
def read(name: str) -> dict[str, Any]:
    """The recorded answers of a group by request."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def write(name: str, answers: dict[str, Any]) -> None:
    """Record the answers of a group."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(f"{_laid_out(answers)}\n", "utf-8")


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON in which what fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    deeper = f"{indent} "
    if isinstance(value, dict):
        parts = [
            f"{json.dumps(k, ensure_ascii=False)}: {_laid_out(v, deeper)}" for k, v in value.items()
        ]
        return "{\n" + ",\n".join(deeper + part for part in parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + _laid_out(v, deeper) for v in value) + f"\n{indent}]"
