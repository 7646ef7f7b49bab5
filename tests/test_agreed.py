"""Each panel of a few fixed runs, drawn by the pen that writes SVG, is the picture agreed on.

Where a picture is meant to change, `python -m tests.agreed` renews it, and the difference of the
files shows what changed.
"""

from pathlib import Path

from app.server import create_app
from tests.agreed import FOLDER, RUNS, prepare
from tests.javascript import node


def test_panels_are_the_pictures_agreed_on(tmp_path: Path, monkeypatch) -> None:
    """`agreed.test.mjs` draws and compares; here it gets its runs from the server."""
    prepare(create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client(), tmp_path)
    monkeypatch.setenv("AGREED", str(tmp_path))
    done = node("--test", FOLDER / "agreed.test.mjs", capture_output=True)
    assert done.returncode == 0, done.stdout
    assert f"pass {len(RUNS) + 2}" in done.stdout
