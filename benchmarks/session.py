"""The app in a process of its own, and a page of it in Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from app.export import BROWSERS
from benchmarks.row import UnavailableError

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
MODULE = (sys.executable, "-m", "app")

# No sandbox, since a container's root has none; the others keep Chromium itself off the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREEN = ViewportSize(width=1440, height=900)

# What is seen when the first picture stands: contours, and something painted on a canvas over them.
PICTURE = """() => {
  const painted = (canvas) => {
    if (!canvas.width || !canvas.height) return false;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return new Uint32Array(pixels.buffer).some((pixel) => pixel);
  };
  return document.querySelector(".js-plotly-plot :is(.contourlayer path, image)") !== null
    && [...document.querySelectorAll("canvas")].some(painted);
}"""


@contextmanager
def serving(command: Sequence[str] = MODULE) -> Iterator[str]:
    """Serve the app by a command; the address, before anything answers there.

    Runs are kept in a temporary folder, so that none is there from before.
    """
    with started(command) as (url, _):
        yield url


@contextmanager
def started(
    command: Sequence[str] = MODULE, *, cold: bool = False
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The same, and the process.

    Args:
        cold: no compiled program is there from before either.
    """
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        here = {"HOST": "127.0.0.1", "PORT": port, "CACHE_DIR": f"{folder}/runs"}
        if cold:
            here["JAX_COMPILATION_CACHE_DIR"] = f"{folder}/programs"
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | here,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.terminate()
            process.communicate()


def wait_until_ready(url: str) -> None:
    """Until GET /healthz answers 200."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}healthz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise UnavailableError(f"the app did not answer within {START_SECONDS:g} s")


def installed_chromium() -> str | None:
    """The system's Chromium; None where there is only Playwright's own."""
    return _first_of(*BROWSERS[1:])


def installed_shell() -> str | None:
    """The system's Chromium without its windows, which opens a page in two thirds of the processor
    time; with them where there is no other."""
    return _first_of(*BROWSERS)


def _first_of(*names: str) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium() -> Iterator[Page]:
    """An empty page with nothing in its cache."""
    with sync_playwright() as playwright:
        found = installed_chromium() or installed_shell()
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser.new_page(viewport=SCREEN)
        browser.close()


@contextmanager
def stage(query: str = "") -> Iterator[Page]:
    """The page of that link with its first picture, from a server that has warmed up."""
    with serving() as url, chromium() as page:
        wait_until_ready(url)
        page.goto(url + query)
        page.wait_for_function(PICTURE, timeout=1e3 * START_SECONDS)
        page.evaluate(FETCH, [f"eta={0.1 + i / 1e3}" for i in range(5)])
        yield page


FETCH = """async (queries) => {
  const { decode } = await import(new URL("assets/js/binary.mjs", location.href).href);
  const milliseconds = [];
  for (const query of queries) {
    const begin = performance.now();
    const response = await fetch(`run.bin?${query}`, { cache: "no-store" });
    if (!response.ok) throw new Error(`${response.status} ${query}`);
    decode(await response.arrayBuffer());
    milliseconds.push(performance.now() - begin);
  }
  return milliseconds;
}"""
