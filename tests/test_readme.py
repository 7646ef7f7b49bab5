"""What the README says works."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text()


def test_the_lines_of_python_run(capsys: pytest.CaptureFixture[str]):
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(code, {})
    first, sharpness, pair, gap = capsys.readouterr().out.splitlines()
    assert first == "All steps were taken."
    values = [float(value) for value in sharpness.strip("[]").split()]
    assert values == sorted(values, reverse=True)
    assert float(pair) == pytest.approx(1, abs=0.1)
    assert float(gap) < 0.02


@pytest.mark.parametrize("name", ["LOSSES", "RULES"])
def test_every_key_is_named(name: str):
    import dynamics

    for key in getattr(dynamics, name):
        assert f"`{key}`" in TEXT


def test_every_dependency_has_its_reason():
    pins = (ROOT / "requirements.txt").read_text().splitlines()
    reasons = TEXT[TEXT.index("| dependency |") :]
    for pin in pins:
        assert re.search(rf"^\|[^|]*\b{re.escape(pin.split('==')[0])}\b", reasons, re.MULTILINE)


def test_its_pictures_exist():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (ROOT / picture).is_file()
