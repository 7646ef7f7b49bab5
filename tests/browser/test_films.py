"""Films hold each frame at its own time, and open again."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import dynamics
from tests.browser import films
from tests.browser.pictures import choose, drop, place_of, saved
from tests.browser.stage import Stage

STEPS = 120


def choose_film(stage: Stage, form: str, seconds: float, rate: int) -> None:
    choose(stage, Form=form)
    choose(stage, **{"Frames a second": str(rate)})
    stage.page.get_by_label("Speed").locator("visible=true").last.fill(str(seconds))


def pixels_of(gif: Image.Image, frame: int) -> np.ndarray:
    gif.seek(frame)
    return np.asarray(gif.convert("RGB")).astype(int)


def test_a_gif_has_each_frame_at_its_time_with_the_iterate_at_its_pixel(
    stage: Stage, tmp_path: Path
):
    stage.open(f"?loss=hyperbola&eta=0.1&steps={STEPS}&at={STEPS}")
    stage.press("e")
    choose(stage, What="Landscape", Size="Slide 4:3", Form="SVG")
    root = ElementTree.parse(saved(stage, "Save the picture", tmp_path)).getroot()
    choose_film(stage, "Film, GIF", 2, 30)
    file = saved(stage, "Make the film", tmp_path)
    gif = Image.open(BytesIO(file.read_bytes()))
    assert (gif.size, gif.n_frames) == ((1024, 768), 60)  # type: ignore[attr-defined]
    delays = []
    for frame in range(60):
        gif.seek(frame)
        delays.append(gif.info["duration"])
    assert sum(delays) == 2000
    x = dynamics.simulate("hyperbola", "ngd", None, 0.1, STEPS).x
    first, last = (pixels_of(gif, frame) for frame in (0, 59))
    (x0, y0), (x1, y1) = (place_of(root, "landscape", point) for point in (x[0], x[-1]))
    even, early = (np.array(stage.ink(name)[:3]) for name in ("even", "soft"))
    assert abs(first[y0, x0] - early).max() < 12
    assert abs(first[y1, x1] - even).max() > 40
    assert abs(last[y1, x1] - even).max() < 12
    assert gif.info["loop"] == 0
    stage.button("Close").click()
    stage.open("?loss=ring")
    drop(stage, file)
    stage.page.wait_for_url("**/?*loss=hyperbola*")


# What a browser does with a page that nobody looks at.
AWAY = """() => {
  Object.defineProperty(document, 'hidden', { value: true });
  Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
  document.dispatchEvent(new Event('visibilitychange'));
  const later = window.setTimeout;
  window.requestAnimationFrame = () => 0;
  window.setTimeout = (then, ms = 0, ...more) => later(then, Math.max(ms, 1000), ...more);
}"""


@pytest.mark.parametrize("form", ["GIF", "WebM"])
def test_a_film_is_made_while_nobody_looks(stage: Stage, tmp_path: Path, form: str):
    """A person has asked for it, and does something else meanwhile."""
    stage.open(f"?loss=hyperbola&eta=0.1&steps={STEPS}")
    stage.press("e")
    if stage.page.locator(f"#picture-form [value={form.lower()}]").is_disabled():
        pytest.skip(f"this Chromium makes no {form}")
    choose(stage, What="Landscape", Size="Slide 4:3")
    choose_film(stage, f"Film, {form}", 2, 30)
    stage.page.evaluate(AWAY)
    file = saved(stage, "Make the film", tmp_path)
    if form == "GIF":
        assert Image.open(BytesIO(file.read_bytes())).n_frames == 60  # type: ignore[attr-defined]
    else:
        assert films.webm(file).frames == 60


@pytest.mark.parametrize(("form", "read"), [("WebM", films.webm), ("MP4", films.mp4)])
def test_a_video_has_all_its_frames(
    stage: Stage, tmp_path: Path, form: str, read: Callable[[Path], films.Video]
):
    stage.open("?loss=ring&eta=0.1&steps=200")
    stage.press("e")
    option = stage.page.locator(f"#picture-form [value={form.lower()}]")
    choose(stage, Form=f"Film, {form}")
    stage.page.wait_for_timeout(1500)  # until the browser has tried whether it makes it
    if option.is_disabled():
        assert "not in this browser" in option.inner_text()
        pytest.skip(f"this Chromium makes no {form}")
    choose(stage, What="Landscape and sharpness", Size="Slide 16:9")
    choose_film(stage, f"Film, {form}", 2, 25)
    file = saved(stage, "Make the film", tmp_path)
    film = read(file)
    assert (film.frames, film.width, film.height) == (50, 1280, 720)
    assert film.seconds == pytest.approx(2, abs=0.03)
    stage.button("Close").click()
    stage.open("?loss=hyperbola")
    drop(stage, file)
    stage.page.wait_for_url("**/?*loss=ring*")


def test_a_film_that_is_cancelled_leaves_the_page_as_it_was(stage: Stage):
    stage.open("?loss=ring&eta=0.1&steps=1000&at=7")
    stage.press("e")
    choose_film(stage, "Film, GIF", 100, 50)
    downloads = []
    stage.page.on("download", lambda download: downloads.append(download))
    stage.page.get_by_role("button", name="Make the film").click()
    expect(stage.page.locator("#film-left")).to_contain_text("s left")
    stage.button("Close").click()
    stage.press("ArrowRight")
    assert stage.step == 8  # the page is usable meanwhile
    stage.press("e")
    stage.page.get_by_role("button", name="Cancel").click()
    expect(stage.page.get_by_role("button", name="Make the film")).to_be_enabled()
    expect(stage.page.locator("#film-making")).to_be_hidden()
    assert not downloads
    assert stage.step == 8


@pytest.mark.parametrize("query", ["?loss=hyperbola&look=surface", "?loss=product-3"])
def test_frames_are_the_pictures_of_their_steps(stage: Stage, tmp_path: Path, query: str):
    """In space the object is in the middle too; a section is that of the frame's own step."""
    stage.open(f"{query}&eta=0.2&steps=40&at=40")
    stage.press("e")
    choose(stage, What="Landscape", Size="Slide 4:3", Form="PNG", Pixels="1×")
    stage.page.locator(
        "[data-part-of-picture=legend]"
    ).click()  # that of a film is the same in all frames
    last = Image.open(saved(stage, "Save the picture", tmp_path)).convert("RGB")
    choose_film(stage, "Film, GIF", 1, 25)
    gif = Image.open(BytesIO(saved(stage, "Make the film", tmp_path).read_bytes()))
    stage.button("Close").click()
    stage.press("Home")
    stage.settle()
    stage.press("e")
    choose(stage, Form="PNG")
    first = Image.open(saved(stage, "Save the picture", tmp_path)).convert("RGB")
    # Letters differ by a pixel, and a GIF has few colours; pictures of other sections are 7 apart.
    for frame, picture in ((0, first), (24, last)):
        assert abs(pixels_of(gif, frame) - np.asarray(picture)).mean() < 3.5


def test_what_films_are_not_is_not_offered(stage: Stage):
    stage.open("?eta=0.01&steps=6000")
    stage.press("e")
    choose(stage, Look="Transparent", Form="Film, GIF")
    expect(stage.page.get_by_label("Look", exact=True)).to_have_value("light")
    words = stage.page.get_by_text("Of more than 5,000 steps")
    expect(words).to_be_visible()
    stage.page.get_by_role("spinbutton", name="From step").fill("3000")
    stage.page.keyboard.press("Tab")
    expect(words).to_be_hidden()


# WebCodecs whose encoder takes everything and makes nothing.
NO_ENCODER = """
  VideoEncoder.isConfigSupported = async () => ({ supported: true });
  VideoEncoder.prototype.encode = () => { throw new DOMException('no encoder'); };
"""


@pytest.mark.parametrize("script", [NO_ENCODER, "delete window.VideoEncoder"])
def test_where_an_encoder_is_missing_the_next_form_is_offered_with_the_reason(
    stage: Stage, script: str, tmp_path: Path
):
    stage.page.add_init_script(script)
    kept = '{"form": "mp4", "what": "landscape"}'  # as in another browser
    stage.page.add_init_script(f"localStorage.setItem('edgewalk-picture', '{kept}')")
    stage.open("?loss=ring&eta=0.1&steps=40")
    stage.press("e")
    form = stage.page.get_by_label("Form", exact=True)
    expect(form).to_have_value("gif")
    for name in ("mp4", "webm"):
        option = form.locator(f"[value={name}]")
        expect(option).to_be_disabled()
        assert "not in this browser" in option.inner_text()
    told = stage.page.get_by_text("takes its place")
    expect(told).to_be_visible()
    assert told.inner_text() == "Film, WebM: not in this browser. Film, GIF takes its place."
    choose_film(stage, "Film, GIF", 0.5, 25)
    gif = Image.open(BytesIO(saved(stage, "Make the film", tmp_path).read_bytes()))
    assert gif.n_frames == 13  # type: ignore[attr-defined]
