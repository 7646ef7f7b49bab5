"""The lopsided bounce: what of it is kept, how it sweeps, and where one wall becomes the floor."""

import numpy as np
import pytest

from dynamics import measure, simulate
from dynamics.phases import LASTING, _lands, phases

NGD = [
    ("parabolic-valley", (1.8, 0.517), 0.01, (0.04, 1.0, 2.0), -1.48794, 2e-5),
    ("hyperbola", (2.5, 0.8), 0.005, (0.1, 0.5, 1.0), -1.338, 7e-4),
]


@pytest.mark.parametrize(("key", "start", "eta", "taus", "kept", "within"), NGD)
def test_normalized_gd_keeps_its_lopsidedness_times_root_sharpness(
    key: str, start, eta: float, taus, kept: float, within: float
) -> None:
    run = simulate(key, "ngd", start, eta, round(max(taus) / eta**2) + 2)
    found = measure(run)
    rows = np.searchsorted(found.tau, taus)
    np.testing.assert_allclose(found.lopsidedness_kept[rows], kept, atol=within)
    by_hand = found.lopsidedness * np.sqrt(found.projection_sharpness)
    np.testing.assert_allclose(found.lopsidedness_kept, by_hand, rtol=1e-12)
    assert np.all(found.lopsidedness_sweep == 0)


def test_in_three_dimensions_too() -> None:
    run = simulate("product-3", "ngd", (1.9, 0.8, 0.7), 0.01, 5002)
    found = measure(run)
    kept = found.lopsidedness_kept[np.searchsorted(found.tau, [0.1, 0.3, 0.5])]
    np.testing.assert_allclose(kept, kept[0], rtol=2e-4)
    assert abs(kept[0]) > 1


def test_gd_on_the_root_keeps_its_lopsidedness_or_sweeps() -> None:
    even = measure(simulate("parabolic-valley", "sqrt-gd", (1.5, 0.33), 0.005, 80_002))
    late = even.tau > 0.1
    np.testing.assert_allclose(even.lopsidedness[late], -0.64236, atol=2e-5)
    np.testing.assert_allclose(even.lopsidedness_sweep, 0, atol=1e-9)
    found = measure(simulate("hyperbola", "sqrt-gd", (2.5, 0.8), 0.01, 9000, record="all"))
    row = int(np.argmin(np.abs(found.projection_sharpness - 4.24)))
    top = found.projection_sharpness[row]
    by_hand = -2 * 2 / top**1.5 * 0.01 * np.sqrt(top / 2)  # -0.00667 at 4.24
    assert found.lopsidedness_sweep[row] == pytest.approx(by_hand, rel=1e-6)
    assert found.lopsidedness[row + 2] - found.lopsidedness[row] == pytest.approx(
        found.lopsidedness_sweep[row], rel=5e-3
    )
    middle = found.lopsidedness[500:]
    assert middle.min() < -0.9
    assert middle.max() > 0.9


@pytest.mark.parametrize(
    ("eta", "predicted", "met"), [(0.02, 2.9693, 2.9752), (0.04, 3.3809, 3.3876)]
)
def test_one_wall_becomes_the_floor_where_the_law_says(
    eta: float, predicted: float, met: float
) -> None:
    run = simulate("parabolic-valley", "ngd", (1.8, 0.517), eta, round(4 / eta**2), record="all")
    found = measure(run)
    edge, floor = (dict(phases(run, found))[name] for name in ("edge", "floor"))
    kept = found.lopsidedness_kept[edge + LASTING]
    assert kept**2 == pytest.approx(predicted, rel=2e-3)
    late = edge + LASTING
    landed = late + np.flatnonzero(np.abs(found.lopsidedness[late:]) > 1 - 1e-4)
    assert found.projection_sharpness[landed[0]] == pytest.approx(met, rel=2e-3)
    assert found.projection_sharpness[floor] == pytest.approx(predicted, rel=0.03)
    offsets = np.abs(found.offset[-200:])
    assert min(offsets[::2].max(), offsets[1::2].max()) < 1e-3 * eta
    np.testing.assert_allclose(found.stableness_pair[-200:], 1, atol=0.02)


def test_a_bounce_of_no_length_is_not_lopsided() -> None:
    run = simulate("parabolic-valley", "ngd", (1.5, 0.0), 0.1, 20)
    assert np.all(np.isnan(measure(run).lopsidedness))
    found = measure(simulate("parabolic-valley", "gd", None, 0.1, 20))
    assert np.all(np.isnan(found.lopsidedness_kept))
    assert np.all(np.abs(found.lopsidedness) <= 1 + 1e-12)


@pytest.mark.parametrize(
    ("lopsidedness", "sweep", "late", "row"),
    [
        (np.ones(20), 0.0, 0, 0),
        (-np.ones(20), 0.0, 5, 5),
        (np.full(20, 0.98), 0.0, 0, None),
        (np.where(np.arange(40) < 20, 0.5, np.sign(np.arange(40) % 3 - 0.5)), 0.0, 0, 20),
        (np.ones(20), 1e-3, 0, None),
    ],
)
def test_landing_by_hand(
    lopsidedness: np.ndarray, sweep: float, late: int, row: int | None
) -> None:
    steps = np.arange(len(lopsidedness))
    assert _lands(lopsidedness, np.full(len(steps), sweep), steps >= late) == row
