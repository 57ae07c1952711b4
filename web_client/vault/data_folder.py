"""The agent's data folder: made, checked and held by one process. Knows nothing of what lies in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from storage.held_folder import LOCK_FILE, hold, in_use
from storage.in_place import InPlace
from storage.layout import Layout, named

RESTORE_FOLDER = "restore"  # where a vault is filled from a backup, until it takes its place
BROUGHT_FILE = "brought.backup"  # a backup that a page has handed over, until it is used
PAGE_FILE = "page"  # where the running agent's page is
MOVED_FILE = "moved"  # that the account has gone to another computer
ALONE_FILE = "alone"  # that it has come from one that is gone for good, and nobody is to wait for it
ARRIVING_FOLDER = "arriving"  # what comes from another computer, until it is all there
_DATABASES = tuple(name + end for name in ("vault.db", "vault.new") for end in ("", "-wal", "-shm", "-journal"))
_LINKS = ("authority.link", "authority.link.part")
_OURS = (LOCK_FILE, PAGE_FILE, "api-token", *_LINKS, "vault.key", "vault.kit", "vault.part", BROUGHT_FILE)
_MOVING = (MOVED_FILE, MOVED_FILE + ".part", ALONE_FILE, ALONE_FILE + ".new")
LAYOUT = Layout((*_OURS, *_DATABASES, *_MOVING), ("files", ARRIVING_FOLDER, RESTORE_FOLDER))
_PAGE = re.compile(r"http://(localhost|127\.0\.0\.1):[0-9]{1,5}/")


class Folder:
    """A folder that is ours until `release`; a process that ends in any way gives it up."""

    def __init__(self, path: Path) -> None:
        """`folder_unusable`, `disk_full`, `not_a_folder`, `not_a_file`, or `folder_in_use` while another process holds
        it.
        """
        self.path = path = path.absolute()
        self._file = hold(path, LAYOUT)
        self._place = InPlace(path / LOCK_FILE)
        self._place.missing()  # the first look

    def release(self) -> None:
        self._file.close()

    def save(self, name: str, text: str) -> None:
        """Write a file that only its owner may read; `folder_unusable` or `disk_full`."""
        try:
            # The file of an earlier run may be open somewhere, or not be 0600 any more: never write into it.
            self.remove(name)
            number = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(number, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as failure:
            raise named(failure, self.path) from None

    def remove(self, name: str) -> None:
        """Of a folder that has gone beneath us nothing: in its place there may be another's."""
        if self._place.missing() is None:
            (self.path / name).unlink(missing_ok=True)


def running_page(path: Path) -> str | None:
    """The address of the page of the agent that holds this folder now, as far as it has said so."""
    try:
        said = (path / PAGE_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return said if _PAGE.fullmatch(said) and in_use(path) else None
