"""The routes of the study, which take the query of its page's own link.

    /study.bin       what is known of a study: all columns, or where it has not been computed none
    /study.ndjson    the study as it is computed, a line whenever there is something new; `first` is
                     the η that is wanted first
    /study-stop      (POST) stop it where it is; with `forget=1` begin anew next time
    /study.npz       all columns as a file; .csv and .json its pairs, a row each
    /study-rates.json   gaps of eight seeds

/study.bin begins with a header as `app.binary` has it: "known", and of what is known "about" and
"columns", each with its name and shape; then they come in this order, in float32.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from flask import Flask, Response, jsonify, request

from app.binary import float32, pack
from app.http import (
    MEDIA_TYPES,
    as_file,
    gone_from,
    json_line,
    packed,
    refusal,
    take_decimal,
    take_page,
    unless_known,
)
from app.link import Message, Reading
from app.once import Once
from app.origin import about
from app.study.jobs import FullError, Jobs
from app.study.settings import StudySettings, read_study_query, write_study_query
from app.study.shipped import find_shipped, rates
from dynamics.catalogue import RULES
from dynamics.files import encode
from dynamics.study import STUDIES

FULL = "Several studies wait already. Ask again in a minute."


def register(server: Flask, jobs: Jobs, once: Once) -> None:
    """Add the routes to a Flask server."""
    server.add_url_rule("/study.bin", "study.bin", lambda: _known(jobs))
    server.add_url_rule("/study.ndjson", "study.ndjson", lambda: _stream(jobs))
    server.add_url_rule("/study-stop", "study-stop", lambda: _stop(jobs), methods=["POST"])
    server.add_url_rule(
        "/study-rates.json",
        "study-rates.json",
        lambda: unless_known(once.key("study-rates"), "json", lambda: json.dumps(rates()).encode()),
    )
    for suffix in ("npz", "csv", "json"):
        server.add_url_rule(
            f"/study.{suffix}", f"study.{suffix}", lambda suffix=suffix: _file(jobs, suffix)
        )


def _read(query: dict[str, str]) -> tuple[Reading[StudySettings], Response | None]:
    reading = read_study_query(query)
    if reading.problems:
        return reading, refusal(reading.problems, write_study_query(reading.settings))
    return reading, None


def _result(jobs: Jobs, settings: StudySettings) -> Mapping[str, np.ndarray] | None:
    # What was computed here is newer than what came along.
    return jobs.result(settings.computed) or find_shipped(settings.computed)


def _meaning(reading: Reading[StudySettings]) -> dict[str, Any]:
    """How every answer begins."""
    return {
        "settings": reading.settings.plain,
        "notices": [vars(notice) for notice in reading.notices],
        "query": write_study_query(reading.settings),
    }


def _known(jobs: Jobs) -> Response:
    reading, refused = _read(request.args.to_dict())
    if refused:
        return refused
    jobs.wake()
    columns = _result(jobs, reading.settings)
    header = _meaning(reading) | {"known": columns is not None}
    if columns is None:
        made = pack(header, [])
    else:
        numbers = {name: np.asarray(values) for name, values in columns.items() if name != "about"}
        header["about"] = json.loads(str(columns["about"]))
        header["columns"] = [[name, list(values.shape)] for name, values in numbers.items()]
        made = pack(header, map(float32, numbers.values()))
    response = Response(made, content_type=MEDIA_TYPES["bin"])
    response.headers["Cache-Control"] = "no-store"
    return packed(response)


def _stream(jobs: Jobs) -> Response:
    query = request.args.to_dict()
    first = query.pop("first", None)
    reading, refused = _read(query)
    if refused:
        return refused
    settings = reading.settings
    wanted = next((eta for eta in settings.step_sizes if repr(eta) == first), None)
    try:
        job = jobs.ask(settings, wanted)
    except FullError:
        return refusal([Message("", FULL)], write_study_query(settings))

    gone = gone_from(request.environ)

    def lines() -> Iterator[bytes]:
        yield json_line(_meaning(reading))
        yield from map(json_line, jobs.listen(job, gone))

    return Response(lines(), content_type=MEDIA_TYPES["ndjson"])


def _stop(jobs: Jobs) -> Response:
    query = request.args.to_dict()
    forget = query.pop("forget", "0") == "1"
    reading, refused = _read(query)
    return refused or jsonify(stopped=jobs.stop(reading.settings, forget))


def _file(jobs: Jobs, suffix: str) -> Response:
    query = request.args.to_dict()
    page, wrong = take_page(query, "study/")
    comma, problems = take_decimal(query) if suffix == "csv" else (False, ())
    reading = read_study_query(query)
    settings = reading.settings
    link = write_study_query(settings)
    columns = _result(jobs, settings)
    if columns is None and not reading.problems:
        problems = (*problems, Message("", "This study has not been computed yet."))
    if problems := (*wrong, *problems, *reading.problems):
        return refusal(problems, link)
    assert columns is not None
    said = settings.plain | {"about": about(caption(settings), page, link)}
    table = (
        {name: values for name, values in columns.items() if name != "about"}
        if suffix == "npz"
        else pairs_of(columns, settings)
    )
    made = encode(f".{suffix}", table, said, comma)
    name = f"edgewalk-study-{settings.study}-{settings.rule}.{suffix}"
    return as_file(Response(made, content_type=MEDIA_TYPES[suffix]), name)


def caption(settings: StudySettings) -> str:
    """What a study is of, in a line."""
    etas = ", ".join(f"{eta:g}" for eta in settings.step_sizes)
    name = STUDIES[settings.study].name
    return f"{RULES[settings.rule].name} on a network: {name}, seed {settings.seed}, η = {etas}"


def pairs_of(columns: Mapping[str, np.ndarray], settings: StudySettings) -> dict[str, np.ndarray]:
    """The scalars of every pair of every run, a row each."""
    rows = [len(columns[f"run_{k}_step"]) for k in range(len(settings.step_sizes))]
    table = {"eta": np.repeat(settings.step_sizes, rows)}
    for name in (key.removeprefix("run_0_") for key in columns if key.startswith("run_0_")):
        parts = [np.asarray(columns[f"run_{k}_{name}"]) for k in range(len(rows))]
        in_rows = all(part.shape[:1] == (n,) for part, n in zip(parts, rows, strict=True))
        if in_rows and (parts[0].ndim == 1 or parts[0].shape[1] <= 3):
            table[name] = np.concatenate(parts)
    return table
