"""Values drawn at random for tests of links."""

import random

import numpy as np

from dynamics import LOSSES


def random_start(draw: random.Random, loss: str) -> tuple[float, ...]:
    """A point of the domain of a loss."""
    record = LOSSES[loss]
    while True:
        point = tuple(draw.uniform(0.2, 5) for _ in range(record.d))
        if record.domain is None or record.domain.inside(np.array(point)):
            return point
