"""Two real agents and an authority that send each other files, with an eye on the memory of each process."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launch.agent_api import AgentApi
from tests.door.http_files import save, send
from tests.processes import Agent, Network, Service, until
from web_client.files.staging import PART

MB = 1 << 20
PATIENCE = 120.0  # seconds; 200 MB on a machine that has other things to do


def pieces(size: int, part: int = PART) -> Iterator[bytes]:
    """A file whose parts differ, never whole in memory."""
    for at in range(0, size, part):
        yield (hashlib.sha256(at.to_bytes(8)).digest() * (part // 32))[: min(part, size - at)]


def print_of(found: Iterator[bytes]) -> bytes:
    """SHA-256 of what comes."""
    whole = hashlib.sha256()
    for piece in found:
        whole.update(piece)
    return whole.digest()


class Memory:
    """How much more memory processes hold at their fullest than when this began, in MB."""

    def __init__(self, *services: Service) -> None:
        self._pids = {service: service.child.pid for service in services if service.child is not None}
        self._before = {service: _resident(pid) for service, pid in self._pids.items()}
        self.grown = dict.fromkeys(self._pids, 0.0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            for service, pid in self._pids.items():
                try:
                    self.grown[service] = max(self.grown[service], _resident(pid) - self._before[service])
                except OSError:
                    continue  # ended meanwhile

    def stop(self) -> dict[Service, float]:
        self._over.set()
        self._thread.join()
        return self.grown


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0) / 1024  # none: it is ending


class Side:
    """One person: an agent, and a program at it that is made anew after a restart."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.api = agent.program()
        self.uid: str = self.api.call("snapshot")["me"]["uid"]

    def again(self) -> None:
        """Started and logged in again."""
        self.agent.start()
        self.agent.login()
        self.api = AgentApi(self.agent.port, token=self.agent.api_token, seconds=30)

    def stop(self) -> None:
        self.api.close()
        self.agent.stop()

    def kill(self) -> None:
        self.agent.kill()

    def send(self, other: Side, size: int, name: str = "film.bin") -> Any:
        return send(self.api, self.agent.port, self.agent.api_token, f"p:{other.uid}", pieces(size), size, name)

    def newest(self, other: Side) -> Any:
        """The newest message that has a file, in the chat with somebody; None if there is none."""
        found = self.api.call("history", chat=f"p:{other.uid}", limit=200)["messages"]
        return next((one for one in reversed(found) if one["kind"] == "file"), None)

    def comes(self, other: Side, name: str) -> Any:
        """The message with this file, once it is here."""

        def look() -> Any:
            found = self.newest(other)
            return found if found and found["file"]["name"] == name else None

        return until(look, 30, f"the message with {name}")

    def fetch(self, other: Side, name: str, wait: bool = True) -> None:
        message = self.comes(other, name)
        self.api.call("file_fetch", chat=message["chat"], order=message["order"])
        if wait:
            self.has(other)

    def has(self, other: Side) -> None:
        """Wait until the newest file is whole and checked."""
        until(lambda: self.newest(other)["file"]["state"] == "here", PATIENCE, "the file")

    def saved(self, other: Side) -> bytes:
        """SHA-256 of what a browser would save."""
        message = self.newest(other)
        return print_of(save(self.api, self.agent.port, message["chat"], message["order"]))


@contextmanager
def file_pair(network: Network) -> Iterator[tuple[Side, Side]]:
    """arash and sara, who know of each other and have warmed up with a small file each way."""
    first, second = Side(network.account("arash")), Side(network.account("sara"))
    until(lambda: len(first.api.call("snapshot")["people"]) > 1, 20, "sara at arash's agent")
    for one, other in ((first, second), (second, first)):
        one.send(other, 2 * MB, f"warm-{one.agent.name}.bin")
        other.fetch(one, f"warm-{one.agent.name}.bin")
    yield first, second
