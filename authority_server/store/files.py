"""The tables of files: for whom sealed chunks wait, and how many are here. Where these lie, chunk_place.py says."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
)

from authority_server.store import checksums
from authority_server.store.checksums import LOOSE
from authority_server.store.chunk_place import Name
from authority_server.store.database import TABLES, Rows
from protocol.files import CHUNK, SEALED_CHUNK, count_of
from protocol.primitives import AEAD_TAG

FILES = Table(
    "files",
    TABLES,
    Column("owner", LargeBinary, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes of the file itself
    Column("reader", LargeBinary),  # for one person, or
    Column("gid", LargeBinary),  # for a group's members, as they are when they ask
    Column("have", Integer, nullable=False),  # chunks that are here, from the first on
    Column("created", BigInteger, nullable=False),  # ms of running time: what is older than 30 days goes
    Column("touched", BigInteger, info=LOOSE),  # the same, when its newest chunk came; NULL once all are here
    Column("head", LargeBinary),  # of a backup (section 8.14), which only its owner reads; NULL for all others
    Column("kept", Integer, nullable=False, default=0),  # a whole backup's number, the newest has the highest; no age
    checksums.column(),
    PrimaryKeyConstraint("owner", "id"),
    Index("files_by_age", "created"),
    Index("files_by_progress", "touched"),
)
TAKEN = Table(
    "files_taken",
    TABLES,
    Column("owner", LargeBinary, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("uid", LargeBinary, nullable=False),  # a member who has all of it
    checksums.column(),
    PrimaryKeyConstraint("owner", "id", "uid"),
)


def _is(table: Table) -> ColumnElement[bool]:
    return and_(table.c.owner == bindparam("whose"), table.c.id == bindparam("which"))


_ONE, _TAKERS = select(FILES).where(_is(FILES)), select(TAKEN).where(_is(TAKEN))
_DROP, _DROP_TAKERS = delete(FILES).where(_is(FILES)), delete(TAKEN).where(_is(TAKEN))


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file as it was offered, and how far it has come."""

    owner: bytes
    id: bytes
    size: int
    reader: bytes | None
    gid: bytes | None
    have: int
    head: bytes | None = None  # it is a backup
    kept: int = 0
    created: int = 0  # as `add` has written it

    @property
    def is_backup(self) -> bool:
        return self.head is not None


def one(rows: Rows, owner: bytes, id: bytes, since: int) -> KeptFile | None:
    """The file, unless there is none that was offered since then (ms); a whole backup whenever it was."""
    found = checksums.only_whole(rows, FILES, rows.ask(_ONE, {"whose": owner, "which": id}))
    return next((file for file in map(_file, found) if file.created >= since or file.kept), None)


def everything(rows: Rows) -> list[KeptFile]:
    return _files(rows, select(FILES))


def _files(rows: Rows, wanted: Select[Any]) -> list[KeptFile]:
    return [_file(row) for row in checksums.rows_of(rows, FILES, wanted)]


def _file(row: Row[Any]) -> KeptFile:
    return KeptFile(row.owner, row.id, row.size, row.reader, row.gid, row.have, row.head, row.kept, row.created)


def amount(rows: Rows) -> tuple[int, int]:
    """How many there are, and how many sealed bytes of them."""
    tags = FILES.c.have * AEAD_TAG
    sealed = case((FILES.c.touched.is_(None), FILES.c.size + tags), else_=FILES.c.have * SEALED_CHUNK)
    wanted = select(func.count().label("files"), func.coalesce(func.sum(sealed), 0).label("bytes")).select_from(FILES)
    found = rows.ask(wanted).one()
    return int(found.files), int(found.bytes)


def cost(have: int) -> int:
    """What a file counts for, bytes: its chunks that are here, and one more, so that empty ones have an end too."""
    return (have + 1) * CHUNK


def older(rows: Rows, created: int, limit: int) -> list[KeptFile]:
    """What was offered before (ms of running time)."""
    wanted = select(FILES).where(FILES.c.created < created, FILES.c.kept == 0)
    return _files(rows, wanted.order_by(FILES.c.created).limit(limit))


def newest(rows: Rows) -> int:
    """When the newest was offered (ms of running time); 0 if there is none."""
    return max((file.created for file in everything(rows)), default=0)


def stalled(rows: Rows, offered: int, touched: int) -> list[KeptFile]:
    """What has no chunk and was offered before one moment (ms), and of which no more has come since another."""
    empty = and_(FILES.c.touched < offered, FILES.c.have == 0)
    return _files(rows, select(FILES).where(or_(empty, FILES.c.touched < touched)))


def add(rows: Rows, file: KeptFile, now: int) -> None:
    drop(rows, [(file.owner, file.id)])  # a row that doesn't hold may stand there
    _save(rows, replace(file, created=now), now)


def advance(rows: Rows, file: KeptFile, have: int, now: int) -> None:
    _save(rows, replace(file, have=have), now)


def drop(rows: Rows, names: list[Name]) -> None:
    for statement in (_DROP_TAKERS, _DROP):
        rows.run_each(statement, [{"whose": owner, "which": id} for owner, id in names])


def backups(rows: Rows, owner: bytes) -> list[KeptFile]:
    """An account's backups: the whole ones, the newest first, then one that is on its way."""
    wanted = select(FILES).where(FILES.c.owner == owner, FILES.c.head.is_not(None))
    return _files(rows, wanted.order_by(FILES.c.kept.desc()))


def keep(rows: Rows, file: KeptFile, number: int) -> None:
    """This backup is whole."""
    _save(rows, replace(file, kept=number), 0)


def _save(rows: Rows, file: KeptFile, now: int) -> None:
    rows.replace(FILES, {**asdict(file), "touched": now if count_of(file.size) > file.have else None})


def take(rows: Rows, owner: bytes, id: bytes, uid: bytes) -> None:
    """Remember that this member has all of it."""
    rows.replace(TAKEN, {"owner": owner, "id": id, "uid": uid})


def takers(rows: Rows, owner: bytes, id: bytes) -> set[bytes]:
    found = rows.ask(_TAKERS, {"whose": owner, "which": id})
    return {row.uid for row in checksums.only_whole(rows, TAKEN, found)}
