"""The losses in the order of the menu, and how a loss or a rule is found by its key."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from dynamics.losses.factorizations import HYPERBOLA, QUARTIC_HYPERBOLA
from dynamics.losses.quadratic import QUADRATIC
from dynamics.losses.surfaces import ELLIPSE, RING
from dynamics.losses.valleys import PAPER_VALLEY, PARABOLIC_VALLEY, SINE_VALLEY
from dynamics.rules import RULES
from dynamics.types import Loss, Rule

Record = TypeVar("Record", Loss, Rule)

LOSSES: dict[str, Loss] = {
    loss.key: loss
    for loss in (
        PARABOLIC_VALLEY,
        PAPER_VALLEY,
        HYPERBOLA,
        QUARTIC_HYPERBOLA,
        ELLIPSE,
        RING,
        SINE_VALLEY,
        QUADRATIC,
    )
}


def find_loss(loss: Loss | str) -> Loss:
    """The loss of that key; a record is returned as it is.

    Raises:
        ValueError: no loss has that key; the message names the nearest.
    """
    return loss if isinstance(loss, Loss) else _find(loss, LOSSES, "loss")


def find_rule(rule: Rule | str) -> Rule:
    """The rule of that key; a record is returned as it is.

    Raises:
        ValueError: no rule has that key; the message names the nearest.
    """
    return rule if isinstance(rule, Rule) else _find(rule, RULES, "rule")


def nearest_key(key: str, records: Mapping[str, Record]) -> str | None:
    """The key that was most likely meant, by key or by name; None where nothing is like it."""
    words = {name.lower(): key for key, record in records.items() for name in (key, record.name)}
    near = get_close_matches(key.lower(), words, n=1, cutoff=0.6)
    return words[near[0]] if near else None


def _find(key: str, records: Mapping[str, Record], kind: str) -> Record:
    if key in records:
        return records[key]
    near = nearest_key(key, records)
    hint = f" Did you mean {near!r}?" if near else ""
    raise ValueError(f"no {kind} called {key!r}.{hint} Known: {', '.join(records)}.")
