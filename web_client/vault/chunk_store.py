"""Sealed chunks in the agent's data folder: one file for each file of a conversation. Knows no keys and no rows."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from protocol.errors import HamrazError, Refused
from protocol.files import SEALED_CHUNK
from storage.layout import named, require_folder

Offload = Callable[..., Any]


class FileStore:
    """A folder of them. Everything that touches the disk goes through `offload`."""

    def __init__(self, folder: Path | None, offload: Offload) -> None:
        """Without a folder they last as long as this object: for a network in memory."""
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory()
            folder = Path(self._temporary.name)
        self._folder = folder
        self._offload = offload

    def write(self, name: str, index: int, sealed: bytes) -> None:
        """Put whole chunks into their places, from `index` on; durable after `sync`. `disk_full`, `not_a_folder`…"""
        self._offload(self._write, name, index, sealed)

    def sync(self, name: str) -> None:
        """Make what was written durable; `disk_full` or `disk_failing`."""
        self._offload(self._sync, name)

    def read(self, name: str, index: int, length: int) -> bytes:
        """A sealed chunk of this length; `file_gone` if it isn't there, `disk_failing`."""
        sealed: bytes = self._offload(self._read, name, index, length)
        return sealed

    def remove(self, name: str) -> None:
        self._offload(self._remove, name)

    def names(self) -> list[str]:
        """What is here; `not_a_folder` and the like."""
        require_folder(self._folder)
        try:
            return [path.name for path in self._folder.iterdir()] if self._folder.exists() else []
        except OSError as reason:
            raise self._named(reason) from None

    def room(self) -> int:
        """Bytes that are free on this disk."""
        return shutil.disk_usage(self._folder if self._folder.exists() else self._folder.parent).free

    def _write(self, name: str, index: int, sealed: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(self._folder / name, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
                file.seek(index * SEALED_CHUNK)
                file.write(sealed)
        except OSError as reason:
            raise self._named(reason) from None

    def _sync(self, name: str) -> None:
        try:
            for path in (self._folder / name, self._folder)[: 2 if os.name == "posix" else 1]:
                number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
                try:
                    os.fsync(number)
                finally:
                    os.close(number)
        except OSError as reason:
            raise self._named(reason) from None

    def _read(self, name: str, index: int, length: int) -> bytes:
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(index * SEALED_CHUNK)
                sealed = file.read(length)
        except OSError as reason:
            raise self._named(reason) from None
        if len(sealed) != length:
            raise Refused("file_gone")
        return sealed

    def _remove(self, name: str) -> None:
        with contextlib.suppress(OSError):
            (self._folder / name).unlink()

    def _named(self, reason: OSError) -> HamrazError:
        require_folder(self._folder)
        return Refused("file_gone") if isinstance(reason, FileNotFoundError) else named(reason, self._folder)
