"""The plain routes: /healthz; a run as /run.bin, /run.npz, /run.csv and /run.json, what it is
computed from as /run.settings.json, and a program that computes it as /run.py and /run.ipynb; why
it drifts at a step, as /nudge.json; the rod beside a run of GD, as /rod.bin; and what does not
depend on a run, Γ as /valley.bin and heights of a view as /heights.bin; how a formula of one's own
is read, as /formula.json.

A run takes the query of the page's own link. /run.bin takes `first` and `count` too: a stretch of
steps, in full up to 5,000 of them, else as pairs spread over it; with `focus`, of that run alone.
With `part=iterates` it answers with x, L, λ₁ and the threshold alone, which are there first: the
rest of a loss that nobody has opened yet takes seconds, for its programs to be compiled. /run.csv
takes `decimal=comma`. A program is of NumPy alone or, with `on=dynamics`, of this library; `page`,
the address of the page that asks, is where its link leads. A query that cannot be read is answered
with 400 and JSON: the problems, each with its field and a message for a person, and the query of
the nearest valid settings.
"""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from flask import Flask, Response, jsonify, request

from app.binary import float32, pack
from app.http import MEDIA_TYPES, as_file, refusal, take_decimal, take_page, unless_known
from app.link import NUMBER, WHICH, Message, Reading, own_loss
from app.origin import about
from app.runspec import LossSpec, RunSpec, plain_parameter, plain_rule_parameters
from app.stage.branches import without_pushes
from app.stage.compute import LAWS, Compute, Cut, Heights, Valley, View, changes_of, profile_axis
from app.stage.settings import (
    FORMULAS_KEPT,
    Settings,
    of_scene,
    opening_of,
    read_query,
    shortenings,
    view_of,
    write_query,
)
from app.stage.words import caption, coordinate_names, page_words
from app.vocabulary import LICENCE, PAGE_KEYS, VIEW
from dynamics import FormulaError
from dynamics.files import SETTINGS_SUFFIX, clean, encode_settings
from dynamics.grammar import parse
from dynamics.numerals import read_number
from dynamics.program import LIBRARIES
from dynamics.simulate import PushedOutError
from dynamics.typeset import mathml_of
from dynamics.version import VERSION


def register(server: Flask, compute: Compute) -> None:
    """Add the routes to a Flask server."""
    health = {"status": "ok", "version": VERSION, "code": compute.once.version}
    server.add_url_rule("/healthz", "healthz", lambda: jsonify(health))
    server.add_url_rule(
        "/run.<any(bin, npz, csv, json):suffix>",
        "run",
        lambda suffix: answer_run(compute, suffix, request.args.to_dict()),
    )
    server.add_url_rule(
        "/run.<any(py, ipynb):suffix>",
        "program",
        lambda suffix: answer_program(compute, suffix, request.args.to_dict()),
    )
    server.add_url_rule("/run.settings.json", "settings", lambda: answer_settings(compute))
    server.add_url_rule("/valley.bin", "valley", lambda: _of_loss(partial(answer_valley, compute)))
    server.add_url_rule(
        "/heights.bin", "heights", lambda: _of_loss(partial(answer_heights, compute))
    )
    server.add_url_rule(
        "/section.bin", "section", lambda: answer_section(compute, request.args.to_dict())
    )
    server.add_url_rule(
        "/nudge.json", "nudge", lambda: answer_nudge(compute, request.args.to_dict())
    )
    server.add_url_rule("/rod.bin", "rod", lambda: answer_rod(compute, request.args.to_dict()))
    server.add_url_rule(
        "/formula.json", "formula", lambda: answer_formula(request.args.get("formula", ""))
    )
    server.add_url_rule("/sheet.bin", "sheet", lambda: _of_loss(partial(answer_sheet, compute)))


def answer_run(compute: Compute, suffix: str, query: dict[str, str]) -> Response:
    """The response of /run.<suffix> to a query."""
    problems, stretch, part, decimal_comma, page = (), None, None, False, ""
    if suffix == "csv":
        decimal_comma, problems = take_decimal(query)
    if suffix != "bin":
        page, wrong = take_page(query)
        problems += wrong
    else:
        part = query.pop("part", None)
        try:
            stretch = _stretch(query)
        except ValueError as error:
            problems += (Message("first", str(error)),)
        if part not in (None, "iterates") or (part and stretch):
            problems += (Message("part", "part must be iterates, and of a whole run."),)
    reading = read_query(query)
    problems += reading.problems
    if problems:
        return refusal(problems, write_query(reading.settings))
    settings = reading.settings
    tag = compute.once.key(
        suffix, query=query, stretch=stretch, part=part, decimal_comma=decimal_comma, page=page
    )
    said = _said(settings, page)
    try:
        if suffix == "bin":
            return unless_known(tag, suffix, lambda: _binary(compute, reading, stretch, part))
        response = unless_known(
            tag, suffix, lambda: compute.file(settings, f".{suffix}", said, decimal_comma)
        )
    except PushedOutError as error:
        still = replace(settings, branches=without_pushes(settings.branches))
        return refusal((Message("fork.push", str(error)),), write_query(still))
    if response.status_code != 200:
        return response
    beside = f"run{SETTINGS_SUFFIX}?{write_query(settings)}" if suffix == "csv" else ""
    return as_file(response, f"{file_name(settings)}.{suffix}", beside)


def _said(settings: Settings, page: str) -> dict[str, Any]:
    """What a file says: what its runs are computed from, and where it came from."""
    return settings.plain | {"about": about(caption(settings), page, write_query(settings))}


def answer_program(compute: Compute, suffix: str, query: dict[str, str]) -> Response:
    """A program that takes the steps of the runs of a query, as /run.py or as a notebook."""
    page, problems = take_page(query)
    library = query.pop("on", LIBRARIES[0])
    if library not in LIBRARIES:
        problems += (Message("on", f"on must be {' or '.join(LIBRARIES)}."),)
    reading = read_query(query)
    problems += reading.problems
    settings = reading.settings
    text = b""
    if not problems:
        link = f": {page}?{write_query(settings)}" if page else ""
        note = f"Edgewalk {VERSION}{link}\n{LICENCE}"
        try:
            text = compute.program(settings, f".{suffix}", note, library)
        except ValueError as error:
            problems = (Message("rule", str(error)),)
    if problems:
        return refusal(problems, write_query(settings))
    tag = compute.once.key(suffix, query=query, page=page, library=library)
    return as_file(unless_known(tag, suffix, lambda: text), f"{file_name(settings)}.{suffix}")


def file_name(settings: Settings) -> str:
    """Of a file of the runs of some settings, without its ending."""
    return f"edgewalk-{settings.loss}-{'-'.join(settings.rule)}"


def answer_settings(compute: Compute) -> Response:
    """What the runs of a query are computed from: what a .csv of them has no place for."""
    query = request.args.to_dict()
    page, problems = take_page(query)
    reading = read_query(query)
    settings = reading.settings
    if problems := (*problems, *reading.problems):
        return refusal(problems, write_query(settings))
    tag = compute.once.key(SETTINGS_SUFFIX, query=query, page=page)
    response = unless_known(tag, "json", lambda: encode_settings(_said(settings, page)))
    return as_file(response, f"{file_name(settings)}{SETTINGS_SUFFIX}")


def _of_loss(answer: Callable[[LossSpec], Response]) -> Response:
    """What a resource that does not depend on a run answers to the `loss` or the `formula` of the
    query, and to the numbers in it."""
    own = {key: text for key, text in request.args.items() if key.startswith(NUMBER)}
    which = {key: request.args[key] for key in WHICH if key in request.args}
    reading = read_query((which or {"loss": ""}) | own)
    if reading.problems:
        return refusal(reading.problems, write_query(reading.settings))
    return answer(reading.settings.chosen)


def _only(loss: LossSpec) -> Settings:
    return Settings(loss=loss.key, theta=loss.theta, formula=loss.formula)


def answer_valley(compute: Compute, loss: LossSpec) -> Response:
    """Γ of `loss`: every fourth traced point of each branch, fine enough for a pixel, and λ₁."""
    tag = compute.once.key("valley.bin", loss=loss)
    return unless_known(tag, "bin", lambda: _pack_valley(compute.valley(loss)))


def _pack_valley(valley: Valley) -> bytes:
    header, blocks = _plain_valley(valley, every=4)
    return pack(header, blocks)


def _plain_valley(valley: Valley, every: int = 1) -> tuple[dict[str, Any], list[bytes]]:
    """Γ as a header and blocks: every so many of its points, and λ₁ at them."""
    header = {
        "d": valley.flattest.shape[1],
        "flattest": valley.flattest.tolist(),
        "sharpness_range": valley.sharpness_range,
        "curves": [{"rows": len(curve.x[::every])} for curve in valley.curves],
    }
    columns = [column for curve in valley.curves for column in (curve.x, curve.sharpness)]
    return header, [float32(column[::every]) for column in columns]


def answer_heights(compute: Compute, loss: LossSpec) -> Response:
    """√L and λ₁ of `loss` on a grid over `view`, x low, x high, y low and y high."""
    try:
        view = _view(request.args.get("view", ""))
    except ValueError as error:
        return refusal((Message("view", str(error)),), write_query(_only(loss)))
    if loss.record.d != 2:
        problem = f"Only a loss of two parameters has heights over the plane, not {loss.key}."
        return refusal((Message("loss", problem),), write_query(_only(loss)))
    tag = compute.once.key("heights.bin", loss=loss, view=view)
    return unless_known(tag, "bin", lambda: _pack_heights(compute.heights(loss, view), view))


def _pack_heights(heights: Heights, view: View) -> bytes:
    rows, columns = heights.root.shape
    header = {"view": view, "rows": rows, "columns": columns}
    return pack(header, [float32(heights.root), float32(heights.sharpness)])


def answer_section(compute: Compute, query: dict[str, str]) -> Response:
    """√L, and with `of=sharpness` λ₁, on a grid of the section at step `at` of a run, that in
    `focus` or the first. The grid fills `view`, or else what is worth seeing."""
    of, text = query.pop("of", "root"), query.pop("view", None)
    reading = read_query(query)
    problems = reading.problems
    settings = reading.settings
    loss = settings.chosen.record
    view = None
    try:
        view = None if text is None else _view(text)
    except ValueError as error:
        problems += (Message("view", str(error)),)
    if loss.d < 3:
        problems += (Message("loss", f"{loss.key} is shown whole, not in a section."),)
    if of not in ("root", "sharpness"):
        problems += (Message("of", "of must be root or sharpness."),)
    if problems:
        return refusal(problems, write_query(settings))
    cut = compute.cut(settings.runs[settings.focus or 0], settings.at, view, flat=of == "root")
    return Response(_pack_cut(cut), content_type=MEDIA_TYPES["bin"])


def _pack_cut(cut: Cut) -> bytes:
    rows, columns = cut.root.shape
    header = {
        **{"at": cut.at, "origin": cut.origin, "whole": cut.whole, "view": cut.view},
        **{name: part.tolist() for name, part in cut.section._asdict().items()},
        **{"rows": rows, "columns": columns, "sharp": cut.sharpness is not None},
    }
    sharp = [] if cut.sharpness is None else [float32(cut.sharpness)]
    return pack(header, [float32(cut.root), *sharp])


def answer_nudge(compute: Compute, query: dict[str, str]) -> Response:
    """Why a run drifts, that in `focus` or the first: its steps at and after `at`, across Γ and
    along it, and what they leave."""
    reading = read_query(query)
    settings = reading.settings
    problems = reading.problems
    if not problems:
        try:
            spec = settings.runs[settings.focus or 0]
            return jsonify(told_nudge(compute, spec, settings.at))
        except ValueError as error:
            problems = (Message("at", str(error)),)
    return refusal(problems, write_query(settings))


def told_nudge(compute: Compute, spec: RunSpec, at: int) -> dict[str, Any]:
    """As JSON has it.

    Raises:
        ValueError: there is no drift to be explained there.
    """
    told: Any = clean(compute.nudge(spec, at)._asdict())
    return told | {"formula": spec.last_rule.record.drift_formula}


def answer_rod(compute: Compute, query: dict[str, str]) -> Response:
    """The rod beside a run of a query, that in `focus` or the first."""
    reading = read_query(query)
    settings = reading.settings
    problems = reading.problems
    if not problems:
        spec = settings.runs[settings.focus or 0]
        tag = compute.once.key("rod.bin", run=spec)
        try:
            header, columns = compute.rod(spec)
            return unless_known(tag, "bin", lambda: pack(header, [columns]))
        except ValueError as error:
            problems = (Message("rule", str(error)),)
    return refusal(problems, write_query(settings))


def answer_formula(text: str) -> Response:
    """How a formula is read, as MathML, or what is wrong with it and where; with `whole=1`, whether
    it can be shown, for which its least value is sought."""
    try:
        if request.args.get("whole") == "1":
            own_loss(text)
        return jsonify({"mathml": mathml_of(parse(text)), "problem": None})
    except ValueError as error:
        place = error.caret() if isinstance(error, FormulaError) else ""
        return jsonify({"mathml": "", "problem": {"text": str(error), "place": place}})


def answer_sheet(compute: Compute, loss: LossSpec) -> Response:
    """Γ of `loss` as a surface in space: z and λ₁ on a grid over the first two of its view."""
    sheet = compute.sheet(loss)
    if sheet is None:
        problem = f"The valley of {loss.key} is no surface in space."
        return refusal((Message("loss", problem),), write_query(_only(loss)))
    x, y = loss.record.view[:2]
    tag = compute.once.key("sheet.bin", loss=loss)
    return unless_known(tag, "bin", lambda: _pack_heights(sheet, (x, y)))


def _view(text: str) -> View:
    try:
        x_low, x_high, y_low, y_high = map(read_number, text.split(","))
    except ValueError:
        x_low = x_high = y_low = y_high = math.nan
    if not (-math.inf < x_low < x_high < math.inf and -math.inf < y_low < y_high < math.inf):
        raise ValueError("The view must be four numbers: x low, x high, y low, y high.")
    return (x_low, x_high), (y_low, y_high)


def _stretch(query: dict[str, str]) -> tuple[int, int] | None:
    """Take `first` and `count` out of a query."""
    first, count = query.pop("first", None), query.pop("count", None)
    if first is None and count is None:
        return None
    if not all(re.fullmatch("[0-9]{1,15}", text or "") for text in (first, count)):
        raise ValueError("first and count must be whole numbers, both given.")
    numbers = int(first or 0), int(count or 0)
    if numbers[1] < 1:
        raise ValueError("count must be 1 or more.")
    return numbers


def _binary(
    compute: Compute, reading: Reading[Settings], stretch: tuple[int, int] | None, part: str | None
) -> bytes:
    settings = reading.settings
    if stretch is not None:
        one = settings.focus is not None
        specs = [settings.runs[settings.focus]] if one else settings.runs  # type: ignore[index]
        runs = [compute.page_run(spec, stretch) for spec in specs]
        return pack(_header(reading, runs), [block for _, block in runs])
    page = compute.first_page(settings) if part else compute.page(settings)
    header = _header(reading, page.runs) | {
        "page": {key: getattr(settings, key) for key in PAGE_KEYS},
        "words": page_words(settings, [run for run, _ in page.runs]),
        "flattest_start": page.flattest_start,
        "descent": {"rows": page.descent.shape[0], "width": page.descent.shape[1]},
    }
    blocks = [*(block for _, block in page.runs), float32(page.descent)]
    if page.valley:
        header["valley"], curves = _plain_valley(page.valley)
        blocks += curves
    return pack(header | ({"part": part} if part else {}), blocks)


def _header(reading: Reading[Settings], runs: list[tuple[dict[str, Any], bytes]]) -> dict[str, Any]:
    settings = reading.settings
    return {
        "settings": {
            **settings.plain,
            "eta": list(settings.eta),
            **({"schedule": changes_of(settings.schedule)} if settings.schedule else {}),
            **_about_horizon(settings),
            **_about_loss(settings.chosen),
            "rule_parameters": plain_rule_parameters(
                [run.rule.record for run in settings.runs], settings.numbers
            ),
            "view": view_of(settings),
        },
        "query": write_query(settings),
        "notices": [vars(notice) for notice in reading.notices],
        "shortened": shortenings(settings),
        "profile_axis": profile_axis(),
        "laws": LAWS,
        "runs": _told_runs(settings, [header for header, _ in runs]),
    }


def _told_runs(settings: Settings, headers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each branch with where it leaves which run, its parent's place."""
    if not settings.branches or len(headers) == 1:
        return headers
    roots = len(settings.roots)
    return headers[:roots] + [
        header | {"fork": {"step": branch.step, "of": branch.of}}
        for header, branch in zip(headers[roots:], settings.branches, strict=True)
    ]


def _about_horizon(settings: Settings) -> dict[str, Any]:
    """The time that shows the loss, and the power of η in its clock."""
    return {"horizon": settings.horizon, "power": settings.power}


@lru_cache(FORMULAS_KEPT)
def _scenes(loss: LossSpec) -> list[dict[str, str]]:
    """What else is worth seeing of a loss: names and links."""
    links = {scene.name: write_query(of_scene(loss, scene)) for scene in loss.record.scenes}
    return [{"name": name, "query": link or f"loss={loss.key}"} for name, link in links.items()]


def _about_loss(chosen: LossSpec) -> dict[str, Any]:
    loss, first = chosen.record, opening_of(chosen.bare)
    own = dict(first.theta)
    return {
        "usual": {name: getattr(first, name) for name in VIEW},
        "scenes": _scenes(chosen.bare),
        "codim": loss.codim,
        "variables": coordinate_names(loss),
        "sheet": loss.surface is not None,
        "remarks": list(loss.remarks),
        "parameters": [
            plain_parameter(
                parameter,
                float(loss.theta[parameter.name]),
                own.get(parameter.name, float(parameter.default)),
            )
            for parameter in loss.parameters
            if parameter.range
        ],
    }
