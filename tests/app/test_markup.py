"""Layouts as HTML: parsed again, they are what the layout says."""

from html.parser import HTMLParser

import pytest
from dash import dcc, html

from app.lab.layout import lab
from app.markup import markup
from app.stage.layout import stage
from app.stage.settings import Settings

ALONE = {"img", "hr", "br"}


class Tags(HTMLParser):
    """The tags of a text, which must be closed in the order in which they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.open += [] if tag in ALONE else [tag]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_texts_and_attributes_are_escaped() -> None:
    part = html.P(["1 < 2 & ", html.B("“x”")], title='a "b" <c>', className="one two")
    assert Tags(markup(part)).found[0] == ("p", {"title": 'a "b" <c>', "class": "one two"})
    assert Tags(markup(part)).words == "1 < 2 & “x”"


def test_what_is_true_stands_alone_and_what_is_false_not_at_all() -> None:
    part = html.Button("x", disabled=True, hidden=False, tabIndex=0)
    assert markup(part) == '<button disabled tabindex="0">x</button>'


def test_a_graph_is_its_place_and_a_store_nothing() -> None:
    graph = dcc.Graph(id="map", config={"responsive": True}, className="graph")
    place, plot = Tags(markup([dcc.Store(id="kept"), graph])).found
    assert place[1]["id"] == "map"
    assert plot[1]["class"] == "js-plotly-plot"


def test_what_has_no_html_is_refused() -> None:
    with pytest.raises(TypeError, match="Dropdown"):
        markup(dcc.Dropdown(id="one"))


@pytest.mark.parametrize("layout", [stage(Settings()), lab()], ids=["stage", "lab"])
def test_every_part_of_a_page_is_there_in_its_order(layout: list) -> None:
    found = Tags(markup(layout)).found
    given = [part.to_plotly_json() for part in _all(layout)]
    wanted = [(one["type"].lower(), one["props"].get("id")) for one in given]
    kept = [
        (tag, values.get("id")) for tag, values in found if values.get("class") != "js-plotly-plot"
    ]
    assert kept == [
        ("div" if tag == "graph" else tag, name) for tag, name in wanted if tag != "store"
    ]


def _all(node) -> list:
    """Every component, from the outside in."""
    if isinstance(node, list | tuple):
        return [part for item in node for part in _all(item)]
    if not hasattr(node, "to_plotly_json"):
        return []
    return [node, *_all(getattr(node, "children", None))]
