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


def drop(stage: Stage, file: Path) -> None:
    """Drop a file on the page."""
    transfer = stage.page.evaluate_handle(
        """([bytes, name]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([Uint8Array.from(bytes)], name));
            return transfer;
        }""",
        [list(file.read_bytes()), file.name],
    )
    stage.page.dispatch_event("body", "drop", {"dataTransfer": transfer})


def test_what_was_kept_opens_again(stage: Stage, tmp_path: Path):
    stage.open("?loss=ring&eta=0.2&steps=60&at=41&look=log")
    names = ["Landscape, PNG", "Across the valley, SVG", "The run, NPZ", "The run, Notebook"]
    files = [download(stage, name, tmp_path) for name in names]
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
