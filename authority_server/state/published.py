"""What of a group is durable, and so may be shown and answered from; made by the writer, read by everybody else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from authority_server.state.groups import Fresh, KeptGroup
from protocol.errors import Refused
from protocol.group_entries import Certificate, ChainHead
from protocol.group_member import Ended
from protocol.log import Log
from protocol.primitives import SigningKey
from protocol.statements import Signed, issue


@dataclass(frozen=True, slots=True)
class Published:
    """The log as far as it is durable."""

    size: int
    head: Signed


@dataclass(frozen=True, slots=True)
class PublishedGroup:
    """A group as far as it is on disk: its chain's signed head, the commit in force with its certificate, and who is
    in it.
    """

    head: ChainHead
    port: int
    creator: bytes
    chain: Signed  # the head, signed
    commit: Signed
    certificate: Signed
    listed: frozenset[bytes]  # those in the commit who have not left
    joined: frozenset[bytes]  # those of them who have come in
    ended: dict[bytes, Ended]  # those who were in the group, and are no more: how far they see

    @property
    def n(self) -> int:
        """The place of the chain's newest entry."""
        return self.head.n


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
    head = ChainHead(group.gid, group.n, group.hash, group.epoch, covered(log, group.gid, group.epoch, log.size))
    chain = issue(head, key, authority_id)
    if before is not None and not moved:
        return replace(before, head=head, chain=chain)
    if before is not None and before.commit == kept.commit:
        certificate = before.certificate
    else:
        index, _hash = log.groups[group.gid][group.epoch - 1]
        words = Certificate(group.gid, group.epoch, group.commit_hash, kept.port, group.creator, index)
        certificate = issue(words, key, authority_id)
    listed = frozenset(uid for uid, member in group.members.items() if not member.leaving)
    joined = frozenset(uid for uid in listed if group.members[uid].joined)
    leaving = {uid: end for uid in group.members if (end := group.end_of(uid)) is not None}
    ended = group.ended | leaving
    return PublishedGroup(head, kept.port, group.creator, chain, kept.commit, certificate, listed, joined, ended)


def covered(log: Log, gid: bytes, epoch: int, size: int) -> int:
    """Of the log's first `size` entries, as many as a chain in this epoch may be said to stand beside."""
    epochs = log.groups.get(gid, [])
    return min(size, epochs[epoch][0]) if epoch < len(epochs) else size


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
