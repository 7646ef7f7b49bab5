"""Gradient flow in time, and the limiting flows along Γ on the clock τ = η²t.

    NGD        dX/dτ = −¼ P⊥∇ log λ₁(X)
    GD on √L   dX/dτ = −⅛ P⊥∇ λ₁(X),      X(0) = Φ(x₀)   [ALP22, Phase II]

Valid for L ∈ C⁴ with ∇²L of rank `codim` on Γ and λ₁ > λ₂ along the flow.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from functools import partial

import diffrax
import jax
import jax.numpy as jnp

from dynamics.curvature import (
    gradient,
    newton_to_manifold,
    normal_space,
    sharpness,
    sharpness_gradient,
    tangential,
)
from dynamics.types import Array, Loss, Rule

TOLERANCE = 1e-11
SETTLED = 1e-13

# Pulls a numerical flow back to Γ at this rate per unit of τ, so that rounding and truncation do
# not pile up off the manifold. It is zero on Γ, so the flow itself is unchanged.
RETRACTION_RATE = 10.0


@partial(jax.jit, static_argnames=("loss", "rule"))
def limiting_flow(loss: Loss, rule: Rule, x: Array, tau: Array) -> Array:
    """X(τ) from X(0) = x on Γ.

    Args:
        x: [d], a point of Γ.
        tau: [k], not decreasing, from 0 on.

    Returns:
        [k, d]; NaN for rules that have no limiting flow.
    """
    if rule.drift is None:
        return jnp.full((tau.shape[0], loss.d), jnp.nan)
    if loss.codim == loss.d:
        return jnp.broadcast_to(x, (tau.shape[0], loss.d))
    if rule.key in loss.limiting_flows:
        return jax.vmap(partial(loss.limiting_flows[rule.key], x))(tau)
    return solve_limiting_flow(loss, rule, x, tau)


def solve_limiting_flow(loss: Loss, rule: Rule, x: Array, tau: Array) -> Array:
    """X(τ), [k, d], by the solver, whether or not the record has a closed form."""
    assert rule.drift is not None
    drift = rule.drift

    def velocity(_: Array, z: Array, __: None) -> Array:
        _, vectors = normal_space(loss, z)
        along = drift(sharpness(loss, z), tangential(vectors, sharpness_gradient(loss, z)))
        return along + RETRACTION_RATE * (newton_to_manifold(loss, z) - z)

    return _integrate(velocity, x, tau)


@partial(jax.jit, static_argnames=("loss",))
def gradient_flow(loss: Loss, x: Array, times: Array) -> Array:
    """Gradient flow dx/ds = −∇L(x) from x [d] at `times` [k] (not decreasing, from 0): [k, d]."""
    return _integrate(lambda _, z, __: -gradient(loss, z), x, times)


def _integrate(velocity, x: Array, times: Array) -> Array:
    """Adaptive integration; after the motion has settled the last point is repeated."""

    def settled(t, y, args, **_) -> Array:
        return jnp.max(jnp.abs(velocity(t, y, args))) < SETTLED

    end = jnp.maximum(times[-1], 1e-300)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        diffrax.Tsit5(),
        t0=0.0,
        t1=end,
        dt0=None,
        y0=x,
        saveat=diffrax.SaveAt(ts=times, t1=True),
        stepsize_controller=diffrax.PIDController(rtol=TOLERANCE, atol=TOLERANCE),
        event=diffrax.Event(settled),
        max_steps=100_000,
        throw=False,
    )
    failed = ~diffrax.is_okay(solution.result)
    assert solution.ys is not None
    points, last = solution.ys[:-1], solution.ys[-1]
    reached = jnp.isfinite(points)
    return jnp.where(reached, points, jnp.where(failed, jnp.nan, last))
