"""What the server takes: memory, the time to a loss that nobody has opened yet, and to stop."""

import json
import random
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.row import Bound, Figures, Row, UnavailableError
from benchmarks.session import ROOT, START_SECONDS, started, wait_until_ready
from dynamics import LOSSES, RULES

OPENED = ("hyperbola", "product-3", "rank-one", "tiny-network")
DEFAULT = "parabolic-valley"
REST = 120.0  # seconds
VISITS, LINKS = 40, 50
PAUSE = 3.0  # seconds until memory is given back
STOPS = 3
PART_AFTER = 0.15  # seconds after which the page asks for the first part


def memory() -> Figures:
    """Of the worker: after the first picture, two minutes later, after all there is to open."""
    with started() as (url, process):
        wait_until_ready(url)
        _open(url, DEFAULT)
        worker = _worker(process)
        figures = {"GB at once": _resident(worker)}
        time.sleep(REST)
        figures["GB two minutes later"] = _resident(worker)
        for loss in LOSSES:
            for rule in RULES:
                _open(url, loss, f"rule={rule}&eta=0.05")
        time.sleep(PAUSE)
        figures["GB after every loss and rule"] = _resident(worker)
        chance = random.Random(9)
        for _ in range(VISITS):
            loss, rule = chance.choice(list(LOSSES)), chance.choice(list(RULES))
            for _ in range(LINKS):
                eta = chance.uniform(0.01, 0.1)
                _get(url, f"run.bin?loss={loss}&rule={rule}&steps=300&eta={eta!r}")
        figures[f"GB after {VISITS * LINKS:,} random runs"] = _resident(worker)
        figures["GB at most"] = _resident(worker, "VmHWM")
    return figures


def opening() -> Figures:
    """Seconds from the choice of a loss to its iterates, and to all of the first picture, asked for
    as the page does; no program is there from before."""
    figures = {}
    for loss in OPENED:
        with started(cold=True) as (url, process):
            wait_until_ready(url)
            _open(url, DEFAULT)
            _wait_for_rest(_worker(process))
            first, whole = _opened(url, loss)
        figures[f"s for the iterates of {loss}"] = first
        figures[f"s for all of {loss}"] = whole
    return figures


def own_loss() -> Figures:
    """The first run of a new record, measured; and of another number in its formula."""
    with subprocess.Popen(
        (sys.executable, "-m", "benchmarks.own"), cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        return json.load(process.stdout)


def stopping() -> Figures:
    """From Ctrl-C to the end, while it warms up and later."""
    early, late, errors = [], [], 0
    for times, pause in ((early, 0.0), (late, PAUSE)):
        for _ in range(STOPS):
            with started() as (url, process):
                wait_until_ready(url)
                time.sleep(pause)
                begin = time.perf_counter()
                process.send_signal(signal.SIGINT)
                process.wait()
                times.append(time.perf_counter() - begin)
                said = process.stderr.read() if process.stderr else b""
                errors += bool(said) or process.returncode != 0
    return {
        "s": statistics.median(late),
        "s while it warms up": statistics.median(early),
        "that said or failed something": errors,
    }


def _opened(url: str, loss: str) -> tuple[float, float]:
    begin = time.perf_counter()

    def first() -> float:
        time.sleep(PART_AFTER)
        _get(url, f"run.bin?loss={loss}&part=iterates")
        return time.perf_counter() - begin

    def whole() -> float:
        _open(url, loss)
        return time.perf_counter() - begin

    def ground() -> float:
        if LOSSES[loss].d == 2:
            _draw(url, loss)
        return time.perf_counter() - begin

    with ThreadPoolExecutor(3) as threads:
        one, two, three = [threads.submit(task) for task in (first, whole, ground)]
        return min(one.result(), two.result()), max(two.result(), three.result())


def _open(url: str, loss: str, query: str = "") -> None:
    """What the page asks for once a loss is chosen."""
    _get(url, f"run.bin?loss={loss}&{query}")
    _get(
        url, f"section.bin?loss={loss}&{query}" if LOSSES[loss].d > 2 else f"valley.bin?loss={loss}"
    )


def _get(url: str, path: str) -> None:
    with urllib.request.urlopen(f"{url}{path}", timeout=START_SECONDS) as answer:
        answer.read()


def _draw(url: str, loss: str) -> None:
    """The still figures of the landscape, which Dash asks for."""
    scene = {
        **{"loss": loss, "theta": [], "view": LOSSES[loss].view, "look": "root"},
        **{"scheme": "light", "zoom": 1, "touch": False, "unit": 1.0},
        "of": {"loss": loss, "zoom": 1, "turn": 1},
    }
    figures = [{"id": name, "property": "figure"} for name in ("landscape", "sharpness")]
    wanted = {
        "output": "..landscape.figure...sharpness.figure..",
        "outputs": figures,
        "inputs": [{"id": "scene", "property": "data", "value": scene}],
        "changedPropIds": ["scene.data"],
    }
    body, kind = json.dumps(wanted).encode(), {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}_dash-update-component", body, kind)
    with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
        answer.read()


def _worker(process: subprocess.Popen[bytes]) -> int:
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    except OSError as error:
        raise UnavailableError("the system does not tell what a process takes") from error
    return int(children[0])


def _resident(pid: int, name: str = "VmRSS") -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024 / 1e9


def _wait_for_rest(pid: int) -> None:
    """Until a process has done nothing for half a second."""
    before = -1
    while (now := _ticks(pid)) != before:
        before = now
        time.sleep(0.5)


def _ticks(pid: int) -> int:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


_first = partial(Bound, "≤", 0.6)
_all = partial(Bound, "≤", 4)

ROWS = (
    Row(
        "memory",
        "resident memory of the server",
        (
            Bound("≤", 0.5, "GB at once"),
            Bound("≤", 0.5, "GB two minutes later"),
            Bound("≤", 1.2, "GB at most"),
        ),
        memory,
    ),
    Row(
        "opening",
        "a loss's first picture, nothing compiled or kept on disk",
        tuple(
            bound
            for loss in OPENED
            for bound in (_first(f"s for the iterates of {loss}"), _all(f"s for all of {loss}"))
        ),
        opening,
    ),
    Row(
        "own-loss",
        "a new `Loss` record, first run measured; then another number in its formula",
        (Bound("≤", 4, "s"), Bound("≤", 40, "MB"), Bound("≤", 0, "programs for another number")),
        own_loss,
    ),
    Row(
        "stopping",
        "Ctrl-C → stopped",
        (
            Bound("≤", 1, "s"),
            Bound("≤", 1, "s while it warms up"),
            Bound("≤", 0, "that said or failed something"),
        ),
        stopping,
    ),
)
