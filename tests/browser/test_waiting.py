"""While what was opened is still to come: a veil says so; what is pressed is done later."""

from playwright.sync_api import Route, expect

from tests.browser.door import STAGE, open_door
from tests.browser.stage import Stage


class Slow:
    """A server whose answers wait until they are let go."""

    def __init__(self, stage: Stage, pattern: str) -> None:
        self.held: list[Route] = []
        self.waits = True
        stage.page.route(pattern, self.hold)

    def hold(self, route: Route) -> None:
        if self.waits:
            self.held.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        self.waits = False
        for route in self.held:
            route.continue_()


def test_a_veil_says_what_is_computed_and_what_is_pressed_is_kept(stage: Stage):
    page, veil = stage.page, stage.page.locator("#awaited")
    runs = Slow(stage, "**/run.bin*")
    page.goto("/?loss=hyperbola&eta=0.1")
    expect(veil).to_have_text("computing Hyperbola …", timeout=stage.PATIENCE)
    expect(veil).to_be_visible()
    stage.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    runs.let_go()
    stage.settle()
    expect(veil).to_be_hidden()
    assert stage.step == 2

    formula = page.inner_text("#formula")
    figures = Slow(stage, "**/_dash-update-component*")
    page.select_option("#loss", "ring")
    expect(veil).to_have_text("computing Ring …")
    open_door(page, STAGE)
    stage.wait("edgewalk.stage.state.result.settings.loss === 'ring'")
    stage.button("Step forward").click()
    stage.slider("Step size η").press("ArrowRight")
    stage.button("Play").click()
    expect(stage.button("Pause")).to_be_visible()
    expect(veil).to_be_visible()
    assert page.inner_text("#formula") == formula  # nothing is new beside what is old
    figures.let_go()
    stage.settle()
    expect(veil).to_be_hidden()
    assert page.inner_text("#formula") != formula
    assert stage.settings["eta"] == [0.102]
    assert page.evaluate("edgewalk.stage.player.playing")
    assert stage.step >= 1
