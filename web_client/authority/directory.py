"""Finding people: by the authority's signed word, checked against our own log; while it is away, by what we know."""

from __future__ import annotations

import msgspec

from protocol.errors import Forged, Unreachable
from protocol.log import User
from protocol.messages import Find, Found
from protocol.primitives import random_nonce
from protocol.statements import FoundUser, Presence, Signed, check, decode_strict, encode_strict
from transport.addresses import is_loopback
from web_client.account.context import AccountContext
from web_client.authority import false_answers
from web_client.authority.link import AuthorityLink
from web_client.net.reach import dialable
from web_client.vault.database import Rows


def look_up(ctx: AccountContext, authority: AuthorityLink, name: str) -> tuple[User, FoundUser]:
    """Ask the authority for somebody by name, and check its signed answer against our own log."""
    nonce = random_nonce()
    answer = authority.request(Find(0, name, nonce), Found)
    key = authority.log.authority_key
    assert key is not None
    found = check(answer.found, FoundUser, key, ctx.authority_id)
    if ctx.trust.log.by_name(name) is None or found.entry >= ctx.trust.log.size:
        authority.log.refresh()
    try:
        user = ctx.trust.check_found(found, name, nonce)
    except Forged:
        false_answers.note(ctx, name, answer.found)
        raise
    if false_answers.looks_false(ctx, found):  # whoever uses it refuses it
        false_answers.note(ctx, name, answer.found)
    return user, found


def caller(ctx: AccountContext, authority: AuthorityLink, uid: bytes) -> User | None:
    """Who is calling: looked up like anybody else, or from our own log while the authority is away."""
    user = ctx.trust.user(uid)
    try:
        if user is None:
            authority.log.refresh()
            user = ctx.trust.user(uid)
        if user is not None:
            user, found = look_up(ctx, authority, user.name)
            if found.presence is not None:
                _take_presence(
                    ctx, user, found.presence, found.seen
                )  # so that we can call back while the authority is away
    except Unreachable:
        pass
    except Forged as reason:
        if reason.code != "stale_presence":  # of one who isn't logged in there, at an authority from a backup
            raise
    return user


def locate(ctx: AccountContext, authority: AuthorityLink, uid: bytes) -> tuple[User, Presence]:
    """Where a peer's agent listens, as far as we dial there: by the authority's word or, while it is away, by the last
    record that we know. `away`; `peer_unreachable` if there is nowhere to dial.
    """
    user = ctx.trust.user(uid)
    if user is None or user.key is None:
        raise Forged("bad_signature")
    try:
        user, found = look_up(ctx, authority, user.name)
    except Unreachable:
        return user, _within_reach(ctx, authority, user, *_last_presence(ctx, user))
    if not found.online or found.presence is None:
        raise Unreachable("away", name=user.name)
    return user, _within_reach(ctx, authority, user, _take_presence(ctx, user, found.presence, found.seen), found.seen)


def _within_reach(
    ctx: AccountContext, authority: AuthorityLink, user: User, presence: Presence, seen: str | None
) -> Presence:
    """The record with those of its hosts that may be dialled."""
    # before the authority was reached at all, the link says whether it is on this machine
    network, last = ctx.network, next(iter(authority.route.hosts), None)
    hosts = dialable(
        presence.hosts,
        presence.port,
        seen,
        network.addresses(),
        network.networks(),
        last is not None and is_loopback(last),
    )
    if not hosts:
        raise Unreachable("peer_unreachable", name=user.name)
    return msgspec.structs.replace(presence, hosts=hosts)


def _take_presence(ctx: AccountContext, user: User, signed: Signed, seen: str | None) -> Presence:
    """Check and keep somebody's record; `bad_signature`, `wrong_recipient`, or `stale_presence` if we know a newer."""
    assert user.key is not None
    uid, presence = user.uid, check(signed, Presence, user.key, ctx.authority_id)
    if presence.uid != uid:
        raise Forged("wrong_recipient")

    def change(rows: Rows) -> None:
        row = rows.execute("SELECT presence_sequence, seen FROM contacts WHERE uid = ?", (uid,)).fetchone()
        if row is not None and row[0] > presence.sequence:
            raise Forged("stale_presence", n=row[0])
        if row is None or row[0] < presence.sequence or row[1] != seen:
            rows.execute(
                "INSERT INTO contacts (uid, presence, presence_sequence, seen) VALUES (?, ?, ?, ?) ON CONFLICT (uid) "
                "DO UPDATE SET presence = excluded.presence, presence_sequence = excluded.presence_sequence, "
                "seen = excluded.seen",
                (uid, encode_strict(signed), presence.sequence, seen),
            )

    ctx.vault.write(change)
    return presence


def _last_presence(ctx: AccountContext, user: User) -> tuple[Presence, str | None]:
    known = "SELECT presence, seen FROM contacts WHERE uid = ?"
    row = ctx.vault.read(lambda rows: rows.execute(known, (user.uid,)).fetchone())
    if row is None or row[0] is None or user.key is None:
        raise Unreachable("authority_down")
    return check(decode_strict(bytes(row[0]), Signed), Presence, user.key, ctx.authority_id), row[1]
