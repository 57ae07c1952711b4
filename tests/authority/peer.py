"""An authority in memory, a clock that is moved by hand, and a client that says exactly what a test wants said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from authority_server.connections.session import Session
from authority_server.core.authority import Authority
from authority_server.core.running_time import STEP
from authority_server.handlers import expiry
from authority_server.rules.rate_limits import Limits
from authority_server.state.state import begin
from protocol import messages
from protocol.errors import from_wire
from protocol.log import recovery_hash
from protocol.log_entries import Register, RoleChange
from protocol.lookalikes import comparison_key
from protocol.messages import (
    Answer,
    CheckSignUp,
    Failed,
    Hello,
    LoggedIn,
    LogIn,
    Message,
    Request,
    SignedUp,
    SignUp,
    Welcomed,
)
from protocol.primitives import SigningKey, random_nonce
from protocol.roles import Role
from protocol.statements import (
    NO_DEVICE,
    PROOF_AUTHORITY,
    Generation,
    Presence,
    Signed,
    Welcome,
    check,
    issue,
    prove,
    uid_of,
)
from tests.stores import in_memory

FINGERPRINT = b"f" * 32


def run_for(authority: Authority, clock: Clock, seconds: float) -> None:
    """The authority runs for so long, and looks after what has become too old."""
    clock.advance(seconds)
    authority.running.total += max(0, int(seconds * 1000) - STEP)  # what one look doesn't add
    expiry.look(authority)


A = TypeVar("A", bound=Answer)


class Clock:
    """Milliseconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


def new_authority(clock: Clock, limits: Limits | None = None) -> Authority:
    """A new authority on a database in memory."""
    key = SigningKey.generate()
    return Authority(in_memory(lambda rows: begin(rows, key)), key, clock, limits=limits)


@dataclass
class Person:
    """A user's keys, and what they would tell an authority."""

    authority_id: bytes
    name: str
    key: SigningKey = field(default_factory=SigningKey.generate)
    recovery: SigningKey = field(default_factory=SigningKey.generate)
    sequence: int = 1

    @property
    def uid(self) -> bytes:
        return uid_of(self.authority_id, self.key.public)

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    def register(self, **changes: Any) -> Signed:
        fields = {
            "uid": self.uid,
            "name": self.name,
            "name_key": comparison_key(self.name),
            "identity_key": self.key.public.raw,
            "recovery_hash": recovery_hash(self.authority_id, self.recovery.public),
        }
        return issue(Register(**{**fields, **changes}), self.key, self.authority_id)

    def presence(self, sequence: int | None = None, port: int = 4000, uid: bytes | None = None) -> Signed:
        number = self.sequence if sequence is None else sequence
        return issue(
            Presence(uid or self.uid, NO_DEVICE, number, ["192.0.2.7"], port, FINGERPRINT), self.key, self.authority_id
        )

    def generation(self, number: int = 1, nonce: bytes = bytes(16), uid: bytes | None = None) -> Signed:
        """What the vault says; the same again unless it is told to say something else."""
        return issue(Generation(uid or self.uid, number, nonce), self.key, self.authority_id)

    def role_change(self, target: bytes, role: Role, prev: int) -> Signed:
        return issue(RoleChange(target, role, self.uid, prev), self.key, self.authority_id)


class Peer:
    """One connection in memory; `inbox` has every message that came, `closed` says whether the authority ended it."""

    SESSION: Any = Session
    KINDS: Any = messages.FromAuthority | messages.Welcomed

    def __init__(self, authority: Authority, remote: str = "192.0.2.1") -> None:
        self.authority = authority
        self.inbox: list[Message] = []
        self.closed = False
        self.rid = 0
        self.session = self.SESSION(authority, FINGERPRINT, self._take, self._end, remote)
        self.welcome: Welcome
        self.before_taking: Callable[[], None] = lambda: None

    def _take(self, body: bytes) -> None:
        self.before_taking()
        self.inbox.append(messages.decode(body, self.KINDS))

    def _end(self) -> None:
        self.closed = True

    def say(self, message: Message) -> None:
        self.session.receive(messages.encode(message))

    def hang_up(self) -> None:
        self.session.closed()

    def hello(self) -> Peer:
        nonce = random_nonce()
        self.say(Hello(messages.VERSION, nonce))
        answer = self.inbox.pop()
        assert isinstance(answer, Welcomed), answer
        self.welcome = check(answer.welcome, Welcome, self.authority.key.public, self.authority.id)
        assert self.welcome.client_nonce == nonce
        return self

    def ask(self, request: Request, kind: type[A]) -> A:
        """The answer to this request, which must be of that kind; a refusal is raised."""
        return self.answer(self.begin(request), kind)

    def begin(self, request: Request) -> int:
        """Send a request and don't wait; its number, for `answer`."""
        self.rid += 1
        self.say(msgspec.structs.replace(request, rid=self.rid))
        return self.rid

    def answer(self, rid: int, kind: type[A]) -> A:
        for at, message in enumerate(self.inbox):
            if isinstance(message, Answer) and message.re == rid:
                del self.inbox[at]
                if isinstance(message, Failed):
                    raise from_wire(message.code, message.field, message.values)
                assert isinstance(message, kind), message
                return message
        raise AssertionError(f"no answer to {rid} in {self.inbox}")

    def ended_with(self) -> str:
        """The code of the failure that ended this connection."""
        assert self.closed
        last = self.inbox[-1]
        assert isinstance(last, Failed) and last.re == 0, last
        return last.code

    # --- what honest agents do ---

    def check_sign_up(self, person: Person, **changes: Any) -> messages.SignUpChecked:
        fields = {"name": person.name, "email": person.email, "invitation": self.invitation, "owner_code": None}
        return self.ask(CheckSignUp(0, **{**fields, **changes}), messages.SignUpChecked)

    def sign_up_request(self, person: Person, **changes: Any) -> SignUp:
        fields = {
            "register": person.register(),
            "email": person.email,
            "invitation": self.invitation,
            "owner_code": None,
        }
        return SignUp(0, **{**fields, **changes})

    def sign_up(self, person: Person, **changes: Any) -> SignedUp:
        return self.ask(self.sign_up_request(person, **changes), SignedUp)

    @property
    def invitation(self) -> str:
        return self.authority.state.invitation

    def log_in_request(self, person: Person, **changes: Any) -> LogIn:
        proof = prove(
            PROOF_AUTHORITY,
            self.authority.id,
            self.welcome.server_nonce,
            FINGERPRINT,
            person.uid,
            person.key,
            self.authority.id,
        )
        fields = {"uid": person.uid, "proof": proof, "presence": person.presence()}
        return LogIn(0, **{**fields, "generation": person.generation(), "head": None, "shown": True, **changes})

    def log_in(self, person: Person, **changes: Any) -> LoggedIn:
        return self.ask(self.log_in_request(person, **changes), LoggedIn)


def person(authority: Authority, name: str) -> Person:
    return Person(authority.id, name)


def owner(authority: Authority, name: str = "owner") -> Person:
    """Make the first account."""
    first = person(authority, name)
    Peer(authority).hello().sign_up(first, owner_code=authority.issue_owner_code())
    return first


def member(authority: Authority, name: str) -> Person:
    """Make one more account."""
    new = person(authority, name)
    Peer(authority).hello().sign_up(new)
    return new


def agent(authority: Authority, who: Person) -> Peer:
    """A connection that is logged in."""
    peer = Peer(authority).hello()
    peer.log_in(who)
    return peer
