"""Parts of every page: its head, and the places of its text fields, choices and sliders. The page's
scripts put the browser's own controls there."""

import json
from typing import Any

from dash import html
from dash.development.base_component import Component

OWN = "your own formula"  # what the menu of losses calls one
FEW_RULES = 4
TAGLINE = "gradient descent at the edge of stability"
# Where each page lies, seen from the first.
PAGES = {"Stage": "", "Lab": "lab/", "Study": "study/", "About": "about/"}


def header(
    page: str, buttons: dict[str, str], *more: Component, pages: dict[str, str] = PAGES
) -> html.Header:
    """The head of one of the `pages`; `buttons` are ids and words, `more` stands between its links
    and them."""
    first = up(pages[page].count("/"))
    links = [
        html.A(name, href=f"{first}{path}", **_here(name == page)) for name, path in pages.items()
    ]
    actions = [html.Button(word, id=name, className="button") for name, word in buttons.items()]
    return html.Header(
        [
            html.H1("Edgewalk"),
            html.P(TAGLINE, className="tagline"),
            html.Nav(links, **aria(label="Pages")),
            *more,
            html.Div(actions, className="actions"),
        ]
    )


def up(folders: int) -> str:
    """The way to the first page from an address so many folders below it.

    All that a page links to and asks for has a relative address, since a proxy may have put a path
    in front of every one.
    """
    return "../" * folders or "./"


def _here(yes: bool) -> dict[str, Any]:
    return aria(current="page") if yes else {}


def field(name: str, label: str, value: str = "", *, hidden: bool = False) -> html.Div:
    """The place of a line of text."""
    return html.Div(className="field", hidden=hidden, **data(field=name, label=label, value=value))


def choice(name: str, label: str, words: dict[str, str], value: str) -> html.Div:
    """The place of one of a few, side by side: words by key."""
    return html.Div(
        id=name,
        className="choice",
        role="radiogroup",
        **aria(label=label),
        **data(words=json.dumps(words), value=value),
    )


def chips(
    name: str,
    words: dict[str, str],
    values: tuple[str, ...] = (),
    *,
    several: bool,
    few: int | None = None,
) -> html.Div:
    """The place of one or several of a few, apart from each other: words by key. Of many, `few` are
    shown at first, and what is chosen."""
    kind = "checkbox" if several else "radio"
    return html.Div(
        id=name,
        className="picks",
        **data(words=json.dumps(words), value=",".join(values), kind=kind, few=str(few or "")),
    )


def slider(name: str, label: str, scale: tuple[float, float, float], value: float) -> html.Div:
    """The place of a slider."""
    low, high, step = (f"{number:g}" for number in scale)
    return html.Div(
        id=name,
        className="slider",
        **data(label=label, low=low, high=high, step=step, value=f"{value:g}"),
    )


def part(name: str, component: Component) -> Component:
    """Mark a part of the page that a link can hide."""
    setattr(component, "data-part", name)
    return component


def round_button(label: str, name: str) -> html.Button:
    """A button that its style sheet draws."""
    return html.Button(id=name, className=f"round {name}", title=label, **aria(label=label))


def aria(**attributes: str) -> dict[str, Any]:
    """The aria attributes of a part."""
    return {f"aria-{name}": value for name, value in attributes.items()}


def data(**values: str) -> dict[str, Any]:
    """The data attributes of a part."""
    return {f"data-{name}": value for name, value in values.items()}
