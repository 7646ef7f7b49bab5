"""The courses of a study, each of which may be broken off and taken up again: training onto Γ, a
flow, a run beside it.

A course is a generator of states, arrays by name; whoever hands the last one back goes on from it,
to the same bits. Of a run no table of parameters is made, only observables at pairs of steps, and a
few checkpoints of the first layer. Everything is by products with J and ∇²L
(`dynamics.residuals`), so that a thousand parameters take seconds and fifty thousand minutes.

Φ(x_t) is measured as two Gauss–Newton steps from x_t, which end within O(η²) of where gradient flow
does; how far, `projection_error` says for the last iterate, whose gradient flow is integrated.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.datasets import Data
from dynamics.flows import Drift
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
from dynamics.study import DRIFTS, Study, check_course, steps_to
from dynamics.types import Array, Rule, Slope

TRAINING, CHUNK = 2000, 200  # steps of GD before the way to Γ, and at a time
FLOW_STEPS = 60
PAIRS = 60  # at which a run is measured, evenly in slow time
KICK = 1e-3  # how far beside Γ a run starts, in η
CLOSED_GAP = 0.05  # of λ₁: where λ₁ − λ₂ is less, an eigenvector is no direction to bounce along
ACROSS = np.linspace(-0.9, 0.9, 37)  # where L is told across the valley, in bounces
SHOWN = 12  # test inputs whose outputs are kept
BENDS = 160  # steps, from one measured pair to the next, of which κ is kept at most
CHECKPOINTS = 12  # pairs, less one, at which the first layer is kept
SMALL_STEP = 0.25  # of gradient flow, over 1/λ₁

State = Mapping[str, np.ndarray]
"""Of a course: where it is, and what has been seen."""


class Trained(NamedTuple):
    """A point that training has led to, of Γ but for GD, which starts from the first weights."""

    residuals: Residuals
    x: Array
    """[p]."""
    top: Top
    """λ₁, λ₂, λ₃ and v₁ there."""
    tested: "Tested | None" = None


class Tested(NamedTuple):
    """What a network is tested with."""

    network: Network
    data: Data

    @property
    def shown(self) -> np.ndarray:
        """Which test inputs are kept, as many of each sign as of the other where there are such."""
        targets = self.data.test_targets[:, 0]
        order = np.argsort(np.arange(len(targets)) % 2 != (targets > 0), kind="stable")
        return np.sort(order[:SHOWN])


class Path(NamedTuple):
    """A flow at n + 1 times: the limiting flow at slow times τ, or gradient flow at times ηt."""

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
        """How far it has come, [n + 1]."""
        pieces = [np.linalg.norm(after - before) for before, after in pairwise(self.x)]
        return np.append(0.0, np.cumsum(pieces))

    @property
    def gap_closes(self) -> float | None:
        """The slow time from which λ₁ and λ₂ are less than a twentieth apart: there the theorem
        ends. None where they are not, and of gradient flow."""
        if self.rule.key not in DRIFTS:
            return None
        first, second = self.spectrum[:, 0], self.spectrum[:, 1]
        closed = np.flatnonzero(first - second < CLOSED_GAP * first)
        return float(self.tau[closed[0]]) if len(closed) else None

    def at(self, tau: float) -> tuple[np.ndarray, float]:
        """X(τ) [p] and λ₁ there, by cubics through points and velocities."""
        k = int(np.clip(np.searchsorted(self.tau, tau, side="right") - 1, 0, len(self.tau) - 2))
        step = self.tau[k + 1] - self.tau[k]
        s = (tau - self.tau[k]) / step
        x = (
            (1 + 2 * s) * (1 - s) ** 2 * self.x[k]
            + s * (1 - s) ** 2 * step * self.velocity[k]
            + s * s * (3 - 2 * s) * self.x[k + 1]
            + s * s * (s - 1) * step * self.velocity[k + 1]
        )
        return x, float(np.interp(tau, self.tau, self.spectrum[:, 0]))

    def nearest(self, x: np.ndarray) -> float:
        """How far along its way the point is that is nearest to x [p], on straight pieces."""
        best, along, way = np.inf, 0.0, 0.0
        for before, after in pairwise(self.x):
            piece = after - before
            length = np.linalg.norm(piece)
            share = np.clip(np.vdot(x - before, piece) / (length**2 or 1.0), 0, 1)
            off = np.linalg.norm(x - before - share * piece)
            if off < best:
                best, along = off, way + share * length
            way += length
        return float(along)


class Traced(NamedTuple):
    """Observables of a run at n pairs of steps, [n] each where nothing else is said. What needs Γ
    is NaN for GD, which is not there; its flow is gradient flow."""

    eta: float
    steps: int
    seconds: float
    step: np.ndarray
    """The first of each pair."""
    tau: np.ndarray
    """η²t, of GD ηt."""
    loss: np.ndarray
    """Of both, [n, 2]."""
    sharpness: np.ndarray
    """λ₁ at Φ of the first; of GD λ₁ at the first itself."""
    spectrum: np.ndarray
    """λ₁, λ₂, λ₃ there, [n, 3]."""
    iterate_spectrum: np.ndarray
    """λ₁, λ₂, λ₃ at the first itself, [n, 3]."""
    threshold: np.ndarray
    """2/η_t of both, [n, 2]."""
    step_curvature: np.ndarray
    """κ, the curvature of L along each step from that of the pair on to the next pair, [n, 160];
    of more steps as many spread evenly, of fewer NaN beyond."""
    flow_sharpness: np.ndarray
    gap: np.ndarray
    """‖Φ(x_t) − X(η²t)‖; of GD ‖x_t − X(ηt)‖."""
    way: np.ndarray
    """How far the flow has come."""
    along: np.ndarray
    """How far along the flow's way the point is that is nearest to Φ(x_t)."""
    stableness_pair: np.ndarray
    """1/(η_t λ₁(x_t)) + 1/(η_{t+1} λ₁(x_{t+1}))."""
    sqrt_loss_pair: np.ndarray
    """√L(x_t) + √L(x_{t+1}), over its law."""
    alignment: np.ndarray
    """The angle between the hop x_{t+1} − x_t and ±v₁."""
    offset: np.ndarray
    """⟨v₁, x − Φ(x_t)⟩ of both, [n, 2]."""
    lopsidedness: np.ndarray
    """A, of the two offsets."""
    profile: np.ndarray
    """√L across the valley, at Φ(x_t) + s v₁, [n, 37]."""
    across: np.ndarray
    """These s, [37]."""
    shadow: np.ndarray
    """Φ(x_t) − X(0) in a plane drawn at random, which keeps lengths on average, [n, 2]."""
    accuracy: np.ndarray
    """The share of test inputs whose sign is right; NaN where targets are no signs."""
    test_loss: np.ndarray
    """½ the mean of (f − target)² over the test inputs."""
    outputs: np.ndarray
    """f on some test inputs, [n, 12]."""
    weights: np.ndarray
    """The first layer at some pairs, [k, outer · inner]."""
    kept: np.ndarray
    """Which pairs these are, [k]."""
    projection_error: float
    """How far Φ of the last iterate is from where gradient flow ends."""


# ---- training ----


def training(study: Study, state: State | None = None) -> Iterator[State]:
    """From the first weights by GD at half the step that is stable there, then onto Γ.

    Raises:
        ValueError: no point of Γ was found.
    """
    residuals, x, taken = study.residuals(), jnp.asarray(study.network.start(study.seed)), 0
    eta = 1 / _top_anywhere(residuals, x, aslant(x.size)).spectrum[0]
    if state:
        x, taken = jnp.asarray(state["x"]), int(state["taken"])
    while taken < TRAINING:
        x = _descend(residuals, x, eta, CHUNK)
        taken += CHUNK
        yield {"x": np.asarray(x), "taken": np.array(taken)}
    if taken == TRAINING:
        x, _ = onto_manifold(residuals, x)
        if not np.all(np.isfinite(x)):
            raise ValueError(f"{study.key} with seed {study.seed} does not come to Γ, where L = 0")
        yield {"x": np.asarray(x), "taken": np.array(TRAINING + 1)}


def trained_by(study: Study, state: State) -> Trained:
    """Where training has led to."""
    return _at(study, state["x"], _top_on_manifold)


def untrained(study: Study) -> Trained:
    """The first weights, from which GD starts."""
    return _at(study, study.network.start(study.seed), _top_anywhere)


def _at(study: Study, x: Array, top: Callable[[Residuals, Array, Array], Top]) -> Trained:
    data, x = study.data(study.seed), jnp.asarray(x)
    residuals = study.loss_on(data)
    return Trained(residuals, x, top(residuals, x, aslant(x.size)), Tested(study.network, data))


def train(study: Study) -> Trained:
    """All of it at once."""
    return trained_by(study, last(training(study)))


# ---- the flow ----


class _Point(NamedTuple):
    """Of a flow."""

    x: Array
    velocity: Array
    top: Top


Advance = Callable[[_Point | None, float], _Point]
"""From a point of a flow, or None before the first, over so much time."""


def following(
    trained: Trained,
    rule: Rule,
    tau: float,
    steps: int = FLOW_STEPS,
    state: State | None = None,
) -> Iterator[State]:
    """The limiting flow of a rule from a point of Γ to slow time τ, by Heun's method with a
    Gauss–Newton step back to Γ after each; or gradient flow to the time τ, by the classical Runge–
    Kutta method."""
    onward = _limiting(trained, DRIFTS[rule.key]) if rule.key in DRIFTS else _gradient(trained)
    if state:
        points = {name: list(state[name]) for name in ("x", "velocity", "spectrum")}
        top = Top(jnp.asarray(state["spectrum"][-1]), jnp.asarray(state["direction"]))
        there = _Point(jnp.asarray(points["x"][-1]), jnp.asarray(points["velocity"][-1]), top)
    else:
        there = onward(None, 0.0)
        points = {"x": [], "velocity": [], "spectrum": []}
        _add(points, there)
    while len(points["x"]) <= steps:
        yield _following(points, there)
        there = onward(there, tau / steps)
        _add(points, there)
    yield _following(points, there)


def _add(points: dict[str, list], there: _Point) -> None:
    seen = {"x": there.x, "velocity": there.velocity, "spectrum": there.top.spectrum}
    for name, value in seen.items():
        points[name].append(np.asarray(value))


def _following(points: dict[str, list], there: _Point) -> State:
    return {name: np.array(values) for name, values in points.items()} | {
        "direction": np.asarray(there.top.direction)
    }


def _limiting(trained: Trained, drift: Drift) -> Advance:
    residuals = trained.residuals

    def onward(there: _Point | None, step: float) -> _Point:
        if there is None:
            return _drift(residuals, drift, trained.x, trained.top.direction)
        return _heun(residuals, drift, there, step)

    return onward


def _gradient(trained: Trained) -> Advance:
    residuals = trained.residuals

    def onward(there: _Point | None, step: float) -> _Point:
        x, toward = trained.x, trained.top.direction
        if there is not None:
            toward = there.top.direction
            many = int(np.ceil(step * float(there.top.spectrum[0]) / SMALL_STEP))
            x = _glide(residuals, there.x, step / many, many)
        return _Point(x, -_gradient_at(residuals, x), _top_anywhere(residuals, x, toward))

    return onward


def path_by(rule: Rule, tau: float, state: State, steps: int = FLOW_STEPS) -> Path:
    """The flow as far as it has come."""
    times = np.linspace(0.0, tau, steps + 1)[: len(state["x"])]
    return Path(rule, times, state["x"], state["velocity"], state["spectrum"])


def follow(trained: Trained, rule: Rule | str, tau: float, steps: int = FLOW_STEPS) -> Path:
    """All of it at once.

    Raises:
        ValueError: a rule without such a flow, or a τ that is not above 0.
    """
    rule = check_course(rule, tau, ())
    return path_by(rule, tau, last(following(trained, rule, tau, steps)), steps)


# ---- a run ----


def tracing(
    trained: Trained, path: Path, eta: float, pairs: int = PAIRS, state: State | None = None
) -> Iterator[State]:
    """A run of the path's rule over its time, from a thousandth of η beside Γ; of GD from where it
    starts."""
    residuals, rule = trained.residuals, path.rule
    firsts = pairs_of(rule, float(path.tau[-1]), eta, pairs)
    on_manifold = rule.key in DRIFTS
    toward = trained.top.direction
    x, seconds = trained.x + (KICK * eta * toward if on_manifold else 0.0), 0.0
    columns: dict[str, list] = {}
    across = across_of(trained, rule, eta)
    at, done = 0, 0
    if state:
        x, toward = jnp.asarray(state["x"]), jnp.asarray(state["toward"])
        at, done, seconds = int(state["at"]), int(state["done"]), float(state["seconds"])
        columns = {name: list(state[name]) for name in state if name not in PLACES}
    checkpoints = np.unique(np.linspace(0, len(firsts) - 1, CHECKPOINTS + 1).astype(int))
    began = time.perf_counter() - seconds
    for k in range(done, len(firsts)):
        after = advance(residuals, rule, x, eta, 1)
        seen = _pair(residuals, rule, eta, x, after, toward, across, on_manifold)
        onward = int(firsts[k + 1] if k + 1 < len(firsts) else at + 1)
        x, seen["step_curvature"] = strides(residuals, rule, x, eta, onward - at)
        at = onward
        toward, foot = seen.pop("direction"), np.asarray(seen.pop("foot"))
        target, flow_sharpness = path.at(time_of(rule, eta, int(firsts[k])))
        seen |= {
            "flow_sharpness": flow_sharpness,
            "gap": np.linalg.norm(foot - target),
            "along": path.nearest(foot),
            "shadow": _shadow(foot - path.x[0]),
        }
        seen |= _tested(trained.tested, foot)
        if k in checkpoints:
            columns.setdefault("weights", []).append(_first_layer(trained.tested, foot))
            columns.setdefault("kept", []).append(np.array(k))
        for name, value in seen.items():
            columns.setdefault(name, []).append(np.asarray(value))
        stands = {"x": x, "toward": toward, "at": at, "done": k + 1, "error": np.nan}
        yield _tracing(columns, stands, began)
    if on_manifold and done <= len(firsts):
        end, _ = projection(residuals, x)
        error = jnp.linalg.norm(end - _retracted(residuals, x))
        stands = {"x": x, "toward": toward, "at": at, "done": len(firsts) + 1, "error": error}
        yield _tracing(columns, stands, began)


# What of a state of a run is no column.
PLACES = ("x", "toward", "at", "done", "error", "seconds")


def _tracing(columns: dict[str, list], stands: dict[str, Any], began: float) -> State:
    seen = columns | stands | {"seconds": time.perf_counter() - began}
    return {name: np.array(values) for name, values in seen.items()}


def length_of(rule: Rule, tau: float, eta: float) -> int:
    """`done` at the end of a run: its pairs and, near Γ, where gradient flow ends."""
    return len(pairs_of(rule, tau, eta)) + (rule.key in DRIFTS)


def pairs_of(rule: Rule, tau: float, eta: float, pairs: int = PAIRS) -> np.ndarray:
    """The first step of each pair that is measured."""
    last = max(steps_to(rule, tau, eta) - 1, 0)
    return np.unique(np.round(np.linspace(0, last, pairs + 1)).astype(int))


def across_of(trained: Trained, rule: Rule, eta: float) -> np.ndarray:
    """Where L is told across the valley, [37]: as far as the first bounce and a little more."""
    return ACROSS * float(rule.bounce(eta, trained.top.spectrum[0]) if rule.bounce else np.nan)


def time_of(rule: Rule, eta: float, step: Any) -> Any:
    """η²t, of GD ηt."""
    return (eta**2 if rule.key in DRIFTS else eta) * step


def traced_by(trained: Trained, path: Path, eta: float, state: State) -> Traced:
    """The run as far as it has come."""
    rule, offset = path.rule, state["offset"]
    steps = pairs_of(rule, float(path.tau[-1]), eta)[: len(offset)]
    times = time_of(rule, eta, steps)
    return Traced(
        eta=eta,
        steps=steps_to(rule, float(path.tau[-1]), eta),
        seconds=float(state["seconds"]),
        step=steps,
        tau=times,
        way=np.interp(times, path.tau, path.way),
        sharpness=state["spectrum"][:, 0],
        lopsidedness=offset.sum(axis=1) / np.abs(offset).sum(axis=1),
        across=across_of(trained, rule, eta),
        projection_error=float(state["error"]),
        **{name: values for name, values in state.items() if name not in PLACES},
    )


def trace(trained: Trained, path: Path, eta: float) -> Traced:
    """All of it at once.

    Raises:
        ValueError: an η that is not above 0 or asks for more than a million steps.
    """
    check_course(path.rule, float(path.tau[-1]), (eta,))
    return traced_by(trained, path, eta, last(tracing(trained, path, eta)))


def last(course: Iterator[State]) -> State:
    """How a course stands at its end."""
    return deque(course, maxlen=1)[-1]


def _shadow(away: np.ndarray) -> np.ndarray:
    return _plane(away.size) @ away


@cache
def _plane(p: int) -> np.ndarray:
    """Two directions drawn at random, [2, p], which keep lengths on average."""
    return np.random.default_rng(0).normal(0, 0.5**0.5, (2, p))


def shadow_of(path: Path) -> np.ndarray:
    """The flow in that plane, [n + 1, 2]."""
    return np.array([_shadow(x - path.x[0]) for x in path.x])


def _tested(tested: Tested | None, x: np.ndarray) -> dict[str, Any]:
    if tested is None or not len(tested.data.test_inputs):
        return {"accuracy": np.nan, "test_loss": np.nan, "outputs": np.zeros(0)}
    network, data = tested
    outputs = np.asarray(_outputs(network, x, data.test_inputs))
    right = np.mean(np.sign(outputs) == data.test_targets) if data.is_signs else np.nan
    return {
        "accuracy": right,
        "test_loss": 0.5 * np.mean(np.sum((outputs - data.test_targets) ** 2, axis=1)),
        "outputs": outputs[tested.shown, 0],
    }


def tested_along(tested: Tested | None, path: Path) -> dict[str, np.ndarray]:
    """The same of a flow, [n + 1] and [n + 1, 12]."""
    rows = [_tested(tested, x) for x in path.x]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _first_layer(tested: Tested | None, x: np.ndarray) -> np.ndarray:
    if tested is None:
        return np.zeros(0)
    inner, outer = tested.network.widths[:2]
    return x[: inner * outer]


# ---- compiled ----


_top_anywhere = jax.jit(top_anywhere)
_retracted = jax.jit(retracted)


@partial(jax.jit, static_argnames="network")
def _outputs(network: Network, x: Array, inputs: Array) -> Array:
    return jax.vmap(network.outputs, in_axes=(None, 0))(x, inputs)


@jax.jit
def _gradient_at(residuals: Residuals, x: Array) -> Array:
    return residuals.value_and_gradient(x)[1]


@jax.jit
def _top_on_manifold(residuals: Residuals, x: Array, toward: Array) -> Top:
    return top_on_manifold(residuals, x, normal_at(residuals, x), toward)


@jax.jit
def _descend(residuals: Residuals, x: Array, eta: Array, steps: Array) -> Array:
    return jax.lax.fori_loop(0, steps, lambda _, x: x - eta * residuals.value_and_gradient(x)[1], x)


@jax.jit
def _glide(residuals: Residuals, x: Array, h: Array, steps: Array) -> Array:
    """Gradient flow, by the classical Runge–Kutta method."""

    def slope(x: Array) -> Array:
        return -residuals.value_and_gradient(x)[1]

    def step(_, x: Array) -> Array:
        a = slope(x)
        b = slope(x + h / 2 * a)
        c = slope(x + h / 2 * b)
        d = slope(x + h * c)
        return x + h / 6 * (a + 2 * b + 2 * c + d)

    return jax.lax.fori_loop(0, steps, step, x)


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


@jax.jit
def advance(residuals: Residuals, rule: Rule, x: Array, eta: Array, steps: Array) -> Array:
    """So many steps of a rule from x [p]."""

    def slope(x: Array) -> Slope:
        return Slope(*residuals.value_and_gradient(x))

    def onward(_, x: Array) -> Array:
        return rule.step(slope, eta, x, ())[0]  # type: ignore[misc]

    return jax.lax.fori_loop(0, steps, onward, x)


@jax.jit
def strides(
    residuals: Residuals, rule: Rule, x: Array, eta: Array, steps: Array
) -> tuple[Array, Array]:
    """So many steps of a rule from x [p], and κ of them, [160]: two losses and a length tell it."""

    def onward(i: Array, carry):
        x, here, bends = carry
        after, _ = rule.step(lambda _: here, eta, x, ())  # type: ignore[misc]
        there, hop = Slope(*residuals.value_and_gradient(after)), after - x
        rest = there.loss - here.loss - jnp.vdot(here.gradient, hop)
        slot = jnp.where(steps > BENDS, i * BENDS // jnp.maximum(steps, 1), i)
        return after, there, bends.at[slot].set(2 * rest / jnp.vdot(hop, hop))

    begin = x, Slope(*residuals.value_and_gradient(x)), jnp.full(BENDS, jnp.nan)
    x, _, bends = jax.lax.fori_loop(0, steps, onward, begin)
    return x, bends


@partial(jax.jit, static_argnames=("on_manifold",))
def _pair(
    residuals: Residuals,
    rule: Rule,
    eta: Array,
    x: Array,
    after: Array,
    toward: Array,
    across: Array,
    on_manifold: bool,
) -> dict[str, Array]:
    """What is observed at two consecutive iterates."""
    both = jnp.stack([x, after])
    losses, gradients = jax.vmap(residuals.value_and_gradient)(both)
    lengths = jax.vmap(lambda one, g: rule.effective_step(eta, one, jnp.vdot(g, g), ()))(  # type: ignore[misc]
        losses, gradients
    )
    if on_manifold:
        foot = retracted(residuals, x)
        top = top_on_manifold(residuals, foot, normal_at(residuals, foot), toward)
        here = top_anywhere(residuals, x, top.direction).spectrum
    else:
        foot = x
        top = top_anywhere(residuals, x, toward)
        here = top.spectrum
    there = top_anywhere(residuals, after, top.direction).spectrum
    hop = after - x
    along = hop @ top.direction
    seen = {
        "foot": foot,
        "direction": top.direction,
        "spectrum": top.spectrum,
        "iterate_spectrum": here,
        "loss": losses,
        "threshold": 2 / lengths,
        "stableness_pair": jnp.sum(1 / (lengths * jnp.stack([here[0], there[0]]))),
        "alignment": jnp.arctan2(jnp.linalg.norm(hop - along * top.direction), jnp.abs(along)),
    }
    if not on_manifold:
        nothing = jnp.full(across.shape, jnp.nan)
        return seen | {
            "sqrt_loss_pair": jnp.nan, "offset": jnp.full(2, jnp.nan), "profile": nothing,
        }  # fmt: skip
    expected = rule.sqrt_loss_law(eta, top.spectrum[0])  # type: ignore[misc]
    valley = jax.vmap(lambda s: residuals.value(foot + s * top.direction))(across)
    return seen | {
        "sqrt_loss_pair": jnp.sum(jnp.sqrt(losses)) / expected,
        "offset": (both - foot) @ top.direction,
        "profile": jnp.sqrt(valley),
    }
