"""Φ(x): where gradient flow from x ends; the way there; and the nearest point of Γ.

Gradient flow takes for ever to arrive. Timed by its own height √L instead, the same curve arrives
after a bounded interval and is smooth up to the end: with depth u = 1 − √(L/L₀),

    dx/du = −2 √(L₀ L(x)) ∇L(x) / ‖∇L(x)‖²,   u from 0 to 1.

An adaptive solver takes it to √L = 3·10⁻⁵ (of √L₀ where that is less), and one for stiff equations
goes to the end where that gives up; there a Newton step along the normal space lands on Γ, with an
error of the square of what was left. (With the height read off the clock, 1 − u, in place of √L(x),
the equation would blow errors up as 1/(1 − u).)
"""

import jax
import jax.numpy as jnp

from dynamics.curvature import (
    gradient,
    has_rank,
    newton_to_manifold,
    normal_space,
    tangential,
)
from dynamics.dormand_prince import solve
from dynamics.stiff import MINIMISED, where_it_ends
from dynamics.types import Array, Loss

LAST_HEIGHT = 3e-5
LESS = 0.4  # what the second of Newton's steps onto Γ is of the first at most, if they land
LOWER = 0.01  # and the loss at their end, of what it was
ROUNDED = 1e-14  # the loss is no less than this where it is written as a sum that cancels
TOLERANCE = 1e-10
MAX_SOLVER_STEPS = 4096
LEAST_STEP = 1e-14  # below it the solver has met a NaN or a saddle, and need not go on trying
NEAREST_ITERATIONS = 40

EQUAL_STEPS = 14
QUARTERING_STEPS = 4
LANDING_STEPS = 4
LANDED = 1e-13
LEVEL = 1e-2
TINY = 1e-300


def projection(loss: Loss, x: Array) -> Array:
    """Φ(x), [d] -> [d]: the record's closed form where it has one, else the solver.

    NaN where gradient flow does not reach Γ (a saddle, a maximum), where L has a kink on Γ, and
    where ∇²L there has not rank `codim`.
    """
    return loss.projection(x) if loss.projection else solve_projection(loss, x)


def solve_projection(loss: Loss, x: Array) -> Array:
    """Φ(x), [d] -> [d], by the solver, to about 1e-8."""
    return _landed(loss, x, where_it_ends(loss, x, _descend(loss, x)))


def descent(loss: Loss, x: Array, points: int) -> Array:
    """The curve of gradient flow from x to Γ, [points, d], at equal steps of √L, and Φ(x)."""
    heights = jnp.linspace(0.0, _last_depth(loss.value(x)), points - 1)
    path = _descend(loss, x, ts=heights)
    end = (
        loss.projection(x)
        if loss.projection
        else _landed(loss, x, where_it_ends(loss, x, path[-1]))
    )
    return jnp.concatenate([path, end[None]])


def nearest(loss: Loss, x: Array) -> Array:
    """The nearest point of Γ, [d] -> [d], reached from Φ(x).

    Repeats z ← z + P⊥(x − z) − (∇²L)⁺∇L(z), which converges where x is closer to Γ than Γ's radius
    of curvature. A local minimum of the distance where there are several.
    """

    def improve(_: int, z: Array) -> Array:
        _, vectors = normal_space(loss, z)
        return newton_to_manifold(loss, z + tangential(vectors, x - z))

    return jax.lax.fori_loop(0, NEAREST_ITERATIONS, improve, projection(loss, x))


def landing(loss: Loss, x: Array) -> Array:
    """Φ(x), [d] -> [d], in codimension 1, in equal steps of height √L; its adaptive
    solver is as slow as ten thousand steps of a run. In higher codimension the flow is stiff: these
    steps would leap to and fro across the steepest direction while the flattest goes on.

    Steps of Runge and Kutta to an eighth of the height; more, each to a quarter of what is left;
    then Newton's for the height along the gradient, which are the same equation's by Euler.
    """
    height = jnp.sqrt(loss.value(x))

    def fall(z: Array, height: Array) -> Array:
        slope = gradient(loss, z)
        return -2 * height * jnp.sqrt(loss.value(z)) * slope / (slope @ slope + TINY)

    def step(z: Array, h: Array) -> Array:
        one = fall(z, h)
        two = fall(z + 0.5 * one, h)
        three = fall(z + 0.5 * two, h)
        return z + (one + 2 * two + 2 * three + fall(z + three, h)) / 6

    def descend(i: Array, z: Array) -> Array:
        below = 4.0 ** (EQUAL_STEPS - i)
        return step(z, height / 8 * jnp.where(i < EQUAL_STEPS, 7 / EQUAL_STEPS, 3 / 4 * below))

    def land(_, z: Array) -> Array:
        return z + fall(z, jnp.sqrt(loss.value(z)))

    z = jax.lax.fori_loop(0, EQUAL_STEPS + QUARTERING_STEPS, descend, x)
    z = jax.lax.fori_loop(0, LANDING_STEPS, land, z)
    low = jnp.maximum(LANDED * loss.value(x), MINIMISED)
    level = jnp.maximum(LEVEL * jnp.linalg.norm(gradient(loss, x)), jnp.sqrt(MINIMISED))
    arrived = (loss.value(z) <= low) & (jnp.linalg.norm(gradient(loss, z)) <= level)
    return jnp.where(arrived, z, jnp.nan)


def _landed(loss: Loss, x: Array, end: Array) -> Array:
    """Φ(x) from where the descent from x ends next to Γ; x itself where that is on Γ.

    NaN where two of Newton's steps do not land, as they do where ∇²L has rank `codim`: on |c|^p the
    second is (p − 2)/(p − 1) of the first, and beside a kink they go astray.
    """

    def improve(_: int, state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        z, _, moved = state
        after = newton_to_manifold(loss, z)
        return after, moved, jnp.linalg.norm(after - z)

    z, first, second = jax.lax.fori_loop(0, 2, improve, (end, jnp.inf, jnp.inf))
    closer = second <= LESS * first + ROUNDED * jnp.linalg.norm(z)
    lower = loss.value(z) <= jnp.maximum(LOWER * loss.value(end), ROUNDED)
    found = jnp.where(closer & lower & has_rank(loss, z), z, jnp.nan)
    height = loss.value(x)
    return jnp.where(height > 0, found, jnp.where(height >= -ROUNDED, x, jnp.nan))


def _last_depth(height: Array) -> Array:
    return 1.0 - LAST_HEIGHT / jnp.maximum(1.0, jnp.sqrt(height))


def _descend(loss: Loss, x: Array, ts: Array | None = None) -> Array:
    """Points of the descent from x, on the depth u = 1 − h, at depths `ts` or at the last one; NaN
    where the solver gives up."""
    height = loss.value(x)

    def slope(z: Array) -> Array:
        g = gradient(loss, z)
        return -2 * jnp.sqrt(height * loss.value(z)) * g / (g @ g)

    solution = solve(
        slope,
        x,
        _last_depth(height),
        ts,
        tolerance=TOLERANCE,
        least_step=LEAST_STEP,
        max_steps=MAX_SOLVER_STEPS,
    )
    return jnp.where(solution.failed, jnp.nan, solution.x if ts is None else solution.points)
