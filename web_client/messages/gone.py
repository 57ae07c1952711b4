"""What the authority says of one's own that went unread there (section 8.8). It is said of what one has left there and
has no receipt for; whatever else it says changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError, Refused
from protocol.gone_messages import DropGone, FetchGone, Gone, GoneItem
from protocol.messages import Done
from web_client.files import rows as file_rows
from web_client.files.rows import Name
from web_client.messages import mailbox, outgoing
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import Node

GONE = "mail_gone"  # why such a message has failed
OLD_FILE = "file_old"  # why a file is to be had only while this agent runs
MOST = 100  # answers in a row: a thousand items in each


class Unread:
    """Asks for it when there may be anything."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._is_due = False

    def look(self) -> None:
        """There may be something: after a log-in, and when the authority says so."""
        self._is_due = True

    def step(self) -> None:
        if self._is_due:
            self._is_due = False
            try:
                fetch_all(self._node)
            except HamrazError:
                self._is_due = True
                raise


def fetch_all(node: Node) -> None:
    """Note here what is gone there, and only then let the authority forget it."""
    before = 0
    for _answer in range(MOST):
        try:
            found = node.authority.request(FetchGone(0), Gone)
        except Refused as reason:
            if reason.code == "unknown_request":  # an authority of before
                return
            raise
        if not found.items and not found.more:
            return
        if found.up_to <= before:
            raise Forged("wrong_answer")
        before = found.up_to
        _note(node, found.items)
        node.authority.request(DropGone(0, found.up_to), Done)
        if not found.more:
            return


def _note(node: Node, items: list[GoneItem]) -> None:
    me = node.me.uid

    def change(rows: Rows) -> tuple[list[int], list[Name]]:
        orders = [_note_message(rows, me, item) for item in items if item.kind == "message"]
        files = [_note_file(rows, me, item) for item in items if item.kind == "file"]
        return [one for one in orders if one is not None], [one for one in files if one is not None]

    orders, files = node.vault.write(change)
    for order in orders:
        node.tell("message", order)
    for name in files:
        node.tell("file", name)
    for peer in {item.to for item in items if item.to is not None and item.why == "damaged"}:
        node.deliver_soon(peer)


def _note_message(rows: Rows, me: bytes, item: GoneItem) -> int | None:
    """The order of what changes. It stays in the outbox: when both are here it goes straight, whatever was said."""
    if item.to is None:
        return None
    row = rows.execute(
        "SELECT ord FROM messages JOIN outbox USING (ord) WHERE id = ? AND sender = ? AND chat = ? AND mailed = ?",
        (item.id, me, outgoing.chat_of(item.to), mailbox.LEFT),
    ).fetchone()
    if row is None:
        return None
    (order,) = row
    if item.why == "damaged":  # left again by itself
        rows.execute("UPDATE outbox SET mailed = ? WHERE ord = ?", (mailbox.NOT_LEFT, order))
        state, why = outgoing.WAITING, None
    else:
        rows.execute("UPDATE outbox SET mail = NULL, mailed = ? WHERE ord = ?", (mailbox.GONE, order))
        state, why = "failed", GONE
    rows.execute("UPDATE messages SET state = ?, why = ? WHERE ord = ? AND receipt IS NULL", (state, why, order))
    return int(order)


def _note_file(rows: Rows, me: bytes, item: GoneItem) -> Name | None:
    file = file_rows.by_id(rows, me, item.id)
    if file is None or not file.stored or file.peer != item.to or file.state != file_rows.SETTLED:
        return None
    file_rows.set_stored(rows, file.of, False)
    file_rows.set_why(rows, file.of, OLD_FILE)
    return file.of


def leave_again(node: Node, peer: bytes) -> list[int]:
    """Everything of one's own that this person hasn't fetched in time goes to them again, in its order."""

    def change(rows: Rows) -> list[int]:
        question = "SELECT ord FROM outbox WHERE peer = ? AND mailed = ?"
        orders = [row[0] for row in rows.execute(question, (peer, mailbox.GONE))]
        for order in orders:
            rows.execute("UPDATE outbox SET mailed = ? WHERE ord = ?", (mailbox.NOT_LEFT, order))
            rows.execute(
                "UPDATE messages SET state = ?, why = NULL WHERE ord = ? AND state = 'failed' AND why = ?",
                (outgoing.WAITING, order, GONE),
            )
        return orders

    orders = node.vault.write(change)
    for order in orders:
        node.tell("message", order)
    if orders:
        node.deliver_soon(peer)
    return orders
