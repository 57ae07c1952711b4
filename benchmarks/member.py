"""One user of the load generator: keys made beforehand, and the scripts of what an agent says. Knows no socket."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from protocol import messages
from protocol.log import recovery_hash
from protocol.log_entries import Register
from protocol.messages import Answer, CheckSignUp, Failed, Hello, LoggedIn, LogIn, Message, SignedUp, SignUp, Welcomed
from protocol.primitives import SigningKey, VerifyKey, random_nonce
from protocol.statements import (
    NO_DEVICE,
    PROOF_AUTHORITY,
    Generation,
    Presence,
    Signed,
    Welcome,
    authority_id_of,
    check,
    decode_strict,
    issue,
    prove,
    uid_of,
)

if TYPE_CHECKING:
    from benchmarks.generator import Line, Script

A = TypeVar("A", bound=Answer)
LETTERS = "abcdefghij"  # no two of them look alike, so that every name is its own comparison key


def name_of(number: int) -> str:
    """The user name of the nth member."""
    return "user" + "".join(LETTERS[int(digit)] for digit in str(number))


@dataclass(slots=True)
class Member:
    """Everything that doesn't depend on a connection is signed when the member is made."""

    authority_id: bytes
    name: str
    key: SigningKey = field(default_factory=SigningKey.generate)
    recovery: SigningKey = field(default_factory=SigningKey.generate)
    sequence: int = 0
    uid: bytes = b""
    presence: Signed | None = None
    head: Signed | None = None  # the newest head of the log that this member has seen

    def __post_init__(self) -> None:
        self.uid = uid_of(self.authority_id, self.key.public)
        self.renew_presence()

    def renew_presence(self) -> None:
        """A new record, as an agent publishes one at each start."""
        self.sequence += 1
        record = Presence(self.uid, NO_DEVICE, self.sequence, ["127.0.0.1"], 40000, self.uid)
        self.presence = issue(record, self.key, self.authority_id)

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    def register(self, name_key: str) -> Signed:
        """The statement that makes the account."""
        recovery = recovery_hash(self.authority_id, self.recovery.public)
        statement = Register(self.uid, self.name, name_key, self.key.public.raw, recovery)
        return issue(statement, self.key, self.authority_id)

    def greet(self, line: Line) -> Generator[bytes, bytes, Welcome]:
        """HELLO, and every check of its answer that an agent makes."""
        nonce = random_nonce()
        answer = yield from ask(Hello(messages.VERSION, nonce), messages.FromAuthorityFirst)
        assert isinstance(answer, Welcomed)
        key = VerifyKey(decode_strict(answer.welcome.body, Welcome).authority_key)
        assert authority_id_of(key) == self.authority_id, "another authority"
        welcome = check(answer.welcome, Welcome, key, self.authority_id)
        assert welcome.fingerprint == line.fingerprint, "another certificate"
        assert welcome.client_nonce == nonce, "another answer"
        return welcome

    def sign_up(self, invitation: str, line: Line) -> Script:
        """Make the account, as an agent does."""
        yield from self.greet(line)
        checked = yield from request(CheckSignUp(1, self.name, self.email, invitation, None), messages.SignUpChecked)
        yield from request(SignUp(2, self.register(checked.name_key), self.email, invitation, None), SignedUp)

    def log_in(self, line: Line) -> Script:
        """Prove the account on this connection and hand over the presence record."""
        welcome = yield from self.greet(line)
        yield from self.enter(line, welcome)

    def enter(self, line: Line, welcome: Welcome) -> Script:
        """The same on a connection that has been greeted."""
        proof = prove(
            PROOF_AUTHORITY,
            self.authority_id,
            welcome.server_nonce,
            line.fingerprint,
            self.uid,
            self.key,
            self.authority_id,
        )
        assert self.presence is not None
        generation = issue(Generation(self.uid, 1, bytes(16)), self.key, self.authority_id)
        answer = yield from request(LogIn(1, self.uid, proof, self.presence, generation, self.head, True), LoggedIn)
        self.head = answer.head


def ask(message: Message, kinds: Any) -> Generator[bytes, bytes, Any]:
    """Send a message; its answer, decoded. A refusal is raised."""
    answer = messages.decode((yield messages.encode(message)), kinds)
    if isinstance(answer, Failed):
        messages.raise_failure(answer)
    return answer


def request(message: Message, kind: type[A]) -> Generator[bytes, bytes, A]:
    """The same for a request, whose answer is of one kind."""
    answer: A = yield from ask(message, kind | Failed)
    return answer
