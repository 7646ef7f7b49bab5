"""Limiting flows of rules that prefer another flatness than normalized GD does.

With a = |P⊥∇ log λ₁|,

    scalar RMSProp   dX/dτ = −¼ P⊥∇ log λ₁ / (1 + η²a²β₂/(2(1 − β₂)))       τ = η²t
    SAM              dX/ds = −½ P⊥∇ λ₁ / (1 − ½ηλ₁)²                         s = ηρ²t   [WML22]
    label noise      dX/dτ = −¼ P⊥∇ tr ∇²L                                  τ = η²t    [LWA21]
    weight decay     dX̂/ds = −2 P⊥∇ log λ₁ / (4 + a²)                        s = ηwt    [LLA22]

RMSProp: a memory of ‖∇L‖² that lags behind as λ₁ falls makes its steps shorter than those of NGD,
which it is as β₂ → 0. SAM bounces between ± ηλ₁ρ/(2 − ηλ₁) at the bottom, and its slope is taken at
ρ + |y|, 1/(1 − ½ηλ₁) times ρ. Label noise is as wide across the valley in each direction as its
curvature calls for, so all of them count and not the largest alone. Weight decay is on a loss that
does not change with ‖x‖: it keeps ‖x‖ where the step is at the edge, ‖x‖² = ½ηλ₁(X̂), and X̂ = X/‖X‖
drifts.

[WML22] Wen, Ma, Li, arXiv 2211.05729.
[LWA21] Li, Wang, Arora, arXiv 2110.06914.
[LLA22] Lyu, Li, Arora, arXiv 2206.07085.
"""

import jax
import jax.numpy as jnp

from dynamics.curvature import hessian, normal_space, sharpness_gradient, tangential
from dynamics.flows import SETTLED, along_manifold, from_foot, retraction
from dynamics.types import Array, Flow, Loss, Scalar, Theta


def rmsprop_drift(sharpness: Array, rise: Array, theta: Theta) -> Array:
    """−¼ P⊥∇ log λ₁ / (1 + η²a²β₂/(2(1 − β₂))), [d]."""
    slope = rise / sharpness
    kept = theta["beta2"] / (1 - theta["beta2"])
    return -slope / (4 * (1 + 0.5 * theta["eta"] ** 2 * (slope @ slope) * kept))


def sam_drift(sharpness: Array, rise: Array, theta: Theta) -> Array:
    """−½ P⊥∇ λ₁ / (1 − ½ηλ₁)², [d]."""
    return -rise / (2 * (1 - 0.5 * theta["eta"] * sharpness) ** 2)


def _sam_pace(eta: Scalar, theta: Theta) -> Scalar:
    return eta * theta["rho"] ** 2


def _trace_rise(loss: Loss, x: Array) -> tuple[Array, Array, Array]:
    """The normal space at x and P⊥∇ tr ∇²L, [d]."""
    values, vectors = normal_space(loss, x)
    rise = jax.grad(lambda z: jnp.trace(hessian(loss, z)))(x)
    return values, vectors, tangential(vectors, rise)


def _label_velocity(loss: Loss, x: Array) -> Array:
    values, vectors, rise = _trace_rise(loss, x)
    return -rise / 4 + retraction(loss, x, values, vectors)


def _label_stop(loss: Loss, x: Array) -> Array:
    return jnp.max(jnp.abs(_trace_rise(loss, x)[2])) < 4 * SETTLED


def decay_edge(loss: Loss, x: Array, eta: Scalar) -> Array:
    """The point on the ray through x, of Γ, with ‖X‖² = ½ηλ₁(X̂), [d]; X̂ itself where η = 0."""
    unit = x / jnp.linalg.norm(x)
    squared = 0.5 * eta * normal_space(loss, unit)[0][-1]
    return unit * jnp.where(squared > 0, jnp.sqrt(squared), 1.0)


def _decay_start(loss: Loss, x: Array, foot: Array, theta: Theta) -> Array:
    return decay_edge(loss, foot, theta["eta"])


def _decay_turn(loss: Loss, x: Array) -> tuple[Array, Array]:
    """X̂ and dX̂/ds, [d] each."""
    unit = x / jnp.linalg.norm(x)
    values, vectors = normal_space(loss, unit)
    rise = tangential(vectors, sharpness_gradient(loss, unit, vectors[:, -1])) / values[-1]
    slope = rise - unit * (unit @ rise)
    return slope, -2 * slope / (4 + slope @ slope)


def _decay_velocity(loss: Loss, x: Array, theta: Theta) -> Array:
    """As X̂ turns, ‖X‖ goes with √λ₁(X̂)."""
    slope, turn = _decay_turn(loss, x)
    values, vectors = normal_space(loss, x)
    size = jnp.linalg.norm(x)
    growth = jnp.where(theta["eta"] > 0, 0.5 * (slope @ turn), 0.0)
    return size * turn + growth * x + retraction(loss, x, values, vectors)


def _decay_stop(loss: Loss, x: Array, theta: Theta) -> Array:
    return jnp.max(jnp.abs(_decay_turn(loss, x)[1])) < SETTLED


def _decay_pace(eta: Scalar, theta: Theta) -> Scalar:
    return eta * theta["decay"]


RMSPROP_FLOW = along_manifold("rmsprop", rmsprop_drift, parametrised=True)
SAM_FLOW = along_manifold("sam", sam_drift, clock="ηρ²t", pace=_sam_pace, parametrised=True)
LABEL_NOISE_FLOW = Flow("label-noise", from_foot, _label_velocity, _label_stop)
WEIGHT_DECAY_FLOW = Flow(
    "weight-decay",
    _decay_start,
    _decay_velocity,
    _decay_stop,
    clock="ηwt",
    pace=_decay_pace,
    parametrised=True,
)
