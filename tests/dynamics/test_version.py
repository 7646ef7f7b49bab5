"""The version stands in one place, and is told wherever something says what it was made by."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

import dynamics
from dynamics import version
from dynamics.__main__ import main

ROOT = Path(__file__).parents[2]


def test_it_is_the_one_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == dynamics.VERSION
    assert version.versions()["edgewalk"] == project["version"]
    assert version.versions()["jax"] == importlib.metadata.version("jax")


def test_changes_begin_with_it() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## (\S+?),? ", changes, re.MULTILINE)
    assert first
    assert first[1] == dynamics.VERSION


def test_the_command_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"edgewalk {dynamics.VERSION}\n"


def test_without_a_checkout_it_is_the_one_that_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(version, "PROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(version, "version", {"edgewalk": "9.8"}.__getitem__)
    assert version._own() == "9.8"
