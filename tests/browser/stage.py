"""The stage as a person finds it: by roles and names."""

from dataclasses import dataclass
from typing import Any

from tests.browser.door import STAGE, open_door
from tests.browser.driver import Driver

# Compiling a loss for the first time takes some seconds on a busy machine.
PATIENCE = 60_000

# Nothing is asked for any more, and the figure on screen is the one asked for last; there is none
# as long as it is not known what of a section is worth seeing. Plotly fits a figure to its place
# some time after that has changed.
SETTLED = """() => {
  const { requests, state } = edgewalk.stage;
  const figure = state.picture.view && state.still && state.still.of.turn === state.stood;
  const fits = ['landscape', 'sharpness'].every((id) => {
    const place = document.getElementById(id);
    const { width, height } = place.querySelector('.main-svg')?.getBoundingClientRect() || {};
    const { clientWidth, clientHeight } = place;
    return Math.abs(width - clientWidth) < 1 && Math.abs(height - clientHeight) < 1 || !clientWidth;
  });
  return !requests.busy && !requests.waiting && state.opening === state.shown && figure && fits;
}"""


@dataclass
class Stage(Driver):
    """An open stage."""

    PATIENCE = PATIENCE

    def open(self, query: str = "") -> "Stage":
        self.page.goto(f"/{query}")
        self.page.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until no run is asked for, the figure has come, and the picture is painted."""
        open_door(self.page, STAGE)
        self.page.wait_for_function(SETTLED, timeout=PATIENCE)
        self.paint()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def unfold(self) -> None:
        """Open what is set less often."""
        self.page.locator(".more").evaluate("(e) => { e.open = true; }")

    def type_into(self, field: str, text: str) -> None:
        if not self.page.locator(f"#{field}").is_visible():
            self.unfold()
        self.page.fill(f"#{field}", text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(120)  # until the page has heard of it
        self.settle()

    @property
    def step(self) -> int:
        return self.page.evaluate("edgewalk.stage.player.step")

    @property
    def settings(self) -> dict[str, Any]:
        """What the run on screen was computed from."""
        return self.page.evaluate("edgewalk.stage.state.result.settings")

    def expect_query(self, **wanted: str) -> None:
        """Wait until the link says so and its picture is painted."""
        super().expect_query(**wanted)
        self.settle()

    def now(self, name: str) -> str:
        """A number under Now."""
        return self.page.inner_text(f"#now-{name}")

    def ink_at(self, panel: str, x: float, y: float) -> list[int]:
        """The colour [r, g, b, alpha] that the panel's upper canvas has at a point of its plot."""
        return self.page.evaluate(
            """([panel, x, y]) => {
                const host = document.querySelector(`.card.${panel} .plot`);
                const canvas = [...host.querySelectorAll(':scope > canvas')].at(-1);
                const frame = edgewalk.frame.frameOf(edgewalk.stage.graphOf(panel));
                const density = canvas.width / canvas.size[0];
                const at = [frame.x(x) * density, frame.y(y) * density].map(Math.round);
                const one = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
                const pen = one.getContext('2d');
                pen.drawImage(canvas, -at[0], -at[1]);
                return [...pen.getImageData(0, 0, 1, 1).data];
            }""",
            [panel, x, y],
        )

    def go(self, step: int) -> None:
        """Put the playhead at a step of the run in focus, at full resolution."""
        self.page.evaluate("(step) => edgewalk.stage.seekOwn(step)", step)
        self.wait(
            "edgewalk.stage.state.result.runs.every((run, i) =>"
            " edgewalk.run.locate(run, edgewalk.stage.steps()[i]).exact)"
        )

    def inks_in(self, panel: str, canvas: int = -2) -> dict[str, int]:
        """How many pixels of a panel's canvas have the hue of the even and of the odd ink."""
        return self.page.evaluate(
            """([panel, index]) => {
                const host = document.querySelector(`.card.${panel} .plot`);
                const canvas = [...host.querySelectorAll(':scope > canvas')].at(index);
                const copy = new OffscreenCanvas(canvas.width, canvas.height);
                const pen = copy.getContext('2d');
                pen.drawImage(canvas, 0, 0);
                const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
                const seen = { even: 0, odd: 0 };
                for (let k = 0; k < data.length; k += 4) {
                    const [r, g, b] = data.subarray(k, k + 3);
                    if (data[k + 3] < 60) continue;
                    seen.even += b > r + 60 && b > g + 30;
                    seen.odd += r > b + 60 && g > b;
                }
                return seen;
            }""",
            [panel, canvas],
        )

    def ink(self, name: str) -> list[int]:
        """An ink of the current scheme as [r, g, b, 255]."""
        text = self.page.evaluate(f"edgewalk.stage.state.inks[{name!r}]").lstrip("#")
        return [*bytes.fromhex(text), 255]
