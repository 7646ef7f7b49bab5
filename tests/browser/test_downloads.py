"""Downloads are real files that parse, with the iterates in them."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from playwright.sync_api import expect

import dynamics
from tests.browser.pictures import SVG, choose, drop, is_marked, saved
from tests.browser.stage import Stage


def download(stage: Stage, item: str, folder: Path) -> Path:
    stage.button("Export").click()
    file = saved(stage, item, folder)
    stage.button("Close").click()
    return file


def test_pictures_of_any_size_and_form(stage: Stage, tmp_path: Path):
    stage.open("?loss=hyperbola&eta=0.1&at=120")
    stage.press("e")
    expect(stage.page.get_by_label("What", exact=True)).to_be_focused()
    choose(stage, What="Landscape", Size="Slide 4:3")
    for times in (1, 3):
        choose(stage, Pixels=f"{times}×")
        data = saved(stage, "Save the picture", tmp_path).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        size = [int.from_bytes(data[at : at + 4]) for at in (16, 20)]
        assert size == [1024 * times, 768 * times]
    choose(stage, Form="SVG", Look="Transparent")
    root = ElementTree.parse(saved(stage, "Save the picture", tmp_path)).getroot()
    assert (root.get("width"), root.get("height")) == ("1024px", "768px")
    (panel,) = (part for part in root.iter(f"{SVG}g") if part.get("class") == "landscape")
    assert is_marked(panel, dynamics.simulate("hyperbola", "ngd", None, 0.1, 120).x[-1])
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"flattest", "odd t", "X(τ), the theorem"} <= words
    choose(stage, Size="One column, 85 mm", What="The whole stage")
    root = ElementTree.parse(saved(stage, "Save the picture", tmp_path)).getroot()
    assert root.get("width") == "85mm"
    drawn = [part.get("class") for part in root.iter(f"{SVG}g") if part.get("class")]
    assert {"landscape", "sharpness", "across", "along", "gap"} <= set(drawn)
    stage.open("?eta=0.1")
    stage.press("e")
    expect(stage.page.get_by_label("Size", exact=True)).to_have_value("column")


def test_what_was_kept_opens_again(stage: Stage, tmp_path: Path):
    stage.open("?loss=ring&eta=0.2&steps=60&at=41&look=log")
    stage.button("Export").click()
    files = [saved(stage, "Save the picture", tmp_path)]
    choose(stage, Form="PDF")
    files.append(saved(stage, "Save the picture", tmp_path))
    choose(stage, Form="SVG", What="Across the valley")
    names = ["Save the picture", "The run, NPZ", "The run, Notebook", "The run, Page"]
    files += [saved(stage, name, tmp_path) for name in names]
    stage.button("Close").click()
    for file in files:
        if file is files[0]:
            stage.open("?steps=30")
            stage.button("Export").click()
            with stage.page.expect_file_chooser() as chooser:
                stage.button("Open a file").click()
            chooser.value.set_files(file)
        else:
            drop(stage, file)
        stage.page.wait_for_url("**/?loss=ring&*at=41*")
        assert {"eta=0.2", "steps=60", "look=log"} <= set(stage.page.url.split("?")[1].split("&"))
        stage.press("Home")
    other = tmp_path / "other.svg"
    other.write_text("<svg/>")
    drop(stage, other)
    message = "other.svg did not come from here: there is no link of Edgewalk in it."
    stage.page.get_by_text(message).wait_for()
    assert "loss=ring" in stage.page.url


def test_the_run_as_files(stage: Stage, tmp_path: Path):
    stage.open("?loss=hyperbola&eta=0.05&steps=300")
    run = dynamics.simulate("hyperbola", "ngd", None, 0.05, 300)
    with np.load(download(stage, "The run, NPZ", tmp_path)) as file:
        assert np.array_equal(file["x"], run.x)
        assert np.array_equal(file["step"], run.step)
        assert json.loads(str(file["settings"]))["eta"] == [0.05]
    lines = download(stage, "The run, CSV", tmp_path).read_text().splitlines()
    rows = list(csv.DictReader(lines))
    assert len(rows) == 301
    assert float(rows[-1]["x_0"]) == run.x[-1, 0]
    assert rows[0]["rule"] == "ngd"
    settings = json.loads(download(stage, "The run, Settings", tmp_path).read_text())
    assert (settings["loss"], settings["steps"]) == ("hyperbola", 300)
    comma = download(stage, "The run, CSV 0,5", tmp_path).read_text().splitlines()
    last = dict(zip(comma[0].split(";"), comma[-1].split(";"), strict=True))
    assert float(last["x_0"].replace(",", ".")) == run.x[-1, 0]
