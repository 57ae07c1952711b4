"""Writers who note what was acknowledged: raw clients in a group, and newcomers who sign up. Like agents, they say what
was not answered once more, word for word, at whichever authority takes them.
"""

from __future__ import annotations

import itertools
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from protocol import links, messages
from protocol.errors import HamrazError, Unreachable, from_wire
from protocol.messages import Answer, Enter, Entered, Failed, Hello, Posted, Request
from protocol.primitives import random_nonce
from protocol.statements import PROOF_AUTHORITY, PROOF_GROUP, Signed, Welcome, decode_strict, prove
from tests.authority.group_peer import Circle
from tests.authority.peer import Person
from transport.connection import dial
from transport.flusher import Flusher

PATIENCE = 12.0  # s for an answer; then the line is taken for dead
PAUSE = 0.1  # s until the next try
PACE = 0.02  # s between what one of them writes

Link = Callable[[], str]


class Line:
    """A raw connection to an authority or a group's port, one question after the other."""

    def __init__(self, link: links.Link, port: int, kinds: Any) -> None:
        self._link, self._kinds, self._rid = link, kinds, 0
        self._connection = dial(link.hosts[0], port, Flusher())
        welcomed = self._exchange(Hello(messages.VERSION, random_nonce()))
        if not isinstance(welcomed, messages.Welcomed):
            raise Unreachable("timed_out")
        self.welcome = decode_strict(welcomed.welcome.body, Welcome)
        self.seen = self._connection.certificate()
        self._connection.limit = 1 << 20

    def ask(self, request: Callable[[int], Request]) -> Any:
        """The answer to what this makes of a number; a refusal is raised, and so is a line that has ended."""
        self._rid += 1
        answer = self._exchange(request(self._rid))
        if isinstance(answer, Failed):
            raise from_wire(answer.code, answer.field, answer.values)
        return answer

    def _exchange(self, message: messages.Message) -> Any:
        self._connection.send(messages.encode(message))
        deadline = time.monotonic() + PATIENCE
        while True:
            body = self._connection.receive(max(0.0, deadline - time.monotonic()))
            if body is None:
                raise Unreachable("timed_out")
            answer = messages.decode(body, self._kinds | messages.Welcomed)
            if isinstance(answer, messages.Welcomed) or (isinstance(answer, Answer) and answer.re in (self._rid, 0)):
                return answer

    def close(self) -> None:
        self._connection.close()
        self._connection.release()


def main_line(link: str) -> Line:
    read = links.decode(link)
    return Line(read, read.port, messages.FromAuthority)


def sign_up(line: Line, link: str, who: Person) -> None:
    read = links.decode(link)
    line.ask(lambda rid: messages.SignUp(rid, who.register(), who.email, read.invitation, read.owner_code))


def log_in(line: Line, who: Person) -> messages.LoggedIn:
    ours = who.authority_id
    proof = prove(PROOF_AUTHORITY, ours, line.welcome.server_nonce, line.seen, who.uid, who.key, ours)
    who.sequence += 1
    answer = line.ask(
        lambda rid: messages.LogIn(rid, who.uid, proof, who.presence(), who.generation(who.sequence), None, True)
    )
    assert isinstance(answer, messages.LoggedIn)
    return answer


@dataclass
class _Known:
    """What signing asks of an authority."""

    id: bytes
    head: Signed

    @property
    def published(self) -> _Known:
        return self


@dataclass
class Acknowledged:
    """What one of them was told, and when."""

    moments: list[float] = field(default_factory=list)  # s, rising
    posts: dict[int, bytes] = field(default_factory=dict)  # place: entry
    uids: list[bytes] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)  # code: how often


class Writer(threading.Thread, ABC):
    """`once` is one thing that is said until it is acknowledged."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.known = Acknowledged()
        self._stopped = threading.Event()

    def run(self) -> None:
        try:
            while not self._stopped.is_set():
                try:
                    self.once()
                except HamrazError as reason:
                    self.known.refused[reason.code] = self.known.refused.get(reason.code, 0) + 1
                    self.hang_up()
                    self._stopped.wait(PAUSE)
                    continue
                self.known.moments.append(time.monotonic())
                self._stopped.wait(PACE)
        finally:
            self.hang_up()

    @abstractmethod
    def once(self) -> None:
        """Until it is acknowledged, or an error."""

    @abstractmethod
    def hang_up(self) -> None:
        """The line is of no use any more."""

    def stop(self) -> None:
        self._stopped.set()

    def last(self) -> float:
        return self.known.moments[-1] if self.known.moments else 0.0

    def gap(self, since: float) -> float:
        """The longest time without an acknowledgement, of those that end after `since`; s."""
        pairs = itertools.pairwise(self.known.moments)
        return max((after - before for before, after in pairs if after > since), default=0.0)


class Poster(Writer):
    """Writes in the group, one message after the other."""

    def __init__(self, who: Person, circle: Circle, authorities: list[Link]) -> None:
        super().__init__(who.name)
        self._who, self._circle, self._links = who, circle, itertools.cycle(authorities)
        self._line: Line | None = None
        self._entry: bytes | None = None  # said, and not acknowledged yet

    def once(self) -> None:
        if self._line is None:
            self._line = enter(self._circle, self._who, next(self._links)())
        self._entry = self._entry or self._circle.message(self._who)
        entry = self._entry
        answer = self._line.ask(lambda rid: messages.Post(rid, self._circle.gid, entry))
        assert isinstance(answer, Posted)
        assert self.known.posts.setdefault(answer.n, entry) == entry
        self._entry = None

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


class Newcomers(Writer):
    """Sign up, one after the other."""

    def __init__(self, authorities: list[Link]) -> None:
        super().__init__("newcomers")
        self._links, self._who = itertools.cycle(authorities), None
        self._number = itertools.count()

    def once(self) -> None:
        link = next(self._links)()
        line = main_line(link)
        try:
            if self._who is None:
                self._who: Person | None = Person(links.decode(link).authority_id, f"newcomer{next(self._number)}")
            sign_up(line, link, self._who)
        finally:
            line.close()
        self.known.uids.append(self._who.uid)
        self._who = None
        self._stopped.wait(0.3)

    def hang_up(self) -> None:
        pass


def enter(circle: Circle, who: Person, link: str) -> Line:
    """A connection to the group's port that has come in."""
    line = Line(links.decode(link), circle.port, messages.FromGroup)
    try:
        nonce, ours = line.welcome.server_nonce, who.authority_id
        proof = prove(PROOF_GROUP, circle.gid, nonce, line.seen, who.uid, who.key, ours)
        assert isinstance(line.ask(lambda rid: Enter(rid, circle.gid, who.uid, proof)), Entered)
    except BaseException:
        line.close()
        raise
    return line


def found_group(owner_link: str, join_link: str, port: int, names: list[str], boss: Person | None = None) -> Circle:
    """The owner's account, if there is none, and a group of these newcomers; `members` are its people."""
    read = links.decode(join_link)
    line = main_line(join_link)
    if boss is None:
        boss = Person(read.authority_id, "boss")
        sign_up(line, owner_link, boss)
    people = [Person(read.authority_id, name) for name in names]
    for who in people:
        sign_up(line, join_link, who)
    head = log_in(line, boss).head
    circle: Any = Circle(_Known(read.authority_id, head), port=port)  # type: ignore[arg-type]
    line.ask(lambda rid: messages.StartGroup(rid, circle.gid, port))
    everybody = [boss, *people]
    signed = circle.commit(boss, everybody)
    line.ask(lambda rid: messages.GrantKeys(rid, circle.gid, 1, circle.grants(everybody)))
    line.ask(lambda rid: messages.MakeCommit(rid, signed, b""))
    circle.adopt(signed)
    line.close()
    for who in people:
        inside = enter(circle, who, join_link)
        inside.ask(lambda rid, who=who: messages.Post(rid, circle.gid, circle.join_entry(who)))  # type: ignore[misc]
        inside.close()
    circle.members = people
    made: Circle = circle
    return made
