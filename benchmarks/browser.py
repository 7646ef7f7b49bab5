"""In the page: a slider dragged, a slider released, a run played. In Chromium."""

import random
import statistics
import time

from playwright.sync_api import CDPSession

from benchmarks.clock import percentile
from benchmarks.row import Bound, Figures, Row
from benchmarks.session import stage

DRAGS = 4
MOVES = 60
RELEASES = 30
PLAY_SECONDS = 4.0
SETTLE_SECONDS = 0.5


def drag() -> Figures:
    """Move the slider of η to and fro, and count the runs that arrive."""
    with stage() as page:
        thumb = page.get_by_role("slider", name="Step size η")
        track = thumb.locator("..").bounding_box()
        assert track
        page.evaluate("performance.setResourceTimingBufferSize(10_000)")
        thumb.hover()
        page.mouse.down()
        begin, before = time.perf_counter(), page.evaluate("performance.now()")
        for sweep in range(DRAGS):
            # Far enough for each move to be another η, a little elsewhere each time so that none
            # is found in a cache.
            share = (0.8 if sweep % 2 else 0.2) + random.uniform(-0.02, 0.02)
            page.mouse.move(track["x"] + share * track["width"], track["y"], steps=MOVES)
        seconds = time.perf_counter() - begin
        paths = page.evaluate(ARRIVED, before)
        page.mouse.up()
    return {"new paths a second": paths / seconds}


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
    """Play 10⁵ steps at full speed."""
    with stage("?eta=0.01&steps=100000") as page:
        page.get_by_role("slider", name="Speed").press("End")
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        page.evaluate(COUNT_FRAMES)
        page.get_by_role("button", name="Play").click()
        time.sleep(SETTLE_SECONDS)
        begin = time.perf_counter(), page.evaluate("window.frames_seen"), _busy(devtools)
        time.sleep(PLAY_SECONDS)
        end = time.perf_counter(), page.evaluate("window.frames_seen"), _busy(devtools)
        assert page.get_by_role("button", name="Pause").count(), "the run ended too soon"
    seconds, frames, busy = (after - before for before, after in zip(begin, end, strict=True))
    return {"ms of main thread a frame": 1e3 * busy / frames, "fps": frames / seconds}


def _busy(devtools: CDPSession) -> float:
    """Seconds that the page's main thread has worked."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


ARRIVED = """(since) => performance.getEntriesByType("resource")
  .filter((entry) => entry.name.includes("/run.bin?") && entry.responseEnd > since).length"""

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
        (Bound("≥", 30, "new paths a second"),),
        drag,
    ),
    Row(
        "release",
        "slider released → first changed pixels (Chromium)",
        (Bound("≤", 120, "ms"),),
        release,
    ),
    Row(
        "play",
        "playing 10⁵ recorded iterates on all panels",
        (Bound("≤", 6, "ms of main thread a frame"), Bound("≥", 59, "fps")),
        play,
    ),
)
