"""The link that lets people ask to come into a group, and who has asked by it, as rows of the vault (section 9.12).

Every function runs inside one transaction of the vault; if it raises, nothing has changed.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from protocol import kinds
from protocol.primitives import random_id
from web_client.groups.rows import INVITED, JOINED
from web_client.messages import rows as message_rows
from web_client.vault.database import Rows, value

Admits = Literal["asked", "all"]  # only whom our user lets in, or at once whoever has the link

# What has become of somebody's asking: it waits for our user, or for the group's next turn; our user has said no; the
# secret wasn't the link's. Who was let in has no row.
WAITS, DUE, DECLINED, WRONG = "waits", "due", "declined", "wrong"
MOST_WAITING: Final = 100  # of a group: more than a class; who comes after them asks again
WRONG_TRIES: Final = 5  # of one person for one link, of whom nothing more is looked at then
LINKS: Final = "links"  # the setting of a backup (section 15.3)
MOST_LINKS, MOST_ASKS = 10_000, 5_000  # in a backup, which both fit into one record


@dataclass(frozen=True, slots=True)
class JoinLink:
    """A group's link here: its secret, whether it is on, and whom it lets in."""

    secret: bytes
    on: bool
    admits: Admits


def of(rows: Rows, gid: bytes) -> JoinLink | None:
    """The link that our user has made, if they have."""
    row = rows.execute("SELECT secret, is_on, admits FROM group_links WHERE gid = ?", (gid,)).fetchone()
    return None if row is None else JoinLink(bytes(row[0]), bool(row[1]), row[2])


def change(rows: Rows, gid: bytes, on: bool, admits: Admits, anew: bool) -> None:
    """Turn the link on or off, or make another one: with the old one nobody comes in any more."""
    before = of(rows, gid)
    secret = random_id() if before is None or anew else before.secret
    rows.execute("INSERT OR REPLACE INTO group_links VALUES (?, ?, ?, ?)", (gid, secret, on, admits))
    if anew:  # who was refused with the old one may try the new one
        rows.execute("DELETE FROM group_asks WHERE gid = ? AND state IN (?, ?)", (gid, DECLINED, WRONG))
    if anew or not on or admits == "asked":
        have_wait(rows, gid, frozenset(asking(rows, gid)))


def ask_first(rows: Rows) -> list[bytes]:
    """Our user is asked before anybody is let in, by each link: it may have been ended since it was kept here. The
    groups for which that is new.
    """
    changed = [bytes(gid) for (gid,) in rows.execute("SELECT gid FROM group_links WHERE admits = 'all'")]
    rows.execute("UPDATE group_links SET admits = 'asked'")
    rows.execute("UPDATE group_asks SET state = ? WHERE state = ?", (WAITS, DUE))
    return changed


def forget(rows: Rows, gid: bytes) -> None:
    """We are out of the group: its link is no more, and nobody waits, we neither."""
    for table in ("group_links", "group_asks", "group_asked"):
        rows.execute(f"DELETE FROM {table} WHERE gid = ?", (gid,))


def note(rows: Rows, order: int) -> None:
    """In the transaction that stores somebody's asking: what becomes of it. Who hasn't the secret learns nothing."""
    row = message_rows.at(rows, order)
    assert row is not None
    ask = kinds.asked(row.kind, row.body)
    if ask is None:
        return
    link, state = of(rows, ask.gid), value(rows, "SELECT state FROM groups WHERE gid = ?", ask.gid)
    if link is None or not link.on or state != JOINED:
        return
    before = "SELECT state, tries FROM group_asks WHERE gid = ? AND uid = ?"
    was, tries = rows.execute(before, (ask.gid, row.sender)).fetchone() or (None, 0)
    if was in (WAITS, DUE, DECLINED) or tries >= WRONG_TRIES:
        return
    put = "INSERT OR REPLACE INTO group_asks VALUES (?, ?, ?, ?, ?)"
    if not hmac.compare_digest(ask.secret, link.secret):
        rows.execute(put, (ask.gid, row.sender, WRONG, tries + 1, row.came))
        return
    # whom our user has blocked is shown nowhere, and takes nobody's place
    shown = "gid = ? AND state IN (?, ?) AND uid NOT IN (SELECT uid FROM blocked)"
    waiting = f"SELECT count(*) FROM group_asks WHERE {shown}"
    if value(rows, waiting, ask.gid, WAITS, DUE) < MOST_WAITING:
        becomes = DUE if link.admits == "all" else WAITS
        rows.execute(put, (ask.gid, row.sender, becomes, tries, row.came))


def is_new(rows: Rows, gid: bytes, order: int) -> bool:
    """Whether somebody isn't answered yet since this message of theirs."""
    query = (
        "SELECT 1 FROM group_asks a JOIN messages m ON m.sender = a.uid AND m.came = a.came "
        "WHERE m.ord = ? AND a.gid = ? AND a.state IN (?, ?)"
    )
    return value(rows, query, order, gid, WAITS, DUE) is not None


def asking(rows: Rows, gid: bytes) -> dict[bytes, bool]:
    """Who isn't answered yet, and of each whether the link lets them in at once."""
    query = "SELECT uid, state = ? FROM group_asks WHERE gid = ? AND state IN (?, ?)"
    return {bytes(uid): bool(is_due) for uid, is_due in rows.execute(query, (DUE, gid, WAITS, DUE))}


def have_wait(rows: Rows, gid: bytes, uids: frozenset[bytes]) -> None:
    """These, who were to come in at once, wait for our user."""
    put = "UPDATE group_asks SET state = ? WHERE gid = ? AND uid = ? AND state = ?"
    rows.executemany(put, [(WAITS, gid, uid, DUE) for uid in sorted(uids)])


def waiting(rows: Rows, gid: bytes) -> list[tuple[bytes, int]]:
    """(uid, ms since 1970) of those who wait for our user's answer, the first one first."""
    query = "SELECT uid, came FROM group_asks WHERE gid = ? AND state = ? ORDER BY came, uid"
    return [(bytes(uid), came) for uid, came in rows.execute(query, (gid, WAITS))]


def decline(rows: Rows, gid: bytes, uid: bytes) -> None:
    """Nobody is told; they ask in vain as long as this link lasts."""
    rows.execute("UPDATE group_asks SET state = ? WHERE gid = ? AND uid = ? AND state = ?", (DECLINED, gid, uid, WAITS))


def drop(rows: Rows, gid: bytes, uids: frozenset[bytes]) -> None:
    """They are in."""
    rows.executemany("DELETE FROM group_asks WHERE gid = ? AND uid = ?", [(gid, uid) for uid in sorted(uids)])


# --- in a backup ---


class Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What the setting says."""

    links: list[tuple[bytes, bytes, bool]]  # gid, secret, whether it is on
    asks: list[tuple[bytes, bytes, str, int, int]]  # gid, uid, state, tries, came


def kept(rows: Rows) -> bytes:
    """The setting: our user's links, and what has become of who asked by them; the newest if there are too many."""
    links = rows.execute("SELECT gid, secret, is_on FROM group_links ORDER BY gid LIMIT ?", (MOST_LINKS,))
    query = (
        "SELECT gid, uid, CASE state WHEN ? THEN ? ELSE state END, tries, came FROM group_asks "
        "ORDER BY state = ?, came DESC LIMIT ?"
    )
    asks = rows.execute(query, (DUE, WAITS, WRONG, MOST_ASKS))
    return msgspec.msgpack.encode(Kept([(gid, secret, bool(on)) for gid, secret, on in links], asks.fetchall()))


def restore(rows: Rows, raw: bytes) -> None:
    """The same after a restore. Our user is asked before anybody is let in: the link may have been ended since."""
    saved = msgspec.msgpack.decode(raw, type=Kept)
    links = [(gid, secret, on, "asked") for gid, secret, on in saved.links]
    rows.executemany("INSERT OR REPLACE INTO group_links VALUES (?, ?, ?, ?)", links)
    rows.executemany("INSERT OR REPLACE INTO group_asks VALUES (?, ?, ?, ?, ?)", saved.asks)


# --- at who asks ---


def note_asked(rows: Rows, gid: bytes, uid: bytes) -> None:
    """We have asked this person to be let into this group, or said yes to whatever they add us to: their invitation is
    what we have said yes to.
    """
    rows.execute("INSERT OR REPLACE INTO group_asked VALUES (?, ?)", (gid, uid))


def answered(rows: Rows) -> list[bytes]:
    """The groups into which we are invited by whom we have asked."""
    query = (
        "SELECT groups.gid FROM group_asked JOIN groups ON groups.gid = group_asked.gid "
        "WHERE groups.state = ? AND groups.invited_by = group_asked.uid"
    )
    return [bytes(gid) for (gid,) in rows.execute(query, (INVITED,))]
