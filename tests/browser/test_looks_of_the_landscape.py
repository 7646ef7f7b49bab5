"""The landscape's other looks: the sharpness map and the surface; strobe; the magnifier along Γ."""

import numpy as np
import pytest
from playwright.sync_api import expect

import dynamics
from tests.browser.stage import Stage
from tests.catalogue import taking

# The colour of the ground at a point: the lightest pixel around, since a line is as wide as one.
GROUND = """([x, y]) => {
    const host = document.querySelector('.card.landscape .plot');
    const canvas = host.querySelector(':scope > canvas');
    const frame = edgewalk.frame.frameOf(edgewalk.stage.graphOf('landscape'));
    const density = canvas.width / host.clientWidth;
    const pen = new OffscreenCanvas(3, 3).getContext('2d');
    const at = [frame.x(x), frame.y(y)].map((place) => 1 - Math.round(place * density));
    pen.drawImage(canvas, ...at);
    const { data } = pen.getImageData(0, 0, 3, 3);
    const around = Array.from({ length: 9 }, (_, k) => [...data.subarray(4 * k, 4 * k + 4)]);
    const light = ([red, green, blue]) => red + green + blue;
    return around.reduce((best, one) => (light(one) > light(best) ? one : best));
}"""
WHITE = [255, 255, 255, 255]


def choose(stage: Stage, group: str, name: str) -> None:
    stage.page.get_by_role("radiogroup", name=group).get_by_text(name, exact=True).click()


def test_the_sharpness_map_is_white_where_it_is_the_threshold(stage: Stage):
    stage.open("?eta=0.5&rule=gd&start=1.2,0.3&steps=40&look=sharpness")
    stage.wait("edgewalk.stage.scene().heights")
    stage.page.wait_for_timeout(300)
    # λ₁ = 4 on the axis y = 0 at x = √3.
    edge = np.sqrt(3)
    assert stage.page.evaluate(GROUND, [edge, 0.0]) == WHITE
    assert stage.page.evaluate(GROUND, [edge - 0.1, 0.0]) != WHITE
    flat = stage.page.evaluate(GROUND, [0.0, 0.05])
    sharp = stage.page.evaluate(GROUND, [2.2, 1.2])
    assert flat[2] > flat[0]
    assert sharp[0] > sharp[2]


def test_the_white_line_follows_the_playhead(stage: Stage):
    stage.open("?eta=0.1&look=sharpness&at=100")
    stage.wait("edgewalk.stage.scene().heights")
    found = dynamics.measure(dynamics.simulate("parabolic-valley", "ngd", None, 0.1, 600))
    for step in (100, 400):
        stage.go(step)
        stage.page.wait_for_timeout(100)
        x = float(np.sqrt(found.threshold_mean[step] - 1))
        assert stage.page.evaluate(GROUND, [x, 0.0]) == WHITE


SURFACE = """() => {
    const { result } = edgewalk.stage.state;
    const canvases = document.querySelectorAll('.solid canvas');
    const { width, height } = canvases[0];
    const count = (canvas) => {
        const pen = new OffscreenCanvas(width, height).getContext('2d');
        pen.drawImage(canvas, 0, 0);
        const { data } = pen.getImageData(0, 0, width, height);
        let painted = 0;
        for (let k = 3; k < data.length; k += 4) painted += data[k] > 0;
        return painted / (width * height);
    };
    return [...canvases].map(count);
}"""


def test_the_surface_is_painted_with_the_iterates_on_it(stage: Stage):
    stage.open("?eta=0.1&at=300")
    choose(stage, "Look of the landscape", "3-D")
    stage.expect_query(look="surface")
    solid = stage.page.get_by_role("img", name="The landscape in space")
    expect(solid).to_be_visible()
    stage.wait("edgewalk.stage.scene().heights")
    stage.page.wait_for_timeout(300)
    still, now = stage.page.evaluate(SURFACE)
    assert still > 0.12
    assert now > 0.001
    expect(stage.page.get_by_role("button", name="Start (")).to_be_hidden()
    choose(stage, "Look of the landscape", "√L")
    expect(solid).to_be_hidden()
    expect(stage.page.get_by_role("button", name="Start (")).to_be_visible()


def test_the_surface_turns_by_key_and_by_mouse(stage: Stage):
    stage.open("?eta=0.1&at=300&look=surface")
    stage.wait("edgewalk.stage.scene().heights")
    solid = stage.page.get_by_role("img", name="The landscape in space")
    looks = "[...document.querySelectorAll('.solid canvas')].map((c) => c.toDataURL()).join()"
    seen = [stage.page.evaluate(looks)]
    solid.focus()
    for key in ("ArrowLeft", "ArrowUp", "+"):
        stage.press(key)
        seen.append(stage.page.evaluate(looks))
    box = solid.bounding_box()
    assert box
    stage.page.mouse.move(box["x"] + 200, box["y"] + 150)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 260, box["y"] + 150, steps=4)
    stage.page.mouse.up()
    seen.append(stage.page.evaluate(looks))
    assert len(set(seen)) == len(seen)
    assert stage.step == 300


# Of a picture of the surface: its size, how far its middle is off, as shares of it, and how many
# pixels of its upper right quarter, where the surface has an edge and no axis lies, are neither
# full nor empty.
KEPT = """async (size) => {
  const image = new Image();
  image.src = edgewalk.stage.surfacePicture(size, edgewalk.stage.scene());
  await image.decode();
  const { width, height } = image;
  const pen = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const inked = Array.from({ length: width * height }, (_, k) => k).filter((k) => data[4 * k + 3]);
  const middle = (values) => (Math.min(...values) + Math.max(...values) + 1) / 2;
  const off = (values, length) => middle(values) / length - 0.5;
  const columns = [...new Set(inked.map((k) => k % width))];
  const rows = [...new Set(inked.map((k) => Math.floor(k / width)))];
  const isUpperRight = (k) => k % width > width / 2 && k < (width * height) / 2;
  const soft = inked.filter((k) => isUpperRight(k) && data[4 * k + 3] < 240).length;
  return { size: [width, height], off: [off(columns, width), off(rows, height)], soft };
}"""


def test_a_picture_of_the_surface_is_painted_for_its_own_size(stage: Stage):
    stage.open("?eta=0.1&at=300&look=surface")
    stage.wait("edgewalk.stage.scene().heights")
    for size in ([400, 240], [240, 300]):
        kept = stage.page.evaluate(KEPT, size)
        assert kept["size"] == [2 * length for length in size]
        assert max(abs(share) for share in kept["off"]) < 0.01
        assert kept["soft"] > 100


@pytest.mark.parametrize(
    ("strobe", "even", "odd"),
    taking(2, [("all", 1, 1), ("odd", 0, 1), ("even", 1, 0), ("midpoints", 0, 0)]),
)
def test_the_strobe_holds_on_every_panel(stage: Stage, strobe: str, even: int, odd: int):
    stage.open(f"?eta=0.18&start=1.8,1.12&at=120&strobe={strobe}")
    for panel in ("landscape", "sharpness"):
        seen = stage.inks_in(panel)
        assert (seen["even"] > 100, seen["odd"] > 100) == (bool(even), bool(odd))
    seen = stage.inks_in("across", -1)
    assert (seen["even"] > 30, seen["odd"] > 30) == (bool(even), bool(odd))


# Of the canvas of the landscape that is painted afresh: how far apart even and odd ink lie in the
# lens, as a share of its width.
APART = """() => {
    const lens = document.querySelector('.lens').getBoundingClientRect();
    const canvas = [...document.querySelectorAll('.card.landscape .plot > canvas')].at(-1);
    const edge = canvas.getBoundingClientRect();
    const fine = canvas.width / edge.width;
    const side = Math.round(lens.width * fine);
    const place = [lens.left - edge.left, lens.top - edge.top].map((z) => Math.round(z * fine));
    const { data } = canvas.getContext('2d').getImageData(...place, side, side);
    const { inks } = edgewalk.stage.scene();
    const middles = ['even', 'odd'].map((name) => {
        const wanted = [1, 3, 5].map((j) => parseInt(inks[name].slice(j, j + 2), 16));
        let [sum, count] = [0, 0];
        for (let k = 0; k < data.length; k += 4) {
            if (wanted.some((c, j) => Math.abs(data[k + j] - c) > 8)) continue;
            sum += Math.floor(k / 4 / side);
            count += 1;
        }
        return { at: sum / count / side, count };
    });
    return { apart: Math.abs(middles[0].at - middles[1].at), counts: middles.map((m) => m.count) };
}"""


@pytest.mark.parametrize(("eta", "at"), [(0.1, 120), (0.03, 900), (0.003, 60000)])
def test_the_hop_fills_a_third_of_the_lens_at_every_step_size(stage: Stage, eta: float, at: int):
    stage.open(f"?eta={eta}&start=1.8,1.1&at={at}")
    stage.wait(
        "!edgewalk.stage.state.result.part && document.querySelector('.lens').offsetWidth > 80"
    )
    found = stage.page.evaluate(APART)
    assert min(found["counts"]) > 20
    assert 0.2 < found["apart"] < 0.36


def test_the_lens_is_moved_by_hand_and_by_keys_and_put_away(stage: Stage):
    stage.open("?eta=0.1&at=120")
    lens = stage.page.locator(".lens")
    before = lens.bounding_box()
    stage.page.mouse.move(before["x"] + 60, before["y"] + 60)
    stage.page.mouse.down()
    stage.page.mouse.move(before["x"] + 160, before["y"] + 90, steps=3)
    stage.page.mouse.up()
    moved = lens.bounding_box()
    assert moved["x"] > before["x"] + 40
    assert lens.get_attribute("aria-pressed") == "true"
    lens.press("ArrowRight")
    assert lens.bounding_box()["x"] > moved["x"]
    lens.press("Enter")
    stage.expect_query(at="120", lens="off")
    assert lens.bounding_box()["width"] < 40
    stage.page.keyboard.press("m")
    stage.expect_query(at="120")
    assert lens.bounding_box()["width"] > 80
    stage.page.get_by_text("3-D", exact=True).click()
    stage.wait("edgewalk.stage.scene().heights")
    stage.wait("document.querySelector('.solid')?.hidden === false")
    lens.press("Enter")  # it is there in space too
    assert lens.bounding_box()["width"] < 40


UNITS = """() => {
    const { x, y, rangeX, rangeY } = edgewalk.frame.frameOf(edgewalk.stage.graphOf('landscape'));
    return { units: [x(1) - x(0), y(0) - y(1)], ranges: [rangeX, rangeY] };
}"""


def test_a_ring_is_round_in_every_window(stage: Stage):
    stage.open("?loss=ring&eta=0.1")
    for width, height in ((1280, 800), (1700, 620), (390, 844)):
        stage.page.set_viewport_size({"width": width, "height": height})
        stage.settle()
        seen = stage.page.evaluate(UNITS)
        assert seen["units"][0] == pytest.approx(seen["units"][1], rel=1e-6)
        for (low, high), (least, most) in zip(
            seen["ranges"], ((-1.9, 1.9), (-1.5, 1.5)), strict=True
        ):
            assert low <= least + 1e-6
            assert high >= most - 1e-6
    stage.page.set_viewport_size({"width": 1280, "height": 800})


def test_beads_slide_along_the_valley(stage: Stage):
    """Γ of the parabolic valley is a straight line, its length from the flattest point is |x|."""
    stage.open("?eta=0.1&at=50")
    found = dynamics.measure(dynamics.simulate("parabolic-valley", "ngd", None, 0.1, 600))
    for step in (50, 200, 550):
        stage.go(step)
        beads = stage.page.evaluate(
            """() => {
                const scene = edgewalk.stage.scene();
                const view = edgewalk.along.viewOf(scene);
                const { part, row } = edgewalk.run.locate(scene.result.runs[0], scene.steps[0]);
                const { placeOn } = edgewalk.along;
                return ['projection', 'flow'].map((name) => placeOn(view, part, row, name));
            }"""
        )
        for bead, point in zip(beads, (found.projection, found.flow), strict=True):
            assert abs(bead["s"]) == pytest.approx(point[step, 0], abs=1e-4)
            assert bead["sharpness"] == pytest.approx(1 + point[step, 0] ** 2, rel=1e-4)


SNAPS = [
    ("paper’s Figure 1a", {"loss": "paper-valley", "rule": "sqrt-gd", "eta": "0.5"}),
    ("paper’s Figure 1b", {"loss": "paper-valley", "eta": "5", "start": "14.7,-3"}),
]


@pytest.mark.parametrize(("name", "query"), SNAPS)
def test_the_papers_figures(stage: Stage, name: str, query: dict[str, str]):
    stage.open("?loss=paper-valley&rule=gd&eta=0.01&at=20")
    stage.button(name).click()
    stage.expect_query(**query)
    assert stage.step == 0
    x = stage.page.evaluate("[...edgewalk.stage.state.result.runs[0].columns.x.slice(0, 4)]")
    first = [13.203, -4.367] if query.get("rule") else None
    if first:
        assert x[2:] == pytest.approx(first, abs=1e-3)


def test_the_critical_step_size_here(stage: Stage):
    stage.open("?eta=0.1&at=300")
    sharpness = float(stage.now("sharpness"))
    stage.page.locator("#critical").click()
    stage.wait("edgewalk.stage.state.result.runs[0].eta !== 0.1")
    assert stage.settings["eta"] == [pytest.approx(2 / sharpness, rel=1e-3)]


def test_from_the_flattest_point_there_is_no_drift(stage: Stage):
    stage.open("?loss=hyperbola&eta=0.1")
    stage.unfold()
    stage.button("flattest point").click()
    stage.wait("location.search.includes('start=')")
    stage.settle()
    stage.press("End")
    run = dynamics.simulate("hyperbola", "ngd", tuple(stage.settings["start"]), 0.1, 600)
    assert dynamics.measure(run).projection[-1] == pytest.approx([1, 1], abs=0.01)
    assert float(stage.now("gap")) < 0.01


def test_nothing_sets_a_quadratic_at_its_flattest_point(stage: Stage):
    stage.open("?loss=quadratic")
    stage.unfold()
    expect(stage.button("flattest point")).to_be_disabled()


def test_another_loss_keeps_the_look_and_paints_its_iterates(stage: Stage):
    stage.open("?strobe=odd&at=31&eta=0.3")
    stage.page.get_by_role("combobox", name="Loss").select_option("hyperbola")
    stage.expect_query(loss="hyperbola", strobe="odd")
    stage.page.wait_for_timeout(500)
    stage.go(31)
    run = dynamics.simulate("hyperbola", "ngd", None, 0.3, 60)
    assert stage.ink_at("landscape", *run.x[31]) == pytest.approx(stage.ink("odd"), abs=3)


def test_work_on_the_main_thread_leaves_room_in_every_frame(stage: Stage):
    """A bound that a busy machine keeps; `make bench` measures the frame."""
    stage.open("?eta=0.01&steps=100000")
    stage.page.evaluate("edgewalk.stage.player.speed = 10000")
    devtools = stage.page.context.new_cdp_session(stage.page)
    devtools.send("Performance.enable")
    stage.page.evaluate(
        "() => { window.frames = 0; const count = () => { window.frames += 1;"
        " requestAnimationFrame(count); }; count(); }"
    )
    stage.button("Play").click()

    def now() -> tuple[float, int]:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        script = next(m["value"] for m in metrics if m["name"] == "ScriptDuration")
        return script, stage.page.evaluate("window.frames")

    shares = []
    for _ in range(4):
        (script, frames) = now()
        stage.page.wait_for_timeout(700)
        (later, more) = now()
        shares.append(1e3 * (later - script) / (more - frames))
    assert min(shares) < 12
