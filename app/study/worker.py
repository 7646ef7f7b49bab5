"""The process that conducts studies, one at a time, beside the one that answers the page: what it
takes of the processor and of memory is not taken from there.

It is sent a study's settings, or STOP, and sends what it is told: ("told", …) of each event, at the
end ("done",), or ("stopped",) where it was to stop, or ("failed", words). It ends when nobody is at
the other end.
"""

import json
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from app import programs
from app.disk import folders
from app.once import StoppedError
from app.study.settings import StudySettings
from dynamics.compilation import prepare_process
from dynamics.conduct import Event, Memory, Plan, conduct, finish, study_columns
from dynamics.courses import Path as Flow
from dynamics.files import clean
from dynamics.kept import Folder

STOP = "stop"
NICE = 10  # the page's own process goes first

# Of a run what is seen while it is under way.
LIVE = (
    *("step", "tau", "loss", "sharpness", "spectrum", "iterate_spectrum", "threshold", "gap"),
    *("way", "along", "stableness_pair", "sqrt_loss_pair", "alignment", "offset", "lopsidedness"),
    *("accuracy", "test_loss", "shadow"),
)


def work(pipe: Connection, folder: str, version: str) -> None:
    """Conduct what is asked for, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal; the other process ends this one
    if hasattr(os, "nice"):
        os.nice(NICE)
    prepare_process()
    programs.keep_on_disk(folders().programs)
    keep = Folder(Path(folder), version)
    _warm_up(pipe)
    try:
        while True:
            asked = pipe.recv()
            if asked != STOP:  # one that came too late
                pipe.send(_conduct(pipe, keep, *asked))
    except (EOFError, OSError):
        return


def _warm_up(pipe: Connection) -> None:
    """Compile what a study needs, or find it where it is kept, until there is one to conduct."""
    for _ in conduct(StudySettings(etas=(0.5,), tau=0.5).plan(), Memory()):
        if pipe.poll():
            return


def _conduct(
    pipe: Connection, keep: Folder, settings: StudySettings, first: float | None
) -> tuple[Any, ...]:
    """How it ends."""

    def hear(event: Event) -> None:
        pipe.send(("told", told(event)))
        if pipe.poll() and pipe.recv() == STOP:
            raise StoppedError

    try:
        plan = settings.plan(first)
        found = finish(conduct(plan, keep), hear)
    except StoppedError:
        keep.flush()
        return ("stopped",)
    except (ValueError, FloatingPointError, MemoryError) as error:
        return "failed", f"{error}."
    keep.save(name_of(plan), result_of(settings, *found), whole=True)
    return ("done",)


def name_of(plan: Plan) -> str:
    """Under which a result is kept."""
    return f"result {plan.name} {plan.etas!r}"


def result_of(settings: StudySettings, trained, flow: Flow, runs) -> dict[str, np.ndarray]:
    """All columns of a study, the test inputs whose outputs are told, and what it is of."""
    (network, data), shown = trained.tested, trained.tested.shown
    about = {
        "settings": settings.computed.plain,
        "parameters": int(trained.x.size),
        "residuals": len(trained.residuals.at(trained.x)),
        "gap_closes": flow.gap_closes,
        "widths": list(network.widths),
        "activation": network.activation,
        "shape": data.shape,
        "signs": data.is_signs,
        "targets": data.test_targets[shown, 0].tolist(),
    }
    said = {"about": np.array(json.dumps(clean(about))), "shown": data.test_inputs[shown]}
    return study_columns(trained, flow, runs) | said


def told(event: Event) -> dict[str, Any]:
    """An event as plain numbers: what has just changed."""
    said: dict[str, Any] = {"words": event.words, "share": event.share, "left": event.left}
    if event.runs:
        eta, run = list(event.runs.items())[-1]
        said["run"] = {"eta": eta} | {name: getattr(run, name) for name in LIVE}
    elif event.path:
        said["flow"] = {
            "tau": event.path.tau,
            "spectrum": event.path.spectrum,
            "way": event.path.way,
            "gap_closes": event.path.gap_closes,
        }
    return {name: clean(value) for name, value in said.items()}
