"""What of a loss is drawn whatever the run, against closed forms."""

import jax
import numpy as np

from dynamics import LOSSES, Loss
from dynamics.terrain import heights, whole_valley
from tests.catalogue import losses


@losses(lambda loss: loss.branches)
def test_the_range_of_the_valley_is_that_of_the_closed_form_in_view(loss: Loss) -> None:
    valley = whole_valley(loss)
    lows, highs = np.array(loss.view).T
    seen = np.concatenate([np.asarray(curve.x) for curve in valley.curves])
    seen = seen[((seen >= lows) & (seen <= highs)).all(axis=1)]
    assert loss.manifold_sharpness is not None
    values = jax.vmap(loss.manifold_sharpness)(seen)
    np.testing.assert_allclose(valley.sharpness_range, [values.min(), values.max()], rtol=1e-9)


@losses(lambda loss: not loss.branches)
def test_a_valley_that_is_no_curve_is_not_drawn(loss: Loss) -> None:
    valley = whole_valley(loss)
    assert (valley.curves, valley.sharpness_range) == ((), (1.0, 1.0))


def test_heights_fill_the_view_and_are_those_by_hand() -> None:
    """L = ½(1+x²)y²: ∇²L has trace 1 + x² + y² and determinant y²(1 + x²) − 4x²y²."""
    view = ((-1.0, 2.0), (-0.5, 1.5))
    found = heights(LOSSES["parabolic-valley"], view)
    rows, columns = found.root.shape
    x, y = np.meshgrid(np.linspace(-1, 2, columns), np.linspace(-0.5, 1.5, rows))
    np.testing.assert_allclose(found.root, np.sqrt(0.5 * (1 + x**2)) * np.abs(y), atol=1e-12)
    trace, determinant = 1 + x**2 + y**2, y**2 * (1 + x**2) - 4 * x**2 * y**2
    largest = trace / 2 + np.sqrt(trace**2 / 4 - determinant)
    np.testing.assert_allclose(found.sharpness, largest, rtol=1e-9)
