"""A tour of every page in Firefox and in WebKitGTK, the engine of Safari.

Chromium has all the other tests.
What is not installed is skipped, and named.
"""

import base64
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import dynamics
from benchmarks.engines import DOWN, UP, Engine, Firefox, firefox, move, rest, webkit
from benchmarks.row import UnavailableError
from tests.browser import films

READY = "document.body.matches('[data-ready][data-drawn]:not([data-veiled])')"
# The figure on screen is the one asked for last.
DRAWN = """(({ state }) => state.view.look === 'root' && state.still.of.turn === state.stood)(
  await import(new URL('assets/js/stage/state.mjs', location.href).href))"""
# The protocol of WebKit tells nothing of the console: what is said from here on is kept.
LISTEN = """
  const said = window.said = [];
  for (const name of ['error', 'warn']) console[name] = (...words) => said.push(words.join(' '));
  addEventListener('error', ({ message }) => said.push(message));
  addEventListener('unhandledrejection', ({ reason }) => said.push(String(reason)));
"""
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
  const box = document.querySelector(given[0]).getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2, box.width, box.height];
"""


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def browser(request: pytest.FixtureRequest) -> Iterator[Engine]:
    try:
        with request.param() as engine:
            yield engine
    except UnavailableError as error:
        pytest.skip(str(error))


class Tourist:
    """Who uses an engine's page by mouse and keys."""

    def __init__(self, engine: Engine, home: str):
        self.engine = engine
        self.home = home
        self.opened = False

    def open(self, path: str = "", ready: str = READY) -> None:
        self.engine.open(path if "://" in path else self.home + path)
        self.engine.run(LISTEN)
        self.opened = True
        self.engine.wait(ready)

    def said(self) -> list[str]:
        said = self.engine.run("return window.said")
        if isinstance(self.engine, Firefox):
            said += self.engine.said
            self.engine.said = []
        return said

    def click(self, selector: str) -> None:
        x, y, *_ = self.engine.run(MIDDLE, selector)
        self.engine.point(move(x, y), DOWN, UP)

    def drag(self, selector: str, by: tuple[float, float]) -> None:
        x, y, *_ = self.engine.run(MIDDLE, selector)
        path = [move(x + k * by[0] / 8, y + k * by[1] / 8, 20) for k in range(1, 9)]
        self.engine.point(move(x, y), DOWN, *path, rest(50), UP)

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
def tourist(browser: Engine, server_url: str) -> Iterator[Tourist]:
    tourist = Tourist(browser, f"{server_url}/")
    yield tourist
    if tourist.opened:
        assert tourist.said() == []


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
    x, y, width, _ = engine.run(MIDDLE, "#playhead input")
    engine.point(move(x - width / 4, y), DOWN, move(x, y, 100), UP)
    assert abs(int(tourist.text("now-step")) - 48) <= 2
    tourist.expect(at=tourist.text("now-step"))
    before, link = tourist.text("now-loss"), engine.run("return location.href")
    tourist.open("about", "document.querySelector('.claim') && document.fonts.status === 'loaded'")
    tourist.open(link)
    assert tourist.text("now-loss") == before


def test_the_start_and_the_step_size_are_moved(tourist: Tourist):
    tourist.open("?eta=0.25&lens=off")
    tourist.drag(".start", (-80, 20))
    tourist.engine.wait("new URLSearchParams(location.search).has('start')")
    x, _ = map(float, tourist.link["start"].split(","))
    assert 1.2 < x < 1.75
    tourist.engine.run("document.querySelector('.start').focus()")
    tourist.engine.press("ArrowRight")
    tourist.engine.wait(
        "Number(new URLSearchParams(location.search).get('start').split(',')[0]) > given[0]", x
    )
    tourist.click("#eta-slider input")
    tourist.engine.wait("document.getElementById('eta').value !== '0.25'")
    tourist.engine.run("const e = document.getElementById('eta'); e.focus(); e.select();")
    tourist.engine.press(*"0.1", "Enter")
    tourist.expect(eta="0.1")
    tourist.engine.run("document.querySelector('#eta-slider input').focus()")
    tourist.engine.press("ArrowRight")
    tourist.engine.wait("Number(new URLSearchParams(location.search).get('eta')) > 0.1")


def test_rules_clocks_looks_and_zoom(tourist: Tourist):
    tourist.open("?at=20")
    engine = tourist.engine
    for selector, link in (
        ('#rules label:has([value="gd"])', {"rule": "ngd,gd"}),
        ('label:has([name="clock"][value="step"])', {"clock": "step"}),
        ('label:has([name="look"][value="sharpness"])', {"look": "sharpness"}),
        ('label:has([name="look"][value="surface"])', {"look": "surface"}),
    ):
        tourist.click(selector)
        tourist.expect(**link)
    engine.wait("document.querySelector('.solid canvas')?.width > 300")
    seen = "return document.querySelector('.solid canvas:last-of-type').toDataURL()"
    before = engine.run(seen)
    tourist.drag(".solid", (60, 10))
    engine.wait(
        "document.querySelector('.solid canvas:last-of-type').toDataURL() !== given[0]", before
    )
    tourist.click('label:has([name="look"][value="root"])')
    engine.wait(DRAWN)
    graph = "document.querySelector('#landscape .js-plotly-plot')"
    span = f"(({{ range: [a, b] }}) => b - a)({graph}._fullLayout.xaxis)"
    wide = engine.run(f"return {span}")
    engine.run("document.querySelector('.landscape .plot').focus()")
    engine.press("+")
    engine.wait(f"{span} < 0.9 * given[0]", wide)
    engine.press("0")
    engine.wait(f"Math.abs({span} - given[0]) < 1e-6", wide)


def test_the_lab_opens_a_run_on_the_stage(tourist: Tourist):
    tourist.open("lab/?size=24&steps=200", "document.querySelector('.panel[data-drawn]')")
    tourist.engine.wait("!document.querySelector('.panel[data-stale]')")
    tourist.click("#map-plot")
    tourist.engine.wait("location.pathname === '/'")
    tourist.engine.wait(READY)
    tourist.engine.run(LISTEN)
    assert {"eta", "start"} <= set(tourist.link)


def test_the_study_plays(tourist: Tourist):
    tourist.open("study/", "document.body.matches('[data-drawn]')")
    tourist.engine.wait("document.getElementById('told').textContent")
    before = tourist.text("now")
    tourist.click("#play")
    tourist.engine.wait("document.getElementById('now').textContent !== given[0]", before)
    tourist.click("#play")


def kept(tourist: Tourist, press: Callable[[], None]) -> tuple[str, bytes]:
    """What a page gives to keep."""
    tourist.engine.run("kept.length = 0")
    press()
    tourist.engine.wait("kept.length", seconds=120)
    name, data = tourist.engine.run("return kept[0]")
    return name, base64.b64decode(data)


def test_each_form_is_made_and_can_be_read(tourist: Tourist, tmp_path: Path):
    tourist.open("?loss=ring&eta=0.1&steps=60&at=40")
    engine = tourist.engine
    engine.run(KEEP)
    engine.press("e")
    engine.wait("document.getElementById('picture-preview').src")
    form = "document.getElementById('picture-form')"
    engine.wait("document.querySelector('#export-dialog').open")
    engine.run("document.getElementById('picture-speed').value = '0.5'")
    # Debian's WebKitGTK does not survive being asked which videos it encodes.
    videos = ["webm"] if isinstance(engine, Firefox) else []
    for name in ["png", "svg", "pdf", "gif", *videos]:
        engine.run(
            f"{form}.value = given[0]; "
            f"{form}.dispatchEvent(new Event('change', {{ bubbles: true }}))",
            name,
        )
        _, data = kept(tourist, lambda: engine.run("document.querySelector('[data-save]').click()"))
        file = tmp_path / f"kept.{name}"
        file.write_bytes(data)
        if name in ("png", "gif"):
            with Image.open(io.BytesIO(data)) as image:
                assert image.size[0] >= 600
                assert name == "png" or image.n_frames > 10  # type: ignore[attr-defined]
        elif name == "svg":
            assert ElementTree.fromstring(data).tag.endswith("svg")
        elif name == "pdf":
            assert data.startswith(b"%PDF")
            assert data.rstrip().endswith(b"%%EOF")
        else:
            assert (films.mp4 if name == "mp4" else films.webm)(file).frames > 10
    run = dynamics.simulate("ring", "ngd", None, 0.1, 60)
    for name in ("run.npz", "run.csv", "run.json", "run.html", "run.py", "run.ipynb"):
        press = f"document.querySelector('[data-export=\"{name}\"]')?.click()"
        if not engine.run(f"return Boolean(document.querySelector('[data-export=\"{name}\"]'))"):
            continue
        _, data = kept(tourist, lambda press=press: engine.run(press))
        if name == "run.npz":
            assert zipfile.is_zipfile(io.BytesIO(data))
            with np.load(io.BytesIO(data)) as columns:
                assert np.array_equal(columns["x"], run.x)
        elif name == "run.csv":
            assert len(list(csv.DictReader(data.decode().splitlines()))) == 61
        elif name.endswith(("json", "ipynb")):
            json.loads(data)
        elif name == "run.py":
            compile(data, name, "exec")


def test_a_page_without_a_server(tourist: Tourist, tmp_path: Path):
    file = tmp_path / "run.html"
    with urlopen(f"{tourist.home}run.html?eta=0.25&steps=96&at=10") as answer:
        file.write_bytes(answer.read())
    tourist.open(file.as_uri())
    assert tourist.text("now-step") == "10"
    tourist.engine.press("ArrowRight")
    assert tourist.text("now-step") == "11"


def test_in_the_dark_and_on_paper(tourist: Tourist):
    tourist.open("?at=30")
    paper = "getComputedStyle(document.body).backgroundColor"
    before = tourist.engine.run(f"return {paper}")
    tourist.click("#scheme")
    tourist.engine.wait(f"{paper} !== given[0]", before)
    tourist.engine.run("dispatchEvent(new Event('beforeprint'))")
    assert "step" in tourist.engine.run("return document.querySelector('.imprint').textContent")
    tourist.engine.run("dispatchEvent(new Event('afterprint'))")
    tourist.engine.wait("!document.querySelector('.imprint')")
    if isinstance(tourist.engine, Firefox):
        assert tourist.engine.printed().startswith(b"%PDF")
    tourist.click("#scheme")
