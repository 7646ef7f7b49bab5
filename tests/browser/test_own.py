"""One's own loss: typed, read as it is typed, shown, kept in the link; and rules with numbers."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import Stage

RING = "(x^2+y^2-1)^2*(1+x^2)"


def query(page: Page) -> dict[str, str]:
    """What the link says."""
    return {key: value[0] for key, value in parse_qs(urlsplit(page.url).query).items()}


@pytest.fixture
def box(stage: Stage) -> Page:
    """The page with its box unfolded."""
    stage.open().page.locator("#own summary").click()
    return stage.page


def test_a_formula_is_read_as_it_is_typed_and_shown(box: Page) -> None:
    text = box.get_by_label("L =")
    expect(text).to_be_focused()
    text.press_sequentially(RING)
    expect(box.locator("#own-read math")).to_be_visible()
    text.press("Enter")
    expect(box.locator("#own")).not_to_have_attribute("open", "")
    expect(box.locator("#loss")).to_have_value("formula", timeout=60_000)
    assert query(box)["formula"] == RING
    assert "loss" not in query(box)
    # Its ring: λ₁ = 8(1 + x²) on x² + y² = 1, least at the two points where x = 0.
    expect(box.locator("#now-gap")).not_to_have_text("–")


def test_a_slip_is_told_where_it_is_and_the_picture_stays(box: Page) -> None:
    before = box.url
    text = box.get_by_label("L =")
    text.fill("x^2 + (y")
    expect(box.locator("#own-slip")).to_contain_text("^")
    expect(text).to_have_attribute("aria-invalid", "true")
    text.press("Enter")
    expect(box.locator("#own")).to_have_attribute("open", "")
    assert box.url == before


def test_one_of_the_gallery(box: Page) -> None:
    box.locator("#gallery").select_option(index=1)
    expect(box.locator("#gallery-words")).not_to_have_text("")
    box.get_by_role("button", name="Show", exact=True).click()
    expect(box.locator("#loss")).to_have_value("formula", timeout=60_000)
    assert query(box)["formula"]


def test_a_link_whose_formula_has_a_slip_opens_the_box(stage: Stage) -> None:
    page = stage.page
    page.goto("/?formula=x%5E2+%2B")
    expect(page.locator("#own-slip")).to_be_visible(timeout=60_000)
    expect(page.get_by_label("L =")).to_have_value("x^2 +")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes", timeout=60_000)


def test_a_number_of_a_formula_has_a_slider(stage: Stage) -> None:
    page = stage.open("?formula=(x*y-a)%5E2; a = 1 in [0.5, 2]").page
    stage.unfold()
    page.get_by_role("slider", name="a", exact=True).press("ArrowRight")
    page.wait_for_url(re.compile(r"p\.a="))


def test_rules_that_are_further_are_asked_for_and_have_sliders(stage: Stage) -> None:
    page = stage.open().page
    heavy = page.get_by_role("checkbox", name="Heavy ball")
    expect(heavy).to_be_hidden()
    page.locator("#rules").get_by_role("button", name="more …").click()
    page.locator("#rules label", has=heavy).click()
    page.locator("#rules label", has_text="Normalized GD").click()
    slider = page.locator("#rule-numbers").get_by_role("slider")
    expect(slider).to_be_visible(timeout=60_000)
    slider.press("ArrowLeft")
    page.wait_for_url(re.compile(r"beta="))
    assert query(page)["rule"] == "heavy-ball"
