"""Branches of a run: how a link has them, and what is answered of them."""

from urllib.parse import parse_qsl

import numpy as np
import pytest
from flask.testing import FlaskClient

import dynamics
from app.runspec import ForkSpec, RuleSpec
from app.stage.branches import Branch
from app.stage.settings import read_query, write_query
from app.stage.words import caption
from dynamics import RULES, Fork
from tests.app.stage.test_routes import table_of, unpack

LINK = (
    "loss=hyperbola&eta=0.1&steps=400&fork=200,500,300&fork.of=,1,&fork.eta=0.05,,"
    "&fork.rule=,gd,&fork.push=,,0:0.1&fork.name=slow,,"
)
BRANCHES = (
    Branch(200, eta=0.05, name="slow"),
    Branch(500, of=1, rule="gd"),
    Branch(300, push=(0.0, 0.1)),
)


def test_a_link_has_a_part_for_each_branch() -> None:
    reading = read_query(dict(parse_qsl(LINK, keep_blank_values=True)))
    assert reading.problems == reading.notices == ()
    assert reading.settings.branches == BRANCHES
    assert write_query(reading.settings) == LINK


def test_a_branch_of_a_branch_has_both_forks() -> None:
    root, slow, gd, pushed = read_query(dict(parse_qsl(LINK))).settings.runs
    assert root.forks == ()
    assert slow.forks == (ForkSpec(200, eta=0.05),)
    assert gd.forks == (ForkSpec(200, eta=0.05), ForkSpec(500, rule=RuleSpec("gd")))
    assert pushed.forks == (ForkSpec(300, push=(0.0, 0.1)),)


def test_a_branch_goes_on_to_the_time_at_which_its_parent_was_to_end() -> None:
    """In slow time under NGD; GD has another clock, ηt."""
    root, slow, gd, pushed = read_query(dict(parse_qsl(LINK))).settings.runs
    assert root.steps == pushed.steps == 400
    assert slow.steps == 200 + 4 * 200
    assert gd.steps == slow.steps
    assert slow.time(2, slow.steps) == pytest.approx(root.time(2, 400)) == pytest.approx(4.0)
    changing = dict(parse_qsl("eta=0.2@0,0.1@100&steps=300&fork=50&fork.eta=0.1"))
    root, branch = read_query(changing).settings.runs
    assert branch.time(2, branch.steps) == pytest.approx(root.time(2, 300))
    quicker = {"rule": "gd", "eta": "0.1", "steps": "100", "fork": "50", "fork.eta": "0.05"}
    assert read_query(quicker).settings.runs[1].steps == 150


def test_the_time_bar_reaches_to_the_end_of_the_last() -> None:
    assert read_query(dict(parse_qsl(f"{LINK}&clock=tau"))).settings.last_at == 400
    assert read_query(dict(parse_qsl(f"{LINK}&clock=step"))).settings.last_at == 1000


@pytest.mark.parametrize(
    ("query", "problem", "link"),
    [
        ("fork=4&fork.of=1", "Fork 1 must leave one before it, got ‘1’.", "fork=4"),
        (
            "fork=9,4&fork.of=,1",
            "Fork 2 must leave fork 1 after its first step, 9.",
            "fork=9,4",
        ),
        ("fork=4&fork.eta=0.1,2", "There is no fork for η ‘2’.", "fork=4"),
        ("fork.eta=3", "There is no fork for η ‘3’.", ""),
        ("fork=x", "The step of a fork must be a whole number, got ‘x’.", ""),
        ("fork=4&fork.eta=-3", "η of a fork must be above 0, got ‘-3’.", "fork=4"),
        ("fork=4&fork.rule=gdd", "no rule called 'gdd'. Did you mean 'gd'?", "fork=4"),
        ("fork=4&fork.push=3", "A push must be 2 numbers with : between, got ‘3’.", "fork=4"),
        (
            "rule=ngd,gd&fork=4",
            "A run is forked alone: of several, keep one rule and one η.",
            "rule=ngd,gd",
        ),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field(query: str, problem: str, link: str) -> None:
    reading = read_query(dict(parse_qsl(query)))
    (told,) = reading.problems
    assert told.text.startswith(problem)
    assert told.field.startswith("fork")
    assert write_query(reading.settings) == link


@pytest.mark.parametrize(
    ("query", "notice", "link"),
    [
        ("fork=1,2,3,4,5", "At most 4 branches; the first are used.", "fork=1,2,3,4"),
        (
            "fork=4&fork.noise=3",
            "The noise must be in 0 … 1; 1 is used.",
            "fork=4&fork.noise=1",
        ),
        (
            "steps=50&fork=90",
            "Fork 1 leaves at step 90 a run that has 50 steps, so it is that run.",
            "steps=50&fork=90",
        ),
    ],
)
def test_what_is_changed_is_told(query: str, notice: str, link: str) -> None:
    reading = read_query(dict(parse_qsl(query)))
    assert [told.text for told in reading.notices] == [notice]
    assert write_query(reading.settings) == link


def test_what_the_picture_is_says_the_lineage() -> None:
    told = caption(read_query(dict(parse_qsl(LINK))).settings)
    assert told.endswith(
        "400 steps; fork 1 (slow) at step 200: η = 0.05; fork 2 at step 500 of slow: GD; "
        "fork 3 at step 300: pushed by (0, 0.1)"
    )


def test_the_page_gets_every_branch_with_its_place(client: FlaskClient) -> None:
    found = unpack(client.get(f"/run.bin?{LINK}").data)
    assert [run.get("fork") for run in found["runs"]] == [
        None, {"step": 200, "of": 0}, {"step": 500, "of": 1}, {"step": 300, "of": 0}
    ]  # fmt: skip
    assert found["words"]["labels"] == ["Normalized GD", "slow", "GD", "pushed by (0, 0.1)"]
    parent, slow, gd, pushed = (run["data"] for run in found["runs"])
    np.testing.assert_array_equal(slow["x"][:201], parent["x"][:201])
    np.testing.assert_array_equal(gd["x"][:501], slow["x"][:501])
    np.testing.assert_allclose(pushed["x"][300] - parent["x"][300], [0, 0.1], atol=1e-6)


def test_a_stretch_a_section_and_a_drift_are_of_the_run_in_focus(client: FlaskClient) -> None:
    whole = unpack(client.get(f"/run.bin?{LINK}").data)["runs"][1]["data"]
    (part,) = unpack(client.get(f"/run.bin?{LINK}&focus=1&first=195&count=20").data)["runs"]
    np.testing.assert_array_equal(part["data"]["x"], whole["x"][195:215])
    told = client.get(f"/nudge.json?{LINK}&focus=1&at=700").json
    np.testing.assert_allclose(told["x"], whole["x"][700:703], rtol=1e-6)
    link = "loss=product-3&steps=60&fork=20&fork.push=0.3:0:0"
    one, other = (client.get(f"/section.bin?{link}&at=50&focus={i}").data for i in (0, 1))
    assert one != other


def test_files_tell_branches_apart(client: FlaskClient) -> None:
    table = table_of(client.get(f"/run.csv?{LINK}").text)
    branch = np.array(table["branch"], dtype=int)
    assert np.bincount(branch).tolist() == [401, 1001, 1001, 401]
    rules = np.array(table["rule"])[branch == 2]
    assert rules.tolist() == ["ngd"] * 500 + ["gd"] * 501
    told = client.get(f"/run.json?{LINK}").json["settings"]
    assert told["forks"] == [
        {"step": 200, "of": 0, "eta": 0.05, "name": "slow"},
        {"step": 500, "of": 1, "rule": "gd"},
        {"step": 300, "of": 0, "push": [0.0, 0.1]},
    ]
    assert "fork 1 (slow) at step 200" in told["about"]["caption"]
    assert "branch" not in table_of(client.get("/run.csv?steps=20").text)


@pytest.mark.parametrize("library", ["numpy", "dynamics"])
def test_a_program_has_all_of_them(client: FlaskClient, library: str) -> None:
    text = client.get(f"/run.py?{LINK}&on={library}").text
    names: dict = {"__name__": "__main__"}
    exec(compile(text.split("figure, (left")[0], "program", "exec"), names)
    paths = names["paths"] if library == "numpy" else [(run.x,) for run in names["runs"]]
    run = dynamics.simulate(
        "hyperbola", "ngd", LOSS_START, 0.1, 1000,
        forks=[Fork(200, eta=0.05), Fork(500, rule=RULES["gd"])],
    )  # fmt: skip
    np.testing.assert_allclose(paths[2][0], run.x, atol=1e-11)
    assert len(paths) == 4


LOSS_START = read_query({"loss": "hyperbola"}).settings.start_point


def test_a_push_out_of_the_domain_is_told(client: FlaskClient) -> None:
    answer = client.get("/run.bin?loss=ring&start=1.5,0&steps=20&fork=0&fork.push=-1.5:0")
    assert answer.status_code == 400
    (problem,) = answer.json["problems"]
    assert problem["field"] == "fork.push"
    assert "after the push at step 0 the iterate must lie in" in problem["text"]
    assert answer.json["nearest"] == "loss=ring&start=1.5,0&steps=20&fork=0"
