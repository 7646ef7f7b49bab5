"""Firefox and WebKitGTK (the engine of Safari), each driven by what it brings itself.

Firefox serves WebDriver BiDi on a socket; WebKitGTK has a driver that speaks the classic protocol.
Both take the same actions of a hand. What is not installed is an `UnavailableError` that names its
package.
"""

import base64
import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import websocket

from benchmarks.row import UnavailableError

SCREEN = (1440, 900)
START_SECONDS = 30.0
ANSWER_SECONDS = 120.0
MINI_BROWSER = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
# As the protocol names keys that are no letters.
KEYS = {
    "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Shift": "\ue008", "Control": "\ue009",
    "End": "\ue010", "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowUp": "\ue013",
    "ArrowRight": "\ue014", "ArrowDown": "\ue015",
}  # fmt: skip

# Firefox itself stays off the network and shows nothing of its own.
PREFERENCES = {
    "app.update.disabledForTesting": True,
    "browser.aboutConfig.showWarning": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.disable_open_during_load": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


Driven = TypeVar("Driven", bound="Engine")


class Engine(ABC):
    """A browser with one page open."""

    name: str

    @abstractmethod
    def open(self, url: str) -> None:
        """Load a page, and what it loads."""

    @abstractmethod
    def run(self, body: str, *given: Any) -> Any:
        """What the body of an asynchronous function of `given` answers."""

    @abstractmethod
    def act(self, source: dict[str, Any]) -> None:
        """Actions of one source of input, as WebDriver writes them."""

    @abstractmethod
    def screenshot(self) -> bytes:
        """What the window shows, as PNG."""

    def wait(self, condition: str, *given: Any, seconds: float = 60.0) -> None:
        """Until an expression of `given` is true."""
        end = time.monotonic() + seconds
        while not self.run(f"return Boolean({condition})", *given):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name}: {condition} {given}")
            time.sleep(0.05)

    def point(self, *actions: dict[str, Any], kind: str = "mouse") -> None:
        """A pointer's actions: `move`, DOWN, UP, `rest`."""
        self.act(
            {
                "type": "pointer",
                "id": kind,
                "parameters": {"pointerType": kind},
                "actions": list(actions),
            }
        )

    def press(self, *keys: str) -> None:
        """Press keys one after the other; Shift+ArrowLeft holds the first meanwhile."""
        actions = []
        for key in keys:
            parts = key.split("+") if len(key) > 1 else [key]
            codes = [KEYS.get(part, part) for part in parts]
            actions += [{"type": "keyDown", "value": code} for code in codes]
            actions += [{"type": "keyUp", "value": code} for code in reversed(codes)]
        self.act({"type": "key", "id": "keyboard", "actions": actions})


DOWN = {"type": "pointerDown", "button": 0}
UP = {"type": "pointerUp", "button": 0}


def move(x: float, y: float, milliseconds: int = 0) -> dict[str, Any]:
    """To a point of the window."""
    return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": milliseconds}


def rest(milliseconds: int) -> dict[str, Any]:
    return {"type": "pause", "duration": milliseconds}


# ---- Firefox ----


class Firefox(Engine):
    """Over WebDriver BiDi; `said` is what its console got, errors and warnings first of all."""

    name = "Firefox"

    def __init__(self, address: str):
        self.socket = websocket.create_connection(
            address, timeout=ANSWER_SECONDS, suppress_origin=True
        )
        self.numbers = itertools.count()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.context = self.send("browsingContext.getTree")["contexts"][0]["context"]
        width, height = SCREEN
        self.send(
            "browsingContext.setViewport",
            context=self.context,
            viewport={"width": width, "height": height},
        )

    def send(self, method: str, **parameters: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            heard = json.loads(self.socket.recv())
            if heard["type"] == "event":
                self._hear(heard["method"], heard["params"])
            elif heard["id"] == number:
                if heard["type"] == "error":
                    raise RuntimeError(f"{method}: {heard['error']}: {heard['message']}")
                return heard["result"]

    def _hear(self, event: str, told: dict[str, Any]) -> None:
        if event == "log.entryAdded" and told["level"] in ("error", "warn"):
            self.said.append(f"{told['level']}: {told['text']}")
        elif event == "network.beforeRequestSent":
            self.asked.append(told["request"]["url"])

    def open(self, url: str) -> None:
        self.send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def run(self, body: str, *given: Any) -> Any:
        """JSON both ways: the protocol's own values would have to be unwrapped."""
        function = (
            f"async (given) => JSON.stringify((await (async (...given) => {{ {body} }})"
            "(...JSON.parse(given))) ?? null)"
        )
        answer = self.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": json.dumps(given)}],
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def act(self, source: dict[str, Any]) -> None:
        self.send("input.performActions", context=self.context, actions=[source])

    def screenshot(self) -> bytes:
        return base64.b64decode(
            self.send("browsingContext.captureScreenshot", context=self.context)["data"]
        )

    def printed(self) -> bytes:
        """The page as PDF."""
        return base64.b64decode(self.send("browsingContext.print", context=self.context)["data"])


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Firefox without a window, with nothing from before."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        raise UnavailableError("Firefox is not installed (on Debian: firefox-esr)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items()
            )
        )
        port = _free_port()
        command = [program, "--headless", "--profile", folder, "--remote-debugging-port", str(port)]
        # Its sandbox wants what a container's root has not.
        with _running(command, HOME=folder, MOZ_DISABLE_CONTENT_SANDBOX="1"):
            browser = _until(lambda: Firefox(f"ws://127.0.0.1:{port}/session"))
            try:
                yield browser
            finally:
                browser.send("browser.close")
                browser.socket.close()


# ---- WebKit ----


class WebKit(Engine):
    """Over classic WebDriver, which tells nothing of the console."""

    name = "WebKitGTK"

    def __init__(self, address: str, program: str):
        self.address = address
        options = {"binary": program, "args": ["--automation"]}
        asked = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = self.send("POST", "/session", {"capabilities": asked})
        self.address += f"/session/{session['sessionId']}"
        self.send("POST", "/timeouts", {"script": int(1e3 * ANSWER_SECONDS)})
        width, height = SCREEN
        # Its own bars are part of its window.
        self.send("POST", "/window/rect", {"width": width, "height": height})
        inner = self.run("return [innerWidth, innerHeight]")
        self.send(
            "POST",
            "/window/rect",
            {"width": 2 * width - inner[0], "height": 2 * height - inner[1]},
        )

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        asked = urllib.request.Request(
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=ANSWER_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()[:500]}") from None

    def open(self, url: str) -> None:
        self.send("POST", "/url", {"url": url})

    def run(self, body: str, *given: Any) -> Any:
        script = (
            "const given = [...arguments], done = given.pop();"
            f"(async (...given) => {{ {body} }})(...given).then((value) => done([value ?? null]),"
            "(error) => done(String(error)));"
        )
        answer = self.send("POST", "/execute/async", {"script": script, "args": list(given)})
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return answer[0]

    def act(self, source: dict[str, Any]) -> None:
        self.send("POST", "/actions", {"actions": [source]})

    def screenshot(self) -> bytes:
        return base64.b64decode(self.send("GET", "/screenshot"))


@contextmanager
def webkit() -> Iterator[WebKit]:
    """WebKitGTK's least browser, on a screen that nobody sees."""
    found = sorted(Path("/").glob(MINI_BROWSER[1:]))
    if not shutil.which("WebKitWebDriver") or not found:
        raise UnavailableError("WebKitGTK is not installed (on Debian: webkit2gtk-driver)")
    if not shutil.which("Xvfb"):
        raise UnavailableError("WebKitGTK needs a screen: Xvfb is not installed (on Debian: xvfb)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, _screen() as display:
        port = _free_port()
        with _running(["WebKitWebDriver", f"--port={port}"], DISPLAY=display, HOME=folder):
            browser = _until(lambda: WebKit(f"http://127.0.0.1:{port}", str(found[-1])))
            try:
                yield browser
            finally:
                browser.send("DELETE", "")


@contextmanager
def _screen() -> Iterator[str]:
    """The name of a screen that Xvfb has chosen."""
    reader, writer = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        "1600x1200x24",
        "-nolisten",
        "tcp",
    ]
    with _running(command, pass_fds=(writer,)):
        os.close(writer)
        with os.fdopen(reader) as told:
            yield f":{told.readline().strip()}"


# ---- processes ----


@contextmanager
def _running(
    command: list[str], *, pass_fds: tuple[int, ...] = (), **environment: str
) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        pass_fds=pass_fds,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _until(begin: Callable[[], Driven]) -> Driven:
    """What it gives, as soon as the other side answers."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return begin()
        except (OSError, websocket.WebSocketException) as error:
            if time.monotonic() > end:
                raise UnavailableError(f"the browser did not answer: {error}") from error
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
