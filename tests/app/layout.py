"""A layout as it is sent to a browser, and what is in it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

Component = dict[str, Any]


def components(node: Any) -> Iterator[Component]:
    """Every component in a layout, from the outside in."""
    if isinstance(node, list):
        for item in node:
            yield from components(item)
    elif isinstance(node, dict):
        if "props" in node and "type" in node:
            yield node
        for item in node.values():
            yield from components(item)


def of_type(layout: Component, kind: str) -> list[dict[str, Any]]:
    """The properties of each component of a type."""
    return [part["props"] for part in components(layout) if part["type"] == kind]


def of_data(layout: Component, name: str) -> list[dict[str, Any]]:
    """The properties of each component that has a data attribute."""
    return [part["props"] for part in components(layout) if f"data-{name}" in part["props"]]


def id_counts(layout: Component) -> Counter[str]:
    """How often each id is there, those of text fields included, which the scripts make."""
    given = Counter(part["props"]["id"] for part in components(layout) if "id" in part["props"])
    return given + Counter(field["data-field"] for field in of_data(layout, "field"))
