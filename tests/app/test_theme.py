"""A colour means a quantity: one ink everywhere, and legible on whatever it lies."""

import re
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from app.figures.sharpness import sharpness_frame
from app.theme import HEIGHT_SCALES, INKS, SHARPNESS_SCALES, Scheme, template

ASSETS = Path(__file__).parents[2] / "assets"
CSS = (ASSETS / "style.css").read_text(encoding="utf-8")
SCHEMES = get_args(Scheme)
SELECTORS = {"light": ":root", "dark": ':root[data-mantine-color-scheme="dark"]'}

TEXTS = ("ink", "soft", "theory", "even", "odd", "threshold", "ok", "warn")
MARKS = ("control", "even", "odd", "theory", "threshold", "flow")
GROUNDS = ("card", "paper")


def css_inks(scheme: str) -> dict[str, str]:
    """The colours among the custom properties of a scheme's rule in the style sheet."""
    rule = re.search(rf"^{re.escape(SELECTORS[scheme])} \{{(.*?)\}}", CSS, re.S | re.M)
    assert rule
    return dict(re.findall(r"--([\w-]+):\s*(#\w+);", rule[1]))


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
    assert css_inks(scheme) == INKS[scheme]


def test_style_sheet_uses_no_ink_that_is_not_in_the_table() -> None:
    own = {"font", "icon", "share"}  # no colours
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) - own <= set(INKS["light"])


def test_colours_stand_in_the_table_alone() -> None:
    """No second shade of an ink in a rule, but for what lies behind a dialog."""
    rules = CSS[CSS.index("* { box-sizing") :]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r'url\("[^"]*"\)', "", rules))


def test_canvas_reads_inks_that_exist() -> None:
    script = (ASSETS / "overlay.js").read_text(encoding="utf-8")
    listed = re.search(r"const names = \[(.*?)\]", script, re.S)
    assert listed
    read = set(re.findall(r'"(\w+)"', listed[1]))
    assert {"even", "odd", "theory", "threshold", "flow"} <= read <= set(INKS["light"])
    used = {name for file in ("overlay.js", "export.js") for name in inks_used(file)}
    assert used <= read


def inks_used(file: str) -> list[str]:
    return re.findall(r"\binks\.(\w+)", (ASSETS / file).read_text(encoding="utf-8"))


def test_schemes_have_the_same_inks_and_scales() -> None:
    assert set(INKS) == set(SHARPNESS_SCALES) == set(HEIGHT_SCALES) == set(SCHEMES)
    assert list(INKS["light"]) == list(INKS["dark"])
    assert all(re.fullmatch("#[0-9a-f]{6}", c) for s in SCHEMES for c in INKS[s].values())


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
