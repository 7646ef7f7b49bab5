"""What is in a film, read without what wrote it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MATROSKA_GROUPS = {0x18538067, 0x1549A966, 0x1F43B675, 0x1654AE6B, 0xAE, 0xE0}
MP4_GROUPS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


@dataclass(frozen=True)
class Video:
    """How many frames, and for how many seconds."""

    frames: int
    seconds: float
    width: int
    height: int


def mp4(file: Path) -> Video:
    boxes = dict(_boxes(file.read_bytes()))
    scale, duration = struct.unpack(">II", boxes[b"mdhd"][12:20])
    width, height = struct.unpack(">HH", boxes[b"stsd"][40:44])
    return Video(struct.unpack(">I", boxes[b"stsz"][8:12])[0], duration / scale, width, height)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + size]
        yield kind, body
        if kind in MP4_GROUPS:
            yield from _boxes(body)
        at += size


def webm(file: Path) -> Video:
    parts = list(_elements(file.read_bytes()))
    found = dict(parts)
    (milliseconds,) = struct.unpack(">d" if len(found[0x4489]) == 8 else ">f", found[0x4489])
    width, height = (int.from_bytes(found[name]) for name in (0xB0, 0xBA))
    frames = sum(name in (0xA3, 0xA0) for name, _ in parts)
    return Video(frames, milliseconds / 1000, width, height)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        name, at = _number(data, at, keep_mark=True)
        size, at = _number(data, at)
        body = data[at : at + size]
        yield name, body
        if name in MATROSKA_GROUPS:
            yield from _elements(body)
        at += size


def _number(data: bytes, at: int, *, keep_mark: bool = False) -> tuple[int, int]:
    """A number whose length stands in its first byte, and where the next begins."""
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length])
    return value if keep_mark else value & ((1 << 7 * length) - 1), at + length
