"""The page that needs no server, opened from a disk and in a frame without an origin."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import dynamics
from tests.browser.driver import Driver

PATIENCE = 30_000


class Offline(Driver):
    """Such a page."""

    PATIENCE = PATIENCE

    def settle(self) -> None:
        self.page.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
        self.paint()

    def read(self, name: str) -> str:
        return self.page.inner_text(f"#now-{name}")


@pytest.fixture
def home() -> str:
    """It may ask for itself alone."""
    return "file://"


@pytest.fixture
def offline(page: Page, server_url: str, tmp_path: Path) -> Callable[..., Offline]:
    """Opens the page of a query from a file, with the network cut."""
    keeper = page.request

    def opened(query: str) -> Offline:
        file = tmp_path / "run.html"
        file.write_bytes(keeper.get(f"{server_url}/run.html?{query}").body())
        page.context.set_offline(True)
        page.goto(file.as_uri())
        driver = Offline(page)
        driver.settle()
        return driver

    return opened


def test_it_plays_steps_scrubs_and_explains(offline: Callable[..., Offline]) -> None:
    here = offline("eta=0.25&at=10")
    run = dynamics.simulate("parabolic-valley", "ngd", None, 0.25, 96)
    along = dynamics.measure(run)
    assert here.read("step") == "10"
    assert float(here.read("loss")) == pytest.approx(along.loss[10], rel=1e-3)
    here.page.keyboard.press("ArrowRight")
    assert float(here.read("loss")) == pytest.approx(along.loss[11], rel=1e-3)
    here.slider("Playhead").fill("60")
    assert float(here.read("sharpness")) == pytest.approx(along.sharpness[60], rel=1e-3)
    here.page.get_by_role("radiogroup", name="Clock").get_by_text("t", exact=True).click()
    here.page.get_by_role("radiogroup", name="Look").get_by_text("log L").click()
    here.page.get_by_role("radiogroup", name="Iterates").get_by_text("mid").click()
    here.button("why does it drift?").click()
    expect(here.page.locator("#story")).to_contain_text("Step 61", timeout=PATIENCE)
    here.button("Play").click()
    here.page.wait_for_function("() => Number(document.getElementById('now-step').innerText) > 61")
    here.button("Dark").click()
    expect(here.page.locator("html")).to_have_attribute("data-scheme", "dark")


def test_its_landscape_zooms_and_has_every_look(offline: Callable[..., Offline]) -> None:
    here = offline("eta=0.2&at=40")
    graph = "document.querySelector('#landscape .js-plotly-plot')"
    before = here.page.evaluate(f"{graph}._fullLayout.xaxis.range.slice()")
    here.page.locator(".card.landscape .plot").first.focus()
    here.page.keyboard.press("+")
    here.wait(f"{graph}._fullLayout.xaxis.range[0] !== {before[0]}")
    for look in ("λ₁", "3-D", "√L"):
        here.page.get_by_role("radiogroup", name="Look").get_by_text(look, exact=True).click()
        here.paint()
    here.assert_accessible_within(1280)


def test_in_space_with_several_runs(offline: Callable[..., Offline]) -> None:
    here = offline("loss=product-3&eta=0.2,0.1&steps=60&at=30")
    here.page.get_by_role("group", name="Runs").get_by_text("η = 0.1", exact=True).click()
    assert here.read("step") == "120"
    look = here.page.get_by_role("radiogroup", name="Look")
    expect(look.get_by_text("λ₁", exact=True)).to_be_hidden()


def test_in_a_frame_without_an_origin(page: Page, server_url: str, tmp_path: Path) -> None:
    """As a notebook or a learning platform shows it."""
    inner = page.request.get(f"{server_url}/run.html?at=12").text()
    quoted = inner.replace("&", "&amp;").replace('"', "&quot;")
    around = tmp_path / "course.html"
    frame = f'<iframe sandbox="allow-scripts" width=1200 height=700 srcdoc="{quoted}"></iframe>'
    around.write_text(f"<!DOCTYPE html><title>Course</title>{frame}", encoding="utf-8")
    page.goto(around.as_uri())
    inside = page.frames[-1]
    inside.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
    inside.get_by_role("button", name="Step forward").click()
    expect(inside.locator("#now-step")).to_have_text("13")


def test_a_run_whose_eta_changes_plays_and_is_explained(offline: Callable[..., Offline]) -> None:
    here = offline("eta=0.2@0,0.05@60&steps=200&at=150")
    assert float(here.read("tau")) == pytest.approx(60 * 0.2**2 + 90 * 0.05**2, rel=1e-3)
    run = dynamics.simulate("parabolic-valley", "ngd", None, "0.2@0,0.05@60", 200)
    along = dynamics.measure(run)
    assert float(here.read("sharpness")) == pytest.approx(along.sharpness[150], rel=1e-3)
    assert here.page.inner_text("#messages") == ""
    assert here.page.locator("#eta").input_value() == "0.2@0, 0.05@60"
    here.button("why does it drift?").click()
    expect(here.page.locator("#story")).to_contain_text("Step 151", timeout=PATIENCE)


def test_it_has_the_rod_that_its_link_shows(offline: Callable[..., Offline]) -> None:
    here = offline("loss=hyperbola&rule=gd&start=2.5,0.41&eta=0.34&steps=200&at=20&ghost=rod")
    run = dynamics.simulate("hyperbola", "gd", (2.5, 0.41), 0.34, 200)
    found = dynamics.rod_along(run, dynamics.course_beside(run))
    expect(here.page.locator("#now-gap")).not_to_have_text("–")
    assert float(here.read("gap")) == pytest.approx(found.rod_gap[20], rel=5e-3)
