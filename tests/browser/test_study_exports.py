"""Panels of the study leave it by the same dialog, and open again."""

import csv
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.study.settings import StudySettings
from app.study.shipped import find_shipped
from tests.browser.pictures import SVG, choose, drop, saved
from tests.browser.test_study import StudyPage

# What stands in a picture of each: quantities, and words.
SEEN = {
    "The valley, unrolled": ({"ground", "floor", "iterates-even", "hop"}, {"offset along v₁"}),
    "Sharpness": ({"run-1", "run-3", "flow", "second"}, {"η = 0.025", "the limiting flow"}),
    "√L by parity": ({"iterates-even", "iterates-odd", "playhead"}, {"odd steps"}),
    "Gap": ({"run-2"}, {"way of the flow"}),
    "Laws": ({"stableness-pair", "sqrt-loss-pair"}, {"1/S + 1/S′"}),
    "Alignment": ({"run-1", "points"}, {"θ, radians"}),
    "What it says": ({"images", "outputs"}, {"output, of the right sign"}),
    "First layer": ({"weights"}, {"below 0"}),
    "Test images": ({"run-1", "flow"}, {"% right"}),
    "All panels": ({"valley", "layer", "tests"}, {"Laws", "√L", "odd steps"}),
}


@pytest.fixture
def study(page: Page) -> StudyPage:
    """The open study, with its dialog."""
    page.set_viewport_size({"width": 1440, "height": 900})
    study = StudyPage(page).open("?at=40")
    page.keyboard.press("e")
    return study


def test_each_panel_is_an_svg_with_its_quantities_and_words(study: StudyPage, tmp_path: Path):
    for what, (quantities, words) in SEEN.items():
        choose(study, What=what, Form="SVG", Size="Two columns, 175 mm")
        file = saved(study, "Save the picture", tmp_path)
        assert file.stat().st_size < 3e6
        root = ElementTree.parse(file).getroot()
        assert quantities <= {part.get("class") for part in root.iter(f"{SVG}g")}, what
        text = " ".join(part.text or "" for part in root.iter(f"{SVG}text"))
        for word in words:
            assert word in text, what


def test_what_was_kept_opens_again(study: StudyPage, tmp_path: Path):
    choose(study, What="Sharpness", Form="PNG")
    files = [saved(study, name, tmp_path) for name in ("Save the picture", "The runs, NPZ")]
    study.button("Close").click()
    for file, query in zip(files, ({"at": "40"}, {}), strict=True):
        study.open("?rule=gd&at=3")
        drop(study, file)
        study.wait("edgewalk.study.state.made.rule === 'ngd'")
        study.settle()
        study.expect_query(**query)
    study.page.get_by_text("plane", exact=True).click()
    study.page.keyboard.press("e")
    expect(study.page.get_by_label("What", exact=True)).to_have_value("sharpness")


def test_the_numbers_are_those_on_screen(study: StudyPage, tmp_path: Path):
    kept = find_shipped(StudySettings().computed)
    assert kept is not None
    with np.load(saved(study, "The runs, NPZ", tmp_path)) as file:
        np.testing.assert_array_equal(file["flow_spectrum"], kept["flow_spectrum"])
    lines = saved(study, "The runs, CSV", tmp_path).read_text().splitlines()
    rows = [row for row in csv.DictReader(lines) if row["eta"] == "0.025"]
    np.testing.assert_allclose([float(row["gap"]) for row in rows], kept["run_2_gap"], rtol=1e-6)
