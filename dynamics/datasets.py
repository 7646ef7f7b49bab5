"""What a network learns: inputs and targets to train on, and others to test with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dynamics import digits

MOST_ROWS, MOST_INPUTS, MOST_BYTES = 4000, 1000, 64 << 20


class Data(NamedTuple):
    """Numbers to learn, scaled as a network takes them."""

    inputs: np.ndarray
    """[N, n]."""
    targets: np.ndarray
    """[N, k]."""
    test_inputs: np.ndarray
    """Of others, [T, n]; T may be 0."""
    test_targets: np.ndarray
    """[T, k]."""
    shape: tuple[int, int] | None = None
    """Of an input as a picture, where it is one."""

    @property
    def is_signs(self) -> bool:
        """Whether every target is +1 or −1: then an output is right where it has the same sign."""
        return bool(np.all(np.abs(self.targets) == 1))


def digit_targets(
    target: Callable[[np.ndarray], np.ndarray], count: int, scaling: str
) -> Callable[[int], Data]:
    """What is to be said of handwritten digits, by seed.

    Args:
        target: digits [N] -> numbers [N].
        count, scaling: as `dynamics.digits.split` takes them.
    """

    def of(seed: int) -> Data:
        split = digits.split(count, scaling, seed)
        targets, others = (
            target(part)[:, None] for part in (split.train_digits, split.test_digits)
        )
        return Data(split.train, targets, split.test, others, (8, 8))

    return of


def chebyshev(degree: int, count: int, tests: int = 200) -> Callable[[int], Data]:
    """The polynomial T_degree of Chebyshev at evenly spaced points of [−1, 1], after Cohen et al.
    (ICLR 2021, appendix A), who take 20; the same for every seed."""

    def of(seed: int) -> Data:
        points, others = (np.linspace(-1, 1, many)[:, None] for many in (count, tests))
        return Data(
            points, np.cos(degree * np.arccos(points)), others, np.cos(degree * np.arccos(others))
        )

    return of


@dataclass(frozen=True)
class Table:
    """Data of one's own, as a file has them: rows of inputs and a target.

    The test rows are a fifth, drawn by the seed. Inputs are scaled by one mean and one deviation of
    the rows to train on.

    Args:
        inputs: [N, n].
        targets: [N, k].
    """

    inputs: Any
    targets: Any

    def __call__(self, seed: int) -> Data:
        order = np.random.default_rng(seed).permutation(len(self.inputs))
        others = len(order) // 5
        test, train = np.sort(order[:others]), np.sort(order[others:])
        middle, deviation = self.inputs[train].mean(), self.inputs[train].std()
        scaled = (self.inputs - middle) / (deviation or 1.0)
        return Data(scaled[train], self.targets[train], scaled[test], self.targets[test])


def read_table(path: str | Path) -> Table:
    """Data of one's own: a .csv whose columns are the inputs and, last, the target, with or without
    names above; or a .npz with `x` [N, n] and `y` [N] or [N, k].

    Raises:
        ValueError: it has not that form, is not finite, or is too large.
        OSError: it cannot be read.
    """
    path = Path(path)
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path} must have at most {MOST_BYTES >> 20} MB")
    if path.suffix == ".npz":
        inputs, targets = _arrays(path)
    elif path.suffix == ".csv":
        table = _rows(path)
        inputs, targets = table[:, :-1], table[:, -1:]
    else:
        raise ValueError(f"data must be a .csv or .npz, got {path}")
    if not (len(inputs) == len(targets) and 2 <= len(inputs) <= MOST_ROWS):
        raise ValueError(f"data must have as many targets as inputs, 2 to {MOST_ROWS:,} of them")
    if not 1 <= inputs.shape[1] <= MOST_INPUTS:
        raise ValueError(f"a row must have 1 to {MOST_INPUTS:,} inputs and a target")
    if not (np.all(np.isfinite(inputs)) and np.all(np.isfinite(targets))):
        raise ValueError("data must be finite numbers")
    return Table(inputs, targets)


def _arrays(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        if not {"x", "y"} <= set(file):
            raise ValueError(f"{path} must have the arrays x and y, got {', '.join(file)}")
        inputs, targets = np.asarray(file["x"], float), np.asarray(file["y"], float)
    inputs = inputs.reshape(len(inputs), -1)
    return inputs, targets.reshape(len(targets), -1)


def _rows(path: Path) -> np.ndarray:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    first = lines[0].split(",") if lines else []
    try:
        [float(cell) for cell in first]
    except ValueError:
        lines = lines[1:]
    try:
        return np.loadtxt(lines, delimiter=",", ndmin=2)
    except ValueError as error:
        raise ValueError(f"{path} must be rows of numbers, set apart by commas: {error}") from None
