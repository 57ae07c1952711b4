"""All files of one user (section 8.9): what is under way, what is to be tried again, what the page is told of it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from protocol.errors import Damaged, HamrazError, Refused
from transport import threads
from web_client.files import download, serve
from web_client.files import rows as file_rows
from web_client.files.rows import CANCELLED, FAILED, FETCHING, GONE, OFFERED, SENT, SETTLED, File, Name
from web_client.vault.chunk_store import FileStore

if TYPE_CHECKING:
    from web_client.agent.session import Node

FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds until the next try: doubled each time
LOOK_SECONDS = 1.0  # how late a delayed try may be; something new wakes us at once
AT_ONCE = 3  # files under way: more would only take turns
TOLD_SECONDS = 0.25  # how often the page hears of the same file


class Stopped(Exception):
    """The person has cancelled it, or the agent ends."""


class Transfer:
    """One file under way. `done` counts chunks."""

    def __init__(self, node: Node, file: File) -> None:
        self._node = node
        self._of = file.of
        self._told = node.timer()
        self.where: str | None = None
        self.done = file.have if file.owner != node.me.uid else 0
        self.stopped = False

    def check(self) -> None:
        """Raise Stopped if it is."""
        if self.stopped:
            raise Stopped

    def show(self, done: int) -> None:
        """So many chunks have come or gone; the page hears of it now and then."""
        self.done = done
        now = self._node.timer()
        if now - self._told >= TOLD_SECONDS:
            self._told = now
            self._node.tell("file", self._of)


class Files:
    """`start` runs it on threads; in memory, tests call `step`."""

    def __init__(self, node: Node, store: FileStore) -> None:
        self._node = node
        self.store = store
        self.by_authority = threading.Semaphore(2)  # files on that line at once: four chunks, half of what it takes
        self._lock = threading.Lock()
        self._under_way: dict[Name, Transfer] = {}
        self._busy: set[Name] = set()
        self._waits: dict[Name, tuple[float, float]] = {}  # (not before, last wait), seconds of the node's timer
        self._wake = threading.Event()
        self._stopped = False
        self._deleted = True  # messages may have been, since we looked
        self._sweep()

    # --- running ---

    def start(self) -> None:
        threads.keep("files", self._turn, self._node.troubles, time.sleep, lambda: self._stopped)

    def close(self) -> None:
        """Stop what is under way; it goes on from there at the next start."""
        self._stopped = True
        for transfer in list(self._under_way.values()):
            transfer.stopped = True
        self._wake.set()

    def hurry(self) -> None:
        """Something has changed: look again, whatever the waits say."""
        self._waits.clear()
        self._wake.set()

    def step(self) -> None:
        """Do all that can be done now, in this thread."""
        self._forget_deleted()
        for file in self._due():
            self._move(file)

    def _turn(self) -> None:
        """What has come up; a disk that fails now may work in a second."""
        tend = self._node.troubles.tend
        tend("files", self._forget_deleted, b"deleted")
        tend("files", self._start_due, b"due")
        self._wake.wait(LOOK_SECONDS)
        self._wake.clear()

    def _start_due(self) -> None:
        for file in self._due()[: max(0, AT_ONCE - len(self._under_way))]:
            threads.spawn("file", self._move, self._node.troubles, file)

    def _due(self) -> list[File]:
        """What there is to do now."""
        now = self._node.timer()
        waiting = self._node.vault.read(lambda rows: file_rows.in_state(rows, FETCHING, SENT, CANCELLED))
        return [
            file
            for file in waiting
            if file.of not in self._under_way
            and self._waits.get(file.of, (0.0, 0.0))[0] <= now
            and (file.state == FETCHING or serve.wanted_there(self._node, file))
        ]

    def _move(self, file: File) -> None:
        """One try at one file."""
        node = self._node
        with self._lock:
            if file.of in self._under_way or self._stopped:
                return
            transfer = self._under_way[file.of] = Transfer(node, file)
        try:
            with node.troubles.guard("file", file.of[1]):
                node.tell("file", file.of)
                with contextlib.suppress(Stopped):
                    (download.fetch if file.state == FETCHING else serve.leave)(node, file, transfer)
                self._waits.pop(file.of, None)
        except HamrazError as reason:
            with contextlib.suppress(HamrazError):  # the disk is full, or the vault was locked meanwhile
                self._note(file, reason)
        finally:
            with self._lock:
                del self._under_way[file.of]
            self._wake.set()
        with contextlib.suppress(HamrazError):
            node.tell("file", file.of)

    def _note(self, file: File, reason: HamrazError) -> None:
        """Say at a file why it isn't here, and wait before the next try if one may help."""
        code = reason.code
        ends = {"file_gone": GONE, "file_broken": FAILED, "file_too_big": FAILED}
        if file.state == FETCHING and code in ends:
            self._node.vault.write(lambda rows: file_rows.end(rows, file, ends[code], code))
            return
        wait = min(self._waits.get(file.of, (0.0, FIRST_WAIT / 2))[1] * 2, LONGEST_WAIT)
        self._waits[file.of] = (self._node.timer() + wait, wait)
        self._node.vault.write(lambda rows: file_rows.set_why(rows, file.of, code))

    # --- what the page asks for ---

    def row(self, of: Name) -> File:
        """The file's row; `file_gone` if there is none."""
        file = self._node.vault.read(lambda rows: file_rows.one(rows, of))
        if file is None:
            raise Refused("file_gone")
        return file

    def is_here(self, file: File) -> bool:
        """Whether its chunks are on this disk; if somebody has taken them away, the row says so from now on."""
        try:
            if file.count:
                self.store.read(file.path, file.count - 1, file.sealed_length(file.count - 1))
            return True
        except Refused:
            self._lose(file)
            self._node.tell("file", file.of)
        except Damaged:  # the disk fails, or something stands in its way: what was there may be there again
            pass
        return False

    def under_way(self, of: Name) -> Transfer | None:
        return self._under_way.get(of)

    def fetch(self, file: File) -> None:
        """Fetch it from now on, until it is here or cancelled."""
        if file.owner != self._node.me.uid and file.state in (OFFERED, GONE, FAILED):
            self._set(file, FETCHING)
            self._waits.pop(file.of, None)
            self._wake.set()

    def cancel(self, file: File) -> None:
        """Stop fetching, and keep what has come; or take one's own file back: nobody gets it any more."""
        transfer = self._under_way.get(file.of)
        if transfer is not None:
            transfer.stopped = True
        if file.state == FETCHING:
            self._set(file, OFFERED)
        elif file.state in (SENT, SETTLED) and file.owner == self._node.me.uid:
            self._set(file, CANCELLED)
            self.store.remove(file.path)
        self._waits.pop(file.of, None)
        self._wake.set()

    @contextlib.contextmanager
    def alone(self, of: Name) -> Iterator[None]:
        """One caller at a time for a file that comes from the page; the second gets `chunk_order`."""
        with self._lock:
            if of in self._busy:
                raise Refused("chunk_order")
            self._busy.add(of)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(of)

    # --- keeping house ---

    def look_for_deleted(self) -> None:
        """A message has changed."""
        self._deleted = True
        self._wake.set()

    def _forget_deleted(self) -> None:
        """Messages that are deleted take their files with them, here and at the authority."""
        if not self._deleted:
            return
        with contextlib.ExitStack() as undo:
            undo.callback(self.look_for_deleted)  # what fails now is done later
            self._deleted = False
            self._drop_deleted()
            undo.pop_all()

    def _drop_deleted(self) -> None:
        for file in self._node.vault.read(file_rows.deleted):
            transfer = self._under_way.get(file.of)
            if transfer is not None:
                transfer.stopped = True
            self.store.remove(file.path)
            if file.owner == self._node.me.uid and file.stored:
                self._set(file, CANCELLED)
            else:
                self._drop(file)

    def _sweep(self) -> None:
        """At a start: rows and chunks belong together. A backup of the vault has no chunks."""
        vault = self._node.vault
        vault.write(file_rows.note_sent)
        here = set(self.store.names())
        rows = {file.path: file for file in vault.read(file_rows.everything)}
        for name in here - rows.keys():
            self.store.remove(name)
        for path, file in rows.items():
            if file.have and path not in here and file.state != CANCELLED:
                self._lose(file)

    def _set(self, file: File, state: str) -> None:
        self._node.vault.write(lambda rows: file_rows.set_state(rows, file.of, state))

    def _drop(self, file: File) -> None:
        self._node.vault.write(lambda rows: file_rows.drop(rows, file.of))

    def _lose(self, file: File) -> None:
        self._node.vault.write(lambda rows: file_rows.lose(rows, file, file.owner == self._node.me.uid))
