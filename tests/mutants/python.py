"""Changes of a Python module, which Cosmic Ray makes."""

import ast
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome

from tests.mutants import FOLDER, MODULES, ROOT, Mutant

PATIENCE = 300.0  # seconds, after which a mutant that does not end counts as noticed

# What a person might write by mistake; Cosmic Ray would also shift a float by bits.
SLIPS = re.compile(
    r"core/(?!Replace(Binary|Comparison))|.*_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|Pow_Mul|FloorDiv_Div"
    r"|BitAnd_BitOr|BitOr_BitAnd|Lt_LtE|Lt_Gt|LtE_Lt|LtE_GtE|Gt_GtE|Gt_Lt|GtE_Gt|GtE_LtE"
    r"|Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)$"
)


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
