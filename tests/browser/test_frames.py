"""In a frame of a page from elsewhere, such as a course, with what pages and browsers refuse."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Heard
from tests.browser.stage import PATIENCE
from tests.served import served

HTML = """<!DOCTYPE html><title>A course</title><body style="height: 3000px">
<script>
  window.told = [];
  addEventListener("message", ({ origin, data }) => told.push({ origin, ...data }));
  const send = (data) => document.querySelector("iframe").contentWindow.postMessage(data, "*");
</script>
"""
# Not a message of ours: Dash looks for a cookie, and goes on without.
OF_DASH = "Failed to read the 'cookie' property"
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });
"""
RANGE = "document.querySelector('#landscape .js-plotly-plot')._fullLayout.xaxis.range"

Framed = Callable[..., Frame]


@pytest.fixture
def home(server_url: str) -> str:
    """The app by its other name, so that it is of another site than the page around."""
    return f"{server_url.replace('127.0.0.1', 'localhost')}/"


class Course(BaseHTTPRequestHandler):
    """Answers with one page."""

    html = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.html.encode())

    def log_message(self, *_) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def course() -> Iterator[str]:
    """The address of a page from elsewhere."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Course)
    with served(server):
        yield f"http://127.0.0.1:{server.server_port}/course"


@pytest.fixture
def framed(page: Page, home: str, course: str, heard: Heard) -> Framed:
    """Opens a page around a frame with some attributes, and gives the frame."""

    def open_around(
        attributes: str = "", query: str = "embed=1&eta=0.2&at=5", size: str = "1200 700"
    ) -> Frame:
        width, height = size.split()
        frame = f'<iframe src="{home}?{query}" width={width} height={height} {attributes}></iframe>'
        Course.html = f'{HTML}<link rel="icon" href="data:,">{frame}'
        page.goto(course, wait_until="commit")
        heard.requests.remove(course)
        page.wait_for_selector("iframe", state="attached")
        return page.frames[-1]

    return open_around


def drawn(frame: Frame) -> Frame:
    frame.wait_for_selector("body[data-ready][data-drawn]", state="attached", timeout=PATIENCE)
    return frame


def last_told(page: Page, at: int) -> dict:
    page.wait_for_function(f"() => told.at(-1)?.at === {at}", timeout=PATIENCE)
    return page.evaluate("told.at(-1)")


@pytest.mark.expects_console_errors
def test_a_sandbox_that_allows_scripts_is_enough(page: Page, framed: Framed, heard: Heard):
    frame = drawn(framed('sandbox="allow-scripts"'))
    assert last_told(page, 5)["origin"] == "null"
    page.evaluate("send({ edgewalk: 'seek', at: 42 })")
    last_told(page, 42)
    frame.wait_for_function("() => location.search.endsWith('at=42')")
    assert frame.evaluate("[...document.fonts].some((font) => font.status === 'loaded')")
    assert not [words for words in heard.complaints if OF_DASH not in words]


def test_without_a_referrer(page: Page, framed: Framed):
    framed('referrerpolicy="no-referrer"')
    last_told(page, 5)
    page.evaluate("send({ edgewalk: 'seek', at: 42 })")
    last_told(page, 42)


def test_where_nothing_may_be_kept(page: Page, framed: Framed):
    page.add_init_script(NO_STORAGE)
    frame = drawn(framed(query="eta=0.2&at=5"))
    frame.get_by_role("button", name="Dark", exact=True).click()
    expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")
    frame.wait_for_function("() => document.querySelector('#landscape .main-svg')")


@pytest.mark.expects_console_errors
def test_without_scripts_a_line_says_what_is_needed(page: Page, framed: Framed):
    frame = framed("sandbox")
    words = frame.locator("noscript")
    words.wait_for(state="attached")
    assert "allow-scripts" in words.evaluate("(words) => words.innerText")
    expect(frame.get_by_text("Loading...")).to_be_hidden()


NOT_SHOWN, A_PIXEL = 'style="display: none"', 'style="width: 1px; height: 1px"'


@pytest.mark.parametrize(
    ("unseen", "query"),
    [
        (NOT_SHOWN, ""),
        (A_PIXEL, "&look=surface"),
        (NOT_SHOWN, "&loss=quadratic-5&panel=alignment"),
    ],
)
def test_unseen_at_first(page: Page, framed: Framed, unseen: str, query: str):
    """Nothing fails, which `heard` holds, and a seek is kept."""
    frame = drawn(framed(unseen, f"embed=1&eta=0.2&at=5{query}"))
    page.evaluate("send({ edgewalk: 'play' })")
    page.wait_for_timeout(300)
    page.evaluate("send({ edgewalk: 'pause' })")
    page.evaluate("send({ edgewalk: 'seek', at: 17 })")
    page.evaluate("document.querySelector('iframe').style = ''")
    last_told(page, 17)
    frame.wait_for_function(
        "() => [...document.querySelectorAll('.card.across canvas')].some((c) => c.width > 100)"
    )


def test_the_wheel_scrolls_the_page(page: Page, framed: Framed):
    """It zooms with Ctrl, and after a click into the plot until the pointer leaves it."""
    frame = drawn(framed())
    frame.wait_for_timeout(300)
    around = "scrollY"
    x, y = 500, 200

    def turn() -> tuple[bool, bool]:
        """Whether the wheel has scrolled the page, and whether it has zoomed."""
        before = page.evaluate(around), frame.evaluate(RANGE)
        page.mouse.wheel(0, 40)
        page.wait_for_timeout(350)
        after = page.evaluate(around), frame.evaluate(RANGE)
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(50)
        return before[0] != after[0], before[1] != after[1]

    page.mouse.move(x, y)
    assert turn() == (True, False)
    page.keyboard.down("Control")
    assert turn() == (False, True)
    page.keyboard.up("Control")
    page.mouse.click(x, y)
    assert turn() == (False, True)
    page.mouse.move(100, 60)
    page.mouse.move(x, y)
    assert turn() == (True, False)


def test_the_wheel_where_there_is_nothing_to_scroll_and_where_there_is(page: Page, home: str):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{home}?eta=0.2")
    drawn(page.main_frame)
    page.mouse.move(500, 250)
    for size, scrolls in (((1280, 800), False), ((800, 600), True)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(500)
        before = page.evaluate(RANGE)
        page.mouse.wheel(0, 40)
        page.wait_for_timeout(350)
        assert (page.evaluate(RANGE) == before) is scrolls
        assert (page.evaluate("scrollY") > 0) is scrolls
