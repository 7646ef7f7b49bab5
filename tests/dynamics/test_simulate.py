"""Runs against plain Python loops; what is recorded, how runs end, and what bad input gets."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import MAX_STEPS, Loss, Outcome, Rule, simulate, window
from dynamics.projection import projection
from dynamics.simulate import HEAD_PAIRS, PAIRS, ROWS, overview_ends, pinpoint
from tests.catalogue import each_kind_of_loss

# Each rule once more, in plain floats: (η, L, ‖∇L‖) -> η_t.
STEPS = {
    "gd": lambda eta, loss, norm: eta,
    "ngd": lambda eta, loss, norm: eta / norm if norm else 0.0,
    "sqrt-gd": lambda eta, loss, norm: eta / (2 * loss**0.5) if loss else 0.0,
}
stepping = pytest.mark.parametrize("key", STEPS)


@each_kind_of_loss
@stepping
def test_a_run_is_the_plain_loop(loss: Loss, key: str) -> None:
    eta = 1e-3 if key == "gd" else 0.03
    run = simulate(loss, key, None, eta, 60)
    expected = plain_loop(loss, key, loss.start, eta, 60)
    np.testing.assert_array_equal(run.step, np.arange(61))
    np.testing.assert_allclose(run.x[:25], expected[:25], rtol=1e-12, atol=1e-13)
    # A step of √L close by its kink turns last digits into a thousand times as much, or more.
    np.testing.assert_allclose(run.x, expected, rtol=1e-6)


@each_kind_of_loss
def test_gradient_descent_follows_gradient_flow_at_order_1(loss: Loss) -> None:
    """Both on the clock ηt."""
    apart = []
    for eta, steps in ((1e-4, 500), (5e-5, 1000)):
        smooth = simulate(loss, "gradient-flow", None, eta, steps)
        rough = simulate(loss, "gd", None, eta, steps)
        apart.append(np.linalg.norm(smooth.x[-1] - rough.x[-1]))
    assert 1.8 < apart[0] / apart[1] < 2.2


@pytest.mark.parametrize("steps", [0, 1, 2, 4998, 4999])
def test_a_run_that_fits_is_recorded_in_full(steps: int) -> None:
    run = simulate("hyperbola", "ngd", None, 0.02, steps)
    np.testing.assert_array_equal(run.step, np.arange(steps + 1))
    assert run.x.shape == (steps + 1, 2)
    assert (run.outcome, run.outcome_step) == (Outcome.REACHED, steps)
    np.testing.assert_array_equal(run.x[0], dynamics.LOSSES["hyperbola"].start)


@pytest.mark.parametrize("steps", [5000, 5001, 7919, 100_000, MAX_STEPS])
def test_the_overview_is_of_consecutive_pairs(steps: int) -> None:
    run = simulate("parabolic-valley", "ngd", None, 1e-3, steps)
    first, second = run.step[0::2], run.step[1::2]
    assert len(run.step) == ROWS
    np.testing.assert_array_equal(second - first, 1)
    assert np.all(np.diff(run.step) >= 1)
    np.testing.assert_array_equal(run.step[: 2 * HEAD_PAIRS], np.arange(2 * HEAD_PAIRS))
    assert run.step[-1] == steps
    spread = np.diff(second[HEAD_PAIRS:])
    assert spread.max() - spread.min() <= 1
    assert np.all(np.isfinite(run.x))


@pytest.mark.parametrize("steps", [10_000, 100_000, 1_234_567, MAX_STEPS])
def test_the_overview_shows_both_sides_of_the_bounce(steps: int) -> None:
    """A pair holds one step of each parity, so no stride can hide a side."""
    ends = overview_ends(steps)
    assert len(ends) == PAIRS
    assert ends[-1] == steps
    assert np.all(np.diff(ends) >= 2)


def test_the_overview_holds_the_rows_of_the_full_recording() -> None:
    full = simulate("hyperbola", "ngd", None, 0.02, 20_001, record="all")
    run = simulate("hyperbola", "ngd", None, 0.02, 20_001)
    np.testing.assert_array_equal(full.step, np.arange(20_002))
    np.testing.assert_array_equal(run.x, full.x[run.step])
    moved = np.linalg.norm(np.diff(full.x, axis=0), axis=1)
    np.testing.assert_allclose(moved, 0.02, rtol=1e-9)


@pytest.mark.parametrize("noise", [0.0, 1e-7])
@pytest.mark.parametrize("key", ["ngd", "sqrt-gd"])
def test_a_window_is_the_full_recording(key: str, noise: float) -> None:
    settings = {"eta": 0.02, "steps": 20_001, "noise": noise, "seed": 3}
    full = simulate("hyperbola", key, None, **settings, record="all")
    run = simulate("hyperbola", key, None, **settings)
    for first, count in ((0, 3), (999, 7), (1002, 5000), (12_345, 1), (19_990, 100), (20_001, 1)):
        part = window(run, first, count)
        last = min(first + count, 20_002)
        np.testing.assert_array_equal(part.step, np.arange(first, last))
        np.testing.assert_array_equal(part.x, full.x[first:last])
        assert (part.outcome, part.outcome_step) == (run.outcome, run.outcome_step)


@pytest.mark.parametrize("noise", [0.0, 1e-7])
@pytest.mark.parametrize("key", ["ngd", "sqrt-gd"])
def test_a_long_window_is_of_pairs_of_the_full_recording(key: str, noise: float) -> None:
    settings = {"eta": 0.02, "steps": 50_001, "noise": noise, "seed": 3}
    full = simulate("hyperbola", key, None, **settings, record="all")
    run = simulate("hyperbola", key, None, **settings)
    for first, count in ((0, 5001), (3, 5002), (999, 7919), (12_345, 30_000), (1, MAX_STEPS)):
        part = window(run, first, count)
        last = min(first + count - 1, 50_001)
        assert len(part.step) == ROWS
        assert (part.step[0], part.step[-1]) == (first, last)
        np.testing.assert_array_equal(part.step[1::2] - part.step[0::2], 1)
        spread = np.diff(part.step[1::2])
        assert spread.min() >= 2
        assert spread.max() - spread.min() <= 1
        np.testing.assert_array_equal(part.x, full.x[part.step])


def test_a_window_of_a_window_is_a_window() -> None:
    run = simulate("hyperbola", "ngd", None, 0.02, 200_000)
    part = window(run, 40_000, 90_000)
    np.testing.assert_array_equal(window(part, 70_001, 300).x, window(run, 70_001, 300).x)


@pytest.mark.parametrize(("first", "count"), [(1000, 5000), (1000, 12_000)])
def test_a_window_of_gradient_flow_is_on_the_same_curve(first: int, count: int) -> None:
    run = simulate("hyperbola", "gradient-flow", None, 1e-4, 20_000)
    part = window(run, first, count)
    both = np.isin(run.step, part.step)
    assert both.sum() > 900
    np.testing.assert_allclose(part.x[np.isin(part.step, run.step)], run.x[both], atol=1e-9)


def test_a_beginning_between_rows_is_found_exactly() -> None:
    """At any step of the longest run, whose gaps are wider than a window in full."""
    run = simulate("parabolic-valley", "ngd", None, 1e-3, MAX_STEPS)
    gap = np.diff(run.step).max()
    assert gap > ROWS
    for step in (0, 5, 1000, 4_321_000, int(run.step[2001]) + 1, int(run.step[2002]), MAX_STEPS):
        found = pinpoint(run, lambda part, step=step: int(np.searchsorted(part.step, step)))
        assert found == step
    assert pinpoint(run, lambda part: None) is None
    assert pinpoint(run, lambda part: 3000 if part is run else None) == run.step[3000]


def test_a_window_of_a_run_that_ended_early_ends_with_it() -> None:
    run = simulate("paper-valley", "gd", None, 0.05, 100)
    np.testing.assert_array_equal(window(run, 2, 100).x, run.x[2:])


@pytest.mark.parametrize(("first", "count"), [(-1, 5), (101, 1), (0, 0), (0, MAX_STEPS + 1)])
def test_a_window_outside_the_run_is_refused(first: int, count: int) -> None:
    run = simulate("hyperbola", "ngd", None, 0.1, 100)
    with pytest.raises(
        ValueError, match=rf"0 … 100 .* 1 … {MAX_STEPS} steps, got {first} and {count}"
    ):
        window(run, first, count)


def test_noise_is_seeded() -> None:
    def end(seed: int, noise: float = 1e-3) -> np.ndarray:
        return simulate("hyperbola", "ngd", None, 0.02, 8000, noise=noise, seed=seed).x

    np.testing.assert_array_equal(end(1), end(1))
    assert np.any(end(1) != end(2))
    assert np.any(end(1) != end(1, noise=0.0))


def test_noise_is_uniform_in_a_ball_every_tenth_step() -> None:
    """On a loss without slope only the noise moves; r² is uniform in two dimensions."""
    flat = Loss("flat", lambda x: 0.0 * x[0], start=(0.0, 0.0))
    run = simulate(flat, "gd", None, 0.1, 40_000, noise=0.5, seed=7, record="all")
    moved = np.diff(run.x, axis=0)
    np.testing.assert_array_equal(moved[np.arange(40_000) % 10 != 0], 0)
    added = moved[::10]
    radius = np.linalg.norm(added, axis=1)
    assert radius.max() <= 0.5 * (1 + 1e-9)
    for quarter in (0.25, 0.5, 0.75):
        assert abs(np.mean(radius**2 < 0.25 * quarter) - quarter) < 0.03
    assert np.all(np.abs(added.mean(axis=0)) < 0.02)
    assert run.outcome is Outcome.REACHED


def test_divergence_ends_the_run_at_the_last_number() -> None:
    run = simulate("paper-valley", "gd", None, 0.05, 1000)
    path = plain_loop(dynamics.LOSSES["paper-valley"], "gd", (14.7, 3.0), 0.05, 12)
    last = int(np.flatnonzero(np.all(np.isfinite(path), axis=1))[-1])
    assert (run.outcome, run.outcome_step) == (Outcome.NOT_FINITE, last)
    np.testing.assert_array_equal(run.step, np.arange(last + 1))
    np.testing.assert_allclose(run.x, path[: last + 1], rtol=1e-9)


def test_a_loss_that_overflows_is_divergence_and_no_standstill() -> None:
    """√L: a step of η/(2√∞) is 0, and would pass for a stationary point."""
    run = simulate("paper-valley", "sqrt-gd", None, 3.0, 1000)
    assert run.outcome is Outcome.NOT_FINITE
    loss = dynamics.LOSSES["paper-valley"]
    assert np.isfinite(float(loss.value(jnp.asarray(run.x[-2]))))
    assert np.isinf(float(loss.value(jnp.asarray(run.x[-1]))))


def test_leaving_the_domain_ends_the_run_before_it() -> None:
    """From r = 1.5, η = 1.45 leads NGD straight into the hole of the ring."""
    run = simulate("ring", "ngd", (-1.5, 0.0), 1.45, 50)
    assert (run.outcome, run.outcome_step) == (Outcome.LEFT_DOMAIN, 0)
    np.testing.assert_array_equal(run.x, [[-1.5, 0.0]])


def test_leaving_the_domain_after_some_steps() -> None:
    loss, start = dynamics.LOSSES["ring"], (2.0, 1.0)
    path = plain_loop(loss, "ngd", start, 1.0, 8)
    inside = np.hypot(*path.T) > 0.1
    np.testing.assert_array_equal(inside, [True] * 8 + [False])
    run = simulate(loss, "ngd", start, 1.0, 400)
    assert (run.outcome, run.outcome_step) == (Outcome.LEFT_DOMAIN, 7)
    np.testing.assert_allclose(run.x, path[:8], rtol=1e-12)


# GD that comes to rest, and GD whose last digits go round in circles of 2 and of 4 steps.
RESTING = [
    ("hyperbola", (2.6, 0.9), 0.1, 20_000, 1),
    ("hyperbola", (2.6, 0.9), 0.31, 20_000, 2),
    ("quartic-hyperbola", (2.37279464, 0.49667951), 0.09513280648675727, 60_000, 2),
    ("ellipse", (0.81389902, 1.43268541), 1.137953640877622, 20_000, 4),
]


@pytest.mark.parametrize(("key", "start", "eta", "steps", "cycle"), RESTING)
def test_gd_stops_at_a_minimiser(key: str, start, eta: float, steps: int, cycle: int) -> None:
    """And the step from which it stands is exact, though it lie between two rows."""
    full = simulate(key, "gd", start, eta, steps, record="all")
    run = simulate(key, "gd", start, eta, steps)
    back = np.flatnonzero(np.all(full.x[:-1] == full.x[-1], axis=1))[-1]
    assert steps - back == cycle
    moving = np.any(full.x[:-cycle] != full.x[cycle:], axis=1)
    still = int(np.flatnonzero(moving)[-1]) + 1
    assert 20 < still < steps - 1000
    for found in (run, full):
        assert (found.outcome, found.outcome_step) == (Outcome.AT_MINIMISER, still)
        assert found.step[-1] == steps


def test_a_late_standstill_is_found_between_the_rows() -> None:
    full = simulate("hyperbola", "gd", None, 0.004, 60_000, record="all")
    run = simulate("hyperbola", "gd", None, 0.004, 60_000)
    still = int(np.flatnonzero(np.any(np.diff(full.x, axis=0) != 0, axis=1))[-1]) + 1
    assert still > 1000
    assert still not in run.step
    assert (run.outcome, run.outcome_step) == (Outcome.AT_MINIMISER, still)


@pytest.mark.parametrize("eta", [1e-12, 1e-14, 1e-15])
@pytest.mark.parametrize("key", ["ngd", "sqrt-gd"])
def test_a_small_bounce_is_no_standstill(key: str, eta: float) -> None:
    """A cycle of 2 at a loss of 1e-24 and less, of a few last digits: the honest motion."""
    run = simulate("hyperbola", key, (1.0, 1.0 + 0.3 * eta), eta, 3000)
    assert float(run.loss.value(jnp.asarray(run.x[-1]))) < 1e-20
    assert np.any(run.x[-1] != run.x[-2])
    assert run.outcome is Outcome.REACHED


def test_a_wide_cycle_is_no_standstill() -> None:
    """GD beyond the threshold goes between two points for ever, here 0.1 apart."""
    start = (1.12708787, 0.84234295)
    run = simulate("hyperbola", "gd", start, 1.021497866214002, 20_000)
    np.testing.assert_array_equal(run.x[-1], run.x[-3])
    assert np.abs(run.x[-1] - run.x[-2]).max() > 0.1
    assert run.outcome is Outcome.REACHED


def test_a_slow_descent_is_no_standstill() -> None:
    """It moves by its last digits a step, but not in a cycle."""
    run = simulate("hyperbola", "gd", (1.0, 1.0 + 1e-10), 1e-5, 2000)
    assert 0 < np.abs(run.x[-1] - run.x[-2]).max() < 1e-14
    assert run.outcome is Outcome.REACHED


@pytest.mark.parametrize("start", [(0.0, 0.0), (0.0, 1.5)])
@stepping
def test_a_stationary_start_stands(key: str, start: tuple[float, float]) -> None:
    """∇L = 0 on both axes of the quartic, where L = ½."""
    run = simulate("quartic-hyperbola", key, start, 0.1, 50)
    assert (run.outcome, run.outcome_step) == (Outcome.STATIONARY, 0)
    np.testing.assert_array_equal(run.x, np.tile(start, (51, 1)))


@stepping
def test_a_start_on_the_manifold_stands(key: str) -> None:
    run = simulate("parabolic-valley", key, (1.5, 0.0), 0.1, 50)
    assert (run.outcome, run.outcome_step) == (Outcome.AT_MINIMISER, 0)
    np.testing.assert_array_equal(run.x, np.tile([1.5, 0.0], (51, 1)))


@each_kind_of_loss
def test_a_start_too_far_out_for_a_number_is_an_outcome(loss: Loss) -> None:
    """And no warning: neither page nor command line should have to silence one."""
    run = simulate(loss, "ngd", 1e200 * np.array(loss.start), 0.1, 5)
    assert (run.outcome, run.outcome_step) == (Outcome.TOO_STEEP, 0)


def test_an_end_just_below_overflow_is_an_outcome_without_a_warning() -> None:
    """x → −1.7x: three steps on, the iterate is further away than a number can tell."""
    wide = Loss("wide", lambda x: 0.005 * x[0] ** 2, start=(3.5e307,), codim=1)
    assert simulate(wide, "gd", None, 270.0, 0).outcome is Outcome.REACHED


@each_kind_of_loss
@stepping
@pytest.mark.parametrize("eta", [1e-12, 1e6])
def test_extreme_steps_are_finite(loss: Loss, key: str, eta: float) -> None:
    run = simulate(loss, key, None, eta, 300)
    assert np.all(np.isfinite(run.x))
    assert run.outcome in (
        Outcome.REACHED,
        Outcome.NOT_FINITE,
        Outcome.TOO_STEEP,
        Outcome.LEFT_DOMAIN,
    )
    assert run.outcome is not Outcome.REACHED or run.step[-1] == 300
    assert eta > 1 or run.outcome is Outcome.REACHED


@each_kind_of_loss
@pytest.mark.parametrize("eta", [1e-12, 1e6])
def test_extreme_steps_of_gradient_flow_are_finite(loss: Loss, along, eta: float) -> None:
    run = simulate(loss, "gradient-flow", None, eta, 300)
    assert np.all(np.isfinite(run.x))
    assert run.outcome is Outcome.REACHED
    end = [loss.start] if eta < 1 else along(projection, loss, [loss.start])
    np.testing.assert_allclose(run.x[-1:], end, atol=1e-6)


@each_kind_of_loss
def test_other_numbers_compile_nothing(loss: Loss, rule: Rule, compiled: list[str]) -> None:
    """η, the start and the number of steps are traced."""

    def run_and_look_closer(factor: float, steps: int) -> None:
        start = factor * np.array(loss.start)
        window(simulate(loss, rule, start, 1e-5 * factor, steps), steps // 2, 10)

    run_and_look_closer(1.0, 9000)
    run_and_look_closer(1.0, 9)
    compiled.clear()
    run_and_look_closer(1.01, 100_000)
    run_and_look_closer(0.99, 7)
    assert compiled == []


def test_other_noise_compiles_nothing(compiled: list[str]) -> None:
    simulate("hyperbola", "ngd", None, 0.01, 300, noise=1e-9)
    compiled.clear()
    simulate("hyperbola", "ngd", (2.0, 1.0), 0.02, 9000, noise=1e-8, seed=5)
    assert compiled == []


def test_everything_is_float64(rule: Rule) -> None:
    for start in ((2, 1), np.array([2, 1], dtype=np.float32), jnp.array([2.0, 1.0])):
        run = simulate("hyperbola", rule, start, 0.01, 10)
        assert run.x.dtype == run.start.dtype == np.float64
        assert run.step.dtype.kind == "i"


def test_numbers_of_numpy_compile_nothing_either(compiled: list[str]) -> None:
    simulate("hyperbola", "ngd", None, 0.01, 300)
    compiled.clear()
    run = simulate("hyperbola", "ngd", None, np.float64(0.02), np.int64(300), seed=np.int32(1))
    assert compiled == []
    assert [type(value) for value in (run.eta, run.steps, run.seed)] == [float, int, int]


def test_a_run_remembers_what_was_asked_for() -> None:
    run = simulate("hyperbola", "ngd", (2.0, 0.7), 0.05, 30, noise=1e-9, seed=4)
    assert run.loss is dynamics.LOSSES["hyperbola"]
    assert run.rule is dynamics.RULES["ngd"]
    assert (run.eta, run.steps, run.noise, run.seed) == (0.05, 30, 1e-9, 4)
    np.testing.assert_array_equal(run.start, [2.0, 0.7])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"eta": 0.0}, "eta must be a number above 0, got 0.0"),
        ({"eta": -1.0}, "eta must be a number above 0, got -1.0"),
        ({"eta": np.nan}, "eta must be a number above 0, got nan"),
        ({"eta": np.inf}, "eta must be a number above 0, got inf"),
        ({"steps": -1}, "steps must be a whole number in 0 … 10000000, got -1"),
        ({"steps": MAX_STEPS + 1}, "steps must be a whole number in 0 … 10000000, got 10000001"),
        ({"steps": 10.5}, "steps must be a whole number in 0 … 10000000, got 10.5"),
        ({"noise": -1e-9}, "noise must be 0 or more, got -1e-09"),
        ({"noise": np.nan}, "noise must be 0 or more, got nan"),
        ({"seed": -1}, "seed must be a whole number in 0 … 4294967295, got -1"),
        ({"seed": 2**32}, "seed must be a whole number in 0 … 4294967295, got 4294967296"),
        ({"start": (1.0,)}, "start must have 2 numbers for ring, got 1"),
        ({"start": (1.0, 2.0, 3.0)}, "start must have 2 numbers for ring, got 3"),
        ({"start": (1.0, np.nan)}, "start must be finite numbers, got 1.0,nan"),
        ({"start": (0.01, 0.0)}, "start must lie in r > 0.1"),
        ({"rule": "sgd"}, "no rule called 'sgd'. Did you mean "),
        ({"loss": "rings"}, "no loss called 'rings'. Did you mean 'ring'?"),
    ],
)
def test_bad_input_is_answered_with_what_must_hold(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=r"must|no ") as error:
        simulate(**({"loss": "ring", "rule": "ngd"} | settings))
    assert str(error.value).startswith(message)


def test_a_loss_of_three_parameters_needs_only_its_function() -> None:
    own = Loss("own", lambda x: 0.5 * (1 - x[0] * x[1] * x[2]) ** 2, start=(1.5, 0.9, 0.5))
    for key in STEPS:
        run = simulate(own, key, None, 0.01, 50)
        np.testing.assert_allclose(run.x, plain_loop(own, key, own.start, 0.01, 50), rtol=1e-12)


def test_a_loss_of_one_parameter() -> None:
    """NGD on x²: 0.25, −0.05 and back, by hand."""
    own = Loss("own", lambda x: x[0] ** 2, start=(1.45,))
    run = simulate(own, "ngd", None, 0.3, 7)
    np.testing.assert_allclose(
        run.x[:, 0], [1.45, 1.15, 0.85, 0.55, 0.25, -0.05, 0.25, -0.05], atol=1e-14
    )


def plain_loop(loss: Loss, key: str, start, eta: float, steps: int) -> np.ndarray:
    """The rule in NumPy on the gradient of the value, [steps + 1, d]."""
    slope, value = _compiled(loss)
    path = [np.array(start, float)]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            g = np.asarray(slope(path[-1]))
            step = STEPS[key](eta, float(value(path[-1])), float(np.sqrt(g @ g)))
            path.append(path[-1] - step * g)
    return np.array(path)


def _compiled(loss: Loss) -> tuple[Callable, Callable]:
    if loss not in _programs:
        _programs[loss] = (jax.jit(jax.grad(loss.value)), jax.jit(loss.value))
    return _programs[loss]


_programs: dict[Loss, tuple[Callable, Callable]] = {}


def test_a_slope_too_large_for_a_number_is_no_divergence() -> None:
    """A step of NGD has length η, and from (10⁶⁰, 10⁶⁰) it is ‖∇L‖² alone that overflows."""
    run = simulate("hyperbola", "ngd", (1e60, 1e60), 0.1, 10)
    assert (run.outcome, run.outcome_step) == (Outcome.TOO_STEEP, 0)
    assert simulate("hyperbola", "gd", (1e60, 1e60), 0.1, 10).outcome is Outcome.NOT_FINITE
    assert simulate("hyperbola", "ngd", (1e10, 1e10), 0.1, 10).outcome is Outcome.REACHED
