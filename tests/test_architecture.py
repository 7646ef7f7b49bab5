"""Two wings and one door: each module imports only from those above it in this list.

A new file is an architectural statement: it gets a line here, as far down as it must and as far up
as it can. Imports that only a type checker follows are free.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A door of two parts: what the stage asks for, and what only the lab does.
DOORS = {"app.compute", "app.lab_compute"}

ORDER = [
    "dynamics.types",
    "dynamics.special",
    "dynamics.eigenpairs",
    "dynamics.curvature",
    "dynamics.losses",
    "dynamics.losses.valleys",
    "dynamics.losses.spatial",
    "dynamics.losses.factorizations",
    "dynamics.losses.surfaces",
    "dynamics.losses.network",
    "dynamics.losses.quadratic",
    "dynamics.losses.stabilization",
    "dynamics.rules",
    "dynamics.catalogue",
    "dynamics.flows",
    "dynamics.projection",
    "dynamics.manifold",
    "dynamics.sections",
    "dynamics.simulate",
    "dynamics.sweep",
    "dynamics.orbits",
    "dynamics.stableness",
    "dynamics.measures",
    "dynamics.phases",
    "dynamics.warmup",
    "dynamics.files",
    "dynamics.rate",
    "dynamics",
    "dynamics.__main__",
    "app",
    "app.compute",
    "app.lab_compute",
    "app.fields",
    "app.settings",
    "app.lab_settings",
    "app.ids",
    "app.words",
    "app.claims",
    "app.theme",
    "app.figures",
    "app.figures.sharpness",
    "app.figures.landscape",
    "app.export",
    "app.export.binary",
    "app.pages",
    "app.pages.controls",
    "app.pages.header",
    "app.pages.stage",
    "app.pages.lab",
    "app.pages.about",
    "app.callbacks",
    "app.callbacks.stage",
    "app.answers",
    "app.modules",
    "app.resources",
    "app.lab_resources",
    "app.server",
    "app.__main__",
]

# What each part may import beside the standard library and the modules above it.
MATHEMATICS = {"jax", "numpy", "scipy", "diffrax"}
LIBRARIES = {
    "dynamics": MATHEMATICS,
    "app.compute": {"jax", "numpy", "flask_caching"},
    "app.lab_compute": {"jax", "numpy"},
    "app.fields": {"numpy"},
    "app.theme": {"plotly"},
    "app.figures": {"numpy", "plotly"},
    "app.pages": {"dash", "dash_mantine_components"},
    "app.callbacks": {"dash"},
    "app.lab_settings": {"numpy"},
    "app.answers": {"flask"},
    "app.resources": {"flask"},
    "app.lab_resources": {"flask", "numpy"},
    "app.server": {"dash", "flask", "flask_caching"},
    "app.__main__": {"gunicorn"},
}


def path_of(module: str) -> Path:
    """The file of a module or package."""
    base = ROOT.joinpath(*module.split("."))
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


def module_of(path: Path) -> str:
    """The module or package of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[str]:
    """What runs as an import, anywhere in a file: modules, and names from modules as a.b."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"relative import of {node.module}"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def imported_by(module: str) -> set[str]:
    """Modules of ours and libraries that a module imports."""
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    return {home(name) for name in imports(tree)}


def home(name: str) -> str:
    """The module of ours that a dotted name lies in, or the library."""
    if name.split(".")[0] not in ("dynamics", "app", "benchmarks", "tests"):
        return name.split(".")[0]
    while not path_of(name).is_file():
        name = name.rpartition(".")[0]
    return name


def wing(name: str) -> str:
    return name.split(".")[0]


OURS = {
    module: {name for name in imported_by(module) if wing(name) in ("dynamics", "app")}
    for module in ORDER
    if path_of(module).is_file()
}


def test_every_file_is_in_the_list_once() -> None:
    files = [path for folder in ("dynamics", "app") for path in (ROOT / folder).rglob("*.py")]
    assert sorted(map(module_of, files)) == sorted(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_module_imports_only_from_above(module: str) -> None:
    above = ORDER[: ORDER.index(module)]
    assert OURS[module] - set(above) == set()


def test_there_is_one_door_of_two_parts() -> None:
    doors = {m for m in ORDER if wing(m) == "app" and any(wing(n) == "dynamics" for n in OURS[m])}
    assert doors == DOORS


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
