"""Array types, axis letters, and the records of a loss and a rule.

Axis letters used in every docstring: `d` parameters, `t` recorded points of a run, `n` runs, `k`
points of a flow. All arrays are float64 unless a docstring says otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

# NumPy and JAX arrays mix freely here, and a type checker that tells them apart only objects.
Array: TypeAlias = Any
Scalar: TypeAlias = Any

Theta: TypeAlias = Mapping[str, Array]
"""The numbers of a loss by name, traced: with others nothing is compiled anew."""

Value = Callable[..., Array]
"""A function [d] -> [], of (x) or of (x, theta); see `Loss`."""

Vector = Callable[..., Array]
"""A function [d] -> [d], likewise."""


@dataclass(frozen=True)
class Parameter:
    """A number, or an array of numbers, in the formula of a loss or of a rule.

    Args:
        name: its key in `theta`, in links (`p.NAME`) and on the command line.
        default: its value, or an array.
        low, high: what it may be; None for arrays, which have no slider.
        symbol: as the formula has it; the name when left out.
        words: what it does, for a person.
    """

    name: str
    default: Array
    low: float | None = None
    high: float | None = None
    symbol: str = ""
    words: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is one number with a range, which a slider can move."""
        return self.range is not None

    @property
    def range(self) -> tuple[float, float] | None:
        """What the number may be; None for arrays."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    def checked(self, value: Array) -> np.ndarray:
        """A value as an array.

        Raises:
            ValueError: it is not finite, or not in the range.
        """
        number = np.asarray(value, dtype=np.float64)
        if not np.all(np.isfinite(number)):
            raise ValueError(f"{self.name} must be finite, got {value}")
        low, high = self.range or (-np.inf, np.inf)
        if self.range and not (number.ndim == 0 and low <= number <= high):
            raise ValueError(f"{self.name} must be a number in {low:g} … {high:g}, got {value}")
        return number


@dataclass(frozen=True, eq=False)
class Bound:
    """A function of a record with the record's own `theta` as its last argument."""

    function: Callable
    theta: Theta

    def __call__(self, *arguments: Array) -> Array:
        return self.function(*arguments, self.theta)


@dataclass(frozen=True)
class Branch:
    """One connected piece of Γ as a curve: `curve` maps a parameter [] in [low, high] to x [d]."""

    curve: Callable[..., Array]
    low: float
    high: float


@dataclass(frozen=True)
class Domain:
    """Where a loss is smooth: `inside` maps x [d] to a truth value; `words` say it to a person."""

    inside: Callable[..., Array]
    words: str


@dataclass(frozen=True)
class Conserved:
    """What gradient flow keeps, c with ⟨∇c, ∇L⟩ = 0, and what a step s along −∇L does to it.

    Args:
        words: c as a person reads it, "x² − y²".
        value: c, [d] -> [].
        weight: w, [d] -> [], where a step takes c to c(1 − w(x)‖s‖²). Left out, c is quadratic, and
            a step adds ½ sᵀ∇²c s.
        terms: as a person reads it, by the key of a rule, or "" for any other: that factor, or else
            what is added; "½ sᵀ∇²c s" where nothing is said.
    """

    words: str
    value: Value
    weight: Value | None = None
    terms: Mapping[str, str] = field(default_factory=dict, hash=False)

    def term(self, rule: str) -> str:
        """The factor or what is added, of a rule, as a person reads it."""
        return self.terms.get(rule, self.terms.get("", "½ sᵀ∇²c s"))


@dataclass(frozen=True)
class Family:
    """What of a loss is compiled: its functions and its lengths, as `Loss` was given them.

    Losses of one family share every compiled program, whatever their `theta` and their words.
    """

    value: Value
    d: int
    codim: int
    gradient: Vector | None
    branches: tuple[Branch, ...]
    surface: Callable[..., Array] | None
    manifold_sharpness: Value | None
    projection: Vector | None
    limiting_flows: tuple[tuple[str, Callable[..., Array]], ...]
    domain: Domain | None
    parametrised: bool
    residual: Vector | None = None
    weight: float = 1.0
    conserved: Conserved | None = None
    side: Value | None = None

    def bound(self, theta: Theta) -> dict[str, Any]:
        """The fields of a loss of this family that are functions, with `theta` filled in."""

        def fill(function: Callable | None) -> Callable | None:
            return Bound(function, theta) if self.parametrised and function else function

        def filled(function: Callable) -> Callable:
            return Bound(function, theta) if self.parametrised else function

        inside = self.domain and Domain(filled(self.domain.inside), self.domain.words)
        law = self.conserved
        law = law and replace(law, value=filled(law.value), weight=fill(law.weight))
        return {
            "value": fill(self.value),
            "gradient": fill(self.gradient),
            "branches": tuple(Branch(filled(b.curve), b.low, b.high) for b in self.branches),
            "surface": fill(self.surface),
            "manifold_sharpness": fill(self.manifold_sharpness),
            "projection": fill(self.projection),
            "limiting_flows": {key: filled(flow) for key, flow in self.limiting_flows},
            "domain": inside,
            "residual": fill(self.residual),
            "conserved": law,
            "side": fill(self.side),
        }


@dataclass(frozen=True)
class SumOfSquares:
    """c/2 ‖r(x)‖², of a residual that may take a `theta` too."""

    residual: Vector
    weight: float

    def __call__(self, x: Array, *theta: Theta) -> Array:
        r = self.residual(x, *theta)
        return 0.5 * self.weight * jnp.vdot(r, r)


@dataclass(frozen=True)
class Scene:
    """A way to see a loss, which is shown at first or offered.

    Attributes:
        name: what it is called, in a word or two.
        rule: key of its rule.
        eta: its step size η.
        start: x_0 [d]; the loss's own when left out.
        steps: how many; the loss's own horizon when left out.
        noise: radius of the noise.
        theta: the numbers of the formula that are not the loss's own, by name.
        clock, look: how it is looked at.
    """

    name: str = ""
    rule: str = "ngd"
    eta: float = 0.1
    start: tuple[float, ...] | None = None
    steps: int | None = None
    noise: float = 0.0
    theta: Mapping[str, float] = field(default_factory=dict)
    clock: str = "tau"
    look: str = "root"


@dataclass(frozen=True, eq=False)
class Loss:
    """An objective L with min L = 0, its manifold of minimisers Γ, and the words that show it.

    Only `key`, `value` (or `residual`) and `start` are needed; whatever is left out is computed. A
    record whose formula has `parameters` gives every function its `theta` as a last argument:
    `value` is then a function of (x, theta), a curve of (s, theta), a flow of (X(0), τ, theta). To
    callers all are functions of x alone: `loss.value(x)`.

    A loss is a pytree. Its `theta` and its `size` are traced; its `Family` is static. So it goes
    into compiled functions as an argument like any other, and the words stay outside.

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
        limiting_flows: by the key of a flow, X(τ) as (X(0) [d], τ []) -> [d] in closed form.
        domain: where L is smooth, if not everywhere.
        residual: r, [d] -> [m], where L is c/2 ‖r‖²: then `value` may be left out, and Φ is found
            however stiff the way there is.
        weight: c.
        conserved: what gradient flow keeps; None where that is nothing, or is not known.
        side: in codimension 1, [d] -> [], 0 on Γ alone, with another sign on either side of it.
        view: ((low, high) for each coordinate) to draw at first.
        equal_axes: whether a unit is as long upwards as across, as it must be where Γ is round.
        horizon: slow time τ that shows the drift.
        duration: time ηt that shows a rule without a drift; ten horizons when left out.
        opening: what is shown at first.
        scenes: what else is worth seeing, two to four; none where the opening is all.
        variables: names of the coordinates; x, y, z, w, … when left out.
        parameters: the numbers of the formula, with their ranges.
        theta: their values; the defaults when left out.
        source: the formula as a person typed it; empty where the loss was not made of one.
        minimum: what was subtracted so that min L = 0; NaN where L has no least value.
        remarks: sentences on what a person must know of it.
        remade: theta -> the loss with those numbers, where more than `theta` follows from them.
    """

    key: str
    value: Value = None  # type: ignore[assignment]  # until it is made of the residual
    start: tuple[float, ...] = ()
    name: str = ""
    formula: str = ""
    valley: str = ""
    sharpness_formula: str = ""
    look_for: str = ""
    codim: int = 1
    gradient: Vector | None = None
    branches: tuple[Branch, ...] = ()
    surface: Callable[..., Array] | None = None
    manifold_sharpness: Value | None = None
    projection: Vector | None = None
    limiting_flows: Mapping[str, Callable[..., Array]] = field(default_factory=dict)
    domain: Domain | None = None
    residual: Vector | None = None
    weight: float = 1.0
    conserved: Conserved | None = None
    side: Value | None = None
    view: tuple[tuple[float, float], ...] = ()
    equal_axes: bool = False
    horizon: float = 4.0
    duration: float | None = None
    opening: Scene = Scene()
    scenes: tuple[Scene, ...] = ()
    variables: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    theta: Theta = field(default_factory=dict)
    source: str = ""
    minimum: float = 0.0
    remarks: tuple[str, ...] = ()
    remade: Callable[[Theta], "Loss"] | None = None
    family: Family = field(init=False, repr=False)
    size: Array = field(init=False, repr=False)
    """A length by which to judge others: half the wider side of the view, or how far the start."""

    def __post_init__(self) -> None:
        if not len(self.start):
            raise ValueError(
                f"start of {self.key} must have one number for each parameter, got none"
            )
        theta = _numbers(self)
        # A function that another record has bound is taken as it is where this one has no numbers.
        raw = _raw if self.parameters else lambda function: function
        residual = raw(self.residual)
        if self.value is None and residual is None:
            raise ValueError(f"{self.key} must have a value or a residual")
        family = Family(
            value=raw(self.value) or SumOfSquares(residual, self.weight),
            d=len(self.start),
            codim=self.codim,
            gradient=raw(self.gradient),
            branches=tuple(Branch(raw(b.curve), b.low, b.high) for b in self.branches),
            surface=raw(self.surface),
            manifold_sharpness=raw(self.manifold_sharpness),
            projection=raw(self.projection),
            limiting_flows=tuple((key, raw(flow)) for key, flow in self.limiting_flows.items()),
            domain=self.domain and Domain(raw(self.domain.inside), self.domain.words),
            parametrised=bool(self.parameters),
            residual=residual,
            weight=self.weight,
            conserved=self.conserved
            and replace(
                self.conserved,
                value=raw(self.conserved.value),
                weight=raw(self.conserved.weight),
            ),
            side=raw(self.side),
        )
        size = np.max(np.ptp(self.view, axis=1)) / 2 if self.view else np.max(np.abs(self.start))
        _fill(self, theta=theta, family=family, size=np.float64(size), **family.bound(theta))

    @property
    def d(self) -> int:
        """Number of parameters."""
        return self.family.d

    def at(self, **theta: Array) -> "Loss":
        """The same loss with other numbers in its formula.

        Raises:
            ValueError: there is no parameter of that name, or it may not be that.
        """
        changed = {**self.theta, **theta}
        return self.remade(changed) if self.remade else replace(self, theta=changed)


def _raw(function: Any) -> Any:
    """A function as it was given, before `theta` was filled in."""
    return function.function if isinstance(function, Bound) else function


def _fill(record: "Loss | Rule", **fields: Any) -> None:
    for name, value in fields.items():
        object.__setattr__(record, name, value)


def _numbers(record: "Loss | Rule") -> dict[str, np.ndarray]:
    """The `theta` of a record, the defaults where it was given none.

    Raises:
        ValueError: there is no parameter of a name, or it may not be that.
    """
    if unknown := set(record.theta) - {parameter.name for parameter in record.parameters}:
        raise ValueError(_no_parameter(record, sorted(unknown)[0]))
    return {p.name: p.checked(record.theta.get(p.name, p.default)) for p in record.parameters}


def _no_parameter(record: "Loss | Rule", name: str) -> str:
    known = ", ".join(parameter.name for parameter in record.parameters)
    has = f"has {known}" if known else "has none"
    return f"no parameter {name!r}: {record.key} {has}"


def of_family(family: Family, theta: Theta, size: Array) -> Loss:
    """A loss without words, for the inside of compiled functions."""
    loss = object.__new__(Loss)
    _fill(loss, family=family, theta=theta, size=size, codim=family.codim, **family.bound(theta))
    return loss


jax.tree_util.register_pytree_node(
    Loss,
    lambda loss: ((loss.theta, loss.size), loss.family),
    lambda family, children: of_family(family, *children),
)


class Slope(NamedTuple):
    """L [] and ∇L at a point, the gradient in the shape of the point."""

    loss: Array
    gradient: Array


@dataclass(frozen=True)
class Flow:
    """A smooth motion beside a run, dX/dt = velocity(X), integrated by `dynamics.flows`.

    A flow that is `parametrised` depends on η and on the numbers of its rule: each of its functions
    takes them as a last argument, a `theta` with an "eta" among its names, and `at` fills them in.
    It is a pytree, of which those numbers are traced.

    Args:
        key: its name; a loss may have it in closed form under that in `limiting_flows`.
        start: (loss, x_0 [d], Φ(x_0) [d]) -> X(0) [d].
        velocity: (loss, X [d]) -> dX/dt [d].
        stop: (loss, X [d]) -> []: whether it has arrived, or can go no further.
        onward: (loss, X [d], t []) -> [d]: where it is a time t after it has stopped.
        clock: its time: "eta" for ηt, "tau" for η²t, or another as a person reads it.
        pace: (η []) -> []: how much of another time a step of the rule takes.
        on_manifold: whether it goes along Γ, and says where Φ(x_t) is; otherwise where x_t is, in
            the mean over the bounce.
        spread: (loss, X [d]) -> [], how far the bounce about X goes; None where that is Γ's matter.
    """

    key: str
    start: Callable[..., Array]
    velocity: Callable[..., Array]
    stop: Callable[..., Array]
    onward: Callable[..., Array] = lambda loss, end, time, *_: end
    clock: str = "tau"
    pace: Callable[..., Scalar] | None = None
    on_manifold: bool = True
    spread: Callable[..., Array] | None = None
    parametrised: bool = False
    theta: Theta | None = field(default=None, compare=False)

    def at(self, theta: Theta) -> "Flow":
        """The flow of a rule with these numbers, η among them."""
        if not self.parametrised:
            return self
        functions = {name: _raw(getattr(self, name)) for name in FLOW_FUNCTIONS}
        bound = {name: f and Bound(f, theta) for name, f in functions.items()}
        return replace(self, theta=theta, **bound)

    def per_step(self, eta: Scalar) -> Scalar:
        """How much of its time a step of η takes."""
        return self.pace(eta) if self.pace else eta if self.clock == "eta" else eta**2


def _unbound(flow: Flow) -> Flow:
    raw = {name: _raw(getattr(flow, name)) for name in FLOW_FUNCTIONS}
    return replace(flow, theta=None, **raw)


FLOW_FUNCTIONS = ("start", "velocity", "stop", "onward", "pace", "spread")


jax.tree_util.register_pytree_node(
    Flow,
    lambda flow: ((), flow) if flow.theta is None else ((flow.theta,), _unbound(flow)),
    lambda flow, children: flow.at(*children) if children else flow,
)


@dataclass(frozen=True)
class RuleFamily:
    """What of a rule is compiled, as `Rule` was given it: rules that differ in their `theta` alone
    share every program."""

    key: str
    step: Callable | None
    init: Callable
    effective_step: Callable | None
    threshold: Callable | None
    scales: Callable | None
    bounce: Callable | None
    sqrt_loss_law: Callable | None
    lopsided: Callable | None
    flow: Flow | None
    normalized: bool
    seeded: bool
    clock: str
    parametrised: bool

    def bound(self, theta: Theta) -> dict[str, Any]:
        """The fields of a rule of this family that are functions, with `theta` filled in."""

        def fill(function: Callable | None) -> Callable | None:
            return Bound(function, theta) if self.parametrised and function else function

        return {name: fill(getattr(self, name)) for name in RULE_FUNCTIONS}


RULE_FUNCTIONS = (
    "step",
    "init",
    "effective_step",
    "threshold",
    "scales",
    "bounce",
    "sqrt_loss_law",
    "lopsided",
)


@dataclass(frozen=True, eq=False)
class Rule:
    """An update rule, which may carry a state, or gradient flow; with its limiting flow on Γ.

    A point x is an array [d], or a tuple of its coordinates where many runs go at once: rules use
    `jax.tree` where it matters. A record with `parameters` gives every function its `theta` as a
    last argument; to callers none has one: `rule.step(slope, eta, x, state)`.

    A rule is a pytree as a `Loss` is: its `theta` is traced, its `RuleFamily` static.

    Args:
        key: name in links, on the command line and in files.
        step: (slope, η [], x, state) -> (x, state) after a step, `slope` being the function
            x -> `Slope` (a `dynamics.ground.Ground`); None for gradient flow.
        init: x_0 -> state, a pytree of arrays; () where a rule remembers nothing.
        effective_step: (η [], L [], ‖∇L‖² [], state) -> η_t [] of a rule that moves along −∇L.
        threshold: (η [], L [], ‖∇L‖² [], state) -> λ₁ [] at which a step stops contracting a
            quadratic; 2/η_t when left out.
        scales: (η [], ∇L [d], state) -> ([d], []), of a rule whose step has a length of its own in
            each coordinate: those lengths, and which λ₁ of ∇²L between their roots it bears. Its
            threshold is λ₁ times how much more, or less, that is.
        flow: that its iterates follow; None for rules without a theorem.
        bounce: (η [], λ₁ []) -> |s_t| + |s_{t+1}|, the distance from wall to wall at the edge;
            None for rules that have no such law.
        sqrt_loss_law: (η [], λ₁ []) -> √L(x_t) + √L(x_{t+1}) at the edge; None likewise.
        lopsided: (η [], λ₁ [], κ₃ []) -> what A of the lopsided bounce is to be multiplied by to be
            kept, and by how much A changes every two steps; None likewise.
        takes_root: it goes down √L, which asks L for a least value.
        normalized: every step has length η, so that no run of it diverges.
        seeded: it draws at random: `init` takes a whole number from which it does, after x_0.
        clock: the time on which its runs compare: "step", "eta" or "tau".
        parameters: its numbers besides η, with their ranges.
        theta: their values; the defaults when left out.
        name, formula, look_for: texts for a person.
        edge: the threshold, as a person reads it.
        drift_formula: the way along Γ of a step, by the flow, as a person reads it.
        source: the work that the rule or its flow is from.
    """

    key: str
    step: Callable[..., tuple[Array, Any]] | None = None
    init: Callable[..., Any] = lambda x, *_: ()
    effective_step: Callable[..., Array] | None = None
    threshold: Callable[..., Array] | None = None
    scales: Callable[..., tuple[Array, Array]] | None = None
    flow: Flow | None = None
    bounce: Callable[..., Array] | None = None
    sqrt_loss_law: Callable[..., Array] | None = None
    lopsided: Callable[..., tuple[Any, Any]] | None = None
    takes_root: bool = False
    normalized: bool = False
    seeded: bool = False
    clock: str = "tau"
    parameters: tuple[Parameter, ...] = ()
    theta: Theta = field(default_factory=dict)
    name: str = ""
    formula: str = ""
    look_for: str = ""
    edge: str = "2/ηₜ"
    drift_formula: str = ""
    source: str = ""
    family: RuleFamily = field(init=False, repr=False)

    def __post_init__(self) -> None:
        theta = _numbers(self)
        raw = _raw if self.parameters else lambda function: function
        family = RuleFamily(
            **{name: raw(getattr(self, name)) for name in RULE_FUNCTIONS},
            key=self.key,
            flow=self.flow,
            normalized=self.normalized,
            seeded=self.seeded,
            clock=self.clock,
            parametrised=bool(self.parameters),
        )
        _fill(self, theta=theta, family=family, **family.bound(theta))

    def at(self, **theta: Array) -> "Rule":
        """The same rule with other numbers.

        Raises:
            ValueError: there is no parameter of that name, or it may not be that.
        """
        return replace(self, theta={**self.theta, **theta})

    @property
    def drifts(self) -> bool:
        """Whether its flow goes along Γ."""
        return self.flow is not None and self.flow.on_manifold

    def flow_at(self, eta: Scalar) -> Flow | None:
        """Its flow beside a run of η, with its numbers; None for rules without a theorem."""
        return self.flow and self.flow.at({**self.theta, "eta": eta})


def of_rule_family(family: RuleFamily, theta: Theta) -> Rule:
    """A rule without words, for the inside of compiled functions."""
    rule = object.__new__(Rule)
    names = ("key", "flow", "normalized", "seeded", "clock")
    same = {name: getattr(family, name) for name in names}
    _fill(rule, family=family, theta=theta, **same, **family.bound(theta))
    return rule


jax.tree_util.register_pytree_node(
    Rule,
    lambda rule: ((rule.theta,), rule.family),
    lambda family, children: of_rule_family(family, *children),
)
