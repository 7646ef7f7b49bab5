"""Chromium, Firefox and WebKitGTK (the engine of Safari) by one hand.

Chromium is driven by Playwright; Firefox serves WebDriver BiDi on a socket; WebKitGTK has a driver
that speaks the classic protocol. All take the same actions. What is not installed is an
`UnavailableError` that names its package.
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
from typing import Any, ClassVar, TypeVar

import websocket
from playwright.sync_api import ConsoleMessage, Page

from benchmarks import session
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
    """A browser with one page open: what its console was told to complain of, and the addresses
    that it asked for, as far as its driver tells."""

    name: str

    def __init__(self) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.turns = itertools.count()

    @abstractmethod
    def open(self, url: str) -> None:
        """Load a page, and what it loads."""

    def arrive(self, condition: str) -> None:
        """Wait for the page that another has led to, of which an expression is true."""
        self.wait(condition)

    def heard(self) -> list[str]:
        """Errors and warnings that were said since this was asked last."""
        said, self.said = self.said, []
        return said

    @abstractmethod
    def run(self, body: str, *given: Any) -> Any:
        """What the body of an asynchronous function of `given` answers."""

    @abstractmethod
    def act(self, source: dict[str, Any]) -> None:
        """Actions of one source of input, as WebDriver writes them."""

    @abstractmethod
    def screenshot(self) -> bytes:
        """What the window shows, as PNG."""

    @abstractmethod
    def printed(self) -> bytes:
        """The page as PDF, on A4 across.

        Raises:
            UnavailableError: its driver does not print.
        """

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
            codes = _codes(key)
            actions += [{"type": "keyDown", "value": code} for code in codes]
            actions += [{"type": "keyUp", "value": code} for code in reversed(codes)]
        self._keys(actions)

    def turn(self, x: float, y: float, by: float, *, holding: str) -> None:
        """Turn the wheel over a point, so many pixels down, while a key is held; WebKitGTK's driver
        tells the wheel nothing of that."""
        (code,) = _codes(holding)
        # Another wheel each time: that driver counts from where one has been turned to.
        wheel = f"wheel-{next(self.turns)}"
        where = {"x": round(x), "y": round(y)}
        far = {"deltaX": 0, "deltaY": round(by), "origin": "viewport", "duration": 0}
        self._keys([{"type": "keyDown", "value": code}])
        self.act({"type": "wheel", "id": wheel, "actions": [{"type": "scroll"} | where | far]})
        self._keys([{"type": "keyUp", "value": code}])

    def _keys(self, actions: list[dict[str, Any]]) -> None:
        self.act({"type": "key", "id": "keyboard", "actions": actions})


def _codes(key: str) -> list[str]:
    """The keys of a combination, as the protocol names them."""
    return [KEYS.get(part, part) for part in (key.split("+") if len(key) > 1 else [key])]


DOWN = {"type": "pointerDown", "button": 0}
UP = {"type": "pointerUp", "button": 0}


def move(x: float, y: float, milliseconds: int = 0) -> dict[str, Any]:
    """To a point of the window."""
    return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": milliseconds}


def rest(milliseconds: int) -> dict[str, Any]:
    return {"type": "pause", "duration": milliseconds}


# ---- Chromium ----


class Chromium(Engine):
    """A page of Playwright's."""

    name = "Chromium"
    NAMES: ClassVar[dict[str, str]] = {code: name for name, code in KEYS.items()}
    BUTTONS: ClassVar = ("left", "middle", "right")

    def __init__(self, page: Page):
        super().__init__()
        self.page = page
        self.protocol = page.context.new_cdp_session(page)
        self.place = (0, 0)
        self.touching = False
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def open(self, url: str) -> None:
        self.page.goto(url)

    def arrive(self, condition: str) -> None:
        self.page.wait_for_function(f"() => {condition}", timeout=1e3 * ANSWER_SECONDS)

    def run(self, body: str, *given: Any) -> Any:
        return self.page.evaluate(
            f"async (given) => (await (async (...given) => {{ {body} }})(...given)) ?? null",
            list(given),
        )

    def act(self, source: dict[str, Any]) -> None:
        mouse = source.get("parameters", {}).get("pointerType", "mouse") == "mouse"
        for action in source["actions"]:
            if action["type"] == "pause":
                self.page.wait_for_timeout(action["duration"])
            elif source["type"] == "key":
                self._key(action)
            elif source["type"] == "wheel":
                self.page.mouse.move(action["x"], action["y"])
                self.page.mouse.wheel(action["deltaX"], action["deltaY"])
            elif mouse:
                self._mouse(action)
            else:
                self._touch(action)

    def _key(self, action: dict[str, Any]) -> None:
        value: str = action["value"]
        key = self.NAMES.get(value, value)
        if action["type"] == "keyDown":
            self.page.keyboard.down(key)
        else:
            self.page.keyboard.up(key)

    def _mouse(self, action: dict[str, Any]) -> None:
        mouse = self.page.mouse
        if action["type"] == "pointerMove":
            self.page.wait_for_timeout(action["duration"])
            mouse.move(action["x"], action["y"])
        elif action["type"] == "pointerDown":
            mouse.down(button=self.BUTTONS[action["button"]])
        else:
            mouse.up(button=self.BUTTONS[action["button"]])

    def _touch(self, action: dict[str, Any]) -> None:
        """Of one finger, which is nowhere while it does not touch."""
        if action["type"] == "pointerMove":
            self.page.wait_for_timeout(action["duration"])
            self.place = (action["x"], action["y"])
            kind = "touchMove" if self.touching else ""
        else:
            self.touching = action["type"] == "pointerDown"
            kind = "touchStart" if self.touching else "touchEnd"
        x, y = self.place
        points = [{"x": x, "y": y}] if self.touching else []
        if kind:
            self.protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def screenshot(self) -> bytes:
        return self.page.screenshot()

    def printed(self) -> bytes:
        return self.page.pdf(format="A4", landscape=True)


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Chromium without a window, with nothing from before."""
    with session.chromium() as page:
        yield Chromium(page)


# ---- Firefox ----


# What Firefox itself notes where a page ends an answer in its midst, as the lab does with one that
# a newer question has overtaken.
ENDED = "Failed to read data from the ReadableStream: “AbortError"


class Firefox(Engine):
    """Over WebDriver BiDi."""

    name = "Firefox"

    def __init__(self, address: str):
        super().__init__()
        self.socket = websocket.create_connection(
            address, timeout=ANSWER_SECONDS, suppress_origin=True
        )
        self.numbers = itertools.count()
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
            if not told["text"].startswith(ENDED):
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
        sheet = {"page": {"width": 21.0, "height": 29.7}, "orientation": "landscape"}
        printed = self.send("browsingContext.print", context=self.context, **sheet)
        return base64.b64decode(printed["data"])


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


# A script of a page keeps what is said to its console, and what fails.
LISTEN = """
  const said = window.said = [];
  for (const name of ['error', 'warn']) console[name] = (...words) => said.push(words.join(' '));
  addEventListener('error', ({ message, target }) => said.push(message || target.src), true);
  addEventListener('unhandledrejection', ({ reason }) => said.push(String(reason)));
  addEventListener('securitypolicyviolation', (event) =>
    said.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
# Before anything of a page runs, it can be heard where it is written into one that runs nothing.
WRITE = """
  const page = await (await fetch(given[0])).text();
  history.replaceState(null, '', given[0]);
  document.open();
  LISTEN
  document.write(page);
  document.close();
""".replace("LISTEN", LISTEN)


class WebKit(Engine):
    """Over classic WebDriver, which tells nothing of the console and of requests: what a page says
    is kept in it, from where it has been loaded, or from its first word where it is `written`."""

    name = "WebKitGTK"

    def __init__(self, address: str, program: str):
        super().__init__()
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
        self.run(LISTEN)

    def write(self, url: str, empty: str) -> None:
        """Load a page while it is heard, over an `empty` one from where it comes."""
        self.send("POST", "/url", {"url": empty})
        self.run(WRITE, url)

    def arrive(self, condition: str) -> None:
        super().arrive(condition)
        self.run(LISTEN)

    def heard(self) -> list[str]:
        return self.run("return window.said.splice(0)")

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

    def printed(self) -> bytes:
        raise UnavailableError("WebKitGTK's driver has no command that prints")


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
