"""The stage: landscape, sharpness, the two magnifiers and the laws on one playhead, the controls
beside them.

Its layout holds what stands still. The page's scripts fill in the numbers of the run, move the
playhead, and keep the link.
"""

import math
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from app.dialogs import dialog, export_dialog, files, part_of_picture, select
from app.link import write_schedule
from app.parts import (
    FEW_RULES,
    OWN,
    PAGES,
    aria,
    chips,
    choice,
    data,
    field,
    header,
    part,
    round_button,
    slider,
)
from app.runspec import FORMULA
from app.stage import ids
from app.stage.settings import Settings, gallery
from app.stage.words import SYMBOLS, TOUR, WRITTEN, question, titles
from app.vocabulary import (
    AXES,
    BALANCE,
    CLOCKS,
    FILM_FORMS,
    FILM_RATES,
    FILM_UNITS,
    GHOSTS,
    LAWS,
    LOOKS,
    LOPSIDED,
    PANELS,
    PICTURE_FORMS,
    PICTURES,
    STROBES,
    VIEW,
)
from dynamics import LOSSES, RULES
from dynamics.simulate import ROWS

ETA_LOW, ETA_HIGH = 1e-3, 10.0
SPEEDS = 0.0, 4.0, 0.05  # powers of ten, in steps a second; the page knows how fast a run may go

GRAPH_CONFIG: Any = {
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "scrollZoom": True,
    "doubleClick": False,
    "responsive": True,
}

# The numbers at the playhead: name, symbol and word.
EDGE = "2/ηₜ"  # of most rules

READINGS = (
    ("step", "t", "step"),
    ("tau", "τ", "slow time"),
    ("loss", "L", "loss"),
    ("sharpness", "λ₁", "sharpness"),
    ("threshold", EDGE, "threshold"),
)

# The run as a file: words, and the end of its address.
EXPORTS = {
    "CSV": "run.csv",
    "CSV 0,5": "run.csv?decimal=comma",
    "NPZ": "run.npz",
    "JSON": "run.json",
    "Settings": "run.settings.json",
    "Python": "run.py",
    "Notebook": "run.ipynb",
    "Page": "run.html",
}

# What the panels answer that come with the edge.
ASKED = {"laws": "Does the edge hold?", "gap": "How far from the theorem?"}

START_NAMES = "xyzw"

BUTTONS_OF_HEAD = {"share": "Share", "export": "Export", "help": "Help", "scheme": "Dark"}

BUTTONS = (
    ("Reset", "reset"),
    ("Two back", "back-two"),
    ("Step back", "back"),
    ("Play", "play"),
    ("Step forward", "forward"),
    ("Two forward", "forward-two"),
    ("Go to the end", "end"),
    ("Loop", "loop"),
)

KEYS = (
    ("Space", "play or pause"),
    ("← →", "one step"),
    ("Shift + ← →", "two steps: the same wall again"),
    ("Home End", "first or last step"),
    ("[ ]", "slower or faster"),
    ("s", "strobe: all, even, odd or midpoints"),
    ("m", "the lens on the landscape"),
    ("w", "why it drifts, in slow motion"),
    ("f", "from here, with something else: a branch"),
    ("l", "loop"),
    ("e", "export: a picture, a file, a program"),
    ("Ctrl + z", "back to the rule, loss or scene before"),
    ("Ctrl + Shift + z", "forth again"),
    ("Esc", "away with what is said or explained; what is being dragged goes back"),
    ("?", "this help"),
)


def stage(settings: Settings, pages: dict[str, str] = PAGES) -> list[Component]:
    """The page as it stands before its first run arrives; its head leads to `pages`."""
    return [
        dcc.Store(id=ids.SCENE),
        part("header", header("Stage", BUTTONS_OF_HEAD, _offer(), pages=pages)),
        html.Main(
            [
                _controls(settings),
                _asked(settings),
                _panels(settings),
                part("transport", _transport()),
                _words(),
            ],
            className="stage",
        ),
        html.Div(id=ids.MESSAGES, className="messages", role="status", **aria(live="polite")),
        _help(),
        _exports(),
        _tour(),
    ]


def _offer() -> html.P:
    """The tour, on a first visit."""
    take = html.Button("Take the tour", id="tour-offered", className="snap")
    leave = html.Button("×", id="tour-declined", className="leave", **aria(label="No tour"))
    return html.P([html.Span("New here?"), take, leave], id="offer", className="offer", hidden=True)


def _tour() -> html.Section:
    """The card of the tour, and what it says at each stop."""
    stops = [
        html.Li(
            [html.Strong(stop.title), html.Span(stop.words)],
            **data(stop=name, panels=" ".join(stop.panels)),
        )
        for name, stop in TOUR.items()
    ]
    told = [
        html.H2(id="tour-title"),
        html.P(id="tour-words", **aria(live="polite")),
    ]
    buttons = [
        html.Span(id="tour-count", className="facts"),
        html.A("To the lab", id="tour-lab", href="lab/", className="button"),
        html.Button("Back", className="button", **data(way="back")),
        html.Button("Next", className="button next", **data(way="next")),
        html.Button("×", className="leave", **aria(label="End the tour"), **data(way="end")),
    ]
    return html.Section(
        [html.Div(told), html.Div(buttons, className="ways"), html.Ol(stops, id="tour-stops")],
        id="tour-card",
        className="tour",
        role="dialog",
        hidden=True,
        **aria(modal="false", labelledby="tour-title"),
    )


def _controls(settings: Settings) -> html.Div:
    return html.Div(
        [
            part("loss", _loss(settings)),
            part("rules", _rules(settings)),
            part("eta", _eta(settings)),
            _more(settings),
        ],
        className="controls",
        role="region",
        **aria(label="Settings"),
    )


def _more(settings: Settings) -> html.Details:
    """What is set less often, unfolded over the panels."""
    return html.Details(
        [
            html.Summary("More"),
            html.Div(
                [
                    html.P(
                        [html.Span(id="valley"), html.Span(id="valley-sharpness")],
                        className="facts",
                    ),
                    html.Div(id="numbers", className="numbers"),
                    html.P(id="rule-formulas", className="facts lines"),
                    part("horizon", _horizon()),
                    part("start", _start(settings)),
                    part("more", _noise(settings)),
                    part("ghost", _ghosts()),
                    _keep_going(),
                    _switch("all-panels", "all panels from the start"),
                ],
                className="sheet",
            ),
        ],
        className="more",
    )


def _asked(settings: Settings) -> html.Div:
    """The question, what else is worth seeing of the loss, and the runs if there are several."""
    asked = html.H2(question(settings), id="question", className="question")
    return html.Div(
        [
            part("question", html.Div([asked, _why()], className="asking")),
            html.Div(id="scenes", className="snaps", role="group", **aria(label="Scenes")),
            html.Div(
                [
                    html.Div(id="runs", className="runs", role="group", **aria(label="Runs")),
                    _switch("lock", "lock axes"),
                ],
                className="compared",
            ),
            _branch(),
        ],
        className="asked",
    )


def _loss(settings: Settings) -> html.Div:
    options = [html.Option(loss.name, value=loss.key) for loss in LOSSES.values()]
    options.append(html.Option(OWN, value=FORMULA, hidden=True))
    return html.Div(
        [
            html.Label("Loss", htmlFor=ids.LOSS, className="label"),
            _own(),
            html.Select(options, id=ids.LOSS, className="select"),
            html.P(settings.chosen.record.formula, id="formula", className="formula"),
        ],
        className="loss",
    )


def _own() -> html.Details:
    """Where a formula is typed, or chosen to begin with."""
    given = [
        html.Option(
            one.name, value=one.text, **data(query=query, about=one.look_for, of=one.source)
        )
        for one, query in gallery()
    ]
    writes = [
        html.Label("L =", htmlFor=ids.OWN_TEXT),
        html.Textarea(id=ids.OWN_TEXT, rows=2, spellCheck="false", **aria(describedby="own-how")),
        html.Button("Show", id="own-show", className="button next"),
    ]
    how = (
        "In x, y, z or x1 … x8. A number with a slider: a x² + y²; a = 0.5 in [0, 2]. What "
        "gradient flow keeps: (xy − 1)²; conserved = x² − y². Simple LaTeX can be pasted. Enter "
        "shows it."
    )
    return html.Details(
        [
            html.Summary("your own"),
            html.Div(
                [
                    html.Div(writes, className="writes"),
                    html.P(id="own-read", className="typeset", **aria(live="polite")),
                    html.Pre(id="own-slip", role="alert", hidden=True),
                    html.P(how, id="own-how", className="facts"),
                    html.Label("Begin with", htmlFor="gallery", className="label"),
                    html.Select(
                        [html.Option("choose one", value=""), *given],
                        id="gallery",
                        className="select",
                    ),
                    html.P(id="gallery-words", className="facts lines"),
                ],
                className="sheet",
            ),
        ],
        id="own",
        className="own",
    )


def _rules(settings: Settings) -> html.Div:
    names = {rule.key: rule.name for rule in RULES.values()}
    return html.Div(
        [
            html.Div(
                [
                    html.Span("Rules", id="rules-label", className="label"),
                    html.Div(id="rule-numbers"),
                ],
                className="head",
            ),
            chips(ids.RULES, names, settings.rule, several=True, few=FEW_RULES),
        ],
        role="group",
        className="chips",
        **aria(labelledby="rules-label"),
    )


def _eta_text(settings: Settings) -> str:
    if settings.schedule:
        return write_schedule(settings.schedule).replace(",", ", ")
    return ", ".join(f"{eta:g}" for eta in settings.eta)


def _eta(settings: Settings) -> html.Div:
    return html.Div(
        [
            field(ids.ETA, "Step size η", _eta_text(settings)),
            slider(
                ids.ETA_SLIDER,
                "Step size η",
                (math.log10(ETA_LOW), math.log10(ETA_HIGH), 0.01),
                math.log10(settings.eta[0]),
            ),
            html.Div(
                [
                    html.Button("2/λ₁ here", id="critical", className="snap"),
                    html.Button("compare η/2", id="compare", className="snap"),
                ],
                className="snaps",
            ),
        ],
        className="eta",
    )


def _horizon() -> html.Div:
    return html.Div(
        [
            field(ids.HORIZON, "Horizon", ""),
            choice(
                ids.HORIZON_UNIT, "Unit of the horizon", {"tau": "τ = η²t", "steps": "steps"}, "tau"
            ),
            html.P(id="horizon-other", className="facts"),
        ],
        className="beside",
    )


def _start(settings: Settings) -> html.Div:
    """One field a coordinate; the page's script names and hides them as the loss has them."""
    point = dict(zip(ids.STARTS, settings.start_point, strict=False))
    fields = [
        field(id_, name, f"{point[id_]:g}" if id_ in point else "", hidden=id_ not in point)
        for id_, name in zip(ids.STARTS, START_NAMES, strict=True)
    ]
    return html.Div(
        [
            html.Span("Start", className="label"),
            html.Div(fields, id="start-fields", className="pair"),
            html.Div(
                [
                    html.Button("flattest point", id="flattest", className="snap"),
                    html.Span("or drag the ring", className="facts"),
                ],
                className="snaps",
            ),
        ],
        role="group",
        **aria(label="Start"),
    )


def _noise(settings: Settings) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    field(ids.NOISE, "Noise", f"{settings.noise:g}"),
                    field(ids.SEED, "Seed", f"{settings.seed}"),
                ],
                className="pair",
            ),
            html.P("every tenth step, a nudge of at most this length", className="facts"),
        ]
    )


def _ghosts() -> html.Div:
    """What goes beside a run of GD."""
    what = "The rod overshoots with the run; the central flow is the run's mean."
    return html.Div(
        [
            html.Span("Beside GD", id="ghost-label", className="label"),
            choice(ids.GHOST, "Beside GD", GHOSTS, VIEW["ghost"]),
            html.P(what, className="facts"),
        ],
        id="ghosts",
    )


def _keep_going() -> html.Div:
    """Whether a new η holds for what is still to come alone."""
    return html.Div(
        [
            _switch("keep-going", "keep going"),
            html.P("while it plays, a new η holds from there on", className="facts"),
        ],
        className="going",
    )


def _why() -> html.Div:
    """The answer to the question, in slow motion, where there is one at the playhead."""
    button = html.Button("why does it drift?", id="why", className="button small", disabled=True)
    fork = html.Button("from here, with …", id="fork", className="button small")
    return html.Div([button, fork, html.Span(id="why-not", className="facts")], className="why")


def _branch() -> html.Div:
    """What the branch in focus changes where it leaves its parent."""
    rules = [html.Option("as before", value="")]
    rules += [html.Option(rule.name, value=rule.key) for rule in RULES.values()]
    fields = {"step": "from step", "eta": "η", "noise": "noise", "push": "push", "name": "name"}
    lines = {name: field(f"branch-{name}", label) for name, label in fields.items()}
    rule = html.Div(
        [html.Label("rule", htmlFor="branch-rule"), html.Select(rules, id="branch-rule")],
        className="field",
    )
    return html.Div(
        [
            *(lines["step"], lines["eta"], rule, lines["noise"], lines["push"], lines["name"]),
            html.P("drag its ring to push the iterate", className="facts"),
        ],
        id="branch",
        className="branch",
        role="group",
        hidden=True,
        **aria(label="Branch"),
    )


def _panels(settings: Settings) -> html.Div:
    """The landscape over what is judged of it, beside it the others; what is hidden has no room."""
    named = titles(settings.chosen.record)
    magnifiers = [
        part(
            "across",
            _magnifier(
                ids.ACROSS,
                named["across"],
                ["along ", _symbol("direction", "v₁")],
                html.Span(
                    [_symbol("unit", "unit"), " ", html.Span(id="across-aside")],
                    id="across-unit",
                    className="aside unit",
                    hidden=True,
                ),
            ),
        ),
        part(
            "along",
            _magnifier(
                ids.ALONG,
                named["along"],
                [_symbol("projection_sharpness", "λ₁(Φ)"), " by ", _symbol("arc", "s")],
            ),
        ),
    ]
    judged = [part("laws", _laws()), part("gap", _gap())]
    main = [_landscape(), html.Div(judged, className="judged")]
    side = [part("sharpness", _sharpness()), html.Div(magnifiers, className="magnifiers")]
    columns = [html.Div(main, className="main"), html.Div(side, className="side")]
    return html.Div(columns, className="panels")


def _landscape() -> html.Figure:
    tools = [
        _tool("strobe", choice(ids.STROBE, "Iterates shown", STROBES, VIEW["strobe"])),
        _tool("look", choice(ids.LOOK, "Look of the landscape", LOOKS, VIEW["look"])),
    ]
    words = [
        html.Span(
            [
                *(_symbol("manifold", "Γ"), " flat ", _ramp("of-valley"), " sharp"),
                html.Span([" · ", _symbol("shut", "pale: shut")], id="shut", hidden=True),
            ],
            className="of-heights",
        ),
        html.Span(
            [
                *("flat ", _ramp("of-flat"), " "),
                _edge("threshold"),
                *(" ", _ramp("of-sharp"), " sharp"),
            ],
            className="of-map",
        ),
    ]
    figure = _panel(ids.LANDSCAPE, "Landscape", words, tools)
    _, plot = figure.children  # type: ignore[misc]  # Dash types children too widely
    show_all = html.Button("show all", id="show-all", className="button small", hidden=True)
    awaited = html.P(id="awaited", className="awaited", role="status")
    plot.children = [plot.children, show_all, awaited]
    return figure


def _ramp(scale: str) -> html.Span:
    """The colours of a scale, or of a half of it, from flat to sharp."""
    return html.Span(className=f"ramp {scale}")


def _sharpness() -> html.Figure:
    """Sharpness on a clock; where there is something to align, the alignment in its place."""
    tools = [
        _tool("clock", choice(ids.CLOCK, "Clock", CLOCKS, VIEW["clock"])),
        _tool("axis", choice(ids.AXIS, "Time axis", AXES, VIEW["axis"])),
    ]
    words = [
        html.Span(
            [
                _symbol("projection", "λ₁ at Φ(xₜ)"),
                ", ",
                _symbol("flow_sharpness", "at X(τ)"),
                ", ",
                _edge("threshold_mean"),
                ", ",
                _symbol("step_curvature", "κₜ"),
            ],
            className="of-sharpness",
        ),
        html.Span(
            [_symbol("alignment", "θₜ"), ", ", _symbol("transformed", "x̃ₜ in the sets Iⱼ")],
            className="of-alignment",
        ),
        html.Span(
            [_symbol("flow_spread", "σ"), " and mean loss of the central flow"],
            className="of-bounce",
        ),
        html.Span(
            [_symbol("conserved", "c"), " = ", html.Span(id="conserved-words")],
            className="of-ledger",
        ),
    ]
    figure = _panel(ids.SHARPNESS, "Sharpness", words, tools)
    caption, plot = figure.children  # type: ignore[misc]  # Dash types children too widely
    options = [html.Option(words, value=key) for key, words in PANELS.items()]
    chosen = html.Select(options, id=ids.PANEL, **aria(label="Panel"))
    panels = html.Span(chosen, id="panels", hidden=True)
    caption.children[1:1] = [part("panel", panels), _whose()]
    words = "why η²t? see three clocks"
    clocks = html.A(words, id="three-clocks", className="snap", href="lab/?plot=collapse")
    plot.children = [
        plot.children,
        clocks,
        html.Div(id=ids.ALIGNMENT, className="alignment-plot", hidden=True),
        html.Div(id=ids.BOUNCE, className="alignment-plot", hidden=True),
        html.Div(
            html.Label(
                ["from ", html.Select(id="against")], htmlFor="against", className="against facts"
            ),
            id=ids.DIFFERENCE,
            className="alignment-plot",
            hidden=True,
        ),
        html.Div(id=ids.LEDGER, className="alignment-plot", hidden=True),
    ]
    return figure


def _tool(name: str, control: Component) -> Component:
    return part(name, html.Span(control))


def _panel(name: str, title: str, words: list[Any], tools: list[Any]) -> html.Figure:
    caption = [html.Span(title, className="title"), html.Span(words, className="aside")]
    return html.Figure(
        [
            html.Figcaption([*caption, html.Span(tools, className="tools")]),
            html.Div(dcc.Graph(id=name, config=GRAPH_CONFIG, className="graph"), className="plot"),
        ],
        className=f"card {name}",
    )


def _magnifier(name: str, title: str, words: list[Any], *more: Component) -> html.Figure:
    return html.Figure(
        [
            html.Figcaption(
                [
                    html.Span(title, id=f"{name}-title", className="title"),
                    _whose(),
                    html.Span(words, className="aside"),
                    *more,
                ]
            ),
            html.Div(id=name, className="plot"),
        ],
        className=f"card magnifier {name}",
    )


def _whose() -> html.Span:
    """The run that a panel is about, where there are several."""
    return html.Span(className="whose")


def _laws() -> html.Div:
    gauges = [_gauge(name, symbol) for name, symbol in LAWS.items()]
    return html.Div(
        [
            html.H2(ASKED["laws"]),
            html.P("–", id="edge-answer", className="facts"),
            *gauges,
            _gauge(LOPSIDED, "lopsided A", "track even"),
            _gauge(BALANCE, "κₜ over 2/ηₜ"),
            html.P(
                [
                    "A loss that neither falls nor rises forces the edge. ",
                    html.Span(id="balance-told"),
                ],
                className="facts balanced",
            ),
            html.P("from 0 to 2; 1 means: at the edge", className="facts scale"),
            _whose(),
            _until("laws", html.Button("show all panels", id="unfold", className="snap")),
        ],
        className="card laws",
    )


def _gauge(name: str, symbol: str, track: str = "track") -> html.Div:
    return html.Div(
        [
            html.P(
                [
                    _symbol(name, symbol),
                    html.Span(id=f"verdict-{name}", className="verdict"),
                    html.Span("–", id=f"now-{name}", className="value"),
                ]
            ),
            html.Div(html.Span(className="needle"), className=track),
        ],
        id=f"gauge-{name}",
        className="gauge none",
    )


def _gap() -> html.Div:
    return html.Div(
        [
            html.H2(ASKED["gap"]),
            html.P("–", id="now-gap", className="gap-value"),
            html.P(_gap_symbol(), id="gap-symbol", className="facts"),
            html.Button("η → η/2", id="halve", className="button small"),
            _whose(),
            html.P(id="halved", className="facts", **aria(live="polite")),
            _rod_gap(),
            html.Div(id=ids.GAP, className="plot"),
            _until("gap"),
        ],
        className="card gap",
    )


def _rod_gap() -> html.P:
    """The gap to the rod, and where that begins and ends."""
    symbol = _symbol("rod_gap", "rod")
    return html.P(
        [symbol, " ", html.Span(id="now-rod")], id="rod-gap", className="facts", hidden=True
    )


def _until(name: str, *more: Component) -> html.Div:
    """What stands in the place of a panel until there is something in it."""
    words = html.Span(id=f"until-{name}")
    return html.Div(
        [html.P(ASKED[name], className="title"), html.P([words, " ", *more], className="facts")],
        className="until",
    )


def _symbol(name: str, symbol: str) -> html.Dfn:
    """A symbol that says what it is where it is pointed at or has the focus."""
    return html.Dfn(symbol, tabIndex=0, className="symbol", **data(explains=SYMBOLS[name]))


def _gap_symbol() -> html.Dfn:
    """What is measured to the flow, which of the central flow is another thing."""
    text = "‖Φ(xₜ) − X(η²t)‖"
    symbol = _symbol("gap", text)
    for key, value in data(own=text, said=SYMBOLS["gap"]).items():
        setattr(symbol, key, value)
    return symbol


def _edge(name: str) -> html.Dfn:
    """The symbol of the threshold, which is the rule's own."""
    symbol = _symbol(name, EDGE)
    own = SYMBOLS[name].removeprefix(f"{EDGE}: ")
    for key, value in data(edge=EDGE, own=own).items():
        setattr(symbol, key, value)
    return symbol


def _transport() -> html.Div:
    return html.Div(
        [
            html.Div([round_button(label, name) for label, name in BUTTONS], className="buttons"),
            html.Div(
                [
                    part(
                        "phases",
                        html.Div(
                            id="ribbon", className="ribbon", role="group", **aria(label="Phases")
                        ),
                    ),
                    slider(ids.PLAYHEAD, "Playhead", (0, 1, 1), 0),
                ],
                className="timeline",
            ),
            html.Div(
                [
                    slider(ids.SPEED, "Speed", SPEEDS, 0.0),
                    _switch("pace", "slow at first", on=True),
                    html.P(id="speed-words", className="facts"),
                ],
                className="speed",
            ),
        ],
        className="transport",
        role="region",
        **aria(label="Transport"),
    )


def _switch(name: str, words: str, *, on: bool = False) -> html.Button:
    return html.Button(
        words, id=name, className="snap switch", **aria(pressed="true" if on else "false")
    )


def _words() -> html.Div:
    return html.Div([part("now", _numbers()), part("story", _story())], className="words")


def _numbers() -> html.Dl:
    rows = [
        html.Div(
            [
                html.Dt(
                    [
                        _edge(name) if symbol == EDGE else _symbol(name, symbol),
                        html.Span(word, className="word"),
                    ]
                ),
                html.Dd("–", id=f"now-{name}"),
            ]
        )
        for name, symbol, word in READINGS
    ]
    return html.Dl(rows, className="strip")


def _story() -> html.Div:
    return html.Div(
        [
            html.P(id="story", className="story"),
            html.P(id="summary", className="visually-hidden", **aria(live="polite")),
        ]
    )


def _help() -> html.Dialog:
    keys = [html.Div([html.Dt(keys), html.Dd(words)]) for keys, words in KEYS]
    symbols = [
        html.Li(words, **data(symbol=name, written=" ".join(WRITTEN.get(name, ()))))
        for name, words in SYMBOLS.items()
    ]
    return dialog(
        ids.HELP,
        "Help",
        [
            html.Button("Take the tour: six stops", id="tour", className="button"),
            html.Dl(keys, className="numbers"),
            html.Ul(symbols, className="symbols"),
            html.P(
                "Drag the ring on the map to move the start; with the ring in focus the arrow keys "
                "move it. Ctrl and the wheel zoom a plot; where the page scrolls, the wheel alone "
                "does after a click into the plot. Double-click to see all again; a plot "
                "in focus zooms with + and −, the landscape about the iterate, moves with the "
                "arrow keys, 0 shows all. Point at "
                "a picture to read its numbers, at a symbol to read what it is."
            ),
        ],
    )


def _exports() -> html.Dialog:
    return export_dialog(
        PICTURES,
        PICTURE_FORMS | FILM_FORMS,
        [files("The run", EXPORTS)],
        "Pictures show the run up to the playhead, films a span of it; files hold all of it. A CSV "
        "is a header and rows alone; its settings are a file of their own. Python and notebook are "
        "programs of NumPy and matplotlib, which take the same steps.",
        _film(),
        _making(),
    )


def _film() -> html.Div:
    """What is chosen of a film alone."""
    return html.Div(
        [
            html.Div(id="film-span", className="pair"),
            html.Div(select("unit", "Unit", FILM_UNITS), id="film-speed", className="pair"),
            select("rate", "Frames a second", {str(rate): str(rate) for rate in FILM_RATES}),
            part_of_picture("loop", "Repeat", on=True),
            html.P(
                f"Of more than {ROWS:,} steps a film shows pairs of neighbours, spread evenly.",
                id="film-steps",
                className="facts",
            ),
        ],
        id="picture-film",
        className="film",
        hidden=True,
    )


def _making() -> html.Div:
    """How far a film is, and what went wrong."""
    return html.Div(
        [
            html.Div(
                [
                    html.Progress(id="film-share", max="1", **aria(label="Of the film")),
                    html.Span(id="film-left", role="status"),
                    html.Button("Cancel", className="button small", **data(cancel="film")),
                ],
                id="film-making",
                className="making",
                hidden=True,
            ),
            html.P(id="film-fault", role="alert"),
        ]
    )
