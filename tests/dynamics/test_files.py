"""Files read back as what was written, under the names of theory.md, section 1."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from dynamics import Run, measure, measure_extras, simulate
from dynamics.files import check_path, clean, encode, run_columns, run_settings, write
from dynamics.version import versions

THEORY_NAMES = {
    *("x", "eta", "step", "tau", "loss", "sharpness", "direction", "projection"),
    *("effective_step", "threshold", "stableness", "alignment", "flow", "gap"),
}


@pytest.fixture(scope="module", params=["ngd", "gd"])
def run(request: pytest.FixtureRequest) -> Run:
    """One run with every column, and one whose flow is NaN."""
    return simulate("hyperbola", request.param, (2.0, 0.7), 0.05, 40)


@pytest.fixture(scope="module")
def columns(run: Run) -> dict[str, np.ndarray]:
    return run_columns(run)


def test_columns_have_the_names_of_the_theory(run: Run, columns: dict) -> None:
    assert columns.keys() >= THEORY_NAMES
    assert columns.keys().isdisjoint({"span", "profile"})
    for name, column in columns.items():
        assert len(column) == 41, name
    np.testing.assert_array_equal(columns["eta"], 0.05)
    np.testing.assert_array_equal(columns["step"], np.arange(41))
    np.testing.assert_array_equal(columns["gap"], measure(run).gap)
    np.testing.assert_array_equal(columns["stableness"], measure_extras(run).stableness)


def test_npz(run: Run, columns: dict) -> None:
    with np.load(io.BytesIO(encode(".npz", columns, run_settings(run)))) as file:
        assert set(file) == {"settings", *columns}
        for name, column in columns.items():
            np.testing.assert_array_equal(file[name], column)
            assert file[name].dtype == column.dtype
        assert json.loads(str(file["settings"])) == settings_of(run)


def test_csv(run: Run, columns: dict) -> None:
    lines = encode(".csv", columns, run_settings(run)).decode().splitlines()
    rows = list(csv.DictReader(lines))
    assert len(rows) == 41
    for name, column in columns.items():
        if column.ndim == 1:
            np.testing.assert_array_equal(numbers(rows, name), column)
        else:
            for i in range(column.shape[1]):
                np.testing.assert_array_equal(numbers(rows, f"{name}_{i}"), column[:, i])
    assert sum(np.prod(column.shape[1:], dtype=int) for column in columns.values()) == len(rows[0])
    assert rows[3]["step"] == "3"
    assert (rows[3]["flow_spread"] == "") == (run.rule.key != "gd")


def test_a_csv_is_read_without_being_told_how(run: Run, columns: dict, tmp_path: Path) -> None:
    """By a reader that takes the first line for the names and all others for rows."""
    path = tmp_path / "run.csv"
    write(path, columns, run_settings(run))
    table = np.genfromtxt(path, delimiter=",", names=True)
    assert len(table) == 41
    np.testing.assert_array_equal(table["x_1"], columns["x"][:, 1])
    np.testing.assert_array_equal(table["gap"], columns["gap"])


def test_a_csv_with_decimal_commas_holds_the_same(run: Run, columns: dict) -> None:
    point = encode(".csv", columns, {}).decode()
    comma = encode(".csv", columns, {}, decimal_comma=True).decode()
    assert comma.splitlines()[1].split(";")[0] == "0,05"
    assert "." not in comma
    assert comma.translate(str.maketrans(",;", ".,")) == point


def test_json(run: Run, columns: dict) -> None:
    file = json.loads(encode(".json", columns, run_settings(run)))
    assert file["settings"] == settings_of(run)
    assert file["columns"].keys() == columns.keys()
    for name, column in columns.items():
        np.testing.assert_array_equal(np.array(file["columns"][name], float), column)
    assert (file["columns"]["flow_spread"][0] is None) == (run.rule.key != "gd")


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".json"])
def test_write(run: Run, columns: dict, tmp_path: Path, suffix: str) -> None:
    path = check_path(str(tmp_path / f"run{suffix}"))
    write(path, columns, run_settings(run))
    assert path.read_bytes()[:2] == {".npz": b"PK", ".csv": b"et", ".json": b'{"'}[suffix]
    beside = tmp_path / "run.settings.json"
    assert beside.exists() == (suffix == ".csv")
    if beside.exists():
        told = json.loads(beside.read_text(encoding="utf-8"))
        assert told.pop("about") == {"software": "Edgewalk", "versions": versions()}
        assert told == settings_of(run)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("run.txt", "out must end in .npz, .csv, .json, got run.txt"),
        ("run", "out must end in .npz, .csv, .json, got run"),
        ("none/run.csv", "out must lie in a folder that exists, got none/run.csv"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(path: str, message: str) -> None:
    with pytest.raises(ValueError, match="out must") as error:
        check_path(path)
    assert str(error.value) == message


def test_json_stays_json() -> None:
    value = {
        "a": np.array([1.0, np.nan]),
        "b": (np.inf, 2),
        "c": {"d": np.float64(0.5), "e": np.int64(3), "f": None, "g": "text", "h": True},
    }
    expected = {
        "a": [1.0, None],
        "b": [None, 2],
        "c": {"d": 0.5, "e": 3, "f": None, "g": "text", "h": True},
    }
    assert clean(value) == expected
    assert json.loads(json.dumps(clean(value), allow_nan=False)) == expected


def settings_of(run: Run) -> dict:
    return {
        "loss": "hyperbola", "rule": run.rule.key, "eta": 0.05, "start": [2.0, 0.7], "steps": 40,
        "noise": 0.0, "seed": 0, "outcome": "reached", "outcome_step": 40,
    }  # fmt: skip


def numbers(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name] or "nan") for row in rows])
