"""A loss of one's own, measured in a process of its own: python -m benchmarks.own"""

import gc
import json
import tempfile
import time
from pathlib import Path

import jax
import jax.numpy as jnp

from app.memory import resident, trim
from dynamics import Loss, Parameter, measure, simulate
from dynamics.compilation import prepare_process


def main() -> None:
    """Print seconds, megabytes and programs as JSON."""
    prepare_process()
    programs: list[str] = []

    def hear(event: str, duration_secs: float, **kwargs: str | int) -> None:
        if "backend_compile" in event:
            programs.append(event)

    jax.monitoring.register_event_duration_secs_listener(hear)
    with tempfile.TemporaryDirectory() as folder:
        jax.config.update("jax_compilation_cache_dir", str(Path(folder)))
        _measured(own("first", lambda x, theta: 0.5 * (theta["c"] + x[0] ** 2) * x[1] ** 2, 2))
        before = _taken()
        loss = own("second", walls, 3)
        begin = time.perf_counter()
        _measured(loss)
        seconds = time.perf_counter() - begin
        taken = _taken() - before
        programs.clear()
        _measured(loss.at(c=1.5))
    figures = {"s": seconds, "MB": taken / 1e6, "programs for another number": len(programs)}
    print(json.dumps(figures))


def walls(x, theta):
    """½ (c + sin² x₁ + x₃²) x₂²."""
    return 0.5 * (theta["c"] + jnp.sin(x[0]) ** 2 + x[2] ** 2) * x[1] ** 2


def own(key: str, value, d: int) -> Loss:
    """A loss of which nothing is known but its value."""
    start = (1.4, 0.8, 0.6)[:d]
    return Loss(key, value, start, codim=1, parameters=(Parameter("c", 1.0, 0.5, 2.0),))


def _measured(loss: Loss) -> None:
    measure(simulate(loss, "ngd", None, 0.05, 600))


def _taken() -> int:
    gc.collect()
    trim()
    return resident()


if __name__ == "__main__":
    main()
