"""The app: Dash on Flask, its cache, its headers and its routes.

Each page is a Dash app of its own on one Flask server. All serve the whole of `assets`; each loads
what it needs.
"""

import base64
import hashlib
import mimetypes
import os
import re
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Request, Response, redirect, request
from flask_caching import Cache

from app import missing, programs
from app.about.layout import about
from app.budgets import MEGABYTE, budgets
from app.disk import Bounds, Folders, folders
from app.front import Front
from app.lab import routes as lab_routes
from app.lab.compute import Lab
from app.lab.layout import lab
from app.modules import imported, without_types
from app.once import Once, Recent, Store, version
from app.place import ASSETS
from app.stage import callbacks as stage_callbacks
from app.stage import offline
from app.stage import routes as stage_routes
from app.stage.compute import Compute
from app.stage.layout import stage
from app.stage.settings import Settings
from app.study import routes as study_routes
from app.study.jobs import Jobs
from app.study.layout import study
from app.vocabulary import vocabulary_json

# Windows lets every program change these for all, and a browser runs no script of another type.
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".ttf": "font/ttf",
}
# Bytes of results where there is no folder for them.
MOST_IN_MEMORY = 64 * MEGABYTE

# Brotli knows the words of scripts and pages, and takes a tenth off what zstd leaves of them.
COMPRESSION = {
    "COMPRESS_ALGORITHM": ["br", "zstd", "gzip", "deflate"],
    "COMPRESS_ALGORITHM_STREAMING": ["br", "zstd", "deflate"],
    "COMPRESS_BR_LEVEL": 9,
}
# Addresses whose answer is a file, which is compressed once and not for every visitor.
FILES = re.compile(r"/assets/(.+)|/_dash-component-suites/.+")

TITLES = {
    "stage": "Edgewalk: gradient descent at the edge of stability",
    "lab": "Edgewalk: the lab",
    "study": "Edgewalk: the theorem on a network",
    "about": "Edgewalk: what it claims",
}

# The head's own: it runs before the first paint.
EARLY = "scheme.js"
# What Dash loads for a page alone, of what lies in `assets`; modules are imported from `assets/js`.
ENTRIES = {
    "stage": "stage.mjs",
    "lab": "lab.mjs",
    "study": "study.mjs",
    "about": "about.mjs",
}
LAB_STYLE, STUDY_STYLE = "lab.css", "study.css"
MODULES = "js"
PLOTLY = "plotly-cartesian.min.js"
# The head's own too: Dash's components are compiled to it.
RUNTIME = "regenerator-runtime.js"
# What makes files of pictures and films, loaded once one is asked for.
MAKERS = ["jspdf.umd.min.js", "svg2pdf.umd.min.js", "gifenc.esm.js", "mediabunny.min.mjs"]
# What Dash loads and nothing here uses: help for browsers that have no modules, and a table.
USELESS = re.compile(r'<script src="[^"]*/(?:deps/polyfill@|dash_table/)[^"]*"></script>\n?')

SCRIPT = re.compile(r'<script src="([^"]+)"></script>')
# What Dash asks for as it begins.
ASKED = [
    f'<link rel="preload" as="fetch" crossorigin href="./{name}">\n'
    for name in ("_dash-layout", "_dash-dependencies")
]
MODULE_LINK = '<link rel="modulepreload"'

# Plotly writes style attributes; exported pictures are blobs and data.
POLICY = (
    "default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'"
)

# Scripts, styles and fonts, which only a page makes anything of.
PARTS_OF_PAGES = ("text/javascript", "text/css", "font/woff2")

# What a page loads lies below it, so its address ends in a slash; a proxy may leave that out.
SLASH = (
    'location.pathname.endsWith("/") || '
    "location.replace(`${location.pathname}/${location.search}${location.hash}`)"
)

INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>
        {%metas%}
        <title>{%title%}</title>
        <script>{slash}</script>
        <script src="assets/scheme.js"></script>
        <script src="assets/vendor/regenerator-runtime.js"></script>
        {%favicon%}
        {%css%}
        {head}
    </head>
    <body>
        <noscript><style>._dash-loading {display: none}</style>
            Edgewalk needs scripts; where a frame has a sandbox, allow-scripts in it.</noscript>
        {%app_entry%}
        <footer>{%config%}{%scripts%}{%renderer%}</footer>
    </body>
</html>
"""


class Page(Dash):
    """A page without what it has no use for. What its end loads is asked for before the modules:
    these are many and small, and where each takes its time on the way those would stand behind all
    of them, though they take longest."""

    def interpolate_index(self, *given: str, **parts: str) -> str:
        page = USELESS.sub("", super().interpolate_index(*given, **parts))
        late = SCRIPT.findall(page.partition("<footer>")[2])
        links = [f'<link rel="preload" as="script" href="{source}">\n' for source in late]
        return page.replace(MODULE_LINK, "".join([*links, *ASKED, MODULE_LINK]), 1)


def create_app(cache_config: dict | None = None) -> Dash:
    """The Dash app of the stage, ready to serve; its Flask server, `app.server`, has all pages.

    Args:
        cache_config: for flask-caching; by default files in `.cache/runs`.
    """
    for ending, media_type in TYPES.items():
        mimetypes.add_type(media_type, ending)
    server = Flask("edgewalk")
    server.config.update(COMPRESSION, COMPRESS_CACHE_BACKEND=Compressed, COMPRESS_CACHE_KEY=file_of)
    app = _page(server, "/", "stage", [LAB_STYLE, STUDY_STYLE], compress=True)
    lab_app = _page(server, "/lab/", "lab", [PLOTLY, STUDY_STYLE])
    study_app = _page(server, "/study/", "study", [PLOTLY, LAB_STYLE])
    about_app = _page(server, "/about/", "about", [LAB_STYLE, STUDY_STYLE, PLOTLY])
    pages = [app, lab_app, study_app, about_app]
    kept = folders()
    programs.keep_on_disk(kept.programs)
    config = cache_config or _cache_config(kept)
    once = Once(_store(app.server, config), version(), _bounds(kept, config))
    compute = Compute(once)
    app.compute = compute  # type: ignore[attr-defined]
    app.layout = stage(Settings())
    lab_app.layout = lab()
    study_app.layout = study()
    about_app.layout = about(budgets())
    stage_routes.register(app.server, compute)
    lab_routes.register(app.server, Lab(once))
    study_routes.register(app.server, Jobs(_studies(kept), once.version), once)
    for name in ("lab", "study", "about"):
        app.server.add_url_rule(f"/{name}", name, partial(_with_slash, name))
    stage_callbacks.register(app, compute)
    offline.register(app.server, compute)
    missing.register(
        app.server, [f"{page.config.routes_pathname_prefix}<path:path>" for page in pages]
    )
    _lighten(app.server)
    _secure(app.server, [_hash(SLASH), *(code for page in pages for code in page.csp_hashes())])
    app.server.wsgi_app = Front(app.server.wsgi_app, os.environ.get("PREFIX", ""))
    return app


def _page(server: Flask, path: str, name: str, unloaded: list[str], **more: Any) -> Dash:
    """A Dash app at a path of the server; of `assets` it loads its own entry and no other, and
    leaves out the files that are `unloaded`."""
    entry = ENTRIES.get(name)
    others = [other for other in ENTRIES.values() if other != entry]
    ignored = [EARLY, RUNTIME, *MAKERS, *others, *unloaded]
    page = Page(
        f"edgewalk{path.rstrip('/')}",
        server=server,  # type: ignore[arg-type]  # Dash declares a WSGI callable too narrowly
        url_base_pathname=path,
        assets_folder=str(ASSETS),
        assets_ignore=f"^({'|'.join(map(re.escape, ignored))})$",
        assets_path_ignore=[f"^{MODULES}$"],
        index_string=INDEX.replace("{slash}", SLASH).replace(
            "{head}", _head(entry) if entry else ""
        ),
        title=TITLES[name],
        update_title="",
        **more,
    )
    page.init_app(requests_pathname_prefix="./")  # which the constructor refuses
    return page


def _head(entry: str) -> str:
    """The vocabulary of the scripts, and links to all that an entry imports, so that a browser need
    not find it import by import."""
    names = f'<script type="application/json" id="vocabulary">{vocabulary_json()}</script>'
    links = [f'<link rel="modulepreload" href="assets/{name}">' for name in imported(ASSETS, entry)]
    return f"\n{8 * ' '}".join([names, *links])


def _with_slash(name: str):
    """What a page loads lies beside it, so its address ends in a slash."""
    query = request.query_string.decode()
    return redirect(f"{name}/?{query}" if query else f"{name}/")


def _hash(script: str) -> str:
    """A script as a policy names it."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _cache_config(kept: Folders) -> dict:
    """From the environment, as CACHE_TYPE and the like; files otherwise, if there is a folder."""
    given = {key: value for key, value in os.environ.items() if key.startswith("CACHE_")}
    return {
        "CACHE_TYPE": "FileSystemCache",
        "CACHE_THRESHOLD": 0,  # none: past it every write would read all files; `Bounds` is quicker
        "CACHE_DEFAULT_TIMEOUT": 0,
        **given,
        "CACHE_DIR": kept.results and str(kept.results),
    }


def _studies(kept: Folders) -> Path:
    """Where studies are kept: with the results, or for as long as the system keeps such files."""
    return (kept.results or Path(tempfile.gettempdir()) / "edgewalk") / "studies"


def _store(server: Flask, config: dict) -> Store:
    if _in_files(config) and not config["CACHE_DIR"]:
        return Recent(MOST_IN_MEMORY)
    return Cache(server, config=config)


def _in_files(config: dict) -> bool:
    return config.get("CACHE_TYPE") == "FileSystemCache"


def _bounds(kept: Folders, config: dict) -> Bounds:
    """Of what is kept in files; other caches see to it themselves."""
    results = kept.results if _in_files(config) else None
    granted = budgets()
    most = {
        kept.programs: granted.programs.most * MEGABYTE,
        results: granted.results.most * MEGABYTE,
    }
    return Bounds({folder: bytes_of for folder, bytes_of in most.items() if folder})


class Compressed(dict[str, bytes]):
    """Files as they were compressed: by the algorithm and `file_of`. Other answers are not kept."""

    def set(self, key: str, content: bytes) -> None:
        if not key.endswith(";"):
            self[key] = content


def file_of(asked: Request) -> str:
    """Which file an address gives, and of what time; "" where it gives none. What is asked of a
    file by a query does not change it."""
    found = FILES.search(asked.path)
    if not found:
        return ""
    time = (ASSETS / found[1]).stat().st_mtime_ns if found[1] else 0
    return f"{asked.path} {time}"


def _lighten(server: Flask) -> None:
    """Modules go to the page without their types, and files in one piece, before they are
    compressed."""

    @server.after_request
    def lighten(response: Response) -> Response:
        if response.status_code != 200 or not FILES.search(request.path):
            return response
        response.direct_passthrough = False
        data = response.get_data()
        if response.mimetype == "text/javascript" and f"/assets/{MODULES}/" in request.path:
            data = without_types(data.decode()).encode()
        response.set_data(data)
        return response


def _secure(server: Flask, hashes: list[str]) -> None:
    """Headers on every answer; the policy on all that a browser could show as a page, since on the
    scripts of one it means nothing and would be a tenth of the first load's small files. `hashes`
    are those of the scripts that stand in the pages.

    Any page may read all answers, so that a frame without an origin, which is a stranger to its own
    server, finds its modules and numbers. They are the same for everybody, and what a proxy gives
    only to those who have signed in is not read so: a browser then asks without its cookies.
    """
    policy = POLICY.format(scripts=" ".join(dict.fromkeys(hashes)))

    @server.after_request
    def add_headers(response: Response) -> Response:
        if response.mimetype not in PARTS_OF_PAGES:
            response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Headers"] = "*"
        return response
