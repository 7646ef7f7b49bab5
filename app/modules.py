"""The modules that a page's entry imports, and what of them a browser gets."""

import re
from pathlib import Path, PurePosixPath

# An import statement of the house: one line, or a list in braces over several.
_IMPORT = re.compile(r'^import [^"]* from "(\.[^"]+)";$', re.M)
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


def _joined(folder: PurePosixPath, address: str) -> str:
    """A relative address seen from a folder."""
    parts = list(folder.parts)
    for part in PurePosixPath(address).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
