"""The tracking rate: how the gap to the theorem shrinks with η, measured.

[ALP22] bounds ‖Φ(x_t) − X(η²t)‖ by O(η). The slope of log gap against log η is measured here, never
assumed; on most toys it is nearer to 2.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from dynamics.catalogue import find_loss, find_rule
from dynamics.measures import measure
from dynamics.simulate import check_numbers, simulate
from dynamics.types import Array, Loss, Rule

CONFIDENCE = 0.95


class Rate(NamedTuple):
    """Gaps at one slow time for several step sizes, and the slope through them on log axes."""

    etas: np.ndarray
    """η, [n]."""
    gaps: np.ndarray
    """‖Φ(x_t) − X(η²t)‖ at t = τ/η² rounded, [n]."""
    slope: float
    """d log gap / d log η, by least squares; NaN if a gap is 0 or not finite."""
    slope_interval: tuple[float, float]
    """95 % confidence interval of the slope; NaN for two step sizes."""


def measure_rate(
    loss: Loss | str,
    rule: Rule | str,
    start: Array,
    tau: float,
    etas: Sequence[float],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Rate:
    """Measure the tracking rate.

    Args:
        start: x_0, [d].
        tau: slow time τ > 0 at which the gaps are taken.
        etas: two step sizes or more.
        progress: called with (done, total) after each gap.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = _checked(loss, rule, tau)
    if len(set(etas)) < 2:
        raise ValueError(f"etas must hold two different step sizes or more, got {len(set(etas))}")
    if not all(np.isfinite(eta) and eta > 0 for eta in etas):
        raise ValueError(f"etas must be numbers above 0, got {','.join(map(str, etas))}")
    gaps = []
    for eta in etas:
        gaps.append(gap_at(loss, rule, start, tau, eta))
        if progress:
            progress(len(gaps), len(etas))
    return Rate(np.array(etas), np.array(gaps), *fit_slope(np.array(etas), np.array(gaps)))


def gap_at(loss: Loss | str, rule: Rule | str, start: Array, tau: float, eta: float) -> float:
    """‖Φ(x_t) − X(η²t)‖ at t = τ/η² rounded, one of the gaps of `measure_rate`.

    NaN for a run that has ended before, and where gradient flow does not reach Γ.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = _checked(loss, rule, tau)
    check_numbers(eta, 0)
    steps = round(min(tau / max(eta**2, 1e-300), 1e30))  # a whole number, however small η is
    run = simulate(loss, rule, start, eta, steps)
    last = replace(run, step=run.step[-1:], x=run.x[-1:])
    return float(measure(last).gap[0]) if run.step[-1] == run.steps else np.nan


def _checked(loss: Loss | str, rule: Rule | str, tau: float) -> tuple[Loss, Rule]:
    loss, rule = find_loss(loss), find_rule(rule)
    check_tau(tau)
    if rule.flow is None:
        raise ValueError(f"rule must have a limiting flow (ngd, sqrt-gd), got {rule.key}")
    return loss, rule


def check_tau(tau: float) -> None:
    """Raises ValueError where a slow time is not a number above 0."""
    if not (np.isfinite(tau) and tau > 0):
        raise ValueError(f"tau must be a number above 0, got {tau}")


def fit_slope(etas: np.ndarray, gaps: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The slope of log gaps [n] against log etas [n], with its 95 % confidence interval."""
    if not np.all(np.isfinite(gaps) & (gaps > 0)):
        return np.nan, (np.nan, np.nan)
    fit: Any = stats.linregress(np.log(etas), np.log(gaps))
    freedom = len(etas) - 2
    if freedom < 1:
        return float(fit.slope), (np.nan, np.nan)
    half = fit.stderr * stats.t.ppf(0.5 + CONFIDENCE / 2, freedom)
    return float(fit.slope), (float(fit.slope - half), float(fit.slope + half))
