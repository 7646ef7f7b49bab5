"""Plots of the lab leave it by the same dialog, and open again."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import expect

from dynamics import sweep
from tests.browser.lab import SMALL, Lab
from tests.browser.pictures import SVG, answer_of, choose, drop, saved

RATE = "?plot=rate&etas=0.2,0.1,0.05&tau=1"
# What stands in a picture of each: quantities, and words.
SEEN = {
    f"?{SMALL}|Regime map": ({"map", "cells", "settles"}, {"step size η", "catapult"}),
    f"?{SMALL}|Map and orbit diagram": (
        {"sliced", "slice", "orbit", "iterates-even", "iterates-odd", "fates"},
        {"offset along v₁", "even t", "2/λ₁ at Φ of the start"},
    ),
    f"?{SMALL}|The cell’s run": ({"path"}, {"x", "y"}),
    f"{RATE}|Gap to the theorem": ({"rate", "runs", "slopes", "gaps"}, {"slope 1, as the bound"}),
    "?plot=collapse|Three clocks": (
        {"step", "eta", "tau", "run-1", "run-3"},
        {"slow time τ = η²t", "η = 0.05"},
    ),
    "?plot=flatness&tau=1&etas=0.1|Which flatness?": (
        {"flatness-along", "flatness-trace", "flow-ngd", "run-sam", "sharpness"},
        {"share of its own time", "Label noise"},
    ),
    "?plot=crowd&grid=9&steps=200|Crowd": (
        {"starts", "landscape", "conserved", "manifold", "median", "quartiles", "share-edge"},
        {"step size η", "crossed Γ", "which gradient flow keeps"},
    ),
}


def exporting(lab: Lab, query: str, **choices: str) -> Lab:
    """The open dialog on what is asked for."""
    lab.open(query)
    lab.wait("edgewalk.lab.state.plot !== 'regimes' || edgewalk.lab.state.path")
    lab.wait("edgewalk.lab.state.plot !== 'regimes' || edgewalk.lab.state.orbit")
    lab.page.keyboard.press("e")
    choose(lab, **choices)
    return lab


@pytest.mark.parametrize("asked", SEEN)
def test_a_plot_is_an_svg_with_its_quantities_and_words(lab: Lab, tmp_path: Path, asked: str):
    query, what = asked.split("|")
    exporting(lab, query, What=what, Form="SVG", Size="One column, 85 mm")
    file = saved(lab, "Save the picture", tmp_path)
    assert file.stat().st_size < 1e6
    root = ElementTree.parse(file).getroot()
    assert root.get("width") == "85mm"
    quantities, words = SEEN[asked]
    assert quantities <= {part.get("class") for part in root.iter(f"{SVG}g")}
    text = " ".join(part.text or "" for part in root.iter(f"{SVG}text"))
    for word in words:
        assert word in text


def test_another_program_sees_the_fates_of_a_map(lab: Lab, tmp_path: Path):
    """Cells keep their sharp edges and their inks."""
    exporting(lab, "?size=20&steps=300&eta=0.3,2", What="Regime map", Form="SVG", Size="Slide 4:3")
    root = ElementTree.parse(saved(lab, "Save the picture", tmp_path)).getroot()
    (panel,) = (part for part in root.iter(f"{SVG}g") if part.get("class") == "map")
    (image,) = panel.iter(f"{SVG}image")
    left, top = map(float, panel.get("transform", "")[10:-1].split())
    unit = 1024 / float(root.get("viewBox", "").split()[2])
    x, y, width, height = (float(image.get(name, "")) for name in ("x", "y", "width", "height"))
    png = tmp_path / "seen.png"
    answer_of("rsvg-convert", next(tmp_path.glob("*.svg")), "-o", png)
    shown = 255 * imread(png)
    head = lab.page.evaluate("edgewalk.lab.state.cells.head")
    etas, starts = np.array(head["etas"]), np.array(head["starts"])
    found = sweep("hyperbola", "gd", np.tile(starts, (20, 1)), np.repeat(etas, 20), 300)
    for row, column in ((0, 3), (10, 1), (19, 18)):
        ink = lab.ink(f"fate-{found.outcome[20 * row + column]}")
        at = left + x + (row + 0.5) / 20 * width, top + y + (19.5 - column) / 20 * height
        pixel = shown[int(unit * at[1]), int(unit * at[0]), :3]
        assert abs(pixel - ink[:3]).max() < 8


def test_a_png_is_as_large_as_asked_and_a_pdf_has_words(lab: Lab, tmp_path: Path):
    exporting(lab, RATE, What="Gap to the theorem", Size="Slide 16:9", Pixels="3×")
    data = saved(lab, "Save the picture", tmp_path).read_bytes()
    assert [int.from_bytes(data[at : at + 4]) for at in (16, 20)] == [3840, 2160]
    choose(lab, Form="PDF", Size="Two columns, 175 mm")
    expect(lab.page.locator("#latex-words")).to_contain_text(r"{edgewalk-hyperbola-rate.pdf}")
    expect(lab.page.locator("#latex-words")).to_contain_text("Gap of Normalized GD on")
    file = saved(lab, "Save the picture", tmp_path)
    words = answer_of("pdftotext", "-layout", file, "-").decode()
    for text in ("step size η", "slope 1, as the bound", "gap ‖Φ(xₜ) − X(η²t)‖"):
        assert text in words
    info = answer_of("pdfinfo", file).decode()
    for text in ("plot=rate", "CC0 1.0", "Gap of Normalized GD"):
        assert text in info


def test_what_was_kept_opens_again_and_the_last_choice_is_remembered(lab: Lab, tmp_path: Path):
    query = f"?{SMALL}&loss=ring&slice=0.25"
    exporting(lab, query, What="Orbit diagram", Form="SVG")
    names = ["Save the picture", "The map, NPZ", "The orbit diagram, JSON", "The map, Settings"]
    files = [saved(lab, name, tmp_path) for name in names]
    choose(lab, Form="PNG")
    files.append(saved(lab, "Save the picture", tmp_path))
    lab.button("Close").click()
    for file in files:
        lab.open(f"?{SMALL}")
        drop(lab, file)
        lab.expect_query(loss="ring", size="40", slice="0.25")
    exporting(lab, f"?{SMALL}")
    expect(lab.page.get_by_label("What", exact=True)).to_have_value("orbit")
    expect(lab.page.get_by_label("What", exact=True)).to_be_focused()


def test_the_numbers_of_a_plot_are_those_on_screen(lab: Lab, tmp_path: Path):
    exporting(lab, "?size=16&steps=100")
    with np.load(saved(lab, "The map, NPZ", tmp_path)) as file:
        shown = lab.page.evaluate("Array.from(edgewalk.lab.state.cells.period)")
        assert file["period"].tolist() == shown
        settings = json.loads(str(file["settings"]))
    assert settings["about"]["caption"].startswith("Regime map of GD on L = ½ (1 − xy)²")
    lines = saved(lab, "The map, CSV", tmp_path).read_text().splitlines()
    assert len(list(csv.DictReader(lines))) == 256
    exporting(lab, "?plot=collapse&etas=0.2,0.1")
    rows = csv.DictReader(saved(lab, "The runs, CSV", tmp_path).read_text().splitlines())
    assert {row["eta"] for row in rows} == {"0.2", "0.1"}
