"""A laptop is lost: what its owner has again on another one, and what everybody else sees of it."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.log_entries import RECOVERY
from tests.backups.machines import (
    begin_again,
    fill,
    go_on_elsewhere,
    heal,
    is_shut_out,
    lose,
    on_paper,
    take,
    two_at_once,
)
from tests.sharing import hand_over, newest, private
from tests.world import Person, World
from web_client.account import kits, restored
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageChanged
from web_client.agent.views import messages as message_views
from web_client.vault.database import setting

FINE = {"delivered", "read", "received"}


def nothing_is_wrong(world: World) -> None:
    for person in world.people.values():
        assert person.node.ctx.trust.alarm is None
        for room in person.node.groups.rooms.values():
            assert room.row("trouble") is None


def group_of(by: Person, *others: Person, history: str = "all") -> bytes:
    gid = by.node.groups.create("class", [one.uid for one in others], history).gid
    by.world.settle()
    for one in others:
        one.agent().answer_invitation(gid.hex(), True)
    by.world.settle()
    return gid


def in_group(person: Person, gid: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = message_views.history(person.node, ChatId.group(gid), None, None, 1000)["messages"]
    return found


def group_texts(person: Person, gid: bytes) -> list[str]:
    return [one["text"] for one in in_group(person, gid) if one["kind"] == "text"]


def invitations(person: Person, by: Person) -> int:
    return len(person.invitations(by))


def test_what_the_backup_has_is_there_and_the_rest_comes_back(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, "one")
    arash.say(sara, "two")
    world.settle()
    sara.node.backups.make()
    world.now += 60_000
    sara.say(arash, "three, after the backup")
    world.now += 60_000
    arash.say(sara, "four, after the backup")
    world.now += 60_000
    sara.say(arash, "five, after the backup")
    world.settle()
    lose(sara)
    world.now += 3_600_000
    arash.write(sara, "six, while she was gone")
    arash.deliver()
    go_on_elsewhere(sara, kit)
    assert sara.texts(arash)[:2] == ["one", "two"]
    heal(world)
    assert sara.texts(arash) == arash.texts(sara)
    assert [text.split(",")[0] for text in sara.texts(arash)] == ["one", "two", "three", "four", "five", "six"]
    sara.say(arash, "back again")
    arash.say(sara, "welcome")
    world.settle()
    assert sara.texts(arash) == arash.texts(sara)
    assert set(sara.states(arash)) <= FINE and set(arash.states(sara)) <= FINE
    assert not any(one["gap"] for one in sara.shown(arash) + arash.shown(sara))
    nothing_is_wrong(world)
    why = [why for _index, _key, why, _by in world.authority.state.log.users[sara.uid].keys]
    assert why == ["", RECOVERY]


def test_what_is_missing_is_a_gap_until_it_is_back(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    arash.say(sara, "before")
    sara.node.backups.make()
    arash.say(sara, "lost")
    world.settle()
    lose(sara)
    world.now += 60_000
    go_on_elsewhere(sara, kit)
    arash.say(sara, "after")
    assert [(one["text"], one["gap"]) for one in sara.shown(arash)] == [("before", False), ("after", True)]
    assert sara.agent().snapshot()["backup"]["restored"]["waiting"] == 1
    heal(world)
    assert [(one["text"], one["gap"]) for one in sara.shown(arash)] == [
        ("before", False),
        ("lost", False),
        ("after", False),
    ]
    assert sara.agent().snapshot()["backup"]["restored"]["waiting"] == 0


def test_groups_come_back_whole_and_nobody_is_invited_twice(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    arash.agent().add_permissions("sara", "advanced user")
    world.settle()
    kit = on_paper(sara)
    gid = group_of(sara, arash, mani)
    sara.agent().send_public_message("hello", gid.hex())
    world.settle()
    arash.agent().send_public_message("hello sara", gid.hex())
    world.settle()
    sara.node.messages.mark_read(ChatId.group(gid), in_group(sara, gid)[-1]["position"])
    sara.node.backups.make()
    arash.agent().send_public_message("after the backup", gid.hex())
    world.settle()
    before = {person.name: invitations(person, sara) for person in (arash, mani)}
    lose(sara)
    mani.agent().send_public_message("while she was gone", gid.hex())
    world.settle()
    go_on_elsewhere(sara, kit)
    sara.changes.clear()
    heal(world)
    texts = ["hello", "hello sara", "after the backup", "while she was gone"]
    assert group_texts(sara, gid) == group_texts(arash, gid) == texts
    assert {person.name: invitations(person, sara) for person in (arash, mani)} == before
    told = [event for event in sara.changes if isinstance(event, MessageChanged)]
    assert len(told) <= 2  # what was here before is no news: nobody is notified of all of it
    shown = sara.agent().reload_one_chat(gid.hex())["conversation"]
    unread = [one["text"] for one in in_group(sara, gid) if one["position"] >= shown["first_unread"]]
    assert shown["unread"] == 2 and [text for text in unread if text] == texts[2:]
    sara.agent().send_public_message("back", gid.hex())
    world.settle()
    mani.agent().send_public_message("good", gid.hex())
    world.settle()
    for person in (sara, arash, mani):
        assert group_texts(person, gid) == [*texts, "back", "good"]
    nothing_is_wrong(world)
    # a newcomer reads everything, as before
    nina = world.sign_up("nina")
    world.settle()
    sara.agent().send_public_message("nina", gid.hex(), True, True)
    world.settle()
    nina.agent().answer_invitation(gid.hex(), True)
    world.settle()
    assert group_texts(nina, gid) == [*texts, "back", "good"]


@pytest.mark.parametrize("history", ["all", "joining"])
def test_a_key_that_came_after_the_backup_is_here_in_a_few_seconds(
    world: World, arash: Person, sara: Person, mani: Person, history: str
) -> None:
    """Who has it mends the group for her, in turn, and whoever is away isn't waited for; nothing is cut."""
    kit = on_paper(sara)
    gid = group_of(arash, sara, mani, history=history)
    sara.node.backups.make()
    nina = world.sign_up("nina")
    world.settle()
    arash.agent().send_public_message("nina", gid.hex(), True, True)
    world.settle()
    nina.agent().answer_invitation(gid.hex(), True)
    world.settle()
    mani.agent().send_public_message("under the new key", gid.hex())
    world.settle()
    lose(sara)
    for one in (arash, mani):  # of rank, and whoever comes first: both are away
        one.stop()
        del world.people[one.name]
    world.settle()
    go_on_elsewhere(sara, kit)
    begun = world.now
    while group_texts(sara, gid) != ["under the new key"] and world.now - begun < 60_000:
        world.now += 500
        world.settle()
    assert world.now - begun <= 8_000
    kept = world.authority.state.groups.groups[gid].group
    assert not kept.commit.cut
    sara.agent().send_public_message("thank you", gid.hex())
    world.settle()
    assert group_texts(nina, gid)[-2:] == ["under the new key", "thank you"]
    nothing_is_wrong(world)


def test_the_list_is_in_the_order_in_which_it_was(world: World, arash: Person, sara: Person, mani: Person) -> None:
    """What chains that come again tell of themselves isn't said today; by the kit alone, as far as words say."""
    arash.agent().add_permissions("sara", "advanced user")
    world.settle()
    kit = on_paper(sara)

    def later() -> None:
        world.settle()
        world.now += 3_600_000

    def listed() -> list[tuple[int, str]]:
        """When, and which, as the page orders it."""
        return sorted((one["time"], one["chat"]) for one in sara.agent().snapshot()["conversations"])

    later()
    silent = group_of(sara, arash)
    later()
    mani.say(sara, "one")
    later()
    gid = group_of(arash, sara, mani)
    later()
    arash.agent().send_public_message("two", gid.hex())
    later()
    sara.say(arash, "three")
    later()
    mani.agent().leave_group(gid.hex())
    later()
    before, lines = listed(), [(one["kind"], one["time"]) for one in in_group(sara, gid)]
    chats = [ChatId.group(silent), ChatId.private(mani.uid), ChatId.private(arash.uid), ChatId.group(gid)]
    assert [chat for _time, chat in before] == chats
    assert [kind for kind, _time in lines] == ["system"] * 3 + ["text", "system"]
    sara.node.backups.make()
    later()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world, 3)
    assert listed() == before
    said = lines[3]
    at = [said[1]] * 4 + [lines[4][1]]  # what was told before the first word was then; and nothing is told today
    assert [one["time"] for one in in_group(sara, gid)] == at
    lose(sara)
    begin_again(sara, kit)
    heal(world, 3)
    again = [(one["kind"], one["time"]) for one in in_group(sara, gid)]
    assert again[3] == said and {time for _kind, time in again[:5]} == {said[1]}


def test_a_group_that_is_over_stays_as_it_was(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(mani)
    gid = group_of(arash, sara, mani)
    mani.agent().send_public_message("before I go", gid.hex())
    world.settle()
    mani.agent().leave_group(gid.hex())
    world.settle()
    before = in_group(mani, gid)
    mani.node.backups.make()
    lose(mani)
    go_on_elsewhere(mani, kit)
    heal(world)
    after = in_group(mani, gid)
    for one in (*before, *after):
        one.pop("seen", None)  # who has seen what of a group that is over is told by nobody any more
    assert after == before and any(one["text"] == "before I go" for one in before)
    details = mani.agent().message_details(
        ChatId.group(gid), next(one["order"] for one in before if one["text"] == "before I go")
    )["details"]
    assert details["verified"] is True
    nothing_is_wrong(world)


def test_what_waited_is_not_sent_by_itself_and_can_be_sent_again(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, "there")
    world.settle()
    world.authority_up = False
    arash.stop()
    sara.write(arash, "waits")
    arash.restart(connect=False)
    world.authority_up = True
    world.cut("authority")
    sara.reconnect()
    sara.node.backups.make()
    lose(sara)
    arash.reconnect()
    go_on_elsewhere(sara, kit)
    heal(world)
    assert arash.texts(sara) == ["there"]
    [waited] = [one for one in sara.shown(arash) if one["text"] == "waits"]
    assert (waited["state"], waited["why"]) == ("failed", "not_certain")
    assert sara.node.outbox.waiting() == []


def unsure(person: Person, other: Person) -> list[str]:
    return [one["text"] or one["kind"] for one in person.shown(other) if one["unsure"]]


def looks(person: Person, other: Person) -> list[tuple[str, bool, int]]:
    return [(one["text"], one["deleted"], len(one["reactions"])) for one in person.shown(other)]


@pytest.mark.parametrize("arrived", [False, True])
def test_changes_that_waited_are_shown_as_uncertain(world: World, arash: Person, sara: Person, arrived: bool) -> None:
    """They count here as they did; said again they mean the same, and what the other has after all is certain."""
    kit = on_paper(sara)
    chat = ChatId.private(arash.uid)
    for text in ("edited", "deleted", "stays"):
        sara.say(arash, text)
    arash.say(sara, "answered with a sign")
    world.settle()
    orders = {one["text"]: one["order"] for one in sara.shown(arash)}
    arash.stop()
    world.authority_up = False
    world.cut("authority")
    agent = sara.agent()
    agent.edit_message(chat, orders["edited"], "once")
    agent.edit_message(chat, orders["edited"], "other words")
    agent.delete_message(chat, orders["deleted"])
    agent.react(chat, orders["answered with a sign"], "👍")
    world.authority_up = True
    sara.reconnect()
    sara.node.backups.make()
    arash.restart()
    if arrived:
        world.settle()
    lose(sara)
    go_on_elsewhere(sara, kit)
    expected = ["other words", "deleted", "answered with a sign"]
    assert unsure(sara, arash) == expected
    heal(world)
    as_shown = [("other words", False, 0), ("", True, 0), ("stays", False, 0), ("answered with a sign", False, 1)]
    assert looks(sara, arash) == as_shown
    if arrived:
        assert unsure(sara, arash) == [] and looks(arash, sara) == as_shown
        return
    assert unsure(sara, arash) == expected and looks(arash, sara)[0] == ("edited", False, 0)
    sara.changes.clear()
    for order in (orders["edited"], orders["deleted"]):
        sara.agent().say_again(chat, order)
    assert MessageChanged(orders["edited"]) in sara.changes
    sara.agent().let_be(chat, orders["answered with a sign"])
    world.settle()
    assert unsure(sara, arash) == [] and looks(sara, arash) == as_shown
    assert looks(arash, sara) == [*as_shown[:3], ("answered with a sign", False, 0)]
    nothing_is_wrong(world)


def test_what_waited_and_has_arrived_since_is_certain(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, "there")
    world.settle()
    arash.stop()
    sara.write(arash, "in the mailbox")
    sara.deliver()
    sara.node.backups.make()
    arash.restart()
    world.settle()
    sara.say(arash, "and on")
    world.settle()
    lose(sara)
    go_on_elsewhere(sara, kit)
    assert ("in the mailbox", "not_certain") in [(one["text"], one["why"]) for one in sara.shown(arash)]
    heal(world)
    assert [(one["text"], one["state"]) for one in sara.shown(arash)] == [
        ("there", "delivered"),
        ("in the mailbox", "delivered"),
        ("and on", "delivered"),
    ]
    assert arash.texts(sara) == sara.texts(arash)


@pytest.mark.parametrize("by", ["sara", "arash"])
def test_deleted_words_do_not_come_back(world: World, arash: Person, sara: Person, by: str) -> None:
    kit = on_paper(sara)
    people = {"sara": sara, "arash": arash}
    author, other = people[by], people["arash" if by == "sara" else "sara"]
    author.say(other, "in the backup, deleted after it")
    author.say(other, "stays")
    world.settle()
    sara.node.backups.make()
    author.say(other, "came and went after the backup")
    world.settle()
    for text in ("in the backup, deleted after it", "came and went after the backup"):
        order = next(one["order"] for one in author.shown(other) if one["text"] == text)
        author.agent().delete_message(ChatId.private(other.uid), order)
        world.settle()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert [text for text in sara.texts(arash) if text] == ["stays"]
    assert [text for text in arash.texts(sara) if text] == ["stays"]
    rows = sara.vault.read(lambda rows: rows.execute("SELECT body, raw, envelope, words FROM messages").fetchall())
    said = b"".join(bytes(part) if not isinstance(part, str) else part.encode() for row in rows for part in row if part)
    assert b"deleted after it" not in said and b"came and went" not in said
    nothing_is_wrong(world)


def test_of_who_is_blocked_nothing_comes(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(sara)
    mani.say(sara, "before the block")
    world.settle()
    sara.agent().block(mani.uid.hex())
    world.settle()
    sara.node.backups.make()
    mani.say(sara, "unwanted")
    world.settle()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert sara.texts(mani) == ["before the block"]
    assert sara.node.blocked.has(mani.uid)
    sara.agent().unblock(mani.uid.hex())
    heal(world)
    assert "unwanted" not in sara.texts(mani)


def test_a_conversation_that_began_after_the_backup_comes_back(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    kit = on_paper(sara)
    sara.node.backups.make()
    mani.say(sara, "hello, we don't know each other")
    sara.say(mani, "now we do")
    world.settle()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert sorted(sara.texts(mani)) == sorted(mani.texts(sara)) == ["hello, we don't know each other", "now we do"]


def test_the_old_machine_is_shut_out_by_name(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, "one")
    world.settle()
    sara.node.backups.make()
    old = sara.vault
    lose(sara)
    go_on_elsewhere(sara, kit)
    new = sara.vault
    sara.stop()
    is_shut_out(sara, old)
    take(sara, new)


def test_of_two_restores_at_once_one_goes_on_and_the_other_is_told(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, "one")
    world.settle()
    sara.node.backups.make()
    lose(sara)
    two_at_once(sara, kit, fill(sara, kit), fill(sara, kit))
    heal(world)
    sara.say(arash, "here")
    assert arash.texts(sara) == sara.texts(arash) == ["one", "here"]


def test_settings_contacts_and_what_stands_beside_come_too(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    agent = sara.agent()
    sara.say(arash, "one")
    arash.say(sara, "two")
    world.settle()
    agent.set_verified("arash", True)
    agent.set_nickname(arash.uid.hex(), "my brother")
    agent.set_setting("typing", False)
    agent.set_keywords(["deploy"])
    agent.star(ChatId.private(arash.uid), sara.shown(arash)[1]["order"], on=True)
    agent.set_chat(ChatId.private(arash.uid), pinned=True, draft="half a sente")
    sara.read(arash)
    sara.node.profiles.make("Sara S.", "hello", b"")
    world.settle()
    before = agent.snapshot()
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    after = sara.agent().snapshot()
    for name in ("settings", "conversations"):
        assert after[name] == before[name], name
    [one] = [one for one in after["people"] if one["name"] == "arash"]
    assert one["verified"] and one["nickname"] == "my brother"
    assert (after["me"]["display_name"], after["me"]["line"]) == ("Sara S.", "hello")
    assert [hit["message"]["text"] for hit in sara.agent().starred()["hits"]] == ["two"]
    sara.say(arash, "three")
    arash.read(sara)
    heal(world, 2)
    from web_client.messages import profile_rows

    shown = arash.vault.read(lambda rows: profile_rows.profile_of(rows, sara.uid))
    assert shown is not None and shown.name == "Sara S."


def test_the_kit_is_on_paper_only_and_the_next_backup_is_made(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert sara.vault.read(lambda rows: setting(rows, kits.SEED)) is None
    me = sara.node.ctx.trust.user(sara.uid)
    kept = sara.vault.read(lambda rows: kits.kept(rows, me))
    assert kept is not None and kept.seal_key == kit.open_key().public
    sara.say(arash, "again")
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert sara.texts(arash) == arash.texts(sara) == ["again"]
    assert sara.vault.read(restored.load) is not None


def test_what_was_listened_to_is_so_again(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    group = ChatId.group(group_of(arash, sara))

    def say(who: Person, chat: ChatId) -> None:
        who.agent().send_voice(hand_over(who, chat, b"abc", "voice.webm"), 1_000, "")
        world.settle()

    def voices(chat: ChatId) -> list[bool]:
        found = message_views.history(sara.node, chat, None, None, 50)["messages"]
        return [one["file"]["voice"]["listened"] for one in found if one["file"]]

    def hear(who: Person, chat: ChatId) -> None:
        who.agent().mark_listened(chat, newest(who, chat)["order"])
        world.settle()

    for chat in (private(arash), group):
        say(arash, private(sara) if chat is not group else group)
        hear(sara, chat)
        say(arash, private(sara) if chat is not group else group)
        sara.agent().mark_read(chat, newest(sara, chat)["position"])
    say(sara, private(arash))
    hear(arash, private(sara))
    say(sara, private(arash))
    before = [voices(private(arash)), voices(group)]
    assert before == [[True, False, True, False], [True, False]]
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert [voices(private(arash)), voices(group)] == before
