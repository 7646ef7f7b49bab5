"""What a network costs by its size: a step, a measured pair, a step of the flow; beside a loop as a
notebook has it, which calls a compiled step, and finds λ₁ by a power iteration."""

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.clock import best_in_turn
from benchmarks.row import Figures, Row
from dynamics.catalogue import RULES
from dynamics.courses import Path, Trained, advance, following, last, path_by, tracing
from dynamics.networks import Network
from dynamics.residuals import Residuals, aslant, onto_manifold, top_anywhere
from dynamics.types import Array

DATA = 50
# About a hundred, a thousand, ten thousand and a hundred thousand parameters.
SHAPES = ((2, 25, 1), (64, 15, 1), (64, 150, 1), (784, 125, 1))
STEPS = 500
POWERS = 60
FEW = 3
TAU = 0.1
PAIRS = 10
HEUN = 4
NGD = RULES["ngd"]


def _trained(widths: tuple[int, ...]) -> Trained:
    draw = np.random.default_rng(0)
    net = Network(widths, "tanh")
    residuals = net.residuals(
        draw.normal(size=(DATA, widths[0])), np.sign(draw.normal(size=(DATA, 1)))
    )
    x, _ = onto_manifold(residuals, jnp.asarray(net.start(0)), 1000)
    return Trained(residuals, x, top_anywhere(residuals, x, aslant(x.size)))


@jax.jit
def _step(residuals: Residuals, x: Array, eta: float) -> Array:
    gradient = jax.grad(residuals.value)(x)
    return x - eta * gradient / jnp.linalg.norm(gradient)


@jax.jit
def _product(residuals: Residuals, x: Array, v: Array) -> Array:
    w = jax.jvp(jax.grad(residuals.value), (x,), (v,))[1]
    return w / jnp.linalg.norm(w)


def _plain_steps(trained: Trained) -> Any:
    x = trained.x + 1e-3
    for _ in range(STEPS):
        x = _step(trained.residuals, x, 0.05)
    return x.block_until_ready()


def _plain_pair(trained: Trained) -> Any:
    """λ₁ at two iterates alone."""
    v = aslant(trained.x.size)
    for _ in range(2 * POWERS):
        v = _product(trained.residuals, trained.x, v)
    return v.block_until_ready()


def costs() -> Figures:
    """Milliseconds, and how many times as long the plain loop takes."""
    figures: Figures = {}
    for widths in SHAPES:
        trained = _trained(widths)
        path = path_by(NGD, TAU, last(following(trained, NGD, TAU, 2)), 2)
        makers: list[Callable[[], Any]] = [
            partial(_steps, trained),
            partial(_plain_steps, trained),
            partial(_pairs, trained, path),
            partial(_plain_pair, trained),
            partial(_flow, trained),
        ]
        steps, plain, pairs, plain_pair, heun = best_in_turn(*makers, rounds=FEW)
        p = f"p = {trained.x.size:,}"
        figures[f"ms a step, {p}"] = 1e3 * steps / STEPS
        figures[f"ms a pair, {p}"] = 1e3 * pairs / PAIRS
        figures[f"ms a step of the flow, {p}"] = 1e3 * heun / HEUN
        figures[f"× faster than plain steps, {p}"] = plain / steps
        figures[f"× faster than plain λ₁ of a pair, {p}"] = PAIRS * plain_pair / pairs
    return figures


def _steps(trained: Trained) -> Any:
    return advance(trained.residuals, NGD, trained.x + 1e-3, 0.05, STEPS).block_until_ready()


def _pairs(trained: Trained, path: Path) -> Any:
    """All that is observed, at pairs that follow each other."""
    return list(islice(tracing(trained, path, (TAU / PAIRS) ** 0.5, PAIRS), PAIRS))


def _flow(trained: Trained) -> Any:
    return last(following(trained, NGD, TAU, HEUN))


ROWS = (Row("network", "a network of p parameters that fits 50 data", (), costs),)
