"""Two wings and one door: each module imports only from those above it in this list.

A new file is an architectural statement: it gets a line here, as far down as it must and as far up
as it can. Imports for types alone count too, so that no circle hides behind them.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each page that computes has one door to the mathematics. Any module may read the catalogue, take
# the records that come out of that door, and write them into a file.
DOORS = {"app.stage.compute", "app.lab.compute", "app.study.worker", "app.study.shipped"}
LENT = {
    *(
        "LOSSES",
        "RULES",
        "MOST_PIECES",
        "Schedule",
        "MAX_STEPS",
        "Fork",
        "Leg",
        "legs_of",
        "offset_of",
        "PushedOutError",
        "Loss",
        "Rule",
        "Run",
        "Scene",
        "find_loss",
        "find_rule",
        "nearest_key",
    ),
    *("formula", "FormulaError", "GALLERY", "Example", "Formula", "parse", "nodes_of"),
    "mathml_of",
    *("numerals", "read_number", "prepare_process", "let_go_of_programs"),
    *("STUDIES", "Plan", "PAIRS", "with_seed", "Folder"),
    *("Ground", "points_of"),
    *(
        "Fate",
        "Orbits",
        "Cut",
        "Heights",
        "Terrain",
        "Valley",
        "View",
        "Floor",
        "Way",
        "fits",
        "steps_to",
    ),
    *(
        "Parameter",
        "clean",
        "encode",
        "encode_settings",
        "SETTINGS_SUFFIX",
        "Outcome",
        "ROWS",
        "LIBRARIES",
    ),
    *("VERSION", "FOLDER", "versions"),
}

ORDER = [
    "dynamics.version",
    "dynamics.numerals",
    "dynamics.types",
    "dynamics.compilation",
    "dynamics.special",
    "dynamics.rowwise",
    "dynamics.lapack",
    "dynamics.expressions",
    "dynamics.spelling",
    "dynamics.syntax",
    "dynamics.grammar",
    "dynamics.typeset",
    "dynamics.jets",
    "dynamics.minima",
    "dynamics.continuation",
    "dynamics.sheets",
    "dynamics.formulas",
    "dynamics.gallery",
    "dynamics.extrapolation",
    "dynamics.residuals",
    "dynamics.networks",
    "dynamics.digits",
    "dynamics.eigenpairs",
    "dynamics.curvature",
    "dynamics.losses",
    "dynamics.losses.valleys",
    "dynamics.losses.spatial",
    "dynamics.losses.factorizations",
    "dynamics.losses.surfaces",
    "dynamics.losses.flatness",
    "dynamics.losses.network",
    "dynamics.losses.quadratic",
    "dynamics.losses.stabilization",
    "dynamics.dormand_prince",
    "dynamics.stiff",
    "dynamics.projection",
    "dynamics.flows",
    "dynamics.ground",
    "dynamics.drifts",
    "dynamics.complementarity",
    "dynamics.central",
    "dynamics.memory",
    "dynamics.rules",
    "dynamics.catalogue",
    "dynamics.manifold",
    "dynamics.terrain",
    "dynamics.shown",
    "dynamics.schedule",
    "dynamics.forks",
    "dynamics.simulate",
    "dynamics.comparison",
    "dynamics.own",
    "dynamics.fates",
    "dynamics.chunk",
    "dynamics.lyapunov",
    "dynamics.sweep",
    "dynamics.starts",
    "dynamics.orbits",
    "dynamics.stableness",
    "dynamics.ledgers",
    "dynamics.measures",
    "dynamics.rod",
    "dynamics.crowd",
    "dynamics.sections",
    "dynamics.nudge",
    "dynamics.stretch",
    "dynamics.assumptions",
    "dynamics.rounding",
    "dynamics.phases",
    "dynamics.warmup",
    "dynamics.program",
    "dynamics.files",
    "dynamics.flatness",
    "dynamics.rate",
    "dynamics.datasets",
    "dynamics.study",
    "dynamics.courses",
    "dynamics.kept",
    "dynamics.conduct",
    "dynamics.cluster",
    "dynamics",
    "dynamics.__main__",
    "app",
    "app.budgets",
    "app.theme",
    "app.vocabulary",
    "app.origin",
    "app.binary",
    "app.place",
    "app.disk",
    "app.programs",
    "app.memory",
    "app.once",
    "app.runspec",
    "app.link",
    "app.http",
    "app.parts",
    "app.dialogs",
    "app.missing",
    "app.front",
    "app.modules",
    "app.markup",
    "app.stage",
    "app.stage.ids",
    "app.stage.branches",
    "app.stage.settings",
    "app.stage.words",
    "app.stage.compute",
    "app.stage.routes",
    "app.stage.figures",
    "app.stage.layout",
    "app.stage.callbacks",
    "app.stage.offline",
    "app.lab",
    "app.lab.settings",
    "app.lab.words",
    "app.lab.compute",
    "app.lab.routes",
    "app.lab.layout",
    "app.study",
    "app.study.settings",
    "app.study.worker",
    "app.study.jobs",
    "app.study.shipped",
    "app.study.routes",
    "app.study.layout",
    "app.about",
    "app.about.claims",
    "app.about.layout",
    "app.server",
    "app.export",
    "app.scorm",
    "app.held",
    "app.site",
    "app.notebook",
    "app.process",
    "app.worker",
    "app.threads",
    "app.__main__",
    "edgewalk",
    "edgewalk.notebook",
    "edgewalk.__main__",
]

# What each part may import beside the standard library and the modules above it.
MATHEMATICS = {"jax", "numpy", "scipy"}
PAGE = {"dash"}
LIBRARIES = {
    "dynamics.cluster": {"distributed"},
    "dynamics.syntax": {"lark"},
    "dynamics": MATHEMATICS,
    "app.theme": {"plotly"},
    "app.binary": {"numpy"},
    "app.programs": {"jax"},
    "app.memory": {"flask"},
    "app.once": {"numpy"},
    "app.link": {"numpy"},
    "app.http": {"flask"},
    "app.parts": PAGE,
    "app.dialogs": PAGE,
    "app.markup": PAGE,
    "app.missing": {"dash", "flask", "werkzeug"},
    "app.front": {"werkzeug"},
    "app.stage.compute": {"numpy"},
    "app.stage.routes": {"flask"},
    "app.stage.figures": {"numpy", "plotly"},
    "app.stage.layout": PAGE,
    "app.stage.callbacks": {"dash"},
    "app.stage.offline": {"dash", "flask", "numpy", "plotly"},
    "app.lab.compute": {"numpy"},
    "app.lab.routes": {"flask", "numpy"},
    "app.lab.layout": PAGE,
    "app.study.worker": {"numpy"},
    "app.study.jobs": {"numpy"},
    "app.study.shipped": {"numpy"},
    "app.study.routes": {"flask", "numpy"},
    "app.study.layout": PAGE,
    "app.about.layout": PAGE,
    "app.server": {"dash", "flask", "flask_caching"},
    "app.export": {"flask", "playwright"},
    "app.site": PAGE,
    "app.process": {"flask"},
    "app.worker": {"gunicorn"},
    "app.threads": {"waitress"},
}


# The third is how the second is found where it is installed.
WINGS = ("dynamics", "app", "edgewalk")


def path_of(module: str) -> Path:
    """The file of a module or package."""
    base = ROOT.joinpath(*module.split("."))
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


def module_of(path: Path) -> str:
    """The module or package of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[str]:
    """What is imported anywhere in a file: modules, and names from modules as a.b."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"relative import of {node.module}"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def names_in(module: str) -> set[str]:
    """What a module imports, by its full names."""
    return set(imports(ast.parse(path_of(module).read_text(encoding="utf-8"))))


def imported_by(module: str) -> set[str]:
    """Modules of ours and libraries that a module imports."""
    return {home(name) for name in names_in(module)}


def home(name: str) -> str:
    """The module of ours that a dotted name lies in, or the library."""
    if name.split(".")[0] not in ("dynamics", "app", "edgewalk", "benchmarks", "tests"):
        return name.split(".")[0]
    while not path_of(name).is_file():
        name = name.rpartition(".")[0]
    return name


def wing(name: str) -> str:
    return name.split(".")[0]


OURS = {
    module: {name for name in imported_by(module) if wing(name) in WINGS}
    for module in ORDER
    if path_of(module).is_file()
}


def test_every_file_is_in_the_list_once() -> None:
    files = [path for folder in WINGS for path in (ROOT / folder).rglob("*.py")]
    assert sorted(map(module_of, files)) == sorted(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_module_imports_only_from_above(module: str) -> None:
    above = ORDER[: ORDER.index(module)]
    assert OURS[module] - set(above) == set()


def test_each_page_has_one_door() -> None:
    def computes(module: str) -> bool:
        lent = {name for name in names_in(module) if wing(name) == "dynamics"}
        return not {name.rpartition(".")[2] for name in lent} <= LENT

    assert {module for module in ORDER if wing(module) == "app" and computes(module)} == DOORS


@pytest.mark.parametrize("module", [name for name in ORDER if wing(name) == "dynamics"])
def test_the_mathematics_knows_no_screen(module: str) -> None:
    assert {wing(name) for name in OURS[module]} <= {"dynamics"}
    words = set(re.findall(r"\w+", path_of(module).read_text(encoding="utf-8").lower()))
    assert words & {"dash", "flask", "plotly", "browser", "javascript", "css"} == set()


@pytest.mark.parametrize("module", ORDER)
def test_module_uses_only_the_libraries_of_its_part(module: str) -> None:
    parts = [module, module.rpartition(".")[0], wing(module)]
    allowed = next((LIBRARIES[part] for part in parts if part in LIBRARIES), set())
    foreign = imported_by(module) - OURS[module] - set(sys.stdlib_module_names)
    assert foreign - allowed == set()


def test_packages_hold_words_alone() -> None:
    """A package's own file says what the package is; only `dynamics` lifts names out of it."""
    for module in ORDER:
        path = path_of(module)
        if path.name == "__init__.py" and module != "dynamics":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert ast.get_docstring(tree), module
            assert len(tree.body) == 1, module


def test_every_name_that_the_mathematics_lends_is_its_own() -> None:
    """`dynamics.__all__` holds what can be imported from it, sorted as ruff does."""
    import dynamics

    assert all(hasattr(dynamics, name) for name in dynamics.__all__)
    assert len(set(dynamics.__all__)) == len(dynamics.__all__)
