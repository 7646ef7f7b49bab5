"""One shape for every error of data, whatever the address and whatever is wrong."""

from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.http import MEDIA_TYPES, is_of_data

# How a formula is read, or not, is what this one answers with; the last takes no query.
OTHERS = {"/formula.json", "/study-rates.json"}


def addresses(server: Flask) -> list[str]:
    """Of data, each ending of an address by itself."""
    found = []
    for rule in server.url_map.iter_rules():
        head, _, endings = rule.rule.partition("<any(")
        names = endings.partition(")")[0].split(", ") if endings else [""]
        found += [head + name for name in names if is_of_data(head + name)]
    return sorted(set(found) - OTHERS)


@pytest.fixture(scope="module")
def known(client: FlaskClient) -> list[str]:
    return addresses(client.application)


def assert_told(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    told: Any = answer.json
    assert told.keys() == {"problems", "nearest"}
    assert told["problems"]
    for problem in told["problems"]:
        assert problem.keys() == {"field", "text"}
        assert problem["text"].endswith((".", "?"))
    assert isinstance(told["nearest"], str)
    assert answer.headers["Cache-Control"] == "no-store"


def test_all_kinds_of_data_are_among_them(known: list[str]) -> None:
    endings = {address.rpartition(".")[2] for address in known}
    assert endings == set(MEDIA_TYPES) - {"html"}
    assert len(known) > 40


def test_what_cannot_be_read_is_refused(client: FlaskClient, known: list[str]) -> None:
    for address, query in product(known, ("loss=nowhere&study=nowhere", "rule=none&loss=")):
        assert_told(client.get(f"{address}?{query}"), 400)


def test_what_is_no_question_is_refused(client: FlaskClient, known: list[str]) -> None:
    for address in known:
        answer = client.post(address)
        assert_told(answer, 405)
        assert "GET" in answer.json["problems"][0]["text"]
        assert "GET" in answer.headers["Allow"].split(", ")


def test_what_is_not_there_is_told(client: FlaskClient) -> None:
    for ending in set(MEDIA_TYPES) - {"html"}:
        assert_told(client.get(f"/nothing.{ending}"), 404)


def test_a_failure_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """And its trace stays in the log."""
    server = client.application

    def fail() -> str:
        raise RuntimeError("a secret")

    monkeypatch.setitem(server.view_functions, "valley", fail)
    monkeypatch.setitem(server.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/valley.bin?loss=ring")
    assert_told(answer, 500)
    assert "secret" not in answer.text
