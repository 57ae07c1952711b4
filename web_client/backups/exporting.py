"""A vault as the records of a backup (section 15 of docs/protocol.md), in slices between which everybody else has the
vault. What changes meanwhile is noted, and said once more: the last word of the stream is the vault as it was then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from protocol.backup_records import (
    SETTINGS,
    Block,
    Chat,
    Contact,
    Group,
    GroupEntry,
    GroupKey,
    LogEntry,
    PrekeySeen,
    Profile,
    Record,
    Setting,
    Told,
    Unchecked,
)
from protocol.group_entries import NONE
from web_client.account.chat_ids import ChatId
from web_client.groups import join_links
from web_client.groups.rows import LEFT, REMOVED
from web_client.messages import backup_rows, chats, fading, heard
from web_client.messages.backup_rows import Enough
from web_client.messages.ids import LAST
from web_client.vault.database import Rows, Vault, value

TARGET = 0.015  # seconds for which a slice holds the vault's lock: a message isn't felt to wait for 50 ms
FIRST, LEAST, MOST = 200, 20, 2_000  # rows of a slice; how many is found out as it goes

T = TypeVar("T")


def slices(
    vault: Vault, log_size: int, seconds: Callable[[], float] = time.perf_counter
) -> Generator[list[Record], None, None]:
    """Everything that belongs into a backup, in slices, with this many entries of the log. To be closed if it isn't
    read to its end.
    """
    vault.browse(lambda rows: _run(rows, backup_rows.WATCH))
    try:
        pace = _Pace(vault, seconds)
        yield from _log(pace, log_size)
        yield from _messages(pace)
        yield from _over(pace)
        yield from _heard(pace)
        yield [Setting(fading.FADING, pace.ask(lambda rows, _count, _enough: fading.kept(rows)))]
        yield [Setting(join_links.LINKS, pace.ask(lambda rows, _count, _enough: join_links.kept(rows)))]
        for beside in _BESIDE:
            yield from _table(pace, beside)
        while not (found := pace.ask(backup_rows.changed))[1]:
            yield found[0]
        yield found[0]
    finally:
        vault.browse(lambda rows: _run(rows, backup_rows.UNWATCH))


class _Pace:
    """How much there is in a slice: it ends with the row by which it has taken TARGET, however slow the machine is and
    however long the rows are; and rows that it only passes over are so many that they take no longer.
    """

    def __init__(self, vault: Vault, seconds: Callable[[], float]) -> None:
        self._vault = vault
        self._seconds = seconds
        self._count = FIRST

    def ask(self, question: Callable[[Rows, int, Enough], T]) -> T:
        def timed(rows: Rows) -> tuple[T, float]:
            begun = self._seconds()
            found = question(rows, self._count, lambda: self._seconds() - begun >= TARGET)
            return found, self._seconds() - begun

        found, took = self._vault.browse(timed)
        self._count = min(MOST, max(LEAST, int(self._count * min(2.0, TARGET / max(took, 1e-6)))))
        return found


def _log(pace: _Pace, size: int) -> Iterator[list[Record]]:
    query, done = "SELECT entry FROM log WHERE n >= ? AND n < ? ORDER BY n", 0
    while done < size:
        upto = min(size, done + MOST)
        records: list[Record] = [
            LogEntry(row[0])
            for row in pace.ask(lambda rows, _count, enough: _until(rows.execute(query, (done, upto)), enough))  # noqa: B023
        ]
        if not records:
            return  # whoever reads it finds that it doesn't lead to the head
        done += len(records)
        yield records


def _messages(pace: _Pace) -> Iterator[list[Record]]:
    last: int | None = 0
    while last is not None:
        after = last
        records, last = pace.ask(lambda rows, count, enough: backup_rows.part(rows, after, count, enough))  # noqa: B023
        yield records


def _heard(pace: _Pace) -> Iterator[list[Record]]:
    """What was listened to."""
    last: int | None = 0
    parts: list[heard.Kept] = []
    while last is not None:
        after = last
        found, last = pace.ask(lambda rows, count, enough: heard.part(rows, after, count, enough))  # noqa: B023
        parts.append(found)
    yield [Setting(heard.HEARD, heard.encode(parts))]


def _over(pace: _Pace) -> Iterator[list[Record]]:
    """The chains of groups that are over."""
    last: tuple[bytes, int] = (b"", 0)

    def part(rows: Rows, count: int, enough: Enough) -> list[GroupEntry]:
        query = (
            "SELECT gid, n, kind, entry, hash FROM group_entries WHERE (gid, n) > (?, ?) AND gid IN "
            f"(SELECT gid FROM groups WHERE state IN ('{LEFT}', '{REMOVED}')) ORDER BY gid, n LIMIT ?"
        )
        return [GroupEntry(*row) for row in _until(rows.execute(query, (*last, count)), enough)]

    while found := pace.ask(part):
        last = (found[-1].gid, found[-1].n)
        yield list(found)


def _group(rows: Rows, *row: Any) -> Record:
    gid, name, port, state, by, invitation, certificate, since, n, hash, chain, epoch = row
    settings = value(rows, "SELECT plaintext FROM group_settings WHERE gid = ?", gid)
    if state not in (LEFT, REMOVED):  # its chain comes anew, and with it everything that follows from it
        n, hash, chain, settings, epoch = 0, NONE, None, None, 0
    newest = next(iter(chats.beyond(rows, ChatId.group(gid), LAST, 1, up=False)), None)
    last = (chats.moment(newest) or 0) if newest is not None else 0
    return Group(gid, name, port, state, by, invitation, certificate, since, n, hash, chain, settings, epoch, last)


def _chat(rows: Rows, chat: str, read: int, pinned: int, muted: int, draft: str) -> Record:
    gid = ChatId.parse(chat).gid
    place = backup_rows.read_place(rows, gid, read) if gid is not None and read else 0
    return Chat(chat, read, place, bool(pinned), muted == chats.MUTED, draft)


def _told(uid: bytes, key: bytes, version: int, secret: bytes, chat: str, aside: int) -> Record:
    return Told(uid, key, version, secret, chat, bool(aside))


class _Beside(NamedTuple):
    """A table beside the messages: its columns, of which the first ones are its key, and what a row of it is."""

    table: str
    columns: str
    make: Callable[..., Record]
    keys: int = 1
    where: str = "1"
    most: int = MOST  # rows that are read at once, where they are long
    looks: bool = False  # `make` gets the database as well


_BESIDE = (
    _Beside(
        "groups",
        "gid, name, port, state, invited_by, invitation, certificate, since, n, hash, chain, settings_epoch",
        _group,
        most=40,
        looks=True,
    ),
    _Beside("group_keys", "gid, epoch, key", GroupKey, 2),
    _Beside("chats", "chat, read_to, pinned, muted, draft", _chat, looks=True),
    _Beside("contacts", "uid, verified_key, noticed", Contact),
    _Beside("blocked", "uid, since", Block),
    _Beside("prekeys_seen", "uid, key, sequence", PrekeySeen),
    _Beside("profile_told", "uid, key, version, secret, chat, aside", _told, 2),
    _Beside("profiles", "uid, key, version, signed", Profile, most=40),
    _Beside(
        "settings",
        "name, value",
        Setting,
        where=f"name IN {SETTINGS} AND name NOT IN ('{heard.HEARD}', '{fading.FADING}')",
    ),
    _Beside("unchecked", "ord", Unchecked),
)


def _table(pace: _Pace, beside: _Beside) -> Iterator[list[Record]]:
    keys = ", ".join(beside.columns.split(", ")[: beside.keys])
    marks = ", ".join("?" * beside.keys)
    after: Any = None

    def part(rows: Rows, count: int, enough: Enough) -> tuple[list[Record], Any]:
        beyond = f"({keys}) > ({marks})" if after is not None else "1"
        query = f"SELECT {beside.columns} FROM {beside.table} WHERE {beyond} AND {beside.where} ORDER BY {keys} LIMIT ?"
        records: list[Record] = []
        last = None
        for row in rows.execute(query, (*(after or ()), min(count, beside.most))):
            records.append(beside.make(*((rows, *row) if beside.looks else row)))
            last = row[: beside.keys]
            if enough():
                break
        return records, last

    while True:
        records, after = pace.ask(part)
        if not records:
            return
        yield records


def _until(found: Iterable[Any], enough: Enough) -> list[Any]:
    """These rows, up to and with the one at which it is enough."""
    taken = []
    for row in found:
        taken.append(row)
        if enough():
            break
    return taken


def _run(rows: Rows, statements: tuple[str, ...]) -> None:
    for statement in statements:
        rows.execute(statement)
