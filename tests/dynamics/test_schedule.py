"""Step sizes that change on the way: the same steps, one clock, one flow, rows in order."""

import re
from itertools import pairwise

import numpy as np
import pytest

import dynamics
from dynamics import RULES, measure, simulate, window
from dynamics.files import run_columns, run_settings
from dynamics.phases import phases
from dynamics.schedule import Schedule, schedule_of
from dynamics.simulate import eta_along

VALLEY = dynamics.LOSSES["parabolic-valley"]
START = (1.5, 0.4)
DROP = "0.2@0,0.05@100,0.1@160"


def test_it_is_read_as_it_is_written() -> None:
    found = schedule_of(DROP)
    assert found == Schedule((0.2, 0.05, 0.1), (0, 100, 160))
    assert schedule_of(str(found)) == found

    np.testing.assert_array_equal(found.eta_at(np.array([0, 99, 100, 159, 160, 999])),
                                  [0.2, 0.2, 0.05, 0.05, 0.1, 0.1])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fast@0", "eta must be a number, or like 0.2@0,0.05@400, got 'fast@0'"),
        ("0.2@0,0.1", "eta must be a number, or like"),
        ("0.2@5", "steps of eta must begin with 0 and ascend, got 5"),
        ("0.2@0,0.1@9,0.3@9", "steps of eta must begin with 0 and ascend, got 0, 9, 9"),
        ("0.2@0,-1@9", "eta must be a number above 0, got -1.0"),
        (",".join(f"1@{k}" for k in range(17)), "eta must have 1 … 16 pieces, got 17"),
    ],
)
def test_what_cannot_be_is_said(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        simulate(VALLEY, "gd", START, text, 20)


def test_the_steps_are_those_of_a_plain_loop() -> None:
    run = simulate(VALLEY, "ngd", START, DROP, 200)
    x = np.array(START)
    for t, eta in enumerate(np.repeat([0.2, 0.05, 0.1], [100, 60, 40])):
        np.testing.assert_allclose(run.x[t], x, atol=1e-12)
        g = np.array([x[0] * x[1] ** 2, (1 + x[0] ** 2) * x[1]])
        x = x - eta * g / np.linalg.norm(g)
    np.testing.assert_array_equal(run.step, np.arange(201))
    np.testing.assert_allclose(run.x[-1], x, atol=1e-12)
    np.testing.assert_array_equal(eta_along(run)[[99, 100, 160, 200]], [0.2, 0.05, 0.1, 0.1])


def test_a_velocity_is_carried_over_the_change() -> None:
    run = simulate(VALLEY, "heavy-ball", START, "0.1@0,0.02@30", 60)
    x, v = np.array(START), np.zeros(2)
    for t in range(60):
        g = np.array([x[0] * x[1] ** 2, (1 + x[0] ** 2) * x[1]])
        v = 0.9 * v - (0.1 if t < 30 else 0.02) * g
        x = x + v
    np.testing.assert_allclose(run.x[-1], x, atol=1e-12)


def test_one_piece_is_a_plain_run() -> None:
    one, other = (simulate(VALLEY, "ngd", START, eta, 50) for eta in ("0.1@0,0.3@50", 0.1))
    np.testing.assert_array_equal(one.x, other.x)
    assert one.pieces == ()
    assert one.schedule is None


def test_a_long_run_and_its_windows_are_one_path() -> None:
    run = simulate(VALLEY, "ngd", START, "0.02@0,0.01@20000,0.03@45000", 60_000)
    assert np.all(np.diff(run.step) > 0)
    every = simulate(VALLEY, "ngd", START, "0.02@0,0.01@20000,0.03@45000", 60_000, record="all")
    np.testing.assert_array_equal(every.step, np.arange(60_001))
    np.testing.assert_array_equal(run.x, every.x[run.step])
    for first, count in ((19_990, 21), (20_000, 5), (19_998, 3), (0, 60_001), (50_000, 7)):
        part = window(run, first, count)
        np.testing.assert_array_equal(part.x, every.x[part.step])
        assert (part.step[0], part.step[-1]) == (first, min(first + count - 1, 60_000))
        assert np.all(np.diff(part.step) > 0)


def test_the_clock_of_the_flow_is_the_sum_of_squares() -> None:
    """GD on √L: X = X₀e^{−τ/4} with τ = Σ η²."""
    run = simulate(VALLEY, "sqrt-gd", START, DROP, 400)
    found = measure(run)
    tau = np.concatenate([[0], np.cumsum(eta_along(run)[:-1] ** 2)])
    np.testing.assert_allclose(found.tau, tau, rtol=1e-12)
    np.testing.assert_array_equal(found.step, run.step)
    np.testing.assert_allclose(
        found.flow[:, 0], found.projection[0, 0] * np.exp(-tau / 4), rtol=1e-9
    )
    steps = found.effective_step * 2 * np.sqrt(found.loss)
    np.testing.assert_allclose(steps, eta_along(run), rtol=1e-12)
    assert np.max(found.gap) < 0.05
    assert np.all(np.sum(found.direction[1:] * found.direction[:-1], axis=1) > 0)


def test_the_central_flow_goes_on_from_where_it_was() -> None:
    """After η is halved the edge is twice as far."""
    loss = dynamics.LOSSES["self-stabilization"]
    found = measure(simulate(loss, "gd", (0.5, 2.0, 3.0), "0.5@0,0.45@600", 1600))
    np.testing.assert_allclose(found.flow_sharpness[[599, -1]], [4, 2 / 0.45], atol=1e-4)
    at = int(np.searchsorted(found.step, 600))
    assert np.linalg.norm(found.flow[at] - found.flow[at - 1]) < 1e-3


def test_phases_go_by_pieces() -> None:
    """What was at the edge is above it where η is raised tenfold, and comes down to it again."""
    run = simulate(VALLEY, "ngd", START, "0.05@0,0.01@300", 600)
    found = phases(run, measure(run))
    assert [phase.name for phase in found][:2] == ["descent", "edge"]
    assert all(one.first < other.first for one, other in pairwise(found))


def test_a_run_that_leaves_ends_in_its_piece() -> None:
    run = simulate(dynamics.LOSSES["quadratic"], "gd", (1.0, 1.0), "0.1@0,5@10,0.1@5000", 9000)
    assert 10 < run.step[-1] < 5000
    assert run.outcome_step == run.step[-1]
    assert len(run.pieces) == 2


def test_files_say_which_step_had_which_size() -> None:
    run = simulate(VALLEY, "rmsprop", START, "0.1@0,0.05@20", 40)
    columns = run_columns(run)
    np.testing.assert_array_equal(columns["eta"], eta_along(run))
    assert all(len(column) == len(run.step) for column in columns.values())
    settings = run_settings(run)
    assert settings["eta"] == "0.1@0,0.05@20"
    assert settings["beta2"] == RULES["rmsprop"].theta["beta2"]


def test_a_piece_of_a_seeded_rule_draws_on() -> None:
    run = simulate(VALLEY, "label-noise", START, "0.05@0,0.05@20", 40, seed=3)
    np.testing.assert_allclose(run.x, simulate(VALLEY, "label-noise", START, 0.05, 40, seed=3).x,
                               rtol=1e-12)  # fmt: skip
