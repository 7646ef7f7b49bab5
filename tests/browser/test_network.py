"""On a bad network: what is on the page plays on; what is asked for waits, says so, and comes by itself.

The pages lie behind a proxy that is as bad as a test wants it to be."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.door import LAB, open_door
from tests.browser.lab import SMALL, Lab
from tests.browser.proxy import Network, proxy
from tests.browser.stage import PATIENCE, Stage
from tests.browser.test_hidden import DONE, WATCH

GONE = 10  # seconds
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


# ---- hidden ----

# Plots of the lab whose answers come drop by drop for some seconds: the link, the path, the bytes
# of a drop, and what of the plot has come.
AT_WORK = {
    "regimes": (f"?{SMALL}", "/regimes.bin", 2000, "state.cells?.share"),
    "crowd": (
        "?plot=crowd&grid=15&steps=400",
        "/crowd.bin",
        6000,
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
