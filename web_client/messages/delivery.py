"""Delivers what waits, in order, a peer at a time: a message leaves the outbox only with its checked receipt."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from protocol.errors import Forged, HamrazError, Refused, Unreachable, WireError
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.authority.link import AuthorityLink
from web_client.messages import deposit, outbox_rows, outgoing, prekeys, receipts, returned
from web_client.messages import rows as message_rows
from web_client.messages.outbox_rows import Waiting
from web_client.messages.showing import show
from web_client.net.backoff import Backoff
from web_client.peers.outgoing import PeerLinks
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.peers.outgoing import PeerLink

FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds until the next try
FEW_PREKEYS = 2  # of a peer's, when more are asked for: by whoever has just written, not by who writes next and waits
RESEALS = 3  # a peer that refuses three prekeys of its own in a row will refuse the fourth
MENDS = 3  # of a row without a receipt between them: a peer that refuses what follows its own answers has no better one

# What a receiver says of a prekey, not of the message: another prekey mends it.
_MENDABLE = {"prekey_unknown", "prekey_used", "prekey_invalid", "cannot_open"}
# What it says of the message, or of a receipt: no resend mends that. Everything else passes, so the message waits.
_FINAL = {
    "bad_statement",
    "wrong_recipient",
    "message_too_long",
    "chain_broken",
    "key_revoked",
    "bad_receipt",
    "unknown_error",
}


T = TypeVar("T")


class Outbox:
    """`step(peer)` does what can be done now; `due(now)` says for whom it is time to try again."""

    def __init__(self, ctx: AccountContext, authority: AuthorityLink, links: PeerLinks) -> None:
        self._ctx = ctx
        self._authority = authority
        self._links = links
        self._lock = threading.Lock()
        self._busy: set[bytes] = set()
        self._again: set[bytes] = set()
        # what has left this agent, to be resent as it is: all that was there when it came up, whatever has become of it
        # (what has failed may have arrived, what has arrived may wait again), and then up to these positions
        self._left_before = ctx.vault.read(message_rows.newest)
        self._left: dict[bytes, int] = {}
        self._leaving = threading.Lock()
        self.news = threading.Event()  # something new waits
        self.begin: Callable[[bytes], object] = lambda peer: self.news.set()  # how a `step` begins that is waited for
        self._waits: dict[bytes, tuple[float, Backoff]] = {}  # peer: not before, in seconds of the context's timer

    def waiting(self) -> list[bytes]:
        """The peers for whom something waits."""
        return self._ctx.vault.read(_waiting)

    def due(self, now: float) -> list[bytes]:
        """The peers for whom something waits and whose time has come."""
        return [peer for peer in self.waiting() if (wait := self._waits.get(peer)) is None or wait[0] <= now]

    def try_now(self, peer: bytes | None = None) -> None:
        """Don't wait any longer: for this peer, or for all, those included who could not be reached."""
        if peer is None:
            self._waits.clear()
            self._links.forget_unreachable()
        else:
            self._waits.pop(peer, None)

    def deliver_soon(self, peer: bytes) -> None:
        """Something new waits for this peer."""
        self.try_now(peer)
        self.news.set()

    def deliver_now(self, peer: bytes) -> None:
        """Something new waits for this peer, for which somebody waits: with a line to them it is on its way when this
        returns.
        """
        self.try_now(peer)
        self.begin(peer)

    def leave(self, peer: bytes, order: int, sealed: bytes | None = None) -> bool:
        """A message leaves this agent now, for good; False if it was taken back, or sealed anew, a moment ago."""
        with self._leaving:
            found = self._ctx.vault.read(lambda rows: outbox_rows.get(rows, order))
            if found is None or (sealed is not None and found.sealed != sealed):
                return False
            self._left[peer] = max(self._left.get(peer, 0), found.position)
            return True

    def take_back(self, peer: bytes, order: int, change: Callable[[Rows], T]) -> T | None:
        """Run `change` on the vault if this message has not left; None if it may have. What follows it hasn't either:
        messages to one person leave in their order.
        """
        with self._leaving:
            found = self._ctx.vault.read(lambda rows: outbox_rows.get(rows, order))
            if found is None or found.position <= max(self._left_before, self._left.get(peer, 0)):
                return None
            return self._ctx.vault.write(change)

    def step(self, peer: bytes) -> None:
        """Deliver everything that waits for a peer, or as far as it goes. One thread a peer; others leave it a note."""
        while self._once(peer) and peer not in self._waits:
            continue

    def _once(self, peer: bytes) -> bool:
        """The same; True if a note was left meanwhile."""
        with self._lock:
            if peer in self._busy:
                self._again.add(peer)
                return False
            self._busy.add(peer)
        try:
            with self._ctx.troubles.guard("outbox", peer):
                self._deliver_all(peer)
            self._waits.pop(peer, None)
        except HamrazError as reason:
            self._wait_longer(peer, self._mail(peer, reason))
        finally:
            with self._lock:
                self._busy.discard(peer)
                again = peer in self._again
                self._again.discard(peer)
        return again

    def _mail(self, peer: bytes, reason: HamrazError) -> HamrazError:
        """Who can't be reached gets it in the mailbox, if the authority can be; returns why it still has to wait."""
        if isinstance(reason, Unreachable) and self._authority.up:
            try:
                with self._ctx.troubles.guard("mailbox", peer):
                    deposit.deposit_all(self._ctx, self._authority, peer, self.leave)
            except HamrazError as other:
                if isinstance(other, Forged):
                    self._gives_up_damaged(peer)
                return other
        return reason

    def _gives_up_damaged(self, peer: bytes) -> bool:
        """Whether what waits first for them is no message any more; then it has failed by name."""
        damaged = self._ctx.vault.write(lambda rows: outgoing.give_up_damaged(rows, peer))
        if damaged is not None:
            show(self._ctx, [damaged])
        return damaged is not None

    def _wait_longer(self, peer: bytes, reason: HamrazError) -> None:
        self._links.drop(peer)
        known = self._waits.get(peer)  # another thread may drop it in this moment
        backoff = known[1] if known is not None else Backoff(FIRST_WAIT, LONGEST_WAIT)
        self._waits[peer] = (self._ctx.timer() + backoff.next(), backoff)
        # the disk is full, or the vault was locked meanwhile
        with contextlib.suppress(HamrazError), self._ctx.troubles.guard("outbox", peer):
            note_waiting(self._ctx, ChatId.private(peer), reason.code)

    def _deliver_all(self, peer: bytes) -> None:
        ctx = self._ctx
        reseals = mends = 0
        used: PeerLink | None = None
        while True:
            ctx.trust.require_sending()
            try:
                waiting = self._next(peer)
            except Refused as reason:
                if reason.code != "prekey_unknown":
                    raise
                link = self._links.get(peer)  # a new link brings prekeys with it
                if not prekeys.has(ctx, peer):
                    link.more_prekeys()
                if not prekeys.has(ctx, peer):
                    raise Unreachable("peer_unreachable", name=link.peer.name) from None
                continue
            except Forged:
                if self._gives_up_damaged(peer):
                    continue
                # this prekey can't be sealed to, so its owner's others are not worth a try
                ctx.vault.write(lambda rows: outgoing.forget_prekeys(rows, peer))
                raise
            if waiting is None:
                break
            link = self._links.get(peer)
            if not self.leave(peer, waiting.ord, waiting.sealed):
                continue
            refusal = self._deliver(link, waiting)
            if refusal is None:
                reseals, mends, used = 0, 0, link
            elif refusal.code in _MENDABLE and reseals < RESEALS:
                reseals += 1
                prekeys.reseal(ctx, peer, waiting.ord, forget=reseals > 1)
            elif refusal.code == "chain_broken" and mends < MENDS and returned.take(ctx, link, waiting.ord):
                mends += 1
                self._left[peer] = ctx.vault.read(message_rows.newest)  # what has moved has left before
            elif refusal.code in _MENDABLE | _FINAL:
                give_up(ctx, waiting.ord, refusal.code)
            else:
                raise refusal
        self._send_receipts(peer)
        if used is not None and 0 < prekeys.count(ctx, peer) <= FEW_PREKEYS:
            with contextlib.suppress(HamrazError):  # the next message asks again, and says why not
                used.more_prekeys()

    def _next(self, peer: bytes) -> Waiting | None:
        """What is to go first, sealed: mostly it has been since it was written, and nothing is to be written then."""
        ctx = self._ctx
        found = ctx.vault.read(lambda rows: outbox_rows.next_to(rows, ChatId.private(peer)))
        if found is None or found.sealed is not None:
            return found
        return ctx.vault.write(lambda rows: outgoing.next_outgoing(rows, ctx.me, peer, ctx.authority_id))

    def _deliver(self, link: PeerLink, waiting: Waiting) -> HamrazError | None:
        """None once the receipt is checked and stored; else what the peer refused it with."""
        assert waiting.prekey_id is not None and waiting.sealed is not None
        try:
            receipt = link.deliver(waiting.prekey_id, waiting.sealed)
        except (Unreachable, WireError):
            raise
        except (Refused, Forged) as refusal:
            return refusal
        receipts.take(self._ctx, link.peer, [receipt], expected=waiting.ord)
        return None

    def _send_receipts(self, peer: bytes) -> None:
        while True:
            waiting = self._ctx.vault.read(lambda rows: receipts.waiting(rows, peer))
            if not waiting:
                return
            link = self._links.get(peer)
            try:
                link.send_receipts([signed for _order, signed in waiting])
            except (Refused, Forged) as refusal:
                if refusal.code not in _FINAL:  # a peer that has lost the message needs no receipt for it
                    raise
            receipts.drop(self._ctx, peer, waiting[-1][0])


def note_waiting(ctx: AccountContext, chat: ChatId, why: str) -> None:
    """Say at what waits for a destination why it does."""
    show(ctx, ctx.vault.write(lambda rows: outgoing.note_waiting(rows, chat, why)))


def give_up(ctx: AccountContext, order: int, why: str) -> None:
    """Give a message up for good."""
    ctx.vault.write(lambda rows: outgoing.fail(rows, order, why))
    show(ctx, [order])


def _waiting(rows: Rows) -> list[bytes]:
    peers = [chat.peer for chat in outbox_rows.destinations(rows) if chat.peer is not None]
    return list(dict.fromkeys([*peers, *(row[0] for row in rows.execute("SELECT peer FROM receipts"))]))
