"""Parts of every page: its head, text fields, sliders, one of a few."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

TAGLINE = "gradient descent at the edge of stability"
# Where each page lies, seen from the first.
PAGES = {"Stage": "", "Lab": "lab/", "About": "about/"}


def header(page: str, buttons: dict[str, str], *more: Component) -> html.Header:
    """The head of one of `PAGES`; `buttons` are ids and words, `more` stands between its links and
    them."""
    first = up(PAGES[page].count("/"))
    links = [
        html.A(name, href=f"{first}{path}", **_here(name == page)) for name, path in PAGES.items()
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


def field(name: str, label: str, value: str = "") -> dmc.TextInput:
    """A line of text.

    It tells Dash of its text at Enter and when it is left, and not a moment after: the page's
    script may have put another text there by then, and would lose it.
    """
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


def choice(name: str, label: str, words: dict[str, str], value: str) -> dmc.SegmentedControl:
    """One of a few, side by side."""
    options = [{"value": key, "label": text} for key, text in words.items()]
    return dmc.SegmentedControl(id=name, data=options, value=value, size="xs", **aria(label=label))


def slider(name: str, label: str, scale: tuple[float, float, float], value: float) -> html.Div:
    """The place of a slider; the page's script puts the browser's own there."""
    low, high, step = (f"{number:g}" for number in scale)
    return html.Div(
        id=name,
        className="slider",
        **data(label=label, low=low, high=high, step=step, value=f"{value:g}"),
    )


def aria(**attributes: str) -> dict[str, Any]:
    """The aria attributes of a part."""
    return {f"aria-{name}": value for name, value in attributes.items()}


def data(**values: str) -> dict[str, Any]:
    """The data attributes of a part."""
    return {f"data-{name}": value for name, value in values.items()}
