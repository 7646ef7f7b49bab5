"""The plain routes: what they answer, in which layout, and that it is what `dynamics` says."""

import csv
import io
import json
import re
import struct
from typing import Any
from urllib.parse import parse_qsl

import jax
import numpy as np
import pytest
from flask.testing import FlaskClient

import dynamics
from app.binary import pack
from app.stage.compute import PAGE_COLUMNS
from app.stage.settings import Settings, read_query
from app.vocabulary import LICENCE, PAGE_KEYS
from dynamics import LOSSES, Loss
from dynamics.measures import measure_extras, profile_nodes
from dynamics.phases import phases
from dynamics.simulate import ROWS, Outcome
from dynamics.version import VERSION
from tests.app.bodies import head_of
from tests.catalogue import losses

FLOAT32 = 4
SUFFIXES = ("bin", "npz", "csv", "json")
# A start off the axis of symmetry, and more steps than a window holds.
QUERY = "loss=parabolic-valley&eta=0.1&start=2,0.3&steps=1200"
# The step, and what is measured at every recorded row; each [t] or [t, d].
VECTORS = {"x": 2, "direction": 2, "projection": 2, "flow": 2, "profile": 9}


def unpack(body: bytes) -> dict[str, Any]:
    """/run.bin by the letter of its documentation, independent of the code that packs it."""
    header, at = head_of(body)
    for part in [*header["runs"], header.get("descent")]:
        if part is None:
            continue
        columns = part.get("columns", [{"name": "points", "width": part.get("width")}])
        part["data"] = {}
        for column in columns:
            count = part["rows"] * column["width"]
            values = struct.unpack_from(f"<{count}f", body, at)
            at += count * FLOAT32
            shape = (part["rows"],) if column["width"] == 1 else (part["rows"], column["width"])
            part["data"][column["name"]] = np.array(values, np.float32).reshape(shape)
    valley = header.get("valley", {"curves": []})
    at += sum(curve["rows"] * (valley["d"] + 1) * FLOAT32 for curve in valley["curves"])
    assert at == len(body)
    return header


def table_of(text: str) -> dict[str, list[str]]:
    """The columns of a .csv as text."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name: [row[name] for row in rows] for name in rows[0]}


@pytest.fixture(scope="module")
def binary(client: FlaskClient) -> dict[str, Any]:
    """What /run.bin answers to QUERY."""
    return unpack(client.get(f"/run.bin?{QUERY}").data)


@pytest.fixture(scope="module")
def run() -> dynamics.Run:
    """The run that QUERY asks for, without the app."""
    return dynamics.simulate("parabolic-valley", "ngd", (2, 0.3), 0.1, 1200)


@pytest.fixture(scope="module")
def measures(run: dynamics.Run) -> dynamics.Measures:
    return dynamics.measure(run)


# ---- /healthz ----


def test_healthz_answers_with_json(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.is_json
    assert response.get_json()["status"] == "ok"
    assert response.get_json()["version"] == dynamics.VERSION


# ---- /run.bin ----


def test_binary_holds_the_columns_that_the_page_needs(binary: dict[str, Any]) -> None:
    (run,) = binary["runs"]
    assert tuple(run["data"]) == PAGE_COLUMNS
    widths = {column["name"]: column["width"] for column in run["columns"]}
    assert widths == {name: VECTORS.get(name, 1) for name in PAGE_COLUMNS}


@pytest.mark.parametrize("name", PAGE_COLUMNS)
def test_binary_is_what_is_measured(
    binary: dict[str, Any], measures: dynamics.Measures, name: str
) -> None:
    expected = np.asarray(getattr(measures, name)).astype(np.float32)
    np.testing.assert_array_equal(binary["runs"][0]["data"][name], expected)


def test_binary_head_says_what_was_asked_for_and_how_it_ended(binary: dict[str, Any]) -> None:
    assert (
        binary["settings"].items()
        >= {
            "loss": "parabolic-valley",
            "rule": ["ngd"],
            "eta": [0.1],
            "start": [2.0, 0.3],
            "steps": 1200,
            "noise": 0.0,
            "seed": 0,
        }.items()
    )
    assert binary["query"] == "eta=0.1&start=2,0.3&steps=1200"
    assert binary["notices"] == []
    np.testing.assert_allclose(binary["profile_axis"], profile_nodes())
    (run,) = binary["runs"]
    assert (run["rule"], run["last"], run["rows"]) == ("ngd", 1200, 1201)
    assert (run["outcome"], run["outcome_words"]) == ("reached", Outcome.REACHED.value)
    assert run["eta"] == 0.1


def test_binary_head_has_the_phases_and_the_words_to_them(
    binary: dict[str, Any], run: dynamics.Run, measures: dynamics.Measures
) -> None:
    (head,) = binary["runs"]
    found = [phase._asdict() for phase in phases(run, measures)]
    assert head["phases"] == found
    (story,) = binary["words"]["stories"]
    assert len(story["phases"]) == len(found) >= 2
    assert binary["words"]["labels"] == [head["name"]]


def test_descent_goes_from_the_start_to_the_valley(binary: dict[str, Any]) -> None:
    points = binary["descent"]["data"]["points"]
    np.testing.assert_array_equal(points[0], np.float32((2, 0.3)))
    # Φ keeps ½y² − ln|x| − ½x², and so does all of the way there.
    x, y = points.astype(np.float64).T
    kept = 0.5 * y**2 - np.log(x) - 0.5 * x**2
    np.testing.assert_allclose(kept, kept[0], atol=1e-5)
    assert abs(points[-1, 1]) < 1e-6
    assert np.all(np.diff(np.abs(y)) <= 1e-6)


def test_packed_data_start_at_a_multiple_of_four_for_every_header() -> None:
    for length in range(8):
        packed = pack({"runs": [], "é": "x" * length}, [struct.pack("<f", 1.5)])
        assert len(packed) % 4 == 0
        assert packed[-4:] == struct.pack("<f", 1.5)
        (size,) = struct.unpack_from("<I", packed, 4)
        assert json.loads(packed[8 : 8 + size])["é"] == "x" * length


def test_a_header_never_holds_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        pack({"eta": float("nan")}, [])


@pytest.mark.parametrize(
    "query",
    [
        QUERY,
        f"{QUERY}&rule=gd,sqrt-gd&at=7&clock=step",
        "loss=product-4&rule=ngd&steps=60",
        "loss=tiny-network&rule=gradient-flow&steps=40&eta=0.05",
        "loss=hyperbola&rule=gd&eta=0.9&start=2,2&steps=500",
    ],
)
def test_the_iterates_alone_are_the_first_part_of_the_whole(
    client: FlaskClient, query: str
) -> None:
    part = unpack(client.get(f"/run.bin?{query}&part=iterates").data)
    whole = unpack(client.get(f"/run.bin?{query}").data)
    assert part["part"] == "iterates"
    assert "part" not in whole
    for name in ("settings", "query", "notices", "page", "profile_axis", "laws"):
        assert part[name] == whole[name]
    assert set(part) - {"part"} == set(whole)
    assert part["descent"]["rows"] == 0
    assert part["flattest_start"] is None
    assert not part.get("valley", {}).get("curves")
    assert len(part["runs"]) == len(whole["runs"])
    for some, run in zip(part["runs"], whole["runs"], strict=True):
        assert set(some["data"]) == {"step", "x", "loss", "sharpness", "threshold"}
        for name, column in some["data"].items():
            np.testing.assert_array_equal(column, run["data"][name])
        told = {column["name"]: column["width"] for column in some["columns"] + some["absent"]}
        assert told == {column["name"]: column["width"] for column in run["columns"]}
        for name in set(run) - {
            "columns",
            "data",
            "phases",
            "broken",
            "broken_words",
            "parted_from",
        }:
            assert some[name] == run[name]
        assert some["phases"] == []
        assert some["broken"] is None


@pytest.mark.parametrize("query", ["part=all", "part=", "part=iterates&first=0&count=5"])
def test_another_part_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"/run.bin?steps=20&{query}")
    assert response.status_code == 400
    (problem,) = response.get_json()["problems"]
    assert problem["field"] == "part"


@pytest.mark.parametrize(("first", "count"), [(0, 1), (0, 50), (301, 400), (1199, 2), (1200, 1)])
def test_window_is_that_stretch_of_the_run(
    client: FlaskClient, measures: dynamics.Measures, first: int, count: int
) -> None:
    window = unpack(client.get(f"/run.bin?{QUERY}&first={first}&count={count}").data)
    assert not {"descent", "words", "page", "flattest_start"} & set(window)
    assert "phases" not in window["runs"][0]
    columns = window["runs"][0]["data"]
    np.testing.assert_array_equal(
        columns["step"], np.arange(first, min(first + count, 1201), dtype=np.float32)
    )
    stretch = slice(first, first + count)
    for name in (
        *("x", "loss", "sharpness", "projection", "direction", "threshold", "flow", "gap"),
        *("offset", "bounce"),
    ):
        expected = np.asarray(getattr(measures, name))[stretch].astype(np.float32)
        np.testing.assert_allclose(columns[name], expected, rtol=1e-6, atol=1e-9, err_msg=name)


def test_window_of_a_long_run_is_in_full_where_the_overview_is_not(client: FlaskClient) -> None:
    query = "eta=0.02&steps=40000"
    overview = unpack(client.get(f"/run.bin?{query}").data)["runs"][0]
    window = unpack(client.get(f"/run.bin?{query}&first=20001&count=300").data)["runs"][0]
    assert overview["rows"] <= 5000
    assert overview["last"] == overview["data"]["step"][-1] == 40000
    np.testing.assert_array_equal(window["data"]["step"], np.arange(20001, 20301))
    in_full = dynamics.simulate("parabolic-valley", "ngd", None, 0.02, 20300, record="all")
    np.testing.assert_allclose(
        window["data"]["x"], in_full.x[20001:20301].astype(np.float32), rtol=1e-6
    )
    shared = np.isin(overview["data"]["step"], window["data"]["step"])
    assert shared.sum() >= 10
    at = (overview["data"]["step"][shared] - 20001).astype(int)
    np.testing.assert_array_equal(overview["data"]["x"][shared], window["data"]["x"][at])


def test_window_of_more_steps_than_a_recording_comes_as_pairs(client: FlaskClient) -> None:
    query = "eta=0.02&steps=40000"
    body = client.get(f"/run.bin?{query}&first=10000&count=20000").data
    (window,) = unpack(body)["runs"]
    step = window["data"]["step"]
    assert window["rows"] == len(step) == ROWS
    assert (step[0], step[-1], window["last"]) == (10_000, 29_999, 29_999)
    np.testing.assert_array_equal(step[1::2] - step[::2], 1)


def test_window_beyond_the_end_is_the_last_step(client: FlaskClient) -> None:
    body = client.get(f"/run.bin?{QUERY}&first=999999&count=999999999999999").data
    assert unpack(body)["runs"][0]["data"]["step"].tolist() == [1200.0]


def test_several_rules_are_several_runs(client: FlaskClient) -> None:
    query = "eta=0.1&start=2,0.3&steps=100&rule=gradient-flow,gd,ngd"
    runs = unpack(client.get(f"/run.bin?{query}").data)["runs"]
    assert [run["rule"] for run in runs] == ["ngd", "gd", "gradient-flow"]
    for run in runs:
        alone = dynamics.simulate("parabolic-valley", run["rule"], (2, 0.3), 0.1, 100)
        np.testing.assert_array_equal(run["data"]["x"], alone.x.astype(np.float32))
    assert np.isnan(runs[2]["data"]["flow"]).all()
    assert runs[2]["phases"] == []


def test_several_step_sizes_are_several_runs_to_the_same_slow_time(client: FlaskClient) -> None:
    answer = unpack(client.get("/run.bin?start=2,0.3&steps=200&eta=0.1,0.05&rule=gd,ngd").data)
    told_apart = [(run["rule"], run["eta"], run["steps"], run["last"]) for run in answer["runs"]]
    assert told_apart == [
        ("ngd", 0.1, 200, 200), ("ngd", 0.05, 800, 800),
        ("gd", 0.1, 200, 200), ("gd", 0.05, 800, 800),
    ]  # fmt: skip
    assert answer["settings"]["eta"] == [0.1, 0.05]
    for run in answer["runs"]:
        alone = dynamics.simulate(
            "parabolic-valley", run["rule"], (2, 0.3), run["eta"], run["steps"]
        )
        np.testing.assert_array_equal(run["data"]["x"], alone.x.astype(np.float32))


def test_a_window_is_cut_out_of_every_run(client: FlaskClient) -> None:
    runs = unpack(client.get("/run.bin?steps=20&eta=0.2,0.1&first=18&count=5").data)["runs"]
    assert [run["data"]["step"].tolist() for run in runs] == [[18, 19, 20], [18, 19, 20, 21, 22]]


def test_a_diverging_run_ends_at_its_last_finite_step(client: FlaskClient) -> None:
    response = client.get("/run.bin?rule=gd&eta=3&start=5,5&steps=2000")
    (run,) = unpack(response.data)["runs"]
    assert (run["outcome"], run["outcome_words"]) == ("not_finite", Outcome.NOT_FINITE.value)
    assert run["last"] == run["outcome_step"] == run["data"]["step"][-1] < 2000
    assert run["data"]["x"].shape == (run["rows"], 2)
    # A float32 ends before a float64: beyond it the page reads an infinity, never a crash.
    assert np.isfinite(run["data"]["x"][:3]).all()
    assert np.isinf(run["data"]["loss"][-1])


@pytest.mark.parametrize("steps", [0, 1])
def test_the_shortest_runs(client: FlaskClient, steps: int) -> None:
    (run,) = unpack(client.get(f"/run.bin?steps={steps}").data)["runs"]
    assert run["rows"] == steps + 1
    assert np.isnan(run["data"]["stableness_pair"]).all() == (steps == 0)


def test_notices_travel_with_the_run(client: FlaskClient) -> None:
    header = unpack(client.get("/run.bin?steps=10&eta=1e9,1e6,5e5&clock=eta&at=3").data)
    assert [notice["field"] for notice in header["notices"]] == ["eta"]
    assert header["query"] == "eta=1000000,500000&steps=10&clock=eta&at=3"
    assert header["page"].items() >= {"at": 3, "clock": "eta"}.items()


def test_what_belongs_to_the_page_comes_back_and_changes_no_run(client: FlaskClient) -> None:
    link = (
        "steps=10&clock=eta&axis=log&strobe=odd&look=surface&lens=off&ghost=rod&panel=alignment"
        "&focus=0&at=3&hide=story&embed=1"
    )
    plain, other = (unpack(client.get(f"/run.bin?{q}").data) for q in ("steps=10", link))
    assert set(other["page"]) == set(PAGE_KEYS)
    assert other["page"] == {
        "clock": "eta", "axis": "log", "strobe": "odd", "look": "surface",
        "lens": "off", "ghost": "rod", "panel": "alignment", "against": None, "focus": 0, "at": 3,
        "hide": ["story"], "embed": True,
    }  # fmt: skip
    assert plain["page"] == {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in vars(Settings()).items()
        if key in PAGE_KEYS
    }
    np.testing.assert_array_equal(plain["runs"][0]["data"]["x"], other["runs"][0]["data"]["x"])


def test_the_flattest_start_is_a_start(client: FlaskClient) -> None:
    """Half a bounce beside (0, 0), where the valley is flattest: straight up its wall."""
    x, y = unpack(client.get("/run.bin?steps=10&eta=0.2").data)["flattest_start"]
    assert abs(x) < 1e-9
    assert abs(y) == pytest.approx(0.1)
    link = f"steps=10&eta=0.2&start={x},{y}"
    assert unpack(client.get(f"/run.bin?{link}").data)["settings"]["start"] == [x, y]
    assert unpack(client.get("/run.bin?loss=quadratic&steps=10").data)["flattest_start"] is None


# ---- /valley.bin and /heights.bin ----


@pytest.mark.parametrize("loss", LOSSES)
def test_valley_holds_each_branch_with_its_sharpness(client: FlaskClient, loss: str) -> None:
    """By the letter of the documentation: points, rows × d, and λ₁."""
    body = client.get(f"/valley.bin?loss={loss}").data
    header, at = head_of(body)
    d = header["d"]
    assert d == LOSSES[loss].d
    assert len(header["curves"]) == len(LOSSES[loss].branches)
    for curve in header["curves"]:
        rows = curve["rows"]
        values = np.frombuffer(body, "<f4", (d + 1) * rows, at).astype(float)
        at += (d + 1) * rows * FLOAT32
        x, sharpness = values[: d * rows].reshape(rows, d), values[d * rows :]
        ends = [
            branch.curve(end)
            for branch in LOSSES[loss].branches
            for end in (branch.low, branch.high)
        ]
        assert min(np.linalg.norm(x[0] - end) for end in ends) < 1e-5
        assert min(np.linalg.norm(x[-1] - end) for end in ends) < 1e-5
        exact = LOSSES[loss].manifold_sharpness
        assert exact is not None
        np.testing.assert_allclose(sharpness, jax.vmap(exact)(x), rtol=1e-4)
    assert at == len(body)
    low, high = header["sharpness_range"]
    assert 0 < low <= high


def test_valley_head_by_hand(client: FlaskClient) -> None:
    """On the ring λ₁ = e^(k cos φ): all of it is in view, flattest at (−1, 0)."""
    header, _ = head_of(client.get("/valley.bin?loss=ring").data)
    ((x, y),) = header["flattest"]
    assert (x, y) == pytest.approx((-1, 0), abs=1e-5)
    low, high = header["sharpness_range"]
    assert low * high == pytest.approx(1)
    assert head_of(client.get("/valley.bin?loss=quadratic").data)[0]["flattest"] == []


def test_heights_are_rows_from_the_lowest_y_up(client: FlaskClient) -> None:
    body = client.get("/heights.bin?loss=quadratic&view=-1,2,-0.5,1.5").data
    header, at = head_of(body)
    rows, columns = header["rows"], header["columns"]
    assert header["view"] == [[-1, 2], [-0.5, 1.5]]
    assert len(body) == at + 2 * rows * columns * FLOAT32
    root, sharpness = np.frombuffer(body, "<f4", offset=at).reshape(2, rows, columns)
    grid = np.meshgrid(np.linspace(-1, 2, columns), np.linspace(-0.5, 1.5, rows))
    points = np.stack(grid, axis=-1).reshape(-1, 2)
    losses = jax.vmap(LOSSES["quadratic"].value)(points)
    np.testing.assert_allclose(root.ravel() ** 2, losses, rtol=1e-5, atol=1e-9)
    # ∇²L is the same everywhere.
    curvature = np.linalg.eigvalsh(jax.hessian(LOSSES["quadratic"].value)(np.zeros(2)))[-1]
    np.testing.assert_allclose(sharpness, curvature, rtol=1e-6)


@pytest.mark.parametrize("loss", [key for key, loss in LOSSES.items() if loss.d == 2])
def test_heights_of_any_view_can_be_had(client: FlaskClient, loss: str) -> None:
    (x_low, x_high), (y_low, y_high) = LOSSES[loss].view
    for view in (f"{x_low},{x_high},{y_low},{y_high}", "40,41,40,41", "-1e6,1e6,-1e6,1e6"):
        answer = client.get(f"/heights.bin?loss={loss}&view={view}")
        header, at = head_of(answer.data)
        assert len(answer.data) == at + 2 * header["rows"] * header["columns"] * FLOAT32


# ---- /rod.bin ----


def rod_of(client: FlaskClient, query: str) -> tuple[dict, dict[str, np.ndarray]]:
    """Head and columns of a rod."""
    body = client.get(f"/rod.bin?{query}").data
    head, at = head_of(body)
    columns = {}
    for column in head["columns"]:
        count = head["rows"] * column["width"]
        values = np.frombuffer(body, "<f4", count, at)
        columns[column["name"]] = values.reshape(head["rows"], column["width"])
        at += count * FLOAT32
    assert at == len(body)
    return head, columns


def test_the_rod_is_that_of_the_run(client: FlaskClient) -> None:
    head, columns = rod_of(client, "loss=hyperbola&rule=gd&start=2.5,0.41&eta=0.34&steps=200")
    run = dynamics.simulate("hyperbola", "gd", (2.5, 0.41), 0.34, 200)
    course = dynamics.course_beside(run)
    assert course is not None
    assert (head["first"], head["lost"]) == (course.first, course.lost)
    there = slice(course.first, course.lost)
    np.testing.assert_array_equal(columns["step"][:, 0], run.step[there])
    along = dynamics.rod_along(run, course)
    for name, column in along._asdict().items():
        expected = column[there].reshape(len(columns[name]), -1)
        np.testing.assert_allclose(columns[name], expected, rtol=1e-6, err_msg=name)


def test_a_run_that_never_hops_has_a_rod_without_rows(client: FlaskClient) -> None:
    head, columns = rod_of(client, "loss=hyperbola&rule=gd&start=2,0.7&eta=0.05&steps=50")
    assert (head["first"], head["lost"], head["rows"]) == (None, None, 0)
    assert list(columns) == ["step", "rod", "rod_reach", "rod_sharpness", "rod_gap"]


# ---- /section.bin, /sheet.bin, and Γ with a run ----


def section_of(client: FlaskClient, query: str) -> tuple[dict, np.ndarray]:
    """Head and blocks [block, row, column] of a section."""
    body = client.get(f"/section.bin?{query}").data
    head, at = head_of(body)
    blocks = np.frombuffer(body, "<f4", offset=at).astype(float)
    return head, blocks.reshape(-1, head["rows"], head["columns"])


def test_a_section_goes_through_the_projection_across_and_along(client: FlaskClient) -> None:
    """On z = 0 with λ₁ = 1 + x² + 2y²: v₁ is upright, the drift goes down (x, 2y)."""
    head, _ = section_of(client, "loss=plane-valley&eta=0.1&steps=50&at=50")
    run = dynamics.simulate("plane-valley", "ngd", None, 0.1, 50)
    end = dynamics.measure(run).projection[-1]
    assert head["at"] == 50
    np.testing.assert_allclose(head["center"], end, atol=1e-9)
    np.testing.assert_allclose(np.abs(head["across"]), [0, 0, 1], atol=1e-9)
    down = -np.array([end[0], 2 * end[1], 0])
    np.testing.assert_allclose(head["along"], down / np.linalg.norm(down), atol=1e-2)
    assert head["origin"] < 0  # uphill of the flattest point


def test_a_section_has_the_heights_of_its_grid(client: FlaskClient) -> None:
    head, blocks = section_of(client, "loss=product-4&at=5&view=-2,-1,-0.2,0.3&of=sharpness")
    assert head["view"] == [[-2, -1], [-0.2, 0.3]]
    a = np.linspace(-2, -1, head["columns"])[7] - head["origin"]
    b = np.linspace(-0.2, 0.3, head["rows"])[40]
    point = np.array(head["center"]) + a * np.array(head["along"]) + b * np.array(head["across"])
    loss = LOSSES["product-4"]
    assert blocks[0, 40, 7] ** 2 == pytest.approx(float(loss.value(point)), rel=1e-4)
    top = np.linalg.eigvalsh(jax.jit(jax.hessian(loss.value))(point))[-1]
    assert blocks[1, 40, 7] == pytest.approx(top, rel=1e-4)
    assert section_of(client, "loss=product-4&at=5")[1].shape[0] == 1  # λ₁ only when asked


@losses(lambda loss: loss.d > 2, each_kind=True)
def test_all_that_is_worth_seeing_of_a_section_is_in_it(client: FlaskClient, loss: Loss) -> None:
    """The start, and the way of Φ."""
    head, blocks = section_of(client, f"loss={loss.key}&steps=40")
    (a_low, a_high), (b_low, b_high) = head["whole"]
    assert head["view"] == head["whole"]
    start = np.array(loss.start) - head["center"]
    assert a_low < head["origin"] + start @ np.array(head["along"]) < a_high
    assert b_low < start @ np.array(head["across"]) < b_high
    assert np.all(np.isfinite(blocks))


def test_where_there_is_no_valley_a_section_is_of_the_first_coordinates(
    client: FlaskClient,
) -> None:
    """From 0, a saddle, gradient flow goes nowhere."""
    head, _ = section_of(client, "loss=product-3&start=0,0,0&steps=5&at=3")
    assert head["center"] == [0, 0, 0]
    assert [head["along"], head["across"]] == [[1, 0, 0], [0, 1, 0]]


def test_a_sheet_is_the_valley_over_the_first_two_coordinates(client: FlaskClient) -> None:
    body = client.get("/sheet.bin?loss=product-3").data
    head, at = head_of(body)
    z, sharpness = np.frombuffer(body, "<f4", offset=at).reshape(2, head["rows"], head["columns"])
    (x0, x1), (y0, y1) = head["view"]
    x, y = np.linspace(x0, x1, head["columns"])[30], np.linspace(y0, y1, head["rows"])[50]
    assert x * y * z[50, 30] == pytest.approx(1, rel=1e-5)
    assert sharpness[50, 30] == pytest.approx(1 / x**2 + 1 / y**2 + (x * y) ** 2, rel=1e-5)


@losses(lambda loss: loss.d > 2 and loss.codim < loss.d, each_kind=True)
def test_a_run_brings_the_way_of_its_drift_where_the_valley_is_no_plane_curve(
    client: FlaskClient, loss: Loss
) -> None:
    head, _ = head_of(client.get(f"/run.bin?loss={loss.key}&steps=10").data)
    assert [curve["rows"] > 100 for curve in head["valley"]["curves"]] == [True]
    (flattest,) = head["valley"]["flattest"]
    assert float(loss.value(np.array(flattest))) < 1e-12


@losses(lambda loss: loss.d == 2 or loss.codim == loss.d, each_kind=True)
def test_a_run_brings_no_way_where_the_valley_is_drawn_or_a_point(
    client: FlaskClient, loss: Loss
) -> None:
    head, _ = head_of(client.get(f"/run.bin?loss={loss.key}&steps=10").data)
    assert "valley" not in head


NO_VIEW = "The view must be four numbers: x low, x high, y low, y high."


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("valley.bin", "loss"),
        ("valley.bin?loss=", "loss"),
        ("valley.bin?loss=rings", "Did you mean 'ring'?"),
        ("heights.bin?loss=rings&view=0,1,0,1", "Did you mean 'ring'?"),
        ("heights.bin?loss=product-3&view=0,1,0,1", "Only a loss of two parameters"),
        ("section.bin?loss=ring", "is shown whole"),
        ("section.bin?loss=product-3&view=1,0,0,1", NO_VIEW),
        ("section.bin?loss=product-3&of=x", "of must be root or sharpness"),
        ("section.bin?loss=product-3&eta=x", "η must be a number"),
        ("nudge.json?loss=quadratic&at=40", "nowhere to drift"),
        ("nudge.json?rule=gd", "no theorem of its drift"),
        ("nudge.json?steps=9&at=8", "end after the run, at 9"),
        ("nudge.json?eta=x", "η must be a number"),
        ("rod.bin?rule=ngd", "Normalized GD has no rod: that is beside plain GD."),
        ("rod.bin?rule=gd&eta=x", "η must be a number"),
        ("sheet.bin?loss=rings", "Did you mean 'ring'?"),
        ("sheet.bin?loss=two-curvatures", "is no surface in space"),
        ("heights.bin?loss=ring", NO_VIEW),
        ("heights.bin?loss=ring&view=", NO_VIEW),
        ("heights.bin?loss=ring&view=0,1,0", NO_VIEW),
        ("heights.bin?loss=ring&view=0,1,0,1,2", NO_VIEW),
        ("heights.bin?loss=ring&view=0,1,0,x", NO_VIEW),
        ("heights.bin?loss=ring&view=1,0,0,1", NO_VIEW),
        ("heights.bin?loss=ring&view=0,1,2,2", NO_VIEW),
        ("heights.bin?loss=ring&view=0,1,0,inf", NO_VIEW),
        ("heights.bin?loss=ring&view=-inf,1,0,1", NO_VIEW),
        ("heights.bin?loss=ring&view=0,nan,0,1", NO_VIEW),
    ],
)
def test_a_broken_valley_or_view_gets_400_and_says_why(
    client: FlaskClient, link: str, text: str
) -> None:
    response = client.get(f"/{link}")
    assert response.status_code == 400
    (problem,) = response.get_json()["problems"]
    assert text in problem["text"]
    assert "ETag" not in response.headers


@pytest.mark.parametrize(
    ("link", "other"),
    [
        ("valley.bin?loss=ring", "valley.bin?loss=ellipse"),
        ("heights.bin?loss=ring&view=0,1,0,1", "heights.bin?loss=ring&view=0,1,0,2"),
        ("heights.bin?loss=ring&view=0,1,0,1", "heights.bin?loss=ellipse&view=0,1,0,1"),
    ],
)
def test_a_valley_or_view_that_is_known_is_not_sent_again(
    client: FlaskClient, link: str, other: str
) -> None:
    first = client.get(f"/{link}")
    assert "no-cache" in first.headers["Cache-Control"]
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/{link}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"/{other}", headers=known).status_code == 200


# ---- files ----


def test_npz_holds_every_column_of_the_run(
    client: FlaskClient, run: dynamics.Run, measures: dynamics.Measures
) -> None:
    with np.load(io.BytesIO(client.get(f"/run.npz?{QUERY}").data), allow_pickle=False) as file:
        held = dict(file)
    settings = json.loads(str(held.pop("settings")))
    assert settings["loss"] == "parabolic-valley"
    assert settings["rule"] == ["ngd"]
    assert set(held.pop("rule")) == {"ngd"}
    expected = measures._asdict() | measure_extras(run)._asdict()
    for name in ("step", "x", "sharpness", "gap", "stableness", "alignment"):
        np.testing.assert_array_equal(held[name], expected[name], err_msg=name)
    assert {len(column) for column in held.values()} == {1201}


def test_the_three_files_agree(client: FlaskClient) -> None:
    query = "steps=40&rule=ngd,gd"
    with np.load(io.BytesIO(client.get(f"/run.npz?{query}").data), allow_pickle=False) as file:
        arrays = dict(file)
    text = table_of(client.get(f"/run.csv?{query}").text)
    as_json = client.get(f"/run.json?{query}").get_json()
    beside = client.get(f"/run.settings.json?{query}")
    settings = json.loads(str(arrays.pop("settings")))
    assert beside.get_json() == as_json["settings"] == settings
    about = settings["about"]
    assert about["link"] == "http://localhost/?rule=ngd,gd&steps=40"
    assert about["caption"].startswith("Normalized GD, GD on L = ½ (1 + x²) y², η = 0.25, from (")
    assert about["licence"] == LICENCE
    assert set(arrays) == set(as_json["columns"])
    for name, column in arrays.items():
        if column.dtype.kind == "U":
            assert as_json["columns"][name] == column.tolist() == text[name]
            continue
        listed = np.array(as_json["columns"][name], dtype=float)
        np.testing.assert_array_equal(listed, column, err_msg=name)
        parts = [name] if column.ndim == 1 else [f"{name}_{i}" for i in range(column.shape[1])]
        written = [[float(cell or "nan") for cell in text[part]] for part in parts]
        np.testing.assert_array_equal(np.array(written).T.reshape(column.shape), column)


def test_a_file_of_several_runs_names_the_rule_in_each_row(client: FlaskClient) -> None:
    text = table_of(client.get("/run.csv?steps=3&rule=gd,ngd").text)
    assert text["rule"] == ["ngd"] * 4 + ["gd"] * 4
    assert text["step"] == ["0", "1", "2", "3"] * 2
    assert list(text)[:2] == ["rule", "eta"]


def test_a_file_of_several_runs_names_the_step_size_in_each_row(client: FlaskClient) -> None:
    text = table_of(client.get("/run.csv?steps=1&eta=0.2,0.1&rule=gd,ngd").text)
    rows = list(zip(text["rule"], text["eta"], text["step"], strict=True))
    one, other = ([(eta, f"{t}") for t in range(n)] for eta, n in (("0.2", 2), ("0.1", 5)))
    assert rows == [(rule, *row) for rule in ("ngd", "gd") for row in one + other]


@pytest.mark.parametrize("suffix", ["npz", "csv", "json"])
def test_a_file_has_a_name_of_its_own(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/run.{suffix}?steps=3&rule=gd,ngd")
    name = f"edgewalk-parabolic-valley-ngd-gd.{suffix}"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_table_says_where_its_settings_are(client: FlaskClient) -> None:
    query = "steps=3&rule=ngd,gd&start=1,0.5"
    link = client.get(f"/run.csv?{query}&decimal=comma").headers["Link"]
    assert link.endswith('>; rel="describedby"; type="application/json"')
    address = link[1 : link.index(">")]
    assert client.get(f"/{address}").get_json() == client.get(f"/run.json?{query}").json["settings"]
    name = "edgewalk-parabolic-valley-ngd-gd.settings.json"
    beside = client.get(f"/{address}").headers["Content-Disposition"]
    assert beside == f'attachment; filename="{name}"'
    assert client.get("/run.settings.json?eta=x").status_code == 400


def test_a_program_takes_the_steps_of_the_page(client: FlaskClient) -> None:
    query = "loss=ring&p.k=0.5&rule=ngd,sqrt-gd&steps=40&at=7"
    response = client.get(f"/run.py?{query}&page=https://uni.example/teach/")
    assert response.headers["Content-Disposition"].endswith('"edgewalk-ring-ngd-sqrt-gd.py"')
    assert response.content_type.startswith("text/x-python")
    assert "https://uni.example/teach/?loss=ring" in response.text
    told = client.get(f"/run.json?{query}&page=https://uni.example/teach/").json["settings"]
    assert told["about"]["link"].startswith("https://uni.example/teach/?loss=ring&")
    names: dict[str, Any] = {}
    with np.errstate():
        exec(response.text.split("figure, ")[0], names)
    columns = client.get(f"/run.json?{query}").json["columns"]
    np.testing.assert_allclose(np.concatenate(names["paths"]), columns["x"], atol=1e-12)
    sheet = json.loads(client.get(f"/run.ipynb?{query}&on=dynamics").text)
    words = "".join(sheet["cells"][0]["source"])
    assert f"Edgewalk {VERSION}: http://localhost/?loss=ring" in words
    assert LICENCE in words
    assert "k=0.5" in "".join(sheet["cells"][1]["source"])


def test_a_table_with_decimal_commas_holds_the_same(client: FlaskClient) -> None:
    point, comma = (client.get(f"/run.csv?steps=9{more}") for more in ("", "&decimal=comma"))
    assert comma.text.splitlines()[1].startswith("ngd;0,25;0;")
    assert "." not in comma.text
    assert comma.text.translate(str.maketrans(",;", ".,")) == point.text
    assert comma.headers["ETag"] != point.headers["ETag"]


# ---- caching ----


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_is_known_is_not_sent_again(client: FlaskClient, suffix: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get(f"/run.{suffix}?steps=30", headers=headers)
    assert first.status_code == 200
    assert "no-cache" in first.headers["Cache-Control"]
    known = headers | {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/run.{suffix}?steps=30", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(f"/run.{suffix}?steps=31", headers=known)
    assert other.status_code == 200


def test_tags_tell_resources_apart(client: FlaskClient) -> None:
    links = ["bin?steps=9", "csv?steps=9", "bin?steps=9&first=0&count=3", "bin?steps=9&eta=0.2"]
    links += ["bin?steps=9&eta=0.1,0.2", "bin?steps=9&eta=0.2,0.1", "bin?steps=9&look=log"]
    links += ["bin?steps=9&seed=1", "bin?steps=9&start=1,1", "bin?steps=9&rule=gd"]
    tags = {client.get(f"/run.{link}").headers["ETag"] for link in links}
    assert len(tags) == len(links)


def test_head_is_answered_without_a_body(client: FlaskClient) -> None:
    response = client.head("/run.bin?steps=30")
    assert (response.status_code, response.data) == (200, b"")


# ---- refusals ----

REFUSED = [
    ("bin", "eta=x&loss=ring", "eta", "loss=ring"),
    ("npz", "eta=", "eta", ""),
    ("csv", "loss=nothing&seed=4", "loss", "seed=4"),
    ("json", "rule=ngd,foo", "rule", ""),
    ("bin", "start=1&eta=0.2", "start", "eta=0.2"),
    ("bin", "loss=ring&start=0,0", "start", "loss=ring"),
    ("bin", "steps=2.5", "steps", ""),
    ("bin", "hello=1&steps=5", "hello", "steps=5"),
    ("csv", "first=0&count=3", "first", ""),
    ("csv", "decimal=tab&seed=4", "decimal", "seed=4"),
    ("npz", "decimal=comma", "decimal", ""),
    ("py", "on=torch&seed=4", "on", "seed=4"),
    ("py", "rule=gradient-flow", "rule", "rule=gradient-flow"),
    ("ipynb", 'page=https://a.example/"""&seed=4', "page", "seed=4"),
    ("py", "page=javascript:alert(1)", "page", ""),
    ("bin", "first=0&loss=ring", "first", "loss=ring"),
    ("bin", "eta=0.5,x", "eta", "eta=0.5"),
    ("json", "look=flat", "look", ""),
    ("bin", "count=3", "first", ""),
    ("bin", "first=0&count=0", "first", ""),
    ("bin", "first=-1&count=3", "first", ""),
    ("bin", "first=1_0&count=3", "first", ""),
    ("bin", "first=١&count=3", "first", ""),
    ("bin", f"first={'9' * 5000}&count=3", "first", ""),
]


@pytest.mark.parametrize(("suffix", "query", "field", "nearest"), REFUSED)
def test_a_broken_query_gets_400_and_the_nearest(
    client: FlaskClient, suffix: str, query: str, field: str, nearest: str
) -> None:
    response = client.get(f"/run.{suffix}?{query}")
    assert response.status_code == 400
    assert response.is_json
    answer = response.get_json()
    assert set(answer) == {"problems", "nearest"}
    assert answer["problems"][0]["field"] == field
    for problem in answer["problems"]:
        assert problem["text"].endswith(".")
        assert " " in problem["text"]
        assert not any(word in problem["text"] for word in ("Error", "Traceback", "None"))
    assert answer["nearest"] == nearest
    assert "ETag" not in response.headers
    assert not read_query(dict(parse_qsl(nearest))).problems


def test_every_problem_is_told_at_once(client: FlaskClient) -> None:
    answer = client.get("/run.bin?eta=x&steps=y&first=z&foo=1").get_json()
    fields = [problem["field"] for problem in answer["problems"]]
    assert fields == ["first", "eta", "steps", "foo"]


@pytest.mark.parametrize("path", ["/run.exe", "/run", "/run.", "/run.bin.exe", "/run.BIN"])
def test_an_unknown_suffix_is_no_run(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}?steps=3")
    assert response.status_code == 404 or response.mimetype == "text/html"
    assert not response.data.startswith(b"EDGW")


def test_a_run_cannot_be_posted(client: FlaskClient) -> None:
    assert client.post("/run.bin?steps=3").status_code == 405


# ---- headers ----


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/_dash-layout", "/assets/favicon.ico", "/assets/missing.js"),
        *("/healthz", "/run.bin?steps=3", "/run.csv?steps=3", "/run.bin?eta=x"),
        *("/valley.bin?loss=ring", "/heights.bin?loss=ring&view=0,1,0,1", "/heights.bin"),
    ],
)
def test_security_headers_stand_on_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(maxsplit=1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] == "'self'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    assert not any("http" in sources or "*" in sources for sources in policy.values())
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_frame_without_an_origin_may_ask_all(client: FlaskClient) -> None:
    """A browser asks first whether a callback may be; with cookies nothing may."""
    first = client.options("/_dash-update-component", headers={"Origin": "null"}).headers
    assert first["Access-Control-Allow-Headers"] == "*"
    for path in (
        "/assets/js/run.mjs",
        "/assets/style/base.css",
        "/run.bin?steps=3",
        "/run.bin?eta=x",
    ):
        headers = client.get(path, headers={"Origin": "null"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize(
    "path",
    ["/assets/js/run.mjs", "/assets/style/base.css", "/assets/vendor/plotly-cartesian.min.js"],
)
def test_what_is_no_page_is_taken_for_what_it_is(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_loads_nothing_that_it_has_no_use_for(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "react-dom" in page
    assert "polyfill" not in page
    assert "dash_table/" not in page


def test_everything_that_the_page_loads_is_from_here(client: FlaskClient) -> None:
    sources = re.findall(r'(?:src|href)="([^"]*)"', client.get("/").text)
    assert len(sources) > 10
    assert all(re.match(r"(\./)?(assets|_dash)", source) for source in sources)
    assert all(client.get(f"/{source.removeprefix('./')}").status_code == 200 for source in sources)


def test_numbers_of_a_formula_change_the_run_and_its_valley(client: FlaskClient) -> None:
    """λ₁ of the ring is e^{k cos φ} on Γ; without k in the link it is the record's own."""
    query = "loss=ring&p.k=2&start=1,0.001&steps=20"
    head = unpack(client.get(f"/run.bin?{query}").data)
    (number,) = head["settings"]["parameters"]
    assert (number["name"], number["value"], number["default"]) == ("k", 2.0, 1.0)
    assert head["query"] == "loss=ring&start=1,0.001&steps=20&p.k=2"
    found = head["runs"][0]["data"]["projection_sharpness"]
    np.testing.assert_allclose(found[0], np.exp(2.0), rtol=1e-5)
    own, other = (head_of(client.get(f"/valley.bin?loss=ring{p}").data)[0] for p in ("", "&p.k=2"))
    assert own["sharpness_range"][1] == pytest.approx(np.e, rel=1e-5)
    assert other["sharpness_range"][1] == pytest.approx(np.exp(2), rel=1e-5)
    refused = client.get("/valley.bin?loss=ring&p.q=2")
    assert (refused.status_code, refused.get_json()["problems"][0]["field"]) == (400, "p.q")


def test_who_prefers_it_is_refused_leniently(client: FlaskClient) -> None:
    """A page's browser would log a 400 as a failure of the page."""
    for address in (
        "/run.bin?eta=x",
        "/lab.json?plot=x",
        "/regimes.bin?size=x",
        "/rate.ndjson?tau=x",
    ):
        strict = client.get(address)
        lenient = client.get(address, headers={"Prefer": "handling=lenient"})
        assert (strict.status_code, lenient.status_code) == (400, 200)
        assert strict.get_json() == lenient.get_json()
        assert lenient.headers["Preference-Applied"] == "handling=lenient"
        assert "Preference-Applied" not in strict.headers
    found = client.get("/run.bin?steps=9", headers={"Prefer": "handling=lenient"})
    assert "Preference-Applied" not in found.headers


def test_why_a_run_drifts_is_told_in_the_digits_of_the_server(client: FlaskClient) -> None:
    """Along y = 0 two hops leave the drift of two steps, 2/1,000 of a hop: single precision would
    have two of its digits."""
    told = client.get("/nudge.json?eta=0.001&at=3000&steps=4000").get_json()
    x = told["foot"][0]
    assert told["left"] == pytest.approx(0.001**2 * 0.5 * x / (1 + x**2), rel=1e-4)
    assert sum(told["hops"]) == pytest.approx(0, abs=1e-9)
    assert told["formula"] == "¼η²‖P⊥∇log λ₁‖"


# ---- η that changes on the way ----

CHANGED = "loss=parabolic-valley&start=2,0.3&steps=1200&eta=0.2@0,0.05@400"


def test_a_run_whose_eta_changes_is_that_of_dynamics(client: FlaskClient) -> None:
    header = unpack(client.get(f"/run.bin?{CHANGED}").data)
    run = dynamics.simulate("parabolic-valley", "ngd", (2, 0.3), "0.2@0,0.05@400", 1200)
    measures = dynamics.measure(run)
    (told,) = header["runs"]
    for name in ("step", "x", "loss", "threshold", "projection_sharpness", "flow", "gap"):
        expected = getattr(measures, name).astype(np.float32)
        np.testing.assert_allclose(told["data"][name], expected, rtol=1e-6, atol=1e-9)
    assert (told["eta"], told["changes"]) == (0.2, [[0.2, 0], [0.05, 400]])
    assert (header["settings"]["eta"], header["settings"]["schedule"]) == ([0.2], told["changes"])
    assert header["query"] == CHANGED.replace("loss=parabolic-valley&", "").replace(
        "start=2,0.3&steps=1200&eta=0.2@0,0.05@400", "eta=0.2@0,0.05@400&start=2,0.3&steps=1200"
    )
    assert "η = 0.2, 0.05 from step 400 on" in header["words"]["caption"]
    assert [phase["first"] for phase in told["phases"]] == [p.first for p in phases(run, measures)]


def test_a_stretch_across_the_change_has_the_rows_of_the_run(client: FlaskClient) -> None:
    whole = unpack(client.get(f"/run.bin?{CHANGED}").data)["runs"][0]["data"]
    part = unpack(client.get(f"/run.bin?{CHANGED}&first=390&count=21").data)["runs"][0]["data"]
    assert part["step"].tolist() == list(range(390, 411))
    for name in ("x", "threshold", "projection_sharpness", "gap", "offset"):
        np.testing.assert_allclose(part[name], whole[name][390:411], rtol=1e-5, atol=1e-6)
    hops = np.linalg.norm(np.diff(part["x"], axis=0), axis=1)
    np.testing.assert_allclose(hops, [0.2] * 10 + [0.05] * 10, rtol=1e-4)


def test_files_say_how_eta_changes(client: FlaskClient) -> None:
    table = table_of(client.get(f"/run.csv?{CHANGED}").text)
    assert table["eta"] == ["0.2"] * 400 + ["0.05"] * 801
    assert float(table["tau"][-1]) == pytest.approx(400 * 0.2**2 + 800 * 0.05**2)
    told = client.get(f"/run.json?{CHANGED}").json["settings"]
    assert told["eta"] == "0.2@0,0.05@400"
    assert "eta=0.2@0,0.05@400" in told["about"]["link"]


def test_a_program_takes_the_changes_too(client: FlaskClient) -> None:
    text = client.get(f"/run.py?{CHANGED}").text
    assert "(ngd, 0.2, 400, [0.0, 0.0])" in text
    assert "(ngd, 0.05, 800, [0.0, 0.0])" in text


def test_why_it_drifts_after_the_change_is_told_of_the_new_eta(client: FlaskClient) -> None:
    told = client.get(f"/nudge.json?{CHANGED}&at=1000").json
    steps = np.diff(told["x"], axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 0.05, rtol=1e-12)
    assert told["left"] == pytest.approx(told["law"], rel=0.2)


def test_the_lab_says_that_its_runs_have_one_eta(client: FlaskClient) -> None:
    response = client.get("/rate.ndjson?etas=0.2@0,0.05@400")
    assert response.status_code == 400
    assert "on the stage alone" in response.text
