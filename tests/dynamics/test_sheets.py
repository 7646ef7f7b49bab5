"""Γ as a surface over x and y: of known formulas, and none where there are two sheets or none."""

import numpy as np
import pytest

import dynamics
from dynamics.terrain import GRID, sheet

# Formula, z and λ₁ on Γ.
SHEETS = {
    "½(z − xy)²": (lambda x, y: x * y, lambda x, y: 1 + x * x + y * y),
    "½(1+x²+2y²)z²": (lambda x, y: 0 * x, lambda x, y: 1 + x * x + 2 * y * y),
    "(tanh(z) − ½sin x)² + 0y": (lambda x, y: np.arctanh(np.sin(x) / 2), None),
}


@pytest.mark.parametrize("text", SHEETS)
def test_sheet(text: str) -> None:
    z, top = SHEETS[text]
    loss = dynamics.formula(text)
    found = sheet(loss)
    assert found is not None
    x, y = np.meshgrid(*(np.linspace(*side, GRID) for side in loss.view[:2]))
    np.testing.assert_allclose(found.root, z(x, y), atol=1e-9)
    if top:
        np.testing.assert_allclose(found.sharpness, top(x, y), rtol=1e-9)


@pytest.mark.parametrize(
    "text", ["(x²+y²+z²−1)²(1+x²)", "½((1+x²)y² + 0.4z²)", "(z² − 1 − x² − y²)²", "x²+y²+z²"]
)
def test_no_sheet(text: str) -> None:
    assert dynamics.formula(text).surface is None
