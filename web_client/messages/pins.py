"""Messages that stand over a conversation (section 8.10): a function of the set of `pin` marks here. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol import kinds
from protocol.errors import HamrazError
from protocol.kinds import PIN, Pin
from protocol.roles import may_command_groups
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import SHOWN

MOST: Final = 20  # that are shown
LOOKED_AT: Final = 200  # marks of one person, the newest

_SENDERS = (
    "WITH RECURSIVE found(sender) AS (SELECT min(sender) FROM messages WHERE chat = ?1 AND kind = 'pin' AND line = 0 "
    "UNION ALL SELECT (SELECT min(sender) FROM messages WHERE chat = ?1 AND kind = 'pin' AND line = 0 "
    "AND sender > found.sender) FROM found WHERE sender IS NOT NULL) SELECT sender FROM found WHERE sender IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Pinned:
    """A message that stands over its conversation: who has said so last, and all marks that do."""

    row: MessageRow
    by: bytes
    marks: tuple[tuple[bytes, bytes], ...]  # (sender, id)


def of(ctx: AccountContext, rows: Rows, chat: ChatId) -> list[Pinned]:
    """What stands over a conversation, what was said last first."""
    found: list[tuple[MessageRow, Pin]] = []
    for (sender,) in rows.execute(_SENDERS, (chat,)).fetchall():
        if chat.gid is None or _ever_ranked(ctx, bytes(sender)):
            where = "chat = ? AND sender = ? AND kind = ? AND line = 0 ORDER BY ord DESC LIMIT ?"
            marks = message_rows.select(rows, where, chat, sender, PIN, LOOKED_AT)
            found += [(mark, body) for mark in marks if (body := _read(mark)) is not None and _counts(ctx, mark)]
    taken = {name for _mark, body in found for name in body.off}
    standing: dict[tuple[bytes, bytes], list[MessageRow]] = {}
    for mark, body in sorted(found, key=lambda one: -one[0].ord):
        if not body.off and (mark.sender, mark.id) not in taken:
            standing.setdefault((body.author, body.to), []).append(mark)
    shown: list[Pinned] = []
    for (author, id), marks in standing.items():
        row = message_rows.named(rows, chat, author, id)
        if row is not None and row.line == SHOWN and not row.deleted and row.kind in kinds.WRITTEN:
            shown.append(Pinned(row, marks[0].sender, tuple((mark.sender, mark.id) for mark in marks)))
        if len(shown) == MOST:
            break
    return shown


def _read(mark: MessageRow) -> Pin | None:
    if mark.retracted is not None or not mark.body:
        return None
    try:
        body = kinds.decode_body(mark.kind, mark.body)
    except HamrazError:
        return None
    return body if isinstance(body, Pin) else None


def _ever_ranked(ctx: AccountContext, uid: bytes) -> bool:
    user = ctx.trust.log.users.get(uid)
    return user is not None and any(may_command_groups(role) for _index, role in user.roles)


def _counts(ctx: AccountContext, mark: MessageRow) -> bool:
    """In a group, whether its writer could command it at the index of the commit under which it was written."""
    if mark.chat.gid is None:
        return True
    user, epochs = ctx.trust.log.users[mark.sender], ctx.trust.log.groups.get(mark.chat.gid, [])
    if mark.epoch is None:  # one's own, on its way
        return may_command_groups(user.role)
    return 0 < mark.epoch <= len(epochs) and may_command_groups(user.role_at(epochs[mark.epoch - 1][0]))
