"""Mailboxes as an agent uses them (section 8): what can't reach somebody directly waits for them at the
authority, sealed.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from protocol import envelope
from protocol.errors import Forged, HamrazError, Refused
from protocol.log import User
from protocol.messages import Deposit, Done, DropMail, FetchMail, FetchPrekeys, LastResorts, Mail, MailItem
from protocol.primitives import OpenKey
from protocol.statements import NO_DEVICE, Prekey, Signed, decode_strict
from web_client.account import keys as own_keys
from web_client.account import newest_seen
from web_client.messages import incoming
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import Node

STORED = "authority"  # the state of a message that waits in its recipient's mailbox
RECEIPTS_AT_ONCE = 100
# `mailed` of the outbox: not there, or not any more; waits there; waited until it was too old (section 8.8)
NOT_LEFT, LEFT, GONE = 0, 1, 2
TURN_ANSWERS, TURN_SECONDS = 16, 5.0  # of mail, 8 MiB, before everything else has its turn

_encode = msgspec.msgpack.Encoder().encode


# --- leaving ---


def deposit_all(node: Node, peer: bytes) -> None:
    """Leave everything that waits for a peer in their mailbox, in order.

    Each item is on disk here before it is sent.
    """
    user = node.trust.user(peer)
    if user is None or user.key is None:
        return
    question = "SELECT ord FROM outbox WHERE peer = ? AND mailed = 0 ORDER BY ord"
    waiting = node.vault.read(lambda rows: [row[0] for row in rows.execute(question, (peer,))])
    receipts = node.vault.read(lambda rows: _receipts(rows, peer))
    if not waiting and not receipts:
        return
    prekey = _last_resort(node, user)
    for order in waiting:
        if not node.outbox.leave(peer, order):
            continue
        _deposit(node, peer, order, prekey)
    while receipts:
        _deposit_receipts(node, peer, prekey, receipts)
        receipts = node.vault.read(lambda rows: _receipts(rows, peer))


def _deposit(node: Node, peer: bytes, order: int, prekey: Prekey) -> None:
    item = node.vault.write(lambda rows: _sealed_item(rows, node, peer, order, prekey))
    node.authority.request(Deposit(0, item), Done)
    if node.vault.write(lambda rows: _note_mailed(rows, order)):
        node.tell("message", order)


def _last_resort(node: Node, user: User) -> Prekey:
    """The peer's newest last-resort prekey, checked against their identity key."""
    answered = node.authority.request(FetchPrekeys(0, [user.uid]), LastResorts).prekeys
    if len(answered) != 1:
        raise Forged("wrong_answer")
    signed = answered[0]
    if signed is None:
        raise Refused("prekey_missing", name=user.name)
    assert user.key is not None
    prekey = envelope.check_prekey(signed, user.uid, user.key, node.authority_id)
    if prekey.sequence == 0:
        raise Forged("prekey_invalid")
    if newest_seen.note_prekeys(node, [(user, signed)]):
        raise Forged("prekey_older", name=user.name)
    return prekey


def _sealed_item(rows: Rows, node: Node, peer: bytes, order: int, prekey: Prekey) -> MailItem:
    """The item of one message; a resend is the same bytes, as long as the recipient's prekey is the same: what is
    sealed to one that was followed long ago opens nothing any more.
    """
    mail, id, raw, key = rows.execute(
        "SELECT o.mail, m.id, m.raw, m.key FROM outbox o JOIN messages m USING (ord) WHERE o.ord = ?", (order,)
    ).fetchone()
    if mail is not None and (made := decode_strict(bytes(mail), MailItem)).prekey_id == prekey.id:
        return made
    sealed = envelope.seal(bytes(raw), prekey, own_keys.signer(rows, node.me, bytes(key)), node.authority_id)
    item = MailItem(peer, NO_DEVICE, bytes(id), "message", prekey.id, sealed)
    rows.execute("UPDATE outbox SET mail = ? WHERE ord = ?", (_encode(item), order))
    return item


def _note_mailed(rows: Rows, order: int) -> bool:
    """It waits at the authority now.

    It stays in the outbox: if the peer comes first, it goes straight there as well.
    """
    rows.execute("UPDATE outbox SET mailed = 1 WHERE ord = ?", (order,))
    changed = rows.execute(
        "UPDATE messages SET state = ?, why = NULL WHERE ord = ? AND state = 'waiting'", (STORED, order)
    )
    return bool(changed.rowcount)


def _receipts(rows: Rows, peer: bytes) -> list[tuple[int, Signed]]:
    found = rows.execute(
        "SELECT ord, signed FROM receipts WHERE peer = ? ORDER BY ord LIMIT ?", (peer, RECEIPTS_AT_ONCE)
    )
    return [(row[0], decode_strict(bytes(row[1]), Signed)) for row in found]


def _deposit_receipts(node: Node, peer: bytes, prekey: Prekey, receipts: list[tuple[int, Signed]]) -> None:
    """Receipts are no messages: they have no place in a chain and no receipt. A doubled one says nothing new."""
    signed = [one for _order, one in receipts]
    sealed = envelope.seal_receipts(signed, prekey, node.me.uid, peer, node.authority_id)
    # the same receipts have the same id, so that a lost answer leaves one item
    id = hashlib.sha256(b"".join(one.sig for one in signed)).digest()[:16]
    node.authority.request(Deposit(0, MailItem(peer, NO_DEVICE, id, "receipts", prekey.id, sealed)), Done)
    node.drop_receipts(peer, receipts[-1][0])


# --- taking out ---


def fetch(node: Node) -> bool:
    """Take out what waits for us: stored here first, with its receipt, and only then forgotten there. True if that was
    all; else there is more, for another turn: a mailbox that never ends keeps nothing else from being looked after.
    """
    until = node.timer() + TURN_SECONDS
    for _answer in range(TURN_ANSWERS):
        mail = node.authority.request(FetchMail(0), Mail)
        if not mail.items:
            return True
        for item in mail.items:
            _take(node, item)
        node.authority.request(DropMail(0, [(item.peer, item.id) for item in mail.items]), Done)
        if node.timer() >= until:
            break
    return False


def _take(node: Node, item: MailItem) -> None:
    """Store what one item holds. What doesn't open or doesn't hold never will: the cause is kept in its place."""
    try:
        _open(node, item)
        return
    except (Refused, Forged) as reason:
        why = reason
    if why.code in ("unknown_user", "bad_signature"):  # the log says more by now, perhaps
        node.authority.refresh()
        try:
            _open(node, item)
            return
        except (Refused, Forged) as reason:
            why = reason
    if why.code in ("locked", "log_split", "sending_stopped"):
        raise why
    if why.code == "slow_down":
        return  # too much of who is no contact: without a receipt it stays with its sender, who brings it later
    # what the authority says is from ourselves is in no conversation
    shown = item.kind == "message" and why.code != "unknown_user" and item.peer != node.me.uid
    if shown and node.strangers.shows(item.peer):
        cause, now = _CAUSES.get(why.code, why.code), node.clock()
        order = node.vault.write(lambda rows: incoming.keep_unreadable(rows, node.me, item.peer, item.id, cause, now))
        if order is not None:
            node.tell("message", order)


# the closed list of causes, as the page knows it: what a lost key of our own opens
_CAUSES = {"prekey_unknown": "no_key", "prekey_invalid": "cannot_open"}


def _open(node: Node, item: MailItem) -> None:
    sender = node.trust.user(item.peer)
    if sender is None:
        raise Refused("unknown_user", name="")
    if item.kind == "message":
        node.follow(sender, node.accept(sender, item.prekey_id, item.sealed, by_mail=True))
        return
    if not node.strangers.is_contact(sender.uid):
        return  # who was never written to has nothing to receipt
    prekey = node.vault.read(lambda rows: incoming.last_resort_key(rows, item.prekey_id))
    if prekey is None:
        raise Refused("prekey_unknown")
    receipts = envelope.open_receipts(item.sealed, OpenKey(prekey), sender.uid, node.me.uid, node.authority_id)
    for receipt in receipts:
        try:
            node.confirm(sender, [receipt])
        except HamrazError as reason:
            if reason.code in ("locked", "bad_signature"):  # nothing after one that doesn't hold is worth a look
                raise
