"""Several runs from one start under one time bar, and η halved."""

import pytest
from playwright.sync_api import expect

import dynamics
from tests.browser.stage import Stage


def runs(stage: Stage) -> list[tuple[str, float]]:
    return [
        tuple(pair)
        for pair in stage.page.evaluate(
            "edgewalk.stage.state.result.runs.map((run) => [run.rule, run.eta])"
        )
    ]


def steps(stage: Stage) -> list[int]:
    return stage.page.evaluate("edgewalk.stage.steps()")


def test_up_to_four_step_sizes(stage: Stage):
    stage.open("?eta=0.1&at=60")
    for count in (2, 3, 4):
        stage.button("compare η/2").click()
        stage.wait(f"edgewalk.stage.state.result.runs.length === {count}")
    stage.settle()
    assert runs(stage) == [("ngd", eta) for eta in (0.1, 0.05, 0.025, 0.0125)]
    stage.expect_query(eta="0.1,0.05,0.025,0.0125", at="60")
    stage.button("compare η/2").click()
    expect(stage.page.get_by_text("At most 4 runs at once: remove one first.")).to_be_visible()
    stage.button("Remove η = 0.05").click()
    stage.expect_query(eta="0.1,0.025,0.0125")


def test_runs_meet_at_the_same_time_on_the_clock(stage: Stage):
    stage.open("?eta=0.1,0.05&at=60")
    assert steps(stage) == [60, 240]
    stage.page.get_by_role("radiogroup", name="Clock").get_by_text("t", exact=True).click()
    stage.expect_query(clock="step")
    assert steps(stage) == [60, 60]
    assert stage.page.evaluate("edgewalk.stage.player.last") == 2400
    stage.button("Go to the end").click()
    assert steps(stage) == [600, 2400]
    stage.page.get_by_role("radiogroup", name="Clock").get_by_text("ηt", exact=True).click()
    stage.wait("location.search.includes('clock=eta')")
    stage.go(60)
    assert steps(stage) == [60, 120]


def test_steps_are_those_of_the_run_in_focus(stage: Stage):
    stage.open("?eta=0.1,0.05&at=60")
    stage.page.get_by_role("group", name="Runs").get_by_text("η = 0.05", exact=True).click()
    assert stage.now("step") == "240"
    stage.press("ArrowRight")
    assert stage.now("step") == "241"
    stage.press("Shift+ArrowRight", "ArrowRight")
    assert steps(stage) == [61, 244]
    run = dynamics.simulate("parabolic-valley", "ngd", None, 0.05, 2400)
    assert float(stage.now("gap")) == pytest.approx(dynamics.measure(run).gap[244], rel=1e-3)


def test_rules_and_step_sizes_together(stage: Stage):
    stage.open("?rule=ngd,sqrt-gd&eta=0.1,0.05&at=30")
    assert runs(stage) == [("ngd", 0.1), ("ngd", 0.05), ("sqrt-gd", 0.1), ("sqrt-gd", 0.05)]
    names = stage.page.get_by_role("group", name="Runs").get_by_role("button").all_inner_texts()
    assert names[0] == "Normalized GD, η = 0.1"
    assert len(set(names) - {"×"}) == 4


def test_each_run_is_painted_in_its_own_ink(stage: Stage):
    stage.open("?loss=hyperbola&eta=0.3,0.15&start=2.6,0.9&steps=60&at=31")
    for i, (eta, step) in enumerate([(0.3, 31), (0.15, 124)]):
        x, y = dynamics.simulate("hyperbola", "ngd", (2.6, 0.9), eta, 240).x[step]
        ink = stage.page.evaluate(f"edgewalk.stage.state.inks.runs[{i}]").lstrip("#")
        assert stage.ink_at("landscape", x, y) == pytest.approx([*bytes.fromhex(ink), 255], abs=3)


def test_eta_halved_at_the_same_slow_time(stage: Stage):
    gaps = []
    for eta, step in ((0.1, 200), (0.05, 800)):
        run = dynamics.simulate("parabolic-valley", "ngd", None, eta, 4 * 600)
        gaps.append(dynamics.measure(run).gap[step])
    stage.open("?eta=0.1&at=200&clock=step")
    stage.button("η → η/2").click()
    stage.expect_query(eta="0.05", at="800")
    words = stage.page.inner_text("#halved")
    before, after = (float(part.split()[0].rstrip(",")) for part in words.split(": ")[1:])
    assert [before, after] == pytest.approx(gaps, rel=2e-3)
    assert f"{gaps[0] / gaps[1]:.1f} times less" in words
    stage.type_into("start-1", "1.7")
    assert stage.page.inner_text("#halved") == ""


def test_a_gap_is_never_set_beside_that_of_another_run(stage: Stage):
    stage.open("?eta=0.1&rule=ngd,sqrt-gd&at=200")
    stage.button("η → η/2").click()
    stage.expect_query(eta="0.05")
    stage.page.get_by_role("group", name="Runs").get_by_text("GD on √L", exact=True).click()
    expect(stage.page.locator("#halved")).to_have_text("")


def test_another_loss_stops_the_play(stage: Stage):
    stage.open()
    stage.button("Play").click()
    stage.page.get_by_role("combobox", name="Loss").select_option("hyperbola")
    stage.expect_query(loss="hyperbola")
    expect(stage.button("Play")).to_be_visible()


def test_the_playhead_comes_back_after_a_long_run_was_dragged(stage: Stage):
    stage.open("?eta=0.002&at=700000")
    ring = stage.page.get_by_role("button", name="Start (")
    ring.focus()
    stage.press("ArrowLeft", "ArrowLeft")
    stage.page.wait_for_timeout(400)
    stage.settle()
    assert stage.step == 700_000


def test_a_refused_entry_leaves_the_run_at_full_resolution(stage: Stage):
    stage.open("?eta=0.003&steps=600000&at=100")
    stage.page.evaluate("edgewalk.stage.state.query.seed = 'x'")
    stage.go(300_003)
    assert stage.now("step") == "300,003"


def test_the_run_in_focus_keeps_the_focus_of_the_keyboard(stage: Stage):
    stage.open("?eta=0.1,0.05")
    stage.page.get_by_role("group", name="Runs").get_by_text("η = 0.05", exact=True).click()
    assert stage.page.evaluate("document.activeElement.dataset.run") == "1"
    value = float(stage.slider("Step size η").input_value())
    assert 10**value == pytest.approx(0.05, rel=0.02)


def test_halving_from_the_start_looks_at_the_end(stage: Stage):
    stage.open("?steps=300&rule=sqrt-gd&eta=0.1")
    stage.button("η → η/2").click()
    stage.expect_query(eta="0.05", steps="1200", at="1200")
    expect(stage.page.locator("#halved")).to_contain_text("times less")


def test_a_dragged_step_size_is_that_of_the_run_in_focus(stage: Stage):
    stage.open("?eta=0.1,0.05")
    stage.page.get_by_role("group", name="Runs").get_by_text("η = 0.05", exact=True).click()
    stage.slider("Step size η").focus()
    stage.press("ArrowRight")
    stage.page.wait_for_timeout(300)
    stage.settle()
    assert runs(stage)[0] == ("ngd", 0.1)
    assert runs(stage)[1] != ("ngd", 0.05)
    stage.press("ArrowRight", "ArrowRight")
    stage.page.wait_for_timeout(300)
    stage.settle()
    assert runs(stage)[0] == ("ngd", 0.1)
