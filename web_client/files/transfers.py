"""All files of one user (section 8.9): what is under way, what is to be tried again, what the page is told of it."""

from __future__ import annotations

import contextlib
import threading
import time

from protocol.errors import Damaged, HamrazError, Refused
from transport import threads
from web_client.account.events import FileProgress, PersonBlocked
from web_client.files import download, serve
from web_client.files import rows as file_rows
from web_client.files.context import FileContext
from web_client.files.rows import CANCELLED, FAILED, FETCHING, GONE, OFFERED, SENT, SETTLED, File, Name
from web_client.files.transfer import Stopped, Transfer

FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds until the next try: doubled each time
LOOK_SECONDS = 1.0  # how late a delayed try may be; something new wakes us at once
AT_ONCE = 3  # files under way: more would only take turns


class Files:
    """`start` runs it on threads; in memory, tests call `step`."""

    def __init__(self, context: FileContext) -> None:
        self.context = context
        self.store = context.store
        self._ctx = context.ctx
        self._lock = threading.Lock()
        self._under_way: dict[Name, Transfer] = {}
        self._waits: dict[Name, tuple[float, float]] = {}  # (not before, last wait), seconds of the context's timer
        self._wake = threading.Event()
        self._stopped = False
        self._deleted = True  # messages may have been, since we looked
        self._sweep()

    # --- running ---

    def start(self) -> None:
        threads.keep("files", self._turn, self._ctx.troubles, time.sleep, lambda: self._stopped)

    def close(self) -> None:
        """Stop what is under way; it goes on from there at the next start."""
        self._stopped = True
        for transfer in list(self._under_way.values()):
            transfer.stopped = True
        self._wake.set()

    def try_now(self) -> None:
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
        tend = self._ctx.troubles.tend
        tend("files", self._forget_deleted, b"deleted")
        tend("files", self._start_due, b"due")
        self._wake.wait(LOOK_SECONDS)
        self._wake.clear()

    def _start_due(self) -> None:
        for file in self._due()[: max(0, AT_ONCE - len(self._under_way))]:
            threads.spawn("file", self._move, self._ctx.troubles, file)

    def _due(self) -> list[File]:
        """What there is to do now."""
        now = self._ctx.timer()
        waiting = self._ctx.vault.read(lambda rows: file_rows.in_state(rows, FETCHING, SENT, CANCELLED))
        return [
            file
            for file in waiting
            if file.of not in self._under_way
            and self._waits.get(file.of, (0.0, 0.0))[0] <= now
            and (file.state == FETCHING or serve.wanted_there(self.context, file))
        ]

    def _move(self, file: File) -> None:
        """One try at one file."""
        ctx = self._ctx
        with self._lock:
            if file.of in self._under_way or self._stopped:
                return
            transfer = self._under_way[file.of] = Transfer(ctx, file)
        try:
            with ctx.troubles.guard("file", file.of[1]):
                now = ctx.vault.read(lambda rows: file_rows.one(rows, file.of))
                if now is None or now.state != file.state:
                    return  # cancelled since we looked what there is to do, when there was nothing to be stopped yet
                ctx.emit(FileProgress(file.of))
                with contextlib.suppress(Stopped):
                    (download.fetch if file.state == FETCHING else serve.leave)(self.context, file, transfer)
                self._waits.pop(file.of, None)
        except HamrazError as reason:
            with contextlib.suppress(HamrazError):  # the disk is full, or the vault was locked meanwhile
                self._note(file, reason)
        finally:
            with contextlib.suppress(HamrazError):  # the next start sweeps
                self._drop_late(file)
            with self._lock:
                del self._under_way[file.of]
            self._wake.set()
        with contextlib.suppress(HamrazError):
            ctx.emit(FileProgress(file.of))

    def _drop_late(self, file: File) -> None:
        """A chunk that was being kept while its message was deleted has come behind the end of the file."""
        if self._ctx.vault.read(lambda rows: file_rows.one(rows, file.of)) is None:
            self.store.remove(file.path)

    def _note(self, file: File, reason: HamrazError) -> None:
        """Say at a file why it isn't here, and wait before the next try if one may help."""
        code = reason.code
        ends = {"file_gone": GONE, "file_broken": FAILED, "file_too_big": FAILED}
        if file.state == FETCHING and code in ends:
            self.context.end(file, ends[code], code)
            return
        wait = min(self._waits.get(file.of, (0.0, FIRST_WAIT / 2))[1] * 2, LONGEST_WAIT)
        self._waits[file.of] = (self._ctx.timer() + wait, wait)
        self.context.change(file, why=code)

    # --- what the page asks for ---

    def is_here(self, file: File) -> bool:
        """Whether its chunks are on this disk; if somebody has taken them away, the row says so from now on."""
        try:
            if file.count:
                self.store.read(file.path, file.count - 1, file.sealed_length(file.count - 1))
            return True
        except Refused:
            self._lose(file)
            self._ctx.emit(FileProgress(file.of))
        except Damaged:  # the disk fails, or something stands in its way: what was there may be there again
            pass
        return False

    def under_way(self, of: Name) -> Transfer | None:
        return self._under_way.get(of)

    def fetch(self, file: File) -> None:
        """Fetch it from now on, until it is here or cancelled."""
        if file.owner != self._ctx.me.uid and file.state in (OFFERED, GONE, FAILED):
            self.context.change(file, state=FETCHING, why=None)
            self._waits.pop(file.of, None)
            self._wake.set()

    def cancel(self, file: File) -> None:
        """Stop fetching, and keep what has come; or take one's own file back: nobody gets it any more."""
        transfer = self._under_way.get(file.of)
        if transfer is not None:
            transfer.stopped = True
        if file.state == FETCHING:
            self.context.change(file, state=OFFERED, why=None)
        elif file.state in (SENT, SETTLED) and file.owner == self._ctx.me.uid:
            self.context.change(file, state=CANCELLED, why=None)
            self.store.remove(file.path)
        self._waits.pop(file.of, None)
        self._wake.set()

    def on_blocked(self, event: PersonBlocked) -> None:
        """Nothing more is fetched from who is blocked; what has come stays."""
        if event.blocked:
            for file in self._ctx.vault.read(lambda rows: file_rows.in_state(rows, FETCHING)):
                if file.owner == event.uid:
                    with contextlib.suppress(HamrazError):  # the disk: tried again with the file, and refused there
                        self.cancel(file)
                        self._ctx.emit(FileProgress(file.of))

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
            for file in self._ctx.vault.read(file_rows.deleted):
                self._forget(file)
            for file in self._ctx.vault.read(file_rows.cleared):
                self._forget_here(file)
            undo.pop_all()

    def _forget_here(self, file: File) -> None:
        """At the authority it stays for those to whom it was sent."""
        transfer = self._under_way.get(file.of)
        if transfer is not None:
            transfer.stopped = True
        self.store.remove(file.path)
        self._ctx.vault.write(lambda rows: file_rows.drop(rows, file.of))

    def _forget(self, file: File) -> None:
        transfer = self._under_way.get(file.of)
        if transfer is not None:
            transfer.stopped = True
        self.store.remove(file.path)
        if file.owner == self._ctx.me.uid and file.stored:
            self.context.change(file, state=CANCELLED, why=None)
        else:
            self._ctx.vault.write(lambda rows: file_rows.drop(rows, file.of))

    def _sweep(self) -> None:
        """At a start: rows and chunks belong together. A backup of the vault has no chunks."""
        vault = self._ctx.vault
        vault.write(file_rows.note_sent)
        here = set(self.store.names())
        rows = {file.path: file for file in vault.read(file_rows.everything)}
        for name in here - rows.keys():
            self.store.remove(name)
        for path, file in rows.items():
            if file.have and path not in here and file.state != CANCELLED:
                self._lose(file)

    def _lose(self, file: File) -> None:
        self._ctx.vault.write(lambda rows: file_rows.lose(rows, file, file.owner == self._ctx.me.uid))
