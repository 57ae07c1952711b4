"""Sealed chunks in the agent's data folder: one file for each file of a conversation. Knows no keys and no rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from protocol.errors import Refused
from protocol.files import SEALED_CHUNK
from storage.chunk_folder import ChunkFolder
from storage.layout import named, require_folder

Offload = Callable[..., Any]


class FileStore:
    """A folder of them. Everything that touches the disk goes through `offload`."""

    def __init__(self, folder: Path | None, offload: Offload) -> None:
        """Without a folder they last as long as this object: for a network in memory."""
        self._chunks = ChunkFolder(folder)
        self._offload = offload

    def write(self, name: str, index: int, sealed: bytes) -> None:
        """Put whole chunks into their places, from `index` on; durable after `sync`. `disk_full`, `not_a_folder`…"""
        self._offload(self._chunks.put, name, index * SEALED_CHUNK, sealed)

    def sync(self, name: str) -> None:
        """Make what was written durable; `disk_full` or `disk_failing`."""
        self._offload(self._chunks.sync, [name])

    def read(self, name: str, index: int, length: int) -> bytes:
        """A sealed chunk of this length; `file_gone` if it isn't there, `disk_failing`."""
        sealed: bytes = self._offload(self._chunks.get, name, index * SEALED_CHUNK, length)
        if len(sealed) != length:
            raise Refused("file_gone")
        return sealed

    def remove(self, name: str) -> None:
        self._offload(self._chunks.drop, name)

    def names(self) -> list[str]:
        """What is here; `not_a_folder` and the like."""
        folder = self._chunks.folder
        require_folder(folder)
        try:
            return [path.name for path in folder.iterdir()] if folder.exists() else []
        except OSError as reason:
            raise named(reason, folder) from None

    def room(self) -> int:
        """Bytes that are free on this disk."""
        return self._chunks.free()
