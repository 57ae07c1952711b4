"""What can go wrong with a vault's files, as named errors; SQLite's own words stay here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlcipher3

from protocol.errors import Damaged, HamrazError, Refused
from storage.sqlite_trouble import what_fails
from transport.threads import ONE_CHANGE, wordless

log = logging.getLogger("hamraz.vault")

T = TypeVar("T")


def guarded(action: Callable[[], T], folder: Path | None) -> T:
    """SQLite's own troubles as named errors. What a mistake of ours, or a value that nobody thought of, has brought up
    is `vault_conflict` (a rule of the tables) or `vault_failing`, and its traceback is logged. No folder: in memory.
    """
    try:
        return action()
    except sqlcipher3.Error as reason:
        raise _named(reason, folder) from None


def _named(reason: sqlcipher3.Error, folder: Path | None) -> HamrazError:
    text = str(reason)
    if isinstance(reason, sqlcipher3.OperationalError):
        if "full" in text:
            return Damaged("disk_full")
        if "disk I/O" in text or "readonly" in text or "unable to open" in text:
            return what_fails(folder)
        if "locked" in text or "busy" in text:
            return Damaged("vault_busy")
    if isinstance(reason, sqlcipher3.ProgrammingError) and "closed" in text:
        return Refused("locked")  # by somebody who locked the vault meanwhile
    if "malformed" in text or "not a database" in text or "disk image" in text:
        return Damaged("vault_damaged")
    # SQLite's words name tables and columns; those of a search could quote it
    broken = isinstance(reason, sqlcipher3.IntegrityError)
    log.error("the vault: %s", text if broken else type(reason).__name__, exc_info=wordless(reason))
    return Damaged("vault_conflict" if broken else "vault_failing")


def lasts(trouble: Damaged) -> bool:
    """Whether it is the disk, or another program, that refuses: everything then, until it is over. The others are about
    one change.
    """
    return trouble.code not in ONE_CHANGE


def shown(trouble: Damaged | None) -> dict[str, Any] | None:
    """What the page is told: `disk` of docs/agent-api.md."""
    return None if trouble is None else {"code": trouble.code, "values": trouble.values}
