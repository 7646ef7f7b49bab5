"""What of the scripts a browser gets."""

import mimetypes
import os

import pytest
from flask import Request
from flask.testing import FlaskClient

from app import server
from app.modules import without_types
from tests.app.scripts import ASSETS

MODULES = sorted(path.relative_to(ASSETS).as_posix() for path in (ASSETS / "js").rglob("*.mjs"))
JSDOC = ("/**", "*", "*/")


def test_types_are_taken_from_lines_of_their_own() -> None:
    """Blocks and single lines of JSDoc go; what stands in a line of code stays."""
    code = (
        "/**\n * @param {number} x\n */\nf(x);\n  /** @type {A} */\n  a = /** @type {A} */ (b);\n"
    )
    assert without_types(code) == "\n\n\nf(x);\n\n  a = /** @type {A} */ (b);\n"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_loses_its_types_and_no_line_of_code(name: str, client: FlaskClient) -> None:
    """Line by line a module is served as it is, but for lines of JSDoc."""
    served = client.get(f"/assets/{name}").text
    lines = (ASSETS / name).read_text(encoding="utf-8").splitlines()
    kept = served.splitlines()
    assert len(lines) == len(kept)
    for line, found in zip(lines, kept, strict=True):
        assert found == line or (found == "" and line.split()[0].startswith(JSDOC))
    assert "* @param" not in served


def test_scripts_are_scripts_whatever_the_system_thinks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On Windows any program may say that they are plain text."""
    mimetypes.init()
    for ending in (".js", ".mjs", ".css"):
        monkeypatch.setitem(mimetypes.types_map, ending, "text/plain")
    client = server.create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client()
    given = {name: client.get(f"/assets/{name}").mimetype for name in ("scheme.js", "stage.mjs")}
    assert set(given.values()) == {"text/javascript"}
    assert client.get("/assets/style/base.css").mimetype == "text/css"


def test_modules_come_compressed(client: FlaskClient) -> None:
    """Types are taken before that, not instead."""
    answer = client.get("/assets/js/stage/page.mjs", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) < len(client.get("/assets/js/stage/page.mjs").data) / 2


def test_a_file_is_compressed_anew_only_when_it_changes(tmp_path, monkeypatch) -> None:
    """Not for another query, of which there is no end; and nothing but files is kept."""
    monkeypatch.setattr(server, "ASSETS", tmp_path)
    path = tmp_path / "one.js"
    path.write_text("1")

    def name(address: str) -> str:
        return server.file_of(Request.from_values(address))

    before = name("/assets/one.js")
    assert before == name("/assets/one.js?m=2")
    assert before != name("/lab/assets/one.js")
    os.utime(path, ns=(1, 1))
    assert name("/assets/one.js") != before
    assert name("/run.bin?eta=0.1") == ""
    kept = server.Compressed()
    kept.set(f"br;{before}", b"small")
    kept.set(f"br;{name('/run.bin')}", b"a run")
    assert kept == {f"br;{before}": b"small"}
