"""What a run is computed from, with nothing left open: two equal ones are one run."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RunSpec:
    """A rule from a start, by keys and numbers alone.

    Attributes:
        loss, rule: keys of `LOSSES` and `RULES`.
        start: x_0, [d].
        theta: parameters of the loss by name, where they are not its own.
    """

    loss: str
    rule: str
    eta: float
    start: tuple[float, ...]
    steps: int
    noise: float = 0.0
    seed: int = 0
    theta: tuple[tuple[str, float], ...] = ()

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it, by the keys of a link."""
        own = {
            "loss": self.loss,
            "rule": self.rule,
            "eta": self.eta,
            "start": list(self.start),
            "steps": self.steps,
            "noise": self.noise,
            "seed": self.seed,
        }
        return own | {f"p.{name}": value for name, value in self.theta}
