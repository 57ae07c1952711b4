"""Sealed chunks on disk: one file for each file that somebody has left, its chunks in their places. Knows no rows."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from protocol.errors import Refused
from protocol.files import SEALED_CHUNK
from protocol.primitives import digest
from storage.layout import named, require_folder

SUM = 8  # bytes behind each chunk: what a bad disk has changed is handed to nobody
OnDamage = Callable[[str, str], None]

# Files that were begun by the first versions have no sums, and no ending: they are read and go on as they are.
_ENDING = ".summed"
_NAME = re.compile(r"([0-9a-f]{64})-([0-9a-f]{32})(\.summed)?")


class ChunkFiles:
    """A folder of them, used by one thread at a time. What was written is durable once `sync` has returned."""

    def __init__(self, folder: Path | None = None) -> None:
        """Without a folder they last as long as this object."""
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory()  # goes with this object
            folder = Path(self._temporary.name)
        self._folder = folder
        self.on_damage: OnDamage = lambda what, name: None
        self._unsynced: set[Path] = set()
        self._made = False  # a name in the folder that is not durable yet

    def write(self, owner: bytes, id: bytes, index: int, sealed: bytes) -> None:
        """Put one chunk into its place; `disk_full`, `disk_failing`, `not_a_folder` or `not_a_file`."""
        path, sum = self._place(owner, id)
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._made = self._made or not path.exists()
            with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
                file.seek(index * (SEALED_CHUNK + sum))
                file.write(sealed + _sum(owner, id, index, sealed)[:sum])
        except OSError as reason:
            raise named(reason, self._folder) from None
        self._unsynced.add(path)

    def sync(self) -> None:
        """Make everything that was written durable; `disk_full` or `disk_failing`, and then none of it counts."""
        unsynced, self._unsynced = self._unsynced, set()
        made, self._made = self._made, False
        try:
            for path in unsynced:
                with path.open("r+b") as file:
                    os.fsync(file.fileno())
            if made and os.name == "posix":
                number = os.open(self._folder, os.O_RDONLY)
                try:
                    os.fsync(number)
                finally:
                    os.close(number)
        except FileNotFoundError:
            raise Refused("file_gone") from None  # dropped by its owner in the same moment
        except OSError as reason:
            raise named(reason, self._folder) from None

    def read(self, owner: bytes, id: bytes, index: int, length: int) -> bytes:
        """A sealed chunk; `file_gone` if it isn't there, or isn't what was written, `disk_failing`."""
        path, size = self._place(owner, id)
        try:
            with path.open("rb") as file:
                file.seek(index * (SEALED_CHUNK + size))
                found = file.read(length + size)
        except FileNotFoundError:
            require_folder(self._folder)
            raise Refused("file_gone") from None
        except OSError as reason:
            raise named(reason, self._folder) from None
        sealed, sum = found[:length], found[length:]
        if len(found) != length + size:
            raise Refused("file_gone")
        if sum != _sum(owner, id, index, sealed)[:size]:
            self.on_damage("files", f"{id.hex()[:8]} chunk {index}")
            raise Refused("file_gone")
        return sealed

    def remove(self, names: list[tuple[bytes, bytes]]) -> None:
        for owner, id in names:
            path, _sum = self._place(owner, id)
            self._unsynced.discard(path)
            with contextlib.suppress(OSError):  # what stays goes at the next start
                path.unlink()

    def sizes(self) -> dict[tuple[bytes, bytes], int]:
        """Sealed bytes of everything that is here, by (owner, id)."""
        found = {}
        for path in self._folder.iterdir() if self._folder.exists() else ():
            name = _NAME.fullmatch(path.name)  # what else lies here is somebody's, and stays
            with contextlib.suppress(OSError):  # dropped in the same moment
                if name:
                    size = path.stat().st_size
                    sums = -(-size // (SEALED_CHUNK + SUM)) * SUM if name[3] else 0
                    found[bytes.fromhex(name[1]), bytes.fromhex(name[2])] = size - sums
        return found

    def free(self) -> int:
        """Bytes of room on this disk."""
        return shutil.disk_usage(self._folder if self._folder.exists() else self._folder.parent).free

    def size(self) -> int:
        """Bytes that this disk has in all."""
        return shutil.disk_usage(self._folder if self._folder.exists() else self._folder.parent).total

    def _place(self, owner: bytes, id: bytes) -> tuple[Path, int]:
        """Where its chunks are or will be, and how many bytes of sum stand behind each."""
        old = self._folder / f"{owner.hex()}-{id.hex()}"
        return (old, 0) if old.exists() else (old.with_name(old.name + _ENDING), SUM)


def _sum(owner: bytes, id: bytes, index: int, sealed: bytes) -> bytes:
    return digest(b"chunk", owner, id, index.to_bytes(8), sealed)[:SUM]
