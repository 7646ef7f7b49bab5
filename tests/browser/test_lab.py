"""The lab in a browser: its map is right, its cells are runs, and each plot is one link."""

import re

import jax
import numpy as np
import pytest
from playwright.sync_api import expect

from dynamics import LOSSES, sweep
from dynamics.rate import measure_rate
from tests.browser.driver import context_of
from tests.browser.lab import SMALL, Lab
from tests.browser.stage import Stage
from tests.catalogue import taking

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
PLOTS = {
    "regimes": f"?{SMALL}",
    "rate": "?plot=rate&etas=0.2,0.1,0.05",
    "collapse": "?plot=collapse",
    "flatness": "?plot=flatness&tau=1&etas=0.1",
    "crowd": "?plot=crowd&grid=9&steps=200",
}
QUADRATIC = "?loss=quadratic&rule=gd&eta=0.05,20&size=30&steps=3000"
# More than a second of work on any machine, and never waited for.
LONG = "?size=400&steps=5000&loss=sine-valley&rule=ngd"


# ---- the map ----


def test_every_cell_has_the_ink_of_its_fate(lab: Lab):
    """GD on a quadratic stays below η = 2/λ₁ and leaves above: the map is that in pixels."""
    lab.open(QUADRATIC)
    quadratic = LOSSES["quadratic"]
    hessian = np.asarray(jax.hessian(quadratic.value)(np.zeros(quadratic.d)))
    critical = 2 / np.linalg.eigvalsh(hessian)[-1]
    converges, diverges = lab.ink("fate-2"), lab.ink("fate-11")
    etas = lab.page.evaluate("edgewalk.lab.state.cells.head.etas")
    assert len(etas) == 30
    assert etas[0] < critical / 2
    assert etas[-1] > 2 * critical
    for row, eta in enumerate(etas):
        if abs(np.log(eta / critical)) < 0.1:
            continue
        for column in (0, 7, 29):
            wanted = converges if eta < critical else diverges
            assert lab.ink_at("map-plot", *lab.pixel_of(row, column)) == wanted, (eta, column)


def test_the_map_is_the_sweep(lab: Lab):
    """Of a loss where many things happen, cell by cell."""
    lab.open("?size=40&steps=300&eta=0.3,2")
    head = lab.page.evaluate("edgewalk.lab.state.cells.head")
    etas, starts = np.array(head["etas"]), np.array(head["starts"])
    found = sweep("hyperbola", "gd", np.tile(starts, (40, 1)), np.repeat(etas, 40), 300)
    shown = lab.page.evaluate("Array.from(edgewalk.lab.state.cells.outcome)")
    assert shown == found.outcome.tolist()
    assert len(set(shown)) >= 4


def test_legend_tells_every_fate_and_its_share(lab: Lab):
    lab.open()
    rows = lab.page.locator("[data-fate]:visible")
    assert rows.count() == 12
    text = lab.page.inner_text("#legend")
    assert {"converges", "edge", "diverges"} <= set(text.split("\n"))
    shares = [float(share) for share in re.findall(r"([\d.]+) %", text)]
    assert 95 < sum(shares) < 105
    edge = lab.page.locator('[data-fate="2"]')
    before = lab.painted("map-plot")
    edge.click()
    expect(edge).to_have_attribute("aria-pressed", "true")
    expect(edge.locator(".sentence")).to_be_visible()  # of many fates that of the pressed one alone
    x, y = lab.pixel_of(2, 20)
    assert lab.ink_at("map-plot", x, y) == lab.ink("fate-2")
    x, y = lab.pixel_of(39, 39)
    assert lab.ink_at("map-plot", x, y)[3] < 80  # leaves: faint now
    assert lab.painted("map-plot") == pytest.approx(before, rel=0.05)
    edge.click()
    assert lab.ink_at("map-plot", x, y) == lab.ink("fate-11")


def test_colour_by_sharpness_has_a_bar_with_numbers(lab: Lab):
    lab.open()
    lab.page.locator("#colour").get_by_text("sharpness", exact=True).click()
    lab.expect_query(colour="sharpness")
    low, middle, high = (float(lab.text(f"scale-{end}")) for end in ("low", "middle", "high"))
    assert low < middle < high
    assert middle == pytest.approx(np.sqrt(low * high), rel=0.01)
    values = lab.page.evaluate("Array.from(edgewalk.lab.state.cells.sharpness)")
    assert low >= np.nanmin(np.array(values, float)) - 1e-3
    lab.open(f"?{SMALL}&colour=sharpness")
    assert float(lab.text("scale-low")) == low


def test_progress_and_cancel_keep_what_was_computed(lab: Lab):
    lab.begin(LONG)
    cancel = lab.button("Cancel")
    expect(cancel).to_be_visible(timeout=90_000)
    lab.wait("edgewalk.lab.state.cells?.count > 0")
    lab.wait("document.getElementById('progress-bar').value > 0")
    cancel.click()
    expect(cancel).to_be_hidden()
    expect(lab.page.get_by_text(re.compile(r"stopped at \d+ %"))).to_be_visible()
    count = lab.page.evaluate("edgewalk.lab.state.cells.count")
    assert 0 < count < 400
    assert lab.painted("map-plot") > 100_000
    lab.page.wait_for_timeout(700)
    assert lab.page.evaluate("edgewalk.lab.state.cells.count") == count
    lab.type_into("size", "16")
    expect(lab.page.get_by_text(re.compile("stopped at"))).to_be_hidden()
    lab.expect_query(size="16")


def test_a_change_begins_anew_and_ends_the_old(lab: Lab):
    lab.begin(LONG)
    lab.wait("edgewalk.lab.state.cells?.count > 0")
    lab.page.select_option("#loss", "ring")
    lab.page.fill("#size", "20")
    lab.page.press("#size", "Enter")
    lab.page.fill("#steps", "100")
    lab.page.press("#steps", "Enter")
    lab.expect_query(loss="ring", size="20", steps="100")
    lab.wait("edgewalk.lab.state.cells.rows === 20")
    lab.settle()
    settings = lab.page.evaluate("edgewalk.lab.state.settings.regimes")
    assert (settings["loss"], settings["size"], settings["steps"]) == ("ring", 20, 100)
    assert lab.page.evaluate("edgewalk.lab.state.cells.share") == 1


# ---- a cell ----


def test_pointing_at_a_cell_tells_its_run_and_draws_its_path(lab: Lab):
    lab.open()
    lab.page.mouse.move(*lab.pixel_of(38, 12))
    cell = lab.cell(38, 12)
    expect(lab.page.locator("#cell-fate")).to_have_text(cell["fate"]["sentence"])
    assert float(lab.text("cell-eta")) == pytest.approx(cell["eta"], rel=1e-3)
    assert float(lab.text("cell-threshold")) == pytest.approx(2 / cell["eta"], rel=1e-3)
    lab.wait(f"Math.abs(edgewalk.lab.state.path?.result.runs[0].eta - {cell['eta']}) < 1e-9")
    run = lab.page.evaluate("edgewalk.lab.state.path.result.settings")
    assert run["start"] == pytest.approx(cell["start"])
    assert run["steps"] == 300
    assert lab.painted("path-plot") > 500


def test_a_click_opens_the_run_on_the_stage(lab: Lab):
    lab.open()
    cell = lab.cell(10, 25)
    lab.page.mouse.click(*lab.pixel_of(10, 25))
    stage = Stage(lab.page)
    stage.page.wait_for_selector("body[data-ready][data-drawn]", timeout=90_000)
    stage.settle()
    settings = stage.settings
    assert (settings["loss"], settings["rule"], settings["steps"]) == ("hyperbola", ["gd"], 300)
    assert settings["eta"] == pytest.approx([cell["eta"]])
    assert settings["start"] == pytest.approx(cell["start"])
    lab.page.go_back()
    lab.page.wait_for_selector("body[data-ready]", timeout=90_000)
    lab.settle()
    assert lab.query == {"size": "40", "steps": "300"}


def test_by_keyboard(lab: Lab):
    lab.open()
    lab.map.focus()
    row, column = lab.page.evaluate("Object.values(edgewalk.lab.state.cursor)")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft"):
        lab.page.keyboard.press(key)
    cursor = lab.page.evaluate("edgewalk.lab.state.cursor")
    assert cursor == {"row": row + 2 - 10, "column": column + 1}
    assert float(lab.text("cell-eta")) == pytest.approx(
        lab.cell(row - 8, column + 1)["eta"], rel=1e-3
    )
    assert lab.painted("map-plot", 1) > 300  # the cursor and the slice
    lab.page.keyboard.press("s")
    lab.expect_query(slice=f"{(column + 1) / 39:.4f}".rstrip("0"))
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_url(re.compile(r"/\?loss=hyperbola&rule=gd&eta="))


def test_everything_is_reached_by_tab(lab: Lab):
    lab.open()
    lab.page.locator("#loss").focus()
    seen = set()
    for _ in range(60):
        lab.page.keyboard.press("Tab")
        seen.add(
            lab.page.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
    assert {
        "eta-low",
        "eta-high",
        "from",
        "to",
        "size",
        "steps",
        "tab-regimes",
        "map-plot",
        "open",
    } <= seen
    assert "export" in seen


# ---- the slice and its orbit diagram ----


def test_the_slice_is_dragged_and_has_its_orbit_diagram(lab: Lab):
    lab.open()
    lab.wait("edgewalk.lab.state.orbit")
    start = lab.page.evaluate("edgewalk.lab.state.orbit.start")
    x, y = lab.page.evaluate(
        """() => {
            const { state, scene } = edgewalk.lab;
            const { size } = document.querySelector('#map-plot canvas');
            const box = edgewalk.map.frameOf(state, size);
            const line = edgewalk.map.sliceAt(scene(state).slice, box, state.cells.columns);
            return edgewalk.canvas.inWindow(
                document.getElementById('map-plot'), [box.left + 200, line]);
        }"""
    )
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x, lab.pixel_of(0, 30)[1], steps=4)
    lab.page.mouse.up()
    lab.wait("edgewalk.lab.state.orbit.column === 30")
    assert "/lab/" in lab.page.url  # a drag is no click
    assert lab.page.evaluate("edgewalk.lab.state.orbit.start") != start
    assert float(lab.query["slice"]) == pytest.approx(30 / 39, abs=1e-4)
    assert lab.painted("orbit-plot") > 2000


def test_the_slice_by_its_slider(lab: Lab):
    lab.open()
    lab.slider("Slice").fill("0")
    lab.wait("edgewalk.lab.state.orbit?.column === 0")
    lab.expect_query(slice="0")
    start = lab.page.evaluate("edgewalk.lab.state.cells.head.starts[0]")
    assert lab.page.evaluate("edgewalk.lab.state.orbit.start") == pytest.approx(start)
    assert str(start[0]).rstrip("0") in lab.text("slice-words")


def test_orbit_diagram_shows_a_bounce_of_two_in_two_inks(lab: Lab):
    """At the edge even and odd steps lie on two sides; the strip below has the map's inks."""
    lab.open("?size=40&steps=3000&eta=1.02,1.15&from=1.2,0.9&to=1.3,0.9&slice=0")
    lab.wait("edgewalk.lab.state.orbit")
    orbit = lab.page.evaluate(
        "(({etas, keep, step, offset, fate}) => ({etas, keep, step, offset: Array.from(offset),"
        " fate: Array.from(fate)}))(edgewalk.lab.state.orbit)"
    )
    offset = np.array(orbit["offset"]).reshape(len(orbit["etas"]), orbit["keep"])
    assert set(orbit["fate"]) == {5}
    assert np.all(np.sign(offset[:, ::2]) == np.sign(offset[:, :1]))
    assert np.all(np.sign(offset[:, 1::2]) == -np.sign(offset[:, :1]))
    pixels = lab.page.evaluate(
        """() => {
            const canvas = document.querySelector('#orbit-plot canvas');
            const { width, height } = canvas;
            const pen = new OffscreenCanvas(width, height).getContext('2d');
            pen.drawImage(canvas, 0, 0);
            const { data } = pen.getImageData(0, 0, width, height);
            const seen = { even: 0, odd: 0, strip: 0 };
            const strip = edgewalk.inks.rgb(edgewalk.lab.state.fateInks[5]).join();
            for (let k = 0; k < data.length; k += 4) {
                const [r, g, b] = data.subarray(k, k + 3);
                if (data[k + 3] < 100) continue;
                seen.even += b > r + 60 && b > g + 30;
                seen.odd += r > b + 60 && g > b;
                seen.strip += [r, g, b].join() === strip;
            }
            return seen;
        }"""
    )
    assert pixels["even"] > 300
    assert pixels["odd"] > 300
    assert pixels["strip"] > 3000


def test_orbit_diagram_can_show_the_sharpness_beside_its_threshold(lab: Lab):
    lab.open()
    lab.wait("edgewalk.lab.state.orbit")
    lab.page.locator("#orbit-view").get_by_text("λ₁", exact=True).click()
    lab.wait("edgewalk.lab.state.orbitView === 'sharpness'")
    assert lab.painted("orbit-plot") > 1000


# ---- rate ----


def test_rate_measures_the_slope_that_dynamics_does(lab: Lab):
    lab.open("?plot=rate&loss=parabolic-valley&start=2,0.3&tau=1&etas=0.1,0.05,0.025,0.0125")
    lab.wait("edgewalk.lab.state.rate.fit")
    expected = measure_rate("parabolic-valley", "ngd", (2, 0.3), 1.0, (0.1, 0.05, 0.025, 0.0125))
    for name, slope, interval in (
        ("median", expected.slope, expected.slope_interval),
        ("envelope", expected.envelope_slope, expected.envelope_slope_interval),
    ):
        assert float(lab.text(f"slope-{name}")) == pytest.approx(slope, abs=1e-3)
        low, high = map(float, re.findall(r"(-?[\d.]+)(?: …|$)", lab.text(f"interval-{name}")))
        assert (low, high) == pytest.approx(interval, abs=1e-3)
    assert lab.page.locator("#rate-rows tr").count() == 4
    words = lab.text("rate-words")
    assert "bounds the gap by O(η)" in words
    assert not re.search(r"equal|is 1\b|= 1\b", words)
    for eta, gap in zip(expected.etas, expected.gaps, strict=True):
        at = lab.page.evaluate(
            """([eta, gap]) => {
                const { size } = document.querySelector('#rate-plot canvas');
                const box = edgewalk.rate.frameOf(edgewalk.lab.state, size);
                return edgewalk.canvas.inWindow(
                    document.getElementById('rate-plot'), [box.x.at(eta), box.y.at(gap)]);
            }""",
            [float(eta), float(gap)],
        )
        assert lab.ink_at("rate-plot", *at) == lab.ink("ink")
    lab.page.mouse.move(*at)
    expect(lab.page.get_by_role("tooltip")).to_contain_text("0.0125")


def test_rate_of_a_rule_without_a_flow_is_not_offered(lab: Lab):
    lab.open(PLOTS["rate"])
    names = lab.page.locator("[data-for=rate] label").all_inner_texts()
    assert names == ["Normalized GD", "GD on √L", "RMSProp, one ν"]


# ---- which flatness ----


def test_rules_drift_side_by_side_and_gamma_is_coloured_by_either_flatness(lab: Lab):
    lab.open(PLOTS["flatness"])
    names = lab.page.locator("#flatness-names li").all_inner_texts()
    assert names == ["Normalized GD", "GD on √L", "SAM", "Label noise"]
    expect(lab.page.locator("#flatness-words")).to_contain_text("Least trace: ")
    lab.page.locator("#flatness").get_by_text("trace", exact=True).click()
    lab.expect_query(plot="flatness", tau="1", etas="0.1", flatness="trace")
    lab.page.select_option("#loss", "plane-valley")
    lab.settle()
    assert lab.page.evaluate("edgewalk.lab.state.flatness.head.floor.sheet.trace.length") == 71


def test_a_number_of_a_rule_is_moved_by_its_slider(lab: Lab):
    lab.open(f"{PLOTS['flatness']}&rule=sam")
    lab.page.get_by_role("slider", name="ρ").press("ArrowRight")
    lab.page.wait_for_url("**rho=0.051**")
    lab.settle()
    assert lab.page.evaluate("edgewalk.lab.state.flatness.courses[0].steps") == 3845


# ---- collapse ----


def test_curves_of_normalized_gd_lie_on_one_another_in_slow_time(lab: Lab):
    lab.open("?plot=collapse&loss=parabolic-valley&etas=0.1,0.05,0.025")
    spreads = {clock: lab.text(f"spread-{clock}") for clock in ("step", "eta", "tau")}
    values = {clock: float(text.removesuffix(" %")) for clock, text in spreads.items()}
    assert values["tau"] < 5
    assert values["step"] > 20
    assert values["eta"] > 20
    assert "on the clock η²t" in lab.text("collapse-words")
    assert lab.page.locator("#card-tau.best").count() == 1
    assert lab.page.locator("#collapse-names li").all_inner_texts() == [
        "η = 0.1",
        "η = 0.05",
        "η = 0.025",
    ]
    for clock in spreads:
        assert lab.painted(f"collapse-{clock}") > 1000


def test_gradient_flow_lies_on_the_clock_of_its_own(lab: Lab):
    lab.open("?plot=collapse&loss=hyperbola&rule=gd&start=2.6,0.9&etas=0.02,0.01&tau=0.05")
    values = {c: float(lab.text(f"spread-{c}").removesuffix(" %")) for c in ("step", "eta", "tau")}
    assert set(values) == {"step", "eta", "tau"}


def test_rules_are_added_and_the_last_one_stays(lab: Lab):
    lab.open("?plot=collapse&etas=0.2,0.1")
    lab.page.locator("[data-for=collapse]").get_by_text("GD on √L", exact=True).click()
    lab.expect_query(rule="ngd,sqrt-gd")
    lab.settle()
    lab.wait("edgewalk.lab.state.collapse.result.runs.length === 4")
    for name in ("GD on √L", "Normalized GD"):
        lab.page.locator("[data-for=collapse]").get_by_text(name, exact=True).click()
        lab.settle()
    expect(lab.page.get_by_text("Choose at least one rule.")).to_be_visible()


# ---- tabs, links and files ----


def test_tabs_by_arrow_keys_each_with_its_own_settings(lab: Lab):
    lab.open()
    lab.tab("Regime map").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(lab.tab("Rate")).to_be_focused()
    expect(lab.tab("Rate")).to_have_attribute("aria-selected", "true")
    lab.expect_query(plot="rate")
    expect(lab.page.locator("#etas")).to_be_visible()
    expect(lab.page.locator("#size")).to_be_hidden()
    lab.page.keyboard.press("End")
    lab.expect_query(plot="crowd")
    lab.page.keyboard.press("ArrowRight")
    lab.settle()
    assert lab.query == {"size": "40", "steps": "300"}
    expect(lab.page.locator("#size")).to_be_visible()


def test_another_loss_is_taken_to_every_plot(lab: Lab):
    lab.open(f"?{SMALL}&from=0.5,0.9&to=3,0.9")
    lab.page.select_option("#loss", "ring")
    lab.expect_query(loss="ring")
    lab.settle()
    assert lab.query == {"loss": "ring", "size": "40", "steps": "300"}
    lab.tab("Collapse").click()
    lab.settle()
    assert lab.query == {"plot": "collapse", "loss": "ring"}


def test_share_copies_the_link_of_exactly_this(lab: Lab):
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.open(f"?{SMALL}&colour=sharpness&slice=0.25")
    lab.button("Share").click()
    expect(lab.page.get_by_text("The link is copied")).to_be_visible()
    link = lab.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/lab/?size=40&steps=300&colour=sharpness&slice=0.25")


def test_bad_input_is_told_at_its_control_and_the_picture_stays(lab: Lab):
    lab.open()
    before = lab.painted("map-plot")
    lab.type_into("eta-low", "a lot")
    expect(lab.page.get_by_text("must be a number, got ‘a lot’")).to_be_visible()
    expect(lab.page.locator("#eta-low")).to_have_attribute("aria-invalid", "true")
    assert lab.painted("map-plot") == before
    lab.type_into("eta-low", "0.1")
    expect(lab.page.get_by_text("must be a number")).to_be_hidden()
    lab.type_into("from", "1")
    expect(lab.page.get_by_text("The first start must be 2 numbers")).to_be_visible()


def test_where_there_is_no_valley_the_starts_stay_on_their_line(lab: Lab):
    lab.open(QUADRATIC)
    lab.page.locator("#along").get_by_text("along Γ").click()
    expect(lab.page.get_by_text("there is no valley to start along")).to_be_visible()
    expect(lab.page.locator("#along input[value=line]")).to_be_checked()
    expect(lab.page.locator("#from")).to_be_visible()
    lab.page.select_option("#loss", "ring")
    lab.page.locator("#along").get_by_text("along Γ").click()
    lab.expect_query(along="valley")
    lab.settle()
    expect(lab.page.locator("#off")).to_be_visible()
    lab.page.select_option("#loss", "quadratic")
    lab.settle()
    assert lab.query["loss"] == "quadratic"
    assert "along" not in lab.query


def test_a_number_out_of_range_is_clamped_with_a_notice(lab: Lab):
    lab.open()
    lab.type_into("size", "7")
    expect(
        lab.page.get_by_text("The size of the map must be in 16 … 400; 16 is used.")
    ).to_be_visible()
    expect(lab.page.locator("#size")).to_have_value("16")
    lab.expect_query(size="16")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?loss=hyperbolla&size=20&steps=100", "Did you mean 'hyperbola'?"),
        ("?plot=rates", "The plot must be one of"),
        ("?plot=rate&etas=0.1", "two different step sizes"),
        ("?plot=collapse&start=1,2,3", "The start must be 2 numbers"),
        ("?siez=20&size=20&steps=100", "is not a setting"),
    ],
)
def test_a_broken_link_shows_the_nearest_and_says_so(lab: Lab, query: str, words: str):
    lab.open(query)
    expect(lab.page.get_by_text(words)).to_be_visible()
    lab.wait("document.querySelector('.panel:not([hidden])').dataset.drawn")


# ---- looks ----


@pytest.mark.parametrize("size", taking(1, sorted(SIZES, key="phone".__ne__)))
@pytest.mark.parametrize("plot", PLOTS)
def test_accessible_and_within_the_window(new_context, plot: str, size: str):
    context = new_context(**context_of(SIZES[size], "dark", size == "phone"))
    lab = Lab(context.new_page()).open(PLOTS[plot])
    lab.assert_accessible_in_both_schemes(SIZES[size][0])


def test_a_tap_shows_the_cell_and_its_link_opens_it(new_context):
    context = new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    lab = Lab(context.new_page()).open()
    lab.page.touchscreen.tap(*lab.pixel_of(10, 30))
    lab.wait("edgewalk.lab.state.cursor.row === 10")
    assert "/lab/" in lab.page.url
    eta = lab.cell(10, 30)["eta"]
    assert f"eta={eta:.6g}"[:9] in (lab.page.locator("#open").get_attribute("href") or "")


def test_the_scheme_repaints_the_map(lab: Lab):
    lab.open()
    at = lab.pixel_of(2, 20)
    light = lab.ink_at("map-plot", *at)
    lab.button("Dark").click()
    lab.wait("document.documentElement.dataset.scheme === 'dark'")
    assert lab.ink_at("map-plot", *at) == lab.ink("fate-2") != light
    lab.button("Light").click()
    assert lab.ink_at("map-plot", *at) == light


def test_the_pages_lead_to_one_another(lab: Lab):
    lab.open()
    links = lab.page.get_by_role("navigation").get_by_role("link")
    assert links.all_inner_texts() == ["Stage", "Lab", "Study", "About"]
    expect(links.nth(1)).to_have_attribute("aria-current", "page")
    links.first.click()
    lab.page.wait_for_selector("body[data-drawn]", timeout=90_000)
    lab.page.get_by_role("link", name="Lab", exact=True).click()
    lab.page.wait_for_selector("body[data-ready]", timeout=90_000)
    assert lab.page.url.partition("?")[0].endswith("/lab/")


def test_the_stage_leads_to_its_runs_on_three_clocks(lab: Lab):
    stage = Stage(lab.page).open("?loss=ring&start=1.5,1")
    stage.page.get_by_role("link", name="three clocks").click()
    lab.page.wait_for_selector("body[data-ready]", timeout=90_000)
    lab.settle()
    lab.expect_query(plot="collapse", loss="ring", rule="ngd", start="1.5,1")
    expect(lab.page.locator(".clock.best")).to_contain_text("η²t")


# ---- what goes along ----


def test_a_choice_goes_along_to_other_plots_and_pages(lab: Lab):
    lab.open("?loss=parabolic-valley&rule=ngd&size=20&steps=100")
    lab.tab("Rate").click()
    lab.settle()
    lab.expect_query(plot="rate", loss="parabolic-valley", rule="ngd")
    lab.page.go_back()
    lab.settle()
    assert "plot" not in lab.query
    lab.expect_query(loss="parabolic-valley", size="20")
    lab.page.get_by_role("link", name="Stage", exact=True).click()
    stage = Stage(lab.page)
    lab.page.wait_for_selector("body[data-ready][data-drawn]")
    stage.settle()
    assert stage.settings["rule"] == ["ngd"]
    stage.page.select_option("#loss", "ring")
    stage.wait("edgewalk.stage.state.result.settings.loss === 'ring'")
    stage.settle()
    stage.type_into("start-1", "1.25")
    stage.go(30)
    stage.expect_query(at="30")
    link = lab.page.url
    lab.page.get_by_role("link", name="Lab", exact=True).click()
    lab.page.wait_for_selector("body[data-ready]")
    lab.settle()
    lab.expect_query(loss="ring", rule="ngd")
    assert lab.query["start"].startswith("1.25,")
    lab.page.go_back()
    lab.page.wait_for_selector("body[data-ready][data-drawn]")
    assert lab.page.url == link
