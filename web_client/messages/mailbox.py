"""One's own mailbox at the authority (section 8): what others have left there is taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocol import envelope
from protocol.errors import Forged, HamrazError, Refused
from protocol.messages import Done, DropMail, FetchMail, Mail, MailItem
from protocol.primitives import OpenKey
from web_client.account.context import AccountContext
from web_client.account.events import MessageChanged
from web_client.authority.link import AuthorityLink
from web_client.messages import incoming, receipts
from web_client.messages.service import Messages
from web_client.messages.strangers import Strangers

TURN_ANSWERS, TURN_SECONDS = 16, 5.0  # of mail, 8 MiB, before everything else has its turn

# the closed list of causes, as the page knows it: what a lost key of our own opens
_CAUSES = {"prekey_unknown": "no_key", "prekey_invalid": "cannot_open"}


@dataclass(eq=False)
class Mailbox:
    """One's own: looked into when there may be something in it."""

    _ctx: AccountContext
    _authority: AuthorityLink
    _messages: Messages
    _strangers: Strangers
    _on_empty: Callable[[], None]
    _may_hold: bool = False

    def look(self) -> None:
        """Something may wait there."""
        self._may_hold = True

    def step(self) -> None:
        """Take out what waits, if there may be anything: as much as one turn has time for."""
        if self._may_hold:
            self._may_hold = False
            try:
                if self._fetch():
                    self._on_empty()
                else:
                    self._may_hold = True
                    self._authority.look()
            except HamrazError:
                self._may_hold = True  # it waits there still: the disk here may be full
                raise

    def _fetch(self) -> bool:
        """Take out what waits for us: stored here first, with its receipt, and only then forgotten there. True if that
        was all; else there is more, for another turn: a mailbox that never ends keeps nothing else from being looked
        after.
        """
        until = self._ctx.timer() + TURN_SECONDS
        for _answer in range(TURN_ANSWERS):
            mail = self._authority.request(FetchMail(0), Mail)
            if not mail.items:
                return True
            for item in mail.items:
                self._take(item)
            self._authority.request(DropMail(0, [(item.peer, item.id) for item in mail.items]), Done)
            if self._ctx.timer() >= until:
                break
        return False

    def _take(self, item: MailItem) -> None:
        """Store what one item holds. What doesn't open or doesn't hold never will: the cause is kept in its place."""
        try:
            self._open(item)
            return
        except (Refused, Forged) as reason:
            why = reason
        if why.code in ("unknown_user", "bad_signature"):  # the log says more by now, perhaps
            self._authority.log.refresh()
            try:
                self._open(item)
                return
            except (Refused, Forged) as reason:
                why = reason
        if why.code in ("locked", "log_split", "sending_stopped"):
            raise why
        if why.code == "slow_down":
            return  # too much of who is no contact: without a receipt it stays with its sender, who brings it later
        # what the authority says is from ourselves is in no conversation
        shown = item.kind == "message" and why.code != "unknown_user" and item.peer != self._ctx.me.uid
        if shown and self._strangers.shows(item.peer):
            cause, now = _CAUSES.get(why.code, why.code), self._ctx.clock()
            order = self._ctx.vault.write(
                lambda rows: incoming.keep_unreadable(rows, self._ctx.me, item.peer, item.id, cause, now)
            )
            if order is not None:
                self._ctx.emit(MessageChanged(order))

    def _open(self, item: MailItem) -> None:
        sender = self._ctx.trust.user(item.peer)
        if sender is None:
            raise Refused("unknown_user", name="")
        if item.kind == "message":
            self._messages.follow(sender, self._messages.accept(sender, item.prekey_id, item.sealed, by_mail=True))
            return
        if not self._strangers.has_receipts(sender.uid):
            return  # who was never written to has nothing to receipt
        prekey = self._ctx.vault.read(lambda rows: incoming.last_resort_key(rows, item.prekey_id))
        if prekey is None:
            raise Refused("prekey_unknown")
        found = envelope.open_receipts(
            item.sealed, OpenKey(prekey), sender.uid, self._ctx.me.uid, self._ctx.authority_id
        )
        for receipt in found:
            try:
                receipts.take(self._ctx, sender, [receipt])
            except HamrazError as reason:
                if reason.code in ("locked", "bad_signature"):  # nothing after one that doesn't hold is worth a look
                    raise
