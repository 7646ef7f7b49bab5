"""On a bad network what is on the page plays on, and what is asked for waits, says so, and comes by
itself. The pages lie behind a proxy that is as bad as a test wants it."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from benchmarks.hall import throttle
from tests.browser.door import LAB, open_door
from tests.browser.lab import SMALL, Lab
from tests.browser.proxy import Cut, Network, proxy
from tests.browser.stage import PATIENCE, Stage
from tests.browser.test_hidden import DONE, WATCH
from tests.browser.test_study import DOOR, StudyPage

GONE = 10  # seconds
# How many frames there are in so many milliseconds.
FRAMES = """(ms) => new Promise((resolve) => {
  const begin = performance.now();
  let frames = 0;
  const count = () => {
    frames += 1;
    if (performance.now() - begin < ms) requestAnimationFrame(count);
    else resolve(frames);
  };
  requestAnimationFrame(count);
})"""
PICTURE = """() => {
  const { result, answers } = edgewalk.stage.state;
  return {
    columns: result.runs.map(({ columns }) => [...columns.loss, ...columns.x]),
    valley: JSON.stringify(answers.valley?.found ?? null).length,
    section: answers.section ? [...answers.section.found.root] : null,
    contours: document.querySelectorAll(".js-plotly-plot .contourlevel").length,
  };
}"""
SILENT = "The server does not answer"


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def home(server_url: str, network: Network) -> Iterator[str]:
    """The app behind the proxy."""
    with proxy(server_url, "", strips=True, network=network) as url:
        yield f"{url}/"


@pytest.fixture
def stage(page: Page, home: str) -> Stage:
    return _opened(Stage(page), home)


def _opened(stage: Stage, home: str, query: str = "") -> Stage:
    stage.page.goto(f"{home}{query}")
    stage.page.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
    stage.settle()
    return stage


def _asked(network: Network, what: str) -> list[str]:
    return [path for path in network.asked if what in path]


# ---- the server gone ----


@pytest.mark.expects_console_errors
def test_a_lecture_goes_on_while_the_server_is_gone(stage: Stage, network: Network) -> None:
    """Ten seconds of it: frames, the playhead and the hands are as before; what was asked for, of
    every kind, is there once the server is, without another touch."""
    page = stage.page
    page.locator(".loop").click()
    stage.button("Play").click()
    before = page.evaluate(FRAMES, 1000)
    network.gone = True
    network.asked.clear()
    begin, at = time.monotonic(), page.evaluate("edgewalk.stage.player.at")
    page.fill("#eta", "0.3")
    stage.press("Enter")
    expect(page.get_by_text(SILENT)).to_be_visible()
    # Whatever else the machine does meanwhile.
    assert max(page.evaluate(FRAMES, 1000) for _ in range(4)) > 0.7 * before
    assert page.evaluate("edgewalk.stage.player.at") != at
    stage.button("Pause").click()
    stage.press("ArrowRight", "ArrowRight")
    page.locator("label", has_text="3-D").click()
    page.get_by_role("slider", name="Step size η").press("ArrowRight")
    assert stage.settings["eta"] == [0.25]  # the last picture is kept
    wanted = page.locator("#eta").input_value()
    page.wait_for_timeout(1e3 * (begin + GONE - time.monotonic()))
    tries = len(network.asked)
    assert tries < 40, network.asked  # asked again every few seconds, and not at every frame
    network.gone = False
    stage.wait(f"edgewalk.stage.state.result.settings.eta[0] === {wanted}")
    stage.settle()
    expect(page.get_by_text(SILENT)).to_have_count(0)
    assert stage.query["look"] == "surface"
    expect(page.get_by_role("img", name="The landscape in space")).to_be_visible()
    assert page.locator("dialog[open]").count() == 0


@pytest.mark.expects_console_errors
def test_a_loss_chosen_while_the_server_is_gone_comes_whole(stage: Stage, network: Network) -> None:
    network.gone = True
    stage.page.select_option("#loss", "product-3")
    expect(stage.page.get_by_text(SILENT)).to_be_visible()
    network.gone = False
    stage.wait("edgewalk.stage.state.result.settings.loss === 'product-3'")
    stage.settle()
    expect(stage.page.get_by_text(SILENT)).to_have_count(0)
    assert stage.page.evaluate("edgewalk.stage.state.answers.section.loss") == "product-3"


@pytest.mark.expects_console_errors
def test_so_does_what_the_lab_and_the_study_are_asked(
    page: Page, home: str, network: Network
) -> None:
    lab = Lab(page)
    page.goto(f"{home}lab/?{SMALL}")
    page.wait_for_selector("body[data-ready]", timeout=PATIENCE)
    lab.settle()
    network.gone = True
    lab.tab("Collapse").click()
    expect(page.get_by_text(SILENT)).to_be_visible()
    network.gone = False
    lab.settle()
    expect(page.get_by_text(SILENT)).to_have_count(0)
    study = StudyPage(page)
    page.goto(f"{home}study/")
    page.wait_for_selector("body[data-drawn]", timeout=PATIENCE)
    open_door(page, DOOR)
    study.settle()
    network.gone = True
    page.select_option("#study", index=1)
    expect(page.get_by_text(SILENT)).to_be_visible()
    network.gone = False
    study.wait("!edgewalk.study.state.pending")
    expect(page.locator("#messages").get_by_text(SILENT)).to_have_count(0)


@pytest.mark.expects_console_errors
def test_a_hidden_page_does_not_ask_who_is_gone(stage: Stage, network: Network) -> None:
    """It asks as soon as it is shown."""
    stage.page.evaluate(f"({WATCH})()")
    network.gone = True
    stage.page.fill("#eta", "0.3")
    stage.press("Enter")
    expect(stage.page.get_by_text(SILENT)).to_be_visible()
    stage.page.evaluate("hide(true)")
    stage.page.wait_for_timeout(5500)
    network.gone = False
    assert stage.page.evaluate(DONE) == []
    stage.page.evaluate("hide(false)")
    stage.wait("edgewalk.stage.state.result.settings.eta[0] === 0.3")


# ---- answers cut short ----

# What is cut by what a person does, and what then stands on the page.
CUT = {
    "/run.bin": ("?eta=0.2", "edgewalk.stage.state.result.settings.eta[0] === 0.2"),
    "/valley.bin": ("?loss=hyperbola", "edgewalk.stage.state.answers.valley?.loss === 'hyperbola'"),
    "/section.bin": ("?loss=product-3", "edgewalk.stage.state.answers.section"),
    "/_dash-update-component": ("?loss=ring", "edgewalk.stage.state.still"),
}


@pytest.mark.expects_console_errors
@pytest.mark.parametrize("how", ["is reset", "ends"])
@pytest.mark.parametrize("path", CUT)
def test_an_answer_that_is_cut_is_none(
    page: Page, home: str, network: Network, path: str, how: str
) -> None:
    """It is not painted as if it were whole, not kept, and asked for again."""
    query, there = CUT[path]
    network.cuts[path] = Cut(900, how)
    stage = Stage(page)
    page.goto(f"{home}{query}")
    page.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
    stage.settle()
    stage.wait(there)
    expect(page.locator("body[data-veiled]")).to_have_count(0)
    expect(page.get_by_text(SILENT)).to_have_count(0)
    assert not network.cuts
    assert len(_asked(network, path)) >= 2
    shown = page.evaluate(PICTURE)
    network.asked.clear()
    page.goto(f"{home}{query}")
    page.wait_for_selector("body[data-ready][data-drawn]", timeout=PATIENCE)
    stage.settle()
    stage.wait(there)
    assert page.evaluate(PICTURE) == shown


@pytest.mark.expects_console_errors
@pytest.mark.parametrize("how", ["is reset", "ends"])
def test_a_map_that_is_cut_is_computed_to_its_end(
    page: Page, home: str, network: Network, how: str
) -> None:
    """Where nothing but its length says so, too."""
    lab = Lab(page)
    network.cuts["/regimes.bin"] = Cut(4000, how)
    network.cuts["/orbit.bin"] = Cut(900, how)
    page.goto(f"{home}lab/?{SMALL}")
    page.wait_for_selector("body[data-ready]", timeout=PATIENCE)
    open_door(page, LAB)
    lab.wait("edgewalk.lab.state.cells?.share === 1 && edgewalk.lab.state.orbit")
    lab.settle()
    assert not network.cuts
    assert len(_asked(network, "/regimes.bin")) == 2
    expect(page.get_by_text(SILENT)).to_have_count(0)


@pytest.mark.expects_console_errors
def test_an_answer_that_stalls_is_asked_for_again(stage: Stage, network: Network) -> None:
    network.cuts["/run.bin"] = Cut(900, "stalls")
    stage.page.fill("#eta", "0.3")
    stage.press("Enter")
    expect(stage.page.get_by_text(SILENT)).to_be_visible(timeout=20_000)
    stage.wait("edgewalk.stage.state.result.settings.eta[0] === 0.3")
    expect(stage.page.get_by_text(SILENT)).to_have_count(0)


# ---- a lecture hall ----


def test_a_drag_in_a_hall_asks_for_one_run_at_a_time(stage: Stage, network: Network) -> None:
    """300 ms and 1 Mbit/s: the last place of the hand is there about as soon as if nothing had
    been asked for on the way."""
    throttle(stage.page)
    network.asked.clear()
    thumb = stage.slider("Step size η")
    track = thumb.locator("..").bounding_box()
    assert track
    thumb.hover()
    stage.page.mouse.down()
    begin = time.monotonic()
    stage.page.mouse.move(track["x"] + 0.8 * track["width"], track["y"], steps=50)
    seconds = time.monotonic() - begin
    stage.page.mouse.up()
    at = stage.page.locator("#eta").input_value()
    begin = time.monotonic()
    stage.wait(f"edgewalk.stage.state.result.settings.eta[0] === {at}")
    waited = time.monotonic() - begin
    stage.settle()
    runs = _asked(network, "/run.bin")
    assert len(runs) <= 4 + 4 * seconds, runs
    assert len(set(runs)) == len(runs), "something was asked for twice"
    assert waited < 3


def test_a_run_plays_on_in_a_hall(page: Page, home: str, network: Network) -> None:
    """Full resolution around the playhead is asked for once, and not at every frame that it takes
    on its way."""
    stage = _opened(Stage(page), home, "?eta=0.01&steps=100000&at=30000")
    throttle(page)
    network.asked.clear()
    page.get_by_role("slider", name="Speed").fill("2")
    stage.button("Play").click()
    page.wait_for_timeout(4000)
    at = page.evaluate("edgewalk.stage.player.at")
    stage.button("Pause").click()
    stage.settle()
    assert at > 30200
    assert 1 <= len(_asked(network, "first=")) <= 4


# ---- hidden ----

# Plots of the lab whose answers come drop by drop for some seconds: the link, the path, the bytes
# of a drop, and what of the plot has come.
AT_WORK = {
    "regimes": (f"?{SMALL}", "/regimes.bin", 200, "state.cells?.share"),
    "crowd": (
        "?plot=crowd&grid=15&steps=400",
        "/crowd.bin",
        1500,
        "state.crowd.rows.filter(Boolean).length",
    ),
    "rate": ("?plot=rate&etas=0.2,0.1,0.05,0.025", "/rate.ndjson", 800, "state.rate.points.length"),
}


@pytest.mark.parametrize("plot", AT_WORK)
def test_a_hidden_lab_listens_and_does_nothing_else(
    page: Page, home: str, network: Network, plot: str
) -> None:
    """What is computed for it goes on coming, so that all is there once it is shown."""
    query, path, drop, came = AT_WORK[plot]
    network.drops[path] = drop, 0.2
    lab = Lab(page)
    page.add_init_script(f"({WATCH})()")
    page.goto(f"{home}lab/{query}")
    page.wait_for_selector("body[data-ready]", timeout=lab.PATIENCE)
    open_door(page, LAB)
    lab.wait(f"(edgewalk.lab.state.settings.{plot} && edgewalk.lab.{came} > 0)")
    page.evaluate("hide(true)")
    page.wait_for_timeout(1000)
    before = page.evaluate(f"edgewalk.lab.{came}")
    assert page.evaluate(DONE) == []
    assert page.evaluate(f"edgewalk.lab.{came}") > before
    assert page.evaluate(f"edgewalk.lab.isUnderWay(edgewalk.lab.state, '{plot}')")
    network.drops.clear()
    # It is painted at once, with all that has come.
    painted = page.evaluate(
        "async () => { done.length = 0; hide(false);"
        " for (const _ of [1, 2]) await new Promise((next) => requestAnimationFrame(next));"
        " return done; }"
    )
    assert "clearRect" in painted
    lab.settle()
