"""What the authority gets to see, what the sockets carry, what lies on the disk: no password, no private key, no word.

Each search first finds something that must be there, in the same place, so that it can't be empty.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocol import messages
from protocol.primitives import SigningKey
from tests.live.in_process_network import InProcessNetwork, texts
from tests.live.search import files, leaks, leaks_of_memory, memory
from tests.processes import PASSWORD, Network, until
from web_client.agent.api import Agent
from web_client.vault import key_file
from web_client.vault.database import DATABASE_FILE, KEY_FILE, Vault, setting

WORDS = {"first words": "the harvest is on Thursday", "second words": "پنجشنبه ساعت ده و نیم"}


def call(function: Any, *arguments: Any) -> Any:
    return function(*arguments)


def private_keys(folder: Path, password: str) -> dict[str, bytes | str]:
    """Everything secret that a vault holds, and the password itself."""
    secrets: dict[str, bytes | str] = {"password": password}
    secrets["vault key"] = key_file.unwrap((folder / KEY_FILE).read_bytes(), password)
    opened = Vault.open(folder, password, call)
    question = "SELECT name, value FROM settings WHERE name IN ('identity_key', 'recovery_key')"
    secrets |= opened.read(lambda rows: {row[0]: bytes(row[1]) for row in rows.execute(question)})
    keys = opened.read(lambda rows: [bytes(row[0]) for row in rows.execute("SELECT key FROM own_prekeys LIMIT 3")])
    keys += opened.read(lambda rows: [bytes(row[0]) for row in rows.execute("SELECT key FROM last_resorts")])
    secrets |= {f"prekey {number}": key[:64] for number, key in enumerate(keys)}
    secrets |= {f"prekey {number}, second half": key[64:] for number, key in enumerate(keys)}
    opened.close()
    assert "prekey 0" in secrets
    return secrets


def public_key(folder: Path, password: str) -> bytes:
    opened = Vault.open(folder, password, call)
    raw = opened.read(lambda rows: setting(rows, "identity_key"))
    assert raw is not None
    opened.close()
    return SigningKey(raw).public.raw


def talk(one: Agent, other: Agent, names: tuple[str, str]) -> None:
    """A conversation with receipts, over a new connection each way."""
    one.private_chat(names[0], names[1], WORDS["first words"])
    until(lambda: texts(one, names[1]) and texts(one, names[1])[-1][1] == "delivered", 30)
    other.private_chat(names[1], names[0], WORDS["second words"])
    until(lambda: texts(other, names[0])[-1][1] == "delivered", 30)
    chat = one.snapshot()["conversations"][0]
    one.mark_read(chat["chat"], chat["position"])
    until(lambda: texts(other, names[0])[-1][1] == "read", 30)


def test_what_crosses_the_sockets_holds_no_secret_and_the_authority_no_message(in_process: InProcessNetwork) -> None:
    arash, sara = in_process.account("arash.karimi"), in_process.account("sara.ahmadi")
    talk(arash, sara, ("arash.karimi", "sara.ahmadi"))
    arash.add_permissions("sara.ahmadi", "admin")
    arash.log_out()
    arash.login("arash.karimi", PASSWORD)
    talk(sara, arash, ("sara.ahmadi", "arash.karimi"))
    for agent in (arash, sara):
        agent.close()
    authority, between = b"\n".join(in_process.at_authority), b"\n".join(in_process.between_agents)
    for name in ("arash.karimi", "sara.ahmadi"):
        secrets = private_keys(in_process.folder / name, PASSWORD)
        assert leaks(authority, secrets) == leaks(between, secrets) == []
        canary = {"name": name, "public key": public_key(in_process.folder / name, PASSWORD)}
        assert leaks(authority, canary) == ["name", "public key"]
    assert leaks(authority + between, WORDS) == []
    delivered = [found for body in in_process.between_agents if (found := sealed_of(body))]
    assert len(delivered) >= 4, "the messages were seen on their own way"
    pieces: dict[str, bytes | str] = {}
    for number, sealed in enumerate(delivered):
        pieces |= {
            f"{number}, begin": sealed[:32],
            f"{number}, text": sealed[1200:1232],
            f"{number}, end": sealed[-32:],
        }
    assert leaks(between, pieces) == list(pieces)
    assert leaks(authority, pieces) == []


def sealed_of(body: bytes) -> bytes | None:
    value = msgspec.msgpack.decode(body)
    return bytes(messages.decode(body, messages.Deliver).sealed) if value[0] == "deliver" else None


def test_nothing_readable_lies_in_an_agent_s_folder(in_process: InProcessNetwork) -> None:
    arash, sara = in_process.account("arash.karimi"), in_process.account("sara.ahmadi")
    talk(arash, sara, ("arash.karimi", "sara.ahmadi"))
    secrets = {**WORDS, "own name": "arash.karimi", "other's name": "sara.ahmadi", "mail": "arash.karimi@mail"}
    for closed in (False, True):  # with the write-ahead log beside it, and without
        if closed:
            arash.close()
        found = files(in_process.folder / "arash.karimi")
        assert leaks(found, {**secrets, "password": PASSWORD}) == []
        assert DATABASE_FILE.encode() in found and len(found) > 100_000
        assert leaks(found, {"authority": in_process.authority.id.hex()}) == ["authority"]  # the link that it joined by
    keys = private_keys(in_process.folder / "arash.karimi", PASSWORD)
    assert leaks(files(in_process.folder / "arash.karimi"), keys) == []
    (in_process.folder / "arash.karimi" / "planted").write_bytes(keys["identity_key"])  # type: ignore[arg-type]
    assert leaks(files(in_process.folder / "arash.karimi"), keys) == ["identity_key"]


@pytest.mark.parametrize("async_mode", ["threading"])
def test_nothing_secret_in_the_authority_s_memory_and_files(network: Network) -> None:
    arash, sara = network.account("arash.karimi"), network.account("sara.ahmadi")
    with arash.program() as one, sara.program() as other:
        for number, words in enumerate(WORDS.values()):
            one.call(
                "private_chat",
                username="arash.karimi",
                client_b_username="sara.ahmadi",
                message=words,
                id=f"{number:032x}",
            )
            other.wait_for(lambda name, value, words=words: name == "message" and value["text"] == words)
            one.wait_for(
                lambda name, value, id=f"{number:032x}": (
                    name == "message" and (value["id"], value["state"]) == (id, "delivered")
                )
            )
    arash.stop()
    sara.stop()
    authority = network.authority
    assert authority.child is not None
    pid = authority.child.pid
    for agent, name in ((arash, "arash.karimi"), (sara, "sara.ahmadi")):
        secrets = {**private_keys(agent.folder, PASSWORD), **WORDS}
        assert leaks_of_memory(pid, secrets) == []
        canary: dict[str, bytes | str] = {"name": name, "public key": public_key(agent.folder, PASSWORD)}
        assert leaks_of_memory(pid, canary) == ["name", "public key"]
        stored = files(authority.folder)
        assert leaks(stored, secrets) == []
        assert leaks(stored, canary) == ["name", "public key"]
        email = f"{name.encode().hex()}@example.org"
        assert leaks(stored, {"e-mail": email}) == [], "only a keyed hash of it is kept"
    assert sum(len(part) for part in memory(pid)) > 10_000_000
