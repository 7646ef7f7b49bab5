"""Functions that go row by row however they are batched.

Under `jax.vmap` a condition does both of its branches for every row, and LAPACK is given all
matrices at once; a loop does neither.
"""

from collections.abc import Callable
from typing import Any

import jax
from jax.custom_batching import custom_vmap


def one_at_a_time(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that becomes a loop under `jax.vmap`, over those of its arguments that differ from
    row to row; each of them is an array, the others are pytrees."""

    @custom_vmap
    def one(*arguments: Any) -> Any:
        return function(*arguments)

    @one.def_vmap
    def each(_: int, batched: list, *arguments: Any):
        differ = [any(jax.tree.leaves(flags)) for flags in batched]

        def at(row: list) -> Any:
            own = iter(row)
            return one(*(next(own) if d else a for a, d in zip(arguments, differ, strict=True)))

        found = jax.lax.map(at, [a for a, d in zip(arguments, differ, strict=True) if d])
        return found, jax.tree.map(lambda _: True, found)

    return one
