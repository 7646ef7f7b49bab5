"""Flows: gradient flow in time, and the limiting flows along Γ on the clock τ = η²t.

    gradient flow   dx/ds = −∇L(x)
    NGD             dX/dτ = −¼ P⊥∇ log λ₁(X)
    GD on √L        dX/dτ = −⅛ P⊥∇ λ₁(X),      X(0) = Φ(x₀)   [ALP22, Phase II]

Valid for L ∈ C⁴ with ∇²L of rank `codim` on Γ and λ₁ > λ₂ along the flow. Where λ₁ and λ₂ meet the
flow goes on if it can, as that of the larger of the two; if each of them drives it back into the
other it stops.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from dynamics.compilation import at_once, quickly
from dynamics.curvature import (
    gradient,
    has_rank,
    normal_space,
    onto_manifold,
    sharpness_gradient,
    tangential,
)
from dynamics.dormand_prince import solve
from dynamics.types import Array, Flow, Loss, Rule, Scalar, Theta

TOLERANCE = 1e-11

# A limiting flow slower than this has arrived. Well above what the tolerance leaves of the motion:
# an explicit solver would otherwise follow its own rounding for as long as it is told to.
SETTLED = 1e-10

# Of λ₁: where the gap λ₁ − λ₂ is less, they have met. A solver that is driven to and fro across the
# place comes much nearer.
GAP_CLOSED = 1e-8

MAX_STEPS = 20_000

# Below this loss gradient flow is linear to 1e-14, and is continued in closed form.
ARRIVED = 1e-14

# Pulls a numerical flow back to Γ at this rate per unit of τ, so that rounding and truncation do
# not pile up off the manifold. It is zero on Γ, so the flow itself is unchanged.
RETRACTION_RATE = 10.0

Drift = Callable[..., Array]
"""(λ₁ [], P⊥∇λ₁ [d]) -> dX/dτ [d]; of a flow that is parametrised also of its `theta`."""


@quickly
def limiting_flow(loss: Loss, rule: Rule, x: Array, tau: Array, eta: Scalar = 0.0) -> Array:
    """X(τ) from X(0) = x on Γ.

    Args:
        x: [d], a point of Γ.
        tau: [k], not decreasing, from 0 on; in the flow's own time where that is another.
        eta: η, of rules whose flow depends on it.

    Returns:
        [k, d]; NaN for rules that have no limiting flow, and where ∇²L at x has not rank `codim`.
    """
    return points_along(rule.flow_at(eta), loss, x, tau)


def points_along(flow: Flow | None, loss: Loss, x: Array, tau: Array) -> Array:
    """A flow from x [d], on Γ where it goes along that, at times [k]: [k, d], in closed form where
    the loss has one; NaN without a flow, and where ∇²L at x on Γ has not rank `codim`."""
    if flow is None:
        return jnp.full((len(tau), loss.d), jnp.nan)
    if flow.key in loss.limiting_flows:
        return jax.vmap(partial(loss.limiting_flows[flow.key], x))(tau)
    if not flow.on_manifold:
        return integrate(flow, loss, x, tau)
    begin = jnp.where(has_rank(loss, x), x, jnp.nan)
    if loss.codim == loss.d:
        return jnp.broadcast_to(begin, (len(tau), loss.d))
    return integrate(flow, loss, begin, tau)


@at_once
def gradient_flow(loss: Loss, x: Array, times: Array) -> Array:
    """Gradient flow dx/ds = −∇L(x) from x [d] at `times` [k] (not decreasing, from 0): [k, d]."""
    return integrate(GRADIENT_FLOW, loss, x, times)


def integrate(flow: Flow, loss: Loss, x: Array, times: Array) -> Array:
    """A flow from X(0) = x [d] at `times` [k] (not decreasing, from 0) by an adaptive solver,
    [k, d]; NaN from where the solver gives up."""
    solution = solve(
        partial(flow.velocity, loss),
        x,
        jnp.maximum(times[-1], 1e-300),
        times,
        stop=partial(flow.stop, loss),
        tolerance=TOLERANCE,
        max_steps=MAX_STEPS,
    )
    onward = partial(flow.onward, loss, solution.x)
    later = jax.vmap(onward)(jnp.maximum(times - solution.time, 0.0))
    past = jnp.where(solution.failed, jnp.nan, later)
    return jnp.where(jnp.isfinite(solution.points), solution.points, past)


def along_manifold(key: str, drift: Drift, **fields: Any) -> Flow:
    """The limiting flow on Γ of a drift.

    Args:
        fields: further fields of `Flow`.
    """

    def velocity(loss: Loss, x: Array, *theta: Theta) -> Array:
        values, vectors = normal_space(loss, x)
        rise = _rise(loss, x, vectors, -1)
        return drift(values[-1], rise, *theta) + retraction(loss, x, values, vectors)

    def stop(loss: Loss, x: Array, *theta: Theta) -> Array:
        values, vectors = normal_space(loss, x)
        first = _rise(loss, x, vectors, -1)
        rests = jnp.max(jnp.abs(drift(values[-1], first, *theta))) < SETTLED
        if loss.codim == 1:
            return rests
        met = values[-1] - values[-2] < GAP_CLOSED * values[-1]
        return rests | (met & _opposed(first, _rise(loss, x, vectors, -2)))

    return Flow(key, from_foot, velocity, stop, **fields)


def from_foot(loss: Loss, x: Array, foot: Array, *_: Theta) -> Array:
    """X(0) = Φ(x_0), of flows along Γ."""
    return foot


def from_start(loss: Loss, x: Array, foot: Array, *_: Theta) -> Array:
    """X(0) = x_0, of flows that begin where the run does."""
    return x


def retraction(loss: Loss, x: Array, values: Array, vectors: Array) -> Array:
    """Back to Γ from beside it, by the normal space at x, [d]; see RETRACTION_RATE."""
    return -RETRACTION_RATE * vectors @ (vectors.T @ gradient(loss, x) / values)


def ngd_drift(sharpness: Array, rise: Array) -> Array:
    """−¼ P⊥∇ log λ₁, [d]."""
    return -rise / (4 * sharpness)


def sqrt_gd_drift(sharpness: Array, rise: Array) -> Array:
    """−⅛ P⊥∇ λ₁, [d]."""
    return -rise / 8


def _rise(loss: Loss, x: Array, vectors: Array, i: int) -> Array:
    """P⊥∇λ of the i-th eigenvalue of the normal space at x, [d]."""
    return tangential(vectors, sharpness_gradient(loss, x, vectors[:, i]))


def _opposed(a: Array, b: Array) -> Array:
    """Whether a step down either of two slopes [d] leads back over where they meet.

    So it is where the shortest vector between a and b is neither.
    """
    return a @ b < jnp.minimum(a @ a, b @ b)


def linear_end(loss: Loss, end: Array, time: Array) -> Array:
    """Gradient flow a time after a point next to Γ, where it is linear."""
    values, vectors = normal_space(loss, end)
    floor = onto_manifold(loss, end)
    return floor + vectors @ (jnp.exp(-values * time) * (vectors.T @ (end - floor)))


NGD_FLOW = along_manifold("ngd", ngd_drift)
SQRT_GD_FLOW = along_manifold("sqrt-gd", sqrt_gd_drift)
GRADIENT_FLOW = Flow(
    key="gradient-flow",
    start=from_start,
    velocity=lambda loss, x: -gradient(loss, x),
    stop=lambda loss, x: loss.value(x) < ARRIVED,
    onward=linear_end,
    clock="eta",
    on_manifold=False,
)
