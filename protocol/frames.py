"""Frames: u32 big-endian length, then the body (section 3 of docs/protocol.md).

Bytes in, whole bodies out; knows no socket.
"""

from __future__ import annotations

import struct

from protocol.errors import WireError

# Before log-in nobody is known yet, so nobody may make us hold more than a page of memory.
LIMIT_BEFORE_LOGIN = 4 * 1024
LIMIT_AFTER_LOGIN = 1024 * 1024

_LENGTH = struct.Struct(">I")


def encode(body: bytes) -> bytes:
    """The frame that carries `body` (1 byte to 1 MiB)."""
    if not 0 < len(body) <= LIMIT_AFTER_LOGIN:
        raise WireError("frame_too_long", length=len(body), limit=LIMIT_AFTER_LOGIN)
    return _LENGTH.pack(len(body)) + body


class Splitter:
    """Cuts a byte stream into bodies; holds at most one frame's head and body, however the stream is split."""

    def __init__(self, limit: int = LIMIT_BEFORE_LOGIN) -> None:
        self.limit = limit
        self._held = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes just received; WireError as soon as a length is known to be wrong, before its body is held."""
        self._held += data
        self._check_length()

    def next_body(self) -> bytes | None:
        """The next whole body, or None until more bytes have come; `limit` may change between two bodies."""
        held = self._held
        if len(held) < 4:
            return None
        length = self._check_length()
        if len(held) < 4 + length:
            return None
        body = bytes(held[4 : 4 + length])
        del held[: 4 + length]
        return body

    def put_back(self, body: bytes) -> None:
        """The body that was taken last is the next one again."""
        self._held[:0] = encode(body)

    @property
    def length(self) -> int:
        """Of the body that comes next, as far as it is known; 0 otherwise."""
        return self._check_length()

    def end(self) -> None:
        """The stream has ended: a started frame is an error (`bad_frame`), a clean end is none."""
        if self._held:
            raise WireError("bad_frame")

    def _check_length(self) -> int:
        if len(self._held) < 4:
            return 0
        length: int = _LENGTH.unpack_from(self._held)[0]
        if length == 0:
            raise WireError("bad_frame")
        if length > self.limit:
            raise WireError("frame_too_long", length=length, limit=self.limit)
        return length
