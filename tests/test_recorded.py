"""Links, files, resources and the command line answer as they did: see `tests.recorded`."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.recorded import book
from tests.recorded.answers import answer_to
from tests.recorded.compare import differences
from tests.recorded.requests import groups, is_quick

REQUESTS = [
    pytest.param(group, line, id=line, marks=() if is_quick(group, line) else (pytest.mark.every,))
    for group, lines in groups().items()
    for line in lines
]


@pytest.fixture(scope="module")
def visitor() -> Iterator[FlaskClient]:
    with book.visitor() as client:
        yield client


@pytest.mark.parametrize(("group", "line"), REQUESTS)
def test_answers_as_recorded(visitor: FlaskClient, group: str, line: str) -> None:
    recorded = book.read(group)[line]
    assert not list(differences(recorded, answer_to(line, visitor)))


@pytest.mark.parametrize("group", groups())
def test_nothing_is_recorded_that_is_not_asked(group: str) -> None:
    assert list(book.read(group)) == groups()[group]


RECORDED = {"a": 1, "b": [1.5, "x"], "c": {"shape": [3], "finite": 3, "rms": 2.0, "rows": [[1.0]]}}


@pytest.mark.parametrize(
    "changed",
    [
        {"a": 2},
        {"a": 1.0},
        {"a": True},
        {"b": [1.5 + 1e-6, "x"]},
        {"b": [1.5, "y"]},
        {"b": [1.5]},
        {"c": RECORDED["c"] | {"shape": [4]}},
        {"c": RECORDED["c"] | {"finite": 2}},
        {"c": RECORDED["c"] | {"rms": 2.0 + 2e-6}},
        {"c": RECORDED["c"] | {"rows": [[1.0 + 1e-6]]}},
        {"c": RECORDED["c"] | {"rows": [[-1.0]]}},
        {"d": None},
    ],
    ids=repr,
)
def test_a_change_is_told(changed: dict) -> None:
    assert len(list(differences(RECORDED, RECORDED | changed))) == 1
    assert list(differences(RECORDED | changed, RECORDED))


def test_rounding_is_not_told() -> None:
    near = {
        "a": 1,
        "b": [1.5 * (1 + 1e-7), "x"],
        "c": RECORDED["c"] | {"rms": 2.0 * (1 - 1e-7), "rows": [[1.0 + 1e-7]]},
    }
    assert not list(differences(RECORDED, near))
