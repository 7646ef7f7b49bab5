"""The head of every page: its name, the other pages, and buttons."""

from typing import Any

from dash import html

from app.pages.controls import aria

TAGLINE = "gradient descent at the edge of stability"
PAGES = {"Stage": "/", "Lab": "/lab/", "About": "/about/"}


def header(page: str, buttons: dict[str, str]) -> html.Header:
    """The head of one of `PAGES`; `buttons` are ids and words."""
    links = [html.A(name, href=href, **_here(name == page)) for name, href in PAGES.items()]
    actions = [html.Button(word, id=name, className="button") for name, word in buttons.items()]
    return html.Header(
        [
            html.H1("Edgewalk"),
            html.P(TAGLINE, className="tagline"),
            html.Nav(links, **aria(label="Pages")),
            html.Div(actions, className="actions"),
        ]
    )


def _here(yes: bool) -> dict[str, Any]:
    return aria(current="page") if yes else {}
