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
from tests.groups.village import Village
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.groups import commits as group_commits
from web_client.groups import membership as group_membership
from web_client.groups import mending, regrants
from web_client.verify import messages as message_proof


@pytest.fixture
def village() -> Village:
    """Arash, who has rank, and three who haven't."""
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    return village


def told(village: Village, person: Person, what: str) -> list[tuple[str, list[str]]]:
    """(who, whose) of each line that says this, as somebody is shown it."""
    lines = [one["system"] for one in village.shown(person) if one["kind"] == "system"]
    names = {one.uid.hex(): one.name for one in village.people}
    return [(names[one["by"]], [names[uid] for uid in one["who"]]) for one in lines if one["what"] == what]


def asked(village: Village, kind: type[Any], by: str | None = None) -> list[Any]:
    """Every request of a kind, by one or by all."""
    names = [by] if by else [person.name for person in village.people]
    return [one for name in names for one in frames_of(village.world, kind, name, "authority")]


def commit(village: Village, by: Person, patch: pytest.MonkeyPatch, wrong: list[Person], uids: Any = None) -> None:
    """A commit by somebody whose shares for some are rubbish."""
    right, victims = group_commits.seal_grant, {person.uid for person in wrong}

    def seal(key: Any, signed: Any, recipient: bytes, *rest: Any) -> bytes:
        return b"rubbish" if recipient in victims else right(key, signed, recipient, *rest)

    with patch.context() as context:
        context.setattr(group_commits, "seal_grant", seal)
        group_membership.commit_once(village.room(by), uids or sorted(village.room(by).group.members), "")


def all_read(village: Village, *texts: str) -> None:
    for person in village.people:
        assert village.texts(person)[-len(texts) :] == list(texts), person.name


def test_a_share_that_is_rubbish_is_said_named_and_given_again(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash, sara, omid, mina = village.people
    commit(village, arash, monkeypatch, [omid])
    village.write(sara, "can you read this?")
    village.world.settle()
    village.say(omid, "now I can")
    all_read(village, "can you read this?", "now I can")
    for person in village.people:
        assert told(village, person, "unopened") == [("omid", ["arash"])], person.name
    assert len(asked(village, Regrant)) == 1  # by one of those who have it
    assert village.room(mina).group.members[omid.uid].unopened == {2}
    line = next(one for one in village.shown(sara) if one["kind"] == "system" and one["system"]["what"] == "unopened")
    question = (ChatId.group(village.gid), line["order"])
    proof = sara.vault.read(
        lambda rows: message_proof.details(sara.node.ctx, sara.node.groups.replayed, rows, *question)
    )
    assert proof["verified"] and proof["key_current"], proof
    village.check()


def test_nothing_is_asked_for_ever(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can give it: it is said once, whatever restarts, and asked for once over each connection."""
    arash, sara, omid, mina = village.people
    commit(village, arash, monkeypatch, [sara, omid, mina])
    for person in (arash, sara, mina):
        person.stop()
        del village.world.people[person.name]
    for _round in range(3):
        village.world.settle()
        village.room(omid).step()
    assert len(asked(village, FetchGrant, "omid")) == 2  # of the first epoch, and of this one
    assert len(asked(village, FetchRegrants, "omid")) == 1
    before = len(asked(village, Post, "omid"))
    omid.restart()
    village.world.settle()
    assert len(asked(village, FetchGrant, "omid")) == 2 and before == len(asked(village, Post, "omid"))
    assert len(asked(village, FetchRegrants, "omid")) == 2
    assert told(village, omid, "unopened") == [("omid", ["arash"])]


def test_a_wrong_share_given_again_keeps_no_right_one_out(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    arash, sara, omid, mina = village.people
    village.give_role(arash, mina, Role.ADVANCED)
    village.world.settle()
    commit(village, mina, monkeypatch, [omid])
    for person in (arash, sara):
        village.room(person).pump()
    room = village.room(omid)
    room.step()
    with monkeypatch.context() as patch:
        patch.setattr(regrants, "seal_grant", lambda *rest: b"rubbish again")
        for _turn in range(2):  # those of rank come first
            for person in (mina, arash):
                village.room(person).step()
            village.world.now += 60_000
    assert len(asked(village, Regrant)) == 2
    room.step()
    assert not room.ctx.vault.read(lambda rows: rows.execute("SELECT 1 FROM group_keys WHERE epoch = 2").fetchone())
    village.world.settle()
    village.world.now += 60_000
    village.world.settle()
    village.say(omid, "from sara, then")
    all_read(village, "from sara, then")


def test_a_commander_without_rank_who_keeps_the_key_holds_a_group_only_for_a_while(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody of rank is there; those who are locked out say so, and one of them mends."""
    arash, sara, omid, mina = village.people
    village.say(arash, "I am off")
    group_membership.leave(village.room(arash))
    village.people.remove(arash)
    del village.world.people["arash"]
    commit(village, sara, monkeypatch, [omid, mina], sorted(one.uid for one in (sara, omid, mina)))
    sara.stop()  # and doesn't answer
    del village.world.people["sara"]
    village.say(omid, "hello?")
    assert [name for name, _whose in told(village, mina, "unopened")] == ["omid", "mina"]
    village.world.now += int(mending.PATIENCE_SECONDS * 1000)
    village.world.settle()
    village.say(mina, "again")
    assert village.texts(omid)[-2:] == village.texts(mina)[-2:] == ["hello?", "again"]
    assert village.kept.group.commit.by == omid.uid and "cut" in village.lines(mina)
    # she can't do so again: there is nothing to mend
    village.world.people["sara"] = sara
    sara.restart()
    village.world.settle()
    with pytest.raises(HamrazError) as caught:
        commit(village, sara, monkeypatch, [omid, mina])
    assert caught.value.code == "role_not_allowed"
    village.say(sara, "oh")
    assert village.texts(omid)[-1] == "oh"


def test_who_has_rank_and_gets_no_key_makes_a_new_one(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    arash, sara, omid, mina = village.people
    group_membership.leave(village.room(mina))
    village.people.remove(mina)
    commit(village, sara, monkeypatch, [arash], sorted(one.uid for one in (arash, sara, omid)))
    for person in (sara, omid):
        person.stop()
        del village.world.people[person.name]
    village.say(arash, "nobody gives me the key")
    assert village.kept.group.epoch == 2
    village.world.now += int(mending.PATIENCE_SECONDS * 1000)
    village.world.settle()
    assert village.kept.group.epoch == 3 and village.kept.group.commit.by == arash.uid
    for person in (sara, omid):
        village.world.people[person.name] = person
        person.restart()
    village.world.settle()
    all_read(village, "nobody gives me the key")


@pytest.mark.parametrize("history", ["all", "joining"])
def test_who_comes_back_after_their_key_was_dropped_reads_everything(history: str) -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, history=history)
    village.everybody_joins()
    arash, sara, omid, _mina = village.people
    village.say(sara, "while you are here")
    omid.stop()
    del village.world.people["omid"]
    room = village.room(arash)
    for epoch in (2, 3):
        group_membership.commit_once(room, sorted(room.group.members), "")
        village.say(sara, f"under key {epoch}")
    omid.vault.write(lambda rows: rows.execute("UPDATE last_resorts SET created = 0"))
    village.world.people["omid"] = omid
    omid.restart()  # and publishes another
    old = "DELETE FROM last_resorts WHERE sequence < (SELECT max(sequence) FROM last_resorts)"
    omid.vault.write(lambda rows: rows.execute(old))
    village.world.settle()
    village.say(omid, "I have read it all")
    all_read(village, "while you are here", "under key 2", "under key 3", "I have read it all")
    village.check()


def test_shares_that_the_authority_has_lost_are_given_again(village: Village) -> None:
    """After a restore from a backup, or whoever deletes rows."""
    arash, sara, omid, _mina = village.people
    omid.stop()
    del village.world.people["omid"]
    room = village.room(arash)
    group_membership.commit_once(room, sorted(room.group.members), "")
    village.say(sara, "what was that?")
    village.world.authority.write_now(lambda state, rows: rows.run(delete(group_store.GRANTS)))
    village.world.people["omid"] = omid
    omid.restart()
    village.world.settle()
    all_read(village, "what was that?")


@pytest.mark.parametrize("away", [False, True])
def test_who_loses_a_key_that_they_had_acknowledged_gets_it_again(village: Village, away: bool) -> None:
    """A damaged row, or a vault put back from an older copy: before the next commit, whenever that may be."""
    arash, sara, omid, mina = village.people
    village.say(sara, "before")
    assert len(village.room(arash).channel().request(FetchAcks(0, village.gid), Acks).acks) == 4
    if away:  # they have never heard but of the acknowledgement
        for person in (sara, mina):
            person.stop()
            del village.world.people[person.name]
    omid.vault.write(lambda rows: rows.execute("UPDATE last_resorts SET created = 0"))
    omid.restart()  # and publishes another
    omid.stop()
    old = "DELETE FROM last_resorts WHERE sequence < (SELECT max(sequence) FROM last_resorts)"
    omid.vault.write(lambda rows: rows.execute(old))
    omid.vault.write(lambda rows: rows.execute("DELETE FROM group_keys"))
    if away:
        arash.stop()
        del village.world.people["arash"]
    omid.restart()
    village.world.settle()
    if away:
        for person in (sara, mina):
            village.world.people[person.name] = person
            person.restart()
    for _turn in range(4):
        village.world.settle()
        village.world.now += 60_000
    if away:
        village.world.people["arash"] = arash
        arash.restart()
        village.world.settle()
    village.say(omid, "here I am")
    village.say(sara, "good")
    all_read(village, "here I am", "good")
    assert village.kept.group.epoch == 1
    assert 1 <= len(asked(village, Regrant)) <= 2
    assert len(village.room(arash).channel().request(FetchAcks(0, village.gid), Acks).acks) == 4
    village.check()


def test_newcomers_get_past_a_cut(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """History is shared: who has the key that no later one leads to gives it, as the group has promised."""
    arash, sara, _omid, mina = village.people
    village.say(sara, "the beginning")
    group_membership.leave(village.room(mina))
    village.people.remove(mina)
    with monkeypatch.context() as patch:
        patch.setattr(group_commits, "wrap_history", lambda *_: b"\7" * 60)
        village.say(sara, "the middle")
    reza = village.world.sign_up("reza")
    village.people.append(reza)
    village.world.settle()
    arash.node.groups.command(village.gid, reza.uid, True, "")
    village.world.settle()
    village.everybody_joins()
    village.world.now += 60_000
    village.world.settle()
    village.say(reza, "the end")
    all_read(village, "the beginning", "the middle", "the end")
    assert told(village, arash, "unopened") == []  # an older key is nobody's affair
    assert told(village, reza, "wrong_history") == [("sara", [])]


def test_nobodys_missing_prekey_keeps_another_from_being_taken_out(village: Village) -> None:
    arash, sara, omid, mina = village.people
    world = village.world

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target != "arash" or body[1:14] != b"\xaclast_resorts"[:13]:
            return [body]
        found = msgspec.msgpack.decode(body, type=LastResorts)
        none = [None if one and omid.uid in one.body else one for one in found.prekeys]
        return [msgspec.msgpack.encode(LastResorts(found.re, none))]

    world.carry = carry
    arash.node.groups.command(village.gid, mina.uid, False, "")
    village.people.remove(mina)
    assert mina.uid not in village.kept.group.members
    world.carry = lambda source, target, body: [body]
    village.say(sara, "she is out")
    village.say(omid, "I see")
    all_read(village, "she is out", "I see")
    # whoever is to come in needs one
    world.carry = carry
    with pytest.raises(HamrazError) as caught:
        arash.node.groups.create("another", [omid.uid], "all")
    assert (caught.value.code, caught.value.values) == ("prekey_missing", {"name": "omid"})


def test_whose_turn_it_is_to_give_is_looked_at_once(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member may lack as many keys as there were epochs: with each message, everybody else counted through all."""
    arash, _sara, omid, mina = village.people
    for _epoch in range(4):
        group_membership.commit_once(village.room(arash), sorted(village.room(arash).group.members), "")
    village.world.settle()
    room = village.room(omid)
    for epoch in range(1, 6):
        _index, hash = omid.node.ctx.trust.log.groups[village.gid][epoch - 1]
        said = issue(Unopened(village.gid, epoch, hash, omid.uid), omid.node.ctx.me.key, omid.node.ctx.authority_id)
        room.channel().request(Post(0, village.gid, encode_entry(UnopenedEntry(said))), Posted)
    looked: list[bytes] = []
    turn = regrants._turn
    monkeypatch.setattr(regrants, "_turn", lambda group, uid, me: looked.append(me) or turn(group, uid, me))  # type: ignore[func-returns-value]
    for _message in range(5):
        village.room(mina).step()
    assert looked.count(mina.uid) <= 1
