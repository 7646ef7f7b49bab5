"""Maps whose axes are other numbers: links, grids, routes and files, against single sweeps."""

import csv
import io
from urllib.parse import parse_qsl

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.lab.settings import LabSettings, read_lab_query, write_lab_query
from dynamics import LOSSES, RULES, sweep
from tests.app.bodies import head_of

SIZE = 16
SMALL = f"size={SIZE}&steps=60"


def read(query: str):
    return read_lab_query(dict(parse_qsl(query)))


@pytest.mark.parametrize(
    ("query", "axes"),
    [
        ("", ("eta", "start")),
        ("across=start", ("start", "eta")),
        ("up=eta", ("start", "eta")),
        ("rule=heavy-ball&across=beta", ("beta", "start")),
        ("rule=heavy-ball&up=beta&eta=0.1,1&range=0.2,0.8", ("eta", "beta")),
        ("loss=ring&across=p.k&eta=0.3", ("p.k", "start")),
        (
            "loss=ring&rule=heavy-ball&across=beta&up=p.k&range=0,0.5,1,2&start=1.4,0.2",
            ("beta", "p.k"),
        ),
    ],
)
def test_a_link_with_axes_reads_back(query: str, axes: tuple[str, str]) -> None:
    reading = read(query)
    assert (reading.problems, reading.notices) == ((), ())
    assert reading.settings.axes == axes
    assert read(write_lab_query(reading.settings)).settings == reading.settings


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        (
            "across=beta",
            "across",
            "The axis across must be one of eta, start, got ‘beta’. Did you mean ‘eta’?",
        ),
        ("across=eta&up=eta", "up", "The axes must show two different things, got ‘eta’ for both."),
        ("range=0,1", "range", "The range must be left out, got ‘0,1’."),
        (
            "rule=heavy-ball&across=beta&range=0.1",
            "range",
            "The range must be two numbers of β, the least and the greatest, got ‘0.1’.",
        ),
        (
            "rule=heavy-ball&across=beta&eta=0.1,1",
            "eta",
            "η must be one number, since no axis shows it, got ‘0.1,1’.",
        ),
        ("rule=heavy-ball&across=beta&range=0,2", "range", "β must be in 0 … 0.99; 0.99 is used."),
    ],
)
def test_axes_that_cannot_be_are_mended(query: str, field: str, words: str) -> None:
    reading = read(query)
    (message,) = (*reading.problems, *reading.notices)
    assert (message.field, message.text) == (field, words)
    assert read(write_lab_query(reading.settings)).settings == reading.settings


def test_a_formula_offers_no_numbers_as_axes() -> None:
    """Its least value follows from them."""
    assert set(LabSettings(loss="formula", formula="(a x y - 1)^2; a = 1").offered) == {
        "eta",
        "start",
    }


def map_of(client: FlaskClient, query: str):
    """The head and the fates [rows, columns]."""
    body = client.get(f"/regimes.bin?{SMALL}&{query}").data
    head, at = head_of(body)
    records = np.frombuffer(body, "<f4", offset=at).reshape(SIZE, 1 + 4 * SIZE)
    fates = np.empty((SIZE, SIZE))
    fates[records[:, 0].astype(int)] = records[:, 1 : 1 + SIZE]
    return head, fates


def test_each_row_of_a_map_of_beta_is_a_sweep_of_that_beta(client: FlaskClient) -> None:
    query = "rule=heavy-ball&across=beta&range=0.1,0.9&eta=0.5"
    head, fates = map_of(client, query)
    betas = head["axes"][0]["values"]
    np.testing.assert_allclose(betas, np.linspace(0.1, 0.9, SIZE))
    assert (head["etas"], head["settles"]) == ([0.5], None)
    for row in (0, 7, 15):
        rule = RULES["heavy-ball"].at(beta=betas[row])
        found = sweep("hyperbola", rule, head["starts"], np.full(SIZE, 0.5), 60)
        known = found.outcome != 1  # others go on
        np.testing.assert_array_equal(fates[row][known], found.outcome[known])
        assert known.any()


def test_each_column_of_a_map_of_eta_by_k_is_a_sweep_of_that_k(client: FlaskClient) -> None:
    head, fates = map_of(client, "loss=ring&up=p.k&eta=0.05,5&start=1.4,0.3")
    ks = head["axes"][1]["values"]
    for column in (0, 8, 15):
        loss = LOSSES["ring"].at(k=ks[column])
        found = sweep(loss, "gd", np.tile([1.4, 0.3], (SIZE, 1)), head["etas"], 60)
        known = found.outcome != 1
        np.testing.assert_array_equal(fates[known, column], found.outcome[known])
    assert len(np.unique(fates)) > 1


def test_files_have_a_column_for_each_axis(client: FlaskClient) -> None:
    query = "loss=ring&rule=heavy-ball&across=beta&up=p.k&start=1.4,0.2&eta=0.4"
    text = client.get(f"/regimes.csv?{SMALL}&{query}").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == SIZE**2
    low, high = next(p.range for p in RULES["heavy-ball"].parameters if p.range) or (0, 0)
    betas = np.array([float(row["beta"]) for row in rows])
    np.testing.assert_allclose(betas, np.repeat(np.linspace(low, high, SIZE), SIZE))
    assert {row["eta"] for row in rows} == {"0.4"}
    assert {(row["start_0"], row["start_1"]) for row in rows} == {("1.4", "0.2")}
    assert len({row["p.k"] for row in rows}) == SIZE
    orbit = client.get(f"/orbit.csv?{SMALL}&{query}").text
    assert "p.k" in orbit.split("\n", 1)[0]


def test_the_caption_says_what_the_axes_are(client: FlaskClient) -> None:
    query = "loss=ring&rule=heavy-ball&across=beta&up=p.k&range=0,0.5,1,2&start=1.4,0.2&eta=0.4"
    caption = map_of(client, query)[0]["caption"]
    assert caption.endswith("β = 0 … 0.5, k = 1 … 2, η = 0.4, from (1.4, 0.2)")


@pytest.mark.parametrize(
    "query", ["across=start", "rule=heavy-ball&across=beta", "up=p.k&loss=ring"]
)
def test_an_orbit_diagram_goes_along_the_first_axis(client: FlaskClient, query: str) -> None:
    head, _ = head_of(client.get(f"/orbit.bin?{SMALL}&{query}").data)
    name = head["axes"][0]["name"]
    many = {"eta": head["etas"], "start": head["starts"]}.get(name, head["axes"][0]["values"])
    assert len(many) == 600
    assert len(head["etas"]) == 600
