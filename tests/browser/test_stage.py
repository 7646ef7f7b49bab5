"""Play, step, scrub, drag, type, keys and link, as a person does it."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import dynamics
from tests.browser.stage import Stage

DESKTOP = {"width": 1366, "height": 768}


@pytest.fixture(autouse=True)
def desktop(page: Page) -> None:
    page.set_viewport_size(DESKTOP)


def test_the_whole_stage_fits_without_scrolling(stage: Stage):
    stage.open()
    for name in ("Play", "Step forward", "Step back", "Reset", "Export", "Share", "Help"):
        box = stage.button(name).bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= DESKTOP["height"]
    overflow = stage.page.evaluate("document.documentElement.scrollHeight - innerHeight")
    assert overflow <= 0


def test_names_that_programs_rely_on(stage: Stage):
    stage.open()
    for name in ("Step size η", "Playhead", "Speed"):
        expect(stage.slider(name)).to_be_visible()
    expect(stage.page.get_by_role("combobox", name="Loss", exact=True)).to_be_visible()
    expect(stage.page.get_by_role("group", name="Rules", exact=True)).to_be_visible()


def test_play_moves_and_pause_holds(stage: Stage):
    stage.open()
    stage.button("Play").click()
    stage.wait("edgewalk.stage.player.step > 12")
    stage.button("Pause").click()
    held = stage.step
    stage.page.wait_for_timeout(300)
    assert stage.step == held
    stage.expect_query(at=str(held))


def test_playing_to_the_end_stops_there_and_starts_over(stage: Stage):
    stage.open("?steps=40&at=30")
    stage.press("Space")
    expect(stage.button("Play")).to_be_visible()
    assert stage.step == 40
    stage.button("Play").click()
    stage.wait("edgewalk.stage.player.step < 30")


def test_a_loop_begins_again_at_the_end(stage: Stage):
    stage.open("?steps=12&at=9")
    stage.button("Loop").click()
    expect(stage.button("Loop")).to_have_attribute("aria-pressed", "true")
    stage.button("Play").click()
    stage.wait("edgewalk.stage.player.step < 9")
    stage.wait("edgewalk.stage.player.step > 9")
    expect(stage.button("Pause")).to_be_visible()
    stage.press("l")
    expect(stage.button("Play")).to_be_visible()
    assert stage.step == 12


def test_sharpness_falls(stage: Stage):
    stage.open("?eta=0.1&at=20")
    first = float(stage.now("sharpness"))
    stage.press("End")
    assert float(stage.now("sharpness")) < 0.5 * first
    assert abs(float(stage.now("stableness_pair")) - 1) < 0.1


def test_step_buttons_and_keys(stage: Stage):
    stage.open("?eta=0.1&at=100")
    stage.button("Step forward").click()
    assert stage.step == 101
    stage.button("Step back").click()
    stage.button("Step back").click()
    assert stage.step == 99
    stage.page.locator("h1").click()
    stage.press("ArrowRight", "Shift+ArrowRight", "ArrowLeft")
    assert stage.step == 101
    stage.button("Two forward").click()
    assert stage.step == 103
    stage.button("Two back").click()
    assert stage.step == 101
    stage.press("End")
    assert stage.step == 600
    stage.button("Two forward").click()
    assert stage.step == 600
    stage.button("Reset").click()
    assert stage.step == 0
    speed = stage.page.inner_text("#speed-words")
    stage.press("]")
    assert stage.page.inner_text("#speed-words") != speed
    stage.press("s")
    assert stage.page.evaluate("edgewalk.stage.state.view.strobe") == "even"
    stage.press("?")
    expect(stage.page.get_by_role("dialog", name="Help")).to_be_visible()


def test_space_plays_wherever_the_focus_is_but_in_fields(stage: Stage):
    stage.open("?eta=0.1&at=100")
    playing = "edgewalk.stage.player.playing"
    for name in ("Step forward", "Help", "Share"):
        stage.button(name).focus()
        stage.press("Space")
        assert stage.page.evaluate(playing)
        stage.press("Space")
        assert not stage.page.evaluate(playing)
    expect(stage.page.get_by_role("dialog")).to_have_count(0)
    stage.page.get_by_text("Noise", exact=True).first.focus()
    stage.press("Space")
    assert stage.page.evaluate(playing)
    stage.press("Space")
    step = stage.step
    stage.button("Step forward").focus()
    stage.press("Enter")
    assert stage.step == step + 1
    stage.page.locator("#rules input, [type=checkbox]").first.focus()
    stage.press("Space")
    assert not stage.page.evaluate(playing)


def test_keys_are_not_stolen_from_a_text_field(stage: Stage):
    stage.open("?eta=0.1&at=100")
    stage.page.click("#eta")
    stage.press("End", "ArrowLeft", "Home", "s", "?", "[", "Space")
    assert stage.step == 100
    assert not stage.page.evaluate("edgewalk.stage.player.playing")
    assert stage.page.input_value("#eta") == "s?[ 0.1"


def test_scrub(stage: Stage):
    stage.open("?eta=0.1")
    stage.slider("Playhead").focus()
    stage.press("ArrowRight", "ArrowRight", "ArrowRight")
    stage.wait("edgewalk.stage.player.step === 3")
    track = stage.page.locator("#playhead").bounding_box()
    assert track
    stage.page.mouse.move(track["x"] + 5, track["y"] + track["height"] / 2)
    stage.page.mouse.down()
    stage.page.mouse.move(track["x"] + track["width"] / 2, track["y"] + 3, steps=5)
    stage.page.mouse.up()
    stage.wait("Math.abs(edgewalk.stage.player.step - 300) < 12")


def test_eta_by_slider_and_by_typing(stage: Stage):
    stage.open("?eta=0.1&at=100")
    stage.slider("Step size η").focus()
    stage.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
    stage.expect_query(eta="0.0933")
    assert stage.settings["eta"] == [0.0933]
    assert stage.page.input_value("#eta") == "0.0933"
    assert stage.step == pytest.approx(100 * (0.1 / 0.0933) ** 2, abs=1)
    stage.type_into("eta", "0.05")
    stage.expect_query(eta="0.05")
    assert float(stage.slider("Step size η").input_value()) == pytest.approx(
        np.log10(0.05), abs=0.01
    )


def test_loss_and_rules(stage: Stage):
    stage.open("?eta=0.05")
    stage.page.get_by_role("combobox", name="Loss").select_option("hyperbola")
    stage.expect_query(loss="hyperbola", eta="0.05")
    expect(stage.page.locator("#formula")).to_have_text("L = ½ (1 − xy)²")
    assert stage.settings["start"] == list(dynamics.LOSSES["hyperbola"].start)
    stage.page.locator("#rules").get_by_text("GD on √L", exact=True).click()
    stage.expect_query(rule="ngd,sqrt-gd")
    assert stage.page.evaluate("edgewalk.stage.state.result.runs.length") == 2


def test_horizon_in_slow_time_and_in_steps(stage: Stage):
    stage.open("?eta=0.1").unfold()
    stage.type_into("horizon", "2")
    stage.expect_query(steps="200")
    stage.type_into("eta", "0.05")
    stage.expect_query(steps="800")
    stage.page.get_by_text("steps", exact=True).click()
    stage.type_into("horizon", "50")
    stage.expect_query(steps="50")
    stage.type_into("eta", "0.1")
    stage.expect_query(steps="50")


def test_noise_and_its_seed(stage: Stage):
    stage.open("?eta=0.1&at=200")
    ends = []
    stage.page.locator(".more summary").click()
    for noise, seed in (("0", "0"), ("0.01", "0"), ("0.01", "1"), ("0.01", "0")):
        stage.type_into("noise", noise)
        stage.type_into("seed", seed)
        ends.append(
            stage.page.evaluate("[...edgewalk.stage.state.result.runs[0].columns.x.slice(-2)]")
        )
    assert ends[1] == ends[3]
    assert ends[0] != ends[1] != ends[2]
    assert stage.query["noise"] == "0.01"


def test_the_start_by_mouse_keys_and_typing(stage: Stage):
    stage.open()
    ring = stage.page.get_by_role("button", name="Start (")
    box = ring.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x - 60, y + 40, steps=12)
    stage.page.mouse.up()
    stage.wait("location.search.includes('start=')")
    stage.settle()
    moved = stage.settings["start"]
    assert moved[0] < 1.7
    assert moved[1] < 1.0
    after = ring.bounding_box()
    assert after
    assert after["x"] - box["x"] == pytest.approx(-60, abs=2)
    assert after["y"] - box["y"] == pytest.approx(40, abs=2)
    ring.focus()
    stage.press("ArrowUp", "Shift+ArrowLeft")
    stage.page.wait_for_function(
        "([x, y]) => edgewalk.stage.state.result.settings.start[0] < x - 0.2 && "
        "edgewalk.stage.state.result.settings.start[1] > y",
        arg=moved,
    )
    assert stage.step == 0
    stage.settle()
    stage.type_into("start-1", "1.25")
    stage.wait("edgewalk.stage.state.result.settings.start[0] === 1.25")


def test_a_link_opens_what_it_says(stage: Stage):
    stage.open("?loss=ellipse&rule=sqrt-gd,gd&eta=0.04&start=0.5,1.4&steps=900&clock=eta&at=321")
    assert stage.settings["loss"] == "ellipse"
    assert stage.settings["rule"] == ["sqrt-gd", "gd"]
    assert stage.step == 321
    assert stage.page.input_value("#loss") == "ellipse"
    assert stage.page.input_value("#eta") == "0.04"
    assert stage.page.input_value("#start-1") == "0.5"
    assert stage.page.input_value("#start-2") == "1.4"
    assert stage.page.input_value("#horizon") == "900"
    checked = stage.page.get_by_role("group", name="Rules").locator("input:checked")
    assert [box.get_attribute("value") for box in checked.all()] == ["sqrt-gd", "gd"]
    assert stage.page.inner_text("#now-step") == "321"
    assert stage.query["clock"] == "eta"
    assert stage.query["steps"] == "900"


def test_share_copies_the_link(stage: Stage):
    stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.open("?eta=0.05&at=77")
    stage.button("Share").click()
    expect(stage.page.get_by_text("The link is copied")).to_be_visible()
    expect(stage.page.locator("#messages")).to_have_class("messages good")
    copied = stage.page.evaluate("navigator.clipboard.readText()")
    assert copied == stage.page.url
    assert "at=77" in copied


def test_stepping_in_a_long_run_is_exact(stage: Stage):
    stage.open("?eta=0.003&start=1.8,1.1&steps=600000&at=300001")
    stage.wait("edgewalk.stage.state.result.runs[0].window")
    assert stage.now("step") == "300,001"
    run = dynamics.simulate("parabolic-valley", "ngd", (1.8, 1.1), 0.003, 600_000)
    exact = dynamics.window(run, 300_001, 2)
    for row in range(2):
        painted = stage.page.evaluate(
            """() => {
                const run = edgewalk.stage.state.result.runs[0];
                const { part, row } = edgewalk.run.locate(run, edgewalk.stage.player.step);
                return [...part.columns.x.subarray(2 * row, 2 * row + 2)];
            }"""
        )
        assert painted == pytest.approx(exact.x[row], rel=1e-6)
        stage.button("Step forward").click()


def test_several_rules_share_the_playhead(stage: Stage):
    stage.open("?rule=ngd,sqrt-gd,gradient-flow&at=50")
    names = stage.page.evaluate("edgewalk.stage.state.result.runs.map((run) => run.rule)")
    assert names == ["ngd", "sqrt-gd", "gradient-flow"]
    stage.button("Play").click()
    stage.wait("edgewalk.stage.player.step > 60")
    stage.button("Pause").click()


def test_an_older_answer_never_overwrites_a_newer_one(stage: Stage):
    stage.open()
    held = []
    stage.page.route("**/run.bin?eta=0.2", lambda route: held.append(route))
    stage.page.fill("#eta", "0.2")
    stage.press("Enter")
    stage.wait("edgewalk.stage.requests.busy")
    for text in ("0.15", "0.12"):
        stage.page.fill("#eta", text)
        stage.press("Enter")
    stage.page.wait_for_timeout(100)
    held[0].continue_()
    stage.expect_query(eta="0.12")
    assert stage.settings["eta"] == [0.12]
    assert stage.page.input_value("#eta") == "0.12"


def test_play_moves_at_a_small_step_size(stage: Stage):
    """Six million steps: at 24 a second they would take three days."""
    stage.open("?eta=0.001")
    assert stage.page.inner_text("#speed-words") == "200,000 steps a second, 30 s in all"
    stage.button("Play").click()
    stage.wait("edgewalk.stage.player.step > 30")
    stage.button("Pause").click()
    stage.type_into("eta", "0.1")
    assert stage.page.inner_text("#speed-words") == "20 steps a second, 30 s in all"
    stage.press("Escape")
    stage.page.locator("h1").click()
    stage.press("]")
    chosen = stage.page.inner_text("#speed-words").split(", ")
    stage.type_into("eta", "0.05")
    assert stage.page.inner_text("#speed-words").split(", ")[1] == chosen[1]


def test_the_way_back_leads_through_rules_losses_and_scenes(stage: Stage):
    stage.open("?eta=0.15")
    stage.page.select_option("#loss", "hyperbola")
    stage.expect_query(loss="hyperbola", eta="0.15")
    stage.page.locator(".controls").get_by_text("GD on √L", exact=True).first.click()
    stage.expect_query(loss="hyperbola", eta="0.15", rule="ngd,sqrt-gd")
    stage.page.get_by_role("button", name="catapult").click()
    stage.wait("location.search.includes('rule=gd')")
    stage.page.go_back()
    stage.expect_query(loss="hyperbola", eta="0.15", rule="ngd,sqrt-gd")
    stage.wait("edgewalk.stage.state.result.runs.length === 2")
    stage.page.locator(".card.landscape .title").click()
    stage.page.keyboard.press("Control+z")
    stage.expect_query(loss="hyperbola", eta="0.15")
    stage.page.keyboard.press("Control+z")
    stage.expect_query(eta="0.15")
    stage.wait("edgewalk.stage.state.result.settings.loss === 'parabolic-valley'")
    stage.page.keyboard.press("Control+z")
    stage.expect_query(eta="0.15")
    stage.page.keyboard.press("Control+Shift+z")
    stage.expect_query(loss="hyperbola", eta="0.15")


def test_a_playhead_leaves_no_place_behind(stage: Stage):
    stage.open("?eta=0.2")
    before = stage.page.evaluate("history.length")
    stage.go(20)
    stage.page.keyboard.press("s")
    stage.page.fill("#eta", "0.15")
    stage.page.press("#eta", "Enter")
    stage.wait("location.search.includes('eta=0.15')")
    assert stage.page.evaluate("history.length") == before
