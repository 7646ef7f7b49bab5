"""The crowd: its region drawn by mouse and by keys, its starts; and windows of the maps."""

import pytest
from playwright.sync_api import Browser, expect

from dynamics.crowd import Region, crowd, summary
from tests.browser.driver import context_of
from tests.browser.lab import SMALL, Lab

QUERY = "?plot=crowd&grid=9&steps=200&region=1,2,0.4,1.2&eta=0.1,0.8"

IN_WINDOW = """([x, y]) => {
    const { crowd, canvas, lab } = edgewalk;
    const host = document.getElementById('crowd-map');
    const box = crowd.mapFrame(lab.scene(lab.state), host.querySelector('canvas').size);
    return canvas.inWindow(host, [box.x.at(x), box.y.at(y)]);
}"""


def place_of(lab: Lab, x: float, y: float) -> tuple[float, float]:
    """A point of the plane, in the window."""
    across, down = lab.page.evaluate(IN_WINDOW, [x, y])
    return across, down


def drag(lab: Lab, from_: tuple[float, float], to: tuple[float, float]) -> None:
    mouse = lab.page.mouse
    mouse.move(*from_)
    mouse.down()
    mouse.move((from_[0] + to[0]) / 2, (from_[1] + to[1]) / 2)
    mouse.move(*to)
    mouse.up()
    come(lab)


def come(lab: Lab) -> None:
    """Wait until what is asked for, once the hand has rested, is there."""
    lab.wait("edgewalk.lab.isFresh(edgewalk.lab.state, edgewalk.lab.state.plot)")
    lab.settle()


def region_of(lab: Lab) -> list[float]:
    return lab.page.evaluate("edgewalk.lab.state.crowd.head.settings.region")


def test_the_curves_are_those_of_the_crowd(lab: Lab) -> None:
    lab.open(QUERY)
    rows = lab.page.evaluate(
        "edgewalk.lab.state.crowd.rows.map(({median, crossed}) => [median, crossed])"
    )
    etas = lab.page.evaluate("edgewalk.lab.state.crowd.head.etas")
    found = summary(crowd("hyperbola", "gd", Region((1.0, 0.4), (2.0, 1.2)), 9, etas, 200))
    for row, median, crossed in zip(rows, found.median_sharpness, found.share_crossed, strict=True):
        assert row == pytest.approx([median, crossed], rel=1e-6)
    expect(lab.page.locator("#crowd-words")).to_contain_text("half of the runs end where λ₁")


def test_a_region_is_drawn_by_mouse_moved_and_changed_and_the_way_back_undoes_it(lab: Lab) -> None:
    lab.open(QUERY)
    drag(lab, place_of(lab, 0.2, 1.3), place_of(lab, 0.8, 1.6))
    assert region_of(lab) == pytest.approx([0.2, 0.8, 1.3, 1.6], abs=0.02)
    drag(lab, place_of(lab, 0.5, 1.45), place_of(lab, 1.5, 0.95))
    assert region_of(lab) == pytest.approx([1.2, 1.8, 0.8, 1.1], abs=0.02)
    left, right, below, above = region_of(lab)
    drag(lab, place_of(lab, right, (below + above) / 2), place_of(lab, 2.4, 0.95))
    assert region_of(lab) == pytest.approx([left, 2.4, below, above], abs=0.02)
    assert lab.query["eta"] == "0.1,0.8"
    lab.page.go_back()
    lab.wait("edgewalk.lab.state.crowd.head.settings.region[1] < 2")
    lab.settle()
    assert region_of(lab) == pytest.approx([left, right, below, above])


def test_esc_brings_back_the_region_and_draws_no_window(lab: Lab) -> None:
    lab.open(QUERY)
    lab.page.mouse.move(*place_of(lab, 1.5, 0.8))
    lab.page.mouse.down()
    lab.page.mouse.move(*place_of(lab, 2.5, 1.2))
    assert lab.page.evaluate("edgewalk.lab.state.crowd.draft")
    lab.page.keyboard.press("Escape")
    lab.page.mouse.up()
    assert lab.page.evaluate("edgewalk.lab.state.crowd.draft") is None
    assert lab.query["region"] == "1,2,0.4,1.2"
    lab.open(f"?{SMALL}&eta=0.1,1.6")
    lab.page.mouse.move(*lab.pixel_of(10, 10))
    lab.page.mouse.down()
    lab.page.mouse.move(*lab.pixel_of(20, 30))
    lab.page.keyboard.press("Escape")
    lab.page.mouse.up()
    come(lab)
    assert lab.query["eta"] == "0.1,1.6"


def test_a_region_is_moved_and_made_larger_by_keys(lab: Lab) -> None:
    lab.open(QUERY)
    (x0, x1), _ = lab.page.evaluate("edgewalk.lab.state.crowd.head.view")
    step = (x1 - x0) / 40
    lab.map.focus()
    for _ in range(2):
        lab.page.keyboard.press("ArrowRight")
    lab.wait(f"Math.abs(edgewalk.lab.state.crowd.head.settings.region[0] - {1 + 2 * step}) < 1e-3")
    lab.page.keyboard.press("Shift+ArrowRight")
    lab.wait(f"Math.abs(edgewalk.lab.state.crowd.head.settings.region[1] - {2 + 3 * step}) < 1e-3")
    assert region_of(lab)[2:] == pytest.approx([0.4, 1.2])
    lab.settle()


def test_a_start_is_pointed_at_by_keys_and_opened_on_the_stage(lab: Lab) -> None:
    lab.open(f"{QUERY}&slice=1")
    lab.page.locator("#crowd-hand").get_by_text("a start", exact=True).click()
    lab.map.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("ArrowRight")
    expect(lab.page.locator("#crowd-start")).to_contain_text("λ₁ in the end")
    start = lab.page.evaluate(
        "(({ head, pointed }) => head.starts[pointed])(edgewalk.lab.state.crowd)"
    )
    assert start == pytest.approx([1 + 5.5 / 9, 0.8])
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_url("**/?*eta=0.8*")
    x, y = map(float, lab.query["start"].split(","))
    assert [x, y] == pytest.approx(start)


def test_a_press_on_a_start_opens_it_and_a_press_on_a_curve_puts_the_slice_there(lab: Lab) -> None:
    lab.open(QUERY)
    lab.page.locator("#crowd-shares").click(position={"x": 60, "y": 60})
    lab.settle()
    assert float(lab.query["slice"]) == pytest.approx(0, abs=0.05)
    lab.page.mouse.click(*place_of(lab, 1.5, 0.8))
    lab.page.wait_for_url("**/?*start=1.5*")


def test_a_disk_of_a_loss_of_three_has_no_start_at_its_corner(lab: Lab) -> None:
    lab.open("?plot=crowd&loss=product-3&rule=sqrt-gd&grid=7&steps=100&kind=disk")
    head = lab.page.evaluate("edgewalk.lab.state.crowd.head")
    assert len(head["cells"]) == 37
    assert lab.page.is_visible("#start")
    lab.page.locator("#kind").get_by_text("annulus", exact=True).click()
    lab.expect_query(kind="annulus")
    lab.settle()
    assert lab.page.evaluate("edgewalk.lab.state.crowd.head.cells.length") < 37


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (820, 1180), (390, 844)])
def test_the_crowd_is_accessible_in_both_schemes(
    size: tuple[int, int], browser: Browser, server_url: str
) -> None:
    context = browser.new_context(
        base_url=server_url, **context_of(size, "dark", phone=size[0] < 500)
    )
    lab = Lab(context.new_page()).open(QUERY)
    lab.assert_accessible_in_both_schemes(size[0])
    context.close()


# ---- windows of the maps ----


def test_a_window_drawn_on_the_map_is_computed_afresh_and_all_comes_back(lab: Lab) -> None:
    lab.open(f"?{SMALL}&eta=0.1,1.6&from=1,1&to=3,1")
    drag(lab, lab.pixel_of(10, 10), lab.pixel_of(20, 30))
    low, high = map(float, lab.query["eta"].split(","))
    ratio = 16 ** (1 / 39)
    assert low == pytest.approx(0.1 * ratio**10, rel=0.03)
    assert high == pytest.approx(0.1 * ratio**20, rel=0.03)
    head = lab.page.evaluate(
        "(({ head, rows }) => ({ etas: head.etas, rows }))(edgewalk.lab.state.cells)"
    )
    assert head["rows"] == len(head["etas"]) == 40, "at full resolution"
    assert head["etas"][0] == pytest.approx(low)
    assert lab.page.evaluate("edgewalk.lab.state.window") is None
    lab.button("All").click()
    lab.expect_query(eta="0.1,1.6")
    lab.settle()
    assert lab.page.evaluate("edgewalk.lab.state.cells.head.etas[0]") == pytest.approx(0.1)
    lab.page.go_back()
    lab.wait(f"Math.abs(edgewalk.lab.state.cells.head.etas[0] - {low}) < 1e-6")


def test_keys_wheel_and_buttons_zoom_too(lab: Lab) -> None:
    lab.open(f"?{SMALL}&eta=0.1,1.6")

    def decades() -> float:
        low, high = map(float, lab.query["eta"].split(","))
        return high / low

    lab.map.focus()
    lab.page.keyboard.press("+")
    come(lab)
    assert decades() == pytest.approx(4, rel=0.08)
    lab.page.keyboard.press("0")
    come(lab)
    assert decades() == pytest.approx(16)
    lab.button("Zoom in").click()
    lab.button("Zoom out").click()
    come(lab)
    assert decades() == pytest.approx(16, rel=1e-6)
    lab.page.mouse.move(*lab.pixel_of(20, 20))
    lab.page.keyboard.down("Control")
    lab.page.mouse.wheel(0, -200)
    lab.page.keyboard.up("Control")
    come(lab)
    assert 6 < decades() < 12


def test_old_cells_are_stretched_until_the_new_come(lab: Lab) -> None:
    """The answer is held up; the picture is of the window already, and then exact."""
    lab.open(f"?{SMALL}&eta=0.1,1.6&from=1,1&to=3,1")
    outer = lab.ink_at("map-plot", *lab.pixel_of(5, 35))
    held = []
    lab.page.route("**/regimes.bin*", lambda route: held.append(route))
    lab.map.focus()
    lab.page.evaluate("edgewalk.lab.dispatch({ type: 'points', cursor: { row: 2, column: 36 } })")
    for _ in range(2):
        lab.page.keyboard.press("+")
    lab.wait("edgewalk.lab.state.window")
    lab.paint()
    assert lab.ink_at("map-plot", *lab.pixel_of(20, 20)) == outer
    lab.page.wait_for_timeout(200)
    while held:
        held.pop(0).continue_()
    lab.page.unroute("**/regimes.bin*")
    lab.settle()
    assert lab.page.evaluate("edgewalk.lab.state.window") is None


def test_a_drag_along_the_orbit_diagram_zooms_along_its_axis_alone(lab: Lab) -> None:
    lab.open(f"?{SMALL}&eta=0.1,1.6&from=1,1&to=3,1")
    lab.wait("edgewalk.lab.state.orbit")
    box = lab.page.locator("#orbit-plot").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    drag(lab, (box["x"] + 0.4 * box["width"], y), (box["x"] + 0.6 * box["width"], y))
    low, high = map(float, lab.query["eta"].split(","))
    assert 0.2 < low < high < 0.9
    assert (lab.query["from"], lab.query["to"]) == ("1,1", "3,1")
    lab.wait("edgewalk.lab.state.orbit && edgewalk.lab.state.orbit.etas[0] > 0.2")
    assert lab.page.evaluate("edgewalk.lab.state.orbit.etas.length") == 600
