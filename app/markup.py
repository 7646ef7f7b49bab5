"""A layout as HTML: what Dash makes in a browser, for a page that has no Dash."""

import json
import re
from html import escape
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

NAMES = {"className": "class", "htmlFor": "for"}
EMPTY = {"Img", "Hr", "Br"}


def markup(part: Any) -> str:
    """The HTML of a component, a text, a number, or a list of them. Of what Dash's core brings, a
    graph is its place, with its configuration; a store is nothing."""
    if isinstance(part, list | tuple):
        return "".join(map(markup, part))
    if not isinstance(part, Component):
        return "" if part is None else escape(str(part))
    if isinstance(part, dcc.Graph):
        return _graph(part)
    if isinstance(part, dcc.Store):
        return ""
    given = part.to_plotly_json()
    if given["namespace"] != html.Div()._namespace:
        raise TypeError(f"there is no HTML of {given['namespace']}.{given['type']}")
    properties: dict[str, Any] = given["props"]
    content = markup(properties.pop("children", None))
    tag = given["type"].lower()
    end = "" if given["type"] in EMPTY else f"{content}</{tag}>"
    return f"<{tag}{_attributes(properties)}>{end}"


def _graph(graph: dcc.Graph) -> str:
    given: dict[str, Any] = graph.to_plotly_json()["props"]
    properties = {"id": given["id"], "className": f"dash-graph {given['className']}"}
    config = {"data-config": json.dumps(given["config"])}
    return f'<div{_attributes(properties | config)}><div class="js-plotly-plot"></div></div>'


def _attributes(properties: dict[str, Any]) -> str:
    """Those that are given; one that is true stands alone."""
    written = []
    for name, value in properties.items():
        if value is None or value is False:
            continue
        # As React has it, words after the first begin with a capital letter.
        key = NAMES.get(name) or (name if "-" in name else re.sub("[A-Z]", _lower, name))
        written.append(f" {key}" if value is True else f' {key}="{escape(str(value))}"')
    return "".join(written)


def _lower(letter: re.Match[str]) -> str:
    return letter[0].lower()
