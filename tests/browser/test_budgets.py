"""What is shorter than was asked for says so where one looks, in pictures without a caption too."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from app.lab import compute as lab_compute
from tests.browser.driver import Driver
from tests.browser.lab import Lab
from tests.browser.pictures import SVG, choose, saved
from tests.browser.stage import Stage

SHORT = "Shortened because"


def words_in(page: Driver, folder: Path) -> str:
    """All words of a picture that asks for no caption."""
    page.page.keyboard.press("e")
    choose(page, Form="SVG", Size="Slide 16:9")
    root = ElementTree.parse(saved(page, "Save the picture", folder)).getroot()
    words = " ".join(part.text or "" for part in root.iter(f"{SVG}text"))
    assert "from (" not in words  # as each caption has it
    return words


@pytest.mark.parametrize("query", ["?loss=ring&eta=0.0001", "?loss=ring&eta=0.1&steps=30000000"])
def test_a_run_of_too_many_steps_says_so(stage: Stage, tmp_path: Path, query: str) -> None:
    stage.open(query)
    said = stage.page.get_by_text(SHORT)
    expect(said).to_be_visible()
    expect(said).to_contain_text("this server grants 10,000,000 steps of a run")
    assert stage.page.url.endswith(query), "the link keeps what was asked for"
    words = words_in(stage, tmp_path)
    assert f"{SHORT} τ =" in words
    assert "grants 10,000,000 steps" in words


def test_a_map_that_has_taken_its_time_says_so(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_compute.Watch, "over", property(lambda watch: watch.seconds > 0))
    monkeypatch.setattr(lab_compute, "CHUNK", 64)
    lab.open("?size=48&steps=311")
    words = lab.page.locator("#progress-words")
    expect(words).to_have_text(
        f"{SHORT} this server grants 60 seconds of computing for a plot of the lab."
    )
    for name in ("Cancel", "Compute again"):
        expect(lab.page.get_by_role("button", name=name)).to_be_hidden()
    assert f"{SHORT} this server grants 60 seconds" in words_in(lab, tmp_path)


def test_about_tells_what_is_granted(page: Page) -> None:
    page.goto("/about/")
    table = page.get_by_role("region", name="What this server grants")
    expect(table.get_by_role("row")).to_have_count(19)
    expect(table).to_contain_text("10,000,000")
