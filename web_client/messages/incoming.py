"""Private messages that arrive, as decisions over the vault's rows (section 8): what is stored, what is answered.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from protocol import envelope, kinds
from protocol.envelope import DELIVERED, FIRST, LISTENED, READ, Opened, PrivateMessage
from protocol.errors import Forged, Refused
from protocol.log import User
from protocol.primitives import OpenKey, VerifyKey, random_id
from protocol.statements import NO_DEVICE, Prekey, Receipt, Signed, check_head, decode_strict, encode_strict, issue
from web_client.account import keys as own_keys
from web_client.account.chat_ids import ChatId
from web_client.account.identity import Identity
from web_client.messages import amendments, blocked_rows, chats, outgoing, profile_rows, regained
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import LAST_RESORT, ONE_TIME, RECEIVED, UNREADABLE
from web_client.messages.rows import MessageRow
from web_client.search import index
from web_client.vault.database import Rows, value
from web_client.vault.lines import DROPPED

# Lines about what can't be read, of one sender in one conversation: a key that was lost explains so many, and whoever
# leaves rubbish in a mailbox fills no more than that of somebody's screen.
UNREADABLE_LINES = 20
PREKEYS_PER_PEER = 16  # unused one-time prekeys that a peer may hold: a burst of sixteen messages without asking again


def lacks_prekeys(rows: Rows, peer: bytes) -> int:
    """How many of PREKEYS_PER_PEER are used up."""
    return max(0, PREKEYS_PER_PEER - int(value(rows, "SELECT count(*) FROM own_prekeys WHERE peer = ?", peer)))


def make_keys(count: int) -> list[OpenKey]:
    """So many for `hand_out_prekeys`, beforehand: 0.17 ms each, for which nobody need wait who wants the vault."""
    return [OpenKey.generate() for _ in range(count)]


def hand_out_prekeys(rows: Rows, me: Identity, peer: bytes, authority_id: bytes, made: list[OpenKey]) -> list[Signed]:
    """PREKEYS_PER_PEER unused one-time prekeys for this peer: the ones it has had already, and new ones for
    the rest.
    """
    # what was handed out of those that are used up: it isn't looked for when a message comes, which is waited for
    used = "peer = ? AND id NOT IN (SELECT id FROM own_prekeys WHERE peer = ?)"
    rows.execute(f"DELETE FROM handed_prekeys WHERE {used}", (peer, peer))
    have = rows.execute("SELECT signed FROM handed_prekeys WHERE peer = ?", (peer,)).fetchall()
    signed = [decode_strict(bytes(row[0]), Signed) for row in have]
    while len(signed) < PREKEYS_PER_PEER:
        key, id = made.pop() if made else OpenKey.generate(), random_id()
        signed.append(issue(Prekey(me.uid, NO_DEVICE, id, 0, key.public.raw), me.key, authority_id))
        rows.execute("INSERT INTO own_prekeys VALUES (?, ?, ?)", (peer, id, key.save()))
        rows.execute("INSERT INTO handed_prekeys VALUES (?, ?, ?)", (peer, id, encode_strict(signed[-1])))
    return signed


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an envelope led to: the receipt, always the same for the same message, and what it was if it was new.

    `changed` are the orders of the lines that look different now, the new message's own first if it is one; and of
    one that was unreadable and turns out to be no line. Of what a blocked person has sent there is no `order`.
    """

    receipt: Signed
    order: int | None = None
    message: PrivateMessage | None = None
    changed: tuple[int, ...] = ()


def last_resort_key(rows: Rows, prekey_id: bytes) -> bytes | None:
    """The secret half of one's own last-resort prekey, if it is still kept."""
    key: bytes | None = value(rows, "SELECT key FROM last_resorts WHERE id = ?", prekey_id)
    return key


# What a kind of message leads to in the same transaction; upper rooms put theirs in.
ON_STORED: dict[str, Callable[[Rows, int], None]] = {}


def accept(
    rows: Rows,
    me: Identity,
    sender: User,
    prekey_id: bytes,
    sealed: bytes,
    authority_key: VerifyKey,
    authority_id: bytes,
    now: int,
    by_mail: bool = False,
) -> Accepted:
    """Open, check, store, use the prekey up and make the receipt, all in this one transaction (section 8.5).

    What came by mail was sealed to a last-resort prekey, which is not used up: there the message's id keeps it from
    being taken twice. Its receipt is left in the same transaction, to be sent when there is a way.
    """
    envelope_hash = hashlib.sha256(sealed).digest()
    before = rows.execute("SELECT envelope_hash, ord FROM opened WHERE prekey_id = ?", (prekey_id,)).fetchone()
    if before is not None:
        if bytes(before[0]) != envelope_hash:
            raise Refused("prekey_used")
        kept = message_rows.at(rows, before[1])
        if kept is None or kept.receipt is None or kept.sender != sender.uid:
            raise Refused("prekey_unknown")  # it was made for somebody else, and so is the receipt
        return Accepted(own_keys.sign_again(decode_strict(kept.receipt, Signed), me, authority_id))
    peer = sender.uid
    one_time = "SELECT key FROM own_prekeys WHERE peer = ? AND id = ?"
    key = last_resort_key(rows, prekey_id) if by_mail else value(rows, one_time, peer, prekey_id)
    if key is None:
        raise Refused("prekey_unknown")
    opened = envelope.open_envelope(
        sealed, prekey_id, OpenKey(key), peer, sender.counting, sender.gone, me.uid, authority_id
    )
    message = opened.message
    check_head(message.head, authority_key, authority_id)
    if kinds.text_size(message.kind, message.body) > envelope.TEXT_LIMIT:
        raise Refused("message_too_long", limit=envelope.TEXT_LIMIT)
    known = message_rows.named(rows, ChatId.private(peer), peer, message.id)
    if known is None or not known.hash:  # new, or what had come under this id before could not be read
        _check_chain(rows, message, opened.hash, opened.key)
        receipt = envelope.issue_receipt(message, opened.hash, DELIVERED, me.key, authority_id)
        if blocked_rows.has(rows, peer):
            order = _drop(rows, opened, receipt, now, known)
            profile_rows.hear(rows, peer, opened.key.fingerprint(), ChatId.private(peer), message.about)  # for later
            _keep_receipt(rows, receipt, order, peer, prekey_id, envelope_hash, by_mail)
            return Accepted(receipt, message=message)
        if known is not None:
            message_rows.delete(rows, known.ord)
        row = outgoing.row_of(
            message, opened.raw, opened.key, ChatId.private(peer), RECEIVED, envelope=encode_strict(opened.envelope),
            receipt=encode_strict(receipt), came=now, sealed=LAST_RESORT if by_mail else ONE_TIME,
            ord=0 if known is None else known.ord,  # it opens in its place
        )  # fmt: skip
        order = message_rows.insert(rows, row)
        regained.place(rows, order, peer, message.time)
        if known is not None:
            index.renew(rows, order)
        changed = amendments.settle_new(rows, order, row)
        if known is not None and order not in changed:  # a mark: what stood in its place is no line
            changed.append(order)
        profile_rows.hear(rows, peer, opened.key.fingerprint(), ChatId.private(peer), message.about)
        if message.kind in ON_STORED:
            ON_STORED[message.kind](rows, order)
        accepted = Accepted(receipt, order, message, tuple(changed))
    elif known.hash == opened.hash:
        # sealed anew to another prekey: the same message
        order = known.ord
        accepted = Accepted(own_keys.sign_again(decode_strict(known.receipt or b"", Signed), me, authority_id))
    else:
        raise Forged("chain_broken")
    _keep_receipt(rows, accepted.receipt, order, peer, prekey_id, envelope_hash, by_mail)
    return accepted


def _keep_receipt(
    rows: Rows, receipt: Signed, order: int, peer: bytes, prekey_id: bytes, envelope_hash: bytes, by_mail: bool
) -> None:
    """Use the prekey up and remember whose receipt answers it, or leave the receipt where it is sent from."""
    if by_mail:
        rows.execute("INSERT INTO receipts (peer, signed) VALUES (?, ?)", (peer, encode_strict(receipt)))
        return
    rows.execute("DELETE FROM own_prekeys WHERE peer = ? AND id = ?", (peer, prekey_id))
    rows.execute("INSERT INTO opened VALUES (?, ?, ?)", (prekey_id, envelope_hash, order))


def _drop(rows: Rows, opened: Opened, receipt: Signed, now: int, unreadable: MessageRow | None) -> int:
    """Keep of a blocked person's message its place in their chain and its receipt, which a resend gets again, and
    nothing of what it says. A line that says that it could not be opened stays what it is. The row's order.
    """
    message = opened.message
    chain: dict[str, Any] = {
        "key": opened.key.raw, "sequence": message.sequence, "previous": message.previous, "hash": opened.hash,
        "receipt": encode_strict(receipt),
    }  # fmt: skip
    if unreadable is not None:
        message_rows.change(rows, unreadable.ord, **chain)
        return unreadable.ord
    row = MessageRow(
        chat=ChatId.private(message.sender), id=message.id, sender=message.sender, recipient=message.recipient,
        time=now, kind=blocked_rows.GONE, state=RECEIVED, came=now, line=DROPPED, **chain,
    )  # fmt: skip
    return message_rows.insert(rows, row)


def keep_unreadable(rows: Rows, me: Identity, peer: bytes, id: bytes, why: str, now: int) -> int | None:
    """Something has come under this id that can't be opened or doesn't hold: its place and the cause; its order.

    Of one sender there are UNREADABLE_LINES such lines at most: more of them say nothing more. What was meant comes
    some other way, as what it is.
    """
    if message_rows.named(rows, ChatId.private(peer), peer, id) is not None or blocked_rows.has(rows, peer):
        return None
    lines = "SELECT count(*) FROM (SELECT 1 FROM messages WHERE chat = ? AND kind = ? AND line = 1 LIMIT ?)"
    if value(rows, lines, ChatId.private(peer), UNREADABLE, UNREADABLE_LINES) >= UNREADABLE_LINES:
        return None
    # in no row of the sender's
    row = MessageRow(
        chat=ChatId.private(peer), id=id, sender=peer, recipient=me.uid, key=b"unreadable" + id, time=now,
        kind=UNREADABLE, state=RECEIVED, why=why,
    )  # fmt: skip
    return message_rows.insert(rows, row)


def _check_chain(rows: Rows, message: PrivateMessage, hash: bytes, key: VerifyKey) -> None:
    """Hold a message against its neighbours in the sender's row, where they are here.

    A gap is no error: it is shown.
    """

    before, there, after = message_rows.around(rows, message.sender, message.recipient, key.raw, message.sequence)
    if (
        message.sequence == 0
        or there is not None
        or (message.sequence == 1 and message.previous != FIRST)
        or (before is not None and message.previous != before.hash)
        or (after is not None and after.previous != hash)
    ):
        raise Forged("chain_broken")


def mark_read(rows: Rows, me: Identity, chat: ChatId, peer: bytes | None, position: int, authority_id: bytes) -> bool:
    """Remember how far a conversation was read and leave `read` receipts of what is newly so for `peer`, who is to be
    told. True if there are any.
    """
    chats.unmark(rows, chat)
    before = chats.read_to(rows, chat)
    if position <= before:
        return False
    chats.set_read_to(rows, chat, position)
    if peer is None:
        return False
    fresh = rows.execute(
        "SELECT id, hash FROM messages WHERE chat = ? AND line = 1 AND sender = ? AND position > ? AND position <= ?",
        (chat, peer, before, position),
    ).fetchall()
    for id, hash in fresh:
        receipt = issue(Receipt(me.uid, peer, bytes(id), bytes(hash), READ), me.key, authority_id)
        rows.execute("INSERT INTO receipts (peer, signed) VALUES (?, ?)", (peer, encode_strict(receipt)))
    return bool(fresh)


def mark_listened(rows: Rows, me: Identity, order: int, told: bool, now: int, authority_id: bytes) -> bool:
    """Remember that somebody's voice message was listened to, and leave their receipt if they are to be told. True if
    there is one.
    """
    row = message_rows.at(rows, order)
    if row is None or row.listened is not None:
        return False
    message_rows.change(rows, order, listened=now)
    if told:
        receipt = issue(Receipt(me.uid, row.sender, row.id, row.hash, LISTENED), me.key, authority_id)
        rows.execute("INSERT INTO receipts (peer, signed) VALUES (?, ?)", (row.sender, encode_strict(receipt)))
    return told


def take_back(rows: Rows) -> None:
    """Drop the receipts of reading and listening that have not been sent."""
    for order, signed in rows.execute("SELECT ord, signed FROM receipts").fetchall():
        if decode_strict(decode_strict(bytes(signed), Signed).body, Receipt).what in (READ, LISTENED):
            rows.execute("DELETE FROM receipts WHERE ord = ?", (order,))
