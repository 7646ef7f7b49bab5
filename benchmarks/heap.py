"""What an open page keeps: its heap, elements and listeners, after much was done and after ten
minutes of play."""

import time
from functools import partial
from typing import NamedTuple

from playwright.sync_api import CDPSession, Page

from benchmarks.row import Bound, Figures, Row
from benchmarks.session import START_SECONDS, stage
from dynamics import LOSSES

CHANGES = 54  # of loss
KEYS = 200  # on the slider of η
PLAY_SECONDS = 30.0
LONG_SECONDS = 600.0
FIRST_SECONDS = 60.0
SETTLE_SECONDS = 1.0
KEY_MILLISECONDS = 30
DONE = "!document.body.matches('[data-veiled], [data-busy], [data-part]')"
LOOP = "document.querySelector('.loop:not([aria-pressed=true])')?.click()"


class Kept(NamedTuple):
    """What is left once all that nobody holds has been let go: MB of the scripts' heap, nodes of
    the document and outside it, listeners."""

    heap: float
    nodes: float
    listeners: float


def after_much() -> Figures:
    """Every loss again and again, η key by key, and half a minute of play; and all of it again.

    What is there more after the first time is, but for half a megabyte, what the browser compiles
    of scripts that run often.
    """
    with stage() as page:
        devtools = page.context.new_cdp_session(page)
        first = kept(devtools)
        _do_much(page)
        after = kept(devtools)
        _do_much(page)
        again = kept(devtools)
    return {
        "MB": after.heap,
        "MB at first": first.heap,
        "MB more after as much again": again.heap - after.heap,
        "nodes more": again.nodes - after.nodes,
        "listeners more": again.listeners - after.listeners,
    }


def _do_much(page: Page) -> None:
    """Ends with the loss that it began with."""
    keys = [*LOSSES]
    for k in range(CHANGES):
        loss = keys[(k + 1 - CHANGES) % len(keys)]
        page.select_option("#loss", loss)
        _wait(page, f"document.getElementById('loss').value === '{loss}' && {DONE}")
    page.get_by_role("slider", name="Step size η").focus()
    for k in range(KEYS):
        page.keyboard.press("ArrowRight" if k % 20 < 10 else "ArrowLeft")
        page.wait_for_timeout(KEY_MILLISECONDS)
    _wait(page, DONE)
    _play(page)
    time.sleep(PLAY_SECONDS)
    page.get_by_role("button", name="Pause").click()
    time.sleep(SETTLE_SECONDS)


def while_playing() -> Figures:
    """Ten minutes of play, as fast as it goes, again and again."""
    with stage("?eta=0.01&steps=100000") as page:
        devtools = page.context.new_cdp_session(page)
        page.get_by_role("slider", name="Speed").fill("4")  # 10⁴ steps a second
        _play(page)
        time.sleep(FIRST_SECONDS)
        early = kept(devtools)
        time.sleep(LONG_SECONDS - FIRST_SECONDS)
        assert page.get_by_role("button", name="Pause").count(), "the run ended too soon"
        late = kept(devtools)
    return {
        "MB after ten minutes": late.heap,
        "MB more than after one": late.heap - early.heap,
        "nodes more": late.nodes - early.nodes,
        "listeners more": late.listeners - early.listeners,
    }


def kept(devtools: CDPSession) -> Kept:
    """Measured twice, since the first collection ends what the second then finds."""
    devtools.send("Performance.enable")
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    told = devtools.send("Performance.getMetrics")["metrics"]
    found = {metric["name"]: metric["value"] for metric in told}
    return Kept(found["JSHeapUsedSize"] / 1e6, found["Nodes"], found["JSEventListeners"])


def _play(page: Page) -> None:
    page.evaluate(LOOP)
    page.get_by_role("button", name="Play").click()


def _wait(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {condition}", timeout=1e3 * START_SECONDS)


_none_more = partial(Bound, "≤", 0)

ROWS = (
    Row(
        "heap",
        f"heap of the page after {CHANGES} changes of loss, {KEYS} of η and half a minute of play",
        (Bound("≤", 22, "MB"), Bound("≤", 1, "MB more after as much again")),
        after_much,
    ),
    Row(
        "heap-playing",
        "… after ten minutes of play, beside one (takes ten minutes)",
        (Bound("≤", 1, "MB more than after one"), _none_more("nodes more")),
        while_playing,
    ),
)
