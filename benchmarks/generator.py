"""The load generator: thousands of TLS connections in one process, one loop and no thread. Knows frames, no message.

What is said on a connection is a script: a generator that yields each body to send and is resumed with its answer.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

from benchmarks.wire import Wire
from protocol import frames
from protocol.errors import Unreachable
from transport.tls import client_context

Script = Generator[bytes, bytes, Any]
OnPush = Callable[["Line", bytes, bytes], None]  # line, tag, body

# What comes without having been asked for; every other tag is an answer.
PUSHED = frozenset((b"new_head", b"new_mail", b"pong", b"present", b"hosts_are", b"entries", b"acked", b"ping"))


class Line(Wire):
    """A connection to the authority. `script` speaks first, as soon as the handshake is done."""

    def __init__(self, crowd: Crowd, port: int) -> None:
        super().__init__(crowd, port)
        self._splitter = frames.Splitter(frames.LIMIT_AFTER_LOGIN)
        self._script: Script | None = None
        self._on_end: Callable[[Any], None] = lambda result: None
        self.on_answer: Callable[[bytes], None] | None = None  # takes answers while no script runs
        self.moved = self.began  # when it last got on

    def run(self, script: Script, on_end: Callable[[Any], None]) -> None:
        """Begin a script; `on_end` gets what it returns."""
        assert self._script is None, "one script at a time"
        self._script, self._on_end = script, on_end
        if self.ready:
            self._resume(None)

    def send(self, body: bytes) -> None:
        """Send one body, now as far as the socket takes it."""
        self.send_bytes(frames.encode(body))

    def opened(self) -> None:
        if self._script is not None:
            self._resume(None)

    def received(self, data: bytes) -> None:
        self._splitter.feed(data)
        while (body := self._splitter.next_body()) is not None:
            self._take(body)
            if self.sock.fileno() < 0:
                return

    def _take(self, body: bytes) -> None:
        # a message is [tag, …] with a tag shorter than 32: one byte for the array, one for the string's length
        tag = body[2 : 2 + (body[1] & 31)]
        if tag in PUSHED:
            self._crowd.on_push(self, tag, body)
        elif self._script is None and self.on_answer is not None:
            self.on_answer(body)
        else:
            self._resume(body)

    def _resume(self, answer: bytes | None) -> None:
        assert self._script is not None, "an answer that nobody asked for"
        self.moved = time.perf_counter()
        try:
            body = next(self._script) if answer is None else self._script.send(answer)
        except StopIteration as end:
            self._script = None
            self._on_end(end.value)
            return
        self.send(body)


class Crowd:
    """All connections of one process. Whatever goes wrong on any of them is raised, as a figure with errors is none;
    unless somebody sees to those that are lost or turned away.
    """

    def __init__(self, port: int, on_push: OnPush) -> None:
        self.port = port
        self.on_push = on_push
        self.selector = selectors.DefaultSelector()
        self.context = client_context()
        self.lines: set[Wire] = set()
        self.on_lost: Callable[[Wire], None] | None = None  # what else is to be done than to raise it
        self.on_turn: Callable[[], None] = lambda: None
        self._count = 0

    def dial(self, port: int | None = None) -> Line:
        """A new connection."""
        return Line(self, port or self.port)

    def source(self) -> str:
        """Where the next one comes from, one of 64 loopback addresses in turn: the server counts tries by address."""
        self._count += 1
        return f"127.0.1.{self._count % 64 + 1}"

    def turn(self, seconds: float) -> None:
        """Do what can be done, waiting at most so long for something."""
        self.on_turn()
        for key, events in self.selector.select(seconds):
            if key.data in self.lines:
                try:
                    key.data.handle(events)
                except (OSError, Unreachable):
                    if self.on_lost is None:
                        raise
                    self.on_lost(key.data)

    def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Turn until the condition holds; TimeoutError otherwise."""
        deadline = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > deadline:
                raise TimeoutError(f"not done in {seconds:g} s")
            self.turn(0.05)

    def idle(self, seconds: float) -> None:
        """Turn for so long."""
        deadline = time.perf_counter() + seconds
        while (left := deadline - time.perf_counter()) > 0:
            self.turn(left)

    def say(self, line: Line, script: Script, seconds: float = 60) -> Any:
        """Run one script to its end; what it returns."""
        ended: list[Any] = []
        line.run(script, ended.append)
        self.until(lambda: bool(ended), seconds)
        return ended[0]

    def visit(
        self, scripts: list[Callable[[Line], Script]], at_once: int, keep: bool, seconds: float = 120
    ) -> list[float]:
        """Run each script on a connection of its own; the seconds from dialling to each end.

        `keep` leaves the connections open.
        """
        waiting, times, running = deque(scripts), [], 0
        while waiting or running:
            while waiting and running < at_once:
                line = self.dial()
                running += 1

                def end(result: object, line: Line = line) -> None:
                    nonlocal running
                    running -= 1
                    times.append(time.perf_counter() - line.began)
                    if not keep:
                        line.close()

                line.run(waiting.popleft()(line), end)
            before = len(times)
            self.until(lambda before=before: len(times) > before, seconds)  # type: ignore[misc]
        return times

    def close(self) -> None:
        for line in list(self.lines):
            line.close()
        self.selector.close()
