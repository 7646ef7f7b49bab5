"""What the lab computes: lines of starts, ranges of step sizes, maps in bands, turns."""

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import jax
import numpy as np
import pytest
from flask import Flask
from flask_caching import Cache

import dynamics
from app.lab import compute as lab_compute
from app.lab.compute import (
    CHUNK,
    Grid,
    Lab,
    Regimes,
    StoppedError,
    Way,
    interesting_etas,
    interlaced,
    line_of,
)
from app.lab.settings import LabSettings
from app.stage.compute import Compute
from dynamics import LOSSES, RULES, Fate
from dynamics.curvature import direction, gradient, sharpness
from dynamics.projection import projection
from dynamics.rate import measure_rate

VALLEYS = [key for key, loss in LOSSES.items() if loss.codim < loss.d]
STEPPING = [key for key, rule in RULES.items() if rule.effective_step]


def stays() -> bool:
    return False


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab that keeps its results in memory."""
    server = Flask("test")
    cache = Cache(server, config={"CACHE_TYPE": "SimpleCache"})
    with server.app_context():
        yield Lab(Compute(cache))


def grid_of(size: int = 24, steps: int = 100, **settings) -> Grid:
    return LabSettings(size=size, steps=steps, **settings).grid


# ---- lines of starts ----


def test_a_straight_line_by_hand() -> None:
    starts, positions = line_of(Way("hyperbola", ((0.0, 1.0), (3.0, 5.0)), 0.0), 6)
    np.testing.assert_allclose(starts[2], (1.2, 2.6))
    np.testing.assert_allclose(positions, np.arange(6))


@pytest.mark.parametrize("key", VALLEYS)
def test_starts_beside_the_valley_lie_across_it(key: str) -> None:
    """Feet on Γ at equal distances along it; x − foot = off · v₁, on one side all along."""
    loss, off, count = LOSSES[key], 0.07, 60
    feet, along = line_of(Way(key, None, 0.0), count)
    starts = line_of(Way(key, None, off), count).starts
    assert feet.shape == starts.shape == (count, loss.d)
    slopes = np.asarray(jax.vmap(lambda x: gradient(loss, x))(feet))
    np.testing.assert_allclose(slopes, 0.0, atol=1e-7)
    steps = np.diff(along)
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.02)
    away = (starts - feet) / off
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 1.0, rtol=1e-6)
    v = np.asarray(jax.vmap(lambda x: direction(loss, x))(feet))
    np.testing.assert_allclose(np.abs(np.sum(away * v, axis=1)), 1.0, rtol=1e-5)
    assert np.all(np.sum(away[1:] * away[:-1], axis=1) >= 0)


@pytest.mark.parametrize("key", [key for key in VALLEYS if LOSSES[key].branches])
def test_the_valley_is_that_in_view(key: str) -> None:
    low, high = np.array(LOSSES[key].view).T
    feet = line_of(Way(key, None, 0.0), 40).starts
    assert np.all((feet >= low - 0.05) & (feet <= high + 0.05))
    assert np.ptp(feet, axis=0).max() > 0.5 * (high - low).min()


def test_starts_beside_the_valley_by_hand() -> None:
    """Beside y = 0, above it, where the loss's own start is; on the ring, outside."""
    starts, positions = line_of(Way("parabolic-valley", None, 0.25), 28)
    np.testing.assert_allclose(starts[:, 1], 0.25, atol=1e-12)
    np.testing.assert_allclose(starts[:, 0], np.linspace(-0.39, 2.28, 28), atol=0.02)
    np.testing.assert_allclose(positions[-1], 2.67, atol=0.02)
    ring = line_of(Way("ring", None, 0.25), 28).starts
    np.testing.assert_allclose(np.linalg.norm(ring, axis=1), 1.25, atol=1e-3)


# ---- step sizes of interest ----


def test_the_range_for_gd_is_about_the_critical_step() -> None:
    """On the parabolic valley Φ of y = 0 is the start: λ₁ = 1 + x² from 1 to 5 on [0, 2]."""
    ends = ((0.0, 1e-9), (2.0, 1e-9))
    low, high = interesting_etas(Way("parabolic-valley", ends, 0.0), "gd")
    assert (low, high) == (0.2, 4.0)


def test_the_range_for_a_rule_with_a_bounce_is_about_its_width() -> None:
    ends = ((0.0, 1e-9), (2.0, 1e-9))
    way = Way("parabolic-valley", ends, 0.0)
    assert interesting_etas(way, "ngd") == (0.01, 2.0)
    # η√(λ₁/2), with λ₁ = 5 for the least and 1 for the greatest.
    low, high = interesting_etas(way, "sqrt-gd")
    assert (low, high) == (pytest.approx(0.01 / np.sqrt(2.5), 0.02), pytest.approx(2.8))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rule", STEPPING)
def test_every_loss_and_rule_has_a_range(loss: str, rule: str) -> None:
    low, high = LabSettings(loss=loss, rule=(rule,)).eta_range
    assert 1e-5 < low < high < 1e3


def test_the_range_where_no_start_comes_down_to_the_valley() -> None:
    """On x + y = 0 all run into the saddle at 0: as if λ₁ were 1."""
    way = Way("hyperbola", ((1.0, -1.0), (0.5, -0.5)), 0.0)
    assert interesting_etas(way, "gd") == (1.0, 4.0)


def test_the_range_where_a_sweep_does_not_find_the_valley() -> None:
    """The network is far up, beyond the short descent of a sweep; the critical step is in it."""
    settings = LabSettings(loss="tiny-network")
    loss = LOSSES["tiny-network"]
    middle = settings.line.starts[100]
    low, high = settings.eta_range
    assert low < 2 / sharpness(loss, projection(loss, middle)) < high
    assert high < 5.1 * low


# Fates of which at least a hundredth of the default map must consist, each.
SEEN = {
    "hyperbola gd": {
        Fate.CONVERGES, Fate.CATAPULT, Fate.EDGE, Fate.CYCLE_LONGER, Fate.DIVERGES,
    },
    "quartic-hyperbola gd": {Fate.CONVERGES, Fate.EDGE, Fate.CYCLE_LONGER, Fate.DIVERGES},
    "ring gd": {Fate.CONVERGES, Fate.CATAPULT, Fate.DIVERGES},
    "hyperbola ngd": {Fate.EDGE, Fate.CYCLE_LONGER},
    "parabolic-valley ngd": {Fate.EDGE, Fate.CYCLE_LONGER},
    "hyperbola sqrt-gd": {Fate.EDGE, Fate.CYCLE_LONGER, Fate.DIVERGES},
}  # fmt: skip


@pytest.mark.parametrize("key", SEEN)
def test_the_default_map_shows_what_there_is_to_see(lab: Lab, key: str) -> None:
    loss, rule = key.split()
    found = lab.regimes(LabSettings(loss=loss, rule=(rule,), size=64).grid, stays)
    shares = {fate: np.mean(found.outcome == fate) for fate in Fate}
    assert all(shares[fate] > 0.01 for fate in SEEN[key])
    known = np.log(found.sharpness[np.isfinite(found.sharpness)])
    assert np.ptp(known) > 0.5


# ---- the order of rows ----


@pytest.mark.parametrize("count", [1, 2, 3, 16, 17, 200, 399, 400])
def test_every_row_comes_once(count: int) -> None:
    assert sorted(interlaced(count)) == list(range(count))


def test_the_order_by_hand() -> None:
    assert interlaced(10) == [0, 8, 4, 2, 6, 1, 3, 5, 7, 9]


@pytest.mark.parametrize("count", [16, 100, 200, 400])
def test_every_beginning_of_the_order_is_spread_over_all(count: int) -> None:
    """No stretch without a row is much longer than it must be."""
    order = interlaced(count)
    for shown in range(4, count + 1):
        edges = np.diff(np.sort([*order[:shown], count]))
        assert edges.max() <= 4 * count / shown + 1


# ---- maps ----


def test_a_map_is_what_a_sweep_says(lab: Lab) -> None:
    grid = grid_of(size=40, rule=("gd",))
    rows, columns = grid.shape
    found = lab.regimes(grid, stays)
    starts, etas = np.tile(grid.starts, (rows, 1)), np.repeat(grid.etas, columns)
    expected = dynamics.sweep(grid.loss, grid.rule, starts, etas, grid.steps)
    for name in Regimes._fields:
        column = getattr(expected, name).reshape(rows, columns)
        np.testing.assert_array_equal(getattr(found, name), column, err_msg=name)
    assert Fate.UNKNOWN not in found.outcome


def test_bands_hold_each_row_once_and_the_first_is_coarse(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    grid = grid_of(size=150)
    bands = list(lab.bands(grid, stays))
    rows = [row for band in bands for row in band.rows]
    assert rows == interlaced(150)
    assert len(bands) > 5
    assert np.ptp(bands[0].rows) > 100
    assert all(band.regimes.outcome.shape == (len(band.rows), 150) for band in bands)


def test_a_band_takes_about_as_long_as_it_should() -> None:
    cores = lab_compute.cores()
    assert lab_compute._next_size(cores, 100.0) == cores
    assert lab_compute._next_size(10 * cores, 0.15) == 10 * cores
    assert lab_compute._next_size(10 * cores, 0.3) == 5 * cores
    assert lab_compute._next_size(cores, 1e-9) == 4 * cores
    assert lab_compute._next_size(cores, 0.0) == 4 * cores


def test_a_finished_map_is_not_computed_again(lab: Lab, monkeypatch) -> None:
    grid = grid_of()
    first = lab.regimes(grid, stays)
    monkeypatch.setattr(lab_compute, "sweep", None)
    bands = list(lab.bands(grid, stays))
    assert [band.rows for band in bands] == [list(range(24))]
    for one, other in zip(first, bands[0].regimes, strict=True):
        np.testing.assert_array_equal(one, other)


def test_maps_of_other_settings_are_others(lab: Lab) -> None:
    changes: list[dict[str, Any]] = [
        *({}, {"size": 25}, {"steps": 99}, {"loss": "ring"}, {"rule": ("ngd",)}),
        *({"eta": (0.1, 1.0)}, {"first": (0.5, 0.5)}, {"along": "valley"}),
        {"along": "valley", "off": 0.2},
    ]
    keys = {lab._key(grid_of(**change)) for change in changes}
    assert len(keys) == 9


def test_a_map_holds_no_more_than_its_answer(lab: Lab) -> None:
    grid = grid_of(size=100, steps=10)
    found = lab.regimes(grid, stays)
    assert sum(column.nbytes for column in found) <= 14 * 100 * 100
    assert found.sharpness.shape == (100, 100)


# ---- whoever goes away ----


def test_whoever_goes_away_stops_a_band_within_itself(lab: Lab) -> None:
    """Asked after every block of a chunk, not only between bands."""
    asked = 0

    def gone() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    grid = grid_of(size=400, steps=100_000)
    begun = time.monotonic()
    with pytest.raises(StoppedError):
        list(lab.bands(grid, gone))
    assert time.monotonic() - begun < 10
    assert 3 < asked < 20
    assert not lab._queue
    assert lab.compute.cache.get(lab._key(grid)) is None


def test_closing_a_map_stops_it(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    swept = []
    sweep = lab_compute.sweep
    monkeypatch.setattr(lab_compute, "sweep", lambda *a, **k: swept.append(1) or sweep(*a, **k))
    grid = grid_of(size=400, steps=50)
    bands = lab.bands(grid, stays)
    next(bands)
    bands.close()
    assert len(swept) == 1
    assert not lab._queue
    assert lab.compute.cache.get(lab._key(grid)) is None


def test_two_maps_take_turns(lab: Lab, monkeypatch) -> None:
    """Never two sweeps at a time, and neither map has to wait for all of the other."""
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    order, busy, most = [], 0, 0
    sweep = lab_compute.sweep

    def counted(loss, *arguments, **options):
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        time.sleep(0.01)
        found = sweep(loss, *arguments, **options)
        busy -= 1
        order.append(loss)
        return found

    grids = [grid_of(size=128, steps=50, loss=loss) for loss in ("hyperbola", "ellipse")]
    monkeypatch.setattr(lab_compute, "sweep", counted)
    threads = [threading.Thread(target=lambda g=g: list(lab.bands(g, stays))) for g in grids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert len(order) == 2 * -(-128 // (lab_compute.cores() * CHUNK // 128))
    changes = sum(one != other for one, other in pairwise(order))
    assert changes > len(order) / 2


def test_whoever_goes_away_while_waiting_does_not_hold_up_the_others(lab: Lab) -> None:
    with lab._turn(stays):
        with pytest.raises(StoppedError), lab._turn(lambda: True):
            pass
        assert len(lab._queue) == 1
    with lab._turn(stays):
        pass


# ---- orbits and gaps ----


def test_an_orbit_is_that_of_one_start(lab: Lab) -> None:
    settings = LabSettings(size=21, steps=300)
    found = lab.orbit(settings.orbit, stays)
    assert found.x.shape == (600, 64, 2)
    start = tuple(settings.line.starts[10])
    for row in (0, 200, 400):
        eta = settings.orbit.etas[row]
        run = dynamics.simulate("hyperbola", "gd", start, eta, 300, record="all")
        np.testing.assert_allclose(found.x[row], run.x[-64:], rtol=1e-6)


def test_an_orbit_that_nobody_waits_for_is_not_kept(lab: Lab) -> None:
    grid = LabSettings(size=21, steps=300).orbit
    with pytest.raises(StoppedError):
        lab.orbit(grid, lambda: True)
    assert np.all(lab.orbit(grid, stays).fate.outcome != Fate.UNKNOWN)


def test_gaps_are_those_of_the_rate_and_come_one_by_one(lab: Lab, monkeypatch) -> None:
    made = []
    gap_at = lab_compute.gap_at
    monkeypatch.setattr(lab_compute, "gap_at", lambda *a: made.append(1) or gap_at(*a))
    etas = (0.1, 0.05, 0.03)
    gaps = lab.gaps("hyperbola", "ngd", (2.0, 0.7), 1.0, etas, stays)
    found = [next(gaps)]
    assert len(made) == 1
    found += gaps
    expected = measure_rate("hyperbola", "ngd", (2.0, 0.7), 1.0, etas)
    np.testing.assert_array_equal(found, expected.gaps)
    assert list(lab.gaps("hyperbola", "ngd", (2.0, 0.7), 1.0, etas, stays)) == found
    assert len(made) == 3
    with pytest.raises(StoppedError):
        list(lab.gaps("hyperbola", "ngd", (2.0, 0.7), 2.0, etas, lambda: True))


def test_the_sharpness_of_a_map_is_that_below_its_last_iterates(lab: Lab) -> None:
    """Against a run simulated on its own, Φ and λ₁ by the definitions."""
    grid = grid_of(size=16, steps=200, rule=("ngd",), eta=(0.01, 0.03))
    found = lab.regimes(grid, stays)
    loss = LOSSES[grid.loss]
    for row, column in ((0, 0), (5, 9), (15, 15)):
        run = dynamics.simulate(loss, "ngd", grid.starts[column], grid.etas[row], 200)
        expected = sharpness(loss, projection(loss, run.x[-1]))
        np.testing.assert_allclose(found.sharpness[row, column], expected, rtol=1e-6)
