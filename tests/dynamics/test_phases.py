"""Where phases begin, by hand and against their definition on every step."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import dynamics
from dynamics import Loss, Outcome, Rule, measure, simulate
from dynamics.phases import (
    LASTING,
    LEAST,
    Phase,
    _arrives,
    _enters,
    _in_order,
    eigengap_closes,
    phases,
)
from tests.catalogue import each_kind_of_loss, losses, taking

STEEP = Loss(
    "steep",
    lambda x: 0.5 * ((2 + x[0] ** 2) * x[1] ** 2 + 0.4 * x[2] ** 2),
    (1.2, 0.8, 0.6),
    codim=2,
)


def pair(*stretches: tuple[float, int]) -> np.ndarray:
    """A column of constant stretches (value, rows)."""
    return np.concatenate([np.full(rows, value) for value, rows in stretches])


@pytest.mark.parametrize(
    ("column", "row"),
    [
        (pair((3.0, 20), (1.15, 30)), 20),
        (pair((1.0, 30)), 0),
        (pair((3.0, 20), (1.0, LASTING - 1), (3.0, 5), (0.85, LASTING)), 20 + LASTING - 1 + 5),
        (pair((3.0, 20), (1.0, LASTING), (3.0, 5)), 20),
        (pair((3.0, 20), (1.0, LEAST)), 20),
        (pair((3.0, 20), (1.0, LEAST - 1)), None),
        (pair((3.0, 20), (1.21, 30)), None),
        (pair((3.0, 20), (0.79, 30)), None),
        (pair((np.nan, 20)), None),
        (pair((1.0, LEAST - 1)), None),
        (pair((np.nan, 1)), None),
    ],
)
def test_the_edge_by_hand(column: np.ndarray, row: int | None) -> None:
    assert _arrives(column, np.zeros(len(column))) == row


@pytest.mark.parametrize(
    ("off", "row"),
    [
        (pair((0.0, 30)), 0),
        (pair((0.21, 20), (0.19, 30)), 20),
        (pair((0.0, LASTING - 1), (0.21, 1), (0.0, 30)), LASTING),
        (pair((0.21, 30)), None),
        (pair((np.nan, 30)), None),
    ],
)
def test_the_edge_asks_for_alignment_by_hand(off: np.ndarray, row: int | None) -> None:
    assert _arrives(np.ones(len(off)), off) == row


@pytest.mark.parametrize(
    ("inverse", "row"),
    [
        (pair((2.0, 5), (0.9, 20)), 5),
        (pair((2.0, 5), (1.15, 3), (0.9, 20)), 8),
        (pair((2.0, 5), (0.9, 3), (1.15, 20)), 5),
        (pair((2.0, 5), (0.9, 3), (1.21, 1), (0.2, 20)), 9),
        (pair((2.0, 5), (-0.5, 20)), None),
        (pair((2.0, 5), (0.5, LEAST - 1)), None),
        (pair((1.15, 30)), None),
        (pair((np.nan, 20)), None),
        (pair((0.5, 30)), 0),
        (pair((0.5, 1)), None),
    ],
)
def test_entering_by_hand(inverse: np.ndarray, row: int | None) -> None:
    assert _enters(inverse) == row


@pytest.mark.parametrize(
    ("inside", "edge", "beyond", "found"),
    [
        (None, None, None, [("descent", 0)]),
        (5, None, None, [("descent", 0), ("alignment", 5)]),
        (0, None, None, [("alignment", 0)]),
        (5, 9, None, [("descent", 0), ("alignment", 5), ("edge", 9)]),
        (5, 5, None, [("descent", 0), ("edge", 5)]),
        (6, 5, None, [("descent", 0), ("edge", 5)]),
        (None, 5, None, [("descent", 0), ("edge", 5)]),
        (0, 9, None, [("alignment", 0), ("edge", 9)]),
        (0, 0, None, [("edge", 0)]),
        (5, 9, 12, [("descent", 0), ("alignment", 5), ("edge", 9), ("beyond", 12)]),
        (5, 9, 9, [("descent", 0), ("alignment", 5), ("beyond", 9)]),
        (5, 9, 3, [("descent", 0), ("beyond", 3)]),
        (None, 9, 0, [("beyond", 0)]),
    ],
)
def test_a_phase_of_no_steps_is_left_out(inside, edge, beyond, found) -> None:
    assert _in_order(inside, edge, None, beyond) == tuple(Phase(*phase) for phase in found)


@each_kind_of_loss
@pytest.mark.parametrize("eta", [0.1, 0.03, 0.01])
def test_phases_are_those_of_their_definition(loss: Loss, drifting: Rule, eta: float) -> None:
    run = simulate(loss, drifting, None, eta, 4000, record="all")
    assert named(simulate(loss, drifting, None, eta, 4000)) == by_definition(run)
    assert by_definition(run)


# Starts so far out that the edge begins between the rows of an overview of 600,000 steps.
FAR = [
    ("parabolic-valley", "ngd", (1.5, 5.0), 0.003, 600_000),
    ("parabolic-valley", "sqrt-gd", (1.5, 7.0), 0.002, 600_000),
    ("hyperbola", "ngd", (6.0, 4.0), 0.003, 600_000),
    ("sine-valley", "ngd", (2.0, 5.0), 0.003, 600_000),
    ("quadratic", "ngd", (1.5, 9.0), 0.003, 600_000),
    ("quadratic", "sqrt-gd", (1.5, 9.0), 0.003, 600_000),
]


@pytest.mark.parametrize(("key", "rule", "start", "eta", "steps"), FAR)
def test_a_late_beginning_is_exact(key: str, rule: str, start, eta: float, steps: int) -> None:
    run = simulate(key, rule, start, eta, steps)
    full = simulate(key, rule, start, eta, 12_000, record="all")
    found = named(run)
    assert {name: t for name, t in found.items() if t < 11_000} == by_definition(full)
    assert found["edge"] > 1000
    assert found["edge"] not in run.step
    assert ("alignment" in found) == (key == "quadratic")


def test_codimension_2_aligns_first(drifting: Rule) -> None:
    run = simulate(STEEP, drifting, None, 0.002, 4000)
    found = named(run)
    assert list(found) == ["descent", "alignment", "edge"]
    assert found == by_definition(simulate(STEEP, drifting, None, 0.002, 4000, record="all"))
    assert found["edge"] > found["alignment"] + 5


def test_a_start_on_the_edge_has_no_other_phase() -> None:
    run = simulate("parabolic-valley", "ngd", (1.2, 0.004), 0.01, 2000)
    assert phases(run, measure(run)) == (Phase("edge", 0),)


@pytest.mark.parametrize("steps", [0, 1, 2, 200])
def test_a_run_that_stops_short_only_descends(steps: int) -> None:
    run = simulate("parabolic-valley", "ngd", None, 0.001, steps)
    assert phases(run, measure(run)) == (Phase("descent", 0),)


@pytest.mark.parametrize("key", ["gd", "gradient-flow"])
def test_rules_without_a_flow_have_none(key: str) -> None:
    run = simulate("hyperbola", key, None, 0.05, 400)
    assert phases(run, measure(run)) == ()


def test_a_run_that_stands_only_descends() -> None:
    run = simulate("parabolic-valley", "ngd", (1.5, 0.0), 0.1, 50)
    assert run.outcome is Outcome.AT_MINIMISER
    assert phases(run, measure(run)) == (Phase("descent", 0),)


def test_a_run_that_lands_on_the_floor_was_at_the_edge_before() -> None:
    """A bounce of which one side is 0 to the last digit ends at a minimiser, as if by chance."""
    run = simulate("parabolic-valley", "ngd", (1.3, 0.31), 0.05, 400)
    found = phases(run, measure(run))
    x = run.x.copy()
    x[300:] = measure(run).projection[300]
    landed = replace(run, x=x, outcome=Outcome.AT_MINIMISER, outcome_step=300)
    assert phases(landed, measure(landed)) == found
    assert [phase.name for phase in found] == ["descent", "edge"]
    early = replace(landed, outcome_step=found[1].first + LASTING - 1)
    assert phases(early, measure(early)) == (Phase("descent", 0),)


def test_a_step_too_long_for_the_law_has_no_edge() -> None:
    """The 2-cycle it settles on has √L 38 % above the law."""
    run = simulate("quartic-hyperbola", "ngd", None, 0.5, 400)
    assert [phase.name for phase in phases(run, measure(run))] == ["overlong"]


def test_other_numbers_compile_nothing(compiled: list[str]) -> None:
    def far(eta: float) -> None:
        run = simulate("parabolic-valley", "ngd", (1.5, 5.0), eta, 600_000)
        assert phases(run, measure(run))[-1].first > 1000

    far(0.003)
    compiled.clear()
    far(0.0031)
    assert compiled == []


# Where the eigengap closes.

ETAS = [0.2, 0.05, 0.02, 0.005]


@pytest.mark.parametrize("eta", ETAS)
def test_the_eigengap_closes_at_the_crossing(drifting: Rule, eta: float) -> None:
    """On ½(eˣy² + 2z²) at x = ln 2, to within what one step moves Φ, or 1e-4 of λ₁."""
    run = simulate("crossing", drifting, None, eta, round(6 / eta**2))
    found = measure(run)
    step = eigengap_closes(run, found)
    assert step is not None
    assert phases(run, found)[-1] == Phase("beyond", step)
    around = measure(dynamics.window(run, step - 1, 3))
    before, at, _ = around.projection[:, 0]
    assert before - 0.99e-4 > np.log(2) > at - 1.01e-4
    if run.steps <= 15_000:
        full = simulate("crossing", drifting, None, eta, run.steps, record="all")
        assert eigengap_closes(full, measure(full)) == step
        e, two = np.exp(measure(full).projection[:, 0]), 2.0
        narrow = np.abs(e - two) <= 1e-4 * np.maximum(e, two)
        assert step == np.argmax(narrow | (e < two))


@losses(lambda loss: loss.codim > 1 and loss.key != "crossing", each_kind=True)
def test_the_eigengap_stays_open_elsewhere(loss: Loss, drifting: Rule) -> None:
    for eta in ETAS:
        run = simulate(loss, drifting, None, eta, min(round(loss.horizon / eta**2), 200_000))
        assert eigengap_closes(run, measure(run)) is None


@pytest.mark.parametrize(
    ("narrow", "closes"), taking(2, [(0.003, False), (0.0, True), (0.1, False)])
)
def test_a_narrow_gap_that_stays_open_is_not_a_crossing(narrow: float, closes: bool) -> None:
    """v₁ turns by 90° about x = 0, slowly, or at the largest η from one step to the next."""

    def value(x):
        y, z = x[1:]
        split = x[0] * (y * y - z * z) + 2 * narrow * y * z  # λ₁ − λ₂ = 2√(x² + narrow²)
        return 0.5 * ((3 + 1.5 * x[0]) * (y * y + z * z) + split)

    loss = Loss("narrow", value, (0.3, 0.3, 0.05), codim=2)
    for eta in (0.2, 0.05, 0.01):
        run = simulate(loss, "sqrt-gd", None, eta, round(4 / eta**2))
        found = measure(run)
        assert found.projection[0, 0] > 0 > found.projection[-1, 0]
        assert (eigengap_closes(run, found) is not None) == closes
    swapped = np.abs(np.sum(found.direction[0] * found.direction[-1])) < 0.5
    assert swapped


def test_a_gap_that_is_closed_from_the_start() -> None:
    sphere = Loss("sphere", lambda x: 0.5 * x @ x, (1.0, 2.0), codim=2)
    run = simulate(sphere, "ngd", None, 0.1, 50)
    found = measure(run)
    assert eigengap_closes(run, found) == 0
    assert phases(run, found) == (Phase("beyond", 0),)


@pytest.mark.parametrize("key", ["gd", "gradient-flow"])
def test_rules_without_a_theorem_have_no_gap_to_close(key: str) -> None:
    run = simulate("crossing", key, None, 0.1, 400)
    assert eigengap_closes(run, measure(run)) is None


def named(run: dynamics.Run) -> dict[str, int]:
    return dict(phases(run, measure(run)))


def by_definition(run: dynamics.Run) -> dict[str, int]:
    """Step by step, on a run recorded in full: twelve steps, or what is left of six or more."""
    found = measure(run)
    s = found.effective_step * found.sharpness
    if run.outcome is not Outcome.REACHED:
        s[run.outcome_step :] = np.nan
    eta, sharpness = run.eta, found.projection_sharpness
    wanted = 0.5 * eta * sharpness if run.rule.key == "sqrt-gd" else eta * np.sqrt(sharpness / 2)
    pairs = [here + there for here, there in pairwise(np.sqrt(found.loss))]
    law = [pair / value for pair, value in zip(pairs, wanted[:-1], strict=True)]
    law.append(pairs[-1] / wanted[-1])  # the last step belongs to the pair before
    law = np.where(np.isnan(s), np.nan, law)
    steps = range(len(s) - 5)
    entered = [t for t in steps if s[t] >= 1 and all(v >= 1 / 1.2 for v in s[t : t + 12])]
    off = [
        np.sqrt(np.sum(c[1:] ** 2)) / (0.5 * v[0])
        for c, v in zip(found.components, found.spectrum, strict=True)
    ]
    near = [abs(p - 1) <= 0.2 and a <= 0.2 for p, a in zip(law, off, strict=True)]
    edge = [t for t in steps if all(near[t : t + 12])]
    end = len(s)
    beyond = min([*closed(found), end])
    landed = (abs(found.lopsidedness) >= 0.99) & (abs(found.lopsidedness_sweep) < 1e-9)
    floor = [t for t in steps if edge and t >= edge[0] and all(landed[t : t + 12])]
    begins = {
        "descent": 0,
        "alignment": min([*entered, *edge, beyond]),
        "edge": min([*edge, beyond]),
        "floor": min([*floor, beyond]),
        "beyond": beyond,
    }
    ends = [*list(begins.values())[1:], end]
    found_none = run.loss.codim == 1 and not edge
    if found_none and begins["alignment"] + 6 < end:
        return {"descent": 0, "overlong": begins["alignment"]}
    return {name: t for (name, t), after in zip(begins.items(), ends, strict=True) if t < after}


def closed(found: dynamics.Measures) -> list[int]:
    """The steps at which λ₁ is λ₂, or before which they have changed places."""
    narrow = np.ptp(found.spectrum[:, :2], axis=1) <= 1e-4 * found.spectrum[:, 0]
    turned = np.abs(np.sum(found.direction[1:] * found.direction[:-1], axis=1)) < np.sqrt(0.5)
    two = found.spectrum.shape[1] > 1
    return list(np.flatnonzero(two & (narrow | np.append(False, turned))))


# Runs that hop along v_2, for ever or until rounding has grown, and the step from which θ_t < 0.1.
TURNED = [
    ("quadratic-5", (0, -0.4, 0.6, -0.8, 1), 0.05, None, 0.8),
    ("quadratic-5", (1e-9, -0.4, 0.6, -0.8, 1), 0.05, 80, 1.0),
    ("crossing", (0.95, 0, 0.5), 0.05, None, 0.773482),
    ("rank-one", (1.4, 1.4, 0.9, 0.4), 0.05, 16, None),
]


@pytest.mark.parametrize(("key", "start", "eta", "aligned", "pair"), TURNED)
def test_hops_along_another_direction_are_not_the_edge(key, start, eta, aligned, pair) -> None:
    run = simulate(key, "ngd", start, eta, 2000, record="all")
    found = measure(run)
    if pair:
        np.testing.assert_allclose(found.stableness_pair[-20:], pair, rtol=1e-6)
    edge = named(run).get("edge")
    if aligned is None:
        assert edge is None
        np.testing.assert_allclose(found.alignment[-20:], np.pi / 2)
    else:
        off = np.flatnonzero(found.alignment >= 0.1)
        assert off[-1] + 1 == aligned
        assert edge == pytest.approx(aligned, abs=3)
