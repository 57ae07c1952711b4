"""What the authority says of one's own that went unread there (section 8.8). It is said of what one has left there and
has no receipt for; whatever else it says changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from protocol.errors import Forged, HamrazError, Refused
from protocol.gone_messages import DropGone, FetchGone, Gone, GoneItem
from protocol.messages import Done
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.account.events import FileProgress, MessageChanged
from web_client.authority.link import AuthorityLink
from web_client.messages import outbox_rows, outgoing
from web_client.messages import rows as message_rows
from web_client.messages.delivery import Outbox
from web_client.vault.database import Rows

GONE = "mail_gone"  # why such a message has failed
FileName = tuple[bytes, bytes, ChatId]
NoteFile = Callable[
    [Rows, bytes, GoneItem], FileName | None
]  # of one's own file that isn't kept any more: what changes
MOST = 100  # answers in a row: a thousand items in each


@dataclass(eq=False)
class Unread:
    """Asks for it when there may be anything."""

    _ctx: AccountContext
    _authority: AuthorityLink
    _outbox: Outbox
    _note_file: NoteFile
    _is_due: bool = False

    def look(self) -> None:
        """There may be something: after a log-in, and when the authority says so."""
        self._is_due = True

    def step(self) -> None:
        if self._is_due:
            self._is_due = False
            try:
                self._fetch()
            except HamrazError:
                self._is_due = True
                raise

    def _fetch(self) -> None:
        """Note here what is gone there, and only then let the authority forget it."""
        before = 0
        for _answer in range(MOST):
            try:
                found = self._authority.request(FetchGone(0), Gone)
            except Refused as reason:
                if reason.code == "unknown_request":  # an authority of before
                    return
                raise
            if not found.items and not found.more:
                return
            if found.up_to <= before:
                raise Forged("wrong_answer")
            before = found.up_to
            self._note(found.items)
            self._authority.request(DropGone(0, found.up_to), Done)
            if not found.more:
                return

    def _note(self, items: list[GoneItem]) -> None:
        ctx, me = self._ctx, self._ctx.me.uid

        def change(rows: Rows) -> tuple[list[int], list[FileName]]:
            orders = [_note_message(rows, me, item) for item in items if item.kind == "message"]
            files = [self._note_file(rows, me, item) for item in items if item.kind == "file"]
            return [one for one in orders if one is not None], [one for one in files if one is not None]

        orders, files = ctx.vault.write(change)
        for order in orders:
            ctx.emit(MessageChanged(order))
        for name in files:
            ctx.emit(FileProgress(name))
        for peer in {item.to for item in items if item.to is not None and item.why == "damaged"}:
            self._outbox.deliver_soon(peer)


def _note_message(rows: Rows, me: bytes, item: GoneItem) -> int | None:
    """The order of what changes. It stays in the outbox: when both are here it goes straight, whatever was said."""
    if item.to is None:
        return None
    row = message_rows.named(rows, ChatId.private(item.to), me, item.id)
    waits = None if row is None else outbox_rows.get(rows, row.ord)
    if row is None or waits is None or waits.mailed != outbox_rows.LEFT:
        return None
    if item.why == "damaged":  # left again by itself
        outbox_rows.change(rows, row.ord, mailed=outbox_rows.NOT_LEFT)
        state, why = outgoing.WAITING, None
    else:
        outbox_rows.change(rows, row.ord, mail=None, mailed=outbox_rows.GONE)
        state, why = "failed", GONE
    if row.receipt is None:
        message_rows.change(rows, row.ord, state=state, why=why)
    return row.ord


def leave_again(ctx: AccountContext, outbox: Outbox, peer: bytes) -> list[int]:
    """Everything of one's own that this person hasn't fetched in time goes to them again, in its order."""

    def change(rows: Rows) -> list[int]:
        orders = outbox_rows.orders(rows, ChatId.private(peer), outbox_rows.GONE)
        for order in orders:
            outbox_rows.change(rows, order, mailed=outbox_rows.NOT_LEFT)
            rows.execute(
                "UPDATE messages SET state = ?, why = NULL WHERE ord = ? AND state = 'failed' AND why = ?",
                (outgoing.WAITING, order, GONE),
            )
        return orders

    orders = ctx.vault.write(change)
    for order in orders:
        ctx.emit(MessageChanged(order))
    if orders:
        outbox.deliver_soon(peer)
    return orders
