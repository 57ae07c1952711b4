"""Receipts for one's own messages, and for others' until they have them."""

from __future__ import annotations

from protocol.log import User
from protocol.statements import Signed
from web_client.account.context import AccountContext
from web_client.messages import outgoing
from web_client.messages.outgoing import Outgoing
from web_client.messages.showing import show
from web_client.vault.database import Rows


def take(ctx: AccountContext, reader: User, receipts: list[Signed], expected: Outgoing | None = None) -> None:
    """Take receipts for messages of ours; with `expected`, one for exactly that message."""
    now = ctx.clock()

    def change(rows: Rows) -> list[int]:
        orders = []
        for signed in receipts:
            order = outgoing.confirm(rows, ctx.me, reader, signed, ctx.authority_id, now, expected)
            if order is not None:
                orders.append(order)
        return orders

    show(ctx, ctx.vault.write(change))


def drop(ctx: AccountContext, peer: bytes, up_to: int) -> None:
    """They have those for their messages, up to this order."""
    ctx.vault.write(lambda rows: rows.execute("DELETE FROM receipts WHERE peer = ? AND ord <= ?", (peer, up_to)))
