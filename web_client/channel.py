"""A connection to the authority or to another agent, as the agent's logic sees it, and the one over real sockets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from protocol import frames, messages
from protocol.errors import Forged, HamrazError, Unreachable, WireError
from protocol.messages import Answer, Message, Ping, Request
from transport.connection import Connection, dial
from transport.flusher import Flusher
from web_client.calls import Calls, failure_of, result

REQUEST_SECONDS = 10.0
# A silent connection is asked for a sign of life after this long, and given up after twice as long.
SILENCE_SECONDS = 20.0

A = TypeVar("A", bound=Answer)
OnPush = Callable[[Message], None]
OnClosed = Callable[[], None]


class Channel(Protocol):
    """What the agent needs of a connection; tests have one in memory."""

    @property
    def fingerprint(self) -> bytes:
        """The certificate that this side saw, 32 bytes."""

    @property
    def local_host(self) -> str:
        """This side's address on the connection."""

    @property
    def closed(self) -> bool: ...

    def first(self, message: Message, kinds: Any) -> Any:
        """Send the first message and take the first answer, before any request."""

    def request(self, request: Request, kind: type[A]) -> A:
        """Send a request and wait for its answer. Raises what it was refused with, or Unreachable."""

    def tell(self, message: Message) -> None: ...

    def close(self) -> None: ...


class SocketChannel:
    """A Channel over TLS, with a thread that reads. `on_closed` is called once, from that thread."""

    def __init__(self, connection: Connection, kinds: Any, on_push: OnPush, on_closed: OnClosed) -> None:
        self._connection = connection
        self._calls = Calls(connection.send, kinds, on_push)
        self._on_closed = on_closed
        self._reading = False
        self.fingerprint = connection.certificate()
        self.local_host = connection.local_address

    @property
    def closed(self) -> bool:
        return self._connection.closed

    def first(self, message: Message, kinds: Any) -> Any:
        try:
            self._connection.send(messages.encode(message))
            body = self._connection.receive(REQUEST_SECONDS)
            if body is None:
                raise Unreachable("timed_out")
            answer = messages.decode(body, kinds)
            if isinstance(answer, messages.Failed):
                raise failure_of(answer)
        except HamrazError:
            self._connection.release()
            raise
        self._connection.limit = frames.LIMIT_AFTER_LOGIN  # one connection of our own choosing: one frame is little
        self._reading = True
        threading.Thread(target=self._read, name="channel", daemon=True).start()
        return answer

    def request(self, request: Request, kind: type[A]) -> A:
        if self._connection.closed:
            raise Unreachable("timed_out")
        pending = self._calls.begin(request)
        if not pending.done.wait(REQUEST_SECONDS):
            self._connection.close()  # an answer that comes so late would find nobody who waits
        return result(pending, kind)

    def tell(self, message: Message) -> None:
        self._calls.tell(message)

    def close(self) -> None:
        if self._reading:
            self._connection.close()
        else:
            self._connection.release()

    def _read(self) -> None:
        asked = False
        with self._connection as connection:
            while True:
                try:
                    body = connection.receive(SILENCE_SECONDS)
                except Unreachable:
                    if asked:
                        break
                    asked = True
                    self._calls.tell(Ping(0))
                    continue
                except WireError:
                    break
                if body is None:
                    break
                asked = False
                try:
                    self._calls.receive(body)
                except WireError:
                    break
        self._calls.fail(Unreachable("timed_out"))
        self._on_closed()


def open_channel(
    hosts: list[str],
    port: int,
    fingerprint: bytes | None,
    kinds: Any,
    flusher: Flusher,
    on_push: OnPush = lambda message: None,
    on_closed: OnClosed = lambda: None,
    seconds: float = 5.0,
) -> SocketChannel:
    """Dial the hosts in their order.

    With `fingerprint`, a host that shows another certificate is `wrong_certificate`.
    """
    reason: HamrazError = Unreachable("timed_out")
    for host in hosts:
        try:
            connection = dial(host, port, flusher, seconds)
        except Unreachable as unreachable:
            reason = unreachable
            continue
        if fingerprint is None or connection.certificate() == fingerprint:
            return SocketChannel(connection, kinds, on_push, on_closed)
        connection.release()
        reason = Forged("wrong_certificate")
    raise reason
