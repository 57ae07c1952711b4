"""Epoch keys that members give again to who has none (section 9.4): bytes for one member, which the authority can't
open; how many there may be, and whose go first.
"""

from __future__ import annotations

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.handlers import groups
from authority_server.state import published
from authority_server.state.lasting import ROW_BYTES
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Rows
from protocol.errors import Refused
from protocol.messages import Done, FetchRegrants, Regrant, Regranted, Regrants, Share, encode
from protocol.roles import may_command_groups
from protocol.share_messages import SHARES_EACH


def regrant(authority: Authority, client: Client, message: Regrant) -> Write[bool]:
    """Keep a key for a member who has said that they have none, and tell them; `stale` if it isn't needed."""
    uid, gid, to = client.known, message.gid, message.uid
    share = Share(uid, message.sealed)
    chains, size, now = authority.limits.chains, len(message.sealed) + ROW_BYTES, authority.clock()
    chains.take(uid.hex(), now, size)

    def job(state: State, rows: Rows) -> bool:
        group = groups.listed(state, gid, uid).group
        if not group.is_in(uid):
            raise Refused("not_member")
        if to == uid or not group.is_in(to) or message.epoch not in group.members[to].unopened:
            raise Refused("stale")
        there = group_store.shares(rows, gid, message.epoch, to)
        if share in there:
            return False  # the answer was lost on its way
        if any(one.by == uid for one in there):
            raise Refused("stale")
        if len(there) >= SHARES_EACH:
            users = state.log.users
            lower = next((one for one in there if not may_command_groups(users[one.by].role)), None)
            if lower is None or not may_command_groups(users[uid].role):
                raise Refused("stale")
            group_store.drop_share(rows, gid, message.epoch, to, lower.by)
        group_store.add_share(rows, gid, message.epoch, to, share)
        state.tell(gid, [to], Regranted(gid, message.epoch))
        return True

    def answer(fresh: bool) -> Done:
        if fresh:
            authority.group_connections.push_to(gid, {to}, encode(Regranted(gid, message.epoch)))
        return Done(message.rid)

    return Write(job, answer, lambda: chains.spend(uid.hex(), authority.clock(), -size))


def fetch_regrants(authority: Authority, client: Client, message: FetchRegrants) -> Regrants:
    """What others have given the client of this epoch, the oldest first."""
    published.joined(authority.published_groups, message.gid, client.known)
    with authority.store.reading() as rows:
        return Regrants(message.rid, group_store.shares(rows, message.gid, message.epoch, client.known))
