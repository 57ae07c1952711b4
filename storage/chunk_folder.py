"""A folder of files that come in pieces, each of which has its place. Knows no keys, no rows and no sums."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from protocol.errors import Refused
from storage.layout import named, require_folder
from storage.whole_files import sync_folder


class ChunkFolder:
    """Used by one thread at a time; what was put is durable after `sync`."""

    def __init__(self, folder: Path | None) -> None:
        """Without a folder the files last as long as this object."""
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory()
            folder = Path(self._temporary.name)
        self.folder = folder

    def put(self, name: str, at: int, data: bytes) -> None:
        """Write into a file from a byte on; `disk_full`, `disk_failing`, `not_a_folder`, `not_a_file`."""
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(self.folder / name, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
                file.seek(at)
                file.write(data)
        except OSError as reason:
            raise named(reason, self.folder) from None

    def sync(self, names: Iterable[str], made: bool = True) -> None:
        """Make these durable, with their names if one was `made`. The errors of `put`, and `file_gone`."""
        try:
            for name in names:
                with (self.folder / name).open("r+b") as file:
                    os.fsync(file.fileno())
            if made:
                sync_folder(self.folder)
        except OSError as reason:
            raise self._named(reason) from None

    def get(self, name: str, at: int, length: int) -> bytes:
        """So many bytes, or fewer if no more are there; `file_gone`, `disk_failing`."""
        try:
            with (self.folder / name).open("rb") as file:
                file.seek(at)
                return file.read(length)
        except OSError as reason:
            raise self._named(reason) from None

    def drop(self, name: str) -> None:
        with contextlib.suppress(OSError):  # what stays goes at the next start
            (self.folder / name).unlink()

    def free(self) -> int:
        """Bytes of room on this disk."""
        return self._disk()[2]

    def size(self) -> int:
        """Bytes that this disk has in all."""
        return self._disk()[0]

    def _disk(self) -> tuple[int, int, int]:
        return shutil.disk_usage(self.folder if self.folder.exists() else self.folder.parent)

    def _named(self, reason: OSError) -> Exception:
        require_folder(self.folder)
        return Refused("file_gone") if isinstance(reason, FileNotFoundError) else named(reason, self.folder)
