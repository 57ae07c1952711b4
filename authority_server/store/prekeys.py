"""The table of last-resort prekeys: the newest that each has published."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, delete, select

from authority_server.store import checksums
from authority_server.store.database import TABLES, Rows
from protocol.statements import Signed

PREKEYS = Table(
    "prekeys",
    TABLES,
    Column("uid", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    checksums.column(),
)


def save(rows: Rows, uid: bytes, prekey: Signed) -> None:
    rows.replace(PREKEYS, {"uid": uid, "body": prekey.body, "sig": prekey.sig})


def drop(rows: Rows, uid: bytes) -> None:
    rows.run(delete(PREKEYS).where(PREKEYS.c.uid == uid))


def of(rows: Rows, uids: list[bytes]) -> dict[bytes, Signed]:
    """The newest last-resort prekeys of these users, as far as they have published one."""
    found = checksums.rows_of(rows, PREKEYS, select(PREKEYS).where(PREKEYS.c.uid.in_(uids)))
    return {row.uid: Signed(row.body, row.sig) for row in found}
