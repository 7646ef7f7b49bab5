"""The theorem on a network that fits data: normalized GD and GD on √L near Γ, beside their flow.

A study trains a network by GD, leads it onto Γ, integrates the limiting flow there, and takes runs
of a rule that start beside the same point; of each it keeps observables at pairs of steps, never a
table of parameters. Everything is by products with J and ∇²L (`dynamics.residuals`), so that a
thousand parameters take seconds and fifty thousand minutes.

Φ(x_t) is measured as two Gauss–Newton steps from x_t, which end within O(η²) of where gradient flow
does; how far, `projection_error` says for the last iterate, whose gradient flow is integrated.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics import digits
from dynamics.catalogue import find_rule
from dynamics.flows import Drift, ngd_drift, sqrt_gd_drift
from dynamics.networks import Network
from dynamics.residuals import (
    Residuals,
    Top,
    aslant,
    normal_at,
    onto_manifold,
    projection,
    retracted,
    sharpness_slope,
    tangent,
    top_anywhere,
    top_on_manifold,
)
from dynamics.types import Array, Rule, Slope

TRAINING = 2000  # steps of GD before the way to Γ
FLOW_STEPS = 60
PAIRS = 60  # at which a run is measured, evenly in slow time
KICK = 1e-3  # how far beside Γ a run starts, in η
CLOSED_GAP = 0.05  # of λ₁: where λ₁ − λ₂ is less, an eigenvector is no direction to bounce along
DRIFTS: Mapping[str, Drift] = {"ngd": ngd_drift, "sqrt-gd": sqrt_gd_drift}
MAX_STEPS = 1_000_000

Progress = Callable[[str, float], None]
"""(what is being done, the share of it that is done)."""


@dataclass(frozen=True)
class Study:
    """What a network learns.

    Args:
        key: name on the command line.
        network: its shape.
        target: digit -> number, what is to be said of an image.
        count: images to train on.
        scaling: of the pixels, as `dynamics.digits.split` takes it.
        seed: of the images and of the first weights.
    """

    key: str
    network: Network
    target: Callable[[np.ndarray], np.ndarray]
    count: int = 100
    scaling: str = "scalar"
    seed: int = 0

    def residuals(self) -> Residuals:
        """The loss on the images to train on."""
        split = digits.split(self.count, self.scaling, self.seed)
        return self.network.residuals(split.train, self.target(split.train_digits)[:, None])


def _parity(digit: np.ndarray) -> np.ndarray:
    return np.where(digit % 2 == 0, 1.0, -1.0)


STUDIES = {
    study.key: study
    for study in (
        Study("digits-parity", Network((64, 16, 1), "gelu"), _parity),
        Study(
            "digits-parity-tanh", Network((64, 16, 1), "tanh"), _parity,
            scaling="mean",
        ),
    )
}  # fmt: skip


class Trained(NamedTuple):
    """A point of Γ that training has led to."""

    residuals: Residuals
    x: Array
    """[p]."""
    top: Top
    """λ₁, λ₂, λ₃ and v₁ there."""


class Path(NamedTuple):
    """The limiting flow, at n + 1 slow times."""

    rule: Rule
    tau: np.ndarray
    x: np.ndarray
    """[n + 1, p]."""
    velocity: np.ndarray
    """dX/dτ, [n + 1, p]."""
    spectrum: np.ndarray
    """λ₁, λ₂, λ₃, [n + 1, 3]."""

    @property
    def way(self) -> np.ndarray:
        """How far it has come along Γ, [n + 1]."""
        pieces = np.linalg.norm(np.diff(self.x, axis=0), axis=1)
        return np.append(0.0, np.cumsum(pieces))

    @property
    def gap_closes(self) -> float | None:
        """The slow time from which λ₁ and λ₂ are less than a twentieth apart: there the theorem
        ends. None where they are not."""
        first, second = self.spectrum[:, 0], self.spectrum[:, 1]
        closed = np.flatnonzero(first - second < CLOSED_GAP * first)
        return float(self.tau[closed[0]]) if len(closed) else None

    def at(self, tau: float) -> tuple[np.ndarray, float]:
        """X(τ) [p] and λ₁ there, by cubics through points and velocities."""
        k = int(np.clip(np.searchsorted(self.tau, tau, side="right") - 1, 0, len(self.tau) - 2))
        step = self.tau[k + 1] - self.tau[k]
        s = (tau - self.tau[k]) / step
        weights = (
            (1 + 2 * s) * (1 - s) ** 2,
            s * (1 - s) ** 2 * step,
            s * s * (3 - 2 * s),
            s * s * (s - 1) * step,
        )
        parts = self.x[k], self.velocity[k], self.x[k + 1], self.velocity[k + 1]
        x = np.tensordot(weights, np.array(parts), axes=1)
        return x, float(np.interp(tau, self.tau, self.spectrum[:, 0]))


class Traced(NamedTuple):
    """Observables of a run at n pairs of steps, [n] each where nothing else is said."""

    eta: float
    steps: int
    seconds: float
    step: np.ndarray
    """The first of each pair."""
    tau: np.ndarray
    loss: np.ndarray
    """Of both, [n, 2]."""
    sharpness: np.ndarray
    """λ₁ at Φ of the first."""
    spectrum: np.ndarray
    """λ₁, λ₂, λ₃ there, [n, 3]."""
    flow_sharpness: np.ndarray
    gap: np.ndarray
    """‖Φ(x_t) − X(η²t)‖."""
    way: np.ndarray
    """How far the flow has come."""
    stableness_pair: np.ndarray
    """1/(η_t λ₁(x_t)) + 1/(η_{t+1} λ₁(x_{t+1}))."""
    sqrt_loss_pair: np.ndarray
    """√L(x_t) + √L(x_{t+1}), over its law."""
    alignment: np.ndarray
    """The angle between the hop x_{t+1} − x_t and ±v₁."""
    offset: np.ndarray
    """⟨v₁, x − Φ(x_t)⟩ of both, [n, 2]."""
    projection_error: float
    """How far Φ of the last iterate is from where gradient flow ends."""
    x: Array
    """The last iterate, [p]."""


# ---- the steps of a study ----


def train(study: Study, progress: Progress = lambda words, share: None) -> Trained:
    """From the first weights by GD at half the step that is stable there, then onto Γ.

    Raises:
        ValueError: no point of Γ was found.
    """
    residuals, x = study.residuals(), jnp.asarray(study.network.start(study.seed))
    progress("train by GD", 0.0)
    start = _top_anywhere(residuals, x, aslant(x.size))
    x = _descend(residuals, x, 1 / start.spectrum[0], TRAINING)
    progress("onto Γ", 0.0)
    x, _ = onto_manifold(residuals, x)
    if not np.all(np.isfinite(x)):
        raise ValueError(f"{study.key} with seed {study.seed} does not come to Γ, where L = 0")
    return Trained(residuals, x, _top_on_manifold(residuals, x, aslant(x.size)))


def follow(
    trained: Trained,
    rule: Rule | str,
    tau: float,
    steps: int = FLOW_STEPS,
    progress: Progress = lambda words, share: None,
) -> Path:
    """The limiting flow of a rule from a point of Γ to slow time τ, by Heun's method with a
    Gauss–Newton step back to Γ after each.

    Raises:
        ValueError: a rule without such a flow, or a τ that is not above 0.
    """
    rule = check_study(rule, tau, ())
    residuals, x, top = trained
    there = _drift(residuals, DRIFTS[rule.key], x, top.direction)
    points = [there]
    for k in range(steps):
        there = _heun(residuals, DRIFTS[rule.key], there, tau / steps)
        points.append(there)
        progress(f"flow, τ {(k + 1) * tau / steps:.2g} of {tau:g}", (k + 1) / steps)
    return Path(
        rule,
        np.linspace(0.0, tau, steps + 1),
        np.array([point.x for point in points]),
        np.array([point.velocity for point in points]),
        np.array([point.top.spectrum for point in points]),
    )


def trace(
    trained: Trained,
    path: Path,
    eta: float,
    pairs: int = PAIRS,
    progress: Progress = lambda words, share: None,
) -> Traced:
    """A run of the path's rule over its slow time, from a thousandth of η beside Γ.

    Raises:
        ValueError: an η that is not above 0 or asks for more than a million steps.
    """
    tau = float(path.tau[-1])
    check_study(path.rule, tau, (eta,))
    began = time.perf_counter()
    residuals, rule = trained.residuals, path.rule
    steps = round(tau / eta**2)
    firsts = np.unique(np.round(np.linspace(0, max(steps - 1, 0), pairs + 1)).astype(int))
    toward, at = trained.top.direction, 0
    x = after = trained.x + KICK * eta * toward
    rows: list[dict[str, Any]] = []
    for k, first in enumerate(firsts):
        x = _advance(residuals, rule, x, eta, first - at)
        at = int(first)
        after = _advance(residuals, rule, x, eta, 1)
        seen = _pair(residuals, rule, eta, x, after, toward)
        toward = seen.pop("direction")
        target, flow_sharpness = path.at(eta**2 * at)
        seen["gap"] = np.linalg.norm(seen.pop("foot") - target)
        rows.append(seen | {"flow_sharpness": flow_sharpness})
        progress(f"run, η = {eta:g}", (k + 1) / len(firsts))
    end, _ = projection(residuals, after)
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return Traced(
        eta=eta,
        steps=steps,
        step=firsts,
        tau=eta**2 * firsts,
        way=np.interp(eta**2 * firsts, path.tau, path.way),
        sharpness=columns["spectrum"][:, 0],
        projection_error=float(jnp.linalg.norm(end - retracted(residuals, after))),
        x=after,
        seconds=time.perf_counter() - began,
        **columns,
    )


def check_study(rule: Rule | str, tau: float, etas: Sequence[float]) -> Rule:
    """The rule, if it has a flow that can be followed so far by such steps.

    Raises:
        ValueError: it has none, a τ or η is not above 0, or a run would take over a million steps.
    """
    rule = find_rule(rule) if isinstance(rule, str) else rule
    if rule.key not in DRIFTS:
        raise ValueError(f"rule must be one of {', '.join(DRIFTS)}, got {rule.key}")
    if not (np.isfinite(tau) and tau > 0):
        raise ValueError(f"tau must be a number above 0, got {tau}")
    for eta in etas:
        if not eta > 0 or tau / eta**2 > MAX_STEPS:
            raise ValueError(f"eta must be above 0 and take at most {MAX_STEPS:,} steps, got {eta}")
    return rule


def study_columns(path: Path, runs: Sequence[Traced]) -> dict[str, np.ndarray]:
    """All observables for a file: those of the flow, and of each run under its number."""
    columns = {
        "flow_tau": path.tau,
        "flow_spectrum": path.spectrum,
        "flow_way": path.way,
    }
    for k, run in enumerate(runs):
        columns |= {
            f"run_{k}_{name}": np.asarray(value)
            for name, value in run._asdict().items()
            if name != "x"
        }
    return columns


def with_seed(study: Study, seed: int) -> Study:
    """The same with other images and first weights."""
    return replace(study, seed=seed)


def find_study(key: str) -> Study:
    """A study by its key.

    Raises:
        ValueError: there is none.
    """
    if key not in STUDIES:
        raise ValueError(f"study must be one of {', '.join(STUDIES)}, got {key!r}")
    return STUDIES[key]


# ---- compiled ----


_top_anywhere = jax.jit(top_anywhere)


@jax.jit
def _top_on_manifold(residuals: Residuals, x: Array, toward: Array) -> Top:
    return top_on_manifold(residuals, x, normal_at(residuals, x), toward)


@jax.jit
def _descend(residuals: Residuals, x: Array, eta: Array, steps: Array) -> Array:
    return jax.lax.fori_loop(0, steps, lambda _, x: x - eta * residuals.value_and_gradient(x)[1], x)


class _Point(NamedTuple):
    """Of the flow."""

    x: Array
    velocity: Array
    top: Top


@partial(jax.jit, static_argnames="drift")
def _drift(residuals: Residuals, drift: Drift, x: Array, toward: Array) -> _Point:
    normal = normal_at(residuals, x)
    top = top_on_manifold(residuals, x, normal, toward)
    rise = tangent(residuals, x, normal, sharpness_slope(residuals, x, top.direction))
    return _Point(x, drift(top.spectrum[0], rise), top)


@partial(jax.jit, static_argnames="drift")
def _heun(residuals: Residuals, drift: Drift, at: _Point, step: Array) -> _Point:
    ahead = retracted(residuals, at.x + step * at.velocity, 1)
    there = _drift(residuals, drift, ahead, at.top.direction)
    x = retracted(residuals, at.x + 0.5 * step * (at.velocity + there.velocity))
    return _drift(residuals, drift, x, there.top.direction)


@partial(jax.jit, static_argnames="rule")
def _advance(residuals: Residuals, rule: Rule, x: Array, eta: Array, steps: Array) -> Array:
    def slope(x: Array) -> Slope:
        return Slope(*residuals.value_and_gradient(x))

    def advance(_, x: Array) -> Array:
        return rule.step(slope, eta, x, ())[0]  # type: ignore[misc]

    return jax.lax.fori_loop(0, steps, advance, x)


@partial(jax.jit, static_argnames="rule")
def _pair(
    residuals: Residuals, rule: Rule, eta: Array, x: Array, after: Array, toward: Array
) -> dict[str, Array]:
    """What is observed at two consecutive iterates."""
    foot = retracted(residuals, x)
    top = top_on_manifold(residuals, foot, normal_at(residuals, foot), toward)
    both = jnp.stack([x, after])
    losses, gradients = jax.vmap(residuals.value_and_gradient)(both)
    lengths = jax.vmap(lambda one, g: rule.effective_step(eta, one, jnp.vdot(g, g), ()))(  # type: ignore[misc]
        losses, gradients
    )
    sharp = jnp.stack([top_anywhere(residuals, one, top.direction).spectrum[0] for one in both])
    expected = rule.sqrt_loss_law(eta, top.spectrum[0])  # type: ignore[misc]
    hop = after - x
    return {
        "foot": foot,
        "direction": top.direction,
        "spectrum": top.spectrum,
        "loss": losses,
        "stableness_pair": jnp.sum(1 / (lengths * sharp)),
        "sqrt_loss_pair": jnp.sum(jnp.sqrt(losses)) / expected,
        "alignment": jnp.arctan2(
            jnp.linalg.norm(hop - (hop @ top.direction) * top.direction),
            jnp.abs(hop @ top.direction),
        ),
        "offset": (both - foot) @ top.direction,
    }
