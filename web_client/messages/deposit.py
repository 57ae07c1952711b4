"""Leaving what can't reach somebody directly in their mailbox at the authority, sealed (section 8)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from protocol import envelope
from protocol.errors import Forged, Refused
from protocol.log import User
from protocol.messages import Deposit, Done, FetchPrekeys, LastResorts, MailItem
from protocol.statements import NO_DEVICE, Prekey, Signed, decode_strict, encode_strict
from web_client.account import keys as own_keys
from web_client.account import newest_seen
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import MessageChanged
from web_client.authority.link import AuthorityLink
from web_client.messages import outbox_rows, profile_rows
from web_client.messages import receipts as receipts_of
from web_client.messages import rows as message_rows
from web_client.vault.database import Rows

STORED = "authority"  # the state of a message that waits in its recipient's mailbox


def deposit_all(
    ctx: AccountContext, authority: AuthorityLink, peer: bytes, leave: Callable[[bytes, int], bool]
) -> None:
    """Leave everything that waits for a peer in their mailbox, in order.

    Each item is on disk here before it is sent; `leave` says whether it still may.
    """
    user = ctx.trust.user(peer)
    if user is None or user.key is None:
        return
    waiting = ctx.vault.read(lambda rows: outbox_rows.orders(rows, ChatId.private(peer), outbox_rows.NOT_LEFT))
    receipts = ctx.vault.read(lambda rows: receipts_of.waiting(rows, peer))
    if not waiting and not receipts:
        return
    prekey = _last_resort(ctx, authority, user)
    for order in waiting:
        if not leave(peer, order):
            continue
        _deposit(ctx, authority, peer, order, prekey)
    while receipts:
        _deposit_receipts(ctx, authority, peer, prekey, receipts)
        receipts = ctx.vault.read(lambda rows: receipts_of.waiting(rows, peer))


def _deposit(ctx: AccountContext, authority: AuthorityLink, peer: bytes, order: int, prekey: Prekey) -> None:
    item = ctx.vault.write(lambda rows: _sealed_item(rows, ctx, peer, order, prekey))
    if item is None:
        return
    authority.request(Deposit(0, item), Done)
    if ctx.vault.write(lambda rows: _note_mailed(rows, order)):
        ctx.emit(MessageChanged(order))


def _last_resort(ctx: AccountContext, authority: AuthorityLink, user: User) -> Prekey:
    """The peer's newest last-resort prekey, checked against their identity key."""
    answered = authority.request(FetchPrekeys(0, [user.uid]), LastResorts).prekeys
    if len(answered) != 1:
        raise Forged("wrong_answer")
    signed = answered[0]
    if signed is None:
        raise Refused("prekey_missing", name=user.name)
    assert user.key is not None
    prekey = envelope.check_prekey(signed, user.uid, user.key, ctx.authority_id)
    if prekey.sequence == 0:
        raise Forged("prekey_invalid")
    if newest_seen.note_prekeys(ctx, [(user, signed)]):
        raise Forged("prekey_older", name=user.name)
    return prekey


def _sealed_item(rows: Rows, ctx: AccountContext, peer: bytes, order: int, prekey: Prekey) -> MailItem | None:
    """The item of one message; a resend is the same bytes, as long as the recipient's prekey is the same: what is
    sealed to one that was followed long ago opens nothing any more. None where its receipt has come meanwhile.
    """
    row, waits = message_rows.at(rows, order), outbox_rows.get(rows, order)
    if row is None or waits is None:
        return None
    if waits.mail is not None and (made := decode_strict(waits.mail, MailItem)).prekey_id == prekey.id:
        return made
    sealed = envelope.seal(row.raw, prekey, own_keys.signer(rows, ctx.me, row.key), ctx.authority_id)
    item = MailItem(peer, NO_DEVICE, row.id, "message", prekey.id, sealed)
    outbox_rows.change(rows, order, mail=encode_strict(item))
    return item


def _note_mailed(rows: Rows, order: int) -> bool:
    """It waits at the authority now.

    It stays in the outbox: if the peer comes first, it goes straight there as well.
    """
    outbox_rows.change(rows, order, mailed=outbox_rows.LEFT)
    changed = rows.execute(
        "UPDATE messages SET state = ?, why = NULL WHERE ord = ? AND state = 'waiting'", (STORED, order)
    )
    return bool(changed.rowcount)


def _deposit_receipts(
    ctx: AccountContext, authority: AuthorityLink, peer: bytes, prekey: Prekey, receipts: list[tuple[int, Signed]]
) -> None:
    """Receipts are no messages: they have no place in a chain and no receipt. A doubled one says nothing new."""
    signed = [one for _order, one in receipts]
    sealed = envelope.seal_receipts(signed, prekey, ctx.me.uid, peer, ctx.authority_id)
    # the same receipts have the same id, so that a lost answer leaves one item
    id = hashlib.sha256(b"".join(one.sig for one in signed)).digest()[:16]
    authority.request(Deposit(0, MailItem(peer, NO_DEVICE, id, "receipts", prekey.id, sealed)), Done)
    receipts_of.drop(ctx, peer, receipts[-1][0])


def leave_again(rows: Rows) -> None:
    """What the authority may have lost of ours is told it again: mail without a receipt, and the profile."""
    rows.execute("UPDATE outbox SET mailed = 0 WHERE mailed = 1")
    profile_rows.mark_published(rows, False)
