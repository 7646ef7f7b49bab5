"""Modules that are changed in one place at a time, and the tests that are to notice."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".cache" / "mutants"


class Module(NamedTuple):
    """What is changed, and the tests that are to notice, the quickest first."""

    path: str
    tests: tuple[str, ...]


class Mutant(NamedTuple):
    """A change that was tried, and whether a test failed on it."""

    module: str
    line: int
    noticed: bool
    difference: str


AGREED = "agreed/agreed.test.mjs"


def script(path: str, *tests: str) -> Module:
    """A script, and the files of tests that are to notice."""
    return Module(f"assets/js/{path}.mjs", tuple(f"javascript/{test}.test.mjs" for test in tests))


def painter(path: str, *tests: str) -> Module:
    """A script whose strokes are in the agreed pictures too."""
    module = script(path, *tests)
    return module._replace(tests=(*module.tests, AGREED))


MODULES = {
    "rules": Module(
        "dynamics/rules.py",
        ("dynamics/test_rules.py", "dynamics/test_state.py", "dynamics/test_laws.py"),
    ),
    "flows": Module(
        "dynamics/flows.py",
        ("dynamics/test_rules.py", "dynamics/test_flows.py", "dynamics/test_manifold.py"),
    ),
    "ledgers": Module("dynamics/ledgers.py", ("dynamics/test_ledgers.py",)),
    "measures": Module(
        "dynamics/measures.py",
        ("dynamics/test_measures.py", "dynamics/test_stableness.py", "dynamics/test_warmup.py"),
    ),
    "phases": Module("dynamics/phases.py", ("dynamics/test_phases.py",)),
    "fates": Module("dynamics/fates.py", ("dynamics/test_fates.py", "dynamics/test_sweep.py")),
    "link": Module(
        "app/link.py",
        (
            "app/test_link.py",
            "app/stage/test_settings.py",
            "app/lab/test_settings.py",
            "app/stage/test_routes.py",
        ),
    ),
    "store": script("stage/store", "store", "answers", "requests"),
    "clock": painter("clock", "run", "panels", "player", "ribbon", "gap", "alignment"),
    "pens": painter("pens", "pens", "panels"),
    "marks": painter("marks", "pens", "across", "along", "alignment", "panels"),
    "landscape": painter("stage/panels/landscape", "landscape", "panels", "view"),
    "sharpness": painter("stage/panels/sharpness", "panels"),
    "alignment": painter("stage/panels/alignment", "alignment"),
    "ledger": painter("stage/panels/ledger", "ledger"),
    "conserved": script("stage/conserved", "ledger"),
    "across": painter("stage/panels/across", "across"),
    "along": painter("stage/panels/along", "along"),
    "gap": painter("stage/panels/gap", "gap"),
    "ground": script("stage/panels/ground", "ground", "panels"),
    "surface": script("stage/panels/surface", "surface", "solid", "space"),
    "portrait": script("stage/portrait", "portrait"),
}
