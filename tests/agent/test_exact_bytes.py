"""What is signed is hashed and verified as it came: other writers may encode the same thing in more bytes."""

from __future__ import annotations

import struct
from typing import Any

import msgspec
import pytest

from protocol import messages
from protocol.envelope import FIRST, PrivateMessage, encode_message, message_hash, seal_info
from protocol.messages import ChangePresence, Deliver, Delivered, Done, LogPart, Prekeys
from protocol.primitives import SealKey, digest, random_id
from protocol.statements import NO_DEVICE, Envelope, Head, Prekey, Presence, Receipt, Signed, Statement, decode_strict
from tests.agent.wire import decoded, frames_of
from tests.world import Person, World
from web_client.authority import directory


def wide(value: Any) -> bytes:
    """MessagePack with every length and integer in the widest form there is."""
    if value is None or isinstance(value, bool):
        return msgspec.msgpack.encode(value)
    if isinstance(value, int):
        return b"\xcf" + struct.pack(">Q", value)
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    if isinstance(value, str):
        return b"\xdb" + struct.pack(">I", len(value.encode())) + value.encode()
    return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(wide, value))


def widely(statement: Any) -> bytes:
    plain = msgspec.msgpack.encode(statement)
    long = wide(msgspec.msgpack.decode(plain))
    assert long != plain and msgspec.msgpack.decode(long, type=type(statement)) == statement
    return long


def issue_widely(statement: Statement, person: Person) -> Signed:
    body = widely(statement)
    return Signed(body, person.node.ctx.me.key.sign(statement.CONTEXT, person.node.ctx.authority_id, body))


def send(world: World, writer: Person, to: Person, sequence: int, previous: bytes, text: str) -> bytes:
    """Write as another implementation may; returns the message's bytes."""
    link = writer.node.links.get(to.uid)
    question = "SELECT signed FROM peer_prekeys WHERE peer = ? AND signed IS NOT NULL LIMIT 1"
    signed = writer.vault.read(lambda rows: bytes(rows.execute(question, (to.uid,)).fetchone()[0]))
    prekey = decode_strict(decode_strict(signed, Signed).body, Prekey)
    writer.vault.write(lambda rows: rows.execute("DELETE FROM peer_prekeys WHERE id = ?", (prekey.id,)))
    assert writer.node.ctx.trust.head is not None
    message = PrivateMessage(
        writer.uid,
        to.uid,
        sequence,
        previous,
        random_id(),
        world.now,
        writer.node.ctx.trust.head,
        "text",
        text.encode(),
        None,
    )
    raw = widely(message)
    envelope = issue_widely(Envelope(prekey.id, digest(b"prekey", prekey.key), raw), writer)
    sealed = SealKey(prekey.key).seal(widely(envelope), seal_info(world.link.authority_id, writer.uid, to.uid))
    receipt = decode_strict(link.deliver(prekey.id, sealed).body, Receipt)
    assert receipt.message_hash == message_hash(raw) != message_hash(encode_message(message))
    return raw


def test_a_message_is_hashed_and_chained_as_it_came(world: World, arash: Person, sara: Person) -> None:
    first = send(world, arash, sara, 1, FIRST, "one")
    second = send(world, arash, sara, 2, message_hash(first), "two")
    send(world, arash, sara, 3, message_hash(second), "three")
    assert [(shown["text"], shown["gap"]) for shown in sara.shown(arash)] == [
        ("one", False),
        ("two", False),
        ("three", False),
    ]
    sara.read(arash)
    sara.deliver()  # arash's agent knows no such messages, and says so by its own name
    kept = sara.vault.read(lambda rows: [bytes(row[0]) for row in rows.execute("SELECT raw FROM messages")])
    assert kept[0] == first


def test_a_prekey_and_a_receipt_hold_as_they_came(world: World, arash: Person, sara: Person) -> None:
    kinds: list[str] = []

    def rewrite(source: str, target: str, body: bytes) -> list[bytes]:
        if source != "sara":
            return [body]
        if (prekeys := decoded(body, Prekeys)) is not None:
            kinds.append("prekeys")
            again = [issue_widely(decode_strict(one.body, Prekey), sara) for one in prekeys.prekeys]
            return [wide(msgspec.msgpack.decode(messages.encode(Prekeys(prekeys.re, again))))]
        if (delivered := decoded(body, Delivered)) is not None:
            kinds.append("receipt")
            return [
                messages.encode(
                    Delivered(delivered.re, issue_widely(decode_strict(delivered.receipt.body, Receipt), sara))
                )
            ]
        return [body]

    world.carry = rewrite
    arash.say(sara, "one")
    assert kinds == ["prekeys", "receipt"]
    assert arash.states(sara) == ["delivered"]
    assert sara.texts(arash) == ["one"]


def test_a_presence_record_holds_as_it_came(world: World, arash: Person, sara: Person) -> None:
    """It is kept so by the authority too, which hands it on."""
    record = Presence(
        sara.uid, NO_DEVICE, world.now + 99, sara.network.here, sara.network.port, sara.network.fingerprint
    )
    signed = issue_widely(record, sara)
    sara.node.authority.request(ChangePresence(0, signed), Done)
    assert directory.look_up(arash.node.ctx, arash.node.authority, "sara")[1].presence == signed
    arash.say(sara, "one")
    assert sara.texts(arash) == ["one"]


def test_a_head_holds_as_it_came(world: World, arash: Person, sara: Person) -> None:
    """The authority signs heads in its own way; they are kept, shown and compared as they are."""
    world.sign_up("mani")
    state = world.authority.state
    body = widely(Head(4, state.log.hashes[4]))
    signed = Signed(body, world.authority_key.sign(Head.CONTEXT, world.link.authority_id, body))
    arash.node.ctx.trust.sync(lambda request: LogPart(0, state.entries[3:], signed), signed, world.authority_key.public)
    assert arash.node.ctx.trust.head == signed
    arash.restart(connect=False)
    assert arash.node.ctx.trust.head == signed
    arash.node.authority.connect()
    arash.say(sara, "one")
    assert sara.texts(arash) == ["one"]
    assert frames_of(world, Deliver, "arash", "sara")
    assert sara.node.ctx.trust.alarm is None


@pytest.mark.parametrize("kind", ["deliver", "knock", "receipts", "peer_hello", "peer_welcome", "prekeys", "delivered"])
def test_a_frame_in_many_bytes_is_taken(world: World, arash: Person, sara: Person, kind: str) -> None:
    world.carry = lambda source, target, body: (
        [wide(value)] if (value := msgspec.msgpack.decode(body))[0] == kind else [body]
    )
    arash.say(sara, "one")
    sara.read(arash)
    sara.deliver()
    assert sara.texts(arash) == ["one"]
    assert arash.states(sara) == ["read"]
