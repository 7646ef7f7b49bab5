"""Runs beside each other: every rule at every step size, to the same time."""

import re

import numpy as np
import pytest

import dynamics
from dynamics.measures import GAUGES


def test_every_rule_runs_at_every_step_size_to_the_same_slow_time() -> None:
    shown = dynamics.show("hyperbola", ("ngd", "sqrt-gd"), (2.0, 0.7), (0.1, 0.05), 60)
    told = [(run.rule.key, run.eta, run.steps) for run in shown.runs]
    assert told == [
        *(("ngd", 0.1, 60), ("ngd", 0.05, 240)),
        *(("sqrt-gd", 0.1, 60), ("sqrt-gd", 0.05, 240)),
    ]
    alone = dynamics.simulate("hyperbola", "sqrt-gd", (2.0, 0.7), 0.05, 240)
    assert np.array_equal(shown.runs[3].x, alone.x)


def test_one_is_enough_and_five_are_too_many() -> None:
    (run,) = dynamics.show("ring", eta=0.2, steps=30, noise=1e-3, seed=2).runs
    assert (run.rule.key, run.steps, run.seed) == ("ngd", 30, 2)
    with pytest.raises(ValueError, match="1 … 4 runs can be shown at once, got 5"):
        dynamics.show("ring", eta=(0.1, 0.2, 0.3, 0.4, 0.5))
    with pytest.raises(ValueError, match="Did you mean 'ngd'"):
        dynamics.show("ring", "normalised")


def test_measures_show_what_the_gauges_say() -> None:
    along = dynamics.measure(dynamics.simulate("hyperbola", "gd", None, 0.1, 300))
    shown = along._repr_html_()
    assert shown.count("<tr>") == 1 + len(GAUGES)
    cells = re.findall(r"<t[hd][^>]*>([^<]*)<", shown)
    assert cells[:4] == ["step t", "0", "150", "300"]
    assert f"{along.sharpness[-1]:.4g}" in cells
    assert "–" in cells  # GD has no flow to a gap
