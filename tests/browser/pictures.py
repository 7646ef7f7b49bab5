"""Pictures that the Export dialog makes, and what other programs read in them."""

import base64
import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.browser.driver import Driver

SVG = "{http://www.w3.org/2000/svg}"


def saved(page: Driver, button: str, folder: Path) -> Path:
    """What a button of the open dialog keeps."""
    with page.page.expect_download() as event:
        page.page.get_by_role("button", name=button, exact=True).click()
    file = folder / event.value.suggested_filename
    event.value.save_as(file)
    return file


def choose(page: Driver, **choices: str) -> None:
    for label, option in choices.items():
        page.page.get_by_label(label, exact=True).select_option(option)


def drop(page: Driver, file: Path) -> None:
    """Drop a file on the page."""
    transfer = page.page.evaluate_handle(
        """([base64, name]) => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
            return transfer;
        }""",
        [base64.b64encode(file.read_bytes()).decode(), file.name],
    )
    page.page.dispatch_event("body", "drop", {"dataTransfer": transfer})


def answer_of(program: str, *arguments: object) -> bytes:
    """What a program says on standard output."""
    if not shutil.which(program):
        assert "CI" not in os.environ, f"{program} is not on PATH"
        pytest.skip(f"{program} is not on PATH: `make readers` installs it on Debian")
    return subprocess.run(
        [program, *map(str, arguments)], check=True, capture_output=True, timeout=60
    ).stdout


def pixels_of(ppm: bytes) -> np.ndarray:
    """Rows of [r, g, b] of a PPM."""
    kind, size, most, data = ppm.split(b"\n", 3)
    assert (kind, most) == (b"P6", b"255")
    width, height = map(int, size.split())
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def place_of(root: ElementTree.Element, name: str, point: np.ndarray) -> tuple[int, int]:
    """The pixel at 1x of a point on the axes of a panel of an SVG: column and row."""
    (panel,) = (part for part in root.iter(f"{SVG}g") if part.get("class") == name)
    left, top = map(float, re.findall(r"[\d.]+", panel.get("transform", "")))
    unit = float(root.get("width", "").removesuffix("px")) / float(
        root.get("viewBox", "").split()[2]
    )
    x, y = (on_axis(panel, tick, value) for tick, value in zip("xy", point, strict=True))
    return int(unit * (left + x)), int(unit * (top + y))


def is_marked(panel: ElementTree.Element, point: np.ndarray) -> bool:
    """Whether a round mark stands at a point, by the ticks of the panel's axes."""
    place = [on_axis(panel, tick, value) for tick, value in zip("xy", point, strict=True)]
    for path in panel.iter(f"{SVG}path"):
        for begins in re.finditer(r"M(-?[\d.]+) (-?[\d.]+) A(\S+)", path.get("d", "")):
            right, middle, radius = map(float, begins.groups())
            if abs(middle - place[1]) < 0.3 and abs(right - radius - place[0]) < 0.3:
                return True
    return False


def on_axis(panel: ElementTree.Element, axis: str, value: float) -> float:
    """Where a value lies on an axis, from where its ticks are written."""
    ticks = []
    for part in panel.iter(f"{SVG}g"):
        if part.get("class") == f"{axis}tick":
            text = part[0]
            moved = re.findall(r"[\d.]+", text.get("transform", ""))
            number = "".join(text.itertext()).replace("−", "-")
            ticks.append((float(number), float(moved["xy".index(axis)])))
    (low, start), *_, (high, end) = sorted(ticks)
    return start + (value - low) / (high - low) * (end - start)
