"""The stage in a frame of another page."""

from playwright.sync_api import Page, expect

from tests.browser.stage import PATIENCE, Stage

FRAME = """(query) => {
    window.told = [];
    addEventListener("message", (event) => window.told.push(event.data));
    const frame = Object.assign(document.createElement("iframe"), { src: `/${query}` });
    Object.assign(frame.style, { width: "1200px", height: "700px" });
    document.body.replaceChildren(frame);
    window.send = (message) => frame.contentWindow.postMessage(message, location.origin);
}"""


def test_it_tells_its_state_and_obeys(page: Page):
    page.goto("/healthz")
    page.evaluate(FRAME, "?embed=1&at=5&eta=0.2&hide=loss,more")
    page.wait_for_function("() => window.told.some((m) => m.at === 5)", timeout=PATIENCE)
    first = page.evaluate("window.told.at(-1)")
    assert first["edgewalk"] == "state"
    assert first["eta"] == 0.2
    inside = page.frame_locator("iframe")
    expect(inside.locator("header")).to_be_hidden()
    expect(inside.locator("#loss")).to_be_hidden()
    expect(inside.locator("#eta")).to_be_visible()
    page.evaluate("window.send({ edgewalk: 'seek', at: 42 })")
    page.wait_for_function("() => window.told.at(-1).at === 42")
    assert page.evaluate("window.told.at(-1).sharpness") < first["sharpness"]
    page.evaluate("window.send({ edgewalk: 'play' })")
    page.wait_for_function("() => window.told.at(-1).at > 45")
    page.evaluate("window.send({ edgewalk: 'pause' })")
    expect(inside.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_nothing_is_told_outside_a_frame(stage: Stage):
    stage.open("?embed=1")
    assert stage.page.evaluate("window.parent === window")
    expect(stage.page.locator("header")).to_be_hidden()
    assert stage.query["embed"] == "1"
    stage.press("ArrowRight")
    stage.page.wait_for_timeout(400)
    assert stage.query["embed"] == "1"
