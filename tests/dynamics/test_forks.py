"""Forks: a run that leaves its parent is its parent up to there, and a plain loop from there on."""

import re

import numpy as np
import pytest

import dynamics
from dynamics import RULES, Fork, measure, simulate, window
from dynamics.files import run_columns, run_settings
from dynamics.forks import Leg, legs_of, lengths_of
from dynamics.phases import phases
from dynamics.schedule import Schedule
from dynamics.stretch import measured_stretch

VALLEY = dynamics.LOSSES["parabolic-valley"]
START = (1.5, 0.4)


def ngd(x: np.ndarray, eta: float) -> np.ndarray:
    g = gradient(x)
    return x - eta * g / np.linalg.norm(g)


def gradient(x: np.ndarray) -> np.ndarray:
    return np.array([x[0] * x[1] ** 2, (1 + x[0] ** 2) * x[1]])


def test_where_nothing_changes_there_is_no_leg() -> None:
    plain = Schedule((0.1,), (0,))
    same = RULES["ngd"].at()
    forks = [Fork(3, eta=0.1), Fork(5, rule=same), Fork(8, noise=0.0), Fork(9, push=(0.0, 0.0))]
    assert legs_of(RULES["ngd"], plain, 0.0, forks) == (Leg(0, RULES["ngd"], 0.1, 0.0),)


def test_a_fork_cuts_what_was_to_come() -> None:
    rule, schedule = RULES["gd"], Schedule((0.4, 0.2, 0.1), (0, 10, 20))
    legs = legs_of(rule, schedule, 0.0, [Fork(15, noise=1e-3)])
    assert [(leg.first, leg.eta, leg.noise) for leg in legs] == [
        (0, 0.4, 0.0), (10, 0.2, 0.0), (15, 0.2, 1e-3), (20, 0.1, 1e-3)
    ]  # fmt: skip
    assert lengths_of(legs, 30) == (10, 5, 5, 10)
    legs = legs_of(rule, schedule, 0.0, [Fork(15, eta=0.3), Fork(40, rule=RULES["ngd"])])
    assert [(leg.first, leg.eta, leg.rule.key) for leg in legs] == [
        (0, 0.4, "gd"), (10, 0.2, "gd"), (15, 0.3, "gd"), (40, 0.3, "ngd")
    ]  # fmt: skip
    # At the very step of a change it is the fork that counts.
    legs = legs_of(rule, schedule, 0.0, [Fork(10, eta=0.5)])
    assert [(leg.first, leg.eta) for leg in legs] == [(0, 0.4), (10, 0.5)]


@pytest.mark.parametrize(
    ("forks", "message"),
    [
        ([Fork(9), Fork(9)], "forks must be at one step after another, got 9, 9"),
        ([Fork(5, push=(1.0,))], "push must have 2 numbers for parabolic-valley, got (1.0,)"),
    ],
)
def test_what_cannot_be_is_said(forks: list[Fork], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        simulate(VALLEY, "ngd", START, 0.1, 20, forks=forks)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"step": -1}, "fork must be a step, 0 or more, got -1"),
        ({"step": 1, "eta": 0.0}, "eta of a fork must be a number above 0, got 0.0"),
        ({"step": 1, "noise": -1.0}, "noise of a fork must be 0 or more, got -1.0"),
        ({"step": 1, "push": (np.nan, 0.0)}, "push of a fork must be finite numbers"),
    ],
)
def test_a_fork_is_checked(given: dict, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        Fork(**given)


def test_a_push_may_not_leave_the_domain() -> None:
    ring = dynamics.LOSSES["ring"]
    assert ring.domain
    with pytest.raises(ValueError, match="after the push at step 0 the iterate must lie in"):
        simulate(ring, "ngd", (1.5, 0.0), 0.1, 20, forks=[Fork(0, push=(-1.5, 0.0))])


@pytest.mark.parametrize("rule", [key for key, rule in RULES.items() if rule.step])
@pytest.mark.parametrize("noise", [0.0, 1e-3])
@pytest.mark.parametrize("loss", ["parabolic-valley", "product-3"])
def test_a_branch_with_nothing_changed_is_its_parent_to_the_last_bit(
    loss: str, rule: str, noise: float
) -> None:
    """Its steps are taken from the place at step 37 on, as those of any branch are."""
    from dynamics.simulate import _in_pieces, _place

    record = dynamics.LOSSES[loss]
    parent = simulate(record, rule, eta=0.05, steps=90, noise=noise, seed=5)
    forked = simulate(record, rule, eta=0.05, steps=90, noise=noise, seed=5, forks=[Fork(37)])
    np.testing.assert_array_equal(forked.x, parent.x)
    legs = [Leg(first, RULES[rule], 0.05, noise) for first in (0, 37)]
    again = _in_pieces(
        record, _place(parent, 0), tuple(legs), 90, 5, record="overview", measured=False
    )
    assert len(again.pieces) == 2
    np.testing.assert_array_equal(again.step, parent.step)
    np.testing.assert_array_equal(again.x, parent.x)


@pytest.mark.parametrize(
    "fork", [Fork(61, eta=0.02), Fork(61, rule=RULES["gd"]), Fork(61, noise=1e-4)]
)
def test_up_to_the_fork_it_is_its_parent_to_the_last_bit(fork: Fork) -> None:
    given = {"eta": 0.1, "steps": 200, "noise": 1e-5, "seed": 2}
    parent, branch = (
        simulate(VALLEY, "ngd", START, **given, forks=forks) for forks in ([], [fork])
    )
    np.testing.assert_array_equal(branch.x[:62], parent.x[:62])
    assert np.any(branch.x[62:] != parent.x[62:])
    before = measure(branch).projection[:61], measure(parent).projection[:61]
    np.testing.assert_array_equal(*before)


def test_from_there_on_it_is_a_plain_loop() -> None:
    """NGD, pushed aside at step 50, then GD from step 80 on."""
    forks = [Fork(50, eta=0.05, push=(0.2, -0.1)), Fork(80, rule=RULES["gd"])]
    run = simulate(VALLEY, "ngd", START, 0.1, 120, forks=forks)
    x = np.array(START)
    for t in range(120):
        if t == 50:
            x = x + np.array([0.2, -0.1])
        np.testing.assert_allclose(run.x[t], x, atol=1e-12)
        x = x - 0.05 * gradient(x) if t >= 80 else ngd(x, 0.05 if t >= 50 else 0.1)
    np.testing.assert_allclose(run.x[120], x, atol=1e-12)
    assert (run.rule.key, run.eta, len(run.pieces)) == ("gd", 0.05, 3)
    assert run.schedule == Schedule((0.1, 0.05), (0, 50))


def test_a_velocity_goes_on_and_another_rule_begins_without() -> None:
    forks = [Fork(20, push=(0.01, 0.0)), Fork(40, rule=RULES["nesterov"])]
    run = simulate(VALLEY, "heavy-ball", START, 0.05, 60, forks=forks)
    x, v = np.array(START), np.zeros(2)
    for t in range(60):
        x = x + np.array([0.01, 0.0]) if t == 20 else x
        if t == 40:
            v = np.zeros(2)
        v = 0.9 * v - 0.05 * gradient(x if t < 40 else x + 0.9 * v)
        x = x + v
    np.testing.assert_allclose(run.x[-1], x, atol=1e-12)


def test_windows_of_a_long_branch_are_one_path() -> None:
    forks = [Fork(20_001, eta=0.01), Fork(40_000, rule=RULES["sqrt-gd"])]
    given = {"eta": 0.02, "steps": 60_000, "noise": 1e-6, "seed": 3, "forks": forks}
    run = simulate(VALLEY, "ngd", START, **given)
    every = simulate(VALLEY, "ngd", START, **given, record="all")
    np.testing.assert_array_equal(every.step, np.arange(60_001))
    np.testing.assert_array_equal(run.x, every.x[run.step])
    for first, count in ((19_990, 30), (39_999, 3), (0, 60_001), (100, 5), (50_000, 7)):
        part = window(run, first, count)
        np.testing.assert_array_equal(part.x, every.x[part.step])
        assert len(measure(part).step) == len(part.step)


def test_the_flow_goes_on_where_the_rule_does_and_begins_anew_where_it_was_pushed() -> None:
    """GD on √L: X = X₀e^{−τ/4}."""
    run = simulate(VALLEY, "sqrt-gd", START, 0.1, 400, forks=[Fork(100, eta=0.05)])
    found = measure(run)
    np.testing.assert_allclose(
        found.flow[:, 0], found.projection[0, 0] * np.exp(-found.tau / 4), rtol=1e-9
    )
    run = simulate(VALLEY, "sqrt-gd", START, 0.1, 400, forks=[Fork(100, push=(0.5, 0.0))])
    found = measure(run)
    np.testing.assert_allclose(found.flow[99, 0], found.projection[0, 0] * np.exp(-99 * 0.01 / 4))
    since = found.tau[100:] - found.tau[100]
    np.testing.assert_allclose(
        found.flow[100:, 0], found.projection[100, 0] * np.exp(-since / 4), rtol=1e-9
    )
    np.testing.assert_allclose(found.tau, 0.01 * found.step, rtol=1e-12)


def test_the_flow_of_another_rule_begins_where_the_iterate_is() -> None:
    """NGD: ln X + ½X² falls by τ/2."""
    run = simulate(VALLEY, "gd", (1.5, 0.4), 0.1, 300, forks=[Fork(60, rule=RULES["ngd"])])
    found = measure(run)
    x = found.flow[60:, 0]
    kept = np.log(x) + x**2 / 2 + (found.tau[60:] - found.tau[60]) / 2
    np.testing.assert_allclose(kept, kept[0], atol=1e-8)
    np.testing.assert_allclose(found.flow[60], found.projection[60], atol=1e-12)
    # After another change that keeps the rule it goes on, and its clock too.
    again = measure(simulate(VALLEY, "gd", (1.5, 0.4), 0.1, 300,
                             forks=[Fork(60, rule=RULES["ngd"]), Fork(100, eta=0.05)]))  # fmt: skip
    x = again.flow[60:, 0]
    kept = np.log(x) + x**2 / 2 + (again.tau[60:] - again.tau[60]) / 2
    np.testing.assert_allclose(kept, kept[0], atol=1e-8)


def test_phases_and_rounding_know_the_branch() -> None:
    run = simulate(VALLEY, "gd", START, 0.1, 300, forks=[Fork(60, rule=RULES["ngd"])])
    # GD has come to rest on Γ by then: one wall of the bounce that begins there is the floor.
    assert [phase.name for phase in phases(run, measure(run))] == ["descent", "floor"]
    assert dynamics.parted_from(run) is None


def test_files_say_where_it_left() -> None:
    forks = [Fork(20, eta=0.05), Fork(30, rule=RULES["rmsprop"].at(beta2=0.8), push=(0.1, 0.0))]
    run = simulate(VALLEY, "ngd", START, 0.1, 40, noise=1e-6, forks=forks)
    settings = run_settings(run)
    assert settings["rule"] == "ngd"
    assert settings["noise"] == 1e-6
    assert settings["forks"] == [
        {"step": 20, "eta": 0.05},
        {"step": 30, "rule": "rmsprop", "beta2": 0.8, "push": (0.1, 0.0)},
    ]
    columns = run_columns(run)
    assert all(len(column) == 41 for column in columns.values())


def test_ledgers_leave_out_what_a_push_does() -> None:
    """Its factors are those of all steps; what a push adds to c and to L is no step's doing."""
    forks = [Fork(60, push=(0.3, -0.1)), Fork(150, rule=RULES["sqrt-gd"])]
    run = simulate("hyperbola", "ngd", (2.0, 0.7), 0.05, 300, forks=forks)
    found = measure(run)
    np.testing.assert_allclose(found.conserved, run.x[:, 0] ** 2 - run.x[:, 1] ** 2, atol=1e-12)
    np.testing.assert_allclose(found.conserved_ledger, found.conserved, atol=1e-12)
    parent = measure(simulate("hyperbola", "ngd", (2.0, 0.7), 0.05, 60))
    lost = found.loss[200] - found.loss[60] + parent.loss[60] - parent.loss[0]
    balance = 1 + 2 * lost / found.work[200]
    assert found.curvature_balance[200] == pytest.approx(balance, rel=1e-12)
    late = measured_stretch(run, found, 180, 60)[1]
    np.testing.assert_allclose(late.curvature_balance, found.curvature_balance[180:240], rtol=1e-9)
    np.testing.assert_allclose(late.conserved_ledger, found.conserved_ledger[180:240], rtol=1e-12)


def test_ledgers_begin_anew_after_a_rule_that_has_none() -> None:
    forks = [Fork(50, rule=RULES["ngd"])]
    run = simulate("hyperbola", "adam", (2.0, 0.7), 0.02, 150, forks=forks)
    found = measure(run)
    assert np.isnan(found.conserved_ledger[1:50]).all()
    np.testing.assert_allclose(found.conserved_ledger[50:], found.conserved[50:], rtol=1e-12)
    lost = found.loss[150] - found.loss[50]
    balance = 1 + 2 * lost / found.work[150]
    assert found.curvature_balance[150] == pytest.approx(balance, rel=1e-9)
