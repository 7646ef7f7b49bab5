"""The numbers in the formula of a loss, as sliders."""

from typing import Any

import pytest

from tests.browser.stage import Stage

RANGE = "() => edgewalk.stage.scene().valley.sharpness_range"
GROUND = "JSON.stringify(edgewalk.stage.graphOf('landscape').data[0].z)"


def names_of(stage: Stage) -> list[str]:
    """The labels of the sliders of numbers."""
    return [
        slider.get_attribute("aria-label") for slider in stage.page.locator("#numbers input").all()
    ]


def told(stage: Stage) -> dict[str, Any]:
    asked = stage.query
    subject = "&".join(f"{name}={asked[name]}" for name in ("loss", "p.k") if name in asked)
    stage.wait(f"edgewalk.stage.state.answers.valley?.subject === '{subject}'")
    stage.settle()
    return {
        "columns": stage.page.evaluate(
            "[...edgewalk.stage.state.result.runs[0].columns.sharpness]"
        ),
        "range": stage.page.evaluate(RANGE),
        "ground": stage.page.evaluate(GROUND),
        "slider": stage.slider("k").input_value(),
        "written": stage.page.inner_text("#numbers .value"),
    }


def test_a_number_is_dragged_and_the_link_has_it(stage: Stage) -> None:
    stage.open("?loss=ring&eta=0.1").unfold()
    assert names_of(stage) == ["k"]
    assert "sharper" in (stage.page.locator("#numbers .number").get_attribute("title") or "")
    before = told(stage)
    assert before["slider"] == "1"
    box = stage.slider("k").bounding_box()
    assert box
    y, middle = box["y"] + box["height"] / 2, box["x"] + box["width"] / 2
    stage.page.mouse.move(middle, y)
    stage.page.mouse.down()
    stage.page.mouse.move(middle + 0.3 * box["width"], y, steps=6)
    stage.page.mouse.up()
    stage.wait("location.search.includes('p.k=')")
    stage.settle()
    k = float(stage.query["p.k"])
    assert 1.3 < k < 1.9
    now = told(stage)
    assert float(now["slider"]) == k == pytest.approx(float(now["written"]), rel=0.01)
    assert now["columns"] != before["columns"]
    assert now["range"][1] > before["range"][1], "the right side is sharper"
    assert now["ground"] != before["ground"]
    fresh = Stage(stage.page.context.new_page()).open(
        f"?loss=ring&eta=0.1&p.k={stage.query['p.k']}"
    )
    fresh.unfold()
    # The round picture was framed before that, and so has another width.
    assert told(fresh) | {"ground": now["ground"]} == now


def test_a_number_follows_the_keyboard_and_goes_with_its_loss(stage: Stage) -> None:
    stage.open("?loss=ring&p.k=0.5").unfold()
    stage.slider("k").focus()
    stage.press("ArrowRight")
    stage.expect_query(**{"p.k": "0.51"})
    stage.page.select_option("#loss", "ellipse")
    stage.expect_query(loss="ellipse")
    assert stage.query == {"loss": "ellipse"}
    assert names_of(stage) == ["a"]
    stage.page.select_option("#loss", "hyperbola")
    stage.expect_query(loss="hyperbola")
    assert names_of(stage) == []
