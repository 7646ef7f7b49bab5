"""What the stage asks of `dynamics`: settings in, a run as bytes out, each computed once.

Results are kept by flask-caching under the canonical JSON of what they depend on plus the version
of the code that made them. Two equal requests that arrive together wait for one computation.
"""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from flask_caching import Cache

import dynamics
from app.binary import float32
from app.stage.settings import Settings
from dynamics import LOSSES, MAX_STEPS, RULES
from dynamics.curvature import sharpness
from dynamics.files import encode, run_columns
from dynamics.manifold import Trace, beside_flattest, drift_line, flattest_points, trace_manifold
from dynamics.measures import normals, profile_nodes
from dynamics.phases import LASTING, TOLERANCE, phases
from dynamics.projection import descent, projection
from dynamics.sections import Section, arc_from_flattest, coordinates, heights, section
from dynamics.simulate import Run

ROOT = Path(__file__).parents[2]
RUNS_KEPT = 16
DESCENT_POINTS = 160
GRID = 141
SECTION_GRID = 121
SEEN = 100  # rows that tell what of a section is worth seeing
FAR = 1.05  # times as far from Γ as at the start, a run that leaves is no longer followed
LAWS = {"tolerance": TOLERANCE, "lasting": LASTING}
IDLE_SECONDS = 4.0
TIDY_EVERY = 200

View = tuple[tuple[float, float], tuple[float, float]]

# Where there is something to align; in codimension 1 they say nothing.
ALIGNMENT_COLUMNS = ("spectrum", "components", "alignment")
PAGE_COLUMNS = (
    "step", "x", "loss", "sharpness", "direction", "projection", "projection_sharpness",
    "threshold", "threshold_mean", "stableness_pair", "sqrt_loss_pair", "flow", "flow_sharpness",
    "gap", "offset", "bounce", "span", "profile",
)  # fmt: skip


def keep_compiled_programs() -> None:
    """Let JAX keep what it compiles in `.cache/jax`: the next start takes a third of the time."""
    jax.config.update("jax_compilation_cache_dir", str(ROOT / ".cache" / "jax"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def code_version() -> str:
    """A short name of the code that makes results: it changes when that code does."""
    digest = hashlib.sha256()
    for folder in ("dynamics", "app"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    digest.update(jax.__version__.encode())
    return digest.hexdigest()[:12]


class Terrain(NamedTuple):
    """The landscape's arrays: grid lines [i] and [j], L on the grid [j, i], the stretches of Γ in
    it, the range of λ₁ on Γ that its colours span, and the flattest points [m, 2]."""

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    curves: tuple[Trace, ...]
    sharpness_range: tuple[float, float]
    flattest: np.ndarray


class Valley(NamedTuple):
    """Γ whatever the view: its branches, the flattest points [m, 2], and the range of λ₁ on Γ in
    the loss's own view."""

    curves: tuple[Trace, ...]
    flattest: np.ndarray
    sharpness_range: tuple[float, float]


class Heights(NamedTuple):
    """√L and λ₁(∇²L) on a grid that fills a view, [j, i] each."""

    root: np.ndarray
    sharpness: np.ndarray


class Cut(NamedTuple):
    """A section at a step, and heights on a grid of it, as `Heights` has them (λ₁ only if asked).

    Attributes:
        at: the recorded step.
        origin: the first coordinate of Φ(x_t): length along Γ from its flattest point.
        whole, view: coordinates that hold all that is worth seeing, and those of the grid.
    """

    at: int
    origin: float
    section: Section
    whole: View
    view: View
    root: np.ndarray
    sharpness: np.ndarray | None


class _Measured(NamedTuple):
    run: Run
    measures: dynamics.Measures


class Compute:
    """Runs for the page and for files, cached."""

    def __init__(self, cache: Cache, tidy: Callable[[], None] = lambda: None) -> None:
        """`tidy` is called aside now and then, to bound what the cache has grown to."""
        keep_compiled_programs()
        self.cache = cache
        self.tidy = tidy
        self.made = 0
        self.version = code_version()
        self.last_asked = time.monotonic()
        self._runs: OrderedDict[str, _Measured] = OrderedDict()
        self._valleys: dict[str, Valley] = {}
        self._locks: dict[str, list] = {}
        self._guard = threading.Lock()

    def key(self, **what: Any) -> str:
        """The name of a result: canonical JSON of its inputs, and the code version."""
        text = json.dumps(what | {"version": self.version}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def page_run(
        self, what: Mapping[str, Any], stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        """One run's header and columns for the page, or those of a `stretch` (first, count) of it.

        Args:
            what: one of `Settings.runs`.
            stretch: in full where it is no longer than a recording, else as pairs spread over it.
        """
        self.last_asked = time.monotonic()
        key = self.key(kind="page", stretch=stretch, **what)
        return self.once(key, lambda: self._encode_for_page(what, stretch))

    def file(self, settings: Settings, suffix: str, about: Mapping) -> bytes:
        """All runs of the settings as one table: ".npz", ".csv" or ".json"."""
        runs = settings.runs
        key = self.key(kind=suffix, runs=runs, about=about)
        return self.once(key, lambda: encode(suffix, self._table(runs), about))

    def descent(self, settings: Settings) -> np.ndarray:
        """Gradient flow from the start to Γ, [160, d]."""
        return np.asarray(_descent(LOSSES[settings.loss], np.asarray(settings.start_point)))

    def terrain(self, loss: str, view: View) -> Terrain:
        """What the landscape is drawn from: L on a grid half a view wider on each side, and Γ."""
        key = self.key(kind="terrain", loss=loss, view=view)
        return self.once(key, lambda: _terrain(LOSSES[loss], view, self.valley(loss)))

    def valley(self, loss: str) -> Valley:
        """Γ, for the panel along it and for colours that stay as one zooms.

        Kept in memory too, because every run asks for it and reading a file takes long.
        """
        if loss not in self._valleys:
            key = self.key(kind="valley", loss=loss)
            self._valleys[loss] = self.once(key, lambda: _valley(LOSSES[loss]))
        return self._valleys[loss]

    def drift_line(self, loss: str, start: Iterable[float]) -> Trace | None:
        """The way of the drift along Γ from a start; None where gradient flow does not reach Γ."""
        start = list(start)
        key = self.key(kind="drift line", loss=loss, start=start)
        return self.once(key, lambda: (drift_line_from(LOSSES[loss], np.array(start)),))[0]

    def own_valley(self, settings: Settings) -> Valley | None:
        """What of Γ is drawn where that depends on the start, because Γ is not known as curves in a
        plane: the way of the drift."""
        loss = LOSSES[settings.loss]
        if (loss.branches and loss.d == 2) or loss.codim == loss.d:
            return None
        line = self.drift_line(loss.key, settings.start_point)
        if line is None:
            return Valley((), np.empty((0, loss.d)), (1.0, 1.0))
        bounds = float(line.sharpness.min()), float(line.sharpness.max())
        return Valley((line,), line.x[[np.argmin(line.sharpness)]], bounds)

    def cut(self, what: Mapping[str, Any], at: int, view: View | None, flat: bool) -> Cut:
        """The section of a run at a step, of a loss of more than two parameters.

        Args:
            what: one of `Settings.runs`.
            view: of the grid; all that is worth seeing where it is None.
            flat: without λ₁, which takes longer.
        """
        self.last_asked = time.monotonic()
        run, measures = self._measured(what)
        line = self.drift_line(what["loss"], what["start"])
        whole = self.once(self.key(kind="whole", **what), lambda: _whole(run, measures, line))
        return _cut(run, measures, line, at, whole, view or whole, flat)

    def sheet(self, loss: str) -> Heights | None:
        """Γ as a surface over the first two coordinates in the loss's view, and λ₁ on it."""
        key = self.key(kind="sheet", loss=loss)
        return self.once(key, lambda: (_sheet(LOSSES[loss]),))[0]

    def heights(self, loss: str, view: View) -> Heights:
        """What the sharpness map and the surface are painted from."""
        key = self.key(kind="heights", loss=loss, view=view)
        return self.once(key, lambda: _heights(LOSSES[loss], view))

    def flattest_start(self, settings: Settings) -> list[float] | None:
        """The start half a bounce beside the flattest point nearest to the present one, if any."""
        flattest = (self.own_valley(settings) or self.valley(settings.loss)).flattest
        if not len(flattest):
            return None
        away = np.linalg.norm(flattest - np.asarray(settings.start_point), axis=1)
        loss, rule = LOSSES[settings.loss], RULES[settings.rule[0]]
        point = beside_flattest(loss, rule, flattest[np.argmin(away)], settings.eta[0])
        inside = loss.domain is None or bool(loss.domain.inside(point))
        return [round(float(f"{value:.6g}"), 9) for value in point] if inside else None

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """The cached result of `make`, which runs once however many ask for it at a time."""
        found = self.cache.get(key)
        if found is not None:
            return found
        with self._holding(key):
            found = self.cache.get(key)
            if found is None:
                found = make()
                self.cache.set(key, found)
                self.made += 1
                if self.made % TIDY_EVERY == 1:
                    threading.Thread(target=self.tidy, daemon=True).start()
        return found

    @contextmanager
    def _holding(self, key: str) -> Iterator[None]:
        """One lock a key, forgotten when the last that waits for it has gone."""
        with self._guard:
            lock = self._locks.setdefault(key, [threading.Lock(), 0])
            lock[1] += 1
        try:
            with lock[0]:
                yield
        finally:
            with self._guard:
                lock[1] -= 1
                if not lock[1]:
                    del self._locks[key]

    def _measured(self, what: Mapping[str, Any]) -> _Measured:
        """The run and its measures; the last few are kept, since windows start from their rows."""
        key = self.key(**what)
        with self._holding(key):
            with self._guard:
                found = self._runs.get(key)
            if found is None:
                run = dynamics.simulate(
                    what["loss"], what["rule"], what["start"], what["eta"], what["steps"],
                    noise=what["noise"], seed=what["seed"],
                )  # fmt: skip
                found = _Measured(run, dynamics.measure(run))
            self._keep(key, found)
        return found

    def _keep(self, key: str, found: _Measured) -> None:
        with self._guard:
            self._runs[key] = found
            self._runs.move_to_end(key)
            while len(self._runs) > RUNS_KEPT:
                self._runs.popitem(last=False)

    def _encode_for_page(
        self, what: Mapping[str, Any], stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        run, measures = self._measured(what)
        header = {
            "rule": run.rule.key,
            "name": run.rule.name,
            "eta": run.eta,
            "steps": run.steps,
            "outcome": run.outcome.name.lower(),
            "outcome_step": run.outcome_step,
            "outcome_words": run.outcome.value,
        }
        if stretch:
            run, measures = _window(run, measures, *stretch)
        else:
            header["phases"] = [phase._asdict() for phase in phases(run, measures)]
        names = PAGE_COLUMNS + (ALIGNMENT_COLUMNS if run.loss.codim > 1 else ())
        columns = {name: getattr(measures, name) for name in names}
        header |= {
            "last": int(run.step[-1]),
            "rows": len(run.step),
            "columns": [
                {"name": name, "width": 1 if c.ndim == 1 else c.shape[1]}
                for name, c in columns.items()
            ],
        }
        return header, b"".join(map(float32, columns.values()))

    def _table(self, inputs: list[dict[str, Any]]) -> dict[str, np.ndarray]:
        tables = [run_columns(self._measured(what).run) for what in inputs]
        tables = [
            {"rule": np.full(len(table["step"]), what["rule"]), "eta": table["eta"]} | table
            for what, table in zip(inputs, tables, strict=True)
        ]
        return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _window(run: Run, measures: dynamics.Measures, first: int, count: int) -> _Measured:
    """A stretch of a run, measured with each v_i turned the way that it has at the row before."""
    first = min(first, int(run.step[-1]))
    stretch = dynamics.window(run, first, min(count, MAX_STEPS))
    row = int(np.searchsorted(run.step, first, side="right")) - 1
    many = run.loss.codim > 1
    toward = normals(run, measures, row) if many else measures.direction[row]
    seen = toward if np.all(np.isfinite(toward)) else None
    return _Measured(stretch, dynamics.measure(stretch, toward=seen))


def _terrain(loss: dynamics.Loss, view: View, valley: Valley) -> Terrain:
    x, y = (np.linspace(*_wider(side), GRID) for side in view)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    values = np.asarray(_on_grid(loss, grid))
    pieces = [piece for curve in valley.curves for piece in _inside(curve, view)]
    return Terrain(x, y, values, tuple(pieces), valley.sharpness_range, valley.flattest)


def _valley(loss: dynamics.Loss) -> Valley:
    curves = trace_manifold(loss)
    inside = [_in_view(curve, loss.view) for curve in curves]
    seen = np.concatenate([np.empty(0), *inside])
    bounds = (float(seen.min()), float(seen.max())) if seen.size else (1.0, 1.0)
    return Valley(curves, flattest_points(loss), bounds)


def _in_view(curve: Trace, view: tuple[tuple[float, float], ...]) -> np.ndarray:
    """λ₁ at the points of a branch that lie in a view."""
    low, high = np.array(view).T
    return curve.sharpness[np.all((curve.x >= low) & (curve.x <= high), axis=1)]


def _heights(loss: dynamics.Loss, view: View) -> Heights:
    x, y = (np.linspace(*side, GRID) for side in view)
    values, sharpness = _surfaces(loss, np.stack(np.meshgrid(x, y), axis=-1))
    return Heights(np.sqrt(np.asarray(values)), np.asarray(sharpness))


def _wider(side: tuple[float, float]) -> tuple[float, float]:
    margin = 0.5 * (side[1] - side[0])
    return side[0] - margin, side[1] + margin


def _inside(trace: Trace, view: View) -> list[Trace]:
    """The stretches of a branch that cross the wider view, however close that looks."""
    low, high = np.array([_wider(side) for side in view]).T
    before, after = trace.x[:-1], trace.x[1:]
    meets = (np.maximum(before, after) >= low) & (np.minimum(before, after) <= high)
    chords = np.flatnonzero(np.all(meets, axis=1))
    stretches = np.split(chords, np.flatnonzero(np.diff(chords) > 1) + 1)
    ends = [slice(s[0], s[-1] + 2) for s in stretches if len(s)]
    return [Trace(trace.x[s], trace.sharpness[s]) for s in ends]


def drift_line_from(loss: dynamics.Loss, start: np.ndarray) -> Trace | None:
    """The way of the drift from a start [d]; None where gradient flow does not reach Γ."""
    end = np.asarray(_projection(loss, start))
    return drift_line(loss, end) if np.all(np.isfinite(end)) else None


def _cut(
    run: Run,
    measures: dynamics.Measures,
    line: Trace | None,
    at: int,
    whole: View,
    view: View,
    flat: bool,
) -> Cut:
    row = int(np.searchsorted(run.step, at, side="right")) - 1
    place, origin = _section_at(run, measures, line, row)
    (a_low, a_high), (b_low, b_high) = view
    a, b = np.linspace(a_low, a_high, SECTION_GRID), np.linspace(b_low, b_high, SECTION_GRID)
    loss, sharp = heights(run.loss, place, a - origin, b, sharp=not flat)
    return Cut(int(run.step[row]), origin, place, whole, view, np.sqrt(loss), sharp)


def _section_at(
    run: Run, measures: dynamics.Measures, line: Trace | None, row: int
) -> tuple[Section, float]:
    """The section at a row, or at the last one before it whose Φ is known, and its origin; where
    there is none, the plane of the first two coordinates."""
    known = np.flatnonzero(np.all(np.isfinite(measures.direction[: row + 1]), axis=1))
    if line is None or not known.size:
        along, across = np.eye(run.loss.d)[:2]
        return Section(run.x[row], along, across), 0.0
    row = known[-1]
    center = measures.projection[row]
    place = section(run.loss, line, center, measures.direction[row])
    return place, arc_from_flattest(line, center)


def _whole(run: Run, measures: dynamics.Measures, line: Trace | None) -> View:
    """What holds, in the first section, the start, the way of Φ(x_t) and of the flow, and the
    widest bounce."""
    place, origin = _section_at(run, measures, line, 0)
    rows = np.unique(np.linspace(0, len(run.step) - 1, SEEN).astype(int))
    a, b = coordinates(place, run.x[rows])
    near = np.abs(b) <= FAR * max(abs(b[0]), np.nanmax(measures.bounce[rows], initial=0.0))
    arcs = [
        arc_from_flattest(line, point)
        for column in (measures.projection, measures.flow)
        for point in column[rows]
        if line is not None and np.all(np.isfinite(point))
    ]
    ends = np.concatenate([origin + a[near], np.array(arcs)])
    half = 1.2 * max(np.max(np.abs(b[near]), initial=0.0), 1e-6)
    low, high = float(ends.min(initial=np.inf)), float(ends.max(initial=-np.inf))
    margin = max(0.1 * (high - low), 0.25 * half)
    return (low - margin, high + margin), (-half, half)


def _sheet(loss: dynamics.Loss) -> Heights | None:
    if loss.surface is None:
        return None
    x, y = (np.linspace(*side, GRID) for side in loss.view[:2])
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    z, sharp = _on_surface(loss, grid)
    return Heights(np.asarray(z), np.asarray(sharp))


_on_grid = jax.jit(lambda loss, grid: jax.vmap(jax.vmap(loss.value))(grid), static_argnums=0)
_surfaces = jax.jit(
    lambda loss, grid: jax.vmap(jax.vmap(lambda x: (loss.value(x), sharpness(loss, x))))(grid),
    static_argnums=0,
)
_projection = jax.jit(projection, static_argnums=0)
_on_surface = jax.jit(
    lambda loss, grid: jax.vmap(jax.vmap(lambda p: _surface_point(loss, *p)))(grid),
    static_argnums=0,
)
_descent = jax.jit(lambda loss, start: descent(loss, start, DESCENT_POINTS), static_argnums=0)


def _surface_point(loss: dynamics.Loss, x, y):
    z = loss.surface(x, y)  # type: ignore[misc]  # only asked for where there is one
    return z, sharpness(loss, jax.numpy.stack([x, y, z]))


def profile_axis() -> list[float]:
    """The points in [−1, 1] at which a profile is given."""
    return profile_nodes().tolist()


def warm_up(compute: Compute, first: Settings, others: Iterable[Settings]) -> None:
    """Compile what pages need before anybody asks for it: the first one's at once, the others'
    one by one while nobody is asking for anything."""
    _compile_for(compute, first)
    for settings in others:
        while time.monotonic() - compute.last_asked < IDLE_SECONDS:
            time.sleep(IDLE_SECONDS / 4)
        _compile_for(compute, settings)


def _compile_for(compute: Compute, settings: Settings) -> None:
    """Past the cache: a run that is found there compiles nothing."""
    for what in settings.runs:
        compute._encode_for_page(what, None)
    compute.descent(settings)
    loss = LOSSES[settings.loss]
    if loss.d == 2:
        (x_low, x_high), (y_low, y_high) = loss.view
        compute.terrain(settings.loss, ((x_low, x_high), (y_low, y_high)))
    else:
        compute.own_valley(settings)
        compute.cut(settings.runs[0], 0, None, flat=True)
