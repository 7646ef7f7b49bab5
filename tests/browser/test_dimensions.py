"""Losses of three, four and more parameters: the section, the space, the alignment, the end of the
theorem."""

import numpy as np
import pytest
from playwright.sync_api import expect

import dynamics
from dynamics.sections import Section
from tests.browser.stage import Stage
from tests.catalogue import taking

# Step 90 of the first run.
PLACE = "edgewalk.run.locate(edgewalk.stage.state.result.runs[0], 90)"
# Pixels of the even ink on the canvas of the space.
PAINTED = "[...document.querySelectorAll('.solid canvas')].map((c) => c.toDataURL()).join()"
MARKS = """() => {
    const canvas = document.querySelector(".solid canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let k = 0; k < data.length; k += 4) {
        count += data[k + 3] > 60 && data[k + 2] > data[k] + 60 && data[k + 2] > data[k + 1] + 30;
    }
    return count;
}"""
SPACE = "?loss=product-3&eta=0.1&at=60"
FOUR = "?loss=product-4&eta=0.1&at=60"


def section_of(stage: Stage) -> Section:
    """The plane that is shown, once it is that of the playhead."""
    stage.wait(
        "edgewalk.stage.scene().section &&"
        " edgewalk.stage.scene().section.at === edgewalk.stage.steps()[0]"
    )
    found = stage.page.evaluate("edgewalk.stage.scene().section")
    return Section(*(np.array(found[name]) for name in ("center", "along", "across")))


def origin_of(stage: Stage) -> float:
    return stage.page.evaluate("edgewalk.stage.scene().section.origin")


@pytest.mark.parametrize("query", taking(1, [FOUR, SPACE]))
def test_the_section_is_that_of_the_direction_and_the_drift(stage: Stage, query: str) -> None:
    """Through Φ(x_t), along v₁ and P⊥∇λ₁, both found here by other means."""
    stage.open(query)
    plane = section_of(stage)
    loss = dynamics.LOSSES[stage.settings["loss"]]
    run = dynamics.simulate(loss, "ngd", None, 0.1, 60)
    end = dynamics.measure(run).projection[-1]
    np.testing.assert_allclose(plane.center, end, atol=1e-6)
    normal = (1 / end) / np.linalg.norm(1 / end)  # of Πxᵢ = 1
    np.testing.assert_allclose(abs(plane.across @ normal), 1, atol=1e-6)
    rise = -2 / end**3  # of Σ 1/xᵢ², which is λ₁ on Γ
    drift = rise - (rise @ normal) * normal
    np.testing.assert_allclose(abs(plane.along @ drift), np.linalg.norm(drift), rtol=1e-2)


@pytest.mark.parametrize("query", taking(1, [FOUR, SPACE]))
def test_an_iterate_stands_where_its_coordinates_say(stage: Stage, query: str) -> None:
    stage.open(query)
    plane = section_of(stage)
    x = np.array(stage.page.evaluate("[...edgewalk.stage.state.result.runs[0].columns.x]"))
    d = len(plane.center)
    at = x[60 * d : 61 * d] - plane.center
    place = origin_of(stage) + at @ plane.along, at @ plane.across
    # In space one wall is Γ by then, and x_60 on that side of it on which odd steps were before.
    phases = stage.page.evaluate("edgewalk.stage.state.result.runs[0].phases")
    on_floor = [phase["first"] for phase in phases if phase["name"] == "floor"]
    assert bool(on_floor and on_floor[0] <= 60) == (query == SPACE)
    offset = stage.page.evaluate("[...edgewalk.stage.state.result.runs[0].columns.offset]")
    if query == SPACE:
        odd = on_floor[0] - 1 if on_floor[0] % 2 == 0 else on_floor[0] - 2
        assert offset[60] * offset[odd] > 0
    assert stage.ink_at("landscape", *place) == stage.ink("odd" if query == SPACE else "even")


def test_the_heights_are_those_of_the_loss(stage: Stage) -> None:
    stage.open(FOUR)
    plane = section_of(stage)
    found = stage.page.evaluate(
        "(({view, rows, columns, root}) => ({view, rows, columns, root: [...root]}))"
        "(edgewalk.stage.scene().heights)"
    )
    (a_low, a_high), (b_low, b_high) = found["view"]
    a = np.linspace(a_low, a_high, found["columns"])[17] - origin_of(stage)
    b = np.linspace(b_low, b_high, found["rows"])[90]
    point = plane.center + a * plane.along + b * plane.across
    root = abs(1 - np.prod(point)) / np.sqrt(2)
    np.testing.assert_allclose(found["root"][90 * found["columns"] + 17], root, rtol=1e-4)


def test_the_section_goes_with_the_playhead(stage: Stage) -> None:
    stage.open(FOUR)
    before = section_of(stage)
    stage.go(200)
    after = section_of(stage)
    assert np.linalg.norm(after.center - before.center) > 0.1
    stage.page.get_by_role("button", name="Reset").click()
    section_of(stage)
    stage.button("Play").click()
    stage.wait("edgewalk.stage.scene().section.at > 8")


def test_the_ring_moves_the_start_within_the_section(stage: Stage) -> None:
    stage.open(FOUR)
    plane = section_of(stage)
    before = np.array(stage.settings["start"])
    ring = stage.page.get_by_role("button", name="Start (")
    ring.focus()
    stage.press("Shift+ArrowUp")
    stage.wait(f"edgewalk.stage.state.result.settings.start[0] !== {before[0]}")
    stage.settle()
    moved = np.array(stage.settings["start"]) - before
    within = (moved @ plane.along) * plane.along + (moved @ plane.across) * plane.across
    assert np.linalg.norm(moved) > 0.01
    np.testing.assert_allclose(moved, within, atol=2e-3)


def test_a_loss_of_three_has_its_space(stage: Stage) -> None:
    """The valley as a sheet, which turns; the iterates in it."""
    stage.open(SPACE + "&look=surface")
    box = stage.page.get_by_role("img", name="The landscape in space")
    box.wait_for()
    stage.wait("edgewalk.stage.scene().sheet")
    stage.settle()
    stage.press("End")
    stage.settle()
    assert stage.page.evaluate(MARKS) > 20
    before = stage.page.evaluate(PAINTED)
    box.focus()
    stage.press("ArrowRight")
    stage.settle()
    assert stage.page.evaluate(PAINTED) != before


def test_a_loss_of_four_has_none(stage: Stage) -> None:
    stage.open(FOUR)
    assert stage.page.get_by_role("radio", name="3-D").is_disabled()
    stage.open(FOUR + "&look=surface")
    assert not stage.page.get_by_role("img", name="The landscape in space").is_visible()


@pytest.mark.parametrize(
    ("loss", "count"), taking(1, [("product-3", 3), ("hyperbola", 2), ("product-4", 4)])
)
def test_the_start_has_a_field_for_each_coordinate(stage: Stage, loss: str, count: int) -> None:
    stage.open(f"?loss={loss}").unfold()
    fields = [stage.page.locator(f"#start-{k}") for k in (1, 2, 3, 4)]
    assert [field.is_visible() for field in fields] == [k < count for k in range(4)]
    stage.type_into(f"start-{count}", "0.9")
    assert stage.settings["start"][-1] == 0.9


def test_many_parameters_share_a_field(stage: Stage) -> None:
    stage.open("?loss=tiny-network").unfold()
    start = stage.settings["start"]
    assert len(start) > 4
    texts = stage.page.input_value("#start-1").split(", ")
    assert [float(text) for text in texts] == pytest.approx(start, rel=1e-5)
    assert not stage.page.locator("#start-2").is_visible()
    texts[0] = f"{start[0] + 0.01:.4g}"
    stage.type_into("start-1", ", ".join(texts))
    assert stage.settings["start"][0] == pytest.approx(start[0] + 0.01, abs=1e-4)
    stage.type_into("start-1", "1, 2")
    assert f"The start must be {len(start)} numbers" in stage.page.inner_text(".controls")


def test_another_loss_brings_its_own_dimension(stage: Stage) -> None:
    stage.open("?eta=0.1&at=10")
    for key in ("product-4", "two-curvatures", "hyperbola", "quadratic-3"):
        stage.page.select_option("#loss", key)
        stage.wait(f"edgewalk.stage.state.result.settings.loss === '{key}'")
        stage.settle()
        d = dynamics.LOSSES[key].d
        assert len(stage.settings["start"]) == d
        stage.wait(
            f"{d} === 2 || (edgewalk.stage.scene().section || {{center: []}}).center.length === {d}"
        )


def test_runs_are_compared_in_any_dimension(stage: Stage) -> None:
    stage.open(FOUR.replace("0.1", "0.1,0.05") + "&rule=ngd,sqrt-gd")
    assert len(stage.page.query_selector_all("#runs [data-run]")) == 4
    stage.page.locator("#runs [data-run]").nth(2).click()
    section_of_focus = "edgewalk.stage.scene().section.at === edgewalk.stage.steps()[2]"
    stage.wait(section_of_focus)


def test_alignment(stage: Stage) -> None:
    """On a valley of codimension 2 the panel shows the angle and the sets."""
    stage.open("?loss=two-curvatures&eta=0.02&at=90")
    stage.page.get_by_role("combobox", name="Panel").select_option("Alignment")
    stage.expect_query(panel="alignment")
    expect(stage.page.locator("#alignment")).to_be_visible()
    run = dynamics.simulate("two-curvatures", "ngd", None, 0.02, 90)
    found = dynamics.measure(run)
    angle = stage.page.evaluate(f"{PLACE}.part.columns.alignment[{PLACE}.row]")
    assert angle == pytest.approx(found.alignment[-1], rel=1e-5)
    held = stage.page.evaluate(f"edgewalk.alignment.membership({PLACE}.part, {PLACE}.row)")
    inside = np.linalg.norm(found.components[-1, 1:]) <= found.spectrum[-1, 1]
    assert held == ("in all of I₁ … I₂" if inside else "not yet in I₂")


def test_there_is_no_alignment_in_codimension_1(stage: Stage) -> None:
    stage.open("?panel=alignment")
    assert not stage.page.locator("#panels").is_visible()
    assert not stage.page.locator("#alignment").is_visible()


def test_where_the_theorem_ends_is_flagged(stage: Stage) -> None:
    """λ₁ and λ₂ cross: the time bar says so, and so does the sentence from there on."""
    stage.open("?loss=crossing&eta=0.1")
    band = stage.page.get_by_role("button", name="beyond")
    band.click()
    stage.settle()
    assert "λ₁ and λ₂ have met" in stage.page.inner_text("#story")
    stage.page.get_by_role("button", name="Reset").click()
    expect(stage.page.locator("#story")).not_to_contain_text("λ₂")


def test_a_bowl_has_nowhere_to_drift(stage: Stage) -> None:
    stage.open("?loss=quadratic-3&at=30")
    plane = section_of(stage)
    np.testing.assert_allclose(plane.center, 0, atol=1e-12)
    np.testing.assert_allclose(abs(plane.across @ plane.along), 0, atol=1e-9)
    assert stage.page.evaluate("edgewalk.stage.scene().valley.curves.length") == 0
