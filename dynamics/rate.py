"""The tracking rate: how the gap to the theorem shrinks with η, measured.

[ALP22] bounds ‖Φ(x_t) − X(η²t)‖ by O(η). What one run shows of it is a lottery: how lopsided its
bounce is, A, depends on where it lands, on the fractional part of (distance to Γ)/η, and on valleys
with uneven walls the gap goes with ηA. So at each η a cloud is measured, of 64 starts all along the
first step from x_0, each against the flow from its own Φ. (Starts that share out less than a bounce
miss its most lopsided phases, and which they miss jumps with η: `product-3` from (1.9, 0.8, 0.7)
has at τ = 0.5 and η = 0.02, 0.01, 0.005 a largest gap of 0.0220, 0.0222, 0.0222 η from starts all
along the step, of 0.0136, 0.0180, 0.0130 η from starts as far along the first axis.) The slope of
log gap against log η is fitted to the medians of the clouds and to their upper envelope, which is
what is bounded. It is measured, never assumed.

[ALP22] Arora, Li, Panigrahi, ICML 2022, arXiv 2205.09745.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy import stats

from dynamics.catalogue import RULES, find_pair
from dynamics.chunk import advance_all, last_two
from dynamics.compilation import quickly
from dynamics.curvature import direction
from dynamics.flows import points_along
from dynamics.measures import uneven
from dynamics.own import Own
from dynamics.projection import projection
from dynamics.rules import initial_state
from dynamics.simulate import check_numbers, checked_start
from dynamics.types import Array, Flow, Loss, Rule, Scalar

CONFIDENCE = 0.95
LANDINGS = 64


class Cloud(NamedTuple):
    """Of starts that land at other phases of the bounce, [n] each; NaN for a run that has ended
    before, and where gradient flow does not reach Γ."""

    gaps: np.ndarray
    """‖Φ(x_t) − X(η²t)‖ at t = τ/η² rounded, X from the run's own Φ(x_0)."""
    lopsidedness: np.ndarray
    """A of the last two iterates."""

    @property
    def median(self) -> float:
        """Of the gaps; NaN where one is."""
        return float(np.median(self.gaps))

    @property
    def envelope(self) -> float:
        """The largest gap; NaN where one is."""
        return float(np.max(self.gaps))


class Rate(NamedTuple):
    """Gaps at one slow time for several step sizes, and the slopes through them on log axes."""

    etas: np.ndarray
    """η, [n]."""
    gaps: np.ndarray
    """The median of the cloud at each η, [n]."""
    slope: float
    """d log gap / d log η, by least squares; NaN if a gap is 0 or not finite."""
    slope_interval: tuple[float, float]
    """95 % confidence interval of the slope; NaN for two step sizes."""
    envelope: np.ndarray
    """The largest gap of the cloud at each η, [n]."""
    envelope_slope: float
    envelope_slope_interval: tuple[float, float]
    cloud_gaps: np.ndarray
    """What they are of: the gap of each landing, [n, 64]."""
    cloud_lopsidedness: np.ndarray
    """A of the last two iterates of each, [n, 64]."""


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
        progress: called with (done, total) after each η.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = _checked(loss, rule, tau)
    if len(set(etas)) < 2:
        raise ValueError(f"etas must hold two different step sizes or more, got {len(set(etas))}")
    if not all(np.isfinite(eta) and eta > 0 for eta in etas):
        raise ValueError(f"etas must be numbers above 0, got {','.join(map(str, etas))}")
    clouds = []
    for eta in etas:
        clouds.append(cloud_at(loss, rule, start, tau, eta))
        if progress:
            progress(len(clouds), len(etas))
    return rate_of(etas, clouds)


def rate_of(etas: Sequence[float], clouds: Sequence[Cloud]) -> Rate:
    """The slopes through clouds, one for each η."""
    sizes = np.array(etas)
    medians = np.array([cloud.median for cloud in clouds])
    envelope = np.array([cloud.envelope for cloud in clouds])
    slopes = fit_slope(sizes, medians), fit_slope(sizes, envelope)
    columns = (np.array(column) for column in zip(*clouds, strict=True))
    return Rate(sizes, medians, *slopes[0], envelope, *slopes[1], *columns)


def cloud_at(
    loss: Loss | str,
    rule: Rule | str,
    start: Array,
    tau: float,
    eta: float,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Cloud:
    """The gaps at one η, of `LANDINGS` starts; the first is that of `start` itself.

    Args:
        start, tau: as for `measure_rate`.
        stop: asked now and then; once it answers true all is NaN.

    Raises:
        ValueError: says what must hold and what was got.
    """
    loss, rule = _checked(loss, rule, tau)
    begin = checked_start(loss, start)
    flow = rule.flow_at(eta)
    assert flow is not None
    pace = float(flow.per_step(eta))
    steps = round(min(tau / max(pace, 1e-300), 1e30))  # a whole number, however small η is
    check_numbers(eta, steps)
    starts = np.asarray(_landings(loss, rule, begin, eta))
    found = last_two(loss, rule, starts, Own(np.full(LANDINGS, eta)), steps, stop=stop)
    if found is None:
        return Cloud(np.full(LANDINGS, np.nan), np.full(LANDINGS, np.nan))
    gaps, lopsidedness = _seen(loss, flow, starts, found.before, found.x, pace * steps)
    there = found.ended == steps
    return Cloud(np.where(there, gaps, np.nan), np.where(there & (steps > 0), lopsidedness, np.nan))


@quickly
def _landings(loss: Loss, rule: Rule, start: Array, eta: Scalar) -> Array:
    """Starts at equal shares of the first step from x_0, [LANDINGS, d]. A run from its end would be
    the run from x_0 again, so they land at every phase once."""
    x = tuple(start[:, None])
    after = advance_all(loss, rule, Own(jnp.full(1, eta)))(
        x, jax.vmap(partial(initial_state, rule))(x)
    )[0]
    first = jnp.stack(after)[:, 0] - start
    return start + jnp.linspace(0.0, 1.0, LANDINGS, endpoint=False)[:, None] * first


@quickly
def _seen(
    loss: Loss, flow: Flow, starts: Array, before: Array, x: Array, tau: Scalar
) -> tuple[Array, Array]:
    """The gap and A of each run, from its start and its last two iterates, [n, d] each."""

    def one(start: Array, before: Array, x: Array) -> tuple[Array, Array]:
        below = jax.vmap(partial(projection, loss))(jnp.stack([start, before, x]))
        begin, earlier, end = below
        times = jnp.stack([jnp.zeros_like(tau), tau])
        predicted = points_along(flow, loss, flow.start(loss, start, begin), times)[1]
        v = direction(loss, end)
        gap = jnp.linalg.norm(end - predicted)
        return gap, uneven(v @ (before - earlier), v @ (x - end))

    return jax.vmap(one)(starts, before, x)


def _checked(loss: Loss | str, rule: Rule | str, tau: float) -> tuple[Loss, Rule]:
    loss, rule = find_pair(loss, rule)
    check_tau(tau)
    if not rule.drifts:
        known = ", ".join(one.key for one in RULES.values() if one.drifts)
        raise ValueError(f"rule must have a limiting flow ({known}), got {rule.key}")
    return loss, rule


def check_tau(tau: float) -> None:
    """Raises ValueError where a slow time is not a number above 0."""
    if not (np.isfinite(tau) and tau > 0):
        raise ValueError(f"tau must be a number above 0, got {tau}")


def fit_slope(etas: np.ndarray, gaps: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The slope of log gaps [n] against log etas [n], with its 95 % confidence interval. NaN
    where a gap is none, or there is one alone."""
    if len(gaps) < 2 or not np.all(np.isfinite(gaps) & (gaps > 0)):
        return np.nan, (np.nan, np.nan)
    fit: Any = stats.linregress(np.log(etas), np.log(gaps))
    freedom = len(etas) - 2
    if freedom < 1:
        return float(fit.slope), (np.nan, np.nan)
    half = fit.stderr * stats.t.ppf(0.5 + CONFIDENCE / 2, freedom)
    return float(fit.slope), (float(fit.slope - half), float(fit.slope + half))
