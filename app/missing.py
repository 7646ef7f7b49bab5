"""What an address gets that leads nowhere: a short page, and 404. One of data that cannot be
answered gets what is wrong in the shape of every other refusal of data."""

import re
from html import escape

from dash.exceptions import DependencyException
from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.http import failure, is_of_data
from app.link import Message
from app.parts import PAGES, TAGLINE, up

PAGE = """<!DOCTYPE html>
<html lang="en">
    <head>
        <meta charset="UTF-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Edgewalk: no such page</title>
        <script src="{up}assets/scheme.js"></script>
        <link rel="icon" href="{up}assets/favicon.ico">
        <link rel="stylesheet" href="{up}assets/style/fonts.css">
        <link rel="stylesheet" href="{up}assets/style/base.css">
    </head>
    <body>
        <div class="page">
            <header><h1>Edgewalk</h1><p class="tagline">{tagline}</p>
                <nav aria-label="Pages">{links}</nav></header>
            <main class="about">
                <h2>There is no page here</h2>
                <p class="lead"><code>{path}</code> leads nowhere. <a href="{up}">The stage</a>
                    is where Edgewalk begins.</p>
            </main>
        </div>
    </body>
</html>
"""


def register(server: Flask, found_by_dash: list[str]) -> None:
    """Answer so to all that has no route, and to what Dash would answer with a page: the names of
    its routes that take any path."""

    def answer(*_, **parts) -> tuple[str, int] | Response:
        if is_of_data(request.path):
            return failure(404, [Message("", f"There is no {request.path}.")])
        return missing(request), 404

    def refuse(error: HTTPException) -> HTTPException | Response:
        if not is_of_data(request.path) or error.code is None:
            return error
        refused = failure(error.code, [Message("", _words(error))])
        if isinstance(error, MethodNotAllowed):
            refused.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return refused

    server.register_error_handler(HTTPException, refuse)
    server.register_error_handler(404, answer)
    server.register_error_handler(DependencyException, answer)  # of Dash's own files
    for name in found_by_dash:
        server.view_functions[name] = answer


def _words(error: HTTPException) -> str:
    if isinstance(error, MethodNotAllowed):
        return f"{request.path} answers GET, not {request.method}."
    if error.code == 500:
        return "The server failed: what was asked for could not be computed."
    return error.description or error.name


def missing(asked: Request) -> str:
    """The page; all that it links to is seen from the address asked for."""
    first = up(_folders(asked))
    links = " ".join(f'<a href="{first}{path}">{name}</a>' for name, path in PAGES.items())
    return PAGE.format(up=first, links=links, tagline=TAGLINE, path=escape(asked.path))


def _folders(asked: Request) -> int:
    """How many folders below the first page a browser takes the address to be, to which %2F is no
    slash and of two slashes each counts."""
    told = asked.environ.get("RAW_URI") or asked.environ.get("REQUEST_URI") or asked.full_path
    path = re.sub("^[a-z]+://[^/]*", "", str(told)).partition("?")[0]
    return path.count("/") - asked.script_root.count("/") - 1
