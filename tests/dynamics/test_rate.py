"""The tracking rate: fitted by hand, and measured against the theorem's O(η)."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import dynamics
from dynamics import Loss, Rule
from dynamics.rate import LANDINGS, cloud_at, fit_slope, measure_rate
from tests.catalogue import each_kind_of_valley

# From starts on the first wall, so that the way down does not hide the drift. Of NGD it is 1, as
# the theorem bounds it, where walls are uneven, and more where they are even; of √L it is 2.
SLOPES = [
    ("parabolic-valley", "ngd", (2.0, 0.3), 1.4),
    ("hyperbola", "ngd", (2.0, 0.7), 1.0),
    ("quartic-hyperbola", "ngd", (1.8, 0.7), 1.0),
    ("ring", "ngd", (0.8, 0.9), 1.0),
    ("parabolic-valley", "sqrt-gd", (2.0, 0.3), 1.92),
    ("hyperbola", "sqrt-gd", (2.0, 0.7), 2.0),
    ("ellipse", "sqrt-gd", (0.6, 1.2), 2.0),
    ("sine-valley", "sqrt-gd", (2.6, 0.8), 2.1),
]
FEW = np.geomspace(0.05, 0.004, 8)


@each_kind_of_valley
def test_the_gap_shrinks_with_the_step_size(valley: Loss, drifting: Rule) -> None:
    """Everywhere below one constant times η, and less than half where η is a ninth.

    In codimension 1 the constant is 0.3. With several directions to bounce in, the drift begins
    only when the bounce has turned into the steepest, and the constant is larger.
    """
    rate = measure_rate(valley, drifting, valley.start, 1.0, FEW[::2])
    assert np.all(rate.envelope < (0.3 if valley.codim == 1 else 8) * FEW[::2])
    assert rate.envelope[-1] < rate.envelope[0] / 2


@pytest.mark.parametrize(("loss_key", "rule_key", "start", "expected"), SLOPES)
def test_the_slope(loss_key: str, rule_key: str, start: tuple, expected: float) -> None:
    rate = measure_rate(loss_key, rule_key, start, 1.0, FEW)
    for slope, (low, high) in (
        (rate.slope, rate.slope_interval),
        (rate.envelope_slope, rate.envelope_slope_interval),
    ):
        assert abs(slope - expected) < (0.1 if expected == 1.4 else 0.03)
        assert low < slope < high
        assert high - low < 0.4


def test_a_cloud_by_hand() -> None:
    """Starts, runs, gaps and A in NumPy: gradient flow of ½(1 − xy)² keeps x² − y², and λ₁ is
    x² + y² on Γ, so NGD's flow is −¼⟨t, 2x⟩t/λ₁ with t along Γ."""
    eta, tau = 0.02, 0.5
    cloud = cloud_at("hyperbola", "ngd", (2.0, 0.7), tau, eta)
    assert len(cloud.gaps) == LANDINGS

    def slope(x: np.ndarray) -> np.ndarray:
        return (x[0] * x[1] - 1) * x[::-1]

    def foot(x: np.ndarray) -> np.ndarray:
        first = np.sqrt((d := x[0] ** 2 - x[1] ** 2) / 2 + np.hypot(d / 2, 1))
        return np.array([first, 1 / first])

    def drift(_: float, x: np.ndarray) -> np.ndarray:
        along = np.array([x[0], -x[1]]) / np.linalg.norm(x)
        return -(along @ (2 * x)) * along / (4 * x @ x)

    begin = np.array([2.0, 0.7])
    first = -eta * slope(begin) / np.linalg.norm(slope(begin))
    for i in (0, 7, 40):
        x = start = begin + i / LANDINGS * first
        for _ in range(round(tau / eta**2)):
            before, x = x, x - eta * slope(x) / np.linalg.norm(slope(x))
        flow = solve_ivp(drift, (0, tau), foot(start), rtol=1e-10, atol=1e-12).y[:, -1]
        np.testing.assert_allclose(cloud.gaps[i], np.linalg.norm(foot(x) - flow), rtol=1e-5)
        across = foot(x)[::-1] / np.linalg.norm(foot(x))
        s, r = across @ (before - foot(before)), across @ (x - foot(x))
        expected = (s + r) / (abs(s) + abs(r))
        np.testing.assert_allclose(cloud.lopsidedness[i], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("eta", "largest", "median"), [(0.02, 0.0220, 0.0112), (0.01, 0.0222, 0.0109)]
)
def test_the_cloud_of_a_product_of_three(eta: float, largest: float, median: float) -> None:
    """Checked apart: one run at η = 0.01 has 1.8e-4, at 0.02 4.1e-5, of 2.2e-4 and 4.4e-4."""
    cloud = cloud_at("product-3", "ngd", (1.9, 0.8, 0.7), 0.5, eta)
    np.testing.assert_allclose(cloud.envelope / eta, largest, atol=2e-4)
    np.testing.assert_allclose(cloud.median / eta, median, atol=2e-4)
    np.testing.assert_allclose(cloud.gaps[0], {0.02: 4.1e-5, 0.01: 1.8e-4}[eta], rtol=0.02)


@pytest.mark.parametrize(("eta", "largest"), [(0.02, 0.0136), (0.01, 0.0180)])
def test_starts_along_less_than_a_bounce_miss_the_largest_gaps(
    eta: float, largest: float, monkeypatch
) -> None:
    """The numbers of a cloud of NumPy's, along the first axis instead of the first step."""
    along = np.linspace(0, eta, LANDINGS, endpoint=False)[:, None] * np.eye(3)[0]
    monkeypatch.setattr("dynamics.rate._landings", lambda loss, rule, start, eta: start + along)
    cloud = cloud_at("product-3", "ngd", (1.9, 0.8, 0.7), 0.5, eta)
    np.testing.assert_allclose(cloud.envelope / eta, largest, atol=1e-4)
    assert np.abs(cloud.lopsidedness).max() < 0.85


def test_where_walls_are_uneven_the_gap_goes_with_lopsidedness() -> None:
    cloud = cloud_at("product-3", "ngd", (1.9, 0.8, 0.7), 0.5, 0.01)
    uneven = np.abs(cloud.lopsidedness)
    lopsided = uneven > 0.5
    assert 10 < lopsided.sum() < 54
    shares = cloud.gaps[lopsided] / (0.01 * uneven[lopsided])
    # One of them has just landed on Γ with every second iterate, where A is no longer free.
    assert np.mean(np.abs(shares - 0.0222) < 5e-4) > 0.9
    assert cloud.gaps[~lopsided].mean() < cloud.gaps[lopsided].mean() / 2


def test_the_first_of_a_cloud_is_the_run_from_the_start() -> None:
    rate = measure_rate("hyperbola", "ngd", (2.0, 0.7), 1.0, [0.05, 0.03])
    for eta, gaps, lopsided, gap, envelope in zip(
        rate.etas, rate.cloud_gaps, rate.cloud_lopsidedness, rate.gaps, rate.envelope, strict=True
    ):
        run = dynamics.simulate("hyperbola", "ngd", (2.0, 0.7), eta, round(1 / eta**2))
        measures = dynamics.measure(run)
        np.testing.assert_allclose(gaps[0], measures.gap[-1], rtol=1e-7)
        np.testing.assert_allclose(abs(lopsided[0]), abs(measures.lopsidedness[-1]), atol=1e-6)
        assert (gap, envelope) == (np.median(gaps), gaps.max())
    assert np.all(np.isnan(rate.slope_interval))
    expected = np.log(rate.gaps[0] / rate.gaps[1]) / np.log(0.05 / 0.03)
    np.testing.assert_allclose(rate.slope, expected, rtol=1e-12)


def test_a_cloud_that_is_stopped_has_no_gaps() -> None:
    cloud = cloud_at("hyperbola", "ngd", (2.0, 0.7), 1.0, 0.05, stop=lambda: True)
    assert np.isnan(cloud.gaps).all()
    assert np.isnan(cloud.median)


def test_a_run_of_no_steps_has_no_bounce() -> None:
    cloud = cloud_at("hyperbola", "ngd", (2.0, 0.7), 0.001, 0.1)
    np.testing.assert_allclose(cloud.gaps, 0, atol=1e-12)
    assert np.isnan(cloud.lopsidedness).all()


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
        (
            {"rule": "gd"},
            "rule must have a limiting flow (ngd, sqrt-gd, rmsprop, sam",
        ),
        ({"start": (1.0,)}, "start must have 2 numbers"),
        ({"eta": 0.0}, "eta must be a number above 0, got 0.0"),
        ({"eta": 1e-200}, "steps must be a whole number in 0 … 10000000, got 1000"),
        ({"eta": 3.125e-5}, "steps must be a whole number in 0 … 10000000, got 1024000000"),
    ],
)
def test_bad_input_for_one_gap(settings: dict, message: str) -> None:
    good = {"loss": "hyperbola", "rule": "ngd", "start": (2.0, 0.7), "tau": 1.0, "eta": 0.2}
    with pytest.raises(ValueError, match="must") as error:
        cloud_at(**(good | settings))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tau": 0.0}, "tau must be a number above 0, got 0.0"),
        ({"tau": np.nan}, "tau must be a number above 0, got nan"),
        (
            {"rule": "gd"},
            "rule must have a limiting flow (ngd, sqrt-gd, rmsprop, sam",
        ),
        (
            {"rule": "gradient-flow"},
            "rule must have a limiting flow (ngd, sqrt-gd, rmsprop, sam",
        ),
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
