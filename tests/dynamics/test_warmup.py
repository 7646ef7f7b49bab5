"""The quadratic warm-up of theory.md, section 5, and its invariant sets along any run."""

from functools import lru_cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from dynamics import Loss, Measures, Rule, measure, simulate
from dynamics.rules import step_length
from dynamics.warmup import held_from, invariant_sets


def test_the_sets_by_hand() -> None:
    """On ½(3x² + y²) with η = 1: I₁ is the disc of radius 3 around x̃ = 0, I₂ the strip |ỹ| ≤ 1."""
    starts = [(0.5, 0.9), (0.5, -1.1), (-0.9, 1.2), (1.1, 0.0), (-1.1, 3.0)]
    expected = [(True, True), (True, False), (True, False), (False, True), (False, False)]
    for (x, y), inside in zip(starts, expected, strict=True):
        found = invariant_sets(measure(simulate("quadratic", "ngd", (x, y), 1.0, 0)))
        np.testing.assert_allclose(found.distance, [[np.hypot(3 * x, y) - 3, abs(y) - 1]])
        np.testing.assert_array_equal(found.inside, [inside])


def test_rules_without_a_bounce_are_in_no_set() -> None:
    found = invariant_sets(measure(simulate("quadratic", "gd", None, 0.1, 5)))
    assert np.all(np.isnan(found.distance))
    assert not found.inside.any()


# The bowl, from so far out that the sets are entered between recorded rows; a valley.
RUNS = [
    ("quadratic", (1.5, 9.0), 0.003, 600_000, 12_000),
    ("quadratic", (3.0, 2.0), 0.01, 2000, 2000),
    ("hyperbola", (6.0, 4.0), 0.003, 600_000, 12_000),
    ("ellipse", None, 0.05, 3000, 3000),
]


@pytest.mark.parametrize(("key", "start", "eta", "steps", "enough"), RUNS)
def test_the_step_from_which_a_set_is_held_is_exact(
    key: str, start, eta: float, steps: int, enough: int, drifting: Rule
) -> None:
    run = simulate(key, drifting, start, eta, steps)
    full = measure(simulate(key, drifting, start, eta, enough, record="all"))
    expected = []
    for j in range(run.loss.codim):
        tail = np.linalg.norm(full.components[:, j:], axis=1) / full.spectrum[:, j]
        late = range(len(tail) - 5)
        expected.append(next(t for t in late if tail[t] <= 1 and np.all(tail[t : t + 12] <= 1.2)))
    assert held_from(run, measure(run)) == tuple(expected)
    assert min(expected) > 3


def test_a_set_that_is_never_entered() -> None:
    run = simulate("quadratic", "ngd", (5.0, 9.0), 0.01, 20)
    assert held_from(run, measure(run)) == (None, None)


# Section 5 over many bowls ½xᵀAx: 100 of each dimension, of random eigenvalues and axes.

ETA = 0.01
BOWLS = 100


class Walks(NamedTuple):
    """Bowls [n] with eigenvalues [n, d] and axes [n, d, d] in columns, and x̃ of a run on each."""

    eigenvalues: np.ndarray
    axes: np.ndarray
    components: np.ndarray
    """⟨v_i, x̃_t⟩, [n, t, d]."""


@pytest.fixture(params=[2, 3, 4, 5, 6])
def walks(request: pytest.FixtureRequest, drifting: Rule) -> Walks:
    """2,000 steps of each rule from anywhere within ‖x̃‖ ≤ 3λ₁."""
    return _walks(drifting, request.param)


@lru_cache
def _walks(rule: Rule, d: int) -> Walks:
    random = np.random.default_rng(d)
    first, ratios = random.uniform(0.5, 5, (BOWLS, 1)), random.uniform(0.2, 0.9, (BOWLS, d - 1))
    eigenvalues = np.cumprod(np.concatenate([first, ratios], axis=1), axis=1)
    axes = np.linalg.qr(random.normal(size=(BOWLS, d, d)))[0]
    begin = random.normal(size=(BOWLS, d))
    begin *= first * random.uniform(0.1, 3, (BOWLS, 1)) / np.linalg.norm(begin, axis=1)[:, None]
    return Walks(eigenvalues, axes, _walk(rule, eigenvalues, axes, begin, 2000))


def _walk(rule: Rule, eigenvalues, axes, begin, steps: int) -> np.ndarray:
    """⟨v_i, x̃_t⟩ from those of the start, [n, steps, d], by steps of the rule in x."""
    scale = eigenvalues / ETA if rule.key == "ngd" else np.sqrt(2 * eigenvalues) / ETA
    a = np.einsum("nij,nj,nkj->nik", axes, eigenvalues, axes)
    x = _steps(rule, a, np.einsum("nij,nj->ni", axes, begin / scale), steps)
    return np.einsum("nij,nti->ntj", axes, x) * scale[:, None]


@partial(jax.jit, static_argnames=("rule", "steps"))
def _steps(rule: Rule, a, x, steps: int):
    length = jax.vmap(partial(step_length, rule, ETA))

    def step(x, _):
        slope = jnp.einsum("nij,nj->ni", a, x)
        loss, squared = 0.5 * jnp.sum(x * slope, axis=1), jnp.sum(slope * slope, axis=1)
        return x - length(loss, squared)[:, None] * slope, x

    return jnp.moveaxis(jax.lax.scan(step, x, length=steps)[1], 0, 1)


def test_both_rules_become_one(walks: Walks) -> None:
    """x̃' = x̃ − Ax̃/‖x̃‖."""
    here, there = walks.components[:, :-1], walks.components[:, 1:]
    norm = np.linalg.norm(here, axis=2, keepdims=True)
    np.testing.assert_allclose(there, here - walks.eigenvalues[:, None] * here / norm, atol=1e-12)


def test_a_run_is_measured_in_the_coordinates_of_the_warm_up(drifting: Rule) -> None:
    """Simulated and measured as any loss is: λ_i, and ⟨v_i, x̃⟩ but for the signs of the v_i."""
    walks = _walks(drifting, 4)
    for n in range(3):
        eigenvalues, axes, expected = walks.eigenvalues[n], walks.axes[n], walks.components[n, :300]
        a = jnp.asarray(axes * eigenvalues @ axes.T)
        scale = eigenvalues / ETA if drifting.key == "ngd" else np.sqrt(2 * eigenvalues) / ETA
        bowl = Loss(
            "bowl",
            lambda x, a=a: 0.5 * x @ a @ x,
            tuple(axes @ (expected[0] / scale)),
            codim=4,
            projection=jnp.zeros_like,
        )
        run = simulate(bowl, drifting, None, ETA, 299)
        found = measure(run)
        np.testing.assert_allclose(found.spectrum, np.tile(eigenvalues, (300, 1)), rtol=1e-12)
        signs = np.sign(expected[0] * found.components[0])
        np.testing.assert_allclose(found.components, signs * expected, atol=1e-9)
        own = np.array([_distances(eigenvalues, x) for x in expected])
        np.testing.assert_allclose(invariant_sets(found).distance, own, atol=1e-9)


def _distances(eigenvalues: np.ndarray, x: np.ndarray) -> list[float]:
    return [float(np.linalg.norm(x[j:]) - eigenvalues[j]) for j in range(len(x))]


def _sets(walks: Walks) -> np.ndarray:
    """Whether x̃_t lies in I_j, [n, t, d], but for rounding."""
    empty = Measures(*[np.empty(0)] * len(Measures._fields))
    spectrum = np.broadcast_to(walks.eigenvalues[:, None], walks.components.shape)
    shape = spectrum.shape
    flat = empty._replace(
        spectrum=spectrum.reshape(-1, shape[2]), components=walks.components.reshape(-1, shape[2])
    )
    return (invariant_sets(flat).distance <= 1e-12).reshape(shape)


def test_invariant_sets_are_entered_and_never_left(walks: Walks) -> None:
    inside = _sets(walks)
    assert np.all(inside.any(axis=1))
    assert np.all(inside[:, 1:] >= inside[:, :-1])
    assert not inside[:, 0].all()


def test_alignment_grows_every_other_step(walks: Walks) -> None:
    """Inside all I_j, where ‖x̃_t‖ ≤ λ₁/2; and not wherever ‖x̃_t‖ is larger."""
    inside = _sets(walks).all(axis=2)[:, :-2]
    small = np.linalg.norm(walks.components, axis=2)[:, :-2] <= walks.eigenvalues[:, :1] / 2
    top = np.abs(walks.components[:, :, 0])
    grows = top[:, 2:] >= top[:, :-2] * (1 - 1e-12)
    assert np.all(grows[inside & small])
    assert np.count_nonzero(inside & small) > 50 * BOWLS
    assert not np.all(grows[inside & ~small])


def test_it_ends_in_a_2_cycle_along_the_top_direction(walks: Walks, drifting: Rule) -> None:
    """C s λ₁ v₁ and −(1−C) s λ₁ v₁: none in 500 ends on a cycle that is not stable.

    One of them stays for thousands of steps near a cycle that it must leave, so all walk on.
    """
    ends = _walk(drifting, walks.eigenvalues, walks.axes, walks.components[:, -1], 12_000)
    one, two = ends[:, -2], ends[:, -1]
    first = walks.eigenvalues[:, 0]
    assert np.all(one[:, 0] * two[:, 0] < 0)
    np.testing.assert_allclose(np.abs(one[:, 0]) + np.abs(two[:, 0]), first, rtol=1e-12)
    assert np.max(np.abs([one[:, 1:], two[:, 1:]])) < 1e-9
    share = np.abs(one[:, 0]) / first
    ratio = walks.eigenvalues[:, 1:] / first[:, None]
    assert np.all(np.abs(multiplier(ratio, share[:, None])) < 1)
    assert np.ptp(share) > 0.5


def multiplier(ratio, share):
    """1 − ρ(1−ρ)/(C(1−C)), what is left in two steps of what is across the 2-cycle."""
    return 1 - ratio * (1 - ratio) / (share * (1 - share))


SHARES = np.array([0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97])


@pytest.mark.parametrize("d", [2, 3, 4, 5, 6])
def test_the_transverse_multiplier_of_the_2_cycle(drifting: Rule, d: int) -> None:
    """Measured by pushing 2-cycles of nine C on 100 bowls, along each v_j alone."""
    walks = _walks(drifting, d)
    first = walks.eigenvalues[:, :1]
    for share in SHARES:
        for j in range(1, d):
            begin = np.zeros((BOWLS, d))
            begin[:, 0], begin[:, j] = share * first[:, 0], 1e-6 * first[:, 0]
            x = _walk(drifting, walks.eigenvalues, walks.axes, begin, 3)
            found = x[:, 2, j] / x[:, 0, j]
            expected = multiplier(walks.eigenvalues[:, j] / first[:, 0], share)
            np.testing.assert_allclose(found, expected, atol=1e-4)
            np.testing.assert_allclose(x[:, 2, 0], begin[:, 0], rtol=1e-6)


@pytest.mark.parametrize("d", [2, 3, 4, 5, 6])
def test_which_2_cycles_are_stable(drifting: Rule, d: int) -> None:
    """Those with C(1−C) > ½ max ρ(1−ρ): pushed aside they return, and others leave for ever.

    ρ(1−ρ) ≤ ¼, so every one with |C − ½| < ½√½ is stable, whatever the bowl.
    """
    walks = _walks(drifting, d)
    first = walks.eigenvalues[:, :1]
    ratio = walks.eigenvalues[:, 1:] / first
    margin = np.max(ratio * (1 - ratio), axis=1) / 2
    for share in SHARES:
        begin = np.full((BOWLS, d), 1e-6) * first
        begin[:, 0] = share * first[:, 0]
        x = _walk(drifting, walks.eigenvalues, walks.axes, begin, 2000)
        moved = np.abs(np.abs(x[:, -2, 0]) / first[:, 0] - share)
        aligned = np.max(np.abs(x[:, -2:, 1:]), axis=(1, 2)) < 1e-8 * first[:, 0]
        width = share * (1 - share) / margin
        assert np.all(moved[width > 1.05] < 1e-4)
        assert np.all(aligned[width > 1.05])
        assert np.all(moved[width < 0.95] > 1e-3)
        if abs(share - 0.5) < 0.5 * np.sqrt(0.5):
            assert np.all(moved < 1e-4)
