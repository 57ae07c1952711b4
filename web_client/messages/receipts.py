"""Receipts for one's own messages, and for others' until they have them."""

from __future__ import annotations

import itertools

from protocol.envelope import LISTENED
from protocol.log import User
from protocol.statements import Receipt, Signed, decode_strict
from web_client.account.context import AccountContext
from web_client.messages import outgoing
from web_client.messages.showing import show
from web_client.vault.database import Rows

AT_ONCE = 100


def take(ctx: AccountContext, reader: User, receipts: list[Signed], expected: int | None = None) -> None:
    """Take receipts for messages of ours; with `expected`, one for exactly the message of that order."""
    now = ctx.clock()

    def change(rows: Rows) -> list[int]:
        orders = []
        for signed in receipts:
            order = outgoing.confirm(rows, ctx.me, reader, signed, ctx.authority_id, now, expected)
            if order is not None:
                orders.append(order)
        return orders

    show(ctx, ctx.vault.write(change))


def waiting(rows: Rows, peer: bytes) -> list[tuple[int, Signed]]:
    """The next receipts for somebody's messages, and their orders: `listened` ones go by themselves, as an agent that
    doesn't know them takes nothing of what comes with them (section 8.6).
    """
    found = rows.execute("SELECT ord, signed FROM receipts WHERE peer = ? ORDER BY ord LIMIT ?", (peer, AT_ONCE))
    next_ones = [(order, decode_strict(bytes(signed), Signed)) for order, signed in found]
    of_listening = [decode_strict(signed.body, Receipt).what == LISTENED for _order, signed in next_ones]
    same = itertools.takewhile(lambda other: other == of_listening[0], of_listening)
    return next_ones[: len(list(same))]


def drop(ctx: AccountContext, peer: bytes, up_to: int) -> None:
    """They have those for their messages, up to this order."""
    ctx.vault.execute("DELETE FROM receipts WHERE peer = ? AND ord <= ?", peer, up_to)
