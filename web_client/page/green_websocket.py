"""A page's WebSocket where threads are green: bounded while a message comes in pieces, and quick to unmask it.

The library measures each frame, and of a message in many frames keeps them all until the last; it unmasks byte by byte,
while nobody else has a turn. It has no setting for either. It is known here only by what engine.io has chosen of it:
`run.py` imports it.
"""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable
from typing import Any

from web_client.page.packets import LARGEST

# Of one message, however short they are; what comes at once is one, so a message of a page has a few hundred at most.
PIECES = 1 << 14


def bounded(base: Any) -> Any:
    """engine.io's class of a WebSocket, over the library's own, with messages of at most LARGEST bytes."""

    class Bounded(base):  # type: ignore[misc]
        def __init__(self, handler: Callable[[Any], object], engine: Any) -> None:
            super().__init__(lambda line: handler(_bind(line)), engine)

        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            environ["wsgi.errors"] = io.StringIO()  # it tells there that a line had ended already
            return super().__call__(environ, start_response)

    return Bounded


def _bind(line: Any) -> Any:
    """The same, with these two from now on; nothing has been read yet."""
    line.Message = bounded_message(line.Message)
    line._apply_mask = unmask
    return line


@functools.cache
def bounded_message(base: Any) -> Any:
    """The library's message, which stops taking more."""
    failed = vars(sys.modules[base.__module__])["FailedConnectionError"]  # by which it closes the line and says why

    class Message(base):  # type: ignore[misc]
        size = 0

        def push(self, data: bytes, final: bool = False) -> None:
            self.size += len(data)
            if self.size > LARGEST or len(self.data) >= PIECES:
                raise failed(1009, "too large")
            super().push(data, final)

    return Message


def unmask(data: bytes, mask: tuple[int, ...], length: int, offset: int = 0) -> bytes:
    """Of a frame's payload what stands at `offset` (RFC 6455, section 5.3), a mebibyte in milliseconds."""
    begin = offset % 4
    pad = bytes(mask[begin:] + mask[:begin]) * (length // 4 + 1)
    return (int.from_bytes(data) ^ int.from_bytes(pad[:length])).to_bytes(length)
