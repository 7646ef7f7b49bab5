"""Runs and flows as files: .npz, .csv and .json, with the columns under the theory's names.

A column of vectors is one array in .npz and .json; in .csv it is one column a component, named
`x_0`, `x_1`, … A value that nothing defines is NaN in .npz, empty in .csv and null in .json.

A .csv is a header and rows, nothing else, so that every program reads it without being told how;
what was asked for stands in a .settings.json beside it, and inside the two others. With decimal
commas it has semicolons between its cells, as spreadsheets of half of Europe want it.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dynamics.forks import Fork
from dynamics.measures import Measures, measure, measure_extras
from dynamics.rod import course_beside, rod_along
from dynamics.simulate import Run, eta_along
from dynamics.types import Loss, Rule
from dynamics.version import about

SUFFIXES = (".npz", ".csv", ".json")
SETTINGS_SUFFIX = ".settings.json"
PICTURE_ONLY = ("span", "profile")

Columns = Mapping[str, np.ndarray]


def run_columns(run: Run, measures: Measures | None = None) -> dict[str, np.ndarray]:
    """Every column of a run: `eta`, the measures, the extras and the rod, [t] or [t, d] each."""
    columns = (measures or measure(run))._asdict() | measure_extras(run)._asdict()
    columns |= rod_along(run, course_beside(run))._asdict()
    columns = {name: column for name, column in columns.items() if name not in PICTURE_ONLY}
    return {"eta": eta_along(run)} | columns


def run_settings(run: Run) -> dict:
    """What was asked for, and how the run ended, for the head of a file."""
    first = run.pieces[0] if run.pieces else run
    forks = {"forks": [fork_settings(fork) for fork in run.forks]} if run.forks else {}
    return (
        loss_settings(run.loss)
        | rule_settings(first.rule)
        | {
            "eta": str(run.schedule) if run.schedule else run.eta,
            "start": run.start,
            "steps": run.steps,
            "noise": first.noise,
            "seed": run.seed,
        }
        | forks
        | {"outcome": run.outcome.name.lower(), "outcome_step": run.outcome_step}
    )


def fork_settings(fork: Fork) -> dict:
    """At which step a run leaves its parent, and what changes there."""
    rule = rule_settings(fork.rule) if fork.rule else {}
    numbers = {"eta": fork.eta, "noise": fork.noise, "push": fork.push or None}
    changed = {name: value for name, value in numbers.items() if value is not None}
    return {"step": fork.step} | rule | changed


def loss_settings(loss: Loss) -> dict:
    """The key of a loss, the formula that a person has typed and what was subtracted from it, and
    the numbers in it where it has some."""
    numbers = {p.name: loss.theta[p.name] for p in loss.parameters if p.is_number}
    typed = {"formula": loss.source, "minimum": loss.minimum} if loss.source else {}
    return {"loss": loss.key} | typed | ({"parameters": numbers} if numbers else {})


def rule_settings(rule: Rule) -> dict:
    """The key of a rule, and its numbers by their names."""
    return {"rule": rule.key} | {p.name: rule.theta[p.name] for p in rule.parameters}


def check_path(path: str, suffixes: Sequence[str] = SUFFIXES) -> Path:
    """The path if a file that ends in one of `suffixes` can be written there.

    Raises:
        ValueError: the ending is unknown or the folder does not exist.
    """
    file = Path(path)
    if file.suffix not in suffixes:
        raise ValueError(f"out must end in {', '.join(suffixes)}, got {path}")
    if not file.parent.is_dir():
        raise ValueError(f"out must lie in a folder that exists, got {path}")
    return file


def write(path: Path, columns: Columns, settings: Mapping, decimal_comma: bool = False) -> None:
    """Write columns in the format of the path's ending; `settings` says what was asked for, and by
    which version of the program beside it."""
    settings = {**settings, "about": about()}
    path.write_bytes(encode(path.suffix, columns, settings, decimal_comma))
    if path.suffix == ".csv":
        path.with_suffix(SETTINGS_SUFFIX).write_bytes(encode_settings(settings))


def encode(suffix: str, columns: Columns, settings: Mapping, decimal_comma: bool = False) -> bytes:
    """The bytes of a file: ".npz", ".csv", which alone may have decimal commas, or ".json"."""
    if suffix == ".npz":
        return _npz(columns, settings)
    if suffix == ".csv":
        return _csv(columns, decimal_comma).encode()
    return json.dumps({"settings": clean(settings), "columns": clean(columns)}).encode()


def encode_settings(settings: Mapping) -> bytes:
    """The bytes of the file beside a .csv."""
    return json.dumps(clean(settings), ensure_ascii=False).encode() + b"\n"


def _npz(columns: Columns, settings: Mapping) -> bytes:
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {"settings": np.array(json.dumps(clean(settings))), **columns}
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _csv(columns: Columns, decimal_comma: bool) -> str:
    """A header, then a line a row."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if decimal_comma else ",", lineterminator="\n")
    flat = {}
    for name, column in columns.items():
        parts = [column] if column.ndim == 1 else list(column.T)
        names = [name] if column.ndim == 1 else [f"{name}_{i}" for i in range(len(parts))]
        flat |= dict(zip(names, parts, strict=True))
    writer.writerow(flat)
    cells = (_cells(column, decimal_comma) for column in flat.values())
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue()


def _cells(column: np.ndarray, decimal_comma: bool) -> list:
    cells = column.tolist()
    if column.dtype.kind != "f":
        return cells
    texts = ["" if c != c else repr(c) for c in cells]
    return [text.replace(".", ",") for text in texts] if decimal_comma else texts


def clean(value):
    """Arrays as lists and numbers that are not finite as None, so that JSON stays JSON."""
    if isinstance(value, Mapping):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return clean(value.tolist())
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
