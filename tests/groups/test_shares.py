"""Keys that don't open: said once, named, and given again by those who have them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import delete

from authority_server.store import groups as group_store
from protocol.errors import HamrazError
from protocol.group_entries import Unopened, UnopenedEntry, encode_entry
from protocol.messages import Acks, FetchAcks, FetchGrant, FetchRegrants, LastResorts, Post, Posted, Regrant
from protocol.roles import Role
from protocol.statements import issue
from tests.agent.wire import frames_of
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.groups import commits as group_commits
from web_client.groups import membership as group_membership
from web_client.groups import mending, precedence, regrants
from web_client.verify import messages as message_proof


@pytest.fixture
def group_world() -> GroupWorld:
    """Arash, who has rank, and three who haven't."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    return group_world


def told(group_world: GroupWorld, person: Person, what: str) -> list[tuple[str, list[str]]]:
    """(who, whose) of each line that says this, as somebody is shown it."""
    lines = [one["system"] for one in group_world.shown(person) if one["kind"] == "system"]
    names = {one.uid.hex(): one.name for one in group_world.people}
    return [(names[one["by"]], [names[uid] for uid in one["who"]]) for one in lines if one["what"] == what]


def asked(group_world: GroupWorld, kind: type[Any], by: str | None = None) -> list[Any]:
    """Every request of a kind, by one or by all."""
    names = [by] if by else [person.name for person in group_world.people]
    return [one for name in names for one in frames_of(group_world.world, kind, name, "authority")]


def commit(
    group_world: GroupWorld, by: Person, patch: pytest.MonkeyPatch, wrong: list[Person], uids: Any = None
) -> None:
    """A commit by somebody whose shares for some are rubbish."""
    right, victims = group_commits.seal_grant, {person.uid for person in wrong}

    def seal(key: Any, signed: Any, recipient: bytes, *rest: Any) -> bytes:
        return b"rubbish" if recipient in victims else right(key, signed, recipient, *rest)

    with patch.context() as context:
        context.setattr(group_commits, "seal_grant", seal)
        group_membership.commit_once(group_world.room(by), uids or sorted(group_world.room(by).group.members), "")


def all_read(group_world: GroupWorld, *texts: str) -> None:
    for person in group_world.people:
        assert group_world.texts(person)[-len(texts) :] == list(texts), person.name


def test_a_share_that_is_rubbish_is_said_named_and_given_again(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash, sara, omid, mina = group_world.people
    commit(group_world, arash, monkeypatch, [omid])
    group_world.write(sara, "can you read this?")
    group_world.world.settle()
    group_world.say(omid, "now I can")
    all_read(group_world, "can you read this?", "now I can")
    for person in group_world.people:
        assert told(group_world, person, "unopened") == [("omid", ["arash"])], person.name
    assert len(asked(group_world, Regrant)) == 1  # by one of those who have it
    assert group_world.room(mina).group.members[omid.uid].unopened == {2}
    line = next(
        one for one in group_world.shown(sara) if one["kind"] == "system" and one["system"]["what"] == "unopened"
    )
    question = (ChatId.group(group_world.gid), line["order"])
    proof = sara.vault.read(
        lambda rows: message_proof.details(sara.node.ctx, sara.node.groups.replayed, rows, *question)
    )
    assert proof["verified"] and proof["key_current"], proof
    group_world.check()


def test_nothing_is_asked_for_ever(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can give it: it is said once, whatever restarts, and asked for once over each connection."""
    arash, sara, omid, mina = group_world.people
    commit(group_world, arash, monkeypatch, [sara, omid, mina])
    for person in (arash, sara, mina):
        person.stop()
        del group_world.world.people[person.name]
    for _round in range(3):
        group_world.world.settle()
        group_world.room(omid).step()
    assert len(asked(group_world, FetchGrant, "omid")) == 2  # of the first epoch, and of this one
    assert len(asked(group_world, FetchRegrants, "omid")) == 1
    before = len(asked(group_world, Post, "omid"))
    omid.restart()
    group_world.world.settle()
    assert len(asked(group_world, FetchGrant, "omid")) == 2 and before == len(asked(group_world, Post, "omid"))
    assert len(asked(group_world, FetchRegrants, "omid")) == 2
    assert told(group_world, omid, "unopened") == [("omid", ["arash"])]


def test_a_wrong_share_given_again_keeps_no_right_one_out(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash, sara, omid, mina = group_world.people
    group_world.give_role(arash, mina, Role.ADVANCED)
    group_world.world.settle()
    commit(group_world, mina, monkeypatch, [omid])
    for person in (arash, sara):
        group_world.room(person).pump()
    room = group_world.room(omid)
    room.step()
    with monkeypatch.context() as patch:
        patch.setattr(regrants, "seal_grant", lambda *rest: b"rubbish again")
        for _turn in range(2):  # those of rank come first
            for person in (mina, arash):
                group_world.room(person).step()
            group_world.world.now += 60_000
    assert len(asked(group_world, Regrant)) == 2
    room.step()
    assert not room.ctx.vault.read(lambda rows: rows.execute("SELECT 1 FROM group_keys WHERE epoch = 2").fetchone())
    group_world.world.settle()
    group_world.world.now += 60_000
    group_world.world.settle()
    group_world.say(omid, "from sara, then")
    all_read(group_world, "from sara, then")


def test_a_commander_without_rank_who_keeps_the_key_holds_a_group_only_for_a_while(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody of rank is there; those who are locked out say so, and one of them mends."""
    arash, sara, omid, mina = group_world.people
    group_world.say(arash, "I am off")
    group_membership.leave(group_world.room(arash))
    group_world.people.remove(arash)
    del group_world.world.people["arash"]
    commit(group_world, sara, monkeypatch, [omid, mina], sorted(one.uid for one in (sara, omid, mina)))
    sara.stop()  # and doesn't answer
    del group_world.world.people["sara"]
    group_world.say(omid, "hello?")
    assert [name for name, _whose in told(group_world, mina, "unopened")] == ["omid", "mina"]
    group_world.world.now += int(mending.PATIENCE_SECONDS * 1000)
    group_world.world.settle()
    group_world.say(mina, "again")
    assert group_world.texts(omid)[-2:] == group_world.texts(mina)[-2:] == ["hello?", "again"]
    assert group_world.kept.group.commit.by == omid.uid and "cut" in group_world.lines(mina)
    # she can't do so again: there is nothing to mend
    group_world.world.people["sara"] = sara
    sara.restart()
    group_world.world.settle()
    with pytest.raises(HamrazError) as caught:
        commit(group_world, sara, monkeypatch, [omid, mina])
    assert caught.value.code == "role_not_allowed"
    group_world.say(sara, "oh")
    assert group_world.texts(omid)[-1] == "oh"


def test_who_has_rank_and_gets_no_key_makes_a_new_one(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    arash, sara, omid, mina = group_world.people
    group_membership.leave(group_world.room(mina))
    group_world.people.remove(mina)
    commit(group_world, sara, monkeypatch, [arash], sorted(one.uid for one in (arash, sara, omid)))
    for person in (sara, omid):
        person.stop()
        del group_world.world.people[person.name]
    group_world.say(arash, "nobody gives me the key")
    assert group_world.kept.group.epoch == 2
    group_world.world.now += int(mending.PATIENCE_SECONDS * 1000)
    group_world.world.settle()
    assert group_world.kept.group.epoch == 3 and group_world.kept.group.commit.by == arash.uid
    for person in (sara, omid):
        group_world.world.people[person.name] = person
        person.restart()
    group_world.world.settle()
    all_read(group_world, "nobody gives me the key")


@pytest.mark.parametrize("history", ["all", "joining"])
def test_who_comes_back_after_their_key_was_dropped_reads_everything(history: str) -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, history=history)
    group_world.everybody_joins()
    arash, sara, omid, _mina = group_world.people
    group_world.say(sara, "while you are here")
    omid.stop()
    del group_world.world.people["omid"]
    room = group_world.room(arash)
    for epoch in (2, 3):
        group_membership.commit_once(room, sorted(room.group.members), "")
        group_world.say(sara, f"under key {epoch}")
    omid.vault.write(lambda rows: rows.execute("UPDATE last_resorts SET created = 0"))
    group_world.world.people["omid"] = omid
    omid.restart()  # and publishes another
    old = "DELETE FROM last_resorts WHERE sequence < (SELECT max(sequence) FROM last_resorts)"
    omid.vault.write(lambda rows: rows.execute(old))
    group_world.world.settle()
    group_world.say(omid, "I have read it all")
    all_read(group_world, "while you are here", "under key 2", "under key 3", "I have read it all")
    group_world.check()


def test_shares_that_the_authority_has_lost_are_given_again(group_world: GroupWorld) -> None:
    """After a restore from a backup, or whoever deletes rows."""
    arash, sara, omid, _mina = group_world.people
    omid.stop()
    del group_world.world.people["omid"]
    room = group_world.room(arash)
    group_membership.commit_once(room, sorted(room.group.members), "")
    group_world.say(sara, "what was that?")
    group_world.world.authority.write_now(lambda state, rows: rows.run(delete(group_store.GRANTS)))
    group_world.world.people["omid"] = omid
    omid.restart()
    group_world.world.settle()
    all_read(group_world, "what was that?")


@pytest.mark.parametrize("away", [False, True])
def test_who_loses_a_key_that_they_had_acknowledged_gets_it_again(group_world: GroupWorld, away: bool) -> None:
    """A damaged row, or a vault put back from an older copy: before the next commit, whenever that may be."""
    arash, sara, omid, mina = group_world.people
    group_world.say(sara, "before")
    assert len(group_world.room(arash).channel().request(FetchAcks(0, group_world.gid), Acks).acks) == 4
    if away:  # they have never heard but of the acknowledgement
        for person in (sara, mina):
            person.stop()
            del group_world.world.people[person.name]
    omid.vault.write(lambda rows: rows.execute("UPDATE last_resorts SET created = 0"))
    omid.restart()  # and publishes another
    omid.stop()
    old = "DELETE FROM last_resorts WHERE sequence < (SELECT max(sequence) FROM last_resorts)"
    omid.vault.write(lambda rows: rows.execute(old))
    omid.vault.write(lambda rows: rows.execute("DELETE FROM group_keys"))
    if away:
        arash.stop()
        del group_world.world.people["arash"]
    omid.restart()
    group_world.world.settle()
    if away:
        for person in (sara, mina):
            group_world.world.people[person.name] = person
            person.restart()
    for _turn in range(4):
        group_world.world.settle()
        group_world.world.now += 60_000
    if away:
        group_world.world.people["arash"] = arash
        arash.restart()
        group_world.world.settle()
    group_world.say(omid, "here I am")
    group_world.say(sara, "good")
    all_read(group_world, "here I am", "good")
    assert group_world.kept.group.epoch == 1
    assert 1 <= len(asked(group_world, Regrant)) <= 2
    assert len(group_world.room(arash).channel().request(FetchAcks(0, group_world.gid), Acks).acks) == 4
    group_world.check()


def test_newcomers_get_past_a_cut(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """History is shared: who has the key that no later one leads to gives it, as the group has promised."""
    arash, sara, _omid, mina = group_world.people
    group_world.say(sara, "the beginning")
    group_membership.leave(group_world.room(mina))
    group_world.people.remove(mina)
    with monkeypatch.context() as patch:
        patch.setattr(group_commits, "wrap_history", lambda *_: b"\7" * 60)
        group_world.say(sara, "the middle")
    reza = group_world.world.sign_up("reza")
    group_world.people.append(reza)
    group_world.world.settle()
    arash.node.groups.command(group_world.gid, reza.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    group_world.world.now += 60_000
    group_world.world.settle()
    group_world.say(reza, "the end")
    all_read(group_world, "the beginning", "the middle", "the end")
    assert told(group_world, arash, "unopened") == []  # an older key is nobody's affair
    assert told(group_world, reza, "wrong_history") == [("sara", [])]


def test_nobodys_missing_prekey_keeps_another_from_being_taken_out(group_world: GroupWorld) -> None:
    arash, sara, omid, mina = group_world.people
    world = group_world.world

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target != "arash" or body[1:14] != b"\xaclast_resorts"[:13]:
            return [body]
        found = msgspec.msgpack.decode(body, type=LastResorts)
        none = [None if one and omid.uid in one.body else one for one in found.prekeys]
        return [msgspec.msgpack.encode(LastResorts(found.re, none))]

    world.carry = carry
    arash.node.groups.command(group_world.gid, mina.uid, False, "")
    group_world.people.remove(mina)
    assert mina.uid not in group_world.kept.group.members
    world.carry = lambda source, target, body: [body]
    group_world.say(sara, "she is out")
    group_world.say(omid, "I see")
    all_read(group_world, "she is out", "I see")
    # whoever is to come in needs one
    world.carry = carry
    with pytest.raises(HamrazError) as caught:
        arash.node.groups.create("another", [omid.uid], "all")
    assert (caught.value.code, caught.value.values) == ("prekey_missing", {"name": "omid"})


def test_whose_turn_it_is_to_give_is_looked_at_once(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member may lack as many keys as there were epochs: with each message, everybody else counted through all."""
    arash, _sara, omid, mina = group_world.people
    for _epoch in range(4):
        group_membership.commit_once(group_world.room(arash), sorted(group_world.room(arash).group.members), "")
    group_world.world.settle()
    room = group_world.room(omid)
    for epoch in range(1, 6):
        _index, hash = omid.node.ctx.trust.log.groups[group_world.gid][epoch - 1]
        said = issue(Unopened(group_world.gid, epoch, hash, omid.uid), omid.node.ctx.me.key, omid.node.ctx.authority_id)
        room.channel().request(Post(0, group_world.gid, encode_entry(UnopenedEntry(said))), Posted)
    looked: list[bytes] = []
    turn = precedence.turn
    monkeypatch.setattr(precedence, "turn", lambda room, uid: looked.append(room.ctx.me.uid) or turn(room, uid))  # type: ignore[func-returns-value]
    for _message in range(5):
        group_world.room(mina).step()
    assert looked.count(mina.uid) <= 1
