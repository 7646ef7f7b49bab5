"""The stage, and what is claimed, as files that any web host serves: python -m app site.

It is the stage itself. What its scripts would ask a server for is asked when the site is made, in
this process, and lies beside it (`app/held.py`). `--scorm` adds a package of SCORM 1.2, with a part
for each scene, that learning platforms import. Bad input gets one line on standard error and exit
status 2; what is done is told there too.
"""

import argparse
import json
import re
import shutil
import sys
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dash import html

from app.about.layout import BUTTONS as BUTTONS_OF_ABOUT
from app.about.layout import PICTURE, about
from app.held import COMPARED, STOPS, copy_runs, ways, write_runs
from app.markup import markup
from app.modules import imported, without_types
from app.parts import header
from app.place import ASSETS, COMMAND
from app.scorm import Part, package
from app.server import POLICY, TITLES, create_app
from app.stage import ids
from app.stage.layout import stage
from app.stage.offline import answers_of
from app.stage.settings import opening, write_query
from app.vocabulary import vocabulary_json
from dynamics import LOSSES, prepare_process

PAGES = {"Stage": "index.html", "About": "about/index.html"}
STYLES = ("fonts.css", "base.css")
# Which the pages of a server alone load.
UNUSED = re.compile(
    r"\w+\.mjs|js/(lab|study)/.*|js/unpack\.js|.*\.d\.ts|style/(?!(fonts|base)\.css).*"
)
ENTRY, ENTRY_OF_ABOUT = "js/stage/site.mjs", "js/about/site.mjs"
PLOTLY = "vendor/plotly-cartesian.min.js"

# What the stage says of what is not there, and what is said instead.
WORDS = {
    "Drag the ring to start elsewhere, choose": "Choose",
    "Drag the ring on the map to move the start; ": "",
    "with the ring in focus the arrow keys move it. ": "",
    " The lab shows all η and all starts at once.": "",
}
HOW = ["Other starts, horizons, noise and numbers in the formula need a server. "]
LINK = [html.A("How to have all of it", href="about/index.html#server")]

PAGE = """<!DOCTYPE html>
<html lang="en" data-site{more}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{up}assets/favicon.ico">
{styles}
<script src="{up}assets/scheme.js"></script>
{scripts}
<script type="application/json" id="vocabulary">{vocabulary}</script>
</head>
<body>
<noscript>Edgewalk needs scripts; where a frame has a sandbox, allow-scripts in it.</noscript>
<div id="react-entry-point">{body}</div>
</body>
</html>
"""


def main(arguments: Sequence[str]) -> None:
    """Run the command; exit status 2 where it cannot be done."""
    prepare_process()
    options = _parser().parse_args(arguments)
    try:
        losses = _known(options.losses.split(","))
        folder = _empty(Path(options.out))
    except (ValueError, OSError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)
    begin = time.perf_counter()
    write_site(folder, losses)
    made: dict[str, Any] = {"out": options.out, "bytes": size_of(folder)}
    if options.scorm:
        file = write_package(folder, losses)
        made |= {"scorm": str(file), "bytes_of_scorm": file.stat().st_size}
    print(json.dumps(made | {"seconds": round(time.perf_counter() - begin, 1)}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} site", allow_abbrev=False)
    parser.add_argument("--out", required=True, metavar="FOLDER", help="new or empty")
    parser.add_argument("--losses", default=",".join(LOSSES), help="all, if left out")
    parser.add_argument(
        "--scorm", action="store_true", help="a package of SCORM 1.2 too, FOLDER/edgewalk-scorm.zip"
    )
    return parser


def _known(keys: Sequence[str]) -> tuple[str, ...]:
    unknown = [key for key in keys if key not in LOSSES]
    if unknown:
        raise ValueError(f"losses must be of {', '.join(LOSSES)}, got {unknown[0]!r}")
    return tuple(keys)


def _empty(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"out must be a new folder or an empty one, got {folder}")
    return folder


def size_of(folder: Path) -> int:
    """Bytes of all its files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def write_site(
    folder: Path, losses: Sequence[str] = tuple(LOSSES), stops: Sequence[float] = STOPS
) -> None:
    """The site in an empty folder.

    Args:
        losses: keys of the catalogue; a link that names none opens the first.
        stops: step sizes of each, as shares of the one it opens with; 1 is among them.
    """
    _write_assets(folder / "assets")
    (folder / "held").mkdir()
    app = create_app()
    compute, get = app.compute, answers_of(app.server)  # type: ignore[attr-defined]
    written = write_runs(compute, get, folder / "held", losses, stops)
    for done, (key, count) in enumerate(written, 1):
        megabytes = size_of(folder) / 1e6
        said = f"{key}: {count} comparisons and runs alone"
        print(f"{said} ({done} of {len(losses)} losses, {megabytes:.1f} MB)", file=sys.stderr)
    (folder / "about").mkdir()
    (folder / "index.html").write_text(_stage_page(losses), encoding="utf-8")
    (folder / "about" / "index.html").write_text(_about_page(), encoding="utf-8")


def write_package(folder: Path, losses: Sequence[str] = tuple(LOSSES)) -> Path:
    """A package of SCORM 1.2 out of a site and beside it, with a part for each way to see a loss;
    its path."""
    file = folder / "edgewalk-scorm.zip"
    with TemporaryDirectory() as place:
        inside = Path(place)
        shutil.copytree(folder / "assets", inside / "assets")
        (inside / "held").mkdir()
        for key in losses:
            copy_runs(folder / "held", inside / "held", key)
        seen = [(key, *way) for key in losses for way in ways(key).items()]
        parts = []
        for number, (key, name, settings) in enumerate(seen, 1):
            title = f"{LOSSES[key].name}: {name}" if name else LOSSES[key].name
            part = Part(title, f"{number:02}-{key}.html")
            opens = write_query(settings) or f"loss={key}"
            (inside / part.page).write_text(_stage_page(losses, title, opens), encoding="utf-8")
            parts.append(part)
        package(inside, file, TITLES["stage"], parts)
    return file


def _write_assets(folder: Path) -> None:
    """All that a page loads. Modules have the ending of scripts, which every host knows."""
    for file in sorted(ASSETS.rglob("*")):
        name = file.relative_to(ASSETS).as_posix()
        if not file.is_file() or UNUSED.fullmatch(name):
            continue
        place = folder / _served(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        if name.startswith("js/"):
            text = without_types(file.read_text(encoding="utf-8"))
            place.write_text(text.replace('.mjs"', '.js"'), encoding="utf-8")
        else:
            shutil.copyfile(file, place)


def _served(name: str) -> str:
    return re.sub(r"\.mjs$", ".js", name)


def _page(
    title: str, body: Any, entry: str, up: str = "", plotly: bool = False, **data: str
) -> str:
    """A page that loads an entry, and asks its own host alone."""
    styles = [f'<link rel="stylesheet" href="{up}assets/style/{name}">' for name in STYLES]
    scripts = [f'<script src="{up}assets/{PLOTLY}" defer></script>'] if plotly else []
    scripts += [f'<script type="module" src="{up}assets/{_served(entry)}"></script>']
    scripts += [
        f'<link rel="modulepreload" href="{up}assets/{_served(name)}">'
        for name in imported(ASSETS, entry)
    ]
    return PAGE.format(
        more="".join(f' data-{name}="{escape(value)}"' for name, value in data.items()),
        policy=" ".join(POLICY.format(scripts="").split()),
        title=escape(title),
        up=up,
        styles="\n".join(styles),
        scripts="\n".join(scripts),
        vocabulary=vocabulary_json(),
        body=markup(body),
    )


def _stage_page(losses: Sequence[str], title: str = "", opens: str = "") -> str:
    """The stage; as a part of a package it `opens` a link, reports, and leads nowhere else."""
    layout = stage(opening(losses[0]), {"Stage": ""} if opens else PAGES)
    for part in layout:
        _fit(part, losses, HOW if opens else [*HOW, *LINK])
    data = {"opens": opens, "reports": ""} if opens else {}
    return _page(title or TITLES["stage"], layout, ENTRY, plotly=True, **data)


def _fit(part: Any, losses: Sequence[str], how: list[Any]) -> None:
    """Take losses that are not held out of the menu and what is not there out of sentences, and say
    among what is set less often how to have it."""
    if getattr(part, "id", "") == ids.LOSS:
        part.children = [one for one in part.children if one.value in losses]
    if getattr(part, "id", "") == ids.RULES:
        words = json.loads(getattr(part, "data-words"))
        setattr(part, "data-words", json.dumps({key: words[key] for key in COMPARED}))
    inside = getattr(part, "children", None)
    if isinstance(inside, str):
        part.children = _without_server(inside)
    if getattr(part, "className", "") == "sheet" and isinstance(inside, list):
        inside.append(html.P(how, className="facts"))
    for child in inside if isinstance(inside, list) else [inside]:
        if child is not None and not isinstance(child, str):
            _fit(child, losses, how)


def _without_server(words: str) -> str:
    for sentence, other in WORDS.items():
        words = words.replace(sentence, other)
    return words


def _about_page() -> str:
    """What is claimed, and what needs a server."""
    _, main, said = about().children  # type: ignore[misc]  # Dash types children too widely
    picture, *others = main.children
    picture.src = PICTURE.replace("../?", "../index.html?")
    main.children = [picture, *others, _server()]
    head = header("About", BUTTONS_OF_ABOUT, pages=PAGES)
    body = html.Div([head, main, said], className="page")
    return _page(TITLES["about"], body, ENTRY_OF_ABOUT, "../")


def _server() -> html.Section:
    words = (
        "This site holds chosen runs of each loss: as it opens and in its scenes, the rules alone "
        "and side by side, at step sizes around those. Any other start, step size or horizon, "
        "noise, numbers in a formula, the lab and the numbers of a run as files need Edgewalk "
        "itself, on your own machine: in a checkout of it, with Python 3.11,"
    )
    return html.Section(
        [
            html.H2("What needs a server"),
            html.P(words),
            html.Pre("make run"),
            html.P("or, without make:"),
            html.Pre("pip install -r requirements.txt\npython -m app"),
            html.P("Then open http://127.0.0.1:8050."),
        ],
        id="server",
    )
