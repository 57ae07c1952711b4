"""The table of mailboxes: sealed items that wait for people who are away."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from authority_server.store import TABLES, Rows
from protocol.messages import MailItem
from protocol.statements import NO_DEVICE

MAIL = Table(
    "mail",
    TABLES,
    Column("place", Integer, primary_key=True, autoincrement=True),
    Column("recipient", LargeBinary, nullable=False),
    Column("sender", LargeBinary, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("prekey_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),  # ms: what is older than 30 days goes
    UniqueConstraint("recipient", "sender", "id"),
    Index("mail_by_age", "created"),
    Index("mail_in_order", "recipient", "place"),
)

ITEMS_TOGETHER = 1_000  # in one answer, however short they are
_OF_ONE = MAIL.c.recipient == bindparam("whose")
_SIZES = (
    select(MAIL.c.place, func.length(MAIL.c.sealed).label("size"))
    .where(_OF_ONE)
    .order_by(MAIL.c.place)
    .limit(ITEMS_TOGETHER + 1)
)
_UP_TO = select(MAIL).where(_OF_ONE, MAIL.c.place <= bindparam("last")).order_by(MAIL.c.place)
_SIZE_OF = "SELECT length(sealed) FROM mail WHERE recipient = ? AND sender = ? AND id = ?"
_DROP = "DELETE FROM mail WHERE recipient = ? AND sender = ? AND id = ?"


def add(rows: Rows, recipient: bytes, sender: bytes, item: MailItem, now: int) -> None:
    rows.run(
        insert(MAIL).values(
            recipient=recipient,
            sender=sender,
            id=item.id,
            kind=item.kind,
            prekey_id=item.prekey_id,
            sealed=item.sealed,
            created=now,
        )
    )


def waiting(rows: Rows, which: ColumnElement[bool] | None = None) -> list[tuple[bytes, bytes, int, int]]:
    """(recipient, sender, items, bytes sealed) of what waits, or of some of it; what it reads is what it returns.

    Summed here: to have it grouped, SQLite would go through all that waits by another index, whatever is wanted.
    """
    found = select(MAIL.c.recipient, MAIL.c.sender, func.length(MAIL.c.sealed).label("size"))
    if which is not None:
        found = found.where(which)
    items, sizes = Counter[tuple[bytes, bytes]](), Counter[tuple[bytes, bytes]]()
    for row in rows.ask(found):
        items[row.recipient, row.sender] += 1
        sizes[row.recipient, row.sender] += row.size
    return [(*pair, count, sizes[pair]) for pair, count in items.items()]


def size_of(rows: Rows, recipient: bytes, sender: bytes, id: bytes) -> int | None:
    """Bytes sealed of one item, if it waits."""
    row = rows.ask_text(_SIZE_OF, (recipient, sender, id))
    return row[0] if row else None


def items(rows: Rows, recipient: bytes, size: int) -> tuple[list[MailItem], bool]:
    """What waits, oldest first, as many as have `size` bytes together and at least one; and whether there is more.

    What it reads is what it returns, however much waits.
    """
    places: list[int] = []
    waiting = rows.ask(_SIZES, {"whose": recipient}).all()
    for row in waiting[:ITEMS_TOGETHER]:
        size -= row.size
        if places and size < 0:
            break
        places.append(row.place)
    if not places:
        return [], False
    found = rows.ask(_UP_TO, {"whose": recipient, "last": places[-1]})
    items = [MailItem(row.sender, NO_DEVICE, row.id, row.kind, row.prekey_id, row.sealed) for row in found]
    return items, len(waiting) > len(places)


def drop(rows: Rows, recipient: bytes, items: list[tuple[bytes, bytes]]) -> None:
    rows.run_text(_DROP, [(recipient, sender, id) for sender, id in items])


def of(recipient: bytes) -> ColumnElement[bool]:
    """What waits for one."""
    return MAIL.c.recipient == recipient


def older(created: int) -> ColumnElement[bool]:
    """What came before (ms)."""
    return MAIL.c.created < created


def drop_all(rows: Rows, which: ColumnElement[bool]) -> None:
    rows.run(delete(MAIL).where(which))
