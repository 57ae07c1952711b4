"""One's own words that are lost here and not at who has got them (section 8.15): taken back as they were signed, and
what has been written since goes on after them.

So it is where a vault and its authority were both put back from one backup: nobody but the recipients knows more then.
"""

from __future__ import annotations

from protocol import envelope
from protocol.envelope import Opened
from protocol.errors import Forged, Refused
from protocol.primitives import VerifyKey
from protocol.statements import Signed
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.messages import amendments, outbox_rows, outgoing
from web_client.messages import rows as message_rows
from web_client.messages.outgoing import WAITING
from web_client.messages.rows import MessageRow
from web_client.messages.showing import show
from web_client.peers.outgoing import PeerLink
from web_client.vault.database import Rows

LAST = 1 << 40  # of a row: nobody comes further by counting, and after a far place there would soon be none left


def take(ctx: AccountContext, link: PeerLink, order: int) -> bool:
    """Ask this peer for what our row with them lacks, after they have refused the message of this order as none that
    follows: beyond what they have receipted before it. False if that changes nothing, or isn't what was asked for.

    As much as one answer holds: what comes next is refused again, and asked for then.
    """
    me, peer = ctx.me, link.peer.uid

    def place(rows: Rows) -> tuple[bytes, int, bytes] | None:
        row = message_rows.at(rows, order)
        return (row.key, *message_rows.receipted(rows, row)) if row is not None else None

    known = ctx.vault.read(place)
    if known is None:
        return False
    key, after, hash = known
    try:
        envelopes = link.lost(key, after, LAST).envelopes
        found = check(envelopes, VerifyKey(key), after, hash, me.uid, peer, ctx.authority_id)
    except Forged:
        return False
    except Refused as reason:
        if reason.code != "unknown_request":
            raise
        return False
    orders = ctx.vault.write(lambda rows: _keep(rows, me.uid, peer, known, found))
    show(ctx, orders)
    return bool(orders)


def check(
    envelopes: list[Signed], key: VerifyKey, after: int, hash: bytes | None, me: bytes, peer: bytes, authority_id: bytes
) -> list[Opened]:
    """What was given back, if it is ours, beyond what was named, and in one row with it. `hash` is that of the message
    at `after`, None if it isn't here.
    """
    found = []
    for signed in envelopes:
        opened = envelope.open_returned(signed, key, me, peer, authority_id)
        message = opened.message
        if not after < message.sequence <= LAST:
            raise Forged("wrong_answer")
        if message.sequence == after + 1 and hash is not None and message.previous != hash:
            raise Forged("chain_broken")
        after, hash = message.sequence, opened.hash
        found.append(opened)
    return found


def _keep(rows: Rows, me: bytes, peer: bytes, known: tuple[bytes, int, bytes], found: list[Opened]) -> list[int]:
    """Put these into the row, and behind them all that has no receipt; the orders of what is new or changed, none if
    all of it was here. They wait as well: sent again, they bring their receipts.
    """
    (key, last, hash), chat = known, ChatId.private(peer)
    here = message_rows.beyond(rows, me, peer, key, last)
    hashes = {row.id: row.hash for row in here}
    if all(hashes.get(one.message.id) == one.hash for one in found):
        return []
    loose = {row.id: row for row in here if row.receipt is None}
    for row in loose.values():  # every place is one message's
        message_rows.change(rows, row.ord, sequence=-row.ord)
    # what has a receipt stays where it is; by the mailbox it may have come without what is before it
    taken = {row.sequence: row.hash for row in here if row.receipt is not None}
    orders: list[int] = []
    for one in found:
        if one.message.sequence in taken:
            continue
        before = loose.pop(one.message.id, None)
        if before is None and message_rows.named(rows, chat, me, one.message.id) is not None:
            continue  # receipted at another place
        row = outgoing.row_of(one.message, one.raw, one.key, chat, WAITING)
        order = message_rows.insert(rows, row) if before is None else before.ord
        _place(rows, order, row)
        outbox_rows.drop(rows, order)
        outbox_rows.put(rows, order)
        orders += [order, *amendments.settle(rows, order)]
        taken[row.sequence] = row.hash
    last = max(taken, default=last)
    hash = taken.get(last, hash)
    for row in loose.values():
        last += 1
        hash = outgoing.chain_after(rows, row, last, hash)
        if outbox_rows.get(rows, row.ord) is not None:
            _move(rows, row.ord)
            orders.append(row.ord)
    return list(dict.fromkeys(orders))


def _place(rows: Rows, order: int, row: MessageRow) -> None:
    """This message as it was signed, and so it waits."""
    place = {"sequence": row.sequence, "previous": row.previous, "hash": row.hash, "raw": row.raw}
    message_rows.change(rows, order, state=WAITING, why=None, **place)


def _move(rows: Rows, order: int) -> None:
    """To the end of the conversation and of what waits, where its place is now, to be sealed anew."""
    message_rows.move(rows, order)
    message_rows.change(rows, order, why=None)
    outbox_rows.drop(rows, order)
    outbox_rows.put(rows, order)
