"""What a site without a server holds of each loss, and how: as the server says it, to the last bit.

Of a loss that is what it opens with and its scenes, the rules alone and side by side, at step sizes
around those, and what else a picture is painted from. It lies in files that are named by what is
in them, compressed, and in one more by the key of the loss, which says what is where
(`HeldLoss` in `assets/js/types.d.ts`).
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from app.binary import PREFIX, pack_tightly
from app.budgets import budgets
from app.runspec import LossSpec
from app.stage.compute import Compute
from app.stage.layout import ETA_HIGH, ETA_LOW
from app.stage.offline import Get, looks_of, of_picture, of_run
from app.stage.settings import Settings, of_scene, opening, opening_of, write_query
from app.vocabulary import PAGE_KEYS
from dynamics import LOSSES, MAX_STEPS

# Shares of the η that a loss opens with: four to an octave down to its half, below which runs grow
# long, and its quarter. The half of many is another.
STOPS = (2.0, 1.75, 1.5, 1.25, 1.0, 0.875, 0.75, 0.625, 0.5, 0.25)
STOPS_OF_SCENE = (2.0, 1.5, 1.0, 0.75, 0.5)
STOPS_OF_PACKAGE = STOPS_OF_SCENE  # fewer, since a platform is sent all of it at once
COMPARED = ("gd", "ngd", "sqrt-gd", "gradient-flow")  # alone and in every company
SECTIONS = 12  # of a run, of a loss of more than two parameters
MOST_NUDGES, MOST_NUDGES_ASIDE = 1200, 400  # steps of a run at the η its loss opens with, at others
HALVES = 3  # step sizes side by side at most, each half of the one before


class Stored(NamedTuple):
    """Where files go that are named by what is in them."""

    folder: Path

    def keep(self, content: bytes) -> str:
        """The name of a file with this content, compressed."""
        name = hashlib.sha256(content).hexdigest()[:16]
        file = self.folder / f"{name}.bin"
        if not file.exists():
            file.write_bytes(gzip.compress(content, 9, mtime=0))
        return name


def write_runs(
    compute: Compute, get: Get, folder: Path, losses: Sequence[str], stops: Sequence[float] = STOPS
) -> Iterator[tuple[str, int]]:
    """Write into a folder, of each loss, a file that says what is held of it, and all that in
    others; tells as each is done its key and the number of its comparisons and runs alone.

    Args:
        get: what the server answers to an address.
        stops: step sizes, as shares of the one that a loss opens with; 1 is among them.
    """

    def one(key: str) -> tuple[str, int]:
        held = _of_loss(compute, get, Stored(folder), key, stops)
        _write_index(folder, key, held)
        return key, len(held["runs"])

    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(one, losses)


def copy_runs(site: Path, folder: Path, key: str) -> None:
    """Of a loss what a package holds: fewer step sizes of those that it opens with, and all that
    its scenes are."""
    held = json.loads(gzip.decompress((site / f"{key}.bin").read_bytes()))
    etas = _etas(opening(key).eta[0], STOPS_OF_PACKAGE)
    etas += [eta for settings in ways(key).values() for eta in settings.eta]
    held["runs"] = [
        runs
        for runs in held["runs"]
        if runs["family"] or all(_near(eta, etas) for eta in runs["header"]["settings"]["eta"])
    ]
    _write_index(folder, key, held)
    names = {name for runs in held["runs"] for name in runs["files"]}
    for family in held["families"]:
        names |= {family["figures"], *(one["file"] for one in family["held"])}
    for name in names:
        shutil.copyfile(site / f"{name}.bin", folder / f"{name}.bin")


def _write_index(folder: Path, key: str, held: dict[str, Any]) -> None:
    text = json.dumps(held, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    (folder / f"{key}.bin").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _of_loss(
    compute: Compute, get: Get, stored: Stored, key: str, stops: Sequence[float]
) -> dict[str, Any]:
    families, runs = [], []
    for number, (family, asked) in enumerate(held_of(key, stops).items()):
        runs += [_runs(get, stored, one) | {"family": number} for one in asked]
        rules = family.rule if number else COMPARED
        families.append(_family(compute, get, stored, family, rules))
    return {"families": families, "runs": runs}


def held_of(key: str, stops: Sequence[float] = STOPS) -> dict[Settings, list[Settings]]:
    """What is held of a loss: as it opens and, of its scenes, as those that are seen from elsewhere
    or to another end, each with what of the same start is held. The first is as it opens."""
    first = opening(key)
    held = {first: [first, *_around(first, stops)]}
    for scene in ways(key).values():
        if scene.runs == replace(first, rule=scene.rule, eta=scene.eta).runs:
            held[first].append(scene)
        else:
            held[scene] = list(_around_scene(scene))
    return {
        family: list({write_query(_as_run(one)): one for one in some}.values())
        for family, some in held.items()
    }


def _as_run(settings: Settings) -> Settings:
    """Without what belongs to the page."""
    page = {key: getattr(opening_of(settings.chosen.bare), key) for key in PAGE_KEYS}
    return replace(settings, **page)


def ways(key: str) -> dict[str, Settings]:
    """A loss as it opens, without a name, and its scenes."""
    return {"": opening(key)} | {s.name: of_scene(LossSpec(key), s) for s in LOSSES[key].scenes}


def _around(settings: Settings, stops: Sequence[float]) -> Iterator[Settings]:
    """What is held of a loss as it opens: the rules in every company at each stop, and each rule
    with its half and quarter."""
    etas = _etas(settings.eta[0], stops)
    companies = [
        *((rule,) for rule in COMPARED),
        *(
            some
            for count in range(2, budgets().runs.most + 1)
            for some in combinations(COMPARED, count)
        ),
    ]
    for rule in companies:
        yield from (replace(settings, rule=rule, eta=(eta,)) for eta in etas)
    for rule in COMPARED:
        for eta in etas:
            halves = [near for k in range(HALVES) if (near := _near(eta / 2**k, etas))]
            for count in range(2, len(halves) + 1):
                yield replace(settings, rule=(rule,), eta=tuple(halves[:count]))


def _around_scene(settings: Settings) -> Iterator[Settings]:
    """A scene, and the same to the same time at other step sizes."""
    for eta in _etas(settings.eta[0], STOPS_OF_SCENE):
        steps = settings.steps
        if steps is not None:
            steps = round(steps * (settings.eta[0] / eta) ** settings.power)
        if steps is None or steps <= MAX_STEPS:
            yield replace(settings, eta=(eta,), steps=steps)


def _etas(eta: float, stops: Sequence[float]) -> list[float]:
    found = (float(f"{eta * stop:.6g}") for stop in stops)
    return [one for one in found if ETA_LOW <= one <= ETA_HIGH]


def _near(eta: float, etas: Sequence[float]) -> float | None:
    return next((one for one in etas if abs(one / eta - 1) < 1e-6), None)


def _runs(get: Get, stored: Stored, settings: Settings) -> dict[str, Any]:
    """The server's answer to a link of the stage: its header, and files with the rest, so that a
    run that is part of several is kept once."""
    content = get(f"run.bin?{write_query(settings)}")
    if content is None:
        raise ValueError(f"the server refuses {write_query(settings)}")
    text, numbers = _opened(content)
    given = json.loads(text)
    files, begin = [], 0
    for run in given["runs"]:
        stretches = [(run["rows"] * c["width"], 2 * c["width"]) for c in run["columns"]]
        size = 4 * sum(length for length, _ in stretches)
        files.append(stored.keep(pack_tightly(b"", numbers[begin : begin + size], _own(stretches))))
        begin += size
    rest = numbers[begin:]
    files.append(
        stored.keep(pack_tightly(b"", rest, [(len(rest) // 4, given["descent"]["width"])]))
    )
    return {"header": given, "files": files}


def _own(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(length, lag) for length, lag in stretches if length]


def _opened(content: bytes) -> tuple[bytes, bytes]:
    """The header and the numbers of an answer in float32."""
    end = PREFIX + int.from_bytes(content[4:PREFIX], "little")
    return content[PREFIX:end], content[end:]


def _family(
    compute: Compute, get: Get, stored: Stored, settings: Settings, rules: Collection[str]
) -> dict[str, Any]:
    """What else is painted where runs begin at one start."""
    figures, *others = of_picture(compute, get, settings, looks_of(settings))
    of_runs = [
        one
        for eta in _etas(settings.eta[0], STOPS_OF_SCENE)
        for spec in replace(settings, rule=tuple(rules), eta=(eta,)).runs
        for one in of_run(compute, get, settings, spec, *_much(eta == settings.eta[0]))
    ]
    held = []
    for one in (*others, *of_runs):
        content = one.content
        if one.name.endswith(".bin"):
            text, numbers = _opened(content)
            head = content[: len(content) - len(numbers)]
            lag = json.loads(text).get("d", 1)
            content = pack_tightly(head, numbers, [(len(numbers) // 4, lag)])
        held.append(one._asdict() | {"content": None, "file": stored.keep(content)})
    for one in held:
        del one["content"]
    return {"figures": stored.keep(figures.content), "held": held}


def _much(own: bool) -> tuple[int, int]:
    """How many sections of a run are held, and up to how many steps it is told why it drifts."""
    return (SECTIONS, MOST_NUDGES) if own else (0, MOST_NUDGES_ASIDE)
