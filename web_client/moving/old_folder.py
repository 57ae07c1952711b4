"""The old computer's folder: what of it is given, and the one file by which it stops being the account's."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import msgspec

from protocol.errors import Damaged
from protocol.move_messages import MovedFile
from protocol.moving import DATABASE, FOLDER, KEY, KIT, LINK
from protocol.statements import U64, Port
from storage.layout import named
from storage.whole_files import write_whole
from web_client.vault.data_folder import MOVED_FILE

_WRITE_AHEAD = DATABASE + "-wal"


class Moved(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """That the account has gone, and when (ms). The secret, until the new one has heard, and where it asks."""

    when: U64
    secret: bytes
    port: Port
    number: str  # and what it was announced as


def moved(folder: Path) -> Moved | None:
    """Whether this folder's account has gone to another computer. What can't be read says so too: of two computers
    rather none than both.
    """
    path = folder / MOVED_FILE
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Moved)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError):
        return Moved(0, b"", 1, "")


def hand_over(folder: Path, said: Moved) -> None:
    """From the moment when this returns the account isn't this folder's any more, whatever cuts off what follows.
    `disk_full` and the like: it still is, unless `moved` says otherwise.
    """
    try:
        write_whole(folder / MOVED_FILE, msgspec.msgpack.encode(said), folder / (MOVED_FILE + ".part"))
    except OSError as reason:
        raise named(reason, folder) from None


def take_back(folder: Path) -> None:
    """Nobody has been told: it stays the account's."""
    try:
        (folder / MOVED_FILE).unlink(missing_ok=True)
    except OSError as reason:
        raise named(reason, folder) from None


def wipe(folder: Path) -> None:
    """Nothing that was given stays; the vault's wrapped keys go first, without which all else opens no more. Again at
    each start until it is done.
    """
    try:
        for name in (KEY, KIT):
            _overwrite(folder / name)
        for path in [*folder.glob("vault.*"), folder / LINK]:
            path.unlink(missing_ok=True)
        if (folder / FOLDER).is_dir():
            rmtree(folder / FOLDER)
    except OSError as reason:
        raise named(reason, folder) from None


def _overwrite(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def contents(folder: Path) -> list[MovedFile]:
    """What is given: the vault as it lies there, encrypted, its wrapped keys, and the sealed chunks. The vault is
    closed; `vault_busy` if another program still has it open.
    """
    try:
        ahead = folder / _WRITE_AHEAD
        if ahead.exists() and ahead.stat().st_size:
            raise Damaged("vault_busy")
        return sorted(_found(folder), key=lambda file: file.name)
    except OSError as reason:
        raise named(reason, folder) from None


def _found(folder: Path) -> Iterator[MovedFile]:
    for name in (DATABASE, KEY, KIT, LINK):
        if (folder / name).is_file():
            yield MovedFile(name, (folder / name).stat().st_size)
    if (folder / FOLDER).is_dir():
        for path in (folder / FOLDER).iterdir():
            yield MovedFile(f"{FOLDER}/{path.name}", path.stat().st_size)
