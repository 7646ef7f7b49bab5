"""Studies as jobs: one at a time in a process of its own, told to all who listen, kept as they go.

A job goes on though nobody listens. It may be stopped, and goes on from there when it is asked for
again, after the server was killed too; or it is forgotten. Equal ones are one.
"""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.budgets import MEGABYTE, budgets
from app.disk import trim
from app.study.settings import StudySettings
from app.study.worker import STOP, name_of, work
from dynamics.kept import Folder

IDLE = 60.0  # seconds after which the process is ended
PATIENCE = 0.7  # seconds in which it is to stop, before it is ended
LOOK = 0.05  # seconds from one look at what there is to the next


@dataclass
class Job:
    """A study that was asked for.

    `version` counts what has been told of it; `parts` are the flow and the runs by η, each with the
    version in which it came.
    """

    settings: StudySettings
    first: float | None
    state: str = "waits"  # then: runs, stopped, done, failed
    words: str = ""
    share: float = 0.0
    left: float | None = None
    parts: dict[str, tuple[int, Any]] = field(default_factory=dict)
    version: int = 0
    stopping: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended."""
        return self.state in ("waits", "runs")


class FullError(Exception):
    """Too many studies wait already."""


class Jobs:
    """All jobs of a server.

    Args:
        folder: where courses and results are kept.
        version: of what computes.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self.keep = Folder(folder, version)
        self._queue: list[Job] = []
        self._moved = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wanted = False  # a process, before there is a job for it
        self._process: Any = None
        self._pipe: Any = None

    def wake(self) -> None:
        """Begin the process while nobody waits for it yet."""
        with self._moved:
            self._wanted = True
            self._start()
            self._moved.notify_all()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()

    def result(self, settings: StudySettings) -> Mapping[str, np.ndarray] | None:
        """All columns of a study; None where it has not been computed."""
        return self.keep.load(name_of(settings.plan()))

    def ask(self, settings: StudySettings, first: float | None = None) -> Job:
        """The job of a study, which begins or goes on.

        Raises:
            FullError: too many wait.
        """
        settings = settings.computed
        with self._moved:
            job = self._under_way(settings)
            if job and not job.stopping:
                return job
            if len(self._queue) >= budgets().waiting.most:
                raise FullError
            job = Job(settings, first)
            job.words = "waits until another study is done" if self._queue else "begins"
            self._queue.append(job)
            self._start()
            self._moved.notify_all()
            return job

    def stop(self, settings: StudySettings, forget: bool) -> bool:
        """Stop a study where it is; whether there was one. To `forget` is to begin anew next
        time."""
        settings = settings.computed
        with self._moved:
            job = self._under_way(settings)
            if job:
                job.stopping = True
                self._moved.notify_all()
                self._moved.wait_for(lambda: not job.is_under_way, 5)
        if forget:
            self._forget(settings)
        return job is not None

    def _under_way(self, settings: StudySettings) -> Job | None:
        """The newest job of a study that has not ended."""
        of_it = (job for job in reversed(self._queue) if job.settings == settings)
        return next((job for job in of_it if job.is_under_way), None)

    def _forget(self, settings: StudySettings) -> None:
        plan = settings.plan()
        for name in (name_of(plan), *map(plan.run_name, plan.etas)):
            self.keep.file(name).unlink(missing_ok=True)

    def listen(self, job: Job, gone: Callable[[], bool]) -> Iterator[dict[str, Any]]:
        """What is told of a job, from now to its end: of what comes too fast, the last."""
        seen = -1
        while not gone():
            with self._moved:
                if job.version == seen:
                    self._moved.wait(1.0)
                    continue
                new = {name: told for name, (at, told) in job.parts.items() if at > seen}
                seen = job.version
                line = {
                    "state": job.state, "words": job.words, "share": job.share, "left": job.left
                }  # fmt: skip
            flow = new.pop("flow", None)
            yield line | ({"flow": flow} if flow else {}) | {"runs": list(new.values())}
            if not job.is_under_way:
                return

    # ---- on a thread of its own ----

    def _serve(self) -> None:
        rested = time.monotonic()
        while True:
            with self._moved:
                if not (self._queue or self._wanted):
                    self._moved.wait(1.0)
                job = self._queue[0] if self._queue else None
                wanted, self._wanted = self._wanted, False
            if wanted:
                self._begin()
                rested = time.monotonic()
            if job:
                self._conduct(job)
                with self._moved:
                    self._queue.remove(job)
                rested = time.monotonic()
                trim(self.keep.path, budgets().studies.most * MEGABYTE)
            elif self._process and time.monotonic() - rested > IDLE:
                self._end()

    def _conduct(self, job: Job) -> None:
        if job.stopping:
            return self._tell(job, state="stopped", words="stopped")
        self._tell(job, state="runs")
        for _ in range(2):  # a process that died while it was idle is begun anew
            self._begin()
            try:
                self._pipe.send((job.settings, job.first))
                return self._hear(job)
            except (EOFError, OSError):
                self._end()
        return self._tell(job, state="failed", words="The study broke off. Ask again to go on.")

    def _hear(self, job: Job) -> None:
        """What the process tells, to its last word."""
        until = None
        while True:
            if job.stopping and until is None:
                self._pipe.send(STOP)
                until = time.monotonic() + PATIENCE
            if self._pipe.poll(LOOK):
                word, *what = self._pipe.recv()
                if word == "told":
                    self._take(job, what[0])
                else:
                    return self._tell(job, state=word, words=what[0] if what else word)
            elif until and time.monotonic() > until:
                self._end()
                return self._tell(job, state="stopped", words="stopped")

    def _take(self, job: Job, told: dict[str, Any]) -> None:
        flow, run = told.pop("flow", None), told.pop("run", None)
        parts = {"flow": flow} if flow else {f"{run['eta']!r}": run} if run else {}
        with self._moved:
            job.parts |= {name: (job.version + 1, part) for name, part in parts.items()}
        self._tell(job, **told)

    def _tell(self, job: Job, **said: Any) -> None:
        with self._moved:
            for name, value in said.items():
                setattr(job, name, value)
            job.version += 1
            self._moved.notify_all()

    def _begin(self) -> None:
        if self._process and self._process.is_alive():
            return
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(
            target=work, args=(other, str(self.keep.path), self.keep.version), daemon=True
        )
        self._process.start()
        other.close()

    def _end(self) -> None:
        if self._process:
            self._pipe.close()
            self._process.kill()
            self._process.join()
        self._process = None

    def close(self) -> None:
        """End the process, if there is one."""
        with suppress(OSError):
            self._end()
