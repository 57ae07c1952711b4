"""What must never leave an agent is looked for on every wire, in the authority's files and in its memory.

Each search first finds something that must be there, so that an empty search can't pass.
"""

from __future__ import annotations

import base64
import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from authority_server import server as authority_socket
from authority_server.authority import Authority
from authority_server.main import open_folder, rising_clock
from authority_server.session import Session
from authority_server.writer import Writer
from protocol.links import Link
from tests.live.test_groups_live import memory_of
from tests.processes import PASSWORD, Agent, Network, until
from web_client.vault import Rows, Vault, setting

WORDS = "a most peculiar sentence about tangerines"


def forms_of(secret: bytes) -> list[bytes]:
    """The same secret as it could be written down."""
    text = secret.decode(errors="ignore")
    return [
        secret,
        secret.hex().encode(),
        secret.hex().upper().encode(),
        base64.b64encode(secret).rstrip(b"="),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
        *([text.encode("utf-16-le")] if len(text) > 8 else []),
    ]


def secrets_of(agent: Agent, folder: Path) -> dict[str, bytes]:
    """The password and every private key of an agent, read from a copy of its vault."""
    copy = folder / f"copy-{agent.name}"
    shutil.copytree(agent.folder, copy)
    vault = Vault.open(copy, PASSWORD, lambda function, *arguments: function(*arguments))

    def read(rows: Rows) -> dict[str, bytes]:
        found = {name: setting(rows, name) or b"" for name in ("identity_key", "recovery_key")}
        for table in ("own_prekeys", "last_resorts", "group_keys"):
            for number, row in enumerate(rows.execute(f"SELECT key FROM {table}")):
                found[f"{table} {number}"] = bytes(row[0])
        return found

    found = vault.read(read)
    vault.close()
    assert len(found) >= 3 and all(len(value) >= 32 for value in found.values())
    return found | {"password": PASSWORD.encode()}


def search(place: bytes, secrets: dict[str, bytes]) -> list[str]:
    return [name for name, secret in secrets.items() for form in forms_of(secret) if form in place]


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Network]:
    """Two who have written to each other, privately and in a group."""
    with Network(tmp_path) as network:
        arash, sara = network.account("arash"), network.account("sara")
        with arash.program() as one, sara.program() as other:
            one.call("private_chat", username="arash", client_b_username="sara", message=WORDS)
            other.wait_for(lambda name, value: name == "message" and value["text"] == WORDS)
            group = one.call("public_chat_method", user_to_add=["sara"], name="peculiars", history="all")
            other.wait_for(lambda name, value: name == "conversation" and value["chat"] == group["chat"])
            other.call("answer_invitation", group_id=group["group_id"], join=True)
            one.call("send_public_message", message=WORDS, group_id=group["group_id"])
            other.wait_for(lambda name, value: name == "message" and value["chat"] == group["chat"] and value["text"])
        yield network


def test_not_in_the_authoritys_files_and_memory(talk: Network, tmp_path: Path) -> None:
    authority = talk.authority
    assert authority.child is not None
    files = b"".join(path.read_bytes() for path in authority.folder.iterdir() if path.is_file())
    memory = memory_of(authority.child.pid)
    for agent in talk.agents:
        secrets = secrets_of(agent, tmp_path) | {"words": WORDS.encode(), "group's name": b"peculiars"}
        for place in (files, memory):
            assert agent.name.encode() in place, "the search finds what the authority must know"
            assert search(place, secrets) == []


def test_nothing_readable_at_rest(talk: Network, tmp_path: Path) -> None:
    for agent in talk.agents:
        secrets = secrets_of(agent, tmp_path)
        for path in agent.folder.rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes()
            readable = secrets | {"words": WORDS.encode(), "sara": b"sara\x00", "group": b"peculiars"}
            assert search(content, readable) == [], path.name
            if path.name.startswith("vault.db"):
                assert b"SQLite" not in content and b"CREATE TABLE" not in content
        # what the search would find, were it not sealed
        vault = Vault.open(tmp_path / f"copy-{agent.name}", PASSWORD, lambda function, *given: function(*given))
        bodies = vault.read(lambda rows: [bytes(row[0]) for row in rows.execute("SELECT body FROM messages")])
        vault.close()
        assert WORDS.encode() in bodies


class Tap:
    """An authority in this process on a real socket, and every body that crosses it, decrypted."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bodies: list[bytes] = []
        tap = self

        class Tapped(Session):
            def __init__(self, authority: Any, print_: bytes, send: Callable[[bytes], None], *rest: Any) -> None:
                def recorded(body: bytes) -> None:
                    tap.bodies.append(body)
                    send(body)

                super().__init__(authority, print_, recorded, *rest)

            def receive(self, body: bytes) -> None:
                tap.bodies.append(body)
                super().receive(body)

        monkeypatch.setattr(authority_socket, "Session", Tapped)
        folder.mkdir()
        key, self._store = open_folder(folder)
        self.authority = Authority(self._store, key, rising_clock())
        self._server = authority_socket.Server(self.authority, "127.0.0.1", 0, 100)
        owner = self.authority.issue_owner_code()
        self._writer = Writer(self.authority, lambda function, *arguments: function(*arguments))
        self._writer.start()
        self._server.start()
        self.link = Link(("127.0.0.1",), self._server.port, self.authority.state.invitation, self.authority.id)
        self.owner_link = dataclasses.replace(self.link, owner_code=owner)

    def close(self) -> None:
        self._server.close()
        self._writer.stop()
        self._store.close()


def test_not_on_the_wire_and_no_private_message_passes_the_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tap = Tap(tmp_path / "authority", monkeypatch)
    agents: list[Agent] = []
    try:
        for name, link in (("arash", tap.owner_link), ("sara", tap.link)):
            agent = Agent(tmp_path / f"agent-{name}", "eventlet", "--join", link.encode())
            agents.append(agent)
            agent.start()
            agent.sign_up(name)
        arash, sara = agents
        with arash.program() as one, sara.program() as other:
            sent = one.call("private_chat", username="arash", client_b_username="sara", message=WORDS)["message"]
            other.wait_for(lambda name, value: name == "message" and value["text"] == WORDS)
            until(lambda: one.call("history", chat=sent["chat"])["messages"][-1]["state"] == "delivered")
        crossed = b"\0".join(tap.bodies)
        for agent in agents:
            assert agent.name.encode() in crossed, "the tap sees what crosses"
            assert search(crossed, secrets_of(agent, tmp_path) | {"words": WORDS.encode()}) == []
        # neither the message's id nor its sealed bytes: it went straight
        assert bytes.fromhex(sent["id"]) not in crossed
        assert max(len(body) for body in tap.bodies) < 6_000
    finally:
        for agent in agents:
            if agent.child is not None:
                agent.stop()
        tap.close()
