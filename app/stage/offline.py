"""The stage on one page that needs no server: a run as /run.html.

It is the stage itself. What its scripts ask a server for was asked when the page was made, and is
in it, with the scripts and the letters. What can be asked for at every step is held where it can
be: sections at some steps of a run, of which the nearest is shown (with λ₁ where the page opens
with its map), and why it drifts at each step of a run that is not long.
"""

import base64
import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np
import plotly.io
from dash import html
from flask import Flask, Response, request

from app.binary import pack
from app.http import as_file, refusal, take_page, unless_known
from app.link import write_schedule
from app.markup import markup
from app.modules import bundled
from app.origin import about
from app.parts import aria
from app.place import ASSETS
from app.runspec import RunSpec, plain_loss
from app.stage.callbacks import still_figures
from app.stage.compute import Compute, View
from app.stage.layout import stage
from app.stage.routes import file_name, told_nudge
from app.stage.settings import Settings, read_query, view_of, write_query
from app.stage.words import caption
from app.theme import HEIGHT_SCALES
from app.vocabulary import LICENCE, LOOKS, vocabulary_json
from dynamics.version import VERSION

PLOTLY = "vendor/plotly-cartesian.min.js"
ENTRY = "js/stage/offline.mjs"
# What asks a server for more than is held, and the tour, which changes the run.
WITHOUT = ("js/stage/exports.mjs", "js/stage/tour.mjs", "js/origin.mjs")
STYLES = ("fonts.css", "base.css")
LEFT_OUT = {"export-dialog", "tour-card"}
MOST_NUDGES = 400  # of a run
MOST_SECTIONS, FEW_SECTIONS = 24, 1  # of a run, from its last step back
AROUND = 0.5  # of a view, beyond each of its sides: heights of the map, which one can pan

UNESCAPED = str.maketrans("&<>", ",.:")  # in the letters of base 85, which HTML then leaves alone

# Nothing is asked of anybody.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
)

PAGE = """<!DOCTYPE html>
<html lang="en" data-offline>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{caption}</title>
<meta name="description" content="{caption}">
{link}<meta name="license" content="{licence}">
<meta name="generator" content="Edgewalk {version}">
<style>{style}</style>
<script>{early}</script>
<script type="application/json" id="vocabulary">{vocabulary}</script>
</head>
<body>
<noscript>Edgewalk needs scripts; where a frame has a sandbox, allow-scripts in it.</noscript>
<div id="react-entry-point">{body}</div>
<script type="text/plain" id="held">{held}</script>
<script>{unpack}</script>
</body>
</html>
"""


class Held(NamedTuple):
    """What is in a page: bytes by name, and of what is asked of a run, of which and where."""

    name: str
    content: bytes
    rule: str | None = None
    eta: float | None = None
    steps: int | None = None
    at: int | None = None
    branch: int | None = None
    view: str | None = None


Get = Callable[[str], bytes | None]


def register(server: Flask, compute: Compute) -> None:
    """Add /run.html to a Flask server."""
    get = answers_of(server)
    server.add_url_rule("/run.html", "offline", lambda: answer_offline(compute, get))


def answers_of(server: Flask) -> Get:
    """What a server answers to an address, asked within its own process; None where it refuses."""

    def get(address: str) -> bytes | None:
        answer = server.test_client().get(f"/{address}")
        return answer.data if answer.status_code == 200 else None

    return get


def answer_offline(compute: Compute, get: Get) -> Response:
    """The page of the runs of a query; `page`, the address of the page that asks, is where its link
    leads."""
    query = request.args.to_dict()
    page, problems = take_page(query)
    reading = read_query(query)
    if problems := (*problems, *reading.problems):
        return refusal(problems, write_query(reading.settings))
    tag = compute.once.key("html", query=query, page=page)
    made = unless_known(
        tag, "html", lambda: offline_page(compute, get, reading.settings, page).encode()
    )
    return as_file(made, f"{file_name(reading.settings)}.html")


def offline_page(
    compute: Compute, get: Get, settings: Settings, page: str = "", *, small: bool = False
) -> str:
    """The page as text.

    Args:
        get: what the server answers to an address; None where it refuses.
        page: the address that its link leads to; no link where it is empty.
        small: with the letters of the system it is opened on, in the look of the settings alone,
            and with one section of a run.
    """
    said = about(caption(settings), page, write_query(settings))
    link = said.get("link", "")
    shown = replace(settings, embed=False)
    styles = STYLES[1:] if small else STYLES
    looks = (settings.look,) if small else looks_of(settings)
    return PAGE.format(
        policy=POLICY,
        caption=escape(said["caption"]),
        # Its name, then the link: so a page that the file is dropped on finds it.
        link=f'<meta name="Edgewalk link" content="{escape(link)}">\n' if link else "",
        licence=LICENCE,
        version=VERSION,
        style="".join(map(_style, styles)),
        early=_text("scheme.js"),
        vocabulary=vocabulary_json(),
        body=markup(_layout(settings, said["caption"], link)),
        held=_packed(
            [
                *_held(compute, get, shown, looks, FEW_SECTIONS if small else MOST_SECTIONS),
                *_scripts(),
            ]
        ),
        unpack=_text("js/unpack.js"),
    )


def _layout(settings: Settings, words: str, link: str) -> list[Any]:
    """The stage's own, under a head that says what is shown."""
    _, _, *parts = stage(settings)
    kept = [part for part in parts if getattr(part, "id", None) not in LEFT_OUT]
    name = html.A("Edgewalk", href=link, title="Open it there") if link else "Edgewalk"
    buttons = [html.Button("Help", id="help", className="button")]
    buttons += [html.Button("Dark", id="scheme", className="button")]
    head = html.Header(
        [
            html.H1(name),
            html.P(words, className="tagline"),
            html.P(id="offer", hidden=True),
            html.Div(buttons, className="actions"),
        ],
        **aria(label="Edgewalk"),
    )
    return [head, *kept]


def looks_of(settings: Settings) -> tuple[str, ...]:
    """Those that can be held: λ₁ in a section is another at every step."""
    held = settings.chosen.record.d == 2 or settings.look == "sharpness"
    return tuple(look for look in LOOKS if held or look != "sharpness")


def _held(
    compute: Compute, get: Get, settings: Settings, looks: tuple[str, ...], sections: int
) -> Iterator[Held]:
    """What the stage asks for while it shows these settings in some looks."""
    query = write_query(settings)
    yield Held("query", query.encode())
    yield from _answers(get, "run.bin", query)
    yield from of_picture(compute, get, settings, looks)
    roots = len(settings.roots)
    for i, spec in enumerate(settings.runs):
        branch = i if i >= roots else None
        yield from of_run(compute, get, settings, spec, sections, branch=branch)


def of_picture(
    compute: Compute, get: Get, settings: Settings, looks: tuple[str, ...]
) -> Iterator[Held]:
    """What the landscape is painted from in some looks, whatever the runs."""
    yield Held("figures.json", json.dumps(_figures(compute, settings, looks)).encode())
    about_loss = urlencode(plain_loss(settings.chosen))
    yield from _answers(get, "valley.bin", about_loss)
    if "surface" in looks:
        yield from _answers(get, "sheet.bin", about_loss)
    if settings.chosen.record.d == 2:
        views = {"sharpness": _around(view_of(settings)), "surface": view_of(settings)}  # type: ignore[arg-type]
        for view in (view for look, view in views.items() if look in looks):
            text = ",".join(str(end) for ends in view for end in ends)
            yield from _answers(get, "heights.bin", f"{about_loss}&view={text}", view=text)


def of_run(
    compute: Compute,
    get: Get,
    settings: Settings,
    spec: RunSpec,
    sections: int,
    most_nudges: int = MOST_NUDGES,
    branch: int | None = None,
) -> Iterator[Held]:
    """What else of a run is asked for: the rod; at a step some sections, and where it has so few
    steps why it drifts at each, as a list. `branch` is its place where it is one."""
    eta = write_schedule(spec.schedule) if spec.schedule else spec.eta
    if branch is None:
        alone = replace(settings, rule=(spec.rule.key,), eta=(spec.eta,), branches=(), focus=None)
        alone = replace(alone, steps=spec.steps)
        of_it: dict[str, Any] = {"rule": spec.rule.key, "eta": eta, "steps": spec.steps}
    else:
        alone = replace(settings, focus=branch)
        of_it = {"branch": branch, "steps": spec.steps}
    if sections:
        yield from _answers(get, "rod.bin", write_query(alone), **of_it)
    steps = np.linspace(spec.steps, 0, sections if settings.chosen.record.d > 2 else 0, dtype=int)
    for at in steps.tolist():
        of = "sharpness" if settings.look == "sharpness" else "root"
        asked = f"{write_query(replace(alone, at=at))}&of={of}"
        yield from _answers(get, "section.bin", asked, **of_it, at=at)
    if spec.steps > most_nudges or not spec.last_rule.record.drift_formula:
        return
    nudges = [_nudge(compute, spec, at) for at in range(spec.steps)]
    if any(nudges):
        yield Held("nudges.json", json.dumps(nudges, allow_nan=False).encode(), **of_it)


def _nudge(compute: Compute, spec: RunSpec, at: int) -> dict[str, Any] | None:
    try:
        return told_nudge(compute, spec, at)
    except ValueError:
        return None


def _answers(get: Get, name: str, query: str, **of: Any) -> Iterator[Held]:
    """What the server answers; nothing where there is no such thing."""
    content = get(f"{name}?{query}")
    if content is not None:
        yield Held(name, content, **of)


def _around(view: View) -> View:
    (x_low, x_high), (y_low, y_high) = view
    x, y = AROUND * (x_high - x_low), AROUND * (y_high - y_low)
    return (x_low - x, x_high + x), (y_low - y, y_high + y)


def _figures(compute: Compute, settings: Settings, looks: tuple[str, ...]) -> dict[str, Any]:
    """What stands still, in light inks: the landscape in each look, and the axes of sharpness."""
    loss = settings.chosen.record
    view = view_of(settings) if loss.d == 2 else ((0.0, 1.0), (0.0, 1.0))
    scene = {
        **{"loss": settings.loss, "theta": settings.theta, "formula": settings.formula},
        **{"view": view, "scheme": "light"},
        **{"zoom": 0, "touch": False, "unit": 1, "of": None},
    }
    drawn = {look: still_figures(compute, scene | {"look": look}) for look in looks}
    for look, (landscape, _) in drawn.items():
        if loss.d == 2 and look in ("root", "log"):  # beyond its contours it goes on up
            landscape.update_layout(plot_bgcolor=HEIGHT_SCALES["light"][-1])
    plain = {look: _plain(landscape) for look, (landscape, _) in drawn.items()}
    return {"landscape": plain, "sharpness": _plain(drawn[looks[0]][1])}


def _plain(figure: Any) -> dict[str, Any]:
    return json.loads(str(plotly.io.to_json(figure, validate=False)))


def _packed(held: list[Held]) -> str:
    """All of it in one text, as `assets/js/unpack.js` reads it."""
    named = [one._asdict() | {"content": len(one.content)} for one in held]
    content = pack({"held": named}, [one.content for one in held])
    return base64.b85encode(gzip.compress(content, 9, mtime=0)).decode().translate(UNESCAPED)


@cache
def _scripts() -> tuple[Held, ...]:
    """Plotly, and the stage as one script."""
    ours = bundled(ASSETS, ENTRY, WITHOUT)
    return Held("plotly.js", _text(PLOTLY).encode()), Held("stage.js", ours.encode())


def _style(name: str) -> str:
    """A style sheet with its files in it."""

    def inside(found: re.Match[str]) -> str:
        content = (ASSETS / "style" / found[1]).read_bytes()
        return f'url("data:font/woff2;base64,{base64.b64encode(content).decode()}")'

    return re.sub(r'url\("(\.\./[^"]+)"\)', inside, _text(f"style/{name}"))


def _text(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
