"""A bot: one WebSocket to an agent's API (docs/agent-api.md), with as little of its own in the way as possible."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import websocket


class Bot:
    """A connection as a program has it (`token`), or as a page has it before log-in (`as_page`). One thread uses it."""

    def __init__(self, port: int, token: str | None = None, as_page: bool = False) -> None:
        origin = {"origin": f"http://127.0.0.1:{port}"} if as_page else {"suppress_origin": True}
        address = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self._socket = websocket.create_connection(address, timeout=20, **origin)
        self._calls = 0
        self._expect("0")
        self._socket.send("40" + (json.dumps({"token": token}) if token else ""))
        self._expect("40")

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The answer to one call; a refusal is raised. What is pushed meanwhile is lost."""
        number = self.begin(name, **arguments)
        answer: dict[str, Any] = json.loads(self._expect(f"43{number}"))[0]
        if not answer["ok"]:
            raise RuntimeError(f"{name}: {answer['error']['code']}")
        return answer

    def begin(self, name: str, **arguments: Any) -> int:
        """Send a call and don't wait for its answer."""
        self._calls += 1
        self._socket.send(f"42{self._calls}" + json.dumps([name, arguments]))
        return self._calls

    def wait_for(self, wanted: Callable[[str, Any], bool]) -> Any:
        """The value of the next pushed event for which wanted(name, value)."""
        while True:
            frame = self._receive()
            if frame.startswith("42["):
                name, value = json.loads(frame[2:])
                if wanted(name, value):
                    return value

    def close(self) -> None:
        self._socket.close()

    def _expect(self, beginning: str) -> str:
        while not (frame := self._receive()).startswith(beginning):
            continue
        return frame[len(beginning) :]

    def _receive(self) -> str:
        while True:
            frame = self._socket.recv()
            assert isinstance(frame, str) and frame, "the agent closed the connection"
            if frame != "2":  # engine.io's ping
                return frame
            self._socket.send("3")
