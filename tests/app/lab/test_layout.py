"""The lab's page: every id once, every setting with its control, every fate with its own ink."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.budgets import budgets
from app.lab import layout as page
from app.lab.routes import ROUTES
from app.lab.settings import (
    FIELDS,
    FIT,
    MAX_TAU,
    MIN_TAU,
    LabSettings,
)
from app.runspec import FORMULA
from app.theme import INKS
from app.vocabulary import (
    CLOCKS,
    MOST_RULES,
    ORBIT_TITLES,
    ORBIT_VIEWS,
    PLOT_PICTURES,
    PLOTS,
    VOCABULARY,
)
from dynamics import LOSSES, RULES, Fate
from dynamics.starts import SCOUTS, interesting_etas, straight_line
from tests.app.layout import components, id_counts, of_data, of_type
from tests.app.scripts import exported, parts_of

ASSETS = Path(__file__).parents[3] / "assets"
CSS = (ASSETS / "style" / "lab.css").read_text(encoding="utf-8")
SELECTORS = {"light": ":root", "dark": ':root[data-inks="dark"]'}
FATES = sorted(fate for fate in Fate if fate is not Fate.UNKNOWN)

# How colours look to those who lack one kind of cone, for linear RGB.
# [MOF09] Machado, Oliveira and Fernandes, IEEE TVCG 15, 2009, table 1, severity 1.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# From linear RGB to the cones of Oklab, and from their cube roots to lightness and hue.
# [Ott20] Ottosson, A perceptual color space for image processing, 2020.
CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]
TOLD_APART = 0.1  # in Oklab: five times what the eye just notices


@pytest.fixture(scope="module")
def layout() -> dict[str, Any]:
    """The page as it is sent to a browser."""
    return json.loads(json.dumps(page.lab(), default=lambda part: part.to_plotly_json()))


# ---- ids and wires ----


def test_every_id_stands_on_the_page_once(layout: dict) -> None:
    assert [name for name, count in id_counts(layout).items() if count > 1] == []


def test_every_id_that_the_scripts_ask_for_is_on_the_page(layout: dict) -> None:
    asked = parts_of("lab").given("$")
    assert len(asked) > 30
    assert asked - set(id_counts(layout)) == set()


def test_ids_that_the_scripts_compose_are_on_the_page(layout: dict) -> None:
    every = set(id_counts(layout))
    for plot in PLOTS:
        assert {f"panel-{plot}", f"tab-{plot}", f"rule-{plot}"} <= every
    for clock in CLOCKS:
        assert {f"collapse-{clock}", f"spread-{clock}", f"card-{clock}"} <= every


def test_what_points_to_another_part_of_the_page_finds_it(layout: dict) -> None:
    every = id_counts(layout)
    for part in components(layout):
        for key in ("htmlFor", "aria-labelledby", "aria-describedby", "aria-controls"):
            for name in str(part["props"].get(key, "")).split():
                assert name in every, f"{key}={name}"


def test_every_plot_has_its_tab(layout: dict) -> None:
    tabs = [part for part in of_type(layout, "Button") if part.get("role") == "tab"]
    assert [tab["data-plot"] for tab in tabs] == list(PLOTS)
    marked = {
        plot for part in components(layout) for plot in part["props"].get("data-for", "").split()
    }
    assert marked == set(PLOTS)


def test_every_setting_of_the_link_has_its_control(layout: dict) -> None:
    places = {"plot": "tab-regimes", "rule": "rule-regimes", "eta": "eta-low"}
    for field in FIELDS:
        assert places.get(field.key, field.key) in id_counts(layout), field.key


def test_every_field_is_heard(layout: dict) -> None:
    assert sorted(exported("lab/controls.mjs")["FIELDS"]) == sorted(
        field["data-field"] for field in of_data(layout, "field")
    )


def test_every_view_of_the_orbit_has_a_title() -> None:
    assert list(ORBIT_VIEWS) == list(ORBIT_TITLES)


def test_rules_are_those_that_a_plot_can_be_made_of(layout: dict) -> None:
    for plot in PLOTS:
        fits, most = FIT[plot][0], MOST_RULES[plot]
        (group,) = (p for p in of_data(layout, "words") if p["id"] == f"rule-{plot}")
        assert list(json.loads(group["data-words"])) == [rule for rule in RULES if fits(rule)]
        assert group["data-kind"] == ("checkbox" if most > 1 else "radio")


def test_every_picture_is_one_that_can_be_made(layout: dict) -> None:
    assert set(PLOT_PICTURES) == set(parts_of("lab/exports.mjs").keys[""]) & set(PLOT_PICTURES)


def test_every_file_is_one_that_the_server_makes(layout: dict) -> None:
    for names in page.FILES.values():
        for name in names.values():
            for form in page.FORMS.values():
                made = (name, form.partition("?")[0])
                assert name == "run" or made in ROUTES


def test_losses_are_chosen_from_the_catalogue(layout: dict) -> None:
    (menu,) = (part for part in of_type(layout, "Select") if part["id"] == "loss")
    options = [part["props"] for part in menu["children"]]
    assert [option["value"] for option in options] == [*LOSSES, FORMULA]
    assert [option["data-formula"] for option in options[:-1]] == [
        loss.formula for loss in LOSSES.values()
    ]


def test_sliders_reach_what_is_allowed() -> None:
    """All of what the server takes of steps and slow time, and all defaults."""
    assert 10 ** page.SLIDERS["steps"][2] == pytest.approx(budgets().map_steps.most)
    ends = [10**end for end in page.SLIDERS["tau"][1:3]]
    assert ends == pytest.approx([MIN_TAU, MAX_TAU])
    assert page.SLIDERS["slice"][1:3] == (0, 1)
    ends = LabSettings().ends
    low, high = interesting_etas("hyperbola", "gd", straight_line(*ends, SCOUTS))
    assert 10 ** page.SLIDERS["eta-low"][1] < low < high < 10 ** page.SLIDERS["eta-high"][2]


def test_nothing_to_press_is_without_a_name(layout: dict) -> None:
    for part in [*of_type(layout, "Button"), *of_type(layout, "A")]:
        assert part.get("aria-label") or part.get("children")
    for choice in of_data(layout, "words"):
        assert choice.get("aria-label") or choice["className"] == "picks"
    for picture in (p["props"] for p in components(layout) if p["props"].get("role") == "img"):
        assert picture["aria-label"]


# ---- inks ----


def fate_inks(scheme: str) -> dict[str, str]:
    rule = re.search(rf"^ *{re.escape(SELECTORS[scheme])} \{{(.*?)\}}", CSS, re.S | re.M)
    assert rule
    return dict(re.findall(r"--(fate-\d+):\s*(#[0-9a-f]{6});", rule[1]))


def seen(colour: str, vision: str) -> np.ndarray:
    """A colour in Oklab, [3], as it looks to one kind of vision."""
    shares = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    looked = np.clip(np.asarray(VISIONS[vision]) @ linear, 0, 1)
    return np.asarray(OKLAB) @ np.cbrt(np.asarray(CONES) @ looked)


def test_distance_is_that_of_its_source() -> None:
    assert seen("#ffffff", "usual") == pytest.approx([1, 0, 0], abs=1e-4)
    assert np.linalg.norm(seen("#ffffff", "usual") - seen("#000000", "usual")) == pytest.approx(1)
    red, green = (seen(colour, "deuteranopia") for colour in ("#c05050", "#809a50"))
    plain = [seen(colour, "usual") for colour in ("#c05050", "#809a50")]
    assert np.linalg.norm(red - green) < 0.5 * np.linalg.norm(plain[0] - plain[1])


@pytest.mark.parametrize("scheme", SELECTORS)
def test_every_fate_has_an_ink(scheme: str) -> None:
    assert list(fate_inks(scheme)) == [f"fate-{int(fate)}" for fate in FATES]
    assert VOCABULARY["fates"] == len(FATES) == max(FATES)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fates_are_told_apart_by_every_vision(scheme: str, vision: str) -> None:
    """From one another, and from the card that shows where nothing was computed."""
    inks = fate_inks(scheme) | {"card": INKS[scheme]["card"]}
    for (one, a), (other, b) in combinations(inks.items(), 2):
        assert np.linalg.norm(seen(a, vision) - seen(b, vision)) > TOLD_APART, (one, other)


def test_a_fate_has_one_hue_in_both_schemes() -> None:
    """All but two, which are black or white in one of them."""
    light, dark = (
        [complex(*seen(ink, "usual")[1:]) for ink in fate_inks(scheme).values()]
        for scheme in SELECTORS
    )
    turns = [
        np.angle(a / b, deg=True)
        for a, b in zip(light, dark, strict=True)
        if min(abs(a), abs(b)) > 0.02
    ]
    assert len(turns) == len(FATES) - 2
    assert max(map(abs, turns)) < 10


def test_the_style_sheet_has_no_other_colours() -> None:
    rules = CSS[CSS.index("/* Controls at the left") :]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)
    used = set(re.findall(r"var\(--([\w-]+)\)", rules))
    assert used <= set(INKS["light"]) | {"swatch", "unit", "small", "large", "round"}
