"""Array types and axis letters.

Axis letters used in every docstring: `d` parameters, `t` recorded points of a run, `k` points of a
flow. All arrays are float64 unless a docstring says otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

# NumPy and JAX arrays mix freely here, and a type checker that tells them apart only objects.
Array: TypeAlias = Any
Scalar: TypeAlias = Any

Value = Callable[[Array], Array]
"""A function [d] -> []."""

Vector = Callable[[Array], Array]
"""A function [d] -> [d]."""


@dataclass(frozen=True)
class Branch:
    """One connected piece of Γ as a curve: `curve` maps a parameter [] in [low, high] to x [d]."""

    curve: Callable[[Array], Array]
    low: float
    high: float


@dataclass(frozen=True)
class Domain:
    """Where a loss is smooth: `inside` maps x [d] to a truth value; `words` say it to a person."""

    inside: Callable[[Array], Array]
    words: str


@dataclass(frozen=True, eq=False)
class Loss:
    """An objective L with min L = 0, its manifold of minimisers Γ, and the words that show it.

    Only `key`, `value` and `start` are needed; whatever is left out is computed. Two records are
    equal only when they are the same object, so that each stands for its own compiled programs.

    Args:
        key: name in links, on the command line and in files.
        value: L, any JAX-traceable function [d] -> [].
        start: default starting point; its length is d.
        name, formula, valley, sharpness_formula, look_for: texts for a person.
        codim: rank of ∇²L on Γ.
        gradient: ∇L [d] -> [d] by hand; automatic differentiation otherwise.
        branches: Γ as curves, for drawing; empty where Γ is no curve or has no parametrisation.
        surface: in three dimensions, Γ as z (x [], y []) -> [], for drawing; None where it is none.
        manifold_sharpness: λ₁(∇²L) [d] -> [] at a point of Γ, in closed form.
        projection: Φ [d] -> [d] in closed form; NaN where gradient flow does not reach Γ.
        limiting_flows: by rule key, X(τ) as (X(0) [d], τ []) -> [d] in closed form.
        domain: where L is smooth, if not everywhere.
        view: ((low, high) for each coordinate) to draw at first.
        horizon: slow time τ that shows the drift.
        variables: names of the coordinates; x, y, z, w, … when left out.
    """

    key: str
    value: Value
    start: tuple[float, ...]
    name: str = ""
    formula: str = ""
    valley: str = ""
    sharpness_formula: str = ""
    look_for: str = ""
    codim: int = 1
    gradient: Vector | None = None
    branches: tuple[Branch, ...] = ()
    surface: Callable[[Array, Array], Array] | None = None
    manifold_sharpness: Value | None = None
    projection: Vector | None = None
    limiting_flows: Mapping[str, Callable[[Array, Array], Array]] = field(default_factory=dict)
    domain: Domain | None = None
    view: tuple[tuple[float, float], ...] = ()
    horizon: float = 4.0
    variables: tuple[str, ...] = ()

    @property
    def d(self) -> int:
        """Number of parameters."""
        return len(self.start)


@dataclass(frozen=True, eq=False)
class Rule:
    """An update rule x ← x − η_t ∇L(x), or gradient flow, with its limiting flow on Γ.

    Args:
        key: name in links, on the command line and in files.
        effective_step: (η [], L [], ‖∇L‖² []) -> η_t []; None for gradient flow.
        drift: (λ₁ [], P⊥∇λ₁ [d]) -> dX/dτ [d] of the limiting flow; None for rules without one.
        bounce: (η [], λ₁ []) -> |s_t| + |s_{t+1}|, the distance from wall to wall at the edge;
            None for rules that have no such law.
        sqrt_loss_law: (η [], λ₁ []) -> √L(x_t) + √L(x_{t+1}) at the edge; None likewise.
        clock: the time on which its runs compare: "step", "eta" or "tau".
        name, formula, look_for: texts for a person.
    """

    key: str
    effective_step: Callable[[Scalar, Array, Array], Array] | None
    drift: Callable[[Array, Array], Array] | None = None
    bounce: Callable[[Scalar, Array], Array] | None = None
    sqrt_loss_law: Callable[[Scalar, Array], Array] | None = None
    clock: str = "tau"
    name: str = ""
    formula: str = ""
    look_for: str = ""
