"""Pictures for tests: PNGs of one colour, as large as they are or as they say."""

from __future__ import annotations

import struct
import zlib


def picture(width: int = 60, height: int = 40, colour: bytes = b"\x20\x80\x90") -> bytes:
    """A whole PNG."""
    rows = (b"\0" + colour * width) * height
    return b"\x89PNG\r\n\x1a\n" + _head(width, height) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def bomb(side: int = 30_000) -> bytes:
    """A few bytes that say, and with a decoder's help are, a picture of `side` times `side` pixels."""
    return b"\x89PNG\r\n\x1a\n" + _head(side, side) + _chunk(b"IDAT", zlib.compress(bytes(100_000), 9))


def _head(width: int, height: int) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
