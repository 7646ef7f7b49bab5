"""A colour means a quantity: one ink everywhere, and legible on whatever it lies."""

import re
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from app.budgets import budgets
from app.stage.figures import sharpness_frame
from app.theme import HEIGHT_SCALES, INKS, RUN_INKS, SHARPNESS_SCALES, Scheme, template
from app.vocabulary import VOCABULARY
from tests.app.scripts import parts_of

ASSETS = Path(__file__).parents[2] / "assets"
CSS = (ASSETS / "style" / "base.css").read_text(encoding="utf-8")
PAINTERS = parts_of("", "stage", "stage/panels", "lab")
SCHEMES = get_args(Scheme)
SELECTORS = {"light": ":root", "dark": ':root[data-inks="dark"]'}

TEXTS = ("ink", "soft", "theory", "even", "odd", "threshold", "ok", "warn", "curvature")
MARKS = ("control", "even", "odd", "theory", "threshold", "flow", "curvature")
GROUNDS = ("card", "paper")
MAPS = ("flat-map", "mid-map", "sharp-map")
LISTS = {"run": RUN_INKS, "scale": SHARPNESS_SCALES, "height": HEIGHT_SCALES}


def css_inks(scheme: str) -> dict[str, str]:
    """The colours among the custom properties of a scheme's rule in the style sheet."""
    rule = re.search(rf"^ *{re.escape(SELECTORS[scheme])} \{{(.*?)\}}", CSS, re.S | re.M)
    assert rule
    return dict(re.findall(r"--([\w-]+):\s*(#\w+);", rule[1]))


def numbered(scheme: Scheme) -> dict[str, str]:
    """The inks of runs and the scales, as the style sheet names them: run-1, run-2, …"""
    return {
        f"{name}-{i}": colour
        for name, lists in LISTS.items()
        for i, colour in enumerate(lists[scheme], 1)
    }


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2, 1 … 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_style_sheet_has_the_same_inks(scheme: Scheme) -> None:
    assert css_inks(scheme) == INKS[scheme] | numbered(scheme)


def test_style_sheet_uses_no_ink_that_is_not_in_the_table() -> None:
    sizes = {"unit", "small", "text", "large", "head", "size", "round"}
    # No colours, or one that the page's script picks.
    own = sizes | {"font", "icon", "share", "swatch"}
    known = INKS["light"] | numbered("light")
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) - own <= set(known)


def test_colours_stand_in_the_table_alone() -> None:
    """No second shade of an ink in a rule, but for what lies behind a dialog."""
    rules = CSS[CSS.index("* { box-sizing") :]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r'url\("[^"]*"\)', "", rules))


def test_canvas_reads_inks_that_exist() -> None:
    used = {name for of, name in PAINTERS.members if of == "inks" and name} - {"map"}
    assert {"theory", "edge-map", "runs", "scale", "heights"} <= used
    assert used <= {*INKS["light"], "runs", "scale", "heights"}


def test_canvas_reads_as_many_of_each_list_as_there_are() -> None:
    for scheme in SCHEMES:
        assert len(RUN_INKS[scheme]) == VOCABULARY["run_inks"] >= budgets().runs.most
        assert len(SHARPNESS_SCALES[scheme]) == VOCABULARY["scale"]
        assert len(HEIGHT_SCALES[scheme]) == VOCABULARY["heights"]
    assert PAINTERS.given("many") == set(LISTS)


def test_schemes_have_the_same_inks_and_scales() -> None:
    assert set(INKS) == set(SCHEMES)
    assert all(set(lists) == set(SCHEMES) for lists in LISTS.values())
    assert list(INKS["light"]) == list(INKS["dark"])
    assert list(numbered("light")) == list(numbered("dark"))
    for scheme in SCHEMES:
        every = INKS[scheme] | numbered(scheme)
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in every.values())


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", TEXTS)
def test_text_is_legible(scheme: Scheme, ground: str, ink: str) -> None:
    assert contrast(INKS[scheme][ink], INKS[scheme][ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", MARKS)
def test_marks_stand_out(scheme: Scheme, ground: str, ink: str) -> None:
    assert contrast(INKS[scheme][ink], INKS[scheme][ground]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_runs_stand_out_wherever_they_are_drawn(scheme: Scheme) -> None:
    """In the panels, on the valley's part of the landscape and on the map of the sharpness; as text
    of their names on a card."""
    inks = INKS[scheme]
    grounds = [inks[name] for name in (*GROUNDS, *MAPS)] + HEIGHT_SCALES[scheme][:2]
    for run in RUN_INKS[scheme]:
        assert min(contrast(run, ground) for ground in grounds) >= 3
        assert contrast(run, inks["card"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_runs_have_inks_of_their_own(scheme: Scheme) -> None:
    """The first is that of a single run; none is that of a parity, the theory or the threshold."""
    inks, (first, *others) = INKS[scheme], RUN_INKS[scheme]
    assert first == inks["ink"]
    assert len(set(others)) == len(others)
    assert not set(others) & set(inks.values())


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", MAPS)
@pytest.mark.parametrize("ink", ["even", "odd", "theory", "ink", "soft"])
def test_marks_stand_out_on_the_map_of_the_sharpness(scheme: Scheme, ground: str, ink: str) -> None:
    assert contrast(INKS[scheme][ink], INKS[scheme][ground]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_flat_and_sharp_are_told_apart_on_the_map(scheme: Scheme) -> None:
    """By hue: blue on the flat side of the threshold, red on the sharp one."""
    flat, sharp = (
        [int(INKS[scheme][name][i : i + 2], 16) for i in (1, 3, 5)] for name in (MAPS[0], MAPS[2])
    )
    assert flat[2] > flat[0] + 30
    assert sharp[0] > sharp[2] + 30


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_on_its_inverse(scheme: Scheme) -> None:
    """The play button: paper on ink."""
    assert contrast(INKS[scheme]["paper"], INKS[scheme]["ink"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_quiet_part_of_the_landscape_is_quiet(scheme: Scheme) -> None:
    """On its lower half, where the valley lies, every mark and word stands out."""
    for height in HEIGHT_SCALES[scheme][:2]:
        for ink in ("even", "odd", "theory", "flow", "ink", "soft"):
            assert contrast(INKS[scheme][ink], height) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_scales_run_one_way(scheme: Scheme) -> None:
    """Up in lightness or down, so that they are read without colour too."""
    for scale in (SHARPNESS_SCALES[scheme], HEIGHT_SCALES[scheme]):
        steps = [luminance(b) - luminance(a) for a, b in pairwise(scale)]
        assert all(step > 0 for step in steps) or all(step < 0 for step in steps)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_even_and_odd_are_no_other_quantity(scheme: Scheme) -> None:
    inks = INKS[scheme]
    assert len({inks[name] for name in ("ink", "even", "odd", "theory", "threshold", "ok")}) == 6


@pytest.mark.parametrize("scheme", SCHEMES)
def test_template_is_in_the_inks_of_its_scheme(scheme: Scheme) -> None:
    layout = template(scheme).layout.to_plotly_json()
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == INKS[scheme]["card"]
    colours = set(re.findall(r"#[0-9a-f]{6}", str(layout)))
    assert colours <= set(INKS[scheme].values())
    frame = sharpness_frame(scheme)
    assert frame.layout.template.layout.paper_bgcolor == INKS[scheme]["card"]
    assert "λ₁" in frame.layout.yaxis.title.text
