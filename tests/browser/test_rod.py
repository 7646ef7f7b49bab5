"""The rod beside GD, and the part of Γ that is shut to it."""

import numpy as np
import pytest
from playwright.sync_api import expect

import dynamics
from dynamics import numerals
from tests.browser.conftest import Heard
from tests.browser.stage import Stage

BLOW_UP = "?loss=self-stabilization&rule=gd"
CATAPULT = "?loss=hyperbola&rule=gd&start=2.5,0.41&eta=0.34&steps=200"


def beside(stage: Stage, name: str) -> None:
    """Choose what goes beside GD."""
    stage.unfold()
    stage.page.locator("#ghost").get_by_text(name, exact=True).click()


def pixels(stage: Stage, panel: str, ink: str) -> int:
    """How many pixels of the upper canvas of a panel have an ink."""
    return stage.page.evaluate(
        """([panel, ink]) => {
            const host = document.querySelector(`.card.${panel} .plot`);
            const canvas = [...host.querySelectorAll(':scope > canvas')].at(-1);
            const { width, height } = canvas;
            const copy = new OffscreenCanvas(width, height).getContext('2d');
            copy.drawImage(canvas, 0, 0);
            const { data } = copy.getImageData(0, 0, width, height);
            let found = 0;
            for (let k = 0; k < data.length; k += 4)
                found += ink.every((value, i) => Math.abs(data[k + i] - value) < 4);
            return found;
        }""",
        [panel, stage.ink(ink)],
    )


def test_the_rod_is_chosen_told_and_kept_in_the_link(stage: Stage) -> None:
    loss = dynamics.LOSSES["self-stabilization"]
    opening = loss.opening
    run = dynamics.simulate(
        loss.at(**opening.theta), "gd", opening.start, opening.eta, 2500, noise=opening.noise
    )
    course = dynamics.course_beside(run)
    assert course is not None
    found = dynamics.rod_along(run, course)
    stage.open(f"{BLOW_UP}&at=1530")
    expect(stage.page.locator("#rod-gap")).to_be_hidden()
    assert pixels(stage, "landscape", "rod") == 0
    beside(stage, "both")
    stage.expect_query(ghost="both", at="1530")
    expect(stage.page.locator("#rod-gap")).to_be_visible(timeout=20_000)
    told = numerals.read_number(stage.now("rod"))
    assert told == pytest.approx(found.rod_gap[1530], rel=5e-3)
    assert pixels(stage, "landscape", "rod") > 20
    assert pixels(stage, "across", "rod") > 100
    assert pixels(stage, "landscape", "theory") > 20
    beside(stage, "rod")
    stage.expect_query(ghost="rod")
    expect(stage.page.locator("#now-gap")).to_have_class("gap-value of-rod")
    assert numerals.read_number(stage.now("gap")) == pytest.approx(found.rod_gap[1530], rel=5e-3)
    assert pixels(stage, "landscape", "theory") == 0
    beside(stage, "central flow")
    stage.page.wait_for_function("!location.search.includes('ghost')")
    assert pixels(stage, "landscape", "rod") == 0
    stage.open(f"{BLOW_UP}&at=1000&ghost=both")
    expect(stage.page.locator("#now-rod")).to_have_text(f"from step {course.first:,} on")
    stage.go(2000)
    expect(stage.page.locator("#now-rod")).to_have_text(f"lost the phase at step {course.lost:,}")


def test_the_beads_stand_where_the_rod_is(stage: Stage) -> None:
    run = dynamics.simulate("hyperbola", "gd", (2.5, 0.41), 0.34, 200)
    found = dynamics.rod_along(run, dynamics.course_beside(run))
    stage.open(f"{CATAPULT}&ghost=rod&lens=off&strobe=even&at=20")
    expect(stage.page.locator("#now-gap")).to_have_class("gap-value of-rod")
    stage.wait("edgewalk.stage.state.answers.rod")
    stage.paint()
    c, reach = found.rod[20], found.rod_reach[20]
    assert np.linalg.norm(reach) > 0.05
    # The bead of even steps lies below the iterates that are shown; that of odd ones is seen.
    assert stage.ink_at("landscape", *(c - reach)) == stage.ink("rod")
    assert stage.ink_at("landscape", *c) == pytest.approx(stage.ink("rod"), abs=40)  # on its edge
    beside(stage, "central flow")
    stage.page.wait_for_function("!location.search.includes('ghost')")
    assert stage.ink_at("landscape", *(c - reach)) != stage.ink("rod")


def test_other_rules_have_none(stage: Stage) -> None:
    stage.open("?loss=hyperbola&rule=ngd&ghost=both")
    expect(stage.page.locator("#ghosts")).to_be_hidden()
    expect(stage.page.locator("#rod-gap")).to_be_hidden()
    assert pixels(stage, "landscape", "rod") == 0


PALE = """([x, y]) => {
    const host = document.querySelector('.card.landscape .plot');
    const canvas = [...host.querySelectorAll(':scope > canvas')].at(-2);
    const frame = edgewalk.frame.frameOf(edgewalk.stage.graphOf('landscape'));
    const density = canvas.width / canvas.size[0];
    const [px, py] = [frame.x(x) * density, frame.y(y) * density].map(Math.round);
    const copy = new OffscreenCanvas(1, 1).getContext('2d');
    copy.drawImage(canvas, -px, -py);
    return [...copy.getImageData(0, 0, 1, 1).data];
}"""


def test_eta_opens_and_closes_the_valley(stage: Stage, heard: Heard) -> None:
    """λ₁ = x² + 1/x² on xy = 1: at x = 3 it is 9.11, shut for η = 0.34, open for η = 0.02."""
    stage.open(f"{CATAPULT}&lens=off")
    expect(stage.page.locator("#shut")).to_be_visible()
    red, green, blue, alpha = stage.page.evaluate(PALE, [3, 1 / 3])
    assert min(red, green, blue) > 200
    assert 150 < alpha < 220
    assert stage.page.evaluate(PALE, [1.4, 1 / 1.4])[3] == 0
    asked = [url for url in heard.requests if "valley.bin" in url]
    stage.type_into("eta", "0.02")
    expect(stage.page.locator("#shut")).to_be_hidden()
    assert stage.page.evaluate(PALE, [3, 1 / 3])[3] == 0
    stage.type_into("eta", "0.34")
    expect(stage.page.locator("#shut")).to_be_visible()
    assert [url for url in heard.requests if "valley.bin" in url] == asked
    stage.open(CATAPULT.replace("rule=gd", "rule=ngd"))
    expect(stage.page.locator("#shut")).to_be_hidden()
    assert stage.page.evaluate(PALE, [3, 1 / 3])[3] == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_the_rod_is_accessible(stage: Stage, width: int) -> None:
    stage.page.set_viewport_size({"width": width, "height": 860})
    stage.open(f"{CATAPULT}&ghost=both&at=20")
    expect(stage.page.locator("#now-rod")).not_to_be_empty()
    stage.unfold()
    stage.assert_accessible_within(width)
