"""The folders that keep results and programs: where they are, and that they are bounded in bytes.
Of their files those go first that were used longest ago.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from app.place import ROOT, in_checkout

# By the environment's variable for a folder, what it is called where none is set.
NAMES = {"CACHE_DIR": "runs", "JAX_COMPILATION_CACHE_DIR": "jax"}

EVERY = 200
NEWEST = 1.0  # seconds


class Folders(NamedTuple):
    """Where results and programs are kept; None stands for nowhere, since nothing can be written.
    What there is to say of that, or ""."""

    results: Path | None
    programs: Path | None
    said: str


def folders() -> Folders:
    """Those of the environment, of the checkout, or else of the user: another may have installed
    the checkout. They are made."""
    tried = [_candidates(variable, name) for variable, name in NAMES.items()]
    results, programs = (next(filter(writable, each), None) for each in tried)
    wanted = [each[0] for each in tried if each]
    refused = [folder for folder in wanted if folder not in (results, programs)]
    said = (
        (
            f"{refused[0]} cannot be written: results are kept in {results or 'memory alone'}, "
            f"compiled programs in {programs or 'memory alone'}."
        )
        if refused
        else ""
    )
    return Folders(results, programs, said)


def _candidates(variable: str, name: str) -> list[Path]:
    given = os.environ.get(variable)
    kept = [folder / name for folder in (*_folder_of_checkout(), *_folder_of_user())]
    return [Path(given), *kept] if given else kept


def _folder_of_checkout() -> list[Path]:
    return [ROOT / ".cache"] if in_checkout(ROOT) else []


def _folder_of_user() -> list[Path]:
    """The user's own folder for what can be made again, as the system has it; not everybody has
    one."""
    try:
        home = Path.home()
    except RuntimeError:
        return []
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        caches = home / "Library" / "Caches"
    else:
        caches = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return [Path(caches) / "edgewalk"]


def writable(folder: Path) -> bool:
    """Whether files can be written in a folder, found by trying; it is made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


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
    files = sorted(filter(None, map(_used, filter(Path.is_file, folder.glob("*")))))
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


def forget_newest(folder: Path | None) -> None:
    """Remove the files that have just been written, since one of them may be half a file."""
    if folder is None:
        return
    with suppress(OSError):
        for entry in os.scandir(folder):
            with suppress(OSError):
                if time.time() - entry.stat().st_mtime < NEWEST:
                    os.unlink(entry.path)
