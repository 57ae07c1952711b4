"""What members tell each other beside a group's chain (section 9.9): passed on sealed, to whom it concerns."""

from __future__ import annotations

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.core.jobs import Steps
from authority_server.handlers import groups
from authority_server.state import published
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Rows
from protocol.errors import Refused
from protocol.group_ephemeral import SeenItem
from protocol.messages import Done, FetchSeen, Seen, SeenSoFar, Signal, Signalled, TellSeen, encode

WRITERS = 16  # of the newest messages: the others have nothing that a new `seen` would change on their screen


def tell_seen(authority: Authority, client: Client, message: TellSeen) -> Write[set[bytes]]:
    """Keep how far a member has got in the place of what it told before, and pass it on to those whose messages
    it may be about.
    """
    uid, gid = client.known, message.gid
    published.joined(authority.published_groups, gid, uid)
    authority.limits.seen.take((uid + gid).hex(), authority.clock())
    item = SeenItem(uid, message.epoch, message.sealed)

    def job(state: State, rows: Rows) -> set[bytes]:
        group = groups.listed(state, gid, uid).group
        if not group.is_in(uid):
            raise Refused("not_member")
        if message.epoch != group.epoch:
            raise Refused("stale")
        writers = group_store.newest_writers(rows, gid, WRITERS)
        group_store.save_seen(rows, gid, item)
        state.tell(gid, writers - {uid}, Seen(gid, item))
        return writers

    def answer(writers: set[bytes]) -> Done:
        now = authority.published_groups[gid]
        authority.group_connections.push_to(gid, (writers & now.joined) - {uid}, encode(Seen(gid, item)))
        return Done(message.rid)

    return Write(job, answer)


def fetch_seen(authority: Authority, client: Client, message: FetchSeen) -> Steps:
    """What the others who are in have told last."""
    now = published.joined(authority.published_groups, message.gid, client.known)
    others, found = now.joined - {client.known}, list[SeenItem]()
    for part in group_store.by_member(authority.store, group_store.SEEN, message.gid):
        found += [SeenItem(row.uid, row.epoch, row.sealed) for row in part if row.uid in others]
        yield None
    yield SeenSoFar(message.rid, found)


def signal(authority: Authority, client: Client, message: Signal) -> None:
    """Pass on that a member is writing, to the others who have joined; too many are dropped without a word."""
    uid, gid = client.known, message.gid
    now, limits = authority.clock(), authority.limits
    group = authority.published_groups.get(gid)
    if group is None or uid not in group.joined or gid not in client.entered:
        return
    try:
        limits.typing_frames.check(gid.hex(), now)
        limits.typing.take((uid + gid).hex(), now)
    except Refused:
        return
    limits.typing_frames.spend(gid.hex(), now, authority.group_connections.connected(gid))
    body = encode(Signalled(gid, uid, message.epoch, message.what, message.sealed))
    authority.group_connections.push_to(gid, group.joined - {uid}, body)
    if authority.nodes is not None:
        authority.nodes.pass_on(gid, uid, body)
