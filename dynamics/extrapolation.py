"""Extrapolation of n = 1 … 8 steps of a method whose error is a series in their length, as by
Deuflhard [Deu85].

[Deu85] Deuflhard, Recent progress in extrapolation methods for ODEs, SIAM Review 27, 1985.
"""

import numpy as np

ORDER = 8


def weights(first: int) -> np.ndarray:
    """What the ends of `first`, …, ORDER steps count for at length 0, by Lagrange's polynomials."""
    n = np.arange(first, ORDER + 1.0)
    ratios = n[:, None] / (n[:, None] - n + np.eye(len(n)))
    np.fill_diagonal(ratios, 1.0)
    return ratios.prod(axis=1)
