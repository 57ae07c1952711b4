"""Sealed chunks on disk: one file for each file that somebody has left, its chunks in their places. Knows no rows."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from authority_server.store.chunk_place import ChunkPlace, Name
from protocol.errors import Refused
from protocol.files import SEALED_CHUNK
from protocol.primitives import digest
from storage.chunk_folder import ChunkFolder

SUM = 8  # bytes behind each chunk: what a bad disk has changed is handed to nobody

# Files that were begun by the first versions have no sums, and no ending: they are read and go on as they are.
_ENDING = ".summed"
_NAME = re.compile(r"([0-9a-f]{64})-([0-9a-f]{32})(\.summed)?")


class ChunkFiles(ChunkFolder, ChunkPlace):
    """A folder of them, on the authority's own disk."""

    def __init__(self, folder: Path | None = None) -> None:
        """Without a folder they last as long as this object."""
        ChunkPlace.__init__(self)
        ChunkFolder.__init__(self, folder)
        self._unsynced: set[str] = set()
        self._made = False  # a name in the folder that is not durable yet

    @property
    def name(self) -> str:
        return "folder"

    def write(self, owner: bytes, id: bytes, index: int, sealed: bytes) -> None:
        """Put one chunk into its place; `disk_full`, `disk_failing`, `not_a_folder` or `not_a_file`."""
        name, sum = self._place(owner, id)
        made = not (self.folder / name).exists()
        self.put(name, index * (SEALED_CHUNK + sum), sealed + sum_of(owner, id, index, sealed)[:sum])
        self._made = self._made or made
        self._unsynced.add(name)

    def flushes(self) -> Sequence[Callable[[], None]]:
        """A step for each file: `disk_full` or `disk_failing`, and `file_gone` if one was dropped by its owner in the
        same moment.
        """
        unsynced, self._unsynced = self._unsynced, set()
        made, self._made = self._made, False
        return [partial(self.sync, [name], False) for name in unsynced] + [partial(self.sync, [], True)] * made

    def read(self, owner: bytes, id: bytes, index: int, length: int) -> bytes:
        """A sealed chunk; `file_gone` if it isn't there, or isn't what was written, `disk_failing`."""
        name, size = self._place(owner, id)
        found = self.get(name, index * (SEALED_CHUNK + size), length + size)
        sealed, sum = found[:length], found[length:]
        if len(found) != length + size:
            raise Refused("file_gone")
        if sum != sum_of(owner, id, index, sealed)[:size]:
            self.on_damage("files", f"{id.hex()[:8]} chunk {index}")
            raise Refused("file_gone")
        return sealed

    def remove(self, names: list[Name]) -> None:
        for owner, id in names:
            name, _sum = self._place(owner, id)
            self._unsynced.discard(name)
            self.drop(name)

    def clear(self) -> None:
        self.remove(list(self.sizes()))

    def sizes(self) -> dict[Name, int]:
        """Sealed bytes of everything that is here, by (owner, id)."""
        found = {}
        for path in self.folder.iterdir() if self.folder.exists() else ():
            name = _NAME.fullmatch(path.name)  # what else lies here is somebody's, and stays
            with contextlib.suppress(OSError):  # dropped in the same moment
                if name:
                    size = path.stat().st_size
                    sums = -(-size // (SEALED_CHUNK + SUM)) * SUM if name[3] else 0
                    found[bytes.fromhex(name[1]), bytes.fromhex(name[2])] = size - sums
        return found

    def room(self) -> int:
        return self.free()

    def _place(self, owner: bytes, id: bytes) -> tuple[str, int]:
        """The name of the file where its chunks are or will be, and how many bytes of sum stand behind each."""
        old = f"{owner.hex()}-{id.hex()}"
        return (old, 0) if (self.folder / old).exists() else (old + _ENDING, SUM)


def sum_of(owner: bytes, id: bytes, index: int, sealed: bytes) -> bytes:
    """What stands behind a chunk."""
    return digest(b"chunk", owner, id, index.to_bytes(8), sealed)[:SUM]
