"""Synapse, a server of Matrix: the group is a public room. Its members ask for what is new in a request that waits
(`/sync`), and write with another connection. Alone of these it hashes, links and signs what it passes on.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.peers.room import Member, Room
from benchmarks.wire import Wire

Then = Callable[[bytes], None]

API = "/_matrix/client/v3"
ALL_OF_IT = {
    "presence": {"types": []},
    "room": {"timeline": {"limit": 1000}, "state": {"lazy_load_members": True}, "ephemeral": {"types": []}},
}
WAITING_MS = 30_000


class Http(Wire):
    """One connection of HTTP/1.1: requests go out at once, and their answers come in that order."""

    def __init__(self, room: Room) -> None:
        super().__init__(room.crowd, room.port)
        self._waiting: deque[Then] = deque()
        self._come = b""
        self.token = ""

    def ask(self, method: str, path: str, then: Then, content: object = None) -> None:
        """`then` gets the answer's body. Any but 200 ends the benchmark."""
        body = b"" if content is None else json.dumps(content).encode()
        head = f"{method} {API}{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        if self.token:
            head += f"Authorization: Bearer {self.token}\r\n"
        self._waiting.append(then)
        self.send_bytes(f"{head}\r\n".encode() + body)

    def received(self, data: bytes) -> None:
        self._come += data
        while (found := answer(self._come)) is not None:
            body, self._come = found
            self._waiting.popleft()(body)


def answer(data: bytes) -> tuple[bytes, bytes] | None:
    """The body of the first answer, and what follows it; None if it is not all there yet."""
    head, ended, rest = data.partition(b"\r\n\r\n")
    if not ended:
        return None
    first, *lines = head.decode().lower().split("\r\n")
    assert first.split()[1] == "200", data[:500]
    fields = dict(line.split(": ", 1) for line in lines)
    if "content-length" in fields:
        size = int(fields["content-length"])
        return (rest[:size], rest[size:]) if len(rest) >= size else None
    body = b""
    while True:
        number, ended, rest = rest.partition(b"\r\n")
        if not ended or len(rest) < int(number, 16) + 2:
            return None
        size = int(number, 16)
        body, rest = body + rest[:size], rest[size + 2 :]
        if not size:
            return body, rest


class MatrixMember(Member):
    """First an account and the room; then one request after another for what is new."""

    def __init__(self, room: Room, number: int) -> None:
        super().__init__(room, number)
        self._listening, self._speaking = Http(room), Http(room)
        account = {"auth": {"type": "m.login.dummy"}, "username": f"u{number:05}", "password": "pw"}
        self._listening.ask("POST", "/register", self._registered, account)

    def _registered(self, body: bytes) -> None:
        self._listening.token = self._speaking.token = json.loads(body)["access_token"]
        if self.number:
            self._listening.ask("POST", f"/join/{quote('#g:localhost')}", self._joined, {})
        else:
            wanted = {"preset": "public_chat", "room_alias_name": "g"}
            self._listening.ask("POST", "/createRoom", self._joined, wanted)

    def _joined(self, body: bytes) -> None:
        self._place = quote(json.loads(body)["room_id"])
        self._sync("timeout=0")

    def _sync(self, more: str) -> None:
        self._listening.ask("GET", f"/sync?filter={quote(json.dumps(ALL_OF_IT))}&{more}", self._synced)

    def _synced(self, body: bytes) -> None:
        self.entered = True
        self._sync(f"timeout={WAITING_MS}&since={quote(json.loads(body)['next_batch'])}")
        self.hear(body)

    def say(self, text: bytes) -> None:
        content = {"msgtype": "m.text", "body": text.decode()}
        self._speaking.ask(
            "PUT", f"/rooms/{self._place}/send/m.room.message/{self.written}", lambda body: None, content
        )


class Synapse:
    name = "Synapse"
    get = "pip install matrix-synapse, in an environment whose bin stands in PATH"
    less = "no end-to-end encryption here; signed by the server and not by who writes, and no receipts; stores durably"
    deliveries = 1_500
    pace = 0.05
    largest = 100
    member = MatrixMember

    def found(self) -> bool:
        return shutil.which("synapse_homeserver") is not None

    def command(self, folder: Path, port: int) -> list[str]:
        settings, log = folder / "synapse.yaml", folder / "log.yaml"
        settings.write_text(json.dumps(_settings(folder, port, log)))  # JSON is YAML, too
        log.write_text(json.dumps({"version": 1, "root": {"level": "ERROR"}, "disable_existing_loggers": False}))
        command = ["synapse_homeserver", "-c", str(settings)]
        subprocess.run([*command, "--generate-keys"], check=True, capture_output=True)
        return command


def _settings(folder: Path, port: int, log: Path) -> dict[str, Any]:
    """Alone in the world, without limits."""
    free = {"per_second": 1e6, "burst_count": 1_000_000}
    where = {"port": port, "type": "http", "tls": True, "bind_addresses": ["127.0.0.1"]}
    return {
        "server_name": "localhost",
        "pid_file": f"{folder}/pid",
        "listeners": [where | {"resources": [{"names": ["client"]}]}],
        "tls_certificate_path": f"{folder}/both.pem",
        "tls_private_key_path": f"{folder}/both.pem",
        "database": {"name": "sqlite3", "args": {"database": f"{folder}/synapse.db"}},
        "log_config": str(log),
        "media_store_path": f"{folder}/media",
        "signing_key_path": f"{folder}/signing.key",
        "macaroon_secret_key": "of no importance",
        "form_secret": "of no importance",
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "bcrypt_rounds": 4,
        "enable_registration": True,
        "enable_registration_without_verification": True,
        "rc_message": free,
        "rc_registration": free,
        "rc_login": {"address": free, "account": free, "failed_attempts": free},
        "rc_joins": {"local": free, "remote": free},
        "rc_joins_per_room": free,
        "rc_room_creation": free,
    }
