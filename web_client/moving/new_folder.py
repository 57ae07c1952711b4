"""The new computer's folder: what has come so far lies in one of its own, where nothing takes it for a vault, and goes
to its place once the old computer has handed over.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from shutil import disk_usage, rmtree
from typing import IO, Literal

import msgspec

from protocol.errors import error
from protocol.move_messages import MovedFile
from protocol.moving import FOLDER, KIT, LINK
from protocol.statements import Bytes32
from storage.layout import named
from storage.whole_files import sync_folder, write_whole
from web_client.vault import unfinished
from web_client.vault.data_folder import ALONE_FILE, ARRIVING_FOLDER

SPARE = 64 << 20  # bytes of the disk that are left, so that there is room to begin with
_STATE = "state"
_BLOCK = 1 << 20

Phase = Literal["filling", "asked", "ours", "alone"]


class Arriving(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """How far a move to this folder is. `filling`: the old computer has the account. `asked`: nobody here knows which
    of the two has it. `ours`: this one; `alone`: this one too, as its person says that the old one is gone for good.
    """

    phase: Phase
    secret: Bytes32  # by which the old computer knows us again
    name: str  # of the account
    hosts: list[str]  # where it was,
    port: int
    number: str | None  # and what it was announced as


def arriving(folder: Path) -> Arriving | None:
    """The move that has begun here; None if there is none."""
    try:
        return msgspec.msgpack.decode((folder / ARRIVING_FOLDER / _STATE).read_bytes(), type=Arriving)
    except (OSError, msgspec.MsgspecError):
        return None


def save(folder: Path, state: Arriving) -> None:
    """On disk when this returns."""
    made = folder / ARRIVING_FOLDER
    try:
        made.mkdir(mode=0o700, exist_ok=True)
        write_whole(made / _STATE, msgspec.msgpack.encode(state))
        sync_folder(folder)
    except OSError as reason:
        raise named(reason, folder) from None


def discard(folder: Path) -> None:
    """Nothing of it is wanted."""
    try:
        (folder / ARRIVING_FOLDER / _STATE).unlink(missing_ok=True)
        if (folder / ARRIVING_FOLDER).exists():
            rmtree(folder / ARRIVING_FOLDER)
    except OSError as reason:
        raise named(reason, folder) from None


class Arrived:
    """The files that have come. `disk_full` and the like from everything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ARRIVING_FOLDER

    def prepare(self, files: list[MovedFile]) -> None:
        """Room for these; what isn't of them goes. `disk_full` before anything is fetched."""
        try:
            (self._folder / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
            wanted = {self._folder / file.name for file in files}
            for path in [*self._folder.iterdir(), *(self._folder / FOLDER).iterdir()]:
                if path.is_file() and path not in wanted and path.name != _STATE:
                    path.unlink()
            missing = sum(file.size - min(file.size, self.size(file)) for file in files)
            if missing + SPARE > disk_usage(self._folder).free:
                raise error("disk_full")
        except OSError as reason:
            raise named(reason, self._folder) from None

    def size(self, file: MovedFile) -> int:
        """How many bytes of it are here."""
        path = self._folder / file.name
        return path.stat().st_size if path.is_file() else 0

    def cut(self, file: MovedFile, size: int) -> None:
        """Only so many bytes of it are right; an empty file is made here."""
        try:
            with os.fdopen(os.open(self._folder / file.name, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as open_file:
                open_file.truncate(size)
        except OSError as reason:
            raise named(reason, self._folder) from None

    def write(self, file: MovedFile, offset: int, content: bytes) -> None:
        try:
            with (self._folder / file.name).open("r+b") as open_file:
                open_file.seek(offset)
                open_file.write(content)
        except OSError as reason:
            raise named(reason, self._folder) from None

    def hash(self, file: MovedFile, offset: int, length: int) -> bytes:
        """SHA-256 of what is on the disk: it is written out first."""
        try:
            with (self._folder / file.name).open("r+b") as open_file:
                os.fsync(open_file.fileno())
                return hash_of(open_file, offset, length)
        except OSError as reason:
            raise named(reason, self._folder) from None

    def sync(self) -> None:
        """Make the names durable."""
        try:
            sync_folder(self._folder / FOLDER)
            sync_folder(self._folder)
        except OSError as reason:
            raise named(reason, self._folder) from None


def hash_of(file: IO[bytes], offset: int, length: int) -> bytes:
    """SHA-256 of so many bytes of an open file from there on, or of as many as there are."""
    found = hashlib.sha256()
    file.seek(offset)
    while length > 0 and (block := file.read(min(length, _BLOCK))):
        found.update(block)
        length -= len(block)
    return found.digest()


def settle(folder: Path) -> None:
    """Put everything into its place, the wrapped key last: there is a vault from then on. Again after a cut."""
    state, made = arriving(folder), folder / ARRIVING_FOLDER
    if state is None or state.phase not in ("ours", "alone"):
        return
    try:
        if state.phase == "alone":
            write_whole(folder / ALONE_FILE, b"")
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
        for path in list((made / FOLDER).iterdir()) if (made / FOLDER).is_dir() else []:
            os.replace(path, folder / FOLDER / path.name)
        sync_folder(folder / FOLDER)
        unfinished.move_in(made, folder, LINK, KIT)
        discard(folder)
    except OSError as reason:
        raise named(reason, folder) from None
