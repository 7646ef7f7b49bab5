"""A first visit: panels that come with the edge, and the tour."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from app.stage.words import TOUR
from tests.browser.stage import Stage

PLACES = """() => [...document.querySelectorAll('.panels .card, .transport')].map((part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    return [x, y, width, height];
})"""
SHIFTED = """() => new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.shifted = (window.shifted || 0) + value;
}).observe({ type: 'layout-shift' })"""


def test_laws_and_gap_come_with_the_edge_and_nothing_moves(stage: Stage):
    stage.open()
    page = stage.page
    halve, until = stage.button("η → η/2"), page.locator("#until-laws")
    expect(until).to_contain_text("at step 4:")
    expect(halve).to_be_hidden()
    before = page.evaluate(PLACES)
    page.evaluate(SHIFTED)
    stage.button("Play").click()
    expect(halve).to_be_visible()
    stage.button("Pause").click()
    assert stage.step >= 4
    assert page.evaluate(PLACES) == before
    assert page.evaluate("window.shifted || 0") < 0.01
    stage.press("Home")
    expect(until).to_be_hidden()
    stage.open("?steps=80")
    expect(until).to_be_hidden()
    stage.open()
    page.get_by_role("button", name="show all panels").click()
    expect(halve).to_be_visible()
    stage.open()
    expect(halve).to_be_visible()


def test_the_tour_moves_the_stage_and_leaves_it_as_it_was(
    new_context: Callable[..., BrowserContext],
):
    page = new_context(reduced_motion="reduce").new_page()
    stage = Stage(page).open()
    expect(page.locator("#offer")).to_be_visible()
    page.get_by_role("button", name="No tour").click()
    stage.open("?loss=ring&eta=0.1&at=7")
    expect(page.locator("#offer")).to_be_hidden()
    stage.press("?")
    page.get_by_role("button", name="Take the tour: six stops").click()
    card = page.get_by_role("dialog")
    for at, stop in enumerate(TOUR.values()):
        expect(card.get_by_role("heading")).to_have_text(stop.title)
        expect(card.locator("#tour-words")).not_to_contain_text("…")
        expect(card.get_by_role("button", name="Next" if at < 5 else "Done")).to_be_focused()
        toured = page.locator("[data-toured]").evaluate_all("(all) => all.map((e) => e.className)")
        assert sum(name in " ".join(toured).split() for name in stop.panels) == len(stop.panels)
        assert len(toured) == len(stop.panels)
        if stop is TOUR["falls"]:
            assert stage.settings["loss"] == "parabolic-valley"
            assert stage.step == stage.settings["steps"]
        if stop is TOUR["halves"]:
            assert stage.settings["eta"] == [0.125]
            assert "NaN" not in page.inner_text("#tour-words")
            assert "times less" in page.inner_text("#halved")
        if at < 5:
            stage.press("ArrowRight")
    stage.press("Escape")
    expect(card).to_be_hidden()
    stage.expect_query(loss="ring", eta="0.1", at="7")
    assert stage.step == 7
    assert page.locator("[data-toured]").count() == 0
    expect(page.get_by_role("button", name="Help")).to_be_focused()
    stage.open()
    expect(page.locator("#offer")).to_be_hidden()
