"""The tables of groups, their chains, their sealed keys, and of last-resort prekeys; all bytes that the
authority can't read.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from authority_server.store import TABLES, Rows
from protocol.errors import Damaged
from protocol.group_asides import SeenItem
from protocol.group_entries import NONE, chain_hash
from protocol.share_messages import Share
from protocol.statements import Signed

GROUPS = Table(
    "groups",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("port", Integer, nullable=False),
    Column("creator", LargeBinary, nullable=False),
)
CHAIN = Table(
    "chain",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("uid", LargeBinary, nullable=False),
    Column("message_id", LargeBinary, nullable=False),  # a message's own, of 16 bytes, else the entry's hash
    Column("entry", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # of the chain up to and with this entry
    Index("chain_by_id", "gid", "uid", "message_id", unique=True),
)
GRANTS = Table(
    "grants",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
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
)
ACKS = Table(
    "acks",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("uid", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
)
SEEN = Table(
    "seen",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("uid", LargeBinary, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
SETTINGS = Table(
    "group_settings",
    TABLES,
    Column("gid", LargeBinary, primary_key=True),
    Column("commit_hash", LargeBinary, nullable=False),  # the commit that brought them
    Column("sealed", LargeBinary, nullable=False),
)
PREKEYS = Table(
    "prekeys",
    TABLES,
    Column("uid", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
)

_ADD_GROUP, _ADD_ENTRY, _ADD_GRANT = insert(GROUPS), insert(CHAIN), insert(GRANTS)

# asked for every message: as text, because building the statement would cost more than running it
_POSTED = "SELECT n, entry FROM chain WHERE gid = ? AND uid = ? AND message_id = ?"


def add_group(rows: Rows, gid: bytes, port: int, creator: bytes) -> None:
    rows.add(_ADD_GROUP, {"gid": gid, "port": port, "creator": creator})


def add_entry(
    rows: Rows, gid: bytes, n: int, kind: str, uid: bytes, message_id: bytes, entry: bytes, hash: bytes
) -> None:
    rows.add(
        _ADD_ENTRY,
        {"gid": gid, "n": n, "kind": kind, "uid": uid, "message_id": message_id, "entry": entry, "hash": hash},
    )


def add_grants(rows: Rows, gid: bytes, epoch: int, grants: dict[bytes, bytes]) -> None:
    for uid, sealed in grants.items():
        rows.add(_ADD_GRANT, {"gid": gid, "epoch": epoch, "uid": uid, "sealed": sealed})


def shares(rows: Rows, gid: bytes, epoch: int, uid: bytes) -> list[Share]:
    """What a member was given again of an epoch's key, the oldest first."""
    return [Share(row.by, row.sealed) for row in rows.ask(select(SHARES).where(*_given(gid, epoch, uid)).order_by("n"))]


def add_share(rows: Rows, gid: bytes, epoch: int, uid: bytes, share: Share) -> None:
    last: int | None = rows.ask(select(func.max(SHARES.c.n)).where(*_given(gid, epoch, uid))).scalar()
    place = {"gid": gid, "epoch": epoch, "uid": uid, "n": (last or 0) + 1}
    rows.run(insert(SHARES).values(**place, by=share.by, sealed=share.sealed))


def drop_share(rows: Rows, gid: bytes, epoch: int, uid: bytes, by: bytes) -> None:
    rows.run(delete(SHARES).where(*_given(gid, epoch, uid), SHARES.c.by == by))


def _given(gid: bytes, epoch: int, uid: bytes) -> tuple[ColumnElement[bool], ...]:
    return SHARES.c.gid == gid, SHARES.c.epoch == epoch, SHARES.c.uid == uid


def save_settings(rows: Rows, gid: bytes, commit_hash: bytes, sealed: bytes) -> None:
    """Keep the newest commit's; those before it go."""
    rows.run(delete(SETTINGS).where(SETTINGS.c.gid == gid))
    rows.run(insert(SETTINGS).values(gid=gid, commit_hash=commit_hash, sealed=sealed))


def settings(rows: Rows, gid: bytes, commit_hash: bytes) -> bytes:
    """What came with this commit; no bytes if it brought none, or if they are lost (section 6.5)."""
    wanted = select(SETTINGS.c.sealed).where(SETTINGS.c.gid == gid, SETTINGS.c.commit_hash == commit_hash)
    return rows.ask(wanted).scalar() or b""


def save_ack(rows: Rows, gid: bytes, uid: bytes, ack: Signed) -> None:
    rows.run(delete(ACKS).where(ACKS.c.gid == gid, ACKS.c.uid == uid))
    rows.run(insert(ACKS).values(gid=gid, uid=uid, body=ack.body, sig=ack.sig))


def save_seen(rows: Rows, gid: bytes, item: SeenItem) -> None:
    rows.run(delete(SEEN).where(SEEN.c.gid == gid, SEEN.c.uid == item.uid))
    rows.run(insert(SEEN).values(gid=gid, uid=item.uid, epoch=item.epoch, sealed=item.sealed))


def save_prekey(rows: Rows, uid: bytes, prekey: Signed) -> None:
    rows.run(delete(PREKEYS).where(PREKEYS.c.uid == uid))
    rows.run(insert(PREKEYS).values(uid=uid, body=prekey.body, sig=prekey.sig))


def drop_prekey(rows: Rows, uid: bytes) -> None:
    rows.run(delete(PREKEYS).where(PREKEYS.c.uid == uid))


def posted(rows: Rows, gid: bytes, uid: bytes, message_id: bytes) -> tuple[int, bytes] | None:
    """(n, entry) of what this user has posted under this id before the open batch."""
    row = rows.ask_text(_POSTED, (gid, uid, message_id))
    return (row[0], row[1]) if row else None


def groups(rows: Rows) -> list[tuple[bytes, int]]:
    """(gid, port) of every group."""
    return [(row.gid, row.port) for row in rows.ask(select(GROUPS))]


def told(rows: Rows, gid: bytes) -> Iterator[tuple[int, bytes]]:
    """(n, entry) of everything that changes who is in and how, oldest first."""
    wanted = select(CHAIN.c.n, CHAIN.c.entry).where(CHAIN.c.gid == gid, CHAIN.c.kind.not_in(("message", "retract")))
    for row in rows.ask(wanted.order_by(CHAIN.c.n)):
        yield row.n, row.entry


def newest_of_each(rows: Rows, gid: bytes, after: int) -> Iterator[tuple[bytes, bytes]]:
    """(uid, entry) of each sender's newest message after a place in the chain."""
    newest = (
        select(CHAIN.c.uid, func.max(CHAIN.c.n).label("n"))
        .where(CHAIN.c.gid == gid, CHAIN.c.kind == "message", CHAIN.c.n > after)
        .group_by(CHAIN.c.uid)
        .subquery()
    )
    found = select(CHAIN.c.uid, CHAIN.c.entry).join(newest, CHAIN.c.n == newest.c.n).where(CHAIN.c.gid == gid)
    for row in rows.ask(found):
        yield row.uid, row.entry


def message_at(rows: Rows, gid: bytes, n: int) -> bytes | None:
    """The entry of a message that was there before the open batch; None for what is no message."""
    wanted = select(CHAIN.c.entry).where(CHAIN.c.gid == gid, CHAIN.c.n == n, CHAIN.c.kind == "message")
    found: bytes | None = rows.ask(wanted).scalar()
    return found


def put_stub(rows: Rows, gid: bytes, n: int, stub: bytes) -> None:
    """From now on this stands in the place of a message."""
    rows.run(update(CHAIN).where(CHAIN.c.gid == gid, CHAIN.c.n == n).values(entry=stub))


def end_of(rows: Rows, gid: bytes) -> tuple[int, bytes]:
    """(n, hash) of a chain's newest entry."""
    row = rows.ask(select(CHAIN.c.n, CHAIN.c.hash).where(CHAIN.c.gid == gid).order_by(CHAIN.c.n.desc()).limit(1)).one()
    return row.n, row.hash


def hash_at(rows: Rows, gid: bytes, n: int) -> bytes | None:
    """The chain's hash at an earlier place."""
    row = rows.ask_text("SELECT hash FROM chain WHERE gid = ? AND n = ?", (gid, n))
    return row[0] if row else None


def entries(rows: Rows, gid: bytes, after: int, up_to: int, size: int) -> list[bytes]:
    """Entries after a place, as many as have `size` bytes together, and at least one; `database_damaged`.

    What a bad disk has changed must not reach anybody: members would take it for a lie of the authority's.
    """
    wanted = select(CHAIN.c.n, CHAIN.c.entry, CHAIN.c.hash).where(
        CHAIN.c.gid == gid, CHAIN.c.n > after, CHAIN.c.n <= up_to
    )
    found: list[bytes] = []
    before = hash_at(rows, gid, after) if after else NONE
    for row in rows.ask(wanted.order_by(CHAIN.c.n)):
        size -= len(row.entry)
        if found and size < 0:
            break
        if before is None or row.hash != chain_hash(before, row.n, row.entry):
            raise Damaged("database_damaged", path=f"authority.db, group {gid.hex()[:8]}, entry {row.n}")
        before = row.hash
        found.append(row.entry)
    return found


def grant(rows: Rows, gid: bytes, epoch: int, uid: bytes) -> bytes | None:
    """One member's sealed key of an epoch."""
    wanted = select(GRANTS.c.sealed).where(GRANTS.c.gid == gid, GRANTS.c.epoch == epoch, GRANTS.c.uid == uid)
    sealed: bytes | None = rows.ask(wanted).scalar()
    return sealed


def acks(rows: Rows, gid: bytes) -> dict[bytes, Signed]:
    """Each member's newest acknowledgement."""
    return {row.uid: Signed(row.body, row.sig) for row in rows.ask(select(ACKS).where(ACKS.c.gid == gid))}


def seen(rows: Rows, gid: bytes) -> list[SeenItem]:
    """What each member has told last of how far they have got."""
    return [SeenItem(row.uid, row.epoch, row.sealed) for row in rows.ask(select(SEEN).where(SEEN.c.gid == gid))]


def newest_writers(rows: Rows, gid: bytes, count: int) -> set[bytes]:
    """Who wrote the newest `count` messages of the chain."""
    newest = select(CHAIN.c.uid).where(CHAIN.c.gid == gid, CHAIN.c.kind == "message")
    return {row.uid for row in rows.ask(newest.order_by(CHAIN.c.n.desc()).limit(count))}


def prekeys(rows: Rows, uids: list[bytes]) -> dict[bytes, Signed]:
    """The newest last-resort prekeys of these users, as far as they have published one."""
    found = rows.ask(select(PREKEYS).where(PREKEYS.c.uid.in_(uids)))
    return {row.uid: Signed(row.body, row.sig) for row in found}
