"""Paths as people give them, and as SQLite takes them for paths: a name that begins with `file:` it reads as an
address, and an address can ask for another file, or for one that is in memory only.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def plain(path: Path) -> str:
    """The whole path, which begins with no such word."""
    return str(path.absolute())


def given(text: str) -> Path:
    """A whole path out of what stands among the arguments, for argparse: `--data "$UNSET"` is not the folder in which
    one stands, and that one may have been deleted.
    """
    if not text:
        raise argparse.ArgumentTypeError("an empty name is no name: is the variable set?")
    try:
        return Path(text).absolute()
    except FileNotFoundError:
        raise argparse.ArgumentTypeError("the folder in which you stand was deleted: go to another") from None
