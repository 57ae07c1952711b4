"""Paths as SQLite takes them for paths: a name that begins with `file:` it reads as an address, and an address can ask
for another file, or for one that is in memory only.
"""

from __future__ import annotations

from pathlib import Path


def plain(path: Path) -> str:
    """The whole path, which begins with no such word."""
    return str(path.absolute())
