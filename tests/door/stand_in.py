"""An agent that only remembers what it was asked: the door's tests look at the door, not at what lies behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from protocol.errors import error

PASSWORD = "three or four words"
SECRET = "what an exception quotes"


class Agent:
    """`stage` can be set; `login` knows one password; `gate` holds a log-in back; each other call is only kept."""

    def __init__(self, stage: str = "log_in") -> None:
        self.stage = stage
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.closed = False
        self._callbacks: list[tuple[Callable[[str, Any], None], Callable[[list[tuple[str, Any]]], None]]] = []

    @classmethod
    def open(cls, folder: Path, *, offload: Any, page_port: int, join_link: str | None, listen: str) -> Agent:
        return cls()

    def close(self) -> None:
        self.closed = True

    def subscribe(
        self, callback: Callable[[str, Any], None], together: Callable[[list[tuple[str, Any]]], None]
    ) -> None:
        self._callbacks.append((callback, together))

    def tell(self, event: str, value: Any) -> None:
        for callback, _together in self._callbacks:
            callback(event, value)

    def tell_together(self, *told: tuple[str, Any]) -> None:
        for _callback, together in self._callbacks:
            together(list(told))

    def turn(self, stage: str) -> None:
        self.stage = stage
        self.tell("stage", {"stage": stage})

    def run(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = getattr(self, name)(**arguments)
        return found

    def status(self) -> dict[str, Any]:
        return {"api": 2, "stage": self.stage, "username": "sara"}

    def login(self, username: str, password: str) -> dict[str, Any]:
        self.asked.append(("login", {"username": username, "password": password}))
        self.gate.wait(20)
        if password != PASSWORD:
            raise error("password", field="password")
        self.turn("ready")
        return {"username": username}

    def sign_up(
        self, email: str, username: str, password: str, password_confirm: str, invitation: str | None = None
    ) -> dict[str, Any]:
        self.asked.append(("sign_up", {"username": username}))
        if username == "taken":
            raise error("name_taken", field="username", name=username)
        self.turn("ready")
        return {"username": username}

    create_super_admin = sign_up

    def lock(self) -> dict[str, Any]:
        self.turn("log_in")
        return {}

    log_out = lock

    def try_now(self) -> dict[str, Any]:
        raise ValueError(SECRET)

    def judge_account(self, **values: str | None) -> dict[str, Any]:
        return {"errors": [], "strength": None}

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        def method(**arguments: Any) -> dict[str, Any]:
            self.asked.append((name, arguments))
            return {}

        return method
