"""The highest sizes that were ever signed, in a file beside the database: what tells an older database at its start.

A record is 32 bytes: what (1), gid (16), size (8), and the first 7 of a hash over them and the authority's id. Records
are added after each commit, before anybody is shown what they say, and nobody waits for the disk: a process that is
killed loses none of it. One that a bad disk has changed counts for nothing, and keeps nothing from starting.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from protocol.primitives import digest
from storage.layout import named
from storage.whole_files import write_whole

RECORD = 32
SPARE = 64 * 1024  # bytes of records that newer ones have followed, until the file is written anew

NO_GROUP = bytes(16)
LOG = (b"l", NO_GROUP)  # entries of the log
BATCHES = (b"b", NO_GROUP)  # transactions, of whatever kind

What = tuple[bytes, bytes]
Lineage = tuple[int, int]  # a cluster of database servers, and its timeline: how often another has taken over, plus one

log = logging.getLogger("hamraz.authority")


def chain(gid: bytes) -> What:
    """The entries of a group's chain."""
    return b"c", gid


def timeline(system: int) -> What:
    """The newest timeline of this cluster of database servers that was written to."""
    return b"t", system.to_bytes(8, signed=True) + bytes(8)


@dataclass(slots=True)
class Floor:
    """What was signed once and isn't here: nothing is appended below it before it has been given back."""

    log: int = 0  # entries; 0: all are here
    chains: dict[bytes, int] = field(default_factory=dict)  # gid: entries, of those that lack some

    def __bool__(self) -> bool:
        return bool(self.log or self.chains)

    def reach(self, log: int, chains: Callable[[bytes], int]) -> None:
        """So much is here by now."""
        if self.log <= log:
            self.log = 0
        for gid, size in list(self.chains.items()):
            if size <= chains(gid):
                del self.chains[gid]


class SignedSizes:
    """One thread at a time. A file that fails is said once, and written anew when it works again."""

    def __init__(self, path: Path | None, authority_id: bytes) -> None:
        """`path` None: for as long as this object."""
        self._path = path
        self._id = authority_id
        self._file: int | None = None
        self._length = 0
        self._failing = False
        self.highest: dict[What, int] = {}
        if path is not None:
            self._load(path)

    def note(self, sizes: Mapping[What, int]) -> None:
        """These have been committed."""
        fresh = {what: size for what, size in sizes.items() if size > self.highest.get(what, 0)}
        if not fresh:
            return
        self.highest |= fresh
        if self._path is None:
            return
        if self._file is None or self._failing or self._length > SPARE + 2 * RECORD * len(self.highest):
            self._write_anew(self._path)
        else:
            self._add(self._file, fresh.items())

    def forget(self, sizes: Mapping[What, int]) -> None:
        """Whoever runs it has decided that what is above these is lost for good."""
        kept = {what: size for what, size in self.highest.items() if what[0] == b"t"}
        self.highest = kept | dict(sizes)
        if self._path is not None:
            self._write_anew(self._path)

    @property
    def timelines(self) -> dict[int, int]:
        """By cluster."""
        found = {gid[:8]: size for (kind, gid), size in self.highest.items() if kind == b"t"}
        return {int.from_bytes(system, signed=True): size for system, size in found.items()}

    def serve_on(self, lineage: Lineage) -> None:
        """From now on the database is here; an older timeline than before only if whoever runs it has said so."""
        what, number = timeline(lineage[0]), lineage[1]
        if number < self.highest.get(what, 0):
            self.forget({**self.highest, what: number})
        self.note({what: number})

    def floor(self, log: int, chains: Callable[[bytes], int]) -> Floor:
        """What of it isn't here."""
        floor = Floor()
        for (kind, gid), size in self.highest.items():
            if kind == LOG[0]:
                floor.log = size
            elif kind == b"c":
                floor.chains[gid] = size
        floor.reach(log, chains)
        return floor

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _load(self, path: Path) -> None:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as reason:
            self._say(reason)
            return
        bad = -len(raw) % RECORD
        for at in range(0, len(raw) - len(raw) % RECORD, RECORD):
            record = raw[at : at + RECORD]
            what, size = (record[:1], record[1:17]), int.from_bytes(record[17:25])
            if record != self._record(what, size):
                bad += 1
            elif size > self.highest.get(what, 0):
                self.highest[what] = size
        if bad:
            log.warning("%(path)s is damaged in part: what is left of it counts", {"path": str(path)})
        elif self.highest:
            self._open(path)

    def _open(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
            self._length = os.fstat(self._file).st_size
        except OSError as reason:
            self._say(reason)

    def _add(self, file: int, sizes: Iterable[tuple[What, int]]) -> None:
        records = b"".join(self._records(sizes))
        try:
            if os.write(file, records) != len(records):
                raise OSError("the disk is full")
            self._length += len(records)
        except OSError as reason:
            self._say(reason)

    def _write_anew(self, path: Path) -> None:
        self.close()
        try:
            write_whole(path, b"".join(self._records(self.highest.items())))
        except OSError as reason:
            self._say(reason)
            return
        self._failing = False
        self._open(path)

    def _records(self, sizes: Iterable[tuple[What, int]]) -> Iterator[bytes]:
        return (self._record(what, size) for what, size in sizes)

    def _record(self, what: What, size: int) -> bytes:
        words = b"".join((*what, size.to_bytes(8)))
        return words + digest(b"signed size", self._id, words)[: RECORD - len(words)]

    def _say(self, reason: OSError) -> None:
        if not self._failing:
            log.warning("the file of signed sizes fails: %(reason)s", {"reason": named(reason, self._path or Path())})
        self._failing = True
