"""A backup file that somebody has brought along, as a page hands it over part by part. What is in it nobody knows
before the kit opens it, so it lies in the agent's folder as it is, and goes with the first account that there is.
"""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

from protocol.backup_messages import BACKUP_LIMIT
from protocol.errors import HamrazError, Refused
from protocol.primitives import random_id
from storage.layout import named
from web_client.backups.restoring import InFile
from web_client.vault.data_folder import BROUGHT_FILE

LIMIT = BACKUP_LIMIT + (1 << 20)  # with what the seals of its chunks and its head take
SPARE = 64 << 20  # bytes of the disk that are left alone: the account is to fit there as well


class Brought:
    """One at a time: who begins another one gives up the one before."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / BROUGHT_FILE
        self._lock = threading.Lock()
        self._id: str | None = None
        self._size = self._done = 0

    def begin(self, size: int) -> str:
        """The name under which its parts come. `file_too_big`, `disk_full`."""
        if size > LIMIT:
            raise Refused("file_too_big", limit=BACKUP_LIMIT >> 20)
        self.drop()
        try:
            if size + SPARE > shutil.disk_usage(self._path.parent).free:
                raise Refused("disk_full")
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as reason:
            raise named(reason, self._path.parent) from None
        with self._lock:
            self._id, self._size, self._done = random_id().hex(), size, 0
            return self._id

    def is_under(self, id: str) -> bool:
        """Whether parts come under this name."""
        return self._id is not None and id == self._id

    def take(self, id: str, offset: int, part: bytes) -> int:
        """Keep the next part; how many bytes are here. `chunk_order`, `not_a_backup` once all of it is, `disk_full`."""
        with self._lock:
            if not self.is_under(id) or offset != self._done or self._done + len(part) > self._size:
                raise Refused("chunk_order")
            try:
                with self._path.open("r+b") as file:
                    file.seek(offset)
                    file.write(part)
            except OSError as reason:
                raise named(reason, self._path.parent) from None
            self._done += len(part)
            is_all = self._done == self._size
        if is_all:
            try:
                InFile(self._path)
            except HamrazError:
                with self._lock:
                    if self.is_under(id):  # else another one was begun meanwhile, and what lies there is its
                        self._remove()
                raise
        return offset + len(part)

    @property
    def path(self) -> Path | None:
        """Where it is, once it is all there."""
        return self._path if self._id is not None and self._done == self._size else None

    def drop(self) -> None:
        """Nobody wants it any more."""
        with self._lock:
            self._remove()

    def _remove(self) -> None:
        self._id = None
        try:
            self._path.unlink(missing_ok=True)
        except OSError as reason:
            raise named(reason, self._path.parent) from None
