"""What a file says of itself: what it shows, the link that opens it again, and its licence."""

from typing import Any

from app.vocabulary import LICENCE
from dynamics.version import versions

UNITS = "none: `step` counts steps t, `tau` is η²t, all else is in the units of x and of L(x)"


def about(caption: str, page: str, query: str) -> dict[str, Any]:
    """As JSON has it; without a link where the address of the page is not known. A page finds the
    link right after the name (`assets/js/origin.mjs`)."""
    link = {"link": f"{page}?{query}"} if page else {}
    said = {"caption": caption, "licence": LICENCE, "units": UNITS, "versions": versions()}
    return {"software": "Edgewalk"} | link | said
