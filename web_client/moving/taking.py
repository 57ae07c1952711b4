"""The new computer's side of a move: calls the old one, fetches and compares, asks for the account, and goes on after
every cut. Knows no vault's inside.
"""

from __future__ import annotations

import contextlib
import hmac
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import structs

from protocol import messages
from protocol.errors import Forged, HamrazError, Refused, Unreachable
from protocol.messages import (
    Compared,
    ComparePart,
    Done,
    FetchPart,
    FileList,
    GoingOn,
    GoOn,
    HandedOver,
    HaveAll,
    ListFiles,
    MoveBegun,
    MovedFile,
    MovedIn,
    MoveHello,
    MoveWelcome,
    Part,
    RevealNonce,
)
from protocol.move_messages import COMPARED, MOST_FILES
from protocol.moving import Meeting, check_files, commitment
from protocol.primitives import random_nonce
from web_client.moving import new_folder
from web_client.moving.new_folder import Arrived, Arriving
from web_client.net.channel import Channel
from web_client.net.requests import result
from web_client.vault.database import Offload
from web_client.vault.schema import FORMAT

COMPARING_SECONDS = 600.0  # for somebody to walk to the old computer and compare
PAUSE_SECONDS = 2.0  # between two tries; both stand in one room
MISSES = 15  # tries in a row before it comes to a halt: half a minute, or more where nothing answers at all
TRIES = 3  # of one part that comes otherwise than the old computer has it
ENDING_SECONDS = 2.0  # for what runs to see that it is to end; who is calling somebody touches nothing meanwhile

State = Literal["calling", "digits", "filling", "asked", "ours", "failed"]
Dial = Callable[[list[str], int], Channel]


class Taking:
    """One move to this folder. `run` goes on until the account is here, or `trouble` ends it."""

    def __init__(
        self,
        folder: Path,
        dial: Dial,
        hosts: list[str],
        port: int,
        number: str | None,
        on_change: Callable[[], None],
        offload: Offload = lambda function, *arguments: function(*arguments),
        find: Callable[[str | None], tuple[list[str], int] | None] = lambda number: None,
    ) -> None:
        """`find`: where the old computer is announced now, by its number."""
        self._folder, self._arrived = folder, Arrived(folder)
        self._dial, self._find, self._on_change, self._offload = dial, find, on_change, offload
        self._hosts, self._port, self._number = hosts, port, number
        known = new_folder.arriving(folder)
        self.state: State = "calling"
        self.digits: list[str] | None = None
        self.trouble: HamrazError | None = None  # what keeps it from going on now, or has ended it
        self.total = 0  # bytes
        self._misses = 0  # tries in a row that found nobody
        self._known = known
        self._returns = False  # whether the old computer has confirmed us already
        self._may_fill = True  # whether it has said, over this connection, that it still has the account
        self._right: dict[str, int] = {}  # of each file, the bytes from its beginning that both have
        self._channel: Channel | None = None
        self._stopped = threading.Event()
        self._ended = threading.Event()  # nothing runs
        self._ended.set()
        self._lock = threading.RLock()  # of what the folder's state says: asking for the account, or giving it up

    @classmethod
    def again(
        cls,
        folder: Path,
        dial: Dial,
        on_change: Callable[[], None],
        offload: Offload = lambda function, *arguments: function(*arguments),
        find: Callable[[str | None], tuple[list[str], int] | None] = lambda number: None,
    ) -> Taking | None:
        """What an earlier run has begun here; None if there is nothing to go on with."""
        known = new_folder.arriving(folder)
        if known is None:
            return None
        made = cls(folder, dial, known.hosts, known.port, known.number, on_change, offload, find)
        made.state = "asked" if known.phase == "asked" else "filling"
        made._returns = True
        return made

    @property
    def name(self) -> str | None:
        """Whose account it is, once the old computer has said so."""
        return self._known.name if self._returns and self._known is not None else None

    @property
    def done(self) -> int:
        """Bytes that both have."""
        return sum(self._right.values())

    def run(self, pause: Callable[[float], object] | None = None) -> None:
        """Until the account is here, somebody stops it, or the old computer refuses."""
        self._ended.clear()
        try:
            self._run(pause or self._stopped.wait)
        finally:
            self._ended.set()
        self._on_change()

    def _run(self, pause: Callable[[float], object]) -> None:
        while not self._stopped.is_set() and self.state not in ("ours", "failed"):
            try:
                self.step()
            except Unreachable as reason:
                self._misses += 1
                self._note(reason)
                # where the old one has the account for certain, the person tries again; else only its answer ends it
                if not self._returns or (self.state == "filling" and self._misses >= MISSES):
                    self.state = "failed"
            except HamrazError as reason:
                self._fail(reason)
            self._close()
            if self.state not in ("ours", "failed"):
                pause(PAUSE_SECONDS)

    def step(self) -> None:
        """Over one connection, as far as that leads. Raises what it ends with."""
        if self._is_ours:
            self._settle()
            with contextlib.suppress(HamrazError):
                self._say_so(self._return())
            return
        channel = self._meet() if not self._returns else self._return()
        self.trouble, self._misses = None, 0
        if self.state != "asked" or self._may_fill:
            self._fill(channel)
        channel.request(HaveAll(0), HandedOver)
        self._keep(phase="ours")
        self._settle()
        self._say_so(channel)

    @property
    def _is_ours(self) -> bool:
        return self._returns and self._known is not None and self._known.phase in ("ours", "alone")

    def stop(self) -> None:
        """End what runs; what is on disk stays."""
        self._stopped.set()
        self._close()

    def wait(self) -> None:
        """Until what was stopped has ended, so that another may begin on the same folder; or for ENDING_SECONDS."""
        self._ended.wait(ENDING_SECONDS)

    def take_over(self) -> None:
        """The person says that the old computer is gone for good: this one has the account, under a key of its own as
        soon as it logs in. `move_over` unless everything is here.
        """
        self.stop()
        with self._lock:
            known = new_folder.arriving(self._folder)
            if known is None or known.phase not in ("asked", "alone"):
                raise Refused("move_over")
            new_folder.save(self._folder, structs.replace(known, phase="alone"))
            new_folder.settle(self._folder)

    def give_up(self) -> None:
        """Nothing of it is wanted here. `move_unsure` where the account may be here alone."""
        with self._lock:
            known = new_folder.arriving(self._folder)
            if known is not None and known.phase != "filling":
                raise Refused("move_unsure")
            self._stopped.set()  # from here on nobody asks for the account any more, so it stays where it is
        self._close()
        self.wait()
        new_folder.discard(self._folder)

    # --- meeting ---

    def _open(self) -> tuple[Channel, Meeting]:
        if self._returns and (place := self._find(self._number)) is not None:
            self._hosts, self._port = place
        channel = self._channel = self._dial(self._hosts, self._port)
        if self._stopped.is_set():  # meanwhile
            raise Unreachable("timed_out")
        nonce = random_nonce()
        welcome = channel.first(
            MoveHello(messages.VERSION, commitment(channel.fingerprint, nonce)), messages.FromOldFirst
        )
        if not isinstance(welcome, MoveWelcome):
            raise Forged("move_forged")
        return channel, Meeting(channel.fingerprint, welcome.nonce, nonce)

    def _meet(self) -> Channel:
        """For the first time: until somebody has compared the digits and said so there."""
        channel, meeting = self._open()
        pending = channel.begin(RevealNonce(0, meeting.new_nonce))
        self.digits, self.state = meeting.digits(), "digits"
        self._on_change()
        pending.done.wait(COMPARING_SECONDS)
        begun = result(pending, MoveBegun)
        if begun.format > FORMAT:
            raise Refused("move_newer")
        with self._lock:
            known = new_folder.arriving(self._folder)
            if known is not None and known.phase != "filling" and known.name != begun.name:
                raise Refused("move_unsure")  # of another account, which may be here alone
            self._save(Arriving("filling", begun.secret, begun.name, self._hosts, self._port, self._number))
        self._returns, self._may_fill = True, True
        self.state = "filling"
        self._on_change()
        return channel

    def _return(self) -> Channel:
        """After a cut: both prove that they are who met before."""
        known = self._known
        assert known is not None
        channel, meeting = self._open()
        answer = channel.request(GoOn(0, meeting.new_nonce, meeting.proof_of_new(known.secret)), GoingOn)
        if not hmac.compare_digest(meeting.proof_of_old(known.secret, answer.moved), answer.proof):
            raise Forged("move_forged")
        if answer.moved and known.phase == "filling":
            raise Forged("move_forged")  # it hands over to nobody who hasn't asked
        self._may_fill = not answer.moved
        return channel

    # --- fetching ---

    def _fill(self, channel: Channel) -> None:
        files = self._list(channel)
        self.total = sum(file.size for file in files)
        self._offload(self._arrived.prepare, files)
        for number, file in enumerate(files):
            self._fetch(channel, number, file)
        self._offload(self._arrived.sync)
        self._keep(phase="asked")
        self.state = "asked"
        self._on_change()

    def _list(self, channel: Channel) -> list[MovedFile]:
        files: list[MovedFile] = []
        more = True
        while more:
            part = channel.request(ListFiles(0, len(files)), FileList)
            files += part.files
            more = part.more
            if (more and not part.files) or len(files) > MOST_FILES:
                raise Forged("bad_move")
        check_files(files)
        return files

    def _fetch(self, channel: Channel, number: int, file: MovedFile) -> None:
        """What is missing of one file, part by part; each is compared when it is on the disk."""
        right, failed = self._right.get(file.name, 0), 0
        here = self._offload(self._arrived.size, file)
        if not right <= min(here, file.size):
            right = self._right[file.name] = 0
        self._offload(self._arrived.cut, file, min(here, file.size))
        while file.name not in self._right or right < file.size:
            end = min(file.size, right - right % COMPARED + COMPARED)
            have = min(end, self._offload(self._arrived.size, file))
            if have < end:
                self._fetch_to(channel, number, file, max(have, right), end)
            hash = self._offload(self._arrived.hash, file, right, end - right)
            if channel.request(ComparePart(0, number, right, end - right, hash), Compared).same:
                right = self._right[file.name] = end
                failed = 0
            else:
                failed += 1
                if failed >= TRIES:
                    raise Forged("file_broken")
                self._offload(self._arrived.cut, file, right)
            self._on_change()

    def _fetch_to(self, channel: Channel, number: int, file: MovedFile, offset: int, end: int) -> None:
        while offset < end:
            if self._stopped.is_set():
                raise Unreachable("timed_out")
            content = channel.request(FetchPart(0, number, offset), Part).content
            if not content:
                raise Forged("file_broken")
            content = content[: end - offset]
            self._offload(self._arrived.write, file, offset, content)
            offset += len(content)

    # --- the end ---

    def _keep(self, phase: new_folder.Phase) -> None:
        assert self._known is not None
        self._save(structs.replace(self._known, phase=phase, hosts=self._hosts, port=self._port))

    def _save(self, known: Arriving) -> None:
        with self._lock:
            if self._stopped.is_set() and known.phase != "ours":  # what has been given must be kept, whoever stops
                raise Unreachable("timed_out")
            self._offload(new_folder.save, self._folder, known)
            self._known = known

    def _settle(self) -> None:
        with self._lock:
            self._offload(new_folder.settle, self._folder)
        self.state = "ours"
        self._on_change()

    def _say_so(self, channel: Channel) -> None:
        with contextlib.suppress(HamrazError):  # it then goes on answering what nobody asks any more
            channel.request(MovedIn(0), Done)

    def _fail(self, reason: HamrazError) -> None:
        known = new_folder.arriving(self._folder)
        if self._returns and known is not None and known.phase != "filling":
            self._note(reason)  # whoever says so: what has been asked may have been granted
            return
        self.state = "failed"
        self._note(reason)

    def _note(self, reason: HamrazError) -> None:
        self.trouble = reason
        self._on_change()

    def _close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
