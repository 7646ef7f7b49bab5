"""The routes of the lab, which take the query of its page's own link.

    /regimes.bin           a map as it is computed, row by row
    /regimes.csv, .npz, .json   a row for each run of it
    /orbit.bin             the last iterates at many η from the start at `slice`
    /orbit.csv, .npz, .json     a row for each of them
    /rate.ndjson           gaps as they are computed, a line each η; then the slopes through them
    /rate.csv, .npz, .json the same in one piece
    /flatness.ndjson       Γ with λ₁ and the trace, then a line each rule: its flow and its run
    /flatness.csv, .npz, .json  a row for each point of them
    /crowd.bin             what the runs of a region have in common, and each of them, η by η
    /crowd.csv, .npz, .json     a row for each η
    /starts.csv, .npz, .json    a row for each run
    /regimes.settings.json, /orbit.settings.json, /rate.settings.json
                           what each is computed from
    /lab.json              what a link means, with nothing left open

What a person keeps takes `page`, the address of the page that asks, for the link in it; a .csv
takes `decimal=comma`, and its settings are in the .settings.json of its name.
A query that cannot be read is answered with 400, the problems and the nearest valid query. Whoever
goes away stops what is computed for them.

/regimes.bin, /orbit.bin and /crowd.bin begin with a header as `app.binary` has it; then come,
little-endian and in float32, what follows. Where the server grants no time for all η of the first
or the last, their end is a record of −1; that of /flatness.ndjson is then the line {"short": true}.

    /regimes.bin   for each η, in an order that shows all of the map early: its row; then the fate,
                   λ₁ at Φ of the last iterate, the period, and how many steps were taken, of the
                   run from each of the starts
    /orbit.bin     for each η the offsets ⟨v₁, x − Φ⟩ of the last `keep` steps, the first of them
                   `step`, with v₁ and Φ of the last one; then L at all of them; then for each η
                   λ₁(Φ), the Lyapunov exponent and the fate
    /crowd.bin     √L on a grid of the plane about the region, from the least y up, and where
                   header["sided"] says so the side of Γ, and with header["conserved"], words, what
                   gradient flow keeps; then for each η, in an order that shows
                   all of it early: its number; the lower quartile, median and upper quartile of λ₁
                   at Φ; the shares at the edge, across Γ and diverged; the shares of lopsided
                   bounces, measured and by the law; then of each run the fate, λ₁ at Φ, and whether
                   it crossed Γ
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from flask import Flask, Response, request

from app.binary import float32, pack
from app.budgets import telling
from app.http import (
    as_file,
    gone_from,
    json_line,
    packed,
    refusal,
    take_decimal,
    take_page,
    unless_known,
)
from app.lab.compute import (
    Band,
    Grid,
    Lab,
    Runs,
    Seen,
    Settling,
    crowd_etas,
    rate_through,
    region_of,
)
from app.lab.settings import CROWD_ETAS, START, LabSettings, read_lab_query, write_lab_query
from app.lab.words import caption, shortenings
from app.link import NUMBER, Message, Reading
from app.once import Gone, StoppedError
from app.origin import about
from app.runspec import plain_rule_parameters
from app.stage.words import coordinate_names
from app.vocabulary import VOCABULARY
from dynamics import RULES, Fate
from dynamics.crowd import points_of
from dynamics.files import clean, encode, encode_settings
from dynamics.flatness import Floor, Way
from dynamics.orbits import Orbits

COARSE = 2  # every so many lines of the grid of Γ are told


class Asked(NamedTuple):
    """What a query asks for: the query itself, mended, what there is to say of it, and what it
    means, with nothing left open; whether a table is to have decimal commas, the address of the
    page that asks, and the name of what is asked for."""

    query: str
    notices: tuple[Message, ...]
    settings: LabSettings
    decimal_comma: bool
    page: str
    name: str

    @property
    def said(self) -> dict[str, Any]:
        """What a file says of itself."""
        return about(self.caption, self.page, self.query)

    @property
    def caption(self) -> str:
        """What is shown, in a line."""
        return caption(self.settings, self.name)


Body = bytes | Iterable[bytes]
Maker = Callable[[Lab, Asked, Gone], Body]


def register(server: Flask, lab: Lab) -> None:
    """Add the routes to a Flask server."""
    for (name, suffix), make in ROUTES.items():
        path = f"{name}.{suffix}"
        server.add_url_rule(f"/{path}", path, partial(_answer, lab, name, suffix, make))


def _answer(lab: Lab, name: str, suffix: str, make: Maker) -> Response:
    """The response of /<name>.<suffix>."""
    query = request.args.to_dict()
    if name in PLOTS:
        query["plot"] = PLOTS[name]
    decimal_comma, problems = take_decimal(query) if suffix == "csv" else (False, ())
    page, wrong = take_page(query, "lab/") if (name, suffix) in FILES else ("", ())
    asked = read_lab_query(query)
    if problems := (*problems, *wrong, *asked.problems):
        return refusal(problems, write_lab_query(asked.settings))
    tag = lab.once.key(f"{name}.{suffix}", query=query, decimal_comma=decimal_comma, page=page)
    gone = gone_from(request.environ)
    try:
        response = unless_known(
            tag,
            suffix.rpartition(".")[2],
            lambda: make(lab, _filled(lab, asked, decimal_comma, page, name), gone),
        )
    except StoppedError:
        return Response(status=503)
    if (name, suffix) in FILES and response.status_code == 200:
        file = f"edgewalk-{name}-{asked.settings.loss}-{asked.settings.rules[0]}.{suffix}"
        where = f"{name}.settings.json?{write_lab_query(asked.settings)}"
        as_file(response, file, where if suffix == "csv" else "")
    return packed(response) if suffix == "bin" else response


def _filled(
    lab: Lab, reading: Reading[LabSettings], decimal_comma: bool, page: str, name: str
) -> Asked:
    settings = reading.settings
    query, filled = write_lab_query(settings), lab.filled(settings)
    return Asked(query, reading.notices, filled, decimal_comma, page, name)


def _about(asked: Asked) -> dict[str, Any]:
    """How every answer begins."""
    return {
        "settings": asked.settings.plain,
        "notices": [vars(notice) for notice in asked.notices],
        "query": asked.query,
        "caption": asked.caption,
        "shortened": shortenings(asked.settings),
        "rule_parameters": plain_rule_parameters(
            [spec.record for spec in asked.settings.chosen_rules], asked.settings.numbers
        ),
    }


def _meaning(lab: Lab, asked: Asked, gone: Gone) -> bytes:
    return json_line(_about(asked) | {"stage": asked.settings.stage_query})


def _map_stream(lab: Lab, asked: Asked, gone: Gone) -> Iterator[bytes]:
    settings = asked.settings
    grid, line = lab.grid(settings), lab.line(settings)
    settling = lab.settling(grid)
    header = _about(asked) | {
        "rows": grid.shape[0],
        "columns": grid.shape[1],
        "axes": _axes(grid, settings),
        "offered": [{"name": name, "words": settings.symbols[name]} for name in settings.offered],
        "etas": grid.etas.tolist(),
        "starts": grid.starts.tolist(),
        "positions": line.positions.tolist(),
        "fates": _fates(),
        "story": _story(grid.rule.key, settling),
        "settles": clean(settling and settling._asdict()),
        "variables": coordinate_names(settings.chosen.record),
    }

    def parts() -> Iterator[bytes]:
        yield pack(header, [])
        yield from _told(lab.bands(grid, gone), _records, grid.shape[0])

    return parts()


def _told(parts: Iterator[Any], tell: Callable[[Any], bytes], rows: int) -> Iterator[bytes]:
    """Parts, each of some `rows`, as records of one length. One of row −1 ends them where there was
    no time for all rows: without it an answer that broke off would look the same."""
    came = length = 0
    try:
        for part in parts:
            records = tell(part)
            came += len(part.rows)
            length = len(records) // len(part.rows)
            yield records
    except StoppedError:
        return
    if came < rows:
        yield float32(np.full(length // 4, -1.0))


def _axes(grid: Grid, settings: LabSettings) -> list[dict[str, Any]]:
    """What goes across and upwards; values of η and starts stand beside."""
    return [
        {"name": axis.name, "symbol": settings.symbols[axis.name], "values": axis.values}
        for axis in (grid.across, grid.up)
    ]


def _story(rule: str, settling: Settling | None) -> str:
    """What the map of a rule shows."""
    if settling is None and not RULES[rule].bounce:
        return RULES[rule].look_for
    if settling is None:
        return (
            f"{RULES[rule].name} settles nowhere, since its steps do not shrink with the slope: it "
            "bounces at the edge, until a step is too long for the valley."
        )
    if not np.isfinite(settling.flattest):
        return "GD settles only left of the line, where λ₁ is below 2/η."
    return (
        "GD settles only where λ₁ is below 2/η. Right of the dashed line the start’s own minimum "
        "is too sharp, and it is thrown out, to a flatter one or for good; right of the upright "
        "line none is flat enough."
    )


def _fates() -> list[dict[str, Any]]:
    return [
        {"value": int(fate), "name": fate.name.lower(), "sentence": fate.sentence} for fate in Fate
    ]


def _records(band: Band) -> bytes:
    found = band.regimes
    rows = np.array(band.rows)[:, None]
    columns = found.outcome, found.sharpness, found.period, found.steps
    return float32(np.concatenate([rows, *columns], axis=1))


def _map_file(suffix: str, lab: Lab, asked: Asked, gone: Gone) -> bytes:
    settings = asked.settings
    grid, line = lab.grid(settings), lab.line(settings)
    rows, found = lab.regimes(grid, gone)
    runs, at = grid.runs(rows), grid.places(rows)
    table = {
        "eta": runs.etas,
        "position": line.positions[at.get(START, 0 * found.outcome.ravel())],
        "start": runs.starts,
        **_own(runs),
        "outcome": _names(found.outcome.ravel()),
        "period": found.period.ravel(),
        "sharpness": found.sharpness.ravel(),
        "ended": found.ended.ravel(),
        "steps": found.steps.ravel(),
    }
    return _encoded(suffix, table, asked, short=len(rows) < grid.shape[0])


def _own(runs: Runs) -> dict[str, np.ndarray]:
    """Numbers that are not the same for all runs, by the keys of a link."""
    return {NUMBER + name: column for name, column in runs.theta.items()} | runs.numbers


def _names(outcomes: np.ndarray) -> np.ndarray:
    """The names of fates, of the same shape."""
    return np.array([fate.name.lower() for fate in sorted(Fate)])[outcomes]


def _orbit_of(lab: Lab, asked: Asked, gone: Gone) -> tuple[Orbits, np.ndarray]:
    """The orbit diagram, and the steps [K] that it shows."""
    grid = lab.orbit_grid(asked.settings)
    found = lab.orbit(grid, gone)
    return found, np.arange(grid.steps + 1 - found.x.shape[1], grid.steps + 1)


def _orbit_binary(lab: Lab, asked: Asked, gone: Gone) -> bytes:
    settings = asked.settings
    grid, line = lab.orbit_grid(settings), lab.orbit_line(settings)
    found, steps = _orbit_of(lab, asked, gone)
    header = _about(asked) | {
        "etas": grid.runs(range(grid.shape[0])).etas.tolist(),
        "axes": _axes(grid, settings),
        "keep": len(steps),
        "step": int(steps[0]),
        "starts": grid.starts.tolist(),
        "positions": line.positions.tolist(),
        "start": grid.starts[0].tolist(),
        "position": float(line.positions[0]),
        "variables": coordinate_names(settings.chosen.record),
        "column": settings.column,
        "fates": _fates(),
    }
    fate = found.fate
    columns = found.offset, found.loss, fate.sharpness, found.exponent, fate.outcome
    return pack(header, map(float32, columns))


def _orbit_file(suffix: str, lab: Lab, asked: Asked, gone: Gone) -> bytes:
    found, steps = _orbit_of(lab, asked, gone)
    runs, keep, d = found.x.shape
    grid = lab.orbit_grid(asked.settings)
    asked_for = grid.runs(range(runs))
    varying = (
        {"start": np.repeat(asked_for.starts, keep, axis=0)} if grid.across.name == START else {}
    )
    table = {
        "eta": np.repeat(asked_for.etas, keep),
        **varying,
        **{name: np.repeat(column, keep) for name, column in _own(asked_for).items()},
        "step": np.tile(steps, runs),
        "x": found.x.reshape(-1, d),
        "offset": found.offset.ravel(),
        "loss": found.loss.ravel(),
        "outcome": np.repeat(_names(found.fate.outcome), keep),
        "sharpness": np.repeat(found.fate.sharpness, keep),
        "exponent": np.repeat(found.exponent, keep),
    }
    return _encoded(suffix, table, asked)


def _encoded(
    suffix: str, table: dict[str, np.ndarray], asked: Asked, *, short: bool = False
) -> bytes:
    return encode(f".{suffix}", table, _said(asked, short=short), asked.decimal_comma)


def _said(asked: Asked, *, short: bool = False) -> dict[str, Any]:
    """What was asked for, for the head of a file; `short` where there was no time for all of it."""
    said = dict(asked.said)
    if short:
        said["caption"] = telling(said["caption"], [VOCABULARY["no_time"]])
    return asked.settings.plain | {"about": said}


def _settings_file(lab: Lab, asked: Asked, gone: Gone) -> bytes:
    return encode_settings(_said(asked))


def _crowd_stream(lab: Lab, asked: Asked, gone: Gone) -> Iterator[bytes]:
    settings = asked.settings
    points, cells = points_of(region_of(settings), settings.grid)
    ground, loss = lab.ground(settings), settings.chosen.record
    header = _about(asked) | {
        "etas": crowd_etas(settings).tolist(),
        "columns": len(cells),
        "cells": cells.tolist(),
        "starts": points.tolist(),
        "view": ground.view,
        "points": len(ground.root),
        "sided": ground.side is not None,
        "conserved": loss.conserved.words if loss.conserved else "",
        "fates": _fates(),
        "variables": coordinate_names(loss),
    }
    planes = [part for part in ground[1:] if part is not None]

    def parts() -> Iterator[bytes]:
        yield pack(header, map(float32, planes))
        yield from _told(lab.crowd(settings, gone), _crowd_records, CROWD_ETAS)

    return parts()


def _crowd_records(seen: Seen) -> bytes:
    found, told = seen.crowd, seen.summary
    lower, upper = told.quartiles.T
    nothing = np.full(len(seen.rows), np.nan)
    measured, expected = seen.lopsided or (nothing, nothing)
    summed = (
        *(np.array(seen.rows), lower, told.median_sharpness, upper),
        *(told.share_edge, told.share_crossed, told.share_diverged, measured, expected),
    )
    crossed = np.zeros_like(found.outcome) if found.crossed is None else found.crossed
    columns = found.outcome, found.sharpness, crossed
    return float32(np.concatenate([np.stack(summed, axis=1), *columns], axis=1))


def _all_seen(lab: Lab, asked: Asked, gone: Gone) -> list[Seen]:
    """The crowd in the order of its step sizes, a step size each."""
    parts = list(lab.crowd(asked.settings, gone))
    each = [(row, seen, k) for seen in parts for k, row in enumerate(seen.rows)]
    return [_only_one(seen, k) for _, seen, k in sorted(each, key=lambda one: one[0])]


def _only_one(seen: Seen, k: int) -> Seen:
    at = slice(k, k + 1)
    found = seen.crowd
    return Seen(
        seen.rows[at],
        found._replace(
            etas=found.etas[at],
            outcome=found.outcome[at],
            sharpness=found.sharpness[at],
            crossed=None if found.crossed is None else found.crossed[at],
            x=found.x[at],
        ),
        type(seen.summary)(*(column[at] for column in seen.summary)),
        seen.lopsided and type(seen.lopsided)(*(column[at] for column in seen.lopsided)),
    )


def _crowd_file(suffix: str, lab: Lab, asked: Asked, gone: Gone) -> bytes:
    every = _all_seen(lab, asked, gone)
    told = [seen.summary for seen in every]
    names = (
        "median_sharpness",
        "quartiles",
        "share_edge",
        "share_crossed",
        "share_diverged",
        "runs",
    )
    table = {"eta": np.concatenate([one.etas for one in told])} | {
        name: np.concatenate([getattr(one, name) for one in told]) for name in names
    }
    lopsided = [seen.lopsided for seen in every if seen.lopsided]
    if lopsided:
        table |= {
            "share_lopsided": np.concatenate([one.measured for one in lopsided]),
            "share_lopsided_expected": np.concatenate([one.expected for one in lopsided]),
        }
    return _encoded(suffix, table, asked, short=len(every) < CROWD_ETAS)


def _starts_file(suffix: str, lab: Lab, asked: Asked, gone: Gone) -> bytes:
    found = [seen.crowd for seen in _all_seen(lab, asked, gone)]
    many = len(found[0].starts)
    crossed = [one.crossed for one in found if one.crossed is not None]
    table = {
        "eta": np.repeat(np.concatenate([one.etas for one in found]), many),
        "start": np.concatenate([one.starts for one in found]),
        "outcome": _names(np.concatenate([one.outcome.ravel() for one in found])),
        "sharpness": np.concatenate([one.sharpness.ravel() for one in found]),
        **({"crossed": np.concatenate([one.ravel() for one in crossed])} if crossed else {}),
        "x": np.concatenate([one.x.reshape(many, -1) for one in found]),
    }
    return _encoded(suffix, table, asked, short=len(found) < CROWD_ETAS)


def _rate_stream(lab: Lab, asked: Asked, gone: Gone) -> Iterator[bytes]:
    yield json_line(_about(asked))
    etas, clouds = asked.settings.step_sizes, []
    try:
        for eta, cloud in zip(etas, lab.clouds(asked.settings, gone), strict=False):
            clouds.append(cloud)
            told = {"eta": eta, "gap": cloud.median, "envelope": cloud.envelope}
            yield json_line(told | cloud._asdict())
    except StoppedError:
        return
    rate = rate_through(etas[: len(clouds)], clouds)
    yield json_line({name: rate[name] for name in rate if "slope" in name or name == "bound"})


def _rate(lab: Lab, asked: Asked, gone: Gone) -> dict[str, Any]:
    settings = asked.settings
    clouds = list(lab.clouds(settings, gone))
    return rate_through(settings.step_sizes[: len(clouds)], clouds)


def _rate_json(lab: Lab, asked: Asked, gone: Gone) -> bytes:
    rate = _rate(lab, asked, gone)
    short = len(rate["etas"]) < len(asked.settings.step_sizes)
    return json_line({"about": _said(asked, short=short)["about"]} | _about(asked) | rate)


def _rate_file(suffix: str, lab: Lab, asked: Asked, gone: Gone) -> bytes:
    rate = _rate(lab, asked, gone)
    short = len(rate["etas"]) < len(asked.settings.step_sizes)
    columns = ("envelope", "cloud_gaps", "cloud_lopsidedness")
    table = {"eta": rate["etas"], "gap": rate["gaps"]} | {name: rate[name] for name in columns}
    return _encoded(suffix, table, asked, short=short)


def _flatness_stream(lab: Lab, asked: Asked, gone: Gone) -> Iterator[bytes]:
    settings, loss = asked.settings, asked.settings.chosen.record
    rules = [{"key": spec.key, "name": spec.record.name} for spec in settings.fitting_rules]
    left = [RULES[key].name for key in settings.rules if key not in [r["key"] for r in rules]]
    head = {
        "floor": _plain_floor(lab.floor(settings.chosen)),
        "variables": coordinate_names(loss),
        "view": loss.view[:2],
        "rules": rules,
        "left": f"{', '.join(left)}: no flow along this Γ." if left else "",
    }
    yield json_line(_about(asked) | head)
    came = 0
    try:
        for found in lab.courses(settings, gone):
            ways = {"flow": _plain_way(found.flow), "run": _plain_way(found.run)}
            told = {"rule": found.rule, "eta": found.eta, "steps": found.steps}
            yield json_line(told | {"share": found.share} | ways)
            came += 1
    except StoppedError:
        return
    if came < len(rules):
        yield json_line({"short": True})


def _plain_way(way: Way) -> dict[str, Any]:
    """Columns; of a point the first two coordinates, which a picture shows."""
    x, y = way.x.T[:2]
    return {"x": x, "y": y, "sharpness": way.sharpness, "trace": way.trace}


def _plain_floor(floor: Floor) -> dict[str, Any]:
    sheet = floor.sheet and {
        name: np.round(part[::COARSE, ::COARSE], 6)
        for name, part in zip(("sharpness", "trace"), floor.sheet[1:], strict=True)
    }
    return {"curves": [_plain_way(curve) for curve in floor.curves], "sheet": sheet}


def _flatness_file(suffix: str, lab: Lab, asked: Asked, gone: Gone) -> bytes:
    courses = list(lab.courses(asked.settings, gone))
    count = [len(one.share) for one in courses]
    table: dict[str, np.ndarray] = {
        "rule": np.repeat([one.rule for one in courses], count),
        "eta": np.repeat([one.eta for one in courses], count),
        "share": np.concatenate([one.share for one in courses]),
        "flow": np.concatenate([one.flow.x for one in courses]),
        "flow_sharpness": np.concatenate([one.flow.sharpness for one in courses]),
        "flow_trace": np.concatenate([one.flow.trace for one in courses]),
        "projection": np.concatenate([one.run.x for one in courses]),
        "projection_sharpness": np.concatenate([one.run.sharpness for one in courses]),
        "projection_trace": np.concatenate([one.run.trace for one in courses]),
    }
    short = len(courses) < len(asked.settings.fitting_rules)
    return _encoded(suffix, table, asked, short=short)


# Which plot a route belongs to, whatever the link says.
PLOTS = {
    "regimes": "regimes",
    "orbit": "regimes",
    "rate": "rate",
    "flatness": "flatness",
    "crowd": "crowd",
    "starts": "crowd",
}

# What a person keeps, under a name.
FILES = {(name, suffix) for name in PLOTS for suffix in ("csv", "npz", "json", "settings.json")}

ROUTES: dict[tuple[str, str], Maker] = {
    ("regimes", "bin"): _map_stream,
    ("regimes", "csv"): partial(_map_file, "csv"),
    ("regimes", "npz"): partial(_map_file, "npz"),
    ("regimes", "json"): partial(_map_file, "json"),
    ("orbit", "bin"): _orbit_binary,
    ("orbit", "csv"): partial(_orbit_file, "csv"),
    ("orbit", "npz"): partial(_orbit_file, "npz"),
    ("orbit", "json"): partial(_orbit_file, "json"),
    ("rate", "ndjson"): _rate_stream,
    ("rate", "csv"): partial(_rate_file, "csv"),
    ("rate", "npz"): partial(_rate_file, "npz"),
    ("rate", "json"): _rate_json,
    ("flatness", "ndjson"): _flatness_stream,
    ("flatness", "csv"): partial(_flatness_file, "csv"),
    ("flatness", "npz"): partial(_flatness_file, "npz"),
    ("flatness", "json"): partial(_flatness_file, "json"),
    ("crowd", "bin"): _crowd_stream,
    **{("crowd", suffix): partial(_crowd_file, suffix) for suffix in ("csv", "npz", "json")},
    **{("starts", suffix): partial(_starts_file, suffix) for suffix in ("csv", "npz", "json")},
    ("lab", "json"): _meaning,
    **{(name, "settings.json"): _settings_file for name in PLOTS},
}
