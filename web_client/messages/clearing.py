"""Deleting for oneself: a conversation, or one message. Nobody hears of it, and nothing brings it back.

What is left is a place in a chain, and a receipt: so no gap is found that somebody would be asked to fill. Of a group,
whose chain comes again after a restore, it is noted beside the messages how far it was deleted.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Final, NamedTuple

import msgspec

from protocol.errors import HamrazError
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import ChatChanged, ContentDeleted, MessageRemoved
from web_client.messages import amendments, answers, chats, ids
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.messages.showing import show
from web_client.vault.database import Rows, save_setting, setting, value
from web_client.vault.lines import ASIDE, CLEARED, CLEARING, DROPPED

NOTE: Final = "cleared"  # the setting: of each group, up to which place, and which places beyond it
BATCH = 500  # rows in a transaction
ROOM = 1 << 19  # bytes of their words, of which each is looked up: 0.3 s at most
MOST = 10_000  # single messages of one group that are noted, the newest: a restore may bring older ones back
_KEPT = (ASIDE, CLEARED, CLEARING, DROPPED)


class Cleared(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Of a group's chain: everything up to this place, and these."""

    upto: int = 0
    places: list[int] = []

    def has(self, n: int) -> bool:
        return n <= self.upto or n in self.places


def of_group(rows: Rows, gid: bytes) -> Cleared | None:
    """What was deleted of a group; None if nothing was."""
    return _notes(rows).get(gid.hex())


def _notes(rows: Rows) -> dict[str, Cleared]:
    return msgspec.msgpack.decode(setting(rows, NOTE) or b"\x80", type=dict[str, Cleared])


def _note(rows: Rows, gid: bytes, upto: int = 0, place: int | None = None) -> None:
    notes = _notes(rows)
    found = notes.setdefault(gid.hex(), Cleared())
    found.upto = max(found.upto, upto)
    more = [place] if place is not None else []
    found.places = [n for n in [*found.places, *more] if n > found.upto][-MOST:]
    save_setting(rows, NOTE, msgspec.msgpack.encode(notes))


# --- one message ---


def clear_one(ctx: AccountContext, chat: ChatId, order: int) -> None:
    """Delete one message for oneself, with all that was said about it."""

    def change(rows: Rows) -> list[_Forgotten]:
        row = message_rows.line(rows, chat, order)
        if row is not None and chat.gid is not None and row.n is not None:
            _note(rows, chat.gid, place=row.n)
        return [] if row is None else [_forget(rows, ctx.me.uid, row)]

    _tell(ctx, ctx.vault.write(change))


def clear_over(ctx: AccountContext, orders: list[int]) -> None:
    """The same of some messages whose time is over."""

    def change(rows: Rows) -> list[_Forgotten]:
        found = [message_rows.at(rows, order) for order in orders]
        return [_forget(rows, ctx.me.uid, row) for row in found if row is not None]

    _tell(ctx, ctx.vault.write(change))


class _Forgotten(NamedTuple):
    chat: ChatId
    name: str
    others: list[int]  # orders of what quotes it, and of what it has answered


def _forget(rows: Rows, me: bytes, row: MessageRow) -> _Forgotten:
    name = ids.shown(rows, me, row)
    for line in (0, amendments.SUPERSEDED):
        for mark in amendments.marks_of(rows, row.chat, row.sender, row.id, line):
            amendments.forget_whole(rows, mark.ord)
    amendments.forget_whole(rows, row.ord)
    chats.forget_message(rows, row.chat, row.ord)
    others = amendments.quoting(rows, row.chat, row.sender, row.id) + answers.answered(rows, row)
    return _Forgotten(row.chat, name, others)


def _tell(ctx: AccountContext, found: list[_Forgotten]) -> None:
    if found:
        with ctx.events.turn():
            for one in found:
                ctx.emit(MessageRemoved(one.chat, one.name))
        show(ctx, list(dict.fromkeys(order for one in found for order in one.others)))
        _sweep(ctx)


# --- a conversation ---


def clear(ctx: AccountContext, chat: ChatId, stays: bool = True) -> None:
    """Delete all of a conversation for oneself; with `stays` it is in sight all the same, empty.

    What was in it is out of sight at once; what it said goes row by row, and what is left of that by a power cut goes
    with the next start.
    """
    marks = ", ".join("?" * len(_KEPT))

    def hide(rows: Rows) -> None:
        last = next(iter(chats.beyond(rows, chat, ids.LAST, 1, up=False)), None)
        if stays and last is not None:  # where it stood in the list
            chats.change(rows, chat, {"kept": chats.moment(last) or 1})
        rows.execute(f"UPDATE messages SET line = ? WHERE chat = ? AND line NOT IN ({marks})", (CLEARING, chat, *_KEPT))
        if chat.gid is not None:
            newest = value(rows, "SELECT max(n) FROM messages WHERE recipient = ? AND n IS NOT NULL", chat.gid)
            _note(rows, chat.gid, upto=newest or 0)

    ctx.vault.write(hide)
    ctx.emit(ChatChanged(chat))
    finish(ctx)


def finish(ctx: AccountContext) -> None:
    """Take the words of what is to be deleted out of the vault, but for what has yet to be sent."""
    query = "SELECT ord, length(body) FROM messages WHERE line = ? AND ord > ? AND ord NOT IN (SELECT ord FROM outbox) "

    def some(rows: Rows, after: int) -> int | None:
        orders, room = [], ROOM
        for order, size in rows.execute(f"{query} ORDER BY ord LIMIT ?", (CLEARING, after, BATCH)).fetchall():
            orders.append(order)
            room -= size
            if room < 0:
                break
        for order in orders:
            amendments.forget_whole(rows, order)
        return orders[-1] if orders else None

    last: int | None = 0
    wiped = False
    while last is not None:
        last = ctx.vault.write(partial(some, after=last))
        wiped |= last is not None
    if wiped:
        _sweep(ctx)


def go_on(ctx: AccountContext) -> None:
    """What a power cut, or the last session's end, has left of what is to be deleted, and of what was."""
    finish(ctx)
    sweep(ctx)


def _sweep(ctx: AccountContext) -> None:
    ctx.emit(ContentDeleted())
    sweep(ctx)


def sweep(ctx: AccountContext) -> None:
    """What was deleted is in no file of the vault any more."""
    with contextlib.suppress(HamrazError):  # the disk's trouble is told elsewhere, and the next one sweeps too
        ctx.vault.sweep()
