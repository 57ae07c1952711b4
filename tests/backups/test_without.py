"""A laptop is lost, and there is no backup: what its owner has again by the kit alone, and what it costs others."""

from __future__ import annotations

import msgspec
import pytest

from protocol import messages
from protocol.errors import HamrazError, Unreachable
from protocol.messages import FetchGroup, GroupIs, LogPart
from tests.agent.wire import decoded
from tests.backups.machines import (
    begin_again,
    fill_without,
    go_on_elsewhere,
    heal,
    lose,
    on_paper,
    two_at_once,
)
from tests.backups.test_restore import group_of, group_texts, in_group, invitations, nothing_is_wrong
from tests.world import Person, World
from web_client.account.events import PresenceChanged
from web_client.groups import finding, mending
from web_client.groups.rows import INVITED, JOINED


def found(person: Person) -> dict[str, str]:
    """Group by name: in which state."""
    return {room.row("name"): room.state for room in person.node.groups.rooms.values()}


def test_what_others_have_comes_back(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, "one")
    world.now += 1000
    arash.say(sara, "two")
    mani.say(sara, "three")
    world.settle()
    world.now += 1000
    lose(sara)
    arash.write(sara, "while she was gone")
    arash.deliver()
    begin_again(sara, kit)
    assert sara.texts(arash) == []
    heal(world)
    assert sara.texts(arash) == arash.texts(sara) == ["one", "two", "while she was gone"]
    assert sara.texts(mani) == ["three"]
    sara.say(arash, "back again")
    arash.say(sara, "welcome")
    world.settle()
    assert sara.texts(arash) == arash.texts(sara)
    assert not any(one["gap"] for one in sara.shown(arash) + arash.shown(sara))
    assert set(sara.states(arash)) <= {"delivered", "read", "received"}
    shown = sara.agent().snapshot()
    assert shown["me"]["name"] == "sara" and shown["backup"]["restored"]["when"] is None
    nothing_is_wrong(world)


def test_groups_are_found_with_their_names_and_words(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(sara)
    gid = group_of(arash, sara, mani)
    arash.node.groups.create("others'", [mani.uid], "all")
    for text, by in (("hello", arash), ("hi", sara)):
        by.agent().send_public_message(text, gid.hex())
        world.settle()
    epoch = world.authority.state.groups.groups[gid].group.epoch
    lose(sara)
    begin_again(sara, kit)
    world.settle()
    assert set(found(sara).values()) == {JOINED} and len(found(sara)) == 1
    heal(world, 5)
    assert found(sara) == {"class": JOINED}
    assert group_texts(sara, gid) == ["hello", "hi"]
    assert invitations(sara, arash) == 1  # the one of then, which asks nothing any more
    sara.agent().send_public_message("I am back", gid.hex())
    world.settle()
    assert group_texts(mani, gid) == group_texts(sara, gid) == ["hello", "hi", "I am back"]
    conversation = sara.agent().reload_one_chat(gid.hex())["conversation"]
    assert conversation["unread"] == 0
    assert not any(one["system"]["what"] == "cut" for one in in_group(arash, gid) if one["kind"] == "system")
    assert world.authority.state.groups.groups[gid].group.epoch == epoch + 1
    nothing_is_wrong(world)
    nina = world.sign_up("nina")  # nobody has lost anything by it: a newcomer reads everything
    world.settle()
    arash.agent().send_public_message("nina", gid.hex(), True, True)
    world.settle()
    nina.agent().answer_invitation(gid.hex(), True)
    world.settle()
    assert group_texts(nina, gid) == ["hello", "hi", "I am back"]


def test_where_history_is_not_shared_its_own_part_comes_back(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    kit = on_paper(sara)
    gid = group_of(arash, mani, history="joining")
    arash.agent().send_public_message("before sara", gid.hex())
    world.settle()
    arash.agent().send_public_message("sara", gid.hex(), True, True)
    world.settle()
    sara.agent().answer_invitation(gid.hex(), True)
    world.settle()
    for text, by in (("hello", arash), ("hi", sara)):
        by.agent().send_public_message(text, gid.hex())
        world.settle()
    lose(sara)
    begin_again(sara, kit)
    heal(world, 5)
    assert found(sara) == {"class": JOINED} and group_texts(sara, gid) == ["hello", "hi"]
    sara.agent().send_public_message("I am back", gid.hex())
    world.settle()
    assert group_texts(mani, gid) == ["before sara", "hello", "hi", "I am back"]
    nothing_is_wrong(world)


def test_what_the_authority_says_of_others_groups_is_no_group(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    """It can only name commits that the log has, and those say who is in: of another's nothing comes."""
    kit = on_paper(sara)
    others = group_of(arash, mani)
    lose(sara)
    found_of_arash = arash.node.authority.request(FetchGroup(0, others), GroupIs)

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target == "sara" and (failed := decoded(body, messages.Failed)) is not None and failed.code == "not_member":
            return [messages.encode(msgspec.structs.replace(found_of_arash, re=failed.re))]
        return [body]

    world.carry = carry
    begin_again(sara, kit)
    heal(world, 2)
    assert found(sara) == {} and not sara.vault.read(finding.is_on)
    nothing_is_wrong(world)


def test_nobody_who_could_mend_is_there_and_nothing_is_cut(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    gid = group_of(arash, sara)
    arash.agent().send_public_message("hello", gid.hex())
    world.settle()
    lose(sara)
    arash.stop()
    del world.people["arash"]
    begin_again(sara, kit)
    heal(world, 60)
    kept = world.authority.state.groups.groups[gid].group
    assert kept.epoch == 1 and found(sara) == {"arash": JOINED}  # by who is in it, as nobody says its name
    world.people["arash"] = arash
    arash.restart()
    world.now += int(mending.SOON_SECONDS * 1000)
    world.settle()
    heal(world, 1)
    assert kept.epoch == 2 and not kept.commit.cut and kept.commit.by == arash.uid
    assert group_texts(sara, gid) == ["hello"] and found(sara) == {"class": JOINED}


def test_one_to_which_one_is_only_invited_asks_again(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    gid = arash.node.groups.create("class", [sara.uid], "all").gid
    world.settle()
    lose(sara)
    begin_again(sara, kit)
    heal(world)
    assert found(sara) == {"class": INVITED}
    sara.agent().answer_invitation(gid.hex(), True)
    world.settle()
    arash.agent().send_public_message("welcome", gid.hex())
    world.settle()
    assert group_texts(sara, gid) == ["welcome"]


def test_one_has_left_stays_left(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(sara)
    gid = group_of(arash, sara, mani)
    sara.agent().leave_group(gid.hex())
    world.settle()
    arash.agent().send_public_message("without her", gid.hex())
    world.settle()
    lose(sara)
    begin_again(sara, kit)
    heal(world)
    assert JOINED not in found(sara).values()
    assert not world.authority.state.groups.groups[gid].group.is_in(sara.uid)


def test_a_group_that_came_after_the_backup_is_found(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(sara)
    old = group_of(arash, sara)
    sara.node.backups.make()
    gid = group_of(arash, sara, mani)
    arash.agent().send_public_message("to all", gid.hex())
    world.settle()
    lose(sara)
    asked: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        request = decoded(body, FetchGroup) if source == "sara" else None
        if request is not None:
            asked.append(request.gid)
        return [body]

    world.carry = carry
    go_on_elsewhere(sara, kit)
    sara.node.healing.step()
    assert gid in asked and old not in asked  # that one is in the backup
    heal(world, 5)
    assert sara.node.groups.rooms[gid].state == JOINED and group_texts(sara, gid) == ["to all"]
    nothing_is_wrong(world)


def test_it_is_asked_for_a_few_at_a_time_and_goes_on_after_a_cut(
    world: World, arash: Person, sara: Person, mani: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "AT_ONCE", 3)
    kit = on_paper(sara)
    for _group in range(8):
        arash.node.groups.create("others'", [mani.uid], "all")
    gid = group_of(arash, sara)
    lose(sara)
    asked: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        request = decoded(body, FetchGroup) if source == "sara" else None
        if request is not None:
            asked.append(request.gid)
            if len(asked) == 5:
                world.cut("sara")
                sara.network.cut("authority")
                return []
        return [body]

    world.carry = carry
    begin_again(sara, kit)
    sara.node.healing.step()
    assert len(asked) == 3
    sara.node.healing.step()
    assert len(asked) == 5 and not sara.node.authority.up
    sara.restart()
    heal(world, 5)
    assert sara.node.groups.rooms[gid].state == JOINED
    assert len(set(asked)) == 9 and len(asked) <= 12  # of that turn again, and no others
    assert not sara.vault.read(finding.is_on)


def test_the_log_decides_whose_kit_it_is(world: World, arash: Person, sara: Person) -> None:
    """Whatever the authority says: nothing is made of a log that doesn't lead to its head, or of another's uid."""
    kit = on_paper(sara)
    lose(sara)

    def code() -> str:
        with pytest.raises(HamrazError) as reason:
            fill_without(sara, kit)
        return reason.value.code

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        part = decoded(body, LogPart)
        if part is None:
            return [body]
        return [messages.encode(LogPart(part.re, change(part.entries), part.head))]

    world.carry = carry

    change = lambda entries: entries[:-1]  # noqa: E731
    assert code() == "wrong_answer"  # then there is nothing more
    change = lambda entries: [entries[0], *entries[2:], entries[1]]  # noqa: E731
    assert code() == "log_split"

    def other(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, messages.BackupIs)
        return [body] if answer is None else [messages.encode(messages.BackupIs(answer.re, arash.uid, []))]

    world.carry = other
    assert code() == "kit_unknown"


def test_of_two_at_once_one_goes_on(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, "one")
    world.settle()
    lose(sara)
    two_at_once(sara, kit, fill_without(sara, kit), fill_without(sara, kit))
    heal(world)
    assert sara.texts(arash) == arash.texts(sara) == ["one"]


def test_the_next_backup_is_made_and_serves(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    gid = group_of(arash, sara)
    lose(sara)
    begin_again(sara, kit)
    heal(world, 3)
    sara.say(arash, "anew")
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert sara.texts(arash) == arash.texts(sara) and sara.texts(arash)[-1] == "anew"
    assert sara.node.groups.rooms[gid].state == JOINED
    assert sara.agent().snapshot()["backup"]["restored"]["when"] is not None
    nothing_is_wrong(world)


def test_nothing_is_asked_while_the_authority_is_away(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    lose(sara)
    world.authority_up = False
    with pytest.raises(Unreachable):
        fill_without(sara, kit)
    world.authority_up = True
    begin_again(sara, kit)
    assert sara.node.authority.up


def test_who_comes_while_they_are_asked_for_is_asked_again_at_once(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not ten minutes later: the answer that they aren't here is older than the news that they are."""
    kit = on_paper(sara)
    sara.say(arash, "one")
    world.settle()
    lose(sara)
    begin_again(sara, kit)
    links, asks = sara.node.links, []

    def away(uid: bytes) -> None:
        if uid == arash.uid and not asks:
            asks.append(uid)
            sara.node.ctx.emit(PresenceChanged(uid, True))
            raise Unreachable("away", name="arash")
        return get(uid)

    get = links.get
    monkeypatch.setattr(links, "get", away)
    sara.node.healing.step()
    assert asks and sara.texts(arash) == []
    sara.node.healing.step()
    world.settle()
    assert sara.texts(arash) == ["one"]
