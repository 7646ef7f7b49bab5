"""The rod: GD's smooth picture at the edge, two beads on either wall and the line between them.

    dc/ds = −½ [∇L(c + ru) + ∇L(c − ru)],    s = ηt
    du/ds = Hu − (uᵀHu) u,                   H = ∇²L(c)
    d ln r/ds = ln |ηk − 1| / η,             k = uᵀ[∇L(c + ru) − ∇L(c − ru)] / (2r)

with the centre c, a unit vector u and the half-length r: an iterate is the bead c ± ru of its
parity. Of a quadratic whose hops go along an eigenvector that is GD, at each whole t. The central
flow is where GD goes in the mean over its hops; the rod has their size too, and so it passes the
edge and comes back as GD does. In the shape of [RC26] and [M26], whose exact equations may differ.

It begins where the run first hops, from three iterates in a row: c = ¼(x₋ + 2x + x₊) and
ru = ¼(x₋ − 2x + x₊). What it has of their phase it may lose: its hops are then longer or shorter
than the run's, and a run flatter than 1/η along the rod does not hop at all. There it ends.

[RC26] Regis, Chewi, Rod Flow, arXiv 2602.01480.
[M26] Marion, Edge Flow, arXiv 2606.18080.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from dynamics.compilation import at_once, quickly
from dynamics.curvature import gradient, hessian_product, sharpness
from dynamics.flows import integrate
from dynamics.measures import measure_iterates
from dynamics.simulate import ROWS, Run, offset_of, pinpoint, window
from dynamics.types import Array, Flow, Loss, Theta

LEAST_ETA = 1e-8  # below it the edge is out of reach
SHORT = 1e-3  # of the loss's size: a shorter rod's k is the mean of uᵀ∇²L u along it
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)
STIFFEST = 1.01  # of ηk, from where on each hop turns back
TURNS = 4  # so many hops in a row turn back where the run begins to hop
BACK = -0.8  # cosine of the angle between ru of two steps: the path bends by a third of a hop
ALIKE = 0.5  # of half a hop: what the rod and the run have in common, as long as it has the phase
RESTS = 1e-9  # of the loss's size: half a hop below which a run is at rest
WINDOWS = 20  # of ROWS steps, in which it is looked for where the run begins to hop


class Rod(NamedTuple):
    """The rod as columns beside a run, a row a recorded step; NaN before it begins and after it
    ends."""

    rod: np.ndarray
    """c, [t, d]."""
    rod_reach: np.ndarray
    """ru, from c to the bead of even steps, [t, d]; as far the other way is that of odd ones."""
    rod_sharpness: np.ndarray
    """λ₁(∇²L(c)), [t]."""
    rod_gap: np.ndarray
    """From the middle of a pair of iterates to that of the rod's two centres, [t]."""


class Course(NamedTuple):
    """A rod beside a run: where it begins, and where it ends."""

    first: int
    """The step at which it begins."""
    state: np.ndarray
    """(c, u, ln r) there, [2d + 1]."""
    lost: int | None = None
    """The step from which it has lost the hops' phase; None where it keeps it."""


def bead(state: Array) -> tuple[Array, Array, Array]:
    """c [d], u [d] and ln r [] of a state [2d + 1]."""
    d = len(state) // 2
    return state[:d], state[d : 2 * d], state[-1]


def stretched(loss: Loss, three: Array, *_: Theta) -> Array:
    """The state [2d + 1] of the rod of three iterates in a row, [3, d]."""
    before, here, after = three
    reach = (before - 2 * here + after) / 4
    length = jnp.linalg.norm(reach)
    centre = (before + 2 * here + after) / 4
    # u points to the bead of the step in the middle.
    return jnp.concatenate([centre, -reach / length, jnp.log(length)[None]])


def _velocity(loss: Loss, state: Array, theta: Theta) -> Array:
    eta = jnp.maximum(theta["eta"], LEAST_ETA)
    c, u, _ = bead(state)
    ahead, behind, k = _slopes(loss, state)
    turning = hessian_product(loss, c, u)
    turn = turning - (u @ turning) * u
    growth = jnp.log(jnp.abs(eta * k - 1)) / eta
    return jnp.concatenate([-0.5 * (ahead + behind), turn, growth[None]])


def _slopes(loss: Loss, state: Array) -> tuple[Array, Array, Array]:
    """∇L at both beads, [d] each, and k, []."""
    c, u, log_r = bead(state)
    r = jnp.exp(log_r)
    ahead, behind = gradient(loss, c + r * u), gradient(loss, c - r * u)

    def bend(node: Array) -> Array:
        return u @ hessian_product(loss, c + node * r * u, u)

    # The difference of two slopes loses its digits as the rod shrinks.
    mean = 0.5 * jnp.asarray(WEIGHTS) @ jax.lax.map(bend, jnp.asarray(NODES))
    short = r < SHORT * loss.size
    k = jnp.where(short, mean, u @ (ahead - behind) / (2 * jnp.where(short, 1.0, r)))
    return ahead, behind, k


def _stop(loss: Loss, state: Array, theta: Theta) -> Array:
    """Where the hops no longer turn back, so that parity says nothing."""
    return theta["eta"] * _slopes(loss, state)[2] < STIFFEST


def _onward(loss: Loss, end: Array, time: Array, theta: Theta) -> Array:
    return jnp.where(time > 0, jnp.nan, end)


def _half_length(loss: Loss, state: Array, theta: Theta) -> Array:
    return jnp.exp(state[-1])


ROD = Flow(
    key="rod",
    start=stretched,
    velocity=_velocity,
    stop=_stop,
    onward=_onward,
    clock="eta",
    on_manifold=False,
    parametrised=True,
    spread=_half_length,
)


def course_beside(run: Run) -> Course | None:
    """The rod beside a run; None where the run never hops, or has a flow along Γ instead. Where the
    run has been pushed, or got its rule, on the way, that is beside what came of it."""
    if not has_rod(run) or (first := _first_hop(run)) is None:
        return None
    three = window(run, first - 1, 3).x
    begun = Course(first, np.asarray(stretched(run.loss, jnp.asarray(three))))
    return begun._replace(lost=pinpoint(run, lambda part: _slip(part, begun), ahead=1))


def has_rod(run: Run) -> bool:
    """Whether its flow is one of the mean over the hops."""
    return run.rule.flow is not None and not run.rule.drifts


def rod_along(part: Run, course: Course | None) -> Rod:
    """The rod at the rows of a run or of a stretch of it."""
    t, d = part.x.shape
    if course is None:
        nothing = np.full(t, np.nan)
        return Rod(np.full((t, d), np.nan), np.full((t, d), np.nan), nothing, nothing)
    c, reach = _beads(part, course)
    if course.lost is not None:
        c[part.step >= course.lost] = reach[part.step >= course.lost] = np.nan
    top = np.asarray(_sharpness_along(part.loss, _padded(c)))[:t]
    off = part.x - c
    gap = np.linalg.norm(0.5 * (off + off[_partners(part.step)]), axis=1)
    return Rod(c, reach, top, gap)


def _beads(part: Run, course: Course) -> tuple[np.ndarray, np.ndarray]:
    """c and ru at each row, [t, d] each, be it in phase or not."""
    state, found = course.state, np.full((len(part.step), len(course.state)), np.nan)
    for eta, begin, end in _stretches(part, course.first):
        rows = np.flatnonzero((part.step >= begin) & (part.step <= end))
        times = eta * np.append(part.step[rows] - begin, min(end, part.steps) - begin)
        padded = np.pad(times, (0, _room(len(times)) - len(times)), mode="edge")
        flow = ROD.at({"eta": eta})
        states = np.asarray(_walk(flow, part.loss, jnp.asarray(state), jnp.asarray(padded)))
        found[rows], state = states[: len(rows)], states[len(rows)]
    d = part.x.shape[1]
    with np.errstate(over="ignore"):
        length = np.exp(found[:, -1:])
    return found[:, :d].copy(), (-1.0) ** course.first * length * found[:, d : 2 * d]


def _stretches(part: Run, first: int) -> list[tuple[float, int, int]]:
    """η and the steps from which and up to which it holds, from the first step of the rod on."""
    last = int(part.step[-1])
    if part.schedule is None:
        return [(part.eta, first, max(first, last))]
    etas, firsts = part.schedule.etas, part.schedule.firsts
    ends = (*firsts[1:], part.steps)
    held = zip(etas, firsts, ends, strict=True)
    return [
        (eta, max(begin, first), min(end, last))
        for eta, begin, end in held
        if end > first and max(begin, first) <= last
    ]


def _room(rows: int) -> int:
    """A length that seldom changes, so that little is compiled."""
    return max(ROWS + 1, 1 << (rows - 1).bit_length())


def _first_hop(run: Run) -> int | None:
    """The first step, at λ₁ ≥ 2/η or soon after it, from which the run hops, and ever further: ru
    turns back from step to step, and grows."""
    along, begin, last = measure_iterates(run), _begins(run), int(run.step[-1])
    sharp = np.flatnonzero((along.sharpness >= along.threshold) & (run.step >= begin))
    if not len(sharp):
        return None
    begin = max(begin, int(run.step[max(sharp[0] - 1, 0)]))
    for _ in range(WINDOWS):
        part = window(run, begin, ROWS)
        if (row := _hops_from(part.x, float(run.loss.size))) is not None:
            return int(part.step[row])
        begin = int(part.step[-1]) - TURNS - 3
        if part.step[-1] >= last:
            break
    return None


def _begins(run: Run) -> int:
    """The step from which a run goes on by its last rule and unpushed."""
    earlier = run.pieces[-1].earlier if run.pieces else None
    return offset_of(run.pieces[earlier.fresh]) if earlier else 0


def _hops_from(x: np.ndarray, size: float) -> int | None:
    """The row of consecutive iterates [t, d] from which they hop ever further."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        reach = (x[:-2] - 2 * x[1:-1] + x[2:]) / 4
        length = np.linalg.norm(reach, axis=1)
        cosine = np.sum(reach[:-1] * reach[1:], axis=1) / (length[:-1] * length[1:])
    first = np.arange(max(len(length) - TURNS, 0))
    back = np.all(cosine[first[:, None] + np.arange(TURNS)] < BACK, axis=1)
    grows = (length[first + TURNS] > length[first]) & (length[first] > RESTS * size)
    found = np.flatnonzero(back & grows)
    return int(found[0]) + 1 if len(found) else None


def _slip(part: Run, course: Course) -> int | None:
    """The row of a run from which the rod's half hops are no longer like its own."""
    c, reach = _beads(part, course)
    beads = c + np.where(part.step % 2, -1.0, 1.0)[:, None] * reach
    off, own = _half_hops(part.x, part.step), _half_hops(beads, part.step)
    with np.errstate(over="ignore", invalid="ignore"):
        larger = np.fmax(np.linalg.norm(off, axis=1), np.linalg.norm(own, axis=1))
        alike = np.sum(off * own, axis=1) >= ALIKE * larger**2
    known = np.all(np.isfinite(off), axis=1) & (larger > RESTS * float(part.loss.size))
    lost = np.flatnonzero((part.step >= course.first) & known & ~alike)
    return int(lost[0]) if len(lost) else None


def _half_hops(x: np.ndarray, step: np.ndarray) -> np.ndarray:
    """½ (x_t − x_{t+1}) of each row whose next step is there, [t, d]; NaN of the others."""
    with np.errstate(over="ignore", invalid="ignore"):
        hops = 0.5 * (x - np.roll(x, -1, axis=0))
    hops[np.append(np.diff(step) != 1, True)] = np.nan
    return hops


def _partners(step: np.ndarray) -> np.ndarray:
    """The row of the other step of each row's pair, itself where there is none."""
    here = np.arange(len(step))
    forward = np.append(np.diff(step) == 1, False)
    backward = np.append(False, np.diff(step) == 1)
    return np.where(forward, here + 1, np.where(backward, here - 1, here))


def _padded(points: np.ndarray) -> np.ndarray:
    return np.pad(points, ((0, _room(len(points)) - len(points)), (0, 0)), mode="edge")


@at_once
def _walk(flow: Flow, loss: Loss, state: Array, times: Array) -> Array:
    return integrate(flow, loss, state, times)


@quickly
def _sharpness_along(loss: Loss, x: Array) -> Array:
    return jax.vmap(lambda z: sharpness(loss, z))(x)
