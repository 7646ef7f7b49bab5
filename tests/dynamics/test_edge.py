"""The edge of stability: one long run of every loss by every rule with a flow, its laws (theory.md,
section 4) and its columns."""

from functools import lru_cache

import numpy as np
import pytest

import dynamics
from dynamics import Loss, Measures, Rule, Run, measure, simulate
from dynamics.measures import profile_nodes
from dynamics.phases import phases
from tests.catalogue import each_kind_of_loss, losses
from tests.dynamics.columns import assert_pairs, assert_rows, thinned

ETA = 0.005
STEPS = 80_000  # τ = 2
LAST = slice(-200, None)  # rows that have long been at the edge


@lru_cache
def at_the_edge(loss: Loss, rule: Rule) -> tuple[Run, Measures]:
    """A run from the loss's own start, and its measures."""
    run = simulate(loss, rule, None, ETA, STEPS)
    return run, measure(run)


@each_kind_of_loss
def test_columns_of_one_row(loss: Loss, drifting: Rule, along, autodiff) -> None:
    run, found = thinned(*at_the_edge(loss, drifting))
    assert_rows(run, found, along, autodiff)


@each_kind_of_loss
def test_columns_of_pairs(loss: Loss, drifting: Rule) -> None:
    assert_pairs(*at_the_edge(loss, drifting))


@each_kind_of_loss
def test_nothing_is_missing_at_the_edge(loss: Loss, drifting: Rule) -> None:
    """But for what is of another rule or loss, and of the steps before and after all."""
    run, found = at_the_edge(loss, drifting)
    others = ["flow_spread", "flow_loss"]
    others += [] if drifting.takes_root else ["root_step_curvature"]
    others += [] if loss.conserved else [name for name in Measures._fields if "conserved" in name]
    of_steps = ("step_curvature", "root_step_curvature", "conserved_change")
    for name, column in found._asdict().items():
        assert len(column) == len(run.step), name
        known = column[:-1] if name in of_steps else column[3 if "balance" in name else 0 :]
        assert np.all(np.isnan(known) if name in others else np.isfinite(known)), name
        assert column.dtype == (np.int64 if name == "step" else np.float64), name


@each_kind_of_loss
def test_the_direction_never_turns_round(loss: Loss, drifting: Rule) -> None:
    """On the ring v₁ swings from one coordinate to the other, whichever is the larger."""
    round_the_ring = measure(simulate("ring", drifting, None, 0.05, 8000))
    assert np.ptp(round_the_ring.direction, axis=0).max() > 1
    for found in (at_the_edge(loss, drifting)[1], round_the_ring):
        v = found.direction
        assert v[0, np.argmax(np.abs(v[0]))] > 0
        assert np.all(np.sum(v[1:] * v[:-1], axis=1) > 0)


@each_kind_of_loss
def test_the_profile_is_the_loss_across_the_valley(loss: Loss, drifting: Rule, autodiff) -> None:
    """The polynomial through its nodes is L along v₁, and the view holds the iterate."""
    run, found = at_the_edge(loss, drifting)
    for row in (1000, 3001, len(run.step) - 1):
        t = np.linspace(-1, 1, 32)
        polynomial = np.polynomial.Chebyshev.fit(profile_nodes(), found.profile[row], 8)
        line = found.projection[row] + found.span[row] * t[:, None] * found.direction[row]
        across = autodiff.value(loss, line)
        np.testing.assert_allclose(polynomial(t), across, atol=1e-6 * across.max())
    np.testing.assert_allclose(np.diff(profile_nodes()[[0, 4, 8]]), np.cos(np.pi / 18), rtol=1e-12)


@each_kind_of_loss
def test_the_view_across_holds_the_iterate_and_its_neighbours(loss: Loss, drifting: Rule) -> None:
    """On the way down they are higher up than the bounce."""
    _, found = at_the_edge(loss, drifting)
    away = np.abs(found.offset)
    near = np.maximum(away[1:-1], np.maximum(away[:-2], away[2:]))
    assert np.all(found.span[1:-1] > 1.2 * near)
    assert np.all(found.span > 1.25 * found.bounce)
    assert away[0] > found.bounce[0]


def test_the_mean_of_two_thresholds_is_the_sharpness(loss: Loss, drifting: Rule) -> None:
    """1/S_t + 1/S_{t+1} → 1, up to O(η)."""
    run, found = at_the_edge(loss, drifting)
    np.testing.assert_allclose(found.stableness_pair[LAST], 1, atol=20 * run.eta)
    ratio = found.threshold_mean[LAST] / found.projection_sharpness[LAST]
    np.testing.assert_allclose(ratio, 1, atol=10 * run.eta)


def test_the_law_of_the_root(loss: Loss, drifting: Rule, autodiff) -> None:
    """√L(x_t) + √L(x_{t+1}) = η√(λ₁/2) for NGD, and **½**ηλ₁ for √L: the paper's slides lack ½."""
    run, found = at_the_edge(loss, drifting)
    root = np.sqrt(found.loss[LAST])
    top = np.linalg.eigvalsh(autodiff.hessian(loss, found.projection[LAST]))[:, -1]
    law = {"ngd": np.sqrt(top / 2), "sqrt-gd": top / 2}[drifting.key] * run.eta
    np.testing.assert_allclose((root[0::2] + root[1::2]) / law[0::2], 1, atol=10 * run.eta)
    np.testing.assert_allclose(found.sqrt_loss_pair[LAST], 1, atol=10 * run.eta)


def test_the_bounce_spans_the_valley(loss: Loss, drifting: Rule) -> None:
    """From wall to wall, the distance of the law."""
    run, found = at_the_edge(loss, drifting)
    across = np.abs(np.diff(found.offset[LAST])[0::2])
    np.testing.assert_allclose(across / found.bounce[LAST][0::2], 1, atol=10 * run.eta)


@pytest.mark.parametrize("key", ["parabolic-valley", "paper-valley", "ring"])
def test_every_second_iterate_is_smooth(key: str, drifting: Rule) -> None:
    """Neighbours lie a bounce apart, even steps far closer, though forty steps lie between."""
    run, found = at_the_edge(dynamics.LOSSES[key], drifting)
    even = run.step[LAST] % 2 == 0
    x = found.x[LAST]
    assert np.diff(run.step[LAST][even]).min() > 30
    hop = np.linalg.norm(np.diff(x, axis=0)[0::2], axis=1)
    smooth = np.linalg.norm(np.diff(x[even], axis=0), axis=1)
    assert smooth.max() < 0.5 * hop.min()


def test_the_run_tracks_the_flow(valley: Loss, drifting: Rule) -> None:
    """‖Φ(x_t) − X(η²t)‖ = O(η), while the flow itself goes a long way. See also `test_rate`."""
    run, found = at_the_edge(valley, drifting)
    gone = np.linalg.norm(found.flow - found.flow[0], axis=1)
    assert found.gap.max() < 10 * run.eta
    assert gone[-1] > 20 * found.gap[-1]


@losses(lambda loss: 1 < loss.codim < loss.d)
def test_walls_apart_align_with_the_steepest(loss: Loss, drifting: Rule) -> None:
    """θ_t → O(η), from somewhere else, where there are several directions to bounce in. Not in each
    step: now and then the bounce slips, and starts from so near to the floor that it has no side.
    """
    run, found = at_the_edge(loss, drifting)
    assert found.alignment[0] > 0.1
    assert np.median(found.alignment[LAST]) < run.eta


def test_every_run_with_a_law_comes_to_the_edge(loss: Loss, drifting: Rule) -> None:
    run, found = at_the_edge(loss, drifting)
    begins = dict(phases(run, found))
    assert 0 < begins["edge"] < run.steps / 2
    assert list(begins)[-1] in ("edge", "floor")
