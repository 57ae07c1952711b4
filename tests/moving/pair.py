"""Two computers with a folder each and a wire between them that can be cut before or after any body."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from protocol import messages
from protocol.errors import Unreachable
from protocol.messages import Answer, Message, Request
from tests.protocol.fixed_people import seed
from web_client.moving import new_folder, old_folder
from web_client.moving.giving import Giving
from web_client.moving.taking import Taking
from web_client.net.channel import Channel
from web_client.net.requests import Calls, Pending, failure_of, result

FINGERPRINT = seed("the old computer's certificate")
NOW = 1_760_000_000_000
FILES = {
    "vault.db": b"pages " * 200_000,  # more than four parts
    "vault.key": b"wrapped by a password",
    "vault.kit": b"wrapped by a kit",
    "authority.link": b"hamraz://...",
    "files/" + "0" * 32: b"sealed chunks" * 1000,
    "files/" + "1" * 32: b"",
}


class Wire:
    """One connection, in memory: a Channel at the caller's end, the old computer's session at the other."""

    host = "192.0.2.1"
    local_host = "192.0.2.2"

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self.fingerprint = pair.seen
        self.closed = False
        self._said: list[bytes] = []
        self._first = True
        self._calls = Calls(self._to_old, messages.FromOld, lambda message: None)
        self.session = pair.giving.session(self._to_new, self._hang_up)

    def first(self, message: Message, kinds: Any) -> Any:
        self._to_old(messages.encode(message))
        if self.closed and not self._said:
            raise Unreachable("timed_out")
        answer = messages.decode(self._said.pop(0), kinds)
        if isinstance(answer, messages.Failed):
            raise failure_of(answer)
        self._first = False
        return answer

    def request(self, request: Request, kind: type[Any]) -> Any:
        return self.finish(self.begin(request), kind)

    def begin(self, request: Request) -> Pending:
        if self.closed:
            raise Unreachable("timed_out")
        pending = self._calls.begin(request)
        self._pair.compare(self, request)
        return pending

    def finish(self, pending: Pending, kind: type[Answer]) -> Any:
        return result(pending, kind)

    def tell(self, message: Message) -> None:
        self._calls.tell(message)

    def probe(self, seconds: float = 0.0) -> None:
        pass

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.session.left()
            self._calls.fail(Unreachable("timed_out"))

    def _hang_up(self) -> None:
        self.closed = True
        self._calls.fail(Unreachable("timed_out"))

    def _to_old(self, body: bytes) -> None:
        if self.closed or self._pair.cuts(body):
            self.close()
            return
        self.session.receive(body)

    def _to_new(self, body: bytes) -> None:
        body = self._pair.changed(body)
        if self.closed or self._pair.cuts(body):
            self.close()
        elif self._first:
            self._said.append(body)
        else:
            self._calls.receive(body)


class Pair:
    """An old computer with an account, a new one with an empty folder, and a person who compares digits."""

    def __init__(self, top: Path) -> None:
        self.old, self.new = top / "old", top / "new"
        for folder in (self.old, self.new, self.old / "files"):
            folder.mkdir()
        for name, content in FILES.items():
            (self.old / name).write_bytes(content)
        self.seconds = 0.0
        self.seen = FINGERPRINT  # the certificate that the new computer sees
        self.bodies: list[bytes] = []
        self.cut_at: int | None = None  # the number of the body that is lost, with its connection
        self.changed: Callable[[bytes], bytes] = lambda body: body
        self.says = True  # whether the person says that the digits are the same
        self.both: list[tuple[list[str] | None, list[str] | None]] = []  # the digits of the old one, of the new one
        self.giving = self._giving()
        self.taking = self.take()

    def _giving(self, gone: old_folder.Moved | None = None) -> Giving:
        return Giving(self.old, FINGERPRINT, lambda: NOW, lambda: self.seconds, lambda: None, gone=gone)

    def take(self) -> Taking:
        return Taking(self.new, self.dial, ["192.0.2.1"], 4000, "4821", lambda: None)

    def dial(self, hosts: list[str], port: int) -> Channel:
        return Wire(self)

    def cuts(self, body: bytes) -> bool:
        self.bodies.append(body)
        return self.cut_at is not None and len(self.bodies) == self.cut_at

    def compare(self, wire: Wire, request: Request) -> None:
        """What the person at the old computer does when the new one shows its digits."""
        if not isinstance(request, messages.RevealNonce) or wire.closed:
            return
        meeting = wire.session.meeting
        assert meeting is not None
        ours = self.giving.digits
        new_meeting = type(meeting)(wire.fingerprint, meeting.old_nonce, request.nonce)
        self.both.append((ours, new_meeting.digits()))
        if ours is not None and ours == new_meeting.digits() and self.says:
            self.giving.accept(ours)
            self.giving.begin("سارا")
        elif ours is not None:
            self.giving.refuse(ours)

    # --- what a computer's end and start do ---

    def restart_old(self) -> None:
        """As after a power cut: what is in memory is gone."""
        gone = old_folder.moved(self.old)
        if gone is not None:
            old_folder.wipe(self.old)
        self.giving = self._giving(gone)
        if gone is None:
            self.giving.end()  # a move isn't remembered before it is done

    def restart_new(self) -> None:
        new_folder.settle(self.new)
        self.taking = Taking.again(self.new, self.dial, lambda: None) or self.take()

    # --- who has the account ---

    @property
    def is_old(self) -> bool:
        return old_folder.moved(self.old) is None and (self.old / "vault.key").exists()

    @property
    def is_new(self) -> bool:
        return (self.new / "vault.key").exists()

    def require_whole(self, folder: Path) -> None:
        """Every file is there as it was."""
        for name, content in FILES.items():
            place = folder / name
            if not place.exists() and name == "vault.db":
                place = folder / "vault.new"  # its last name comes when it is opened
            assert place.read_bytes() == content, name


def steps(taking: Taking, most: int = 40) -> None:
    """Run it, without waiting between tries; not for ever."""
    tries = iter(range(most))

    def pause(seconds: float) -> None:
        if next(tries, None) is None:
            taking.stop()

    taking.run(pause)
