"""What lies under assets/ from other hands is what they released, with its licence beside it."""

import hashlib
import re
from pathlib import Path

import plotly
import pytest

ASSETS = Path(__file__).parents[1] / "assets"
CARTESIAN = ASSETS / "vendor" / "plotly-cartesian.min.js"
FULL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

RECORDED = [
    pytest.param(sums.parent / name, recorded, id=name)
    for sums in sorted(ASSETS.glob("*/SHA256SUMS"))
    for recorded, name in (line.split() for line in sums.read_text().splitlines())
]


def plotlyjs_version(path: Path) -> str:
    """The version that a plotly.js bundle states in the comment it begins with."""
    found = re.search(r"\* plotly\.js .*v(\d+\.\d+\.\d+)", path.read_text(encoding="utf-8")[:300])
    assert found, f"{path.name} does not begin with plotly.js's banner"
    return found[1]


def test_vendored_plotlyjs_is_the_version_that_plotly_ships() -> None:
    assert plotlyjs_version(CARTESIAN) == plotlyjs_version(FULL)


@pytest.mark.parametrize(("path", "recorded"), RECORDED)
def test_vendored_file_is_unmodified(path: Path, recorded: str) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest() == recorded


@pytest.mark.parametrize("folder", ["vendor", "fonts"])
def test_every_binary_and_bundle_is_recorded(folder: str) -> None:
    vendored = {
        path
        for path in (ASSETS / folder).iterdir()
        if path.suffix in (".js", ".mjs", ".woff2", ".ttf")
    }
    assert vendored == {
        path for path, _ in (row.values for row in RECORDED) if path.parent.name == folder
    }


@pytest.mark.parametrize(
    ("licence", "title"),
    [
        ("vendor/plotly-cartesian.LICENSE", "MIT License"),
        ("vendor/regenerator-runtime.LICENSE", "MIT License"),
        ("vendor/jspdf.LICENSE", "Permission is hereby granted, free of charge"),
        ("vendor/svg2pdf.LICENSE", "The MIT License"),
        ("vendor/gifenc.LICENSE", "The MIT License"),
        ("vendor/mediabunny.LICENSE", "Mozilla Public License Version 2.0"),
        ("fonts/dejavu.LICENSE", "Bitstream Vera Fonts Copyright"),
        ("fonts/inter.LICENSE", "SIL Open Font License"),
    ],
)
def test_licence_lies_beside(licence: str, title: str) -> None:
    assert title in (ASSETS / licence).read_text(encoding="utf-8")
