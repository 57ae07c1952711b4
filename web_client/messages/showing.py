"""Which lines of conversations a change of rows is about, told as events."""

from __future__ import annotations

import contextlib

from protocol.errors import HamrazError
from web_client.account.context import AccountContext
from web_client.account.events import ContentDeleted, MessageChanged, MessageRemoved, QueueChanged
from web_client.messages import ids
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import SHOWN


def show(ctx: AccountContext, orders: list[int], opened: bool = False) -> None:
    """These messages have changed; of what is no line of a conversation only the queue is told.

    With `opened`, a key has come for them: what was shown as unreadable may be no line.
    """

    def look(rows: Rows) -> list[tuple[MessageRow, str]]:
        found = [message_rows.at(rows, order) for order in dict.fromkeys(orders)]
        return [(row, ids.shown(rows, ctx.me.uid, row)) for row in found if row is not None]

    changed = ctx.vault.read(look)
    if any(row.deleted for row, _name in changed):
        ctx.emit(ContentDeleted())
        with contextlib.suppress(HamrazError):  # the disk's trouble is told elsewhere, and the next one sweeps too
            ctx.vault.sweep()
    with ctx.events.turn():
        for row, name in changed:
            if row.line == SHOWN:
                ctx.emit(MessageChanged(row.ord))
            elif opened:
                ctx.emit(MessageRemoved(row.chat, name))
            else:
                ctx.emit(QueueChanged())
