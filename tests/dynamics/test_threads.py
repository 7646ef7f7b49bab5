"""Programs that run at the same time, as those of a server do, do not block each other."""

import threading

import jax
import numpy as np

import dynamics
from dynamics import LOSSES

AT_ONCE = 8


def test_eigenpairs_of_many_points_can_be_asked_for_at_the_same_time() -> None:
    """Of more programs than there are cores, each with more than one batch of matrices."""
    loss = LOSSES["tiny-network"]
    points = np.array(loss.start) + np.random.default_rng(3).normal(0, 0.3, (500, loss.d))

    @jax.jit
    def spectra(x):
        hessians = jax.vmap(jax.hessian(loss.value))
        ends = [jax.numpy.linalg.eigvalsh(hessians(x + shift))[:, -1] for shift in (0.0, 0.1, 0.2)]
        return sum(ends)

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
