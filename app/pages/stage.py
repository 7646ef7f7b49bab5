"""The stage: landscape, sharpness and the magnifier on one playhead, the controls beside them.

Its layout holds what stands still. The page's scripts fill in the numbers of the run, move the
playhead, and keep the link.
"""

import math
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from app import ids
from app.compute import LOSSES, RULES
from app.settings import Settings
from app.words import SYMBOLS

ETA_LOW, ETA_HIGH = 1e-3, 10.0
SPEED_LOW, SPEED_HIGH = 0.0, 4.0
START_SPEED = 24

GRAPH_CONFIG: Any = {
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "scrollZoom": True,
    "doubleClick": False,
    "responsive": True,
}

READINGS = (
    ("step", "t", "step"),
    ("tau", "τ", "slow time η²t"),
    ("loss", "L", "loss"),
    ("sharpness", "λ₁", "sharpness"),
    ("threshold", "2/η", "threshold"),
    ("gap", "gap", "gap to the theorem"),
)

EXPORTS = {
    "Landscape": {"PNG": "landscape.png", "SVG": "landscape.svg"},
    "Sharpness": {"PNG": "sharpness.png", "SVG": "sharpness.svg"},
    "Across the valley": {"PNG": "across.png", "SVG": "across.svg"},
    "The run": {"CSV": "run.csv", "NPZ": "run.npz"},
}

KEYS = (
    ("Space", "play or pause"),
    ("← →", "one step"),
    ("Shift + ← →", "two steps: the same wall again"),
    ("Home End", "first or last step"),
    ("[ ]", "slower or faster"),
    ("s", "strobe: all, even, odd or midpoints"),
    ("?", "this help"),
)


def stage(settings: Settings) -> dmc.MantineProvider:
    """The page as it stands before its first run arrives."""
    return dmc.MantineProvider(
        id=ids.PROVIDER,
        theme={"fontFamily": "var(--font)", "primaryColor": "blue", "primaryShade": 8},
        children=[
            dcc.Store(id=ids.SCENE),
            dcc.Store(id=ids.HEARD),
            _part("header", _header()),
            html.Main(
                [_controls(settings), _panels(), _part("transport", _transport())],
                className="stage",
            ),
            _help(),
            _exports(),
        ],
    )


def _header() -> html.Header:
    return html.Header(
        [
            html.H1("Edgewalk"),
            html.P("gradient descent at the edge of stability", className="tagline"),
            html.Div(
                [
                    html.Button("Share", id="share", className="button"),
                    html.Button("Export", id="export", className="button"),
                    html.Button("Help", id="help", className="button"),
                    html.Button("Dark", id="scheme", className="button"),
                ],
                className="actions",
            ),
        ]
    )


def _controls(settings: Settings) -> html.Div:
    return html.Div(
        [
            _part("loss", _loss(settings)),
            _part("rules", _rules(settings)),
            _part("eta", _eta(settings)),
            _part("horizon", _horizon()),
            _part("start", _start(settings)),
            _part("clock", _clock(settings)),
            _part("more", _more(settings)),
            html.Div(id=ids.MESSAGES, className="messages", role="status", **_aria(live="polite")),
        ],
        className="controls",
        role="region",
        **_aria(label="Settings"),
    )


def _loss(settings: Settings) -> html.Div:
    options = [html.Option(loss.name, value=loss.key) for loss in LOSSES.values()]
    return html.Div(
        [
            html.Label("Loss", htmlFor=ids.LOSS, className="label"),
            html.Select(options, id=ids.LOSS, className="select"),
            html.P(LOSSES[settings.loss].formula, id="formula", className="formula"),
            html.P([html.Span(id="valley"), html.Span(id="valley-sharpness")], className="facts"),
        ]
    )


def _rules(settings: Settings) -> html.Div:
    chips = [
        dmc.Chip(rule.name, value=rule.key, size="xs", variant="outline") for rule in RULES.values()
    ]
    return html.Div(
        [
            html.Span("Rules", id="rules-label", className="label"),
            dmc.ChipGroup(chips, id=ids.RULES, multiple=True, value=list(settings.rule)),
            html.P(id="rule-formulas", className="facts lines"),
        ],
        role="group",
        className="chips",
        **_aria(labelledby="rules-label"),
    )


def _eta(settings: Settings) -> html.Div:
    return html.Div(
        [
            _field(ids.ETA, "Step size η", f"{settings.eta:g}"),
            _slider(
                ids.ETA_SLIDER,
                "Step size η",
                (math.log10(ETA_LOW), math.log10(ETA_HIGH), 0.01),
                math.log10(settings.eta),
            ),
        ]
    )


def _horizon() -> html.Div:
    return html.Div(
        [
            _field(ids.HORIZON, "Horizon", ""),
            dmc.SegmentedControl(
                id=ids.HORIZON_UNIT,
                data=[{"value": "tau", "label": "τ = η²t"}, {"value": "steps", "label": "steps"}],
                value="tau",
                size="xs",
                **_aria(label="Unit of the horizon"),
            ),
            html.P(id="horizon-other", className="facts"),
        ]
    )


def _start(settings: Settings) -> html.Div:
    x, y = settings.start_point
    return html.Div(
        [
            html.Span("Start", className="label"),
            html.Div(
                [_field(ids.START_X, "x", f"{x:g}"), _field(ids.START_Y, "y", f"{y:g}")],
                className="pair",
            ),
            html.P("or drag the ring on the map", className="facts"),
        ],
        role="group",
        **_aria(label="Start"),
    )


def _clock(settings: Settings) -> html.Div:
    return html.Div(
        [
            html.Span("Clock", className="label"),
            dmc.SegmentedControl(
                id=ids.CLOCK,
                data=[
                    {"value": "step", "label": "t"},
                    {"value": "eta", "label": "ηt"},
                    {"value": "tau", "label": "η²t"},
                ],
                value=settings.clock,
                size="xs",
                **_aria(label="Clock"),
            ),
        ],
        className="inline",
    )


def _more(settings: Settings) -> html.Details:
    return html.Details(
        [
            html.Summary("More"),
            html.Div(
                [
                    _field(ids.NOISE, "Noise", f"{settings.noise:g}"),
                    _field(ids.SEED, "Seed", f"{settings.seed}"),
                ],
                className="pair",
            ),
            html.P("every tenth step, a nudge of at most this length", className="facts"),
        ]
    )


def _slider(name: str, label: str, scale: tuple[float, float, float], value: float) -> html.Div:
    """The place of a slider; the page's script puts the browser's own there."""
    low, high, step = (f"{number:g}" for number in scale)
    data = _data(label=label, low=low, high=high, step=step, value=f"{value:g}")
    return html.Div(id=name, className="slider", **data)


def _field(name: str, label: str, value: str) -> dmc.TextInput:
    return dmc.TextInput(
        id=name,
        label=label,
        value=value,
        debounce=True,
        size="xs",
        className="field",
        autoComplete="off",
        inputProps={"inputMode": "decimal"},
    )


def _panels() -> html.Div:
    sharpness = _panel(ids.SHARPNESS, "Sharpness", "λ₁ and the threshold 2/ηₜ")
    upper = [_landscape(), _part("sharpness", sharpness)]
    lower = [_part("across", _across()), _part("now", _numbers()), _part("story", _story())]
    rows = [html.Div(upper, className="row upper"), html.Div(lower, className="row lower")]
    return html.Div(rows, className="panels")


def _landscape() -> html.Figure:
    return _panel(
        ids.LANDSCAPE,
        "Landscape",
        "the valley Γ coloured by sharpness",
        [
            dmc.SegmentedControl(
                id=ids.STROBE,
                data=[
                    {"value": "all", "label": "all"},
                    {"value": "even", "label": "even"},
                    {"value": "odd", "label": "odd"},
                    {"value": "midpoints", "label": "mid"},
                ],
                value="all",
                size="xs",
                **_aria(label="Iterates shown"),
            ),
            dmc.SegmentedControl(
                id=ids.SCALE,
                data=[{"value": "root", "label": "√L"}, {"value": "log", "label": "log L"}],
                value="root",
                size="xs",
                **_aria(label="Height of the landscape"),
            ),
        ],
    )


def _panel(name: str, title: str, words: str, tools: list[Any] | None = None) -> html.Figure:
    caption = [html.Span(title, className="title"), html.Span(words, className="aside")]
    return html.Figure(
        [
            html.Figcaption([*caption, html.Span(tools or [], className="tools")]),
            html.Div(dcc.Graph(id=name, config=GRAPH_CONFIG, className="graph"), className="plot"),
        ],
        className=f"card {name}",
    )


def _across() -> html.Figure:
    return html.Figure(
        [
            html.Figcaption(
                [
                    html.Span("Across the valley", className="title"),
                    html.Span(id="across-unit", className="aside"),
                ]
            ),
            html.Div(id=ids.ACROSS, className="plot"),
        ],
        className="card across",
    )


def _numbers() -> html.Div:
    rows = [
        html.Div(
            [
                html.Dt([html.Span(symbol, className="symbol"), words], title=SYMBOLS[name]),
                html.Dd("–", id=f"now-{name}"),
            ]
        )
        for name, symbol, words in READINGS
    ]
    return html.Div(
        [
            html.H2("Now"),
            html.Dl(rows, className="numbers"),
        ],
        className="card now",
    )


def _story() -> html.Div:
    return html.Div(
        [
            html.H2("What to look for"),
            html.P(id="story", className="story"),
            html.P(
                [
                    html.Span(
                        "1/Sₜ + 1/Sₜ₊₁", className="symbol", title=SYMBOLS["stableness_pair"]
                    ),
                    html.Span("–", id="now-stableness_pair", className="gauge"),
                    html.Span("1 at the edge", className="facts"),
                ],
                className="law",
            ),
            html.P(id="summary", className="visually-hidden", **_aria(live="polite")),
        ],
        className="card story-card",
    )


def _transport() -> html.Div:
    buttons = [
        ("Reset", "reset"),
        ("Step back", "back"),
        ("Play", "play"),
        ("Step forward", "forward"),
        ("Go to the end", "end"),
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.Button(
                        id=name, className=f"round {name}", title=label, **_aria(label=label)
                    )
                    for label, name in buttons
                ],
                className="buttons",
            ),
            html.Div(
                [
                    _slider(ids.PLAYHEAD, "Playhead", (0, 1, 1), 0),
                    html.P(id="position", className="facts"),
                ],
                className="playhead",
            ),
            html.Div(
                [
                    _slider(
                        ids.SPEED, "Speed", (SPEED_LOW, SPEED_HIGH, 0.05), math.log10(START_SPEED)
                    ),
                    html.P(id="speed-words", className="facts"),
                ],
                className="speed",
            ),
        ],
        className="transport",
        role="region",
        **_aria(label="Transport"),
    )


def _help() -> html.Dialog:
    keys = [html.Div([html.Dt(keys), html.Dd(words)]) for keys, words in KEYS]
    return _dialog(
        ids.HELP,
        "Help",
        [
            html.Dl(keys, className="numbers"),
            html.P(
                "Drag the ring on the map to move the start; with the ring in focus the arrow keys "
                "move it. Scroll over a plot to zoom, double-click to see all of it again."
            ),
        ],
    )


def _exports() -> html.Dialog:
    rows = [
        html.Div([html.Dt(what), html.Dd([_export(what, *item) for item in formats.items()])])
        for what, formats in EXPORTS.items()
    ]
    return _dialog(
        ids.EXPORTS,
        "Export",
        [
            html.Dl(rows, className="numbers"),
            html.P("Pictures show the run up to the playhead; files hold all of it."),
        ],
    )


def _export(what: str, form: str, name: str) -> html.Button:
    label = f"{what}, {form}"
    return html.Button(form, className="button", **_aria(label=label), **_data(export=name))


def _dialog(name: str, title: str, content: list[Any]) -> html.Dialog:
    close = html.Button("Close", className="button close")
    return html.Dialog([html.H2(title), *content, close], id=name, **_aria(label=title))


def _part(name: str, component: Component) -> Component:
    """Mark a part of the page that a link can hide."""
    setattr(component, "data-part", name)
    return component


def _aria(**attributes: str) -> dict[str, Any]:
    return {f"aria-{name}": value for name, value in attributes.items()}


def _data(**values: str) -> dict[str, Any]:
    return {f"data-{name}": value for name, value in values.items()}
