"""What is kept of a conversation beside its messages, as rows of the vault: read how far, pinned, muted, a draft."""

from __future__ import annotations

from typing import Any

from web_client.vault.database import Rows

# One step of the index for each conversation, however many messages it has.
CHATS = (
    "WITH RECURSIVE found(chat) AS (SELECT min(chat) FROM messages WHERE line = 1 UNION ALL "
    "SELECT (SELECT min(chat) FROM messages WHERE line = 1 AND chat > found.chat) FROM found WHERE chat IS NOT NULL) "
    "SELECT chat FROM found WHERE chat IS NOT NULL"
)


def peer_of(chat: str) -> bytes | None:
    """The other's uid in a private chat's name."""
    kind, _, name = chat.partition(":")
    try:
        return bytes.fromhex(name) if kind == "p" else None
    except ValueError:
        return None


def talked_with(rows: Rows) -> list[bytes]:
    """With whom there is a private conversation, the newest first."""
    newest = "SELECT max(ord) FROM messages WHERE chat = ? AND line = 1"
    found = [(rows.execute(newest, row).fetchone()[0], peer_of(row[0])) for row in rows.execute(CHATS).fetchall()]
    return [peer for _order, peer in sorted(found, key=lambda one: -one[0]) if peer is not None]


def change(rows: Rows, chat: str, given: dict[str, Any]) -> None:
    """Set some of `pinned`, `muted`, `draft`."""
    rows.execute("INSERT OR IGNORE INTO chats (chat) VALUES (?)", (chat,))
    for name in ("pinned", "muted", "draft"):
        if name in given:
            rows.execute(f"UPDATE chats SET {name} = ? WHERE chat = ?", (given[name], chat))


def read_to(rows: Rows, chat: str) -> int:
    """The order of the last message that was read; 0 if none was."""
    row = rows.execute("SELECT read_ord FROM chats WHERE chat = ?", (chat,)).fetchone()
    return int(row[0]) if row else 0


def set_read_to(rows: Rows, chat: str, order: int) -> None:
    rows.execute(
        "INSERT INTO chats (chat, read_ord) VALUES (?, ?) "
        "ON CONFLICT (chat) DO UPDATE SET read_ord = excluded.read_ord",
        (chat, order),
    )
