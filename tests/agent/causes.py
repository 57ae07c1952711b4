"""Ways to make a message unreadable, a way for each cause of docs/agent-api.md's closed list, in a network in memory.

Each leaves the message on its way to `reader`; it is there once the network has come to rest.
"""

from __future__ import annotations

from collections.abc import Callable

from protocol import envelope
from protocol.envelope import INVITATION, TEXT, PrivateMessage
from protocol.messages import Deposit, Done, FetchPrekeys, LastResorts, MailItem
from protocol.primitives import SigningKey, random_id
from protocol.statements import NO_DEVICE, Prekey, Signed, decode_strict
from tests.world import Person

Way = Callable[[Person, Person], bytes]  # (writer, reader): the id of the message that can't be read


def _prekey(writer: Person, reader: Person) -> Prekey:
    (signed,) = writer.node.authority.request(FetchPrekeys(0, [reader.uid]), LastResorts).prekeys
    assert isinstance(signed, Signed)
    return decode_strict(signed.body, Prekey)


def _deposit(writer: Person, reader: Person, id: bytes, prekey_id: bytes, sealed: bytes) -> bytes:
    item = MailItem(reader.uid, NO_DEVICE, id, "message", prekey_id, sealed)
    writer.node.authority.request(Deposit(0, item), Done)
    return id


def _sealed(writer: Person, reader: Person, key: SigningKey, to: Prekey, id: bytes) -> bytes:
    assert writer.node.ctx.trust.head is not None
    message = PrivateMessage(
        writer.uid,
        reader.uid,
        1,
        envelope.FIRST,
        id,
        writer.world.now,
        writer.node.ctx.trust.head,
        TEXT,
        b"words",
        None,
    )
    return envelope.seal(envelope.encode_message(message), to, key, writer.node.ctx.authority_id)


def no_key(writer: Person, reader: Person) -> bytes:
    """Sealed to a prekey that the reader doesn't have any more."""
    return _deposit(writer, reader, random_id(), random_id(), b"x" * 2000)


def cannot_open(writer: Person, reader: Person) -> bytes:
    """Says that it is sealed to the reader's key, and isn't."""
    return _deposit(writer, reader, random_id(), _prekey(writer, reader).id, b"x" * 2000)


def bad_signature(writer: Person, reader: Person) -> bytes:
    """Signed with a key that never was the writer's."""
    id, prekey = random_id(), _prekey(writer, reader)
    return _deposit(writer, reader, id, prekey.id, _sealed(writer, reader, SigningKey.generate(), prekey, id))


def bad_statement(writer: Person, reader: Person) -> bytes:
    """Well sealed, and no message."""
    id, prekey = random_id(), _prekey(writer, reader)
    info = envelope.seal_info(writer.node.ctx.authority_id, writer.uid, reader.uid)
    from protocol.primitives import SealKey

    return _deposit(writer, reader, id, prekey.id, SealKey(prekey.key).seal(b"no statement", info))


def key_revoked(writer: Person, reader: Person) -> bytes:
    """Waits in the mailbox when an admin, who is the first of the people, ends the writer's account."""
    reader.stop()
    order = writer.say(reader, "words")
    id = bytes(
        writer.vault.read(lambda rows: rows.execute("SELECT id FROM messages WHERE ord = ?", (order,)).fetchone()[0])
    )
    next(iter(writer.world.people.values())).agent().revoke_person(writer.name)
    writer.stop()
    writer.world.people.pop(writer.name)
    reader.restart()
    return id


def unknown_kind(writer: Person, reader: Person) -> bytes:
    """Of a kind that this version doesn't know."""
    id = random_id()
    writer.node.messages.compose(reader.uid, "hologram", b"\x00", id)
    writer.deliver()
    return id


def bad_certificate(writer: Person, reader: Person) -> bytes:
    """An invitation that nobody has certified."""
    id = random_id()
    writer.node.messages.compose(reader.uid, INVITATION, b"no certificate", id)
    writer.deliver()
    return id


WAYS: dict[str, Way] = {
    "no_key": no_key,
    "cannot_open": cannot_open,
    "bad_signature": bad_signature,
    "bad_statement": bad_statement,
    "key_revoked": key_revoked,
    "unknown_kind": unknown_kind,
    "bad_certificate": bad_certificate,
}
