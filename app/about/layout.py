"""What is claimed, from which works, under which assumptions, and which test holds it."""

from dash import html

from app.about.claims import CLAIMS, WORKS, Claim
from app.parts import header


def about() -> html.Div:
    """The page; it stands still."""
    claims = [_claim(claim) for claim in CLAIMS]
    works = [_work(tag, *work) for tag, work in WORKS.items()]
    lead = (
        "Every number on these pages is computed, and every statement behind it is held by a test "
        "that measures it: over all losses of the menu and both rules that bounce, unless its name "
        "says otherwise. “make test” runs them."
    )
    parts = [html.H2("What Edgewalk claims"), html.P(lead, className="lead"), *claims]
    parts += [html.H2("Works"), html.Ul(works, className="works")]
    return html.Div([header("About", {}), html.Main(parts, className="about")], className="page")


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
