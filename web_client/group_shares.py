"""Shares of epoch keys that there aren't, or that don't open: remembered, so that nothing is asked for ever.

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hashlib

from web_client.vault import Rows


def is_refused(rows: Rows, gid: bytes, epoch: int) -> bool:
    """Whether the share of this epoch was asked for already, and nothing that could open it has come since."""
    row = rows.execute("SELECT prekeys FROM group_refused WHERE gid = ? AND epoch = ?", (gid, epoch)).fetchone()
    return row is not None and bytes(row[0]) == _prekeys(rows)


def refuse(rows: Rows, gid: bytes, epoch: int, why: str) -> None:
    """With the last-resort keys that are here, this share doesn't open, or there is none."""
    rows.execute("INSERT OR REPLACE INTO group_refused VALUES (?, ?, ?, ?)", (gid, epoch, _prekeys(rows), why))


def _prekeys(rows: Rows) -> bytes:
    """Which last-resort keys are here, 32 bytes."""
    ids = [bytes(row[0]) for row in rows.execute("SELECT id FROM last_resorts ORDER BY sequence")]
    return hashlib.sha256(b"".join(ids)).digest()
