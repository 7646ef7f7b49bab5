"""A formula of one's own as the stage's resources answer to it."""

from urllib.parse import parse_qsl
from xml.etree import ElementTree

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.stage.settings import gallery, read_query, write_query
from dynamics import GALLERY
from tests.app.bodies import head_of

RING = "(x^2+y^2-1)^2*(1+a x^2); a = 1 in [0, 3]"


def read(client: FlaskClient, **query: str) -> dict:
    return client.get("/formula.json", query_string=query).get_json()


def test_how_it_is_read_is_mathml(client: FlaskClient) -> None:
    found = read(client, formula="x^2/2 + sqrt(1 + y^2)")
    assert found["problem"] is None
    names = {part.tag.rpartition("}")[2] for part in ElementTree.fromstring(found["mathml"]).iter()}
    assert {"mfrac", "msqrt", "msup"} <= names


def test_a_slip_is_told_with_its_place(client: FlaskClient) -> None:
    found = read(client, formula="x^2 + (y")
    line, caret = found["problem"]["place"].splitlines()
    assert line == "x^2 + (y"
    assert line[caret.index("^")] == "("
    assert found["problem"]["text"].endswith(".")


@pytest.mark.parametrize(
    ("text", "said"), [("x^4 - x^2", "two or more"), ("x^2 + <b>y", "<"), ("", "no formula")]
)
def test_what_cannot_be_shown_is_said(client: FlaskClient, text: str, said: str) -> None:
    assert said in read(client, formula=text, whole="1")["problem"]["text"]


def test_its_resources_are_those_of_any_loss(client: FlaskClient) -> None:
    query = {"formula": RING, "p.a": "2", "eta": "0.05", "steps": "200", "start": "1.15,0.35"}
    head, _ = head_of(client.get("/run.bin", query_string=query).data)
    settings = head["settings"]
    assert settings["formula"] == RING
    assert (
        settings["parameters"][0].items()
        >= {"name": "a", "value": 2.0, "range": [0.0, 3.0]}.items()
    )
    assert head["words"]["formula"].startswith("L = (x² + y² − 1)²")
    assert head["runs"][0]["phases"][-1]["name"] in ("edge", "floor")
    whole, at = head_of(client.get("/valley.bin", query_string={"formula": RING}).data)
    (curve,) = whole["curves"]
    points = np.frombuffer(
        client.get("/valley.bin", query_string={"formula": RING}).data[at:], "<f4"
    )[: 2 * curve["rows"]].reshape(-1, 2)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6)
    assert (
        client.get("/heights.bin", query_string={"formula": RING, "view": "-1,1,-1,1"}).status_code
        == 200
    )


def test_one_that_cannot_be_read_is_refused_with_the_nearest_query(
    client: FlaskClient,
) -> None:
    answer = client.get("/run.bin", query_string={"formula": "x^2 + (y", "eta": "0.1"})
    assert answer.status_code == 400
    (problem,) = answer.get_json()["problems"]
    assert problem["field"] == "formula"
    assert answer.get_json()["nearest"] == "eta=0.1"


@pytest.mark.parametrize("number", range(len(GALLERY)), ids=[one.name for one in GALLERY])
def test_the_link_of_the_gallery_is_a_link(number: int) -> None:
    example, query = gallery()[number]
    asked = read_query(dict(parse_qsl(query)))
    assert not (*asked.problems, *asked.notices)
    assert asked.settings.rule == (example.rule,)
    assert asked.settings.start_point == example.start
    assert read_query(dict(parse_qsl(write_query(asked.settings)))) == asked
