"""Who has got how far in a group, as decisions over the vault's rows (section 9.9), and what follows for one's own
messages. Every function runs inside one transaction of the vault.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import Any

from protocol.envelope import DELIVERED, READ
from protocol.group_ephemeral import GroupSeen
from protocol.groups import Group
from web_client.groups.rows import STORED
from web_client.messages import blocked_rows
from web_client.messages import rows as message_rows
from web_client.vault.database import Rows


@dataclass(frozen=True, slots=True)
class Place:
    """How far one member has got: when they came in, what they have, what their user has seen; and when that came."""

    uid: bytes
    entered: int
    n: int
    read: int
    n_time: int  # ms
    read_time: int


class Standing:
    """How far the others in a group have got, for questions about single messages."""

    def __init__(self, places: list[Place]) -> None:
        self._places = sorted(places, key=lambda place: place.entered)
        self._entered = [place.entered for place in self._places]
        self._slowest: list[tuple[int, int]] = []  # (n, read) of the slowest of the first so many
        n = read = 1 << 62
        for place in self._places:
            n, read = min(n, place.n), min(read, place.read)
            self._slowest.append((n, read))

    def _counting(self, at: int) -> int:
        """How many came in before this place of the chain."""
        return bisect.bisect_left(self._entered, at)

    def counts(self, at: int) -> dict[str, int]:
        """`seen` of docs/agent-api.md for the message at this place."""
        places = self._places[: self._counting(at)]
        delivered, read = sum(place.n >= at for place in places), sum(place.read >= at for place in places)
        return {"delivered": delivered, "read": read, "all": len(places)}

    def state(self, at: int) -> str:
        """The state of one's own message at this place."""
        count = self._counting(at)
        if not count:
            return STORED
        n, read = self._slowest[count - 1]
        return READ if read >= at else DELIVERED if n >= at else STORED

    def receipts(self, at: int) -> list[tuple[bytes, str, int]]:
        """(uid, what, when that came, in ms) for the message at this place; `read` includes `delivered`."""
        found = []
        for place in self._places[: self._counting(at)]:
            if place.read >= at:
                found.append((place.uid, READ, place.read_time))
            elif place.n >= at:
                found.append((place.uid, DELIVERED, place.n_time))
        return found


def standing(rows: Rows, group: Group, me: bytes) -> Standing:
    """How far the others who are in, and aren't blocked, have got."""
    question = "SELECT uid, n, read, n_time, read_time FROM group_seen WHERE gid = ?"
    told = {bytes(row[0]): row[1:] for row in rows.execute(question, (group.gid,))}
    hidden = blocked_rows.everybody(rows)
    return Standing(
        [
            Place(uid, member.entered, *told.get(uid, (0, 0, 0, 0)))
            for uid, member in group.members.items()
            if uid != me and member.joined and not member.leaving and uid not in hidden
        ]
    )


def told(rows: Rows, gid: bytes, uid: bytes) -> tuple[int, int]:
    """(n, read) of what a member has told so far."""
    row = rows.execute("SELECT n, read FROM group_seen WHERE gid = ? AND uid = ?", (gid, uid)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def news(rows: Rows, gid: bytes, me: bytes, told: tuple[int, int], read_too: bool) -> int | None:
    """Up to where our user has seen the messages, if that or what we have is more than was told; else None."""
    here = message_rows.newest_place(rows, gid, me, is_read=False)
    read = max(told[1], message_rows.newest_place(rows, gid, me, is_read=True)) if read_too else told[1]
    return read if here > told[0] or read > told[1] else None


def keep(rows: Rows, seen: GroupSeen, now: int) -> tuple[int, int]:
    """Keep what a member has told; the largest of each counts. What was known before: (n, read)."""
    before = told(rows, seen.gid, seen.uid)
    rows.execute(
        "INSERT INTO group_seen (gid, uid, n, read, n_time, read_time) VALUES (?, ?, 0, 0, 0, 0) "
        "ON CONFLICT DO NOTHING",
        (seen.gid, seen.uid),
    )
    for column, value in (("n", seen.n), ("read", seen.read)):
        rows.execute(
            f"UPDATE group_seen SET {column} = ?, {column}_time = ? WHERE gid = ? AND uid = ? AND {column} < ?",
            (value, now, seen.gid, seen.uid, value),
        )
    return before


def take(rows: Rows, group: Group, me: bytes, said: list[GroupSeen], now: int) -> list[int]:
    """Keep what members have told; the orders of one's own messages that this says more about, oldest first."""
    low, high = 1 << 62, 0
    for seen in said:
        n, read = keep(rows, seen, now)
        if blocked_rows.has(rows, seen.uid):
            continue  # kept for later, and shown to nobody
        low = min(low, n if seen.n > n else low, read if seen.read > read else low)
        high = max(high, seen.n if seen.n > n else 0, seen.read if seen.read > read else 0)
    return review(rows, group, me, low, high) if high else []


def review(rows: Rows, group: Group, me: bytes, after: int = 0, up_to: int = 1 << 62) -> list[int]:
    """Bring the states of one's own messages between two places up to what is known; the orders of all of them."""
    own = message_rows.own_between(rows, group.gid, me, after, up_to)
    if not own:
        return []
    now = standing(rows, group, me)
    for order, n, before in own:
        if (state := now.state(n)) not in (before, STORED):
            message_rows.change(rows, order, state=state)
    return [order for order, _n, _state in own]


def receipts(rows: Rows, group: Group, me: bytes, at: int) -> list[dict[str, Any]]:
    """`receipts` of a message's details (docs/agent-api.md)."""
    found = standing(rows, group, me).receipts(at)
    return [{"uid": uid.hex(), "what": what, "time": time} for uid, what, time in found]
