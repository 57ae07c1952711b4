"""A page's WebSocket where each thread is the system's own: bounded while a frame comes in.

engine.io's own wrapper measures a frame only once all of it is in memory, and has no setting for that.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import simple_websocket

from web_client.page.packets import LARGEST

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class PageSocket:
    """What engine.io expects of a WebSocket: a WSGI application that runs `handler` on itself."""

    def __init__(self, handler: Callable[[PageSocket], object], engine: Any) -> None:
        self._handler = handler

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> NoReturn:
        # The line under a name of our own: after a frame that is too large the library's thread closes its object.
        with environ["werkzeug.socket"].dup() as line:
            self._line = simple_websocket.Server(environ, max_message_size=LARGEST)
            try:
                self._handler(self)
            finally:
                self._end(line)
        raise ConnectionError  # so werkzeug is told that no answer follows

    def _end(self, line: socket.socket) -> None:
        """End the line: werkzeug would wait for another request on it, and the page for its end (RFC 6455, 7.1.1).

        Who sends a frame that is too large goes on sending, and would be held at a window of zero as long as the system
        likes: it is told at once (RST).
        """
        with contextlib.suppress(OSError):
            if self._line.incoming_message_len > LARGEST:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                line.shutdown(socket.SHUT_RDWR)

    def wait(self) -> str | bytes | None:
        """The next frame; None once the connection has ended."""
        while True:
            try:
                # With a limit: the library's thread may mark the end just after it woke this one.
                frame: str | bytes | None = self._line.receive(timeout=1)
            except simple_websocket.ConnectionClosed:
                return None
            if frame is not None:
                return frame

    def send(self, frame: str | bytes) -> None:
        try:
            self._line.send(frame)
        except simple_websocket.ConnectionClosed:
            raise OSError from None  # what engine.io takes for the end

    def close(self) -> None:
        with contextlib.suppress(simple_websocket.ConnectionClosed, OSError):
            self._line.close()
