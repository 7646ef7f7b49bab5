"""What is claimed, and that a test holds it."""

import ast
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.about.claims import CLAIMS, WORKS, Claim
from app.about.layout import PICTURE, SEEN, about
from app.stage.settings import read_query
from dynamics.version import versions

TESTS = Path(__file__).parents[2]


def texts(node: Any) -> list[str]:
    """Every text of a layout, from the top."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        return [text for item in node for text in texts(item)]
    return texts(getattr(node, "children", None) or [])


@pytest.fixture(params=CLAIMS, ids=lambda claim: claim.name)
def claim(request: pytest.FixtureRequest) -> Claim:
    return request.param


def test_its_tests_are_there(claim: Claim) -> None:
    assert claim.tests
    for test in claim.tests:
        path, name = test.split("::")
        tree = ast.parse((TESTS / path).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test


def test_its_works_are_listed(claim: Claim) -> None:
    assert set(re.findall(r"[A-Z]+\d\d", claim.source)) <= set(WORKS)


def test_the_page_states_it(claim: Claim) -> None:
    words = texts(about())
    for text in (claim.name, claim.states, claim.source, *claim.tests):
        assert text in words


def test_the_page_tells_the_versions() -> None:
    (told,) = [text for text in texts(about()) if text.startswith("Edgewalk 0")]
    for name, number in versions().items():
        assert f"{name} {number}" in told.lower()


def test_the_page_lists_the_works() -> None:
    words = texts(about())
    for tag, (title, _) in WORKS.items():
        assert tag in words
        assert title in words


def test_it_begins_with_the_stage_in_a_frame_and_three_sentences() -> None:
    read = read_query(dict(parse_qsl(urlsplit(PICTURE).query)))
    assert not read.problems
    assert read.settings.embed
    assert "transport" not in read.settings.hide
    assert len(re.findall(r"\.(?: |$)", SEEN)) == 3
    assert texts(about()).index(SEEN) < texts(about()).index("What Edgewalk claims")
