"""What a picture's first bytes say it is: a JPEG, PNG or WebP, and its size in pixels. Nothing is decoded. Pure.

The page looks again before it decodes anything (static/js/lib/raster.js); this is for programs, and so that nothing
that is no small picture gets so far.
"""

from __future__ import annotations

import struct
from typing import Final

MOST_PIXELS: Final = 1 << 20  # of somebody's face: it is drawn at 256 a side
_SIZES: Final = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))


def is_face(picture: bytes) -> bool:
    """Whether these bytes say that they are a picture that somebody may show of themselves."""
    size = _png(picture) or _jpeg(picture) or _webp(picture)
    return size is not None and 0 < size[0] * size[1] <= MOST_PIXELS


def _png(picture: bytes) -> tuple[int, int] | None:
    if not picture.startswith(b"\x89PNG\r\n\x1a\n") or picture[12:16] != b"IHDR" or len(picture) < 24:
        return None
    width, height = struct.unpack_from(">II", picture, 16)
    return width, height


def _jpeg(picture: bytes) -> tuple[int, int] | None:
    """Segment by segment, up to the one that has the size."""
    at = 2 if picture.startswith(b"\xff\xd8") else len(picture)
    while at + 9 < len(picture) and picture[at] == 0xFF:
        mark = picture[at + 1]
        if mark in _SIZES:
            height, width = struct.unpack_from(">HH", picture, at + 5)
            return width, height
        if mark == 0xFF:
            at += 1
        elif mark == 0x01 or 0xD0 <= mark <= 0xD8:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(picture[at + 2 : at + 4]))
    return None


def _webp(picture: bytes) -> tuple[int, int] | None:
    if not picture.startswith(b"RIFF") or picture[8:12] != b"WEBP" or len(picture) < 30:
        return None
    kind = picture[12:16]
    if kind == b"VP8X":
        return int.from_bytes(picture[24:27], "little") + 1, int.from_bytes(picture[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(picture[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return int.from_bytes(picture[26:28], "little") & 0x3FFF, int.from_bytes(picture[28:30], "little") & 0x3FFF
    return None
