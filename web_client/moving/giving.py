"""The old computer's side of a move: one state for all callers, and a session for each. Bodies in, bodies out.

Every step is taken under one lock: that the account is handed over, and that the move ends, exclude each other.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

from msgspec import structs

from protocol import frames, messages
from protocol.errors import Damaged, Forged, HamrazError, Refused, WireError, error
from protocol.messages import (
    Answer,
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
    Message,
    MoveBegun,
    MovedFile,
    MovedIn,
    MoveHello,
    MoveWelcome,
    Part,
    Ping,
    Pong,
    RevealNonce,
    Unknown,
    failure,
)
from protocol.move_messages import COMPARED, LISTED, PART
from protocol.moving import Meeting, commitment
from protocol.primitives import random_nonce
from storage.layout import named
from transport.threads import Troubles
from web_client.moving import old_folder
from web_client.moving.charges import CHARGES
from web_client.moving.new_folder import hash_of
from web_client.moving.old_folder import Moved
from web_client.vault.database import Offload
from web_client.vault.schema import FORMAT

PATIENCE = 600.0  # seconds: to be called, and then without a word from the new computer

State = Literal["waiting", "asked", "going", "gone", "over"]


class Giving:
    """One move. `waiting` for a caller; `asked`: its digits are to be compared; `going`: to the one that was confirmed;
    `gone`: it has the account; `over`: nobody has.
    """

    def __init__(
        self,
        folder: Path,
        fingerprint: bytes,
        clock: Callable[[], int],  # ms since 1970
        timer: Callable[[], float],  # seconds
        on_change: Callable[[], None],
        troubles: Troubles | None = None,
        offload: Offload = lambda function, *arguments: function(*arguments),
        gone: Moved | None = None,  # in an earlier run: only the new one's last question is still answered
    ) -> None:
        self.folder = folder
        self.fingerprint = fingerprint
        self.troubles = troubles or Troubles()
        self.port = gone.port if gone is not None else 1  # where the new computer asks,
        self.number = gone.number if gone is not None else ""  # and what it is announced as
        self._clock, self._timer, self._on_change, self._offload = clock, timer, on_change, offload
        self._lock = threading.RLock()
        self._heard = timer()
        self._state: State = "gone" if gone is not None else "waiting"
        self._secret = gone.secret if gone is not None else b""
        self._when = gone.when if gone is not None else 0
        self._caller: GivingSession | None = None
        self._files: list[MovedFile] | None = None
        self._is_known = gone is not None  # whether the new computer has shown that it may come back
        self._compared: list[int] = []  # of each file, the bytes from its beginning that both have

    # --- for the page ---

    @property
    def state(self) -> State:
        return self._state

    @property
    def digits(self) -> list[str] | None:
        """Those of the caller who waits to be confirmed."""
        with self._lock:
            caller = self._caller
            return caller.meeting.digits() if self._state == "asked" and caller and caller.meeting else None

    @property
    def progress(self) -> tuple[int, int]:
        """Bytes that both have, and all."""
        with self._lock:
            return sum(self._compared), sum(file.size for file in self._files or [])

    def accept(self, digits: list[str]) -> None:
        """The person has compared these digits, and they are the same: from now on nobody else is answered. The caller
        learns of it by `begin`. `move_replaced` if another one has called meanwhile, `move_over`.
        """
        with self._lock:
            if self._state not in ("waiting", "asked"):
                raise Refused("move_over")
            if self.digits != digits:
                raise Refused("move_replaced")
            self._state, self._secret, self._heard = "going", secrets.token_bytes(32), self._timer()

    def begin(self, name: str) -> None:
        """The vault is closed: tell the caller who was accepted that it may fetch everything."""
        with self._lock:
            self._require("going")
            self._files = old_folder.contents(self.folder)
            self._compared = [0] * len(self._files)
            if self._caller is None:  # it has left meanwhile, and doesn't know that it was confirmed
                self.end()
                raise Refused("move_over")
            self._caller.confirm(MoveBegun(1, self._secret, FORMAT, name))
        self._on_change()

    def refuse(self, digits: list[str]) -> None:
        """The digits differ: whoever called is sent away, and another may call."""
        with self._lock:
            if self._state == "asked" and self.digits == digits:
                self._drop(Refused("move_refused"))
                self._state = "waiting"
        self._on_change()

    def end(self) -> None:
        """Nobody is to have it: the account stays here. `account_moved` if it has gone."""
        with self._lock:
            if self._state == "gone":
                raise Refused("account_moved")
            old_folder.take_back(self.folder)  # it may lie there where writing it has failed; nobody was answered
            self._state = "over"
            self._drop(Refused("move_over"))
        self._on_change()

    def lapse(self) -> bool:
        """End it where nobody has been heard for PATIENCE; whether it has ended so."""
        with self._lock:
            if self._state in ("gone", "over") or self._timer() - self._heard < PATIENCE:
                return False
            self.end()
            return True

    def session(self, send: Callable[[bytes], None], close: Callable[[], None]) -> GivingSession:
        """For one more connection."""
        return GivingSession(self, send, close)

    # --- for the callers ---

    def ask(self, caller: GivingSession) -> None:
        """This caller's digits are the ones to be compared now; who was there before has gone, or comes again."""
        with self._lock:
            if self._state not in ("waiting", "asked"):
                raise Refused("account_moved" if self._state == "gone" else "move_over")
            self._drop(Refused("move_replaced"))
            self._caller, self._state = caller, "asked"
        self._on_change()

    def return_to(self, caller: GivingSession, proof: bytes) -> GoingOn:
        """Whoever proves to be the one who was confirmed goes on; another is told nothing more: `move_over`."""
        with self._lock:
            meeting, is_gone = caller.meeting, self._state == "gone"
            is_going = self._state == "going" and self._files is not None
            if meeting is None or not self._secret or not (is_going or is_gone):
                raise Refused("move_over")
            if not hmac.compare_digest(meeting.proof_of_new(self._secret), proof):
                raise Refused("move_over")
            self._drop(Refused("move_replaced"))
            self._caller, self._heard = caller, self._timer()
            return GoingOn(1, meeting.proof_of_old(self._secret, is_gone), is_gone)

    def left(self, caller: object) -> None:
        """This connection has ended."""
        with self._lock:
            if self._caller is not caller:
                return
            self._caller = None
            if self._state == "asked":
                self._state = "waiting"
            elif self._state == "going" and not self._is_known and self._files is not None:
                self.end()  # if it hasn't heard that it was confirmed, it can't come back
        self._on_change()

    def answer(self, caller: GivingSession, message: Message) -> Answer:
        """To the one who is confirmed."""
        with self._lock:
            if self._caller is not caller:
                raise Refused("move_replaced")
            self._heard, self._is_known = self._timer(), True
            match message:
                case MovedIn():
                    return self._forget_secret(message.rid)
                case HaveAll():
                    return self._hand_over(message.rid)
            files = self._require("going")
            match message:
                case ListFiles():
                    part = files[message.after : message.after + LISTED]
                    return FileList(message.rid, part, message.after + len(part) < len(files))
                case FetchPart():
                    return Part(message.rid, self._read(self._of(message.file), message.offset))
                case ComparePart():
                    return self._compare(message)
        raise WireError("unexpected_message")

    def _require(self, state: State) -> list[MovedFile]:
        if self._state != state:
            raise Refused("account_moved" if self._state == "gone" else "move_over")
        return self._files or []

    def _of(self, number: int) -> MovedFile:
        if number >= len(self._files or []):
            raise Refused("file_gone")
        return (self._files or [])[number]

    def _read(self, file: MovedFile, offset: int) -> bytes:
        def read() -> bytes:
            with (self.folder / file.name).open("rb") as open_file:
                open_file.seek(min(offset, file.size))
                return open_file.read(min(PART, max(0, file.size - offset)))

        try:
            found: bytes = self._offload(read)
        except OSError as reason:
            raise named(reason, self.folder) from None
        return found

    def _compare(self, asked: ComparePart) -> Compared:
        file, end = self._of(asked.file), asked.offset + asked.length
        if asked.length > COMPARED:
            raise WireError("bad_message", field="length")
        if end > file.size:
            return Compared(asked.rid, False)

        def read() -> bytes:
            with (self.folder / file.name).open("rb") as open_file:
                return hash_of(open_file, asked.offset, asked.length)

        try:
            same = self._offload(read) == asked.hash
        except OSError as reason:
            raise named(reason, self.folder) from None
        if same and asked.offset <= self._compared[asked.file] < end:
            self._compared[asked.file] = end
        self._on_change()
        return Compared(asked.rid, same)

    def _hand_over(self, rid: int) -> HandedOver:
        """The one moment: before it this computer has the account, after it the other."""
        if self._state != "gone":
            files = self._require("going")
            if self._compared != [file.size for file in files]:
                raise Refused("move_incomplete")
            when = self._clock()
            old_folder.hand_over(self.folder, Moved(when, self._secret, self.port, self.number))
            self._state, self._when = "gone", when
            # nothing is lost if this fails: it is done again at the next start, before anything else
            with contextlib.suppress(HamrazError), self.troubles.guard("move", once=True):
                self._offload(old_folder.wipe, self.folder)
            self._on_change()
        return HandedOver(rid, self._when)

    def _forget_secret(self, rid: int) -> Done:
        if self._state != "gone":
            raise Refused("move_incomplete")
        old_folder.hand_over(self.folder, Moved(self._when, b"", self.port, self.number))
        self._secret = b""
        self._on_change()
        return Done(rid)

    @property
    def is_heard(self) -> bool:
        """Whether the new computer has the account and knows it: there is nothing more to answer."""
        return self._state == "gone" and not self._secret

    def _drop(self, reason: HamrazError) -> None:
        caller, self._caller = self._caller, None
        if caller is not None:
            caller.end(reason)


class GivingSession:
    """One caller. `receive` takes each body in turn and answers through `send`."""

    uid: bytes | None = None  # nobody here has one
    limit = frames.LIMIT_BEFORE_LOGIN  # all that a new computer says is short

    def __init__(self, giving: Giving, send: Callable[[bytes], None], close: Callable[[], None]) -> None:
        self._giving = giving
        self._send, self._close = send, close
        self._nonce = b""
        self._commitment = b""
        self.meeting: Meeting | None = None  # once both nonces are known
        self._confirmed = False
        self._asked = 0  # the request that waits for somebody to compare digits
        self.charged = 0

    @property
    def proven(self) -> bool:
        """Whether it has gone so far that it may wait for a person."""
        return self.meeting is not None

    def receive(self, body: bytes) -> None:
        """Take one body. Never raises: what is wrong is answered by its name."""
        number = 0
        try:
            with self._giving.troubles.guard("move", once=True):
                message = self._decode(body)
                number = getattr(message, "rid", None) or 0
                self._take(message)
        except HamrazError as reason:
            # whose disk it is, the caller must not take for their own
            told = error("move_failing") if isinstance(reason, Damaged) else reason
            self._say(failure(number, told))
            if isinstance(reason, WireError) or not self._confirmed:
                self._close()

    def left(self) -> None:
        """The connection has ended."""
        self._giving.left(self)

    def _decode(self, body: bytes) -> Message | Unknown:
        if not self._nonce:
            message = messages.decode(body, messages.ToOldFirst)
        else:
            place = messages.ToOld if self._confirmed else messages.ToOldBefore
            message = messages.decode(body, place, later=self._confirmed)
        is_known = isinstance(message, Message)
        self.charged += CHARGES[type(message)].of(message, len(body)) if is_known else 1
        return cast("Message | Unknown", message)

    def _take(self, message: Message | Unknown) -> None:
        match message:
            case Unknown():
                if message.rid is not None:
                    raise error("unknown_request")
            case MoveHello():
                if message.version != messages.VERSION:
                    raise WireError("wrong_version")
                self._nonce, self._commitment = random_nonce(), message.commitment
                self._say(MoveWelcome(self._nonce))
            case Ping():
                self._say(Pong(message.n))
            case Pong():
                pass
            case RevealNonce() | GoOn() if self.meeting is not None:
                raise WireError("unexpected_message")  # one connection, one try
            case RevealNonce():
                self._meet(message.nonce)
                self._asked = message.rid
                self._giving.ask(self)
            case GoOn():
                self._meet(message.nonce)
                going_on = self._giving.return_to(self, message.proof)
                self._confirmed = True
                self._say(structs.replace(going_on, re=message.rid))
            case Message():
                answer = self._giving.answer(self, message)
                self.charged += CHARGES[type(message)].of_answer(answer, self._say(answer))

    def _meet(self, nonce: bytes) -> None:
        if not hmac.compare_digest(commitment(self._giving.fingerprint, nonce), self._commitment):
            raise Forged("move_forged")
        self.meeting = Meeting(self._giving.fingerprint, self._nonce, nonce)

    def confirm(self, answer: MoveBegun) -> None:
        """Its digits were the same."""
        self._confirmed = True
        self._say(structs.replace(answer, re=self._asked))

    def end(self, reason: HamrazError) -> None:
        """Say why, and hang up."""
        self._say(failure(0 if self._confirmed else self._asked, reason))
        self._close()

    def _say(self, message: Message) -> int:
        body = messages.encode(message)
        self._send(body)
        return len(body)
