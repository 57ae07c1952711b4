"""What of a group is durable, and so may be shown and answered from; made by the writer, read by everybody else."""

from __future__ import annotations

from dataclasses import dataclass

from authority_server.group_state import Fresh, KeptGroup
from protocol.errors import Refused
from protocol.group_entries import Certificate, ChainHead
from protocol.log import Log
from protocol.primitives import SigningKey
from protocol.statements import Signed, issue


@dataclass(frozen=True, slots=True)
class PublishedGroup:
    """A group as far as it is on disk: its chain's signed head, the commit in force with its certificate, and who is
    in it.
    """

    n: int
    port: int
    creator: bytes
    chain: Signed
    commit: Signed
    certificate: Signed
    listed: frozenset[bytes]  # those in the commit who have not left
    joined: frozenset[bytes]  # those of them who have come in


@dataclass(frozen=True, slots=True)
class News:
    """What one batch did to one group: durable, and not told yet."""

    gid: bytes
    fresh: Fresh
    now: PublishedGroup


def publish(
    kept: KeptGroup, before: PublishedGroup | None, moved: bool, log: Log, key: SigningKey, authority_id: bytes
) -> PublishedGroup:
    """Sign what is durable: once a batch, and the certificate only for another commit. `moved`: not only messages."""
    group = kept.group
    assert kept.commit is not None
    chain = issue(ChainHead(group.gid, group.n, group.hash, group.epoch), key, authority_id)
    if before is not None and not moved:
        return PublishedGroup(
            group.n, kept.port, group.creator, chain, kept.commit, before.certificate, before.listed, before.joined
        )
    if before is not None and before.commit == kept.commit:
        certificate = before.certificate
    else:
        index, _hash = log.groups[group.gid][group.epoch - 1]
        words = Certificate(group.gid, group.epoch, group.commit_hash, kept.port, group.creator, index)
        certificate = issue(words, key, authority_id)
    listed = frozenset(uid for uid, member in group.members.items() if not member.leaving)
    joined = frozenset(uid for uid in listed if group.members[uid].joined)
    return PublishedGroup(group.n, kept.port, group.creator, chain, kept.commit, certificate, listed, joined)


def listed(groups: dict[bytes, PublishedGroup], gid: bytes, uid: bytes) -> PublishedGroup:
    """The group, for those in its commit; of one that doesn't exist the same is said: `not_member`."""
    found = groups.get(gid)
    if found is None or uid not in found.listed:
        raise Refused("not_member")
    return found


def joined(groups: dict[bytes, PublishedGroup], gid: bytes, uid: bytes) -> PublishedGroup:
    """The group, for those who have come in; `not_member` for everybody else."""
    found = groups.get(gid)
    if found is None or uid not in found.joined:
        raise Refused("not_member")
    return found
