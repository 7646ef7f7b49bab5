"""What closed forms need: Wright's ω on the real line, and sums of squares that cancel.

ω(z) solves ω + ln ω = z. Its logarithmic form never overflows, where Lambert's W(e^z) would.
"""

import jax
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


def sum_of_squares(plus: Array, minus: Array) -> Array:
    """Σ plus² − Σ minus², [m], [n] -> [], however much of it cancels: to 1e-16 of the result and
    1e-31 of the squares.

    Each number is cut into halves of at most 27 digits, whose products have no error; so it does
    not matter whether the compiler contracts a product and a sum into one operation.
    """
    x = jnp.concatenate([plus, minus])
    sign = jnp.concatenate([jnp.ones_like(plus), -jnp.ones_like(minus)])
    bits = jax.lax.bitcast_convert_type(x, jnp.uint64) & jnp.uint64(2**64 - 2**27)
    high = jax.lax.bitcast_convert_type(bits, jnp.float64)
    low = x - high
    total, error = jnp.zeros_like(x[0]), jnp.zeros_like(x[0])
    for term in [*(sign * high * high), *(sign * 2 * high * low), *(sign * low * low)]:
        # The error of a sum, exactly [Knuth, The Art of Computer Programming 2, 4.2.2].
        summed = total + term
        added = summed - total
        error = error + ((total - (summed - added)) + (term - added))
        total = summed
    return total + error
