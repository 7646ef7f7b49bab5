"""Runs whose numbers are their own: each against a sweep of the one loss and the one rule."""

import numpy as np
import pytest

from dynamics import LOSSES, RULES, Sweep, sweep
from dynamics.formulas import formula
from dynamics.orbits import orbits

MAPS = [
    ("ring", "gd", {"k": (0.3, 1.6)}, {}),
    ("ring", "heavy-ball", {"k": (0.3, 1.6)}, {"beta": (0.1, 0.9)}),
    ("hyperbola", "heavy-ball", {}, {"beta": (0.0, 0.95)}),
    ("hyperbola", "sam", {}, {"rho": (0.01, 0.3)}),
    ("ring", "ngd", {"k": (0.3, 1.6)}, {}),
]
N = 12


def several(key: str) -> tuple[np.ndarray, np.ndarray]:
    """Starts [N, d] near that of a loss and η [N], from calm to wild."""
    random = np.random.default_rng(3)
    start = np.array(LOSSES[key].start)
    return start + random.uniform(-0.2, 0.2, (N, len(start))), np.geomspace(0.05, 6.0, N)


def spread(ranges: dict[str, tuple[float, float]]) -> dict[str, np.ndarray]:
    return {name: np.linspace(*ends, N) for name, ends in ranges.items()}


def alone(loss: str, rule: str, theta: dict, numbers: dict, start, eta) -> Sweep:
    one = LOSSES[loss].at(**theta) if theta else LOSSES[loss]
    return sweep(one, RULES[rule].at(**numbers), start[None], [eta], 400)


@pytest.mark.parametrize(("loss", "rule", "theta", "numbers"), MAPS)
def test_each_run_is_that_of_a_record_with_its_numbers(loss, rule, theta, numbers) -> None:
    starts, etas = several(loss)
    theta, numbers = spread(theta), spread(numbers)
    found = sweep(loss, rule, starts, etas, 400, theta=theta, numbers=numbers)
    assert len(set(found.outcome)) > 1 or rule == "ngd"
    for i in range(N):
        own = [{name: column[i] for name, column in part.items()} for part in (theta, numbers)]
        expected = alone(loss, rule, *own, starts[i], etas[i])
        assert (found.outcome[i], found.ended[i]) == (expected.outcome[0], expected.ended[0])
        np.testing.assert_allclose(found.sharpness[i], expected.sharpness[0], rtol=1e-6)


def test_orbits_have_their_own_numbers() -> None:
    starts, betas = np.tile([1.4, 1.0], (3, 1)), np.array([0.0, 0.3, 0.6])
    etas = np.full(3, 0.7)
    found = orbits("hyperbola", "heavy-ball", starts, etas, 300, 8, numbers={"beta": betas})
    for i, beta in enumerate(betas):
        rule = RULES["heavy-ball"].at(beta=beta)
        one = orbits("hyperbola", rule, starts[[i]], etas[[i]], 300, 8)
        np.testing.assert_allclose(found.x[i], one.x[0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.exponent[i], one.exponent[0], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("loss", "given", "words"),
    [
        ("ring", {"theta": {"k": [1.0, 2.0]}}, "k must be one for each of 1 runs, got [2]"),
        ("ring", {"theta": {"q": [1.0]}}, "no parameter 'q'"),
        ("ring", {"numbers": {"beta": [1.5]}}, "beta must be a number in 0 … 0.99"),
        ("ring", {"numbers": {"beta": [np.nan]}}, "beta must be finite"),
        (formula("(a x y - 1)^2; a = 1 in [0.5, 2]"), {"theta": {"a": [1.0]}}, "theta must be"),
    ],
)
def test_numbers_that_cannot_be(loss, given, words) -> None:
    with pytest.raises(ValueError, match=r"must|no ") as error:
        sweep(loss, "heavy-ball", [[1.5, 0.7]], [0.1], 50, **given)
    assert str(error.value).startswith(words)
