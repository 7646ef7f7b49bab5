"""In the page: a slider dragged, a slider released, a run played. In Chromium."""

import random
import statistics
import time
from itertools import pairwise
from typing import NamedTuple

from playwright.sync_api import CDPSession, Page

from benchmarks.clock import percentile
from benchmarks.row import Bound, Figures, Row
from benchmarks.session import stage

DRAGS = 4
MOVES = 60
RELEASES = 30
PLAY_SECONDS = 4.0
SLICES = 16
SETTLE_SECONDS = 0.5


def drag() -> Figures:
    """Move the slider of η to and fro, and count the runs that arrive."""
    with stage() as page:
        thumb = page.get_by_role("slider", name="Step size η")
        track = thumb.locator("..").bounding_box()
        assert track
        thumb.hover()
        page.mouse.down()
        # Far enough for each move to be another η.
        ends = [(track["x"] + share * track["width"], track["y"]) for share in (0.2, 0.8)]
        return _sweep_to_and_fro(page, ends)


def drag_start() -> Figures:
    """Move the start over the map, to and fro, and count the runs that arrive."""
    with stage() as page:
        ring = page.get_by_role("button", name="Start (").bounding_box()
        assert ring
        x, y = ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        return _sweep_to_and_fro(page, [(x - 150, y + 60), (x, y)])


def _sweep_to_and_fro(page: Page, ends: list[tuple[float, float]]) -> Figures:
    """Drag between two places, a little elsewhere each time so that no run is in a cache."""
    page.evaluate("performance.setResourceTimingBufferSize(10_000)")
    begin, before = time.perf_counter(), page.evaluate("performance.now()")
    for sweep in range(DRAGS):
        x, y = ends[sweep % 2]
        page.mouse.move(x + random.uniform(-3, 3), y + random.uniform(-3, 3), steps=MOVES)
    seconds = time.perf_counter() - begin
    arrivals = page.evaluate(ARRIVALS, before)
    page.mouse.up()
    gaps = [later - earlier for earlier, later in pairwise(arrivals)]
    return {
        "new paths a second": len(arrivals) / seconds,
        "ms from one to the next": statistics.median(gaps),
        "ms (p95)": percentile(gaps, 95),
    }


def release() -> Figures:
    """Press an arrow key on the slider of η, each time to a value that was not seen before."""
    with stage() as page:
        page.get_by_role("slider", name="Step size η").focus()
        times = []
        for _ in range(RELEASES):
            page.evaluate(WATCH)
            page.keyboard.press("ArrowRight")
            times.append(page.evaluate("window.changed"))
            time.sleep(SETTLE_SECONDS)
    return {"ms": statistics.median(times), "ms (p95)": percentile(times, 95)}


def play() -> Figures:
    """Play 10⁵ steps, ten thousand a second."""
    with stage("?eta=0.01&steps=100000") as page:
        page.get_by_role("slider", name="Speed").fill("4")  # 10⁴ steps a second
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        page.evaluate(COUNT_FRAMES)
        page.get_by_role("button", name="Play").click()
        time.sleep(SETTLE_SECONDS)
        looks = [_look(page, devtools)]
        for _ in range(SLICES):
            time.sleep(PLAY_SECONDS / SLICES)
            looks.append(_look(page, devtools))
        assert page.get_by_role("button", name="Pause").count(), "the run ended too soon"
    work = [1e3 * (b.busy - a.busy) / (b.frames - a.frames) for a, b in pairwise(looks)]
    frames, seconds = looks[-1].frames - looks[0].frames, looks[-1].time - looks[0].time
    return {
        "ms of main thread a frame": statistics.median(work),
        "ms (p95)": percentile(work, 95),
        "fps": frames / seconds,
    }


class _Look(NamedTuple):
    time: float
    frames: int
    busy: float


def _look(page: Page, devtools: CDPSession) -> _Look:
    return _Look(time.perf_counter(), page.evaluate("window.frames_seen"), _busy(devtools))


def _busy(devtools: CDPSession) -> float:
    """Seconds that the page's main thread has worked."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


ARRIVALS = """(since) => performance.getEntriesByType("resource")
  .filter((entry) => entry.name.includes("/run.bin?") && entry.responseEnd > since)
  .map((entry) => entry.responseEnd)"""

COUNT_FRAMES = """() => {
  window.frames_seen = 0;
  const frame = () => { window.frames_seen += 1; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""

# window.changed: milliseconds from the next key to the first frame in which a canvas looks other.
WATCH = """() => {
  const [width, height] = [200, 200];
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  const look = () => {
    pen.clearRect(0, 0, width, height);
    for (const canvas of document.querySelectorAll("canvas"))
      if (canvas.width && canvas.height) pen.drawImage(canvas, 0, 0, width, height);
    return new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
  };
  const before = look();
  window.changed = new Promise((resolve) => {
    const frame = (begin) => {
      if (look().some((pixel, i) => pixel !== before[i])) resolve(performance.now() - begin);
      else requestAnimationFrame(() => frame(begin));
    };
    const key = (event) => requestAnimationFrame(() => frame(event.timeStamp));
    addEventListener("keydown", key, { capture: true, once: true });
  });
}"""

ROWS = (
    Row(
        "drag",
        "while η is dragged",
        (Bound("≥", 55, "new paths a second"),),
        drag,
    ),
    Row(
        "drag-start",
        "while the start is dragged",
        (Bound("≥", 55, "new paths a second"),),
        drag_start,
    ),
    Row(
        "release",
        "slider released → first changed pixels (Chromium)",
        (Bound("≤", 25, "ms"), Bound("≤", 40, "ms (p95)")),
        release,
    ),
    Row(
        "play",
        "playing 10⁵ recorded iterates on all panels",
        (Bound("≤", 3, "ms of main thread a frame"), Bound("≥", 59, "fps")),
        play,
    ),
)
