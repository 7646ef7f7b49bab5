"""The crowd against plain NumPy, which follows every run by itself; and laws of its own."""

from collections.abc import Callable

import numpy as np
import pytest

import dynamics
from dynamics import Fate
from dynamics.crowd import Region, crowd, lopsided_share, points_of, summary

GRID, STEPS = 9, 800
Point = np.ndarray


# ---- plain NumPy: losses, rules, feet and verdicts, of many points [n, 2] at once ----


def hyperbola(x: Point):
    r = 1 - x[:, 0] * x[:, 1]
    return 0.5 * r**2, -r[:, None] * x[:, ::-1], r


def parabolic(x: Point):
    wall = 1 + x[:, 0] ** 2
    slope = np.stack([x[:, 0] * x[:, 1] ** 2, wall * x[:, 1]], axis=1)
    return 0.5 * wall * x[:, 1] ** 2, slope, x[:, 1]


def ellipse(x: Point):
    r = 1 - 0.5 * x[:, 0] ** 2 - x[:, 1] ** 2
    return 0.25 * r**2, -0.5 * r[:, None] * x * (1.0, 2.0), r


def bisected(rises: Callable[[np.ndarray], np.ndarray], low: float, high: float, n: int):
    """The root in [low, high] of each of n rising functions."""
    low, high = np.full(n, low), np.full(n, high)
    for _ in range(200):
        middle = 0.5 * (low + high)
        above = rises(middle) > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return 0.5 * (low + high)


def below_hyperbola(x: Point) -> np.ndarray:
    """λ₁ = X² + Y² where XY = 1 and X² − Y² is kept."""
    return np.sqrt((x[:, 0] ** 2 - x[:, 1] ** 2) ** 2 + 4)


def below_parabolic(x: Point) -> np.ndarray:
    """λ₁ = 1 + X² where ln X² + X² = ln x² + x² − y²."""
    kept = np.log(x[:, 0] ** 2) + x[:, 0] ** 2 - x[:, 1] ** 2
    log = bisected(lambda u: u + np.exp(u) - kept, -60.0, 10.0, len(x))
    return 1 + np.exp(log)


def below_ellipse(x: Point) -> np.ndarray:
    """λ₁ = ½(X² + 4Y²) where the flow, (x e^{s/2}, y e^s), meets ½X² + Y² = 1."""
    half, whole = 0.5 * x[:, 0] ** 2, x[:, 1] ** 2
    s = bisected(lambda s: half * np.exp(s) + whole * np.exp(2 * s) - 1, -40.0, 40.0, len(x))
    return half * np.exp(s) + 2 * whole * np.exp(2 * s)


LOSSES = {
    "hyperbola": (hyperbola, below_hyperbola, Region((0.6, 0.5), (2.0, 1.5))),
    "parabolic-valley": (parabolic, below_parabolic, Region((0.8, 0.3), (2.2, 1.2), "disk")),
    "ellipse": (ellipse, below_ellipse, Region((0.3, 0.2), (1.3, 1.4), "annulus")),
}

# The length of a step, and √L of two steps at the edge, of η, L, ‖∇L‖ and λ₁.
RULES = {
    "gd": (lambda eta, value, size: eta, None),
    "ngd": (lambda eta, value, size: eta / size, lambda eta, top: eta * np.sqrt(top / 2)),
    "sqrt-gd": (
        lambda eta, value, size: eta / (2 * np.sqrt(value)),
        lambda eta, top: eta * top / 2,
    ),
}
ETAS = {
    "gd": (0.07, 0.2, 0.35, 0.6, 1.1, 2.4),
    "ngd": (0.01, 0.02, 0.05, 0.1),
    "sqrt-gd": (0.01, 0.02, 0.05, 0.1),
}


def path_of(loss: Callable, rule: Callable, x: Point, eta: float) -> np.ndarray:
    """All iterates, [t, n, 2]."""
    path = [x]
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            value, slope, _ = loss(path[-1])
            size = np.linalg.norm(slope, axis=1)
            step = np.broadcast_to(rule(eta, value, size), size.shape)[:, None] * slope
            path.append(path[-1] - np.where(size[:, None] > 0, step, 0 * slope))
    return np.array(path)


def at_the_edge(path: np.ndarray, roots: np.ndarray, law: np.ndarray | None) -> np.ndarray:
    """Whether each run is in a cycle of two or has √L of two steps as the law says, [n]: from its
    last 49 iterates [49, n, 2], as the docstring of `sweep` has it."""
    longest = np.max(np.linalg.norm(np.diff(path, axis=0)[-33:], axis=2), axis=0)

    def alike(p: int) -> np.ndarray:
        second = path[-33:] - 2 * path[-33 - p : -p] + path[-33 - 2 * p : -2 * p]
        return np.mean(np.linalg.norm(second, axis=2) <= 0.02 * longest, axis=0)

    smooth = alike(1) == 1
    if law is None:
        return ~smooth & (alike(2) == 1)
    lawful = np.all(np.abs(roots[1:] + roots[:-1] - law)[-33:] <= 0.2 * law, axis=0)
    return ~smooth & (lawful | (alike(2) >= 0.5))


def shrinks(path: np.ndarray) -> np.ndarray:
    """Whether steps [48, n, 2] shrink, to less than half by Aitken's limit of their thirds, [n]."""
    one, two, three = np.linalg.norm(np.diff(path, axis=0), axis=2).reshape(3, 16, -1).max(axis=1)
    return (
        (one > two)
        & (two > three)
        & (three - (three - two) ** 2 / (three - 2 * two + one) < three / 2)
    )


@pytest.mark.parametrize("key", LOSSES)
@pytest.mark.parametrize("rule", RULES)
def test_a_crowd_is_what_numpy_finds_run_by_run(key: str, rule: str) -> None:
    loss, below, region = LOSSES[key]
    step, law = RULES[rule]
    found = crowd(key, rule, region, GRID, ETAS[rule], STEPS)
    seen = summary(found)
    for k, eta in enumerate(ETAS[rule]):
        with np.errstate(all="ignore"):
            path = path_of(loss, step, found.starts, eta)
            left = ~np.all(np.isfinite(loss(path[-1])[0][:, None] + path[-1]), axis=1)
            sides = np.array([loss(x)[2] for x in path])
            crossed = np.any(sides[1:] * sides[:-1] < -1e-20, axis=0)
            tops = below(path[-1])
            roots = np.sqrt(np.array([loss(x)[0] for x in path[-34:]]))
            rests = (roots[-1] < 1e-10) | shrinks(path[-49:]) if law is None else left
            edge = at_the_edge(path[-49:], roots, law and law(eta, tops)) & ~left & ~rests
        assert seen.runs[k] == len(found.starts)
        assert round(seen.share_diverged[k] * seen.runs[k]) == left.sum()
        assert round(seen.share_crossed[k] * seen.runs[k]) == crossed.sum()
        assert round(seen.share_edge[k] * seen.runs[k]) == edge.sum(), eta
        expected = np.quantile(tops[~left], (0.25, 0.5, 0.75)) if not np.all(left) else np.nan
        told = (seen.quartiles[k, 0], seen.median_sharpness[k], seen.quartiles[k, 1])
        np.testing.assert_allclose(told, expected, rtol=1e-10)


# ---- regions ----


def test_starts_are_cell_centres_row_by_row() -> None:
    points, cells = points_of(Region((0.0, 10.0), (2.0, 14.0)), 2)
    assert points.tolist() == [[0.5, 11.0], [1.5, 11.0], [0.5, 13.0], [1.5, 13.0]]
    assert cells.tolist() == [0, 1, 2, 3]


def test_a_disk_and_an_annulus_have_their_share_of_the_cells() -> None:
    """π/4 of a square, and three quarters of that."""
    region, n = Region((-1.0, 3.0), (1.0, 7.0)), 200
    count = {kind: len(points_of(region._replace(kind=kind), n)[0]) for kind in ("disk", "annulus")}
    assert count["disk"] / n**2 == pytest.approx(np.pi / 4, rel=2e-3)
    assert count["annulus"] / n**2 == pytest.approx(3 * np.pi / 16, rel=2e-3)
    points, cells = points_of(region._replace(kind="annulus"), n)
    far = np.hypot(points[:, 0], (points[:, 1] - 5) / 2)
    assert 0.5 < far.min() < far.max() <= 1
    everywhere = points_of(region, n)[0]
    np.testing.assert_array_equal(points, everywhere[cells])


def test_coordinates_after_the_second_are_those_of_the_start() -> None:
    region = Region((1.0, 0.5), (2.0, 1.0))
    usual = crowd("product-3", "gd", region, 3, (0.05,), 10)
    given = crowd("product-3", "gd", region, 3, (0.05,), 10, start=(9.0, 9.0, 0.4))
    assert set(usual.starts[:, 2]) == {dynamics.LOSSES["product-3"].start[2]}
    assert set(given.starts[:, 2]) == {0.4}


@pytest.mark.parametrize(
    ("region", "n", "etas", "words"),
    [
        (Region((1.0, 0.0), (1.0, 1.0)), 5, (0.1,), "x0 < x1"),
        (Region((0.0, 0.0), (np.inf, 1.0)), 5, (0.1,), "finite"),
        (Region((0.0, 0.0), (1.0, 1.0), "star"), 5, (0.1,), "rectangle, disk, annulus"),
        (Region((0.0, 0.0), (1.0, 1.0)), 1, (0.1,), "grid must be in 2 … 400, got 1"),
        (Region((0.0, 0.0), (1.0, 1.0)), 5, (), "etas must hold"),
    ],
)
def test_what_is_no_crowd_is_refused(region: Region, n: int, etas: tuple, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        crowd("hyperbola", "gd", region, n, etas, 10)


# ---- what Γ has between its sides, and what the crowd says that a run cannot ----


def test_gd_crosses_where_its_step_is_longer_than_the_way_to_the_floor() -> None:
    """On ½(1 + x²)y² a step takes y to (1 − η(1 + x²))y: across where that is below 0."""
    region = Region((0.0, 0.001), (2.0, 0.002))
    found = crowd("parabolic-valley", "gd", region, 20, (0.3,), 400)
    sharp = 0.3 * (1 + found.starts[:, 0] ** 2)
    assert found.crossed is not None
    np.testing.assert_array_equal(found.crossed[0], sharp > 1)
    np.testing.assert_array_equal(found.outcome[0] == Fate.CROSSES, sharp > 1)
    np.testing.assert_array_equal(found.outcome[0] == Fate.CONVERGES, sharp <= 1)


def test_without_sides_nothing_is_said_of_crossing() -> None:
    found = crowd("two-curvatures", "gd", Region((1.0, 0.2), (2.0, 0.8)), 4, (0.3,), 400)
    assert found.crossed is None
    assert np.all(np.isnan(summary(found).share_crossed))


def test_a_formula_crosses_where_the_loss_of_the_same_values_does() -> None:
    """It does not say which side is which, and its gradients tell."""
    own, region = dynamics.formula("½(1 − x y)^2"), Region((1.4, 0.5), (1.9, 0.8))
    crossed = [
        crowd(loss, "gd", region, 12, (0.2, 0.35), 500).crossed for loss in (own, "hyperbola")
    ]
    np.testing.assert_array_equal(*crossed)
    assert 0 < np.mean(crossed[0]) < 1


@pytest.mark.parametrize(("key", "region"), [
    ("parabolic-valley", Region((1.2, 0.6), (2.0, 1.1))),
    ("hyperbola", Region((1.8, 0.6), (2.6, 1.1))),
])  # fmt: skip
def test_the_share_of_lopsided_bounces_is_that_of_the_phases(key: str, region: Region) -> None:
    """1 − √(λ_flat/λ₀), over all phases at which a run may land; 900 runs say it to a few
    hundredths, and a run that has drifted less has less of it."""
    etas = (0.004, 0.011, 0.02)
    found = crowd(key, "ngd", region, 30, etas, 20_000)
    told = lopsided_share(key, "ngd", found)
    np.testing.assert_allclose(told.measured, told.expected, atol=0.05)
    assert told.expected[0] < told.expected[1] - 0.01
    flat = dynamics.LOSSES[key].manifold_sharpness
    least = float(flat(np.array([0.0, 0.0] if key == "parabolic-valley" else [1.0, 1.0])))
    below = {"parabolic-valley": below_parabolic, "hyperbola": below_hyperbola}[key]
    by_hand = np.mean(1 - np.sqrt(least / below(found.starts)))
    assert told.expected[2] == pytest.approx(by_hand, abs=5e-3)


def test_only_ngd_keeps_its_lopsidedness_so() -> None:
    found = crowd("hyperbola", "gd", Region((1.0, 0.5), (2.0, 0.9)), 3, (0.1,), 10)
    with pytest.raises(ValueError, match="rule must be ngd"):
        lopsided_share("hyperbola", "gd", found)


def test_what_is_stopped_is_unknown() -> None:
    found = crowd(
        "hyperbola", "gd", Region((1.0, 0.5), (2.0, 0.9)), 3, (0.1,), 10, stop=lambda: True
    )
    assert set(found.outcome.ravel()) == {Fate.UNKNOWN}
    assert np.isnan(summary(found).median_sharpness[0])
