"""The table of what went unread: mail and files that nobody fetched in time, until their senders have heard of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, bindparam, delete, func, select

from authority_server.store import checksums
from authority_server.store.checksums import LOOSE
from authority_server.store.database import PLACE, TABLES, Rows
from protocol.gone_messages import GoneItem

GONE = Table(
    "gone",
    TABLES,
    Column("place", PLACE, primary_key=True, autoincrement=True, info=LOOSE),  # the order, which the database gives
    Column("sender", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("recipient", LargeBinary),  # NULL for a group's file
    Column("id", LargeBinary, nullable=False),
    Column("why", String, nullable=False),
    Column("since", BigInteger, nullable=False),  # ms of running time
    checksums.column(),
    Index("gone_of_one", "sender", "place"),
    Index("gone_by_age", "since"),
)


_OLDEST = (
    select(GONE)
    .where(GONE.c.sender == bindparam("whose"))
    .order_by(GONE.c.place)
    .limit(bindparam("most", type_=Integer))
)


def add(rows: Rows, sender: bytes, item: GoneItem, now: int) -> None:
    values = {"sender": sender, "kind": item.kind, "recipient": item.to, "id": item.id, "why": item.why, "since": now}
    rows.put(GONE, values)


def items(rows: Rows, sender: bytes, limit: int) -> tuple[list[GoneItem], int, bool]:
    """The oldest, up to which place these are, and whether there are more."""
    found = rows.ask(_OLDEST, {"whose": sender, "most": limit + 1}).all()
    whole = checksums.only_whole(rows, GONE, found[:limit])
    told = [GoneItem(row.kind, row.recipient, row.id, row.why) for row in whole]
    return told, found[:limit][-1].place if found else 0, len(found) > limit


def count(rows: Rows, sender: bytes, up_to: int) -> int:
    wanted = select(func.count()).select_from(GONE).where(GONE.c.sender == sender, GONE.c.place <= up_to)
    return int(rows.ask(wanted).scalar_one())


def drop(rows: Rows, sender: bytes, up_to: int) -> None:
    rows.run(delete(GONE).where(GONE.c.sender == sender, GONE.c.place <= up_to))


def of_item(rows: Rows, sender: bytes, kind: str, recipient: bytes | None, id: bytes) -> list[int]:
    """The places of what is said of one item."""
    which = (GONE.c.sender == sender, GONE.c.kind == kind, GONE.c.recipient == recipient, GONE.c.id == id)
    return [row.place for row in rows.ask(select(GONE.c.place).where(*which))]


def older(rows: Rows, since: int, limit: int) -> list[tuple[bytes, int]]:
    """(sender, place) of what was noted before (ms of running time)."""
    wanted = select(GONE.c.sender, GONE.c.place).where(GONE.c.since < since).order_by(GONE.c.since).limit(limit)
    return [(row.sender, row.place) for row in rows.ask(wanted)]


def drop_places(rows: Rows, places: list[int]) -> None:
    rows.run(delete(GONE).where(GONE.c.place.in_(places)))


def counts(rows: Rows) -> list[tuple[bytes, int]]:
    """(sender, items) of everybody."""
    wanted = select(GONE.c.sender, func.count().label("items")).group_by(GONE.c.sender)
    return [(row.sender, row.items) for row in rows.ask(wanted)]
