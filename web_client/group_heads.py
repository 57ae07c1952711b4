"""Signed chain heads of common groups, exchanged by agents (section 9.5): a fork without a commit is seen too."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError
from protocol.group_entries import ChainHead
from protocol.peer_messages import CHAINS_LIMIT
from protocol.statements import Signed, decode_strict
from web_client.group_rows import JOINED

if TYPE_CHECKING:
    from web_client.group_room import Room
    from web_client.node import Node

PENDING = 16  # heads of one group that wait until its chain here has got there


def ours(node: Node, peer: bytes) -> list[Signed]:
    """The newest signed heads of the groups in which this person is with us now; of too many, some by chance."""
    rooms = [room for room in list(node.groups.rooms.values()) if _is_common(room, peer)]
    kept = [raw for room in rooms if (raw := room.row("chain")) is not None]
    chosen = kept if len(kept) <= CHAINS_LIMIT else random.sample(kept, CHAINS_LIMIT)
    return [decode_strict(bytes(raw), Signed) for raw in chosen]


def take(node: Node, peer: bytes, chains: list[Signed]) -> None:
    """Hold what somebody shows against our chains: what contradicts is the alarm; what is no head of ours, nothing."""
    for signed in chains:
        with contextlib.suppress(HamrazError):
            head = decode_strict(signed.body, ChainHead)
            room = node.groups.rooms.get(head.gid)
            if room is not None and _is_common(room, peer):
                _compare(room, signed)


def settle(room: Room) -> None:
    """The chain here has grown: heads that were ahead of it are compared."""
    for n in [n for n in room.heads_ahead if n <= room.group.n]:
        room.compare(room.heads_ahead.pop(n))


def _compare(room: Room, signed: Signed) -> None:
    head = room.compare(signed)
    if head.n <= room.group.n:
        return
    known = room.heads_ahead.get(head.n)
    if known is not None and decode_strict(known.body, ChainHead).hash != head.hash:
        room.node.trust.condemn_chain(head.n, known, signed)
        raise Forged("chain_split")
    if len(room.heads_ahead) < PENDING:
        room.heads_ahead[head.n] = signed
    room.reconnect()  # what they have seen is to be here as well


def _is_common(room: Room, peer: bytes) -> bool:
    return room.state == JOINED and room.group.is_in(peer)
