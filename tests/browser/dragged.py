"""Everything that can be dragged, and what a hand may do besides: one table for all browsers."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from tests.browser.door import LAB, STAGE
from tests.browser.stage import SETTLED

Point = tuple[float, float]
Button = Literal["left", "middle", "right"]
BUTTONS: tuple[Button, ...] = ("left", "middle", "right")


# ---- what is dragged ----


@dataclass(frozen=True)
class Room:
    """A page: where it is, its modules, and JavaScript that is true once nothing is to come."""

    path: str
    door: dict[str, list[str]]
    settled: str


@dataclass(frozen=True)
class Dragged:
    """What is dragged. `place` is JavaScript: a text that says where it is."""

    name: str
    room: Room
    query: str
    part: str
    """Its selector."""
    place: str
    by: Point
    """Pixels that move it."""
    grip: str = "[0.5, 0.5]"
    """JavaScript of `box`, the rectangle of the part: shares of it, at which a hand takes it."""
    shows: bool = True
    """Whether its place changes as it moves, and not as it is let go of alone."""
    native: bool = False
    """Whether the browser itself drags it."""
    follows: bool = False
    """Whether it is where it is pressed."""
    beside: Point | None = None
    """Pixels from where it is taken to where a finger scrolls; else that is above it."""
    lasts: bool = True
    """Whether its place is known after it was gone from the page."""
    finger: Literal["holds", "slides", "scrolls"] = "holds"
    """Whether a finger that goes up or down scrolls the page, and whether one drags it at all."""


# The link is written with the whole run, once the hand has rested.
STAGE_ROOM = Room(
    "",
    STAGE,
    f"""document.body.matches('[data-drawn]') && ({SETTLED})() && ((link, query) =>
      [...Object.keys(query), 'eta', 'start', 'fork.eta', 'fork.push'].every(
        (key) => link.get(key) === (query[key] ?? null)))(
      new URLSearchParams(location.search), edgewalk.stage.state.query)""",
)
LAB_ROOM = Room(
    "lab/",
    LAB | {"controls": ["lab/controls"]},
    """(({ lab }) => lab.isFresh(lab.state, lab.state.plot)
      && !lab.isUnderWay(lab.state, lab.state.plot)
      && Number(document.getElementById('steps').value) === lab.state.settings[lab.state.plot].steps
      && document.querySelector('.panel:not([hidden])[data-drawn]'))(edgewalk)""",
)
STUDY_ROOM = Room(
    "study/",
    {"study": ["study/state", "study/store"]},
    "edgewalk.study.state.known && !edgewalk.study.isPending(edgewalk.study.state)",
)

# What is in view of a plot.
VIEW = """(({ xaxis, yaxis }) => JSON.stringify([xaxis.range, yaxis.range]))(
    document.querySelector('PLOT .js-plotly-plot')._fullLayout)"""
# All that the runs on screen were asked for by.
ASKED = "JSON.stringify(Object.entries(edgewalk.stage.state.query).sort())"
LENS = "JSON.stringify(edgewalk.stage.state.lensAt)"
IN_LAB = """(({ state }) => JSON.stringify(
    Object.entries(state.queries[state.plot]).sort()))(edgewalk.lab)"""
# The middle of a slider's thumb.
THUMB = """(({ value, min, max }, thumb) => [
    (thumb / 2 + ((value - min) / (max - min)) * (box.width - thumb)) / box.width,
    0.5])(part, 20)"""
SLICE = """(({ lab, map }) => {
    const { size } = part.querySelector('canvas');
    const shown = map.frameOf(lab.state, size);
    const line = map.sliceAt(lab.scene(lab.state).slice, shown, lab.state.cells.columns);
    return [(shown.left + shown.width / 3) / size[0], line / size[1]];
})(edgewalk)"""
REGION = """(({ lab, crowd }) => {
    const { size } = part.querySelector('canvas');
    const shown = crowd.mapFrame(lab.scene(lab.state), size);
    const [x0, x1, y0, y1] = lab.state.crowd.draft || lab.state.crowd.head.settings.region;
    return [shown.x.at((x0 + x1) / 2) / size[0], shown.y.at((y0 + y1) / 2) / size[1]];
})(edgewalk)"""

FORKED = "?loss=hyperbola&steps=60&at=40&fork=20&focus=1"
RING = "?loss=ring&eta=0.1&steps=60&at=40"
TURNED = "?loss=hyperbola&steps=60&at=20&look=surface"
MAP = "?size=16&steps=200"
CROWD = "?plot=crowd&grid=5&steps=100&region=1,2,0.4,1.2&eta=0.1,0.8"
STUDY = "?at=30"


def slider(
    name: str, room: Room, query: str, part: str, place: str, by: Point = (40, 0)
) -> Dragged:
    part = f"{part} input"
    said = f"document.querySelector('{part}').value + ' ' + ({place})"
    return Dragged(name, room, query, part, said, by, THUMB, native=True, finger="slides")


def plot(name: str, place: str, by: Point) -> Dragged:
    """One that Plotly drags, by a mouse."""
    part, view = f"{place} .nsewdrag", VIEW.replace("PLOT", place)
    return Dragged(
        name, STAGE_ROOM, RING, part, view, by, "[0.2, 0.1]", native=True, finger="scrolls"
    )


TABLE = [
    Dragged("start", STAGE_ROOM, RING, "button.start", ASKED, (-24, 14), beside=(-70, 0)),
    Dragged(
        "lens", STAGE_ROOM, RING, "button.lens", LENS, (30, 12), "[0.5, 0.8]", beside=(-110, 0)
    ),
    slider("playhead", STAGE_ROOM, RING, "#playhead", "edgewalk.stage.player.at", (-60, 0)),
    slider("step size", STAGE_ROOM, RING, "#eta-slider", ASKED),
    slider("speed", STAGE_ROOM, RING, "#speed", "edgewalk.stage.player.speed"),
    # Last of their page: where they were dragged to they stay.
    plot("landscape", "#landscape", (30, 20)),
    plot("sharpness", "#sharpness", (-40, 0)),
    Dragged("push", STAGE_ROOM, FORKED, "button.push", ASKED, (30, 12), beside=(-70, 0)),
    slider("step size of a branch", STAGE_ROOM, FORKED, "#eta-slider", ASKED),
    Dragged(
        *("landscape in space", STAGE_ROOM, TURNED, ".solid"),
        "document.querySelector('.solid canvas:last-of-type')?.toDataURL()",
        by=(50, 10),
        finger="slides",
        lasts=False,
    ),
    Dragged(
        *("slice of the map", LAB_ROOM, MAP, "#map-plot", IN_LAB, (0, -50), SLICE),
        beside=(0, -90),
    ),
    slider("slider of the slice", LAB_ROOM, MAP, "#slice", IN_LAB),
    slider("steps of the map", LAB_ROOM, MAP, "#steps-slider", IN_LAB),
    Dragged(
        *("window of the map", LAB_ROOM, MAP, "#map-plot", IN_LAB, (90, 60), "[0.3, 0.2]"),
        shows=False,
        finger="scrolls",
    ),
    Dragged(
        *("window of the orbits", LAB_ROOM, MAP, "#orbit-plot", IN_LAB, (90, 0), "[0.4, 0.5]"),
        shows=False,
        finger="scrolls",
    ),
    Dragged(
        *("region of a crowd", LAB_ROOM, CROWD, "#crowd-map"),
        f"JSON.stringify(edgewalk.lab.state.crowd.draft) + ({IN_LAB})",
        *((24, -12), REGION),
    ),
    Dragged(
        *("slice of a crowd", LAB_ROOM, CROWD, "#crowd-sharpness", IN_LAB, (80, 0)),
        follows=True,
        finger="slides",
    ),
    Dragged(
        *("time of a study", STUDY_ROOM, STUDY, "#sharpness-plot"),
        *("String(edgewalk.study.state.at)", (130, 0)),
        follows=True,
        finger="slides",
    ),
    slider("playhead of a study", STUDY_ROOM, STUDY, "#playhead", "edgewalk.study.state.at"),
]


# ---- who drags ----


class Hand(ABC):
    """A hand at an open page. Points are those of the page's window."""

    row: Dragged
    inside = False
    """Whether the page is in a frame of another."""

    @abstractmethod
    def see(self, expression: str) -> Any:
        """What JavaScript says on the page."""

    @abstractmethod
    def wait(self, condition: str) -> None:
        """Until JavaScript is true on the page."""

    @abstractmethod
    def move(self, x: float, y: float) -> None: ...

    @abstractmethod
    def down(self, button: Button = "left") -> None: ...

    @abstractmethod
    def up(self, button: Button = "left") -> None: ...

    @abstractmethod
    def press(self, key: str) -> None: ...

    def touch(self, *fingers: Point) -> None:
        """Put fingers to places; those that are left out lift."""
        raise NotImplementedError

    def take_away(self) -> None:
        """The system takes the fingers for something of its own."""
        raise NotImplementedError

    def grip(self) -> Point:
        """Where the part is taken, which is then in sight and rests."""
        point = self._grip()
        while True:
            self.paint()
            before, point = point, self._grip()
            if before == point:
                return point

    def _grip(self) -> Point:
        x, y, there = self.see(
            f"""((part) => {{
                const at = () => {{
                    const box = part.getBoundingClientRect();
                    const [across, down] = {self.row.grip};
                    const point = [box.left + across * box.width, box.top + down * box.height];
                    return point.map(Math.round);
                }};
                const there = ([x, y]) => document.elementFromPoint(x, y);
                const isThere = () => part.contains(there(at()));
                if (!isThere()) part.scrollIntoView({{ block: 'center', behavior: 'instant' }});
                const [x, y] = at();
                return [x, y, isThere() || there([x, y])?.outerHTML.slice(0, 200) || 'nothing'];
            }})(document.querySelector('{self.row.part}'))"""
        )
        assert there is True, f"{there} lies over {self.row.name}"
        return x, y

    def place(self) -> str:
        self.wait(f"({self.row.room.settled}) && ({self.row.place}) !== undefined")
        return self.see(self.row.place)

    def changes(self, place: str) -> None:
        self.wait(f"({self.row.place}) !== {place!r}")

    def stays(self, place: str) -> None:
        """It is there, and still is once nothing is to come."""
        self.wait(f"({self.row.place}) === {place!r}")
        self.paint()
        self.wait(self.row.room.settled)
        self.wait(f"({self.row.place}) === {place!r}")

    def paint(self) -> None:
        """Until the page has heard of all that was done: of moves it hears once a frame."""
        self.wait(
            "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true))))"
        )

    def go(self, *points: Point) -> None:
        for x, y in points:
            self.move(x, y)

    def take(self, button: Button = "left") -> Point:
        x, y = self.grip()
        self.move(x, y)
        self.down(button)
        return x, y

    def way(self, x: float, y: float) -> list[Point]:
        """From a point on, as far as moves it."""
        dx, dy = self.row.by
        return [(x + dx / 3, y + dy / 3), (x + 2 * dx / 3, y + 2 * dy / 3), (x + dx, y + dy)]

    def drag(self) -> None:
        self.go(*self.way(*self.take()))

    def carry_back(self, point: Point) -> None:
        """To where it was taken, if it is not taken there again."""
        after = self.place()
        if self.grip() != point or self.row.follows:
            self.take()
            self.go(point)
            self.up()
            self.changes(after)


# ---- what it may do besides ----


def other_buttons_do_nothing(hand: Hand) -> None:
    before = hand.place()
    for button in ("right", "middle"):
        x, y = hand.take(button)
        hand.go(*hand.way(x, y))
        hand.up(button)
        hand.stays(before)


def the_main_button_drags(hand: Hand) -> None:
    before = hand.place()
    point = hand.grip()
    hand.drag()
    if hand.row.shows:
        hand.changes(before)
    hand.up()
    hand.changes(before)
    after = hand.place()
    hand.go(point, hand.way(*point)[0])
    hand.stays(after)
    hand.carry_back(point)


def another_button_meanwhile_changes_nothing(hand: Hand) -> None:
    """What the main button has taken it holds, and lets go of though the other is down."""
    before = hand.place()
    x, y = point = hand.take()
    hand.go(hand.way(x, y)[0])
    hand.down("right")
    hand.go(*hand.way(x, y)[1:])
    hand.up("left")
    hand.changes(before)
    after = hand.place()
    hand.go((x, y))
    hand.up("right")
    hand.stays(after)
    hand.carry_back(point)


def escape_brings_it_back(hand: Hand) -> None:
    before = hand.place()
    x, y = hand.take()
    hand.go(*hand.way(x, y))
    if hand.row.shows:
        hand.changes(before)
    hand.press("Escape")
    hand.stays(before)
    hand.go(*hand.way(x, y)[:2])
    hand.stays(before)
    hand.up()
    hand.stays(before)
    # And Escape is the page's again.
    hand.see("addEventListener('keydown', ({ key }) => (window.heard = key), { once: true })")
    hand.press("Escape")
    hand.wait("window.heard === 'Escape'")


def it_may_leave_the_window(hand: Hand) -> None:
    before = hand.place()
    point = hand.take()
    x = hand.way(*point)[-1][0]
    hand.go(hand.way(*point)[0], (x, -12), (x, -15))
    hand.up()
    hand.changes(before)
    after = hand.place()
    hand.go(point, hand.way(*point)[0])
    hand.stays(after)
    hand.carry_back(point)


def nothing_is_selected(hand: Hand) -> None:
    before = hand.place()
    hand.drag()
    hand.go((600, 30), (640, 10))
    assert hand.see("String(getSelection())") == ""
    hand.press("Escape")
    hand.up()
    assert hand.see("String(getSelection())") == ""
    hand.stays(before)


def what_is_selected_stays_where_it_is(hand: Hand) -> None:
    """What a hand takes is the part, not the words that are selected around it."""
    before = hand.place()
    point = hand.grip()
    hand.see("getSelection().selectAllChildren(document.body)")
    hand.drag()
    hand.up()
    hand.changes(before)
    hand.see("getSelection().removeAllRanges()")
    hand.place()
    hand.carry_back(point)


def a_lost_capture_brings_it_back(hand: Hand) -> None:
    before = hand.place()
    hand.see("addEventListener('pointerdown', (event) => (window.pointer = event.pointerId), true)")
    x, y = hand.take()
    hand.go(*hand.way(x, y))
    hand.see(f"document.querySelector('{hand.row.part}').releasePointerCapture(window.pointer)")
    hand.go(*hand.way(x, y)[1:])
    hand.stays(before)
    hand.up()
    hand.stays(before)


def a_part_that_goes_is_let_go(hand: Hand) -> None:
    """Taken from the page under the hand and put there again, it is where it was."""
    before = hand.place()
    x, y = hand.take()
    hand.go(*hand.way(x, y))
    hand.see(
        f"""((part) => {{
            const [parent, next] = [part.parentNode, part.nextSibling];
            part.remove();
            window.put = () => parent.insertBefore(part, next);
        }})(document.querySelector('{hand.row.part}'))"""
    )
    hand.go((x, y), hand.way(x, y)[0])
    hand.see("void window.put()")
    hand.stays(before)
    hand.up()
    # Escape is the page's.
    hand.see("addEventListener('keydown', ({ key }) => (window.heard = key), { once: true })")
    hand.press("Escape")
    hand.wait("window.heard === 'Escape'")
    hand.stays(before)


# ---- by fingers ----


def a_finger_drags(hand: Hand) -> None:
    before = hand.place()
    x, y = point = hand.grip()
    hand.touch(point)
    for place in hand.way(x, y):
        hand.touch(place)
    hand.changes(before)
    hand.touch()
    after = hand.place()
    assert after != before
    if hand.grip() != point or hand.row.follows:
        hand.touch(hand.grip())
        hand.touch((x + 2, y + 1))
        hand.touch(point)
        hand.touch()
        hand.changes(after)


def a_second_finger_does_nothing(hand: Hand) -> None:
    before = hand.place()
    x, y = point = hand.grip()
    hand.touch(point)
    *_, last = [hand.touch(place) or place for place in hand.way(x, y)]
    hand.changes(before)
    hand.paint()
    one = hand.place()
    hand.touch(last, (x - 30, y - 20))
    hand.touch(last, (x - 60, y - 50))
    hand.stays(one)
    hand.touch()
    hand.place()
    hand.carry_back(point)


def a_finger_that_is_taken_away_brings_it_back(hand: Hand) -> None:
    """As where the system takes it for a gesture of its own."""
    before = hand.place()
    x, y = hand.grip()
    hand.touch((x, y))
    for place in hand.way(x, y):
        hand.touch(place)
    hand.changes(before)
    hand.take_away()
    hand.stays(before)


def swipe(hand: Hand, x: float, y: float) -> None:
    hand.see("scrollTo({ top: scrollY, behavior: 'instant' })")
    hand.touch((x, y))
    for far in range(10, 110, 10):
        hand.touch((x, y - far))
    hand.touch()


def a_finger_that_goes_up_scrolls_and_leaves_it(hand: Hand) -> None:
    before = hand.place()
    x, y = hand.grip()
    top = hand.see("scrollY")
    swipe(hand, x, y)
    hand.wait(f"scrollY > {top}")
    hand.stays(before)


def a_finger_on_it_does_not_scroll(hand: Hand) -> None:
    before = hand.place()
    point = hand.grip()
    top = hand.see("scrollY")
    swipe(hand, *point)
    hand.changes(before)
    hand.place()
    assert hand.see("scrollY") == top
    hand.carry_back(point)


def a_finger_beside_it_scrolls(hand: Hand) -> None:
    before = hand.place()
    x, y = hand.grip()
    if hand.row.beside:
        x, y = x + hand.row.beside[0], y + hand.row.beside[1]
    else:
        y = hand.see(f"document.querySelector('{hand.row.part}').getBoundingClientRect().top - 14")
    top = hand.see("scrollY")
    swipe(hand, x, y)
    hand.wait(f"scrollY > {top}")
    hand.stays(before)


Column = Callable[[Hand], None]
BESIDES: list[Column] = [
    other_buttons_do_nothing,
    the_main_button_drags,
    another_button_meanwhile_changes_nothing,
    escape_brings_it_back,
    it_may_leave_the_window,
    nothing_is_selected,
    what_is_selected_stays_where_it_is,
    a_lost_capture_brings_it_back,
    a_part_that_goes_is_let_go,
]
FINGERS: list[Column] = [
    a_finger_drags,
    a_second_finger_does_nothing,
    a_finger_that_is_taken_away_brings_it_back,
    a_finger_that_goes_up_scrolls_and_leaves_it,
    a_finger_on_it_does_not_scroll,
    a_finger_beside_it_scrolls,
]
# What is tried in a frame of another page too, and where all is twice as large.
ELSEWHERE: list[Column] = [the_main_button_drags, escape_brings_it_back, it_may_leave_the_window]


# What the browser decides where it drags by itself.
ITS_OWN = (
    a_lost_capture_brings_it_back,
    another_button_meanwhile_changes_nothing,
    a_part_that_goes_is_let_go,
)


def applies(row: Dragged, column: Column) -> bool:
    """What the browser itself drags it captures, and does with a second button what it likes."""
    if column in ITS_OWN:
        return not row.native and (row.lasts or column is not a_part_that_goes_is_let_go)
    if column in (a_finger_on_it_does_not_scroll, a_finger_beside_it_scrolls):
        return row.finger == "holds"
    if column is a_finger_that_goes_up_scrolls_and_leaves_it:
        return row.finger != "holds"
    if column in FINGERS:
        return row.finger != "scrolls"
    return True


def first_of_each() -> list[Dragged]:
    """The first row of each page, and a slider."""
    pages = {(row.room.path, row.query): row for row in reversed(TABLE)}
    return [row for row in TABLE if row in pages.values() or row.name == "playhead"]


def cases(*columns: Column, rows: list[Dragged] = TABLE) -> pytest.MarkDecorator:
    """All rows that are found on one page, before another is opened."""
    return pytest.mark.parametrize(
        ("row", "column"),
        [
            pytest.param(row, column, id=f"{row.name}-{column.__name__}")
            for row in rows
            for column in columns
            if applies(row, column)
        ],
    )
