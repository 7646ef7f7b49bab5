"""Runs from one start beside each other: of several rules, of several step sizes.

    dynamics.show("hyperbola", ("ngd", "sqrt-gd"), (2.0, 0.7), eta=(0.1, 0.05), steps=300)

In a notebook they show themselves.
"""

from dataclasses import dataclass

from dynamics.catalogue import find_loss, find_rule
from dynamics.shown import frame_of
from dynamics.simulate import Run, simulate
from dynamics.types import Array, Loss, Rule

MOST = 4
CLOCKS = ("step", "eta", "tau")  # the k-th counts ηᵏt


@dataclass(frozen=True)
class Comparison:
    """Runs from one start on one loss, those of a rule after each other.

    Attributes:
        runs: at most four.
    """

    runs: tuple[Run, ...]

    def _repr_html_(self) -> str | None:
        """In a notebook: what plays them under one time bar, where that is installed."""
        return frame_of(*self.runs)


def show(
    loss: Loss | str,
    rule: Rule | str | tuple[Rule | str, ...] = "ngd",
    start: Array | tuple[float, ...] | None = None,
    eta: float | tuple[float, ...] = 0.1,
    steps: int = 1000,
    *,
    noise: float = 0.0,
    seed: int = 0,
) -> Comparison:
    """Run one or several rules at one or several step sizes, to look at them.

    Args:
        rule, eta: one of each, or tuples; every rule runs at every η.
        steps: of the first η; at the others as many as lead to the same ηᵏt, the slow time η²t
            where any of the rules drifts.
        loss, start, noise, seed: as `simulate` takes them.

    Raises:
        ValueError: says what must hold and what was got; more than four runs.
    """
    rules = [find_rule(one) for one in (rule if isinstance(rule, tuple) else (rule,))]
    etas = eta if isinstance(eta, tuple) else (eta,)
    if not 1 <= len(rules) * len(etas) <= MOST:
        raise ValueError(f"1 … {MOST} runs can be shown at once, got {len(rules) * len(etas)}")
    power = max(CLOCKS.index(one.clock) for one in rules)
    found = find_loss(loss)
    runs = [
        simulate(found, one, start, size, many, noise=noise, seed=seed)
        for one in rules
        for size, many in zip(etas, _steps(etas, steps, power), strict=True)
    ]
    return Comparison(tuple(runs))


def _steps(etas: tuple[float, ...], steps: int, power: int) -> list[int]:
    """How many of each η reach the same time."""
    return [round(steps * (etas[0] / eta) ** power) for eta in etas]
