"""What a loss opens with and what it offers, held to what their names say."""

from urllib.parse import parse_qsl

import numpy as np
import pytest

import dynamics
from app.runspec import LossSpec
from app.stage.settings import of_scene, opening, read_query, write_query
from dynamics import LOSSES
from dynamics.phases import phases

SCENES = {(loss.key, scene.name): scene for loss in LOSSES.values() for scene in loss.scenes}


def run_of(key: str, name: str, **more) -> dynamics.Run:
    """The run of a scene."""
    (what,) = of_scene(LossSpec(key), SCENES[key, name]).runs
    plain = {name: value for name, value in what.plain.items() if not name.startswith("p.")}
    return dynamics.simulate(**plain | {"loss": what.loss.record} | more)


@pytest.mark.parametrize("key", LOSSES)
def test_a_loss_opens_on_a_link_of_its_name_alone(key: str) -> None:
    settings = opening(key)
    assert write_query(settings) == ("" if key == "parabolic-valley" else f"loss={key}")
    reading = read_query({"loss": key})
    assert (reading.settings, reading.problems, reading.notices) == (settings, (), ())


@pytest.mark.parametrize(("key", "name"), SCENES)
def test_a_scene_is_a_link_of_its_loss(key: str, name: str) -> None:
    settings = of_scene(LossSpec(key), SCENES[key, name])
    reading = read_query(dict(parse_qsl(write_query(settings))))
    assert (reading.settings, reading.problems, reading.notices) == (settings, (), ())


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_loss_has_two_to_four_scenes_or_none(loss: dynamics.Loss) -> None:
    assert len(loss.scenes) in (0, 2, 3, 4)
    assert len({scene.name for scene in loss.scenes}) == len(loss.scenes)


DRIFTING = [
    key
    for key, loss in LOSSES.items()
    if loss.opening.rule == "ngd" and loss.codim < loss.d and key != "paper-valley"
]  # that one opens far above Γ, as the paper's figures do


@pytest.mark.parametrize("key", DRIFTING)
def test_a_bounce_lands_evenly_where_a_loss_opens(key: str) -> None:
    """Both walls are seen: at the edge |A| is small at first and does not come to 1."""
    (what,) = opening(key).runs
    loss = what.loss.record
    found = dynamics.measure(dynamics.simulate(loss, "ngd", what.start, what.eta, what.steps))
    lopsided = np.abs(found.lopsidedness)
    lopsided = lopsided[np.isfinite(lopsided)]
    assert np.median(lopsided[: len(lopsided) // 2]) < 0.3
    assert lopsided[-1] < 0.8


def test_the_first_page_has_few_hops_and_wide_ones() -> None:
    (what,) = opening("parabolic-valley").runs
    assert (what.eta, what.steps) == (0.25, 96)


@pytest.mark.parametrize("halvings", [1, 2])
def test_both_walls_are_still_seen_where_the_step_of_the_first_page_is_halved(
    halvings: int,
) -> None:
    """Where A is 0, half the step lands on the floor: the first page's start is as even as it can
    be while its halvings are not as uneven as that. (|A| grows along the run.)"""
    (what,) = opening("parabolic-valley").runs
    eta, steps = what.eta / 2**halvings, what.steps * 4**halvings
    found = dynamics.measure(dynamics.simulate(what.loss.record, "ngd", what.start, eta, steps))
    assert np.abs(found.lopsidedness[-2:]).max() < 0.9


# theory.md, section 8: the first points, and how many there are.
POINTS = {
    "paper’s Figure 1a": (12, [(14.7, 3), (13.203, -4.367), (11.026, 2.254), (9.904, -3.282)]),
    "paper’s Figure 1b": (10, [(14.7, -3)]),
}


@pytest.mark.parametrize("name", POINTS)
def test_a_figure_of_the_paper_has_its_points(name: str) -> None:
    count, first = POINTS[name]
    run = run_of("paper-valley", name)
    assert len(run.x) == count
    np.testing.assert_allclose(run.x[: len(first)], first, atol=5e-4)


def test_the_steps_of_figure_1b_are_five_long() -> None:
    """Each is η = 5 along −∇L/‖∇L‖ with L = (1+x²)y², by hand."""
    x, y = run_of("paper-valley", "paper’s Figure 1b").x.T
    slope = np.stack([2 * x * y**2, 2 * (1 + x**2) * y])
    steps = -5 * slope / np.linalg.norm(slope, axis=0)
    np.testing.assert_allclose(np.diff([x, y]), steps[:, :-1], rtol=1e-9, atol=1e-9)


def test_self_stabilization_turns_four_times_and_more() -> None:
    """Up to 2/η = 40 at step 1,318, over it to 42.8 … 43.3, back, and again."""
    run = run_of("self-stabilization", "sharpen, blow up, return", record="all")
    sharpness = 10 + run.x[:, 1]
    assert int(np.argmax(sharpness > 40)) == 1318
    assert 42.8 <= sharpness.max() <= 43.3
    crossed = np.diff((sharpness > 40).astype(int))
    assert np.count_nonzero(crossed == 1) >= 4
    assert np.count_nonzero(crossed == -1) >= 4
    assert opening("self-stabilization").runs[0].steps == 2500


@pytest.mark.parametrize("key", ["hyperbola", "quartic-hyperbola"])
def test_a_catapult_rises_and_comes_to_rest_where_it_is_flatter(key: str) -> None:
    run = run_of(key, "catapult", record="all")
    found = dynamics.measure(run)
    least = np.minimum.accumulate(found.loss)
    assert np.max(found.loss / least) > 10
    assert found.loss[-1] < 1e-8
    assert found.projection_sharpness[0] > 2 / run.eta > found.projection_sharpness[-1]


def test_every_second_iterate_ends_on_the_valley() -> None:
    """The cycle {0, ±η}: a hop of η to one side of the floor, and back onto it."""
    _, y = run_of("parabolic-valley", "ends at {0, ±η}", record="all").x[-200:].T
    one, other = np.abs(y[::2]).max(), np.abs(y[1::2]).max()
    assert min(one, other) < 1e-3 * 0.02
    np.testing.assert_allclose(max(one, other), 0.02, rtol=1e-3)


@pytest.mark.parametrize("key", ["parabolic-valley", "hyperbola"])
def test_a_lopsided_bounce_has_uneven_walls(key: str) -> None:
    offset = dynamics.measure(run_of(key, "lopsided bounce")).offset[-2:]
    assert 0.3 < abs(offset.sum()) / np.abs(offset).sum() < 0.98


@pytest.mark.parametrize(
    ("key", "name", "last"),
    [
        ("crossing", "the gap closes", "beyond"),
        ("crossing", "along v₂, not at the edge", "alignment"),
        ("quadratic-5", "along v₂ for ever", "alignment"),
        ("quadratic-5", "v₂ gives way to v₁", "edge"),
        ("quartic-hyperbola", "too large a step", "overlong"),
    ],
)
def test_a_scene_ends_in_the_phase_of_its_name(key: str, name: str, last: str) -> None:
    run = run_of(key, name)
    assert phases(run, dynamics.measure(run))[-1].name == last


def test_a_rule_without_a_drift_has_a_horizon_of_its_own_time() -> None:
    for rule in ("gd", "gradient-flow"):
        settings = read_query({"loss": "quadratic-3", "rule": rule, "eta": "0.45"}).settings
        assert settings.power == 1
        assert settings.steps_at(0.45) == 67  # 30/0.45
        assert settings.steps_at(0.1) == 300
    both = read_query({"rule": "gd,ngd"}).settings
    assert (both.power, both.steps_at(0.1)) == (2, 600)
    given = read_query({"rule": "gd", "eta": "0.2,0.1", "steps": "50"}).settings
    assert [run.steps for run in given.runs] == [50, 100]
