"""The lab: a map of what becomes of runs, the measured rate of the theorem, runs on three clocks,
rules side by side, a crowd of starts.

Its layout holds what stands still. The page's scripts fill in the settings that the server answers
with, paint the plots as their numbers arrive, and keep the link.
"""

from math import log10

from dash import html
from dash.development.base_component import Component

from app.budgets import budgets
from app.dialogs import export_dialog, files
from app.lab.settings import FIT, MAX_TAU, MIN_TAU
from app.parts import FEW_RULES, OWN, aria, chips, choice, data, field, header, slider
from app.runspec import FORMULA
from app.vocabulary import (
    CLOCKS,
    COLOURS,
    FLATNESSES,
    HANDS,
    MOST_RULES,
    ORBIT_VIEWS,
    PICTURE_FORMS,
    PLOT_PICTURES,
    PLOTS,
    RATE_VIEWS,
    REGIONS,
    WAYS,
)
from dynamics import LOSSES, RULES

# What each plot has as files: words, and the ends of their addresses by their words.
FORMS = {
    "CSV": "csv",
    "CSV 0,5": "csv?decimal=comma",
    "NPZ": "npz",
    "JSON": "json",
    "Settings": "settings.json",
}
FILES = {
    "regimes": {"The map": "regimes", "The orbit diagram": "orbit"},
    "rate": {"The gaps": "rate"},
    "collapse": {"The runs": "run"},
    "flatness": {"The flows and runs": "flatness"},
    "crowd": {"The curves": "crowd", "The runs": "starts"},
}

# The plots of a comparison of flatness, by what they show.
FLATNESS_PLOTS = {
    "along": "Along Γ",
    "sharpness": "Sharpness λ₁",
    "trace": "Trace of ∇²L",
}

BUTTONS = {"share": "Share", "export": "Export", "scheme": "Dark"}

# The least, the greatest, and the step of each slider; powers of ten for all but the slice.
SLIDERS = {
    "eta-low": ("Least η", -4.0, 2.0, 0.01),
    "eta-high": ("Greatest η", -4.0, 2.0, 0.01),
    "steps": ("Steps", 1.5, log10(budgets().map_steps.most), 0.01),
    "tau": ("Slow time τ", log10(MIN_TAU), log10(MAX_TAU), 0.01),
    "slice": ("Slice", 0.0, 1.0, 0.0025),
}


def lab() -> list[Component]:
    """The page as it stands before its first numbers arrive."""
    return [
        header("Lab", BUTTONS),
        html.Main([_controls(), _plots()], className="lab"),
        html.Div(id="messages", className="messages", role="status", **aria(live="polite")),
        _exports(),
    ]


# ---- settings ----


def _controls() -> html.Div:
    return html.Div(
        [
            _loss(),
            *(_rules(plot) for plot in PLOTS),
            html.Div(id="rule-numbers", className="numbers"),
            _of("regimes", _axes()),
            _of("crowd", _region()),
            _of("regimes crowd", _step_sizes()),
            _of("regimes", _starts()),
            _of("regimes crowd", _resolution()),
            _of("regimes crowd", _slice()),
            _of(
                "regimes rate collapse flatness crowd",
                _on("!start", html.Div(field("start", "Start"))),
            ),
            _of("rate collapse flatness", _slow_time()),
            _of("rate collapse flatness", html.Div(field("etas", "Step sizes η"))),
        ],
        className="controls",
        role="region",
        **aria(label="Settings"),
    )


def _loss() -> html.Div:
    options = [
        html.Option(
            loss.name,
            value=loss.key,
            **data(
                formula=loss.formula,
                valley=loss.valley,
                sharpness=loss.sharpness_formula,
            ),
        )
        for loss in LOSSES.values()
    ]
    options.append(html.Option(OWN, value=FORMULA, hidden=True))
    return html.Div(
        [
            html.Label("Loss", htmlFor="loss", className="label"),
            html.Select(options, id="loss", className="select"),
            html.P(id="formula", className="formula"),
            html.P([html.Span(id="valley"), html.Span(id="valley-sharpness")], className="facts"),
        ]
    )


def _rules(plot: str) -> Component:
    """The rules that a plot can be made of; of a collapse several."""
    fits, most = FIT[plot][0], MOST_RULES[plot]
    names = {rule.key: rule.name for rule in RULES.values() if fits(rule.key)}
    label = f"rule-{plot}-label"
    return _of(
        plot,
        html.Div(
            [
                html.Span("Rules" if most > 1 else "Rule", id=label, className="label"),
                chips(f"rule-{plot}", names, several=most > 1, few=FEW_RULES),
            ],
            role="group",
            className="chips",
            **aria(labelledby=label),
        ),
    )


def _axes() -> html.Div:
    """What goes across and upwards, of which the page's scripts fill in the choice."""
    pair = [
        html.Div(
            [
                html.Label(words, htmlFor=name, className="label"),
                html.Select(id=name, className="select"),
            ]
        )
        for name, words in (("across", "across"), ("up", "upwards"))
    ]
    return _group(
        "Axes",
        [
            html.Div(pair, className="pair"),
            _on("range", html.Div(field("range", "from, to"))),
        ],
    )


def _step_sizes() -> html.Div:
    return _group(
        "Step sizes η",
        [
            html.Div(
                [
                    html.Div([field("eta-low", "from"), _slider("eta-low")]),
                    html.Div([field("eta-high", "to"), _slider("eta-high")]),
                ],
                className="pair",
                **data(axis="eta"),
            ),
            _on("!eta", html.Div(field("eta-one", "of all runs"))),
        ],
    )


def _region() -> html.Div:
    return _group(
        "Region of starts",
        [
            choice("kind", "Shape", REGIONS, "rectangle"),
            html.Div(field("region", "x from, to, y from, to")),
        ],
    )


def _starts() -> Component:
    return _on(
        "start",
        _group(
            "Starts",
            [
                choice("along", "Starts", WAYS, "line"),
                html.Div(
                    [field("from", "from"), field("to", "to")],
                    className="pair",
                    **data(along="line"),
                ),
                html.Div(field("off", "distance from Γ along v₁"), **data(along="valley")),
            ],
        ),
    )


def _resolution() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    _of("regimes", html.Div(field("size", "cells a side"))),
                    _of("crowd", html.Div(field("grid", "starts a side"))),
                    html.Div(field("steps", "steps a run")),
                ],
                className="pair",
            ),
            _slider("steps"),
        ]
    )


def _slice() -> html.Div:
    return html.Div(
        [
            html.Span("Slice", className="label"),
            _slider("slice"),
            html.P(id="slice-words", className="facts"),
        ]
    )


def _slow_time() -> html.Div:
    return html.Div([field("tau", "Slow time τ = η²t"), _slider("tau")])


# ---- plots ----


def _plots() -> html.Div:
    return html.Div(
        [
            html.Div([_tabs(), _progress()], className="bar"),
            _panel("regimes", [_map_and_orbit(), _beside_map()]),
            _panel("rate", [_rate(), _beside_rate()]),
            _panel("collapse", [_collapse()]),
            _panel("flatness", [_flatness()]),
            _panel("crowd", [_map_of_starts(), _beside_starts()]),
        ],
        className="plots",
    )


def _tabs() -> html.Div:
    tabs = [
        html.Button(
            words,
            id=f"tab-{plot}",
            role="tab",
            **aria(controls=f"panel-{plot}", selected="false"),
            **data(plot=plot),
        )
        for plot, words in PLOTS.items()
    ]
    return html.Div(tabs, role="tablist", className="tabs", **aria(label="Plots"))


def _progress() -> html.Div:
    return html.Div(
        [
            html.Progress(id="progress-bar", max="1", value="0", **aria(label="Computed so far")),
            html.Span(id="progress-words", className="facts"),
            html.Button("Cancel", id="cancel", className="button small"),
            html.Button("Compute again", id="again", className="button small"),
        ],
        id="progress",
        className="progress",
        hidden=True,
    )


def _panel(plot: str, children: list[Component]) -> html.Section:
    return html.Section(
        children,
        id=f"panel-{plot}",
        role="tabpanel",
        className=f"panel {plot}",
        hidden=True,
        **aria(labelledby=f"tab-{plot}"),
    )


def _map_and_orbit() -> html.Div:
    colours = choice("colour", "Colour of the cells", COLOURS, "fate")
    views = choice("orbit-view", "What the orbit diagram shows", ORBIT_VIEWS, "offset")
    return html.Div(
        [
            _figure(
                "map",
                "Regime map",
                [_zooms(), colours],
                html.Div(
                    id="map-plot",
                    className="plot",
                    role="application",
                    tabIndex=0,
                    **aria(
                        label="Regime map. Arrow keys move from cell to cell, with Shift by ten; "
                        "Enter opens the run on the stage, S puts the slice there; plus and minus "
                        "zoom, 0 shows all again.",
                        describedby="cell",
                    ),
                ),
                html.P(id="map-story", className="sentence"),
            ),
            _figure(
                "orbit",
                "Orbit diagram",
                [views],
                _picture("orbit-plot", "Orbit diagram: where the last iterates of the slice lie"),
            ),
        ],
        className="column",
    )


def _zooms() -> html.Span:
    """Closer, farther, and back."""
    named = {
        "zoom-in": ("+", "Zoom in"),
        "zoom-out": ("−", "Zoom out"),
        "zoom-whole": ("all", "All"),
    }
    buttons = [
        html.Button(sign, id=name, className="button small", title=words, **aria(label=words))
        for name, (sign, words) in named.items()
    ]
    return html.Span(buttons, className="zooms", role="group", **aria(label="Window of the map"))


def _beside_map() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.H2("What becomes of a run", id="legend-title"),
                    html.Div(id="legend", className="legend", role="group", **aria(label="Fates")),
                    html.Div(_scale(), id="scale", hidden=True),
                ],
                className="card words",
            ),
            html.Figure(
                [
                    html.Figcaption(
                        [
                            html.Span("The cell’s run", className="title"),
                            html.Span(id="path-aside", className="aside"),
                            html.Span(
                                html.A("Open on the stage", id="open", href="../"),
                                className="tools",
                            ),
                        ]
                    ),
                    html.Div(_cell(), id="cell", className="cell", **aria(live="polite")),
                    _picture("path-plot", "The path of the cell’s run"),
                ],
                className="card path",
            ),
        ],
        className="aside-column",
    )


def _scale() -> list[Component]:
    ends = [html.Span(id=f"scale-{end}") for end in ("low", "middle", "high")]
    return [
        html.P("λ₁ at Φ of the last iterate, on a logarithmic scale", className="facts"),
        html.Div(id="scale-bar", className="scale-bar"),
        html.P(ends, className="scale facts"),
        html.P(
            "Grey: the run leaves, or gradient flow from where it ends does not reach Γ.",
            className="facts",
        ),
    ]


def _cell() -> list[Component]:
    rows = (
        ("eta", "η"),
        ("start", "start"),
        ("own", "numbers"),
        ("threshold", "2/η"),
        ("sharpness", "λ₁ in the end"),
        ("period", "period"),
    )
    numbers = [html.Div([html.Dt(words), html.Dd("–", id=f"cell-{name}")]) for name, words in rows]
    return [
        html.P(
            [html.Span(id="cell-swatch", className="swatch"), html.Span(id="cell-fate")],
            className="fate-words",
        ),
        html.Dl(numbers, className="strip"),
    ]


def _rate() -> html.Figure:
    views = choice("rate-view", "Against what the gap is shown", RATE_VIEWS, "eta")
    return _figure(
        "rate",
        "Gap to the theorem",
        [views],
        _picture("rate-plot", "Gaps against step size, on logarithmic axes"),
    )


def _beside_rate() -> html.Div:
    columns = "η", "median gap", "largest gap"
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(name, scope="col") for name in columns])),
            html.Tbody(id="rate-rows"),
        ],
        className="table",
    )
    return html.Div(
        [
            html.Div(
                [
                    html.H2("Measured slope"),
                    html.Div(
                        [
                            _slope("envelope", "of the largest gaps"),
                            _slope("median", "of the medians"),
                        ],
                        className="pair",
                    ),
                    html.P(id="rate-words", **aria(live="polite")),
                    html.P(
                        "The gap is the distance from Φ(xₜ), where gradient flow from the iterate "
                        "ends, to the theorem’s X(η²t), both at the same slow time. The dashed "
                        "line has slope 1, the order of the bound; where it lies is not the "
                        "theorem’s to say.",
                        className="facts",
                    ),
                    html.P(
                        "Each dot is a run from another place on the first step, so that it lands "
                        "at another phase of the bounce, with another lopsidedness A.",
                        className="facts",
                    ),
                ],
                className="card words",
            ),
            html.Div(table, className="card words scrolls", tabIndex=0, **aria(label="Gaps")),
        ],
        className="aside-column",
    )


def _slope(name: str, words: str) -> html.Div:
    return html.Div(
        [
            html.P("–", id=f"slope-{name}", className="big"),
            html.P(words, className="label"),
            html.P(id=f"interval-{name}", className="facts"),
        ]
    )


def _collapse() -> html.Figure:
    plots = [
        html.Div(
            [
                html.H2(["Clock ", words]),
                _picture(f"collapse-{clock}", f"Sharpness against {words}"),
                html.P(
                    ["largest spread ", html.Span("–", id=f"spread-{clock}", className="value")],
                    className="spread",
                ),
            ],
            id=f"card-{clock}",
            className="clock",
        )
        for clock, words in CLOCKS.items()
    ]
    return html.Figure(
        [
            _caption("collapse", "Collapse", []),
            html.Ul(id="collapse-names", className="names"),
            html.Div(plots, className="clocks"),
            html.P(id="collapse-words", className="sentence", **aria(live="polite")),
            html.P(
                "The spread at a time is the distance between the highest and the lowest curve as "
                "a share of their mean; the largest is taken over the times that all curves have.",
                className="facts sentence",
            ),
        ],
        className="card collapse",
    )


def _flatness() -> html.Figure:
    views = choice("flatness", "What colours Γ", FLATNESSES, "sharpness")
    plots = [
        html.Div(
            [html.H2(words), _picture(f"flatness-{name}", f"{words}, for each rule")],
            className="clock",
        )
        for name, words in FLATNESS_PLOTS.items()
    ]
    return html.Figure(
        [
            _caption("flatness", "Which flatness?", [views]),
            html.Ul(id="flatness-names", className="names"),
            html.Div(plots, className="clocks"),
            html.P(id="flatness-words", className="sentence", **aria(live="polite")),
            html.P(
                "Lines are flows, each to the same time on its own clock, drawn from 0 to 1; dots "
                "are where gradient flow from the iterates ends, in the mean over two steps, of "
                "label noise over 16 runs.",
                className="facts sentence",
            ),
        ],
        className="card collapse",
    )


def _map_of_starts() -> html.Div:
    colours = choice("crowd-colour", "Colour of the starts", COLOURS, "fate")
    hands = choice("crowd-hand", "What arrow keys move", HANDS, "region")
    return html.Div(
        [
            _figure(
                "crowd-map",
                "Where they start",
                [colours, hands],
                html.Div(
                    id="crowd-map",
                    className="plot",
                    role="application",
                    tabIndex=0,
                    **aria(
                        label="Map of starts. Drag to draw the region, its edges to change it, its "
                        "inside to move it. Arrow keys move it, with Shift they make it larger or "
                        "smaller; or, with “a start” chosen, they go from start to start. Enter "
                        "opens the run on the stage.",
                        describedby="crowd-start",
                    ),
                ),
                html.P(id="crowd-key", className="sentence facts"),
                html.P(id="crowd-start", className="sentence", **aria(live="polite")),
            )
        ],
        className="column",
    )


def _beside_starts() -> html.Div:
    plots = {
        "crowd-sharpness": ("How sharp where they end", "Median and quartiles of λ₁"),
        "crowd-shares": ("Shares", "Shares of the runs"),
    }
    return html.Div(
        [
            *(
                html.Figure(
                    [_caption(name, words, []), _picture(name, f"{of} against η")],
                    className="card",
                )
                for name, (words, of) in plots.items()
            ),
            html.Div(
                [
                    html.P(id="crowd-words", **aria(live="polite")),
                    html.P(id="crowd-lopsided"),
                    html.P(
                        "Crossed: Γ once lay between two iterates of the run. The map of starts is "
                        "that of the slice; press a curve to put it there.",
                        className="facts",
                    ),
                ],
                className="card words",
            ),
        ],
        className="aside-column",
    )


def _exports() -> html.Dialog:
    rows = [
        _of(plot, files(what, _files(resource)))
        for plot, resources in FILES.items()
        for what, resource in resources.items()
    ]
    return export_dialog(
        PLOT_PICTURES,
        PICTURE_FORMS,
        rows,
        "Pictures show the plot in view as it is by now; files hold all of it. A CSV is a header "
        "and rows alone; its settings are a file of their own.",
    )


def _files(resource: str) -> dict[str, str]:
    return {words: f"{resource}.{form}" for words, form in FORMS.items()}


# ---- parts ----


def _figure(name: str, title: str, tools: list[Component], *parts: Component) -> html.Figure:
    return html.Figure([_caption(name, title, tools), *parts], className=f"card {name}")


def _caption(name: str, title: str, tools: list[Component]) -> html.Figcaption:
    return html.Figcaption(
        [
            html.Span(title, className="title"),
            html.Span(id=f"{name}-aside", className="aside"),
            html.Span(tools, className="tools"),
        ]
    )


def _picture(name: str, label: str) -> html.Div:
    return html.Div(id=name, className="plot", role="img", **aria(label=label))


def _of(plots: str, component: Component) -> Component:
    """Mark a control that belongs to some plots alone."""
    setattr(component, "data-for", plots)
    return component


def _on(axis: str, component: Component) -> Component:
    """Mark a control of a map that belongs to an axis of it, or with a ! to where none is that."""
    setattr(component, "data-axis", axis)
    return component


def _group(label: str, children: list[Component]) -> html.Div:
    return html.Div(
        [html.Span(label, className="label"), *children], role="group", **aria(label=label)
    )


def _slider(name: str) -> html.Div:
    label, low, high, step = SLIDERS[name]
    place = name if name == "slice" else f"{name}-slider"
    return slider(place, label, (low, high, step), low)
