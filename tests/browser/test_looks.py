"""Every size and scheme: nothing spills over, everything is accessible."""

import pytest
from playwright.sync_api import Browser, Page, expect

from dynamics import LOSSES
from tests.browser.driver import context_of
from tests.browser.stage import Stage

SIZES = {"desktop": (1366, 768), "wide": (1920, 1080), "phone": (390, 844)}


# Pixels of the smallest words, those on canvases among them, and of what is pressed often.
LEAST = {"desktop": 14, "wide": 17, "phone": 14}
OFTEN = {"desktop": 24, "wide": 28, "phone": 44}

# Words below a size, as they are read.
SMALL = """(least) => {
  const shown = (part) => part.checkVisibility() && !part.closest('.visually-hidden') &&
    part.getBoundingClientRect().width > 1;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [...document.querySelectorAll('.plot')].map((plot) => [plot, 'a canvas']);
  while (texts.nextNode()) {
    const { parentElement, textContent } = texts.currentNode;
    if (textContent.trim() && shown(parentElement)) found.push([parentElement, textContent]);
  }
  return found.filter(([part]) => parseFloat(getComputedStyle(part).fontSize) < least - 0.01)
    .map(([, text]) => text);
}"""

# What can be pressed and is smaller than that; an option's own input lies within its label.
NARROW = """([of, least]) => [...document.querySelectorAll(of)]
  .map((part) => [part, part.getBoundingClientRect()])
  .filter(([part, { width, height }]) => part.checkVisibility() && width > 2 && height > 2)
  .filter(([, { width, height }]) => Math.min(width, height) < least - 0.01)
  .map(([part]) => part.outerHTML.slice(0, 80))"""
PRESSED = "button, select, summary, input, label:has(input), nav a"
PRESSED_OFTEN = ".round, .chips label, .slider input"


@pytest.mark.parametrize("size", SIZES)
def test_accessible_and_within_the_window(new_context, size: str):
    context = new_context(**context_of(SIZES[size], "dark", size == "phone"))
    stage = Stage(context.new_page()).open("?eta=0.1&at=150")
    stage.assert_accessible_in_both_schemes(SIZES[size][0])
    assert stage.page.evaluate(SMALL, LEAST[size]) == []
    assert stage.page.evaluate(NARROW, [PRESSED, 24]) == []
    assert stage.page.evaluate(NARROW, [PRESSED_OFTEN, OFTEN[size]]) == []


# Windows of a zoomed laptop, of small ones and of a projector, and pixels of their smallest words.
WINDOWS = {(910, 573): 14, (1024, 768): 14, (800, 600): 14, (546, 306): 14, (2560, 1440): 21}


def test_words_and_targets_are_large_enough_in_every_window(stage: Stage):
    stage.open("?eta=0.1&at=150")
    page = stage.page
    for (width, height), least in WINDOWS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"(least) => !({SMALL})(least).length", arg=least)  # drawn afresh
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(NARROW, [PRESSED, 24]) == []
        plots = page.locator(".card.landscape .plot, .card.sharpness .plot")
        for box in (plot.bounding_box() for plot in plots.all()):
            assert box
            assert box["height"] > 140


# Moves of what stands on the page, but for those that follow a hand.
WATCH_SHIFTS = """() => {
  window.shifts = [];
  const heard = (list) => shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput));
  window.watch = new PerformanceObserver(heard);
  watch.observe({ type: 'layout-shift' });
}"""
WALK = """async () => {
  const { state, seek, player } = edgewalk.stage;
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const starts = state.result.runs[0].phases.flatMap(({ first }) => [first, first + 1]);
  await painted();
  watch.takeRecords();
  shifts.length = 0;
  for (const step of [...starts, ...[1, 2, 3, 4, 5, 6, 7].map((k) => (k * player.last) / 7)]) {
    seek(Math.min(Math.round(step), player.last));
    await painted();
  }
  shifts.push(...watch.takeRecords());
  return shifts.reduce((sum, { value }) => sum + value, 0);
}"""


def test_nothing_moves_while_a_run_plays(page: Page):
    """In every loss panels, numbers and words keep their places from the first step to the last."""
    page.set_viewport_size({"width": 1366, "height": 768})
    stage = Stage(page).open()
    page.evaluate(WATCH_SHIFTS)
    moved = {}
    for loss in LOSSES:
        page.select_option("#loss", loss)
        stage.wait(f"edgewalk.stage.state.result.settings.loss === '{loss}'")
        stage.wait("!edgewalk.stage.requests.busy && !edgewalk.stage.state.result.part")
        moved[loss] = page.evaluate(WALK)
    assert {loss: shift for loss, shift in moved.items() if shift > 0.01} == {}


def test_a_phone_has_landscape_transport_and_eta_in_one_screen(new_context):
    """Sharpness is a swipe away from the landscape, and the other controls lie below."""
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    stage = Stage(context.new_page()).open()

    def box(place: str) -> dict[str, float]:
        found = stage.page.locator(place).bounding_box()
        assert found
        return found  # type: ignore[return-value]

    landscape, sharpness, eta = box(".card.landscape"), box(".card.sharpness"), box(".eta")
    bar = box(".transport")
    assert landscape["y"] >= 0
    assert landscape["y"] + landscape["height"] <= eta["y"]
    assert eta["y"] + eta["height"] <= bar["y"]
    assert bar["y"] + bar["height"] <= 844
    assert sharpness["y"] == landscape["y"]
    assert sharpness["x"] == pytest.approx(landscape["x"] + landscape["width"], abs=20)
    stage.button("Play").tap()
    stage.wait("edgewalk.stage.player.step > 3")


def test_the_start_follows_a_finger(new_context):
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    stage = Stage(context.new_page()).open()
    box = stage.page.get_by_role("button", name="Start (").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = context.new_cdp_session(stage.page)
    for kind, shift in (("touchStart", 0), ("touchMove", 20), ("touchMove", 40), ("touchEnd", 0)):
        fingers = [] if kind == "touchEnd" else [{"x": x - shift, "y": y + shift}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    stage.wait("location.search.includes('start=')")
    assert stage.settings["start"][0] < 1.8


def test_the_scheme_is_remembered(stage: Stage):
    stage.open()
    stage.button("Dark").click()
    stage.open()
    assert stage.page.evaluate("document.documentElement.dataset.scheme") == "dark"
    expect(stage.button("Light")).to_be_visible()


def test_no_motion_before_play(browser: Browser, new_context):
    context = new_context(reduced_motion="reduce")
    stage = Stage(context.new_page()).open("?eta=0.1&at=10")
    stage.page.wait_for_timeout(400)
    assert stage.step == 10
