"""The site of files, served as any host serves files, and a part of its package on a platform."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import dynamics
from app.site import write_package, write_site
from tests.browser.driver import Driver

PATIENCE = 30_000
LOSSES = ["quartic-hyperbola", "product-3"]
FIRST_ETA = 0.14

PLATFORM = """<!DOCTYPE html><title>Course</title><script>
window.told = {}, window.calls = [];
const say = (name) => (...given) => { calls.push([name, ...given]); return "true"; };
window.API = {
  LMSInitialize: say("LMSInitialize"), LMSCommit: say("LMSCommit"), LMSFinish: say("LMSFinish"),
  LMSGetValue: (name) => told[name] ?? "",
  LMSSetValue: (name, value) => { told[name] = value; return "true"; },
};
</script><iframe width=1200 height=700></iframe>"""


class Site(Driver):
    """Its stage."""

    PATIENCE = PATIENCE

    def open(self, address: str) -> "Site":
        self.page.goto(address)
        self.settle()
        return self

    def settle(self) -> None:
        self.page.wait_for_selector(
            "body[data-ready][data-drawn]:not([data-veiled]):not([data-busy])", timeout=PATIENCE
        )
        self.paint()

    def read(self, name: str) -> str:
        return self.page.inner_text(f"#now-{name}")

    @property
    def said(self) -> str:
        return self.page.inner_text("#messages")

    def choose(self, group: str, name: str) -> None:
        self.page.get_by_role("radiogroup", name=group).get_by_text(name, exact=True).click()
        self.paint()


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """A folder served by Python's own server of files; its address."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    command += ["--directory", str(folder)]
    with subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as host:
        try:
            found = re.search(r"http://[\d.:]+/", host.stdout.readline())  # type: ignore[union-attr]
            assert found
            yield found[0]
        finally:
            host.terminate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    write_site(place, LOSSES, [1.0, 0.5])
    return place


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with hosted(folder) as found:
        yield found


@pytest.fixture
def home(address: str) -> str:
    """It may ask for itself alone."""
    return address


@pytest.fixture
def site(page: Page, address: str) -> Iterator[Callable[..., Site]]:
    """Opens a link of it; nothing may be missing."""
    missing: list[str] = []
    page.on("response", lambda got: missing.append(got.url) if got.status >= 400 else None)
    yield lambda query="": Site(page).open(f"{address}{query}")
    assert not missing


def test_it_plays_what_the_server_would_say(site: Callable[..., Site]) -> None:
    here = site("?at=60")
    run = dynamics.simulate(LOSSES[0], "ngd", None, FIRST_ETA, 205)
    along = dynamics.measure(run)
    assert float(here.read("sharpness")) == pytest.approx(along.sharpness[60], rel=1e-3)
    here.page.keyboard.press("ArrowRight")
    assert float(here.read("loss")) == pytest.approx(along.loss[61], rel=1e-3)
    here.button("why does it drift?").click()
    expect(here.page.locator("#story")).to_contain_text("Step 61", timeout=PATIENCE)
    here.button("Play").click()
    here.wait("Number(document.getElementById('now-step').innerText) > 62")
    here.page.keyboard.press("End")
    assert here.read("step") == "205"


def test_its_slider_goes_through_the_step_sizes_that_are_there(site: Callable[..., Site]) -> None:
    here = site("?at=100")
    slider = here.slider("Step size η")
    slider.focus()
    slider.press("ArrowLeft")
    here.expect_query(eta="0.07")
    here.settle()
    assert here.page.locator("#eta").input_value() == "0.07"
    assert here.read("step") == "400"
    slider.press("ArrowLeft")
    here.settle()
    assert here.page.locator("#eta").input_value() == "0.07"
    assert here.said == ""
    here.page.get_by_role("group", name="Rules").get_by_text("GD on √L", exact=True).click()
    here.expect_query(rule="ngd,sqrt-gd")
    here.settle()
    assert here.page.locator("#runs [data-run]").count() == 2
    assert here.said == ""


def test_losses_scenes_looks_and_zoom(site: Callable[..., Site]) -> None:
    here = site("?at=40")
    for look in ("λ₁", "3-D", "log L"):
        here.choose("Look", look)
    graph = "document.querySelector('#landscape .js-plotly-plot')"
    before = here.page.evaluate(f"{graph}._fullLayout.xaxis.range.slice()")
    here.page.locator(".card.landscape .plot").first.focus()
    here.page.keyboard.press("+")
    here.wait(f"{graph}._fullLayout.xaxis.range[0] !== {before[0]}")
    here.button("catapult").click()
    here.expect_query(rule="gd", clock="step")
    here.settle()
    assert here.said == ""
    here.page.select_option("#loss", "product-3")
    here.expect_query(loss="product-3")
    here.settle()
    assert here.page.locator("#loss option").all_inner_texts() == [
        dynamics.LOSSES[key].name for key in LOSSES
    ]
    here.page.keyboard.press("End")
    here.settle()
    here.choose("Look", "3-D")
    here.assert_accessible_within(1280)


def test_a_link_that_is_not_held_is_told_and_the_nearest_shown(site: Callable[..., Site]) -> None:
    here = site("?eta=0.08&start=1.9,0.7&at=12&strobe=even")
    assert "needs a server" in here.said
    assert here.page.locator("#eta").input_value() == "0.07"
    assert here.read("step") == "12"
    here.page.fill("#eta", "0.11")
    here.page.keyboard.press("Enter")
    here.wait("document.getElementById('messages').innerText.includes('η = 0.11')")
    assert here.page.locator("#eta").input_value() == "0.14"
    here = site("?loss=none&eta=much")
    assert "no loss called ‘none’" in here.said
    assert "must be numbers" in here.said


def test_what_needs_a_server_is_not_there(site: Callable[..., Site]) -> None:
    here = site()
    for name in ("#critical", "#flattest", "#three-clocks", ".start"):
        expect(here.page.locator(name)).to_be_hidden()
    expect(here.page.get_by_role("link", name="Lab", exact=True)).to_have_count(0)
    here.page.locator(".more summary").click()
    expect(here.page.get_by_role("link", name="How to have all of it")).to_be_visible()
    for name in ("Horizon", "Noise", "Seed"):
        expect(here.page.get_by_label(name, exact=True)).to_be_hidden()


def test_a_picture_is_kept_without_a_server(site: Callable[..., Site]) -> None:
    here = site("?at=100")
    here.page.keyboard.press("e")
    here.page.select_option("#picture-form", "pdf")
    with here.page.expect_download() as got:
        here.page.locator("[data-save]").click()
    assert got.value.path().read_bytes()[:5] == b"%PDF-"


def test_about_moves_and_says_how_to_have_all(site: Callable[..., Site], address: str) -> None:
    here = site()
    here.page.get_by_role("link", name="About", exact=True).click()
    inside = here.page.frame_locator(".picture")
    expect(inside.get_by_role("button", name="Pause")).to_be_visible(timeout=PATIENCE)
    expect(here.page.get_by_role("heading", name="What needs a server")).to_be_visible()
    here.button("Dark").click()
    expect(here.page.locator("html")).to_have_attribute("data-scheme", "dark")
    here.page.get_by_role("link", name="Stage", exact=True).click()
    here.settle()
    assert here.page.url.startswith(f"{address}index.html")


def test_on_a_phone(new_context: Callable[..., BrowserContext], address: str) -> None:
    page = new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    here = Site(page).open(address)
    here.button("Step forward").click()
    assert here.read("step") == "1"
    here.assert_accessible_within(390)


@pytest.fixture(scope="module")
def course(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a platform unpacks it, and a page around it."""
    place = tmp_path_factory.mktemp("course")
    file = write_package(folder, LOSSES)
    with zipfile.ZipFile(file) as zipped:
        zipped.extractall(place)
    file.unlink()
    (place / "course.html").write_text(PLATFORM, encoding="utf-8")
    return place


class TestOnAPlatform:
    """A part of the package in a frame of a page that has the API."""

    @pytest.fixture
    def address(self, course: Path) -> Iterator[str]:
        with hosted(course) as found:
            yield found

    def test_a_scene_reports_that_it_was_seen(self, page: Page, address: str) -> None:
        page.goto(f"{address}course.html")
        page.evaluate("document.querySelector('iframe').src = '02-quartic-hyperbola.html'")
        inside = page.frame_locator("iframe")
        inside.locator("body[data-ready][data-drawn]:not([data-veiled])").wait_for(timeout=PATIENCE)
        assert "catapult" in (inside.locator("title").text_content() or "")
        expect(inside.get_by_role("link", name="About", exact=True)).to_have_count(0)
        page.wait_for_function("told['cmi.core.lesson_status'] === 'incomplete'")
        inside.get_by_role("slider", name="Playhead").fill("600")
        page.wait_for_function("told['cmi.core.lesson_status'] === 'completed'", timeout=PATIENCE)
        page.evaluate("document.querySelector('iframe').src = 'about:blank'")
        page.wait_for_function("calls.at(-1)[0] === 'LMSFinish'", timeout=PATIENCE)
        told = page.evaluate("told")
        scores = [told[f"cmi.core.score.{name}"] for name in ("min", "raw", "max")]
        assert scores == ["0", "100", "100"]
        assert re.fullmatch(r"\d{4}:\d\d:\d\d", told["cmi.core.session_time"])
        assert page.evaluate("calls.map(([name]) => name)")[0] == "LMSInitialize"
