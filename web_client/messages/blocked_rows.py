"""Whom this user has blocked, as rows of the vault (section 8.16), and what of theirs is kept without being shown.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

from typing import Any, Final

from protocol import kinds
from protocol.errors import Refused
from web_client.account.chat_ids import ChatId
from web_client.messages import amendments
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows, value
from web_client.vault.lines import HIDDEN, HIDDEN_MARK, SHOWN

MOST: Final = 10_000  # people: more than an authority's log holds of those whom one meets, and 0.4 MB of the vault

GONE = "dropped"  # the kind of what a blocked person has sent in a private chat


# --- whom ---


def has(rows: Rows, uid: bytes) -> bool:
    """Whether somebody is blocked."""
    return value(rows, "SELECT 1 FROM blocked WHERE uid = ?", uid) is not None


def everybody(rows: Rows) -> dict[bytes, int]:
    """Who is blocked, and since when (ms)."""
    return {bytes(uid): since for uid, since in rows.execute("SELECT uid, since FROM blocked")}


def add(rows: Rows, uid: bytes, now: int) -> bool:
    """Block somebody from now on; False if they are already. `blocked_full`."""
    if has(rows, uid):
        return False
    if value(rows, "SELECT count(*) FROM blocked") >= MOST:
        raise Refused("blocked_full", limit=MOST)
    rows.execute("INSERT INTO blocked VALUES (?, ?)", (uid, now))
    rows.execute("INSERT OR IGNORE INTO veils VALUES (?)", (uid,))
    return True


def remove(rows: Rows, uid: bytes) -> bool:
    """Block them no more; False if they aren't."""
    if not rows.execute("DELETE FROM blocked WHERE uid = ?", (uid,)).rowcount:
        return False
    rows.execute("INSERT OR IGNORE INTO veils VALUES (?)", (uid,))
    return True


_SEEN = (kinds.REACTION, kinds.PIN)  # marks that say something of others' messages

# --- what they write in groups ---


def about(kind: str, body: bytes, sender: bytes, blocked: bool) -> dict[str, Any]:
    """amendments.about of a group's message: hidden if its sender is `blocked`. An edit and a deletion change nothing
    but what its sender has written, and that is hidden already.
    """
    columns = {"target": None, "author": None} | amendments.about(kind, body, sender)
    line = {SHOWN: HIDDEN, 0: HIDDEN_MARK if kind in _SEEN else 0}[columns["line"]]
    return columns | {"line": line} if blocked else columns


def unsettled(rows: Rows) -> list[bytes]:
    """Whose messages in groups are still to be hidden or shown."""
    return [bytes(row[0]) for row in rows.execute("SELECT uid FROM veils")]


def written_in_groups(rows: Rows, uid: bytes) -> list[int]:
    """The orders of what somebody has written in groups, the newest first."""
    found = rows.execute(
        "SELECT m.ord FROM groups g JOIN messages m ON m.sender = ? AND m.recipient = g.gid ORDER BY m.ord DESC", (uid,)
    )
    return [row[0] for row in found]


def settle(rows: Rows, uid: bytes, orders: list[int]) -> set[ChatId]:
    """Hide these messages if their sender is blocked, or show them if not; the conversations that look different.

    The index of words keeps them, as taking them out would cost more than all the rest: a search leaves them out.
    """
    hide, chats = has(rows, uid), set()
    for order in orders:
        # a line that the chain itself tells stays: what a group is like is everybody's
        row = message_rows.at(rows, order)
        if row is not None and row.state == "received" and _set(rows, row, hide):
            chats.add(row.chat)
    return chats


def settled(rows: Rows, uid: bytes) -> None:
    """All of theirs is as it should be."""
    rows.execute("DELETE FROM veils WHERE uid = ?", (uid,))


def _set(rows: Rows, row: MessageRow, hide: bool) -> bool:
    if row.line == (SHOWN if hide else HIDDEN):
        # what was said about it meanwhile stands beside it already
        message_rows.change(rows, row.ord, line=HIDDEN if hide else SHOWN)
        return True
    if row.kind in _SEEN and row.line == (0 if hide else HIDDEN_MARK):
        message_rows.change(rows, row.ord, line=HIDDEN_MARK if hide else 0)
        if hide:
            amendments.settle_one(rows, row.chat, row.author or b"", row.target or b"", emptied=True)
        else:
            amendments.settle(rows, row.ord)
        return True
    return False
