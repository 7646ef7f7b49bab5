"""How a request of the set is asked, and its answer as plain data.

Words, keys, whole numbers and headers stay as they are; a long column of numbers becomes its shape,
how many of its values are finite, their root mean square, and a few of its rows. What changes with
every version is left out: tags, lengths, dates, and the hashes and names of scripts.
"""

import contextlib
import csv
import io
import json
import math
import re
import shlex
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dynamics.__main__ import main

LONG = 16
DIGITS = 10
# Of a column: the row in the middle, and the last.
PARTS = 2
# What a header says of a link, recorded where links are.
OF_THE_LINK = ("settings", "query", "notices", "profile_axis", "laws", "page", "words")
UNRECORDED = ("Content-Length", "Date", "ETag", "Last-Modified", "Server")


def answer_to(line: str, client: FlaskClient) -> Any:
    """The answer to a line of `requests`, as plain data."""
    request, _, how = (part.strip() for part in line.partition(" | "))
    if request.startswith("GET "):
        return _over_http(request.removeprefix("GET "), how, client)
    return _on_the_command_line(request, how)


def _over_http(url: str, how: str, client: FlaskClient) -> dict[str, Any]:
    if how == "post":
        return _described(client.post(url), url, how, _usual(client))
    encoding = how.removeprefix("accepts ") if how.startswith("accepts ") else ""
    response = client.get(url, headers={"Accept-Encoding": encoding} if encoding else {})
    if how == "again":
        response = client.get(url, headers={"If-None-Match": response.headers["ETag"]})
    return _described(response, url, how, {} if url == "/healthz" else _usual(client))


@lru_cache(maxsize=1)
def _usual(client: FlaskClient) -> dict[str, str]:
    """The headers of /healthz: recorded there, and elsewhere only where they are others."""
    headers = _headers(client.get("/healthz"))
    return {name: value for name, value in headers.items() if name != "Content-Type"}


def _headers(response: TestResponse) -> dict[str, str]:
    found = {
        name: re.sub(r"('sha256-[^']*' ?)+(?=;)", "'sha256-…'", value)
        for name, value in response.headers.items()
        if name not in UNRECORDED
    }
    if "Allow" in found:  # Flask lists them in any order
        found["Allow"] = ", ".join(sorted(found["Allow"].split(", ")))
    return found


def _described(response: TestResponse, url: str, how: str, usual: dict[str, str]) -> dict[str, Any]:
    headers: dict[str, str | None] = {**dict.fromkeys(usual), **_headers(response)}
    others = {name: value for name, value in headers.items() if value != usual.get(name, "")}
    answer: dict[str, Any] = {"status": response.status, "headers": others}
    answer["tagged"] = "ETag" in response.headers
    if "Content-Encoding" not in response.headers:
        answer["body"] = shortened(_body(response, url.partition("?")[0], how))
    response.close()
    return answer


def _body(response: TestResponse, path: str, how: str) -> Any:
    if response.mimetype == "text/html" and response.status_code == 200:
        text = response.get_data(as_text=True)
        return {"titles": re.findall("<title>.*?</title>|<html[^>]*>", text)}
    if response.status_code == 200 and path.endswith((".bin", ".npz", ".csv", ".ndjson")):
        return _resource(path, response.data, how)
    if response.is_json:
        found = response.get_json()
        if path == "/healthz":
            return found | {"code": "…"}
        return _table_of(found) if path.startswith("/run.") and "columns" in found else found
    return None if how == "head" else response.get_data(as_text=True)


def _resource(path: str, data: bytes, how: str) -> Any:
    suffix = path.rpartition(".")[2]
    if suffix == "ndjson":
        return [json.loads(line) for line in data.splitlines()]
    if suffix == "bin":
        return _binary(path, data, how)
    return file_of(f".{suffix}", data)


def _binary(path: str, data: bytes, how: str) -> dict[str, Any]:
    """Header and columns, read by the layout that `/run.bin` and the others document."""
    magic, length = struct.unpack_from("<4sI", data)
    assert magic == b"EDGW"
    head = json.loads(data[8 : 8 + length])
    numbers = np.frombuffer(data, "<f4", offset=8 + length)
    parts = dict(_parts(path, head, numbers))
    if how == "head":
        return head
    for run in head.get("runs", ()):
        run.pop("columns")
    known = OF_THE_LINK if how == "numbers" else ()
    return {name: part for name, part in head.items() if name not in known} | {"data": parts}


def _parts(path: str, head: dict[str, Any], numbers: np.ndarray) -> Iterator[tuple[str, Any]]:
    """Names and arrays of what follows a header, in its order, to the last number."""
    at = 0

    def take(*shape: int) -> np.ndarray:
        nonlocal at
        at += math.prod(shape)
        return numbers[at - math.prod(shape) : at].reshape(shape)

    if path == "/regimes.bin":
        records = take(head["rows"], 1 + 4 * head["columns"])
        yield "rows", records[:, 0].astype(int)
        for k, name in enumerate(("outcome", "sharpness", "period", "steps")):
            values = records[:, 1:].reshape(head["rows"], 4, head["columns"])[:, k]
            yield name, values if name == "sharpness" else _counted(values.astype(int))
    elif path == "/orbit.bin":
        runs, keep = len(head["etas"]), head["keep"]
        yield "offset", take(runs, keep)
        yield "loss", take(runs, keep)
        yield "sharpness", take(runs)
        yield "exponent", take(runs)
        yield "outcome", _counted(take(runs).astype(int))
    elif path == "/crowd.bin":
        sides = 1 + head["sided"] + bool(head["conserved"])
        yield "landscape", take(sides, head["points"], head["points"])
        records = take(len(head["etas"]), 9 + 3 * head["columns"])
        records = records[np.argsort(records[:, 0])]
        yield "shared", records[:, 1:9]
        runs = records[:, 9:].reshape(len(records), 3, head["columns"])
        yield "outcome", _counted(runs[:, 0].astype(int))
        yield "sharpness", runs[:, 1]
        yield "crossed", _counted(runs[:, 2].astype(int))
    elif path in ("/heights.bin", "/sheet.bin", "/section.bin"):
        yield "root", take(head["rows"], head["columns"])
        if head.get("sharp", True):
            yield "sharpness", take(head["rows"], head["columns"])
    else:
        for i, run in enumerate(head.get("runs", ())):
            for column in run["columns"]:
                yield f"{i} {column['name']}", take(run["rows"], column["width"])
        if "descent" in head:
            yield "descent", take(head["descent"]["rows"], head["descent"]["width"])
        valley = head.get("valley", head)
        for i, curve in enumerate(valley.get("curves", ())):
            yield f"curve {i}", take(curve["rows"], valley["d"])
            yield f"curve {i} sharpness", take(curve["rows"])
    assert at == len(numbers)


class _Counted(dict):
    """How often each value occurs: exact, whatever its length."""


def _counted(values: np.ndarray) -> _Counted:
    """Of values that are kinds, not sizes."""
    counts = Counter(values.ravel().tolist())
    return _Counted({str(value): counts[value] for value in sorted(counts)})


def file_of(suffix: str, data: bytes) -> dict[str, Any]:
    """Settings and columns of a file."""
    if suffix == ".npz":
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            columns = dict(file)
        kinds = {name: str(column.dtype) for name, column in columns.items() if column.shape}
        settings = json.loads(str(columns.pop("settings")))
        return {"settings": settings, "kinds": kinds, "columns": columns}
    if suffix == ".json":
        return _table_of(json.loads(data))
    rows = list(csv.reader(io.StringIO(data.decode())))
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    return {"columns": {name: _cells(column) for name, column in columns.items()}}


def _table_of(found: dict[str, Any]) -> dict[str, Any]:
    if "columns" not in found:  # the settings beside a .csv
        return found
    columns = {name: _numeric(column) for name, column in found["columns"].items()}
    return found | {"columns": columns}


def _cells(column: tuple[str, ...]) -> np.ndarray:
    try:
        return np.array([float(cell or "nan") for cell in column])
    except ValueError:
        return np.array(column)


def _numeric(column: list) -> np.ndarray:
    """A column of JSON, null as NaN."""
    kept = np.array(column, dtype=object)
    return kept.astype(str) if isinstance(kept.ravel()[0], str) else kept.astype(float)


def shortened(value: Any) -> Any:
    """Plain data, in which long columns are digests and numbers have ten digits."""
    if isinstance(value, dict):
        return {str(key): shortened(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        array = _as_numbers(value)
        if array is None:
            return [shortened(part) for part in value]
        return [shortened(part) for part in value] if array.size <= LONG else digest(array)
    if isinstance(value, np.ndarray):
        return digest(value)
    if isinstance(value, np.generic):
        return shortened(value.item())
    if isinstance(value, float):
        return _rounded(value)
    return value


def _as_numbers(value: list | tuple) -> np.ndarray | None:
    """A list that is nothing but numbers, in one rectangle."""
    try:
        array = np.array(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "if" and array.size else None


def digest(array: np.ndarray) -> dict[str, Any]:
    """Shape, count of finite values, their root mean square, and a few rows; words are counted."""
    shape = {"shape": list(array.shape)}
    rows = sorted(
        {len(array) * k // PARTS - 1 for k in range(1, PARTS + 1)} & set(range(len(array)))
    )
    if array.dtype.kind in "US":
        return shape | {"counts": _counted(array)}
    finite = array[np.isfinite(array)].astype(float)
    with np.errstate(over="ignore"):
        size = float(np.sqrt(np.mean(finite**2))) if finite.size else 0.0
    at = [_row(array[row]) for row in rows]
    return shape | {"finite": int(finite.size), "rms": _rounded(size), "rows": at}


def _row(row: np.ndarray) -> Any:
    """A row, of a long one a few entries."""
    flat = np.atleast_1d(row).ravel()
    some = flat if len(flat) <= LONG else flat[:: len(flat) // 5]
    return [_rounded(part) if isinstance(part, float) else part for part in some.tolist()]


def _rounded(value: float) -> float | str:
    """Ten digits; what is no number for JSON is a word."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else str(value)


def _on_the_command_line(line: str, how: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        arguments = shlex.split(line.replace("OUT/", f"{folder}/"))[3:]
        call = _process if how == "process" else _call
        status, printed, complaint = call(arguments)
        files = {
            file.name: shortened(file_of(file.suffix, file.read_bytes()))
            for file in sorted(Path(folder).iterdir())
        }
    complaint = complaint.replace(folder, "OUT")
    answer = {"status": status, "printed": _printed(printed), "complaint": complaint}
    return answer | ({"files": files} if files else {})


def _printed(text: str) -> Any:
    return shortened(json.loads(text)) if text.startswith("{") else text


def _call(arguments: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
    return status, out.getvalue(), err.getvalue()


def _process(arguments: list[str]) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "dynamics", *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr
