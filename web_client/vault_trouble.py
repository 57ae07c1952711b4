"""What can go wrong with a vault's files, as named errors; SQLite's own words stay here."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlcipher3

from protocol.errors import Damaged, Refused

FULL = 64 * 1024  # bytes: what SQLite's index takes at a time, and some

T = TypeVar("T")


def guarded(action: Callable[[], T], folder: Path | None) -> T:
    """SQLite's own troubles as named errors; programming errors stay what they are. No folder: in memory."""
    try:
        return action()
    except sqlcipher3.OperationalError as reason:
        text = str(reason)
        if "full" in text:
            raise Damaged("disk_full") from None
        if "disk I/O" in text or "readonly" in text or "unable to open" in text:
            raise _what_fails(folder) from None
        raise
    except sqlcipher3.ProgrammingError as reason:
        if "closed" in str(reason):  # by somebody who locked the vault meanwhile
            raise Refused("locked") from None
        raise
    except sqlcipher3.DatabaseError as reason:
        if "malformed" in str(reason) or "not a database" in str(reason) or "disk image" in str(reason):
            raise Damaged("vault_damaged") from None
        raise


def shown(trouble: Damaged | None) -> dict[str, Any] | None:
    """What the page is told: `disk` of docs/agent-api.md."""
    return None if trouble is None else {"code": trouble.code, "values": trouble.values}


def named(reason: OSError, folder: Path) -> Damaged:
    """The error of a file operation in this folder."""
    if reason.errno == errno.ENOSPC:
        return Damaged("disk_full")
    if reason.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Damaged("folder_unusable", path=str(folder))
    return Damaged("disk_failing")


def _what_fails(folder: Path | None) -> Damaged:
    """SQLite says the same of a full disk (as its index grows), of one that is read-only, and of one that fails."""
    with contextlib.suppress(OSError):
        if folder is not None and shutil.disk_usage(folder).free < FULL:
            return Damaged("disk_full")
        if folder is not None and not os.access(folder, os.W_OK):
            return Damaged("folder_unusable", path=str(folder))
    return Damaged("disk_failing")
