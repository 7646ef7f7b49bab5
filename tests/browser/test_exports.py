"""Pictures for papers: their words can be found, and another program sees in them what was run."""

from pathlib import Path
from xml.etree import ElementTree

from matplotlib.image import imread
from playwright.sync_api import expect

import dynamics
from tests.browser.pictures import SVG, answer_of, choose, pixels_of, place_of, saved
from tests.browser.stage import Stage


def test_another_program_sees_the_iterate_of_an_svg_and_finds_its_quantities(
    stage: Stage, tmp_path: Path
):
    stage.open("?loss=hyperbola&eta=0.1&at=121")
    stage.press("e")
    choose(stage, What="Landscape and sharpness", Size="Slide 4:3", Form="SVG")
    file = saved(stage, "Save the picture", tmp_path)
    root = ElementTree.parse(file).getroot()
    drawn = {part.get("class") for part in root.iter(f"{SVG}g")}
    assert {"iterates-early", "iterates-even", "iterates-odd", "gradient-flow", "flow"} <= drawn
    assert {"threshold-odd", "projection-sharpness", "flow-sharpness", "lens"} <= drawn
    x, y = place_of(root, "landscape", dynamics.simulate("hyperbola", "ngd", None, 0.1, 121).x[-1])
    png = tmp_path / "seen.png"
    answer_of("rsvg-convert", file, "-o", png)
    shown = 255 * imread(png)
    assert shown.shape[:2] == (768, 1024)
    assert abs(shown[y, x, :3] - stage.ink("odd")[:3]).max() < 8


def test_an_svg_of_a_million_steps_is_small_and_has_both_walls(stage: Stage, tmp_path: Path):
    stage.open("?eta=0.001&steps=1000000&at=1000000")
    stage.press("e")
    choose(stage, What="The whole stage", Form="SVG")
    file = saved(stage, "Save the picture", tmp_path)
    assert file.stat().st_size < 1e6
    root = ElementTree.parse(file).getroot()
    for name in ("iterates-even", "iterates-odd", "threshold-even", "threshold-odd"):
        assert any(part.get("class") == name for part in root.iter(f"{SVG}g"))


def test_a_pdf_has_words_and_the_iterate_at_its_pixel(stage: Stage, tmp_path: Path):
    stage.open("?loss=hyperbola&eta=0.1&at=120")
    stage.press("e")
    choose(stage, What="Landscape and sharpness", Size="Slide 4:3", Form="SVG")
    root = ElementTree.parse(saved(stage, "Save the picture", tmp_path)).getroot()
    choose(stage, Form="PDF")
    expect(stage.page.locator("#latex-words")).to_contain_text(
        r"\includegraphics[width=\linewidth]{edgewalk-hyperbola-both.pdf}"
    )
    file = saved(stage, "Save the picture", tmp_path)
    words = answer_of("pdftotext", "-layout", file, "-").decode()
    for text in (
        "slow time τ = η²t",
        "λ₁(Φ(xₜ))",
        "X(τ), the theorem",
        "sharpness λ₁",
        "2/ηₜ, even t",
    ):
        assert text in words
    fonts = answer_of("pdffonts", file).decode().splitlines()[2:]
    assert [line.split()[-5:-2] for line in fonts] == [["yes", "no", "yes"]]
    info = answer_of("pdfinfo", file).decode()
    for text in ("½ (1 − xy)²", "loss=hyperbola", "CC0 1.0", "768 x 576 pts"):
        assert text in info
    x, y = place_of(root, "landscape", dynamics.simulate("hyperbola", "ngd", None, 0.1, 120).x[-1])
    shown = pixels_of(answer_of("pdftoppm", "-r", 96, file))
    assert abs(shown[y, x] - [*stage.ink("even")[:3]]).max() < 8


def test_a_solid_in_a_pdf_is_a_picture_with_words_around_it(stage: Stage, tmp_path: Path):
    stage.open("?loss=hyperbola&eta=0.1&at=40&look=surface")
    stage.press("e")
    choose(stage, What="Landscape", Size="One column, 85 mm", Form="PDF")
    expect(stage.page.locator("#latex-words")).to_contain_text("[width=85mm]")
    file = saved(stage, "Save the picture", tmp_path)
    assert "η = 0.1, step 40" in answer_of("pdftotext", file, "-").decode()
    images = answer_of("pdfimages", "-list", file).decode().splitlines()[2:]
    assert any(int(line.split()[3]) > 700 for line in images)
