"""From the server to the page: a run, the first load, the first picture."""

import random
import statistics
import time
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from benchmarks.clock import percentile
from benchmarks.row import Bound, Figures, Row
from benchmarks.session import (
    FETCH,
    PICTURE,
    START_SECONDS,
    chromium,
    serving,
    stage,
    wait_until_ready,
)

FETCHES = 200
FULL_STEPS = 20_000
STARTS = 3
TURNS = 3
LONG = "etas=0.008&tau=6"  # a study of ninety thousand steps


def answer() -> Figures:
    """Fetch runs that nobody asked for before, each with all rows that an overview can have."""
    queries = [f"eta={random.uniform(0.02, 0.03)!r}&steps={FULL_STEPS}" for _ in range(FETCHES)]
    with stage() as page:
        times = page.evaluate(FETCH, queries)
    return {"ms": statistics.median(times), "ms (p95)": percentile(times, 95)}


def beside_a_study() -> Figures:
    """The same runs while a study is computed, and while none is, in turn."""
    alone, beside = [], []
    with serving() as url:
        wait_until_ready(url)
        _answers(url, FETCHES)
        for turn in range(TURNS):
            alone += _answers(url, FETCHES)
            query = f"{LONG}&seed={turn + 1}"
            with urlopen(f"{url}/study.ndjson?{query}") as lines:
                while b"run, " not in lines.readline():
                    pass
                beside += _answers(url, FETCHES)
            urlopen(Request(f"{url}/study-stop?{query}&forget=1", method="POST")).close()
    ends = percentile(alone, 95), percentile(beside, 95)
    return {"ms (p95) alone": ends[0], "ms (p95) beside": ends[1], "× as long": ends[1] / ends[0]}


def _answers(url: str, count: int) -> list[float]:
    """Milliseconds of runs that nobody asked for before."""
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        with urlopen(f"{url}/run.bin?eta={random.uniform(0.02, 0.03)!r}") as answer:
            answer.read()
        times.append(1e3 * (time.perf_counter() - begin))
    return times


def first_load() -> Figures:
    """What crosses the network until the first picture stands, in an empty browser."""
    size, elsewhere = 0, []
    with serving() as url, chromium() as page:
        wait_until_ready(url)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")

        def count(event: dict) -> None:
            nonlocal size
            size += event["encodedDataLength"]

        def look(event: dict) -> None:
            address = urlsplit(event["request"]["url"])
            if address.scheme not in ("data", "blob") and address.netloc != urlsplit(url).netloc:
                elsewhere.append(address)

        network.on("Network.loadingFinished", count)
        network.on("Network.requestWillBeSent", look)
        page.goto(url)
        page.wait_for_function(PICTURE, timeout=1e3 * START_SECONDS)
        page.wait_for_load_state("networkidle")
    return {"MB": size / 1e6, "requests to another host": len(elsewhere)}


def start() -> Figures:
    """`make run` to the first picture, in a browser that is open already."""
    return {"s": statistics.median(_start() for _ in range(STARTS))}


def _start() -> float:
    with chromium() as page:
        begin = time.perf_counter()
        with serving(("make", "run")) as url:
            wait_until_ready(url)
            page.goto(url)
            page.wait_for_function(PICTURE, timeout=1e3 * START_SECONDS)
            return time.perf_counter() - begin


ROWS = (
    Row(
        "answer",
        "a run of 5,000 rows, asked for and in the page's arrays (warm)",
        (Bound("≤", 10, "ms"), Bound("≤", 20, "ms (p95)")),
        answer,
    ),
    Row(
        "beside-a-study",
        "a run, asked for while a study is computed",
        (Bound("≤", 1.5, "× as long"),),
        beside_a_study,
    ),
    Row(
        "first-load",
        "first load, compressed bytes; no request leaves the server",
        (Bound("≤", 1.2, "MB"), Bound("≤", 0, "requests to another host")),
        first_load,
    ),
    Row(
        "start",
        "`make run` on a prepared checkout → first picture",
        (Bound("≤", 3, "s"),),
        start,
    ),
)
