"""On paper: what is on screen, laid out and painted for the sheet; then all as before."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import context_of
from tests.browser.lab import Lab
from tests.browser.stage import Stage

SHEET = (1032, 703)  # A4, landscape, within its margins, in pixels of the page

# How the plots lie: what has another size than its plot, which inks, how large the whole is.
LAID_OUT = """() => {
  const shown = (part) => part.offsetParent !== null;
  const plots = [...document.querySelectorAll('.plot')].filter(shown);
  const canvases = plots.flatMap((plot) =>
    [...plot.querySelectorAll('canvas')].filter(shown).map((canvas) => [plot, canvas]));
  const graphs = plots.flatMap((plot) =>
    [...plot.querySelectorAll('.main-svg')].map((svg) => [plot, svg]));
  const extent = (parts) => {
    const boxes = parts.map((part) => part.getBoundingClientRect());
    const left = Math.min(...boxes.map((box) => box.left));
    const right = Math.max(...boxes.map((box) => box.right));
    return { wide: right - left, tall: Math.max(...boxes.map((box) => box.bottom)) };
  };
  const size = (part) => [part.clientWidth, part.clientHeight];
  const same = (one, other) => one.every((length, i) => Math.abs(length - other[i]) <= 1);
  return {
    canvases: canvases.length,
    stretched: canvases.filter(([plot, { width, height, clientWidth }]) => width &&
      !same(size(plot).map((n) => n * width / clientWidth), [width, height])).length,
    apart: graphs.filter(([plot, svg]) => !same(size(plot), size(svg))).length,
    axes: [...document.querySelectorAll('.xtick text')].map((text) => getComputedStyle(text).fill),
    paper: getComputedStyle(document.body).backgroundColor,
    density: Math.max(...canvases.map(([plot, canvas]) => canvas.width / canvas.clientWidth)),
    ...extent([...document.querySelectorAll('.card, .imprint')].filter(shown)),
  };
}"""


def begin_printing(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")


def end_printing(page: Page) -> None:
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def printed_pages(page: Page) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", page.pdf(format="A4", landscape=True)))


@pytest.fixture(params=["desktop", "phone"])
def dark(new_context, request: pytest.FixtureRequest) -> Page:
    """A page in the dark."""
    size = {"desktop": (1280, 800), "phone": (390, 844)}[request.param]
    return new_context(**context_of(size, "dark", request.param == "phone")).new_page()


def assert_for_paper(page: Page) -> None:
    now = page.evaluate(LAID_OUT)
    assert now["canvases"]
    assert now["density"] == pytest.approx(3, abs=0.02)
    assert not now["stretched"]
    assert not now["apart"]
    assert now["paper"] == "rgb(255, 255, 255)"
    assert now["wide"] <= SHEET[0]
    assert now["tall"] <= SHEET[1]
    assert set(now["axes"]) <= {"rgb(90, 96, 106)"}  # the light scheme's soft ink
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("button", name="Share")).to_be_hidden()
    expect(page.locator(".imprint")).to_contain_text(page.url)


def test_the_stage(dark: Page):
    stage = Stage(dark).open("?eta=0.1&at=300")
    dark.wait_for_function(f"() => !({LAID_OUT})().apart")  # Plotly follows a moment after
    before = dark.evaluate(LAID_OUT)
    begin_printing(dark)
    assert_for_paper(dark)
    assert stage.ink_at("landscape", 0, 0)[3] == 0
    x, y = dark.evaluate("""() => {
        const [run] = edgewalk.stage.state.result.runs;
        const row = run.columns.step.indexOf(300);
        return [run.columns.x[2 * row], run.columns.x[2 * row + 1]];
    }""")
    assert stage.ink_at("landscape", x, y)[:3] == [0x21, 0x66, 0xAC]  # even, in the light
    expect(dark.locator(".imprint")).to_contain_text("step 300")
    end_printing(dark)
    dark.wait_for_function(f"() => !({LAID_OUT})().apart")
    assert dark.evaluate(LAID_OUT) == before
    assert stage.ink_at("landscape", x, y)[:3] == [0x74, 0xAD, 0xF0]
    assert printed_pages(dark) == 1


def test_the_lab(dark: Page):
    lab = Lab(dark).open("?size=24&steps=200")
    before = dark.evaluate(LAID_OUT)
    begin_printing(dark)
    assert_for_paper(dark)
    end_printing(dark)
    lab.paint()
    assert dark.evaluate(LAID_OUT) == before
    assert printed_pages(dark) == 1
