"""The routes of the study: what is known, what is computed, files, refusals."""

import csv
import io
import json

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.study.settings import StudySettings
from app.study.shipped import SEEDS, check, find_shipped, made, rates, shipped
from dynamics.study import STUDIES
from tests.app.bodies import head_of


def columns_of(body: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """/study.bin by the letter of its documentation."""
    header, at = head_of(body)
    found = {}
    for name, shape in header.get("columns", []):
        size = int(np.prod(shape)) if shape else 1
        found[name] = np.frombuffer(body, "<f4", size, at).reshape(shape)
        at += 4 * size
    assert at == len(body)
    return header, found


def test_what_opens_is_known_at_once(client: FlaskClient) -> None:
    """Every study that comes along, whole, and all of them small."""
    size = 0
    for settings in shipped():
        query = f"study={settings.study}&rule={settings.rule}"
        body = client.get(f"/study.bin?{query}").data
        header, columns = columns_of(body)
        assert header["known"]
        assert header["settings"] == settings.plain
        for k in range(3):
            assert len(columns[f"run_{k}_step"]) == len(columns[f"run_{k}_gap"]) > 50
        assert columns["shown"].shape == (12, 64)
        assert columns["run_0_weights"].shape == (13, 1024)
        kept = find_shipped(settings)
        assert kept is not None
        np.testing.assert_array_equal(columns["run_1_gap"], np.float32(kept["run_1_gap"]))
        size += len(body)
    assert size < 8e6
    from app.study import shipped as module

    assert sum(file.stat().st_size for file in module.FOLDER.iterdir()) < 1.5e6


def test_the_first_of_them_is_what_is_computed_now() -> None:
    assert check() == []


@pytest.mark.every
@pytest.mark.parametrize("settings", shipped()[1:], ids=lambda one: f"{one.study}-{one.rule}")
def test_all_of_them_are_what_is_computed_now(settings: StudySettings) -> None:
    kept, new = find_shipped(settings), made(settings)
    assert kept is not None
    for name in ("flow_spectrum", "flow_way"):
        np.testing.assert_allclose(kept[name], new[name], rtol=1e-2)


def test_seeds_follow_the_flow_better_the_smaller_the_step() -> None:
    """Eight networks each: of every one the gap falls with η, about in proportion to it."""
    for study, by_rule in rates().items():
        for rule, rate in by_rule.items():
            assert rate["tau"] == STUDIES[study].horizons[rule]
            gaps = np.array([seed["gaps"] for seed in rate["seeds"]])
            assert gaps.shape == (SEEDS, 3)
            assert np.all(np.diff(gaps, axis=1) < 0)
            slope = np.polyfit(np.log(rate["etas"]), np.log(np.median(gaps, axis=0)), 1)[0]
            assert 0.7 < slope < 2
            ratios = np.array([seed["sharpness"] for seed in rate["seeds"]])
            assert np.all(np.abs(np.median(ratios[:, -1]) - 1) < 0.03)


def test_hops_turn_away_from_v1_where_the_theorem_ends() -> None:
    """Of the study that comes along in which λ₁ and λ₂ meet."""
    kept = find_shipped(StudySettings("digits-parity-tanh").computed)
    assert kept is not None
    ends = json.loads(str(kept["about"]))["gap_closes"]
    for k in range(3):
        tau, angle = kept[f"run_{k}_tau"], kept[f"run_{k}_alignment"]
        settled = (tau > 0.3 * ends) & (tau < ends)
        assert np.all(angle[settled] < 0.25)
        assert np.max(angle[tau > ends]) > 1.2


def test_what_is_not_known_says_what_it_means(client: FlaskClient) -> None:
    header, columns = columns_of(client.get("/study.bin?tau=0.3&seed=7&etas=0.1").data)
    assert not header["known"]
    assert columns == {}
    assert header["settings"]["seed"] == 7
    assert header["query"] == "tau=0.3&etas=0.1&seed=7"


def test_a_study_is_computed_and_then_known(client: FlaskClient) -> None:
    query = "tau=0.2&etas=0.1,0.05"
    first, *lines = map(
        json.loads, client.get(f"/study.ndjson?{query}&first=0.05").text.splitlines()
    )
    assert first["settings"]["etas"] == [0.1, 0.05]
    assert lines[-1]["state"] == "done"
    header, columns = columns_of(client.get(f"/study.bin?{query}").data)
    assert header["known"]
    # The same numbers in every form.
    with np.load(io.BytesIO(client.get(f"/study.npz?{query}").data)) as file:
        np.testing.assert_array_equal(np.float32(file["run_1_gap"]), columns["run_1_gap"])
        assert "link" in json.loads(str(file["settings"]))["about"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"/study.csv?{query}").text)))
    assert len(rows) == len(columns["run_0_gap"]) + len(columns["run_1_gap"])
    gaps = [float(row["gap"]) for row in rows if float(row["eta"]) == 0.05]
    np.testing.assert_allclose(gaps, columns["run_1_gap"], rtol=1e-6)
    table = client.get(f"/study.json?{query}").json
    assert table["columns"]["eta"][0] == 0.1


def test_what_cannot_be_read_is_refused(client: FlaskClient) -> None:
    for path in ("study.bin", "study.ndjson", "study.npz"):
        response = client.get(f"/{path}?rule=adam")
        assert response.status_code == 400
        assert "must be one of" in response.json["problems"][0]["text"]
    response = client.get("/study.csv?seed=99")
    assert response.status_code == 400
    assert "has not been computed" in response.json["problems"][0]["text"]
    assert client.post("/study-stop?seed=99").json == {"stopped": False}
