"""The table of profiles: of each account the newest, sealed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, Table, delete, select

from authority_server.store import checksums
from authority_server.store.database import TABLES, Rows

PROFILES = Table(
    "profiles",
    TABLES,
    Column("uid", LargeBinary, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    checksums.column(),
)


def kept(rows: Rows, uid: bytes) -> tuple[int, bytes] | None:
    """(version, sealed) of somebody's."""
    found = checksums.rows_of(rows, PROFILES, select(PROFILES).where(PROFILES.c.uid == uid))
    return next(((row.version, row.sealed) for row in found), None)


def save(rows: Rows, uid: bytes, version: int, sealed: bytes) -> None:
    """Keep it in the place of the one before."""
    rows.replace(PROFILES, {"uid": uid, "version": version, "sealed": sealed})


def drop(rows: Rows, uid: bytes) -> None:
    rows.run(delete(PROFILES).where(PROFILES.c.uid == uid))
