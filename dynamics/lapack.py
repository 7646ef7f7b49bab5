"""LAPACK's decompositions, of one matrix at a time however they are batched.

Given many matrices, JAX shares them out among XLA's threads, and the thread that does so waits for
the others. Where as many wait as there are threads, as in programs that run at once on as many
cores, they wait for ever. A loop over the matrices asks nobody, rounds alike, and takes 0.4
microseconds a matrix more.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_batching import custom_vmap

from dynamics.types import Array


def _one_at_a_time(decompose: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """A function of a matrix that becomes a loop under `jax.vmap`."""

    @custom_vmap
    def one(matrix: Array):
        return decompose(matrix)

    @one.def_vmap
    def each(_: int, __: list, matrices: Array):
        found = jax.lax.map(one, matrices)
        return found, jax.tree.map(lambda _: True, found)

    return one


eigh = _one_at_a_time(jnp.linalg.eigh)
"""Eigenvalues [d], ascending, and eigenvectors as columns [d, d] of a symmetric matrix [d, d]."""

eigvalsh = _one_at_a_time(jnp.linalg.eigvalsh)
"""The eigenvalues alone."""

orthonormal = _one_at_a_time(lambda columns: jnp.linalg.qr(columns)[0])
"""An orthonormal basis of what the columns [d, n] span, [d, n]."""
