"""What a signed chain head says beside the log (section 9.5): the authority signed both, so they say the same of the
group's epoch. Pure.
"""

from __future__ import annotations

from protocol.group_entries import ChainHead
from protocol.log import Log


def epochs_before(log: Log, gid: bytes, size: int) -> int:
    """In which epoch a group is, by the log's first `size` entries."""
    return sum(index < size for index, _hash in log.groups.get(gid, []))


def holds_back(head: ChainHead, log: Log) -> bool:
    """True if the log, wherever it ends, has a commit that should have been in the chain by then: both are signed by
    the authority, and one of the two is a lie.
    """
    return head.epoch < epochs_before(log, head.gid, head.size)
