"""Stableness: S ≤ 2 where the curvature along a step is one that the step can bear.

    S_t = η_t · sup of λ₁(∇²L(x_t − s∇L(x_t))) over s in [0, η_t]

GD on √L is gradient descent on another function, with a stableness of its own. Its step crosses, or
passes at a distance of the order of θ_t, the kink that √L has along Γ, where ∇²√L blows up: it is
at least Ω(1/θ_t), while η λ₁(∇²√L) at the iterates, which lie on either side, shows nothing of it.

[ALP22, Def. 1.1] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from dynamics.curvature import gradient, sharpness
from dynamics.rules import RULES, step_length
from dynamics.types import Array, Loss, Rule, Scalar, of_family

SEGMENT_PARTS = 16
HALVINGS = 10
HALVINGS_TO_GAMMA = 45
STRETCHED_PARTS = 32
CROSSES_GAMMA = 1e-9


def stableness(loss: Loss, rule: Rule, x: Array, eta: Scalar, state: Any = ()) -> Array:
    """S_t = η_t · sup of λ₁(∇²L) over the segment of the step, [d] -> []  [ALP22, Def. 1.1].

    To 1e-6, unless another peak hides between two of 17 points of the segment.
    """
    along, length = _step(loss, rule, x, eta, state)
    nodes = jnp.linspace(0.0, 1.0, SEGMENT_PARTS + 1)
    return length * _peak(lambda s: sharpness(loss, along(s)), nodes, HALVINGS)[1]


def root_stableness(loss: Loss, x: Array, eta: Scalar) -> Array:
    """η · sup of λ₁(∇²√L) over the segment of a step of GD on √L, [d] -> [].

    Near Γ it is a peak 1/√(1 + u²), where the segment is u times as far along as it is away from
    its nearest point to Γ. So that point is found first, and λ₁ then sought on a scale that is
    stretched about it. Infinite where √L is there less than 1e-9 of what it is at x.
    """
    along, _ = _step(loss, RULES["sqrt-gd"], x, eta)
    nodes = jnp.linspace(0.0, 1.0, SEGMENT_PARTS + 1)
    low, height = _peak(lambda s: -jnp.sqrt(loss.value(along(s))), nodes, HALVINGS_TO_GAMMA)
    closeness = -height / jnp.sqrt(loss.value(x))
    width = jnp.maximum(closeness, CROSSES_GAMMA)
    first, last = jnp.arcsinh(-low / width), jnp.arcsinh((1.0 - low) / width)
    stretched = jnp.linspace(first, last, STRETCHED_PARTS + 1)
    root = _root(loss)

    def there(u: Array) -> Array:
        return sharpness(root, along(low + width * jnp.sinh(u)))

    value = _peak(there, stretched, HALVINGS)[1]
    return jnp.where(closeness > CROSSES_GAMMA, eta * value, jnp.inf)


def root_stableness_at(loss: Loss, x: Array, eta: Scalar) -> Array:
    """η λ₁(∇²√L(x)), [d] -> []."""
    return eta * sharpness(_root(loss), x)


def _step(
    loss: Loss, rule: Rule, x: Array, eta: Scalar, state: Any = ()
) -> tuple[Callable[[Array], Array], Array]:
    """The way of a step, from [0, 1] to [d], and η_t."""
    slope = gradient(loss, x)
    length = step_length(rule, eta, loss.value(x), slope @ slope, state)
    return lambda fraction: x - fraction * length * slope, length


def _root(loss: Loss) -> Loss:
    """√L as a record, whose `sharpness` is λ₁(∇²√L)."""
    family = loss.family

    def value(*point: Array) -> Array:
        return jnp.sqrt(family.value(*point))

    def slope(*point: Array) -> Array:
        of_loss = family.gradient or jax.grad(family.value)
        return of_loss(*point) / (2 * value(*point))

    return of_family(replace(family, value=value, gradient=slope), loss.theta, loss.size)


def _peak(function, nodes: Array, halvings: int) -> tuple[Array, Array]:
    """Where a function [] -> [] is largest near the best of equally spaced nodes, and its value.

    Halves the stretch between the best node's neighbours again and again, about the best of five
    points of it.
    """

    def about_best(points: Array, values: Array) -> tuple[Array, Array]:
        """The best point and its neighbours, or the three at an end."""
        first = jnp.clip(jnp.argmax(values) - 1, 0, len(points) - 3)
        three = partial(jax.lax.dynamic_slice_in_dim, start_index=first, slice_size=3)
        return three(points), three(values)

    def halve(_: int, state: tuple[Array, Array]) -> tuple[Array, Array]:
        points, values = state
        new = 0.5 * (points[1:] + points[:-1])
        there = jax.vmap(function)(new)
        order = jnp.array([0, 3, 1, 4, 2])
        return about_best(jnp.append(points, new)[order], jnp.append(values, there)[order])

    state = about_best(nodes, jax.vmap(function)(nodes))
    points, values = jax.lax.fori_loop(0, halvings, halve, state)
    best = jnp.argmax(values)
    return points[best], values[best]
