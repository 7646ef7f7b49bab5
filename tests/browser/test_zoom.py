"""Zoom is honest: both walls at every level, the run in full where one looks, and it survives."""

import pytest
from playwright.sync_api import expect

import dynamics
from tests.browser.stage import Stage
from tests.catalogue import taking

LONG = "?eta=0.002&steps=1000000&at=1000000"
MIDDLE = 500_000


@pytest.fixture(scope="module")
def middle() -> dynamics.Run:
    run = dynamics.simulate("parabolic-valley", "ngd", None, 0.002, 1_000_000)
    return dynamics.window(run, MIDDLE, 4)


def zoom(stage: Stage, panel: str, x: tuple[float, float], y: tuple[float, float]) -> None:
    stage.page.evaluate(
        "([panel, x, y]) => Plotly.relayout(edgewalk.stage.graphOf(panel),"
        " { 'xaxis.range': x, 'yaxis.range': y })",
        [panel, x, y],
    )


def detail(stage: Stage, panel: str) -> None:
    stage.wait(f"(edgewalk.stage.state.result.runs[0].details || {{}})['{panel}']")
    stage.page.wait_for_timeout(100)


# Around the iterate of step 500,000: half-widths in x and y.
LEVELS = [(0.9, 1.0), (0.05, 0.004), (0.0002, 0.003)]


@pytest.mark.parametrize("level", taking(2, [0, 2, 1]))
def test_both_walls_on_the_landscape(stage: Stage, middle: dynamics.Run, level: int):
    stage.open(LONG)
    x = float(middle.x[0, 0])
    wide, high = LEVELS[level]
    zoom(stage, "landscape", (x - wide, x + wide), (-high, high))
    if level:
        detail(stage, "landscape")
    else:
        stage.page.wait_for_timeout(500)
    seen = stage.inks_in("landscape")
    assert seen["even"] > 100
    assert seen["odd"] > 100


@pytest.mark.parametrize("width", taking(2, [3.9, 0.0002, 0.1]))
def test_both_walls_on_the_sharpness_panel(stage: Stage, width: float):
    stage.open(LONG)
    low = 2.0 - width / 2
    zoom(stage, "sharpness", (low, low + width), (0, 6))
    if width < 2:
        detail(stage, "sharpness")
    seen = stage.inks_in("sharpness")
    assert seen["even"] > 150
    assert seen["odd"] > 150


def test_a_deep_zoom_shows_every_step_where_it_is(stage: Stage, middle: dynamics.Run):
    stage.open(LONG)
    tau = 0.002**2 * MIDDLE
    zoom(stage, "sharpness", (tau - 1e-4, tau + 1e-4), (0, 6))
    detail(stage, "sharpness")
    rows = stage.page.evaluate(
        """(first) => {
            const part = edgewalk.stage.state.result.runs[0].details.sharpness;
            const row = edgewalk.run.rowAt(part, first);
            const { step, x } = part.columns;
            return { rows: part.rows, steps: [...step.subarray(row, row + 4)],
                     x: [...x.subarray(2 * row, 2 * row + 8)] };
        }""",
        MIDDLE,
    )
    assert rows["rows"] == pytest.approx(51, abs=2)
    assert rows["steps"] == [MIDDLE + k for k in range(4)]
    assert rows["x"] == pytest.approx(middle.x.ravel().tolist(), rel=1e-6)


def test_a_zoom_survives_another_eta_and_a_detail_follows(stage: Stage):
    stage.open("?eta=0.004&steps=300000")
    zoom(stage, "landscape", (1.0, 1.2), (-0.01, 0.01))
    zoom(stage, "sharpness", (1.0, 1.5), (1, 3))
    detail(stage, "landscape")
    detail(stage, "sharpness")
    stage.type_into("eta", "0.003")
    detail(stage, "landscape")
    for panel, ranges in (
        ("landscape", [[1.0, 1.2], [-0.01, 0.01]]),
        ("sharpness", [[1.0, 1.5], [1, 3]]),
    ):
        now = stage.page.evaluate(
            """(panel) => {
                const { rangeX, rangeY } = edgewalk.frame.frameOf(edgewalk.stage.graphOf(panel));
                return [rangeX, rangeY];
            }""",
            panel,
        )
        assert [pytest.approx(side) for side in ranges] == now


def test_axes_stay_while_eta_is_dragged(stage: Stage):
    stage.open()
    script = """['landscape', 'sharpness'].map((panel) => {
        const { rangeX, rangeY } = edgewalk.frame.frameOf(edgewalk.stage.graphOf(panel));
        return [rangeX, rangeY];
    })"""
    before = stage.page.evaluate(script)
    stage.slider("Step size η").focus()
    stage.press(*["ArrowLeft"] * 8)
    stage.page.wait_for_timeout(400)
    stage.settle()
    assert stage.settings["eta"] != [0.1]
    assert stage.page.evaluate(script) == before


@pytest.mark.parametrize("clock", ["step", "eta", "tau"])
@pytest.mark.parametrize("axis", taking(1, ["log", "linear"]))
def test_every_clock_paints_sharpness_at_its_time(stage: Stage, clock: str, axis: str):
    stage.open(f"?eta=0.1&at=300&clock={clock}&axis={axis}")
    run = dynamics.simulate("parabolic-valley", "ngd", None, 0.1, 600)
    time = 300 * {"step": 1, "eta": 0.1, "tau": 0.01}[clock]
    value = dynamics.measure(run).projection_sharpness[300]
    assert stage.ink_at("sharpness", time, value) == pytest.approx(stage.ink("ink"), abs=3)


def test_a_clock_and_an_axis_chosen_are_in_the_link(stage: Stage):
    stage.open("?eta=0.1&at=300")
    stage.page.get_by_role("radiogroup", name="Time axis").get_by_text("log time").click()
    stage.page.get_by_role("radiogroup", name="Clock").get_by_text("ηt", exact=True).click()
    stage.expect_query(axis="log", clock="eta", at="300")
    title = "edgewalk.stage.graphOf('sharpness')._fullLayout.xaxis.title.text"
    assert stage.page.evaluate(title) == "time ηt"


@pytest.mark.parametrize("panel", ["landscape", "sharpness"])
def test_zoom_and_pan_by_keyboard(stage: Stage, panel: str):
    stage.open("?eta=0.1&at=300")
    script = f"edgewalk.frame.frameOf(edgewalk.stage.graphOf('{panel}'))"

    def ranges() -> list[list[float]]:
        return stage.page.evaluate(
            f"(() => {{ const f = {script}; return [f.rangeX, f.rangeY]; }})()"
        )

    whole = ranges()
    stage.page.get_by_role("group", name=panel.capitalize()).focus()
    stage.press("+")
    near = ranges()
    for (low, high), (a, b) in zip(whole, near, strict=True):
        assert b - a == pytest.approx(0.7 * (high - low))
        if panel == "sharpness":  # the landscape zooms about the iterate
            assert a + b == pytest.approx(low + high)
    stage.press("ArrowRight", "ArrowUp")
    moved = ranges()
    for (a, b), (p, q) in zip(near, moved, strict=True):
        assert p - a == pytest.approx(0.1 * (b - a))
        assert q - p == pytest.approx(b - a)
    assert stage.step == 300
    stage.press("0")
    for _ in range(50):
        if ranges() == [pytest.approx(side) for side in whole]:
            break
        stage.page.wait_for_timeout(100)
    assert ranges() == [pytest.approx(side) for side in whole]


def test_plus_zooms_about_the_iterate_and_all_can_be_shown(stage: Stage):
    stage.open("?eta=0.1&at=60")
    show_all = stage.button("show all")
    expect(show_all).to_be_hidden()
    where = """() => {
        const frame = edgewalk.frame.frameOf(edgewalk.stage.graphOf('landscape'));
        const run = edgewalk.stage.state.result.runs[0];
        const { part, row } = edgewalk.run.locate(run, edgewalk.stage.steps()[0]);
        const [x, y] = part.columns.x.subarray(2 * row, 2 * row + 2);
        return [frame.x(x), frame.y(y), frame.rangeX[1] - frame.rangeX[0]];
    }"""
    x, y, wide = stage.page.evaluate(where)
    stage.page.locator(".card.landscape .plot").focus()
    stage.press("+", "+", "+")
    stage.wait(f"({where})()[2] < {0.4 * wide}")
    near = stage.page.evaluate(where)
    assert near[:2] == pytest.approx([x, y], abs=0.5)
    assert near[2] == pytest.approx(0.7**3 * wide)
    show_all.click()
    stage.wait(f"({where})()[2] > {0.99 * wide}")
    expect(show_all).to_be_hidden()
