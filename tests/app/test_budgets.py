"""What a server grants: one table, each a setting, told on the page, and what is shorter for it
says so in its answer, its caption and its files."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.about.layout import about
from app.budgets import Budgets, granted
from app.lab import compute as lab_compute
from app.markup import markup
from app.stage.layout import ETA_LOW
from dynamics import MAX_STEPS, simulate
from dynamics.comparison import MOST as MOST_RUNS
from dynamics.crowd import MOST_CELLS
from dynamics.grammar import MOST_COORDINATES
from dynamics.study import MAX_STEPS as MAX_STUDY_STEPS
from dynamics.syntax import MOST_NODES
from tests.app.bodies import head_of

ROOT = Path(__file__).parents[2]
USUAL = Budgets()
Granting = Callable[..., None]
SHORT = "Shortened because"


# ---- the table ----


def test_no_setting_passes_a_bound_of_the_mathematics() -> None:
    bounds = {
        "steps": MAX_STEPS,
        "map_steps": MAX_STEPS,
        "study_steps": MAX_STUDY_STEPS,
        "runs": MOST_RUNS,
        "grid": MOST_CELLS,
        "dimension": MOST_COORDINATES,
        "parts": MOST_NODES,
    }
    for name, bound in bounds.items():
        assert getattr(USUAL, name).greatest == bound, name


def test_what_is_usual_lies_in_its_bounds_and_has_a_name_of_its_own() -> None:
    assert len({budget.setting for budget in USUAL}) == len(USUAL)
    for budget in USUAL:
        assert budget.least <= budget.most <= budget.greatest
        for most in (budget.least, budget.greatest):
            (changed,) = set(granted({budget.setting: str(most)})) - set(USUAL) or {budget}
            assert changed == replace(budget, most=most)


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "many", "1e3", "9" * 40, "¼"])
def test_a_setting_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"MOST_SECONDS must be a whole number in 1 … 1,000,000,000"
    ):
        granted({"MOST_SECONDS": text})


@pytest.mark.parametrize("command", [[], ["export", "loss=ring", "--out", "x.csv"]])
def test_a_setting_that_is_none_is_told_in_one_line(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", *command],
        env=os.environ | {"MOST_RUNS": "5", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = "MOST_RUNS must be a whole number in 1 … 4, got '5'.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


def test_about_and_the_readme_tell_all_of_it() -> None:
    page = markup(about(granted({"MOST_RUNS": "3"})))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for budget in USUAL:
        most = 3 if budget.setting == "MOST_RUNS" else budget.most
        assert (
            f"<td>{most:,}</td><td>{budget.of}</td><td><code>{budget.setting}</code></td>" in page
        )
        bounds = f"{budget.least:,} … {budget.greatest:,}"
        assert f"| `{budget.setting}` | {budget.most:,} | {budget.of} | {bounds} |" in readme
    assert readme.count("| `MOST_") == len(USUAL)
    assert "MOST_" not in markup(about())  # of files that no server serves


# ---- what is refused or clamped ----


@pytest.mark.parametrize(
    ("setting", "most", "query", "field"),
    [
        ("MOST_RUNS", 2, "run.json?rule=ngd,gd,sam", "rule"),
        ("MOST_RUNS", 2, "run.json?eta=0.1,0.2,0.3", "eta"),
        ("MOST_BRANCHES", 1, "run.json?fork=10,20", "fork"),
        ("MOST_MAP_SIDE", 30, "lab.json?size=31", "size"),
        ("MOST_MAP_STEPS", 300, "lab.json?steps=301", "steps"),
        ("MOST_GRID", 9, "lab.json?plot=crowd&grid=11", "grid"),
        ("MOST_ETAS", 3, "lab.json?plot=rate&etas=0.1,0.05,0.02,0.01", "etas"),
    ],
)
def test_a_setting_holds_for_a_link(
    client: FlaskClient, granting: Granting, setting: str, most: int, query: str, field: str
) -> None:
    path = query.replace("run.json", "run.bin")
    before = notices_of(client, path)
    assert field not in [notice["field"] for notice in before]
    granting(**{setting: most})
    (notice,) = notices_of(client, path)
    assert notice["field"] == field
    assert str(most) in notice["text"]


def notices_of(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(f"/{path}{'&steps=30' if path.startswith('run') else ''}")
    assert answer.status_code == 200
    head = head_of(answer.data)[0] if path.startswith("run") else json.loads(answer.data)
    return head["notices"]


@pytest.mark.parametrize(
    ("setting", "most", "text"),
    [("MOST_DIMENSION", 2, "x^2 + y^2 z^2"), ("MOST_PARTS", 10, "(x^2 + 2 y^2 - 1)^2")],
)
def test_a_formula_that_is_too_large_is_refused_before_anything_is_sought(
    client: FlaskClient,
    granting: Granting,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    most: int,
    text: str,
) -> None:
    granting(**{setting: most})
    monkeypatch.setattr("app.link.formula", None)
    answer = client.get("/run.json", query_string={"formula": text})
    assert answer.status_code == 400
    told: Any = answer.json
    assert f"this server grants {most}" in told["problems"][0]["text"]


# ---- what is shorter than was asked for ----


@pytest.mark.parametrize(
    "query",
    ["eta=0.05&steps=30000", "eta=0.02", "eta=0.02,0.1", "eta=0.1&steps=900&fork=1&fork.eta=0.01"],
)
def test_a_run_that_is_shorter_says_so_in_the_picture_and_in_every_file(
    client: FlaskClient, granting: Granting, query: str
) -> None:
    link = f"loss=ring&{query}"
    granting(MOST_STEPS=10_000)
    head, _ = head_of(client.get(f"/run.bin?{link}").data)
    assert max(run["steps"] for run in head["runs"]) == 10_000
    assert len(head["shortened"]) == 1
    (said,) = head["shortened"]
    assert said.startswith(SHORT)
    assert "this server grants 10,000 steps of a run" in said
    assert said in [notice["text"] for notice in head["notices"]]
    assert said.rstrip(".") in head["words"]["caption"]
    assert head["query"] == link  # which shows all of it where more is granted
    for form in ("json", "npz", "settings.json"):
        assert said.rstrip(".") in about_of(client.get(f"/run.{form}?{link}").data, form)
    for form in ("html", "csv"):
        answer = client.get(f"/run.{form}?{link}")
        where = answer.headers.get("Link", "")
        told = client.get(f"/{where[1:].split('>')[0]}") if where else answer
        assert said.rstrip(".") in told.get_data(as_text=True)
    granting(MOST_STEPS=MAX_STEPS)
    whole, _ = head_of(client.get(f"/run.bin?{link}").data)
    assert whole["shortened"] == []
    assert SHORT not in whole["words"]["caption"]


def about_of(body: bytes, form: str) -> str:
    """The caption that a file has of itself."""
    if form == "npz":
        with np.load(io.BytesIO(body)) as columns:
            body = str(columns["settings"]).encode()
    told = json.loads(body)
    return (told if "about" in told else told["settings"])["about"]["caption"]


def test_what_there_is_of_it_is_the_beginning_of_all_of_it(
    client: FlaskClient, granting: Granting
) -> None:
    granting(MOST_STEPS=10_000)
    with np.load(io.BytesIO(client.get("/run.npz?loss=ring&eta=0.1&steps=20000").data)) as short:
        whole = simulate("ring", "ngd", None, 0.1, 20_000)
        assert short["step"][-1] == 10_000
        shared = np.isin(short["step"], whole.step)
        assert shared.sum() > 1000
        rows = np.searchsorted(whole.step, short["step"][shared])
        np.testing.assert_array_equal(short["x"][shared], whole.x[rows])


PLOTS = {
    "regimes": ("regimes", "size=40&steps=50", "bin", 40),
    "crowd": ("crowd", "grid=9&steps=50", "bin", 24),
    "starts": ("starts", "grid=9&steps=50", "bin", 24),
    "rate": ("rate", "etas=0.2,0.1,0.05&tau=0.2", "ndjson", 3),
    "flatness": ("flatness", "tau=0.2&etas=0.1", "ndjson", 4),
}


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_that_has_taken_its_time_is_what_there_is_by_then(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """After the first part it has, here; asked for again it is the same one."""
    route, query, _, all_of_it = PLOTS[name]
    monkeypatch.setattr(lab_compute.Watch, "over", property(lambda watch: watch.seconds > 0))
    monkeypatch.setattr(lab_compute, "CHUNK", 1)
    tables = []
    for form in ("json", "json", "npz"):
        body = client.get(f"/{route}.{form}?{query}").data
        assert f"{SHORT} this server grants 60 seconds" in about_of(body, form)
        tables.append(parts_in(name, body, form))
    assert tables[0] == tables[1] == tables[2]
    assert 0 < tables[0] < all_of_it


@pytest.mark.parametrize("name", ["regimes", "crowd", "flatness"])
def test_a_stream_that_is_short_of_time_says_where_it_ends(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Or it would be taken for one that broke off."""
    route, query, form, all_of_it = PLOTS[name]
    query = query.replace("50", "52").replace("tau=0.2", "tau=0.22")  # which nothing here has cut
    whole = client.get(f"/{route}.{form}?{query}").data
    monkeypatch.setattr(lab_compute.Watch, "over", property(lambda watch: watch.seconds > 0))
    monkeypatch.setattr(lab_compute, "CHUNK", 1)
    other = query.replace("52", "51").replace("0.22", "0.21")
    body = client.get(f"/{route}.{form}?{other}").data
    if form == "ndjson":
        assert json.loads(body.splitlines()[-1]) == {"short": True}
        assert "short" not in json.loads(whole.splitlines()[-1])
        return
    head, at = head_of(body)
    before, begin = head_of(whole)
    own = head.get("points", 0) ** 2 * (1 + bool(head.get("sided")) + bool(head.get("conserved")))
    length = (len(whole) - begin - 4 * own) // all_of_it
    assert before["columns"] == head["columns"]
    records = np.frombuffer(body, "<f4", offset=at + 4 * own).reshape(-1, length // 4)
    assert np.all(records[-1] == -1)
    assert np.all(records[:-1, 0] >= 0)
    assert len(records) - 1 < all_of_it


def parts_in(name: str, body: bytes, form: str) -> int:
    """How many of the step sizes, or of the rules, a file has."""
    key = {"flatness": "rule", "rate": "etas" if form == "json" else "eta"}.get(name, "eta")
    if form == "npz":
        with np.load(io.BytesIO(body)) as columns:
            return len(np.unique(columns[key]))
    told = json.loads(body)
    return len(set(told[key] if key in told else told["columns"][key]))


def test_a_plot_with_time_enough_says_nothing_of_it(client: FlaskClient) -> None:
    for route, query, *_ in PLOTS.values():
        body = client.get(f"/{route}.npz?{query.replace('0.2', '0.3').replace('50', '40')}").data
        assert SHORT not in about_of(body, "npz"), route


def test_rules_that_would_take_more_steps_say_so(client: FlaskClient, granting: Granting) -> None:
    granting(MOST_STEPS=10_000)
    query = "plot=flatness&rule=ngd,sam&tau=0.9&etas=0.01"  # η²t takes 9,000 steps
    meaning: Any = client.get(f"/lab.json?{query}").json
    (said,) = meaning["shortened"]
    assert said.startswith(f"{SHORT} SAM would take more steps")
    assert said.rstrip(".") in meaning["caption"]
    assert ETA_LOW < 0.01  # of the slider: such an η is chosen by hand
