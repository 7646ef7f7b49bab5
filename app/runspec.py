"""What a run is computed from, with nothing left open: two equal ones are one run."""

from dataclasses import dataclass
from typing import Any

from dynamics import LOSSES, Loss

Numbers = tuple[tuple[str, float], ...]
"""Numbers in the formula of a loss by name, in its order, where they are not its own."""


@dataclass(frozen=True)
class LossSpec:
    """A loss by its key and the numbers in its formula."""

    key: str
    theta: Numbers = ()

    @property
    def record(self) -> Loss:
        """The loss itself."""
        return LOSSES[self.key].at(**dict(self.theta)) if self.theta else LOSSES[self.key]


@dataclass(frozen=True)
class RunSpec:
    """A rule from a start.

    Attributes:
        rule: a key of `RULES`.
        start: x_0, [d].
    """

    loss: LossSpec
    rule: str
    eta: float
    start: tuple[float, ...]
    steps: int
    noise: float = 0.0
    seed: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it, by the keys of a link."""
        return plain_loss(self.loss) | {
            "rule": self.rule,
            "eta": self.eta,
            "start": list(self.start),
            "steps": self.steps,
            "noise": self.noise,
            "seed": self.seed,
        }


def plain_loss(spec: LossSpec) -> dict[str, Any]:
    """As JSON has it, by the keys of a link."""
    return {"loss": spec.key} | {f"p.{name}": value for name, value in spec.theta}
