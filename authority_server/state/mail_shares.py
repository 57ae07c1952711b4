"""What waits in mailboxes, by whom and for whom, and how much more there may be (section 11.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from authority_server.state.shares import Held
from protocol.shares import part
from protocol.undo import Undo

MIB = 1024 * 1024
ITEM_BYTES = 1024  # of an item, beside what is sealed: its row and its places in indexes
# of one sender in one mailbox: a whole outbox, and some long ones
ITEMS_EACH, BYTES_EACH = 200, 8 * MIB
MAILBOX = 64 * MIB  # of one mailbox, whoever has left it there
SENDER = 256 * MIB  # of one sender, in all mailboxes
# A mailbox has so much more for those who have hardly anything in it: whoever writes to somebody for the first time
# finds room, however many others have filled theirs.
RESERVE, FIRST_ITEMS, FIRST_BYTES = 16 * MIB, 4, 64 * 1024

Pair = tuple[bytes, bytes]  # (recipient, sender)


class MailHeld:
    """All mailboxes."""

    def __init__(
        self, undo: Undo, note: Callable[[bytes, bytes, int, int], None] = lambda recipient, sender, count, cost: None
    ) -> None:
        """`note` is called with each change."""
        self._note = note
        self.items: Held[Pair] = Held(undo)
        self.pairs: Held[Pair] = Held(undo)
        self.mailboxes: Held[bytes] = Held(undo)
        self.senders: Held[bytes] = Held(undo)

    def load(self, waiting: Iterable[tuple[bytes, bytes, int, int]]) -> None:
        """(recipient, sender, items, bytes sealed) of all that waits."""
        for recipient, sender, count, size in waiting:
            self.change(recipient, sender, count, size + count * ITEM_BYTES)

    def add(self, recipient: bytes, sender: bytes, size: int) -> None:
        self.change(recipient, sender, 1, size + ITEM_BYTES)

    def remove(self, recipient: bytes, sender: bytes, count: int, size: int) -> None:
        """So many items with so many sealed bytes wait no more."""
        self.change(recipient, sender, -count, -size - count * ITEM_BYTES)

    def fits(self, recipient: bytes, sender: bytes, size: int, space: int) -> bool:
        """Whether the sender may leave one more item of this size there. `space`: bytes of all mailboxes together."""
        pair, cost = (recipient, sender), size + ITEM_BYTES
        count, mine = self.items.of(pair) + 1, self.pairs.of(pair) + cost
        if count > ITEMS_EACH or mine > BYTES_EACH or not self.senders.fits(sender, cost, space, SENDER):
            return False
        there = self.mailboxes.of(recipient)
        if count <= FIRST_ITEMS and mine <= FIRST_BYTES + FIRST_ITEMS * ITEM_BYTES:
            return there + cost <= MAILBOX + RESERVE
        return mine <= part(MAILBOX, MAILBOX - there)

    def change(self, recipient: bytes, sender: bytes, count: int, cost: int) -> None:
        """So many items more or less wait, which cost so much together."""
        self._note(recipient, sender, count, cost)
        self.items.change((recipient, sender), count)
        self.pairs.change((recipient, sender), cost)
        self.mailboxes.change(recipient, cost)
        self.senders.change(sender, cost)
