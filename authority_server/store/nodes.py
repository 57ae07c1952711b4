"""The tables by which several nodes write one database: what each batch has changed, who runs, and at which of them
whose agent is. A database that is a file has one writer, and leaves them empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
)

from authority_server.store.database import TABLES, Rows

JOURNAL = Table(
    "journal",
    TABLES,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # the batch
    Column("before", BigInteger, nullable=False),  # the batch before it
    Column("mark", LargeBinary, nullable=False),  # 16 random bytes: this one and no other
    Column("changes", LargeBinary, nullable=False),  # state/changes.py
)
NODES = Table(
    "nodes",
    TABLES,
    Column("node", LargeBinary, primary_key=True),  # a process
    Column("place", LargeBinary, nullable=False),  # its data folder: it has one process at a time
    Column("hosts", String, nullable=False),  # where agents find it, by spaces
    Column("port", Integer, nullable=False),
    Column("seen", BigInteger, nullable=False),  # ms, of the database's clock
)
CLAIMS = Table(
    "claims",
    TABLES,
    Column("uid", LargeBinary, primary_key=True),
    Column("node", LargeBinary, nullable=False),
    Column("token", LargeBinary, nullable=False),  # this claim and no later one
    Column("shown", Boolean, nullable=False),
    Column("address", String, nullable=False),  # where the agent is connected from
)

KEPT = 10_000  # batches: a node that is further behind than that loads everything
PRUNED_EVERY = 500
LAPSE_MS = 10_000  # a node that has said nothing for so long has ended, or will have to begin again

_ADD = insert(JOURNAL)
_SINCE = select(JOURNAL).where(JOURNAL.c.seq >= bindparam("first")).order_by(JOURNAL.c.seq)

NOW_WORDS = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"  # each node has a clock of its own
NOW: ColumnElement[int] = literal_column(NOW_WORDS, BigInteger)
RUNNING = select(NODES.c.node).where(NODES.c.seen >= NOW - LAPSE_MS)


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose agent is at which node."""

    node: bytes
    token: bytes
    shown: bool
    address: str


def note(rows: Rows, seq: int, before: int, mark: bytes, changes: bytes) -> None:
    """What the batch `seq` has changed; older ones than anybody is expected to need go."""
    rows.add(_ADD, {"seq": seq, "before": before, "mark": mark, "changes": changes})
    if seq % PRUNED_EVERY == 0:
        rows.run(delete(JOURNAL).where(JOURNAL.c.seq < seq - KEPT))


def since(rows: Rows, seq: int) -> list[tuple[int, int, bytes, bytes]]:
    """(seq, before, mark, changes) of this batch, if it is known, and of all after it."""
    found = rows.ask(_SINCE, {"first": seq})
    return [(row.seq, row.before, row.mark, row.changes) for row in found]


def mark_of(rows: Rows, seq: int) -> bytes:
    """No bytes where this batch is not known."""
    found = rows.ask(select(JOURNAL.c.mark).where(JOURNAL.c.seq == seq)).first()
    return found.mark if found is not None else b""


def claims(rows: Rows) -> Iterator[tuple[bytes, Claim]]:
    for row in rows.ask(select(CLAIMS)):
        yield row.uid, Claim(row.node, row.token, row.shown, row.address)


def put_claim(rows: Rows, uid: bytes, claim: Claim) -> None:
    drop_claim(rows, uid)
    values = {"node": claim.node, "token": claim.token, "shown": claim.shown, "address": claim.address}
    rows.run(insert(CLAIMS).values(uid=uid, **values))


def drop_claim(rows: Rows, uid: bytes) -> None:
    rows.run(delete(CLAIMS).where(CLAIMS.c.uid == uid))


def nodes(rows: Rows) -> dict[bytes, tuple[bytes, str, int]]:
    """Of each node its place, its hosts and its port."""
    return {row.node: (row.place, row.hosts, row.port) for row in rows.ask(select(NODES))}


def in_place(rows: Rows, place: bytes) -> list[bytes]:
    """The nodes that have run in this data folder."""
    return [row.node for row in rows.ask(select(NODES.c.node).where(NODES.c.place == place))]


def put_node(rows: Rows, node: bytes, place: bytes, hosts: str, port: int) -> None:
    rows.run(delete(NODES).where(NODES.c.node == node))
    rows.run(insert(NODES).values(node=node, place=place, hosts=hosts, port=port, seen=NOW))


def drop_node(rows: Rows, node: bytes) -> None:
    """With its claims."""
    rows.run(delete(CLAIMS).where(CLAIMS.c.node == node))
    rows.run(delete(NODES).where(NODES.c.node == node))


def lapsed(rows: Rows) -> list[bytes]:
    """The nodes that have said nothing for LAPSE_MS."""
    return [row.node for row in rows.ask(select(NODES.c.node).where(NODES.c.seen < NOW - LAPSE_MS))]
