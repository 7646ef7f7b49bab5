"""Sentences: for whatever is shown there is one, and the page can fill in its blanks."""

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from app.compute import LOSSES, RULES
from app.pages.stage import READINGS
from app.settings import Settings
from app.words import SYMBOLS, page_words
from dynamics.simulate import Outcome

ASSETS = Path(__file__).parents[2] / "assets"
EVERY = [(loss, rule) for loss in LOSSES for rule in RULES]


def head(rule: str, outcome: Outcome = Outcome.REACHED, edge: int | None = 40) -> dict[str, Any]:
    """The head of a run, as far as words depend on it."""
    return {
        "rule": rule,
        "name": RULES[rule].name,
        "outcome": outcome.name.lower(),
        "outcome_step": 1234,
        "outcome_words": outcome.value,
        "edge_step": edge if RULES[rule].drift else None,
    }


def story(loss: str, rule: str, **how: Any) -> dict[str, str]:
    settings = Settings(loss=loss, rule=(rule,))
    (story,) = page_words(settings, [head(rule, **how)])["stories"]
    return story


def blanks(text: str) -> set[str]:
    """The names in braces; raises where braces do not match."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def filled_by_the_page() -> set[str]:
    """The names that the page's script has numbers for, where it fills in a template."""
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    table = re.search(r"template\.replace\(.*?=> (\w+)\[name\]", scripts)
    assert table
    (listed,) = re.findall(rf"const {table[1]} = \{{\n\s*sharpness:.*?\n\s*\}};", scripts, re.S)
    return set(re.findall(r"^\s*(\w+):", listed, re.M))


def assert_sentences(text: str) -> None:
    """Begins with a capital or a symbol, ends with a full stop, and leaves no hole."""
    assert text == text.strip()
    assert not text[0].islower()
    assert text.endswith(".")
    assert "  " not in text
    assert "None" not in text
    assert "nan" not in text.split()


@pytest.mark.parametrize(("loss", "rule"), EVERY)
@pytest.mark.parametrize("edge", [None, 0, 40, 1_000_000])
def test_a_story_is_told_of_every_run(loss: str, rule: str, edge: int | None) -> None:
    told = story(loss, rule, edge=edge)
    assert_sentences(told["before"])
    assert_sentences(told["edge"])
    assert told["end"] == ""
    assert blanks(told["before"]) | blanks(told["edge"]) <= filled_by_the_page()


def test_the_story_says_where_the_edge_begins() -> None:
    assert "step 1,000,000" in story("ring", "ngd", edge=1_000_000)["before"]
    assert "step 1,000,000" in story("ring", "ngd", edge=1_000_000)["edge"]
    # From its first step on there is no descent to tell of.
    assert "Descent" not in story("ring", "ngd", edge=0)["before"]


def test_the_story_at_the_edge_is_about_this_valley() -> None:
    told = {loss: story(loss, "ngd")["edge"] for loss in LOSSES}
    assert len(set(told.values())) == len(LOSSES)
    for loss, text in told.items():
        assert text.endswith(LOSSES[loss].look_for)
        assert blanks(text) == {"sharpness", "first_sharpness"}


@pytest.mark.parametrize("rule", [key for key, rule in RULES.items() if rule.drift is None])
def test_rules_without_a_law_are_never_said_to_be_at_the_edge(rule: str) -> None:
    told = story("ring", rule)
    assert told["before"] == told["edge"] == RULES[rule].look_for


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_sentence(outcome: Outcome) -> None:
    assert_sentences(outcome.value)
    end = story("ring", "gd", outcome=outcome)["end"]
    if outcome is Outcome.REACHED:
        assert end == ""
    else:
        assert end == f"{RULES['gd'].name}, step 1,234: {outcome.value}"


@pytest.mark.parametrize("loss", LOSSES)
def test_formulas_are_those_of_the_catalogue(loss: str) -> None:
    words = page_words(Settings(loss=loss, rule=tuple(RULES)[:3]), [])
    assert words["formula"] == LOSSES[loss].formula
    assert words["valley"] == f"valley {LOSSES[loss].valley}"
    assert words["sharpness"] == LOSSES[loss].sharpness_formula
    assert [rule["key"] for rule in words["rules"]] == list(RULES)[:3]
    assert all(text.strip() for rule in words["rules"] for text in rule.values())


@pytest.mark.parametrize("record", [*LOSSES.values(), *RULES.values()], ids=lambda r: r.key)
def test_every_record_brings_its_words(record: Any) -> None:
    assert record.name
    assert record.formula
    assert_sentences(record.look_for)
    assert not blanks(record.look_for)


def test_one_story_a_run_in_the_order_of_the_runs() -> None:
    settings = Settings(rule=("ngd", "gd"))
    stories = page_words(settings, [head("ngd"), head("gd")])["stories"]
    for told, rule in zip(stories, settings.rule, strict=True):
        assert told["before"].endswith(RULES[rule].look_for)


def test_every_symbol_on_the_page_is_explained() -> None:
    assert {name for name, _, _ in READINGS} | {"stableness_pair"} == set(SYMBOLS)
    assert all(len(text) > 10 for text in SYMBOLS.values())
