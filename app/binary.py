"""The layout of /run.bin, /valley.bin, /heights.bin, /section.bin, /sheet.bin and /rod.bin.

    bytes 0–3     "EDGW"
    bytes 4–7     n, the length of the header, unsigned 32-bit, little-endian
    next n bytes  the header, JSON in UTF-8, padded with spaces so that the data start at a
                  multiple of 4
    the rest      float32, little-endian, row by row.
                  /run.bin: for each of header["runs"] its columns in order, each rows × width;
                  then, where header["descent"] is given, its rows × width, and where
                  header["valley"] is, what /valley.bin has of its curves. With `part=iterates`
                  header["part"] says so, each run names the columns that it lacks under "absent",
                  and there are no rows of the descent and no curves yet.
                  /valley.bin: for each of header["curves"] its points, rows × 2, and λ₁ at them.
                  /heights.bin: √L and λ₁, each rows × columns, rows from the lowest y up.
                  /section.bin: √L, and λ₁ where header["sharp"] says so, likewise on the grid that
                  fills header["view"] of the plane through header["center"] along `along` and
                  `across`.
                  /sheet.bin: z and λ₁ of Γ over the first two coordinates, likewise.
                  /rod.bin: its columns in order, each rows × width, none where header["first"], the
                  step at which the run begins to hop, is null

A value that nothing defines is NaN. Steps are exact: they stay below 2²⁴.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

MAGIC = b"EDGW"
PREFIX = 8


def pack(header: Mapping[str, Any], blocks: Iterable[bytes]) -> bytes:
    """The bytes of a resource from its header and its blocks of float32."""
    text = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-(PREFIX + len(text)) % 4)
    return b"".join([MAGIC, len(text).to_bytes(4, "little"), text, *blocks])


def float32(column: np.ndarray) -> bytes:
    """Little-endian float32; what a diverging run leaves above 3·10³⁸ is infinite."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(column, dtype="<f4").tobytes()


def pack_tightly(head: bytes, numbers: bytes, stretches: Sequence[tuple[int, int]]) -> bytes:
    """Bytes that gzip makes two or three times as small as it makes the numbers, to the last bit.

        bytes 0–3   the length of the head, unsigned 32-bit, little-endian
        bytes 4–7   how many stretches there are, and then of each its length and its lag
        then        the head, and of each number the lowest byte, then of each the next, …

    Within a stretch a number stands as the difference to that `lag` before it, twice over, of the
    bits taken as whole numbers modulo 2³²: a bounce comes back to where it was two steps before.

    Args:
        head: of a length that is a multiple of 4.
        numbers: of 4 bytes, little-endian.
        stretches: (length, lag) of each, which make up all the numbers.
    """
    values = np.frombuffer(numbers, "<u4").copy()
    begin = 0
    for length, lag in stretches:
        stretch = values[begin : begin + length]
        for _ in range(2):
            stretch[lag:] -= stretch[:-lag].copy()
        begin += length
    sizes = np.array([len(head), len(stretches), *np.ravel(stretches)], "<u4")
    return b"".join([sizes.tobytes(), head, values.view("u1").reshape(-1, 4).T.tobytes()])
