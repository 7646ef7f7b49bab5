"""What of the scripts a browser gets."""

import mimetypes
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Request
from flask.testing import FlaskClient

from app import server
from app.modules import bundled, without_types
from tests.app.scripts import ASSETS

NODE = Path(sys.executable).with_name("node")
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


def write(folder: Path, **modules: str) -> None:
    for name, text in modules.items():
        (folder / f"{name}.mjs").write_text(text)


def said_by(script: str) -> list[str]:
    """What a script logs, as Node runs it without modules."""
    command = [NODE, "--input-type=commonjs", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_bundle_is_one_script_that_does_the_same(tmp_path: Path) -> None:
    """Names that two modules share stay apart; what is imported later is there when it is wanted,
    and what is left out is refused then."""
    write(
        tmp_path,
        entry='import { one as first, $ } from "./one.mjs";\nimport * as two from "./two.mjs";\n'
        "const own = 3;\nconsole.log(first, $(own), two.a, two.b);\n"
        "console.log(two.double(own), two.Kind.name);\n"
        'import("./late.mjs").then(({ late }) => console.log(late()));\n'
        'import("./gone.mjs").catch(() => console.log("gone"));\n',
        one="export const one = 1;\nexport const $ = (x) => own + x;\nconst own = 10;\n",
        two='import { one } from "./one.mjs";\nexport const { a, b } = { a: one, b: 2 };\n'
        "export function double(x) {\n  return 2 * x;\n}\nexport class Kind {}\n",
        late="export const late = () => 7;\n",
        gone="export const gone = 1;\n",
    )
    script = bundled(tmp_path, "entry.mjs", ("gone.mjs",))
    assert said_by(script) == ["1", "13", "1", "2", "6", "Kind", "7", "gone"]


def test_no_text_of_a_script_goes_over_several_lines() -> None:
    """So that lines of a bundle need not keep what they begin with."""
    for name in MODULES:
        for line in (ASSETS / name).read_text(encoding="utf-8").splitlines():
            assert line.replace("\\`", "").count("`") % 2 == 0, f"{name}: {line}"


def test_a_circle_of_modules_is_refused(tmp_path: Path) -> None:
    write(
        tmp_path,
        entry='import { a } from "./a.mjs";\n',
        a='import { b } from "./b.mjs";\nexport const a = 1;\n',
        b='import { a } from "./a.mjs";\nexport const b = 1;\n',
    )
    with pytest.raises(ValueError, match=r"a\.mjs, b\.mjs"):
        bundled(tmp_path, "entry.mjs")
