"""What is kept of a conversation beside its messages, as rows of the vault: read how far, pinned, muted, a draft."""

from __future__ import annotations

from typing import Any

from web_client.vault.database import Rows


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
