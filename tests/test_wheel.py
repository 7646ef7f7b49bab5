"""What `make wheel` builds can be installed and used elsewhere: by another user, from any folder,
without a word of it beside the code.

The environment that it is installed into is new. What it needs is lent by the tests' own, so that
nothing is downloaded.
"""

import ast
import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from packaging.requirements import Requirement

from tests.app.test_main import address_of, fetch, python_of, running
from tests.test_architecture import ORDER, OURS, ROOT, imported_by, wing

MOST = 6_000_000  # bytes
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION = PROJECT["version"]
# Where the tests keep compiled programs too: what is tried here is not how long compiling takes.
BARE = {
    name: value
    for name, value in os.environ.items()
    if name in ("PATH", "SYSTEMROOT") or name.startswith("JAX_")
}
BIN = "Scripts" if sys.platform == "win32" else "bin"
# As if the extra were not installed.
WITHOUT_DASH = """
import runpy, sys
sys.modules["dash"] = sys.modules["flask_caching"] = None
runpy.run_module("edgewalk", run_name="__main__")
"""


class Installed(NamedTuple):
    """An environment with the wheel in it."""

    wheel: Path
    folder: Path
    packages: Path

    def run(self, *command: str, into: Path, **environment: str) -> subprocess.CompletedProcess:
        """A program of the environment, from another folder."""
        program = self.folder / BIN / command[0]
        return subprocess.run(
            [program, *command[1:]],
            cwd=into,
            env=BARE | {"HOME": str(into)} | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    @property
    def files(self) -> set[Path]:
        """All that lies beside the code; Python's own compiled files apart."""
        found = set(self.packages.rglob("*"))
        return {path for path in found if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    """Where another user may read it, which pytest's folders are not for."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        wheel = built(folder / "dist")
        venv.create(folder / "env", with_pip=False)
        python = folder / "env" / BIN / "python"
        pip("--python", python, "install", "--no-index", "--no-deps", wheel)
        asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        packages = Path(subprocess.check_output(asked, text=True).strip())
        (packages / "lent.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
        yield Installed(wheel, folder / "env", packages)


def built(folder: Path) -> Path:
    """The wheel of this checkout, by the backend that is installed."""
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.iterdir()
    return wheel


def pip(*arguments: Any) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(list(map(str, command)), check=True, timeout=300)


# ---- what is in it ----


def test_it_is_small_and_takes_three_names(installed: Installed) -> None:
    assert installed.wheel.stat().st_size <= MOST
    assert installed.wheel.name == f"edgewalk-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(installed.wheel) as wheel:
        first = {name.split("/")[0] for name in wheel.namelist()}
    assert first == {"dynamics", "edgewalk", f"edgewalk-{VERSION}.dist-info"}


def test_it_holds_every_file_of_the_checkout(installed: Installed) -> None:
    """`app` and `assets` in the folder of `edgewalk`, all of them to the last byte."""
    for folder, place in (
        *(("dynamics", ""), ("edgewalk", "")),
        *(("app", "edgewalk"), ("assets", "edgewalk")),
    ):
        for file in tracked(folder):
            inside = installed.packages / place / file
            assert inside.read_bytes() == (ROOT / file).read_bytes()


def tracked(folder: str) -> list[str]:
    """What git knows, or all where there is no git: an archive of the checkout."""
    with suppress(OSError, subprocess.CalledProcessError):
        return subprocess.check_output(
            ["git", "ls-files", folder], cwd=ROOT, text=True, stderr=subprocess.DEVNULL
        ).splitlines()
    found = [path for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return [str(path.relative_to(ROOT)) for path in found if path.is_file()]


# ---- what it wants ----


def asked_for(*requirements: str) -> dict[str, Requirement]:
    return {one.name: one for one in map(Requirement, requirements)}


def test_the_library_wants_what_it_imports_and_no_more() -> None:
    """A cluster of dask apart, which one option wants, and says so."""
    modules = [name for name in ORDER if wing(name) == "dynamics" and name != "dynamics.cluster"]
    foreign = {name for module in modules for name in imported_by(module) - OURS[module]}
    assert set(asked_for(*PROJECT["dependencies"])) == foreign - set(sys.stdlib_module_names)


def test_the_exact_versions_lie_in_the_ranges() -> None:
    pins = asked_for(*(ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines())
    ranges = asked_for(*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["app"])
    assert set(pins) - {"jaxlib"} == set(ranges)  # which comes with JAX
    for name, wanted in ranges.items():
        (pin,) = pins[name].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), name
        assert wanted.marker == pins[name].marker


def test_the_backend_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    assert set(project["build-system"]["requires"]) <= set(pins)


# ---- the library ----


def test_the_library_is_imported_from_another_folder(installed: Installed, tmp_path: Path) -> None:
    code = (
        "import dynamics as d; print(d.__file__); print(d.VERSION); "
        "print(d.simulate('hyperbola', 'ngd', (2, 0.7), eta=0.05, steps=20).x[-1].tolist())"
    )
    done = installed.run("python", "-c", code, into=tmp_path)
    assert done.returncode == 0, done.stderr
    file, version, last = done.stdout.splitlines()
    assert (Path(file).parents[1], version) == (installed.packages, VERSION)
    asked = "--loss hyperbola --rule ngd --start 2,0.7 --eta 0.05 --steps 20 --out run.json"
    done = installed.run("python", "-m", "dynamics", "simulate", *asked.split(), into=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["x"] == ast.literal_eval(last)
    about = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["settings"]["about"]
    assert about["versions"]["edgewalk"] == VERSION


def test_both_commands_tell_their_version(installed: Installed, tmp_path: Path) -> None:
    for command in (("python", "-m", "dynamics"), ("edgewalk",), ("python", "-m", "edgewalk")):
        done = installed.run(*command, "--version", into=tmp_path)
        assert (done.returncode, done.stdout) == (0, f"edgewalk {VERSION}\n")


def test_a_run_shows_itself_in_a_notebook(installed: Installed, tmp_path: Path) -> None:
    """And where the notebook has an `app` of its own, that stays the one it was."""
    code = (
        "import sys; sys.path.insert(0, ''); import dynamics; "
        "run = dynamics.simulate('hyperbola', 'ngd', (2, 0.7), eta=0.05, steps=20); "
        "print((run._repr_html_() or 'nothing')[:7]); import app; print(app.__file__)"
    )
    done = installed.run("python", "-c", code, into=tmp_path)
    assert done.returncode == 0, done.stderr
    app = installed.packages / "edgewalk" / "app" / "__init__.py"
    assert done.stdout.splitlines() == ["<iframe", str(app)]
    (tmp_path / "app.py").touch()
    done = installed.run("python", "-c", code, into=tmp_path)
    assert done.stdout.splitlines() == ["nothing", str(tmp_path / "app.py")]


# ---- the command ----


def test_the_command_names_the_extra_that_is_missing(installed: Installed, tmp_path: Path) -> None:
    done = installed.run("python", "-c", WITHOUT_DASH, into=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'The dashboard wants dash, flask_caching, not installed here: pip install "edgewalk[app]"\n'
    )


def test_the_command_serves_the_page_with_all_that_it_loads(
    installed: Installed, tmp_path: Path
) -> None:
    """From a folder that has an `app` of its own, and with nothing written beside the code."""
    (tmp_path / "app.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    before = installed.files
    command = [str(installed.folder / BIN / "edgewalk")]
    environment = BARE | {"HOME": str(tmp_path), "PORT": "0"}
    with running(command, environment, cwd=tmp_path) as server:
        url = address_of(server)
        told = json.loads(fetch(f"{url}/healthz"))
        assert (told["status"], told["version"]) == ("ok", VERSION)
        for page in ("", "lab/", "study/", "about/"):
            check_page(url, page)
        assert len(fetch(f"{url}/run.bin?steps=50")) > 5_000
        said = json.loads(fetch(f"{url}/run.settings.json?steps=50"))
        assert said["about"]["versions"]["edgewalk"] == VERSION
        assert json.loads(fetch(f"{url}/study.json"))  # which comes with it
    assert installed.files == before
    assert list((tmp_path / ".cache" / "edgewalk" / "runs").iterdir())


def check_page(url: str, page: str) -> None:
    """It is there, and so is every file of ours that it names."""
    text = fetch(f"{url}/{page}").decode()
    named = set(re.findall(r'(?:src|href)="(?:\./)?(?:\.\./)?(assets/[^"]+)"', text))
    assert len(named) > 3
    for name in named:
        assert fetch(f"{url}/{name.replace('&amp;', '&')}"), name


def test_another_user_may_run_it(installed: Installed, other: dict[str, Any]) -> None:
    python, environment = python_of(other), other.pop("env")
    lent = environment["PYTHONPATH"]
    environment["PYTHONPATH"] = f"{installed.packages}{os.pathsep}{lent}"
    kept = Path(environment["HOME"], ".cache", "edgewalk")
    with running([python, "-m", "edgewalk"], environment, cwd="/", **other) as server:
        assert len(fetch(f"{address_of(server)}/run.bin?steps=20")) > 2_000
        server.terminate()
        _, said = server.communicate(timeout=60)
    assert (server.returncode, said.decode()) == (0, "")
    assert list((kept / "runs").iterdir())
