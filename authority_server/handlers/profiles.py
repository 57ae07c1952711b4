"""Profiles (section 8.13): of each account the newest, sealed; nobody here can read it."""

from __future__ import annotations

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.handlers.log import live
from authority_server.state.state import State
from authority_server.store import profiles as profile_store
from authority_server.store.database import Rows
from protocol.errors import Refused, WireError
from protocol.messages import Done, FetchProfile, ProfileIs, PublishProfile
from protocol.padding import SIZES


def publish_profile(authority: Authority, client: Client, message: PublishProfile) -> Write[None]:
    """Keep it in the place of the one before; `profile_stale` for an older one, or another of the same version."""
    uid, now = client.known, authority.clock()
    if len(message.sealed) not in SIZES:
        raise WireError("bad_message")
    authority.limits.profiles.take(uid.hex(), now)

    def job(state: State, rows: Rows) -> None:
        live(state, uid)
        before = profile_store.kept(rows, uid)
        if before is not None and before == (message.version, message.sealed):
            return  # the answer was lost on its way
        newest = before[0] if before is not None else 0
        if message.version <= newest:
            raise Refused("profile_stale", n=newest)
        profile_store.save(rows, uid, message.version, message.sealed)

    return Write(job, lambda _: Done(message.rid), lambda: authority.limits.profiles.spend(uid.hex(), now, -1))


def fetch_profile(authority: Authority, client: Client, message: FetchProfile) -> ProfileIs:
    """This version of somebody's; `profile_gone` if it isn't the one that is here, whoever it would be."""
    with authority.store.reading() as rows:
        found = profile_store.kept(rows, message.uid)
    if found is None or found[0] != message.version:
        raise Refused("profile_gone")
    return ProfileIs(message.rid, found[1])
