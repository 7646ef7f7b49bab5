"""The same loops in C (gcc -O3) and in NumPy."""

import ctypes
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.ctypeslib import ndpointer

from benchmarks.row import UnavailableError

SOURCE = Path(__file__).with_name("baseline.c")
ARRAY = ndpointer(np.float64, flags="C_CONTIGUOUS")
INTEGERS = ndpointer(np.int64, flags="C_CONTIGUOUS")


@cache
def library() -> Any:
    """The functions of baseline.c, compiled on first use."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "baseline.so"
        command = ["gcc", "-O3", "-shared", "-fPIC", "-o", str(target), str(SOURCE), "-lm"]
        try:
            subprocess.run(command, check=True)
        except FileNotFoundError:
            raise UnavailableError("gcc is not on PATH") from None
        loaded = ctypes.CDLL(str(target))
    scalars = [ctypes.c_double, ctypes.c_double, ctypes.c_double, ctypes.c_long]
    loaded.walk_pairs.argtypes = [*scalars, INTEGERS, ARRAY]
    loaded.walk_all.argtypes = [*scalars, ARRAY, ARRAY, ARRAY]
    return loaded


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
