"""Dragging: all that is dragged, by all that a hand may do besides, by events of a real pointer."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from tests.browser.conftest import Heard
from tests.browser.door import OPEN
from tests.browser.dragged import (
    BESIDES,
    ELSEWHERE,
    FINGERS,
    Button,
    Column,
    Dragged,
    Hand,
    Point,
    cases,
    first_of_each,
)
from tests.browser.test_embed import FRAME

PATIENCE = 30_000
# By what the page is opened in: what a context is made with.
DESK = {"viewport": {"width": 1440, "height": 900}}
# At 200 % a page has half the room, and twice the pixels for it.
TWICE = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}
GLASS = {"viewport": {"width": 900, "height": 700}, "has_touch": True}
LEFT, TOP = 60, 40
SCROLLABLE = """void document.body.append(Object.assign(document.createElement('div'),
  { style: 'flex: none; height: 5000px' }))"""


class Mouse(Hand):
    """Of Playwright, in Chromium."""

    def __init__(self, page: Page, window: Page | Frame, at: Point):
        self.page = page
        self.window = window
        self.at = at
        self.inside = window is not page
        self.glass = page.context.new_cdp_session(page)
        self.fingers: tuple[Point, ...] = ()

    def see(self, expression: str) -> Any:
        return self.window.evaluate(f"() => {expression}")

    def wait(self, condition: str) -> None:
        self.window.wait_for_function(f"() => {condition}", timeout=PATIENCE)

    def move(self, x: float, y: float) -> None:
        self.page.mouse.move(self.at[0] + x, self.at[1] + y)

    def down(self, button: Button = "left") -> None:
        self.page.mouse.down(button=button)

    def up(self, button: Button = "left") -> None:
        self.page.mouse.up(button=button)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def touch(self, *fingers: Point) -> None:
        more, fewer = len(fingers) > len(self.fingers), len(fingers) < len(self.fingers)
        self.fingers = fingers
        self._touch("touchStart" if more else "touchEnd" if fewer else "touchMove")

    def take_away(self) -> None:
        self.fingers = ()
        self._touch("touchCancel")

    def _touch(self, kind: str) -> None:
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(self.fingers)]
        self.glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


class Opener:
    """Opens pages, one at a time: a row of the table is tried on one that is open already."""

    def __init__(self, browser: Browser, home: str):
        self.browser = browser
        self.home = home
        self.now: tuple[Any, ...] = ()
        self.context: BrowserContext | None = None
        self.hand: Mouse | None = None
        self.heard = Heard()

    def open(self, row: Dragged, kind: dict[str, Any], framed: bool = False) -> Mouse:
        wanted = (row.room.path, row.query, str(kind), framed)
        if wanted != self.now or not self.hand:
            self.close()
            self.hand = self._open(row, kind, framed)
            self.now = wanted
        self.hand.row = row
        return self.hand

    def _open(self, row: Dragged, kind: dict[str, Any], framed: bool) -> Mouse:
        self.context = self.browser.new_context(**kind)
        self.heard = Heard()
        self.heard.listen(self.context)
        page = self.context.new_page()
        window: Page | Frame = page
        at = (0.0, 0.0)
        if framed:
            page.goto(f"{self.home}healthz")
            page.evaluate(FRAME, f"{row.room.path}{row.query}&embed=1")
            page.evaluate(f"document.querySelector('iframe').style.margin = '{TOP}px {LEFT}px'")
            frame = page.query_selector("iframe")
            assert frame
            box, window = frame.bounding_box(), frame.content_frame() or page
            assert box
            at = (box["x"] + 2, box["y"] + 2)
        else:
            page.goto(f"{self.home}{row.room.path}{row.query}")
        hand = Mouse(page, window, at)
        window.wait_for_selector("body[data-drawn], .panel[data-drawn]", timeout=PATIENCE)
        window.evaluate(OPEN, row.room.door)
        # The menu of the browser would stand in the way.
        window.evaluate("addEventListener('contextmenu', (event) => event.preventDefault())")
        if kind.get("has_touch"):
            window.evaluate(SCROLLABLE)
        hand.wait(row.room.settled)
        return hand

    def attempt(self, column: Column, hand: Hand) -> None:
        """A page that failed is not used again."""
        try:
            column(hand)
        except Exception:
            self.now = ()
            raise

    def close(self) -> None:
        if self.context:
            self.context.close()
        self.context = self.hand = None
        heard, self.heard = self.heard, Heard()
        assert not heard.exceptions
        assert not heard.complaints


@pytest.fixture(scope="module")
def opener(browser: Browser, server_url: str) -> Iterator[Opener]:
    opener = Opener(browser, f"{server_url}/")
    yield opener
    opener.close()


@cases(*BESIDES)
def test_by_mouse(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row, DESK))


@cases(*FINGERS)
def test_by_fingers(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row, GLASS))


@cases(*ELSEWHERE)
def test_in_a_frame_of_another_page(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row, DESK, framed=True))


@cases(*ELSEWHERE, rows=first_of_each())
def test_at_twice_the_size(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row, TWICE))
