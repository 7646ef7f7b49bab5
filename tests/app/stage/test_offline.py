"""The page that needs no server: what is in it."""

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.app.held import held_in

MOST = 2_500_000  # bytes, of the page of the default run


def page_of(client: FlaskClient, query: str) -> str:
    answer = client.get(f"/run.html?{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    return answer.text


def test_the_default_page_is_small_and_asks_nobody(client: FlaskClient) -> None:
    page = page_of(client, "page=https://walks.example/")
    assert len(page.encode()) <= MOST
    assert not re.findall(r"<link|\bsrc=", page)
    assert "url(" not in re.sub(r'url\("data:[^"]*"\)', "", page.split("</style>")[0])
    assert "default-src 'none'" in page
    assert 'content="https://walks.example/?"' in page


def test_it_holds_what_the_server_answers(client: FlaskClient) -> None:
    query = "loss=hyperbola&eta=0.2&steps=12"
    held = held_in(page_of(client, query))
    first = {one["name"]: content for one, content in reversed(held)}
    assert {"run.bin", "valley.bin", "heights.bin", "figures.json", "stage.js"} <= set(first)
    assert first["valley.bin"] == client.get("/valley.bin?loss=hyperbola").data
    assert json.loads(first["nudges.json"])[8] == client.get(f"/nudge.json?{query}&at=8").json
    assert set(json.loads(first["figures.json"])["landscape"]) == {
        *("root", "log", "sharpness", "surface")
    }


def test_in_space_it_holds_sections_along_each_run(client: FlaskClient) -> None:
    held = held_in(page_of(client, "loss=product-3&eta=0.2,0.1&steps=50"))
    sections = [(one["eta"], one["at"]) for one, _ in held if one["name"] == "section.bin"]
    assert {eta for eta, _ in sections} == {0.2, 0.1}
    assert max(at for eta, at in sections if eta == 0.1) > 150


def test_of_gd_it_holds_the_rod_whatever_goes_beside_it(client: FlaskClient) -> None:
    query = "loss=hyperbola&rule=gd,ngd&start=2.5,0.41&eta=0.34&steps=60"
    rods = [
        (one, content) for one, content in held_in(page_of(client, query)) if "rod" in one["name"]
    ]
    assert [(one["rule"], one["eta"], one["steps"]) for one, _ in rods] == [("gd", 0.34, 60)]
    assert rods[0][1] == client.get(f"/rod.bin?{query.replace(',ngd', '')}").data


@pytest.mark.parametrize("query", ["eta=x", "loss=none", "page=javascript:1"])
def test_a_broken_link_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/run.html?{query}")
    assert answer.status_code == 400
    assert answer.json["problems"]
