"""What is in a page that needs no server."""

import base64
import gzip
import json
import re
from typing import Any

from app.binary import MAGIC, PREFIX


def held_in(page: str) -> list[tuple[dict[str, Any], bytes]]:
    """What a page holds, with what it is called."""
    (text,) = re.findall(r'id="held">([^<]*)<', page)
    data = gzip.decompress(base64.b85decode(text.translate(str.maketrans(",.:", "&<>"))))
    assert data[:4] == MAGIC
    begin = PREFIX + int.from_bytes(data[4:PREFIX], "little")
    found = []
    for one in json.loads(data[PREFIX:begin])["held"]:
        found.append((one, data[begin : begin + one["content"]]))
        begin += one["content"]
    assert begin == len(data)
    return found
