"""Invitations that don't hold: forged, replayed, another's, of another authority. Each is named and joins nothing."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from protocol import messages
from protocol.envelope import INVITATION
from protocol.errors import Damaged, HamrazError
from protocol.group_entries import Certificate, Commit, Listed, commit_hash
from protocol.group_seals import Invitation, encode_invitation
from protocol.messages import Committed, Failed, FetchGroup, GroupIs, LogPart, Posted
from protocol.primitives import EpochKey, SigningKey, random_id
from protocol.roles import Role
from protocol.statements import Signed, decode_strict, issue
from tests.agent.wire import decoded
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.events import LinkUp
from web_client.groups import invitations, letting_in
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED
from web_client.groups.service import AT_ONCE, AT_ONCE_SECONDS


@pytest.fixture
def group_world() -> GroupWorld:
    """Two are in the group, `omid` and `mina` are not."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=1)
    group_world.everybody_joins()
    return group_world


def send(by: Person, to: Person, invitation: Invitation) -> None:
    """Send an invitation as a private message."""
    by.node.messages.compose(to.uid, INVITATION, encode_invitation(invitation), random_id())
    by.world.settle()


def send_false(by: Person, to: Person, invitation: Invitation) -> dict[str, object]:
    """Send one that doesn't hold; how the other's page shows it, in the talk: there is no group that could."""
    send(by, to, invitation)
    return to.shown(by)[-1]


def real(group_world: GroupWorld) -> Invitation:
    found = group_world.people[0].node.authority.request(FetchGroup(0, group_world.gid), GroupIs)
    return Invitation(found.certificate, found.commit, "workshop")


def listing(group_world: GroupWorld, by: Person, *uids: bytes, signer: SigningKey | None = None) -> Signed:
    """A commit for the group that was never made."""
    log = by.node.ctx.trust.log
    members = [Listed(uid, log.users[uid].key.fingerprint()) for uid in sorted(uids)]  # type: ignore[union-attr]
    key_id = EpochKey.generate().key_id()
    commit = Commit(group_world.gid, 2, b"\1" * 32, members, by.uid, key_id, "all", False, b"", "all", bytes(32), b"")
    return issue(commit, signer or by.node.ctx.me.key, group_world.world.authority.id)


def certify(group_world: GroupWorld, commit: Signed, key: SigningKey, sequence: int = 1) -> Signed:
    body = decode_strict(commit.body, Commit)
    words = Certificate(body.gid, body.epoch, commit_hash(commit), 5000, body.by, sequence)
    return issue(words, key, group_world.world.authority.id)


def test_the_honest_one_holds(group_world: GroupWorld) -> None:
    owner, _sara, omid, _mina = group_world.people
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    assert omid.invitations(owner) == ["workshop"] and group_world.room(omid).state == INVITED
    assert omid.shown(owner) == owner.shown(omid) == []  # it stands once, as the group


def test_signed_by_a_member_instead_of_the_authority(group_world: GroupWorld) -> None:
    _owner, sara, omid, _mina = group_world.people
    commit = listing(group_world, sara, sara.uid, omid.uid)
    shown = send_false(sara, omid, Invitation(certify(group_world, commit, sara.node.ctx.me.key), commit, "trap"))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_signature")
    assert group_world.gid not in omid.node.groups.rooms


def test_signed_by_the_authority_but_not_in_the_log(group_world: GroupWorld) -> None:
    """Whoever has the authority's key can sign a certificate, but not without everybody seeing its entry."""
    _owner, sara, omid, _mina = group_world.people
    commit = listing(group_world, sara, sara.uid, omid.uid)
    shown = send_false(
        sara, omid, Invitation(certify(group_world, commit, group_world.world.authority_key), commit, "trap")
    )
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_passed_on_to_somebody_who_is_not_listed(group_world: GroupWorld) -> None:
    owner, sara, omid, mina = group_world.people
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    shown = send_false(sara, mina, real(group_world))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_another_commit_under_a_real_certificate(group_world: GroupWorld) -> None:
    _owner, sara, omid, _mina = group_world.people
    shown = send_false(
        sara, omid, Invitation(real(group_world).certificate, listing(group_world, sara, sara.uid, omid.uid), "x")
    )
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_invited_by_somebody_who_is_not_in_it(group_world: GroupWorld) -> None:
    owner, _sara, omid, mina = group_world.people
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    shown = send_false(mina, omid, real(group_world))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_an_old_one_replayed_after_the_removal(group_world: GroupWorld) -> None:
    """The certificate was right once; the current commit no longer lists the invitee, and joining says so."""
    owner, sara, omid, _mina = group_world.people
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    old = real(group_world)
    owner.node.groups.command(group_world.gid, omid.uid, False, "")
    group_world.world.settle()
    send(sara, omid, old)
    with pytest.raises(HamrazError) as caught:
        omid.node.groups.answer(group_world.gid, True)
    assert caught.value.code == "not_member"
    assert group_world.shown(omid) == []
    assert group_world.room(omid).state == REMOVED  # it can't be answered: nothing is left to be pressed
    assert omid.shown(owner) == omid.shown(sara) == []


@pytest.mark.parametrize("ended", ["declined", "left", "removed"])
def test_what_is_over_is_not_asked_again_by_the_same_words(group_world: GroupWorld, ended: str) -> None:
    """A former fellow member sends an old invitation once more: there is nothing new to be answered."""
    owner, sara, omid, _mina = group_world.people
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    old = real(group_world)
    omid.node.groups.answer(group_world.gid, ended != "declined")
    group_world.world.settle()
    if ended == "left":
        group_membership.leave(group_world.room(omid))
    elif ended == "removed":
        owner.node.groups.command(group_world.gid, omid.uid, False, "")
    group_world.say(sara, "without omid")
    state = group_world.room(omid).state
    assert state == (REMOVED if ended == "removed" else LEFT)
    send(sara, omid, old)
    assert group_world.room(omid).state == state
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    assert group_world.room(omid).state == INVITED  # a new one is one
    omid.node.groups.answer(group_world.gid, True)
    group_world.say(omid, "back")
    assert group_world.texts(sara)[-1] == "back"


@pytest.mark.parametrize("mended", [False, True])
def test_a_refusal_whose_answer_was_lost(group_world: GroupWorld, mended: bool) -> None:
    """It is in the chain, and perhaps in a commit too, before its sender knows: asked again, it is over."""
    owner, sara, omid, _mina = group_world.people
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    group_world.world.carry = lambda source, target, body: [] if target == "omid" and decoded(body, Posted) else [body]
    with pytest.raises(HamrazError):
        omid.node.groups.answer(group_world.gid, False)
    group_world.world.carry = lambda source, target, body: [body]
    if mended:
        group_world.say(sara, "without omid")
    omid.restart()
    assert group_world.room(omid).state == INVITED
    omid.node.groups.answer(group_world.gid, False)
    assert group_world.room(omid).state == LEFT
    group_world.world.settle()
    assert group_world.lines(owner).count("declined") == 1


def test_what_says_nothing_to_who_is_in_is_not_looked_at_again(group_world: GroupWorld) -> None:
    """Every one of them cost a check with each log-in."""
    owner, sara, *_others = group_world.people
    for _epoch in range(2):
        group_membership.commit_once(group_world.room(owner), sorted(group_world.room(owner).group.members), "")
    group_world.world.settle()
    for _number in range(3):
        send(owner, sara, real(group_world))
    assert sara.vault.read(lambda rows: rows.execute("SELECT count(*) FROM unchecked").fetchone()[0]) == 0
    assert group_world.room(sara).state == JOINED


def test_who_was_added_by_somebody_who_could_not_invite_them_is_invited_by_another(group_world: GroupWorld) -> None:
    owner, sara, omid, _mina = group_world.people
    group_world.give_role(owner, sara, Role.ADVANCED)
    group_world.world.settle()
    group_world.world.carry = lambda source, target, body: (
        [] if target == "sara" and decoded(body, Committed) else [body]
    )
    with pytest.raises(HamrazError):
        sara.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.carry = lambda source, target, body: [body]
    owner.node.groups.command(group_world.gid, sara.uid, False, "")
    group_world.come_to_rest()
    assert omid.uid in group_world.kept.group.members and group_world.gid not in omid.node.groups.rooms
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    omid.node.groups.answer(group_world.gid, True)
    group_world.say(omid, "at last")
    assert group_world.texts(owner)[-1] == "at last"


def test_a_join_whose_answer_was_lost_before_the_group_changed(group_world: GroupWorld) -> None:
    """Everybody counts the newcomer in, whose second try has another epoch, and so is another join."""
    owner, sara, omid, mina = group_world.people
    owner.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    group_world.world.carry = lambda source, target, body: [] if target == "omid" and decoded(body, Posted) else [body]
    with pytest.raises(HamrazError):
        omid.node.groups.answer(group_world.gid, True)
    group_world.world.carry = lambda source, target, body: [body]
    owner.node.groups.command(group_world.gid, mina.uid, True, "")
    group_world.world.settle()
    assert group_world.kept.group.is_in(omid.uid) and group_world.room(omid).state == INVITED
    omid.reconnect()
    omid.node.groups.answer(group_world.gid, True)
    group_world.say(sara, "welcome")
    group_world.say(omid, "here I am")
    assert group_world.texts(omid) == ["welcome", "here I am"] == group_world.texts(owner)[-2:]


def test_a_group_that_was_made_is_not_forgotten_for_what_comes_after(group_world: GroupWorld) -> None:
    owner, sara, *_others = group_world.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        part = decoded(body, LogPart) if target == "arash" else None
        return [body] if part is None else [messages.encode(Failed(part.re, "internal", None, {}))]

    group_world.world.carry = carry
    with pytest.raises(HamrazError):
        owner.node.groups.create("another", [sara.uid], "all")
    group_world.world.carry = lambda source, target, body: [body]
    group_world.world.settle()
    (gid,) = owner.node.groups.rooms.keys() - {group_world.gid}
    sara.node.groups.answer(gid, True)
    group_world.world.settle()
    owner.node.groups.write(gid, "text", b"it is there", b"i" * 16)
    group_world.world.settle()
    assert sara.agent().snapshot()["conversations"][0]["last"]["text"] == "it is there"


def test_one_that_came_while_the_disk_was_full(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message was kept, the group was not: it is there as soon as there is room, and not at some later log-in."""
    owner, _sara, omid, _mina = group_world.people
    offload = omid.vault.offload

    def full(*arguments: Any) -> Any:
        if keeping:
            raise Damaged("disk_full")
        return offload(*arguments)

    keeping: list[bool] = []
    take = invitations.take

    def beneath(*arguments: Any) -> None:
        keeping.append(True)
        try:
            take(*arguments)
        finally:
            keeping.clear()

    with monkeypatch.context() as patch:
        patch.setattr(omid.vault, "offload", full)
        patch.setattr(invitations, "take", beneath)
        owner.node.groups.command(group_world.gid, omid.uid, True, "")
        with contextlib.suppress(Damaged):
            group_world.world.settle()
    assert group_world.gid not in omid.node.groups.rooms
    omid.node.look_after_disk()
    assert group_world.room(omid).state == INVITED


def test_leaving_right_after_coming_back(group_world: GroupWorld) -> None:
    """The chain here ends with the removal, while the group counts us in again."""
    owner, sara, _omid, _mina = group_world.people
    owner.node.groups.command(group_world.gid, sara.uid, False, "")
    owner.node.groups.command(group_world.gid, sara.uid, True, "")
    group_world.world.settle()
    sara.node.groups.answer(group_world.gid, True)
    group_membership.leave(group_world.room(sara))
    assert group_world.room(sara).state == LEFT
    group_world.world.settle()
    assert group_world.lines(owner).count("left") == 1


def test_garbage(group_world: GroupWorld) -> None:
    _owner, sara, omid, _mina = group_world.people
    sara.node.messages.compose(omid.uid, INVITATION, b"\xc1garbage", random_id())
    group_world.world.settle()
    shown = omid.shown(sara)[-1]
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_statement")


# --- that come before what proves them ---


def test_one_that_comes_before_the_log_waits_for_it(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where our node of the authority hears of a group later than its maker's agent says it to ours."""
    arash, _sara, omid, _mina = group_world.people
    with monkeypatch.context() as late:
        late.setattr(omid.node.ctx.trust, "sync", lambda *_: [])
        gid = arash.node.groups.create("other", [omid.uid], "all").gid
        arash.node.groups.rooms[gid].step()
        arash.deliver()
        assert omid.vault.read(lambda rows: rows.execute("SELECT count(*) FROM unchecked").fetchone()) == (1,)
        assert gid not in omid.node.groups.rooms
    group_world.world.settle()
    assert omid.node.groups.rooms[gid].state == INVITED
    assert [message["kind"] for message in omid.shown(arash) if message["kind"] == "unreadable"] == []


# --- who has said yes beforehand ---


def come_in(person: Person) -> None:
    """What the agent does each second."""
    letting_in.come_in(person.vault, person.node.groups)
    person.world.settle()


def test_who_has_said_so_is_in_at_once_by_whom_they_have_written_to() -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=0)
    arash, sara, omid, mina = group_world.people
    for person in (omid, mina):
        person.agent().set_setting("groups", "contacts")
    omid.say(arash, "hello")
    sara.say(omid, "hello")  # which makes sara no contact of omid's
    group_world.world.settle()
    theirs = arash.node.groups.create("everybody", [sara.uid, omid.uid, mina.uid], "all").gid
    hers = sara.node.groups.create("sara's", [omid.uid], "all").gid
    group_world.world.settle()
    for person in (sara, omid, mina):
        come_in(person)
    states = [person.node.groups.rooms[theirs].state for person in (sara, omid, mina)]
    assert states == [INVITED, JOINED, INVITED]
    assert omid.node.groups.rooms[hers].state == INVITED
    assert [
        member.joined for uid, member in arash.node.groups.rooms[theirs].group.members.items() if uid == omid.uid
    ] == [True]


def test_where_the_link_breaks_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    group_world = GroupWorld(Role.ADVANCED, members=0)
    arash, sara = group_world.people
    sara.agent().set_setting("groups", "contacts")
    sara.say(arash, "hello")
    gid = arash.node.groups.create("everybody", [sara.uid], "all").gid
    group_world.world.settle()
    with monkeypatch.context() as away:
        away.setattr(group_world.world, "authority_up", False)
        sara.network.cut("authority")
        come_in(sara)
    assert sara.node.groups.rooms[gid].state == INVITED and not sara.node.groups.is_invited
    sara.reconnect()
    sara.node.ctx.emit(LinkUp())
    assert sara.node.groups.is_invited
    come_in(sara)
    assert sara.node.groups.rooms[gid].state == JOINED


def test_who_brings_somebody_into_one_group_after_the_other_is_asked_about() -> None:
    group_world = GroupWorld(Role.ADVANCED, members=0)
    arash, sara = group_world.people
    sara.agent().set_setting("groups", "contacts")
    sara.say(arash, "hello")
    asked = [sara.node.groups.need_not_ask(arash.uid) for _ in range(AT_ONCE + 1)]
    assert asked == [True] * AT_ONCE + [False]
    group_world.world.now += int(AT_ONCE_SECONDS * 1000)
    assert sara.node.groups.need_not_ask(arash.uid)


def test_nobody_is_brought_back_without_being_asked(group_world: GroupWorld) -> None:
    """Nor is joined what was waiting for an answer before."""
    arash, sara, omid, _mina = group_world.people
    sara.agent().set_setting("groups", "contacts")
    sara.say(arash, "hello")
    group_membership.leave(group_world.room(sara))
    group_world.world.settle()
    arash.node.groups.add(group_world.gid, frozenset({sara.uid, omid.uid}))
    group_world.world.settle()
    omid.say(arash, "hello")
    omid.agent().set_setting("groups", "contacts")
    for person in (sara, omid):
        come_in(person)
        assert group_world.room(person).state == INVITED
    arash.node.groups.add(group_world.gid, frozenset({omid.uid}))  # invited once more
    group_world.world.settle()
    come_in(omid)
    assert group_world.room(omid).state == INVITED
