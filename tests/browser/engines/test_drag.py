"""Dragging in Firefox and in WebKitGTK, the engine of Safari: the table of Chromium's own tests.

WebKitGTK's driver has no fingers, never lets go of another button than the main one, and does not
zoom: a window of half the size stands for that. Neither driver lets a pointer leave the window,
only a frame in it; neither can take a finger away, nor does a finger of Firefox's scroll.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.engines import SCREEN, Engine, Firefox, WebKit, firefox, move, webkit
from benchmarks.row import UnavailableError
from tests.browser.door import OPEN
from tests.browser.dragged import (
    BUTTONS,
    ELSEWHERE,
    Button,
    Column,
    Dragged,
    Hand,
    Point,
    a_finger_drags,
    a_lost_capture_brings_it_back,
    a_part_that_goes_is_let_go,
    a_second_finger_does_nothing,
    another_button_meanwhile_changes_nothing,
    cases,
    escape_brings_it_back,
    first_of_each,
    nothing_is_selected,
    other_buttons_do_nothing,
    the_main_button_drags,
    what_is_selected_stays_where_it_is,
)
from tests.browser.test_embed import FRAME

PATIENCE = 30.0
OTHER_BUTTONS = (other_buttons_do_nothing, another_button_meanwhile_changes_nothing)
LEFT, TOP = 60, 40
READY = "document.querySelector('body[data-drawn], .panel[data-drawn]')"
NO_MENU = "addEventListener('contextmenu', (event) => event.preventDefault())"


class Driven(Hand):
    """What an engine's driver makes of a hand."""

    def __init__(self, engine: Engine):
        self.engine = engine
        self.at = (0.0, 0.0)
        self.fingers: tuple[Point, ...] = ()

    def see(self, expression: str) -> Any:
        # The names of the page in the frame, where it is in one.
        begins = "with (document.querySelector('iframe').contentWindow)" if self.inside else ""
        return self.engine.run(f"{begins} {{ return await ({expression}) }}")

    def wait(self, condition: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.see(f"(async () => Boolean(await ({condition})))()"):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.engine.name}: {condition}")
            time.sleep(0.02)

    def go(self, *points: Point) -> None:
        self.engine.point(*(move(self.at[0] + x, self.at[1] + y) for x, y in points))

    def move(self, x: float, y: float) -> None:
        self.go((x, y))

    def down(self, button: Button = "left") -> None:
        self.engine.point({"type": "pointerDown", "button": BUTTONS.index(button)})

    def up(self, button: Button = "left") -> None:
        self.engine.point({"type": "pointerUp", "button": BUTTONS.index(button)})

    def press(self, key: str) -> None:
        self.engine.press(key)

    def touch(self, *fingers: Point) -> None:
        if not isinstance(self.engine, Firefox):
            pytest.skip("the driver of WebKitGTK knows of no fingers")
        sources = []
        for k in range(max(len(fingers), len(self.fingers))):
            if k >= len(fingers):
                actions = [{"type": "pointerUp", "button": 0}]
            else:
                actions = [move(*fingers[k])]
                if k >= len(self.fingers):
                    actions.append({"type": "pointerDown", "button": 0})
            parameters = {"pointerType": "touch"}
            sources.append(
                {"type": "pointer", "id": f"{k}", "parameters": parameters, "actions": actions}
            )
        self.fingers = fingers
        engine = self.engine
        engine.send("input.performActions", context=engine.context, actions=sources)


class Opener:
    """Opens pages: a row of the table is tried on one that is open already."""

    def __init__(self, engine: Engine, home: str):
        self.hand = Driven(engine)
        self.home = home
        self.now: tuple[Any, ...] = ()
        self.share = 1.0

    def open(self, row: Dragged, share: float = 1, framed: bool = False) -> Driven:
        wanted = (row.room.path, row.query, share, framed)
        if wanted != self.now:
            if share != self.share:
                self.resize(share)
            self._open(row, framed)
            self.now = wanted
        self.hand.row = row
        return self.hand

    def _open(self, row: Dragged, framed: bool) -> None:
        hand = self.hand
        engine = hand.engine
        hand.inside = framed
        if framed:
            self._go(f"{self.home}assets/js/drag.mjs")  # a page of text
            engine.run(f"({FRAME})(given[0])", f"{row.room.path}{row.query}&embed=1")
            at = engine.run(
                """const frame = document.querySelector('iframe');
                frame.style.margin = given[0];
                const { left, top } = frame.getBoundingClientRect();
                return [left + frame.clientLeft, top + frame.clientTop];""",
                f"{TOP}px {LEFT}px",
            )
            hand.at = (at[0], at[1])
        else:
            self._go(f"{self.home}{row.room.path}{row.query}")
            hand.at = (0.0, 0.0)
        hand.wait(READY)
        self.in_page(f"await ({OPEN})(given[0]); {NO_MENU};", row.room.door)
        hand.wait(row.room.settled)

    def _go(self, url: str) -> None:
        """To another page. Of what was under way on the one before Firefox notes that it failed."""
        engine = self.hand.engine
        self.listen()
        engine.open(url)
        engine.said.clear()

    def listen(self) -> None:
        """Nothing was said on the page."""
        engine = self.hand.engine
        if isinstance(engine, Firefox):
            engine.send("browsingContext.getTree")  # what was said before has come by now
            assert engine.heard() == []

    def in_page(self, body: str, *given: Any) -> None:
        """Run by the page itself, though it is in a frame: what it imports are its own modules."""
        engine = self.hand.engine
        if not self.hand.inside:
            engine.run(body, *given)
        elif isinstance(engine, Firefox):
            outer = engine.context
            tree = engine.send("browsingContext.getTree", root=outer)["contexts"][0]
            engine.context = tree["children"][0]["context"]
            engine.run(body, *given)
            engine.context = outer
        elif isinstance(engine, WebKit):
            engine.send("POST", "/frame", {"id": 0})
            engine.run(body, *given)
            engine.send("POST", "/frame", {"id": None})

    def resize(self, share: float) -> None:
        """Of the screen; at half of it everything is twice as large, where the driver can."""
        engine = self.hand.engine
        self.share = share
        width, height = (round(share * side) for side in SCREEN)
        if isinstance(engine, Firefox):
            engine.send(
                "browsingContext.setViewport",
                context=engine.context,
                viewport={"width": width, "height": height},
                devicePixelRatio=1 / share,
            )
        elif isinstance(engine, WebKit):
            across, down = engine.run("return [outerWidth - innerWidth, outerHeight - innerHeight]")
            engine.send("POST", "/window/rect", {"width": width + across, "height": height + down})
        engine.wait("innerWidth === given[0] && innerHeight === given[1]", width, height)

    def attempt(self, column: Column, hand: Hand) -> None:
        """A page that failed is not used again."""
        if isinstance(self.hand.engine, WebKit) and column in OTHER_BUTTONS:
            pytest.skip("the driver of WebKitGTK never lets go of the other buttons")
        try:
            column(hand)
            self.listen()
        except Exception:
            self.now = ()
            raise


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def opener(request: pytest.FixtureRequest, server_url: str) -> Iterator[Opener]:
    try:
        with request.param() as engine:
            opener = Opener(engine, f"{server_url}/")
            yield opener
            opener.listen()
    except UnavailableError as error:
        pytest.skip(str(error))


@cases(the_main_button_drags, escape_brings_it_back)
def test_by_mouse(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row))


@cases(
    other_buttons_do_nothing,
    nothing_is_selected,
    another_button_meanwhile_changes_nothing,
    what_is_selected_stays_where_it_is,
    a_lost_capture_brings_it_back,
    a_part_that_goes_is_let_go,
    rows=first_of_each(),
)
def test_what_else_happens(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row))


@cases(a_finger_drags, a_second_finger_does_nothing, rows=first_of_each())
def test_by_fingers(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row))


@cases(*ELSEWHERE, rows=first_of_each())
def test_in_a_frame_of_another_page(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row, framed=True))


@cases(the_main_button_drags, rows=first_of_each())
def test_at_twice_the_size(opener: Opener, row: Dragged, column: Column) -> None:
    opener.attempt(column, opener.open(row, share=0.5))
