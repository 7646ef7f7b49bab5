"""What leaves the page: films and pictures, made in Chromium as a person makes them."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

import dynamics
from app.site import size_of, write_package, write_site
from benchmarks.row import Bound, Figures, Row, UnavailableError
from benchmarks.session import ROOT, stage

SECONDS = 20
PATIENCE = 300_000.0


def film(form: str) -> Figures:
    """A run of 1,600 steps, the landscape beside the sharpness, 30 frames a second."""
    with stage("?loss=ring&eta=0.1") as page:
        _open_exports(page, what="both", size="wide")
        page.wait_for_timeout(1000)
        if page.locator(f"#picture-form [value={form}]").is_disabled():
            raise UnavailableError(f"this Chromium makes no {form}")
        page.select_option("#picture-form", form)
        page.select_option("#picture-rate", "30")
        page.fill("#picture-speed", str(SECONDS))
        seconds, size = _saved(page)
    return {"s": seconds, "MB": size / 1e6}


def million() -> Figures:
    """The whole stage of 10⁶ steps, as SVG."""
    with stage("?eta=0.001&steps=1000000&at=1000000") as page:
        _open_exports(page, what="stage", size="wide")
        page.select_option("#picture-form", "svg")
        seconds, size = _saved(page)
    return {"MB": size / 1e6, "s": seconds}


def offline() -> Figures:
    """The page of the default run that needs no server, made and sent."""
    with stage("") as page:
        begin = time.perf_counter()
        made = page.request.get(f"{page.url.split('?')[0]}run.html")
        return {"MB": len(made.body()) / 1e6, "s": time.perf_counter() - begin}


def site() -> Figures:
    """All of the catalogue as a site of files, and its package of SCORM."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        begin = time.perf_counter()
        write_site(folder)
        seconds, size = time.perf_counter() - begin, size_of(folder)
        package = write_package(folder).stat().st_size
    return {"MB": size / 1e6, "s": seconds, "MB as a package": package / 1e6}


def wheel() -> Figures:
    """The wheel, built as `make wheel` does."""
    with TemporaryDirectory() as place:
        begin = time.perf_counter()
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        subprocess.run([*command, "--no-build-isolation", "--wheel-dir", place, ROOT], check=True)
        return {"MB": size_of(Path(place)) / 1e6, "s": time.perf_counter() - begin}


def notebook() -> Figures:
    """A run as a notebook keeps it."""
    run = dynamics.simulate("parabolic-valley", "ngd", None, 0.25, 96)
    begin = time.perf_counter()
    shown = run._repr_html_() or ""
    return {"MB": len(shown.encode()) / 1e6, "s": time.perf_counter() - begin}


def _open_exports(page: Page, **choices: str) -> None:
    page.wait_for_function("!('veiled' in document.body.dataset)")
    page.get_by_role("button", name="Export", exact=True).click()
    for name, value in choices.items():
        page.select_option(f"#picture-{name}", value)


def _saved(page: Page) -> tuple[float, int]:
    """Seconds until the file that is chosen is there, and its bytes."""
    begin = time.perf_counter()
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator("[data-save]").click()
    path = download.value.path()
    return time.perf_counter() - begin, Path(path).stat().st_size


ROWS = (
    *(
        Row(
            f"film-{form}",
            f"a film of {SECONDS} s, 1280 × 720, 30 frames a second, {words}",
            (Bound("≤", 20, "s"),),
            partial(film, form),
        )
        for form, words in (("mp4", "MP4"), ("webm", "WebM"), ("gif", "GIF"))
    ),
    Row(
        "svg",
        "the whole stage of 10⁶ steps as SVG",
        (Bound("≤", 1, "MB"),),
        million,
    ),
    Row(
        "page",
        "the default run as a page that needs no server",
        (Bound("≤", 2.5, "MB"),),
        offline,
    ),
    Row(
        "site",
        "all losses as a site of files",
        (Bound("≤", 40, "MB"),),
        site,
    ),
    Row(
        "wheel",
        "the wheel",
        (Bound("≤", 6, "MB"),),
        wheel,
    ),
    Row(
        "notebook",
        "a run in a notebook",
        (Bound("≤", 1, "MB"),),
        notebook,
    ),
)
