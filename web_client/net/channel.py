"""A connection to the authority or to another agent, as the agent's logic sees it, and the one over real sockets."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from protocol import frames, messages
from protocol.errors import HamrazError, Unreachable, WireError
from protocol.messages import Answer, Message, Ping, Request
from transport import threads
from transport.connection import Connection
from transport.flusher import Flusher
from transport.race import dial_any
from transport.threads import Troubles
from transport.token_buckets import TokenBuckets
from web_client.net.requests import Calls, Pending, failure_of, result

REQUEST_SECONDS = 10.0
# A silent connection is asked for a sign of life after SILENCE_SECONDS, and given up ANSWER_SECONDS later: so a cable
# that is cut without a word, and a host that stands still, is noticed within 20 s, and right after a sleep or a change
# of network within 5 s. What asking costs the authority: docs/performance.md.
SILENCE_SECONDS = 15.0
ANSWER_SECONDS = 5.0

# What another agent says without being asked, at once and then one in so many seconds: it is typing (every 3 s), and a
# sign of life now and then. Nobody who is called for a receipt talks their caller's machine to a standstill.
UNASKED, UNASKED_SECONDS = 60, 0.5

A = TypeVar("A", bound=Answer)
OnPush = Callable[[Message], None]
OnClosed = Callable[[], None]


def few() -> Callable[[], bool]:
    """Whether another agent may say one more thing unasked on one connection."""
    bucket = TokenBuckets(UNASKED, UNASKED_SECONDS)
    return lambda: not bucket.take_or_wait("", time.monotonic())


class Asks(Protocol):
    """Whatever a request can be put to: a channel, or the link that has one."""

    def request(self, request: Request, kind: type[A]) -> A:
        """The answer, or what it was refused with."""


class Channel(Protocol):
    """What the agent needs of a connection; tests have one in memory."""

    @property
    def fingerprint(self) -> bytes:
        """The certificate that this side saw, 32 bytes."""

    @property
    def local_host(self) -> str:
        """This side's address on the connection."""

    @property
    def host(self) -> str:
        """Which of the hosts that were given it leads to."""

    @property
    def closed(self) -> bool: ...

    def first(self, message: Message, kinds: Any) -> Any:
        """Send the first message and take the first answer, before any request."""

    def request(self, request: Request, kind: type[A]) -> A:
        """Send a request and wait for its answer. Raises what it was refused with, or Unreachable."""

    def begin(self, request: Request) -> Pending:
        """Send a request and don't wait."""

    def finish(self, pending: Pending, kind: type[A]) -> A:
        """Wait for the answer of what was begun; raises as `request` does."""

    def tell(self, message: Message) -> None: ...

    def probe(self, seconds: float = ANSWER_SECONDS) -> None:
        """Ask for a sign of life now, and close if none comes; returns at once."""

    def close(self) -> None: ...


class SocketChannel:
    """A Channel over TLS, with a thread that reads. `on_closed` is called once, from that thread."""

    def __init__(
        self,
        connection: Connection,
        host: str,
        kinds: Any,
        on_push: OnPush,
        on_closed: OnClosed,
        troubles: Troubles | None = None,
        may_say: Callable[[], bool] = lambda: True,
    ) -> None:
        self.host = host
        self._troubles = troubles or Troubles()
        self._connection = connection
        self._calls = Calls(connection.send_at_once, kinds, on_push, may_say)
        self._on_closed = on_closed
        self._reading = False
        self._heard = threading.Event()
        self.fingerprint = connection.certificate()
        self.local_host = connection.local_address

    @property
    def closed(self) -> bool:
        return self._connection.closed

    def first(self, message: Message, kinds: Any) -> Any:
        with contextlib.ExitStack() as undo:
            undo.callback(self._connection.release)
            self._connection.send(messages.encode(message))
            body = self._connection.receive(REQUEST_SECONDS)
            if body is None:
                raise Unreachable("timed_out")
            answer = messages.decode(body, kinds)
            if isinstance(answer, messages.Failed):
                raise failure_of(answer)
            undo.pop_all()
        self._connection.limit = frames.LIMIT_AFTER_LOGIN  # one connection of our own choosing: one frame is little
        self._reading = True
        threads.spawn("channel", self._read, self._troubles)
        return answer

    def request(self, request: Request, kind: type[A]) -> A:
        return self.finish(self.begin(request), kind)

    def begin(self, request: Request) -> Pending:
        if self._connection.closed:
            raise Unreachable("timed_out")
        return self._calls.begin(request)

    def finish(self, pending: Pending, kind: type[A]) -> A:
        if not pending.done.wait(REQUEST_SECONDS):
            self._connection.close()  # an answer that comes so late would find nobody who waits
        return result(pending, kind)

    def tell(self, message: Message) -> None:
        self._calls.tell(message)

    def probe(self, seconds: float = ANSWER_SECONDS) -> None:
        self._heard.clear()
        self._calls.tell(Ping(0))
        threads.spawn("probe", self._judge, self._troubles, seconds)

    def _judge(self, seconds: float) -> None:
        if not self._heard.wait(seconds):
            self._connection.close()

    def close(self) -> None:
        if self._reading:
            self._connection.close()
        else:
            self._connection.release()

    def _read(self) -> None:
        """Until the end, whatever that is: a handler of a push that fails too. What is under way always ends then, and
        `on_closed` is told: its owner connects anew and asks for everything that it may have missed.
        """
        try:
            with self._troubles.guard("channel", once=True), self._connection as connection:
                self._listen(connection)
        except HamrazError as reason:
            if reason.code != "internal":
                self._troubles.named("channel", reason, once=True)
        finally:
            self._calls.fail(Unreachable("timed_out"))
            self._on_closed()

    def _listen(self, connection: Connection) -> None:
        asked = False
        while True:
            try:
                body = connection.receive(ANSWER_SECONDS if asked else SILENCE_SECONDS)
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
            self._heard.set()
            try:
                self._calls.receive(body)
            except WireError:
                break


def open_channel(
    hosts: list[str],
    port: int,
    fingerprint: bytes | None,
    kinds: Any,
    flusher: Flusher,
    on_push: OnPush = lambda message: None,
    on_closed: OnClosed = lambda: None,
    may_say: Callable[[], bool] = lambda: True,
) -> SocketChannel:
    """Dial the hosts, their order being a preference.

    With `fingerprint`, a host that shows another certificate is `wrong_certificate`.
    """
    connection, host = dial_any(
        hosts, port, flusher, lambda found: fingerprint is None or found.certificate() == fingerprint
    )
    return SocketChannel(connection, host, kinds, on_push, on_closed, flusher.troubles, may_say)
