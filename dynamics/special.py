"""Wright's ω on the real line, for the closed forms of the valleys.

ω(z) solves ω + ln ω = z. Its logarithmic form never overflows, where Lambert's W(e^z) would.
"""

import jax.numpy as jnp

from dynamics.types import Array


def wright_omega(z: Array) -> Array:
    """ω(z) for real z, to machine precision.

    Two steps of the quartic iteration of Fritsch, Shafer and Crowley (1973) from a first guess
    that is right to a few parts in ten.

    Args:
        z: any shape; −inf gives 0.
    """
    above = jnp.maximum(z, 1.0)
    guess = jnp.where(
        z < -2.0,
        jnp.exp(jnp.minimum(z, 0.0)),
        jnp.where(z < 1.0, jnp.exp(2 * (jnp.minimum(z, 1.0) - 1) / 3), above - jnp.log(above)),
    )
    w = jnp.maximum(guess, 1e-300)
    for _ in range(2):
        residual = z - w - jnp.log(w)
        numerator = 2 * (1 + w) * (1 + w + 2 * residual / 3)
        w = w * (1 + residual / (1 + w) * (numerator - residual) / (numerator - 2 * residual))
    # Far out w² under- or overflows, and the first guesses are exact.
    return jnp.where(z < -650.0, jnp.exp(z), jnp.where(z > 1e100, guess, w))
