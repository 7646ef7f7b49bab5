"""The lab's routes: streams that decode, tables, refusals, caching; its page beside the stage."""

import csv
import io
import json
import re
import socket
import time
import zlib
from dataclasses import replace
from posixpath import normpath
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from flask.testing import FlaskClient

import dynamics
from app.lab import compute as lab_compute
from app.lab.compute import interlaced
from app.lab.settings import LabSettings, read_lab_query
from app.modules import imported
from app.server import ASSETS, ENTRIES
from app.site import ENTRY, ENTRY_OF_ABOUT
from app.stage.offline import ENTRY as OFFLINE
from dynamics import Fate
from dynamics.orbits import orbits
from dynamics.rate import measure_rate
from tests.app.bodies import head_of
from tests.app.scripts import parts_of

SITE = ENTRY, ENTRY_OF_ABOUT
SIZE = 24
MAP = f"size={SIZE}&steps=120&eta=0.1,2&from=0.4,0.9&to=3,0.9"
RATE = "start=2,0.7&etas=0.1,0.05,0.03"
FATES = {fate.name.lower(): fate for fate in Fate}


def records_of(body: bytes) -> tuple[dict[str, Any], np.ndarray, dict[str, np.ndarray]]:
    """/regimes.bin by the letter of its documentation: header, rows as they came, the map."""
    header, at = head_of(body)
    rows, columns = header["rows"], header["columns"]
    assert len(body) == at + rows * 4 * (1 + 4 * columns)
    records = np.frombuffer(body, "<f4", offset=at).reshape(rows, 1 + 4 * columns)
    order = records[:, 0].astype(int)
    assert sorted(order) == list(range(rows))
    table = np.empty((rows, 4, columns), np.float32)
    table[order] = records[:, 1:].reshape(rows, 4, columns)
    names = ("outcome", "sharpness", "period", "steps")
    return header, order, {name: table[:, k] for k, name in enumerate(names)}


def table_of(text: str) -> dict[str, np.ndarray]:
    """The columns of a .csv."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def numbers(column: np.ndarray) -> np.ndarray:
    return np.array([float(cell or "nan") for cell in column])


def settings_of(query: str, plot: str = "regimes") -> LabSettings:
    return read_lab_query(dict(parse_qsl(query)) | {"plot": plot}).settings


@pytest.fixture(scope="module")
def expected() -> dynamics.Sweep:
    """What becomes of the runs of MAP, without the app."""
    etas = np.repeat(np.geomspace(0.1, 2, SIZE), SIZE)
    starts = np.tile(np.linspace((0.4, 0.9), (3, 0.9), SIZE), (SIZE, 1))
    return dynamics.sweep("hyperbola", "gd", starts, etas, 120)


# ---- the map ----


def test_a_map_decodes_to_what_a_sweep_says(client: FlaskClient, expected: dynamics.Sweep) -> None:
    header, order, table = records_of(client.get(f"/regimes.bin?{MAP}").data)
    assert list(order) == interlaced(SIZE)
    assert Fate.UNDECIDED not in expected.outcome
    assert np.all(table.pop("steps") == 120)
    for name, found in table.items():
        column = np.asarray(getattr(expected, name), np.float32).reshape(SIZE, SIZE)
        np.testing.assert_array_equal(found, column, err_msg=name)
    assert len(np.unique(table["outcome"])) >= 4
    assert header["settings"] == settings_of(MAP).plain
    np.testing.assert_allclose(header["etas"], np.geomspace(0.1, 2, SIZE))
    np.testing.assert_allclose(header["starts"], np.linspace((0.4, 0.9), (3, 0.9), SIZE))
    np.testing.assert_allclose(header["positions"], np.linspace(0, 2.6, SIZE), atol=1e-12)
    assert [Fate(fate["value"]).sentence for fate in header["fates"]] == [
        fate.sentence for fate in Fate
    ]
    assert header["query"] == "eta=0.1,2&from=0.4,0.9&to=3,0.9&size=24&steps=120"
    assert header["notices"] == []


def test_a_map_comes_compressed_for_who_takes_that_and_row_by_row(client: FlaskClient) -> None:
    query = f"/regimes.bin?{MAP}&size=40"
    plain = client.get(query).data
    assert "Content-Encoding" not in client.get(query).headers
    answer = client.get(query, headers={"Accept-Encoding": "gzip, br"}, buffered=False)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    unpacked, press, size, lengths = b"", zlib.decompressobj(31), 0, []
    for part in answer.iter_encoded():
        size += len(part)
        unpacked += press.decompress(part)
        lengths.append(len(unpacked))
    assert press.eof
    (head, _, table), (wanted, _, found) = records_of(unpacked), records_of(plain)
    assert head == wanted
    for name, column in found.items():
        np.testing.assert_array_equal(table[name], column)
    assert size < len(plain) / 2
    assert lengths[0] == head_of(plain)[1], "the header is there before the rows"
    known = client.get(
        query, headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )
    assert known.status_code == 304


def test_a_map_that_is_known_is_the_same_map(client: FlaskClient) -> None:
    first, again = (records_of(client.get(f"/regimes.bin?{MAP}").data) for _ in range(2))
    for name in first[2]:
        np.testing.assert_array_equal(first[2][name], again[2][name])


def test_a_map_along_the_valley_starts_there(client: FlaskClient) -> None:
    query = "loss=ring&along=valley&off=0.2&size=16&steps=60"
    header, _, _ = records_of(client.get(f"/regimes.bin?{query}").data)
    np.testing.assert_allclose(np.linalg.norm(header["starts"], axis=1), 1.2, rtol=1e-6)
    assert header["settings"]["along"] == "valley"


def test_the_map_comes_in_parts(client: FlaskClient, monkeypatch) -> None:
    """The header at once, then whole records, a band at a time."""
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    response = client.get("/regimes.bin?size=300&steps=60", buffered=False)
    parts = list(response.iter_encoded())
    header, at = head_of(parts[0])
    assert len(parts[0]) == at
    assert len(parts) > 20
    assert all(len(part) % (4 * (1 + 4 * 300)) == 0 for part in parts[1:])
    records_of(b"".join(parts))
    assert header["rows"] == 300


def test_closing_the_answer_stops_the_sweep(client: FlaskClient, monkeypatch) -> None:
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    sweep, swept = lab_compute.sweep, []
    monkeypatch.setattr(lab_compute, "sweep", lambda *a, **k: swept.append(1) or sweep(*a, **k))
    response = client.get("/regimes.bin?size=301&steps=61&eta=0.1,1", buffered=False)
    parts = response.iter_encoded()
    for _ in range(3):
        next(parts)
    response.close()
    assert len(swept) == 2
    body = client.get("/regimes.bin?size=301&steps=61&eta=0.1,1").data
    assert len(records_of(body)[1]) == 301


def test_a_connection_that_is_closed_stops_the_sweep_within_a_band(client: FlaskClient) -> None:
    """A hundred thousand steps of 160,000 runs would take ten seconds and more."""
    here, there = socket.socketpair()
    with here, there:
        response = client.get(
            "/regimes.bin?size=400&steps=100000&eta=0.1,1",
            buffered=False,
            environ_overrides={"gunicorn.socket": here},
        )
        parts = response.iter_encoded()
        head_of(next(parts))
        there.close()
        begun = time.monotonic()
        assert list(parts) == []
        assert time.monotonic() - begun < 5


def test_a_connection_that_is_open_or_talks_is_not_gone(client: FlaskClient) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.send(b"GET")
        over = {"gunicorn.socket": here}
        body = client.get("/regimes.bin?size=16&steps=50", environ_overrides=over).data
        assert len(records_of(body)[1]) == 16
        assert here.recv(3) == b"GET"


@pytest.mark.parametrize("suffix", ["csv", "npz"])
def test_a_file_nobody_waits_for_is_not_made(client: FlaskClient, suffix: str) -> None:
    here, there = socket.socketpair()
    there.close()
    with here:
        over = {"gunicorn.socket": here}
        response = client.get(f"/regimes.{suffix}?size=17&steps=50", environ_overrides=over)
    assert response.status_code == 503
    assert "ETag" not in response.headers


def test_a_table_has_a_row_for_every_run(client: FlaskClient, expected: dynamics.Sweep) -> None:
    table = table_of(client.get(f"/regimes.csv?{MAP}").text)
    names = ["eta", "position", "start_0", "start_1", "outcome", "period", "sharpness"]
    names += ["ended", "steps"]
    assert list(table) == names
    np.testing.assert_allclose(numbers(table["eta"]), np.repeat(np.geomspace(0.1, 2, SIZE), SIZE))
    np.testing.assert_allclose(numbers(table["start_0"]), np.tile(np.linspace(0.4, 3, SIZE), SIZE))
    np.testing.assert_allclose(numbers(table["start_1"]), 0.9)
    assert [FATES[name] for name in table["outcome"]] == list(expected.outcome)
    for name in ("period", "sharpness", "ended"):
        np.testing.assert_array_equal(numbers(table[name]), getattr(expected, name), err_msg=name)


def test_both_files_of_a_map_agree(client: FlaskClient) -> None:
    query = f"{MAP}&rule=ngd"
    table = table_of(client.get(f"/regimes.csv?{query}").text)
    with np.load(io.BytesIO(client.get(f"/regimes.npz?{query}").data), allow_pickle=False) as file:
        arrays = dict(file)
    settings = json.loads(str(arrays.pop("settings")))
    link = settings.pop("about")["link"]
    assert link.startswith("http://localhost/lab/?")
    assert settings_of(link.split("?")[1]).plain == settings == settings_of(query).plain
    start = arrays.pop("start")
    np.testing.assert_array_equal(numbers(table["start_0"]), start[:, 0])
    np.testing.assert_array_equal(table["outcome"], arrays.pop("outcome"))
    for name, column in arrays.items():
        np.testing.assert_array_equal(numbers(table[name]), column, err_msg=name)


@pytest.mark.parametrize("name", ["regimes", "orbit", "rate"])
def test_a_file_says_what_it_shows(client: FlaskClient, name: str) -> None:
    """In the words of its settings, whichever its form, with a link that opens it."""
    query = RATE if name == "rate" else f"{MAP}&loss=ring&p.k=1.5"
    told = client.get(f"/{name}.settings.json?{query}").get_json()["about"]
    with np.load(io.BytesIO(client.get(f"/{name}.npz?{query}").data)) as file:
        assert json.loads(str(file["settings"]))["about"] == told
    rules = "Normalized GD" if name == "rate" else "GD"
    begins = {"regimes": "Regime map", "orbit": "Orbit diagram", "rate": "Gap"}[name]
    assert told["caption"].startswith(f"{begins} of {rules} on L = ")
    assert ", k = 1.5" in told["caption"] or name == "rate"
    assert told["link"].startswith("http://localhost/lab/?")
    assert told["licence"].startswith("CC0")
    assert told["units"].startswith("none")


@pytest.mark.parametrize("name", ["regimes", "orbit", "rate"])
def test_a_table_says_where_its_settings_are(client: FlaskClient, name: str) -> None:
    query = RATE if name == "rate" else MAP
    link = client.get(f"/{name}.csv?{query}").headers["Link"]
    address, rel = re.fullmatch(r'<(.*)>; rel="(\w+)"; type="application/json"', link).groups()
    assert rel == "describedby"
    plot = "rate" if name == "rate" else "regimes"
    told = client.get(f"/{address}").get_json()
    assert told.pop("about")["software"] == "Edgewalk"
    assert told == settings_of(query, plot).plain


@pytest.mark.parametrize("name", ["regimes", "orbit", "rate"])
def test_a_table_with_decimal_commas_holds_the_same(client: FlaskClient, name: str) -> None:
    address = f"/{name}.csv?{RATE if name == 'rate' else MAP}"
    point, comma = (client.get(address + more).text for more in ("", "&decimal=comma"))
    assert "." not in comma
    assert comma.translate(str.maketrans(",;", ".,")) == point
    refused = client.get(f"{address}&decimal=tab")
    assert refused.status_code == 400
    assert refused.get_json()["problems"][0]["field"] == "decimal"


# ---- the orbit ----


def test_an_orbit_decodes_to_the_last_iterates(client: FlaskClient) -> None:
    body = client.get(f"/orbit.bin?{MAP}&slice=0.6").data
    header, at = head_of(body)
    n, keep = len(header["etas"]), header["keep"]
    offset, loss, sharpness, exponent, fate = np.split(
        np.frombuffer(body, "<f4", offset=at), np.cumsum([n * keep, n * keep, n, n])
    )
    column = round(0.6 * (SIZE - 1))
    start = np.linspace((0.4, 0.9), (3, 0.9), SIZE)[column]
    assert (n, keep, header["step"], header["column"]) == (600, 64, 57, column)
    np.testing.assert_allclose(header["start"], start)
    assert header["position"] == pytest.approx(start[0] - 0.4)
    etas = np.geomspace(0.1, 2, 600)
    np.testing.assert_allclose(header["etas"], etas)
    expected = orbits("hyperbola", "gd", np.tile(start, (600, 1)), etas, 120, 64)
    np.testing.assert_array_equal(offset.reshape(n, keep), expected.offset.astype(np.float32))
    np.testing.assert_array_equal(loss.reshape(n, keep), expected.loss.astype(np.float32))
    np.testing.assert_array_equal(sharpness, expected.fate.sharpness.astype(np.float32))
    np.testing.assert_array_equal(exponent, expected.exponent.astype(np.float32))
    np.testing.assert_array_equal(fate, expected.fate.outcome)


def test_the_last_row_of_an_orbit_is_the_last_step(client: FlaskClient) -> None:
    """Of runs that a person can repeat on the stage."""
    table = table_of(client.get(f"/orbit.csv?{MAP}").text)
    names = ["eta", "step", "x_0", "x_1", "offset", "loss", "outcome", "sharpness", "exponent"]
    assert list(table) == names
    assert len(table["eta"]) == 600 * 64
    start = np.linspace((0.4, 0.9), (3, 0.9), SIZE)[round(0.5 * (SIZE - 1))]
    for row in (0, 300):
        part = {name: column[64 * row : 64 * (row + 1)] for name, column in table.items()}
        assert list(part["step"]) == [str(step) for step in range(57, 121)]
        eta = float(part["eta"][0])
        run = dynamics.simulate("hyperbola", "gd", tuple(start), eta, 120, record="all")
        np.testing.assert_allclose(numbers(part["x_0"]), run.x[57:, 0], rtol=1e-7)
        np.testing.assert_allclose(numbers(part["x_1"]), run.x[57:, 1], rtol=1e-7)


def test_both_files_of_an_orbit_agree(client: FlaskClient) -> None:
    table = table_of(client.get(f"/orbit.csv?{MAP}").text)
    with np.load(io.BytesIO(client.get(f"/orbit.npz?{MAP}").data), allow_pickle=False) as file:
        np.testing.assert_array_equal(numbers(table["offset"]), file["offset"])
        np.testing.assert_array_equal(numbers(table["x_1"]), file["x"][:, 1])
        np.testing.assert_array_equal(table["outcome"], file["outcome"])


# ---- the rate ----


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_rate_is_what_dynamics_measures(client: FlaskClient) -> None:
    head, *gaps, last = lines_of(client.get(f"/rate.ndjson?{RATE}").text)
    expected = measure_rate("hyperbola", "ngd", (2.0, 0.7), 1.0, (0.1, 0.05, 0.03))
    caption = head.pop("caption")
    assert caption.startswith("Gap of Normalized GD on L = ½ (1 − xy)² to the limiting flow at τ")
    assert head == {
        "settings": settings_of(RATE, "rate").plain,
        "notices": [],
        "query": f"plot=rate&{RATE}",
        "rule_parameters": [],
        "shortened": [],
    }
    assert [line["eta"] for line in gaps] == [0.1, 0.05, 0.03]
    assert [line["gap"] for line in gaps] == list(expected.gaps)
    assert [line["envelope"] for line in gaps] == list(expected.envelope)
    assert [line["gaps"] for line in gaps] == expected.cloud_gaps.tolist()
    assert [line["lopsidedness"] for line in gaps] == expected.cloud_lopsidedness.tolist()
    for name in ("slope", "envelope_slope"):
        assert last[name] == getattr(expected, name)
        assert last[f"{name}_interval"] == list(getattr(expected, f"{name}_interval"))
    assert last["bound"] == pytest.approx(expected.envelope[0] / 0.1)


def test_a_rate_comes_line_by_line_and_stops_when_closed(client: FlaskClient, monkeypatch) -> None:
    cloud_at, made = lab_compute.cloud_at, []
    monkeypatch.setattr(
        lab_compute, "cloud_at", lambda *a, **how: made.append(1) or cloud_at(*a, **how)
    )
    response = client.get("/rate.ndjson?start=2.1,0.7&etas=0.1,0.05,0.03", buffered=False)
    parts = response.iter_encoded()
    assert "settings" in json.loads(next(parts))
    assert not made
    assert json.loads(next(parts))["eta"] == 0.1
    response.close()
    assert len(made) == 1


def test_the_files_of_a_rate_say_the_same(client: FlaskClient) -> None:
    whole = client.get(f"/rate.json?{RATE}").get_json()
    assert whole.pop("about")["link"].startswith("http://localhost/lab/?plot=rate&")
    table = table_of(client.get(f"/rate.csv?{RATE}").text)
    head, *gaps, last = lines_of(client.get(f"/rate.ndjson?{RATE}").text)
    assert whole == head | last | {
        "etas": [line["eta"] for line in gaps],
        "gaps": [line["gap"] for line in gaps],
        "envelope": [line["envelope"] for line in gaps],
        "cloud_gaps": [line["gaps"] for line in gaps],
        "cloud_lopsidedness": [line["lopsidedness"] for line in gaps],
    }
    np.testing.assert_array_equal(numbers(table["gap"]), whole["gaps"])
    np.testing.assert_array_equal(numbers(table["eta"]), whole["etas"])
    np.testing.assert_array_equal(numbers(table["envelope"]), whole["envelope"])
    column = [gaps[9] for gaps in whole["cloud_gaps"]]
    np.testing.assert_array_equal(numbers(table["cloud_gaps_9"]), column)


def test_a_gap_that_is_not_there_is_null(client: FlaskClient) -> None:
    """NGD on the ring with η = 1 jumps into its hole."""
    query = "loss=ring&start=2,1&tau=20&etas=1,0.5,0.2"
    _, *gaps, last = lines_of(client.get(f"/rate.ndjson?{query}").text)
    assert (gaps[0]["eta"], gaps[0]["gap"], gaps[0]["envelope"]) == (1.0, None, None)
    assert (last["slope"], last["slope_interval"]) == (None, [None, None])
    assert last["bound"] == pytest.approx(gaps[1]["envelope"] / 0.5)


# ---- what a link means ----


def test_a_link_is_told_with_nothing_left_open(client: FlaskClient) -> None:
    told = client.get("/lab.json?loss=ring&size=9").get_json()
    assert told["settings"] == replace(LabSettings(loss="ring", size=16), eta=(0.4, 10.0)).plain
    assert told["query"] == "loss=ring&size=16"
    assert [notice["field"] for notice in told["notices"]] == ["size"]


def test_a_collapse_is_told_with_its_runs(client: FlaskClient) -> None:
    told = client.get("/lab.json?plot=collapse&etas=0.1,0.05&tau=2").get_json()
    assert told["settings"]["etas"] == [0.1, 0.05]
    answer, _ = head_of(client.get(f"/run.bin?{told['stage']}").data)
    assert [(run["eta"], run["steps"]) for run in answer["runs"]] == [(0.1, 200), (0.05, 800)]


# ---- refusals and caching ----

PATHS = (
    *("/regimes.bin", "/regimes.csv", "/regimes.npz", "/orbit.bin", "/orbit.csv", "/orbit.npz"),
    *("/rate.ndjson", "/rate.csv", "/rate.json", "/lab.json"),
)
SMALL = "size=16&steps=50&etas=0.1,0.05"


@pytest.mark.parametrize("path", PATHS)
def test_a_broken_query_gets_400_and_the_nearest(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}?tau=x&loss=rings&hello=1")
    assert response.status_code == 400
    answer = response.get_json()
    assert set(answer) == {"problems", "nearest"}
    assert [problem["field"] for problem in answer["problems"]] == ["loss", "tau", "hello"]
    assert all(problem["text"].endswith(".") for problem in answer["problems"])
    assert dict(parse_qsl(answer["nearest"]))["loss"] == "ring"
    assert client.get(f"/lab.json?{answer['nearest']}").status_code == 200
    assert "ETag" not in response.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("encoding", ["identity", "gzip, br, zstd"])
def test_what_is_known_is_not_sent_again(client: FlaskClient, path: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get(f"{path}?{SMALL}", headers=headers)
    assert first.status_code == 200
    assert "no-cache" in first.headers["Cache-Control"]
    known = headers | {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"{path}?{SMALL}", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{path}?{SMALL}&loss=ellipse", headers=known).status_code == 200


def test_tags_tell_the_resources_apart(client: FlaskClient) -> None:
    tags = {client.head(f"{path}?{SMALL}").headers["ETag"] for path in PATHS}
    assert len(tags) == len(PATHS)


def test_a_head_computes_no_map(client: FlaskClient, monkeypatch) -> None:
    client.get("/lab.json?size=33")
    monkeypatch.setattr(lab_compute, "sweep", None)
    response = client.head("/regimes.bin?size=33")
    assert (response.status_code, response.data) == (200, b"")


def test_lines_are_not_held_back_by_compression(client: FlaskClient) -> None:
    """They are few; rows of a map go on as they are compressed."""
    response = client.get(f"/rate.ndjson?{SMALL}", headers={"Accept-Encoding": "gzip, br, zstd"})
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(
    "path", ["/regimes.csv", "/regimes.npz", "/orbit.csv", "/rate.csv", "/rate.json"]
)
def test_a_file_has_a_name_of_its_own(client: FlaskClient, path: str) -> None:
    given = client.get(f"{path}?{SMALL}&loss=ring&rule=ngd").headers["Content-Disposition"]
    name, suffix = path.strip("/").split(".")
    assert given == f'attachment; filename="edgewalk-{name}-ring-ngd.{suffix}"'


# ---- the page ----


def sources(client: FlaskClient, path: str) -> list[str]:
    """What a page loads, without the stamps of change."""
    found = re.findall(r'(?:src|href)="([^"?]*)', client.get(path).text)
    return [source.removeprefix("./") for source in found]


def test_the_lab_is_a_page_beside_the_stage(client: FlaskClient) -> None:
    lab, stage = client.get("/lab/"), client.get("/")
    assert lab.status_code == stage.status_code == 200
    assert "lab" in re.findall("<title>(.*)</title>", lab.text)[0]
    assert "lab" not in re.findall("<title>(.*)</title>", stage.text)[0]
    layouts = [client.get(f"{path}_dash-layout").text for path in ("/", "/lab/")]
    assert layouts[0] != layouts[1]


@pytest.mark.parametrize("query", ["", "loss=ring&eta=0.1,1", "from=%2B1,2"])
def test_the_lab_without_a_slash_leads_there_with_its_query(
    client: FlaskClient, query: str
) -> None:
    response = client.get(f"/lab?{query}" if query else "/lab")
    assert response.status_code == 302
    assert response.headers["Location"] == (f"lab/?{query}" if query else "lab/")


def test_each_page_loads_what_is_its_own(client: FlaskClient) -> None:
    stage, lab, about = (loaded(client, path) for path in ("/", "/lab/", "/about/"))
    plotly = "assets/vendor/plotly-cartesian.min.js"
    early = {"assets/scheme.js", "assets/vendor/regenerator-runtime.js"}
    style = {"assets/style/base.css", "assets/style/fonts.css"}
    assert stage == early | {"assets/stage.mjs", plotly} | style
    assert lab == early | {"assets/lab.mjs", "assets/style/lab.css"} | style
    assert about == early | {"assets/about.mjs"} | style


def test_what_is_claimed_is_a_page(client: FlaskClient) -> None:
    assert client.get("/about").headers["Location"] == "about/"
    assert client.get("/about/assets/scheme.js").status_code == 200
    assert "claim" in client.get("/about/_dash-layout").text


def loaded(client: FlaskClient, path: str) -> set[str]:
    """The scripts and style sheets of `assets` that a page loads, but for imported modules."""
    found = sources(client, path)
    own = {name for name in found if name.startswith("assets/") and not name.endswith(".ico")}
    return {name for name in own if not name.startswith("assets/js/")}


@pytest.mark.parametrize(("path", "entry"), [("/", "stage"), ("/lab/", "lab")])
def test_a_page_names_every_module_that_it_imports(
    client: FlaskClient, path: str, entry: str
) -> None:
    found = re.findall(r'<link rel="modulepreload" href="assets/([^"]*)">', client.get(path).text)
    assert found == imported(ASSETS, ENTRIES[entry])
    assert f"js/{entry}/page.mjs" in found
    assert all(client.get(f"{path}assets/{name}").status_code == 200 for name in found)
    assert not set(found) & set(ENTRIES.values()), "an entry would be a second instance"


@pytest.mark.parametrize("path", ["/", "/lab/", "/study/", "/about/"])
def test_what_a_page_loads_at_its_end_is_asked_for_before_its_modules(
    client: FlaskClient, path: str
) -> None:
    """There are many of these, and on a slow network the large scripts would stand behind them."""
    head, _, end = client.get(path).text.partition("<footer>")
    late = re.findall(r'<script src="([^"]+)"></script>', end)
    early = re.findall(r'<link rel="preload" as="script" href="([^"]+)">', head)
    assert early == late
    assert any("dash_renderer" in name for name in late)
    assert head.rindex('as="script"') < head.index('rel="modulepreload"')
    asked = re.findall(r'<link rel="preload" as="fetch" crossorigin href="([^"]+)">', head)
    assert len(asked) == 2
    assert all(client.get(normpath(f"{path}{name}")).status_code == 200 for name in asked)


WORKER = re.compile(r'new Worker\(new URL\("\./([^"]+)"')


def test_every_module_is_imported_by_a_page() -> None:
    every = {path.relative_to(ASSETS).as_posix() for path in (ASSETS / "js").rglob("*.mjs")}
    entries = {*ENTRIES.values(), OFFLINE, *SITE}
    found = {name for entry in entries for name in reached(entry)} - set(ENTRIES.values())
    workers = {
        f"js/{name}" for file in found for name in WORKER.findall((ASSETS / file).read_text())
    }
    assert every == found | workers


def reached(entry: str) -> set[str]:
    """What a module or an entry imports, at once or later, and itself."""
    found = {entry, *imported(ASSETS, entry)}
    for name in [name for name in found if name.startswith("js/")]:
        for address in filter(None, parts_of(name.removeprefix("js/")).later):
            found |= reached(normpath(f"{name.rpartition('/')[0]}/{address}"))
    return found


def test_everything_that_the_lab_loads_is_from_here(client: FlaskClient) -> None:
    found = sources(client, "/lab/")
    assert len(found) > 8
    for source in found:
        assert source.startswith(("assets/", "_dash"))
        assert client.get(f"/lab/{source}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/lab", "/lab/", "/lab/_dash-layout", f"/regimes.bin?{SMALL}", "/rate.json?tau=x"]
)
def test_security_headers_stand_on_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(maxsplit=1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.getlist("Content-Security-Policy") == [headers["Content-Security-Policy"]]


def test_scripts_that_stand_in_either_page_are_allowed(client: FlaskClient) -> None:
    import base64
    import hashlib

    for path in ("/", "/lab/"):
        response = client.get(path)
        inline = re.findall(r"<script(?![^>]*src)[^>]*>(.*?)</script>", response.text, re.DOTALL)
        scripts = [s for s in inline if not s.lstrip().startswith("{")]
        assert scripts
        for script in scripts:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in response.headers["Content-Security-Policy"]
