"""How resources answer: tagged, not at all where the browser has the answer, or with a refusal.

A program that asks for what cannot be read is answered with 400. A page prefers to be answered
leniently (RFC 7240): it gets the same refusal with 200, so that its browser logs no failure.
"""

import json
import re
import select
import socket
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Response, jsonify, request

from app.link import Message
from app.once import Gone
from dynamics.files import clean

LENIENT = "handling=lenient"
GZIP = 31  # what zlib calls its largest window with gzip's header

MEDIA_TYPES = {
    "bin": "application/octet-stream",
    "npz": "application/octet-stream",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "html": "text/html; charset=utf-8",
    "py": "text/x-python; charset=utf-8",
    "ipynb": "application/x-ipynb+json",
}
DECIMALS = ("point", "comma")
# Nothing that would end a text in which it stands.
ADDRESS = re.compile(r"""https?://[^\s"'`<>\\?#]{1,1000}""")


def unless_known(tag: str, suffix: str, make: Callable[[], bytes | Iterable[bytes]]) -> Response:
    """What `make` makes, or 304 without making it where the browser has it."""
    if request.if_none_match.contains(tag):
        return _tagged(Response(status=304), tag)
    return _tagged(Response(make(), content_type=MEDIA_TYPES[suffix]), tag)


def packed(response: Response) -> Response:
    """A response of numbers, compressed for who takes that: the least that can be done, which costs
    some milliseconds and makes a map a sixth. Of what comes in parts each is there at once."""
    if response.status_code == 200 and "gzip" in request.accept_encodings:
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        if response.is_streamed:
            response.response = _packed(response.response)
        else:  # with its length, by which one that is cut is known
            response.set_data(b"".join(_packed([response.get_data()])))
    return response


def _packed(parts: Iterable[Any]) -> Iterator[bytes]:
    press = zlib.compressobj(level=1, wbits=GZIP)
    try:
        for part in parts:
            yield press.compress(part) + press.flush(zlib.Z_SYNC_FLUSH)
        yield press.flush()
    finally:  # also where the other end has gone
        if close := getattr(parts, "close", None):
            close()


def take_decimal(query: dict[str, str]) -> tuple[bool, tuple[Message, ...]]:
    """Take `decimal` out of the query of a .csv: whether it wants commas, and what is wrong."""
    mark = query.pop("decimal", DECIMALS[0])
    wrong = Message("decimal", f"decimal must be {' or '.join(DECIMALS)}.")
    return mark == "comma", () if mark in DECIMALS else (wrong,)


def take_page(query: dict[str, str], path: str = "") -> tuple[str, tuple[Message, ...]]:
    """Take `page` out of the query of a file: the address of the page that asks, for links in the
    file, and what is wrong. A proxy may hide it from the server; where it is not given it is that
    of the page at `path`, as the server knows it."""
    page = query.pop("page", None)
    own = request.url_root + path
    if page is None:
        return own if ADDRESS.fullmatch(own) else "", ()
    wrong = Message("page", "page must be the http address of a page.")
    return page, () if ADDRESS.fullmatch(page) else (wrong,)


def as_file(response: Response, name: str, settings_at: str = "") -> Response:
    """A response that a browser keeps under a name. A .csv says where its settings are, which have
    no place in it; a relative address."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if settings_at:
        response.headers["Link"] = f'<{settings_at}>; rel="describedby"; type="application/json"'
    return response


def is_of_data(path: str) -> bool:
    """Whether an address is one of data, and not of a page."""
    return path.rpartition(".")[2] in MEDIA_TYPES and not path.endswith(".html")


def failure(status: int, problems: Sequence[Message], nearest: str = "") -> Response:
    """What is wrong, in the one shape that every error of data has."""
    response = jsonify(problems=[vars(problem) for problem in problems], nearest=nearest)
    response.headers["Cache-Control"] = "no-store"
    response.status_code = status
    return response


def refusal(problems: Sequence[Message], nearest: str) -> Response:
    """What is wrong, and the link of the nearest valid settings; with 400 or, where that is
    preferred, 200 and the header `Preference-Applied`."""
    response = failure(400, problems, nearest)
    if request.headers.get("Prefer") == LENIENT:
        response.headers["Preference-Applied"] = LENIENT
        response.status_code = 200
    return response


def _tagged(response: Response, tag: str) -> Response:
    """Cacheable, but asked for again each time: the code behind the tag may have changed."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    return response


def gone_from(environ: dict[str, Any]) -> Gone:
    """Whether the other end has closed the connection, asked without waiting. Never, where the
    server does not tell."""
    if told := environ.get("waitress.client_disconnected"):
        return told
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if connection is None:
        return lambda: False
    poll = select.poll()
    poll.register(connection, select.POLLIN)

    def gone() -> bool:
        try:
            return bool(poll.poll(0)) and connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    return gone


def json_line(value: Any) -> bytes:
    """A line of JSON."""
    return json.dumps(clean(value), ensure_ascii=False, allow_nan=False).encode() + b"\n"
