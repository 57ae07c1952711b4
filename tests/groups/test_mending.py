"""Who mends a group, when, and what becomes of the way back to earlier messages."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest

from protocol.errors import HamrazError
from protocol.group_entries import ChainHead, CommitEntry, chain_hash, decode_entry
from protocol.messages import Entries
from protocol.roles import Role
from protocol.statements import issue
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.agent.views import chats as chat_views
from web_client.groups import commits as group_commits
from web_client.groups import membership as group_membership
from web_client.groups import mending


@pytest.fixture
def group_world() -> GroupWorld:
    """Arash, who has rank, and three who haven't."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    return group_world


def last_commit(group_world: GroupWorld, person: Person) -> Any:
    """The newest commit's entry, as somebody has it."""
    found = person.vault.read(
        lambda rows: rows.execute("SELECT entry FROM group_entries WHERE kind = 'commit' ORDER BY n DESC").fetchone()
    )
    entry = decode_entry(bytes(found[0]))
    assert isinstance(entry, CommitEntry)
    return group_commits.read(entry.signed)


def told(group_world: GroupWorld, person: Person, what: str) -> list[str]:
    """Of whom a system's line says this, as somebody is shown it."""
    lines = [one["system"] for one in group_world.shown(person) if one["kind"] == "system"]
    return [line["by"] for line in lines if line["what"] == what]


def lock_out(group_world: GroupWorld, by: Person, victim: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit by somebody with rank, whose share for one member is rubbish."""
    right = group_commits.seal_grant

    def wrong(key: Any, signed: Any, recipient: bytes, *rest: Any) -> bytes:
        return b"rubbish" if recipient == victim.uid else right(key, signed, recipient, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(group_commits, "seal_grant", wrong)
        group_membership.commit_once(group_world.room(by), sorted(group_world.room(by).group.members), "")
    for person in (victim, *group_world.people):  # before anybody gives the key again
        group_world.room(person).pump()
    assert group_world.room(victim).group.epoch == group_world.kept.group.epoch


def has_key(group_world: GroupWorld, person: Person) -> bool:
    epoch = group_world.kept.group.epoch
    question = "SELECT 1 FROM group_keys WHERE epoch = ?"
    return person.vault.read(lambda rows: rows.execute(question, (epoch,)).fetchone()) is not None


def test_who_lacks_the_key_leaves_mending_to_who_has_it(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash, sara, omid, mina = group_world.people
    lock_out(group_world, arash, omid, monkeypatch)
    assert not has_key(group_world, omid) and has_key(group_world, sara)
    group_membership.leave(group_world.room(mina))
    epoch = group_world.kept.group.epoch
    for other in (arash, sara):
        other.stop()
        del group_world.world.people[other.name]
    group_world.say(omid, "I can't write yet")
    assert group_world.kept.group.epoch == epoch
    with pytest.raises(HamrazError) as caught:
        group_world.room(omid).step()
    assert caught.value.code == "no_key"
    group_world.world.people["sara"] = sara
    sara.restart()
    group_world.say(sara, "mended")
    group_world.world.settle()
    commit = last_commit(group_world, omid)
    assert (commit.by, commit.cut) == (sara.uid, False)
    assert group_world.texts(omid)[-2:] == group_world.texts(sara)[-2:] == ["mended", "I can't write yet"]


def test_after_a_while_the_way_back_is_cut_and_that_is_said(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash, sara, omid, mina = group_world.people
    lock_out(group_world, arash, omid, monkeypatch)
    group_membership.leave(group_world.room(mina))
    for other in (arash, sara):
        other.stop()
        del group_world.world.people[other.name]
    group_world.say(omid, "at last")
    group_world.world.now += int(mending.PATIENCE_SECONDS * 1000) - 1
    group_world.world.settle()
    assert group_world.room(omid).group.stale
    group_world.world.now += 1
    group_world.world.settle()
    commit = last_commit(group_world, omid)
    assert (commit.by, commit.cut) == (omid.uid, True) and "cut" in group_world.lines(omid)
    for other in (arash, sara):
        group_world.world.people[other.name] = other
        other.restart()
    group_world.world.settle()
    assert group_world.texts(sara)[-1] == "at last"
    line = next(
        one["system"] for one in group_world.shown(sara) if one["kind"] == "system" and one["system"]["what"] == "cut"
    )
    assert line["by"] == omid.uid.hex()


def test_a_removal_waits_for_nothing(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commander of rank who is locked out takes the one who did it out, at once."""
    arash, sara, omid, mina = group_world.people
    group_world.give_role(arash, sara, Role.ADVANCED)
    group_world.world.settle()
    lock_out(group_world, sara, arash, monkeypatch)
    assert not has_key(group_world, arash)
    arash.node.groups.command(group_world.gid, sara.uid, False, "for that")
    group_world.people.remove(sara)
    commit = last_commit(group_world, arash)
    assert commit.cut and sara.uid not in {member.uid for member in commit.members}
    group_world.say(omid, "without sara")
    assert group_world.texts(arash)[-1] == group_world.texts(mina)[-1] == "without sara"


def test_a_wrong_way_back_is_named_by_who_has_the_key(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    arash, sara, omid, mina = group_world.people
    group_world.say(arash, "before")
    group_membership.leave(group_world.room(mina))
    with monkeypatch.context() as patch:
        patch.setattr(group_commits, "wrap_history", lambda *_: b"\7" * 60)
        group_world.say(sara, "mended, and passed on nothing")
    for person in (arash, sara, omid):
        assert told(group_world, person, "wrong_history") == [sara.uid.hex()], person.name
        assert group_world.texts(person)[-1] == "mended, and passed on nothing"
    omid.restart()
    group_world.world.settle()
    assert group_world.lines(omid).count("wrong_history") == 1
    group_world.say(omid, "goes on")
    assert group_world.texts(arash)[-1] == "goes on"


def test_another_way_back_from_the_server_says_nothing_of_the_commander(group_world: GroupWorld) -> None:
    """It is signed with the commit: the server can't give one member another one in an honest member's name."""
    arash, sara, omid, mina = group_world.people
    group_world.say(arash, "before")

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target != "omid" or b"\xa6commit" not in body:
            return [body]
        start = body.index(b"\xc4\x3c") + 2  # the only field of 60 bytes in what carries a chain
        return [body[:start] + b"\7" * 60 + body[start + 60 :]]

    group_membership.leave(group_world.room(mina))
    group_world.people.remove(mina)
    group_world.world.carry = carry
    group_world.write(sara, "mended")
    sara.settle()
    with pytest.raises(HamrazError) as caught:
        group_world.room(omid).reload()
    assert (caught.value.code, caught.value.values["why"]) == ("group_broken", "bad_commit")
    assert told(group_world, omid, "wrong_history") == []
    group_world.world.carry = lambda source, target, body: [body]
    group_world.come_to_rest()
    assert group_world.texts(omid)[-1] == "mended" and "wrong_history" not in group_world.lines(omid)
    group_world.check()


def test_a_right_way_back_needs_no_word(group_world: GroupWorld) -> None:
    arash, sara, omid, mina = group_world.people
    group_membership.leave(group_world.room(mina))
    group_world.say(sara, "mended")
    group_membership.leave(group_world.room(omid))
    group_world.say(sara, "and again")
    assert group_world.texts(arash) == ["mended", "and again"] and "wrong_history" not in group_world.lines(arash)


def test_somebody_leaves_while_another_mends(group_world: GroupWorld) -> None:
    """What was exactly the mending a moment ago isn't any more: it is looked at, and done again."""
    arash, sara, omid, mina = group_world.people
    group_membership.leave(group_world.room(mina))
    done: list[bool] = []

    def meanwhile(source: str, target: str, body: bytes) -> list[bytes]:
        if not done and source == "sara" and b"make_commit" in body[:14]:
            done.append(True)
            group_membership.leave(group_world.room(omid))
        return [body]

    group_world.world.carry = meanwhile
    group_world.say(sara, "two of us")
    assert done and set(group_world.kept.group.members) == {arash.uid, sara.uid}
    assert group_world.texts(arash)[-1] == "two of us"


def test_nobody_takes_themselves_out_by_command(group_world: GroupWorld) -> None:
    arash = group_world.people[0]
    epoch = group_world.kept.group.epoch
    with pytest.raises(HamrazError) as caught:
        arash.node.groups.command(group_world.gid, arash.uid, False, "")
    assert (caught.value.code, caught.value.field) == ("own_removal", "message")
    assert group_world.kept.group.epoch == epoch


@pytest.mark.parametrize(
    "entry", [b"\x92\xa4note\xc4\x00", b"", b"\xc0", None], ids=["a kind", "none", "nil", "a byte"]
)
def test_an_entry_of_no_known_form_breaks_the_group_by_name(group_world: GroupWorld, entry: bytes | None) -> None:
    """Under the authority's own signature: it is told as any other broken rule."""
    arash, sara, _omid, _mina = group_world.people
    world, room = group_world.world, group_world.room(sara)

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target != "sara" or body[1:9] != b"\xa7entries":
            return [] if target == "sara" and body[1:10] == b"\xa8reloaded" else [body]
        pushed = msgspec.msgpack.decode(body, type=Entries)
        false = pushed.entries[0] + b"\0" if entry is None else entry
        hash = chain_hash(room.group.hash, pushed.start, false)
        words = ChainHead(group_world.gid, pushed.start, hash, room.group.epoch, 0)
        head = issue(words, world.authority_key, world.link.authority_id)
        return [msgspec.msgpack.encode(Entries(group_world.gid, pushed.start, [false], head))]

    world.carry = carry
    group_world.write(arash, "something")
    group_world.room(arash).step()
    with contextlib.suppress(HamrazError):
        room.step()
    assert room.row("trouble") == "bad_statement"
    shown = chat_views.conversation(sara.node, ChatId.group(group_world.gid))
    assert shown is not None and shown["why_not"] == "group_broken"
    assert sara.node.ctx.trust.alarm is None
    world.carry = lambda source, target, body: [body]
    with contextlib.suppress(HamrazError):
        room.refresh()
    alarm = sara.node.ctx.trust.alarm  # what was signed with it contradicts what is signed now
    assert alarm is not None and alarm["why"] == "chain"
