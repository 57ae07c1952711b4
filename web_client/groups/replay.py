"""A group's chain that comes again after a restore (section 15 of docs/protocol.md): nothing of it is news, and it was
read as far as the backup says. Known by the vault's note alone, so that a cut in the middle changes nothing. What the
chain tells of itself has no time in it, and gets the one of what was said there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from web_client.account import restored
from web_client.account.chat_ids import ChatId
from web_client.account.events import ChatChanged, GroupChanged
from web_client.groups.rows import NO_KEY, SYSTEM
from web_client.messages import backup_rows, chats, fading, heard
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.groups.session import Room


def is_on(room: Room) -> bool:
    """Whether what comes now was here before the restore."""
    return room.ctx.vault.read(lambda rows: restored.replays(rows, room.gid)) is not None


def settle(room: Room) -> None:
    """The chain is here to its end."""
    if not is_on(room):
        return
    chat = ChatId.group(room.gid)

    def change(rows: Rows) -> None:
        made = restored.replays(rows, room.gid)
        position = backup_rows.position_of(rows, room.gid, made.read if made is not None else 0)
        if position > chats.read_to(rows, chat):
            chats.set_read_to(rows, chat, position)
        chats.stay_shelved(rows, chat)
        heard.settle(rows, room.gid, made.read if made is not None else 0)
        fading.settle(rows, room.ctx.me.uid, room.gid, made.read if made is not None else 0)
        restored.replayed(rows, room.gid, room.group.n)
        date(rows, room.gid, room.ctx.clock())

    room.ctx.vault.write(change)
    room.ctx.emit(ChatChanged(chat))
    room.ctx.emit(GroupChanged(room.gid))


def date(rows: Rows, gid: bytes, now: int) -> bool:
    """Give the lines of a chain that came again their times (ms), whether that was still to be done. It is done again
    when more of its words have opened.

    What has no time of its own was after all that was said before it. What nothing was said before was with the first
    word; what nothing was said after, when the backup's last line was.
    """
    made = restored.undated(rows, gid)
    if made is None:
        return False
    place = "recipient = ? AND n BETWEEN 1 AND ?"
    query = f"SELECT ord, time, state = ? OR why IS ? FROM messages WHERE {place} ORDER BY n"
    lines: list[tuple[int, int]] = []  # (order, when the last word before it was)
    at = first = said = 0
    for order, time, has_none in rows.execute(query, (SYSTEM, NO_KEY, gid, made.end)):
        if has_none:
            lines.append((order, at))
        else:
            at, said = max(at, min(time, now)), len(lines)
            first = first or at
    times = [
        ((before or first if index < said else max(before, made.last)) or now, order)
        for index, (order, before) in enumerate(lines)
    ]
    rows.executemany("UPDATE messages SET time = ? WHERE ord = ?", times)
    closed = f"SELECT 1 FROM messages WHERE {place} AND why IS ? LIMIT 1"
    if rows.execute(closed, (gid, made.end, NO_KEY)).fetchone() is None:
        restored.dated(rows, gid)
    return True
