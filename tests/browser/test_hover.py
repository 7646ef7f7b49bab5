"""Pointing at a picture tells its step and numbers; pointing at a symbol, what it is."""

import pytest
from playwright.sync_api import expect

import dynamics
from app.stage.words import SYMBOLS
from tests.browser.stage import Stage

STEP = 100


@pytest.fixture(scope="module")
def found() -> dynamics.Measures:
    return dynamics.measure(dynamics.simulate("parabolic-valley", "ngd", None, 0.1, 600))


def point(stage: Stage, panel: str, x: float, y: float) -> None:
    """Move the mouse to a point of a plot, in data."""
    place = stage.page.evaluate(
        """([panel, x, y]) => {
            const box = document.querySelector(`.card.${panel} .plot`).getBoundingClientRect();
            const frame = edgewalk.frame.frameOf(edgewalk.stage.graphOf(panel));
            return [box.left + frame.x(x), box.top + frame.y(y)];
        }""",
        [panel, x, y],
    )
    stage.page.mouse.move(*place)


def told(stage: Stage) -> dict[str, str]:
    tip = stage.page.locator("#tip")
    expect(tip).to_be_visible()
    head = tip.locator("strong").all_inner_texts()[-1]
    rows = [row.locator("span").all_inner_texts() for row in tip.locator("p").all()]
    return {"head": head} | dict(rows)


@pytest.mark.parametrize("panel", ["landscape", "sharpness"])
def test_an_iterate_tells_its_numbers(stage: Stage, found: dynamics.Measures, panel: str):
    stage.open("?eta=0.1&at=600")
    x, y = found.x[STEP] if panel == "landscape" else (1.0, found.projection_sharpness[STEP])
    point(stage, panel, x, y)
    words = told(stage)
    step = int(words["head"].split("= ")[1].split(",")[0])
    assert step == pytest.approx(STEP, abs=0 if panel == "sharpness" else 4)
    for symbol, column in (
        ("L", "loss"),
        ("λ₁(xₜ)", "sharpness"),
        ("2/ηₜ", "threshold"),
        ("λ₁(Φ(xₜ))", "projection_sharpness"),
        ("λ₁(X(τ))", "flow_sharpness"),
        ("gap", "gap"),
        ("1/Sₜ + 1/Sₜ₊₁", "stableness_pair"),
    ):
        assert float(words[symbol]) == pytest.approx(getattr(found, column)[step], rel=1e-3)


def test_nothing_is_told_of_what_is_not_painted_yet(stage: Stage, found: dynamics.Measures):
    stage.open("?eta=0.1&at=20")
    point(stage, "landscape", *found.x[500])
    expect(stage.page.locator("#tip")).to_be_hidden()


def test_a_name_at_a_line_says_what_it_is(stage: Stage):
    stage.open("?eta=0.1&at=300")
    label = stage.page.evaluate(
        """() => {
            const box = document.querySelector('.card.sharpness .plot').getBoundingClientRect();
            return [box.right - 60, box.top];
        }"""
    )
    seen = set()
    for y in range(10, 380, 8):
        stage.page.mouse.move(label[0], label[1] + y)
        if stage.page.locator("#tip").is_visible():
            seen.add(stage.page.inner_text("#tip"))
    assert {SYMBOLS["flow_sharpness"], SYMBOLS["threshold"], SYMBOLS["threshold_mean"]} <= seen


def test_every_symbol_explains_itself_on_focus_and_under_the_pointer(stage: Stage):
    stage.open("?eta=0.1&at=300")
    symbols = stage.page.locator("dfn:visible")
    assert symbols.count() >= 10
    tip = stage.page.locator("#tip")
    for symbol in symbols.all():
        words = symbol.get_attribute("data-explains")
        symbol.focus()
        expect(tip).to_have_text(words or "")
        assert symbol.get_attribute("aria-describedby") == "tip"
        symbol.blur()
        expect(tip).to_be_hidden()
        symbol.hover()
        expect(tip).to_have_text(words or "")
    stage.press("Escape")
    expect(tip).to_be_hidden()


def test_the_magnifiers_tell_too(stage: Stage):
    stage.open("?eta=0.1&at=300")
    for panel in ("across", "along"):
        place = stage.page.evaluate(
            """(panel) => {
                const { result } = edgewalk.stage.state;
                const host = document.querySelector(`.card.${panel} .plot`);
                const box = host.getBoundingClientRect();
                for (let y = 0; y < box.height; y += 6)
                    for (let x = 0; x < box.width; x += 6) {
                        const event = { clientX: box.left + x, clientY: box.top + y };
                        host.dispatchEvent(new PointerEvent('pointermove', event));
                        if (!document.getElementById('tip').hidden) return [x, y];
                    }
                return null;
            }""",
            panel,
        )
        assert place
        assert "step t =" in stage.page.inner_text("#tip")
