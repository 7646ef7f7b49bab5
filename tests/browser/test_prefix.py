"""Behind a proxy that puts a path in front of every address, and takes it off or leaves it on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.server import create_app
from tests.browser.lab import PATIENCE, SMALL, Lab
from tests.browser.proxy import proxy
from tests.browser.stage import Stage
from tests.catalogue import taking
from tests.served import served

PREFIX, WRITTEN = "/teach/course 1", "/teach/course%201"


@pytest.fixture(scope="module", params=taking(1, ["taken off", "left on"]))
def outside(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the first page. Where the path is taken off, the app behind the proxy is that
    of every other test and knows nothing of it."""
    strips = request.param == "taken off"
    with behind(server_url, strips) as server, proxy(server, WRITTEN, strips) as url:
        yield f"{url}/"


@contextmanager
def behind(server_url: str, strips: bool) -> Iterator[str]:
    """The address of the app; where it must know of the path, one with PREFIX."""
    if strips:
        yield server_url
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFIX", PREFIX)
        app = create_app({"CACHE_TYPE": "SimpleCache"})
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    with served(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def home(outside: str) -> str:
    """What the promise of the other tests is held to: nothing is asked for above the path."""
    return outside.removesuffix("/")


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that finds all that it asks for, but what leads nowhere."""
    refused: list[str] = []
    page.on("response", lambda answer: answer.status < 400 or refused.append(answer.url))
    yield page
    assert not [url for url in refused if not url.endswith("nonsense")]


def test_a_visit_from_page_to_page(page: Page, outside: str) -> None:
    """All that pages load, now and later, link to and give away lies below the path."""
    stage, lab = Stage(page), Lab(page)
    page.goto(f"{outside}?at=5&steps=300")
    page.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
    stage.settle()
    assert stage.step == 5
    assert page.evaluate("[...document.fonts].some((font) => font.status === 'loaded')")
    page.locator("label", has_text="3-D").click()  # its module is imported only now
    stage.expect_query(look="surface")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.button("Share").click()
    expect(page.get_by_text("The link is copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"{outside}?")
    stage.button("Export").click()
    for item in ("The run, CSV", "Save the picture"):
        with page.expect_download() as download:
            page.get_by_role("button", name=item, exact=True).click()
        assert download.value.path().stat().st_size > 5_000
    stage.button("Close").click()

    page.get_by_role("link", name="Lab").click()
    page.wait_for_url(f"{outside}lab/**")
    page.goto(f"{outside}lab?{SMALL}")  # without its slash
    lab.settle()
    assert page.url.startswith(f"{outside}lab/?")
    lab.button("Export").click()
    for item in ("The map, CSV", "Save the picture"):
        with page.expect_download() as download:
            page.get_by_role("button", name=item, exact=True).click()
        assert download.value.path().stat().st_size > 5_000
    lab.button("Close").click()
    page.locator("#open").click()
    page.wait_for_url(f"{outside}?*")

    page.get_by_role("link", name="About").click()
    page.wait_for_url(f"{outside}about/**")
    expect(page.get_by_role("heading", name="What Edgewalk claims")).to_be_visible()


def test_a_proxy_may_leave_the_slash_out(browser: Browser, outside: str) -> None:
    """What the browser asks for beside the path, before it has read the page, is not there."""
    page = browser.new_page()
    page.goto(f"{outside.removesuffix('/')}?at=5&steps=300")
    page.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
    assert page.url == f"{outside}?steps=300&at=5"
    page.close()


@pytest.mark.expects_console_errors
@pytest.mark.parametrize("address", ["nonsense", "lab//x%2Fy/nonsense"])
def test_what_leads_nowhere_leads_back(page: Page, outside: str, address: str) -> None:
    answer = page.goto(f"{outside}{address}")
    assert answer
    assert answer.status == 404
    assert page.evaluate("document.documentElement.dataset.scheme") == "light"
    assert page.evaluate("getComputedStyle(document.querySelector('header')).display") == "flex"
    Stage(page).assert_accessible_within(1280)
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="What Edgewalk claims")).to_be_visible()
    assert page.url == f"{outside}about/"
