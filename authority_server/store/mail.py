"""The table of mailboxes: sealed items that wait for people who are away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
)

from authority_server.store import checksums
from authority_server.store.checksums import LOOSE
from authority_server.store.database import PLACE, TABLES, Rows
from protocol.authority_messages import MAIL_TOGETHER
from protocol.messages import MailItem
from protocol.statements import NO_DEVICE

Which = ColumnElement[bool]  # of the items

MAIL = Table(
    "mail",
    TABLES,
    Column("place", PLACE, primary_key=True, autoincrement=True, info=LOOSE),  # the order, which the database gives
    Column("recipient", LargeBinary, nullable=False),
    Column("sender", LargeBinary, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("prekey_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),  # ms of running time: what is older than 60 days goes
    checksums.column(),
    UniqueConstraint("recipient", "sender", "id"),
    Index("mail_by_age", "created"),
    Index("mail_in_order", "recipient", "place"),
)

_OF_ONE = MAIL.c.recipient == bindparam("whose")
_SIZES = (
    select(MAIL.c.place, func.length(MAIL.c.sealed).label("size"))
    .where(_OF_ONE, MAIL.c.place > bindparam("after"))
    .order_by(MAIL.c.place)
    .limit(MAIL_TOGETHER + 1)
)
_BETWEEN = (
    select(MAIL)
    .where(_OF_ONE, MAIL.c.place > bindparam("after"), MAIL.c.place <= bindparam("last"))
    .order_by(MAIL.c.place)
)
_ITEM = _OF_ONE & (MAIL.c.sender == bindparam("by")) & (MAIL.c.id == bindparam("item"))
_SIZE_OF, _DROP = select(func.length(MAIL.c.sealed)).where(_ITEM), delete(MAIL).where(_ITEM)


def add(rows: Rows, recipient: bytes, sender: bytes, item: MailItem, now: int) -> None:
    values = {"recipient": recipient, "sender": sender, "id": item.id, "kind": item.kind, "prekey_id": item.prekey_id}
    rows.put(MAIL, {**values, "sealed": item.sealed, "created": now})


def waiting(rows: Rows, which: Which | None = None) -> list[tuple[bytes, bytes, int, int]]:
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
    row = rows.ask_first(_SIZE_OF, {"whose": recipient, "by": sender, "item": id})
    return row[0] if row else None


def items(rows: Rows, recipient: bytes, size: int) -> tuple[list[MailItem], bool, list[int]]:
    """What waits, oldest first, as many as have `size` bytes together and at least one; whether there is more; and the
    places of what doesn't hold, which is left out.

    What it reads is what it returns, however much waits.
    """
    items: list[MailItem] = []
    broken: list[int] = []
    after, more = 0, True
    while more and not items:
        places, left = [after], size
        waiting = rows.ask(_SIZES, {"whose": recipient, "after": after}).all()
        if not waiting:  # as it is mostly
            return [], False, broken
        for row in waiting[:MAIL_TOGETHER]:
            left -= row.size
            if len(places) > 1 and left < 0:
                break
            places.append(row.place)
        found = rows.ask(_BETWEEN, {"whose": recipient, "after": after, "last": places[-1]}).all()
        whole = {row.place: row for row in checksums.only_whole(rows, MAIL, found)}
        items = [MailItem(row.sender, NO_DEVICE, row.id, row.kind, row.prekey_id, row.sealed) for row in whole.values()]
        broken += [row.place for row in found if row.place not in whole]
        after, more = places[-1], len(waiting) >= len(places)
    return items, more, broken


def drop(rows: Rows, recipient: bytes, items: list[tuple[bytes, bytes]]) -> None:
    rows.run_each(_DROP, [{"whose": recipient, "by": sender, "item": id} for sender, id in items])


def of(recipient: bytes) -> Which:
    """What waits for one."""
    return MAIL.c.recipient == recipient


def at(places: list[int]) -> Which:
    """What stands in these places."""
    return MAIL.c.place.in_(places)


def oldest(rows: Rows, created: int, limit: int) -> list[int]:
    """The places of what came before (ms of running time)."""
    wanted = select(MAIL.c.place).where(MAIL.c.created < created).order_by(MAIL.c.created).limit(limit)
    return [row.place for row in rows.ask(wanted)]


def messages(rows: Rows, places: list[int]) -> Iterator[tuple[Row[Any], bool]]:
    """The messages among these, and whether each is what was written; it may be anything where it isn't."""
    for row in rows.ask(select(MAIL).where(at(places), MAIL.c.kind == "message")):
        yield row, checksums.holds(MAIL, row)


def newest(rows: Rows) -> int:
    """When the newest item came (ms of running time), of those that hold; 0 if there is none."""
    return max((row.created for row in checksums.rows_of(rows, MAIL, select(MAIL))), default=0)


def drop_all(rows: Rows, which: Which) -> None:
    rows.run(delete(MAIL).where(which))
