"""python -m app export: files as the routes give them, pictures as the dialog makes them."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import dynamics

ROOT = Path(__file__).parents[2]
LINK = "https://walks.example/ew/?loss=hyperbola&eta=0.2&steps=60&at=40"


def export(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "export", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def made(*arguments: object) -> dict:
    """What a command that works says."""
    done = export(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_numbers_and_programs_need_no_browser(tmp_path: Path) -> None:
    run = dynamics.simulate("hyperbola", "ngd", None, 0.2, 60)
    out = tmp_path / "run.npz"
    assert made(LINK, "--out", out) == {
        **{"out": str(out), "form": "npz", "bytes": out.stat().st_size},
    }
    with np.load(out) as file:
        assert np.array_equal(file["x"], run.x)
        about = json.loads(str(file["settings"]))["about"]
    assert about["link"].startswith("https://walks.example/ew/?")


def test_a_picture_is_what_the_dialog_makes(tmp_path: Path) -> None:
    """By a Chromium without a network: the link in it is the one that was given."""
    out = tmp_path / "figure.svg"
    made(LINK, "--what", "landscape", "--size", "column", "--with", "legend", "--out", out)
    root = ElementTree.parse(out).getroot()
    assert root.get("width") == "85mm"
    text = out.read_text()
    assert "https://walks.example/ew/?" in text
    assert "flattest" in text
    assert "iterates-odd" in text


def test_a_plot_of_the_lab_is_what_its_dialog_makes(tmp_path: Path) -> None:
    """With its own numbers; those of runs on clocks are the stage's."""
    page = "https://walks.example/ew/lab/"
    out = tmp_path / "map.svg"
    made(f"{page}?size=16&steps=100", "--size", "columns", "--with", "link", "--out", out)
    root = ElementTree.parse(out).getroot()
    assert root.get("width") == "175mm"
    assert f"{page}?size=16&amp;steps=100" in out.read_text()
    numbers = tmp_path / "map.json"
    made("lab/?size=16&steps=100", "--out", numbers)
    told = json.loads(numbers.read_text())
    assert len(told["columns"]["eta"]) == 256
    assert told["settings"]["about"]["link"].startswith("http://127.0.0.1:8050/lab/?")
    runs = tmp_path / "runs.npz"
    made(f"{page}?plot=collapse&etas=0.2,0.1", "--out", runs)
    with np.load(runs) as file:
        assert set(file["eta"]) == {0.2, 0.1}
        about = json.loads(str(file["settings"]))["about"]
    assert about["link"].startswith("https://walks.example/ew/?")


def test_a_panel_of_the_study_is_what_its_dialog_makes(tmp_path: Path) -> None:
    page = "https://walks.example/ew/study/"
    out = tmp_path / "edge.svg"
    made(f"{page}?rule=gd", "--what", "sharpness", "--with", "link", "--out", out)
    root = ElementTree.parse(out).getroot()
    assert "edges" in {part.get("class") for part in root.iter()}
    assert f"{page}?rule=gd" in out.read_text()
    numbers = tmp_path / "runs.json"
    made(f"{page}?rule=gd", "--out", numbers)
    told = json.loads(numbers.read_text())
    assert told["settings"]["about"]["link"] == f"{page}?rule=gd"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("eta=x", "--out", "run.csv"), "η must be a number, got ‘x’."),
        (("eta=x", "--out", "run.png"), "η must be a number, got ‘x’."),
        (("eta=0.1", "--out", "run.doc"), "form must be one of png, svg, pdf"),
        (("eta=0.1", "--out", "none/run.csv"), "out must lie in a folder that exists"),
        (("ftp://a/?eta=1", "--out", "run.csv"), "LINK must be a link of the stage"),
        (("eta=0.1", "--out", "run.png", "--with", "frame"), "with must be of title"),
        (("lab/?plot=rates", "--out", "a.png"), "The plot must be one of regimes"),
        (("lab/?plot=rate", "--out", "a.gif"), "films are of the stage, got lab/?plot=rate"),
        (("lab/?plot=rate", "--out", "a.html"), "there is no rate.html"),
        (("study/?rule=gd", "--out", "a.webm"), "films are of the stage, got study/?rule=gd"),
        (("eta=0.1", "--out", "a.png", "--what", "rate"), "what must be one of both, stage"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path: Path, arguments: tuple, words: str) -> None:
    link, flag, out, *more = arguments
    done = export(link, flag, tmp_path / out, *more)
    assert done.returncode == 2
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_command_that_is_none_is_said() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "exprot"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (
        1,
        "There is no command 'exprot'. Known: export, site.\n",
    )
