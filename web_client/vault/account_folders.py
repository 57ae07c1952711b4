"""The folders of this machine's accounts, side by side in the one data folder: named by the person, never by a port."""

from __future__ import annotations

import re
from pathlib import Path

from web_client.vault.data_folder import running_page
from web_client.vault.database import Vault

FIRST = "main"  # where no name is given and there is none yet
_BEFORE = "agent-"
_NAME = re.compile(r"\w[\w.-]{0,63}")


def is_name(name: str) -> bool:
    """Whether a folder can be called so on every system, and leads nowhere else."""
    return _NAME.fullmatch(name) is not None and not name.endswith(".")


def folder_of(root: Path, name: str) -> Path:
    return root / (_BEFORE + name)


def name_of(folder: str) -> str:
    """What the account of a folder with this name is called; where `--data` named the folder, all of it."""
    return folder.removeprefix(_BEFORE)


def names(root: Path) -> list[str]:
    """The accounts that have a folder here."""
    try:
        found = sorted(path.name for path in root.iterdir() if path.is_dir())
    except OSError:
        return []
    return [name_of(name) for name in found if name.startswith(_BEFORE) and name != _BEFORE]


def meant(root: Path) -> str | None:
    """The account that is meant where none is named; None where there are several and none of them is the first."""
    found = names(root)
    if FIRST in found or not found:
        return FIRST
    return found[0] if len(found) == 1 else None


def listed(root: Path) -> list[str]:
    """What `--list` prints: an account a line, with where its page is, and its folder."""
    lines = []
    for name in names(root):
        folder = folder_of(root, name)
        state = running_page(folder) or ("not running" if Vault.exists(folder) else "no account yet")
        lines.append(f"{name:<20} {state:<30} {folder}")
    return lines or [f"No account has a folder in {root} yet."]
