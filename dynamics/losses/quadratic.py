"""Bowls, ½xᵀAx: the warm-up, with a single minimiser instead of a valley."""

from functools import partial

import jax.numpy as jnp
import numpy as np

from dynamics.types import Array, Loss

EIGENVALUES = (3.0, 1.0)


def quadratic(
    matrix: Array, key: str = "quadratic", start: tuple[float, ...] = (), **words
) -> Loss:
    """½xᵀAx as a record, to run and to measure like those of the catalogue.

    Args:
        matrix: A, symmetric and positive definite, [d, d]; or its eigenvalues, [d], if diagonal.
        key, start, words: fields of `Loss`; the start is (1, …, 1) when left out.

    Raises:
        ValueError: A is not symmetric and positive definite.
    """
    a = np.asarray(matrix, dtype=np.float64)
    spectrum = np.sort(a) if a.ndim == 1 else _spectrum(a)
    if spectrum.size == 0 or not np.all(spectrum > 0):
        raise ValueError(f"eigenvalues must be above 0, got {','.join(map(str, spectrum))}")
    top = float(spectrum[-1])
    return Loss(
        key=key,
        value=partial(_diagonal_value, a.tolist()) if a.ndim == 1 else lambda x: 0.5 * x @ (a @ x),
        gradient=partial(_diagonal, a.tolist()) if a.ndim == 1 else lambda x: a @ x,
        start=start or (1.0,) * len(a),
        manifold_sharpness=lambda x: top + 0 * x[0],
        projection=jnp.zeros_like,
        codim=len(a),
        valley="the point 0",
        sharpness_formula=f"λ₁ = {top:g}",
        **words,
    )


def _spectrum(a: np.ndarray) -> np.ndarray:
    """The eigenvalues of A, ascending; ValueError where A is not symmetric."""
    if a.ndim != 2 or a.shape != a.T.shape or not np.allclose(a, a.T):
        raise ValueError(f"matrix must be symmetric, [d, d], got {list(a.shape)}")
    return np.linalg.eigvalsh(a)


def _diagonal_value(eigenvalues: list[float], x: Array) -> Array:
    return 0.5 * sum(value * z * z for value, z in zip(eigenvalues, x, strict=True))


def _diagonal(eigenvalues: list[float], x: Array) -> Array:
    """Ax by coordinates, which many runs at once need to be fast."""
    return jnp.stack([value * z for value, z in zip(eigenvalues, x, strict=True)])


_LOOK_FOR = (
    "No valley to drift along: the iterate turns into the steepest direction and ends on a "
    "2-cycle along it."
)

QUADRATIC = quadratic(
    EIGENVALUES,
    start=(0.6, 1.3),
    name="Quadratic bowl",
    formula="L = ½ (3x² + y²)",
    look_for=_LOOK_FOR,
    view=((-1.6, 1.6), (-1.3, 1.6)),
    horizon=3.0,
)

QUADRATIC_3 = quadratic(
    (4.0, 2.5, 1.0),
    key="quadratic-3",
    start=(0.3, -0.7, 1.1),
    name="Quadratic bowl in space",
    formula="L = ½ (4x² + 2.5y² + z²)",
    look_for=_LOOK_FOR,
    view=((-1.2, 1.2), (-1.2, 1.2), (-1.2, 1.4)),
    horizon=3.0,
)

QUADRATIC_5 = quadratic(
    (5.0, 4.0, 3.0, 2.0, 1.0),
    key="quadratic-5",
    start=(0.2, -0.4, 0.6, -0.8, 1.0),
    name="Quadratic bowl, five parameters",
    formula="L = ½ Σ (6 − i) xᵢ²",
    look_for=_LOOK_FOR,
    view=((-1.2, 1.2),) * 5,
    horizon=3.0,
    variables=("x₁", "x₂", "x₃", "x₄", "x₅"),
)
