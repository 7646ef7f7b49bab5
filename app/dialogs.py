"""Dialogs, and the one that makes what leaves a page: pictures, films, numbers, programs."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from app.parts import aria, data
from app.vocabulary import LICENCE, PICTURE_LOOKS, PICTURE_PARTS, PICTURE_SIZES

EXPORTS = "export-dialog"


def dialog(name: str, title: str, content: list[Any]) -> html.Dialog:
    """A dialog with a head and a button that closes it."""
    head = [html.H2(title), html.Button("Close", className="button close")]
    return html.Dialog([html.Div(head), *content], id=name, **aria(label=title))


def export_dialog(
    pictures: dict[str, str],
    forms: dict[str, str],
    rows: list[Component],
    words: str,
    chosen: Component | None = None,
    making: Component | None = None,
) -> html.Dialog:
    """What is kept, in which form, how large and how it looks, beside what comes of it; below it
    rows of `files`.

    Args:
        pictures, forms: their words by key.
        words: on pictures and files of the page.
        chosen, making: what stands among the choices and below them, of films.
    """
    sizes = {key: words for key, (words, *_) in PICTURE_SIZES.items()}
    parts = [
        part_of_picture(name, words, on=name in ("title", "legend"))
        for name, words in PICTURE_PARTS.items()
    ]
    latex = [
        html.Pre(id="latex-words", tabIndex=0, **aria(label="For LaTeX")),
        html.Button("Copy for LaTeX", className="button small", **data(copy="latex")),
    ]
    fields = [
        select("what", "What", pictures),
        select("form", "Form", forms),
        select("size", "Size", sizes | {"own": "Own size"}),
        html.Div(id="picture-own", className="own"),
        select("pixels", "Pixels", {}),
        select("scheme", "Look", PICTURE_LOOKS),
        chosen,
        html.Div(parts, className="parts", role="group", **aria(label="With")),
        html.Button("Save the picture", className="button", **data(save="picture")),
        html.Div(latex, id="picture-latex", className="latex"),
        making,
    ]
    return dialog(
        EXPORTS,
        "Export",
        [
            html.Section(
                [
                    html.Img(id="picture-preview", alt="What the picture will be"),
                    html.Div([field for field in fields if field is not None], className="fields"),
                ]
            ),
            html.Dl(rows, className="numbers"),
            html.P(words),
            html.P(
                [
                    f"Pictures and files are {LICENCE}. Each holds its link: drop it on the page, "
                    "or choose it, and it opens again. ",
                    html.Button("Open a file", id="open-file", className="button small"),
                ]
            ),
        ],
    )


def files(what: str, names: dict[str, str]) -> html.Div:
    """What is kept as files: the end of each address, by its words."""
    buttons = [
        html.Button(
            words, className="button", **aria(label=f"{what}, {words}"), **data(export=name)
        )
        for words, name in names.items()
    ]
    return html.Div([html.Dt(what), html.Dd(buttons)])


def part_of_picture(name: str, words: str, *, on: bool) -> html.Button:
    """A part that a picture has or has not."""
    return html.Button(
        words,
        className="button small switch",
        **data(**{"part-of-picture": name}),
        **aria(pressed=str(on).lower()),
    )


def select(name: str, label: str, words: dict[str, str]) -> html.Div:
    """One choice of a picture."""
    options = [html.Option(text, value=key) for key, text in words.items()]
    place = f"picture-{name}"
    return html.Div(
        [
            html.Label(label, htmlFor=place, className="label"),
            html.Select(options, id=place, className="select"),
        ]
    )
