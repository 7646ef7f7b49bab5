"""Settings: the one record of what is shown, its checks, and its link.

Each field is declared once, in `FIELDS`, with the key of the link, how text becomes a value and how
a value becomes text. What cannot be read, or names nothing, is a problem (a resource answers 400,
the page says so and shows the nearest valid setting); a number out of range is clamped, with a
notice.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np

from app.compute import LOSSES, MAX_STEPS, RULES, find_loss, find_rule, nearest_key

MAX_RUNS = 4
MIN_ETA, MAX_ETA = 1e-12, 1e6
MIN_DEFAULT_STEPS = 20
MAX_COORDINATE = 1e6
MAX_NOISE = 1.0
LONGEST_ECHO = 40
LARGEST_EXACT = 2**53
CLOCKS = ("step", "eta", "tau")
AXES = ("linear", "log")
STROBES = ("all", "even", "odd", "midpoints")
LOOKS = ("root", "log", "sharpness", "surface")
HIDEABLE = (
    "header", "loss", "rules", "eta", "horizon", "start", "more", "strobe", "look", "clock", "axis",
    "sharpness", "across", "along", "laws", "gap", "phases", "now", "story", "transport",
)  # fmt: skip
LATER = {"formula": "Own formulas cannot be shown yet."}
DEFAULT_LOSS = "parabolic-valley"


@dataclass(frozen=True)
class Settings:
    """What is shown: one run of each rule at each η, from one start.

    `start` and `steps` are None where they follow from the loss and η; `focus`, the place of the
    run that the numbers are about, where it is the first that bounces.
    """

    loss: str = DEFAULT_LOSS
    rule: tuple[str, ...] = ("ngd",)
    eta: tuple[float, ...] = (0.1,)
    start: tuple[float, ...] | None = None
    steps: int | None = None
    noise: float = 0.0
    seed: int = 0
    clock: str = "tau"
    axis: str = "linear"
    strobe: str = "all"
    look: str = "root"
    focus: int | None = None
    at: int = 0
    hide: tuple[str, ...] = ()
    embed: bool = False

    @property
    def start_point(self) -> tuple[float, ...]:
        """x_0, the loss's own where none is given."""
        return LOSSES[self.loss].start if self.start is None else self.start

    def steps_at(self, eta: float) -> int:
        """The number of steps at an η: what the loss's horizon of slow time takes, or as given for
        the first η and to the same slow time for the others."""
        if self.steps is None:
            return horizon_steps(self.loss, eta)
        return int(min(round(self.steps * (self.eta[0] / eta) ** 2), MAX_STEPS))

    @property
    def runs(self) -> list[dict[str, Any]]:
        """What each run is computed from, with nothing left open."""
        return [
            {
                "loss": self.loss,
                "rule": rule,
                "eta": eta,
                "start": list(self.start_point),
                "steps": self.steps_at(eta),
                "noise": self.noise,
                "seed": self.seed,
            }
            for rule in self.rule
            for eta in self.eta
        ]

    @property
    def last_at(self) -> int:
        """The end of the time bar, which counts steps of the first η: there the last run ends."""
        power = CLOCKS.index(self.clock)
        ends = (self.steps_at(eta) * (eta / self.eta[0]) ** power for eta in self.eta)
        return min(math.ceil(max(ends)), LARGEST_EXACT)

    @property
    def plain(self) -> dict[str, Any]:
        """What all the runs are computed from, as JSON has it; `steps` are the first run’s."""
        return self.runs[0] | {"rule": list(self.rule), "eta": list(self.eta)}


@dataclass(frozen=True)
class Message:
    """Something to tell a person, at the control it is about."""

    field: str
    text: str


@dataclass(frozen=True)
class Reading:
    """What was made of a query: settings, what was broken in it, what was clamped."""

    settings: Settings
    problems: tuple[Message, ...] = ()
    notices: tuple[Message, ...] = ()


class _ClampedError(Exception):
    """Carries the nearest valid value and what to say."""

    def __init__(self, value: Any, text: str) -> None:
        super().__init__(text)
        self.value = value


class _BrokenError(ValueError):
    """What cannot be read, and the value that was most likely meant."""

    def __init__(self, text: str, nearest: Any) -> None:
        super().__init__(text)
        self.nearest = nearest


@dataclass(frozen=True)
class _Field:
    """One key of the link: (text, settings so far) -> value, and value -> text."""

    key: str
    read: Callable[[str, Settings], Any]
    write: Callable[[Any], str]


def horizon_steps(loss: str, eta: float) -> int:
    """τ/η² steps for the loss's horizon τ, in bounds."""
    wanted = LOSSES[loss].horizon / eta**2
    return int(min(max(math.ceil(wanted), MIN_DEFAULT_STEPS), MAX_STEPS))


def read_query(query: Mapping[str, str]) -> Reading:
    """Settings from the keys of a link, always valid, with what had to be changed."""
    settings, problems, notices = Settings(), [], []
    for field in FIELDS:
        if field.key not in query:
            continue
        try:
            value = field.read(query[field.key].strip(), settings)
        except _ClampedError as clamped:
            value = clamped.value
            notices.append(Message(field.key, str(clamped)))
        except ValueError as error:
            problems.append(Message(field.key, str(error)))
            value = getattr(error, "nearest", getattr(settings, field.key))
        settings = replace(settings, **{field.key: value})
    known = [field.key for field in FIELDS]
    problems += [Message(key, _unknown(key, known)) for key in query if key not in known]
    notices += _bounded_horizon(settings)
    return Reading(settings, tuple(problems), tuple(notices))


def write_query(settings: Settings) -> str:
    """The link of settings, defaults left out."""
    default = Settings(loss=settings.loss)
    given = {
        field.key: field.write(getattr(settings, field.key))
        for field in FIELDS
        if getattr(settings, field.key) != getattr(default, field.key)
    }
    if settings.loss != DEFAULT_LOSS:
        given = {"loss": settings.loss} | given
    return urlencode(given, safe=",", quote_via=quote)


def _unknown(key: str, known: list[str]) -> str:
    if key in LATER:
        return LATER[key]
    near = get_close_matches(key.lower(), known, n=1)
    hint = f"Did you mean ‘{near[0]}’? " if near else ""
    return f"{_echo(key)} is not a setting. {hint}Known: {', '.join(known)}."


def _bounded_horizon(settings: Settings) -> list[Message]:
    """What to say where the run with the smallest η cannot go as far as it should."""
    eta = min(settings.eta)
    tau = LOSSES[settings.loss].horizon
    if settings.steps is not None:
        tau = settings.steps * settings.eta[0] ** 2
    wanted = tau / eta**2
    if wanted <= MAX_STEPS:
        return []
    reached = MAX_STEPS * eta**2
    text = f"τ = {_powers(tau)} would take {_powers(wanted)} steps at η = {eta:g}; shown are "
    return [Message("steps", text + f"{MAX_STEPS:,}, to τ = {_powers(reached)}.")]


def _powers(value: float) -> str:
    """A number to two digits, large and small ones with a power of ten."""
    if 1e-3 <= value < 1e6:
        return f"{value:,.2g}"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}·10" + str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _number(text: str, name: str, low: float, high: float) -> float:
    """A number in [low, high].

    Raises:
        ValueError: no number.
        _ClampedError: outside the range.
    """
    value = _parsed(text)
    if math.isnan(value):
        raise ValueError(f"{name} must be a number, got {_echo(text)}.")
    nearest = min(max(value, low), high)
    if nearest != value:
        raise _ClampedError(nearest, f"{name} must be in {low:g} … {high:g}; {nearest:g} is used.")
    return value


def _whole(text: str, name: str, low: int, high: int) -> int:
    """A whole number in [low, high], in any notation: 1e5 is one. Raises as `_number` does."""
    value = _parsed(text)
    if math.isnan(value) or (math.isfinite(value) and value != int(value)):
        raise ValueError(f"{name} must be a whole number, got {_echo(text)}.")
    nearest = int(min(max(value, low), high))
    if nearest != value:
        raise _ClampedError(nearest, f"{name} must be in {low:,} … {high:,}; {nearest:,} is used.")
    return nearest


def _parsed(text: str) -> float:
    """The number that a text says, or NaN. Python alone takes 1_000 and ١; the page does not."""
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def _written(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return repr(float(value)).removesuffix(".0")


def _echo(text: str) -> str:
    """What was got, for a message."""
    return f"‘{_short(text)}’" if text else "nothing"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…"


def _read_loss(text: str, settings: Settings) -> str:
    try:
        return find_loss(_short(text)).key
    except ValueError as error:
        raise _BrokenError(str(error), nearest_key(_short(text), LOSSES) or settings.loss) from None


def _read_rules(text: str, settings: Settings) -> tuple[str, ...]:
    parts = [_short(part.strip()) for part in text.split(",")]
    meant = [part if part in RULES else nearest_key(part, RULES) for part in parts]
    keys = list(dict.fromkeys(key for key in meant if key))
    kept = tuple(sorted(keys, key=list(RULES).index)) or settings.rule
    for part in parts:
        try:
            find_rule(part)
        except ValueError as error:
            raise _BrokenError(str(error), kept) from None
    return kept


def _read_etas(text: str, settings: Settings) -> tuple[float, ...]:
    """One step size or several, as many as there may be runs; the nearest valid ones otherwise."""
    found, notices, problems = [], [], []
    for part in text.split(","):
        try:
            found.append(_number(part.strip(), "η", MIN_ETA, MAX_ETA))
        except _ClampedError as clamped:
            found.append(clamped.value)
            notices.append(str(clamped))
        except ValueError as error:
            problems.append(str(error))
    distinct = tuple(dict.fromkeys(found))
    kept = distinct[: MAX_RUNS // len(settings.rule)]
    if problems:
        raise _BrokenError(problems[0], kept or settings.eta)
    if len(kept) < len(distinct):
        shown = ", ".join(f"{eta:g}" for eta in kept)
        notices.append(f"At most {MAX_RUNS} runs at once; η = {shown} {_is_or_are(kept)} used.")
    if notices:
        raise _ClampedError(kept, " ".join(dict.fromkeys(notices)))
    return kept


def _is_or_are(things: tuple) -> str:
    return "is" if len(things) == 1 else "are"


def _read_start(text: str, settings: Settings) -> tuple[float, ...]:
    loss = LOSSES[settings.loss]
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != loss.d:
        raise ValueError(f"The start must be {loss.d} numbers, got {_echo(text)}.")
    point = tuple(_number(part, "The start", -math.inf, math.inf) for part in parts)
    near = tuple(min(max(p, -MAX_COORDINATE), MAX_COORDINATE) for p in point)
    if loss.domain and not loss.domain.inside(np.array(near)):
        raise ValueError(f"The start must lie in {loss.domain.words}.")
    if near != point:
        raise _ClampedError(
            near, f"The start must lie within ±{MAX_COORDINATE:g}; it was moved there."
        )
    return point


def _one_of(name: str, known: tuple[str, ...]) -> Callable[[str, Settings], str]:
    """A reader of one of a few words."""

    def read(text: str, settings: Settings) -> str:
        if text in known:
            return text
        near = get_close_matches(text.lower(), known, n=1) or [getattr(settings, name)]
        problem = f"The {name} must be one of {', '.join(known)}, got {_echo(text)}."
        raise _BrokenError(problem, near[0])

    return read


FIELDS: tuple[_Field, ...] = (
    _Field("loss", _read_loss, str),
    _Field("rule", _read_rules, ",".join),
    _Field("eta", _read_etas, lambda value: ",".join(map(_written, value))),
    _Field("start", _read_start, lambda value: ",".join(map(_written, value))),
    _Field("steps", lambda text, _: _whole(text, "steps", 0, MAX_STEPS), str),
    _Field("noise", lambda text, _: _number(text, "noise", 0.0, MAX_NOISE), _written),
    _Field("seed", lambda text, _: _whole(text, "seed", 0, 2**32 - 1), str),
    _Field("clock", _one_of("clock", CLOCKS), str),
    _Field("axis", _one_of("axis", AXES), str),
    _Field("strobe", _one_of("strobe", STROBES), str),
    _Field("look", _one_of("look", LOOKS), str),
    _Field("focus", lambda text, settings: _read_focus(text, settings), str),
    _Field("at", lambda text, settings: _read_at(text, settings), str),
    _Field("hide", lambda text, _: _read_hidden(text), ",".join),
    _Field("embed", lambda text, _: _read_flag(text), lambda value: "1" if value else "0"),
)


def _read_at(text: str, settings: Settings) -> int:
    return _whole(text, "at", 0, settings.last_at)


def _read_focus(text: str, settings: Settings) -> int:
    return _whole(text, "focus", 0, len(settings.runs) - 1)


def _read_hidden(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in names if name not in HIDEABLE]
    if unknown:
        raise ValueError(f"There is no {_echo(unknown[0])} to hide. Known: {', '.join(HIDEABLE)}.")
    return names


def _read_flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"embed must be 1 or 0, got {_echo(text)}.")
    return text == "1"
