"""What one durable commit costs here: the least that a message which is on two disks before its receipt must wait for.

A machine that is shared has other disks at other minutes, so whoever waits for it is measured beside it.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from pathlib import Path

ROW_SIZE = 1500  # bytes: about what a message is in a vault


class PlainCommit:
    """A SQLite database without encryption, with the settings of a vault (WAL, synchronous=FULL)."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "plain.db", isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE rows (row BLOB)"):
            self._database.execute(statement)
        self.times: list[float] = []

    def measure(self) -> None:
        """One commit of one row; its seconds go to `times`."""
        row = secrets.token_bytes(ROW_SIZE)
        began = time.perf_counter()
        self._database.execute("INSERT INTO rows VALUES (?)", (row,))
        self.times.append(time.perf_counter() - began)

    def execute(self, statement: str) -> None:
        """Anything else that has no values."""
        self._database.execute(statement)

    def insert(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Several rows by one statement, in the transaction that has been begun."""
        self._database.executemany(statement, rows)

    def close(self) -> None:
        self._database.close()
