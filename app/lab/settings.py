"""Settings of the lab: what it plots, from which runs; their checks and their link.

    plot       regimes | rate | collapse | flatness | crowd
    loss, rule one rule; of a collapse several
    regimes    across and up, of eta, start, NAME of the rule, p.NAME of the loss · eta=LOW,HIGH, or
               one where no axis is η · along=line, from and to, or along=valley, off; start where
               no axis is that line · range=LOW,HIGH of each axis that is another number ·
               size · steps · colour · slice
    rate       start · tau · etas
    collapse   start · tau · etas, at most four runs
    crowd      region=x0,x1,y0,y1 · kind=rectangle, disk or annulus · grid · eta=LOW,HIGH · steps ·
               start, of which the coordinates after the second count · colour · slice, a share of
               the step sizes
    flatness   start · tau (of each rule's own clock) · etas (one) · flatness=sharpness or trace

What is left open follows from the loss and the rule.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from app.budgets import Budget, Budgets, budgets
from app.link import (
    MAX_COORDINATE,
    MAX_ETA,
    MIN_ETA,
    NUMBER,
    BrokenError,
    ClampedError,
    Field,
    Message,
    Reading,
    echo,
    one_of,
    read_etas,
    read_number,
    read_point,
    read_rules,
    read_whole,
    read_with_numbers,
    write_fields,
    write_number,
    write_numbers,
)
from app.runspec import LossSpec, Numbers, RuleSpec, plain_loss, rule_with
from app.stage.settings import Settings, opening_of, write_query
from app.vocabulary import COLOURS, FLATNESSES, MOST_RULES, PLOTS, REGIONS, WAYS
from dynamics import RULES, Parameter, numerals
from dynamics.flatness import fits

CROWD_ETAS = 24
ROOM = 0.2  # of the loss's view, that a region is wide to either side of its start
CLEAR = 0.05  # and stays away from its edges
MIN_TAU, MAX_TAU = 0.05, 40.0  # the least of `RATE_ETAS` takes ten million steps to the last
ETA, START = "eta", "start"  # axes of a map that are no number of a loss or of a rule
DEFAULT_LOSS = "hyperbola"  # of which GD does everything that there is a name for
# On which λ₁ and the trace pull apart.
LOSS_OF_FLATNESS = "two-flatnesses"
DEFAULT_RULES = {
    "regimes": ("gd",),
    "rate": ("ngd",),
    "collapse": ("ngd",),
    "flatness": ("ngd", "sqrt-gd", "sam", "label-noise")[: budgets().courses.most],
    "crowd": ("gd",),
}
RATE_TAU = 1.0
RATE_ETAS = (
    *(0.1, 0.077, 0.059, 0.046, 0.035, 0.027, 0.021, 0.016, 0.012, 0.0096, 0.0073, 0.0056, 0.0043),
    *(0.0033, 0.0026, 0.002),
)
COLLAPSE_ETAS = (0.2, 0.1, 0.05)
FLATNESS_ETAS = (0.05,)


class Way(NamedTuple):
    """Which line of starts: the straight one between two `ends`, or, where there are none, along Γ
    at a distance `off`."""

    loss: LossSpec
    ends: tuple[tuple[float, ...], tuple[float, ...]] | None
    off: float


@dataclass(frozen=True)
class LabSettings:
    """What the lab shows. None is what follows from the rest: see the properties, and for the `eta`
    of a map `app.lab.compute.Lab.filled`."""

    plot: str = "regimes"
    loss: str = DEFAULT_LOSS
    theta: Numbers = ()
    formula: str = ""
    numbers: Numbers = ()
    rule: tuple[str, ...] | None = None
    across: str | None = None
    up: str | None = None
    eta: tuple[float, ...] | None = None
    spans: tuple[float, ...] | None = None
    along: str = "line"
    first: tuple[float, ...] | None = None
    last: tuple[float, ...] | None = None
    off: float = 0.1
    size: int = min(200, budgets().map_side.most)
    steps: int = min(2000, budgets().map_steps.most)
    colour: str = "fate"
    slice: float = 0.5
    start: tuple[float, ...] | None = None
    tau: float | None = None
    etas: tuple[float, ...] | None = None
    flatness: str = "sharpness"
    region: tuple[float, ...] | None = None
    kind: str = "rectangle"
    grid: int = min(41, budgets().grid.most)

    @property
    def chosen(self) -> LossSpec:
        """The loss with the numbers in its formula."""
        return LossSpec(self.loss, self.theta, self.formula)

    @property
    def rules(self) -> tuple[str, ...]:
        """GD, of which most is to be told, for a map; else NGD."""
        return self.rule or DEFAULT_RULES[self.plot]

    @property
    def chosen_rules(self) -> tuple[RuleSpec, ...]:
        """The rules with their numbers."""
        return tuple(rule_with(rule, self.numbers) for rule in self.rules)

    @property
    def fitting_rules(self) -> tuple[RuleSpec, ...]:
        """Of a comparison of flatness those that have a flow on the loss."""
        loss = self.chosen.record
        return tuple(spec for spec in self.chosen_rules if fits(loss, spec.record))

    @property
    def axes(self) -> tuple[str, str]:
        """What the axes of a map show, across and upwards: step sizes by starts, unless it says."""
        across = self.across or (START if self.up == ETA else ETA)
        return across, self.up or (ETA if across == START else START)

    @property
    def offered(self) -> dict[str, Parameter | None]:
        """What an axis may show, and of a number of the rule or of the loss which."""
        rule, loss = self.chosen_rules[0].record, self.chosen.record
        # Of a formula the least value follows from its numbers, and is not found run by run.
        theirs = () if loss.remade else loss.parameters
        return {
            ETA: None,
            START: None,
            **{p.name: p for p in rule.parameters if p.range},
            **{NUMBER + p.name: p for p in theirs if p.range},
        }

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Of each axis that shows another number than η its least and its greatest."""
        offered, given = self.offered, iter(self.spans or ())
        own = {name: p.range for name in self.axes if (p := offered[name]) and p.range}
        return {name: (next(given, low), next(given, high)) for name, (low, high) in own.items()}

    @property
    def symbols(self) -> dict[str, str]:
        """What an axis may show, as a person reads it."""
        words = {ETA: "η", START: "start"}
        return words | {name: p.symbol or p.name for name, p in self.offered.items() if p}

    @property
    def ends(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The line of starts: where its ends are not given, the loss's own start with the first
        coordinate from end to end of its view."""
        loss = self.chosen.record
        low, high = ((x, *loss.start[1:]) for x in loss.view[0])
        return self.first or low, self.last or high

    @property
    def way(self) -> Way:
        """Which line of starts."""
        if self.along == "line":
            return Way(self.chosen, self.ends, 0.0)
        return Way(self.chosen, None, self.off)

    @property
    def column(self) -> int:
        """The column whose orbit diagram is shown: a start, or what else goes upwards."""
        return round(self.slice * (self.size - 1))

    @property
    def region_shown(self) -> tuple[float, ...]:
        """x0, x1, y0, y1 of a crowd: what lies around the loss's own start where none is given."""
        if self.region:
            return self.region
        loss = self.chosen.record
        ends = []
        for at, (low, high) in zip(loss.start[:2], loss.view[:2], strict=True):
            room, clear = ROOM * (high - low), (ROOM + CLEAR) * (high - low)
            middle = min(max(at, low + clear), high - clear)
            ends += [float(f"{middle - room:.3g}"), float(f"{middle + room:.3g}")]
        return tuple(ends)

    @property
    def shown_eta(self) -> int:
        """Which of the step sizes of a crowd the map of starts shows."""
        return round(self.slice * (CROWD_ETAS - 1))

    @property
    def start_point(self) -> tuple[float, ...]:
        """x_0 of a rate or a collapse: the loss's own where none is given."""
        return self.start or self.chosen.record.start

    @property
    def slow_time(self) -> float:
        """τ: of a collapse, what shows the drift."""
        return self.tau or (RATE_TAU if self.plot == "rate" else self.chosen.record.horizon)

    @property
    def step_sizes(self) -> tuple[float, ...]:
        """η of each run of a rate, of each rule of a collapse, or of all rules side by side."""
        if self.plot == "rate":
            least = (1 - 1e-9) * _reach(self.slow_time)[0]
            within = tuple(eta for eta in RATE_ETAS if eta >= least)
            return self.etas or within[: budgets().etas.most]
        if self.plot == "flatness":
            return self.etas or FLATNESS_ETAS
        return self.etas or COLLAPSE_ETAS[: budgets().runs.most // len(self.rules)]

    @property
    def stage_query(self) -> str:
        """The link of the runs of a collapse, on the stage and as a resource."""
        first = self.step_sizes[0]
        steps = round(self.slow_time / first**2)
        settings = Settings(
            loss=self.loss,
            theta=self.theta,
            formula=self.formula,
            numbers=self.numbers,
            rule=self.rules,
            eta=self.step_sizes,
            start=self.start_point,
            steps=steps,
        )
        return write_query(settings)

    @property
    def plain(self) -> dict[str, Any]:
        """What the plot is made from, by the keys of the link; only the `eta` of a map may be left
        open, since it takes computing."""
        what = {"plot": self.plot} | plain_loss(self.chosen) | {"rule": list(self.rules)}
        what |= dict(self.numbers)
        if self.plot == "crowd":
            names = ("kind", "grid", "steps", "colour", "slice")
            return (
                what
                | {"region": list(self.region_shown), "eta": self.eta and list(self.eta)}
                | {"start": list(self.start_point)}
                | {name: getattr(self, name) for name in names}
            )
        if self.plot != "regimes":
            start, etas = list(self.start_point), list(self.step_sizes)
            what |= {"start": start, "tau": self.slow_time, "etas": etas}
            return what | ({"flatness": self.flatness} if self.plot == "flatness" else {})
        ends = {"from": list(self.ends[0]), "to": list(self.ends[1])}
        names = ("off", "size", "steps", "colour", "slice")
        across, up = self.axes
        spans = [end for span in self.ranges.values() for end in span]
        return (
            what
            | {"across": across, "up": up}
            | {"eta": self.eta and list(self.eta), "along": self.along}
            | ({"range": spans} if spans else {})
            | ({} if START in self.axes else {"start": list(self.start_point)})
            | ends
            | {name: getattr(self, name) for name in names}
        )


def read_lab_query(query: Mapping[str, str]) -> Reading[LabSettings]:
    """Settings from the keys of a link, always valid, with what had to be changed."""
    usual = _usual(query.get("plot", ""))
    return _with_two_ends(_with_two_axes(read_with_numbers(FIELDS, _opening, usual, query)))


def write_lab_query(settings: LabSettings) -> str:
    """The link of settings, defaults left out."""
    return write_fields(FIELDS, settings, _opening(settings.chosen.bare), _usual(settings.plot))


def _usual(plot: str) -> str:
    """The loss where a link names none."""
    return LOSS_OF_FLATNESS if plot == "flatness" else DEFAULT_LOSS


def _opening(loss: LossSpec) -> LabSettings:
    """What is shown of a loss at first: with the numbers in its formula as on the stage."""
    return LabSettings(loss=loss.key, formula=loss.formula, theta=opening_of(loss).theta)


def _with_two_ends(reading: Reading[LabSettings]) -> Reading[LabSettings]:
    """A line of starts has two ends."""
    settings = reading.settings
    if settings.ends[0] != settings.ends[1]:
        return reading
    problem = Message("to", "The line of starts must end elsewhere than it begins.")
    mended = replace(settings, first=None, last=None)
    return replace(reading, settings=mended, problems=(*reading.problems, problem))


def _with_two_axes(reading: Reading[LabSettings]) -> Reading[LabSettings]:
    """The axes of a map show two things."""
    across, up = reading.settings.axes
    if across != up:
        return reading
    problem = Message("up", f"The axes must show two different things, got {echo(up)} for both.")
    mended = replace(reading.settings, up=None, spans=None)
    if across == START:
        mended = replace(mended, across=None, eta=None)  # it was one for all
    return replace(reading, settings=mended, problems=(*reading.problems, problem))


def _has_flow(rule: str) -> bool:
    """Along Γ, on the clock of slow time, without chance: as a cloud of starts measures it."""
    flow, seeded = RULES[rule].flow, RULES[rule].seeded
    return flow is not None and flow.on_manifold and flow.clock == "tau" and not seeded


def _drifts(rule: str) -> bool:
    return RULES[rule].drifts


def _takes_steps(rule: str) -> bool:
    return RULES[rule].step is not None


# Of which rules a plot can be made, and what to say of others.
FIT: dict[str, tuple[Callable[[str], bool], str]] = {
    "regimes": (_takes_steps, "A regime map needs a rule that takes steps"),
    "rate": (_has_flow, "The gap is measured to a limiting flow, which only some rules have"),
    "collapse": (lambda _: True, ""),
    "crowd": (_takes_steps, "A crowd needs a rule that takes steps"),
    "flatness": (_drifts, "Only some rules have a flow along Γ"),
}


def _read_rules(text: str, settings: LabSettings) -> tuple[str, ...]:
    """The rules of a plot; see `FIT` and `MOST_RULES`."""
    (fits, why), most = FIT[settings.plot], MOST_RULES[settings.plot]
    rules = read_rules(text, replace(settings, rule=settings.rules))
    fit = tuple(rule for rule in rules if fits(rule))
    if len(fit) < len(rules):
        known = ", ".join(rule for rule in RULES if fits(rule))
        raise BrokenError(f"{why}: {known}; got {echo(text)}.", fit[:most] or settings.rules)
    if len(fit) > most:
        if most > 1:
            raise ClampedError(
                fit[:most], f"At most {most} at once; {', '.join(fit[:most])} are used."
            )
        raise ClampedError(fit[:most], f"One rule at a time; {fit[0]} is used.")
    return fit


def _axis(name: str) -> Callable[[str, LabSettings], str]:
    return lambda text, settings: one_of(name, settings.symbols, f"axis {name}")(text, settings)


def _read_spans(text: str, settings: LabSettings) -> tuple[float, ...]:
    """Two numbers for each axis that shows a number, the least and the greatest."""
    shown = {name: settings.offered[name] for name in settings.axes}
    wanted = [(settings.symbols[name], p.range) for name, p in shown.items() if p and p.range]
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 * len(wanted):
        names = " and of ".join(symbol for symbol, _ in wanted)
        of = f"two numbers of {names}, the least and the greatest" if wanted else "left out"
        raise ValueError(f"The range must be {of}, got {echo(text)}.")
    found, notices = [], []
    for k, (symbol, (low, high)) in enumerate(wanted):
        ends = sorted(_bounded(part, symbol, low, high, notices) for part in parts[2 * k :][:2])
        if ends[0] == ends[1]:
            raise ValueError(f"The greatest {symbol} must be greater than the least.")
        found += ends
    if notices:
        raise ClampedError(tuple(found), notices[0])
    return tuple(found)


def _read_eta(text: str, settings: LabSettings) -> tuple[float, ...]:
    """The range of step sizes, or the one of all runs where no axis shows them."""
    if settings.plot == "crowd" or ETA in settings.axes:
        return _read_range(text)
    if "," in text:
        problem = f"η must be one number, since no axis shows it, got {echo(text)}."
        raise BrokenError(problem, None)
    try:
        return (read_number(text, "η", MIN_ETA, MAX_ETA),)
    except ClampedError as clamped:
        raise ClampedError((clamped.value,), str(clamped)) from None
    except BrokenError as broken:
        raise BrokenError(str(broken), (broken.nearest,)) from None


def _read_range(text: str) -> tuple[float, float]:
    """The least and the greatest step size."""
    parts = [part.strip() for part in text.split(",")]
    none = any(numerals.read_number(part) == 0 for part in parts)
    if len(parts) != 2:
        problem = f"η must be two numbers, the least and the greatest, got {echo(text)}."
        # Half of 0,05 and of 0,5 is a zero.
        raise ValueError(problem + (" Decimals have a point." if none else ""))
    if none:
        raise ValueError(f"η must be above 0, got {echo(text)}.")
    notices = []
    ends = sorted(_bounded(part, "η", MIN_ETA, MAX_ETA, notices) for part in parts)
    if ends[0] == ends[1]:
        raise ValueError("The greatest η must be greater than the least.")
    if notices:
        raise ClampedError((ends[0], ends[1]), notices[0])
    return ends[0], ends[1]


def _bounded(text: str, name: str, low: float, high: float, notices: list[str]) -> float:
    """A number in [low, high]; what there is to say of it is added to the notices."""
    try:
        return read_number(text, name, low, high)
    except ClampedError as clamped:
        notices.append(str(clamped))
        return clamped.value


def _read_along(text: str, settings: LabSettings) -> str:
    along = one_of("along", WAYS)(text, settings)
    loss = settings.chosen.record
    if along == "valley" and loss.codim == loss.d:
        raise ValueError(f"Γ of {loss.key} is a point: there is no valley to start along.")
    return along


def _read_step_sizes(text: str, settings: LabSettings) -> tuple[float, ...]:
    """Of a rate 2 … 16, of a collapse as many as there may be runs; each takes a step before τ,
    and no more than can be computed."""
    if settings.plot == "rate":
        most, at_most = budgets().etas.most, f"At most {budgets().etas.most} step sizes"
    elif settings.plot == "flatness":
        most, at_most = 1, "One step size for all"
    else:
        most, at_most = (
            budgets().runs.most // len(settings.rules),
            f"At most {budgets().runs.most} runs at once",
        )
    notices = []
    try:
        etas = read_etas(text, most, settings.step_sizes, at_most)
    except ClampedError as clamped:
        etas = clamped.value
        notices.append(str(clamped))
    except BrokenError as broken:
        raise BrokenError(str(broken), _if_enough(broken.nearest, settings)) from None
    low, high = _reach(settings.slow_time)
    within = tuple(dict.fromkeys(min(max(eta, low), high) for eta in etas))
    if within != etas:
        notices.append(f"To τ = {settings.slow_time:g}, η must be in {low:.3g} … {high:.3g}.")
    if _if_enough(within, settings) is None:
        raise ValueError("A slope needs two different step sizes or more.")
    if notices:
        raise ClampedError(within, " ".join(notices))
    return within


def _reach(tau: float) -> tuple[float, float]:
    """The least step size that comes to a slow time, and the greatest that stops there."""
    return math.sqrt(tau / budgets().steps.most), math.sqrt(tau)


def _if_enough(etas: tuple[float, ...], settings: LabSettings) -> tuple[float, ...] | None:
    """Those of the step sizes that are within reach, if they are enough for the plot."""
    low, high = _reach(settings.slow_time)
    within = tuple(eta for eta in etas if low <= eta <= high)
    return within if len(within) > (settings.plot == "rate") else None


def _read_region(text: str, settings: LabSettings) -> tuple[float, ...]:
    """x0, x1, y0, y1, each pair in either order."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4:
        raise ValueError(f"The region must be four numbers, x0, x1, y0, y1, got {echo(text)}.")
    notices: list[str] = []
    ends = [
        _bounded(part, name, -MAX_COORDINATE, MAX_COORDINATE, notices)
        for part, name in zip(parts, ("x0", "x1", "y0", "y1"), strict=True)
    ]
    ends = [*sorted(ends[:2]), *sorted(ends[2:])]
    if ends[0] == ends[1] or ends[2] == ends[3]:
        raise ValueError("The region must be wider and higher than a point.")
    if notices:
        raise ClampedError(tuple(ends), notices[0])
    return tuple(ends)


def _point(name: str) -> Callable[[str, LabSettings], tuple[float, ...]]:
    return lambda text, settings: read_point(text, settings.chosen, name)


def _granted(key: str, name: str, which: Callable[[Budgets], Budget]) -> Field:
    """A whole number, from the least that a server may grant to what this one does."""

    def read(text: str, _: LabSettings) -> int:
        budget = which(budgets())
        return read_whole(text, name, budget.least, budget.most)

    return Field(key, read, str)


FIELDS: tuple[Field, ...] = (
    Field("plot", one_of("plot", PLOTS), str),
    Field("rule", _read_rules, ",".join),
    Field("across", _axis("across"), str),
    Field("up", _axis("up"), str),
    Field("eta", _read_eta, write_numbers),
    Field("range", _read_spans, write_numbers, "spans"),
    Field("along", _read_along, str),
    Field("from", _point("The first start"), write_numbers, "first"),
    Field("to", _point("The last start"), write_numbers, "last"),
    Field(
        "off",
        lambda text, _: read_number(text, "The distance", -MAX_COORDINATE, MAX_COORDINATE),
        write_number,
    ),
    _granted("size", "The size of the map", lambda granted: granted.map_side),
    _granted("steps", "The number of steps", lambda granted: granted.map_steps),
    Field("colour", one_of("colour", COLOURS), str),
    Field("slice", lambda text, _: read_number(text, "The slice", 0.0, 1.0), write_number),
    Field("region", _read_region, write_numbers),
    Field("kind", one_of("kind", REGIONS), str),
    _granted("grid", "The grid", lambda granted: granted.grid),
    Field("start", _point("The start"), write_numbers),
    Field("flatness", one_of("flatness", FLATNESSES), str),
    Field("tau", lambda text, _: read_number(text, "τ", MIN_TAU, MAX_TAU), write_number),
    Field("etas", _read_step_sizes, write_numbers),
)
