"""Γ of a formula of three variables as a surface z(x, y), where it is one over most of a view.

At the points of a grid Newton's method in z alone goes from several heights to ∂L/∂z = 0; what is
on Γ there tells whether Γ is one sheet. Between the points the surface is their bilinear guess,
landed by Newton's method in z.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.continuation import Window
from dynamics.expressions import Expression, in_jax
from dynamics.jets import jet
from dynamics.types import Array, Theta

GRID = 31
HEIGHTS = 7  # from which Newton's method goes, in the view
STEPS = 12
SAME = 1e-6  # of the view: two heights that are one
COVERED = 0.6  # of the grid: a sheet
LANDING_STEPS = 4
LANDED = 1e-6  # of z: the last of these steps at most, where there is a height to land on

SHEET, SIDES = "_sheet", "_sheet_sides"
"""Names in `theta`: heights on the grid [j, i], and the sides of the grid [2, 2]."""


@dataclass(frozen=True)
class Surface:
    """z as a function of (x [], y [], theta); NaN where there is none."""

    tree: Expression

    def __call__(self, x: Array, y: Array, theta: Theta) -> Array:
        z = _between(x, y, jnp.asarray(theta[SHEET]), jnp.asarray(theta[SIDES]))

        def slope(z: Array) -> Array:
            return jax.grad(lambda z: in_jax(self.tree, (x, y, z), theta))(z)

        def land(_: int, state: tuple[Array, Array]) -> tuple[Array, Array]:
            z, _ = state
            rise, bend = jax.jvp(slope, (z,), (jnp.ones_like(z),))
            return z - rise / bend, jnp.abs(rise / bend)

        z, moved = jax.lax.fori_loop(0, LANDING_STEPS, land, (z, jnp.inf))
        return jnp.where(moved <= LANDED * (1 + jnp.abs(z)), z, jnp.nan)


def _between(x: Array, y: Array, heights: Array, sides: Array) -> Array:
    """The bilinear height at (x, y)."""
    along = (jnp.stack([x, y]) - sides[:, 0]) / (sides[:, 1] - sides[:, 0]) * (GRID - 1)
    corner = jnp.clip(jnp.floor(along).astype(int), 0, GRID - 2)
    u, v = along - corner
    i, j = corner
    low = heights[j, i] * (1 - u) + heights[j, i + 1] * u
    high = heights[j + 1, i] * (1 - u) + heights[j + 1, i + 1] * u
    return low * (1 - v) + high * v


def find_sheet(
    tree: Expression, theta: Theta, height: float, view: Window
) -> dict[str, np.ndarray] | None:
    """What `Surface` takes in `theta`; None where Γ is no sheet over x and y.

    Args:
        height: L on Γ is at most that.
    """
    (x, y), bounds = (np.linspace(*side, GRID) for side in view[:2]), view[2]
    start = np.linspace(*bounds, HEIGHTS)
    points = np.stack(np.meshgrid(start, y, x, indexing="ij")[::-1], axis=-1)
    z, on = _landed(tree, theta, points.reshape(-1, 3), height)
    size = bounds[1] - bounds[0]
    z, on = z.reshape(HEIGHTS, GRID, GRID), on.reshape(HEIGHTS, GRID, GRID)
    least = np.where(on, z, np.inf).min(axis=0)
    greatest = np.where(on, z, -np.inf).max(axis=0)
    found = on.any(axis=0)
    single = found & (greatest - least <= SAME * size)
    if found.mean() < COVERED or single.sum() < 0.99 * found.sum():
        return None
    return {SHEET: np.where(single, least, 0.0), SIDES: np.array(view[:2])}


def _landed(
    tree: Expression, theta: Theta, points: np.ndarray, height: float
) -> tuple[np.ndarray, np.ndarray]:
    """Heights where ∂L/∂z = 0 above points [n, 3], [n], and whether they are on Γ, [n]."""
    points = points.copy()
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            here = jet(tree, points, theta)
            points[:, 2] -= here.gradient[:, 2] / np.abs(here.hessian[:, 2, 2])
        here = jet(tree, points, theta)
    on = np.isfinite(points[:, 2]) & (here.value <= height) & (here.hessian[:, 2, 2] > 0)
    return points[:, 2], on
