"""The tables of files: for whom sealed chunks wait, and how many of them are on disk. The chunks are no rows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from authority_server.store import TABLES, Rows
from protocol.files import CHUNK

FILES = Table(
    "files",
    TABLES,
    Column("owner", LargeBinary, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes of the file itself, all of them counted from the offer on
    Column("reader", LargeBinary),  # for one person, or
    Column("gid", LargeBinary),  # for a group's members, as they are when they ask
    Column("have", Integer, nullable=False),  # chunks on disk, from the first on
    Column("created", BigInteger, nullable=False),  # ms: what is older than 30 days goes
    PrimaryKeyConstraint("owner", "id"),
    Index("files_by_age", "created"),
)
TAKEN = Table(
    "files_taken",
    TABLES,
    Column("owner", LargeBinary, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("uid", LargeBinary, nullable=False),  # a member who has all of it
    PrimaryKeyConstraint("owner", "id", "uid"),
)

Name = tuple[bytes, bytes]  # (owner, id)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file as it was offered, and how far it has come."""

    owner: bytes
    id: bytes
    size: int
    reader: bytes | None
    gid: bytes | None
    have: int


def one(rows: Rows, owner: bytes, id: bytes, since: int) -> KeptFile | None:
    """The file, unless there is none that was offered since then (ms)."""
    wanted = select(FILES).where(_is(FILES, owner, id), FILES.c.created >= since)
    row = rows.ask(wanted).first()
    return None if row is None else KeptFile(row.owner, row.id, row.size, row.reader, row.gid, row.have)


def everything(rows: Rows) -> list[KeptFile]:
    return [KeptFile(row.owner, row.id, row.size, row.reader, row.gid, row.have) for row in rows.ask(select(FILES))]


def cost(size: int) -> int:
    """What a file counts for in a quota, bytes: a chunk more than it has, so that empty ones have an end too."""
    return size + CHUNK


def used(rows: Rows, owner: bytes, since: int) -> tuple[int, int]:
    """(what this owner's files cost, what all cost), of those that were offered since then (ms)."""
    fresh = FILES.c.created >= since
    whole = func.coalesce(func.sum(FILES.c.size + CHUNK), 0)
    of_all = rows.ask(select(whole).where(fresh)).scalar_one()
    of_one = rows.ask(select(whole).where(and_(fresh, FILES.c.owner == owner))).scalar_one()
    return int(of_one), int(of_all)


def older(rows: Rows, created: int) -> list[Name]:
    found = rows.ask(select(FILES.c.owner, FILES.c.id).where(FILES.c.created < created))
    return [(row.owner, row.id) for row in found]


def add(rows: Rows, file: KeptFile, now: int) -> None:
    values = {"owner": file.owner, "id": file.id, "size": file.size, "reader": file.reader, "gid": file.gid}
    rows.run(insert(FILES).values(**values, have=file.have, created=now))


def advance(rows: Rows, owner: bytes, id: bytes, have: int) -> None:
    rows.run(update(FILES).where(_is(FILES, owner, id)).values(have=have))


def drop(rows: Rows, names: list[Name]) -> None:
    for owner, id in names:
        for table in (TAKEN, FILES):
            rows.run(delete(table).where(_is(table, owner, id)))


def take(rows: Rows, owner: bytes, id: bytes, uid: bytes) -> None:
    """Remember that this member has all of it."""
    if uid not in takers(rows, owner, id):
        rows.run(insert(TAKEN).values(owner=owner, id=id, uid=uid))


def takers(rows: Rows, owner: bytes, id: bytes) -> set[bytes]:
    return {row.uid for row in rows.ask(select(TAKEN.c.uid).where(_is(TAKEN, owner, id)))}


def _is(table: Table, owner: bytes, id: bytes):  # type: ignore[no-untyped-def]  # SQLAlchemy's own types don't help
    return and_(table.c.owner == owner, table.c.id == id)
