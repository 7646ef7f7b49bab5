"""The only door to `dynamics`: settings in, a run as bytes out, each computed once.

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
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import numpy as np
from flask_caching import Cache

import dynamics
from dynamics import LOSSES, MAX_STEPS, RULES, find_loss, find_rule
from dynamics.catalogue import nearest_key
from dynamics.files import encode, run_columns
from dynamics.manifold import Trace, flattest_points, trace_manifold
from dynamics.measures import profile_nodes
from dynamics.phases import edge_step
from dynamics.projection import descent
from dynamics.simulate import ROWS, Run

if TYPE_CHECKING:
    from app.settings import Settings

__all__ = [
    "LOSSES",
    "MAX_STEPS",
    "RULES",
    "Compute",
    "Terrain",
    "View",
    "find_loss",
    "find_rule",
    "nearest_key",
]

ROOT = Path(__file__).parents[1]
RUNS_KEPT = 16
DESCENT_POINTS = 160
GRID = 141
IDLE_SECONDS = 4.0
TIDY_EVERY = 200

View = tuple[tuple[float, float], tuple[float, float]]

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
    it, and the flattest points [m, 2]."""

    x: np.ndarray
    y: np.ndarray
    loss: np.ndarray
    curves: tuple[Trace, ...]
    flattest: np.ndarray


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
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._locks: dict[str, list] = {}
        self._guard = threading.Lock()

    def key(self, **what: Any) -> str:
        """The name of a result: canonical JSON of its inputs, and the code version."""
        text = json.dumps(what | {"version": self.version}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def page_run(
        self, settings: "Settings", rule: str, stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        """One run's header and columns for the page; of `stretch` (first, count) in full."""
        self.last_asked = time.monotonic()
        what = self._inputs(settings, rule)
        key = self.key(kind="page", stretch=stretch, **what)
        return self.once(key, lambda: self._encode_for_page(what, stretch))

    def file(self, settings: "Settings", suffix: str, about: Mapping) -> bytes:
        """All runs of the settings as one table: ".npz", ".csv" or ".json"."""
        inputs = [self._inputs(settings, rule) for rule in settings.rule]
        key = self.key(kind=suffix, runs=inputs, about=about)
        return self.once(key, lambda: encode(suffix, self._table(inputs), about))

    def descent(self, settings: "Settings") -> np.ndarray:
        """Gradient flow from the start to Γ, [160, d]."""
        return np.asarray(_descent(LOSSES[settings.loss], np.asarray(settings.start_point)))

    def terrain(self, loss: str, view: View) -> Terrain:
        """What the landscape is drawn from: L on a grid half a view wider on each side, and Γ."""
        key = self.key(kind="terrain", loss=loss, view=view)
        return self.once(key, lambda: _terrain(LOSSES[loss], view))

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

    def _inputs(self, settings: "Settings", rule: str) -> dict[str, Any]:
        return settings.run | {"rule": rule}

    def _run(self, what: Mapping[str, Any]) -> Run:
        """The run itself; the last few are kept, since their windows start from their rows."""
        key = self.key(**what)
        with self._holding(key):
            with self._guard:
                run = self._runs.get(key)
            if run is None:
                run = dynamics.simulate(
                    what["loss"], what["rule"], what["start"], what["eta"], what["steps"],
                    noise=what["noise"], seed=what["seed"],
                )  # fmt: skip
            self._keep(key, run)
        return run

    def _keep(self, key: str, run: Run) -> None:
        with self._guard:
            self._runs[key] = run
            self._runs.move_to_end(key)
            while len(self._runs) > RUNS_KEPT:
                self._runs.popitem(last=False)

    def _encode_for_page(
        self, what: Mapping[str, Any], stretch: tuple[int, int] | None
    ) -> tuple[dict[str, Any], bytes]:
        run = self._run(what)
        if stretch:
            first = min(stretch[0], int(run.step[-1]))
            run = dynamics.window(run, first, min(stretch[1], ROWS))
        measures = dynamics.measure(run)
        columns = {name: getattr(measures, name) for name in PAGE_COLUMNS}
        edge = None if stretch else edge_step(run.step, measures.stableness_pair)
        header = {
            "rule": run.rule.key,
            "name": run.rule.name,
            "eta": run.eta,
            "steps": run.steps,
            "last": int(run.step[-1]),
            "rows": len(run.step),
            "outcome": run.outcome.name.lower(),
            "outcome_step": run.outcome_step,
            "outcome_words": run.outcome.value,
            "edge_step": edge if run.rule.drift else None,
            "columns": [
                {"name": name, "width": 1 if c.ndim == 1 else c.shape[1]}
                for name, c in columns.items()
            ],
        }
        return header, b"".join(map(_float32, columns.values()))

    def _table(self, inputs: list[dict[str, Any]]) -> dict[str, np.ndarray]:
        tables = [run_columns(self._run(what)) for what in inputs]
        rules = [
            np.full(len(table["step"]), what["rule"])
            for what, table in zip(inputs, tables, strict=True)
        ]
        stacked = {name: np.concatenate([t[name] for t in tables]) for name in tables[0]}
        return {"rule": np.concatenate(rules)} | stacked


def _float32(column: np.ndarray) -> bytes:
    """Little-endian float32; what a diverging run leaves above 3·10³⁸ is infinite."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(column, dtype="<f4").tobytes()


def _terrain(loss: dynamics.Loss, view: View) -> Terrain:
    x, y = (np.linspace(*_wider(side), GRID) for side in view)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    values = np.asarray(_on_grid(loss, grid))
    pieces = [piece for trace in trace_manifold(loss) for piece in _inside(trace, view)]
    return Terrain(x, y, values, tuple(pieces), flattest_points(loss))


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


_on_grid = jax.jit(lambda loss, grid: jax.vmap(jax.vmap(loss.value))(grid), static_argnums=0)
_descent = jax.jit(lambda loss, start: descent(loss, start, DESCENT_POINTS), static_argnums=0)


def profile_axis() -> list[float]:
    """The points in [−1, 1] at which a profile is given."""
    return profile_nodes().tolist()


def warm_up(compute: Compute, first: "Settings", others: Iterable["Settings"]) -> None:
    """Compile what pages need before anybody asks for it: the first one's at once, the others'
    one by one while nobody is asking for anything."""
    _compile_for(compute, first)
    for settings in others:
        while time.monotonic() - compute.last_asked < IDLE_SECONDS:
            time.sleep(IDLE_SECONDS / 4)
        _compile_for(compute, settings)


def _compile_for(compute: Compute, settings: "Settings") -> None:
    """Past the cache: a run that is found there compiles nothing."""
    for rule in settings.rule:
        compute._encode_for_page(compute._inputs(settings, rule), None)
    compute.descent(settings)
    (x_low, x_high), (y_low, y_high) = LOSSES[settings.loss].view
    compute.terrain(settings.loss, ((x_low, x_high), (y_low, y_high)))
