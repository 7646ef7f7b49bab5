"""Answers that come late, or in another order, are nobody's: whatever a person does at whatever
speed, the page ends as a fresh one does that is opened on its link."""

import random
from typing import Any

import pytest

from tests.browser.stage import Stage
from tests.catalogue import taking

LOSSES = ("parabolic-valley", "ring", "product-3", "rank-one")
SEEDS = range(4)
ACTS = 8  # of one sequence
LONGEST = 400  # ms that an answer is held back

# Every answer is held back for a while of its own, so that they overtake each other.
HOLD_BACK = """(() => {
  let state = SEED;
  const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
  const ask = window.fetch;
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    const held = /\\.bin|_dash-update/.test(String(given[0].url || given[0]));
    if (held) await new Promise((done) => setTimeout(done, LONGEST * random()));
    return answer;
  };
})()"""

AXES = """() => {
  const { rangeX, rangeY } = edgewalk.frame.frameOf(edgewalk.stage.graphOf('landscape'));
  return [...rangeX, ...rangeY];
}"""
PICTURE = """() => {
  const { state, player } = edgewalk.stage;
  const { settings, runs } = state.result;
  const text = (id) => document.getElementById(id).value;
  return {
    settings, query: { ...state.query }, view: { ...state.view },
    focus: state.focus, at: player.step,
    columns: runs.map(({ columns }) => [...columns.loss, ...columns.x]),
    numbers: [...document.querySelectorAll('[id^=now-]')].map((one) => one.textContent),
    controls: ['loss', 'eta', 'start-1'].map(text), link: location.search,
    section: state.result.settings.start.length > 2 ? state.answers.section.subject : null,
  };
}"""
ABOUT = "() => edgewalk.frame.frameOf(edgewalk.stage.graphOf('landscape')).of.loss"


class Person:
    """Who does things to the stage by chance."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.page = stage, stage.page
        self.rng = random.Random(seed)
        self.zoomed = False  # since the loss was chosen

    def act(self) -> None:
        acts = (self.choose, self.choose, self.drag, self.zoom, self.slide, self.look, self.play)
        acts = (*acts, self.write, self.write)
        self.rng.choice((*acts, self.step))()
        self.page.wait_for_timeout(self.rng.choice((0, 60, 200, 500)))

    def choose(self) -> None:
        self.page.select_option("#loss", self.rng.choice(LOSSES))
        self.zoomed = False

    def drag(self) -> None:
        box = self.page.locator("button.start").bounding_box()
        if not box:
            return
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + self.rng.uniform(-50, 50), y + self.rng.uniform(-40, 40), steps=4)
        self.page.mouse.up()

    def zoom(self) -> None:
        self.page.locator(".card.landscape .plot").focus()
        self.stage.press(self.rng.choice("+-"), self.rng.choice(("ArrowUp", "ArrowLeft", "0")))
        self.zoomed = True

    def slide(self) -> None:
        self.stage.slider("Step size η").focus()
        self.stage.press(*[self.rng.choice(("ArrowLeft", "PageDown", "ArrowRight"))] * 3)

    def write(self) -> None:
        """Into a field, letter by letter, and as soon again."""
        field, texts = self.rng.choice((("eta", ("0.2", "0.1", "x", "1e9")), ("start-1", ("1.2",))))
        if field != "eta":
            self.stage.unfold()
        for text in self.rng.sample(texts, min(2, len(texts))):
            self.page.locator(f"#{field}").fill("")
            self.page.locator(f"#{field}").press_sequentially(text, delay=40)
            self.stage.press("Enter")
        self.page.locator(
            ".card.landscape .title"
        ).click()  # beside what is unfolded, which folds it

    def look(self) -> None:
        name, value = self.rng.choice((("clock", "step"), ("clock", "eta"), ("look", "log")))
        self.page.locator(f"#{name} input[value={value}]").evaluate("(one) => one.click()")

    def play(self) -> None:
        self.button(self.rng.choice(("Play", "Reset")))

    def step(self) -> None:
        self.button(self.rng.choice(("Step forward", "Two forward", "Go to the end")))

    def button(self, name: str) -> None:
        names = (name, "Pause") if name == "Play" else (name,)
        for one in names:
            if self.stage.button(one).count():
                return self.stage.button(one).click()

    def rest(self) -> None:
        """Until nothing more can come."""
        if self.stage.button("Pause").count():
            self.stage.button("Pause").click()
        for _ in range(2):
            self.page.wait_for_timeout(LONGEST + 200)
            self.stage.settle()


def pictured(stage: Stage) -> dict[str, Any]:
    return stage.page.evaluate(PICTURE)


@pytest.mark.parametrize("seed", taking(2, SEEDS))
def test_the_page_ends_as_a_fresh_one_on_its_link(stage: Stage, seed: int) -> None:
    stage.page.add_init_script(
        HOLD_BACK.replace("SEED", str(seed + 1)).replace("LONGEST", str(LONGEST))
    )
    stage.open()
    person = Person(stage, seed)
    for _ in range(ACTS):
        person.act()
    person.rest()
    shown, axes = pictured(stage), stage.page.evaluate(AXES)
    assert shown["controls"][0] == shown["settings"]["loss"] == stage.page.evaluate(ABOUT)
    fresh = Stage(stage.page.context.new_page()).open(shown["link"])
    expected = pictured(fresh)
    assert shown == expected
    if not person.zoomed:
        assert axes == pytest.approx(fresh.page.evaluate(AXES))


@pytest.mark.parametrize("delay", taking(2, [60, 1200, 200, 500]))
@pytest.mark.parametrize("first", ["rank-one", "product-3"])
def test_a_loss_chosen_over_another_has_its_own_axes(stage: Stage, first: str, delay: int) -> None:
    stage.open()
    stage.page.select_option("#loss", first)
    stage.page.wait_for_timeout(delay)
    stage.page.select_option("#loss", "hyperbola")
    person = Person(stage, 0)
    person.rest()
    (x_low, x_high), (y_low, y_high) = stage.settings["view"]
    assert stage.page.evaluate(AXES) == pytest.approx([x_low, x_high, y_low, y_high])
    assert stage.page.evaluate(ABOUT) == "hyperbola"


def test_a_figure_that_comes_late_is_asked_for_again(stage: Stage) -> None:
    """One that overwrites a newer one, whatever the page's framework makes of their order."""
    stage.open()
    old = stage.page.evaluate("() => edgewalk.stage.graphOf('landscape').layout.meta")
    stage.page.select_option("#loss", "ring")
    person = Person(stage, 0)
    person.rest()
    axes = stage.page.evaluate(AXES)
    stage.page.evaluate(
        """(meta) => Plotly.relayout(edgewalk.stage.graphOf('landscape'),
            { meta, 'xaxis.range': [5, 6], uirevision: 'old' })""",
        old,
    )
    person.rest()
    assert stage.page.evaluate(ABOUT) == "ring"
    assert stage.page.evaluate(AXES) == pytest.approx(axes)


def test_what_is_being_typed_is_not_overwritten(stage: Stage) -> None:
    """When a hand has come to rest, fields say where it did; not the one that is written into."""
    stage.open().unfold()
    stage.page.get_by_role("button", name="Start (").focus()
    stage.press("ArrowUp", "Shift+ArrowLeft")
    field = stage.page.locator("#start-1")
    field.fill("1.25")
    before = stage.page.locator("#start-2").input_value()
    stage.page.wait_for_timeout(300)
    stage.settle()
    assert field.input_value() == "1.25"
    stage.press("Enter")
    stage.wait("edgewalk.stage.state.result.settings.start[0] === 1.25")
    assert str(stage.settings["start"][1]) == before
    # What stood there before the hand moved is a person's wish again.
    stage.slider("Step size η").focus()
    stage.press("PageDown")
    eta = stage.page.locator("#eta")
    eta.fill("0.3")
    eta.fill("0.1")
    stage.page.wait_for_timeout(300)
    stage.settle()
    stage.press("Enter")
    stage.wait("edgewalk.stage.state.result.settings.eta[0] === 0.1")


def test_a_newer_text_stays_when_an_older_answer_is_put_right(stage: Stage) -> None:
    stage.page.add_init_script(HOLD_BACK.replace("SEED", "1").replace("LONGEST * random()", "500"))
    stage.open()
    for text in ("1e9", "0.3"):
        stage.page.fill("#eta", text)
        stage.press("Enter")
        stage.page.wait_for_timeout(100)
    stage.page.wait_for_timeout(1200)
    stage.settle()
    assert stage.settings["eta"] == [0.3]
    assert stage.page.locator("#eta").input_value() == "0.3"
    # A loss that is chosen while a text is on its way that cannot be read comes all the same.
    stage.page.fill("#eta", "x")
    stage.press("Enter")
    stage.page.select_option("#loss", "ring")
    stage.page.wait_for_timeout(1800)
    stage.settle()
    assert stage.settings["loss"] == "ring"
    assert stage.page.locator("#eta").input_value() == str(stage.settings["eta"][0])
