"""Where the edge begins, found from 1/S + 1/S'."""

import numpy as np
import pytest

import dynamics
from dynamics import Loss, Rule
from dynamics.phases import LASTING, edge_step


def pair(*stretches: tuple[float, int]) -> np.ndarray:
    """A column of constant stretches (value, rows)."""
    return np.concatenate([np.full(rows, value) for value, rows in stretches])


@pytest.mark.parametrize(
    ("column", "row"),
    [
        (pair((3.0, 20), (1.05, 30)), 20),
        (pair((1.0, 30)), 0),
        (pair((3.0, 20), (1.0, LASTING - 1), (3.0, 5), (0.95, LASTING)), 20 + LASTING - 1 + 5),
        (pair((3.0, 20), (1.0, LASTING), (3.0, 5)), 20),
        (pair((3.0, 20), (1.0, 3)), 20),
        (pair((3.0, 20), (1.0, 2)), None),
        (pair((3.0, 20), (1.11, 30)), None),
        (pair((3.0, 20), (0.89, 30)), None),
        (pair((np.nan, 20)), None),
        (pair((1.0, 2)), None),
        (pair((np.nan, 1)), None),
    ],
)
def test_by_hand(column: np.ndarray, row: int | None) -> None:
    """Steps are numbered apart from rows."""
    step = 100 + 7 * np.arange(len(column))
    assert edge_step(step, column) == (None if row is None else 100 + 7 * row)


def test_every_run_with_a_law_comes_to_the_edge(loss: Loss, drifting: Rule, at_the_edge) -> None:
    run, found = at_the_edge(loss, drifting)
    edge = edge_step(run.step, found.stableness_pair)
    assert edge is not None
    assert 0 < edge < run.steps / 2


def test_gd_at_a_small_step_never_does() -> None:
    found = dynamics.measure(dynamics.simulate("hyperbola", "gd", None, 0.05, 400))
    assert edge_step(found.step, found.stableness_pair) is None
