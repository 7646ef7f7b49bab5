"""The bounce in one, two and three directions against enumeration and another minimiser."""

import jax
import numpy as np
import pytest
from scipy.optimize import minimize

from dynamics.complementarity import complementary, matrices

solve = jax.jit(complementary)


def drawn(k: int, d: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """M = ½GGᵀ and A = Gv, as slopes of a spectrum give them, with sizes of many orders."""
    rng = np.random.default_rng(seed)
    slopes = rng.normal(size=(k * (k + 1) // 2, d))
    size = 10 ** rng.uniform(-3, 3)
    return 0.5 * slopes @ slopes.T, slopes @ rng.normal(size=d) * size


def cost(matrix: np.ndarray, drive: np.ndarray, spread: np.ndarray) -> float:
    return 0.5 * spread @ matrix @ spread - drive @ spread


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_basis_is_orthonormal(k: int) -> None:
    basis = matrices(k)
    np.testing.assert_allclose(np.einsum("aij,bij->ab", basis, basis), np.eye(len(basis)))
    np.testing.assert_array_equal(basis, np.swapaxes(basis, 1, 2))


@pytest.mark.parametrize("drive", [-2.0, 0.0, 3.0])
def test_one_direction_by_hand(drive: float) -> None:
    np.testing.assert_array_equal(complementary(np.array([[4.0]]), np.array([drive])),
                                  [max(0.0, drive / 4)])  # fmt: skip


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("seed", range(30))
def test_what_holds_of_a_solution(k: int, seed: int) -> None:
    """Σ ⪰ 0, W ⪰ 0 and ⟨Σ, W⟩ = 0, whatever the rank of M."""
    matrix, drive = drawn(k, 1 + seed % 8, seed)
    spread = np.asarray(solve(matrix, drive))
    slack = matrix @ spread - drive
    force = np.abs(drive).max()
    size = max(np.abs(spread).max(), force / np.abs(matrix).max())
    basis = matrices(k)
    assert np.linalg.eigvalsh(np.tensordot(spread, basis, 1))[0] > -1e-9 * size
    assert np.linalg.eigvalsh(np.tensordot(slack, basis, 1))[0] > -1e-8 * force
    assert abs(spread @ slack) < 1e-8 * size * force


def enumerated(matrix: np.ndarray, drive: np.ndarray) -> float:
    """The least cost of two directions over Σ of rank 0, 1 (by angle) and 2."""
    angle = np.linspace(0, np.pi, 200_001)
    u = np.stack([np.cos(angle), np.sin(angle)])
    along = np.stack([u[0] ** 2, u[1] ** 2, np.sqrt(2) * u[0] * u[1]])
    push, stiff = drive @ along, np.einsum("an,ab,bn->n", along, matrix, along)
    costs = [0.0, float(np.min(-0.5 * np.maximum(push, 0) ** 2 / stiff))]
    whole = np.linalg.lstsq(matrix, drive)[0]
    if np.linalg.eigvalsh(np.tensordot(whole, matrices(2), 1))[0] >= 0:
        costs.append(cost(matrix, drive, whole))
    return min(costs)


@pytest.mark.parametrize("seed", range(20))
def test_two_directions_against_enumeration(seed: int) -> None:
    matrix, drive = drawn(2, 3 + seed % 6, seed)
    found = cost(matrix, drive, np.asarray(solve(matrix, drive)))
    little = 1e-9 * np.abs(drive).max() ** 2 / np.abs(matrix).max()
    np.testing.assert_allclose(found, enumerated(matrix, drive), rtol=1e-8, atol=little)


@pytest.mark.parametrize("seed", range(6))
def test_three_directions_against_a_minimiser_over_square_roots(seed: int) -> None:
    """Σ = FFᵀ has no local minimum that is not the least, where F is square."""
    matrix, drive = drawn(3, 7, seed)
    drive = drive / np.abs(drive).max()
    basis = matrices(3)

    def of_root(root: np.ndarray) -> float:
        f = root.reshape(3, 3)
        return cost(matrix, drive, np.einsum("aij,ij->a", basis, f @ f.T))

    starts = np.random.default_rng(seed).normal(size=(4, 9))
    least = min(minimize(of_root, start, tol=1e-12).fun for start in starts)
    found = cost(matrix, drive, np.asarray(solve(matrix, drive)))
    np.testing.assert_allclose(found, least, rtol=1e-6, atol=1e-10)
