"""TLS on a bare socket that never blocks: what `ssl.SSLSocket`, and green threads once more, put round it costs more
than a read. Whoever uses it waits by `transport.ready`.
"""

from __future__ import annotations

import _socket
import _ssl
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

HANDSHAKE = 22  # a content type (RFC 8446, section 5.1)
# Of one connection. To shake hands takes five; later ones, a new key or a ticket, are no data, so OpenSSL reads on in
# the same call for as long as they come, and no green thread has a turn: 5 MB of new keys took six seconds.
MOST_HANDSHAKES = 64


class TlsSocket(_socket.socket):
    """One end. `do_handshake`, `recv(size)` and `send(data)` raise ssl.SSLWantReadError, SSLWantWriteError or OSError;
    one thread at a time. The descriptor is given back by `close`.
    """

    __slots__ = ("__weakref__", "_tls", "do_handshake", "handshakes", "recv", "send")

    def __init__(self, number: int, context: ssl.SSLContext, server_side: bool) -> None:
        """Takes a connected socket's descriptor, also if it raises OSError."""
        super().__init__(fileno=number)
        self.handshakes = 0  # messages of them that have come
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

    def drop(self) -> None:
        """The same, and nothing is read any more of what has come."""
        self.cut()
        with contextlib.suppress(OSError):
            while super().recv(1 << 16):
                continue


def bound_handshakes(context: ssl.SSLContext) -> None:
    """Have each `TlsSocket` of it dropped whose other end goes on and on with its handshake."""
    told: Any = _ssl._SSLContext._msg_callback  # type: ignore[attr-defined]  # as `ssl` has it, every message costs more
    told.__set__(context, _count)


def _count(sock: Any, way: str, version: int, content: int, kind: int, message: bytes) -> None:
    if content == HANDSHAKE and way == "read" and isinstance(sock, TlsSocket):
        sock.handshakes += 1
        if sock.handshakes > MOST_HANDSHAKES:
            sock.drop()
