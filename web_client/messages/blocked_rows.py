"""Whom this user has blocked, as rows of the vault (section 8.16), and what of theirs is kept without being shown.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

from typing import Final

from protocol import kinds
from protocol.errors import Refused
from web_client.messages import amendments
from web_client.vault.database import Rows
from web_client.vault.lines import HIDDEN, HIDDEN_MARK, SHOWN

MOST: Final = 10_000  # people: more than an authority's log holds of those whom one meets, and 0.4 MB of the vault

GONE = "dropped"  # the kind of what a blocked person has sent in a private chat


# --- whom ---


def has(rows: Rows, uid: bytes) -> bool:
    """Whether somebody is blocked."""
    return rows.execute("SELECT 1 FROM blocked WHERE uid = ?", (uid,)).fetchone() is not None


def everybody(rows: Rows) -> dict[bytes, int]:
    """Who is blocked, and since when (ms)."""
    return {bytes(uid): since for uid, since in rows.execute("SELECT uid, since FROM blocked")}


def add(rows: Rows, uid: bytes, now: int) -> bool:
    """Block somebody from now on; False if they are already. `blocked_full`."""
    if has(rows, uid):
        return False
    if rows.execute("SELECT count(*) FROM blocked").fetchone()[0] >= MOST:
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


# --- what they write in groups ---


def line_of(rows: Rows, sender: bytes, kind: str, line: int) -> int:
    """`line` of a group's message. An edit and a deletion change nothing but what its sender has written, and that is
    hidden already.
    """
    if line == SHOWN and has(rows, sender):
        return HIDDEN
    return HIDDEN_MARK if line == 0 and kind == kinds.REACTION and has(rows, sender) else line


def unsettled(rows: Rows) -> list[bytes]:
    """Whose messages in groups are still to be hidden or shown."""
    return [bytes(row[0]) for row in rows.execute("SELECT uid FROM veils")]


def written_in_groups(rows: Rows, uid: bytes) -> list[int]:
    """The orders of what somebody has written in groups, the newest first."""
    found = rows.execute(
        "SELECT m.ord FROM groups g JOIN messages m ON m.sender = ? AND m.recipient = g.gid ORDER BY m.ord DESC", (uid,)
    )
    return [row[0] for row in found]


def settle(rows: Rows, uid: bytes, orders: list[int]) -> set[str]:
    """Hide these messages if their sender is blocked, or show them if not; the conversations that look different.

    The index of words keeps them, as taking them out would cost more than all the rest: a search leaves them out.
    """
    hide, chats = has(rows, uid), set()
    for order in orders:
        # a line that the chain itself tells stays: what a group is like is everybody's
        query = "SELECT chat, kind, line, author, target FROM messages WHERE ord = ? AND state = 'received'"
        row = rows.execute(query, (order,)).fetchone()
        if row is not None and _set(rows, order, row, hide):
            chats.add(row[0])
    return chats


def settled(rows: Rows, uid: bytes) -> None:
    """All of theirs is as it should be."""
    rows.execute("DELETE FROM veils WHERE uid = ?", (uid,))


def _set(rows: Rows, order: int, row: tuple, hide: bool) -> bool:  # type: ignore[type-arg]
    chat, kind, line, author, target = row
    if line == (SHOWN if hide else HIDDEN):
        # what was said about it meanwhile stands beside it already
        rows.execute("UPDATE messages SET line = ? WHERE ord = ?", (HIDDEN if hide else SHOWN, order))
        return True
    if kind == kinds.REACTION and line == (0 if hide else HIDDEN_MARK):
        rows.execute("UPDATE messages SET line = ? WHERE ord = ?", (HIDDEN_MARK if hide else 0, order))
        if hide:
            amendments.settle_again(rows, chat, bytes(author), bytes(target))
        else:
            amendments.settle(rows, order)
        return True
    return False
