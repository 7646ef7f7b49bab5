"""Frames a second of a run that plays, in Chromium, Firefox and WebKitGTK, beside a bare page that
paints as many canvases in the same minute: how busy the machine is drops out of the ratio."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks.engines import Engine, chromium, firefox, webkit
from benchmarks.row import Bound, Figures, Row
from benchmarks.session import serving, wait_until_ready

SECONDS = 4.0
# By what they are called: the link, and how many steps a second, as the power of ten that the
# slider of the speed has: enough for each frame to be another.
PLAYED = {
    "by default": ("?eta=0.25", 1.8),
    "of four rules": ("?rule=gd,ngd,sqrt-gd,gradient-flow", 1.8),
    "of 10⁵ steps": ("?eta=0.01&steps=100000", 4),
}
READY = "document.body.matches('[data-ready][data-drawn]:not([data-veiled])')"

# It begins at once as fast as it goes, and again at its end.
PLAY = """
  const pace = document.getElementById('pace');
  if (pace.ariaPressed === 'true') pace.click();
  const speed = document.querySelector('#speed input');
  speed.value = given[0];
  speed.dispatchEvent(new Event('input', { bubbles: true }));
  document.querySelector('.loop').click();
  document.getElementById('play').click();
"""
FRAMES = """
  const begin = performance.now();
  let frames = 0;
  await new Promise((resolve) => {
    const count = (time) => {
      frames += 1;
      if (performance.now() - begin < 1000 * given[0]) requestAnimationFrame(count);
      else resolve();
    };
    requestAnimationFrame(count);
  });
  return (1000 * frames) / (performance.now() - begin);
"""
# Where the canvases of the page are that it is compared with.
PLACES = """
  return [...document.querySelectorAll('canvas')].filter((canvas) => canvas.checkVisibility())
    .map((canvas) => canvas.getBoundingClientRect())
    .map(({ x, y, width, height }) => [x, y, width, height]);
"""
BARE = """
  const pens = given[0].map(([left, top, width, height]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.style = `position: absolute; left: ${left}px; top: ${top}px`;
    document.body.append(canvas);
    return canvas.getContext('2d');
  });
  const paint = (time) => {
    for (const pen of pens) {
      pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
      pen.fillRect((time / 10) % pen.canvas.width, 20, 20, 20);
    }
    requestAnimationFrame(paint);
  };
  requestAnimationFrame(paint);
"""


def play(launch: Callable[[], AbstractContextManager[Engine]]) -> Figures:
    """Each run, and after it the bare page."""
    figures: dict[str, float] = {}
    with serving() as url, launch() as engine:
        wait_until_ready(url)
        for words, (query, speed) in PLAYED.items():
            engine.open(url + query)
            engine.wait(READY)
            places = engine.run(PLACES)
            engine.run(PLAY, speed)
            figures[f"fps {words}"] = fps = engine.run(FRAMES, SECONDS)
            assert engine.run("return document.getElementById('play').title") == "Pause"
            engine.open("about:blank")
            engine.run(BARE, places)
            figures[f"× a bare page's {words}"] = fps / engine.run(FRAMES, SECONDS)
    return figures


ROWS = (
    Row(
        "play-chromium",
        "playing in Chromium, beside a bare page",
        tuple(Bound("≥", 58, f"fps {words}") for words in PLAYED),
        lambda: play(chromium),
    ),
    Row(
        "play-firefox",
        "playing in Firefox",
        tuple(Bound("≥", 58, f"fps {words}") for words in PLAYED),
        lambda: play(firefox),
    ),
    Row(
        "play-webkit",
        "playing in WebKitGTK, without a GPU",
        tuple(Bound("≥", 40, f"fps {words}") for words in PLAYED),
        lambda: play(webkit),
    ),
)
