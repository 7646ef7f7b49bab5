"""The losses in the order of the menu, and how a loss or a rule is found by its key."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar
from weakref import WeakSet

import jax
import numpy as np

from dynamics.losses.factorizations import (
    HYPERBOLA,
    PRODUCT_3,
    PRODUCT_4,
    QUARTIC_HYPERBOLA,
    RANK_ONE,
)
from dynamics.losses.flatness import SCALE_INVARIANT, TWO_FLATNESSES
from dynamics.losses.network import TINY_NETWORK
from dynamics.losses.quadratic import QUADRATIC, QUADRATIC_3, QUADRATIC_5
from dynamics.losses.spatial import CROSSING, PLANE_VALLEY, TWO_CURVATURES
from dynamics.losses.stabilization import SELF_STABILIZATION
from dynamics.losses.surfaces import ELLIPSE, RING
from dynamics.losses.valleys import PAPER_VALLEY, PARABOLIC_VALLEY, SINE_VALLEY
from dynamics.rules import RULES
from dynamics.types import Family, Loss, Rule

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
        PLANE_VALLEY,
        TWO_CURVATURES,
        CROSSING,
        TWO_FLATNESSES,
        SCALE_INVARIANT,
        PRODUCT_3,
        PRODUCT_4,
        RANK_ONE,
        TINY_NETWORK,
        QUADRATIC,
        QUADRATIC_3,
        QUADRATIC_5,
        SELF_STABILIZATION,
    )
}


TRACEABLE: WeakSet[Family] = WeakSet()
"""Of which losses that was asked before."""


def find_loss(loss: Loss | str) -> Loss:
    """The loss of that key; a record is returned as it is.

    Raises:
        ValueError: no loss has that key, and the message names the nearest; or JAX cannot trace the
            functions of a record.
    """
    if not isinstance(loss, Loss):
        return _find(loss, LOSSES, "loss")
    if loss.family not in TRACEABLE:
        _check_traceable(loss)
        TRACEABLE.add(loss.family)
    return loss


def find_rule(rule: Rule | str, rules: Mapping[str, Rule] = RULES) -> Rule:
    """The rule of that key, of some; a record is returned as it is.

    Raises:
        ValueError: no rule has that key; the message names the nearest.
    """
    return rule if isinstance(rule, Rule) else _find(rule, rules, "rule")


def find_pair(loss: Loss | str, rule: Rule | str) -> tuple[Loss, Rule]:
    """The loss and the rule of those keys, which go together.

    Raises:
        ValueError: as of each; or the rule takes √L of a loss that has no least value.
    """
    loss, rule = find_loss(loss), find_rule(rule)
    if rule.takes_root and np.isnan(loss.minimum):
        raise ValueError(f"rule must not be {rule.key} for this formula. {loss.remarks[0]}")
    return loss, rule


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


def _check_traceable(loss: Loss) -> None:
    """Raises ValueError where L or ∇L is no function of an array of JAX, of the right shape."""
    for name, function, shape in (
        ("value", loss.value, ()),
        ("gradient", loss.gradient, (loss.d,)),
    ):
        if function is None:
            continue
        try:
            found = jax.eval_shape(function, jax.ShapeDtypeStruct((loss.d,), np.float64)).shape
        except jax.errors.JAXTypeError as error:
            raise ValueError(
                f"{name} of {loss.key} must be traceable: use jax.numpy, not numpy or math, and no "
                "if or loop that asks for a number"
            ) from error
        if found != shape:
            raise ValueError(f"{name} of {loss.key} must have shape {shape}, got {found}")
