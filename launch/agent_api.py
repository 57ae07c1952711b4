"""A client of an agent's API (docs/agent-api.md), for the demo and the tests. Imported after set-up only."""

import threading
import time
from collections.abc import Callable
from typing import Any

import socketio
from socketio.exceptions import SocketIOError

from launch.failure import Failure

Pushed = tuple[str, Any]


class Unreachable(Failure):
    """The agent refused the connection, lost it, or didn't answer in time."""


class Refused(Failure):
    """The agent answered a call with an error, whose fields are here as it gave them."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"The agent refused: {error['text']} ({error['code']})")
        self.code: str = error["code"]
        self.field: str | None = error.get("field")
        self.error = error


class AgentApi:
    """One connection: as a page (right Origin, no token before log-in) or as a program (token, no Origin).

    Refused if the agent doesn't let it in, Unreachable if there is none.
    """

    def __init__(self, port: int, token: str | None = None, as_page: bool = False, seconds: float = 10) -> None:
        self.port = port
        self.pushed: list[Pushed] = []
        self._seconds = seconds
        self._news = threading.Condition()
        # The WebSocket below sends an Origin of its own unless it is told which, or none.
        origin = {"origin": f"http://127.0.0.1:{port}"} if as_page else {"suppress_origin": True}
        # Nor through the environment's proxy, which knows no way to this computer. (Only beside a proxy of its own does
        # the library heed what goes without one.)
        options = origin | {"http_proxy_host": "none", "http_no_proxy": ["127.0.0.1"]}
        self._client = socketio.Client(reconnection=False, handle_sigint=False, websocket_extra_options=options)
        self._client.on("*", self._receive)
        refusals: list[Any] = []
        self._client.on("connect_error", refusals.append)
        try:
            self._client.connect(
                f"http://127.0.0.1:{port}",
                auth={"token": token} if token is not None else None,
                transports=["websocket"],
                wait_timeout=seconds,
            )
        except SocketIOError as error:
            if refusals and isinstance(refusals[-1], dict) and "data" in refusals[-1]:
                raise Refused(refusals[-1]["data"]) from error
            raise Unreachable(f"The agent on port {port} can't be reached: {error}") from error

    def call(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """The answer to one call; Refused if it is an error, Unreachable if none comes."""
        try:
            answer: dict[str, Any] = self._client.call(name, arguments, timeout=self._seconds)
        except SocketIOError as error:
            raise Unreachable(f"The agent on port {self.port} did not answer `{name}`: {error!r}") from error
        if not answer["ok"]:
            raise Refused(answer["error"])
        return answer

    def wait_for(self, wanted: Callable[[str, Any], bool], seconds: float = 10) -> Any:
        """The value of the first pushed event, past ones included, for which wanted(name, value); else Unreachable."""
        deadline, seen = time.monotonic() + seconds, 0
        with self._news:
            while True:
                for name, value in self.pushed[seen:]:
                    if wanted(name, value):
                        return value
                seen = len(self.pushed)
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    last = [pushed_name for pushed_name, _ in self.pushed[-5:]]
                    raise Unreachable(f"The agent on port {self.port} did not push what was awaited; last: {last}")
                self._news.wait(remaining)

    @property
    def connected(self) -> bool:
        return bool(self._client.connected)

    def close(self) -> None:
        self._client.disconnect()

    def __enter__(self) -> "AgentApi":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _receive(self, name: str, *values: Any) -> None:
        with self._news:
            self.pushed.append((name, values[0] if values else None))
            self._news.notify_all()
