"""The stage, and what is claimed, as files that any web host serves: python -m app site.

It is the stage itself. What its scripts would ask a server for is asked here, in this process, and
kept as the server says it, to the last bit: of each loss what it opens with and its scenes, the
rules alone and side by side, at step sizes around those. `--scorm` adds a package of SCORM 1.2,
with a part for each scene, that learning platforms import. Bad input gets one line on standard
error and exit status 2; what is done is told there too.
"""

import argparse
import gzip
import hashlib
import json
import re
import shutil
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import escape
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from dash import html

from app.about.layout import BUTTONS as BUTTONS_OF_ABOUT
from app.about.layout import PICTURE, about
from app.binary import PREFIX, pack_tightly
from app.disk import ROOT
from app.markup import markup
from app.modules import imported, without_types
from app.parts import header
from app.scorm import Part, package
from app.server import POLICY, TITLES, create_app
from app.stage import ids
from app.stage.compute import Compute
from app.stage.layout import ETA_HIGH, ETA_LOW, stage
from app.stage.offline import Get, answers_of, looks_of, of_picture, of_run
from app.stage.settings import Settings, of_scene, opening, write_query
from app.vocabulary import MAX_RUNS, PAGE_KEYS, vocabulary_json
from dynamics import LOSSES, MAX_STEPS, RULES, prepare_process

ASSETS = ROOT / "assets"
# Shares of the η that a loss opens with: four to an octave down to its half, below which runs grow
# long, and its quarter. The half of many is another.
STOPS = (2.0, 1.75, 1.5, 1.25, 1.0, 0.875, 0.75, 0.625, 0.5, 0.25)
STOPS_OF_SCENE = (2.0, 1.5, 1.0, 0.75, 0.5)
STOPS_OF_PACKAGE = STOPS_OF_SCENE  # fewer, since a platform is sent all of it at once
COMPARED = ("gd", "ngd", "sqrt-gd", "gradient-flow")  # in every company
SECTIONS = 12  # of a run, of a loss of more than two parameters
MOST_NUDGES, MOST_NUDGES_ASIDE = 1200, 400  # steps of a run at the η its loss opens with, at others
HALVES = 3  # step sizes side by side at most, each half of the one before

PAGES = {"Stage": "index.html", "About": "about/index.html"}
STYLES = ("fonts.css", "base.css")
# Which the pages of a server alone load.
UNUSED = re.compile(
    r"\w+\.mjs|js/(lab|study)/.*|js/unpack\.js|.*\.d\.ts|style/(?!(fonts|base)\.css).*"
)
ENTRY, ENTRY_OF_ABOUT = "js/stage/site.mjs", "js/about/site.mjs"
PLOTLY = "vendor/plotly-cartesian.min.js"

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


class Stored(NamedTuple):
    """Where files go that are named by what is in them."""

    folder: Path

    def keep(self, content: bytes) -> str:
        """The name of a file with this content, compressed."""
        name = hashlib.sha256(content).hexdigest()[:16]
        file = self.folder / f"{name}.bin"
        if not file.exists():
            file.write_bytes(gzip.compress(content, 9, mtime=0))
        return name


def main(arguments: Sequence[str]) -> None:
    """Run the command; exit status 2 where it cannot be done."""
    prepare_process()
    parser = argparse.ArgumentParser(prog="python -m app site", allow_abbrev=False)
    parser.add_argument("--out", required=True, metavar="FOLDER", help="new or empty")
    parser.add_argument("--losses", default=",".join(LOSSES), help="all, if left out")
    parser.add_argument(
        "--scorm", action="store_true", help="a package of SCORM 1.2 too, FOLDER/edgewalk-scorm.zip"
    )
    options = parser.parse_args(arguments)
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
    _write_runs(folder / "held", losses, stops)
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
            _copy_runs(folder / "held", inside / "held", key)
        ways = [(key, *way) for key in losses for way in _ways(key).items()]
        parts = []
        for number, (key, name, settings) in enumerate(ways, 1):
            title = f"{LOSSES[key].name}: {name}" if name else LOSSES[key].name
            part = Part(title, f"{number:02}-{key}.html")
            opens = write_query(settings) or f"loss={key}"
            (inside / part.page).write_text(_stage_page(losses, title, opens), encoding="utf-8")
            parts.append(part)
        package(inside, file, TITLES["stage"], parts)
    return file


def _copy_runs(site: Path, folder: Path, key: str) -> None:
    """Of a loss what a package holds: fewer step sizes of those that it opens with."""
    held = json.loads(gzip.decompress((site / f"{key}.bin").read_bytes()))
    etas = _etas(opening(key).eta[0], STOPS_OF_PACKAGE)
    held["runs"] = [
        runs
        for runs in held["runs"]
        if runs["family"] or all(_near(eta, etas) for eta in runs["header"]["settings"]["eta"])
    ]
    _write_index(folder, key, held)
    names = {name for runs in held["runs"] for name in runs["files"]}
    for family in held["families"]:
        names |= {family["figures"], *(one["file"] for one in family["held"])}
    for name in names:
        shutil.copyfile(site / f"{name}.bin", folder / f"{name}.bin")


# ---- what is held ----


def _write_runs(folder: Path, losses: Sequence[str], stops: Sequence[float]) -> None:
    """Of each loss one file that says what is held of it, and all that in others."""
    folder.mkdir()
    app = create_app()
    compute, get = app.compute, answers_of(app.server)  # type: ignore[attr-defined]

    def one(key: str) -> str:
        held = _of_loss(compute, get, Stored(folder), key, stops)
        _write_index(folder, key, held)
        return f"{key}: runs and comparisons, {len(held['runs'])}"

    with ThreadPoolExecutor(2) as pool:
        for done, said in enumerate(pool.map(one, losses)):
            megabytes = size_of(folder) / 1e6
            print(
                f"{said} ({done + 1} of {len(losses)} losses, {megabytes:.1f} MB)", file=sys.stderr
            )


def _write_index(folder: Path, key: str, held: dict[str, Any]) -> None:
    text = json.dumps(held, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    (folder / f"{key}.bin").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _of_loss(
    compute: Compute, get: Get, stored: Stored, key: str, stops: Sequence[float]
) -> dict[str, Any]:
    families, runs = [], []
    for number, (family, asked) in enumerate(held_of(key, stops).items()):
        runs += [_runs(get, stored, one) | {"family": number} for one in asked]
        rules = family.rule if number else COMPARED
        families.append(_family(compute, get, stored, family, rules))
    return {"families": families, "runs": runs}


def held_of(key: str, stops: Sequence[float] = STOPS) -> dict[Settings, list[Settings]]:
    """What is held of a loss: as it opens and, of its scenes, as those that are seen from elsewhere
    or to another end, each with what of the same start is held. The first is as it opens."""
    first = opening(key)
    held = {first: [first, *_around(first, stops)]}
    for scene in _ways(key).values():
        if scene.runs == replace(first, rule=scene.rule, eta=scene.eta).runs:
            held[first].append(scene)
        else:
            held[scene] = list(_around_scene(scene))
    return {
        family: list({write_query(_as_run(one)): one for one in some}.values())
        for family, some in held.items()
    }


def _as_run(settings: Settings) -> Settings:
    """Without what belongs to the page."""
    page = {key: getattr(opening(settings.loss), key) for key in PAGE_KEYS}
    return replace(settings, **page)


def _ways(key: str) -> dict[str, Settings]:
    """A loss as it opens, without a name, and its scenes."""
    return {"": opening(key)} | {s.name: of_scene(key, s) for s in LOSSES[key].scenes}


def _around(settings: Settings, stops: Sequence[float]) -> Iterator[Settings]:
    """What is held of a loss as it opens: the rules in every company at each stop, and each rule
    with its half and quarter."""
    etas = _etas(settings.eta[0], stops)
    companies = [
        *((rule,) for rule in RULES),
        *(some for count in range(2, MAX_RUNS + 1) for some in combinations(COMPARED, count)),
    ]
    for rule in companies:
        yield from (replace(settings, rule=rule, eta=(eta,)) for eta in etas)
    for rule in RULES:
        for eta in etas:
            halves = [near for k in range(HALVES) if (near := _near(eta / 2**k, etas))]
            for count in range(2, len(halves) + 1):
                yield replace(settings, rule=(rule,), eta=tuple(halves[:count]))


def _around_scene(settings: Settings) -> Iterator[Settings]:
    """A scene, and the same to the same time at other step sizes."""
    for eta in _etas(settings.eta[0], STOPS_OF_SCENE):
        steps = settings.steps
        if steps is not None:
            steps = round(steps * (settings.eta[0] / eta) ** settings.power)
        if steps is None or steps <= MAX_STEPS:
            yield replace(settings, eta=(eta,), steps=steps)


def _etas(eta: float, stops: Sequence[float]) -> list[float]:
    found = (float(f"{eta * stop:.6g}") for stop in stops)
    return [one for one in found if ETA_LOW <= one <= ETA_HIGH]


def _near(eta: float, etas: Sequence[float]) -> float | None:
    return next((one for one in etas if abs(one / eta - 1) < 1e-6), None)


def _runs(get: Get, stored: Stored, settings: Settings) -> dict[str, Any]:
    """The server's answer to a link of the stage: its header, and files with the rest, so that a
    run that is part of several is kept once."""
    content = get(f"run.bin?{write_query(settings)}")
    if content is None:
        raise ValueError(f"the server refuses {write_query(settings)}")
    text, numbers = _opened(content)
    given = json.loads(text)
    files, begin = [], 0
    for run in given["runs"]:
        stretches = [(run["rows"] * c["width"], 2 * c["width"]) for c in run["columns"]]
        size = 4 * sum(length for length, _ in stretches)
        files.append(stored.keep(pack_tightly(b"", numbers[begin : begin + size], _own(stretches))))
        begin += size
    rest = numbers[begin:]
    files.append(
        stored.keep(pack_tightly(b"", rest, [(len(rest) // 4, given["descent"]["width"])]))
    )
    return {"header": given, "files": files}


def _own(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(length, lag) for length, lag in stretches if length]


def _opened(content: bytes) -> tuple[bytes, bytes]:
    """The header and the numbers of an answer in float32."""
    end = PREFIX + int.from_bytes(content[4:PREFIX], "little")
    return content[PREFIX:end], content[end:]


def _family(
    compute: Compute, get: Get, stored: Stored, settings: Settings, rules: Collection[str]
) -> dict[str, Any]:
    """What else is painted where runs begin at one start."""
    figures, *others = of_picture(compute, get, settings, looks_of(settings))
    of_runs = [
        one
        for eta in _etas(settings.eta[0], STOPS_OF_SCENE)
        for spec in replace(settings, rule=tuple(rules), eta=(eta,)).runs
        for one in of_run(compute, get, settings, spec, *_much(eta == settings.eta[0]))
    ]
    held = []
    for one in (*others, *of_runs):
        content = one.content
        if one.name.endswith(".bin"):
            text, numbers = _opened(content)
            head = content[: len(content) - len(numbers)]
            lag = json.loads(text).get("d", 1)
            content = pack_tightly(head, numbers, [(len(numbers) // 4, lag)])
        held.append(one._asdict() | {"content": None, "file": stored.keep(content)})
    for one in held:
        del one["content"]
    return {"figures": stored.keep(figures.content), "held": held}


def _much(own: bool) -> tuple[int, int]:
    """How many sections of a run are held, and up to how many steps it is told why it drifts."""
    return (SECTIONS, MOST_NUDGES) if own else (0, MOST_NUDGES_ASIDE)


# ---- pages ----


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
    data = (
        {"opens": opens, "reports": ""}
        if opens
        else {"opens": "" if losses[0] == Settings().loss else f"loss={losses[0]}"}
    )
    return _page(title or TITLES["stage"], layout, ENTRY, plotly=True, **data)


def _fit(part: Any, losses: Sequence[str], how: list[Any]) -> None:
    """Take losses that are not held out of the menu, and say among what is set less often how to
    have what is not there."""
    if getattr(part, "id", "") == ids.LOSS:
        part.children = [one for one in part.children if one.value in losses]
    inside = getattr(part, "children", None)
    if getattr(part, "className", "") == "sheet" and isinstance(inside, list):
        inside.append(html.P(how, className="facts"))
    for child in inside if isinstance(inside, list) else [inside]:
        if child is not None:
            _fit(child, losses, how)


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
