"""Programs that run at the same time, as those of a server do, do not block each other."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import LOSSES, Loss
from dynamics.curvature import eigenvectors, normal_space, sharpness
from dynamics.lapack import eigh, eigvalsh, orthonormal

AT_ONCE = 8


def test_eigenpairs_of_many_points_can_be_asked_for_at_the_same_time() -> None:
    """Of more programs than there are cores, each with more than one batch of matrices."""
    loss = LOSSES["tiny-network"]
    points = np.array(loss.start) + np.random.default_rng(3).normal(0, 0.3, (500, loss.d))

    @jax.jit
    def spectra(x):
        ends = jax.vmap(partial(sharpness, loss))
        return sum(ends(x + shift) for shift in (0.0, 0.1, 0.2))

    expected = np.asarray(spectra(points))
    found = []

    def ask() -> None:
        for _ in range(10):
            found.append(np.asarray(spectra(points)))

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert all(np.array_equal(values, expected) for values in found)


@pytest.mark.parametrize(
    "decompose", [eigh, eigvalsh, orthonormal], ids=["eigh", "eigvalsh", "orthonormal"]
)
def test_one_matrix_at_a_time_says_the_same(decompose: Callable) -> None:
    matrices = np.random.default_rng(4).normal(size=(6, 5, 4, 4))
    matrices = matrices + np.swapaxes(matrices, 2, 3)
    found = jax.jit(jax.vmap(jax.vmap(decompose)))(matrices)
    for at in np.ndindex(6, 5):
        for part, alone in zip(
            jax.tree.leaves(found), jax.tree.leaves(decompose(matrices[at])), strict=True
        ):
            np.testing.assert_array_equal(part[at], alone)


@pytest.mark.parametrize("measured", [sharpness, eigenvectors, normal_space])
@pytest.mark.parametrize(("d", "codim"), [(3, 1), (30, 7), (30, 10)])
def test_no_matrix_is_shared_out_among_threads(measured: Callable, d: int, codim: int) -> None:
    """LAPACK is given one matrix, [d, d], never a batch, in loops and out of them."""
    loss = _own(d, codim)
    text = jax.jit(jax.vmap(measured, in_axes=(None, 0))).lower(loss, np.ones((8, d))).as_text()
    calls = [line for line in text.splitlines() if "@lapack_" in line]
    assert calls
    for call in calls:
        (operand,) = re.findall(r" : \(tensor<([\dx]+)xf64>", call)
        assert operand.count("x") == 1, call


BEFORE = """
import threading
import jax
print(jax.numpy.linalg.eigh(jax.numpy.eye(5))[0])
import dynamics
from tests.dynamics.test_threads import _own

loss = _own(30, 10)

def ask(eta):
    run = dynamics.simulate(loss, "ngd", loss.start, eta=eta, steps=300)
    dynamics.measure(run)

threads = [threading.Thread(target=ask, args=(eta,)) for eta in (0.02, 0.021)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.every
def test_a_process_that_has_compiled_before_is_as_good() -> None:
    """What XLA reads from the environment it reads then, so nothing here may rest on it."""
    from_outside = {k: v for k, v in os.environ.items() if k not in ("NPROC", "XLA_FLAGS")}
    subprocess.run([sys.executable, "-c", BEFORE], check=True, timeout=120, env=from_outside)


def test_sweeps_of_a_loss_without_closed_forms_come_to_an_end() -> None:
    """Chunks on all cores, each with λ₁ of a thousand matrices."""
    loss = LOSSES["tiny-network"]
    starts = np.tile(loss.start, (3000, 1))
    found = []

    def run() -> None:
        found.append(dynamics.sweep(loss, "ngd", starts, np.full(3000, 0.01), 60).outcome)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout=120)
    assert found
    assert np.all(found[0] != dynamics.Fate.UNKNOWN)


def _own(d: int, codim: int) -> Loss:
    """A loss of d parameters and codim data, without anything known by formula."""

    def value(x: jax.Array) -> jax.Array:
        groups = jnp.array_split(x, codim)
        misses = [jnp.prod(group) - 1 for group in groups]
        return 0.5 * jnp.sum(jnp.array(misses) ** 2)

    start = 1 + 0.1 * np.sin(np.arange(d))
    return Loss(key="own", value=value, start=tuple(start.tolist()), codim=codim)
