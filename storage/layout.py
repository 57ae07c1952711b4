"""What an application's folder is made of: which names are files there and which are folders. What stands in the way of
one is named, before anything opens it: SQLite and the system say something else of it each time.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

from protocol.errors import Damaged, HamrazError, error

FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL)


class Layout:
    """The names of one application's folder. What else lies there is somebody's, and stays."""

    def __init__(self, files: Iterable[str], folders: Iterable[str]) -> None:
        self._files, self._folders = tuple(files), tuple(folders)

    def check(self, folder: Path) -> None:
        """Raise `not_a_file` or `not_a_folder` for the first name that leads to something of another kind: a folder, a
        pipe, or nowhere. What isn't there at all is another's question.
        """
        for name in self._files:
            require_file(folder / name)
        for name in self._folders:
            require_folder(folder / name)


def require_file(path: Path) -> None:
    """Raise `not_a_file` if something else stands there."""
    if _stands(path) and not path.is_file():
        raise Damaged("not_a_file", path=str(path))


def require_folder(path: Path) -> None:
    """Raise `not_a_folder` if something else stands there."""
    if _stands(path) and not path.is_dir():
        raise Damaged("not_a_folder", path=str(path))


def named(reason: OSError, folder: Path) -> HamrazError:
    """The error of an operation in this folder: `disk_full`, `folder_unusable`, `not_a_folder`, `not_a_file`, or
    `disk_failing`.
    """
    if reason.errno in FULL:
        return error("disk_full")
    where = Path(reason.filename) if isinstance(reason.filename, str) else folder
    if reason.errno in (errno.ENOTDIR, errno.EEXIST, errno.ENOENT, errno.ELOOP):
        above = [*reversed(where.parents), *([where] if reason.errno == errno.EEXIST else [])]
        for path in above:
            if _stands(path) and not path.is_dir():
                return error("not_a_folder", path=str(path))
    if reason.errno in (errno.EISDIR, errno.ELOOP):
        return error("not_a_file", path=str(where))
    return error("folder_unusable", path=str(folder)) if reason.errno in DENIED else error("disk_failing")


def _stands(path: Path) -> bool:
    """Whether there is anything of this name; a link to nowhere is something."""
    return path.is_symlink() or path.exists()
