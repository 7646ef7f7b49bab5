"""Each panel of a few fixed runs, drawn by the pen that writes SVG, is the picture agreed on.

Where a picture is meant to change, `python -m tests.agreed` renews it, and the difference of the
files shows what changed.
"""

import re

import pytest

from app.server import create_app
from tests.agreed import FOLDER, RUNS, draw

NUMBER = re.compile(r"-?\d+\.?\d*")
LEAST = 0.11  # a number that is rounded to tenths of a pixel may fall on either side


@pytest.fixture(scope="module")
def client():
    return create_app({"CACHE_TYPE": "SimpleCache"}).server.test_client()


def differences(found: str, agreed: str) -> list[str]:
    """Lines that differ by more than the last digit, and how many are missing."""
    one, other = found.splitlines(), agreed.splitlines()
    told = [f"{a}\n  agreed: {b}" for a, b in zip(one, other, strict=False) if not alike(a, b)]
    return told + ([f"{len(one)} lines, agreed {len(other)}"] if len(one) != len(other) else [])


def alike(one: str, other: str) -> bool:
    if NUMBER.sub("#", one) != NUMBER.sub("#", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(abs(float(a) - float(b)) < LEAST for a, b in pairs)


@pytest.mark.parametrize("run", RUNS)
def test_panels_are_the_pictures_agreed_on(client, run: str) -> None:
    for name, text in draw(client, run).items():
        agreed = (FOLDER / name).read_text(encoding="utf-8")
        assert not differences(text, agreed), name


def test_there_is_no_picture_that_nothing_draws() -> None:
    names = {f"{run}-{panel}.svg" for run, (_, panels, _) in RUNS.items() for panel in panels}
    assert {path.name for path in FOLDER.glob("*.svg")} == names


def test_a_difference_is_told() -> None:
    line = '<path d="M1.5 2L3 4" stroke="#000"/>'
    assert not differences(line, line.replace("1.5", "1.6"))
    assert differences(line, line.replace("1.5", "1.8"))
    assert differences(line, line.replace("L", "M"))
    assert differences(line, f"{line}\n{line}")
