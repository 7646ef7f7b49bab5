"""LAPACK's decompositions, of one matrix at a time however they are batched.

Given many matrices, JAX shares them out among XLA's threads, and the thread that does so waits for
the others. Where as many wait as there are threads, as in programs that run at once on as many
cores, they wait for ever. A loop over the matrices asks nobody, rounds alike, and takes 0.4
microseconds a matrix more.
"""

import jax.numpy as jnp

from dynamics.rowwise import one_at_a_time

eigh = one_at_a_time(jnp.linalg.eigh)
"""Eigenvalues [d], ascending, and eigenvectors as columns [d, d] of a symmetric matrix [d, d]."""

eigvalsh = one_at_a_time(jnp.linalg.eigvalsh)
"""The eigenvalues alone."""

orthonormal = one_at_a_time(lambda columns: jnp.linalg.qr(columns)[0])
"""An orthonormal basis of what the columns [d, n] span, [d, n]."""
