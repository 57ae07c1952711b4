"""Writes docs/flows.md: a private message, and somebody who joins a group and writes there, byte for byte.

Real agents and a real authority say it over real sockets; `test_flows.py` reads the page again with reference.py, which
was written from docs/protocol.md alone. Run with `python -m tests.protocol.make_flows` after the wire has changed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from authority_server.connections import server as server_module
from tests.live.in_process_network import InProcessNetwork
from tests.processes import until
from tests.protocol import document, reference
from web_client.agent.api import Agent
from web_client.groups.rows import INVITED, JOINED
from web_client.net import network as network_module
from web_client.net.network import SocketNetwork

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"
WIDTH = 128  # hexadecimal digits in a line

Steps = list[tuple[str, str, bytes]]  # (from, to, body)


@dataclass
class Recorder:
    """Everything that crosses while it is on, in its order."""

    steps: Steps = field(default_factory=list)
    on: bool = False

    def note(self, source: str, target: str, body: bytes) -> None:
        if self.on:
            self.steps.append((source, target, body))


class Recorded(InProcessNetwork):
    """A network whose every frame is noted with who says it to whom; agents are named by their accounts."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.recorder = Recorder()
        super().__init__(folder, patch)

    def _tap(self, patch: pytest.MonkeyPatch) -> None:
        super()._tap(patch)
        note = self.recorder.note

        def recorded(kind: Any, place: str) -> Any:
            class Noted(kind):  # type: ignore[misc]
                def __init__(self, authority: Any, fingerprint: bytes, send: Any, *rest: Any) -> None:
                    def say(body: bytes) -> None:
                        note(place, "agent", body)
                        send(body)

                    super().__init__(authority, fingerprint, say, *rest[:2])

                def receive(self, body: bytes) -> None:
                    note("agent", place, body)
                    super().receive(body)

            return Noted

        patch.setattr(server_module, "Session", recorded(server_module.Session, "authority"))
        patch.setattr(server_module, "GroupSession", recorded(server_module.GroupSession, "group port"))
        listen = SocketNetwork.listen

        def noted_listen(network: SocketNetwork, new_session: Any) -> None:
            def new(send: Callable[[bytes], None], close: Callable[[], None]) -> Any:
                def say(body: bytes) -> None:
                    note("peer", "agent", body)
                    send(body)

                session = new_session(say, close)
                receive = session.receive

                def hear(body: bytes) -> None:
                    note("agent", "peer", body)
                    receive(body)

                session.receive = hear
                return session

            listen(network, new)

        patch.setattr(network_module.SocketNetwork, "listen", noted_listen)


def node(agent: Agent) -> Any:
    return agent._session


def secrets_of(agent: Agent) -> dict[bytes, bytes]:
    """The secret halves of all prekeys that are here, by their ids."""
    question = "SELECT id, key FROM own_prekeys UNION SELECT id, key FROM last_resorts"
    return {
        bytes(id): bytes(key) for id, key in node(agent).ctx.vault.read(lambda rows: rows.execute(question).fetchall())
    }


# --- the page ---


def tag_of(body: bytes) -> str:
    return str(msgspec.msgpack.decode(body, type=list[Any])[0])


def hexadecimal(data: bytes) -> str:
    text = data.hex()
    return "\n".join(text[at : at + WIDTH] for at in range(0, len(text), WIDTH))


def written(value: Any, kind: str = "") -> str:
    """A value in short: what a person compares while reading."""
    if isinstance(value, bytes):
        return f"`{value.hex()}`" if len(value) <= 32 else f"{len(value)} bytes `{value[:8].hex()}…`"
    if isinstance(value, list):
        if kind == "signed" or (not kind and len(value) == 2 and all(isinstance(one, bytes) for one in value)):
            return f"signed({len(value[0])} bytes `{value[0][:8].hex()}…`)"
        return (
            "["
            + ", ".join(written(one) for one in value[:3])
            + (f", … {len(value)} in all" if len(value) > 3 else "")
            + "]"
        )
    return f"“{value}”" if isinstance(value, str) else str(value)


def step(source: str, target: str, body: bytes, says: str) -> str:
    """One frame: who says what to whom, its fields, and its bytes."""
    tag, *values = msgspec.msgpack.decode(body, type=list[Any])
    form = document.messages()[tag]
    told = "; ".join(f"{name} {written(value, kind)}" for (name, kind), value in zip(form, values, strict=True))
    return f"**{source} → {target}: `{tag}`** {says}\n\n{told}\n\n```\n{hexadecimal(body)}\n```\n"


def block(name: str, data: bytes, says: str) -> str:
    return f"`{name}`: {says}\n\n```{name.replace(' ', '_')}\n{hexadecimal(data)}\n```\n"


def private_flow(in_process: Recorded, sara: Agent, reza: Agent) -> str:
    """From the call to the receipt; what each frame is for stands in WORDS."""
    recorder = in_process.recorder
    recorder.steps.clear()
    recorder.on = True
    handed: dict[bytes, bytes] = {}
    calls = node(reza).links.handler
    hand_out = calls.prekeys_for

    def hand_out_and_keep(peer: bytes) -> Any:
        given = hand_out(peer)
        handed.update(secrets_of(reza))
        return given

    calls.prekeys_for = hand_out_and_keep
    sara.private_chat("sara", "reza", "سلام رضا", False, None)

    def receipted() -> bool:
        return any(tag_of(body) == "delivered" for *_, body in recorder.steps)

    until(receipted, what="the receipt")
    recorder.on = False
    parts, seen = [], set()
    for source, target, body in recorder.steps:
        tag = tag_of(body)
        if tag not in PRIVATE_WORDS or tag in seen:
            continue
        seen.add(tag)
        if tag == "prekeys":
            body = _only_used(body, recorder.steps)
        names = {"agent": "Sara's agent", "peer": "Reza's agent", "authority": "authority", "group port": "group port"}
        parts.append(step(names[source], names[target], body, PRIVATE_WORDS[tag]))
    deliver = next(body for *_, body in recorder.steps if tag_of(body) == "deliver")
    _, _, prekey_id, _sealed = msgspec.msgpack.decode(deliver, type=list[Any])
    question = "SELECT raw, envelope FROM messages WHERE sender = ? AND kind = 'text' ORDER BY ord DESC LIMIT 1"
    raw, envelope = node(reza).ctx.vault.read(lambda rows: rows.execute(question, (node(sara).ctx.me.uid,)).fetchone())
    parts += [
        "### What is inside\n",
        block("prekey secret", handed[prekey_id], "the 96 bytes of the one-time prekey that opens `sealed` (2.3, 2.6)"),
        block(
            "envelope",
            bytes(envelope),
            "the plaintext of `sealed`: a `signed`, of the statement `private` (8.4)",
        ),
        block("message", bytes(raw), "the `message` in it (8.3)"),
    ]
    return "\n".join(parts)


def _only_used(body: bytes, steps: Steps) -> bytes:
    """Of sixteen prekeys the one that is used, so that the page stays readable."""
    used = next(msgspec.msgpack.decode(one, type=list[Any])[2] for *_, one in steps if tag_of(one) == "deliver")
    tag, re, prekeys = msgspec.msgpack.decode(body, type=list[Any])
    kept = [one for one in prekeys if used in one[0]]
    return msgspec.msgpack.encode([tag, re, kept])


PRIVATE_WORDS = {
    "find": "Where is Reza? (8.1)",
    "found": "His key and the log entry that made it, and the presence record that he has signed. AK signs it all.",
    "peer_hello": "On a new TLS connection to the address in that record. The certificate on this socket is the one "
    "that the record names, or nothing is sent (3.5).",
    "peer_welcome": "A nonce, and the newest head that Reza's agent knows.",
    "knock": "Who is calling: a proof for Reza's uid, this nonce and this certificate; and Sara's newest head. Both "
    "sides compare heads (6.4).",
    "prekeys": "One-time prekeys, made for Sara. Sixteen came; the one that is used stands here.",
    "deliver": "The message, signed and then sealed to that prekey. The prekey is not used again.",
    "delivered": "Reza has it on his disk: a receipt that he has signed, over the message's id and hash (8.6). Only "
    "now it is *delivered*.",
}


def group_flow(in_process: Recorded, sara: Agent, omid: Agent) -> str:
    recorder = in_process.recorder
    gid = bytes.fromhex(sara.public_chat_method(["omid"], "کارگاه", "all")["group_id"])
    rooms = node(omid).groups.rooms
    until(lambda: gid in rooms and rooms[gid].state == INVITED, what="the invitation")
    question = "SELECT invitation FROM groups WHERE gid = ?"
    invitation = bytes(node(omid).ctx.vault.read(lambda rows: rows.execute(question, (gid,)).fetchone())[0])
    room = node(sara).groups.rooms[gid]
    room.close()  # so that only Omid is heard
    prekeys = secrets_of(omid)
    recorder.steps.clear()
    recorder.on = True
    omid.answer_invitation(gid.hex(), True)
    until(lambda: rooms[gid].state == JOINED, what="coming in")
    key = "SELECT key FROM group_keys WHERE gid = ? AND epoch = 1"
    epoch_key = until(
        lambda: node(omid).ctx.vault.read(lambda rows: rows.execute(key, (gid,)).fetchone()), what="the key"
    )
    until(lambda: any(tag_of(body) == "acknowledge" for *_, body in recorder.steps), what="the acknowledgement")
    omid.send_public_message("من هم آمدم", gid.hex(), False, None, "", None)
    until(lambda: sum(tag_of(body) == "posted" for *_, body in recorder.steps) == 2, what="the message in the chain")
    recorder.on = False
    names = {"agent": "Omid's agent", "authority": "authority", "group port": "group port", "peer": "peer"}
    parts = [block("invitation", invitation, "the body of Sara's private message of kind `invitation` (9.6)")]
    counts: dict[str, int] = {}
    for source, target, body in recorder.steps:
        tag = tag_of(body)
        counts[tag] = counts.get(tag, 0) + 1
        words = GROUP_WORDS.get((tag, counts[tag]))
        if words is not None:
            parts.append(step(names[source], names[target], body, words))
    grant = next(
        msgspec.msgpack.decode(body, type=list[Any])[2] for *_, body in recorder.steps if tag_of(body) == "grant"
    )
    parts += [
        "### What is inside\n",
        *(
            block("last-resort secret", secret, "the 96 bytes of Omid's last-resort prekey that opens the grant (9.4)")
            for secret in prekeys.values()
            if _opens(secret, grant, node(sara).ctx.me.uid, node(omid).ctx.me.uid, in_process.authority.id)
        ),
        block(
            "epoch key",
            bytes(epoch_key[0]),
            "K₁, which is in the grant; all that is said in this epoch is under it (9.3)",
        ),
    ]
    return "\n".join(parts)


def _opens(secret: bytes, sealed: bytes, sender: bytes, recipient: bytes, authority_id: bytes) -> bool:
    try:
        reference.hpke_open(secret, reference.label("seal", "epoch") + authority_id + sender + recipient, sealed)
    except reference.Wrong:
        return False
    return True


GROUP_WORDS = {
    ("fetch_group", 1): "Omid's agent has held the invitation against its log; is he still listed? (9.6)",
    ("group_is", 1): "The newest certificate, commit and chain head.",
    ("hello", 1): "On a new TLS connection to the group's port.",
    ("welcomed", 1): "As on the main port (3.4).",
    ("enter", 1): "Who is calling, with a proof for this group, this nonce and this certificate (9.7).",
    ("entered", 1): "Omid is listed; he sees nothing before he has joined.",
    ("post", 1): "The entry `join`, signed by Omid.",
    ("posted", 1): "It is entry 2 of the chain, and on disk.",
    ("reload", 1): "Now the chain may be read.",
    (
        "reloaded",
        1,
    ): "The commit and the join. Omid's agent replays them by the rules of 9.5 and holds the hash against "
    "the signed head.",
    ("fetch_grant", 1): "His share of this epoch's key.",
    ("grant", 1): "Sealed to his last-resort prekey, by Sara (9.4).",
    ("acknowledge", 1): "He has the key: the others count him.",
    ("post", 2): "A message: header in the clear, words under a key of their own, signed over both (9.3).",
    ("posted", 2): "It is entry 3, and on disk.",
}

HEAD = """# Two worked flows, byte for byte

Real bytes between real programs, for whoever writes a client: [protocol.md](protocol.md) is what binds, and says what
each field is. The numbers in parentheses are its sections. Every frame is shown without its four bytes of length. All
keys here were made for this page and are used nowhere else. `python -m tests.protocol.make_flows` writes it anew when
the wire changes, and a test reads it with the second implementation, which was written from `protocol.md` alone:
every signature is verified, every seal opened.

"""


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        Recorded(Path(folder), patch) as in_process,
    ):
        sara, reza, omid = (in_process.account(name) for name in ("sara", "reza", "omid"))
        for agent in (sara, reza, omid):
            until(lambda agent=agent: node(agent).ctx.trust.log.size == 4, what="the log")  # type: ignore[misc]
        given = "## Given\n\n" + "\n".join(
            block(name, data, says)
            for name, data, says in (
                (
                    "authority key",
                    in_process.key.public.raw,
                    "AK's public half; its SHA-256 is the `authority_id`",
                ),
                ("sara key", node(sara).ctx.me.key.public.raw, "Sara's identity key, public half"),
                ("reza key", node(reza).ctx.me.key.public.raw, "Reza's"),
                ("omid key", node(omid).ctx.me.key.public.raw, "Omid's"),
            )
        )
        private = private_flow(in_process, sara, reza)
        group = group_flow(in_process, sara, omid)
    PAGE.write_text(
        HEAD
        + given
        + "\n## A private message\n\nSara writes “سلام رضا” to Reza. Both are logged in (7.3).\n\n"
        + private
        + "\n## Joining a group and writing there\n\nSara has made a group and invited Omid (9.7).\n\n"
        + group,
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
