"""Bowls, ½xᵀAx: the warm-up, with a single minimiser instead of a valley."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from dynamics.lapack import eigvalsh
from dynamics.types import Array, Loss, Parameter, Scene, Theta

EIGENVALUES = (3.0, 1.0)
LEAST, MOST = 0.1, 10.0  # of an eigenvalue that a slider moves
DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def quadratic(
    matrix: Array, key: str = "quadratic", start: tuple[float, ...] = (), **words: Any
) -> Loss:
    """½xᵀAx as a record, to run and to measure like those of the catalogue.

    Bowls of as many parameters share every compiled program, those by eigenvalues with each other
    and those by a matrix.

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
    diagonal = a.ndim == 1
    shown: dict[str, Any] = {
        "valley": "the point 0",
        "sharpness_formula": f"λ₁ = {spectrum[-1]:g}",
    } | words
    return Loss(
        key=key,
        value=_diagonal_value if diagonal else _value,
        gradient=_diagonal_gradient if diagonal else _gradient,
        start=start or (1.0,) * len(a),
        manifold_sharpness=_diagonal_sharpness if diagonal else _sharpness,
        projection=_bottom,
        codim=len(a),
        parameters=_eigenvalues(a) if diagonal else (Parameter("A", a),),
        **shown,
    )


def _eigenvalues(a: np.ndarray) -> tuple[Parameter, ...]:
    """Each an own number, whose range holds its default."""
    return tuple(
        Parameter(
            name=f"a{i}",
            default=value,
            low=min(LEAST, value),
            high=max(MOST, value),
            symbol="a" + str(i).translate(DIGITS),
            words=f"curvature along coordinate {i}",
        )
        for i, value in enumerate(a.tolist(), start=1)
    )


def _spectrum(a: np.ndarray) -> np.ndarray:
    """The eigenvalues of A, ascending; ValueError where A is not symmetric."""
    if a.ndim != 2 or a.shape != a.T.shape or not np.allclose(a, a.T):
        raise ValueError(f"matrix must be symmetric, [d, d], got {list(a.shape)}")
    return np.linalg.eigvalsh(a)


def _value(x: Array, theta: Theta) -> Array:
    return 0.5 * x @ (theta["A"] @ x)


def _gradient(x: Array, theta: Theta) -> Array:
    return theta["A"] @ x


def _sharpness(x: Array, theta: Theta) -> Array:
    return eigvalsh(theta["A"])[-1] + 0 * x[0]


def _bottom(x: Array, _: Theta) -> Array:
    return jnp.zeros_like(x)


def _numbers(theta: Theta) -> list[Array]:
    return [theta[f"a{i}"] for i in range(1, len(theta) + 1)]


def _diagonal_value(x: Array, theta: Theta) -> Array:
    return 0.5 * sum(a * z * z for a, z in zip(_numbers(theta), x, strict=True))


def _diagonal_gradient(x: Array, theta: Theta) -> Array:
    """Ax by coordinates, which many runs at once need to be fast."""
    return jnp.stack([a * z for a, z in zip(_numbers(theta), x, strict=True)])


def _diagonal_sharpness(x: Array, theta: Theta) -> Array:
    return jnp.max(jnp.stack(_numbers(theta))) + 0 * x[0]


_LOOK_FOR = "The iterate turns into the steepest direction and ends on a 2-cycle along it."

QUADRATIC = quadratic(
    EIGENVALUES,
    start=(0.6, 1.3),
    name="Quadratic bowl",
    formula="L = ½ (a₁x² + a₂y²)",
    sharpness_formula="λ₁ = the greater of a₁, a₂",
    look_for=_LOOK_FOR,
    view=((-1.6, 1.6), (-1.3, 1.6)),
    horizon=3.0,
)

QUADRATIC_3 = quadratic(
    (4.0, 2.5, 1.0),
    key="quadratic-3",
    start=(0.3, -0.7, 1.1),
    name="Quadratic bowl in space",
    formula="L = ½ (a₁x² + a₂y² + a₃z²)",
    sharpness_formula="λ₁ = the greatest of a₁, a₂, a₃",
    look_for=_LOOK_FOR,
    view=((-1.2, 1.2), (-1.2, 1.2), (-1.2, 1.4)),
    horizon=3.0,
)

QUADRATIC_5 = quadratic(
    (5.0, 4.0, 3.0, 2.0, 1.0),
    key="quadratic-5",
    start=(0.2, -0.4, 0.6, -0.8, 1.0),
    name="Quadratic bowl, five parameters",
    formula="L = ½ Σ aᵢxᵢ²",
    sharpness_formula="λ₁ = the greatest aᵢ",
    look_for=_LOOK_FOR,
    view=((-1.2, 1.2),) * 5,
    horizon=3.0,
    scenes=(
        Scene("v₂ gives way to v₁", eta=0.05, start=(1e-9, -0.4, 0.6, -0.8, 1.0), steps=300),
        Scene("along v₂ for ever", eta=0.05, start=(0.0, -0.4, 0.6, -0.8, 1.0), steps=300),
    ),
    variables=("x₁", "x₂", "x₃", "x₄", "x₅"),
)
