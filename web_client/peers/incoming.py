"""The listening side of private chat: one connection from another agent, as a state machine. Bodies in, bodies out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from protocol import frames, messages
from protocol.errors import Damaged, Forged, HamrazError, Refused, WireError, error
from protocol.group_ephemeral import TYPING
from protocol.log import User
from protocol.messages import (
    Answer,
    Chains,
    Chunk,
    Coming,
    CompareChains,
    Deliver,
    Delivered,
    Doing,
    Done,
    FetchChunk,
    Knock,
    Lost,
    Message,
    Missing,
    MorePrekeys,
    PeerHello,
    PeerWelcome,
    Ping,
    Pong,
    Prekeys,
    Receipts,
    Typing,
    Unknown,
    Yours,
    failure,
)
from protocol.primitives import random_nonce
from protocol.statements import PROOF_PEER, check_proof
from web_client.account.context import AccountContext
from web_client.authority import directory
from web_client.authority.link import AuthorityLink
from web_client.peers.charges import CHARGES
from web_client.peers.outgoing import PeerLinks


@dataclass(eq=False)
class PeerSession:
    """One caller. `receive` takes each body in turn and answers through `send`; after a wire error, and when what was
    proven counts no more, it is ended by `end`: whoever it is calls again.
    """

    _ctx: AccountContext
    _authority: AuthorityLink
    _links: PeerLinks
    _send: Callable[[bytes], None]
    end: Callable[[], None]
    _nonce: bytes | None = None
    _peer: User | None = None
    charged: int = 0  # units of all that has come and been answered (section 11.1)
    _number: int = 0  # of the request that is answered
    _follow: Callable[[], None] | None = None  # what the message that it brought leads to

    def __post_init__(self) -> None:
        self._handler = self._links.handler
        self._links.callers.add(self)

    @property
    def uid(self) -> bytes | None:
        """Who is calling, once that is proven."""
        return self._peer.uid if self._peer is not None else None

    @property
    def limit(self) -> int:
        """The longest body that is taken now."""
        return frames.LIMIT_AFTER_LOGIN if self.proven else frames.LIMIT_BEFORE_LOGIN

    @property
    def proven(self) -> bool:
        """Whether the caller has proved who they are."""
        return self._peer is not None

    def receive(self, body: bytes) -> None:
        """Take one body. Never raises: what is wrong is answered by its name, a mistake of ours as `internal`."""
        self._number = 0
        try:
            with self._ctx.troubles.guard("caller", self.uid or b"", once=True):
                self._take(body)
        except HamrazError as reason:
            if isinstance(reason, Damaged):  # whose disk it is, the caller must not take for their own
                reason = error("peer_failing", name=self._ctx.me.name)
            self.say(failure(self._number, reason))
            if isinstance(reason, WireError) or self._peer is None:
                self.end()

    def _take(self, body: bytes) -> None:
        if self._nonce is None:
            hello = messages.decode(body, messages.ToPeerFirst)
            self.charged += CHARGES[PeerHello].of(hello, len(body))
            self._welcome(hello)
            return
        place = messages.ToPeerBefore if self._peer is None else messages.ToPeer
        message = messages.decode(body, place, later=self.proven)
        if isinstance(message, Unknown):
            self.charged += 1
            if message.rid is not None:
                self.say(failure(message.rid, error("unknown_request")))
            return
        charge = CHARGES[type(message)]
        self.charged += charge.of(message, len(body))
        if isinstance(message, Ping):
            self.say(Pong(message.n))
        elif isinstance(message, Typing):
            self._handler.typing(self._caller_now().uid, message.on, TYPING)
        elif isinstance(message, Doing):
            self._handler.typing(self._caller_now().uid, message.on, message.what)
        elif not isinstance(message, Pong):
            self._number = message.rid
            answer = self._handle(message)
            self.charged += charge.of_answer(answer, self.say(answer))
            self._go_on()

    def _go_on(self) -> None:
        """What a message leads to here, once its receipt is on its way. A mistake in it is no answer's matter."""
        follow, self._follow = self._follow, None
        if follow is not None:
            with contextlib.suppress(HamrazError), self._ctx.troubles.guard("caller", self.uid or b"", once=True):
                follow()

    def say(self, message: Message) -> int:
        """How many bytes that were."""
        body = messages.encode(message)
        self._send(body)
        return len(body)

    def _welcome(self, hello: PeerHello) -> None:
        if hello.version != messages.VERSION:
            raise WireError("wrong_version")
        head = self._ctx.trust.head
        if head is None:
            raise Refused("not_logged_in")
        self._nonce = random_nonce()
        self.say(PeerWelcome(self._nonce, head))

    def _handle(self, message: Message) -> Answer:
        match message:
            case Knock():
                return self._knock(message)
            case MorePrekeys():
                return Prekeys(message.rid, self._handler.prekeys_for(self._caller().uid))
            case CompareChains():
                uid = self._caller_now().uid
                self._handler.compare_chains(uid, message.chains)
                return Chains(message.rid, self._handler.chains_for(uid))
            case Deliver():
                receipt, self._follow = self._handler.receive_message(
                    self._caller_now(), message.prekey_id, message.sealed
                )
                return Delivered(message.rid, receipt)
            case FetchChunk():
                return Chunk(message.rid, self._handler.chunk(self._caller_now().uid, message.id, message.index))
            case Missing(rid, key, after, up_to):
                return Coming(rid, self._handler.send_again(self._caller_now().uid, key, after, up_to))
            case Lost(rid, key, after, up_to):
                return Yours(rid, *self._handler.give_back(self._caller_now().uid, key, after, up_to))
            case Receipts():
                self._handler.receive_receipts(self._caller_now(), message.receipts)
                return Done(message.rid)
        raise WireError("unexpected_message")

    def _knock(self, knock: Knock) -> Prekeys:
        caller = None
        try:
            caller = self._prove(knock)
        finally:
            # what the authority signed is evidence, whoever brings it; who has proved nothing has shown us nothing
            self._authority.log.compare_head(knock.head, caller.uid if caller is not None else None)
        prekeys = Prekeys(knock.rid, self._handler.prekeys_for(caller.uid))
        self._peer = caller
        self._links.note_caller(caller.uid, self)
        return prekeys

    def _prove(self, knock: Knock) -> User:
        """Who is calling, proven."""
        ctx = self._ctx
        assert self._nonce is not None
        caller = directory.caller(ctx, self._authority, knock.uid)
        if caller is None or caller.key is None:
            raise Refused("bad_proof")
        # the proof must name us, our nonce and the certificate that our own listener shows
        ours = (ctx.me.uid, self._nonce, ctx.network.fingerprint)
        check_proof(knock.proof, PROOF_PEER, *ours, knock.uid, caller.key, ctx.authority_id)
        return caller

    def _caller(self) -> User:
        assert self._peer is not None
        return self._peer

    def _caller_now(self) -> User:
        """The caller as the log has it now: a key may have changed since the knock."""
        now = self._ctx.trust.user(self._caller().uid)
        if now is None or now.key is None or now.key != self._caller().key:
            raise Forged("bad_signature")
        return now
