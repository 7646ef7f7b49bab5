"""Downloads are real files that parse, with the iterates in them."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import dynamics
from tests.browser.stage import Stage

SVG = "{http://www.w3.org/2000/svg}"
PANELS = ["Landscape", "Sharpness", "Across the valley"]


def download(stage: Stage, item: str, folder: Path) -> Path:
    stage.button("Export").click()
    with stage.page.expect_download() as event:
        stage.page.get_by_role("button", name=item, exact=True).click()
    file = folder / event.value.suggested_filename
    event.value.save_as(file)
    return file


@pytest.mark.parametrize("panel", PANELS)
def test_png(stage: Stage, tmp_path: Path, panel: str):
    stage.open("?eta=0.1&at=120")
    data = download(stage, f"{panel}, PNG", tmp_path).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20]) == 2000
    assert int.from_bytes(data[20:24]) == 1440


@pytest.mark.parametrize("panel", PANELS)
def test_svg_grows_with_the_playhead(stage: Stage, tmp_path: Path, panel: str):
    stage.open("?eta=0.1&at=2")
    few = marks(download(stage, f"{panel}, SVG", tmp_path))
    stage.press("End")
    many = marks(download(stage, f"{panel}, SVG", tmp_path))
    assert few > 0
    assert many - few >= (597 if panel != "Across the valley" else 5)


def marks(file: Path) -> int:
    root = ElementTree.parse(file).getroot()
    assert root.tag == f"{SVG}svg"
    return sum("point" in (path.get("class") or "") for path in root.iter(f"{SVG}path"))


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
