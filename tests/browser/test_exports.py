"""Pictures for papers: their words can be found, and another program sees in them what was run."""

from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import expect

import dynamics
from tests.browser.pictures import answer_of, choose, pixels_of, place_of, saved
from tests.browser.stage import Stage


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
