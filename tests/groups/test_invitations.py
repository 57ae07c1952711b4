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
from tests.groups.village import Village
from tests.world import Person
from web_client.groups import invitations
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT, REMOVED


@pytest.fixture
def village() -> Village:
    """Two are in the group, `omid` and `mina` are not."""
    village = Village(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=1)
    village.everybody_joins()
    return village


def send(by: Person, to: Person, invitation: Invitation) -> dict[str, object]:
    """Send an invitation as a private message; how the other's page shows it."""
    by.node.messages.compose(to.uid, INVITATION, encode_invitation(invitation), random_id())
    by.world.settle()
    return to.shown(by)[-1]


def real(village: Village) -> Invitation:
    found = village.people[0].node.authority.request(FetchGroup(0, village.gid), GroupIs)
    return Invitation(found.certificate, found.commit, "workshop")


def listing(village: Village, by: Person, *uids: bytes, signer: SigningKey | None = None) -> Signed:
    """A commit for the village's group that was never made."""
    log = by.node.ctx.trust.log
    members = [Listed(uid, log.users[uid].key.fingerprint()) for uid in sorted(uids)]  # type: ignore[union-attr]
    key_id = EpochKey.generate().key_id()
    commit = Commit(village.gid, 2, b"\1" * 32, members, by.uid, key_id, "all", False, b"", "all", bytes(32), b"")
    return issue(commit, signer or by.node.ctx.me.key, village.world.authority.id)


def certify(village: Village, commit: Signed, key: SigningKey, sequence: int = 1) -> Signed:
    body = decode_strict(commit.body, Commit)
    words = Certificate(body.gid, body.epoch, commit_hash(commit), 5000, body.by, sequence)
    return issue(words, key, village.world.authority.id)


def test_the_honest_one_holds(village: Village) -> None:
    owner, _sara, omid, _mina = village.people
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    shown = omid.shown(owner)[-1]
    assert shown["kind"] == "invitation" and shown["why"] is None
    assert shown["invitation"]["name"] == "workshop" and village.room(omid).state == INVITED


def test_signed_by_a_member_instead_of_the_authority(village: Village) -> None:
    _owner, sara, omid, _mina = village.people
    commit = listing(village, sara, sara.uid, omid.uid)
    shown = send(sara, omid, Invitation(certify(village, commit, sara.node.ctx.me.key), commit, "trap"))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_signature")
    assert village.gid not in omid.node.groups.rooms


def test_signed_by_the_authority_but_not_in_the_log(village: Village) -> None:
    """Whoever has the authority's key can sign a certificate, but not without everybody seeing its entry."""
    _owner, sara, omid, _mina = village.people
    commit = listing(village, sara, sara.uid, omid.uid)
    shown = send(sara, omid, Invitation(certify(village, commit, village.world.authority_key), commit, "trap"))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_passed_on_to_somebody_who_is_not_listed(village: Village) -> None:
    owner, sara, omid, mina = village.people
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    shown = send(sara, mina, real(village))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_another_commit_under_a_real_certificate(village: Village) -> None:
    _owner, sara, omid, _mina = village.people
    shown = send(sara, omid, Invitation(real(village).certificate, listing(village, sara, sara.uid, omid.uid), "x"))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_invited_by_somebody_who_is_not_in_it(village: Village) -> None:
    owner, _sara, omid, mina = village.people
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    shown = send(mina, omid, real(village))
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_certificate")


def test_an_old_one_replayed_after_the_removal(village: Village) -> None:
    """The certificate was right once; the current commit no longer lists the invitee, and joining says so."""
    owner, sara, omid, _mina = village.people
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    old = real(village)
    owner.node.groups.command(village.gid, omid.uid, False, "")
    village.world.settle()
    send(sara, omid, old)
    with pytest.raises(HamrazError) as caught:
        omid.node.groups.answer(village.gid, True)
    assert caught.value.code == "not_member"
    assert village.shown(omid) == []
    assert village.room(omid).state == REMOVED  # it can't be answered: nothing is left to be pressed
    assert omid.shown(owner)[-1]["kind"] == "invitation"


@pytest.mark.parametrize("ended", ["declined", "left", "removed"])
def test_what_is_over_is_not_asked_again_by_the_same_words(village: Village, ended: str) -> None:
    """A former fellow member sends an old invitation once more: there is nothing new to be answered."""
    owner, sara, omid, _mina = village.people
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    old = real(village)
    omid.node.groups.answer(village.gid, ended != "declined")
    village.world.settle()
    if ended == "left":
        group_membership.leave(village.room(omid))
    elif ended == "removed":
        owner.node.groups.command(village.gid, omid.uid, False, "")
    village.say(sara, "without omid")
    state = village.room(omid).state
    assert state == (REMOVED if ended == "removed" else LEFT)
    send(sara, omid, old)
    assert village.room(omid).state == state
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    assert village.room(omid).state == INVITED  # a new one is one
    omid.node.groups.answer(village.gid, True)
    village.say(omid, "back")
    assert village.texts(sara)[-1] == "back"


@pytest.mark.parametrize("mended", [False, True])
def test_a_refusal_whose_answer_was_lost(village: Village, mended: bool) -> None:
    """It is in the chain, and perhaps in a commit too, before its sender knows: asked again, it is over."""
    owner, sara, omid, _mina = village.people
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    village.world.carry = lambda source, target, body: [] if target == "omid" and decoded(body, Posted) else [body]
    with pytest.raises(HamrazError):
        omid.node.groups.answer(village.gid, False)
    village.world.carry = lambda source, target, body: [body]
    if mended:
        village.say(sara, "without omid")
    omid.restart()
    assert village.room(omid).state == INVITED
    omid.node.groups.answer(village.gid, False)
    assert village.room(omid).state == LEFT
    village.world.settle()
    assert village.lines(owner).count("declined") == 1


def test_what_says_nothing_to_who_is_in_is_not_looked_at_again(village: Village) -> None:
    """Every one of them cost a check with each log-in."""
    owner, sara, *_others = village.people
    for _epoch in range(2):
        group_membership.commit_once(village.room(owner), sorted(village.room(owner).group.members), "")
    village.world.settle()
    for _number in range(3):
        send(owner, sara, real(village))
    assert sara.vault.read(lambda rows: rows.execute("SELECT count(*) FROM unchecked").fetchone()[0]) == 0
    assert village.room(sara).state == JOINED


def test_who_was_added_by_somebody_who_could_not_invite_them_is_invited_by_another(village: Village) -> None:
    owner, sara, omid, _mina = village.people
    village.give_role(owner, sara, Role.ADVANCED)
    village.world.settle()
    village.world.carry = lambda source, target, body: [] if target == "sara" and decoded(body, Committed) else [body]
    with pytest.raises(HamrazError):
        sara.node.groups.command(village.gid, omid.uid, True, "")
    village.world.carry = lambda source, target, body: [body]
    owner.node.groups.command(village.gid, sara.uid, False, "")
    village.come_to_rest()
    assert omid.uid in village.kept.group.members and village.gid not in omid.node.groups.rooms
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    omid.node.groups.answer(village.gid, True)
    village.say(omid, "at last")
    assert village.texts(owner)[-1] == "at last"


def test_a_join_whose_answer_was_lost_before_the_group_changed(village: Village) -> None:
    """Everybody counts the newcomer in, whose second try has another epoch, and so is another join."""
    owner, sara, omid, mina = village.people
    owner.node.groups.command(village.gid, omid.uid, True, "")
    village.world.settle()
    village.world.carry = lambda source, target, body: [] if target == "omid" and decoded(body, Posted) else [body]
    with pytest.raises(HamrazError):
        omid.node.groups.answer(village.gid, True)
    village.world.carry = lambda source, target, body: [body]
    owner.node.groups.command(village.gid, mina.uid, True, "")
    village.world.settle()
    assert village.kept.group.is_in(omid.uid) and village.room(omid).state == INVITED
    omid.reconnect()
    omid.node.groups.answer(village.gid, True)
    village.say(sara, "welcome")
    village.say(omid, "here I am")
    assert village.texts(omid) == ["welcome", "here I am"] == village.texts(owner)[-2:]


def test_a_group_that_was_made_is_not_forgotten_for_what_comes_after(village: Village) -> None:
    owner, sara, *_others = village.people

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        part = decoded(body, LogPart) if target == "arash" else None
        return [body] if part is None else [messages.encode(Failed(part.re, "internal", None, {}))]

    village.world.carry = carry
    with pytest.raises(HamrazError):
        owner.node.groups.create("another", [sara.uid], "all")
    village.world.carry = lambda source, target, body: [body]
    village.world.settle()
    (gid,) = owner.node.groups.rooms.keys() - {village.gid}
    sara.node.groups.answer(gid, True)
    village.world.settle()
    owner.node.groups.write(gid, "text", b"it is there", b"i" * 16)
    village.world.settle()
    assert sara.agent().snapshot()["conversations"][0]["last"]["text"] == "it is there"


def test_one_that_came_while_the_disk_was_full(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message was kept, the group was not: it is there as soon as there is room, and not at some later log-in."""
    owner, _sara, omid, _mina = village.people
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
        owner.node.groups.command(village.gid, omid.uid, True, "")
        with contextlib.suppress(Damaged):
            village.world.settle()
    assert village.gid not in omid.node.groups.rooms
    omid.node.look_after_disk()
    assert village.room(omid).state == INVITED


def test_leaving_right_after_coming_back(village: Village) -> None:
    """The chain here ends with the removal, while the group counts us in again."""
    owner, sara, _omid, _mina = village.people
    owner.node.groups.command(village.gid, sara.uid, False, "")
    owner.node.groups.command(village.gid, sara.uid, True, "")
    village.world.settle()
    sara.node.groups.answer(village.gid, True)
    group_membership.leave(village.room(sara))
    assert village.room(sara).state == LEFT
    village.world.settle()
    assert village.lines(owner).count("left") == 1


def test_garbage(village: Village) -> None:
    _owner, sara, omid, _mina = village.people
    sara.node.messages.compose(omid.uid, INVITATION, b"\xc1garbage", random_id())
    village.world.settle()
    shown = omid.shown(sara)[-1]
    assert (shown["kind"], shown["why"]) == ("unreadable", "bad_statement")
