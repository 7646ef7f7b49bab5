"""The study as a person finds it: it opens at once, plays, computes, is paused and cancelled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.study.layout import PANELS
from app.study.settings import StudySettings
from app.study.shipped import find_shipped
from tests.browser.door import open_door
from tests.browser.driver import Driver, context_of

DOOR = {"study": ["study/state", "study/store", "study/columns"]}
SLOW = "?etas=0.02&tau=6"  # fifteen thousand steps
# The share of a canvas's pixels that something is painted on.
PAINTED = """(name) => {
  const canvas = document.querySelector(`#${name}-plot canvas`);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let k = 3; k < data.length; k += 4) count += data[k] > 0;
  return (4 * count) / data.length;
}"""


@dataclass
class StudyPage(Driver):
    """An open study."""

    PATIENCE = 90_000

    def open(self, query: str = "") -> "StudyPage":
        self.begin(query)
        self.settle()
        return self

    def begin(self, query: str) -> None:
        """Open it, and leave it at work."""
        self.page.goto(f"/study/{query}")
        self.page.wait_for_selector("body[data-drawn]", timeout=self.PATIENCE)
        open_door(self.page, DOOR)

    def settle(self) -> None:
        self.wait("edgewalk.study.state.known && !edgewalk.study.isPending(edgewalk.study.state)")
        self.paint()
        self.paint()

    def expect_query(self, **wanted: str) -> None:
        """Wait until the link says so, and every panel and word with it."""
        super().expect_query(**wanted)
        self.settle()

    def state(self, what: str) -> Any:
        return self.page.evaluate(f"edgewalk.study.state.{what}")

    def text(self, name: str) -> str:
        return self.page.inner_text(f"#{name}")


@pytest.fixture
def study(page: Page) -> StudyPage:
    return StudyPage(page)


def test_it_opens_with_what_was_computed_before(study: StudyPage) -> None:
    """Every panel is painted, and the words are those of the numbers."""
    study.open()
    kept = find_shipped(StudySettings().computed)
    assert kept is not None
    for name in PANELS:
        assert study.page.evaluate(PAINTED, name) > 0.01, name
    gaps = study.page.evaluate("Array.from(edgewalk.study.state.runs[2].gap.values)")
    np.testing.assert_allclose(gaps, kept["run_2_gap"], rtol=1e-6)
    sharpness, flow = kept["run_0_sharpness"][-1], kept["run_0_flow_sharpness"][-1]
    assert study.text("sharpness-aside").startswith(f"{sharpness:.3f} · flow {flow:.3f}")
    right = 100 * kept["run_0_accuracy"][-1]
    assert study.text("tests-aside") == f"{right:.1f} % right"
    assert "957" in study.text("told")


def test_one_playhead_for_all(study: StudyPage) -> None:
    study.open("?at=0")
    before = study.page.locator("#valley-plot").screenshot()
    study.button("Play").click()
    study.wait("edgewalk.study.state.at > 12")
    study.button("Pause").click()
    here = study.state("at")
    study.expect_query(at=str(here))
    assert study.page.locator("#valley-plot").screenshot() != before
    study.page.keyboard.press("Home")
    study.expect_query(at="0")
    study.page.keyboard.press("ArrowRight")
    study.expect_query(at="1")
    assert study.text("valley-aside").startswith("step 10 ·")
    # A chart is pressed where time goes on.
    box = study.page.locator("#sharpness-plot").bounding_box()
    assert box is not None
    study.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 25 < study.state("at") < 35


def test_numbers_stand_beside_the_pointer(study: StudyPage) -> None:
    study.open("?focus=1")
    kept = find_shipped(StudySettings().computed)
    assert kept is not None
    box = study.page.locator("#sharpness-plot").bounding_box()
    assert box is not None
    study.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = study.page.get_by_role("tooltip")
    expect(tip).to_contain_text("η = 0.05")
    step = int(tip.inner_text().replace(",", "").split("step")[1].split()[0])
    row = np.searchsorted(kept["run_1_step"], step)
    for name in ("run_1_sharpness", "run_1_flow_sharpness"):
        expect(tip).to_contain_text(f"{kept[name][row]:.4g}"[:4])
    study.page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 200)
    expect(tip).to_be_hidden()


def test_the_run_in_focus_is_chosen(study: StudyPage) -> None:
    study.open()
    study.page.get_by_role("button", name="η = 0.025").click()
    study.expect_query(focus="2")
    expect(study.button("η = 0.025")).to_have_attribute("aria-pressed", "true")
    assert study.text("valley-aside").startswith("step 9,599")
    expect(study.slider("Step size η")).to_have_attribute("aria-valuetext", "0.025")


def test_where_the_theorem_ends_and_what_gd_does(study: StudyPage) -> None:
    study.open("?study=digits-parity-tanh")
    assert 0.2 < study.state("flow.closes") < 1
    study.page.get_by_text("GD", exact=True).click()
    study.settle()
    study.expect_query(rule="gd")
    assert study.text("valley-title") == "In a plane drawn at random"
    assert study.state("flow.closes") is None


def test_what_is_beside_the_gap_and_the_first_layer(study: StudyPage) -> None:
    study.open()
    for name, plot, option in (
        ("Which distance", "distance", "plane"),
        ("Which distance", "distance", "seeds"),
        ("What of the first layer", "layer", "moved"),
    ):
        before = study.page.locator(f"#{plot}-plot").screenshot()
        study.page.get_by_role("radiogroup", name=name).get_by_text(option, exact=True).click()
        study.paint()
        study.paint()
        assert study.page.locator(f"#{plot}-plot").screenshot() != before
    assert study.text("distance-aside").startswith("median ∝ η^1.")
    study.expect_query(distance="rate", layer="moved")
    study.open("?distance=plane")
    expect(study.page.get_by_role("radio", name="plane")).to_be_checked()


def test_another_step_is_computed_as_one_looks(study: StudyPage) -> None:
    """By the slider, with the keys; the curve grows, and what is known of the others stays."""
    study.open("?tau=0.5&etas=0.1,0.05")
    slider = study.slider("Step size η")
    slider.focus()
    for _ in range(5):
        study.page.keyboard.press("ArrowRight")
    text = study.page.input_value("#etas")
    assert text != "0.1, 0.05"
    study.page.evaluate(
        "document.querySelector('#eta input').dispatchEvent(new Event('change', {bubbles: true}))"
    )
    study.settle()
    study.expect_query(etas=text.replace(" ", ""))
    assert study.state("runs[0].eta") == float(text.split(",")[0])
    steps = study.page.evaluate("edgewalk.study.state.runs[0].step.values.length")
    assert steps > 30
    # It is known from now on.
    study.open(f"?tau=0.5&etas={text.replace(' ', '')}")
    assert study.button("Run it here again").is_visible()


def test_a_run_grows_while_its_step_is_dragged(study: StudyPage) -> None:
    """The hand stays down: the curve of another η is there, and the slider stays in the hand."""
    study.open("?tau=6&etas=0.1,0.05")
    box = study.slider("Step size η").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 2 / 3, box["y"] + box["height"] / 2
    study.page.mouse.move(x, y)
    study.page.mouse.down()
    for k in range(1, 5):
        study.page.mouse.move(x - 3 * k, y)
        study.page.wait_for_timeout(150)
    dragged = float(study.page.input_value("#etas").split(",")[0])
    assert dragged < 0.1
    study.wait(f"edgewalk.study.state.runs[0]?.eta === {dragged}")
    study.wait("edgewalk.study.state.runs[0].step.values.length > 2")
    assert float(study.page.input_value("#etas").split(",")[0]) == dragged
    study.page.mouse.up()
    study.settle()
    study.expect_query(etas=f"{dragged:g},0.05")


def test_the_work_is_told_paused_and_cancelled(study: StudyPage) -> None:
    study.begin(f"{SLOW}&seed=5")
    study.wait("edgewalk.study.state.job.words.startsWith('run, η')")
    expect(study.page.get_by_role("progressbar")).to_be_visible()
    assert study.text("progress-words").startswith("run, η = 0.02, τ")
    study.button("Pause").click()
    expect(study.page.locator("#progress-words")).to_have_text("paused: it goes on from here")
    study.button("Go on").click()
    study.wait("edgewalk.study.state.job.words.startsWith('run, η')")
    assert study.page.evaluate("edgewalk.study.state.runs[0].step.values.length") > 1
    study.button("Cancel").click()
    expect(study.page.locator("#progress-words")).to_have_text("cancelled")
    expect(study.button("Run it here")).to_be_visible()


def test_in_a_frame_it_is_its_panels_and_hears_the_page_around(study: StudyPage) -> None:
    hidden = [name for name in PANELS if name not in ("valley", "sharpness")]
    study.open(f"?at=5&embed=1&hide={','.join(hidden)}")
    assert study.page.locator("figure:visible").count() == 2
    for name in ("Settings", "Transport"):
        shown = study.page.get_by_role("region", name=name)
        expect(shown).to_be_visible(visible=name == "Transport")
    expect(study.page.locator("header")).to_be_hidden()
    study.button("Step forward").click()
    study.expect_query(at="6", embed="1", hide=",".join(hidden))
    study.page.goto("/study/?hide=valey")
    expect(study.page.locator("#messages")).to_contain_text("Did you mean ‘valley’?")
    # The page around is the only one that is heard.
    study.page.goto("/healthz")
    study.page.set_content("<iframe src='/study/?embed=1' width=900 height=600></iframe>")
    frame = study.page.frame_locator("iframe")
    frame.locator("body[data-drawn]").wait_for()
    study.page.evaluate(
        "frames[0].postMessage({edgewalk: 'seek', at: 10}, '*');"
        "new Promise((heard) =>"
        "  addEventListener('message', ({ data }) => data.at === 10 && heard()))"
    )
    expect(frame.get_by_role("slider", name="Playhead")).to_have_value("10")


def test_what_cannot_be_read_is_told_at_its_field(study: StudyPage) -> None:
    study.open()
    study.page.fill("#tau", "-1")
    study.page.keyboard.press("Enter")
    expect(study.page.locator("#tau-error")).to_contain_text("above 0")
    assert study.state("made.tau") == 6
    study.page.fill("#tau", "6")
    study.page.keyboard.press("Enter")
    study.settle()
    expect(study.page.locator("#tau-error")).to_be_hidden()


@pytest.mark.parametrize(
    ("size", "phone"),
    [((1366, 768), False), ((1920, 1080), False), ((820, 1180), True), ((390, 844), True)],
)
def test_it_is_accessible(
    new_context: Callable[..., BrowserContext], size: tuple[int, int], phone: bool
) -> None:
    page = new_context(**context_of(size, "dark", phone)).new_page()
    StudyPage(page).open().assert_accessible_in_both_schemes(size[0])
