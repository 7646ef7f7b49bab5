"""Φ against closed forms, against SciPy's integrators and against what gradient flow conserves."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

import dynamics
from dynamics import Loss, dormand_prince
from dynamics.curvature import onto_manifold
from dynamics.projection import descent, nearest, projection, solve_projection
from dynamics.stiff import where_it_ends
from tests.catalogue import each_kind_of_loss, each_kind_of_valley, losses

# theory.md, section 6: what gradient flow keeps.
CONSERVED = {
    "parabolic-valley": lambda x, y: y**2 / 2 - np.log(np.abs(x)) - x**2 / 2,
    "paper-valley": lambda x, y: y**2 / 2 - np.log(np.abs(x)) - x**2 / 2,
    "hyperbola": lambda x, y: x**2 - y**2,
    "quartic-hyperbola": lambda x, y: x**2 - y**2,
    "ellipse": lambda x, y: y / x**2,
    "ring": lambda x, y: (
        np.log(np.abs(np.tan(np.arctan2(y, x) / 2)))
        + (np.log(np.hypot(x, y)) + 1 / np.hypot(x, y)) / 2
    ),
    "plane-valley": lambda x, y, z: np.stack([y / x**2, z**2 - np.log(x**2) - x**2 - y**2]),
    "two-curvatures": lambda x, y, z: y**2 / 2 - np.log(np.abs(x)) - x**2 / 2,
    "scale-invariant": lambda x, y, z: np.stack(
        [
            x**2 + y**2 + z**2,
            np.log(np.abs(np.tan(np.arctan2(y, x) / 2))) + z**2 / (4 * (x**2 + y**2)),
        ]
    ),
    "crossing": lambda x, y, z: x - y**2 / 4,
    "product-3": lambda x, y, z: np.stack([x**2 - y**2, y**2 - z**2]),
    "product-4": lambda x, y, z, w: np.stack([x**2 - y**2, y**2 - z**2, z**2 - w**2]),
    "rank-one": lambda a, b, c, d: a**2 + b**2 - c**2 - d**2,
}

# Where gradient flow ends at a saddle or a maximum, or stays at one.
STRANDED = [
    ("hyperbola", (1.0, -1.0)),
    ("hyperbola", (0.0, 0.0)),
    ("quartic-hyperbola", (0.0, 1.5)),
    ("ellipse", (0.0, 0.0)),
    ("product-3", (1.5, 0.7, -0.7)),
    ("product-3", (1.5, 0.0, 0.0)),
    ("rank-one", (1.5, -1.5, 0.7, -0.7)),
    ("rank-one", (0.0, 0.0, 0.0, 0.0)),
]


@each_kind_of_loss
def test_gradient_flow_of_scipy_ends_there(loss: Loss, anywhere, along) -> None:
    starts = np.array([loss.start, *anywhere(loss)[:3]])
    ends = [flow_for_long(loss, x) for x in starts]
    np.testing.assert_allclose(along(projection, loss, starts), ends, rtol=1e-7, atol=1e-7)


@losses(lambda loss: loss.projection)
def test_the_solver_agrees_with_the_closed_form(loss: Loss, anywhere, along) -> None:
    x = np.array([loss.start, *anywhere(loss), *_corners(loss)])
    solved, exact = along(solve_projection, loss, x), jax.vmap(loss.projection)(x)
    assert np.all(np.isfinite(exact))
    np.testing.assert_allclose(solved, exact, rtol=1e-8, atol=1e-8)


@each_kind_of_loss
def test_the_solver_lands_on_the_manifold(loss: Loss, anywhere, along, autodiff) -> None:
    ends = along(solve_projection, loss, anywhere(loss))
    np.testing.assert_allclose(autodiff.value(loss, ends), 0, atol=1e-18)


@pytest.mark.parametrize("key", CONSERVED)
def test_what_gradient_flow_conserves(key: str, anywhere, along) -> None:
    loss = dynamics.LOSSES[key]
    x = anywhere(loss)
    x = x[np.all(np.abs(x) < 5, axis=1)]  # far out Φ may be too small for a number
    before, after = CONSERVED[key](*x.T), CONSERVED[key](*along(projection, loss, x).T)
    exact = 1e-9 if loss.projection else 1e-7
    np.testing.assert_allclose(after, before, rtol=exact, atol=exact)


def test_points_of_the_manifold_stay(loss: Loss, on_manifold, along) -> None:
    x = on_manifold(loss)
    np.testing.assert_allclose(along(projection, loss, x), x, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("key", "x"), STRANDED)
def test_nan_where_gradient_flow_does_not_reach_the_manifold(key: str, x: tuple, along) -> None:
    loss = dynamics.LOSSES[key]
    assert np.all(np.isnan(along(projection, loss, [x])))
    assert np.all(np.isnan(along(solve_projection, loss, [x])))


@losses(lambda loss: loss.projection)
def test_far_starts_are_finite_in_closed_form(loss: Loss, along) -> None:
    """Where a run that diverges can get before it overflows."""
    x = 0.7 ** np.arange(loss.d) * np.array([[1e3], [-1e6], [1e20], [1e60]])
    assert np.all(np.isfinite(along(projection, loss, x)))


@pytest.mark.parametrize(
    ("key", "x", "end"),
    [
        ("hyperbola", (1e30, 1e30), (1, 1)),
        ("hyperbola", (1e7 + 0.1, 1e7 + 0.1), (1, 1)),
        ("hyperbola", (-3e60, 1e60), (-(8**0.5) * 1e60, -(8**-0.5) * 1e-60)),
        ("quartic-hyperbola", (1e7 + 0.1, -1e7 - 0.1), (1, -1)),
        ("parabolic-valley", (1e7 + 0.1, 1e7 + 0.1), (5.373385794694981, 0)),
        ("product-3", (1e7 + 0.1, 1e7 + 0.1, 1e7 + 0.1), (1, 1, 1)),
        ("plane-valley", (3e7, 4e7, 5e7), None),
        ("rank-one", (1e7 + 0.1, 2e7 + 0.1, 1e7 + 0.1, 2e7 + 0.1), (1, 1, 1, 1)),
        ("rank-one", (-6.5557, -0.2756, 3.6378, 22.6588), (0.0643084,) * 2 + (15.5500791,) * 2),
        ("rank-one", (-1, 0.2, -0.1, 0.3), None),
    ],
)
def test_squares_that_cancel_do_so_exactly(key: str, x: tuple, end: tuple | None) -> None:
    """In one compiled program, which may contract x² − y² to an operation that rounds once."""
    loss = dynamics.LOSSES[key]
    found = np.asarray(jax.jit(partial(projection, loss))(jnp.array(x)))
    if key == "plane-valley":  # ln q + x²q + y²q² = 0 with X = x√q, Y = yq
        q = found[1] / x[1]
        np.testing.assert_allclose(found[0], x[0] * np.sqrt(q), rtol=1e-12)
        np.testing.assert_allclose(np.log(q) + found[0] ** 2 + found[1] ** 2, 0, atol=1e-12)
    else:
        np.testing.assert_allclose(
            found, flow_for_long(loss, np.array(x)) if end is None else end, rtol=1e-6
        )


@pytest.mark.parametrize("x", [(3.0, 30.0), (-3.0, -30.0), (81.7, 46.4)])
def test_far_starts_of_the_solver(x: tuple, along) -> None:
    """Down a wall so steep that the curve bends sharply onto the floor."""
    loss = dynamics.LOSSES["sine-valley"]
    (found,) = along(solve_projection, loss, [x])
    np.testing.assert_allclose(found, flow_for_long(loss, np.array(x)), rtol=1e-6)
    assert float(loss.value(jnp.asarray(found))) < 1e-18


@pytest.mark.parametrize(
    ("key", "x"), [*STRANDED, ("sine-valley", (1e42, -1e43)), ("sine-valley", (1e200, 0.0))]
)
def test_the_solver_soon_gives_up_what_is_hopeless(
    key: str, x: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that diverge would otherwise take the solver's every step."""
    solve, taken = dormand_prince.solve, []

    def counted(*arguments, **options):
        solution = solve(*arguments, **options)
        taken.append(int(solution.tries))
        return solution

    monkeypatch.setattr(dynamics.projection, "solve", counted)
    end = solve_projection(dynamics.LOSSES[key], jnp.array(x))
    assert np.all(np.isnan(end))
    assert taken[0] < (400 if (key, x) in STRANDED else 50)


def test_the_end_of_a_stiff_descent() -> None:
    """Down a wall 10⁵ times as steep as the floor it ends on, and over a network's plateaus."""
    (found,) = _solved("sine-valley", [(23.8479, 217.4141)])
    np.testing.assert_allclose(found, (1.195409, 0.930366), atol=1e-6)
    loss = dynamics.LOSSES["tiny-network"]
    starts = np.random.default_rng(0).normal(0, 4, (40, loss.d))
    found = _solved(loss.key, starts)
    assert np.flatnonzero(np.isnan(found[:, 0])).tolist() == [24]  # runs off along a plateau
    slope, curvature = jax.jit(jax.grad(loss.value)), jax.jit(jax.hessian(loss.value))
    for row in (1, 21):
        flow = solve_ivp(
            lambda _, z: -np.asarray(slope(z)),
            (0, 1e6),
            starts[row],
            "Radau",
            jac=lambda _, z: -np.asarray(curvature(z)),
            rtol=1e-11,
            atol=1e-12,
        )
        np.testing.assert_allclose(found[row], flow.y[:, -1], atol=1e-7)


@losses(lambda loss: loss.projection, each_kind=True)
def test_the_stiff_solver_agrees_with_the_closed_form(loss: Loss, anywhere, along) -> None:
    x = anywhere(loss)[:8]
    ends = along(lambda loss, x: onto_manifold(loss, _stiff(loss, x)), loss, x)
    np.testing.assert_allclose(ends, along(projection, loss, x), rtol=1e-8, atol=1e-8)


def test_far_out_on_the_diagonal() -> None:
    """X² + ln X² = x² + ln x² − y², where x² and y² are 10¹⁸ and their logarithm is 41."""
    x, y = dynamics.LOSSES["parabolic-valley"].projection(jnp.array([1e9, 1e9]))
    np.testing.assert_allclose(x**2 + np.log(x**2), np.log(1e18), rtol=1e-14)
    assert y == 0


@pytest.mark.parametrize("key", ["parabolic-valley", "paper-valley"])
def test_on_the_line_x_is_0(key: str, along) -> None:
    """ln|x| = −∞ there, and the flow stays on the line."""
    np.testing.assert_array_equal(along(projection, dynamics.LOSSES[key], [[0.0, 1.2]]), [[0, 0]])


def test_descent_goes_down_at_equal_steps_of_the_root(along, autodiff) -> None:
    loss = dynamics.LOSSES["paper-valley"]
    path = np.asarray(jax.jit(partial(descent, loss, points=9))(jnp.array(loss.start)))
    np.testing.assert_array_equal(path[0], loss.start)
    np.testing.assert_allclose(path[-1], along(projection, loss, [loss.start])[0], atol=1e-8)
    heights = np.sqrt(autodiff.value(loss, path[:-1]))
    np.testing.assert_allclose(heights / heights[0], np.linspace(1, 0, 8), atol=1e-4)


@each_kind_of_valley
def test_nearest_is_the_foot_of_the_normal(valley: Loss, on_manifold, along, autodiff) -> None:
    x = on_manifold(valley)[:12]
    steepest = np.linalg.eigh(autodiff.hessian(valley, x))[1][:, :, -1]
    for distance in (0.03, -0.03):
        found = along(nearest, valley, x + distance * steepest)
        np.testing.assert_allclose(found, x, rtol=1e-9, atol=1e-9)


@losses(lambda loss: loss.branches, each_kind=True)
def test_nearest_agrees_with_a_dense_branch(loss: Loss, along) -> None:
    start = np.array(loss.start)
    (foot,) = along(projection, loss, [start])
    x = foot + 0.2 * (start - foot) / np.linalg.norm(start - foot)
    distance = np.linalg.norm(x - along(nearest, loss, [x])[0])
    dense = [jax.vmap(b.curve)(jnp.linspace(b.low, b.high, 400_001)) for b in loss.branches]
    closest = np.linalg.norm(np.concatenate(dense) - x, axis=1).min()
    np.testing.assert_allclose(distance, closest, rtol=1e-6)


@pytest.mark.parametrize("key", ["parabolic-valley", "hyperbola", "ring", "sine-valley"])
def test_the_projection_is_not_the_nearest_point(key: str, along, autodiff) -> None:
    """Trap 8: they differ by O(distance²), no less."""
    loss = dynamics.LOSSES[key]
    foot = along(projection, loss, [loss.start])
    steepest = np.linalg.eigh(autodiff.hessian(loss, foot))[1][0, :, -1]
    x = foot + np.array([[1e-2], [1e-3]]) * steepest
    apart = np.linalg.norm(along(projection, loss, x) - foot, axis=1)
    assert 1.9 < np.log10(apart[0] / apart[1]) < 2.1


def test_the_order_of_the_solver_is_8(along, fixed_steps) -> None:
    """Its own equation at fixed steps."""
    loss, x = dynamics.LOSSES["ring"], np.array([2.2, 2.0])
    (exact,) = along(solve_projection, loss, [x])
    end = fixed_steps(partial(solve_projection, loss))
    errors = np.array([np.linalg.norm(end(h, x) - exact) for h in (1 / 6, 1 / 12)])
    assert errors[1] > 1e-12
    assert np.log2(errors[0] / errors[1]) > 7


def _stiff(loss: Loss, x):
    return where_it_ends(loss, x, jnp.full(loss.d, jnp.nan))


def _solved(key: str, x) -> np.ndarray:
    solved = jax.jit(jax.vmap(partial(solve_projection, dynamics.LOSSES[key])))
    return np.asarray(solved(jnp.asarray(x)))


def flow_for_long(loss: Loss, x: np.ndarray) -> np.ndarray:
    """Where SciPy's LSODA is after a long time on the gradient of the value."""
    slope = jax.jit(jax.grad(loss.value))
    solution = solve_ivp(
        lambda _, z: -np.asarray(slope(z)), (0, 2000), x, "LSODA", rtol=1e-11, atol=1e-13
    )
    assert solution.success
    return solution.y[:, -1]


def _corners(loss: Loss) -> np.ndarray:
    return np.stack(np.meshgrid(*loss.view), axis=-1).reshape(-1, loss.d)
