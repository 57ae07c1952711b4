"""When a group needs mending, and what exactly mends it (section 9.5): who has no rank commits that and nothing else.

Pure; who replays a chain asks at the index of the commit's entry in the log, who is about to write asks of now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.errors import Forged
from protocol.group_entries import ALL, WRAPPED_SIZE, Commit, Listed
from protocol.primitives import VerifyKey

if TYPE_CHECKING:
    from protocol.groups import Group
    from protocol.log import Log


def changed_keys(group: Group, log: Log, size: int) -> dict[bytes, VerifyKey | None]:
    """Members for whom a log of `size` entries has another key than the commit in force: that key, None if revoked."""
    found: dict[bytes, VerifyKey | None] = {}
    for member in group.members.values():
        key = log.users[member.uid].key_at(size)
        if key is None or key.fingerprint() != member.key:
            found[member.uid] = key
    return found


def mended(group: Group, log: Log, size: int) -> list[Listed] | None:
    """The members after exactly the proven removals and key replacements; None if the group needs no mending."""
    changed = changed_keys(group, log, size)
    if not changed and not group.stale and not is_locked(group):
        return None
    keep = []
    for member in group.members.values():
        key = changed.get(member.uid)
        if member.leaving or (member.uid in changed and key is None):
            continue
        keep.append(Listed(member.uid, key.fingerprint() if key else member.key))
    return sorted(keep, key=lambda listed: listed.uid)


def is_locked(group: Group) -> bool:
    """True if more than half of those who are in, not counting the commander of the commit in force, have said that
    they have no key under it: a commander who has kept the key to themselves holds a group no longer than that.
    """
    others = [
        member
        for member in group.members.values()
        if member.joined and not member.leaving and (group.commit is None or member.uid != group.commit.by)
    ]
    return 2 * sum(group.epoch in member.unopened for member in others) > len(others)


def is_mending(commit: Commit, group: Group, log: Log, size: int) -> bool:
    """True if this commit is exactly what mending needs, and it is needed: what a member without rank may do."""
    before = group.commit
    if before is None or commit.policy != before.policy or commit.note:
        return False
    return commit.members == mended(group, log, size)


def check_wrapped(commit: Commit) -> None:
    """The key before goes along exactly where history is shared and the commit isn't a cut; `bad_commit`."""
    shares = commit.history == ALL and commit.epoch > 1
    if commit.cut and not shares:
        raise Forged("bad_commit", field="cut")
    if len(commit.wrapped) != (WRAPPED_SIZE if shares and not commit.cut else 0):
        raise Forged("bad_commit", field="wrapped")
