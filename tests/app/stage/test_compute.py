"""What the stage computes: each result once, under a name that depends on all it must."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from flask import Flask
from flask_caching import Cache

import dynamics
from app.disk import Folders
from app.once import Once, Recent
from app.runspec import LossSpec, RunSpec
from app.server import create_app
from app.stage import compute as stage_compute
from app.stage.compute import Compute
from app.stage.settings import Settings, opening, read_query, write_query
from dynamics import LOSSES, Loss
from dynamics.phases import phases
from dynamics.simulate import ROWS, Outcome
from tests.catalogue import losses

SHORT = Settings(steps=20)
(RUN,) = SHORT.runs
VISITORS = 12
PATIENCE = 30


@pytest.fixture
def compute() -> Iterator[Compute]:
    """A door whose results are kept in memory."""
    server = Flask("test")
    with server.app_context():
        yield Compute(Once(Cache(server, config={"CACHE_TYPE": "SimpleCache"})))


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The runs that are simulated, in order; each of them takes a while."""
    calls: list[tuple] = []
    simulate = dynamics.simulate

    def slow(*args: Any, **kwargs: Any) -> dynamics.Run:
        calls.append((*args, *sorted(kwargs.items())))
        time.sleep(0.1)
        return simulate(*args, **kwargs)

    monkeypatch.setattr(dynamics, "simulate", slow)
    return calls


def together(*tasks: Callable[[], Any]) -> list[Any]:
    """The answers to tasks that begin at the same moment, each on a thread of its own."""
    ready = threading.Barrier(len(tasks), timeout=PATIENCE)

    def begin(task: Callable[[], Any]) -> Any:
        ready.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(begin, tasks))


# ---- once ----


def test_a_second_equal_request_simulates_nothing(compute: Compute, simulated: list) -> None:
    first = compute.page_run(RUN, None)
    second = compute.page_run(Settings(steps=20).runs[0], None)
    assert first == second
    assert len(simulated) == 1


def test_equal_requests_that_arrive_together_simulate_once(simulated: list) -> None:
    """Through the routes, as visitors come."""
    server = create_app({"CACHE_TYPE": "SimpleCache"}).server

    def visit() -> Any:
        return server.test_client().get("/run.bin?steps=20")

    answers = together(*[visit] * VISITORS)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len(simulated) == 1


def test_different_results_of_one_run_simulate_it_once(simulated: list) -> None:
    """The page's columns, a window and a file, asked for together."""
    server = create_app({"CACHE_TYPE": "SimpleCache"}).server
    links = ["bin?steps=20", "bin?steps=20&first=3&count=4", "csv?steps=20", "npz?steps=20"]
    answers = together(
        *(lambda link=link: server.test_client().get(f"/run.{link}") for link in links)
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(simulated) == 1


def test_the_iterates_wait_neither_for_measures_nor_for_a_second_run(
    compute: Compute, simulated: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for while the whole is under way, they are there before it."""
    told, measure = threading.Event(), dynamics.measure

    def measured_late(*args: Any, **kwargs: Any) -> dynamics.Measures:
        assert told.wait(PATIENCE)
        return measure(*args, **kwargs)

    def first_part() -> Any:
        part = compute.first_page(SHORT)
        told.set()
        return part

    monkeypatch.setattr(dynamics, "measure", measured_late)
    whole, part = together(lambda: compute.page(SHORT), first_part)
    assert part.runs[0][0]["rows"] == whole.runs[0][0]["rows"]
    assert len(simulated) == 1


def test_the_descent_is_computed_once_for_all_that_it_is_for(
    compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dashed curve, Φ(x₀) for the theorem's flow, and the line of the drift."""
    asked: list[str] = []
    descent_from = stage_compute.descent_from

    def counted(loss: dynamics.Loss, start: Any) -> np.ndarray:
        asked.append(loss.key)
        return descent_from(loss, start)

    monkeypatch.setattr(stage_compute, "descent_from", counted)
    page = compute.page(Settings(loss="product-4", steps=20, start=LOSSES["product-4"].start))
    assert page.valley is not None
    assert asked == ["product-4"]


def test_the_last_runs_stay_in_memory_and_no_more_than_fit(
    simulated: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_compute, "MEMORY", 2 * measured_bytes())
    simulated.clear()
    compute = Compute(Once(Recent(1 << 30)))
    for seed in range(3):
        compute.page_run(replace(RUN, seed=seed), None)
    compute.page_run(replace(RUN, seed=2), (0, 5))
    compute.page_run(replace(RUN, seed=1), (0, 5))
    assert len(simulated) == 3
    compute.page_run(replace(RUN, seed=0), (0, 5))
    assert len(simulated) == 4


def measured_bytes() -> int:
    """What the arrays of `RUN` take: recorded and measured."""
    run = dynamics.simulate(**RUN.plain)
    columns = dynamics.measure(run)
    return run.x.nbytes + run.step.nbytes + run.start.nbytes + sum(c.nbytes for c in columns)


# ---- the key ----

DIFFERENT = [
    SHORT,
    replace(SHORT, loss="paper-valley"),
    replace(SHORT, eta=(0.1 + 1e-15,)),
    replace(SHORT, start=(1.8, 1.1 + 1e-15)),
    replace(SHORT, start=(1.1, 1.8)),
    replace(SHORT, steps=21),
    replace(SHORT, noise=1e-12),
    replace(SHORT, seed=1),
]


def test_different_settings_have_different_keys(
    compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []
    monkeypatch.setattr(compute.once, "result", lambda key, make: keys.append(key))
    for settings in DIFFERENT:
        (run,) = settings.runs
        compute.page_run(run, None)
        compute.page_run(replace(run, rule="gd"), None)
        for stretch in ((0, 5), (0, 6), (1, 5)):
            compute.page_run(run, stretch)
        for suffix in (".npz", ".csv", ".json"):
            compute.file(settings, suffix, {})
        compute.file(replace(settings, rule=("ngd", "gd")), ".csv", {})
        compute.file(replace(settings, eta=(settings.eta[0], 0.3)), ".csv", {})
        compute.file(settings, ".csv", {"link": "elsewhere"})
    for view in (((0.0, 1.0), (0.0, 1.0)), ((0.0, 1.0), (0.0, 2.0))):
        for loss in ("ring", "ellipse"):
            compute.terrain(LossSpec(loss), view)
            compute.heights(LossSpec(loss), view)
    for loss in ("ring", "ellipse"):
        compute.valley(LossSpec(loss))
    assert len(set(keys)) == len(keys) == 11 * len(DIFFERENT) + 10


@pytest.mark.parametrize(
    "change",
    [
        *({"clock": "step"}, {"axis": "log"}, {"strobe": "odd"}, {"look": "log"}, {"at": 3}),
        *({"rule": ("ngd", "gd")}, {"eta": (0.1, 0.2)}, {"start": (1.8, 1.05)}),
    ],
)
def test_what_a_run_does_not_depend_on_is_not_in_its_key(
    compute: Compute, monkeypatch: pytest.MonkeyPatch, change: dict
) -> None:
    """The view and the playhead, the other runs, and whether a default is written out."""
    keys: list[str] = []
    monkeypatch.setattr(compute.once, "result", lambda key, make: keys.append(key))
    compute.page_run(RUN, None)
    compute.page_run(replace(SHORT, **change).runs[0], None)
    assert keys[0] == keys[1]


# ---- a run and its windows ----


@pytest.mark.parametrize(("loss", "start"), [("ring", (1.5, 0.7)), ("ellipse", (-1.2, 1.0))])
def test_a_window_is_signed_like_its_run(compute: Compute, loss: str, start: tuple) -> None:
    """Along Γ v₁ turns so far that its largest component changes sign: a window that was measured
    by itself would begin with v₁ the other way."""
    (what,) = Settings(loss=loss, start=start).runs
    (head, whole), run = page_columns(compute, what, None), compute._measured(what).run
    turned = 0
    for first in range(0, head["last"], 40):
        _, part = page_columns(compute, what, (first, 20))
        here = np.searchsorted(whole["step"][:, 0], part["step"][:, 0])
        for name in ("direction", "offset", "profile"):
            np.testing.assert_allclose(part[name], whole[name][here], rtol=1e-4, atol=1e-5)
        alone = dynamics.measure(dynamics.window(run, first, 20)).direction
        turned += int(alone[0] @ part["direction"][0] < 0)
    assert turned > 0


def test_the_components_of_a_window_are_signed_like_those_of_its_run(compute: Compute) -> None:
    """With v₁ alone turned as it has, v₂ and v₃ would begin the other way in some."""
    (what,) = Settings(loss="rank-one", start=dynamics.LOSSES["rank-one"].start, eta=(0.1,)).runs
    (head, whole), run = page_columns(compute, what, None), compute._measured(what).run
    turned = 0
    for first in range(0, head["last"] - 20, 40):
        _, part = page_columns(compute, what, (first, 20))
        here = np.searchsorted(whole["step"][:, 0], part["step"][:, 0])
        np.testing.assert_allclose(part["components"], whole["components"][here], atol=1e-4)
        toward = part["direction"][0]
        alone = dynamics.measure(dynamics.window(run, first, 20), toward=toward).components
        turned += int(np.any(alone[0] * part["components"][0] < -1e-3))
    assert turned > 0


@pytest.mark.parametrize(("first", "count"), [(0, 5001), (3, 9_997), (4_000, 2**62)])
def test_a_long_window_comes_as_pairs_from_end_to_end(
    compute: Compute, first: int, count: int
) -> None:
    (what,) = Settings(eta=(0.02,), steps=12_000).runs
    head, part = page_columns(compute, what, (first, count))
    step = part["step"][:, 0]
    assert len(step) == head["rows"] == ROWS
    assert (step[0], step[-1]) == (first, min(first + count - 1, 12_000))
    np.testing.assert_array_equal(step[1::2] - step[::2], 1)
    assert np.ptp(np.diff(step[::2])) <= 1 + 1e-9
    in_full = dynamics.simulate(**what.plain, record="all").x
    np.testing.assert_allclose(part["x"], in_full[step.astype(int)].astype(np.float32), rtol=1e-5)


def page_columns(
    compute: Compute, what: RunSpec, stretch: Any
) -> tuple[dict, dict[str, np.ndarray]]:
    """The header and the columns, [t, width] each, of a run for the page."""
    head, body = compute.page_run(what, stretch)
    widths = [column["width"] for column in head["columns"]]
    values = np.frombuffer(body, "<f4")
    cuts = np.cumsum(np.array(widths) * head["rows"])[:-1]
    blocks = np.split(values, cuts)
    return head, {
        column["name"]: block.reshape(head["rows"], column["width"])
        for column, block in zip(head["columns"], blocks, strict=True)
    }


def test_the_head_of_a_run_has_its_phases_and_a_window_has_none(compute: Compute) -> None:
    head, _ = compute.page_run(opening("parabolic-valley").runs[0], None)
    found = [(phase["name"], phase["first"]) for phase in head["phases"]]
    run = dynamics.simulate("parabolic-valley", "ngd", None, 0.25, head["steps"])
    assert found == [tuple(phase) for phase in phases(run, dynamics.measure(run))]
    assert found[0] == ("descent", 0)
    assert found[-1][0] == "edge"
    window, _ = compute.page_run(Settings().runs[0], (3, 4))
    assert "phases" not in window


# ---- Γ, heights and the flattest start ----


@pytest.mark.parametrize("rule", ["ngd", "sqrt-gd"])
@losses(lambda loss: loss.branches, each_kind=True)
def test_a_run_from_the_flattest_start_bounces_and_does_not_drift(
    compute: Compute, loss: Loss, rule: str
) -> None:
    settings = Settings(loss=loss.key, rule=(rule,), eta=(0.02,), steps=2000)
    start = compute.flattest_start(settings)
    assert start is not None
    settings = replace(settings, start=tuple(start))
    assert read_query(dict(parse_qsl(write_query(settings)))).settings == settings
    run = dynamics.simulate(**settings.runs[0].plain)
    measures = dynamics.measure(run)
    drift = np.linalg.norm(measures.projection - measures.projection[0], axis=1)
    assert drift.max() < 0.05 * np.abs(measures.offset).max()
    assert run.outcome is Outcome.REACHED
    # GD on √L shares a bounce out ever less evenly, until now and then one falls short.
    assert np.mean(measures.offset[1:] * measures.offset[:-1] < 0) > 0.9
    assert np.median(measures.stableness_pair) == pytest.approx(1, abs=0.1)


def test_the_flattest_start_is_at_the_nearest_flattest_point(compute: Compute) -> None:
    """On xy = 1 there are two, at (1, 1) and (−1, −1); half a bounce of NGD is η/2."""
    for sign in (1, -1):
        settings = Settings(loss="hyperbola", eta=(0.2,), start=(2.6 * sign, 0.9 * sign))
        start = np.array(compute.flattest_start(settings))
        np.testing.assert_allclose(np.linalg.norm(start - sign), 0.1, rtol=1e-4)


def test_the_flattest_start_is_that_of_the_first_run(compute: Compute) -> None:
    settings = Settings(rule=("ngd", "gd"), eta=(0.2, 0.1))
    assert compute.flattest_start(settings) == compute.flattest_start(Settings(eta=(0.2,)))
    assert compute.flattest_start(settings) != compute.flattest_start(Settings(eta=(0.1,)))


def test_where_there_is_no_flattest_point_there_is_no_flattest_start(compute: Compute) -> None:
    assert compute.flattest_start(Settings(loss="quadratic")) is None


# ---- where results are kept ----


def test_results_are_files_in_one_folder_and_outlive_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, simulated: list
) -> None:
    monkeypatch.setenv("CACHE_DIR", str(tmp_path / "runs"))
    bodies = [
        create_app().server.test_client().get("/run.bin?steps=20&seed=..%2F..%2F1").data,
        create_app().server.test_client().get("/run.bin?steps=20").data,
        create_app().server.test_client().get("/run.bin?steps=20").data,
    ]
    assert bodies[1] == bodies[2]
    assert len(simulated) == 1
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) >= 1
    assert {path.parent for path in written} == {tmp_path / "runs"}
    assert all(re.fullmatch("[0-9a-f]+", path.name) for path in written)


def test_warming_up_compiles_even_where_the_result_is_known(
    compute: Compute, simulated: list
) -> None:
    """Else a second start would leave it to the first visitor."""
    compute.page_run(RUN, None)
    again = Compute(
        compute.once
    )  # as after a restart: results outlive the process, programs do not
    again.warm_up(SHORT)
    assert len(simulated) == 2


def test_the_cache_is_chosen_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CACHE_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("CACHE_TYPE", "SimpleCache")
    create_app().server.test_client().get("/run.bin?steps=20")
    assert not list(tmp_path.rglob("*/*"))


def test_without_a_folder_results_stay_in_memory(
    monkeypatch: pytest.MonkeyPatch, simulated: list
) -> None:
    monkeypatch.setattr("app.server.folders", lambda: Folders(None, None, ""))
    monkeypatch.setattr("app.server.programs.keep_on_disk", lambda folder: None)
    client = create_app().server.test_client()
    bodies = [client.get("/run.json?steps=20").data for _ in range(2)]
    assert bodies[0] == bodies[1]
    assert len(simulated) == 1
