"""A Socket.IO client with nothing between it and its frames, so that it can send wrong ones and any header."""

from __future__ import annotations

import itertools
import json
from types import TracebackType
from typing import Any

import websocket

LOOPBACK = "127.0.0.1"
PAGE = "the page's own origin"


class Client:
    """One WebSocket to a door. `origin`: PAGE, another text, or None for no header."""

    def __init__(self, port: int, origin: str | None = PAGE, host: str | None = None) -> None:
        own = f"http://localhost:{port}"
        options: dict[str, Any] = {"suppress_origin": True} if origin is None else {"origin": own}
        if origin not in (None, PAGE):
            options["origin"] = origin
        self.socket = websocket.create_connection(
            f"ws://{LOOPBACK}:{port}/socket.io/?EIO=4&transport=websocket",
            host=host or f"localhost:{port}",
            timeout=10,
            **options,
        )
        self._numbers = itertools.count(1)
        self.pushed: list[tuple[str, Any]] = []
        assert self.receive()[0] == "0", "engine.io opens with its own packet"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, text: str) -> None:
        self.socket.send(text)

    def receive(self) -> str:
        """The next frame that is not a ping; '' when the other side has closed."""
        while True:
            frame = self.socket.recv()
            text = frame.decode() if isinstance(frame, bytes) else str(frame)
            if text != "2":
                return text
            self.send("3")

    def enter(self, auth: Any = None) -> dict[str, Any]:
        """Ask to come in: {"sid"}, or {"message", "data"} if refused."""
        self.send("40" + ("" if auth is None else json.dumps(auth)))
        answer = self.receive()
        assert answer[:2] in ("40", "44"), answer
        result: dict[str, Any] = json.loads(answer[2:])
        return result

    def begin(self, *event: Any) -> int:
        """Send an event that wants an answer; returns its number."""
        number = next(self._numbers)
        self.send(f"42{number}{json.dumps(event)}")
        return number

    def answer(self, number: int) -> dict[str, Any]:
        """The acknowledgement of this number; what is pushed meanwhile is kept."""
        while True:
            frame = self.receive()
            assert frame, "the connection was closed"
            if frame.startswith("42"):
                name, value = json.loads(frame[2:])
                self.pushed.append((name, value))
            elif frame.startswith(f"43{number}["):
                answers: list[dict[str, Any]] = json.loads(frame[len(f"43{number}") :])
                assert len(answers) == 1
                return answers[0]

    def call(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """The answer, which must be a good one."""
        answer = self.answer(self.begin(name, arguments))
        assert answer["ok"], answer
        return answer

    def refused(self, *event: Any) -> dict[str, Any]:
        """The error, which must have come."""
        answer = self.answer(self.begin(*event))
        assert answer["ok"] is False, answer
        failure: dict[str, Any] = answer["error"]
        assert set(failure) == {"code", "text", "hint", "field", "values"}
        assert failure["text"]
        return failure

    def next_pushed(self) -> tuple[str, Any]:
        """The next pushed event."""
        while not self.pushed:
            frame = self.receive()
            assert frame.startswith("42"), frame
            name, value = json.loads(frame[2:])
            self.pushed.append((name, value))
        return self.pushed.pop(0)
