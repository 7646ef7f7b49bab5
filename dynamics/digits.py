"""Handwritten digits: 1,797 of 8 × 8 pixels, each from 0 to 16.

The test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak, UCI
Machine Learning Repository, 1998, doi 10.24432/C50P49, licence CC BY 4.0, as scikit-learn ships it
(`sklearn/datasets/data/digits.csv.gz`): a row a digit, 64 pixels and its class.
"""

import gzip
import hashlib
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
SCALINGS = ("scalar", "mean")
FEW = 8  # splits that are kept


class Split(NamedTuple):
    """Images and their digits, to train on and to test with."""

    train: np.ndarray
    """Inputs [N, 64], scaled."""
    train_digits: np.ndarray
    """0 … 9, [N]."""
    test: np.ndarray
    """The other images [1797 − N, 64], scaled alike."""
    test_digits: np.ndarray


@cache
def images() -> tuple[np.ndarray, np.ndarray]:
    """Pixels [1797, 64] and digits [1797].

    Raises:
        OSError: the file is not the one that it should be.
    """
    packed = (files("dynamics") / "data" / "digits.csv.gz").read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise OSError("dynamics/data/digits.csv.gz is damaged: its checksum is another")
    table = np.loadtxt(gzip.decompress(packed).decode().splitlines(), delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


@lru_cache(FEW)
def split(count: int, scaling: str, seed: int) -> Split:
    """As many images of each digit as of any other, drawn at random, and the rest.

    Args:
        count: how many to train on, a multiple of 10 up to 1,740.
        scaling: "scalar", by one mean and one standard deviation for all pixels; "mean", by a mean
            for each pixel and one deviation. Both are those of the images to train on.
        seed: of the draw.

    Raises:
        ValueError: a count or scaling that there is not.
    """
    pixels, digits = images()
    if count % 10 or not 10 <= count <= 1740:
        raise ValueError(f"count must be a multiple of 10 from 10 to 1740, got {count}")
    if scaling not in SCALINGS:
        raise ValueError(f"scaling must be one of {', '.join(SCALINGS)}, got {scaling!r}")
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(digits))
    of_each = [order[digits[order] == digit] for digit in range(10)]
    chosen = draw.permutation(np.concatenate([rows[: count // 10] for rows in of_each]))
    others = np.setdiff1d(order, chosen)
    train = pixels[chosen]
    middle = train.mean() if scaling == "scalar" else train.mean(axis=0)
    deviation = (train - middle).std()
    scaled = (pixels - middle) / deviation
    return Split(scaled[chosen], digits[chosen], scaled[others], digits[others])
