"""The same loops in C (gcc -O3; vectorised for many runs at once) and in NumPy."""

import ctypes
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.ctypeslib import ndpointer

from benchmarks.row import UnavailableError

FOLDER = Path(__file__).parent

# Without the last, gcc takes each square root by itself, to set errno, and four times as long.
VECTORISED = ("-march=native", "-fno-math-errno")

ARRAY = ndpointer(np.float64, flags="C_CONTIGUOUS")
INTEGERS = ndpointer(np.int64, flags="C_CONTIGUOUS")


REMEMBERING = ("heavy-ball", "rmsprop", "adam", "sam")


def walk_of(rule: str) -> Any:
    """The loop of a rule that remembers, which keeps pairs as `walk_pairs` does."""
    return _walk_of(library(), rule)


def _walk_of(loaded: Any, rule: str) -> Any:
    return getattr(loaded, f"walk_{rule.replace('-', '_')}")


@cache
def library() -> Any:
    """The functions of baseline.c, compiled on first use."""
    loaded = _compiled("baseline.c")
    scalars = [ctypes.c_double, ctypes.c_double, ctypes.c_double, ctypes.c_long]
    loaded.walk_pairs.argtypes = [*scalars, INTEGERS, ARRAY]
    for rule in REMEMBERING:
        _walk_of(loaded, rule).argtypes = [*scalars, INTEGERS, ARRAY]
    loaded.walk_all.argtypes = [*scalars, ARRAY, ARRAY, ARRAY]
    return loaded


@cache
def vectorised() -> Any:
    """The function of vectorised.c for this machine, compiled on first use."""
    loaded = _compiled("vectorised.c", *VECTORISED)
    loaded.walk_many.argtypes = [ctypes.c_long, ctypes.c_long, ARRAY, ARRAY, ARRAY]
    return loaded


def _compiled(source: str, *flags: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "baseline.so"
        files = ["-o", str(target), str(FOLDER / source)]
        command = ["gcc", "-O3", *flags, "-shared", "-fPIC", *files, "-lm"]
        try:
            subprocess.run(command, check=True)
        except FileNotFoundError:
            raise UnavailableError("gcc is not on PATH") from None
        return ctypes.CDLL(str(target))


def numpy_pairs(start: tuple[float, float], eta: float, ends: np.ndarray) -> np.ndarray:
    """Walk as `walk_pairs` does, a point [d] at a time: [count, 2, 2]."""
    points = np.empty((len(ends), 2, 2))
    before = x = np.array(start)
    t = 0
    for i, end in enumerate(ends):
        for _ in range(t, end):
            slope = _gradient(x)
            before, x = x, x - eta * slope / np.linalg.norm(slope)
        points[i] = before, x
        t = end
    return points


def _gradient(x: np.ndarray) -> np.ndarray:
    return np.array([x[0] * x[1] ** 2, (1 + x[0] ** 2) * x[1]])
