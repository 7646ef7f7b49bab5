"""Wright's ω against its equation and against SciPy; sums of squares against whole numbers."""

from fractions import Fraction

import jax
import numpy as np
import pytest
from scipy.special import wrightomega

from dynamics.special import sum_of_squares, wright_omega


@pytest.mark.parametrize(
    "z",
    [
        pytest.param(np.linspace(-5.0, 5.0, 4001), id="where the first guesses meet"),
        pytest.param(np.linspace(-650.0, -5.0, 1001), id="below"),
        pytest.param(np.geomspace(5.0, 1e300, 1001), id="above"),
    ],
)
def test_agrees_with_scipy(z: np.ndarray) -> None:
    np.testing.assert_allclose(wright_omega(z), wrightomega(z), rtol=4e-15)


def test_by_hand() -> None:
    # ω + ln ω = z at ω = 1, e and 1/e.
    z = np.array([1.0, np.e + 1, 1 / np.e - 1])
    np.testing.assert_allclose(wright_omega(z), [1.0, np.e, 1 / np.e], rtol=4e-16)


def test_far_below_it_is_the_exponential_and_zero_at_minus_infinity() -> None:
    z = np.array([-660.0, -700.0, -np.inf])
    np.testing.assert_array_equal(wright_omega(z), np.exp(z))


def test_squares_cancel_without_error_however_they_are_compiled() -> None:
    """Against rational numbers: an error of 1e-31 of what cancels, where 1e-16 would be usual."""
    random, compiled = np.random.default_rng(5), jax.jit(sum_of_squares)
    for digits in range(1, 17):
        plus = random.normal(size=3) * 10.0 ** random.integers(-8, 9)
        minus = np.append(np.linalg.norm(plus) * (1 + 10.0**-digits), plus[0] * 1e-9)
        exact = sum(Fraction(z) ** 2 for z in plus) - sum(Fraction(z) ** 2 for z in minus)
        for ask in (compiled, sum_of_squares):
            error = abs(Fraction(float(ask(plus, minus))) - exact)
            assert error <= Fraction(2e-16) * abs(exact) + Fraction(2e-31) * Fraction(plus @ plus)
