"""Private chat as decisions over the vault's rows (section 8): what to write and what to answer. No sockets, no clocks.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from protocol import envelope
from protocol.envelope import DELIVERED, FIRST, READ, Opened, PrivateMessage
from protocol.errors import Forged, Refused
from protocol.primitives import OpenKey, VerifyKey, random_id
from protocol.statements import Prekey, Signed, decode_strict, issue
from web_client.account import Identity
from web_client.vault import Rows

PREKEYS_PER_PEER = 16  # unused one-time prekeys that a peer may hold: a burst of sixteen messages without asking again
WAITING = "waiting"
RECEIVED = "received"

_encode = msgspec.msgpack.Encoder().encode


def chat_of(peer: bytes) -> str:
    """The conversation's name in the agent's API."""
    return f"p:{peer.hex()}"


# --- sending ---


def check_text(text: str) -> bytes:
    """A text message's body, or why it can't be one."""
    try:
        body = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise Refused("message_chars", field="message") from None
    if not text.strip():
        raise Refused("message_empty", field="message")
    if len(body) > envelope.TEXT_LIMIT:
        raise Refused("message_too_long", field="message", limit=envelope.TEXT_LIMIT)
    return body


def compose(rows: Rows, me: Identity, peer: bytes, kind: str, body: bytes, id: bytes, time: int, head: Signed) -> int:
    """Chain a new message and put it in the outbox; returns its order. The same id again is the same message."""
    known = rows.execute(
        "SELECT ord, recipient, body FROM messages WHERE sender = ? AND id = ?", (me.uid, id)
    ).fetchone()
    if known is not None:
        if bytes(known[1]) != peer or bytes(known[2]) != body:
            raise Refused("bad_request", field="id")
        return int(known[0])
    last = rows.execute(
        "SELECT sequence, hash FROM messages WHERE sender = ? AND recipient = ? AND key = ? "
        "ORDER BY sequence DESC LIMIT 1",
        (me.uid, peer, me.key.public.raw),
    ).fetchone()
    sequence, previous = (last[0] + 1, bytes(last[1])) if last else (1, FIRST)
    message = PrivateMessage(me.uid, peer, sequence, previous, id, time, head, kind, body)
    raw = envelope.encode_message(message)
    order = _insert(rows, message, raw, me.key.public, None, WAITING, None)
    rows.execute("INSERT INTO outbox (ord, peer) VALUES (?, ?)", (order, peer))
    return order


def keep_prekeys(rows: Rows, peer: bytes, prekeys: list[tuple[Prekey, Signed]]) -> None:
    """Keep a peer's checked one-time prekeys, but none that a message has been sealed to already."""
    for prekey, signed in prekeys:
        used = rows.execute("SELECT 1 FROM outbox WHERE prekey_id = ?", (prekey.id,)).fetchone()
        if not used:
            rows.execute("INSERT OR IGNORE INTO peer_prekeys VALUES (?, ?, ?)", (prekey.id, peer, _encode(signed)))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One sealed message, ready to be sent as often as needed."""

    order: int
    id: bytes
    hash: bytes
    prekey_id: bytes
    sealed: bytes


def next_outgoing(rows: Rows, me: Identity, peer: bytes, authority_id: bytes) -> Outgoing | None:
    """The oldest waiting message to a peer, sealed now if it isn't yet; None if none waits.

    Raises `prekey_unknown` when no prekey of the peer is left. Sealing uses the prekey up in the same transaction.
    """
    row = rows.execute(
        "SELECT o.ord, o.prekey_id, o.sealed, m.id, m.hash, m.raw FROM outbox o JOIN messages m USING (ord) "
        "WHERE o.peer = ? ORDER BY o.ord LIMIT 1",
        (peer,),
    ).fetchone()
    if row is None:
        return None
    order, prekey_id, sealed, id, hash, raw = row
    if sealed is None:
        found = rows.execute("SELECT id, signed FROM peer_prekeys WHERE peer = ? LIMIT 1", (peer,)).fetchone()
        if found is None:
            raise Refused("prekey_unknown")
        prekey_id = bytes(found[0])
        prekey = decode_strict(decode_strict(bytes(found[1]), Signed).body, Prekey)
        sealed = envelope.seal(bytes(raw), prekey, me.key, authority_id)
        rows.execute("DELETE FROM peer_prekeys WHERE id = ?", (prekey_id,))
        rows.execute("UPDATE outbox SET prekey_id = ?, sealed = ? WHERE ord = ?", (prekey_id, sealed, order))
    return Outgoing(order, bytes(id), bytes(hash), bytes(prekey_id), bytes(sealed))


def unseal(rows: Rows, order: int) -> None:
    """The prekey turned out to be gone: the same message is sealed again with another."""
    rows.execute("UPDATE outbox SET prekey_id = NULL, sealed = NULL WHERE ord = ?", (order,))


def forget_prekeys(rows: Rows, peer: bytes) -> None:
    """Drop a peer's prekeys: they belong to a key that is gone, or one of them was refused."""
    rows.execute("DELETE FROM peer_prekeys WHERE peer = ?", (peer,))


def confirm(
    rows: Rows,
    me: Identity,
    peer: bytes,
    peer_key: VerifyKey,
    signed: Signed,
    authority_id: bytes,
    expected: Outgoing | None = None,
) -> int | None:
    """Take a receipt for a message of mine; its order if its state has changed. Raises `bad_receipt`."""
    receipt = envelope.check_receipt(signed, peer, peer_key, me.uid, authority_id)
    row = rows.execute(
        "SELECT ord, hash, state FROM messages WHERE sender = ? AND recipient = ? AND id = ?",
        (me.uid, peer, receipt.message_id),
    ).fetchone()
    if row is None or bytes(row[1]) != receipt.message_hash or (expected and expected.order != row[0]):
        raise Forged("bad_receipt")
    order, _hash, state = row
    rows.execute("DELETE FROM outbox WHERE ord = ?", (order,))
    if state == READ or state == receipt.what:
        return None
    rows.execute(
        "UPDATE messages SET state = ?, why = NULL, receipt = ? WHERE ord = ?", (receipt.what, _encode(signed), order)
    )
    return int(order)


def fail(rows: Rows, order: int, why: str) -> None:
    """Give a message up for good: the peer refuses what no resend can mend."""
    rows.execute("DELETE FROM outbox WHERE ord = ?", (order,))
    rows.execute("UPDATE messages SET state = 'failed', why = ? WHERE ord = ?", (why, order))


# --- receiving ---


def hand_out_prekeys(rows: Rows, me: Identity, peer: bytes, authority_id: bytes) -> list[Signed]:
    """PREKEYS_PER_PEER unused one-time prekeys for this peer: the ones it has had already, and new ones for
    the rest.
    """
    have = rows.execute("SELECT signed FROM own_prekeys WHERE peer = ?", (peer,)).fetchall()
    signed = [decode_strict(bytes(row[0]), Signed) for row in have]
    while len(signed) < PREKEYS_PER_PEER:
        key, id = OpenKey.generate(), random_id()
        signed.append(issue(Prekey(me.uid, id, 0, key.public.raw), me.key, authority_id))
        rows.execute("INSERT INTO own_prekeys VALUES (?, ?, ?, ?)", (id, peer, key.save(), _encode(signed[-1])))
    return signed


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an envelope led to: the receipt, always the same for the same message, and the order if it was new."""

    receipt: Signed
    order: int | None


def accept(
    rows: Rows, me: Identity, peer: bytes, peer_key: VerifyKey, prekey_id: bytes, sealed: bytes, authority_id: bytes
) -> Accepted:
    """Open, check, store, use the prekey up and make the receipt, all in this one transaction (section 8, step 5)."""
    envelope_hash = hashlib.sha256(sealed).digest()
    before = rows.execute("SELECT envelope_hash, receipt FROM opened WHERE prekey_id = ?", (prekey_id,)).fetchone()
    if before is not None:
        if bytes(before[0]) != envelope_hash:
            raise Refused("prekey_used")
        return Accepted(decode_strict(bytes(before[1]), Signed), None)
    row = rows.execute("SELECT key FROM own_prekeys WHERE id = ? AND peer = ?", (prekey_id, peer)).fetchone()
    if row is None:
        raise Refused("prekey_unknown")
    opened = envelope.open_envelope(sealed, prekey_id, OpenKey(bytes(row[0])), peer, peer_key, me.uid, authority_id)
    message = opened.message
    if message.kind == envelope.TEXT and len(message.body) > envelope.TEXT_LIMIT:
        raise Refused("message_too_long", limit=envelope.TEXT_LIMIT)
    known = rows.execute(
        "SELECT hash, receipt FROM messages WHERE sender = ? AND id = ?", (peer, message.id)
    ).fetchone()
    if known is None:
        _check_chain(rows, message, opened.hash, peer_key)
        receipt = envelope.issue_receipt(message, opened.hash, DELIVERED, me.key, authority_id)
        order = _insert(rows, message, opened.raw, peer_key, opened, RECEIVED, receipt)
    elif bytes(known[0]) == opened.hash:
        receipt, order = decode_strict(bytes(known[1]), Signed), None  # sealed anew to another prekey: the same message
    else:
        raise Forged("chain_broken")
    rows.execute("DELETE FROM own_prekeys WHERE id = ?", (prekey_id,))
    rows.execute("INSERT INTO opened VALUES (?, ?, ?)", (prekey_id, envelope_hash, _encode(receipt)))
    return Accepted(receipt, order)


def head_of(raw: bytes) -> Signed:
    """The head of the log that a message's sender knew."""
    return envelope.decode_message(raw).head


def _check_chain(rows: Rows, message: PrivateMessage, hash: bytes, key: VerifyKey) -> None:
    """Hold a message against its neighbours in the sender's row, where they are here.

    A gap is no error: it is shown.
    """

    def at(sequence: int) -> tuple[bytes, bytes] | None:
        row = rows.execute(
            "SELECT hash, previous FROM messages WHERE sender = ? AND recipient = ? AND key = ? AND sequence = ?",
            (message.sender, message.recipient, key.raw, sequence),
        ).fetchone()
        return (bytes(row[0]), bytes(row[1])) if row else None

    before, after = at(message.sequence - 1), at(message.sequence + 1)
    if (
        message.sequence == 0
        or at(message.sequence) is not None
        or (message.sequence == 1 and message.previous != FIRST)
        or (before is not None and message.previous != before[0])
        or (after is not None and after[1] != hash)
    ):
        raise Forged("chain_broken")


def mark_read(rows: Rows, me: Identity, chat: str, peer: bytes | None, order: int, authority_id: bytes) -> bool:
    """Remember how far a conversation was read and, in a private one, leave `read` receipts for what is newly so.

    True if there are any.
    """
    row = rows.execute("SELECT read_ord FROM chats WHERE chat = ?", (chat,)).fetchone()
    before = int(row[0]) if row else 0
    if order <= before:
        return False
    rows.execute("INSERT OR REPLACE INTO chats VALUES (?, ?)", (chat, order))
    if peer is None:
        return False
    fresh = rows.execute(
        "SELECT raw, hash FROM messages WHERE chat = ? AND sender = ? AND ord > ? AND ord <= ?",
        (chat, peer, before, order),
    ).fetchall()
    for raw, hash in fresh:
        message = envelope.decode_message(bytes(raw))
        receipt = envelope.issue_receipt(message, bytes(hash), READ, me.key, authority_id)
        rows.execute("INSERT INTO receipts (peer, signed) VALUES (?, ?)", (peer, _encode(receipt)))
    return bool(fresh)


def _insert(
    rows: Rows,
    message: PrivateMessage,
    raw: bytes,
    key: VerifyKey,
    opened: Opened | None,
    state: str,
    receipt: Signed | None,
) -> int:
    peer = message.recipient if opened is None else message.sender
    cursor = rows.execute(
        "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
        "envelope, state, receipt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            chat_of(peer),
            message.id,
            message.sender,
            message.recipient,
            key.raw,
            message.sequence,
            message.previous,
            envelope.message_hash(raw),
            message.time,
            message.kind,
            message.body,
            raw,
            _encode(opened.envelope) if opened else None,
            state,
            _encode(receipt) if receipt else None,
        ),
    )
    return int(cursor.lastrowid)
