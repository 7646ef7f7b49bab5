"""Changes of a script, which Stryker makes."""

import json
import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.javascript import node
from tests.mutants import FOLDER, MODULES, ROOT, Mutant

PATIENCE = 60.0  # seconds, after which a mutant that does not end counts as noticed
RUNS = FOLDER / "agreed"  # what the agreed pictures are drawn from


class Change(NamedTuple):
    """One of Stryker's, by the name that turns it on; lines and columns count from 0."""

    name: str
    start: tuple[int, int]
    end: tuple[int, int]
    replacement: str


def places(path: str) -> list[tuple[Change, ...]]:
    """The places of a script at which something can be changed, each with all its changes."""
    found: dict[tuple, list[Change]] = {}
    for mutant in _changed(path)["mutants"]:
        ends = (mutant["location"]["start"], mutant["location"]["end"])
        start, end = ((at["line"], at["column"]) for at in ends)
        change = Change(mutant["id"], start, end, mutant["replacement"])
        found.setdefault((start, end), []).append(change)
    return [tuple(found[at]) for at in sorted(found)]


@cache
def _changed(path: str) -> dict:
    done = node(ROOT / "tests/mutants/changes.mjs", ROOT / path, check=True, capture_output=True)
    return json.loads(done.stdout)


def prepare() -> None:
    """Ask the server for the runs of the agreed pictures, once for all mutants."""
    if not RUNS.exists():
        RUNS.mkdir()
        command = [sys.executable, "-m", "tests.agreed", "prepare", str(RUNS)]
        subprocess.run(command, check=True, cwd=ROOT)


def attempt(name: str, changes: tuple[Change, ...]) -> Mutant:
    """Turn on one of the changes at a place, and run the tests until one fails."""
    path = MODULES[name].path
    change = random.Random(str(changes[0].start)).choice(changes)
    if not _passes_with(name, ""):
        raise RuntimeError(f"tests of {path} fail with nothing changed")
    text = (ROOT / path).read_text(encoding="utf-8")
    noticed = not _passes_with(name, change.name)
    return Mutant(name, change.start[0] + 1, noticed, difference(text, change))


@cache
def _passes_with(name: str, change: str) -> bool:
    """Whether tests pass in the copy that this process works in with one change on, "" for none."""
    path, tests = MODULES[name]
    Path(path).write_text(_changed(path)["content"], encoding="utf-8")
    os.environ |= {"__STRYKER_ACTIVE_MUTANT__": change, "AGREED": str(RUNS)}
    try:
        return all(_passes(Path("tests", test)) for test in tests)
    finally:
        Path(path).write_bytes((ROOT / path).read_bytes())


def _passes(test: Path) -> bool:
    try:
        return node(test.resolve(), capture_output=True, timeout=PATIENCE).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def difference(text: str, change: Change) -> str:
    """The lines that a change is in, before and after."""
    lines = text.split("\n")[change.start[0] : change.end[0] + 1]
    before, after = lines[0][: change.start[1]], lines[-1][change.end[1] :]
    changed = f"{before}{change.replacement}{after}".split("\n")
    return "\n".join([f"-{line}" for line in lines] + [f"+{line}" for line in changed])
