"""The axes of the lab's map in a browser: chosen, drawn, and on the stage with their numbers."""

import numpy as np
import pytest
from playwright.sync_api import expect

from dynamics import RULES, sweep
from tests.browser.lab import Lab

BETAS = "?size=24&steps=120&rule=heavy-ball&across=beta&range=0.1,0.9&eta=0.5"


def test_a_map_of_beta_is_drawn_and_its_cell_opens_with_that_beta(lab: Lab):
    lab.open(BETAS)
    axes = lab.page.evaluate("edgewalk.lab.state.axes")
    assert (axes["across"]["title"], axes["across"]["kind"]) == ("β", "linear")
    cell = lab.cell(17, 6)
    beta = cell["own"][0]["value"]
    assert beta == pytest.approx(np.linspace(0.1, 0.9, 24)[17])
    rule = RULES["heavy-ball"].at(beta=beta)
    found = sweep("hyperbola", rule, [cell["start"]], [0.5], cell["steps"])
    assert cell["fate"]["value"] == found.outcome[0]
    assert lab.ink_at("map-plot", *lab.pixel_of(17, 6)) == lab.ink(f"fate-{found.outcome[0]}")
    lab.page.mouse.move(*lab.pixel_of(17, 6))
    expect(lab.page.locator("#cell-own")).to_contain_text("β = ")
    link = lab.page.get_attribute("#open", "href") or ""
    assert f"beta={beta:.12g}" in link
    assert "eta=0.5" in link
    assert lab.painted("orbit-plot") > 0


def test_axes_are_chosen_and_change_places(lab: Lab):
    """What belongs to an axis is shown with it, and not without."""
    lab.open("?size=24&steps=60&rule=heavy-ball")
    lab.page.select_option("#up", "beta")
    lab.settle()
    assert "up=beta" in lab.page.url
    expect(lab.page.locator("#range")).to_be_visible()
    expect(lab.page.locator("#start")).to_be_visible()
    expect(lab.page.locator("#from")).to_be_hidden()
    lab.page.select_option("#up", "eta")
    lab.settle()
    settings = lab.page.evaluate("edgewalk.lab.state.cells.head.settings")
    assert (settings["across"], settings["up"]) == ("beta", "eta")
    expect(lab.page.locator("#eta-one")).to_be_hidden()
    lab.type_into("range", "0.2, 0.6")
    assert lab.page.evaluate("edgewalk.lab.state.axes.across.values")[0] == 0.2
    lab.page.get_by_text("GD", exact=True).first.click()
    lab.settle()
    settings = lab.page.evaluate("edgewalk.lab.state.cells.head.settings")
    assert (settings["rule"], settings["across"], settings["up"]) == (["gd"], "eta", "start")
