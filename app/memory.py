"""Memory is given back: while nobody asks, and in any case before there is too much of it.

JAX keeps every program that it has compiled, twenty megabytes for a loss and a rule, and compiling
leaves as much again behind in pieces. Programs that were let go of are found in `.cache/jax` when
they are needed again, in about a second for a loss. Where the system does not tell what a process
takes (it does on Linux), everything is kept.
"""

import ctypes
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from flask import Flask, Response

from app.budgets import MEGABYTE, budgets
from dynamics.compilation import let_go_of_programs

# Bytes from which on programs are let go of: while nobody asks, and in any case.
AT_REST = budgets().memory.most * MEGABYTE
AT_MOST = AT_REST + 100 * MEGABYTE
QUIET = 1.0  # seconds without a request
PIECES = 8 << 20  # bytes of growth that are worth a look for what lies about in pieces

STATUS = Path("/proc/self/statm")


class Memory:
    """Watches what this process takes, on a thread of its own, after every request."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._last = 0.0
        self._trimmed = 0

    def watch(self, server: Flask) -> None:
        """Begin, and be told of the requests of a server."""
        threading.Thread(target=self._watch, daemon=True).start()

        @server.after_request
        def _(response: Response) -> Response:
            self.asked()
            return response

    def asked(self) -> None:
        """Somebody asks just now."""
        self._last = time.monotonic()
        self._asked.set()

    def _watch(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            while not (quiet := time.monotonic() - self._last >= QUIET) and resident() < AT_MOST:
                time.sleep(QUIET / 4)
            self.give_back(AT_REST if quiet else AT_MOST)
            time.sleep(QUIET / 4)

    def give_back(self, most: int) -> None:
        """Give back what lies about in pieces, and programs where more than `most` is left."""
        if resident() < min(self._trimmed + PIECES, most):
            return
        trim()
        if resident() >= most:
            let_go_of_programs()
            trim()
        self._trimmed = resident()


def resident() -> int:
    """The bytes of memory that this process takes; 0 where the system does not tell."""
    try:
        return int(STATUS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError):
        return 0


def trim() -> None:
    """Hand unused memory to the system, which the C library does of itself only at the end."""
    with suppress(AttributeError, OSError):  # of GNU's alone
        ctypes.CDLL(None).malloc_trim(0)
