"""Sentences: for whatever is shown there is one, and the page can fill in its blanks."""

import re
from string import Formatter
from typing import Any

import pytest

from app.stage.layout import READINGS
from app.stage.settings import HIDEABLE, Settings
from app.stage.words import QUESTIONS, SYMBOLS, TOUR, page_words, question, titles
from app.vocabulary import LAWS
from dynamics import LOSSES, RULES, Broken
from dynamics.simulate import Outcome
from tests.app.scripts import parts_of

TOLD = {"phases", "all", "end", "parted", "drifts", "stays", "jumps", "lands", "theorem", "until"}
EVERY = [(loss, rule) for loss in LOSSES for rule in RULES]


PHASES = {
    "descent only": [("descent", 0)],
    "none": [],
    "edge at once": [("edge", 0)],
    "no alignment": [("descent", 0), ("edge", 40)],
    "floor": [("descent", 0), ("edge", 3), ("floor", 5000)],
    "too large": [("descent", 0), ("overlong", 3)],
    "all three": [("descent", 0), ("alignment", 1), ("edge", 1_000_000)],
}


def head(
    rule: str,
    outcome: Outcome = Outcome.REACHED,
    found: str = "all three",
    eta: float = 0.1,
    broken: Broken | None = None,
    parted_from: int | None = None,
) -> dict[str, Any]:
    """The head of a run, as far as words depend on it."""
    phases = PHASES[found if RULES[rule].bounce else "none"]
    return {
        "rule": rule,
        "name": RULES[rule].name,
        "eta": eta,
        "last": 2_000_000,
        "outcome": outcome.name.lower(),
        "outcome_step": 1234,
        "outcome_words": outcome.value,
        "broken": broken.name.lower() if broken else None,
        "broken_words": broken.value if broken else "",
        "parted_from": parted_from,
        "phases": [{"name": name, "first": first} for name, first in phases],
    }


def story(loss: str, rule: str, **how: Any) -> dict[str, Any]:
    settings = Settings(loss=loss, rule=(rule,))
    (story,) = page_words(settings, [head(rule, **how)])["stories"]
    return story


def blanks(text: str) -> set[str]:
    """The names in braces; raises where braces do not match."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def filled_by_the_page() -> set[str]:
    """The names that the page's script has numbers for, where it fills in a template."""
    keys = parts_of("stage/readout.mjs").keys
    return {*keys["numbersAt"], *keys["showStory"], "drift", "theorem"}


def assert_sentences(text: str) -> None:
    """Begins with a capital or a symbol, ends with a full stop, and leaves no hole."""
    assert text == text.strip()
    assert not text[0].islower()
    assert text.endswith(".")
    assert "  " not in text
    assert "None" not in text
    assert "nan" not in text.split()


@pytest.mark.parametrize(("loss", "rule"), EVERY)
@pytest.mark.parametrize("found", PHASES)
def test_a_story_has_a_sentence_for_each_phase(loss: str, rule: str, found: str) -> None:
    told = story(loss, rule, found=found)
    assert set(told) == TOLD
    assert len(told["phases"]) == len(head(rule, found=found)["phases"])
    assert len(set(told["phases"])) == len(told["phases"])
    for text in [*told["phases"], told["all"]]:
        filled = text.replace("{drift}", told["drifts"]).replace("{jump}", told["jumps"])
        assert_sentences(filled)
        assert blanks(filled) <= filled_by_the_page()
    assert told["drifts"].endswith(".")
    assert told["stays"].endswith(".")
    assert told["end"] == ""
    for text in told["until"].values():
        assert_sentences(text)


def test_what_comes_with_the_edge_says_when_or_that_it_does_not() -> None:
    def laws(**how: Any) -> str:
        return story("ring", how.pop("rule", "ngd"), **how)["until"]["laws"]

    assert "at step 40:" in laws(found="no alignment")
    assert "does not reach the edge in its 2,000,000 steps" in laws(found="descent only")
    assert "too large" in laws(found="too large")
    assert laws(rule="gd").startswith("GD has no edge")


def test_the_tour_says_what_its_page_can_fill_in_of_panels_that_are_there() -> None:
    keys = parts_of("stage/tour.mjs").keys["known"]
    for stop in TOUR.values():
        assert_sentences(stop.words)
        assert blanks(stop.words) <= set(keys)
        assert set(stop.panels) <= set(HIDEABLE) | {"landscape"}


@pytest.mark.parametrize("rule", ["ngd", "gd"])
@pytest.mark.parametrize("broken", Broken)
def test_a_story_says_what_the_theorem_asks_and_does_not_get(rule: str, broken: Broken) -> None:
    told = story("ring", rule, broken=broken)
    whole = story("ring", rule)
    for text, usual in zip(
        [*told["phases"], told["all"]], [*whole["phases"], whole["all"]], strict=True
    ):
        assert_sentences(text)
        assert text.endswith(broken.value)
        assert (usual in text) == (broken in (Broken.FLOW_ENDS, Broken.NO_FLOW))


def test_the_story_says_from_where_rounding_decides() -> None:
    assert story("ring", "ngd")["parted"] == ""
    assert story("ring", "ngd", parted_from=5622)["parted"].startswith(" From step 5,622 rounding")


def test_the_story_says_when_each_phase_begins_and_the_descent_ends() -> None:
    descent, alignment, edge = story("ring", "ngd")["phases"]
    assert descent.startswith("Descent, 1 step: ")
    assert alignment.startswith("Alignment from step 1: ")
    assert edge.startswith("At the edge since step 1,000,000: ")
    assert story("ring", "ngd", found="no alignment")["phases"][0].startswith("Descent, 40 steps: ")


def test_a_run_that_only_descends_is_told_of_to_its_end() -> None:
    (descent,) = story("ring", "ngd", found="descent only")["phases"]
    assert descent.startswith("Descent, all 2,000,000 steps: ")
    # From its first step on the edge there is no descent to tell of.
    (edge,) = story("ring", "ngd", found="edge at once")["phases"]
    assert edge.startswith("At the edge since step 0: ")


def test_the_story_at_the_edge_is_about_this_valley() -> None:
    told = {loss: story(loss, "ngd") for loss in LOSSES}
    drifting = [key for key, loss in LOSSES.items() if loss.codim < loss.d]
    assert len({told[key]["drifts"] for key in drifting}) == len(drifting)
    for loss, text in told.items():
        assert blanks(text["phases"][-1]) == {"drift", "jump"}
        assert text["drifts"].endswith(LOSSES[loss].look_for)
        assert blanks(text["drifts"]) == {"sharpness", "first_sharpness", "theorem"}
        assert blanks(text["theorem"]) == {"flow_sharpness"}


def test_where_there_is_no_drift_none_is_told_of() -> None:
    assert "no drift" in story("ring", "ngd")["stays"]
    point = story("quadratic", "ngd")
    assert "nowhere to drift" in point["stays"]


def test_in_the_descent_nothing_hops_yet() -> None:
    for rule in ("ngd", "sqrt-gd"):
        assert "nothing hops yet" in story("ring", rule)["phases"][0]


BOWLS = [key for key, loss in LOSSES.items() if loss.codim == loss.d]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("loss", BOWLS)
def test_on_a_bowl_no_valley_is_mentioned(loss: str, rule: str) -> None:
    for found in PHASES:
        words = page_words(Settings(loss=loss, rule=(rule,)), [head(rule, found=found)])
        assert not re.search("valley(?!':)", str(words), re.IGNORECASE)
    symbols = [words for name, words in SYMBOLS.items() if name != "manifold"]
    assert not re.search("valley", str(symbols))


def test_where_one_parity_lies_on_the_floor_no_step_jumps_it() -> None:
    told = story("hyperbola", "sqrt-gd")
    assert (told["jumps"], told["lands"]) == (
        "each step jumps the valley floor",
        "every second step lands on the valley floor",
    )


# ---- what the stage asks ----


@pytest.mark.parametrize(("loss", "rule"), EVERY)
def test_the_stage_begins_with_a_question(loss: str, rule: str) -> None:
    asked = question(Settings(loss=loss, rule=(rule,)))
    assert asked.endswith("?")
    assert len(asked) < 80
    assert question(Settings(loss=loss, rule=(rule,), eta=(0.1, 0.05))) != asked


def test_every_rule_is_asked_about_in_its_own_words() -> None:
    assert set(QUESTIONS) == set(RULES)
    assert len({text for both in QUESTIONS.values() for text in both}) == 2 * len(RULES)


@pytest.mark.parametrize("loss", LOSSES)
def test_magnifiers_are_named_by_what_they_show(loss: str) -> None:
    named = titles(LOSSES[loss])
    assert named["across"].endswith(": the hop")
    assert named["along"].endswith(": no drift" if loss in BOWLS else ": the drift")


@pytest.mark.parametrize("rule", [key for key, rule in RULES.items() if rule.bounce is None])
def test_rules_without_a_law_are_never_said_to_be_at_the_edge(rule: str) -> None:
    told = story("ring", rule)
    assert (told["phases"], told["all"]) == ([], RULES[rule].look_for)


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
    place = "minimum at" if loss in BOWLS else "valley"
    assert words["valley"] == f"{place} {LOSSES[loss].valley}"
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
        assert (told["phases"] or [told["all"]])[0].endswith(RULES[rule].look_for)


@pytest.mark.parametrize(
    ("rules", "etas", "labels"),
    [
        (("ngd",), (0.1,), [["Normalized GD"]]),
        (("ngd", "gd"), (0.1,), [["Normalized GD"], ["Gradient descent"]]),
        (("ngd",), (0.1, 0.05), [["η = 0.1"], ["η = 0.05"]]),
        (
            ("ngd", "gd"),
            (0.1, 0.05),
            [
                *(["Normalized GD", "η = 0.1"], ["Normalized GD", "η = 0.05"]),
                *(["Gradient descent", "η = 0.1"], ["Gradient descent", "η = 0.05"]),
            ],
        ),
    ],
)
def test_labels_say_what_tells_a_run_from_the_others(
    rules: tuple[str, ...], etas: tuple[float, ...], labels: list[list[str]]
) -> None:
    settings = Settings(rule=rules, eta=etas)
    runs = [head(run.rule.key, eta=run.eta) for run in settings.runs]
    names = {"Normalized GD": RULES["ngd"].name, "Gradient descent": RULES["gd"].name}
    expected = [", ".join(names.get(part, part) for part in parts) for parts in labels]
    assert page_words(settings, runs)["labels"] == expected


# ---- symbols ----


def test_every_symbol_is_explained_in_one_line() -> None:
    assert {*LAWS, *(name for name, *_ in READINGS)} <= set(SYMBOLS)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
    for text in SYMBOLS.values():
        assert 10 < len(text) < 120
        assert "\n" not in text
        assert text == text.strip()


def test_too_large_a_step_is_told() -> None:
    *_, overlong = story("ring", "ngd", found="too large")["phases"]
    assert overlong.startswith("Too large a step for the theorem, from step 3: ")
    assert blanks(overlong) == {"first_sharpness", "sharpness"}


def test_the_floor_is_told_in_two_lines() -> None:
    """A longer sentence would take height from the panels while a run plays."""
    *_, floor = story("parabolic-valley", "ngd", found="floor")["phases"]
    assert floor.startswith("The lopsided bounce, since step 5,000: ")
    assert blanks(floor) == {"first_sharpness", "sharpness", "theorem"}
    assert len(floor) < 210


@pytest.mark.parametrize(("loss", "rule"), EVERY)
def test_what_is_told_takes_three_lines_at_most(loss: str, rule: str) -> None:
    """A longer sentence would take height from the panels while a run plays."""
    for found in PHASES:
        told = story(loss, rule, found=found)
        for text in [*told["phases"], told["all"]]:
            for drift in (told["drifts"], told["stays"]):
                for jump in (told["jumps"], told["lands"]):
                    said = text.replace("{drift}", drift).replace("{jump}", jump)
                    said = said.replace("{theorem}", told["theorem"])
                    assert len(re.sub(r"\{\w+\}", "1.2345", said)) <= 280
