"""Sealed chunks as rows of a PostgreSQL database: every node serves every file, and a chunk and the row that counts it
are one transaction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import (
    DDL,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    bindparam,
    delete,
    event,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from authority_server.store import checksums
from authority_server.store.chunk_place import ChunkPlace, Name
from authority_server.store.database import Rows
from authority_server.store.files import FILES
from protocol.errors import HamrazError, Refused

CHUNKS = Table(
    "chunks",
    MetaData(),  # of its own: a database in a file has none
    Column("owner", LargeBinary, nullable=False),
    Column("id", LargeBinary, nullable=False),
    Column("idx", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    checksums.column(),
    PrimaryKeyConstraint("owner", "id", "idx"),
)
# what is sealed can't be made smaller: nobody is to try
_AS_IT_IS: Any = DDL('ALTER TABLE "chunks" ALTER COLUMN "sealed" SET STORAGE EXTERNAL')  # type: ignore[no-untyped-call]
event.listen(CHUNKS, "after_create", _AS_IT_IS)

_OF_FILE = (CHUNKS.c.owner == bindparam("whose"), CHUNKS.c.id == bindparam("which"))
_ONE = select(CHUNKS).where(*_OF_FILE, CHUNKS.c.idx == bindparam("place"))
# Whatever was offered again under the same name in this moment has a row already, and stays.
_COUNTED = exists().where(FILES.c.owner == CHUNKS.c.owner, FILES.c.id == CHUNKS.c.id)
_DROP = delete(CHUNKS).where(*_OF_FILE, ~_COUNTED)
_CLEAR = text(f'TRUNCATE "{CHUNKS.name}"')
_SIZES = select(CHUNKS.c.owner, CHUNKS.c.id, func.sum(func.length(CHUNKS.c.sealed)).label("bytes")).group_by(
    CHUNKS.c.owner, CHUNKS.c.id
)


class ChunkRows(ChunkPlace):
    """They come by the writer's transactions; what is read and let go has a session of its own, which comes back by
    itself: it holds nothing that could be lost.
    """

    in_rows = True

    def __init__(self, engine: Engine, trouble: Callable[[DBAPIError], HamrazError | None], disk: Path | None) -> None:
        super().__init__(disk)
        self._engine, self._trouble = engine, trouble
        self._connection: Connection | None = None

    @property
    def name(self) -> str:
        return "database"

    def write(self, owner: bytes, id: bytes, index: int, sealed: bytes) -> None:
        """It comes with its row."""

    def keep(self, rows: Rows, owner: bytes, id: bytes, index: int, sealed: bytes) -> None:
        # one that nobody counts may stand there: of a file that was dropped, and is offered again
        rows.replace(CHUNKS, {"owner": owner, "id": id, "idx": index, "sealed": sealed})

    def read(self, owner: bytes, id: bytes, index: int, length: int) -> bytes:
        with self._session() as connection:
            found = connection.execute(_ONE, {"whose": owner, "which": id, "place": index}).first()
        if found is None:
            raise Refused("file_gone")
        if len(found.sealed) != length or not checksums.holds(CHUNKS, found):
            self.on_damage("files", f"{id.hex()[:8]} chunk {index}")
            raise Refused("file_gone")
        return bytes(found.sealed)

    def remove(self, names: list[Name]) -> None:
        for owner, id in names:
            with self._session() as connection:
                connection.execute(_DROP, {"whose": owner, "which": id})

    def clear(self) -> None:
        with self._session() as connection:
            connection.execute(_CLEAR)

    def sizes(self) -> dict[Name, int]:
        with self._session() as connection:
            return {(row.owner, row.id): int(row.bytes) for row in connection.execute(_SIZES)}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    @contextlib.contextmanager
    def _session(self) -> Iterator[Any]:
        try:
            if self._connection is None or self._connection.invalidated:
                self._connection = self._engine.connect()
            with self._connection.begin():
                yield self._connection
        except DBAPIError as reason:
            named = self._trouble(reason)
            if named is None:
                raise
            raise named from reason
