"""η that changes on the way: in the link, in its field, and while the run plays."""

import pytest
from playwright.sync_api import expect

import dynamics
from dynamics import numerals
from tests.browser.stage import Stage

WORDS = "0.2@0,0.05@400"
QUERY = f"?eta={WORDS}&steps=1000"


def test_a_link_with_a_schedule(stage: Stage) -> None:
    stage.open(f"{QUERY}&at=700")
    assert stage.page.locator("#eta").input_value() == "0.2@0, 0.05@400"
    assert float(stage.now("tau")) == pytest.approx(400 * 0.2**2 + 300 * 0.05**2, rel=1e-3)
    run = dynamics.simulate("parabolic-valley", "ngd", None, WORDS, 1000)
    measures = dynamics.measure(run)
    assert float(stage.now("sharpness")) == pytest.approx(measures.sharpness[700], rel=1e-3)
    assert numerals.read_number(stage.now("gap")) == pytest.approx(measures.gap[700], rel=2e-3)
    assert stage.page.evaluate("edgewalk.stage.player.last") == 1000
    stage.expect_query(eta=WORDS, steps="1000", at="700")


def test_the_slider_is_at_the_eta_of_the_playhead(stage: Stage) -> None:
    stage.open(f"{QUERY}&at=700")
    slider = stage.page.get_by_role("slider", name="Step size η")
    expect(slider).to_have_attribute("aria-valuetext", "0.05")


def test_a_schedule_is_typed_and_taken_back(stage: Stage) -> None:
    stage.open("?eta=0.2&steps=1000&at=300")
    stage.type_into("eta", "0.2, 0.05@400")
    stage.expect_query(eta=WORDS, at="300")
    expect(stage.button("compare η/2")).to_be_disabled()
    expect(stage.button("η → η/2")).to_be_disabled()
    stage.type_into("eta", "0.2@0, 0.05@30x")
    expect(stage.page.get_by_text("must be a whole number")).to_be_visible()
    stage.type_into("eta", "0.1")
    stage.expect_query(eta="0.1")
    expect(stage.button("compare η/2")).to_be_enabled()


def test_several_rules_take_one_schedule(stage: Stage) -> None:
    stage.open(f"{QUERY}&rule=ngd,sqrt-gd&at=700&clock=tau")
    assert stage.page.evaluate("edgewalk.stage.steps()") == [700, 700]


def test_eta_dragged_while_it_plays_holds_from_there(stage: Stage) -> None:
    stage.open("?eta=0.2&steps=4000")
    stage.unfold()
    keep_going = stage.page.locator("#keep-going")
    keep_going.click()
    expect(keep_going).to_have_attribute("aria-pressed", "true")
    stage.button("Play").click()
    stage.wait("edgewalk.stage.player.step > 20")
    slider = stage.page.get_by_role("slider", name="Step size η")
    slider.fill("-1.3")
    stage.wait("edgewalk.stage.state.result.settings.schedule")
    stage.button("Pause").click()
    stage.settle()
    (first, begin), (later, step) = stage.settings["schedule"]
    assert (first, begin, later) == (0.2, 0, 0.0501)
    assert 20 < step <= stage.step
    stage.expect_query(eta=f"0.2@0,0.0501@{step}")
    assert stage.settings["steps"] == 4000
    stage.go(step + 1)
    run = dynamics.simulate("parabolic-valley", "ngd", None, f"0.2@0,0.0501@{step}", 4000)
    measures = dynamics.measure(run)
    assert float(stage.now("sharpness")) == pytest.approx(measures.sharpness[step + 1], rel=1e-3)
    expect(slider).to_have_attribute("aria-valuetext", "0.0501")


def test_without_it_a_drag_begins_anew(stage: Stage) -> None:
    stage.open(f"{QUERY}&at=500")
    stage.page.get_by_role("slider", name="Step size η").fill("-1")
    stage.wait("!edgewalk.stage.state.result.settings.schedule")
    stage.settle()
    assert stage.settings["eta"] == [0.1]
