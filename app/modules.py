"""The modules that a page's entry imports, what of them a browser gets, and all as one script."""

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

# An import statement of the house: one line, or a list in braces over several.
_IMPORT = re.compile(r'^import [^"]* from "(\.[^"]+)";$', re.M)
# And one that waits until it is wanted.
_LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
_NAMED = re.compile(
    r"^import (?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from \"(?P<address>[^\"]+)\";$", re.M
)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) ([\w$]+|\{[^}]*\}))", re.M)
# A block of JSDoc that has its lines for itself.
_JSDOC = re.compile(r"^[ \t]*/\*\*(?: [^\n]*\*/$|$.*?^[ \t]*\*/$)", re.M | re.S)


def imported(folder: Path, entry: str) -> list[str]:
    """What an entry of a folder imports at once, directly and by what it imports; the entry itself
    is not among them. Names are relative to the folder."""
    found: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop(0)
        text = (folder / name).read_text(encoding="utf-8")
        for address in _IMPORT.findall(text):
            other = _joined(PurePosixPath(name).parent, address)
            if other not in found:
                found[other] = None
                waiting.append(other)
    return list(found)


def without_types(text: str) -> str:
    """A module without its JSDoc, which only readers and the checker of types want and which would
    be a fifth of the modules' way to the page; lines keep their numbers."""
    return _JSDOC.sub(lambda block: "\n" * block[0].count("\n"), text)


def bundled(folder: Path, entry: str, without: Collection[str] = ()) -> str:
    """An entry and all that it imports, at once or later, as one script that needs no modules: such
    a page can be opened from a disk. An import of what is left out is refused when it is wanted.

    Each module is a function that is called after those it imports, so they must not go in a
    circle.

    Raises:
        ValueError: there is a circle.
    """
    texts: dict[str, str] = {}
    begun: list[str] = []

    def add(name: str) -> None:
        if name in begun:
            raise ValueError(f"modules import each other: {', '.join(begun[begun.index(name) :])}")
        if name in texts or name in without:
            return
        begun.append(name)
        text = (folder / name).read_text(encoding="utf-8")
        place = PurePosixPath(name).parent
        for address in _IMPORT.findall(text):
            add(_joined(place, address))
        begun.pop()
        texts[name] = _as_function(name, without_types(text))
        for address in _LATER.findall(text):
            add(_joined(place, address))

    add(entry)
    return f"{{\nconst modules = {{}};\n{''.join(texts.values())}}}\n"


def _as_function(name: str, text: str) -> str:
    """A module as a call that puts what it exports among the others."""
    place = PurePosixPath(name).parent

    def imports(found: re.Match[str]) -> str:
        names = found["whole"] or f"{{{found['names'].replace(' as ', ': ')}}}"
        return f'const {names} = modules["{_joined(place, found["address"])}"];'

    def later(found: re.Match[str]) -> str:
        wanted = f'modules["{_joined(place, found[1])}"]'
        return f'Promise.resolve().then(() => {wanted} ?? Promise.reject(new Error("not here")))'

    exported = ", ".join(names.strip("{} ") for names in _EXPORT.findall(text))
    body = _LATER.sub(later, _NAMED.sub(imports, _EXPORT.sub("", text)))
    # No text goes over several lines, so that what a line begins with says nothing.
    lines = [line.strip() for line in body.splitlines()]
    lines = [line for line in lines if line and not line.startswith("//")]
    return "\n".join(
        [f'modules["{name}"] = (() => {{', *lines, f"return {{ {exported} }};", "})();\n"]
    )


def _joined(folder: PurePosixPath, address: str) -> str:
    """A relative address seen from a folder."""
    parts = list(folder.parts)
    for part in PurePosixPath(address).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
