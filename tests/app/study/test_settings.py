"""Settings of a study and their link."""

from urllib.parse import parse_qsl

import pytest

from app.study.settings import StudySettings, read_study_query, write_study_query
from dynamics.study import RULES, STUDIES


def read(query: str):
    return read_study_query(dict(parse_qsl(query)))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "study=chebyshev&rule=sqrt-gd",
        "rule=gd&tau=20&etas=0.1,0.05&seed=3",
        "etas=0.07&at=12",
        "focus=2&distance=rate&layer=moved",
    ],
)
def test_a_link_is_what_it_says(query: str) -> None:
    reading = read(query)
    assert not reading.problems
    assert not reading.notices
    assert read(write_study_query(reading.settings)).settings == reading.settings
    assert dict(parse_qsl(write_study_query(reading.settings))) == dict(parse_qsl(query))


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("rule", RULES)
def test_what_is_left_open_follows(study: str, rule: str) -> None:
    """Every study opens with every rule, with steps that a visitor may ask for."""
    settings = read(f"study={study}&rule={rule}").settings
    plain = settings.plain
    assert plain["tau"] == STUDIES[study].horizons[rule]
    asked = f"study={study}&rule={rule}&etas={','.join(map(str, plain['etas']))}"
    again = read(asked)
    assert again.settings.computed == settings.computed
    assert not again.notices
    assert settings.plan().etas == tuple(plain["etas"])


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("study=digit-parity", "study", "Did you mean"),
        ("rule=adam", "rule", "must be one of ngd, sqrt-gd, gd"),
        ("etas=0,05", "etas", "Decimals have a point"),
        ("etas=a", "etas", "number"),
        ("tau=-1", "tau", "above 0"),
        ("seed=1.5", "seed", "whole number"),
        ("lr=0.1", "lr", "is not a setting"),
    ],
)
def test_what_cannot_be_read_is_told(query: str, field: str, words: str) -> None:
    (problem,) = read(query).problems
    assert problem.field == field
    assert words in problem.text


def test_steps_that_are_too_small_or_too_long_are_clamped() -> None:
    reading = read("etas=0.001,10&tau=6")
    assert reading.settings.step_sizes == pytest.approx(((6e-5) ** 0.5, 1.5**0.5))
    assert "To τ = 6, η must be in" in reading.notices[0].text
    assert read("rule=gd&etas=1e-5&tau=10").settings.step_sizes == (1e-4,)


def test_what_is_looked_at_computes_nothing_else() -> None:
    assert read("at=3&focus=1").settings.computed == StudySettings().computed
