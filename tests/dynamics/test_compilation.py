"""Programs that were let go of are compiled again where they are needed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dynamics import LOSSES, RULES, chunk
from dynamics.compilation import let_go_of_programs


def test_they_say_the_same() -> None:
    traced: list[int] = []

    @jax.jit
    def double(x):
        traced.append(1)
        return 2 * x

    for _ in range(2):
        np.testing.assert_array_equal(double(jnp.arange(3.0)), [0, 2, 4])
    assert len(traced) == 1
    let_go_of_programs()
    np.testing.assert_array_equal(double(jnp.arange(3.0)), [0, 2, 4])
    assert len(traced) == 2


def test_a_sweep_compiles_ahead_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each of the threads that share it out would do so."""
    compiled: list[int] = []
    monkeypatch.setattr(chunk, "_finish", lambda *_: compiled.append(1))
    let_go_of_programs()
    for times in (1, 2):
        for _ in range(2):
            chunk.compile_for(LOSSES["quadratic"], RULES["gd"])
        assert len(compiled) == times
        let_go_of_programs()
