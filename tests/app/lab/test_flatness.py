"""Rules side by side as the lab answers with them: lines as they are computed, and files."""

import json

import numpy as np
import pytest
from flask.testing import FlaskClient

from dynamics import LOSSES, RULES
from dynamics.flatness import course

SHORT = "etas=0.1&tau=1"


def lines_of(client: FlaskClient, query: str) -> list[dict]:
    text = client.get(f"/flatness.ndjson?{query}").text
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_says_what_is_compared_and_then_comes_one_for_each_rule(client: FlaskClient) -> None:
    head, *courses = lines_of(client, SHORT)
    assert head["settings"]["loss"] == "two-flatnesses"
    assert head["query"] == "plot=flatness&tau=1&etas=0.1"
    assert [one["rule"] for one in courses] == ["ngd", "sqrt-gd", "sam", "label-noise"]
    assert [rule["name"] for rule in head["rules"]] == [RULES[one["rule"]].name for one in courses]
    found = course(LOSSES["two-flatnesses"], RULES["ngd"], head["settings"]["start"], 0.1, 1.0)
    assert found is not None
    for which in ("flow", "run"):
        way = getattr(found, which)
        np.testing.assert_allclose(courses[0][which]["x"], way.x[:, 0], rtol=1e-6)
        np.testing.assert_allclose(courses[0][which]["trace"], way.trace, rtol=1e-6)


def test_a_number_of_a_rule_is_taken(client: FlaskClient) -> None:
    """SAM to one time of its own takes a quarter of the steps at twice the ρ."""
    steps = [lines_of(client, f"{SHORT}&rule=sam&rho={rho}")[1]["steps"] for rho in (0.1, 0.2)]
    assert steps == [1000, 250]


@pytest.mark.parametrize(("loss", "sheet"), [("plane-valley", True), ("two-flatnesses", False)])
def test_the_floor_is_coloured_whole(client: FlaskClient, loss: str, sheet: bool) -> None:
    head, *_ = lines_of(client, f"loss={loss}&rule=sqrt-gd&{SHORT}")
    assert bool(head["floor"]["sheet"]) == sheet
    assert bool(head["floor"]["curves"]) != sheet
    if sheet:
        assert np.shape(head["floor"]["sheet"]["trace"]) == (71, 71)


def test_a_rule_without_a_flow_here_is_named(client: FlaskClient) -> None:
    head, *courses = lines_of(client, f"loss=plane-valley&rule=ngd,weight-decay&{SHORT}")
    assert [one["rule"] for one in courses] == ["ngd"]
    assert head["left"] == "GD with weight decay: no flow along this Γ."


def test_files_hold_every_point(client: FlaskClient) -> None:
    response = client.get(f"/flatness.csv?{SHORT}&rule=ngd,sam")
    header, *rows = response.text.splitlines()
    assert header.startswith("rule,eta,share,flow_0,flow_1,flow_2,flow_sharpness,flow_trace")
    assert len(rows) == 2 * 101
    assert {row.split(",")[0] for row in rows} == {"ngd", "sam"}
    told = client.get(f"/flatness.settings.json?{SHORT}").get_json()
    assert told["about"]["caption"].startswith("Which flatness: Normalized GD, GD on √L, SAM")
