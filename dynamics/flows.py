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

# A limiting flow slower than this has arrived. Well above what the tolerance leaves of the motion:
# an explicit solver would otherwise follow its own rounding for as long as it is told to.
SETTLED = 1e-10

# Below this loss gradient flow is linear to 1e-14, and is continued in closed form.
ARRIVED = 1e-14

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

    def along(z: Array) -> Array:
        _, vectors = normal_space(loss, z)
        return drift(sharpness(loss, z), tangential(vectors, sharpness_gradient(loss, z)))

    def velocity(_: Array, z: Array, __: None) -> Array:
        return along(z) + RETRACTION_RATE * (newton_to_manifold(loss, z) - z)

    def settled(_: Array, z: Array, __: None, **___) -> Array:
        return jnp.max(jnp.abs(along(z))) < SETTLED

    return _integrate(velocity, settled, lambda end, _: end, x, tau)


@partial(jax.jit, static_argnames=("loss",))
def gradient_flow(loss: Loss, x: Array, times: Array) -> Array:
    """Gradient flow dx/ds = −∇L(x) from x [d] at `times` [k] (not decreasing, from 0): [k, d]."""

    def velocity(_: Array, z: Array, __: None) -> Array:
        return -gradient(loss, z)

    def arrived(_: Array, z: Array, __: None, **___) -> Array:
        return loss.value(z) < ARRIVED

    def onward(end: Array, time: Array) -> Array:
        values, vectors = normal_space(loss, end)
        floor = newton_to_manifold(loss, newton_to_manifold(loss, end))
        return floor + vectors @ (jnp.exp(-values * time) * (vectors.T @ (end - floor)))

    return _integrate(velocity, arrived, onward, x, times)


def _integrate(velocity, done, onward, x: Array, times: Array) -> Array:
    """Adaptive integration until `done`; from there on x(t) = onward(end, t − its time)."""
    end = jnp.maximum(times[-1], 1e-300)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        diffrax.Tsit5(),
        t0=0.0,
        t1=end,
        dt0=None,
        y0=x,
        saveat=diffrax.SaveAt(subs=[diffrax.SubSaveAt(ts=times), diffrax.SubSaveAt(t1=True)]),
        stepsize_controller=diffrax.PIDController(rtol=TOLERANCE, atol=TOLERANCE),
        event=diffrax.Event(done),
        max_steps=100_000,
        throw=False,
    )
    failed = ~diffrax.is_okay(solution.result)
    assert solution.ys is not None
    assert solution.ts is not None
    (points, ends), (_, since) = solution.ys, solution.ts
    later = jax.vmap(lambda time: onward(ends[0], time))(jnp.maximum(times - since[0], 0.0))
    return jnp.where(jnp.isfinite(points), points, jnp.where(failed, jnp.nan, later))
