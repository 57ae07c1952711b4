"""Private chat as decisions over the vault's rows (section 8): what to write and what to answer. No sockets, no clocks.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import envelope, kinds
from protocol.envelope import FIRST, LISTENED, READ, PrivateMessage
from protocol.errors import Forged, Refused
from protocol.files import VOICE
from protocol.log import User
from protocol.primitives import VerifyKey
from protocol.statements import Prekey, Receipt, Signed, decode_strict, encode_strict
from web_client.account import keys as own_keys
from web_client.account.chat_ids import ChatId
from web_client.account.identity import Identity
from web_client.messages import amendments, answers, blocked_rows, display, outbox_rows, profile_rows
from web_client.messages import rows as message_rows
from web_client.messages.outbox_rows import Waiting
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows

WAITING = "waiting"
RECEIVED = "received"
UNREADABLE = "unreadable"  # the kind of what could not be opened; `why` says the cause

ONE_TIME, LAST_RESORT = "one_time", "last_resort"  # the prekeys that a message may be sealed to
IMPORT = message_rows.IMPORT  # in their place, of what was taken in from an export: it is there to be read


# --- sending ---


def check_text(text: str, field: str = "message") -> bytes:
    """A text message's body, or why it can't be one."""
    try:
        body = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        raise Refused("message_chars", field=field) from None
    if not display.is_seen(text):
        raise Refused("message_empty", field=field)
    if len(body) > envelope.TEXT_LIMIT:
        raise Refused("message_too_long", field=field, limit=envelope.TEXT_LIMIT)
    return body


def compose(
    rows: Rows, me: Identity, peer: bytes, kind: str, body: bytes, id: bytes, time: int, head: Signed
) -> tuple[int, list[int]]:
    """Chain a new private message and put it in the outbox; its order, and those of the messages that it changes."""
    last = rows.execute(
        "SELECT sequence, hash FROM messages WHERE sender = ? AND recipient = ? AND key = ? "
        "ORDER BY sequence DESC LIMIT 1",
        (me.uid, peer, me.key.public.raw),
    ).fetchone()
    sequence, previous = (last[0] + 1, bytes(last[1])) if last else (1, FIRST)
    about = profile_rows.about_for(rows, peer)
    message = PrivateMessage(me.uid, peer, sequence, previous, id, time, head, kind, body, about)
    raw = envelope.encode_message(message)
    return put(rows, row_of(message, raw, me.key.public, ChatId.private(peer), WAITING))


def note(rows: Rows, me: Identity, kind: str, body: bytes, id: bytes, time: int) -> tuple[int, list[int]]:
    """Keep a message to oneself: it stands in no row of a sender's, is never sent, and nobody signs it."""
    row = MessageRow(
        chat=ChatId.private(me.uid), id=id, sender=me.uid, recipient=me.uid, key=b"note" + id, time=time, kind=kind,
        body=body, state=READ, **amendments.about_private(kind, body, me.uid),
    )  # fmt: skip
    return put(rows, row, leaves=False)


def put(rows: Rows, row: MessageRow, leaves: bool = True) -> tuple[int, list[int]]:
    """Put a new message of one's own into the outbox, if it `leaves`; its order, and those of the messages that it
    changes.

    The same id again is the same message; `bad_request` if it says something else.
    """
    known = message_rows.written(rows, row.sender, row.id)
    if known is not None:
        if (known.chat, known.body) != (row.chat, row.body):
            raise Refused("bad_request", field="id")
        return known.ord, []
    order = message_rows.insert(rows, row)
    if leaves:
        outbox_rows.put(rows, order)
    # nobody else can have said anything about a message that is just being written
    return order, amendments.settle(rows, order) if row.kind in kinds.MARKS else answers.answered(rows, row)


def chain_after(rows: Rows, row: MessageRow, sequence: int, previous: bytes) -> bytes:
    """Say the same at this place; its hash there. What has no words any more is never sent, and only has a place."""
    hash, raw = row.hash, row.raw
    if raw:
        message = msgspec.structs.replace(envelope.decode_message(raw), sequence=sequence, previous=previous)
        raw = envelope.encode_message(message)
        hash = envelope.message_hash(raw)
    message_rows.change(rows, row.ord, sequence=sequence, previous=previous, hash=hash, raw=raw)
    return hash


def keep_prekeys(rows: Rows, peer: bytes, prekeys: list[tuple[Prekey, Signed]]) -> None:
    """Keep a peer's checked one-time prekeys, but none that a message has been sealed to already."""
    rows.execute("DELETE FROM peer_prekeys WHERE peer = ? AND signed IS NULL", (peer,))
    for prekey, signed in prekeys:
        used = rows.execute("SELECT 1 FROM outbox WHERE prekey_id = ?", (prekey.id,)).fetchone()
        if not used:
            rows.execute(
                "INSERT OR IGNORE INTO peer_prekeys VALUES (?, ?, ?)", (peer, prekey.id, encode_strict(signed))
            )


def next_outgoing(rows: Rows, me: Identity, peer: bytes, authority_id: bytes) -> Waiting | None:
    """The oldest waiting message to a peer, sealed now if it isn't yet; None if none waits.

    Raises `prekey_unknown` when no prekey of the peer is left. Sealing uses the prekey up in the same transaction.
    """
    found = outbox_rows.first(rows, ChatId.private(peer))
    if found is None:
        return None
    row, waits = found
    if waits.sealed is None:
        unused = "SELECT rowid, signed FROM peer_prekeys WHERE peer = ? AND signed IS NOT NULL LIMIT 1"
        kept = rows.execute(unused, (peer,)).fetchone()
        if kept is None:
            raise Refused("prekey_unknown")
        prekey = decode_strict(decode_strict(bytes(kept[1]), Signed).body, Prekey)
        sealed = envelope.seal(row.raw, prekey, own_keys.signer(rows, me, row.key), authority_id)
        rows.execute("UPDATE peer_prekeys SET signed = NULL WHERE rowid = ?", (kept[0],))
        outbox_rows.change(rows, row.ord, prekey_id=prekey.id, sealed=sealed)
        return msgspec.structs.replace(waits, prekey_id=prekey.id, sealed=sealed)
    return waits


def give_up_damaged(rows: Rows, peer: bytes) -> int | None:
    """Give up the oldest that waits for a peer if its bytes are no message: nothing mends it, and it keeps no later one
    back. Its order, or None if it is one.
    """
    found = outbox_rows.first(rows, ChatId.private(peer))
    if found is not None:
        try:
            envelope.decode_message(found[0].raw)
        except Forged as reason:
            fail(rows, found[0].ord, reason.code)
            return found[0].ord
    return None


def unseal(rows: Rows, order: int) -> None:
    """The prekey turned out to be gone: the same message is sealed again with another."""
    outbox_rows.change(rows, order, prekey_id=None, sealed=None)


def forget_prekeys(rows: Rows, peer: bytes) -> None:
    """Drop a peer's prekeys: they belong to a key that is gone, or one of them was refused."""
    rows.execute("DELETE FROM peer_prekeys WHERE peer = ?", (peer,))


def confirm(
    rows: Rows,
    me: Identity,
    reader: User,
    signed: Signed,
    authority_id: bytes,
    now: int,
    expected: int | None = None,
) -> int | None:
    """Take a receipt for a message of mine; its order if its state has changed. Raises `bad_receipt`.

    `expected`: it is the answer to the message of this order, handed over straight.
    """
    claimed = decode_strict(signed.body, Receipt)  # for the message alone: without one, no signature is worth a look
    row = message_rows.named(rows, ChatId.private(reader.uid), me.uid, claimed.message_id)
    if row is None or row.hash != claimed.message_hash or (expected is not None and expected != row.ord):
        raise Forged("bad_receipt")
    receipt = _check_receipt(signed, reader, me.uid, authority_id)
    if receipt.what in (READ, LISTENED) and blocked_rows.has(rows, reader.uid):
        return None  # what a blocked person has read isn't shown; that it has come is told by another receipt
    if receipt.what == LISTENED:
        return _hear(rows, row, now)
    waited = outbox_rows.get(rows, row.ord)
    told: dict[str, Any] = {}
    if waited is not None:
        way = LAST_RESORT if waited.mailed and expected is None else ONE_TIME
        # one that came again (section 8.15) had arrived before, and that is when it did
        told = {"delivered": now if row.delivered is None else row.delivered, "sealed": way, "why": None}
    news = row.state not in (READ, receipt.what)
    if news:
        seen = now if receipt.what == READ else None
        told |= {"state": receipt.what, "why": None, "receipt": encode_strict(signed), "seen": seen}
    if told:
        message_rows.change(rows, row.ord, **told)
    if waited is not None:
        if row.raw:  # what it has said of one's own profile, its reader knows now
            profile_rows.mark_shown(rows, reader.uid, envelope.decode_message(row.raw).about)
        outbox_rows.drop(rows, row.ord)
        amendments.forget_sent(rows, row)
    return row.ord if news else None


def _hear(rows: Rows, row: MessageRow, now: int) -> int | None:
    """A voice message of mine was listened to; its order if that is new. Before any other receipt it says nothing."""
    if row.kind != VOICE:
        raise Forged("bad_receipt")
    if row.receipt is None or row.listened is not None:
        return None
    message_rows.change(rows, row.ord, listened=now)
    return row.ord


def _check_receipt(signed: Signed, reader: User, writer: bytes, authority_id: bytes) -> Receipt:
    """By whichever key of the reader's counts."""
    for key in reader.counting:
        try:
            return envelope.check_receipt(signed, reader.uid, key, writer, authority_id)
        except Forged as reason:
            if reason.code != "bad_signature":
                raise
    raise Forged("bad_signature")


def note_waiting(rows: Rows, chat: ChatId, why: str) -> list[int]:
    """Say at what waits for a destination, and hasn't left, why it does; the orders of those that say something new."""
    found = [message_rows.at(rows, order) for order in outbox_rows.orders(rows, chat, outbox_rows.NOT_LEFT)]
    orders = [row.ord for row in found if row is not None and row.why != why]
    for order in orders:
        message_rows.change(rows, order, why=why)
    return orders


def fail(rows: Rows, order: int, why: str) -> None:
    """Give a message up for good: what it is refused for no resend can mend."""
    outbox_rows.drop(rows, order)
    # what has a receipt has arrived once, whatever becomes of it when it is sent again (section 8.15)
    rows.execute("UPDATE messages SET state = 'failed', why = ? WHERE ord = ? AND receipt IS NULL", (why, order))
    row = message_rows.at(rows, order)
    assert row is not None
    amendments.forget_sent(rows, row)


def row_of(message: PrivateMessage, raw: bytes, key: VerifyKey, chat: ChatId, state: str, **more: Any) -> MessageRow:
    """The row of a private message with these bytes, signed by this key; `more` are other columns."""
    return MessageRow(
        chat=chat, id=message.id, sender=message.sender, recipient=message.recipient, key=key.raw,
        sequence=message.sequence, previous=message.previous, hash=envelope.message_hash(raw), time=message.time,
        kind=message.kind, body=message.body, raw=raw, state=state,
        **amendments.about_private(message.kind, message.body, message.sender), **more,
    )  # fmt: skip
