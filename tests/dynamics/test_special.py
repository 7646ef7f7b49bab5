"""Wright's ω against its equation and against SciPy."""

import numpy as np
import pytest
from scipy.special import wrightomega

from dynamics.special import wright_omega


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
