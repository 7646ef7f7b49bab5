"""The ledgers on the stage: the curvature of a step, whether the loss hangs, and what moves c."""

import numpy as np
import pytest
from playwright.sync_api import expect

import dynamics
from tests.browser.stage import Stage

VALLEY = "?loss=parabolic-valley&eta=0.05&start=1.8,0.517&steps=3000&at=3000"


def test_a_loss_that_hangs_is_told(stage: Stage) -> None:
    """0.99991 over the last two thirds, by the theory's own row; and 0.9303 from step 0."""
    stage.open(VALLEY)
    gauge = stage.page.locator("#gauge-curvature_balance_late")
    expect(gauge.locator(".value")).to_have_text("0.9999")
    expect(gauge.locator(".verdict")).to_have_text("hangs")
    told = stage.page.locator("#balance-told")
    expect(told).to_have_text("From step 0: 0.9303.")
    expect(stage.page.locator(".laws")).to_contain_text("neither falls nor rises forces the edge")
    stage.open(VALLEY.replace("&at=3000", "&at=8"))
    expect(gauge.locator(".verdict")).to_be_empty()
    stage.open("?rule=adam")
    expect(gauge.locator(".value")).to_have_text("–")


def test_the_root_is_told_in_its_own_terms(stage: Stage) -> None:
    """ηκ of the last two steps, 0.86404 and 3.13590, by the theory's own row."""
    stage.open(VALLEY + "&rule=sqrt-gd")
    told = stage.page.locator("#balance-told")
    expect(told).to_contain_text("√L has ηκ = 0.8640 and 3.136, mean 2.000.")


def test_the_curvature_of_a_step_is_what_the_mathematics_says(stage: Stage) -> None:
    stage.open(VALLEY)
    column = stage.page.evaluate(
        "Array.from(edgewalk.stage.scene().result.runs[0].columns.step_curvature)"
    )
    run = dynamics.simulate("parabolic-valley", "ngd", (1.8, 0.517), 0.05, 3000)
    found = dynamics.measure(run).step_curvature
    np.testing.assert_allclose(np.array(column[:-1], float), found[:-1], rtol=1e-6)


def test_the_ledger_says_what_moves_c(stage: Stage, tmp_path) -> None:
    """By hand: 1 − ½η² = 0.98 a step, whatever the start, of c₀ = 2.6² − 0.9² = 5.95."""
    stage.open("?rule=sqrt-gd&eta=0.2&at=100&loss=hyperbola")
    stage.page.locator("#panels").get_by_text("Ledger", exact=True).click()
    stage.expect_query(panel="ledger")
    expect(stage.page.locator("#ledger")).to_be_visible()
    expect(stage.page.locator("#conserved-words")).to_have_text("x² − y²")
    c = 5.95 * 0.98**100
    run = "edgewalk.stage.scene().result.runs[0]"
    words = stage.page.evaluate(f"edgewalk.conserved.termWords({run}, {run}, 100)")
    assert words == f"c ← c · (1 − ½η²) = {c:.4g} × 0.98000"
    shares = stage.page.evaluate(f"edgewalk.conserved.sharesOf({run}, 100)")
    assert sum(one["share"] for one in shares) == pytest.approx(1)
    first = int(stage.page.evaluate(f"{run}.phases.find((p) => p.name === 'edge').first"))
    edge = (0.98**first - 0.98**100) / (1 - 0.98**100)
    assert shares[-1] == {"name": "edge", "share": pytest.approx(edge, rel=1e-5)}


def test_only_a_loss_that_conserves_something_has_a_ledger(stage: Stage) -> None:
    tab = stage.page.locator("#panels").get_by_text("Ledger", exact=True)
    stage.open("?loss=ring&panel=ledger")
    expect(tab).to_be_hidden()
    expect(stage.page.locator("#ledger")).to_be_hidden()
    expect(stage.page.locator("#sharpness")).to_be_visible()
    text = "(x y - 1)^2; conserved = x^2 - y^2".replace(";", "%3B").replace("^", "%5E")
    stage.open(f"?formula={text}&panel=ledger")
    expect(stage.page.locator("#ledger")).to_be_visible()


def test_why_it_drifts_ends_in_the_ledger(stage: Stage) -> None:
    stage.open("?rule=sqrt-gd&loss=hyperbola&eta=0.2&steps=100&at=40")
    stage.page.emulate_media(reduced_motion="reduce")
    stage.page.keyboard.press("w")
    c = 5.95 * 0.98**40
    line = f"Exactly, of c = x² − y²: c ← c · (1 − ½η²) = {c:.4g} × 0.98000."
    # A formula in a sentence stays on one line.
    expect(stage.page.locator("#story")).to_contain_text(line.replace(" = ", "\u00a0=\u00a0", 1))


@pytest.mark.parametrize("width", [390, 1440])
def test_the_ledger_is_accessible(stage: Stage, width: int) -> None:
    stage.page.set_viewport_size({"width": width, "height": 844})
    stage.open("?rule=sqrt-gd&panel=ledger&loss=hyperbola&at=40")
    stage.assert_accessible_within(width)
