"""What the resources answer, read by the letter of its documentation."""

import json
import struct
from typing import Any


def head_of(body: bytes) -> tuple[dict[str, Any], int]:
    """The header of any .bin, and where its data begin."""
    magic, length = struct.unpack_from("<4sI", body)
    assert magic == b"EDGW"
    at = 8 + length
    assert at % 4 == 0
    return json.loads(body[8:at].decode("utf-8")), at
