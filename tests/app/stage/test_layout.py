"""The page: every id once, every control heard, every name that a person looks for."""

import json
from collections import Counter
from typing import Any, get_args, get_type_hints

import pytest

from app.budgets import budgets
from app.parts import OWN
from app.runspec import FORMULA
from app.server import create_app
from app.stage import ids
from app.stage.layout import EXPORTS, KEYS, READINGS, stage
from app.stage.routes import MEDIA_TYPES
from app.stage.settings import FIELDS, HIDEABLE, Settings
from app.stage.words import SYMBOLS
from app.vocabulary import AXES, CLOCKS, LAWS, LOOKS, PHASES, PICTURES, STROBES
from dynamics import LOSSES, RULES
from dynamics.phases import Phase
from tests.app.layout import Component, components, id_counts, of_data, of_type
from tests.app.scripts import exported, parts_of

SCRIPTS = parts_of("", "stage", "stage/panels")
IDS = {name: value for name, value in vars(ids).items() if name.isupper() and name != "STARTS"}
IDS |= {name: name for name in ids.STARTS}


@pytest.fixture(scope="module")
def layout() -> Component:
    """The page as it is sent to a browser."""
    client = create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client()
    return client.get("/_dash-layout").get_json()


def with_id(layout: Component, name: str) -> dict[str, Any]:
    (found,) = (part["props"] for part in components(layout) if part["props"].get("id") == name)
    return found


def text_of(node: Any) -> str:
    """What a component says."""
    if isinstance(node, dict):
        return text_of(node["props"].get("children")) if "props" in node else ""
    return "".join(map(text_of, node)) if isinstance(node, list) else node or ""


def is_slider(part: dict) -> bool:
    return part["props"].get("className") == "slider"


# ---- ids ----


def test_every_id_stands_on_the_page_once(layout: Component) -> None:
    assert [name for name, count in id_counts(layout).items() if count > 1] == []


@pytest.mark.parametrize("name", IDS)
def test_every_named_id_is_on_the_page(layout: Component, name: str) -> None:
    assert IDS[name] in id_counts(layout)


def test_no_id_has_two_names() -> None:
    assert len(set(IDS.values())) == len(IDS)


def test_every_id_that_the_scripts_ask_for_is_on_the_page(layout: Component) -> None:
    asked = SCRIPTS.given("$") | SCRIPTS.given("put", "write", "setText", "change", least=2)
    assert len(asked) > 30
    assert asked - set(id_counts(layout)) == set()


def test_what_points_to_another_part_of_the_page_finds_it(layout: Component) -> None:
    every = id_counts(layout)
    for part in components(layout):
        for key in ("htmlFor", "aria-labelledby", "aria-describedby", "aria-controls"):
            for name in str(part["props"].get(key, "")).split():
                assert name in every, f"{key}={name}"


# ---- wires between the page, its scripts and the server ----


def test_every_control_is_heard_and_every_one_that_is_heard_exists(layout: Component) -> None:
    sliders = {p["props"]["id"] for p in components(layout) if is_slider(p)}
    fields = {field["data-field"] for field in of_data(layout, "field")}
    choices = {choice["id"] for choice in of_data(layout, "words")}
    assert set(exported("stage/controls.mjs")["changes"]) == sliders | fields | choices


def test_every_button_does_something(layout: Component) -> None:
    on_page = {props["id"] for props in of_type(layout, "Button") if "id" in props}
    assert on_page == set(exported("stage/keys.mjs")["buttons"])


def test_every_key_that_help_lists_is_bound() -> None:
    bound = exported("stage/keys.mjs")
    names = {"Space": " ", "←": "ArrowLeft", "→": "ArrowRight", "Esc": "Escape"}
    for keys, _ in KEYS:
        kind = "commands" if keys.startswith("Ctrl +") else "keys"
        listed = keys.replace("Shift +", "").replace("Ctrl +", "").split()
        assert {names.get(key, key) for key in listed} <= set(bound[kind])


def test_every_reading_is_given() -> None:
    assert {name for name, _, _ in READINGS} <= set(parts_of("stage/readout.mjs").keys["numbersAt"])


def test_every_export_is_one_that_can_be_made() -> None:
    for words, name in EXPORTS.items():
        what, form = name.split(".", 1)
        kind = form.split("?")[0]
        named = {"settings.json": "Settings", "py": "Python", "ipynb": "Notebook", "html": "Page"}
        assert words.startswith(named.get(kind, kind.upper()))
        assert what == "run"
        assert kind in (*MEDIA_TYPES, "settings.json")


def test_every_picture_is_one_that_can_be_made() -> None:
    drawn = parts_of("stage/portrait.mjs").keys[""]
    assert set(PICTURES) <= set(drawn)


def test_every_part_that_can_be_hidden_is_on_the_page_once(layout: Component) -> None:
    parts = Counter(
        c["props"]["data-part"] for c in components(layout) if "data-part" in c["props"]
    )
    assert set(HIDEABLE) <= set(parts)
    assert set(parts.values()) == {1}


def test_every_run_has_a_dash_of_its_own() -> None:
    dashes = exported("pens.mjs")["DASHES"]
    assert len(dashes) >= budgets().runs.most
    assert len({json.dumps(dash) for dash in dashes}) == len(dashes)


def test_scripts_ask_for_what_can_be_chosen() -> None:
    for name, known in {"look": LOOKS, "strobe": STROBES, "clock": CLOCKS}.items():
        asked = {text for compared, text in SCRIPTS.compared if compared == name}
        assert asked
        assert asked <= set(known)


def test_every_phase_has_words() -> None:
    assert set(PHASES) == set(get_args(get_type_hints(Phase)["name"]))


# ---- symbols ----


def test_every_symbol_says_what_it_is(layout: Component) -> None:
    symbols = of_type(layout, "Dfn")
    assert len(symbols) >= len(READINGS) + len(LAWS)
    for symbol in symbols:
        assert symbol["data-explains"] in SYMBOLS.values()
        assert symbol["tabIndex"] == 0
        assert text_of(symbol["children"])


def test_help_lists_every_symbol_where_the_scripts_look_it_up(layout: Component) -> None:
    items = [item for item in of_type(layout, "Li") if "data-symbol" in item]
    listed = {item["data-symbol"]: text_of(item["children"]) for item in items}
    assert listed == SYMBOLS


def test_every_symbol_on_a_panel_is_explained() -> None:
    used = {text for key, text in parts_of("stage/panels").values if key == "symbol"}
    assert len(used) >= 4
    assert used <= set(SYMBOLS)


def test_messages_go_to_controls_that_exist(layout: Component) -> None:
    fields = exported("stage/controls.mjs")["FIELDS"]
    assert set(fields) <= {field.key for field in FIELDS}
    assert set(fields.values()) <= set(id_counts(layout))


# ---- what a person finds ----


@pytest.mark.parametrize(
    "name",
    [
        *("Play", "Step forward", "Step back", "Two forward", "Two back", "Reset", "Loop"),
        *("Go to the end", "Export", "Share", "Help", "flattest point", "compare η/2", "η → η/2"),
    ],
)
def test_button_has_its_name(layout: Component, name: str) -> None:
    buttons = of_type(layout, "Button")
    named = [b for b in buttons if name == (b.get("aria-label") or text_of(b.get("children")))]
    assert len(named) == 1


@pytest.mark.parametrize("name", ["Step size η", "Playhead", "Speed"])
def test_slider_has_its_name(layout: Component, name: str) -> None:
    places = [p["props"] for p in components(layout) if is_slider(p)]
    assert [place["data-label"] for place in places].count(name) == 1
    for place in places:
        low, value, high = (float(place[f"data-{end}"]) for end in ("low", "value", "high"))
        assert low <= value <= high


def test_losses_are_chosen_from_the_catalogue(layout: Component) -> None:
    (label,) = (p for p in of_type(layout, "Label") if p["htmlFor"] == ids.LOSS)
    assert text_of(label["children"]) == "Loss"
    options = with_id(layout, ids.LOSS)["children"]
    assert [option["props"]["value"] for option in options] == [*LOSSES, FORMULA]
    assert [text_of(o) for o in options] == [*(loss.name for loss in LOSSES.values()), OWN]


def test_rules_are_a_group_of_the_catalogue(layout: Component) -> None:
    (group,) = (p["props"] for p in components(layout) if p["props"].get("className") == "chips")
    assert group["role"] == "group"
    assert text_of(with_id(layout, group["aria-labelledby"])["children"]) == "Rules"
    words = json.loads(with_id(layout, ids.RULES)["data-words"])
    assert words == {rule.key: rule.name for rule in RULES.values()}
    assert list(words) == list(RULES)


@pytest.mark.parametrize(
    ("name", "known"),
    [(ids.CLOCK, CLOCKS), (ids.AXIS, AXES), (ids.STROBE, STROBES), (ids.LOOK, LOOKS)],
)
def test_a_choice_offers_all_there_is(layout: Component, name: str, known: tuple) -> None:
    choice = with_id(layout, name)
    words = json.loads(choice["data-words"])
    assert list(words) == list(known)
    assert choice["data-value"] == getattr(Settings(), name)
    assert all(words.values())


def test_every_law_has_a_gauge_with_a_needle(layout: Component) -> None:
    for name in LAWS:
        inside = list(components(with_id(layout, f"gauge-{name}")["children"]))
        ids_inside = {part["props"].get("id") for part in inside}
        assert f"now-{name}" in ids_inside
        assert "needle" in {part["props"].get("className") for part in inside}


def test_nothing_to_press_is_without_a_name(layout: Component) -> None:
    for button in of_type(layout, "Button"):
        assert button.get("aria-label") or text_of(button.get("children"))
    for choice in of_data(layout, "words"):
        assert choice.get("aria-label") or choice["className"] == "picks"
    for field in of_data(layout, "field"):
        assert field["data-label"]


def test_graphs_ask_nothing_of_others_and_show_no_bar(layout: Component) -> None:
    graphs = of_type(layout, "Graph")
    assert {graph["id"] for graph in graphs} == {ids.LANDSCAPE, ids.SHARPNESS}
    for graph in graphs:
        assert graph["config"]["showSendToCloud"] is False
        assert graph["config"]["displaylogo"] is False


# ---- settings in, page out ----


def test_controls_begin_as_the_settings_say() -> None:
    settings = Settings(
        loss="ring",
        rule=("ngd", "gd"),
        eta=(0.05, 0.025),
        start=(1.25, -0.5),
        noise=1e-9,
        seed=7,
    )
    page = json.loads(json.dumps(stage(settings), default=lambda part: part.to_plotly_json()))
    value = {field["data-field"]: field["data-value"] for field in of_data(page, "field")}
    assert with_id(page, ids.RULES)["data-value"] == "ngd,gd"
    assert value[ids.ETA] == "0.05, 0.025"
    slider = with_id(page, ids.ETA_SLIDER)["data-value"]
    assert 10 ** float(slider) == pytest.approx(0.05, rel=1e-4)
    assert (value[ids.STARTS[0]], value[ids.STARTS[1]]) == ("1.25", "-0.5")
    assert float(value[ids.NOISE]) == 1e-9
    assert value[ids.SEED] == "7"
    assert with_id(page, "formula")["children"] == LOSSES["ring"].formula
