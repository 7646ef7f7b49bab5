"""What is painted lies where the mathematics puts it."""

import numpy as np
import pytest

import dynamics
from tests.browser.stage import Stage
from tests.catalogue import taking

# Seven steps a mark apart, so that none hides another.
RUN = {"loss": "hyperbola", "rule": "ngd", "start": (2.6, 0.9), "eta": 0.3, "steps": 60}
QUERY = "?loss=hyperbola&eta=0.3&start=2.6,0.9&steps=60&at="


EDGE = 1  # where it begins


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return dynamics.simulate(**RUN).x


def assert_painted(stage: Stage, points: np.ndarray, step: int) -> None:
    x, y = points[step]
    wanted = stage.ink("soft" if step < EDGE else "odd" if step % 2 else "even")
    assert np.allclose(stage.ink_at("landscape", x, y), wanted, atol=3)


@pytest.mark.parametrize("step", taking(2, [8, 31, 0, 1, 60]))
def test_an_iterate_is_painted_at_its_pixel_from_the_edge_on_in_its_parity_ink(
    stage: Stage, points, step: int
):
    stage.open(QUERY + str(step))
    # The start's ring would lie above the first one.
    assert_painted(stage, points, step)
    assert stage.ink_at("landscape", 0.1, -0.1)[3] == 0


def test_after_zoom_resize_scheme_and_scale(stage: Stage, points):
    stage.open(QUERY + "31")
    page = stage.page
    page.evaluate(
        "Plotly.relayout(edgewalk.stage.graphOf('landscape'),"
        " {'xaxis.range': [0.5, 3], 'yaxis.range': [0, 1.6]})"
    )
    page.wait_for_timeout(600)
    assert_painted(stage, points, 31)
    page.set_viewport_size({"width": 1100, "height": 900})
    page.wait_for_timeout(600)
    assert_painted(stage, points, 31)
    stage.button("Dark").click()
    page.wait_for_timeout(600)
    assert_painted(stage, points, 31)
    page.get_by_text("log L", exact=True).click()
    page.wait_for_timeout(600)
    assert_painted(stage, points, 31)


def test_on_another_screen(stage: Stage, points):
    """A window moved to a screen of twice the pixels, its size as before, is painted with them."""
    stage.open(QUERY + "31")
    page = stage.page
    with_canvas = "[...document.querySelectorAll('.plot > canvas')].filter((c) => c.clientWidth)"
    sizes = f"{with_canvas}.map((c) => [c.width, c.height, c.clientWidth])"
    before = page.evaluate(sizes)
    emulation = page.context.new_cdp_session(page)
    for scale in (2, 1):
        screen = {"width": 1280, "height": 720, "deviceScaleFactor": scale, "mobile": False}
        emulation.send("Emulation.setDeviceMetricsOverride", screen)
        for motion in ("reduce", "no-preference"):  # or no query is looked at again
            page.emulate_media(reduced_motion=motion)
            stage.paint()
        page.wait_for_timeout(100)
        assert page.evaluate(sizes) == [[scale * w, scale * h, wide] for w, h, wide in before]
        assert_painted(stage, points, 31)


def test_the_ghost_is_painted_on_the_valley(stage: Stage):
    run = dynamics.simulate("hyperbola", "sqrt-gd", None, 0.1, 600)
    flow = dynamics.measure(run).flow
    # Where the iterate is farthest from it and hides nothing of it.
    step = 100 + int(np.argmax(np.linalg.norm(run.x - flow, axis=1)[100:200]))
    stage.open(f"?loss=hyperbola&rule=sqrt-gd&eta=0.1&steps=600&at={step}")
    x, y = flow[step]
    assert x * y == pytest.approx(1, abs=1e-9)
    assert np.allclose(stage.ink_at("landscape", x, y), stage.ink("theory"), atol=3)


def test_sharpness_is_painted_at_its_value(stage: Stage):
    stage.open("?eta=0.1&at=300")
    run = dynamics.simulate("parabolic-valley", "ngd", None, 0.1, 600)
    value = dynamics.measure(run).projection_sharpness[300]
    assert np.allclose(stage.ink_at("sharpness", 3.0, value), stage.ink("ink"), atol=3)


def test_the_magnifier_shows_one_wall_then_the_other(stage: Stage):
    stage.open("?eta=0.1&start=1.8,1.1&at=200")
    views = []
    for _ in range(2):
        views.append(
            stage.page.evaluate(
                """() => {
                    const { result } = edgewalk.stage.state;
                    const run = result.runs[0];
                    const { part, row } = edgewalk.run.locate(run, edgewalk.stage.player.step);
                    const view = edgewalk.across.acrossView(part, row, result.profile_axis);
                    const s = part.columns.offset[row];
                    const on = view.loss(s / view.unit) * view.top;
                    return { s, on, loss: part.columns.loss[row], unit: view.unit };
                }"""
            )
        )
        stage.press("ArrowRight")
    first, second = views
    assert first["s"] * second["s"] < 0
    assert abs(first["s"]) + abs(second["s"]) == pytest.approx(0.1, rel=0.02)
    for view in views:
        assert view["unit"] == pytest.approx(0.1)
        assert view["on"] == pytest.approx(view["loss"], rel=1e-3)


def test_both_walls_are_kept_however_long_the_run(stage: Stage):
    stage.open("?eta=0.002&start=1.8,1.1&steps=1000000")
    sides = stage.page.evaluate(
        """() => {
            const run = edgewalk.stage.state.result.runs[0];
            const { step, offset } = run.columns;
            let both = 0, pairs = 0;
            for (let row = 2000; row + 1 < run.rows; row += 2) {
                pairs += step[row + 1] === step[row] + 1;
                both += offset[row] * offset[row + 1] < 0;
            }
            return [pairs, both];
        }"""
    )
    assert sides[0] == 1500
    assert sides[1] > 1400
