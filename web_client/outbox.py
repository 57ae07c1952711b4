"""Delivers what waits, in order, a peer at a time: a message leaves the outbox only with its checked receipt."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError, Refused, Unreachable, WireError
from protocol.statements import Signed, decode_strict
from web_client import mail, private_chat
from web_client.backoff import Backoff
from web_client.private_chat import Outgoing

if TYPE_CHECKING:
    from web_client.node import Node
    from web_client.peer_link import PeerLink

FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0  # seconds until the next try
RESEALS = 3  # a peer that refuses three prekeys of its own in a row will refuse the fourth
RECEIPTS_AT_ONCE = 100

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


class Outbox:
    """`step(peer)` does what can be done now; `due(now)` says for whom it is time to try again."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._busy: set[bytes] = set()
        self._again: set[bytes] = set()
        self._waits: dict[bytes, tuple[float, Backoff]] = {}  # peer: not before, in seconds of the node's timer

    def waiting(self) -> list[bytes]:
        """The peers for whom something waits."""
        question = "SELECT peer FROM outbox UNION SELECT peer FROM receipts"
        return self._node.vault.read(lambda rows: [bytes(row[0]) for row in rows.execute(question)])

    def due(self, now: float) -> list[bytes]:
        """The peers for whom something waits and whose time has come."""
        return [peer for peer in self.waiting() if peer not in self._waits or self._waits[peer][0] <= now]

    def hurry(self, peer: bytes | None = None) -> None:
        """Don't wait any longer: for this peer, or for all, those included who could not be reached."""
        if peer is None:
            self._waits.clear()
            self._node.links.forget_unreachable()
        else:
            self._waits.pop(peer, None)

    def step(self, peer: bytes) -> None:
        """Deliver everything that waits for a peer, or as far as it goes. One thread a peer; others leave it a note."""
        with self._lock:
            if peer in self._busy:
                self._again.add(peer)
                return
            self._busy.add(peer)
        try:
            self._deliver_all(peer)
            self._waits.pop(peer, None)
        except HamrazError as reason:
            self._wait_longer(peer, self._mail(peer, reason))
        finally:
            with self._lock:
                self._busy.discard(peer)
                again = peer in self._again
                self._again.discard(peer)
        if again and peer not in self._waits:
            self.step(peer)

    def _mail(self, peer: bytes, reason: HamrazError) -> HamrazError:
        """Who can't be reached gets it in the mailbox, if the authority can be; returns why it still has to wait."""
        if isinstance(reason, Unreachable) and self._node.authority.up:
            try:
                mail.deposit_all(self._node, peer)
            except HamrazError as other:
                return other
        return reason

    def _wait_longer(self, peer: bytes, reason: HamrazError) -> None:
        self._node.links.drop(peer)
        backoff = self._waits[peer][1] if peer in self._waits else Backoff(FIRST_WAIT, LONGEST_WAIT)
        self._waits[peer] = (self._node.timer() + backoff.next(), backoff)
        with contextlib.suppress(HamrazError):  # the disk is full, or the vault was locked meanwhile
            self._node.note_waiting(peer, reason.code)

    def _deliver_all(self, peer: bytes) -> None:
        node = self._node
        reseals = 0
        while True:
            node.trust.require_no_alarm()
            try:
                outgoing = node.vault.write(
                    lambda rows: private_chat.next_outgoing(rows, node.me, peer, node.authority_id)
                )
            except Refused as reason:
                if reason.code != "prekey_unknown":
                    raise
                link = node.links.get(peer)  # a new link brings prekeys with it
                if not node.has_prekeys(peer):
                    link.more_prekeys()
                if not node.has_prekeys(peer):
                    raise Unreachable("peer_unreachable", name=link.peer.name) from None
                continue
            except Forged:  # this prekey can't be sealed to, so its owner's others are not worth a try
                node.vault.write(lambda rows: private_chat.forget_prekeys(rows, peer))
                raise
            if outgoing is None:
                break
            refusal = self._deliver(node.links.get(peer), outgoing)
            if refusal is None:
                reseals = 0
            elif refusal.code in _MENDABLE and reseals < RESEALS:
                reseals += 1
                node.reseal(peer, outgoing.order, forget=reseals > 1)
            elif refusal.code in _MENDABLE | _FINAL:
                node.give_up(outgoing.order, refusal.code)
            else:
                raise refusal
        self._send_receipts(peer)

    def _deliver(self, link: PeerLink, outgoing: Outgoing) -> HamrazError | None:
        """None once the receipt is checked and stored; else what the peer refused it with."""
        try:
            receipt = link.deliver(outgoing.prekey_id, outgoing.sealed)
        except (Unreachable, WireError):
            raise
        except (Refused, Forged) as refusal:
            return refusal
        self._node.confirm(link.peer, [receipt], expected=outgoing)
        return None

    def _send_receipts(self, peer: bytes) -> None:
        while True:
            rows_now = self._node.vault.read(
                lambda rows: rows.execute(
                    "SELECT ord, signed FROM receipts WHERE peer = ? ORDER BY ord LIMIT ?", (peer, RECEIPTS_AT_ONCE)
                ).fetchall()
            )
            if not rows_now:
                return
            link = self._node.links.get(peer)
            try:
                link.send_receipts([decode_strict(bytes(row[1]), Signed) for row in rows_now])
            except (Refused, Forged) as refusal:
                if refusal.code not in _FINAL:  # a peer that has lost the message needs no receipt for it
                    raise
            last = rows_now[-1][0]
            self._node.drop_receipts(peer, last)
