"""From here, with something else: branches of a run, their tree, and what tells them apart."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

import dynamics
from dynamics import RULES, Fork
from tests.browser.driver import context_of
from tests.browser.stage import Stage

OPEN = "?loss=hyperbola&eta=0.1&steps=400&at=150"
THREE = (
    "?loss=hyperbola&eta=0.1&steps=400&fork=200,300,320&fork.of=,1,&fork.eta=0.05,,"
    "&fork.rule=,gd,&fork.push=,,0:0.3&fork.name=slow,,&at=380"
)


def start(stage: Stage) -> tuple[float, ...]:
    return tuple(stage.settings["start"])


def last_of(stage: Stage, i: int) -> list[float]:
    return stage.page.evaluate(
        "(i) => { const { columns, widths } = edgewalk.stage.state.result.runs[i];"
        " return [...columns.x].slice(-widths.x); }",
        i,
    )


def test_a_branch_is_made_named_changed_and_taken_back(stage: Stage) -> None:
    stage.open(OPEN)
    stage.press("f")
    stage.expect_query(fork="150", focus="1", at="150")
    np.testing.assert_array_equal(last_of(stage, 1), last_of(stage, 0))  # nothing changed yet
    stage.type_into("branch-eta", "0.05")
    stage.type_into("branch-name", "half, then")
    stage.page.select_option("#branch-rule", "sqrt-gd")
    stage.expect_query(fork="150", **{"fork.eta": "0.05", "fork.name": "half then"})
    stage.expect_query(**{"fork.rule": "sqrt-gd"})
    tree = stage.page.get_by_role("group", name="Runs")
    expect(tree.get_by_role("button", name="half then", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    steps = stage.page.evaluate("edgewalk.stage.state.result.runs[1].steps")
    run = dynamics.simulate(
        "hyperbola", "ngd", start(stage), 0.1, steps,
        forks=[Fork(150, eta=0.05, rule=RULES["sqrt-gd"])],
    )  # fmt: skip
    np.testing.assert_allclose(last_of(stage, 1), run.x[-1], rtol=1e-6)
    stage.page.locator("#question").click()
    stage.press("Control+z")
    stage.wait("edgewalk.stage.state.result.runs.length === 1")
    stage.settle()
    assert "fork" not in stage.page.url
    expect(stage.page.locator("#branch")).to_be_hidden()


def test_the_iterate_is_pushed_by_its_ring_and_by_keys(stage: Stage) -> None:
    stage.open(OPEN)
    stage.button("from here, with …").click()
    stage.expect_query(fork="150")
    ring = stage.page.get_by_role("button", name="Where the branch begins")
    box = ring.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x + 40, y - 30, steps=5)
    stage.page.mouse.up()
    stage.wait("location.search.includes('fork.push')")
    stage.settle()
    push = [float(one) for one in stage.settings["forks"][0]["push"]]
    assert push[0] > 0.1
    assert push[1] > 0.05
    run = dynamics.simulate(
        "hyperbola", "ngd", start(stage), 0.1, 400, forks=[Fork(150, push=tuple(push))]
    )
    np.testing.assert_allclose(last_of(stage, 1), run.x[-1], rtol=1e-5)
    before = stage.page.url
    ring.focus()
    stage.press("ArrowUp")
    stage.wait(f"location.href !== {json.dumps(before)}")
    stage.settle()
    assert stage.settings["forks"][0]["push"][1] > push[1]


def test_the_slider_is_of_the_branch_in_focus(stage: Stage) -> None:
    stage.open(OPEN)
    stage.press("f")
    stage.expect_query(fork="150")
    stage.page.get_by_role("slider", name="Step size η").fill("-1.5")
    stage.wait("location.search.includes('fork.eta')")
    stage.settle()
    assert stage.settings["eta"] == [0.1]
    assert stage.settings["forks"][0]["eta"] == pytest.approx(10**-1.5, rel=1e-2)


def test_a_tree_of_branches_is_reopened_and_pruned(stage: Stage) -> None:
    stage.open(THREE)
    tree = stage.page.get_by_role("group", name="Runs")
    assert tree.locator("li").count() == 3
    assert tree.locator("li li").count() == 1
    tree.get_by_role("button", name="GD", exact=True).click()
    stage.expect_query(focus="2")
    expect(stage.page.locator("#branch-step")).to_have_value("300")
    expect(stage.page.locator("#branch-rule")).to_have_value("gd")
    tree.get_by_role("button", name="Remove slow").click()
    stage.expect_query(fork="320", **{"fork.push": "0:0.3"})
    assert stage.page.evaluate("edgewalk.stage.state.result.runs.length") == 2
    expect(stage.button("compare η/2")).to_be_disabled()
    expect(stage.button("η → η/2")).to_be_disabled()


def test_there_are_at_most_four(stage: Stage) -> None:
    stage.open(f"{OPEN}&fork=10,20,30,40")
    stage.press("f")
    expect(stage.page.get_by_text("At most 4 branches: remove one first.")).to_be_visible()


def test_of_several_runs_that_in_focus_is_forked_alone(stage: Stage) -> None:
    stage.open("?loss=hyperbola&rule=ngd,sqrt-gd&eta=0.1&steps=300&at=100&focus=1")
    stage.press("f")
    stage.expect_query(rule="sqrt-gd", fork="100", focus="1")
    expect(stage.page.get_by_role("checkbox", name="Normalized GD")).not_to_be_checked()
    # And several rules have no branches again.
    stage.page.locator("#rules").get_by_text("Normalized GD", exact=True).click()
    stage.wait("!location.search.includes('fork')")


def test_the_difference_is_that_of_the_runs(stage: Stage) -> None:
    stage.open(f"{THREE}&focus=1&panel=difference")
    expect(stage.page.locator("#against")).to_have_value("0")
    expect(stage.page.locator("#difference canvas")).to_be_visible()
    stage.page.select_option("#against", "3")
    stage.expect_query(against="3", panel="difference")
    assert stage.page.evaluate("edgewalk.stage.scene().against") == 3


def test_axes_are_locked_while_one_compares(stage: Stage) -> None:
    stage.open(THREE)
    ranges = (
        "JSON.stringify(['xaxis', 'yaxis'].map((axis) =>"
        " edgewalk.stage.graphOf('sharpness')._fullLayout[axis].range))"
    )
    before = stage.page.evaluate(ranges)
    lock = stage.page.get_by_role("button", name="lock axes")
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true")
    stage.page.get_by_role("button", name="Remove slow").click()
    stage.expect_query(fork="320")
    stage.type_into("eta", "0.02")
    assert stage.page.evaluate(ranges) == before
    lock.click()
    stage.wait(f"{ranges} !== {json.dumps(before)}")


def test_what_is_wrong_is_told_at_its_field(stage: Stage) -> None:
    stage.open(f"{OPEN}&fork=100&focus=1")
    stage.type_into("branch-eta", "-3")
    expect(stage.page.locator("#branch-eta-error")).to_contain_text("η of a fork must be above 0")
    assert stage.page.evaluate("edgewalk.stage.state.result.runs.length") == 2


def test_a_file_of_branches_opens_again(stage: Stage, tmp_path) -> None:
    stage.open(THREE)
    text = stage.page.evaluate(
        "fetch('run.json?' + edgewalk.stage.state.result.query).then((answer) => answer.text())"
    )
    file = tmp_path / "run.json"
    file.write_text(text)
    stage.open("?loss=ring")
    stage.button("Export").click()
    with stage.page.expect_file_chooser() as chosen:
        stage.page.locator("#open-file").click()
    chosen.value.set_files(file)
    stage.expect_query(loss="hyperbola", fork="200,300,320", **{"fork.name": "slow,,"})
    assert stage.page.evaluate("edgewalk.stage.state.result.runs.length") == 4


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (768, 1024), (390, 844)])
def test_accessible_and_within_the_window(new_context, size: tuple[int, int]) -> None:
    context = new_context(**context_of(size, "dark", size[0] < 800))
    stage = Stage(context.new_page()).open(f"{THREE}&focus=2&panel=difference")
    stage.assert_accessible_in_both_schemes(size[0])
