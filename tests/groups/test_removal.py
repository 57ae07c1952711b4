"""What follows a removal stays closed to the removed agent, with all its keys and all that the authority has."""

from __future__ import annotations

import pytest

from authority_server.store import groups as group_store
from protocol.errors import HamrazError
from protocol.group_entries import Commit, CommitEntry, MessageEntry, decode_entry, decode_header
from protocol.group_seals import grant_info, open_grant, open_message
from protocol.messages import FetchGrant, Grant
from protocol.primitives import EpochKey, OpenKey
from protocol.roles import Role
from protocol.statements import decode_strict
from tests.groups.group_world import GroupWorld
from web_client.groups import membership as group_membership


@pytest.mark.parametrize("how", ["removed", "left"])
def test_the_removed_members_keys_on_later_traffic(how: str) -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, out, stays = group_world.people
    group_world.say(out, "while I am here")
    if how == "removed":
        owner.node.groups.command(group_world.gid, out.uid, False, "")
    else:
        group_membership.leave(group_world.room(out))
    group_world.say(owner, "after you")
    group_world.say(stays, "quite")
    rows = out.vault.read(lambda rows: rows.execute("SELECT key FROM group_keys").fetchall())
    epoch_keys = [EpochKey(bytes(row[0])) for row in rows]
    rows = out.vault.read(
        lambda rows: rows.execute("SELECT key FROM last_resorts UNION SELECT key FROM own_prekeys").fetchall()
    )
    prekeys = [OpenKey(bytes(row[0])) for row in rows]
    with group_world.world.authority.store.reading() as database:
        chain = [decode_entry(raw) for raw in group_store.entries(database, group_world.gid, 0, 1000, 1 << 30)]
        grants = {
            (epoch, person.uid): group_store.grant(database, group_world.gid, epoch, person.uid)
            for epoch in (1, 2)
            for person in group_world.people
        }
    later = [e for e in chain if isinstance(e, MessageEntry) and decode_header(e.header).epoch == 2]
    earlier = [e for e in chain if isinstance(e, MessageEntry) and decode_header(e.header).epoch == 1]
    commits = [e for e in chain if isinstance(e, CommitEntry)]
    assert len(later) == 2 and len(earlier) == 1
    # not empty: these keys do open what was written before
    assert open_message(earlier[0], epoch_keys[0]).body == b"while I am here"
    assert open_grant(
        grants[1, out.uid] or b"",
        prekeys[-1]
        if len(prekeys) == 1
        else next(k for k in prekeys if _opens(k, grants[1, out.uid] or b"", group_world)),
        commits[0].signed,
        owner.node.ctx.me.key.public,
        out.uid,
        group_world.world.authority.id,
    )
    for entry in later:
        for key in epoch_keys:
            with pytest.raises(HamrazError):
                open_message(entry, key)
    assert grants[2, out.uid] is None
    for (epoch, _uid), sealed in grants.items():
        if epoch == 2 and sealed is not None:
            for prekey in prekeys:
                for uid in (out.uid, owner.uid, stays.uid):
                    with pytest.raises(HamrazError):
                        open_grant(
                            sealed,
                            prekey,
                            commits[1].signed,
                            owner.node.ctx.me.key.public,
                            uid,
                            group_world.world.authority.id,
                        )
    # what the new key carries of the old one doesn't lead from the old one to the new
    for key in epoch_keys:
        with pytest.raises(HamrazError):
            key.unwrap(decode_strict(commits[1].signed.body, Commit).wrapped, b"")


def _opens(key: OpenKey, sealed: bytes, group_world: GroupWorld) -> bool:
    sender, to = (person.uid for person in group_world.people[:2])
    try:
        key.open(sealed, grant_info(group_world.world.authority.id, sender, to))
    except HamrazError:
        return False
    return True


@pytest.mark.parametrize("how", ["removed", "left"])
def test_the_authority_serves_nothing_more(how: str) -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, out, _stays = group_world.people
    if how == "removed":
        owner.node.groups.command(group_world.gid, out.uid, False, "")
    else:
        group_membership.leave(group_world.room(out))
    with pytest.raises(HamrazError) as caught:
        out.node.authority.request(FetchGrant(0, group_world.gid, 2), Grant)
    assert caught.value.code == "not_member"
    before = len([1 for source, target, _body in group_world.world.crossed if target == out.name])
    group_world.say(owner, "after")
    pushed = [
        body for _s, target, body in group_world.world.crossed[before:] if target == out.name and b"entries" in body
    ]
    assert not any(decode_after(body) for body in pushed) and "after" not in group_world.texts(out)


def decode_after(body: bytes) -> bool:
    """True if a push has an entry of the epoch after the removal."""
    from protocol.messages import Entries, FromGroup, decode

    message = decode(body, FromGroup)
    if not isinstance(message, Entries):
        return False
    return any(
        isinstance(entry := decode_entry(raw), CommitEntry)
        or (isinstance(entry, MessageEntry) and decode_header(entry.header).epoch > 1)
        for raw in message.entries[1:]
    )


def test_no_plaintext_and_no_key_at_the_authority() -> None:
    """Words, the group's name and its keys never cross to the authority; what must cross is found, so the
    search works.
    """
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest = group_world.people
    group_world.say(owner, "a very peculiar sentence")
    rows = guest.vault.read(lambda rows: rows.execute("SELECT key FROM group_keys").fetchall())
    seen = b"".join(body for _source, target, body in group_world.world.crossed if target == "authority")
    assert group_world.gid in seen and owner.uid in seen
    assert b"peculiar" not in seen and b"workshop" not in seen
    assert all(bytes(row[0]) not in seen for row in rows)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_who_is_taken_out_and_asked_back_while_they_look_away_hears_of_both(times: int) -> None:
    """However often, in between: the commit that ended the time in which they were in is theirs to see."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    owner, _sara, out = group_world.people
    for _time in range(times):
        owner.node.groups.command(group_world.gid, out.uid, False, "")
        owner.node.groups.command(group_world.gid, out.uid, True, "")
    group_world.world.settle()
    room = group_world.room(out)
    assert room.state == "invited" and not out.node.ctx.states.now()
    assert room.group.epoch == 2, "nothing of what came after"
    out.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    group_world.say(out, "back again")
    assert room.state == "joined" and "back again" in group_world.texts(owner)


@pytest.mark.parametrize("before", [False, True])
def test_an_invitation_that_was_taken_back_is_over_whatever_the_group_did_since(before: bool) -> None:
    """Also of somebody who was in once: what is shown is the commit that took them out last, however long ago."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, members=2 if before else 1)
    group_world.everybody_joins()
    owner, sara, out = group_world.people
    if before:
        owner.node.groups.command(group_world.gid, out.uid, False, "")
        group_world.world.settle()
    owner.node.groups.command(group_world.gid, out.uid, True, "")
    group_world.world.settle()
    assert group_world.room(out).state == "invited"
    out.stop()
    owner.node.groups.command(group_world.gid, out.uid, False, "")
    owner.node.groups.command(group_world.gid, sara.uid, False, "")
    out.restart()
    with pytest.raises(HamrazError) as reason:
        out.node.groups.answer(group_world.gid, True)
    assert reason.value.code == "not_member" and group_world.room(out).state == "removed"


@pytest.mark.parametrize("how", ["removed", "left", "declined", "taken back"])
def test_what_was_said_while_one_was_out_is_closed_and_waits_for_no_key(how: str) -> None:
    """Where history isn't shared. It was said to open by itself, a line for each message, and nobody was ever asked."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, history="joining")
    owner, out, stays = group_world.people
    stays.node.groups.answer(group_world.gid, True)
    if how == "declined":
        out.node.groups.answer(group_world.gid, False)
    elif how != "taken back":
        group_world.everybody_joins()
        group_world.say(owner, "while I am here")
    if how == "left":
        group_membership.leave(group_world.room(out))
    elif how != "declined":
        owner.node.groups.command(group_world.gid, out.uid, False, "")
    group_world.world.settle()
    for text in ("after you", "quite"):
        group_world.say(owner, text)
    owner.node.groups.command(group_world.gid, out.uid, True, "")
    group_world.say(stays, "soon")  # under a key that was for the invited, too
    group_world.everybody_joins()
    group_world.say(owner, "here again")
    group_world.come_to_rest()
    group_world.check()
    here = ["while I am here"] if how in ("removed", "left") else []
    assert group_world.texts(out) == [*here, "soon", "here again"]
    assert [one["why"] for one in group_world.shown(out) if one["kind"] == "unreadable"] == ["before_you"]
