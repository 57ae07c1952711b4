"""Messages that go away (section 8.17): since when their time counts, and what becomes of them when it is over.

No clock decides it. What passes is counted while this agent runs, by the clock that only rises. A time in which it
didn't run (or the machine slept) is what the machine's clock has gone on by meanwhile, and counts once that clock has
kept to it for a while: one that was wrong for a moment takes nothing away, nor does one that had gone back (a computer
whose battery is empty begins years ago) and is put right later.

Of one's own messages the time begins when they are written, of others' when they are read. Nothing goes before it has
arrived, and nothing unread. What goes, goes as what its user deletes for themselves.
"""

from __future__ import annotations

import threading
from typing import Any, Final

import msgspec

from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.messages import clearing
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.messages.showing import show
from web_client.vault.database import Rows, save_setting, setting
from web_client.vault.lines import HIDDEN, SHOWN

AGE: Final = "age"  # the setting: an Age
OWED: Final = "owed"  # the setting: an Owed
FADING: Final = "fading"  # the setting, for a backup: an Age, and an array of [chat, sender, id, began, due]
MOST: Final = 10_000  # messages in that, those that go last
KEPT_EVERY: Final = 60_000  # ms that a power cut may lose
JUMP: Final = 5_000  # ms by which the two clocks may differ between two looks, before one of them has jumped
TRUSTED: Final = 300_000  # ms for which the machine's clock must keep to what it says
BATCH: Final = 50  # messages in a transaction

_COUNTS = "(state != 'received' OR position <= coalesce((SELECT read_to FROM chats WHERE chat = messages.chat), 0))"


class Age(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What has been counted so far. All in ms."""

    ran: int = 0  # this agent
    wall: int = 0  # the machine's clock at the last look; 0: there was none yet
    jumped: int = 0  # `ran` when that clock went another way than we did
    away: int = 0  # by how much it did, which doesn't count yet


class Owed(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """By how much the machine's clock has gone back, in ms, and what `ran` was then."""

    back: int = 0
    ran: int = 0


_Change = tuple[str, int, int]  # what becomes of what has begun: a statement, and its values
_BEGAN_LATER: Final = "UPDATE messages SET began = ? WHERE due IS NOT NULL AND began > ?"
_OLDER: Final = "UPDATE messages SET due = due - ? WHERE due IS NOT NULL AND began <= ?"

Name = tuple[str, bytes, bytes, int, int]  # chat, sender, id, began, due


class Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What a backup says."""

    age: Age = Age()
    names: list[Name] = []


class Fading:
    """Of one account. Methods may be called from any thread."""

    def __init__(self, ctx: AccountContext) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()
        self._age = self._saved = ctx.vault.read(_age)
        self._owed = ctx.vault.read(_owed)
        self._looked = ctx.timer()

    def step(self) -> None:
        """Count what has passed; have the time of what was read begin, and go what is over."""
        with self._lock:
            self._look()
            self._begin()
            self._end()

    def goes(self, row: MessageRow) -> int | None:
        """When a message goes (ms since 1970), if nothing comes between; None if that hasn't begun."""
        return None if row.due is None else self._ctx.clock() + max(0, row.due - self._age.ran)

    # --- counting ---

    def _look(self) -> None:
        before, timer, wall = self._age, self._ctx.timer(), self._ctx.clock()
        passed = max(0, round((timer - self._looked) * 1000))
        ran, jumped, away, owed = before.ran + passed, before.jumped, before.away, self._owed
        change: _Change | None = None
        if before.wall and abs(gone := wall - before.wall - passed) > JUMP:
            if away:  # which nobody believes yet: what has begun since then is older neither for that nor for this one
                change = _BEGAN_LATER, before.ran + 1, jumped
            jumped, away = before.ran, away + gone
        elif away and ran - jumped >= TRUSTED:
            owed, older, begun = _believed(owed, jumped, away)
            change = (_OLDER, older, begun) if older > 0 else None
            away = 0
        age = Age(ran, wall, jumped, away)
        if change or away != self._saved.away or jumped != self._saved.jumped or ran - self._saved.ran >= KEPT_EVERY:
            self._save(age, owed, change)
        self._age, self._owed, self._looked = age, owed, timer

    def _save(self, age: Age, owed: Owed, change: _Change | None) -> None:
        """All at once: of what has passed nothing passes again after a power cut."""

        def keep(rows: Rows) -> None:
            if change is not None:
                rows.execute(change[0], change[1:])
            _keep(rows, age, owed)

        if self._ctx.vault.value("SELECT 1 FROM messages WHERE due IS NOT NULL LIMIT 1") is not None:
            self._ctx.vault.write(keep)
        self._saved = age

    # --- what begins, and what is over ---

    def _begin(self) -> None:
        query = (
            f"SELECT ord, lifetime FROM messages WHERE lifetime IS NOT NULL AND due IS NULL AND line = 1 AND {_COUNTS}"
        )
        found = self._ctx.vault.read(lambda rows: rows.execute(query).fetchall())
        if not found:
            return
        age, owed = self._age, self._owed

        def change(rows: Rows) -> None:
            due = [(age.ran, age.ran + seconds * 1000, order) for order, seconds in found]
            rows.executemany("UPDATE messages SET began = ?, due = ? WHERE ord = ?", due)
            _keep(rows, age, owed)

        self._ctx.vault.write(change)
        self._saved = age
        show(self._ctx, [order for order, _seconds in found])

    def _end(self) -> None:
        query = (
            f"SELECT ord FROM messages WHERE due <= ? AND line IN ({SHOWN}, {HIDDEN}) "
            "AND ord NOT IN (SELECT ord FROM outbox) ORDER BY due LIMIT ?"
        )
        while True:
            found = self._ctx.vault.read(lambda rows: rows.execute(query, (self._age.ran, BATCH)).fetchall())
            if found:
                clearing.clear_over(self._ctx, [order for (order,) in found])
            if len(found) < BATCH:
                return


def _believed(owed: Owed, jumped: int, away: int) -> tuple[Owed, int, int]:
    """The clock keeps to it that it was put forward by so much, or back: what is owed then, by how much that makes what
    had begun older, and up to when that must have been.

    One that goes forward by about as much as it had gone back, or more, is put right: only what is more has passed, and
    of what was written in between nobody knows how much.
    """
    if away < 0:
        return Owed(owed.back - away, jumped), 0, jumped
    if owed.back and 2 * away >= owed.back:
        return Owed(), away - owed.back, owed.ran
    return owed, away, jumped


def _keep(rows: Rows, age: Age, owed: Owed) -> None:
    save_setting(rows, AGE, msgspec.msgpack.encode(age))
    save_setting(rows, OWED, msgspec.msgpack.encode(owed))


def _age(rows: Rows) -> Age:
    return msgspec.msgpack.decode(setting(rows, AGE) or b"\x90", type=Age)


def _owed(rows: Rows) -> Owed:
    return msgspec.msgpack.decode(setting(rows, OWED) or b"\x90", type=Owed)


# --- backups ---


def kept(rows: Rows) -> bytes:
    """The setting: what has begun, and how far it is."""
    query = (
        "SELECT chat, sender, id, began, due FROM messages WHERE due IS NOT NULL AND line = 1 ORDER BY due DESC LIMIT ?"
    )
    names: list[Any] = [tuple(row) for row in rows.execute(query, (MOST,))]
    return msgspec.msgpack.encode(Kept(_age(rows), names))


def settle(rows: Rows, me: bytes, gid: bytes | None = None, read: int = 0) -> None:
    """What a restore has brought is as far as it was: all messages; or, of a group whose chain has come again, those up
    to the place where it was read. What had begun and isn't named is over.
    """
    saved = msgspec.msgpack.decode(setting(rows, FADING) or b"\x90", type=Kept)
    if gid is None:
        save_setting(rows, AGE, msgspec.msgpack.encode(saved.age))
        over = f"lifetime IS NOT NULL AND line = 1 AND {_COUNTS}"
        rows.execute(f"UPDATE messages SET began = 0, due = 0 WHERE {over}")
    else:
        over = "recipient = ? AND lifetime IS NOT NULL AND line = 1 AND (sender = ? OR n <= ?)"
        rows.execute(f"UPDATE messages SET began = 0, due = 0 WHERE {over}", (gid, me, read))
    for chat, sender, id, began, due in saved.names:
        row = message_rows.named(rows, ChatId.parse(chat), sender, id)
        if row is not None and row.lifetime is not None and gid in (None, row.chat.gid):
            message_rows.change(rows, row.ord, began=began, due=due)
