"""The studies that come with the page, so that it opens at once.

    python -m app.study.shipped            make them anew (`make studies`; some minutes)
    python -m app.study.shipped --check    make one anew, and compare it with the one that is here

They are kept in float32, all but the first layers, which are drawn, in float16.
"""

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from app.study.settings import StudySettings
from app.study.worker import result_of
from dynamics.catalogue import RULES
from dynamics.compilation import prepare_process
from dynamics.conduct import Event, Memory, conduct, finish
from dynamics.courses import follow, trace, train
from dynamics.study import DRIFTS, STUDIES, with_seed

FOLDER = Path(__file__).parent / "results"
RATES = FOLDER / "rates.json"
SEEDS = 8
SHIPPED = ("digits-parity", "digits-parity-tanh")
# Of two machines, whose sums are rounded otherwise: training comes to its own edge, and at an edge
# a bounce forgets where it began. Measured after another order of sums: 4e-4, 2e-4, 4e-4.
TOLERANCE = {"flow_spectrum": 5e-3, "flow_way": 5e-3, "run_0_sharpness": 0.05}


def shipped() -> tuple[StudySettings, ...]:
    """Which there are: as they open, each by every rule."""
    return tuple(
        StudySettings(study, rule).computed for study in SHIPPED for rule in (*DRIFTS, "gd")
    )


def find_shipped(settings: StudySettings) -> dict[str, np.ndarray] | None:
    """The result of one of them; None of any other."""
    return _read(settings) if settings in shipped() and _file(settings).exists() else None


@cache
def _read(settings: StudySettings) -> dict[str, np.ndarray] | None:
    with np.load(_file(settings), allow_pickle=False) as file:
        found = {name: _wide(values) for name, values in file.items()}
    return found if json.loads(str(found["about"]))["settings"] == settings.plain else None


@cache
def rates() -> dict[str, Any]:
    """By study and rule: η, and by seed the gap at the end, the way, and λ₁ beside the flow's."""
    return json.loads(RATES.read_text(encoding="utf-8")) if RATES.exists() else {}


def _file(settings: StudySettings) -> Path:
    return FOLDER / f"{settings.study}-{settings.rule}.npz"


def _wide(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32) if values.dtype == np.float16 else values


def _narrow(name: str, values: np.ndarray) -> np.ndarray:
    if values.dtype != np.float64:
        return values
    return values.astype(np.float16 if name.endswith("weights") else np.float32)


def made(settings: StudySettings) -> dict[str, np.ndarray]:
    """The result of one, computed here and now."""
    found = finish(conduct(settings.plan(), Memory()), _tell)
    return result_of(settings, *found)


def make() -> None:
    """All of them, and the rates."""
    FOLDER.mkdir(exist_ok=True)
    for settings in shipped():
        columns = {name: _narrow(name, values) for name, values in made(settings).items()}
        np.savez_compressed(_file(settings), **columns)  # type: ignore[arg-type]
    table = {study: {rule: _rate(study, rule) for rule in DRIFTS} for study in SHIPPED}
    RATES.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def _rate(key: str, rule: str) -> dict[str, Any]:
    """Runs of as many seeds, at the end of the way that the study opens with."""
    study = STUDIES[key]
    tau, etas = study.horizons[rule], study.etas[rule]
    rows = list(_seeds(key, rule, tau, etas))
    return {"tau": tau, "etas": list(etas), "seeds": rows}


def _seeds(key: str, rule: str, tau: float, etas: tuple[float, ...]) -> Iterator[dict[str, Any]]:
    for seed in range(SEEDS):
        trained = train(with_seed(STUDIES[key], seed))
        path = follow(trained, RULES[rule], tau)
        runs = [trace(trained, path, eta) for eta in etas]
        print(f"{key}, {rule}, seed {seed}: gaps {[float(run.gap[-1]) for run in runs]}")
        yield {
            "seed": seed,
            "gaps": [_short(run.gap[-1]) for run in runs],
            "way": _short(path.way[-1]),
            "sharpness": [_short(run.sharpness[-1] / run.flow_sharpness[-1]) for run in runs],
            "gap_closes": path.gap_closes,
        }


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def check() -> list[str]:
    """What of the first one is another when it is made anew; nothing where it is the same."""
    settings = shipped()[0]
    kept, new = find_shipped(settings), made(settings)
    if kept is None:
        return [f"{_file(settings)} is not there, or of other settings"]
    wrong = [] if list(kept) == list(new) else ["its columns are others"]
    for name, far in TOLERANCE.items():
        if not np.allclose(kept[name], new[name], rtol=far):
            wrong.append(f"{name} differs by more than {far:g}")
    return wrong


def _tell(event: Event) -> None:
    if event.share >= 1:
        print(event.words, flush=True)


if __name__ == "__main__":
    prepare_process()
    if "--check" in sys.argv:
        problems = check()
        print("\n".join(problems) or "The first study is what it was.")
        sys.exit(bool(problems))
    make()
