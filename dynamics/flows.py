"""Gradient flow in time, and the limiting flows along Γ on the clock τ = η²t.

    NGD        dX/dτ = −¼ P⊥∇ log λ₁(X)
    GD on √L   dX/dτ = −⅛ P⊥∇ λ₁(X),      X(0) = Φ(x₀)   [ALP22, Phase II]

Valid for L ∈ C⁴ with ∇²L of rank `codim` on Γ and λ₁ > λ₂ along the flow. Where λ₁ and λ₂ meet the
flow goes on if it can, as that of the larger of the two; if each of them drives it back into the
other it stops.

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
    sharpness_gradient,
    tangential,
)
from dynamics.types import Array, Loss, Rule

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
        values, vectors = normal_space(loss, z)
        back = -vectors @ (vectors.T @ gradient(loss, z) / values)
        return drift(values[-1], _rise(loss, z, vectors, -1)) + RETRACTION_RATE * back

    def settled(_: Array, z: Array, __: None, **___) -> Array:
        values, vectors = normal_space(loss, z)
        first = _rise(loss, z, vectors, -1)
        rests = jnp.max(jnp.abs(drift(values[-1], first))) < SETTLED
        if loss.codim == 1:
            return rests
        met = values[-1] - values[-2] < GAP_CLOSED * values[-1]
        return rests | (met & _opposed(first, _rise(loss, z, vectors, -2)))

    return _integrate(velocity, settled, lambda end, _: end, x, tau)


def _rise(loss: Loss, x: Array, vectors: Array, i: int) -> Array:
    """P⊥∇λ of the i-th eigenvalue of the normal space at x, [d]."""
    return tangential(vectors, sharpness_gradient(loss, x, vectors[:, i]))


def _opposed(a: Array, b: Array) -> Array:
    """Whether a step down either of two slopes [d] leads back over where they meet.

    So it is where the shortest vector between a and b is neither.
    """
    return a @ b < jnp.minimum(a @ a, b @ b)


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
        max_steps=MAX_STEPS,
        throw=False,
    )
    failed = ~diffrax.is_okay(solution.result)
    assert solution.ys is not None
    assert solution.ts is not None
    (points, ends), (_, since) = solution.ys, solution.ts
    later = jax.vmap(lambda time: onward(ends[0], time))(jnp.maximum(times - since[0], 0.0))
    return jnp.where(jnp.isfinite(points), points, jnp.where(failed, jnp.nan, later))
