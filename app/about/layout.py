"""What is seen on the stage, and what is claimed of it: from which works, under which assumptions,
and which test holds it."""

from dash import html
from dash.development.base_component import Component

from app.about.claims import CLAIMS, WORKS, Claim
from app.budgets import Budgets
from app.parts import aria, header
from dynamics.version import versions

BUTTONS = {"share": "Share", "scheme": "Dark"}

# The picture: a landscape of the stage with its time bar, without what asks for settings or more to
# read.
HIDDEN = (
    *("question", "loss", "rules", "eta", "horizon", "start", "more", "strobe", "look"),
    *("sharpness", "across", "along", "laws", "gap", "now"),
)
PICTURE = f"../?embed=1&hide={','.join(HIDDEN)}"

SEEN = (
    "Gradient descent whose steps are too long to settle hops from wall to wall of a valley, and "
    "each hop nudges it a little along the floor, which no single gradient shows. "
    "The nudges add up to a drift towards where the valley is flatter, and the sharpness falls. "
    "A theorem says where the drift is at every moment, on the slow clock τ = η²t: Edgewalk "
    "computes both, shows them beside each other, and measures how far they are apart."
)


GRANTED = (
    "To each who asks. Where less is shown than was asked for, the page, its pictures and files "
    "say “Shortened because …”. Whoever runs the server sets these in its environment."
)


def about(granted: Budgets | None = None) -> html.Div:
    """The page; its script sets the picture playing, and hears the buttons.

    Args:
        granted: what its server grants; None where there is no server.
    """
    claims = [_claim(claim) for claim in CLAIMS]
    works = [_work(tag, *work) for tag, work in WORKS.items()]
    lead = (
        "Every number on these pages is computed, and every statement behind it is held by a test "
        "that measures it: over all losses of the menu and both rules that bounce, unless its name "
        "says otherwise. “make test” runs them."
    )
    parts = [html.Iframe(src=PICTURE, title="A run on the stage", className="picture card")]
    parts += [html.P(SEEN, className="seen")]
    parts += [html.H2("What Edgewalk claims"), html.P(lead, className="lead"), *claims]
    parts += [html.H2("Works"), html.Ul(works, className="works")]
    parts += _grants(granted) if granted else []
    parts += [html.P(_versions(), className="facts")]
    said = html.Div(id="messages", className="messages", role="status", **aria(live="polite"))
    page = [header("About", BUTTONS), html.Main(parts, className="about"), said]
    return html.Div(page, className="page")


def _grants(granted: Budgets) -> list[Component]:
    head = html.Tr([html.Th(word, scope="col") for word in ("At most", "of", "Setting")])
    rows = [
        html.Tr([html.Td(f"{one.most:,}"), html.Td(one.of), html.Td(html.Code(one.setting))])
        for one in granted
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="card grants")
    return [
        html.H2("What this server grants"),
        html.P(GRANTED, className="lead"),
        html.Div(
            table,
            className="wide",
            role="region",
            tabIndex=0,
            **aria(label="What this server grants"),
        ),
    ]


def _versions() -> str:
    own, *others = (f"{name} {number}" for name, number in versions().items())
    return f"{own.capitalize()}, with {', '.join(others)}."


def _claim(claim: Claim) -> html.Section:
    rows = {"Assumes": claim.assumes, "Source": claim.source}
    facts = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in rows.items() if text]
    tests = html.Dd([html.Code(test) for test in claim.tests])
    remark = [html.P(claim.remark, className="remark")] if claim.remark else []
    return html.Section(
        [
            html.H3(claim.name),
            html.P(claim.states),
            *remark,
            html.Dl([*facts, html.Div([html.Dt("Held by"), tests])]),
        ],
        className="card claim",
    )


def _work(tag: str, title: str, link: str) -> html.Li:
    return html.Li([html.Strong(tag), " ", html.A(title, href=link)])
