"""A folder in which the courses of a study are kept, so that one that was killed goes on from where
it was."""

import hashlib
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from dynamics.courses import State

EVERY = 1.0  # seconds, from one time that a course is kept to the next


class Folder:
    """A keep of files, one a course, bearing the digest of its name.

    Args:
        path: the folder, which is made when something is kept.
        version: of what computes; of another nothing is taken up.
    """

    def __init__(self, path: Path, version: str = "") -> None:
        self.path = path
        self.version = version
        self._saved = 0.0
        self._last: tuple[str, State] | None = None  # what has not been written yet

    def file(self, name: str) -> Path:
        """Where a course is kept."""
        digest = hashlib.sha256(f"{self.version} {name}".encode()).hexdigest()
        return self.path / f"{digest}.npz"

    def load(self, name: str) -> State | None:
        """How a course stood last; None where it is not kept, or its file is damaged."""
        try:
            with np.load(self.file(name), allow_pickle=False) as file:
                return dict(file)
        except (OSError, ValueError, EOFError, KeyError):
            return None

    def save(self, name: str, state: State, whole: bool) -> None:
        """Keep how a course stands, once a second and at its end: a file is whole or not there."""
        self._last = None if whole else (name, state)
        if whole or time.monotonic() - self._saved >= EVERY:
            self._write(name, state)

    def flush(self) -> None:
        """Keep how the last course stands now."""
        if self._last:
            self._write(*self._last)

    def _write(self, name: str, state: State) -> None:
        self._last = None
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=self.path, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, **state)  # type: ignore[arg-type]  # a state has no such name
            os.replace(part, self.file(name))
        except BaseException:
            os.unlink(part)
            raise
        self._saved = time.monotonic()
