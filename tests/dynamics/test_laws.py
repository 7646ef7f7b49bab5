"""The theorems of theory.md, sections 4, 5 and 8, on runs.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
[ZWWZG22] Zhu, Wang, Wang, Zhou, Ge, arXiv 2210.03294.
"""

import math

import jax
import numpy as np
import pytest

import dynamics
from dynamics import Loss, Outcome, Rule, measure, measure_extras, quadratic, simulate
from dynamics.rate import measure_rate

LAST = slice(-200, None)  # rows of a run that has long been at the edge
CROSSING = dynamics.LOSSES["crossing"]
CROSSING_ETAS = np.array([0.04, 0.02, 0.01, 0.005])


# At these slow times both rules are before, or long past, the crossing of the default start.
BEFORE, AFTER = 1.6, 5.0


def test_the_theorem_holds_up_to_the_crossing(drifting: Rule) -> None:
    rate = measure_rate(CROSSING, drifting, CROSSING.start, BEFORE, CROSSING_ETAS)
    assert rate.slope > 0.8
    assert np.all(rate.gaps < CROSSING_ETAS)


def test_the_theorem_fails_after_the_crossing(drifting: Rule) -> None:
    """There the gap does not shrink with η. The run drifts on as if λ₁ were eˣ: z, which has shrunk
    to nothing, does not grow back however steep its wall is by comparison."""
    rate = measure_rate(CROSSING, drifting, CROSSING.start, AFTER, CROSSING_ETAS)
    x = CROSSING.start[0] - 0.25 * CROSSING.start[1] ** 2
    past = x - AFTER / 4 if drifting.key == "ngd" else -np.log(np.exp(-x) + AFTER / 8)
    np.testing.assert_allclose(rate.gaps, np.log(2) - past, atol=2 * CROSSING_ETAS[0])
    assert abs(rate.slope) < 0.1
    assert np.all(rate.gaps > 0.2)


def test_the_laws_hold_up_to_the_crossing_and_fail_after(drifting: Rule) -> None:
    """With λ₁ = 2 of the theorem they fail; with eˣ, of the walls that the run knows, they hold."""
    eta = 0.01
    run = simulate(CROSSING, drifting, None, eta, round(AFTER / eta**2))
    found = measure(run)
    before = (found.tau > 0.5) & (found.tau < BEFORE)
    after = found.tau > AFTER - 0.2
    steep = np.exp(found.projection[:, 0])
    for column in (found.stableness_pair, found.sqrt_loss_pair):
        np.testing.assert_allclose(column[before], 1, atol=10 * eta)
        assert np.all(np.abs(column[after] - 1) > 0.1)
    np.testing.assert_allclose(found.projection_sharpness[after], 2, rtol=1e-12)
    np.testing.assert_allclose(
        found.threshold_mean[before | after] / steep[before | after], 1, atol=10 * eta
    )


def test_a_little_noise_finds_the_steeper_wall(drifting: Rule) -> None:
    """Trap 6: with something of z left to grow, the run turns and stays near the crossing, and the
    laws hold again, though no theorem says so."""
    eta = 0.005
    run = simulate(CROSSING, drifting, None, eta, round(AFTER / eta**2), noise=1e-9, seed=1)
    found = measure(run)
    assert found.gap[-1] < 10 * eta
    np.testing.assert_allclose(found.stableness_pair[LAST], 1, atol=10 * eta)


def test_one_of_two_stablenesses_is_at_least_2(drifting: Rule) -> None:
    """[ALP22]: with the supremum along the step, 1/S + 1/S' is at most 1."""
    run = simulate("hyperbola", drifting, None, 0.005, 80_000)
    s = measure_extras(run).stableness[LAST]
    assert np.all(np.maximum(s[0::2], s[1::2]) > 2 - 0.05)
    assert np.all(1 / s[0::2] + 1 / s[1::2] < 1.05)


def test_gd_settles_a_little_below_the_threshold() -> None:
    """Where it crosses ηλ₁ = 2 it bounces to flatter minima."""
    eta = 0.34
    run = simulate("hyperbola", "gd", (2.5, 0.41), eta, 20_000)
    found = measure(run)
    assert found.projection_sharpness[0] > 1.05 * 2 / eta
    assert run.outcome is Outcome.AT_MINIMISER
    assert 0.85 * 2 / eta < found.projection_sharpness[-1] < 0.95 * 2 / eta
    np.testing.assert_allclose(found.threshold, 2 / eta, rtol=1e-14)


def test_gd_on_the_quartic_is_gd_on_four_factors_at_twice_the_step() -> None:
    """Trap 7: from z = x, w = y, step by step."""
    eta, (x, y) = 0.15, (2.6, 0.42)
    four = simulate("product-4", "gd", (x, y, x, y), eta, 400)
    two = simulate("quartic-hyperbola", "gd", (x, y), eta / 2, 400)
    assert measure(four).sharpness[0] > 1.05 * 2 / eta
    np.testing.assert_allclose(four.x[:, :2], two.x, rtol=1e-9)
    np.testing.assert_allclose(four.x[:, 2:], four.x[:, :2], rtol=1e-9)


@pytest.mark.parametrize("above", [1.02, 1.2, 1.4])
@pytest.mark.parametrize("eta", [0.1, 0.05])
def test_the_minimalist_example_ends_just_below_the_threshold(eta: float, above: float) -> None:
    """From however sharp a minimum, GD comes to rest where 2(x² + y²), the sharpness in four
    dimensions, is below 2/η by about ½η; [ZWWZG22] prove O(η)."""
    x = above / np.sqrt(eta)
    run = simulate("quartic-hyperbola", "gd", (x, 1.01 / x), eta / 2, 200_000)
    assert run.outcome is Outcome.AT_MINIMISER
    sharp = 2 * np.sum(run.x[[0, -1]] ** 2, axis=1)
    assert sharp[0] > 1.04 * 2 / eta
    assert 0.4 * eta < 2 / eta - sharp[1] < 0.5 * eta
    np.testing.assert_allclose(measure(run).projection_sharpness[-1], 2 * sharp[1], rtol=1e-9)


def test_self_stabilization() -> None:
    """GD sharpens progressively, passes 2/η, is pushed back below it, and settles about it."""
    eta = 0.5
    run = simulate("self-stabilization", "gd", None, eta, 3000)
    x, y, _ = run.x.T
    sharp, threshold = 1 + y, 2 / eta
    above = int(np.argmax(sharp > threshold))
    assert above > 20
    assert sharp[0] < 0.8 * threshold
    assert np.all(np.diff(sharp[:above]) > 0)
    assert np.abs(x[above]) < 1e-3  # nothing holds it yet
    pushed = above + int(np.argmax(sharp[above:] < threshold))
    assert sharp[above:pushed].max() > 1.1 * threshold
    assert np.abs(x[above:pushed]).max() > 0.5
    assert np.all(np.diff(sharp[above : above + 5]) > 0)
    assert sharp[pushed:].min() < 0.95 * threshold
    sides = np.sign(sharp[pushed:] - threshold)
    assert np.sum(sides[1:] != sides[:-1]) > 20
    np.testing.assert_allclose(sharp[-200:].mean(), threshold, rtol=1e-3)
    assert run.outcome is Outcome.REACHED


def test_gradient_flow_does_not_stabilize_itself() -> None:
    """It ends at the one minimiser, as sharp as that is; so does GD where 2/η is above."""
    for rule, eta in (("gradient-flow", 0.5), ("gd", 0.35)):
        run = simulate("self-stabilization", rule, None, eta, 3000)
        np.testing.assert_allclose(run.x[-1], [0, 4, 4], atol=1e-9)


# Section 5: the warm-up on ½xᵀAx.

BOWL = dynamics.LOSSES["quadratic-3"]
SPECTRUM = np.array([4.0, 2.5, 1.0])


def random_bowls() -> list[Loss]:
    """½xᵀAx with eigenvalues between ⅓ and 3 in 2, 3 and 5 dimensions, in turned axes."""
    random, bowls = np.random.default_rng(7), []
    for i, d in enumerate((2, 2, 3, 3, 5, 5)):
        axes, _ = np.linalg.qr(random.normal(size=(d, d)))
        spectrum = np.exp(random.uniform(-1.1, 1.1, d))
        bowls.append(quadratic((axes * spectrum) @ axes.T, f"bowl-{i}"))
    return bowls


BOWLS = random_bowls()


@pytest.fixture(params=BOWLS, ids=lambda loss: loss.key)
def bowl(request: pytest.FixtureRequest) -> Loss:
    """A bowl of random A."""
    return request.param


def spectrum_of(loss: Loss) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues of A, descending [d], and eigenvectors [d, d] in columns."""
    values, vectors = np.linalg.eigh(np.asarray(jax.hessian(loss.value)(np.zeros(loss.d))))
    return values[::-1], vectors[:, ::-1]


def along_axes(run: dynamics.Run) -> np.ndarray:
    """⟨v_i, x̃_t⟩: Ax/η for NGD, (2A)^½x/η for √L, [t, d]."""
    values, vectors = spectrum_of(run.loss)
    scale = values if run.rule.key == "ngd" else np.sqrt(2 * values)
    return run.x @ vectors * scale / run.eta


def test_random_bowls_obey_the_warm_up(bowl: Loss, drifting: Rule) -> None:
    """[ALP22, section 3]: one map for both rules, invariant sets, alignment, a 2-cycle as wide as
    λ₁ and stable."""
    values, _ = spectrum_of(bowl)
    start = np.random.default_rng(3).normal(size=bowl.d)
    scaled = along_axes(simulate(bowl, drifting, start, 0.02, 3000))
    here, norm = scaled[:-1], np.linalg.norm(scaled[:-1], axis=1, keepdims=True)
    np.testing.assert_allclose(scaled[1:], here - values * here / norm, atol=1e-9)
    tails = np.sqrt(np.cumsum(scaled[:, ::-1] ** 2, axis=1))[:, ::-1]
    inside = tails <= values * (1 + 1e-12)
    assert np.all(inside[-1])
    assert np.all(inside[1:] >= inside[:-1])
    small = np.all(inside, axis=1) & (norm_of(scaled) <= values[0] / 2)
    rows = np.flatnonzero(small[:-2])
    top = np.abs(scaled[:, 0])
    assert rows.size > 100
    assert np.all(top[rows + 2] >= top[rows] * (1 - 1e-12))
    np.testing.assert_allclose(top[-1] + top[-2], values[0], rtol=1e-6)
    np.testing.assert_allclose(scaled[-2:, 1:], 0, atol=1e-6 * values[0])
    share = top[-1] / values[0]
    assert np.all(values[1:] * (values[0] - values[1:]) <= 2 * share * (1 - share) * values[0] ** 2)


@pytest.mark.parametrize("share", [0.5, 0.3, 0.1, 0.03])
def test_the_2_cycle_is_stable_as_its_multipliers_say(
    bowl: Loss, drifting: Rule, share: float
) -> None:
    """1 − ρ(1−ρ)/(C(1−C)) of each direction in two steps, whether it grows or shrinks."""
    values, vectors = spectrum_of(bowl)
    begin = np.full(bowl.d, 1e-7)
    begin[0] = share * values[0]
    eta, scale = 0.02, values if drifting.key == "ngd" else np.sqrt(2 * values)
    run = simulate(bowl, drifting, vectors @ (begin * eta / scale), eta, 2)
    ratio = values[1:] / values[0]
    expected = 1 - ratio * (1 - ratio) / (share * (1 - share))
    found = along_axes(run)
    np.testing.assert_allclose(found[2, 1:] / found[0, 1:], expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found[2, 0], begin[0], rtol=1e-9)


def norm_of(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors, axis=1)


@pytest.fixture(params=["ngd", "sqrt-gd"])
def scaled(request: pytest.FixtureRequest) -> np.ndarray:
    """x̃ along a run on a bowl in three dimensions: Ax/η for NGD, (2A)^½x/η for √L, [t, 3]."""
    eta = 0.01
    run = simulate(BOWL, request.param, (0.3, -0.4, 0.5), eta, 600, record="all")
    return run.x * (SPECTRUM if request.param == "ngd" else np.sqrt(2 * SPECTRUM)) / eta


def test_both_rules_become_one(scaled: np.ndarray) -> None:
    """x̃' = x̃ − Ax̃/‖x̃‖."""
    here, there = scaled[:-1], scaled[1:]
    norm = np.linalg.norm(here, axis=1, keepdims=True)
    np.testing.assert_allclose(there, here - SPECTRUM * here / norm, atol=1e-11)


def test_it_ends_in_a_2_cycle_along_the_top_direction(scaled: np.ndarray) -> None:
    """C s λ₁ and −(1−C) s λ₁: the two sides add up to λ₁."""
    one, two = scaled[-2], scaled[-1]
    assert one[0] * two[0] < 0
    np.testing.assert_allclose(abs(one[0]) + abs(two[0]), 4.0, rtol=1e-12)
    np.testing.assert_allclose([one[1:], two[1:]], 0, atol=1e-9)
    np.testing.assert_allclose(scaled[-4:-2], scaled[-2:], atol=1e-9)


def test_invariant_sets_are_entered_and_never_left(scaled: np.ndarray) -> None:
    """I_j = {√(Σ_{i≥j} x̃ᵢ²) ≤ λ_j}."""
    for j, eigenvalue in enumerate(SPECTRUM):
        inside = np.linalg.norm(scaled[:, j:], axis=1) <= eigenvalue
        first = int(np.argmax(inside))
        assert not inside[0]
        assert np.all(inside[first:])
        assert inside[-1]


def test_alignment_grows_every_other_step(scaled: np.ndarray) -> None:
    """Inside every I_j, where ‖x̃_t‖ ≤ λ₁/2."""
    tails = [np.linalg.norm(scaled[:, j:], axis=1) <= l for j, l in enumerate(SPECTRUM)]
    small = np.all(tails, axis=0) & (np.linalg.norm(scaled, axis=1) <= 2.0)
    rows = np.flatnonzero(small[:-2])
    assert rows.size > 100
    top = np.abs(scaled[:, 0])
    assert np.all(top[rows + 2] >= top[rows] * (1 - 1e-12))
    assert top[rows[-1]] > 1.5 * top[rows[0]] or top[rows[0]] > 1


def test_the_transverse_multiplier_of_the_2_cycle(drifting: Rule) -> None:
    """1 − ρ(1−ρ)/(C(1−C)) in two steps, ρ = λ₂/λ₁ = 1/3."""
    run = simulate("quadratic", drifting, (0.6, 1.3), 0.1, 400, record="all")
    y = run.x[:, 1]
    top = np.abs(run.x[-2:, 0])
    c = top[0] / top.sum()
    expected = 1 - (1 / 3) * (2 / 3) / (c * (1 - c))
    np.testing.assert_allclose(y[302] / y[300], expected, rtol=1e-6)


# Section 8: numbers to meet.

REFERENCE = {
    "ngd": (1.55393, {0.1: 1.55698, 0.05: 1.55471, 0.025: 1.55414, 0.0125: 1.55399}),
    "sqrt-gd": (1.20211, {0.1: 1.20369, 0.05: 1.20252, 0.025: 1.20222, 0.0125: 1.20214}),
}


@pytest.mark.parametrize("key", REFERENCE)
def test_reference_numbers(key: str) -> None:
    """`parabolic-valley` from (2, 0.3) at τ = 2.

    The table of theory.md is of Φ(x_{T−1}), T = τ/η²: the plain loop below gives the same numbers
    there, and others at T. Both rows are held, so that nobody puts either right by mistake.
    """
    end, table = REFERENCE[key]
    for eta, expected in table.items():
        steps = round(2 / eta**2)
        run = simulate("parabolic-valley", key, (2.0, 0.3), eta, steps)
        found = measure(run)
        before, last = found.projection[-2:, 0]
        assert found.step[-1] == steps
        np.testing.assert_allclose(before, expected, atol=6e-6)
        path = plain_loop(key, 2.0, 0.3, eta, steps)
        np.testing.assert_allclose(last, plain_projection(*path[-1]), rtol=1e-9)
        np.testing.assert_allclose(before, plain_projection(*path[-2]), rtol=1e-9)
        np.testing.assert_allclose(found.flow[-1], [end, 0], atol=6e-6)


FIGURE_1 = {
    "sqrt-gd": (0.5, (14.7, 3.0), 12, [(13.203, -4.367), (11.026, 2.254), (9.904, -3.282)]),
    "ngd": (5.0, (14.7, -3.0), 10, []),
}


@pytest.mark.parametrize("key", FIGURE_1)
def test_figure_1_of_the_paper(key: str) -> None:
    """Its loss has no ½, which doubles L and ∇L."""
    eta, start, points, expected = FIGURE_1[key]
    run = simulate("paper-valley", key, start, eta, points - 1)
    path = plain_loop(key, *start, eta, points - 1, scale=1.0)
    assert run.x.shape == (points, 2)
    np.testing.assert_allclose(run.x, path, rtol=1e-12)
    first = run.x[1 : 1 + len(expected)]
    np.testing.assert_allclose(first, np.reshape(expected, (-1, 2)), atol=5e-4)


def plain_loop(key: str, x: float, y: float, eta: float, steps: int, scale: float = 0.5) -> list:
    """scale · (1 + x²)y² in Python's floats."""
    path = [(x, y)]
    for _ in range(steps):
        g, h = 2 * scale * x * y * y, 2 * scale * (1 + x * x) * y
        loss = scale * (1 + x * x) * y * y
        step = eta / math.hypot(g, h) if key == "ngd" else eta / (2 * math.sqrt(loss))
        x, y = x - step * g, y - step * h
        path.append((x, y))
    return path


def plain_projection(x: float, y: float) -> float:
    """X with X² + ln X² = x² + ln x² − y², by bisection."""
    target = x * x + math.log(x * x) - y * y
    low, high = 1e-9, 2 * x * x + 1
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if middle + math.log(middle) < target else (low, middle)
    return math.sqrt(low)


@pytest.mark.parametrize(
    ("key", "eta"), [("hyperbola", 0.3), ("parabolic-valley", 0.7), ("ellipse", 1.2)]
)
def test_gd_rests_nowhere_on_the_part_of_the_valley_that_is_shut(key: str, eta: float) -> None:
    """Of runs from all over the view those that come to rest do so where λ₁ ≤ 2/η, though gradient
    flow from the same starts ends above it too."""
    loss = dynamics.LOSSES[key]
    draw = np.random.default_rng(1)
    low, high = np.array(loss.view).T
    ends, feet = [], []
    for _ in range(60):
        run = simulate(loss, "gd", tuple(draw.uniform(low, high)), eta, 3000)
        if run.outcome is Outcome.AT_MINIMISER:
            ends.append(run.x[-1])
            feet.append(measure(run).projection[0])
    assert len(ends) >= 10
    tops, flowed = (
        np.array([np.linalg.eigvalsh(jax.hessian(loss.value)(x))[-1] for x in points])
        for points in (ends, feet)
    )
    assert np.all(eta * tops <= 2 + 1e-6)
    assert np.any(eta * flowed > 2.05)
