"""On the network of a full lecture hall, 300 ms and 1 Mbit/s: how long a page takes to open."""

import time

from playwright.sync_api import CDPSession, Page

from benchmarks.row import Bound, Figures, Row
from benchmarks.session import SCREEN, START_SECONDS, chromium, serving, wait_until_ready

HALL = {"latency": 300, "downloadThroughput": 125_000, "uploadThroughput": 125_000}
# By page: what is seen when its first picture stands, and when it is whole and can be used.
PAGES = {
    "stage": "document.querySelector('body[data-ready][data-drawn]:not([data-veiled])') !== null",
    "lab": "document.querySelector('.panel:not([hidden])[data-drawn]') !== null",
    "study": "document.querySelector('body[data-drawn]') !== null",
}
ADDRESSES = {"stage": "", "lab": "lab/", "study": "study/"}


def throttle(page: Page) -> CDPSession:
    """Let a page have no better network than that of the hall."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", {"offline": False, **HALL})
    return network


def first_loads() -> Figures:
    """Each page in an empty browser, from a server that has shown it before."""
    figures: dict[str, float] = {}
    with serving() as url, chromium() as page:
        wait_until_ready(url)
        browser = page.context.browser
        assert browser
        for name, there in PAGES.items():
            _opened(page, url + ADDRESSES[name], there)
            fresh = browser.new_context(viewport=SCREEN).new_page()
            throttle(fresh)
            figures[f"s to words, {name}"], figures[f"s, {name}"] = _opened(
                fresh, url + ADDRESSES[name], there
            )
            fresh.context.close()
    return figures


def _opened(page: Page, address: str, there: str) -> tuple[float, float]:
    """Seconds until something is painted, and until a person can use it."""
    begin = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(f"() => {there}", timeout=2e3 * START_SECONDS)
    whole = time.perf_counter() - begin
    first = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"
    )
    return first / 1e3, whole


ROWS = (
    Row(
        "hall",
        "first load at 300 ms and 1 Mbit/s, until it can be used",
        (Bound("≤", 12, "s, stage"), Bound("≤", 9, "s, lab"), Bound("≤", 9, "s, study")),
        first_loads,
    ),
)
