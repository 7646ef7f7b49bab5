"""The plain routes: /healthz, and a run as /run.bin, /run.npz, /run.csv and /run.json.

Each takes the query of the page's own link. /run.bin takes `first` and `count` too: a stretch of
consecutive steps in full. A query that cannot be read is answered with 400 and JSON: the problems,
each with its field and a message for a person, and the query of the nearest valid settings.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, request

from app.compute import LOSSES, Compute, profile_axis
from app.export.binary import pack
from app.settings import Message, Reading, Settings, read_query, write_query
from app.words import page_words

MEDIA_TYPES = {
    "bin": "application/octet-stream",
    "npz": "application/octet-stream",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
# Belong to the page, not to the run.
PAGE_KEYS = ("at", "clock", "hide", "embed")


def register(server: Flask, compute: Compute) -> None:
    """Add the routes to a Flask server."""
    server.add_url_rule("/healthz", "healthz", lambda: jsonify(status="ok", code=compute.version))
    server.add_url_rule(
        "/run.<any(bin, npz, csv, json):suffix>",
        "run",
        lambda suffix: answer_run(compute, suffix, request.args.to_dict()),
    )


def answer_run(compute: Compute, suffix: str, query: dict[str, str]) -> Response:
    """The response of /run.<suffix> to a query."""
    problems, stretch = (), None
    try:
        stretch = _stretch(query) if suffix == "bin" else None
    except ValueError as error:
        problems = (Message("first", str(error)),)
    reading = read_query(query)
    problems += reading.problems
    if problems:
        return _refusal(problems, reading.settings)
    tag = compute.key(kind=suffix, query=query, stretch=stretch)
    if request.if_none_match.contains(tag):
        return _tagged(Response(status=304), tag)
    body = (
        _binary(compute, reading, stretch)
        if suffix == "bin"
        else compute.file(reading.settings, f".{suffix}", reading.settings.run)
    )
    response = _tagged(Response(body, content_type=MEDIA_TYPES[suffix]), tag)
    if suffix != "bin":
        name = f"edgewalk-{reading.settings.loss}-{'-'.join(reading.settings.rule)}.{suffix}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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


def _binary(compute: Compute, reading: Reading, stretch: tuple[int, int] | None) -> bytes:
    settings = reading.settings
    runs = [compute.page_run(settings, rule, stretch) for rule in settings.rule]
    header: dict[str, Any] = {
        "settings": settings.run | _about_loss(settings.loss),
        "query": write_query(settings),
        "page": {key: getattr(settings, key) for key in PAGE_KEYS},
        "notices": [vars(notice) for notice in reading.notices],
        "words": page_words(settings, [run[0] for run in runs]),
        "profile_axis": profile_axis(),
        "runs": [run[0] for run in runs],
    }
    blocks = [run[1] for run in runs]
    if stretch is None:
        path = compute.descent(settings)
        header["descent"] = {"rows": path.shape[0], "width": path.shape[1]}
        blocks.append(path.astype("<f4").tobytes())
    return pack(header, blocks)


def _about_loss(key: str) -> dict[str, Any]:
    return {"horizon": LOSSES[key].horizon, "view": LOSSES[key].view}


def _refusal(problems: tuple[Message, ...], nearest: Settings) -> Response:
    body: Mapping[str, Any] = {
        "problems": [vars(problem) for problem in problems],
        "nearest": write_query(nearest),
    }
    response = jsonify(body)
    response.status_code = 400
    return response


def _tagged(response: Response, tag: str) -> Response:
    """Cacheable, but asked for again each time: the code behind the tag may have changed."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    return response
