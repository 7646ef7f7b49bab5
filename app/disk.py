"""The folders that keep results and programs. They are bounded in bytes: of their files those go
first that were used longest ago.
"""

import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / ".cache" / "runs"
# JAX keeps programs where its own environment variable says, if that is set.
PROGRAMS = Path(os.environ.get("JAX_COMPILATION_CACHE_DIR", ROOT / ".cache" / "jax"))

EVERY = 200
NEWEST = 1.0  # seconds


class Bounds:
    """Trims folders aside, when called for the first time and once in 200 calls."""

    def __init__(self, most: Mapping[Path, int]) -> None:
        """`most`: bytes by folder."""
        self.most = most
        self._calls = 0

    def __call__(self) -> None:
        self._calls += 1
        if self._calls % EVERY == 1:
            threading.Thread(target=self.trim, daemon=True).start()

    def trim(self) -> None:
        """Trim all of them here and now."""
        for folder, most in self.most.items():
            trim(folder, most)


def trim(folder: Path, most: int) -> None:
    """Remove files of a folder until the others take at most so many bytes.

    When a file was read last the system may tell only to a day (Linux does, by default).
    """
    files = sorted(filter(None, map(_used, folder.glob("*"))))
    excess = sum(size for _, size, _ in files) - most
    for _, size, path in files:
        if excess <= 0:
            break
        path.unlink(missing_ok=True)
        excess -= size


def _used(path: Path) -> tuple[float, int, Path] | None:
    """When a file was used, its bytes, and the file; None if it has gone in the meantime."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return max(found.st_atime, found.st_mtime), found.st_size, path


def forget_newest(folder: Path) -> None:
    """Remove the files that have just been written, since one of them may be half a file."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            with suppress(OSError):
                if time.time() - entry.stat().st_mtime < NEWEST:
                    os.unlink(entry.path)
