"""Sweeps: fates against long runs by brute force, ends against `simulate`, chunks, stops."""

import pickle
import sys
import threading
import tracemalloc
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import dynamics
from dynamics import Fate, Loss, Outcome, Rule, Sweep, simulate, sweep
from dynamics.chunk import BLOCK, CHUNK, sweep_chunk
from dynamics.curvature import sharpness
from dynamics.fates import WINDOW
from dynamics.losses.quadratic import EIGENVALUES
from dynamics.own import Own
from dynamics.projection import projection
from tests.catalogue import each_kind_of_loss, each_kind_of_valley

stepping = pytest.mark.parametrize("key", ["gd", "ngd", "sqrt-gd"])


def fates(found: Sweep) -> list[Fate]:
    return [Fate(value) for value in found.outcome]


def along_eta(loss: Loss | str, rule: Rule | str, start, etas, steps: int) -> Sweep:
    """One start, many η."""
    return sweep(loss, rule, np.tile(start, (len(etas), 1)), np.asarray(etas), steps)


def scattered(loss: Loss, n: int, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Starts in the view of a loss and η from low to high, at random."""
    random = np.random.default_rng(5)
    starts = random.uniform(*np.array(loss.view).T, (n, loss.d))
    if loss.domain:
        starts = np.where(jax.vmap(loss.domain.inside)(starts)[:, None], starts, loss.start)
    return starts, np.exp(random.uniform(np.log(low), np.log(high), n))


# On the diagonal x = y = u both hyperbolas are maps of the line.
DIAGONAL = {
    "hyperbola": (lambda u, eta: u - eta * (u * u - 1) * u, np.linspace(0.31, 2.2, 120)),
    "quartic-hyperbola": (
        lambda u, eta: u - 2 * eta * (u**4 - 1) * u**3,
        np.linspace(0.05, 0.62, 120),
    ),
}
BY_PERIOD = {
    1: Fate.CONVERGES, 2: Fate.EDGE, 3: Fate.CYCLE_3, 4: Fate.CYCLE_4, 8: Fate.CYCLE_8
}  # fmt: skip


@cache
def long_run_periods(key: str) -> np.ndarray:
    """The period of each η's orbit after 200,000 steps in NumPy: 0 for none up to 512, −1 for ∞."""
    move, etas = DIAGONAL[key]
    u = np.full(len(etas), 1.1)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(200_000):
            u = move(u, etas)
        orbit = [u]
        for _ in range(1024):
            orbit.append(move(orbit[-1], etas))
    orbit = np.array(orbit)
    period = np.zeros(len(etas), int)
    for p in range(512, 0, -1):
        period[np.max(np.abs(orbit[p:] - orbit[:-p]), axis=0) < 1e-9] = p
    period[~np.all(np.isfinite(orbit), axis=0)] = -1
    return period


@pytest.mark.parametrize("key", DIAGONAL)
def test_gd_doubles_its_period_as_a_long_run_does(key: str) -> None:
    etas = DIAGONAL[key][1]
    found = along_eta(key, "gd", (1.1, 1.1), etas, 20_000)
    periods = long_run_periods(key)
    for eta, fate, period, true, x in zip(
        etas, fates(found), found.period, periods, found.x, strict=True
    ):
        if fate is Fate.UNDECIDED:
            # Chaos has led to the origin, where the quartic is flat, and creeps away from there.
            assert key == "quartic-hyperbola"
            assert eta > 0.48
            assert np.abs(x).max() < 0.3
        elif true == -1:
            assert fate is Fate.DIVERGES, eta
        elif true in BY_PERIOD:
            rests = fate in (Fate.CATAPULT, Fate.CROSSES) and true == 1
            assert rests or fate is BY_PERIOD[true], eta
            assert period == (0 if true == 1 else true), eta
        else:
            assert fate is (Fate.CHAOS if true == 0 else Fate.CYCLE_LONGER), (eta, true)
            assert period == (true if true <= 8 else 0), eta
    often = {Fate.CONVERGES, Fate.EDGE, Fate.CYCLE_4, Fate.CYCLE_8}
    assert set(fates(found)) >= {*often, Fate.CYCLE_LONGER, Fate.CHAOS, Fate.DIVERGES}


def test_gd_on_the_hyperbola_doubles_where_the_cubic_map_does() -> None:
    """u − η(u² − 1)u has a stable cycle of two for η in (1, √5 − 1), and leaves for η > 2."""
    root = np.sqrt(5) - 1
    etas = [0.98, 1.02, root - 0.01, root + 0.01, 1.27, 1.29, 1.99, 2.01]
    found = along_eta("hyperbola", "gd", (1.1, 1.1), etas, 20_000)
    assert fates(found)[:6] == [
        Fate.CROSSES,
        Fate.EDGE,
        Fate.EDGE,
        Fate.CYCLE_4,
        Fate.CYCLE_4,
        Fate.CYCLE_8,
    ]
    assert fates(found)[6:] == [Fate.CHAOS, Fate.DIVERGES]
    assert list(found.period) == [0, 2, 2, 4, 4, 8, 0, 0]


@pytest.mark.parametrize("steps", [400, 2000, 20_000])
def test_gd_on_the_quadratic_is_decided_by_its_largest_eigenvalue(steps: int) -> None:
    etas = np.array([0.5, 1.0, 1.5, 1.9, 1.98, 2.02, 2.1, 5.0]) / EIGENVALUES[0]
    found = along_eta("quadratic", "gd", (0.6, 1.3), etas, steps)
    assert set(fates(found)[:5]) == {Fate.CONVERGES}  # a point has no sides
    growth = steps * np.log10(np.abs(1 - etas[5:] * EIGENVALUES[0]))
    expected = [Fate.DIVERGES if tens > 154 else Fate.UNDECIDED for tens in growth]
    assert fates(found)[5:] == expected
    np.testing.assert_array_equal(found.ended[5:] < steps, growth > 308)


@each_kind_of_valley
def test_small_steps_end_at_the_edge(valley: Loss, drifting: Rule) -> None:
    found = along_eta(valley, drifting, valley.start, [0.004, 0.007, 0.01], 6000)
    assert set(fates(found)) == {Fate.EDGE}
    np.testing.assert_array_equal(found.period, 2)


def test_slips_of_the_bounce_are_still_the_edge() -> None:
    """√L at the flattest point of the hyperbola takes two steps on one side once in O(1/η)."""
    etas = np.linspace(0.004, 0.04, 60)
    found = along_eta("hyperbola", "sqrt-gd", (1.0, 1.05), etas, 20_000)
    assert set(fates(found)) == {Fate.EDGE}
    run = simulate("hyperbola", "sqrt-gd", (1.0, 1.05), etas[-1], 20_000)
    tail = run.x[-WINDOW:]
    sides = np.sign(tail.prod(axis=1) - 1)
    assert 0 < np.sum(sides[1:] == sides[:-1]) < WINDOW // 2


def test_ngd_beside_the_flattest_point_hops_on_and_off_the_floor() -> None:
    """y in {0, ±η}: a step from the floor is as long as any, and rounding tells to which side. The
    law of the bounce holds all the same, and so this is the edge."""
    found = along_eta("parabolic-valley", "ngd", (1.8, 1.1), [0.03714286], 20_000)
    assert fates(found) == [Fate.EDGE]
    assert found.period[0] == 2
    run = simulate("parabolic-valley", "ngd", (1.8, 1.1), 0.03714286, 20_000)
    y = np.abs(run.x[-16:, 1]) / run.eta
    assert np.all((y < 1e-6) | (np.abs(y - 1) < 1e-6))
    assert 4 <= np.sum(y < 1e-6) <= 12


@pytest.mark.parametrize(
    ("loss", "start", "etas", "steps"),
    [
        ("parabolic-valley", (1.8, 0.517), np.linspace(0.02, 0.06, 80), 15_000),
        ("product-3", None, np.linspace(0.065, 0.1, 60), 1893),
    ],
)
def test_the_law_of_the_bounce_tells_the_edge_where_parity_slips(loss, start, etas, steps) -> None:
    """But for runs that rounding has landed on Γ: they stop, and with a little noise do not."""
    start = start or dynamics.LOSSES[loss].start
    found = along_eta(loss, "ngd", start, etas, steps)
    assert set(fates(found)) <= {Fate.EDGE, Fate.STOPS}
    assert np.mean(found.outcome == Fate.EDGE) > 0.9
    for x in found.x[found.outcome == Fate.STOPS]:
        assert dynamics.LOSSES[loss].value(x) == 0


def test_ngd_that_rounding_lands_on_the_floor_stops() -> None:
    """Half a step off the floor of a bowl: η/2 + η/2, exactly. A start there stands of itself."""
    bowl = dynamics.quadratic((1.0, 0.5))
    found = sweep(bowl, "ngd", [(0.75, 0.0), (0.0, 0.0), (0.7, 0.0)], [0.25] * 3, 300)
    assert fates(found) == [Fate.STOPS, Fate.CONVERGES, Fate.EDGE]


def test_gd_catapults_too_where_it_first_comes_near_a_minimum_that_is_too_sharp() -> None:
    """Twice the least so far, not twice the start's, which is far up: from (2.5385, 0.6) L rises
    180-fold. Step by step, apart; and λ₁ at Φ(x_0) is above 2/η for each that is so named."""
    loss = dynamics.LOSSES["quartic-hyperbola"]
    first = np.linspace(1.5, 3, 60)
    starts = np.stack([first, np.full(60, 0.6)], axis=1)
    starts[0] = 2.5385, 0.6
    eta = 0.11615
    found = sweep(loss, "gd", starts, np.full(60, eta), 3000)
    assert found.outcome[0] == Fate.CATAPULT
    slope = jax.jit(jax.vmap(jax.grad(loss.value)))
    value = jax.jit(jax.vmap(loss.value))
    x, least, rise = jnp.array(starts), np.full(60, np.inf), np.zeros(60)
    for _ in range(3000):
        height = np.asarray(value(x))
        rise = np.fmax(rise, height / np.maximum(least, 1e-20))
        least = np.fmin(least, height)
        x = x - eta * slope(x)
    feet = jax.vmap(loss.projection)(jnp.array(starts))
    sharp = eta * np.asarray(jax.vmap(loss.manifold_sharpness)(feet)) > 2
    rests = np.isin(found.outcome, (Fate.CONVERGES, Fate.CROSSES, Fate.CATAPULT))
    assert rise[0] > 100
    assert 3 < np.sum(found.outcome == Fate.CATAPULT) < rests.sum()
    np.testing.assert_array_equal(
        found.outcome[rests] == Fate.CATAPULT, (sharp & (rise > 2))[rests]
    )


def test_gd_catapults_from_a_minimum_a_little_too_sharp() -> None:
    """λ₁ = 9 + 1/9 where it starts; what it comes to rest in is flatter than 2/η."""
    sharp = 9 + 1 / 9
    etas = np.array([0.5, 1.9, 1.98, 2.02, 2.2, 2.6]) / sharp
    found = along_eta("hyperbola", "gd", (3.0, 1 / 3 + 1e-6), etas, 20_000)
    assert fates(found) == [Fate.CONVERGES] + 2 * [Fate.CROSSES] + 3 * [Fate.CATAPULT]
    assert np.all(found.sharpness < 2 / etas)
    np.testing.assert_allclose(found.sharpness[:3], sharp, rtol=1e-4)
    assert np.all(found.sharpness[3:] < sharp - 0.05)


def test_gd_that_leaves_a_minimum_when_the_steps_run_out_is_undecided() -> None:
    found = along_eta("hyperbola", "gd", (3.0, 1 / 3 + 1e-12), [2.1 / (9 + 1 / 9)], 150)
    assert fates(found) == [Fate.UNDECIDED]


def test_slow_descents_are_undecided_and_late_ones_converge() -> None:
    etas = [1e-12, 1e-5, 0.01]
    assert fates(along_eta("hyperbola", "gd", (2.6, 0.9), etas, 2000)) == [
        Fate.UNDECIDED,
        Fate.UNDECIDED,
        Fate.CONVERGES,
    ]
    for key in ("ngd", "sqrt-gd"):
        found = along_eta("hyperbola", key, (2.6, 0.9), [1e-12, 1e-5], 2000)
        assert set(fates(found)) == {Fate.UNDECIDED}


@stepping
@pytest.mark.parametrize("steps", [0, 1, 31, WINDOW - 1, WINDOW, WINDOW + 1])
def test_few_steps_decide_little(key: str, steps: int) -> None:
    """A start at a minimiser stands; any other is on its way."""
    starts = [(1.5, 0.0), (1.8, 1.1)]
    found = sweep("parabolic-valley", key, starts, [0.01, 1e-4], steps)
    assert fates(found) == [Fate.CONVERGES, Fate.UNDECIDED]
    np.testing.assert_array_equal(found.ended, steps)
    run = simulate("parabolic-valley", key, starts[1], 1e-4, steps)
    np.testing.assert_allclose(found.x, [starts[0], run.x[-1]], rtol=1e-13)


@each_kind_of_valley
@stepping
def test_a_start_on_the_manifold_stands(valley: Loss, key: str, on_manifold) -> None:
    """Where the gradient of a point of Γ is no exact 0, NGD bounces, of length η."""
    points = on_manifold(valley)
    etas = np.full(len(points), 1e-6)
    found = sweep(valley, key, points, etas, 200)
    still = {Fate.CONVERGES, Fate.STOPS}
    hops = {Fate.EDGE, Fate.CYCLE_4, Fate.CYCLE_8, Fate.CYCLE_LONGER}
    assert set(fates(found)) <= ({Fate.CONVERGES} if key == "gd" else still | hops)
    np.testing.assert_allclose(found.x, points, atol=1e-4)


@each_kind_of_loss
@stepping
def test_last_iterates_are_those_of_simulate(loss: Loss, key: str) -> None:
    """Up to the last digits: the compiler fuses products into sums as it likes."""
    starts, etas = scattered(loss, 12, 1e-3, 2e-2)
    for steps in (0, 1, 40, 700):
        found = sweep(loss, key, starts, etas, steps)
        for i, (start, eta) in enumerate(zip(starts, etas, strict=True)):
            run = simulate(loss, key, start, eta, steps)
            assert found.ended[i] == run.step[-1]
            ended = run.outcome in (Outcome.NOT_FINITE, Outcome.LEFT_DOMAIN)
            assert (found.outcome[i] == Fate.DIVERGES) == ended
            np.testing.assert_allclose(found.x[i], run.x[-1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("loss", "rule", "start", "eta", "steps"),
    [
        ("paper-valley", "gd", (14.7, 3.0), 0.05, 1000),
        ("paper-valley", "sqrt-gd", (14.7, 3.0), 3.0, 1000),
        ("ring", "ngd", (-1.5, 0.0), 1.45, 50),
        ("ring", "ngd", (2.0, 1.0), 1.0, 400),
        ("quadratic", "gd", (0.6, 1.3), 2.2 / EIGENVALUES[0], 40_000),
        ("quadratic", "gd", (0.6, 1.3), 2.02 / EIGENVALUES[0], 80_000),
    ],
)
def test_a_run_that_leaves_ends_with_its_last_iterate(loss, rule, start, eta, steps) -> None:
    run = simulate(loss, rule, start, eta, steps)
    assert run.outcome in (Outcome.NOT_FINITE, Outcome.LEFT_DOMAIN)
    found = sweep(loss, rule, [start], [eta], steps)
    assert fates(found) == [Fate.DIVERGES]
    assert found.ended[0] == run.step[-1]
    np.testing.assert_allclose(found.x, run.x[-1:], rtol=1e-9)
    assert np.isnan(found.sharpness[0])
    assert found.period[0] == 0


def test_every_length_up_to_the_end_ends_there() -> None:
    """Whatever stride, window or block the end falls in."""
    steep = Loss("steep", lambda x: 0.5 * x[0] ** 2, start=(1.0,))
    end = 154  # x → −100 x
    for steps in (*range(end - 3, end + WINDOW + 40), 400):
        found = sweep(steep, "gd", [(1.0,)], [101.0], steps)
        assert found.ended[0] == min(steps, end)
        np.testing.assert_allclose(np.abs(found.x), 100.0 ** min(steps, end), rtol=1e-9)
        assert fates(found) == [Fate.DIVERGES]  # L overflows before x does


@stepping
def test_a_start_outside_the_domain_diverges_at_once(key: str) -> None:
    for steps in (0, 1, 1000):
        found = sweep("ring", key, [(0.05, 0.0), (1.5, 0.7)], [0.01, 0.01], steps)
        assert (found.outcome[0] == Fate.DIVERGES, found.ended[0]) == (True, 0)
        assert np.all(np.isnan(found.x[0]))
        assert found.outcome[1] != Fate.DIVERGES


def test_a_loss_that_is_only_its_function(along) -> None:
    """Φ and λ₁ found by steps of the sweep's own."""
    own = Loss("own", lambda x: 0.5 * (1 - x[0] * x[1] * x[2]) ** 2, start=(1.5, 0.9, 0.5))
    starts = np.array(own.start) + np.random.default_rng(2).uniform(-0.1, 0.1, (5, 3))
    found = sweep(own, "ngd", starts, np.full(5, 0.01), 3000)
    assert set(fates(found)) == {Fate.EDGE}
    flat = along(sharpness, own, along(projection, own, found.x))
    np.testing.assert_allclose(found.sharpness, flat, rtol=1e-6)


def test_a_loss_of_one_parameter() -> None:
    """NGD on x²: 0.25, −0.05 and back."""
    own = Loss("own", lambda x: x[0] ** 2, start=(1.45,))
    found = sweep(own, "ngd", [[1.45], [1.45]], [0.3, 0.3], 101)
    assert fates(found) == [Fate.EDGE, Fate.EDGE]
    np.testing.assert_allclose(found.x, -0.05, atol=1e-13)
    np.testing.assert_allclose(found.sharpness, 2)


@each_kind_of_loss
@stepping
def test_sharpness_is_that_of_the_projection(loss: Loss, key: str, along) -> None:
    """Wherever the run has not left."""
    starts, etas = scattered(loss, 30, 5e-3, 1e-1)
    found = sweep(loss, key, starts, etas, 2000)
    left = found.outcome == Fate.DIVERGES
    assert np.all(np.isnan(found.sharpness[left]))
    flat = along(sharpness, loss, along(projection, loss, found.x[~left]))
    np.testing.assert_allclose(found.sharpness[~left], flat, rtol=1e-5)


@pytest.mark.parametrize("key", ["quartic-hyperbola", "ring", "sine-valley", "ellipse"])
def test_sharpness_without_closed_forms(key: str, along) -> None:
    loss = dynamics.LOSSES[key]
    bare = Loss("bare", loss.value, loss.start, gradient=loss.gradient, domain=loss.domain)
    starts, etas = scattered(loss, 30, 5e-3, 1e-1)
    found = sweep(bare, "ngd", starts, etas, 2000)
    left = found.outcome == Fate.DIVERGES
    flat = along(sharpness, loss, along(projection, loss, found.x[~left]))
    np.testing.assert_allclose(found.sharpness[~left], flat, rtol=1e-5)


@pytest.mark.parametrize("n", [0, 1, 999, 1000, 1001, CHUNK, CHUNK + 1])
def test_chunks_do_not_show(n: int) -> None:
    starts, etas = scattered(dynamics.LOSSES["quartic-hyperbola"], 2500, 0.01, 1.0)
    whole = sweep("quartic-hyperbola", "gd", starts, etas, 300)
    part = sweep("quartic-hyperbola", "gd", starts[:n], etas[:n], 300)
    for column, same in zip(part, whole, strict=True):
        np.testing.assert_array_equal(column, same[:n])
    assert len(set(fates(whole))) > 5


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    starts, etas = scattered(dynamics.LOSSES["hyperbola"], 1100, 0.01, 2.2)
    whole = sweep("hyperbola", "gd", starts, etas, 1000)
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(sys.modules[Sweep.__module__], "BLOCK", 7)
    parts = sweep("hyperbola", "gd", starts, etas, 1000, progress=lambda *at: seen.append(at))
    for column, same in zip(parts, whole, strict=True):
        np.testing.assert_array_equal(column, same)
    assert len(seen) == 2 * -(-(1000 - WINDOW) // 7)


def test_columns_are_arrays_of_their_types() -> None:
    found = sweep("hyperbola", "ngd", [(2, 1)], [1], np.int64(100))
    kinds = [column.dtype for column in found[:-1]]
    assert kinds == [np.int8, np.int8, np.float64, np.float64, np.int64, np.bool_]
    assert [column.shape for column in found[:-1]] == [(1,), (1,), (1,), (1, 2), (1,), (1,)]


def test_progress_is_told_to_the_caller_in_order() -> None:
    seen: list[tuple[int, int]] = []
    threads: set[int] = set()

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        threads.add(threading.get_ident())

    starts, etas = scattered(dynamics.LOSSES["hyperbola"], 5 * CHUNK, 0.01, 0.1)
    sweep("hyperbola", "ngd", starts, etas, WINDOW + 2 * BLOCK, progress=progress)
    assert seen == [(done, 10) for done in range(1, 11)]
    assert threads == {threading.get_ident()}


def test_a_stopped_sweep_leaves_the_rest_unknown() -> None:
    starts, etas = scattered(dynamics.LOSSES["hyperbola"], 40 * CHUNK, 0.01, 0.1)
    whole = sweep("hyperbola", "ngd", starts, etas, 500)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(threading.get_ident())
        return len(asked) > 5

    found = sweep("hyperbola", "ngd", starts, etas, 500, stop=stop)
    assert set(asked) == {threading.get_ident()}
    assert len(asked) == 6
    missing = found.outcome == Fate.UNKNOWN
    assert 0 < missing.sum() < len(missing)
    for column, same in zip(found[:-1], whole[:-1], strict=True):
        np.testing.assert_array_equal(column[~missing], same[~missing])
    assert np.all(np.isnan(found.x[missing]))
    assert np.all(np.isnan(found.sharpness[missing]))
    assert not np.any(found.ended[missing])
    assert not np.any(whole.outcome == Fate.UNKNOWN)


def test_a_long_chunk_is_stopped_between_its_blocks() -> None:
    seen: list[int] = []
    found = sweep(
        "hyperbola",
        "gd",
        [(2.6, 0.9)],
        [0.1],
        dynamics.MAX_STEPS,
        progress=lambda done, total: seen.append(total),
        stop=lambda: len(seen) >= 2,
    )
    assert len(seen) == 2
    assert seen[0] > 500
    assert fates(found) == [Fate.UNKNOWN]


def test_a_sweep_stopped_before_does_nothing() -> None:
    assert fates(sweep("hyperbola", "gd", [(2.6, 0.9)], [0.1], 10, stop=lambda: True)) == [0]


def test_what_progress_raises_ends_the_sweep() -> None:
    def progress(done: int, total: int) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        sweep("hyperbola", "gd", [(2.6, 0.9)], [0.1], dynamics.MAX_STEPS, progress=progress)


@stepping
def test_other_numbers_compile_nothing(key: str, compiled: list[str]) -> None:
    sweep("ellipse", key, np.tile((0.6, 1.6), (250, 1)), np.linspace(0.1, 1, 250), 3000)
    compiled.clear()
    sweep("ellipse", key, np.tile((0.7, 1.5), (2500, 1)), np.linspace(0.1, 1, 2500), 3000)
    sweep("ellipse", key, np.ones((3, 2), int), [1, 2, 3], 0)
    assert compiled == []


def test_a_program_is_compiled_once_for_all_threads(compiled: list[str]) -> None:
    own = Loss("own", lambda x: 0.5 * (1 - x[0] * x[1]) ** 2, start=(1.5, 0.9))
    begin = np.tile(own.start, (3 * CHUNK, 1))
    sweep(own, "gd", begin, np.full(len(begin), 0.1), 100)
    assert len(compiled) == 6


def test_memory_does_not_grow_with_the_runs() -> None:
    """But for what is given and what comes back."""

    def peak(n: int) -> int:
        starts, etas = np.full((n, 2), 1.2), np.full(n, 0.1)
        sweep("hyperbola", "gd", starts[:1], etas[:1], 60)
        tracemalloc.start()
        found = sweep("hyperbola", "gd", starts, etas, 60)
        top = tracemalloc.get_traced_memory()[1] - sum(column.nbytes for column in found[:-1])
        tracemalloc.stop()
        return top

    assert peak(200_000) - peak(20_000) < 1_500_000


def test_a_fate_says_what_it_is() -> None:
    assert sorted(map(int, Fate)) == list(range(len(Fate)))
    assert all(fate.sentence.endswith(".") for fate in Fate)
    assert len({fate.sentence for fate in Fate}) == len(Fate)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rule": "gradient-flow"}, "rule must take steps (gd, ngd, sqrt-gd), got gradient-flow"),
        ({"rule": "sgd"}, "no rule called 'sgd'. Did you mean "),
        ({"starts": [(1.0, 2.0, 3.0)]}, "starts must be [n, 2] for hyperbola, got [1, 3]"),
        ({"starts": (1.0, 2.0)}, "starts must be [n, 2] for hyperbola, got [2]"),
        ({"starts": [(1.0, np.nan)]}, "starts must be finite numbers, got 1.0,nan"),
        ({"etas": [0.1, 0.2]}, "etas must be one for each of 1 starts, got [2]"),
        ({"etas": 0.1}, "etas must be one for each of 1 starts, got []"),
        ({"etas": [0.0]}, "eta must be a number above 0, got 0.0"),
        ({"etas": [np.inf]}, "eta must be a number above 0, got inf"),
        ({"steps": -1}, "steps must be a whole number in 0 … 10000000, got -1"),
        ({"steps": 1.5}, "steps must be a whole number in 0 … 10000000, got 1.5"),
    ],
)
def test_bad_input_is_answered_with_what_must_hold(settings: dict, message: str) -> None:
    asked = {"loss": "hyperbola", "rule": "gd", "starts": [(1.0, 2.0)], "etas": [0.1], "steps": 5}
    with pytest.raises(ValueError, match=r"must|no ") as error:
        sweep(**(asked | settings))
    assert str(error.value).startswith(message)


def test_a_chunk_is_plain_data_in_and_out() -> None:
    """What goes in and what comes out can be pickled, so that any executor may do it."""
    call = partial(
        sweep_chunk, "ring", {"k": 1.5}, "ngd", np.array([[1.5, 0.7]]), Own(np.array([0.05]))
    )
    found = pickle.loads(pickle.dumps(call))(200)
    again = pickle.loads(pickle.dumps(found))
    expected = sweep(dynamics.LOSSES["ring"].at(k=1.5), "ngd", [[1.5, 0.7]], [0.05], 200)
    for one, other in zip(again[:-1], expected[:-1], strict=True):
        np.testing.assert_array_equal(one, other)
