"""SQLite's journal after a bad day: what a failed fsync leaves there is written again before anybody believes it."""

from __future__ import annotations

import os
from pathlib import Path

CHUNK = 1024 * 1024


def journal_of(database: Path) -> Path:
    """Where SQLite keeps it: beside the file itself, also where that is elsewhere and a link leads to it."""
    file = database.resolve()
    return file.with_name(file.name + "-wal")


def write_again(database: Path) -> None:
    """Make the journal durable as it reads now; OSError if the disk doesn't take it. Nobody may have it open to write.

    After a failed fsync the kernel calls the pages clean: they read as they were written, are not on the disk, and no
    later fsync brings them there. While the process lives, that does no harm: SQLite has not counted the transaction,
    and the next one overwrites it. But who opens the database after a kill finds a whole transaction in the journal,
    takes it for a committed one, and copies it into the database with an fsync of the journal that does nothing. A
    power cut in the middle of that leaves half a transaction. Writing the same bytes makes the pages dirty again.
    """
    journal = journal_of(database)
    if not journal.exists() or journal.stat().st_size == 0:
        return
    with journal.open("r+b", buffering=0) as file:
        while chunk := file.read(CHUNK):
            file.seek(-len(chunk), os.SEEK_CUR)
            written = 0
            while written < len(chunk):
                written += file.write(chunk[written:])
        os.fsync(file.fileno())
