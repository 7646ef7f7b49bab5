"""Dragging: a table of what a hand may do besides, for all that is dragged, by pointer events."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.stage import Stage


@dataclass(frozen=True)
class Dragged:
    """What is dragged, and what says where it is."""

    query: str
    part: str
    place: str
    """JavaScript."""


RING = "edgewalk.stage.state.query.start || ''"
DRAGGED = {
    "start": Dragged("?loss=hyperbola&steps=60&at=20", "button.start", RING),
    "push": Dragged(
        "?loss=hyperbola&steps=60&at=40&fork=20&focus=1",
        "button.push",
        "edgewalk.stage.state.query['fork.push'] || ''",
    ),
    "lens": Dragged(
        "?loss=hyperbola&steps=60&at=40",
        "button.lens",
        "JSON.stringify(edgewalk.stage.state.lensAt)",
    ),
}


@pytest.fixture(params=DRAGGED)
def dragged(request: pytest.FixtureRequest) -> Dragged:
    return DRAGGED[request.param]


def opened(stage: Stage, dragged: Dragged) -> tuple[Page, Callable[[], str], float, float]:
    stage.open(dragged.query)
    stage.page.locator(dragged.part).scroll_into_view_if_needed()
    box = stage.page.locator(dragged.part).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def place() -> str:
        return stage.page.evaluate(dragged.place)

    return stage.page, place, x, y


def test_the_main_button_drags_and_the_others_do_not(stage: Stage, dragged: Dragged) -> None:
    page, place, x, y = opened(stage, dragged)
    before = place()
    for button in ("right", "middle"):
        page.mouse.move(x, y)
        page.mouse.down(button=button)
        page.mouse.move(x + 30, y + 12, steps=3)
        page.mouse.up(button=button)
        assert place() == before, button
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 12, steps=3)
    page.mouse.up()
    assert place() != before


def test_escape_brings_it_back(stage: Stage, dragged: Dragged) -> None:
    page, place, x, y = opened(stage, dragged)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 6, steps=3)
    page.mouse.up()
    stage.settle()
    before = place()
    page.mouse.down()
    page.mouse.move(x + 50, y + 20, steps=4)
    assert place() != before
    page.keyboard.press("Escape")
    assert place() == before
    page.mouse.move(x + 80, y + 30, steps=4)
    assert place() == before
    page.mouse.up()
    assert place() == before


def test_the_pointer_may_leave_the_window(stage: Stage, dragged: Dragged) -> None:
    page, place, x, y = opened(stage, dragged)
    before = place()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(-40, y, steps=4)
    outside = place()
    page.mouse.up()
    assert outside != before
    page.mouse.move(x + 60, y, steps=4)
    assert place() == outside


def test_no_words_are_selected(stage: Stage, dragged: Dragged) -> None:
    page, _, x, y = opened(stage, dragged)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(700, 20, steps=6)
    assert page.evaluate("String(getSelection())") == ""
    page.mouse.up()


def touch(client: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    fingers = list(enumerate(points))
    client.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": k} for k, (x, y) in fingers]},
    )


@pytest.fixture
def phone(new_context) -> tuple[Stage, CDPSession]:
    context = new_context(viewport={"width": 900, "height": 800}, has_touch=True)
    page = context.new_page()
    return Stage(page), context.new_cdp_session(page)


def test_a_second_finger_does_nothing(phone: tuple[Stage, CDPSession], dragged: Dragged) -> None:
    stage, client = phone
    _, place, x, y = opened(stage, dragged)
    touch(client, "touchStart", (x, y))
    touch(client, "touchMove", (x + 20, y + 10))
    stage.paint()
    one = place()
    touch(client, "touchStart", (x + 20, y + 10), (x + 60, y + 60))
    touch(client, "touchMove", (x + 20, y + 10), (x + 120, y + 90))
    stage.paint()
    assert place() == one
    touch(client, "touchEnd")


def test_a_touch_that_is_taken_away_brings_it_back(
    phone: tuple[Stage, CDPSession], dragged: Dragged
) -> None:
    """As where the system takes it for a scroll or a gesture of its own."""
    stage, client = phone
    _, place, x, y = opened(stage, dragged)
    touch(client, "touchStart", (x, y))
    touch(client, "touchMove", (x + 6, y + 6))
    touch(client, "touchEnd")
    stage.settle()
    before = place()
    touch(client, "touchStart", (x + 6, y + 6))
    touch(client, "touchMove", (x + 40, y + 30))
    stage.paint()
    assert place() != before
    touch(client, "touchCancel")
    stage.wait(f"({dragged.place}) === {before!r}")


def test_a_finger_beside_it_scrolls(phone: tuple[Stage, CDPSession]) -> None:
    stage, client = phone
    stage.open("?loss=hyperbola&steps=60&at=20")
    stage.page.evaluate("scrollTo(0, 0)")
    touch(client, "touchStart", (300, 120))
    for y in range(110, 20, -10):
        touch(client, "touchMove", (300, y))
    touch(client, "touchEnd")
    stage.wait("scrollY > 0")


def test_it_is_dragged_at_twice_the_size(stage: Stage, dragged: Dragged) -> None:
    stage.page.set_viewport_size({"width": 720, "height": 450})
    page, place, x, y = opened(stage, dragged)
    before = place()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 10, steps=3)
    page.mouse.up()
    assert place() != before
