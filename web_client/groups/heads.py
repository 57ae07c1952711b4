"""Signed chain heads of common groups, exchanged by agents (section 9.5): a fork without a commit is seen too, and an
end that the authority keeps back.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.errors import Forged, HamrazError
from protocol.group_entries import ChainHead
from protocol.peer_messages import CHAINS_LIMIT
from protocol.statements import Signed, decode_strict
from web_client.account.context import AccountContext
from web_client.groups.rows import JOINED

if TYPE_CHECKING:
    from web_client.groups.service import GroupService
    from web_client.groups.session import Room

PENDING = 16  # heads of one group that wait until its chain here has got there
BEHIND = "chain_behind"  # a state (web_client/account/states.py)
IN_VAIN = 3  # answers that don't reach a head that somebody has shown: then it is named


@dataclass(slots=True)
class Ahead:
    """What others have shown of a chain that isn't here yet, by place; how often it was asked for in vain, and when it
    will be again, by the context's timer.
    """

    heads: dict[int, Signed] = field(default_factory=dict)
    in_vain: int = 0
    again: float = 0.0

    @property
    def n(self) -> int:
        """The furthest place; 0 if there is none."""
        return max(self.heads, default=0)


def ours(ctx: AccountContext, groups: GroupService, peer: bytes) -> list[Signed]:
    """The newest signed heads of the groups in which this person is with us now; of too many, some by chance."""
    rooms = [room for room in list(groups.rooms.values()) if _is_common(room, peer)]
    kept = [raw for room in rooms if (raw := room.row("chain")) is not None]
    chosen = kept if len(kept) <= CHAINS_LIMIT else random.sample(kept, CHAINS_LIMIT)
    return [decode_strict(bytes(raw), Signed) for raw in chosen]


def take(ctx: AccountContext, groups: GroupService, peer: bytes, chains: list[Signed]) -> None:
    """Hold what somebody shows against our chains: what contradicts is the alarm; what is no head of ours, nothing."""
    for signed in chains:
        with contextlib.suppress(HamrazError):
            head = decode_strict(signed.body, ChainHead)
            room = groups.rooms.get(head.gid)
            if room is not None and _is_common(room, peer) and hold(room, signed):
                room.reconnect()  # what they have seen is to be here as well


def settle(room: Room) -> None:
    """The chain here has grown: heads that were ahead of it are compared."""
    ahead = room.ahead
    for n in [n for n in list(ahead.heads) if n <= room.group.n]:
        signed = ahead.heads.pop(n, None)
        if signed is not None:
            room.compare(signed)
    if not ahead.heads:
        ahead.in_vain = 0
        room.ctx.states.end(BEHIND, room.gid)


def recall(room: Room) -> None:
    """The state of the last time holds until the entries arrive."""
    if room.ctx.states.has(BEHIND, room.gid):
        shown = (room.ctx.states.of(BEHIND, room.gid).evidence or {}).get("larger")
        signed = None if shown is None else Signed(bytes.fromhex(shown["body"]), bytes.fromhex(shown["sig"]))
        n = 0 if signed is None else decode_strict(signed.body, ChainHead).n
        if signed is None or n <= room.group.n:
            room.ctx.states.end(BEHIND, room.gid)
        else:
            room.ahead.heads[n] = signed


def reach(room: Room) -> float | None:
    """Ask again for what somebody has shown a signed head of and asking hasn't brought; in how many seconds again."""
    ahead = room.ahead
    if not ahead.heads:
        return None
    if room.ctx.timer() >= ahead.again:
        room.reload()
    return max(0.0, ahead.again - room.ctx.timer()) if ahead.heads else None


def judge(room: Room, signed: Signed, newest: ChainHead, known: int) -> None:
    """All that this answer speaks of is here, and it was asked for when somebody had shown that there is more. Slow or
    unreachable is no lie: it is named after IN_VAIN of them.
    """
    ahead, now = room.ahead, room.ctx.timer()
    if newest.n >= known or known not in ahead.heads or now < ahead.again:
        return
    ahead.in_vain += 1
    ahead.again = now + min(2.0 ** (ahead.in_vain - 1), 60.0)
    if ahead.in_vain >= IN_VAIN:
        values: dict[str, str | int] = {"signed": known, "shown": newest.n}
        evidence = {"larger": ahead.heads[known].hex(), "shown": signed.hex()}
        room.ctx.states.begin(BEHIND, room.gid, values, evidence)


def hold(room: Room, signed: Signed) -> bool:
    """Hold a head against our chain, now or when it has got there; True if it is news of more than is here. What
    contradicts is the alarm, `chain_split`.
    """
    head = room.compare(signed)
    if head.n <= room.group.n:
        return False
    heads = room.ahead.heads
    known = heads.get(head.n)
    if known is not None:
        if decode_strict(known.body, ChainHead).hash != head.hash:
            room.ctx.trust.condemn_chain(head.n, known, signed)
            raise Forged("chain_split")
        return False
    if len(heads) >= PENDING:
        if head.n < room.ahead.n:
            return False
        del heads[min(heads)]
    heads[head.n] = signed
    return True


def _is_common(room: Room, peer: bytes) -> bool:
    return room.state == JOINED and room.group.is_in(peer)
