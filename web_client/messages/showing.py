"""Which lines of conversations a change of rows is about, told as events."""

from __future__ import annotations

import contextlib

from protocol.errors import HamrazError
from web_client.account.context import AccountContext
from web_client.account.events import ContentDeleted, MessageChanged, MessageRemoved, QueueChanged
from web_client.messages import amendments


def show(ctx: AccountContext, orders: list[int], opened: bool = False) -> None:
    """These messages have changed; of what is no line of a conversation only the queue is told.

    With `opened`, a key has come for them: what was shown as unreadable may be no line.
    """
    found = ctx.vault.read(lambda rows: amendments.lines(rows, ctx.me.uid, orders))
    if any(deleted for _line, _chat, _name, deleted in found.values()):
        ctx.emit(ContentDeleted())
        with contextlib.suppress(HamrazError):  # the disk's trouble is told elsewhere, and the next one sweeps too
            ctx.vault.sweep()
    with ctx.events.turn():
        for order, (line, chat, name, _deleted) in found.items():
            if line:
                ctx.emit(MessageChanged(order))
            elif opened:
                ctx.emit(MessageRemoved(chat, name))
            else:
                ctx.emit(QueueChanged())
