"""A vault that is being filled from a backup, in a folder of its own: nobody takes it for the account's before it is
moved into its place, and what is left of one that didn't end is thrown away or gone on with.
"""

from __future__ import annotations

import os
from pathlib import Path
from shutil import rmtree

from storage.layout import named
from storage.whole_files import sync_folder
from web_client.vault.data_folder import BROUGHT_FILE, RESTORE_FOLDER
from web_client.vault.database import DATABASE_FILE, KEY_FILE, UNFINISHED_FILE, Vault


def folder_of(folder: Path) -> Path:
    """Where it is, in an agent's folder."""
    return folder / RESTORE_FOLDER


def exists(folder: Path) -> bool:
    """Whether there is one."""
    return (folder_of(folder) / KEY_FILE).exists()


def begin(folder: Path) -> Path:
    """An empty folder for a new one; what was left of another goes. `disk_full` and the like."""
    discard(folder)
    try:
        folder_of(folder).mkdir(mode=0o700)
    except OSError as reason:
        raise named(reason, folder) from None
    return folder_of(folder)


def discard(folder: Path) -> None:
    """Nothing of it is wanted."""
    try:
        if folder_of(folder).exists():
            # the key first: without it there is none, whatever else is left
            (folder_of(folder) / KEY_FILE).unlink(missing_ok=True)
            rmtree(folder_of(folder))
    except OSError as reason:
        raise named(reason, folder) from None


def settle(folder: Path) -> None:
    """Move a whole one, which is closed, into its place: the vault exists from the moment its key file is there."""
    try:
        move_in(folder_of(folder), folder)
        rmtree(folder_of(folder))
    except OSError as reason:
        raise named(reason, folder) from None


def move_in(made: Path, folder: Path, *beside: str) -> None:
    """A vault's files from where they were made to their place, after those beside it; again after a cut. `OSError`."""
    for name in (*beside, DATABASE_FILE, KEY_FILE):
        if (made / name).exists():
            os.replace(made / name, folder / (UNFINISHED_FILE if name == DATABASE_FILE else name))
            sync_folder(folder)


def go_on(folder: Path) -> None:
    """At a start: end what a cut has left half-way between its folder and its place."""
    made = folder_of(folder)
    try:
        (folder / BROUGHT_FILE).unlink(missing_ok=True)  # whoever had brought it chooses it again
    except OSError as reason:
        raise named(reason, folder) from None
    if Vault.exists(folder):
        discard(folder)
    elif exists(folder) and not (made / DATABASE_FILE).exists() and (folder / UNFINISHED_FILE).exists():
        settle(folder)
