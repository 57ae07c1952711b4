"""The tables of groups, their chains, and their sealed keys; all bytes that the
authority can't read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
)

from authority_server.store import checksums
from authority_server.store.database import TABLES, Rows, Store
from protocol.errors import Damaged
from protocol.group_entries import NONE, RetractEntry, chain_hash, decode_entry
from protocol.group_ephemeral import SeenItem
from protocol.share_messages import Share
from protocol.statements import Signed

GROUPS = Table(
    "groups",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("port", Integer, nullable=False),
    Column("creator", LargeBinary, nullable=False),
    checksums.column(),
)
CHAIN = Table(
    "chain",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("uid", LargeBinary, nullable=False),
    Column("message_id", LargeBinary, nullable=False),  # a message's own, of 16 bytes, else the entry's hash
    Column("entry", LargeBinary, nullable=False),  # the hash covers what is no stub
    Column("hash", LargeBinary, nullable=False),  # of the chain up to and with this entry
    checksums.column(),
    Index("chain_by_id", "gid", "uid", "message_id", unique=True),
)
GRANTS = Table(
    "grants",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    checksums.column(),
)
SHARES = Table(
    "shares",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", LargeBinary, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),  # in the order in which they came
    Column("by", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    checksums.column(),
)
ACKS = Table(
    "acks",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("uid", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    checksums.column(),
)
SEEN = Table(
    "seen",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("uid", LargeBinary, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    checksums.column(),
)
SETTINGS = Table(
    "group_settings",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("commit_hash", LargeBinary, nullable=False),  # the commit that brought them
    Column("sealed", LargeBinary, nullable=False),
    checksums.column(),
)

MEMBERS_TOGETHER = 250  # read at once: 1 ms of an ordinary machine
ENTRIES_TOGETHER = 250  # in one answer, however short they are: 2 ms of an ordinary machine

# Made once, as building a statement costs more than running it.
_MOST = bindparam("most", type_=Integer)
_POSTED = select(CHAIN.c.n, CHAIN.c.entry).where(
    CHAIN.c.gid == bindparam("group"), CHAIN.c.uid == bindparam("who"), CHAIN.c.message_id == bindparam("message")
)
_AFTER = (
    select(CHAIN)
    .where(CHAIN.c.gid == bindparam("group"), CHAIN.c.n > bindparam("after"), CHAIN.c.n <= bindparam("last"))
    .order_by(CHAIN.c.n)
    .limit(_MOST)
)
_WRITERS = (
    select(CHAIN.c.uid)
    .where(CHAIN.c.gid == bindparam("group"), CHAIN.c.kind == "message")
    .order_by(CHAIN.c.n.desc())
    .limit(_MOST)
)
_SETTINGS = select(SETTINGS).where(SETTINGS.c.gid == bindparam("group"), SETTINGS.c.commit_hash == bindparam("commit"))
_GRANT = select(GRANTS).where(
    GRANTS.c.gid == bindparam("group"), GRANTS.c.epoch == bindparam("in_epoch"), GRANTS.c.uid == bindparam("who")
)


def add_group(rows: Rows, gid: bytes, port: int, creator: bytes) -> None:
    rows.keep(GROUPS, {"gid": gid, "port": port, "creator": creator})


def add_entry(
    rows: Rows, gid: bytes, n: int, kind: str, uid: bytes, message_id: bytes, entry: bytes, hash: bytes
) -> None:
    place = {"gid": gid, "n": n, "kind": kind, "uid": uid}
    rows.keep(CHAIN, {**place, "message_id": message_id, "entry": entry, "hash": hash})


def add_grants(rows: Rows, gid: bytes, epoch: int, grants: dict[bytes, bytes]) -> None:
    for uid, sealed in grants.items():
        rows.keep(GRANTS, {"gid": gid, "epoch": epoch, "uid": uid, "sealed": sealed})


def shares(rows: Rows, gid: bytes, epoch: int, uid: bytes) -> list[Share]:
    """What a member was given again of an epoch's key, the oldest first."""
    wanted = select(SHARES).where(*_given(gid, epoch, uid)).order_by("n")
    return [Share(row.by, row.sealed) for row in checksums.rows_of(rows, SHARES, wanted)]


def add_share(rows: Rows, gid: bytes, epoch: int, uid: bytes, share: Share) -> None:
    last: int | None = rows.ask(select(func.max(SHARES.c.n)).where(*_given(gid, epoch, uid))).scalar()
    place = {"gid": gid, "epoch": epoch, "uid": uid, "n": (last or 0) + 1}
    rows.put(SHARES, {**place, "by": share.by, "sealed": share.sealed})


def drop_share(rows: Rows, gid: bytes, epoch: int, uid: bytes, by: bytes) -> None:
    rows.run(delete(SHARES).where(*_given(gid, epoch, uid), SHARES.c.by == by))


def _given(gid: bytes, epoch: int, uid: bytes) -> tuple[ColumnElement[bool], ...]:
    return SHARES.c.gid == gid, SHARES.c.epoch == epoch, SHARES.c.uid == uid


def save_settings(rows: Rows, gid: bytes, commit_hash: bytes, sealed: bytes) -> None:
    """Keep the newest commit's; those before it go."""
    rows.replace(SETTINGS, {"gid": gid, "commit_hash": commit_hash, "sealed": sealed})


def settings(rows: Rows, gid: bytes, commit_hash: bytes) -> bytes:
    """What came with this commit; no bytes if it brought none, or if they are lost (section 6.5)."""
    found = checksums.rows_of(rows, SETTINGS, _SETTINGS, values={"group": gid, "commit": commit_hash})
    return next((row.sealed for row in found), b"")


def save_ack(rows: Rows, gid: bytes, uid: bytes, ack: Signed) -> None:
    rows.replace(ACKS, {"gid": gid, "uid": uid, "body": ack.body, "sig": ack.sig})


def drop_ack(rows: Rows, gid: bytes, uid: bytes) -> None:
    rows.run(delete(ACKS).where(ACKS.c.gid == gid, ACKS.c.uid == uid))


def save_seen(rows: Rows, gid: bytes, item: SeenItem) -> None:
    rows.replace(SEEN, {"gid": gid, "uid": item.uid, "epoch": item.epoch, "sealed": item.sealed})


def posted(rows: Rows, gid: bytes, uid: bytes, message_id: bytes) -> tuple[int, bytes] | None:
    """(n, entry) of what this user has posted under this id before the open batch."""
    row = rows.ask_first(_POSTED, {"group": gid, "who": uid, "message": message_id})
    return (row[0], row[1]) if row else None


def groups(rows: Rows) -> list[tuple[bytes, int]]:
    """(gid, port) of every group."""
    return [(row.gid, row.port) for row in checksums.rows_of(rows, GROUPS, select(GROUPS))]


def port_of(rows: Rows, gid: bytes) -> int:
    """LookupError if there is no such group, or its row doesn't hold."""
    for row in checksums.rows_of(rows, GROUPS, select(GROUPS).where(GROUPS.c.gid == gid)):
        port: int = row.port
        return port
    raise LookupError(gid)


def told(rows: Rows, gid: bytes, up_to: int | None = None) -> Iterator[tuple[int, bytes]]:
    """(n, entry) of everything that changes who is in and how, oldest first, each checked; `entry_damaged`."""
    wanted = _linked(CHAIN.c.gid == gid, CHAIN.c.kind.not_in(("message", "retract")), *_up_to(up_to))
    for row in rows.ask(wanted.order_by(CHAIN.c.n)):
        _check(rows, gid, row)
        yield row.n, row.entry


def newest_of_each(rows: Rows, gid: bytes, after: int, up_to: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    """(uid, entry) of each sender's newest message after a place in the chain, each checked; `entry_damaged`."""
    newest = (
        select(func.max(CHAIN.c.n).label("n"))
        .where(CHAIN.c.gid == gid, CHAIN.c.kind == "message", CHAIN.c.n > after, *_up_to(up_to))
        .group_by(CHAIN.c.uid)
        .subquery()
    )
    for row in rows.ask(_linked(CHAIN.c.gid == gid, CHAIN.c.n == newest.c.n)):
        _check(rows, gid, row)
        yield row.uid, row.entry


def message_at(rows: Rows, gid: bytes, n: int) -> bytes | None:
    """The entry of a message that was there before the open batch; None for what is no message; `entry_damaged`."""
    row = _checked_at(rows, gid, n)
    entry: bytes | None = row.entry if row is not None and row.kind == "message" else None
    return entry


def retracts(rows: Rows, gid: bytes) -> Iterator[Signed]:
    """Whatever takes a message's words away, as far as it holds."""
    wanted = select(CHAIN).where(CHAIN.c.gid == gid, CHAIN.c.kind == "retract")
    for row in rows.ask(wanted):
        if checksums.holds(CHAIN, row):
            entry = decode_entry(row.entry)
            if isinstance(entry, RetractEntry):
                yield entry.signed


def end_of(rows: Rows, gid: bytes, up_to: int | None = None) -> tuple[int, bytes]:
    """(n, hash) of a chain's newest entry, checked; `entry_damaged`. (0, NONE) if there is none."""
    wanted = _linked(CHAIN.c.gid == gid, *_up_to(up_to)).order_by(CHAIN.c.n.desc()).limit(1)
    row = rows.ask(wanted).first()
    if row is None:
        return 0, NONE
    _check(rows, gid, row)
    return row.n, row.hash


def gids(rows: Rows) -> list[bytes]:
    """Of every chain, whether there is a group for it or not."""
    return [row.gid for row in rows.ask(select(CHAIN.c.gid).distinct())]


def length(rows: Rows, gid: bytes) -> int:
    """The last place of a chain, whatever stands there."""
    return int(rows.ask(select(func.max(CHAIN.c.n)).where(CHAIN.c.gid == gid)).scalar() or 0)


def count(rows: Rows, gid: bytes, up_to: int | None = None) -> int:
    """How many entries of a chain an index leads to."""
    return int(rows.ask(select(func.count()).select_from(CHAIN).where(CHAIN.c.gid == gid, *_up_to(up_to))).scalar_one())


def first_damaged(rows: Rows, gid: bytes) -> int | None:
    """The first place whose entry isn't what was written, or isn't there; None if all of the chain holds."""
    before = NONE
    for n, row in enumerate(rows.ask(select(CHAIN).where(CHAIN.c.gid == gid).order_by(CHAIN.c.n)), 1):
        if row.n != n or not _follows(before, row):
            return n
        before = row.hash
    return None


def forget_from(rows: Rows, gid: bytes, first: int) -> None:
    """Make room for entries that were given back in the place of what doesn't hold."""
    rows.run(delete(CHAIN).where(CHAIN.c.gid == gid, CHAIN.c.n >= first))


def rewrite(
    rows: Rows, gid: bytes, n: int, kind: str, uid: bytes, message_id: bytes, entry: bytes, hash: bytes
) -> None:
    """Put an entry into the place of one that doesn't hold."""
    rows.run(delete(CHAIN).where(CHAIN.c.gid == gid, CHAIN.c.n == n))
    add_entry(rows, gid, n, kind, uid, message_id, entry, hash)


def forget_group(rows: Rows, gid: bytes) -> None:
    rows.run(delete(GROUPS).where(GROUPS.c.gid == gid))


def hash_at(rows: Rows, gid: bytes, n: int) -> bytes | None:
    """The chain's hash at an earlier place; `entry_damaged`."""
    row = _checked_at(rows, gid, n)
    hash: bytes | None = row.hash if row is not None else None
    return hash


def sound_hash(rows: Rows, gid: bytes, n: int) -> bytes | None:
    """The same, None where it doesn't hold."""
    row = _at(rows, gid, n)
    hash: bytes | None = row.hash if row is not None and checksums.holds(CHAIN, row) else None
    return hash


def stands(rows: Rows, gid: bytes, n: int, entry: bytes, hash: bytes) -> bool:
    """Whether exactly this is there, whole."""
    row = _at(rows, gid, n)
    return row is not None and checksums.holds(CHAIN, row) and (row.entry, row.hash) == (entry, hash)


def _at(rows: Rows, gid: bytes, n: int) -> Row[Any] | None:
    return rows.ask(_AT, {"group": gid, "place": n}).first()


def _checked_at(rows: Rows, gid: bytes, n: int) -> Row[Any] | None:
    row = _at(rows, gid, n)
    if row is not None and not checksums.holds(CHAIN, row):
        raise _damaged(rows, gid, n)
    return row


def entries(rows: Rows, gid: bytes, after: int, up_to: int, size: int) -> list[bytes]:
    """Entries after a place, as many as have `size` bytes together, ENTRIES_TOGETHER at most, and at least one;
    `entry_damaged` if that isn't what was written.

    What a bad disk has changed must not reach anybody: members would take it for a lie of the authority's.
    """
    found: list[bytes] = []
    before, n = hash_at(rows, gid, after) if after else NONE, after
    values = {"group": gid, "after": after, "last": up_to, "most": ENTRIES_TOGETHER}
    for row in rows.ask(_AFTER, values):
        size -= len(row.entry)
        if found and size < 0:
            break
        n += 1
        if before is None or row.n != n or not _follows(before, row):
            if found:
                break  # what is before it is whole
            raise _damaged(rows, gid, n)
        before = row.hash
        found.append(row.entry)
    return found


def following(rows: Rows, gid: bytes, after: int) -> Iterator[tuple[bytes, bytes]]:
    """(entry, hash) of what follows a place, with one question for ENTRIES_TOGETHER of them; `entry_damaged`."""
    count = ENTRIES_TOGETHER
    while count == ENTRIES_TOGETHER:
        count = 0
        for row in rows.ask(_FOLLOWING, {"group": gid, "place": after}).all():
            count, after = count + 1, after + 1
            if row.n != after or not checksums.holds(CHAIN, row):
                raise _damaged(rows, gid, after)
            yield row.entry, row.hash


_BEFORE = CHAIN.alias()
_AT = select(CHAIN).where(CHAIN.c.gid == bindparam("group"), CHAIN.c.n == bindparam("place"))
_FOLLOWING = (
    select(CHAIN)
    .where(CHAIN.c.gid == bindparam("group"), CHAIN.c.n > bindparam("place"))
    .order_by(CHAIN.c.n)
    .limit(ENTRIES_TOGETHER)
)


def _linked(*which: ColumnElement[bool]) -> Select[Any]:
    """Rows of a chain, each with the hash before it."""
    beside = (_BEFORE.c.gid == CHAIN.c.gid) & (_BEFORE.c.n == CHAIN.c.n - 1)
    return select(CHAIN, _BEFORE.c.hash.label("before")).join(_BEFORE, beside, isouter=True).where(*which)


def _up_to(n: int | None) -> tuple[ColumnElement[bool], ...]:
    return () if n is None else (CHAIN.c.n <= n,)


def _check(rows: Rows, gid: bytes, row: Row[Any]) -> None:
    before = row.before if row.n > 1 else NONE
    if before is None or not _follows(before, row):
        raise _damaged(rows, gid, row.n)


def _follows(before: bytes, row: Row[Any]) -> bool:
    """Whether a row is what was written, and its hash follows from the one before."""
    return checksums.holds(CHAIN, row) and row.hash == chain_hash(before, row.n, row.entry)


def _damaged(rows: Rows, gid: bytes, n: int) -> Damaged:
    rows.report_entry(gid, n)
    return Damaged("entry_damaged", path=f"authority.db, group {gid.hex()[:8]}, entry {n}")


def grant(rows: Rows, gid: bytes, epoch: int, uid: bytes) -> bytes | None:
    """One member's sealed key of an epoch."""
    values = {"group": gid, "in_epoch": epoch, "who": uid}
    return next((row.sealed for row in checksums.rows_of(rows, GRANTS, _GRANT, values=values)), None)


def by_member(store: Store, table: Table, gid: bytes) -> Iterator[list[Row[Any]]]:
    """What a group's members have in this table, in parts of MEMBERS_TOGETHER; each part is asked for when it is
    wanted, and what has changed meanwhile may be there or not.
    """
    after: bytes | None = b""
    while after is not None:
        with store.reading() as rows:
            found = rows.ask(_part_of(table), {"group": gid, "after": after, "most": MEMBERS_TOGETHER}).all()
            part = list(checksums.only_whole(rows, table, found))
        after = found[-1].uid if len(found) == MEMBERS_TOGETHER else None
        yield part


@cache
def _part_of(table: Table) -> Select[Any]:
    wanted = select(table).where(table.c.gid == bindparam("group"), table.c.uid > bindparam("after"))
    return wanted.order_by(table.c.uid).limit(_MOST)


def newest_writers(rows: Rows, gid: bytes, count: int) -> set[bytes]:
    """Who wrote the newest `count` messages of the chain."""
    return {row.uid for row in rows.ask(_WRITERS, {"group": gid, "most": count})}
