"""Where an answer differs from the recorded one: words exactly, numbers within rounding."""

import math
import re
from collections.abc import Iterator
from typing import Any

# Binary resources hold float32, of which the last digit is 1.2e-7.
RELATIVE = 3e-7
# Of a column's root mean square: what is left where large numbers cancel.
CANCELLED = 1e-9

# By the name of a column or key, a wider tolerance and why.
WIDER = {
    # The minimum of λ₁ is flat: a change of 1e-14 in it is one of 1e-7 in the place.
    "flattest": 1e-5,
    "flattest_start": 1e-5,
}

# GD comes to rest where rounding lets it, a step or two sooner or later.
SOONER_OR_LATER = 3
ROUNDED = 1e-13  # a column of such numbers is the rounding of nothing
AT_REST = re.compile(r"step \d+: The iterate no longer moves")


def differences(
    recorded: Any, found: Any, path: str = "", relative: float = RELATIVE
) -> Iterator[str]:
    """A sentence for each place at which they differ."""
    relative = max(relative, WIDER.get(path.rpartition(".")[2].rpartition(" ")[2], 0.0))
    if isinstance(recorded, dict) and isinstance(found, dict):
        for key in recorded.keys() | found.keys():
            if key not in found:
                yield f"{path}.{key} is gone; it was {_told(recorded[key])}"
            elif key not in recorded:
                yield f"{path}.{key} is new: {_told(found[key])}"
        if _is_digest(recorded) and _is_digest(found):
            yield from _of_digests(recorded, found, path, relative)
        else:
            for key in recorded.keys() & found.keys():
                if key == "outcome_step" and _rest_at_a_time(recorded, found):
                    continue
                yield from differences(recorded[key], found[key], f"{path}.{key}", relative)
    elif isinstance(recorded, list) and isinstance(found, list):
        if len(recorded) != len(found):
            yield f"{path}: {len(found)} of them; {len(recorded)} were recorded"
        for i, (was, now) in enumerate(zip(recorded, found, strict=False)):
            yield from differences(was, now, f"{path}[{i}]", relative)
    elif not _same(recorded, found, relative, 0.0):
        yield f"{path}: {_told(found)}; recorded is {_told(recorded)}"


def _rest_at_a_time(recorded: dict, found: dict) -> bool:
    """Whether two runs come to rest at about the same step."""
    if not recorded["outcome"] == found["outcome"] == "at_minimiser":
        return False
    return abs(recorded["outcome_step"] - found["outcome_step"]) <= SOONER_OR_LATER


def _is_digest(value: dict) -> bool:
    return {"shape", "finite", "rms", "rows"} <= value.keys()


def _of_digests(recorded: dict, found: dict, path: str, relative: float) -> Iterator[str]:
    scale = recorded["rms"] if isinstance(recorded["rms"], int | float) else 1.0
    least = max(CANCELLED, 1e-2 * (relative if relative > RELATIVE else 0.0)) * scale
    for name in ("shape", "finite"):
        if recorded[name] != found[name]:
            yield f"{path}.{name}: {found[name]}; recorded is {recorded[name]}"
    sizes = [one["rms"] for one in (recorded, found)]
    if all(isinstance(size, float) and size < ROUNDED for size in sizes):
        return
    if not _same(recorded["rms"], found["rms"], relative, 0.0):
        yield f"{path}.rms: {found['rms']}; recorded is {recorded['rms']}"
    for i, (was, now) in enumerate(zip(recorded["rows"], found["rows"], strict=False)):
        if not all(_same(a, b, relative, least) for a, b in zip(was, now, strict=False)):
            yield f"{path}.rows[{i}]: {now}; recorded is {was}"


def _same(was: Any, now: Any, relative: float, least: float) -> bool:
    if isinstance(was, str) and isinstance(now, str):
        return AT_REST.sub("…", was) == AT_REST.sub("…", now)
    if type(was) is not type(now) or not isinstance(was, float):
        return type(was) is type(now) and was == now
    return math.isclose(was, now, rel_tol=relative, abs_tol=least)


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 200 else f"{text[:200]}…"
