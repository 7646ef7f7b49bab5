"""The quadratic warm-up of theory.md, section 5, and its invariant sets along any run."""

import numpy as np
import pytest

from dynamics import Rule, measure, simulate
from dynamics.warmup import held_from, invariant_sets


def test_the_sets_by_hand() -> None:
    """On ½(3x² + y²) with η = 1: I₁ is the disc of radius 3 around x̃ = 0, I₂ the strip |ỹ| ≤ 1."""
    starts = [(0.5, 0.9), (0.5, -1.1), (-0.9, 1.2), (1.1, 0.0), (-1.1, 3.0)]
    expected = [(True, True), (True, False), (True, False), (False, True), (False, False)]
    for (x, y), inside in zip(starts, expected, strict=True):
        found = invariant_sets(measure(simulate("quadratic", "ngd", (x, y), 1.0, 0)))
        np.testing.assert_allclose(found.distance, [[np.hypot(3 * x, y) - 3, abs(y) - 1]])
        np.testing.assert_array_equal(found.inside, [inside])


def test_rules_without_a_bounce_are_in_no_set() -> None:
    found = invariant_sets(measure(simulate("quadratic", "gd", None, 0.1, 5)))
    assert np.all(np.isnan(found.distance))
    assert not found.inside.any()


# The bowl, from so far out that the sets are entered between recorded rows; a valley.
RUNS = [
    ("quadratic", (1.5, 9.0), 0.003, 600_000, 12_000),
    ("quadratic", (3.0, 2.0), 0.01, 2000, 2000),
    ("hyperbola", (6.0, 4.0), 0.003, 600_000, 12_000),
    ("ellipse", None, 0.05, 3000, 3000),
]


@pytest.mark.parametrize(("key", "start", "eta", "steps", "enough"), RUNS)
def test_the_step_from_which_a_set_is_held_is_exact(
    key: str, start, eta: float, steps: int, enough: int, drifting: Rule
) -> None:
    run = simulate(key, drifting, start, eta, steps)
    full = measure(simulate(key, drifting, start, eta, enough, record="all"))
    expected = []
    for j in range(run.loss.codim):
        tail = np.linalg.norm(full.components[:, j:], axis=1) / full.spectrum[:, j]
        late = range(len(tail) - 5)
        expected.append(next(t for t in late if tail[t] <= 1 and np.all(tail[t : t + 12] <= 1.2)))
    assert held_from(run, measure(run)) == tuple(expected)
    assert min(expected) > 3


def test_a_set_that_is_never_entered() -> None:
    run = simulate("quadratic", "ngd", (5.0, 9.0), 0.01, 20)
    assert held_from(run, measure(run)) == (None, None)
