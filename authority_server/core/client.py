"""One connection as the commands see it: who it is by now, how to answer it. Knows no socket and decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.charge import Charge
from protocol.errors import HamrazError
from protocol.messages import Answer, LeftGroup, Message, Ping, encode, failure
from protocol.primitives import VerifyKey, random_nonce
from protocol.statements import Signed, check_proof
from transport.places import place_of
from transport.turns import FRESH, Account


@dataclass(eq=False, slots=True)
class Takeover:
    """A log-in whose proof held and that wants the account; it may have to wait for another agent's sign of life."""

    uid: bytes
    enter: Callable[[], None]
    refuse: Callable[[Exception], None]
    current: Client | None = None  # the agent that is in; None: at another node
    deadline: int = 0  # ms, of the authority's clock


@dataclass(eq=False, slots=True)
class Client:
    """State of one connection. Everything here is touched under the authority's lock only."""

    remote: str
    fingerprint: bytes  # of the certificate that this connection was shown
    since: int  # ms
    send_body: Callable[[bytes], None]
    close_connection: Callable[[], None]
    heard: int = 0  # ms, when something last came
    nonce: bytes = field(default_factory=random_nonce)
    met: bool = False  # HELLO has been answered
    uid: bytes | None = None  # whose it will be or is: the proof held
    ready: bool = False  # logged in
    kit: bytes | None = None  # whose recovery key was shown before log-in: it may read that account's backups
    outdated: bool = False  # with an older copy of the vault: it may renew its key, and nothing else before
    claim: bytes = b""  # of several nodes: by which it holds its account, or asks for it
    holds: bool = False  # it does
    showing: bool = False  # the others are about to hear whether it is shown
    on_life: list[Callable[[], None]] = field(default_factory=list)  # called once it has answered
    shown: bool = True  # those who watch are told that it is here; otherwise it is told of nobody either
    closed: bool = False
    in_flight: int = 0  # requests whose answer is still to come
    next_chunks: dict[bytes, int] = field(
        default_factory=dict
    )  # which chunk follows those of a file that are under way
    chunks: int = 0  # of them, those with a chunk of a file, which is in memory meanwhile
    ping: int | None = None  # the number that a PONG is waited for
    pings: int = 0
    takeover: Takeover | None = None
    pending: list[Client] = field(default_factory=list)  # log-ins that wait for this one to answer
    watched: frozenset[bytes] = frozenset()
    entered: set[bytes] = field(default_factory=set)  # the groups that this connection speaks in
    send_frame: Callable[[bytes], None] | None = None  # takes a frame that was encoded once for many
    grants_for: tuple[bytes, int] | None = None  # which commit the held grants belong to: (gid, epoch)
    grants: dict[bytes, bytes] = field(default_factory=dict)  # uid: sealed key
    told: bool = False  # of a newer head than the one it last fetched the log to
    fetched: int = 0  # how long the log was when this agent last fetched it
    sign_ups: int = 0  # accounts that were to be made on this connection
    charge: Charge = Charge(1)  # noqa: RUF009 - of the message that came last
    units: int = 1  # what that one costs
    charged: int = 0  # what all of them have cost, answers included (section 11.1)
    paid: int = 0  # how much of that has gone to its account
    refused: bool = False  # something, so far

    def bill(self, charge: Charge, message: Message | None, size: int, connected: int = 0) -> None:
        """Charge a message of so many bytes that is passed on to as many; before it is carried out."""
        self.charge, self.units = charge, charge.of(message, size, connected)
        self.charged += self.units

    def answer(self, charge: Charge, answer: Answer) -> None:
        """Send what was asked for, and charge it to the request's own charge."""
        body = encode(answer)
        self.charged += charge.of_answer(answer, len(body))
        self.push(body)

    def send(self, message: Message) -> None:
        self.push(encode(message))

    def push(self, body: bytes) -> None:
        """Send what has been encoded once for many."""
        if not self.closed:
            self.send_body(body)

    def push_frame(self, frame: bytes) -> None:
        """Send a whole frame that has been encoded once for many."""
        if self.closed:
            return
        if self.send_frame is not None:
            self.send_frame(frame)
        else:
            self.send_body(frame[4:])

    def check_proof(
        self, signed: Signed, purpose: str, called: bytes, uid: bytes, key: VerifyKey, authority_id: bytes
    ) -> None:
        """Raise, as `protocol.statements.check_proof` does, unless it is this key's proof for this very connection."""
        check_proof(signed, purpose, called, self.nonce, self.fingerprint, uid, key, authority_id)

    @property
    def known(self) -> bytes:
        """The uid of a client who is logged in."""
        assert self.uid is not None
        return self.uid

    @property
    def account(self) -> Account:
        """Who is charged: the account, or for who isn't known yet the place that the call comes from."""
        return self.uid if self.uid is not None else place_of(self.remote)

    @property
    def spent(self) -> int:
        """Units of this connection, as far as its place in its lane is concerned: newcomers are refused nothing."""
        return FRESH + self.charged if self.refused else self.charged

    def left(self, gid: bytes, code: str) -> None:
        """It speaks in this group no more. On a group's port the connection ends with the last one."""
        self.entered.discard(gid)
        self.send(LeftGroup(gid, code))
        if not self.ready and not self.entered:
            self.close()

    def refuse(self, rid: int, reason: HamrazError) -> None:
        self.refused = True
        self.send(failure(rid, reason))

    def fail(self, reason: HamrazError) -> None:
        """Say why, and end the connection."""
        self.refuse(0, reason)
        self.close()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.close_connection()

    def ask(self) -> None:
        """Ask for a sign of life, unless one is asked for already."""
        if self.ping is None:
            self.pings += 1
            self.ping = self.pings
            self.send(Ping(self.ping))
