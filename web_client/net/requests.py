"""Numbers requests and matches their answers on one connection.

Sans-IO: bodies in, bodies out; waiting is the caller's.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from protocol import messages
from protocol.errors import HamrazError, Unreachable, WireError
from protocol.messages import Answer, Failed, Message, Ping, Pong, Request, Unknown

A = TypeVar("A", bound=Answer)


class Pending:
    """A request under way: `done` is set once `answer` or `error` is there."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: Answer | None = None
        self.error: HamrazError | None = None


@dataclass(eq=False)
class Calls:
    """The client's side of one connection's requests.

    `kinds`: the union of messages that may come; pushes go to `on_push`. `may_say`: whether the other side may say one
    more thing that nobody has asked for; one that may not is `too_many_requests`.
    """

    _send: Callable[[bytes], None]
    _kinds: Any
    _on_push: Callable[[Message], None]
    _may_say: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._pending: dict[int, Pending] = {}

    def begin(self, request: Request) -> Pending:
        """Send a request under a number of its own."""
        number = next(self._numbers)
        pending = self._pending[number] = Pending()
        self._send(messages.encode(msgspec.structs.replace(request, rid=number)))
        return pending

    def tell(self, message: Message) -> None:
        """Send what has no answer."""
        self._send(messages.encode(message))

    def receive(self, body: bytes) -> None:
        """One body from the other side. Raises WireError: the connection is then to be closed."""
        message = messages.decode(body, self._kinds, later=True)
        if not (isinstance(message, Answer) and message.re in self._pending) and not self._may_say():
            raise WireError("too_many_requests")
        if isinstance(message, Unknown):
            return  # a later version's push, which this one has no use for (section 5.4)
        if isinstance(message, Ping):
            self.tell(Pong(message.n))
        elif isinstance(message, Answer):
            pending = self._pending.pop(message.re, None)
            if pending is not None:
                pending.answer = message
                pending.done.set()
            elif message.re == 0 and isinstance(message, Failed):
                self.fail(failure_of(message))
            # an answer to a request that was given up is dropped
        elif not isinstance(message, Pong):
            self._on_push(message)

    def fail(self, reason: HamrazError) -> None:
        """The connection has ended: everything under way ends with `reason`."""
        pending, self._pending = self._pending, {}
        for one in pending.values():
            one.error = reason
            one.done.set()


def result(pending: Pending, kind: type[A]) -> A:
    """The answer of this kind, or the error that came instead; `timed_out` if neither has come."""
    if pending.error is not None:
        raise pending.error
    answer = pending.answer
    if answer is None:
        raise Unreachable("timed_out")
    if isinstance(answer, Failed):
        raise failure_of(answer)
    if not isinstance(answer, kind):
        raise WireError("unexpected_message")
    return answer


def failure_of(answer: Failed) -> HamrazError:
    """The error that a `failed` answer names."""
    try:
        messages.raise_failure(answer)
    except HamrazError as reason:
        return reason
    raise AssertionError
