"""How tables of older formats become today's, a step a format. Each stands here for good, in its own words: the tables
that the rest of the code describes go on to change. From 3 on a step is in words of both databases: those on a server
began with that format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from authority_server.store.checksums import sum_over

Step = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Rolling:
    """A step in two halves, between which nodes of both formats work on the same tables of a server
    (`rolling.py`). A step that is none has the older nodes end first.
    """

    expand: Step  # adds, and nothing that an older node would have to know of
    contract: Step  # when no older node is left


FORMAT = 4  # of the tables; began anew with version 2 of the protocol

# table: the columns that its sums cover, in the order of format 2
_SUMMED = {
    "accounts": "uid email created presence presence_sig sequence generation generation_sig",
    "settings": "name value",
    "mail": "recipient sender id kind prekey_id sealed created",
    "files": "owner id size reader gid have created head kept",
    "files_taken": "owner id uid",
    "profiles": "uid version sealed",
    "groups": "gid port creator",
    "chain": "gid n kind uid message_id entry hash",
    "grants": "gid epoch uid sealed",
    "shares": "gid epoch uid n by sealed",
    "acks": "gid uid body sig",
    "seen": "gid uid epoch sealed",
    "group_settings": "gid commit_hash sealed",
    "prekeys": "uid body sig",
}
_AT_ONCE = 100  # rows, of up to 256 KiB


def _add_sums(connection: Connection) -> None:
    """1 to 2: a sum beside each row, of what stands there now."""
    for table, covered in _SUMMED.items():
        columns = ", ".join(f'"{name}"' for name in covered.split())
        connection.exec_driver_sql(f"ALTER TABLE \"{table}\" ADD COLUMN sum BLOB NOT NULL DEFAULT x''")
        after = -1
        while True:
            found = connection.exec_driver_sql(
                f'SELECT rowid, {columns} FROM "{table}" WHERE rowid > ? ORDER BY rowid LIMIT ?', (after, _AT_ONCE)
            ).all()
            if not found:
                break
            sums = [(sum_over(table, list(values)), rowid) for rowid, *values in found]
            connection.exec_driver_sql(f'UPDATE "{table}" SET sum = ? WHERE rowid = ?', sums)
            after = found[-1][0]


def _add_gone(connection: Connection) -> None:
    """2 to 3: a table of what went unread. What waits counts as if it had come together with the newest of it."""
    for command in (
        "CREATE TABLE gone (place INTEGER NOT NULL, sender BLOB NOT NULL, kind VARCHAR NOT NULL, recipient BLOB, "
        "id BLOB NOT NULL, why VARCHAR NOT NULL, since BIGINT NOT NULL, sum BLOB NOT NULL, PRIMARY KEY (place))",
        "CREATE INDEX gone_of_one ON gone (sender, place)",
        "CREATE INDEX gone_by_age ON gone (since)",
    ):
        connection.exec_driver_sql(command)


def _add_nodes(connection: Connection) -> None:
    """3 to 4: tables for several nodes. Where there is one, they stay empty."""
    blob = "BLOB" if connection.dialect.name == "sqlite" else "BYTEA"
    for command in (
        f"CREATE TABLE journal (seq BIGINT NOT NULL, before BIGINT NOT NULL, mark {blob} NOT NULL, "
        f"changes {blob} NOT NULL, PRIMARY KEY (seq))",
        f"CREATE TABLE nodes (node {blob} NOT NULL, place {blob} NOT NULL, hosts VARCHAR NOT NULL, "
        "port INTEGER NOT NULL, seen BIGINT NOT NULL, PRIMARY KEY (node))",
        f"CREATE TABLE claims (uid {blob} NOT NULL, node {blob} NOT NULL, token {blob} NOT NULL, "
        "shown BOOLEAN NOT NULL, address VARCHAR NOT NULL, PRIMARY KEY (uid))",
    ):
        connection.exec_driver_sql(command)


# UPGRADES[n] makes tables of format n into those of n + 1
UPGRADES: dict[int, Step | Rolling] = {1: _add_sums, 2: _add_gone, 3: _add_nodes}


def upgrade(connection: Connection, found: int) -> bool:
    """Bring tables of the format `found` to today's, in the caller's transaction; whether there was anything to do."""
    for version in range(found, FORMAT):
        step = UPGRADES[version]
        for half in (step.expand, step.contract) if isinstance(step, Rolling) else (step,):
            half(connection)
    return found != FORMAT
