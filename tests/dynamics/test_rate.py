"""The tracking rate: fitted by hand, and measured against the theorem's O(η)."""

import numpy as np
import pytest

import dynamics
from dynamics import Loss, Rule
from dynamics.rate import fit_slope, gap_at, measure_rate
from tests.catalogue import each_kind_of_valley

ETAS = np.geomspace(0.05, 0.002, 25)

# From starts on the first wall, so that the way down does not hide the drift.
SLOPES = [
    ("parabolic-valley", "ngd", (2.0, 0.3)),
    ("hyperbola", "ngd", (2.0, 0.7)),
    ("quartic-hyperbola", "ngd", (1.8, 0.7)),
    ("ring", "ngd", (0.8, 0.9)),
    ("parabolic-valley", "sqrt-gd", (2.0, 0.3)),
    ("hyperbola", "sqrt-gd", (2.0, 0.7)),
    ("ellipse", "sqrt-gd", (0.6, 1.2)),
    ("sine-valley", "sqrt-gd", (2.6, 0.8)),
]


@each_kind_of_valley
def test_the_gap_shrinks_with_the_step_size(valley: Loss, drifting: Rule) -> None:
    """Everywhere below one constant times η, and four times smaller where η is ten times.

    In codimension 1 the constant is 0.3. With several directions to bounce in, the drift begins
    only when the bounce has turned into the steepest, and the constant is larger.
    """
    rate = measure_rate(valley, drifting, valley.start, 1.0, ETAS)
    assert np.all(rate.gaps < (0.3 if valley.codim == 1 else 8) * ETAS)
    assert rate.gaps[-8:].mean() < rate.gaps[:8].mean() / 4
    assert rate.slope > 0.4


@pytest.mark.parametrize(("loss_key", "rule_key", "start"), SLOPES)
def test_the_slope(loss_key: str, rule_key: str, start: tuple) -> None:
    """At least about 1 for NGD, whose gap jumps with the phase of the bounce, and 2 for √L."""
    rate = measure_rate(loss_key, rule_key, start, 1.0, ETAS)
    least, most = {"ngd": (0.7, 2.0), "sqrt-gd": (1.7, 2.4)}[rule_key]
    assert least < rate.slope < most
    low, high = rate.slope_interval
    assert low < rate.slope < high


def test_the_gap_is_that_of_the_run_at_tau() -> None:
    rate = measure_rate("hyperbola", "ngd", (2.0, 0.7), 1.0, [0.05, 0.03])
    for eta, gap in zip(rate.etas, rate.gaps, strict=True):
        run = dynamics.simulate("hyperbola", "ngd", (2.0, 0.7), eta, round(1 / eta**2))
        np.testing.assert_allclose(gap, dynamics.measure(run).gap[-1], rtol=1e-9)
        assert gap == gap_at("hyperbola", "ngd", (2.0, 0.7), 1.0, eta)
    assert np.all(np.isnan(rate.slope_interval))
    expected = np.log(rate.gaps[0] / rate.gaps[1]) / np.log(0.05 / 0.03)
    np.testing.assert_allclose(rate.slope, expected, rtol=1e-12)


def test_progress_is_reported_gap_by_gap() -> None:
    seen: list[tuple[int, int]] = []
    etas = [0.2, 0.15, 0.1]
    measure_rate("hyperbola", "ngd", (2.0, 0.7), 1.0, etas, progress=lambda *it: seen.append(it))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_slope_by_hand() -> None:
    """Gaps 3η^1.5 with the errors 1, −2, 1 on log axes leave the slope; its error is √6/√2."""
    etas = np.exp([-1.0, 0.0, 1.0])
    slope, (low, high) = fit_slope(etas, 3 * etas**1.5 * np.exp([0.1, -0.2, 0.1]))
    np.testing.assert_allclose(slope, 1.5, rtol=1e-12)
    quantile = 12.7062047364  # Student's t with one degree of freedom, 97.5 %
    half = quantile * 0.1 * np.sqrt(6 / 1) / np.sqrt(2)
    np.testing.assert_allclose([low, high], [1.5 - half, 1.5 + half], rtol=1e-9)


@pytest.mark.parametrize("gaps", [(1.0, 0.0, 2.0), (1.0, np.nan, 2.0), (1.0, np.inf, 2.0)])
def test_no_slope_without_gaps(gaps) -> None:
    slope, interval = fit_slope(np.array([0.1, 0.2, 0.3]), np.array(gaps))
    assert np.all(np.isnan([slope, *interval]))


def test_a_run_that_leaves_has_no_gap() -> None:
    rate = measure_rate("ring", "ngd", (2.0, 1.0), 20.0, [1.0, 0.5])
    assert np.isnan(rate.gaps[0])
    assert np.isnan(rate.slope)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tau": 0.0}, "tau must be a number above 0, got 0.0"),
        ({"rule": "gd"}, "rule must have a limiting flow (ngd, sqrt-gd), got gd"),
        ({"start": (1.0,)}, "start must have 2 numbers"),
        ({"eta": 0.0}, "eta must be a number above 0, got 0.0"),
        ({"eta": 1e-200}, "steps must be a whole number in 0 … 10000000, got 1000"),
        ({"eta": 3.125e-5}, "steps must be a whole number in 0 … 10000000, got 1024000000"),
    ],
)
def test_bad_input_for_one_gap(settings: dict, message: str) -> None:
    good = {"loss": "hyperbola", "rule": "ngd", "start": (2.0, 0.7), "tau": 1.0, "eta": 0.2}
    with pytest.raises(ValueError, match="must") as error:
        gap_at(**(good | settings))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tau": 0.0}, "tau must be a number above 0, got 0.0"),
        ({"tau": np.nan}, "tau must be a number above 0, got nan"),
        ({"rule": "gd"}, "rule must have a limiting flow (ngd, sqrt-gd), got gd"),
        ({"rule": "gradient-flow"}, "rule must have a limiting flow (ngd, sqrt-gd), got grad"),
        ({"etas": [0.1]}, "etas must hold two different step sizes or more, got 1"),
        ({"etas": [0.1, 0.1]}, "etas must hold two different step sizes or more, got 1"),
        ({"etas": [0.1, -0.1]}, "etas must be numbers above 0, got 0.1,-0.1"),
        ({"etas": [0.1, np.inf]}, "etas must be numbers above 0, got 0.1,inf"),
        ({"etas": [0.1, 3.125e-5]}, "steps must be a whole number in 0 … 10000000, got 1024000000"),
        ({"start": (1.0,)}, "start must have 2 numbers"),
        ({"loss": "hyperbole"}, "no loss called 'hyperbole'. Did you mean 'hyperbola'?"),
    ],
)
def test_bad_input_is_answered_with_what_must_hold(settings: dict, message: str) -> None:
    good = {"loss": "hyperbola", "rule": "ngd", "start": (2.0, 0.7), "tau": 1.0, "etas": [0.2, 0.1]}
    with pytest.raises(ValueError, match=r"must|no ") as error:
        measure_rate(**(good | settings))
    assert str(error.value).startswith(message)
