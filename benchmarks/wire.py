"""One TLS connection of the load generator, on its crowd's loop. Knows bytes and no protocol."""

from __future__ import annotations

import selectors
import socket
import ssl
import time
from typing import TYPE_CHECKING

from transport.tls import fingerprint_of

if TYPE_CHECKING:
    from benchmarks.generator import Crowd

READ_SIZE = 256 * 1024


class Wire:
    """`opened` and `received` are what a protocol fills in."""

    def __init__(self, crowd: Crowd, port: int) -> None:
        self._crowd = crowd
        self._out = bytearray()
        self.ready = False  # the handshake is done
        self.began = time.perf_counter()  # when it was dialled
        self.fingerprint = b""
        raw = socket.socket()
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.bind((crowd.source(), 0))
        raw.setblocking(False)
        raw.connect_ex(("127.0.0.1", port))
        self.sock = crowd.context.wrap_socket(raw, do_handshake_on_connect=False)
        self._events = selectors.EVENT_WRITE
        crowd.selector.register(self.sock, self._events, self)
        crowd.lines.add(self)

    def opened(self) -> None:
        """The handshake is done."""

    def received(self, data: bytes) -> None:
        """Some bytes have come."""

    def send_bytes(self, data: bytes) -> None:
        """Send, now as far as the socket takes it."""
        idle = not self._out
        self._out += data
        if idle and self.ready:
            self._flush()

    def handle(self, events: int) -> None:
        """The selector says that something can be done."""
        if not self.ready and not self._shake_hands():
            return
        if events & selectors.EVENT_WRITE:
            self._flush()
        if events & selectors.EVENT_READ:
            self._read()

    def close(self) -> None:
        self._crowd.selector.unregister(self.sock)
        self._crowd.lines.discard(self)
        self.sock.close()

    def _shake_hands(self) -> bool:
        try:
            self.sock.do_handshake()
        except ssl.SSLWantReadError:
            self._wait_for(selectors.EVENT_READ)
            return False
        except ssl.SSLWantWriteError:
            self._wait_for(selectors.EVENT_WRITE)
            return False
        certificate = self.sock.getpeercert(binary_form=True)
        assert certificate is not None
        self.fingerprint = fingerprint_of(certificate)
        self.ready = True
        self.opened()
        self._flush()
        return True

    def _read(self) -> None:
        while self.sock.fileno() >= 0:  # what has come may have been the last
            try:
                data = self.sock.recv(READ_SIZE)
            except ssl.SSLWantReadError:
                return
            if not data:
                raise ConnectionError("the server closed a connection")
            self.received(data)

    def _flush(self) -> None:
        out = self._out
        while out:
            try:
                del out[: self.sock.send(out)]
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                self._wait_for(selectors.EVENT_READ | selectors.EVENT_WRITE)
                return
        self._wait_for(selectors.EVENT_READ)

    def _wait_for(self, events: int) -> None:
        if events != self._events:
            self._events = events
            self._crowd.selector.modify(self.sock, events, self)
