"""TLS on a bare socket that never blocks: what `ssl.SSLSocket`, and green threads once more, put round it costs more
than a read. Whoever uses it waits by `transport.ready`.
"""

from __future__ import annotations

import _socket
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any


class TlsSocket(_socket.socket):
    """One end. `do_handshake`, `recv(size)` and `send(data)` raise ssl.SSLWantReadError, SSLWantWriteError or OSError;
    one thread at a time. The descriptor is given back by `close`.
    """

    __slots__ = ("__weakref__", "_tls", "do_handshake", "recv", "send")

    def __init__(self, number: int, context: ssl.SSLContext, server_side: bool) -> None:
        """Takes a connected socket's descriptor, also if it raises OSError."""
        super().__init__(fileno=number)
        try:
            self.setblocking(False)
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tls: Any = context._wrap_socket(self, server_side, None)  # type: ignore[attr-defined]
        except (OSError, ValueError):
            self.close()
            raise
        self._tls = tls
        self.do_handshake: Callable[[], None] = tls.do_handshake
        self.recv: Callable[[int], bytes] = tls.read  # type: ignore[assignment]
        self.send: Callable[[bytes | memoryview], int] = tls.write  # type: ignore[assignment]

    def certificate(self) -> bytes | None:
        """The other end's, in DER."""
        der: bytes | None = self._tls.getpeercert(True)
        return der

    def cut(self) -> None:
        """End both ways beneath the TLS, which stays as it is: whoever waits here goes on."""
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)
