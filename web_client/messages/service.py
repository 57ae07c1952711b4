"""Private chat over one user's vault: each call one transaction, then what follows from it. Knows no sockets."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from protocol.envelope import INVITATION
from protocol.errors import HamrazError, Unreachable
from protocol.log import User
from protocol.statements import Prekey, Signed
from web_client.account.account import Identity
from web_client.account.settings import Settings
from web_client.account.verified_log import Trust
from web_client.messages import amendments, incoming, outgoing, unsend
from web_client.messages.incoming import Accepted
from web_client.messages.outgoing import Outgoing
from web_client.vault.database import Vault

if TYPE_CHECKING:
    from web_client.files.transfers import Files
    from web_client.groups.service import GroupChat
    from web_client.messages.blocked import Blocked
    from web_client.messages.delivery import Outbox
    from web_client.messages.key_rotation import KeyChanges
    from web_client.messages.profiles import Profiles
    from web_client.messages.strangers import Strangers
    from web_client.messages.typing import Writing


class Correspondence(ABC):
    """The part of a node that writes and takes private messages."""

    vault: Vault
    me: Identity
    authority_id: bytes
    trust: Trust
    groups: GroupChat
    files: Files
    clock: Callable[[], int]
    settings: Settings
    keys: KeyChanges
    outbox: Outbox
    profiles: Profiles
    writing: Writing
    strangers: Strangers
    blocked: Blocked

    @abstractmethod
    def tell(self, what: str, about: Any) -> None: ...

    @abstractmethod
    def deliver_soon(self, peer: bytes) -> None: ...

    @abstractmethod
    def compare_head(self, signed: Signed, shown_by: bytes | None) -> None: ...

    def show(self, orders: list[int], opened: bool = False) -> None:
        """These messages have changed; of what is no line of a conversation only the queue is told.

        With `opened`, a key has come for them: what was shown as unreadable may be no line.
        """
        found = self.vault.read(lambda rows: amendments.lines(rows, self.me.uid, orders))
        if any(deleted for _line, _chat, _name, deleted in found.values()):
            self.files.look_for_deleted()
            with contextlib.suppress(HamrazError):  # the disk's trouble is told elsewhere, and the next one sweeps too
                self.vault.sweep()
        for order, (line, chat, name, _deleted) in found.items():
            if line:
                self.tell("message", order)
            elif opened:
                self.tell("gone", (chat, name))
            else:
                self.tell("waiting", None)

    def compose(self, peer: bytes, kind: str, body: bytes, id: bytes) -> int:
        """Put a message into the outbox; returns its order once it is on disk. `person_blocked`."""
        self.trust.require_sending()
        self.keys.require_account()
        self.blocked.allow(peer)
        if self.trust.behind and not self.vault.read(lambda rows: _knows(rows, peer)):
            self.trust.require_whole()  # whether that is who it seems to be may stand in what is held back
        head = self.trust.head
        if head is None:
            raise Unreachable("authority_down")
        now = self.clock()

        def change(rows: Any) -> tuple[int, list[int]]:
            order, changed = outgoing.compose(rows, self.me, peer, kind, body, id, now, head)
            # sealed in the same transaction if a prekey is here: one wait for the disk less before it is sent
            with contextlib.suppress(HamrazError):  # otherwise when it is delivered, and there it is said why not
                outgoing.next_outgoing(rows, self.me, peer, self.authority_id)
            return order, changed

        order, changed = self.vault.write(change)
        self.writing.sent(outgoing.chat_of(peer))
        self.show([order, *changed])
        self.deliver_soon(peer)
        return order

    def take_back(self, chat: str, order: int, id: bytes) -> bool:
        """Delete a message of ours that has not left this agent, as if it had never been written; False if it has."""
        peer = bytes.fromhex(chat[2:])
        if chat.startswith("g:"):
            quoting = self.vault.write(lambda rows: unsend.group(rows, self.me.uid, order))
        else:
            quoting = self.outbox.take_back(peer, order, lambda rows: unsend.private(rows, self.me.uid, order))
        if quoting is None:
            return False
        self.files.look_for_deleted()
        self.tell("gone", (chat, id.hex()))
        self.show(quoting)
        with contextlib.suppress(HamrazError):
            self.vault.sweep()
        return True

    def hand_out_prekeys(self, peer: bytes) -> list[Signed]:
        return self.vault.write(lambda rows: incoming.hand_out_prekeys(rows, self.me, peer, self.authority_id))

    def keep_prekeys(self, peer: bytes, prekeys: list[tuple[Prekey, Signed]]) -> None:
        self.vault.write(lambda rows: outgoing.keep_prekeys(rows, peer, prekeys))

    def has_prekeys(self, peer: bytes) -> bool:
        question = "SELECT 1 FROM peer_prekeys WHERE peer = ? LIMIT 1"
        return self.vault.read(lambda rows: rows.execute(question, (peer,)).fetchone()) is not None

    def reseal(self, peer: bytes, order: int, forget: bool) -> None:
        def change(rows: Any) -> None:
            outgoing.unseal(rows, order)
            if forget:
                outgoing.forget_prekeys(rows, peer)

        self.vault.write(change)

    def give_up(self, order: int, why: str) -> None:
        self.vault.write(lambda rows: outgoing.fail(rows, order, why))
        self.show([order])

    def accept(self, sender: User, prekey_id: bytes, sealed: bytes, by_mail: bool = False) -> Accepted:
        """Store a message that has arrived; its receipt is on disk when this returns, and `follow` comes next.
        `slow_down` if it is too much of who is no contact.
        """
        self.strangers.take(sender.uid, len(sealed))
        me, authority_id, now, key = self.me, self.authority_id, self.clock(), self.trust.log.authority_key
        assert key is not None
        accepted = self.vault.write(
            lambda rows: incoming.accept(rows, me, sender, prekey_id, sealed, key, authority_id, now, by_mail)
        )
        if by_mail:
            self.deliver_soon(sender.uid)  # its receipt
        return accepted

    def follow(self, sender: User, accepted: Accepted) -> None:
        """Show a message that was stored, and do what it says beside its words. Its sender has the receipt by now: how
        long this takes tells them nothing of what was done with it.
        """
        if accepted.order is not None:
            self.writing.hear_from(sender.uid, False)  # who has sent it has stopped writing it
        self.show(list(accepted.changed), opened=True)
        if accepted.message is not None:
            # what a new message says beside its words: the head that its sender knew, or an invitation
            with contextlib.suppress(HamrazError):  # the message stands; the alarm, if it is one, is up
                self.compare_head(accepted.message.head, sender.uid)
        if accepted.message is not None and accepted.order is not None:
            if accepted.message.about is not None:
                self.profiles.look()
            if accepted.message.kind == INVITATION:
                self.groups.take_invitation(accepted.order, accepted.message.body, sender.uid)

    def confirm(self, reader: User, receipts: list[Signed], expected: Outgoing | None = None) -> None:
        """Take receipts for messages of ours; with `expected`, one for exactly that message."""
        now = self.clock()

        def change(rows: Any) -> list[int]:
            orders = []
            for signed in receipts:
                order = outgoing.confirm(rows, self.me, reader, signed, self.authority_id, now, expected)
                if order is not None:
                    orders.append(order)
            return orders

        self.show(self.vault.write(change))

    def drop_receipts(self, peer: bytes, up_to: int) -> None:
        self.vault.write(lambda rows: rows.execute("DELETE FROM receipts WHERE peer = ? AND ord <= ?", (peer, up_to)))

    def mark_read(self, chat: str, peer: bytes | None, order: int) -> None:
        """Remember how far a conversation was read; in a private one the other gets receipts for it."""
        told, key_id = peer if self.settings.read_receipts else None, self.authority_id
        if told is not None and self.blocked.has(told):
            told = None
        if self.vault.write(lambda rows: incoming.mark_read(rows, self.me, chat, told, order, key_id)):
            assert peer is not None
            self.deliver_soon(peer)
        if peer is None:
            self.groups.wake()
        self.profiles.look()


def _knows(rows: Any, peer: bytes) -> bool:
    """Whether we have talked with somebody, or compared their safety number."""
    talked = rows.execute("SELECT 1 FROM messages WHERE chat = ? LIMIT 1", (outgoing.chat_of(peer),)).fetchone()
    verified = rows.execute("SELECT 1 FROM contacts WHERE uid = ? AND verified_key IS NOT NULL", (peer,)).fetchone()
    return talked is not None or verified is not None
