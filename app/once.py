"""Each result is computed once, however many ask for it at a time, and kept.

Those who ask for a result that is being made wait for it. Of a result that comes in parts each of
them gets every part, and whoever waits for the next one makes it. Results are kept in memory
(`Recent`) or by flask-caching, then under the digest of what they depend on and of `version`.
"""

import dataclasses
import hashlib
import json
import os
import platform
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from app.budgets import budgets
from dynamics.version import FOLDER

# The folders of all that makes results: wherever they are installed.
CODE = (FOLDER, Path(__file__).parent)
LIBRARIES = ("jax", "jaxlib", "numpy", "scipy")
PATIENCE = 0.05  # seconds from one look to the next at whether one who waits is still there

Gone = Callable[[], bool]
"""Whether nobody waits for an answer any more."""


def stays() -> bool:
    """Somebody waits."""
    return False


class StoppedError(Exception):
    """Nobody waits for the answer any more."""


class Maker(Protocol):
    """Makes a result part by part."""

    def next(self, gone: Gone) -> Any:
        """The next part, or None after the last; StoppedError, and no step further, once gone."""
        ...

    def whole(self) -> Any:
        """All of the result after the last part, to be kept; None where it need not be."""
        ...


@dataclass
class _Work:
    """A result that is being made, for as long as anybody waits for it."""

    waiting: int = 0
    busy: bool = False
    maker: Maker | None = None
    parts: list[Any] = field(default_factory=list)
    done: bool = False


class Store(Protocol):
    """Keeps results by their keys; flask-caching has such."""

    def get(self, key: Any) -> Any: ...

    def set(self, key: Any, value: Any) -> Any: ...


class Recent:
    """The results that were asked for last, in memory, as many as fit into `most` bytes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable) -> Any:
        with self._guard:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def set(self, key: Hashable, value: Any) -> None:
        with self._guard:
            self._kept[key] = value, _bytes_of(value)
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self.bytes > self.most:
                self._kept.popitem(last=False)

    @property
    def bytes(self) -> int:
        """What the arrays and bytes of all that is kept take."""
        return sum(size for _, size in self._kept.values())


def _bytes_of(value: Any) -> int:
    """What the arrays and bytes in a result take."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, tuple | list):
        return sum(map(_bytes_of, value))
    if dataclasses.is_dataclass(value):
        return sum(map(_bytes_of, vars(value).values()))
    return 0


class Once:
    """Results that a store keeps.

    Args:
        version: of what makes them; see `version`.
        kept: called after each that is kept, to bound what they take.
    """

    def __init__(
        self, store: Store, version: str = "", kept: Callable[[], None] = lambda: None
    ) -> None:
        self.store = store
        self.version = version
        self._kept = kept
        self._work: dict[Hashable, _Work] = {}
        self._moved = threading.Condition()

    def key(self, kind: str, **what: Any) -> str:
        """The name of a result: a digest of its inputs as canonical JSON, and of the version."""
        named = {"kind": kind, "version": self.version, "what": what}
        text = json.dumps(named, sort_keys=True, default=_plain)
        return hashlib.sha256(text.encode()).hexdigest()

    def has(self, key: Hashable) -> bool:
        """Whether a result is kept."""
        return self.store.get(key) is not None

    def result(self, key: Hashable, make: Callable[[], Any], gone: Gone = stays) -> Any:
        """The result of `make`, which is not None.

        Raises:
            StoppedError: gone, while another was making it.
        """
        found = self.store.get(key)
        if found is not None:
            return found
        with self._sharing(key) as work, self._turn(work, gone):
            found = self.store.get(key)
            if found is None:
                found = make()
                self._keep(key, found)
        return found

    def parts(
        self, key: Hashable, begin: Callable[[Any], Maker], gone: Gone = stays
    ) -> Iterator[Any]:
        """The parts of a result as they are made.

        Args:
            begin: makes its maker, from the result where it is known already, else from None.

        Raises:
            StoppedError: gone.
        """
        with self._sharing(key) as work:
            seen = 0
            while True:
                for part in work.parts[seen:]:
                    seen += 1
                    yield part
                if work.done and seen == len(work.parts):
                    return
                with self._turn(work, gone):
                    if seen == len(work.parts) and not work.done:
                        self._make_part(key, work, begin, gone)

    def _make_part(
        self, key: Hashable, work: _Work, begin: Callable[[Any], Maker], gone: Gone
    ) -> None:
        if work.maker is None:
            work.maker = begin(self.store.get(key))
        part = work.maker.next(gone)
        if part is not None:
            work.parts.append(part)
            return
        whole = work.maker.whole()
        if whole is not None:
            self._keep(key, whole)
        work.done = True

    def _keep(self, key: Hashable, found: Any) -> None:
        self.store.set(key, found)
        self._kept()

    @contextmanager
    def _sharing(self, key: Hashable) -> Iterator[_Work]:
        """One piece of work a key, forgotten when the last who waits for it has gone."""
        with self._moved:
            work = self._work.setdefault(key, _Work())
            work.waiting += 1
        try:
            yield work
        finally:
            with self._moved:
                work.waiting -= 1
                if not work.waiting:
                    del self._work[key]

    @contextmanager
    def _turn(self, work: _Work, gone: Gone) -> Iterator[None]:
        """One at a time works on it."""
        with self._moved:
            while work.busy:
                if gone():
                    raise StoppedError
                self._moved.wait(PATIENCE)
            work.busy = True
        try:
            yield
        finally:
            with self._moved:
                work.busy = False
                self._moved.notify_all()


def _plain(value: Any) -> Any:
    """Records and arrays as JSON has them."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} cannot be part of a key")


def version() -> str:
    """A short name of all that makes results beside their inputs: it changes when any of it does.

    That is this code, the libraries that compute, the machine that they compile for, and what is
    granted.
    """
    digest = hashlib.sha256()
    for folder in CODE:
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    around = [f"{name} {version_of(name)}" for name in LIBRARIES]
    around += [sys.version, platform.machine(), _processor(), os.environ.get("XLA_FLAGS", "")]
    around += [str(budgets())]  # by which an answer may be shorter
    digest.update("\n".join(around).encode())
    return digest.hexdigest()[:12]


def _processor() -> str:
    """What this processor is called, where the system tells; its widest instructions decide how
    sums are rounded."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("model name")), "")
