"""Why a run drifts: of a hop and the hop back, what is across the valley and what is along it.

    x_{t+1} − x_t = a_t v₁ + b_t u,    x_{t+2} − x_{t+1} = a_{t+1} v₁ + b_{t+1} u

with v₁ and u, the way of the drift, at Φ(x_t). Across the valley the two cancel, along it they add
up, and half of their sum is the drift of a step:

    ½ (b_t + b_{t+1}) = η² ‖dX/dτ‖ + O(η³)

at the edge. (Φ moves by η² dX/dτ a step, and x − Φ, which is not along Γ, comes back to where it
was to O(η³) for NGD. For GD on √L it does so along Γ; across it a_t + a_{t+1} is O(η²) where the
walls are uneven, the sweep of the lopsided bounce.)
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np

from dynamics.compilation import at_once
from dynamics.curvature import normal_space, sharpness_gradient, tangential
from dynamics.projection import projection
from dynamics.simulate import Run, offset_of, window
from dynamics.types import Array, Flow, Loss, Scalar

# Of a point's size: a way that is shorter than this is rounding.
NOTHING = 1e-12


class Nudge(NamedTuple):
    """Two steps of a run in a row and the drift that they leave."""

    at: int
    """t, the first of them."""
    x: np.ndarray
    """x_t, x_{t+1} and x_{t+2}, [3, d]."""
    foot: np.ndarray
    """Φ(x_t), [d]."""
    across: np.ndarray
    """v₁ there, [d], on the side of x_t."""
    along: np.ndarray
    """u, [d]: the way of the drift there; at a flattest point that of the two steps."""
    hops: np.ndarray
    """a_t and a_{t+1}, [2]."""
    drifts: np.ndarray
    """b_t and b_{t+1}, [2]."""
    left: float
    """½ (b_t + b_{t+1})."""
    law: float
    """η² ‖dX/dτ‖ at Φ(x_t)."""


def nudge(run: Run, at: int) -> Nudge:
    """What the steps at and after t = `at` leave.

    Raises:
        ValueError: the rule has no limiting flow, Γ is a point, or the run ends before both.
    """
    for piece in run.pieces:
        begin = offset_of(piece)
        if begin <= at and at + 2 <= begin + int(piece.step[-1]):
            return nudge(piece, at - begin)._replace(at=at)
    if not run.rule.drifts:
        raise ValueError(f"{run.rule.name} has no theorem of its drift.")
    if run.loss.codim == run.loss.d:
        raise ValueError(f"Γ of {run.loss.key} is a point: there is nowhere to drift.")
    last = int(run.step[-1])
    if at + 2 > last:
        raise ValueError(f"A hop and the hop back from step {at} end after the run, at {last}.")
    x = window(run, at, 3).x
    found = _split(run.loss, run.rule.flow_at(run.eta), x, run.eta)
    foot, across, along, hops, drifts, law = (np.asarray(part) for part in found)
    return Nudge(at, x, foot, across, along, hops, drifts, float(drifts.mean()), float(law))


@at_once
def _split(loss: Loss, flow: Flow, x: Array, eta: Scalar):
    foot = projection(loss, x[0])
    values, vectors = normal_space(loss, foot)
    top = vectors[:, -1]
    across = jnp.where(top @ (x[0] - foot) < 0, -top, top)
    fall = -tangential(vectors, sharpness_gradient(loss, foot, top))
    moved = tangential(vectors, x[2] - x[0])
    least = NOTHING * jnp.linalg.norm(x[0])
    way = jnp.where(jnp.linalg.norm(fall) > least * values[-1], fall, moved)
    along = way / jnp.maximum(jnp.linalg.norm(way), 1e-300)
    steps = jnp.diff(x, axis=0)
    law = eta**2 * jnp.linalg.norm(flow.velocity(loss, foot))
    return foot, across, along, steps @ across, steps @ along, law
