"""Chromium, and two promises held in every test: a quiet console, no request to elsewhere.

`page`, `context` and `new_context` are those of pytest-playwright; `page.goto("/")` opens the app.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from benchmarks.session import FLAGS, installed_shell
from tests.browser.lab import Lab
from tests.browser.stage import Stage

# What a page makes itself: canvases and exports.
LOCAL_SCHEMES = ("data:", "blob:", "about:")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium where there is one, else the one that Playwright downloaded."""
    return browser_type_launch_args | {"executable_path": installed_shell(), "args": FLAGS}


@pytest.fixture(scope="session")
def base_url(server_url: str) -> str:
    """The address that pytest-playwright's pages start from."""
    return server_url


@dataclass
class Heard:
    """What the pages of one test said and asked for, in order."""

    console: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    # Hundreds, which would bury a failed assertion's message.
    requests: list[str] = field(default_factory=list, repr=False)

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.exceptions.append(str(error.error)))
        context.on("request", lambda request: self.requests.append(request.url))

    def _on_console(self, message: ConsoleMessage) -> None:
        self.console.append(message.text)
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def home(server_url: str) -> str:
    """What every address begins with that a page may ask for."""
    return f"{server_url}/"


@pytest.fixture
def heard(request: pytest.FixtureRequest, home: str) -> Iterator[Heard]:
    """What the pages of this test say and ask for; judged when the test is over."""
    heard = Heard()
    yield heard
    assert not heard.exceptions
    if not request.node.get_closest_marker("expects_console_errors"):
        assert not heard.complaints
    assert not [url for url in heard.requests if not url.startswith((home, *LOCAL_SCHEMES))]


@pytest.fixture
def new_context(
    heard: Heard, new_context: Callable[..., BrowserContext]
) -> Callable[..., BrowserContext]:
    """pytest-playwright's maker of browser contexts, each of them listened to."""

    def listened_to(**settings: Any) -> BrowserContext:
        context = new_context(**settings)
        heard.listen(context)
        return context

    return listened_to


@pytest.fixture
def stage(page: Page) -> Stage:
    """The stage, not yet opened."""
    return Stage(page)


@pytest.fixture
def lab(page: Page) -> Lab:
    """The lab, not yet opened."""
    page.set_viewport_size({"width": 1440, "height": 900})
    return Lab(page)
