"""Programs are compiled side by side, and again where they are needed after they were let go of."""

import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dynamics import LOSSES, RULES, chunk
from dynamics.compilation import let_go_of_programs, side_by_side
from dynamics.own import Own


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
            chunk.compile_for(LOSSES["quadratic"], RULES["gd"], Own(np.ones(1)))
        assert len(compiled) == times
        let_go_of_programs()


def test_tasks_go_side_by_side_where_they_compile_and_in_turn_afterwards() -> None:
    family, here = LOSSES["quadratic"].family, threading.get_ident()
    let_go_of_programs()
    for _ in range(2):
        meet = threading.Barrier(2, timeout=30)
        assert side_by_side((family, "once"), lambda m=meet: m.wait() + 1, lambda m=meet: -m.wait())
        ran = side_by_side((family, "once"), threading.get_ident, threading.get_ident)
        assert ran == [here, here]
        let_go_of_programs()


def test_what_fails_side_by_side_is_not_taken_for_compiled() -> None:
    family = LOSSES["quadratic"].family
    let_go_of_programs()
    with pytest.raises(ZeroDivisionError):
        side_by_side((family, "fails"), lambda: 1 // 0, lambda: 2)
    ran = side_by_side((family, "fails"), threading.get_ident, threading.get_ident)
    assert threading.get_ident() not in ran
