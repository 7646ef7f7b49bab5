"""The app: Dash on Flask, its cache, its headers and its routes."""

import os
from functools import partial
from pathlib import Path

from dash import Dash
from flask import Flask, Response
from flask_caching import Cache

from app import resources
from app.callbacks import stage as stage_callbacks
from app.compute import Compute
from app.pages.stage import stage
from app.settings import Settings

ROOT = Path(__file__).parents[1]
CACHE_FOLDER = ROOT / ".cache" / "runs"
CACHE_FILES = 1000

# A tenth less for the wire than the default, for 35 ms more once.
COMPRESSION = 9

# Plotly writes style attributes; exported pictures are blobs and data.
POLICY = (
    "default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'"
)

INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>
        {%metas%}
        <title>{%title%}</title>
        <script src="assets/scheme.js"></script>
        {%favicon%}
        {%css%}
    </head>
    <body>
        {%app_entry%}
        <footer>{%config%}{%scripts%}{%renderer%}</footer>
    </body>
</html>
"""


def create_app(cache_config: dict | None = None) -> Dash:
    """The Dash app, ready to serve; its Flask server is `app.server`.

    Args:
        cache_config: for flask-caching; by default files in `.cache/runs`.
    """
    server = Flask("edgewalk")
    app = Dash(
        "edgewalk",
        server=server,  # type: ignore[arg-type]  # Dash declares a WSGI callable too narrowly
        assets_folder=str(ROOT / "assets"),
        assets_ignore="scheme.js",
        index_string=INDEX,
        title="Edgewalk: gradient descent at the edge of stability",
        update_title="",
        compress=True,
    )
    server.config["COMPRESS_ZSTD_LEVEL"] = COMPRESSION
    cache = Cache(app.server, config=cache_config or _cache_config())
    compute = Compute(cache, tidy=partial(_tidy, cache.config or {}))
    app.compute = compute  # type: ignore[attr-defined]
    app.layout = stage(Settings())
    resources.register(app.server, compute)
    stage_callbacks.register(app, compute)
    _secure(app)
    return app


def _cache_config() -> dict:
    """From the environment, as CACHE_TYPE and the like; files in the checkout otherwise."""
    given = {key: value for key, value in os.environ.items() if key.startswith("CACHE_")}
    return {
        "CACHE_TYPE": "FileSystemCache",
        "CACHE_DIR": str(CACHE_FOLDER),
        "CACHE_THRESHOLD": 0,  # none: past it every write would read all files; `tidy` is quicker
        "CACHE_DEFAULT_TIMEOUT": 0,
    } | given


def _tidy(config: dict) -> None:
    """Remove the older half of the cached files once there are too many; other caches see to it
    themselves."""
    if config.get("CACHE_TYPE") != "FileSystemCache":
        return
    files = [_dated(Path(entry.path)) for entry in os.scandir(config["CACHE_DIR"])]
    if len(files) > CACHE_FILES:
        for _, path in sorted(files)[: len(files) // 2]:
            path.unlink(missing_ok=True)


def _dated(path: Path) -> tuple[float, Path]:
    """A file with the time of its last change; 0 if it has gone in the meantime."""
    try:
        return path.stat().st_mtime, path
    except FileNotFoundError:
        return 0.0, path


def _secure(app: Dash) -> None:
    policy = POLICY.format(scripts=" ".join(app.csp_hashes()))

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response
