"""Every size and scheme: nothing spills over, everything is accessible."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driver import context_of
from tests.browser.stage import Stage

SIZES = {"desktop": (1366, 768), "wide": (1920, 1080), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
def test_accessible_and_within_the_window(new_context, size: str):
    context = new_context(**context_of(SIZES[size], "dark", size == "phone"))
    stage = Stage(context.new_page()).open("?at=150")
    stage.assert_accessible_in_both_schemes(SIZES[size][0])


def test_order_on_a_phone(new_context):
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    stage = Stage(context.new_page()).open()
    tops = [
        stage.page.locator(place).bounding_box()["y"]  # type: ignore[index]
        for place in (".card.landscape", ".transport", ".card.sharpness", ".controls")
    ]
    assert tops == sorted(tops)
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
    stage = Stage(context.new_page()).open("?at=10")
    stage.page.wait_for_timeout(400)
    assert stage.step == 10
