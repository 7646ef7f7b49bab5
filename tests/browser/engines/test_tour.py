"""A tour of every page in Chromium, in Firefox and in WebKitGTK, the engine of Safari.

What is not installed is skipped, and named.
"""

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

import dynamics
from benchmarks.engines import (
    DOWN,
    UP,
    Chromium,
    Engine,
    WebKit,
    firefox,
    move,
    rest,
    webkit,
)
from benchmarks.row import UnavailableError
from benchmarks.session import SCREEN
from tests.browser import films
from tests.browser.conftest import LOCAL_SCHEMES
from tests.browser.pictures import answer_of, pixels_of

READY = "document.body?.matches('[data-ready][data-drawn]:not([data-veiled])')"
# Nothing is asked for any more; the run on screen is whole, and the figure the one asked for last.
SETTLED = """(([{ state }, { requests }]) => {
  const { result, still, stood } = state;
  return !requests.pending && result && !result.part && still && still.of.turn === stood;
})(await Promise.all(['state', 'asked'].map((name) =>
  import(new URL(`assets/js/stage/${name}.mjs`, location.href).href))))"""
SHOWN = f"{SETTLED} && document.getElementById('loss').value === given[0]"
# Of the landscape, the part that is seen.
SPAN = """(({ range: [a, b] }) => b - a)(
  document.querySelector('#landscape .js-plotly-plot')._fullLayout.xaxis)"""
# How many pixels of the canvases in a part of the page that are in view are painted on.
INK = """[...document.querySelectorAll(`${given[0]} canvas`)]
  .filter((canvas) => canvas.width && canvas.checkVisibility())
  .map((canvas) => {
    const copy = Object.assign(document.createElement('canvas'), { width: 100, height: 100 });
    const pen = copy.getContext('2d');
    pen.drawImage(canvas, 0, 0, 100, 100);
    return pen.getImageData(0, 0, 100, 100).data.filter((part, k) => k % 4 === 3 && part).length;
  })
  .reduce((sum, count) => sum + count, 0)"""
LAB = "document.querySelector('.panel:not([hidden], [data-stale])[data-drawn]')"
STUDY = "document.body?.matches('[data-drawn]') && document.getElementById('told')?.textContent"
ABOUT = """document.querySelector('.claim') &&
  document.querySelector('.picture').contentDocument?.body?.matches('[data-drawn]')"""
PAGES = {"?at=20": READY, "lab/?size=24&steps=200": LAB, "study/": STUDY, "about/": ABOUT}
# What the page would let a person keep: its name, and its bytes as text.
KEEP = """
  window.kept = [];
  const made = new Map();
  const create = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    const address = create(blob);
    made.set(address, blob);
    return address;
  };
  HTMLAnchorElement.prototype.click = function () {
    const { download, href } = this;
    const content = made.has(href)
      ? Promise.resolve(made.get(href))
      : fetch(href).then((got) => got.blob());
    window.kept.push(content.then((blob) => new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done([download, reader.result.split(',')[1]]);
      reader.readAsDataURL(blob);
    })));
  };
"""
MIDDLE = """
  const part = document.querySelector(given[0]);
  part.scrollIntoView({ block: 'nearest' });
  const box = part.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2, box.width, box.height];
"""
CHOOSE = """
  const control = document.querySelector(given[0]);
  control.value = given[1];
  control.dispatchEvent(new Event('change', { bubbles: true }));
"""


@contextmanager
def chromium(browser: Browser) -> Iterator[Chromium]:
    """A page of the browser that the other tests have too."""
    page = browser.new_page(viewport=SCREEN)
    yield Chromium(page)
    page.close()


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkit"])
def engine(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Engine]:
    begun: dict[str, Callable[[], AbstractContextManager[Engine]]] = {
        "chromium": lambda: chromium(browser),
        "firefox": firefox,
        "webkit": webkit,
    }
    try:
        with begun[request.param]() as engine:
            yield engine
    except UnavailableError as error:
        pytest.skip(str(error))


class Tourist:
    """Who uses an engine's page by mouse and keys."""

    def __init__(self, engine: Engine, home: str):
        self.engine = engine
        self.home = home

    def open(self, path: str = "", ready: str = READY) -> None:
        self.settle()
        self.engine.open(path if "://" in path else self.home + path)
        self.engine.wait(ready)

    def settle(self) -> None:
        """A page that is left while something is under way may complain of that."""
        served = "location.protocol === 'http:' && document.getElementById('landscape')"
        self.engine.wait(f"!({served}) || {SETTLED}")

    def click(self, selector: str) -> None:
        x, y, *_ = self.engine.run(MIDDLE, selector)
        self.engine.point(move(x, y), DOWN, UP)

    def drag(self, selector: str, by: tuple[float, float]) -> None:
        x, y, *_ = self.engine.run(MIDDLE, selector)
        path = [move(x + k * by[0] / 8, y + k * by[1] / 8, 20) for k in range(1, 9)]
        self.engine.point(move(x, y), DOWN, *path, rest(50), UP)

    def scrub(self, slider: str, share: float) -> None:
        """Press a slider in its middle, and let it go so far to the right, or left."""
        x, y, width, _ = self.engine.run(MIDDLE, slider)
        self.engine.point(move(x, y), DOWN, move(x + share * width, y, 100), UP)

    def turn(self, selector: str, by: float) -> None:
        """Turn the wheel over a part of the page, with Ctrl."""
        x, y, *_ = self.engine.run(MIDDLE, selector)
        self.engine.turn(x, y, by, holding="Control")

    def focus(self, selector: str) -> None:
        self.engine.run("document.querySelector(given[0]).focus()", selector)

    def choose(self, selector: str, value: str) -> None:
        """Of a list, which no driver opens."""
        self.engine.run(CHOOSE, selector, value)

    def wait_for_ink(self, part: str) -> None:
        self.engine.wait(f"{INK} > 0", part)

    def text(self, name: str) -> str:
        return self.engine.run("return document.getElementById(given[0]).textContent", name)

    @property
    def link(self) -> dict[str, str]:
        return self.engine.run("return Object.fromEntries(new URLSearchParams(location.search))")

    def expect(self, **link: str) -> None:
        for name, value in link.items():
            self.engine.wait(
                "new URLSearchParams(location.search).get(given[0]) === given[1]", name, value
            )


@pytest.fixture
def tourist(engine: Engine, server_url: str) -> Iterator[Tourist]:
    tourist = Tourist(engine, f"{server_url}/")
    yield tourist
    tourist.settle()
    assert engine.heard() == []
    near = (server_url, "file:", *LOCAL_SCHEMES)
    assert not [url[:200] for url in engine.asked if not url.startswith(near)]
    engine.asked.clear()


def test_nothing_is_said_while_a_page_loads(tourist: Tourist):
    for path, ready in PAGES.items():
        if isinstance(tourist.engine, WebKit):
            tourist.engine.write(tourist.home + path, f"{tourist.home}healthz")
            tourist.engine.wait(ready)
        else:
            tourist.open(path, ready)
        assert tourist.engine.heard() == [], path


def test_a_run_is_played_stepped_scrubbed_and_opened_again(tourist: Tourist):
    tourist.open("?eta=0.25&steps=96")
    engine = tourist.engine
    engine.press("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight")
    assert tourist.text("now-step") == "2"
    along = dynamics.measure(dynamics.simulate("parabolic-valley", "ngd", None, 0.25, 96))
    assert float(tourist.text("now-loss")) == pytest.approx(along.loss[2], rel=1e-3)
    engine.press(" ")
    engine.wait("Number(document.getElementById('now-step').textContent) > 6")
    tourist.click("#play")
    assert engine.run("return document.getElementById('play').title") == "Play"
    step = tourist.text("now-step")
    tourist.expect(at=step)
    tourist.scrub("#playhead input", -0.25)
    assert abs(int(tourist.text("now-step")) - 24) <= 4
    tourist.expect(at=tourist.text("now-step"))
    before, link = tourist.text("now-loss"), engine.run("return location.href")
    tourist.open("healthz", "true")
    tourist.open(link)
    assert tourist.text("now-loss") == before


def test_the_start_and_the_step_size_are_moved(tourist: Tourist):
    tourist.open("?eta=0.25&lens=off")
    tourist.drag(".start", (-80, 20))
    tourist.engine.wait("new URLSearchParams(location.search).has('start')")
    tourist.settle()
    x, _ = map(float, tourist.link["start"].split(","))
    assert 1.2 < x < 1.75
    tourist.focus(".start")
    tourist.engine.press("ArrowRight")
    tourist.engine.wait(
        "Number(new URLSearchParams(location.search).get('start').split(',')[0]) > given[0]", x
    )
    tourist.settle()
    tourist.click("#eta-slider input")
    tourist.engine.wait("document.getElementById('eta').value !== '0.25'")
    tourist.settle()
    tourist.engine.run("const e = document.getElementById('eta'); e.focus(); e.select();")
    tourist.engine.press(*"0.1", "Enter")
    tourist.expect(eta="0.1")
    tourist.focus("#eta-slider input")
    tourist.engine.press("ArrowRight")
    tourist.engine.wait("Number(new URLSearchParams(location.search).get('eta')) > 0.1")


def test_words_take_their_place_where_there_were_none(tourist: Tourist):
    tourist.open("?eta=0.2&at=20")
    seen = "document.querySelector(given[0]).checkVisibility()"
    tourist.engine.wait(seen, "#across-unit")
    assert tourist.engine.run(f"return {seen}", "#now-gap")
    tourist.click("#halve")
    tourist.expect(eta="0.1", at="80")
    tourist.engine.wait("document.getElementById('halved').textContent.startsWith('η = 0.2: ')")
    tourist.engine.wait(f"!{seen}", "#now-gap")


def test_rules_clocks_and_looks(tourist: Tourist):
    tourist.open("?at=20")
    for selector, link in (
        ('#rules label:has([value="gd"])', {"rule": "ngd,gd"}),
        ('label:has([name="clock"][value="step"])', {"clock": "step"}),
        ('label:has([name="axis"][value="log"])', {"axis": "log"}),
        ('label:has([name="strobe"][value="even"])', {"strobe": "even"}),
        ('label:has([name="look"][value="log"])', {"look": "log"}),
        ('label:has([name="look"][value="sharpness"])', {"look": "sharpness"}),
        ('label:has([name="look"][value="surface"])', {"look": "surface"}),
    ):
        tourist.click(selector)
        tourist.expect(**link)
    tourist.wait_for_ink(".solid")


def test_in_space_it_is_turned_and_enlarged(tourist: Tourist):
    tourist.open("?loss=product-3&look=surface&at=20")
    engine = tourist.engine
    seen = "document.querySelector('.solid canvas:last-of-type').toDataURL()"
    engine.wait(SHOWN, "product-3")
    tourist.wait_for_ink(".solid")

    def is_another(deed: Callable[[], None]) -> None:
        before = engine.run(f"return {seen}")
        deed()
        engine.wait(f"{seen} !== given[0]", before)

    is_another(lambda: tourist.drag(".solid", (60, 10)))
    is_another(lambda: tourist.turn(".solid", -200))
    tourist.focus(".solid [tabindex], .solid[tabindex]")
    is_another(lambda: engine.press("ArrowLeft"))
    is_another(lambda: engine.press("-"))


def test_the_landscape_is_zoomed_by_keys_wheel_button_and_hand(tourist: Tourist):
    tourist.open("?at=20")
    engine = tourist.engine
    engine.wait(SHOWN, "parabolic-valley")
    wide = engine.run(f"return {SPAN}")
    tourist.focus(".landscape .plot")
    engine.press("+")
    engine.wait(f"{SPAN} < 0.9 * given[0]", wide)
    engine.press("0")
    engine.wait(f"Math.abs({SPAN} - given[0]) < 1e-6", wide)
    tourist.turn("#landscape", -200)
    engine.wait(f"{SPAN} < 0.95 * given[0]", wide)
    engine.wait("!document.getElementById('show-all').hidden")
    tourist.click("#show-all")
    engine.wait(f"Math.abs({SPAN} - given[0]) < 1e-6", wide)


def test_every_loss_is_opened_played_and_drawn(tourist: Tourist):
    tourist.open("?loss=quadratic&steps=60")
    for loss in dynamics.LOSSES:
        tourist.choose("#loss", loss)
        tourist.engine.wait(SHOWN, loss)
        tourist.engine.run("document.activeElement.blur()")
        tourist.engine.press("ArrowRight", "ArrowRight", "ArrowRight")
        assert tourist.text("now-step") == "3", loss
        tourist.wait_for_ink(".landscape")
        tourist.wait_for_ink(".across")
        assert tourist.engine.heard() == [], loss


def test_each_plot_of_the_lab_is_made_and_a_cell_opens_on_the_stage(tourist: Tourist):
    tourist.open("lab/?size=24&steps=200&grid=9&tau=1&etas=0.2,0.1", LAB)
    engine = tourist.engine
    for plot in ("rate", "collapse", "flatness", "crowd", "regimes"):
        tourist.click(f"#tab-{plot}")
        engine.wait(f"{LAB}?.id === `panel-${{given[0]}}`", plot)
        tourist.wait_for_ink(f"#panel-{plot}")
    tourist.focus("#map-plot")
    span = "['high', 'low'].map((end) => document.getElementById(`eta-${end}`).value)"
    span = f"(([high, low]) => high / low)({span})"
    deeds = [lambda: engine.press("+"), lambda: tourist.click("#zoom-in")]
    if not isinstance(engine, WebKit):  # whose driver tells the wheel nothing of Ctrl
        deeds.append(lambda: tourist.turn("#map-plot", -200))
    whole = engine.run(f"return {span}")
    for deed in deeds:
        tourist.focus("#map-plot")
        deed()
        engine.wait(f"{span} < 0.95 * given[0] && {LAB}", whole)
        tourist.click("#zoom-whole")
        engine.wait(f"{span} > 0.99 * given[0] && {LAB}", whole)
    tourist.click("#map-plot")
    engine.arrive(f"location.pathname === '/' && {READY}")
    assert {"eta", "start"} <= set(tourist.link)


def test_the_study_is_played_stepped_and_scrubbed(tourist: Tourist):
    tourist.open("study/", STUDY)
    engine = tourist.engine
    tourist.wait_for_ink("#board")
    for deed in (
        lambda: tourist.click("#play"),
        lambda: tourist.scrub("#playhead input", -0.3),
        lambda: engine.press("ArrowRight"),
    ):
        before = tourist.text("now")
        deed()
        engine.wait("document.getElementById('now').textContent !== given[0]", before)
        if engine.run("return document.getElementById('play').title") == "Pause":
            tourist.click("#play")


# ---- what is kept ----


def kept(tourist: Tourist, press: str) -> bytes:
    """What a button gives to keep."""
    tourist.engine.run(f"kept.length = 0; document.querySelector('{press}').click()")
    tourist.engine.wait("kept.length", seconds=120)
    _, data = tourist.engine.run("return kept[0]")
    return base64.b64decode(data)


def read(form: str, data: bytes, folder: Path) -> Any:
    """What another program finds in a file."""
    file = folder / f"kept.{form}"
    file.write_bytes(data)
    if form in ("png", "gif"):
        with Image.open(file) as image:
            return image.size if form == "png" else image.n_frames  # type: ignore[attr-defined]
    if form in ("webm", "mp4"):
        return (films.webm if form == "webm" else films.mp4)(file).frames
    if form == "svg":
        return len(list(ElementTree.fromstring(data).iter()))
    if form == "npz":
        with np.load(io.BytesIO(data)) as columns:
            return dict(columns)
    if form == "csv":
        return list(csv.DictReader(data.decode().splitlines()))
    if form in ("json", "ipynb"):
        return json.loads(data)
    if form == "py":
        return compile(data, file, "exec")
    ends = {"pdf": (b"%PDF", b"%%EOF"), "html": (b"<!DOCTYPE html>", b"</html>")}[form]
    return data.startswith(ends[0]) and data.rstrip().endswith(ends[1])


def open_exports(tourist: Tourist) -> None:
    tourist.engine.run(KEEP)
    tourist.engine.press("e")
    tourist.engine.wait("document.querySelector('#export-dialog').open")
    tourist.engine.wait("document.getElementById('picture-preview').src")


def pictures(tourist: Tourist, folder: Path) -> None:
    """Each form of picture holds one."""
    for form in ("png", "svg", "pdf"):
        tourist.choose("#picture-form", form)
        seen = read(form, kept(tourist, "[data-save]"), folder)
        assert seen if form == "pdf" else np.min(seen) >= {"png": 400, "svg": 50}[form], form


def files(tourist: Tourist, folder: Path) -> dict[str, Any]:
    """What is in each file that the dialog offers, by the end of its address."""
    names = tourist.engine.run(
        "return [...document.querySelectorAll('[data-export]')]"
        ".filter((button) => button.checkVisibility()).map((button) => button.dataset.export)"
    )
    assert len(names) >= 4
    found = {}
    for name in names:
        data = kept(tourist, f'[data-export="{name}"]')
        form = name.partition("?")[0].rpartition(".")[2]
        found[name] = read(form, data, folder)
        assert found[name], name
    return found


def test_each_form_of_a_run_is_made_and_can_be_read(tourist: Tourist, tmp_path: Path):
    tourist.open("?loss=ring&eta=0.1&steps=60&at=40")
    open_exports(tourist)
    pictures(tourist, tmp_path)
    found = files(tourist, tmp_path)
    run = dynamics.simulate("ring", "ngd", None, 0.1, 60)
    assert np.array_equal(found["run.npz"]["x"], run.x)
    assert len(found["run.csv"]) == 61
    make_films(tourist, tmp_path)


def make_films(tourist: Tourist, folder: Path) -> None:
    """Each form is made, or another takes its place."""
    engine = tourist.engine
    tourist.choose("#picture-form", "gif")
    tourist.choose("#picture-speed", "0.5")
    made = "(await import(new URL('assets/js/film.mjs', location.href).href)).isMade(given[0])"
    for form in ("gif", "webm", "mp4"):
        tourist.choose("#picture-form", form)
        if engine.run(f"return {made}", form):
            assert read(form, kept(tourist, "[data-save]"), folder) > 10
        else:  # H.264 is not everywhere
            assert form == "mp4"
            engine.wait("document.getElementById('picture-form').value === 'webm'")
            assert "Film, MP4: not in this browser. Film, WebM takes its place." in tourist.text(
                "film-fault"
            )


def test_plots_of_the_lab_and_of_the_study_are_kept(tourist: Tourist, tmp_path: Path):
    tourist.open("lab/?size=24&steps=200", LAB)
    open_exports(tourist)
    pictures(tourist, tmp_path)
    found = files(tourist, tmp_path)
    assert len(found["regimes.csv"]) == 24**2
    tourist.open("study/?at=40", STUDY)
    open_exports(tourist)
    pictures(tourist, tmp_path)
    found = files(tourist, tmp_path)
    assert {row["eta"] for row in found["study.csv"]} > {"0.025"}


def test_a_page_without_a_server(tourist: Tourist, tmp_path: Path):
    file = tmp_path / "run.html"
    with urlopen(f"{tourist.home}run.html?eta=0.25&steps=96&at=10") as answer:
        file.write_bytes(answer.read())
    tourist.settle()
    tourist.engine.asked.clear()
    tourist.open(file.as_uri())
    assert tourist.text("now-step") == "10"
    tourist.engine.press("ArrowRight")
    assert tourist.text("now-step") == "11"
    assert not [url[:200] for url in tourist.engine.asked if url.startswith(tourist.home)]


# ---- in the dark, on paper ----


def test_in_the_dark_and_on_paper(tourist: Tourist, tmp_path: Path):
    tourist.open("?at=30")
    paper = "getComputedStyle(document.body).backgroundColor"
    before = tourist.engine.run(f"return {paper}")
    tourist.click("#scheme")
    tourist.engine.wait(f"{paper} !== given[0]", before)
    ground = "document.querySelector('#landscape .js-plotly-plot')._fullLayout.plot_bgcolor"
    tourist.engine.wait(f"{SETTLED} && {ground} !== '#ffffff'")
    tourist.engine.run("dispatchEvent(new Event('beforeprint'))")
    assert "step" in tourist.engine.run("return document.querySelector('.imprint').textContent")
    tourist.engine.run("dispatchEvent(new Event('afterprint'))")
    tourist.engine.wait("!document.querySelector('.imprint')")
    tourist.click("#scheme")
    tourist.settle()
    if isinstance(tourist.engine, WebKit):  # whose driver has no command that prints
        return
    file = tmp_path / "printed.pdf"
    file.write_bytes(tourist.engine.printed())
    assert re.search(rb"Pages: +1\n", answer_of("pdfinfo", file))
    words = answer_of("pdftotext", "-layout", file, "-").decode()
    assert "Normalized" in words  # of Firefox's fonts not all can be read
    assert "Share" not in words
    red, green, _ = np.moveaxis(pixels_of(answer_of("pdftoppm", "-r", 72, file)).astype(int), 2, 0)
    assert np.count_nonzero(green > red + 60) > 100  # the theorem's ink, on canvases
    assert np.count_nonzero(red > green + 60) > 100  # odd steps, and where Γ is sharp
