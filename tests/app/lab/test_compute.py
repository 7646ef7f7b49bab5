"""What the lab computes: lines of starts, ranges of step sizes, maps in bands, turns."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask_caching import Cache

import dynamics
from app.lab import compute as lab_compute
from app.lab.compute import CHUNK, Grid, Lab, Regimes, Watch, interlaced
from app.lab.settings import LabSettings
from app.once import Once, StoppedError
from app.runspec import LossSpec, RuleSpec
from dynamics import LOSSES, RULES, Fate
from dynamics.compilation import quickly
from dynamics.curvature import sharpness
from dynamics.projection import projection
from dynamics.rate import measure_rate

VALLEYS = [key for key, loss in LOSSES.items() if loss.codim < loss.d]
STEPPING = [key for key, rule in RULES.items() if rule.step]


def stays() -> bool:
    return False


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab that keeps its results in memory."""
    server = Flask("test")
    cache = Cache(server, config={"CACHE_TYPE": "SimpleCache"})
    with server.app_context():
        yield Lab(Once(cache))


def grid_of(lab: Lab, size: int = 24, steps: int = 100, **settings) -> Grid:
    return lab.grid(lab.filled(LabSettings(size=size, steps=steps, **settings)))


# ---- from settings ----


def test_the_grid_is_what_the_settings_say(lab: Lab) -> None:
    settings = LabSettings(
        eta=(0.01, 1.0), first=(1.0, 2.0), last=(3.0, 2.0), size=21, steps=77, rule=("ngd",)
    )
    assert lab.filled(settings) is settings
    grid, orbit = lab.grid(settings), lab.orbit_grid(settings)
    assert (grid.loss, grid.rule, grid.steps, grid.shape) == (
        LossSpec("hyperbola"),
        RuleSpec("ngd"),
        77,
        (21, 21),
    )
    np.testing.assert_allclose(grid.etas[[0, 10, 20]], [0.01, 0.1, 1.0], rtol=1e-12)
    np.testing.assert_allclose(grid.starts[:, 0], np.linspace(1, 3, 21))
    np.testing.assert_allclose(orbit.etas[[0, -1]], [0.01, 1.0])
    np.testing.assert_array_equal(orbit.starts, grid.starts[[10]])
    assert (orbit.loss, orbit.rule.key, orbit.steps) == (LossSpec("hyperbola"), "ngd", 77)


def test_the_default_line_crosses_the_view_at_equal_distances(lab: Lab) -> None:
    line = lab.line(LabSettings(loss="parabolic-valley"))
    assert line.starts.shape == (200, 2)
    np.testing.assert_allclose(line.positions, np.linspace(0, 2.7, 200), atol=1e-12)


def test_the_slice_is_a_start_of_the_map(lab: Lab) -> None:
    settings = LabSettings(slice=0.25, size=21, eta=(0.1, 1.0), loss="ring", along="valley")
    np.testing.assert_array_equal(lab.orbit_grid(settings).starts, lab.grid(settings).starts[[5]])


def test_only_the_range_of_a_map_is_filled_in(lab: Lab) -> None:
    for settings in (LabSettings(plot="rate"), LabSettings(plot="collapse")):
        assert lab.filled(settings) is settings
    filled = lab.filled(LabSettings())
    assert filled.eta
    assert replace(filled, eta=None) == LabSettings()


def test_a_range_is_sought_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lab.filled(LabSettings(loss="ring"))
    monkeypatch.setattr(lab_compute, "interesting_etas", None)
    assert lab.filled(LabSettings(loss="ring", size=17)).eta == first.eta


# Each loss by one rule and each rule on one loss: two programs of a sweep take a second and a half,
# and of the network, which has a test of its own below, ten times as long.
RANGES = [
    pytest.param(loss, rule, marks=() if few and loss != "tiny-network" else (pytest.mark.every,))
    for i, loss in enumerate(LOSSES)
    for rule in STEPPING
    for few in [rule == STEPPING[i % len(STEPPING)] or loss == "hyperbola"]
]


@pytest.mark.parametrize(("loss", "rule"), RANGES)
def test_every_loss_and_rule_has_a_range(lab: Lab, loss: str, rule: str) -> None:
    settings = lab.filled(LabSettings(loss=loss, rule=(rule,)))
    assert settings.eta
    low, high = settings.eta
    assert 1e-5 < low < high < 1e3


@pytest.mark.every
def test_the_range_where_a_sweep_does_not_find_the_valley(lab: Lab) -> None:
    """The network is far up, beyond the short descent of a sweep; the critical step is in it."""
    settings = lab.filled(LabSettings(loss="tiny-network"))
    loss = LOSSES["tiny-network"]
    middle = lab.line(settings).starts[100]
    assert settings.eta
    low, high = settings.eta
    foot = quickly(projection)(loss, middle)
    assert low < 2 / quickly(sharpness)(loss, foot) < high
    assert high < 5.1 * low


# Fates of which at least a hundredth of the default map must consist, each.
SEEN = {
    "hyperbola gd": {
        Fate.CONVERGES, Fate.CROSSES, Fate.CATAPULT, Fate.EDGE, Fate.CHAOS, Fate.DIVERGES,
    },
    "quartic-hyperbola gd": {Fate.CONVERGES, Fate.EDGE, Fate.CHAOS, Fate.DIVERGES},
    "ring gd": {Fate.CONVERGES, Fate.CATAPULT, Fate.DIVERGES},
    "hyperbola ngd": {Fate.EDGE},
    "parabolic-valley ngd": {Fate.EDGE},
    "hyperbola sqrt-gd": {Fate.EDGE, Fate.CYCLE_LONGER, Fate.DIVERGES},
}  # fmt: skip


@pytest.mark.parametrize("key", SEEN)
def test_the_default_map_shows_what_there_is_to_see(lab: Lab, key: str) -> None:
    loss, rule = key.split()
    found = lab.regimes(grid_of(lab, 64, 2000, loss=loss, rule=(rule,)), stays).regimes
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
    grid = grid_of(lab, size=40, rule=("gd",))
    rows, columns = grid.shape
    found = lab.regimes(grid, stays).regimes
    starts, etas = np.tile(grid.starts, (rows, 1)), np.repeat(grid.etas, columns)
    expected = dynamics.sweep(grid.loss.record, grid.rule.record, starts, etas, grid.steps)
    assert Fate.UNDECIDED not in expected.outcome
    assert np.all(found.steps == grid.steps)
    for name in set(Regimes._fields) - {"steps"}:
        column = getattr(expected, name).reshape(rows, columns)
        np.testing.assert_array_equal(getattr(found, name), column, err_msg=name)
    assert Fate.UNKNOWN not in found.outcome


def test_a_run_that_is_not_decided_goes_on(lab: Lab) -> None:
    """From far up the quartic at a step too long for the minimum that it first comes near: it
    leaves that slowly, and is told for what it is after 12,000 steps, as a run of NumPy is."""
    loss = LossSpec("quartic-hyperbola")
    eta, far = 0.18077, np.array([2.4154, 0.6])
    grid = Grid(loss, RuleSpec("gd"), np.array([eta]), np.stack([far, [1.1, 0.9]]), 3000)
    found = lab.regimes(grid, stays).regimes
    assert found.steps.tolist() == [[12_000, 3000]]
    assert found.outcome[0, 0] == Fate.CATAPULT
    x, values = far.copy(), []
    for _ in range(12_000):
        rest = (x[0] * x[1]) ** 2 - 1
        values.append(rest**2 / 2)
        x -= eta * 2 * rest * x[0] * x[1] * x[::-1]
    values = np.array(values)
    assert values[-1] < 1e-20
    assert values[2900] > 1e-20
    rise = values / np.minimum.accumulate(np.maximum(values, 1e-20))
    assert rise.max() > 2


def test_bands_hold_each_row_once_and_the_first_is_coarse(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    grid = grid_of(lab, size=150)
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
    grid = grid_of(lab)
    first = lab.regimes(grid, stays).regimes
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
    keys = {lab._key("regimes", grid_of(lab, **change)) for change in changes}
    assert len(keys) == 9


def test_a_map_holds_no_more_than_its_answer(lab: Lab) -> None:
    grid = grid_of(lab, size=100, steps=10)
    found = lab.regimes(grid, stays).regimes
    assert sum(column.nbytes for column in found) <= 18 * 100 * 100
    assert found.sharpness.shape == (100, 100)


# ---- whoever goes away ----


def test_whoever_goes_away_stops_a_band_within_itself(lab: Lab) -> None:
    """Asked after every block of a chunk, not only between bands."""
    asked = 0

    def gone() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    grid = grid_of(lab, size=400, steps=100_000)
    begun = time.monotonic()
    with pytest.raises(StoppedError):
        list(lab.bands(grid, gone))
    assert time.monotonic() - begun < 10
    assert 3 < asked < 20
    assert not lab._queue
    assert lab.once.store.get(lab._key("regimes", grid)) is None


def test_closing_a_map_stops_it(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    swept = []
    sweep = lab_compute.sweep
    monkeypatch.setattr(lab_compute, "sweep", lambda *a, **k: swept.append(1) or sweep(*a, **k))
    grid = grid_of(lab, size=400, steps=50)
    bands = lab.bands(grid, stays)
    next(bands)
    bands.close()
    assert len(swept) == 1
    assert not lab._queue
    assert lab.once.store.get(lab._key("regimes", grid)) is None


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
        if arguments[-1] == 50:  # and not those that go on
            order.append(loss)
        return found

    grids = [grid_of(lab, size=128, steps=50, loss=loss) for loss in ("hyperbola", "ellipse")]
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


def test_two_equal_maps_at_a_time_are_swept_once(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    swept = []
    sweep = lab_compute.sweep

    def slow(*arguments, **options):
        swept.append(len(arguments[3]) if arguments[4] == 50 else 0)
        time.sleep(0.01)
        return sweep(*arguments, **options)

    grid = grid_of(lab, size=128, steps=50)
    monkeypatch.setattr(lab_compute, "sweep", slow)
    with ThreadPoolExecutor(3) as pool:
        maps = list(pool.map(lambda _: lab.regimes(grid, stays).regimes, range(3)))
    assert sum(swept) == 128 * 128
    for name in Regimes._fields:
        one, *others = (getattr(found, name) for found in maps)
        for other in others:
            np.testing.assert_array_equal(one, other)


def test_a_map_goes_on_when_the_first_who_asked_goes_away(lab: Lab, monkeypatch) -> None:
    monkeypatch.setattr(lab_compute, "BAND_SECONDS", 0.0)
    grid = grid_of(lab, size=128, steps=50)
    left = False
    one, other = lab.bands(grid, lambda: left), lab.bands(grid, stays)
    bands = [next(one), next(one)]
    rows = [row for band in (next(other), next(other)) for row in band.rows]
    assert rows == [row for band in bands for row in band.rows]
    left = True
    with pytest.raises(StoppedError):
        next(one)
    rows += [row for band in other for row in band.rows]
    assert rows == interlaced(128)
    assert lab.once.store.get(lab._key("regimes", grid)) is not None


def test_whoever_goes_away_while_waiting_does_not_hold_up_the_others(lab: Lab) -> None:
    with lab.turn(stays, Watch()):
        with pytest.raises(StoppedError), lab.turn(lambda: True, Watch()):
            pass
        assert len(lab._queue) == 1
    with lab.turn(stays, Watch()):
        pass


# ---- orbits and gaps ----


def test_an_orbit_is_that_of_one_start(lab: Lab) -> None:
    settings = lab.filled(LabSettings(size=21, steps=300))
    grid = lab.orbit_grid(settings)
    found = lab.orbit(grid, stays)
    assert found.x.shape == (600, 64, 2)
    start = tuple(lab.line(settings).starts[10])
    for row in (0, 200, 400):
        eta = grid.etas[row]
        run = dynamics.simulate("hyperbola", "gd", start, eta, 300, record="all")
        np.testing.assert_allclose(found.x[row], run.x[-64:], rtol=1e-6)


def test_an_orbit_that_nobody_waits_for_is_not_kept(lab: Lab) -> None:
    grid = lab.orbit_grid(lab.filled(LabSettings(size=21, steps=300)))
    with pytest.raises(StoppedError):
        lab.orbit(grid, lambda: True)
    assert np.all(lab.orbit(grid, stays).fate.outcome != Fate.UNKNOWN)


def test_clouds_are_those_of_the_rate_and_come_one_by_one(lab: Lab, monkeypatch) -> None:
    made = []
    cloud_at = lab_compute.cloud_at
    monkeypatch.setattr(
        lab_compute, "cloud_at", lambda *a, **how: made.append(1) or cloud_at(*a, **how)
    )
    etas = (0.1, 0.05, 0.03)
    asked = LabSettings(plot="rate", start=(2.0, 0.7), etas=etas)
    clouds = lab.clouds(asked, stays)
    found = [next(clouds)]
    assert len(made) == 1
    found += clouds
    expected = measure_rate("hyperbola", "ngd", (2.0, 0.7), 1.0, etas)
    np.testing.assert_array_equal([cloud.gaps for cloud in found], expected.cloud_gaps)
    again = list(lab.clouds(asked, stays))
    np.testing.assert_array_equal([cloud.gaps for cloud in again], expected.cloud_gaps)
    assert len(made) == 3
    with pytest.raises(StoppedError):
        list(lab.clouds(replace(asked, tau=2.0), lambda: True))


def test_the_sharpness_of_a_map_is_that_below_its_last_iterates(lab: Lab) -> None:
    """Against a run simulated on its own, Φ and λ₁ by the definitions."""
    grid = grid_of(lab, size=16, steps=200, rule=("ngd",), eta=(0.01, 0.03))
    found = lab.regimes(grid, stays).regimes
    loss = grid.loss.record
    for row, column in ((0, 0), (5, 9), (15, 15)):
        run = dynamics.simulate(loss, "ngd", grid.starts[column], grid.etas[row], 200)
        expected = quickly(sharpness)(loss, quickly(projection)(loss, run.x[-1]))
        np.testing.assert_allclose(found.sharpness[row, column], expected, rtol=1e-6)
