"""A group's chain that comes again after a restore (section 15 of docs/protocol.md): nothing of it is news, and it was
read as far as the backup says. Known by the vault's note alone, so that a cut in the middle changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from web_client.account import restored
from web_client.account.chat_ids import ChatId
from web_client.account.events import ChatChanged, GroupChanged
from web_client.messages import backup_rows, chats
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
        read = restored.replays(rows, room.gid)
        position = backup_rows.position_of(rows, room.gid, read or 0)
        if position > chats.read_to(rows, chat):
            chats.set_read_to(rows, chat, position)
        restored.replayed(rows, room.gid)

    room.ctx.vault.write(change)
    room.ctx.emit(ChatChanged(chat))
    room.ctx.emit(GroupChanged(room.gid))
