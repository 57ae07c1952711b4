"""Many entries of a chain at once: all links, and of each sender only the newest signature (section 9)."""

from __future__ import annotations

from protocol.errors import HamrazError
from protocol.group_entries import MessageEntry, StubEntry, verify_message
from protocol.groups import Change, Group
from protocol.log import Log
from protocol.primitives import VerifyKey


def check_batch(group: Group, raws: list[bytes], log: Log) -> list[Change]:
    """Append many entries, or none: every link is checked, and of each sender and epoch the newest signature, which
    covers all linked before it. When that breaks, each entry is verified by itself, to name the one at fault.
    """
    trial = group.copy(len(raws))
    try:
        changes = _check_linked(trial, raws, log)
    except HamrazError:
        slow = group.copy(len(raws))
        for raw in raws:
            slow.append(raw, log)
        raise
    group.become(trial)
    return changes


def _check_linked(group: Group, raws: list[bytes], log: Log) -> list[Change]:
    changes: list[Change] = []
    newest: dict[tuple[bytes, bytes], tuple[MessageEntry | StubEntry, VerifyKey]] = {}
    for raw in raws:
        change = group.append(raw, log, verify=False)
        changes.append(change)
        if change.header is not None and isinstance(change.entry, MessageEntry | StubEntry):
            key = group.key_of(group.members[change.by], log)
            newest[change.by, change.header.commit_hash] = (change.entry, key)
    for entry, key in newest.values():
        verify_message(entry, key, log.authority_id)
    return changes
