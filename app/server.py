"""The app: Dash on Flask, its cache, its headers and its routes.

Each page is a Dash app of its own on one Flask server. All serve the whole of `assets`; each loads
what it needs.
"""

import os
import re
from functools import partial
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response, redirect, request
from flask_caching import Cache

from app import lab_resources, resources
from app.callbacks import stage as stage_callbacks
from app.compute import Compute
from app.lab_compute import Lab
from app.modules import imported
from app.pages.about import about
from app.pages.lab import lab
from app.pages.stage import stage
from app.settings import Settings

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "assets"
CACHE_FOLDER = ROOT / ".cache" / "runs"
CACHE_FILES = 1000

# A tenth less for the wire than the default, for 35 ms more once.
COMPRESSION = 9

TITLES = {
    "stage": "Edgewalk: gradient descent at the edge of stability",
    "lab": "Edgewalk: the lab",
    "about": "Edgewalk: what it claims",
}

# The head's own: it runs before the first paint.
EARLY = "scheme.js"
# What Dash loads for a page alone, of what lies in `assets`; modules are imported from `assets/js`.
ENTRIES = {"stage": "stage.mjs", "lab": "lab.mjs"}
LAB_STYLE = "lab.css"
MODULES = "js"
PLOTLY = "plotly-cartesian.min.js"

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
        {modules}
    </head>
    <body>
        {%app_entry%}
        <footer>{%config%}{%scripts%}{%renderer%}</footer>
    </body>
</html>
"""


def create_app(cache_config: dict | None = None) -> Dash:
    """The Dash app of the stage, ready to serve; its Flask server, `app.server`, has all pages.

    Args:
        cache_config: for flask-caching; by default files in `.cache/runs`.
    """
    app = _page(Flask("edgewalk"), "/", "stage", [LAB_STYLE], compress=True)
    lab_app = _page(app.server, "/lab/", "lab", [PLOTLY])
    about_app = _page(app.server, "/about/", "about", [LAB_STYLE, PLOTLY])
    app.server.config["COMPRESS_ZSTD_LEVEL"] = COMPRESSION
    cache = Cache(app.server, config=cache_config or _cache_config())
    compute = Compute(cache, tidy=partial(_tidy, cache.config or {}))
    app.compute = compute  # type: ignore[attr-defined]
    app.layout = stage(Settings())
    lab_app.layout = lab()
    about_app.layout = about()
    resources.register(app.server, compute)
    lab_resources.register(app.server, Lab(compute))
    for name in ("lab", "about"):
        app.server.add_url_rule(f"/{name}", name, partial(_with_slash, name))
    stage_callbacks.register(app, compute)
    _secure(app.server, [code for page in (app, lab_app, about_app) for code in page.csp_hashes()])
    return app


def _page(server: Flask, path: str, name: str, unloaded: list[str], **more: Any) -> Dash:
    """A Dash app at a path of the server; of `assets` it loads its own entry and no other, and
    leaves out the files that are `unloaded`."""
    entry = ENTRIES.get(name)
    others = [other for other in ENTRIES.values() if other != entry]
    return Dash(
        f"edgewalk{path.rstrip('/')}",
        server=server,  # type: ignore[arg-type]  # Dash declares a WSGI callable too narrowly
        url_base_pathname=path,
        assets_folder=str(ASSETS),
        assets_ignore=f"^({'|'.join(map(re.escape, [EARLY, *others, *unloaded]))})$",
        assets_path_ignore=[f"^{MODULES}$"],
        index_string=INDEX.replace("{modules}", _preloads(entry) if entry else ""),
        title=TITLES[name],
        update_title="",
        **more,
    )


def _preloads(entry: str) -> str:
    """Links to all that an entry imports, so that a browser need not find it import by import."""
    links = [f'<link rel="modulepreload" href="assets/{name}">' for name in imported(ASSETS, entry)]
    return f"\n{8 * ' '}".join(links)


def _with_slash(name: str):
    """What a page loads lies beside it, so its address ends in a slash."""
    query = request.query_string.decode()
    return redirect(f"/{name}/?{query}" if query else f"/{name}/")


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


def _secure(server: Flask, hashes: list[str]) -> None:
    """Headers on every answer. `hashes` are those of the scripts that stand in the pages."""
    policy = POLICY.format(scripts=" ".join(dict.fromkeys(hashes)))

    @server.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response
