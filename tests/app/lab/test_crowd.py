"""A crowd as the lab answers with it: its landscape, then η by η, and files."""

import io
import json

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.lab.settings import CROWD_ETAS
from dynamics import LOSSES, Fate
from dynamics.crowd import Crowd, Region, crowd, lopsided_share, points_of, summary

QUERY = "grid=7&region=0.6,2.2,0.5,1.6&eta=0.1,0.8&steps=300"
ETAS = np.geomspace(0.1, 0.8, CROWD_ETAS)
SUMMED = 9  # numbers before the runs of a record


def told(client: FlaskClient, query: str) -> tuple[dict, np.ndarray, np.ndarray]:
    """The header, the landscape, and a record for each η in the order of its rows."""
    answer = client.get(f"/crowd.bin?{query}")
    assert answer.status_code == 200
    end = 8 + int.from_bytes(answer.data[4:8], "little")
    head = json.loads(answer.data[8:end])
    numbers = np.frombuffer(answer.data[end:], "<f4")
    own = head["points"] ** 2 * (1 + head["sided"] + bool(head["conserved"]))
    records = numbers[own:].reshape(-1, SUMMED + 3 * head["columns"])
    return head, numbers[:own], records[np.argsort(records[:, 0])]


def found_by(rule: str) -> Crowd:
    return crowd("hyperbola", rule, Region((0.6, 0.5), (2.2, 1.6)), 7, ETAS.tolist(), 300)


@pytest.mark.parametrize("rule", ["gd", "ngd"])
def test_each_step_size_comes_with_its_runs(client: FlaskClient, rule: str) -> None:
    head, _, records = told(client, f"{QUERY}&rule={rule}")
    found = found_by(rule)
    seen = summary(found)
    np.testing.assert_allclose(head["etas"], ETAS)
    np.testing.assert_allclose(head["starts"], found.starts)
    np.testing.assert_array_equal(records[:, 0], np.arange(CROWD_ETAS))
    shares = seen.share_edge, seen.share_crossed, seen.share_diverged
    expected = [seen.quartiles[:, 0], seen.median_sharpness, seen.quartiles[:, 1], *shares]
    np.testing.assert_allclose(records[:, 1:7].T, expected, rtol=1e-6)
    runs = records[:, SUMMED:].reshape(CROWD_ETAS, 3, -1)
    np.testing.assert_array_equal(runs[:, 0], found.outcome)
    np.testing.assert_allclose(runs[:, 1], found.sharpness, rtol=1e-6)
    np.testing.assert_array_equal(runs[:, 2], found.crossed)
    if rule == "gd":
        assert np.all(np.isnan(records[:, 7:9]))
    else:
        lopsided = lopsided_share("hyperbola", "ngd", found)
        np.testing.assert_allclose(records[:, 7:9].T, lopsided, rtol=1e-6)


def test_it_comes_on_its_landscape(client: FlaskClient) -> None:
    head, own, _ = told(client, QUERY)
    root, side, conserved = own.reshape(3, head["points"], head["points"])
    (x, _), (y, top) = head["view"]
    assert root[0, 0] == pytest.approx(abs(1 - x * y) / np.sqrt(2), rel=1e-6)
    assert side[-1, 0] == pytest.approx(1 - x * top, rel=1e-6)
    assert head["conserved"] == "x² − y²"
    assert conserved[-1, 0] == pytest.approx(x * x - top * top, rel=1e-6)


def test_a_region_beyond_the_view_widens_it_and_other_coordinates_are_the_starts(client) -> None:
    query = "loss=product-3&region=1,9,0.5,1&grid=5&steps=5&eta=0.01,0.1&start=1,1,0.5"
    head, own, _ = told(client, query)
    assert head["view"][0][1] == 9
    (x, _), (y, _) = head["view"]
    assert own[0] == pytest.approx(abs(1 - 0.5 * x * y) / np.sqrt(2), rel=1e-6)


def test_without_sides_there_are_none(client: FlaskClient) -> None:
    query = "loss=two-curvatures&grid=5&steps=5&eta=0.01,0.1&kind=disk"
    head, own, records = told(client, query)
    assert not head["sided"]
    assert len(own) == head["points"] ** 2
    assert np.all(np.isnan(records[:, 5]))
    region = Region(*zip(*np.reshape(head["settings"]["region"], (2, 2)), strict=True), "disk")
    np.testing.assert_array_equal(head["cells"], points_of(region, 5)[1])


def test_what_is_left_open_is_said(client: FlaskClient) -> None:
    """A region about the loss's own start, and step sizes of interest there."""
    settings = client.get("/lab.json?plot=crowd&loss=ring").get_json()["settings"]
    left, right, below, above = settings["region"]
    start = LOSSES["ring"].start
    assert left < start[0] < right
    assert below < start[1] < above
    low, high = settings["eta"]
    assert 0 < low < high / 2


def test_the_curves_are_a_file_with_a_row_for_each_step_size(client: FlaskClient) -> None:
    table = client.get(f"/crowd.csv?{QUERY}").text
    rows = np.genfromtxt(io.StringIO(table), delimiter=",", names=True)
    seen = summary(found_by("gd"))
    np.testing.assert_allclose(rows["eta"], ETAS)
    np.testing.assert_allclose(rows["median_sharpness"], seen.median_sharpness, rtol=1e-9)
    np.testing.assert_allclose(rows["quartiles_1"], seen.quartiles[:, 1], rtol=1e-9)
    np.testing.assert_array_equal(rows["share_crossed"], seen.share_crossed)
    np.testing.assert_array_equal(rows["runs"], 49)
    caption = client.get(f"/crowd.settings.json?{QUERY}").get_json()["about"]["caption"]
    assert caption.startswith("Crowd of GD on L = ½ (1 − xy)²: 300 steps from 7 × 7 starts of the")


def test_the_runs_are_a_file_with_a_row_for_each(client: FlaskClient) -> None:
    with np.load(io.BytesIO(client.get(f"/starts.npz?{QUERY}").data)) as file:
        found = found_by("gd")
        np.testing.assert_allclose(file["eta"], np.repeat(ETAS, 49))
        np.testing.assert_allclose(file["start"], np.tile(found.starts, (CROWD_ETAS, 1)))
        np.testing.assert_allclose(file["sharpness"], found.sharpness.ravel(), rtol=1e-9)
        np.testing.assert_array_equal(file["crossed"], found.crossed.ravel())
        names = [Fate(value).name.lower() for value in found.outcome.ravel()]
        assert file["outcome"].tolist() == names


def test_how_it_is_looked_at_computes_nothing_anew(client: FlaskClient, monkeypatch) -> None:
    told(client, QUERY)
    monkeypatch.setattr("app.lab.compute.crowd", lambda *_, **__: pytest.fail("computed again"))
    head, _, records = told(client, f"{QUERY}&colour=sharpness&slice=0.25")
    assert head["settings"]["slice"] == 0.25
    assert len(records) == CROWD_ETAS


def test_a_crowd_that_cannot_be_read_is_refused(client: FlaskClient) -> None:
    answer = client.get("/crowd.bin?region=1,2,3")
    assert answer.status_code == 400
    assert answer.get_json()["problems"][0]["field"] == "region"
