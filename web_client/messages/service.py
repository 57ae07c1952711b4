"""Writing and taking private messages: each call one transaction, then what follows from it. Knows no sockets."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from protocol import kinds
from protocol.envelope import INVITATION
from protocol.errors import HamrazError, Unreachable
from protocol.log import User
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import AskReceived, ChatRead, ContentDeleted, InvitationReceived, MessageRemoved
from web_client.authority.link import AuthorityLink
from web_client.messages import incoming, outgoing, unsend
from web_client.messages.blocked import Blocked
from web_client.messages.delivery import Outbox
from web_client.messages.incoming import Accepted
from web_client.messages.profiles import Profiles
from web_client.messages.rows import MessageRow
from web_client.messages.showing import show
from web_client.messages.strangers import Strangers, is_verified
from web_client.messages.typing import TypingIndicators
from web_client.vault.database import Rows


@dataclass(eq=False)
class Messages:
    """What a user does with private messages, and what becomes of those that arrive. Any thread may call."""

    _ctx: AccountContext
    _authority: AuthorityLink
    _outbox: Outbox
    _blocked: Blocked
    _strangers: Strangers
    _profiles: Profiles
    _typing: TypingIndicators

    def compose(self, peer: bytes, kind: str, body: bytes, id: bytes) -> int:
        """Put a message into the outbox; returns its order once it is on disk. `person_blocked`."""
        self._ctx.trust.require_sending()
        self._authority.require_account()
        self._blocked.allow(peer)
        if self._ctx.trust.behind and not self._knows(peer):
            self._ctx.trust.require_whole()  # whether that is who it seems to be may stand in what is held back
        head = self._ctx.trust.head
        if head is None:
            raise Unreachable("authority_down")
        now = self._ctx.clock()

        def change(rows: Rows) -> tuple[int, list[int]]:
            order, changed = outgoing.compose(rows, self._ctx.me, peer, kind, body, id, now, head)
            # sealed in the same transaction if a prekey is here: one wait for the disk less before it is sent
            with contextlib.suppress(HamrazError):  # otherwise when it is delivered, and there it is said why not
                outgoing.next_outgoing(rows, self._ctx.me, peer, self._ctx.authority_id)
            return order, changed

        order, changed = self._ctx.vault.write(change)
        self._outbox.deliver_now(peer)  # before it is shown: the other end has something to do meanwhile
        self._typing.sent(ChatId.private(peer))
        show(self._ctx, [order, *changed])
        return order

    def note(self, kind: str, body: bytes, id: bytes) -> int:
        """Keep a message to oneself, which goes nowhere; returns its order once it is on disk."""
        ctx, now = self._ctx, self._ctx.clock()
        order, changed = ctx.vault.write(lambda rows: outgoing.note(rows, ctx.me, kind, body, id, now))
        show(ctx, [order, *changed])
        return order

    def take_back(self, chat: ChatId, order: int, id: bytes) -> bool:
        """Delete a message of ours that has not left this agent, as if it had never been written; False if it has."""

        def change(rows: Rows) -> list[int] | None:
            return unsend.take_out(rows, self._ctx.me.uid, order)

        quoting = self._outbox.take_back(chat.peer, order, change) if chat.peer else self._ctx.vault.write(change)
        if quoting is None:
            return False
        self._ctx.emit(ContentDeleted())
        self._ctx.emit(MessageRemoved(chat, id.hex()))
        show(self._ctx, quoting)
        with contextlib.suppress(HamrazError):
            self._ctx.vault.sweep()
        return True

    def accept(self, sender: User, prekey_id: bytes, sealed: bytes, by_mail: bool = False) -> Accepted:
        """Store a message that has arrived; its receipt is on disk when this returns, and `follow` comes next.
        `slow_down` if it is too much of who is no contact.
        """
        self._strangers.take(sender.uid, len(sealed))
        ctx, now, key = self._ctx, self._ctx.clock(), self._ctx.trust.log.authority_key
        assert key is not None
        accepted = ctx.vault.write(
            lambda rows: incoming.accept(rows, ctx.me, sender, prekey_id, sealed, key, ctx.authority_id, now, by_mail)
        )
        if by_mail:
            self._outbox.deliver_soon(sender.uid)  # its receipt
        return accepted

    def follow(self, sender: User, accepted: Accepted) -> None:
        """Show a message that was stored, and do what it says beside its words. Its sender has the receipt by now: how
        long this takes tells them nothing of what was done with it.
        """
        if accepted.order is not None:
            self._typing.stop(ChatId.private(sender.uid), sender.uid)  # who has sent it has stopped writing it
        show(self._ctx, list(accepted.changed), opened=True)
        if accepted.message is not None:
            # what a new message says beside its words: the head that its sender knew, or an invitation
            with contextlib.suppress(HamrazError):  # the message stands; the alarm, if it is one, is up
                self._authority.log.compare_head(accepted.message.head, sender.uid)
        if accepted.message is not None and accepted.order is not None:
            if accepted.message.about is not None:
                self._profiles.look()
            if accepted.message.kind == INVITATION:
                self._ctx.emit(InvitationReceived(accepted.order, accepted.message.body, sender.uid))
            elif asked := kinds.asked(accepted.message.kind, accepted.message.body):
                self._ctx.emit(AskReceived(accepted.order, asked.gid))

    def mark_read(self, chat: ChatId, position: int) -> None:
        """Remember up to which position a conversation was read; in a private one the other gets receipts for it."""
        told, key_id = chat.peer if self._ctx.settings.read_receipts else None, self._ctx.authority_id
        if told is not None and (told == self._ctx.me.uid or self._blocked.has(told)):
            told = None
        if self._ctx.vault.write(lambda rows: incoming.mark_read(rows, self._ctx.me, chat, told, position, key_id)):
            assert told is not None
            self._outbox.deliver_soon(told)
        self._ctx.emit(ChatRead(chat))
        self._profiles.look()

    def mark_listened(self, row: MessageRow) -> None:
        """Remember that our user listens to somebody's voice message; in a private chat its sender gets a receipt."""
        ctx = self._ctx
        told = row.chat.peer == row.sender and ctx.settings.read_receipts and not self._blocked.has(row.sender)
        now, key_id = ctx.clock(), ctx.authority_id
        if ctx.vault.write(lambda rows: incoming.mark_listened(rows, ctx.me, row.ord, told, now, key_id)):
            self._outbox.deliver_soon(row.sender)
        show(ctx, [row.ord])

    def _knows(self, peer: bytes) -> bool:
        """Whether we have talked with somebody, or compared their safety number."""
        talked = self._ctx.vault.value("SELECT 1 FROM messages WHERE chat = ? LIMIT 1", ChatId.private(peer))
        return talked is not None or is_verified(self._ctx.vault, peer)
