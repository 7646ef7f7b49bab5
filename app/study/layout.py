"""The study's page: what is studied, the panels, one playhead below them all.

Its layout holds what stands still; the page's scripts ask for the numbers and paint them.
"""

from dash import html
from dash.development.base_component import Component

from app.dialogs import export_dialog, files
from app.parts import aria, chips, choice, data, field, header, part, round_button, slider
from app.study.settings import DISTANCES, LAYERS
from app.vocabulary import PICTURE_FORMS, STUDY_PICTURES
from dynamics.catalogue import RULES
from dynamics.courses import PAIRS
from dynamics.study import RULES as STUDIED
from dynamics.study import STUDIES

BUTTONS = {"share": "Share", "export": "Export", "scheme": "Dark"}

# Powers of ten: the least, the greatest, and a step.
ETA = (-3.0, 0.0, 0.01)

# Each pair of steps a row, or in NPZ all there is: the flow, the ground and the weights as well.
FILES = {
    "CSV": "study.csv",
    "CSV 0,5": "study.csv?decimal=comma",
    "JSON": "study.json",
    "NPZ": "study.npz",
}

# Panels: their id, their title, what stands beside it, and how wide they are.
PANELS = {
    "valley": ("The valley, unrolled", "along the flow · across, along v₁ · √L"),
    "sharpness": ("Sharpness", "λ₁ at Φ(xₜ)"),
    "bounce": ("√L", "even and odd steps"),
    "distance": ("Gap", ""),
    "laws": ("Laws", "of each pair of steps"),
    "angle": ("Alignment θ", "hop to v₁"),
    "digits": ("What it says", "of test images"),
    "layer": ("First layer", ""),
    "tests": ("Test images", "the share that is right"),
}

LEAD = (
    "A network that fits its data exactly: its minimisers are a manifold of a thousand dimensions, "
    "and the theorem holds there as in a valley that one can draw."
)


def study() -> list[Component]:
    """The page as it stands before its first numbers arrive."""
    return [
        part("header", header("Study", BUTTONS)),
        html.Main([part("settings", _controls()), _board()], className="study"),
        html.Div(id="messages", className="messages", role="status", **aria(live="polite")),
        _exports(),
    ]


def _controls() -> html.Div:
    return html.Div(
        [
            html.P(LEAD, className="facts"),
            _study(),
            _rule(),
            html.Div(
                [
                    field("etas", "Step sizes η"),
                    slider("eta", "Step size η", ETA, -1.0),
                    html.Div(id="runs", className="runs", role="group", **aria(label="Runs")),
                ]
            ),
            html.Div([field("tau", "Slow time τ"), field("seed", "Seed", "0")], className="pair"),
            _work(),
            html.Div(id="told", className="facts", role="status", **aria(live="polite")),
        ],
        className="controls",
        role="region",
        **aria(label="Settings"),
    )


def _study() -> html.Div:
    options = [
        html.Option(
            study.name,
            value=study.key,
            **data(
                network="-".join(map(str, study.network.widths)),
                parameters=f"{study.network.p:,}",
                activation=study.network.activation,
            ),
        )
        for study in STUDIES.values()
    ]
    return html.Div(
        [
            html.Label("What is learnt", htmlFor="study", className="label"),
            html.Select(options, id="study", className="select"),
            html.P(id="network", className="facts"),
        ]
    )


def _rule() -> html.Div:
    names = {key: RULES[key].name for key in STUDIED}
    return html.Div(
        [
            html.Span("Rule", id="rule-label", className="label"),
            chips("rule", names, ("ngd",), several=False),
        ],
        role="group",
        className="chips",
        **aria(labelledby="rule-label"),
    )


def _work() -> html.Div:
    """What is done here and now: how far it is, and what can be done about it."""
    return html.Div(
        [
            html.Div(
                [
                    html.Button("Run it here", id="begin", className="button"),
                    html.Button("Pause", id="pause", className="button", hidden=True),
                    html.Button("Cancel", id="cancel", className="button", hidden=True),
                ],
                className="buttons",
            ),
            html.Progress(
                id="progress-bar", max="1", value="0", hidden=True, **aria(label="Computed so far")
            ),
            html.P(id="progress-words", className="facts", role="status"),
        ],
        className="work",
    )


def _board() -> html.Div:
    return html.Div(
        [
            html.Div([part(name, _panel(name)) for name in PANELS], id="board", className="board"),
            part("transport", _transport()),
        ],
        className="boarded",
    )


def _panel(name: str) -> html.Figure:
    title, aside = PANELS[name]
    tools: list[Component] = []
    if name == "distance":
        tools.append(choice("shown-distance", "Which distance", DISTANCES, "gap"))
    if name == "layer":
        tools.append(choice("shown-layer", "What of the first layer", LAYERS, "weights"))
    caption = [
        html.Span(title, className="title", id=f"{name}-title"),
        html.Span(aside, className="aside", id=f"{name}-aside"),
        html.Div(tools, className="tools"),
    ]
    plot = html.Div(
        id=f"{name}-plot", className="plot", role="img", **aria(labelledby=f"{name}-title")
    )
    return html.Figure(
        [html.Figcaption(caption), plot],
        className=f"card of-{name}",
        id=f"card-{name}",
    )


def _transport() -> html.Div:
    names = {"Play": "play", "Step back": "back", "Step forward": "forward", "Reset": "reset"}
    buttons = [round_button(label, name) for label, name in names.items()]
    return html.Div(
        [
            html.Div(buttons, className="buttons"),
            html.Div(slider("playhead", "Playhead", (0, PAIRS, 1), PAIRS), className="timeline"),
            html.P(id="now", className="facts"),
        ],
        className="transport",
        role="region",
        **aria(label="Transport"),
    )


def _exports() -> html.Dialog:
    return export_dialog(
        STUDY_PICTURES,
        PICTURE_FORMS,
        [files("The runs", FILES)],
        "Pictures show what is on the page, at the playhead. A CSV has a row for each pair of "
        "steps; an NPZ has all that was measured, the flow and the first layer too.",
    )
