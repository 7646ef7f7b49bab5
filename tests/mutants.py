"""How much the tests would notice: modules with one thing changed at a time (a sign, a number, a
comparison), and the share of those mutants that some test fails on. Cosmic Ray makes the changes.

    python -m tests.mutants                 a seeded sample of every module, and a table
    python -m tests.mutants rules link      of some
    python -m tests.mutants --count 100     of more places each
    python -m tests.mutants --seed 2        of other places

Each mutant lives in a copy of the checkout under `.cache/mutants`, never in the checkout itself.
"""

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache" / "mutants"
WORKERS = 2
COUNT = 20  # places of each module
PATIENCE = 300.0  # seconds, after which a mutant that does not end counts as noticed


# What a person might write by mistake; Cosmic Ray would also shift a float by bits.
SLIPS = re.compile(
    r"core/(?!Replace(Binary|Comparison))|.*_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|Pow_Mul|FloorDiv_Div"
    r"|BitAnd_BitOr|BitOr_BitAnd|Lt_LtE|Lt_Gt|LtE_Lt|LtE_GtE|Gt_GtE|Gt_Lt|GtE_Gt|GtE_LtE"
    r"|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)$"
)


class Module(NamedTuple):
    """What is changed, and the tests that are to notice, the quickest first."""

    path: str
    tests: tuple[str, ...]


MODULES = {
    "rules": Module(
        "dynamics/rules.py",
        ("dynamics/test_rules.py", "dynamics/test_state.py", "dynamics/test_laws.py"),
    ),
    "flows": Module(
        "dynamics/flows.py",
        ("dynamics/test_rules.py", "dynamics/test_flows.py", "dynamics/test_manifold.py"),
    ),
    "measures": Module(
        "dynamics/measures.py",
        ("dynamics/test_measures.py", "dynamics/test_stableness.py", "dynamics/test_warmup.py"),
    ),
    "phases": Module("dynamics/phases.py", ("dynamics/test_phases.py",)),
    "fates": Module("dynamics/fates.py", ("dynamics/test_sweep.py",)),
    "link": Module(
        "app/link.py",
        (
            "app/test_link.py",
            "app/stage/test_settings.py",
            "app/lab/test_settings.py",
            "app/stage/test_routes.py",
        ),
    ),
}


class Mutant(NamedTuple):
    """A change that was tried, and whether a test failed on it."""

    module: str
    line: int
    noticed: bool
    difference: str


def main(arguments: list[str]) -> int:
    """Print the table, then what survived; 0 however much did."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("module", nargs="*", help=f"of {', '.join(MODULES)}; all when left out")
    parser.add_argument("--count", type=int, default=COUNT, help="places of each module")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    asked = parser.parse_args(arguments)
    names = asked.module or list(MODULES)
    if unknown := set(names) - set(MODULES):
        parser.error(f"no module called {min(unknown)}. Known: {', '.join(MODULES)}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    survivors = []
    print("module     places  tried  noticed  minutes")
    with ProcessPoolExecutor(WORKERS, initializer=move_into_a_copy) as pool:
        for name in names:
            began = time.monotonic()
            every = places(MODULES[name].path)
            sample = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
            found = list(pool.map(partial(attempt, name), sample))
            survivors += [mutant for mutant in found if not mutant.noticed]
            noticed, minutes = sum(mutant.noticed for mutant in found), time.monotonic() - began
            print(
                f"{name:10} {len(every):6} {len(found):6} {noticed / len(found):8.0%}"
                f" {minutes / 60:8.1f}",
                flush=True,
            )
    for mutant in sorted(survivors):
        print(f"\n{mutant.module}, line {mutant.line}, survives:\n{mutant.difference}")
    shutil.rmtree(FOLDER)
    return 0


def places(path: str) -> list[tuple[MutationSpec, ...]]:
    """The places of a module at which something can be changed, each with all its changes.

    Not in annotations, which say nothing to a program.
    """
    with use_db(str(FOLDER / "changes.sqlite")) as book:
        init([ROOT / path], book, {})
        changes = [item.mutations[0] for item in book.work_items]
    silent = list(annotations(ast.parse((ROOT / path).read_text("utf-8"))))
    found: dict[tuple, list[MutationSpec]] = {}
    for change in changes:
        quiet = any(low <= change.start_pos < high for low, high in silent)
        if SLIPS.match(change.operator_name) and not quiet:
            found.setdefault((change.start_pos, change.end_pos), []).append(change)
    return [tuple(sorted(found[at], key=_order)) for at in sorted(found)]


def _order(change: MutationSpec) -> tuple[str, int]:
    return change.operator_name, change.occurrence


def annotations(tree: ast.AST) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where annotations begin and end, as (line, column)."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if part := getattr(node, name, None):
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)


def move_into_a_copy() -> None:
    """Give a worker process a checkout of its own to work in."""
    copy = Path(tempfile.mkdtemp(dir=FOLDER))
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    os.chdir(copy)


def attempt(name: str, changes: tuple[MutationSpec, ...]) -> Mutant:
    """Make one of the changes at a place, and run the tests until one fails."""
    path, tests = MODULES[name]
    change = random.Random(str(changes[0].start_pos)).choice(changes)
    # Found in the checkout; made in the copy that this process works in.
    mutation = MutationSpec(
        Path(path), change.operator_name, change.occurrence, change.start_pos, change.end_pos
    )
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:xdist"]
    command += [f"tests/{test}" for test in tests]
    result = mutate_and_test([mutation], " ".join(command), PATIENCE)
    if result.test_outcome == TestOutcome.INCOMPETENT:
        raise RuntimeError(result.output)
    changed = [line for line in (result.diff or "").splitlines() if line[:1] in "+-"]
    difference = "\n".join(line for line in changed if not line.startswith(("+++", "---")))
    noticed = result.test_outcome == TestOutcome.KILLED
    return Mutant(name, change.start_pos[0], noticed, difference)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
