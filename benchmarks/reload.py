"""A reload of a thousand messages of twenty senders: fetched, checked and opened, and stored."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, collect
from benchmarks.groups import PATIENCE, gathering, voices_of
from benchmarks.history import History, history
from protocol.group_batch import check_batch
from protocol.group_entries import MessageEntry
from protocol.group_seals import open_message
from protocol.groups import Group
from web_client.groups import incoming as group_incoming
from web_client.groups import rows as group_rows
from web_client.vault.database import Rows, Vault

MESSAGES = 1000
SENDERS = 20
PASSWORD = "a long enough passphrase 1404"


def run(repetitions: int, quick: bool) -> list[Figure]:
    """At the agent, by its own functions; and from the authority, by the load generator."""
    count = 100 if quick else MESSAGES
    what = f"reload of {count:,} messages of {SENDERS} senders"
    units = {
        f"{what}: checked, CPU": "ms",
        f"{what}: checked and opened, CPU": "ms",
        f"{what}: each signature checked by itself, CPU": "ms",
        f"{what}: checked, opened and stored": "ms",
        f"{what}: checked, opened and stored, CPU": "ms",
        f"{what}: fetched from the authority": "ms",
    }
    told = history(SENDERS, count)
    runs = []
    for _ in range(repetitions):
        seconds = (*_checked(told), _one_by_one(told), *_stored(told), _fetched(count))
        runs.append({unit: value * 1000 for unit, value in zip(units, seconds, strict=True)})
    return collect("reload", units, runs)


def _group(told: History) -> Group:
    """The group before its first message."""
    group = Group(told.gid)
    for entry in told.entries[: told.told]:
        group.append(entry, told.log)
    return group


def _checked(told: History) -> tuple[float, float]:
    group, began = _group(told), time.process_time()
    changes = check_batch(group, told.entries[told.told :], told.log)
    checked = time.process_time() - began
    for change in changes:
        assert isinstance(change.entry, MessageEntry)
        open_message(change.entry, told.key)
    return checked, time.process_time() - began


def _one_by_one(told: History) -> float:
    group, began = _group(told), time.process_time()
    for entry in told.entries[told.told :]:
        group.append(entry, told.log)
    return time.process_time() - began


def _stored(told: History) -> tuple[float, float]:
    """Into a vault on disk, in one durable transaction: seconds, and of processor time."""
    me = told.members[0].uid
    with TemporaryDirectory() as folder:
        vault = Vault.create(Path(folder), PASSWORD, lambda rows: _begin(rows, told), lambda run, *given: run(*given))
        group = Group(told.gid)
        for part in (told.entries[: told.told], told.entries[told.told :]):
            began, worked = time.perf_counter(), time.process_time()
            changes = check_batch(group, part, told.log)
            vault.write(lambda rows: group_incoming.store(rows, me, group, part, changes, 0))  # noqa: B023
            took = time.perf_counter() - began, time.process_time() - worked
        vault.close()
    return took


def _begin(rows: Rows, told: History) -> None:
    """What an agent has of a group before it has read its chain: a row, and the key."""
    rows.execute(
        "INSERT INTO groups (gid, name, port, state, hash, since) VALUES (?, 'group', 0, ?, ?, 1)",
        (told.gid, group_rows.JOINED, Group(told.gid).hash),
    )
    group_incoming.save_key(rows, told.gid, 1, told.key)


def _fetched(count: int) -> float:
    """Seconds until one member has the whole chain."""
    with gathering(SENDERS) as group:
        voices = voices_of(group, SENDERS, count // SENDERS)
        for voice in voices:
            voice.fill(count // SENDERS)
        group.audience.wait(count * SENDERS, PATIENCE)
        began = time.perf_counter()
        fetched = group.crowd.say(group.lines[0], group.plan.reload())
        took = time.perf_counter() - began
        assert fetched == count + SENDERS, "the chain is longer or shorter than what was posted"
    return took
