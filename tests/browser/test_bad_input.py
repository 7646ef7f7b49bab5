"""Bad input gets a message where the person looks, and the last good picture stays."""

import pytest
from playwright.sync_api import expect

import dynamics
from tests.browser.stage import Stage

NOT_NUMBERS = ["", "NaN", "fast", "0.1.2"]


def test_a_step_size_that_is_no_number(stage: Stage):
    stage.open("?eta=0.1&at=40&eta=0.2")
    good = [0.2, 0.1, 0.15, 0.3, 0.25]
    for text, before, after in zip(NOT_NUMBERS, good, good[1:], strict=False):
        stage.type_into("eta", text)
        expect(stage.page.get_by_text("η must be a number, got")).to_be_visible()
        assert stage.settings["eta"] == [before]
        assert stage.query["at"] == str(stage.step)
        stage.type_into("eta", str(after))
        expect(stage.page.get_by_text("η must be a number, got")).to_have_count(0)
        assert stage.settings["eta"] == [after]


def test_a_broken_link(stage: Stage):
    stage.open("?loss=hyperbole&eta=0.07&zip=1&rule=ngd,nag&at=oops")
    for words in ("Did you mean 'hyperbola'?", "‘zip’ is not a setting", "no rule called 'nag'"):
        expect(stage.page.get_by_text(words)).to_be_visible()
    assert stage.settings["loss"] == "hyperbola"
    assert stage.settings["rule"] == ["ngd"]
    assert stage.settings["eta"] == [0.07]
    assert "zip" not in stage.query


def test_a_decimal_comma_is_told(stage: Stage):
    stage.open("?eta=0.2")
    stage.type_into("eta", "0,05")
    expect(stage.page.get_by_text("Did you mean 0.05?")).to_be_visible()
    assert stage.settings["eta"] == [0.2]
    stage.type_into("start-2", "−0.5")
    stage.expect_query(start="1.8,-0.5", eta="0.2")
    expect(stage.page.locator("#eta")).to_have_value("0.2")
    stage.type_into("horizon", "−1")
    expect(stage.page.get_by_text("The horizon must be a number, 0 or more")).to_be_visible()


def test_a_step_size_out_of_range(stage: Stage):
    stage.open()
    for typed, shown in (("1e-30", 1e-12), ("1e9", 1e6)):
        stage.type_into("eta", typed)
        expect(stage.page.get_by_text("is used")).to_be_visible()
        assert float(stage.page.input_value("#eta")) == shown
        stage.type_into("eta", "0.1")
        expect(stage.page.get_by_text("is used")).to_have_count(0)


def test_a_number_of_the_wrong_sign_is_refused_at_its_field(stage: Stage):
    """As what is no number is: the run, its link and the picture stay."""
    stage.open("?eta=0.1&at=40&eta=0.2")
    for field, typed in [("eta", "-3"), ("eta", "0"), ("eta", "foo"), ("horizon", "-3")]:
        stage.type_into(field, typed)
        error = stage.page.locator(f"#{field}").locator("xpath=ancestor::*[2]")
        expect(error).to_contain_text(f"got ‘{typed}’")
        assert stage.settings["eta"] == [0.2]
        assert (stage.query["eta"], stage.step) == ("0.2", 40)


@pytest.mark.parametrize("eta", ["1e-12", "1e6"])
def test_extreme_step_sizes_are_shown(stage: Stage, eta: str):
    stage.open(f"?eta={eta}")
    assert stage.settings["eta"] == [float(eta)]
    stage.press("End")
    assert stage.now("loss") not in ("–", "NaN", "")


@pytest.mark.parametrize(("steps", "last"), [("0", 0), ("1000000000", 10_000_000)])
def test_step_counts_are_bounded(stage: Stage, steps: str, last: int):
    stage.open(f"?eta=0.001&steps={steps}")
    stage.press("End")
    assert stage.step == last
    if last:
        expect(stage.page.get_by_text("this server grants 10,000,000 steps")).to_be_visible()


def test_a_start_on_the_valley_floor(stage: Stage):
    stage.open("?start=1.5,0")
    stage.press("End")
    expect(stage.page.locator("#story")).to_contain_text("no longer moves")


def test_a_start_outside_the_domain(stage: Stage):
    stage.open("?loss=ring&eta=0.1")
    stage.type_into("start-1", "0")
    stage.type_into("start-2", "0.01")
    expect(stage.page.get_by_text("The start must lie in r > 0.1")).to_be_visible()
    assert stage.settings["start"][1] != 0.01


def test_divergence_is_a_result(stage: Stage):
    stage.open("?loss=paper-valley&rule=gd")
    stage.press("End")
    expect(stage.page.locator("#story")).to_contain_text("the run diverges")
    run = dynamics.simulate("paper-valley", "gd", None, 0.1, 800)
    expect(stage.page.locator("#story")).to_contain_text(f"GD, step {run.outcome_step}")
    assert stage.step == run.outcome_step


@pytest.mark.expects_console_errors
def test_a_server_that_is_gone(stage: Stage):
    stage.open("?eta=0.1&at=30")
    stage.page.route("**/run.bin*", lambda route: route.abort())
    stage.type_into("eta", "0.3")
    expect(stage.page.get_by_text("The server does not answer")).to_be_visible()
    assert stage.settings["eta"] == [0.1]
    assert stage.step == 30
    stage.button("Play").click()  # what is there plays on
    stage.wait("edgewalk.stage.player.step > 31")
    stage.button("Pause").click()
    # And what was asked for comes by itself.
    stage.page.unroute("**/run.bin*")
    stage.wait("edgewalk.stage.state.result.settings.eta[0] === 0.3")
    expect(stage.page.get_by_text("The server does not answer")).to_have_count(0)


def test_an_answer_that_cannot_be_read_is_told_as_that(stage: Stage):
    stage.open()
    stage.page.route("**/run.bin*", lambda route: route.fulfill(body=b"<html>a proxy's</html>"))
    stage.type_into("eta", "0.3")
    told = stage.page.get_by_text("cannot be read: not one of Edgewalk's files")
    expect(told).to_be_visible()
    assert stage.settings["eta"] == [0.25]
    stage.button("Close the message").click()
    stage.page.select_option("#loss", "ring")
    expect(told).to_be_visible()
    expect(stage.page.locator("#awaited")).to_be_hidden()  # the last picture is there again


def test_a_run_that_diverges_is_named_on_the_landscape(stage: Stage):
    stage.open("?loss=sine-valley&rule=gd&eta=0.9")
    text = "edgewalk.stage.state.result.runs[0]"
    assert stage.page.evaluate(f"{text}.outcome") == "not_finite"
    painted = """() => {
        const canvas = [...document.querySelectorAll('.card.landscape .plot > canvas')].at(-1);
        const { left, top } = edgewalk.frame.frameOf(edgewalk.stage.graphOf('landscape'));
        const [width, height] = [170, 24];
        const pen = new OffscreenCanvas(width, height).getContext('2d');
        pen.drawImage(canvas, -left - 4, -top - 4);
        const { data } = pen.getImageData(0, 0, width, height);
        let red = 0;
        for (let k = 0; k < data.length; k += 4) red += data[k] > 140 && data[k + 1] < 90;
        return red;
    }"""
    assert stage.page.evaluate(painted) == 0
    stage.press("End")
    assert stage.page.evaluate(painted) > 50
    assert "diverges" in stage.page.inner_text("#story")
    stage.button("Play").click()
    stage.wait("!edgewalk.stage.player.playing")
    assert stage.page.evaluate(painted) > 50


def test_a_message_can_be_closed(stage: Stage):
    stage.open()
    stage.page.evaluate("edgewalk.controls.say([{ field: '', text: 'Something to know.' }])")
    message = stage.page.get_by_text("Something to know.")
    expect(message).to_be_visible()
    stage.button("Close the message").click()
    expect(message).to_be_hidden()
    stage.page.evaluate("edgewalk.controls.say([{ field: '', text: 'Something to know.' }])")
    stage.press("Escape")
    expect(message).to_be_hidden()


def test_a_rule_without_a_flow_says_so_at_the_gap(stage: Stage):
    stage.open("?eta=0.1&rule=heavy-ball&at=100")
    expect(stage.page.get_by_text("Heavy ball has no limiting flow here.")).to_be_visible()
    expect(stage.button("η → η/2")).to_be_disabled()
