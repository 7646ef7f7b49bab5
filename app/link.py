"""Fields of a link: text read as a value that is checked, and a value written as text.

The settings of a page are a frozen record, and a `Field` for each of its attributes. What cannot be
read, or names nothing, is a problem (a resource answers 400, the page says so and shows the nearest
valid setting), and a number of the wrong sign is as bad as none; one that is too large or too small
is clamped, with a notice.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import numpy as np

from app.budgets import budgets
from app.runspec import FORMULA, LossSpec, Numbers
from app.vocabulary import RULE_NUMBERS, SENSES
from dynamics import (
    LOSSES,
    MAX_STEPS,
    RULES,
    Loss,
    Parameter,
    find_loss,
    find_rule,
    formula,
    numerals,
)
from dynamics.catalogue import nearest_key
from dynamics.expressions import nodes_of
from dynamics.grammar import Formula, parse
from dynamics.schedule import MOST_PIECES, Schedule

MIN_ETA, MAX_ETA = 1e-12, 1e6
MAX_COORDINATE = 1e6
LONGEST_ECHO = 40
CHANGE = "@"  # between η and the step from which it holds
BETWEEN = ":"  # between the numbers of a point among others
NUMBER = "p."  # before the name of a number in a formula
WHICH = ("loss", FORMULA)  # the keys that say which loss
BESIDE = (*WHICH, *RULE_NUMBERS)  # keys of links that are no fields of a page's own

# The record of a page's settings.
Record = TypeVar("Record")


@dataclass(frozen=True)
class Message:
    """Something to tell a person, at the control it is about."""

    field: str
    text: str


@dataclass(frozen=True)
class Reading(Generic[Record]):
    """What was made of a query: settings, what was broken in it, what was clamped."""

    settings: Record
    problems: tuple[Message, ...] = ()
    notices: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Field:
    """One key of a link: (text, settings so far) -> value, and value -> text, or None for none.

    `read` raises `ClampedError` where the value is out of range and ValueError, best as a
    `BrokenError`, where there is none. The record has the value as `attribute`, or else as `key`.
    """

    key: str
    read: Callable[[str, Any], Any]
    write: Callable[[Any], str | None]
    attribute: str = ""

    @property
    def name(self) -> str:
        """The record's attribute."""
        return self.attribute or self.key


class ClampedError(Exception):
    """Carries the nearest valid value and what to say."""

    def __init__(self, value: Any, text: str) -> None:
        super().__init__(text)
        self.value = value


class BrokenError(ValueError):
    """What cannot be read, and the value that was most likely meant."""

    def __init__(self, text: str, nearest: Any) -> None:
        super().__init__(text)
        self.nearest = nearest


def read_fields(
    fields: Sequence[Field],
    settings: Record,
    query: Mapping[str, str],
    beside: Sequence[str] = (),
) -> Reading[Record]:
    """Settings from the keys of a link, in the order of the fields, always valid.

    Args:
        settings: what holds where the link says nothing.
        beside: further keys of the link, which are read elsewhere.
    """
    problems, notices = [], []
    for field in fields:
        if field.key not in query:
            continue
        try:
            value = field.read(query[field.key].strip(), settings)
        except ClampedError as clamped:
            value = clamped.value
            notices.append(Message(field.key, str(clamped)))
        except ValueError as error:
            problems.append(Message(field.key, str(error)))
            value = getattr(error, "nearest", getattr(settings, field.name))
        settings = replace(settings, **{field.name: value})  # type: ignore[type-var]  # a dataclass
    known = list(dict.fromkeys([*beside, *(field.key for field in fields)]))
    problems += [Message(key, _unknown(key, known)) for key in query if key not in known]
    return Reading(settings, tuple(problems), tuple(notices))


def read_with_numbers(
    fields: Sequence[Field],
    opening: Callable[[LossSpec], Record],
    usual: str,
    query: Mapping[str, str],
) -> Reading[Record]:
    """As `read_fields`, and from the keys `p.NAME` the numbers in the formula of the loss, which
    the record has as `theta`; from keys like `beta` those of rules, as `numbers`.

    Args:
        opening: what holds of a loss where the link says nothing.
        usual: the loss where it names none.
    """
    which, named, numbers, given = _sorted(query)
    chosen = read_loss(which, usual)
    settings: Any = opening(chosen.settings)
    theta = _read_numbers(chosen.settings.record, named, settings.theta)
    of_rules = _read_rule_numbers(numbers)
    begin = replace(settings, theta=theta.settings, numbers=of_rules.settings)
    read = read_fields(fields, begin, given, BESIDE)
    parts = (chosen, read, theta, of_rules)
    return replace(
        read,
        problems=tuple(problem for part in parts for problem in part.problems),
        notices=tuple(notice for part in parts for notice in part.notices),
    )


def _sorted(query: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """What a query says of which loss, of the numbers in it, of those of rules, and of the rest."""
    parts: tuple[dict[str, str], ...] = ({}, {}, {}, {})
    for key, text in query.items():
        place = (
            0 if key in WHICH else 1 if key.startswith(NUMBER) else 2 if key in RULE_NUMBERS else 3
        )
        parts[place][key] = text.strip()
    return parts


def read_loss(query: Mapping[str, str], usual: str) -> Reading[LossSpec]:
    """Which loss, from `formula` or else `loss`; where neither can be read, one that is like it or
    the usual one."""
    if text := query.get(FORMULA, ""):
        try:
            return Reading(LossSpec(FORMULA, (), own_loss(text).source))
        except ValueError as error:
            return Reading(LossSpec(usual), (Message(FORMULA, str(error)),))
    key = _short(query.get("loss", usual))
    try:
        return Reading(LossSpec(find_loss(key).key))
    except ValueError as error:
        near = nearest_key(key, LOSSES) or usual
        return Reading(LossSpec(near), (Message("loss", str(error)),))


def own_loss(text: str) -> Loss:
    """The loss that a formula is, for a page.

    Raises:
        FormulaError: it cannot be read.
        ValueError: a page cannot show it.
    """
    _check_size(parse(text))
    found = formula(text)
    if found.d < 2:
        raise ValueError(
            "Of one variable there is no landscape: pages want two or more. From Python and on the "
            "command line it runs."
        )
    return found


def _check_size(said: Formula) -> None:
    """Before anything is sought or compiled for it.

    Raises:
        ValueError: it is larger than this server grants.
    """
    for many, budget in ((said.d, budgets().dimension), (nodes_of(said.tree), budgets().parts)):
        if many > budget.most:
            raise ValueError(f"This formula has {many}, and {budget.granted}.")


def _read_rule_numbers(query: Mapping[str, str]) -> Reading[Numbers]:
    """Of those that rules have, the ones that are given, in the order of the rules."""
    problems, notices, found = [], [], []
    for key, parameter in RULE_NUMBERS.items():
        if key not in query:
            continue
        assert parameter.range
        try:
            found.append((key, read_number(query[key], _shown(parameter), *parameter.range)))
        except ClampedError as clamped:
            found.append((key, clamped.value))
            notices.append(Message(key, str(clamped)))
        except ValueError as error:
            problems.append(Message(key, str(error)))
    return Reading(tuple(found), tuple(problems), tuple(notices))


def _read_numbers(loss: Loss, query: Mapping[str, str], opening: Numbers) -> Reading[Numbers]:
    """Those that differ from the loss's own; what it opens with where nothing else is said."""
    problems, notices, found = [], [], []
    first = dict(opening)
    known = {NUMBER + p.name: (p, p.range) for p in loss.parameters if p.range}
    for key, (parameter, bounds) in known.items():
        try:
            value = read_number(query.get(key, "").strip(), _shown(parameter), *bounds)
        except ClampedError as clamped:
            value = clamped.value
            notices.append(Message(key, str(clamped)))
        except ValueError as error:
            value = first.get(parameter.name, float(parameter.default))
            problems += [Message(key, str(error))] if key in query else []
        if value != float(parameter.default):
            found.append((parameter.name, value))
    problems += [Message(key, _unknown(key, list(known))) for key in query if key not in known]
    return Reading(tuple(found), tuple(problems), tuple(notices))


def _shown(parameter: Parameter) -> str:
    return parameter.symbol or parameter.name


def write_fields(fields: Sequence[Field], settings: Any, opening: Any, usual: str) -> str:
    """The link of settings, without what is as its loss opens, which is `usual` where none is
    named."""
    which = {"loss": settings.loss} if settings.loss != usual else {}
    given = {FORMULA: settings.formula} if settings.formula else which
    given |= given_fields(fields, settings, opening)
    given |= {name: write_number(value) for name, value in settings.numbers}
    now, then = dict(settings.theta), dict(opening.theta)
    for parameter in settings.chosen.record.parameters:
        name, own = parameter.name, parameter.default
        if parameter.range and now.get(name, own) != then.get(name, own):
            given[NUMBER + name] = write_number(now.get(name, own))
    return as_query(given)


def given_fields(fields: Sequence[Field], settings: Any, default: Any) -> dict[str, str]:
    """The keys of a link, without what is as it is by default."""
    texts = {
        field.key: field.write(getattr(settings, field.name))
        for field in fields
        if getattr(settings, field.name) != getattr(default, field.name)
    }
    return {key: text for key, text in texts.items() if text is not None}


def as_query(given: Mapping[str, str]) -> str:
    """Keys and values as the text of a link, with commas as they are, and what is before a step or
    between numbers."""
    return urlencode(given, safe="," + CHANGE + BETWEEN, quote_via=quote)


def _unknown(key: str, known: list[str]) -> str:
    hint = did_you_mean(nearest(key, known, "")) or " "
    return f"{echo(key)} is not a setting.{hint}Known: {', '.join(known) or 'none'}."


def nearest(text: str, known: Collection[str], field: str) -> str | None:
    """The name that was most likely meant, by its letters, by what its control says, or by another
    word for it; None where nothing is like it.

    Args:
        known: names, or names and what their control says.
        field: whose values they are; "" for fields themselves.
    """
    shown = known if isinstance(known, Mapping) else {}
    senses = SENSES.get(field, {})
    words = {word: name for name in known for word in senses.get(name, "").split()}
    words |= {shown[name].lower(): name for name in shown}
    words |= {name: name for name in known}
    meant = text.lower()
    near = [meant] if meant in words else get_close_matches(meant, known, n=1)
    near = near or get_close_matches(meant, words, n=1)
    return words[near[0]] if near else None


def did_you_mean(name: str | None) -> str:
    """A question between two sentences; nothing where there is nothing to ask."""
    return f" Did you mean ‘{name}’? " if name else ""


def read_number(text: str, name: str, low: float, high: float) -> float:
    """A number in [low, high].

    Raises:
        ValueError: no number, or not of the sign that all in the range have.
        ClampedError: outside the range.
    """
    value = numerals.read_number(text)
    if math.isnan(value):
        meant = numerals.meant_number(text)
        problem = f"{name} must be a number, got {echo(text)}.{numerals.hint(meant)}"
        if low <= numerals.read_number(meant) <= high:
            raise BrokenError(problem, numerals.read_number(meant))
        raise ValueError(problem)
    _check_sign(value, text, name, low)
    nearest = min(max(value, low), high)
    if nearest != value:
        raise ClampedError(nearest, f"{name} must be in {low:g} … {high:g}; {nearest:g} is used.")
    return value


def _check_sign(value: float, text: str, name: str, low: float) -> None:
    """Where the least is above 0, neither 0 nor anything below is a number that is meant."""
    if value < 0 <= low or value == 0 < low:
        least = "above 0" if low > 0 else "0 or more"
        raise ValueError(f"{name} must be {least}, got {echo(text)}.")


def read_whole(text: str, name: str, low: int, high: int) -> int:
    """A whole number in [low, high], in any notation: 1e5 is one. Raises as `read_number` does."""
    value = numerals.read_whole(text)
    if math.isnan(value):
        raise ValueError(f"{name} must be a whole number, got {echo(text)}.")
    _check_sign(value, text, name, low)
    nearest = int(min(max(value, low), high))
    if nearest != value:
        raise ClampedError(nearest, f"{name} must be in {low:,} … {high:,}; {nearest:,} is used.")
    return nearest


def write_number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return repr(float(value)).removesuffix(".0")


def write_numbers(values: Sequence[float]) -> str:
    """Numbers between commas."""
    return ",".join(map(write_number, values))


def write_schedule(schedule: Schedule | None) -> str:
    """As it is read; nothing where there is none."""
    pieces = zip(schedule.etas, schedule.firsts, strict=True) if schedule else ()
    return ",".join(f"{write_number(eta)}{CHANGE}{first}" for eta, first in pieces)


def echo(text: str) -> str:
    """What was got, for a message."""
    return f"‘{_short(text)}’" if text else "nothing"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…"


def one_of(name: str, known: Collection[str], called: str = "") -> Callable[[str, Any], str]:
    """A reader of one of a few words, of what messages call so, or else by its name."""

    def read(text: str, settings: Any) -> str:
        if text in known:
            return text
        near = nearest(text, known, name)
        problem = f"The {called or name} must be one of {', '.join(known)}, got {echo(text)}."
        raise BrokenError(problem + did_you_mean(near).rstrip(), near or getattr(settings, name))

    return read


def read_flag(text: str, name: str) -> bool:
    """1 or 0."""
    if text not in ("0", "1"):
        raise ValueError(f"{name} must be 1 or 0, got {echo(text)}.")
    return text == "1"


def read_hidden(text: str, hideable: Collection[str]) -> tuple[str, ...]:
    """Names of parts of a page, each once.

    Raises:
        ValueError: there is no such part.
    """
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in names if name not in hideable]
    if unknown:
        hint = did_you_mean(nearest(unknown[0], hideable, "hide")) or " "
        raise ValueError(
            f"There is no {echo(unknown[0])} to hide.{hint}Known: {', '.join(hideable)}."
        )
    return names


def read_rules(text: str, settings: Any) -> tuple[str, ...]:
    """The keys of rules, between commas, each once and in the order of the menu."""
    parts = [_short(part.strip()) for part in text.split(",")]
    meant = [part if part in RULES else nearest_key(part, RULES) for part in parts]
    keys = list(dict.fromkeys(key for key in meant if key))
    kept = tuple(sorted(keys, key=list(RULES).index)) or settings.rule
    for part in parts:
        try:
            find_rule(part, RULES)
        except ValueError as error:
            raise BrokenError(str(error), kept) from None
    return kept


def read_etas(text: str, most: int, instead: tuple[float, ...], at_most: str) -> tuple[float, ...]:
    """Step sizes between commas, each once, no more than `most`.

    Args:
        instead: the nearest valid ones where none can be read.
        at_most: how a notice begins that some are left out.
    """
    if CHANGE in text:
        problem = f"η that changes on the way is shown on the stage alone, got {echo(text)}."
        raise BrokenError(problem, instead)
    if meant := numerals.meant_numbers(text):
        nearest = tuple(filter(None, map(numerals.read_number, meant.split(","))))[:most] or instead
        problem = f"η must be numbers between commas, got {echo(text)}.{numerals.hint(meant)}"
        raise BrokenError(problem, nearest)
    found, notices, problems = [], [], []
    parts = text.split(",")
    for part in parts:
        if numerals.read_number(part) <= 0:
            problems.append(f"η must be above 0, got {echo(text)}.")
            continue
        try:
            found.append(read_number(part.strip(), "η", MIN_ETA, MAX_ETA))
        except ClampedError as clamped:
            found.append(clamped.value)
            notices.append(str(clamped))
        except ValueError as error:
            problems.append(str(error))
    distinct = tuple(dict.fromkeys(found))
    kept = distinct[:most]
    if problems:
        raise BrokenError(problems[0], kept or instead)
    if len(kept) < len(distinct):
        shown = ", ".join(f"{eta:g}" for eta in kept)
        notices.append(f"{at_most}; η = {shown} {_is_or_are(kept)} used.")
    if notices:
        raise ClampedError(kept, " ".join(dict.fromkeys(notices)))
    return kept


def read_schedule(text: str, instead: float) -> Reading[Schedule]:
    """How η changes, as it is written: 0.2@0,0.05@400; the first is from step 0 on without saying.

    Args:
        instead: the first η where none can be read.
    """
    problems, notices = [], []
    pieces: list[tuple[float, int]] = []
    for part in text.split(","):
        try:
            pieces.append(_read_piece(part, pieces, notices))
        except ValueError as error:
            problems.append(Message("eta", str(error)))
    if len(pieces) > MOST_PIECES:
        notices.append(Message("eta", f"η changes at most {MOST_PIECES - 1} times in a run."))
    etas, firsts = zip(*(pieces[:MOST_PIECES] or [(instead, 0)]), strict=True)
    return Reading(Schedule(etas, firsts), tuple(problems), tuple(notices))


def _read_piece(
    text: str, before: Sequence[tuple[float, int]], notices: list[Message]
) -> tuple[float, int]:
    """η and the step from which it holds."""
    eta, change, step = text.partition(CHANGE)
    value = _nearest(notices, read_number, eta, "η", MIN_ETA, MAX_ETA)
    first = 0
    if before or change:
        first = _nearest(notices, read_whole, step, "The step of a change of η", 0, MAX_STEPS)
    if first and not before:
        raise ValueError(f"η must be said from step 0 on, as in 0.2@0, 0.05@400, got {echo(text)}.")
    if before and first <= before[-1][1]:
        raise ValueError(f"η must change at one step after another, got {echo(text)} too late.")
    return value, first


def _nearest(notices: list[Message], read: Callable[..., Any], text: str, *bounds: Any) -> Any:
    """What `read` makes of a text, with a notice where that is clamped."""
    try:
        return read(text.strip(), *bounds)
    except ClampedError as clamped:
        notices.append(Message("eta", str(clamped)))
        return clamped.value


def _is_or_are(things: tuple) -> str:
    return "is" if len(things) == 1 else "are"


def read_point(text: str, spec: LossSpec, name: str = "The start") -> tuple[float, ...]:
    """A point in the space of a loss, within bounds and where the loss is smooth."""
    loss = spec.record
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != loss.d:
        raise ValueError(
            f"{name} must be {loss.d} numbers, got {echo(text)}.{_points(parts, loss.d)}"
        )
    point = tuple(read_number(part, name, -math.inf, math.inf) for part in parts)
    near = tuple(min(max(p, -MAX_COORDINATE), MAX_COORDINATE) for p in point)
    if loss.domain and not loss.domain.inside(np.array(near)):
        raise ValueError(f"{name} must lie in {loss.domain.words}.")
    if near != point:
        raise ClampedError(near, f"{name} must lie within ±{MAX_COORDINATE:g}; it was moved there.")
    return point


def _points(parts: Sequence[str], d: int) -> str:
    """What to say where decimal commas make too many parts."""
    if len(parts) == 2 * d and all(part.lstrip("+-−").isdigit() for part in parts):
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return numerals.hint(", ".join(".".join(pair) for pair in pairs))
    return " Decimals have a point." if d < len(parts) <= 2 * d else ""
