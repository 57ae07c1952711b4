"""Where sealed chunks lie: what all such places have in common for whoever leaves, takes and drops them. Knows no file
but by its name, (owner, id).
"""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from authority_server.store.database import Rows

OnDamage = Callable[[str, str], None]
Name = tuple[bytes, bytes]  # (owner, id)

ENDLESS = 1 << 62  # bytes: nobody knows how many


class ChunkPlace(ABC):
    """Used by one thread at a time, but for `at_once`. A chunk is written, then flushed, then counted by a row, whose
    transaction keeps it: each place does its work in one of these. What isn't counted is served to nobody, and goes in
    the end.
    """

    in_rows: ClassVar[bool] = False  # a chunk comes with the transaction that counts it, and not before

    @property
    @abstractmethod
    def name(self) -> str:
        """Which place it is, for the settings and for people."""

    at_once: ClassVar[int] = 1  # so many threads may write and read together

    def __init__(self, disk: Path | None = None) -> None:
        """`disk`: the folder of the authority itself; None: there is none."""
        self._disk_of = disk
        self.on_damage: OnDamage = lambda what, name: None
        # whether a row counts it: for a place that doesn't know what other nodes have taken in there meanwhile
        self.is_counted: Callable[[bytes, bytes], bool] = lambda owner, id: False

    @abstractmethod
    def write(self, owner: bytes, id: bytes, index: int, sealed: bytes) -> None:
        """Put one chunk into its place, beside the writer. Names the place's trouble, as `flush` does."""

    def flush(self) -> None:
        """Make everything that was written durable; an error, and none of it counts."""
        for step in self.flushes():
            step()

    def flushes(self) -> Sequence[Callable[[], None]]:
        """The steps of that, which may be taken at once in several threads. Each is to be taken."""
        return []

    def keep(self, rows: Rows, owner: bytes, id: bytes, index: int, sealed: bytes) -> None:
        """Put it there with the row that counts it, if that is how chunks come here."""
        return

    @abstractmethod
    def read(self, owner: bytes, id: bytes, index: int, length: int) -> bytes:
        """A sealed chunk; `file_gone` if it isn't there, or isn't what was written. Names the place's trouble."""

    def unused(self, names: list[Name]) -> list[Name]:
        """Those of these that may be removed: all of them, where the place knows by itself what rows count. Else it
        asks, which may need a lock: in a thread of ours, and never under the authority's.
        """
        return names

    @abstractmethod
    def remove(self, names: list[Name]) -> None:
        """Let go all chunks of these, which no row counts. What stays goes at the next start."""

    @abstractmethod
    def clear(self) -> None:
        """Let go everything: it has moved."""

    @abstractmethod
    def sizes(self) -> dict[Name, int]:
        """Sealed bytes of everything that is here."""

    def room(self) -> int:
        """Bytes of chunks that can still come, as far as anybody knows."""
        return ENDLESS

    def free(self) -> int:
        """Bytes of room on the disk of the authority itself."""
        return ENDLESS if self._disk_of is None else shutil.disk_usage(self._disk_of).free

    def size(self) -> int:
        """Bytes that this disk has in all."""
        return ENDLESS if self._disk_of is None else shutil.disk_usage(self._disk_of).total
