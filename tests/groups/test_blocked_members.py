"""A blocked person in a group: the chain keeps what they write, and nothing of it is shown, counted or quoted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol import kinds
from protocol.errors import HamrazError
from protocol.files import FILE, VOICE
from protocol.primitives import random_id
from protocol.roles import Role
from tests.agent.words import places_of
from tests.groups.group_world import GroupWorld
from tests.looking import Page
from tests.sharing import content, fetch, private, send
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.groups import heads as group_heads
from web_client.groups import membership as group_membership
from web_client.groups import retraction
from web_client.messages import blocked, blocked_rows, profile_rows

WORD = "quagmire"  # in nothing but what a blocked person sends
WRITTEN_WHILE = "said while blocked"


@pytest.fixture
def group_world() -> GroupWorld:
    """Arash, Sara, Omid and Mina; Sara is the one who blocks Omid, an advanced user."""
    made = GroupWorld(Role.ADVANCED, Role.ADVANCED, Role.BEGINNER)
    made.everybody_joins()
    made.say(made.people[1], "from sara")
    made.say(made.people[2], "from omid")
    made.say(made.people[0], "from arash")
    read_all(made, made.people[1])
    return made


def people(group_world: GroupWorld) -> tuple[Person, Person, Person, Person]:
    arash, sara, omid, mina = group_world.people
    return arash, sara, omid, mina


def read_all(group_world: GroupWorld, person: Person) -> None:
    person.node.messages.mark_read(ChatId.group(group_world.gid), group_world.shown(person)[-1]["position"])
    for _pace in range(3):  # who has just said how far they are waits a little
        group_world.world.now += 2_000
        group_world.world.settle()


def alike(group_world: GroupWorld) -> bool:
    """Everybody has the chain that the authority has, and no alarm."""
    kept = group_world.kept.group
    chains = [(room.group.n, room.group.hash) for person in group_world.people for room in [group_world.room(person)]]
    return set(chains) == {(kept.n, kept.hash)} and all(
        person.node.ctx.trust.alarm is None for person in group_world.people
    )


def order_of(group_world: GroupWorld, person: Person, text: str) -> int:
    return next(int(shown["order"]) for shown in group_world.shown(person) if shown["text"] == text)


def code(run: Callable[[], Any]) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


def send_kind(group_world: GroupWorld, omid: Person, kind: str) -> None:
    """One message of this kind, about what the group has written."""
    agent, chat = omid.agent(), ChatId.group(group_world.gid)
    match kind:
        case kinds.REPLY:
            agent.send_message(chat, WORD, order_of(group_world, omid, "from sara"), None)
        case kinds.EDIT:
            agent.edit_message(chat, order_of(group_world, omid, "from omid"), WORD, None)
        case kinds.DELETE:
            agent.delete_message(chat, order_of(group_world, omid, "from omid"), None)
        case kinds.REACTION:
            agent.react(chat, order_of(group_world, omid, "from sara"), "👍", None)
        case kinds.PIN:
            agent.pin_message(chat, order_of(group_world, omid, "from sara"), on=True)
        case "file":
            send(omid, chat, content(10), name=f"{WORD}.txt", caption=WORD)
        case _:
            omid.node.groups.write(group_world.gid, kind, WORD.encode(), random_id())
    group_world.world.settle()


KINDS = [
    "text",
    kinds.REPLY,
    kinds.EDIT,
    kinds.DELETE,
    kinds.REACTION,
    kinds.PIN,
    FILE,
    VOICE,
    "poll",
    "system",
    "invitation",
    kinds.ASK,
    kinds.TIMER,
]


def test_every_kind_of_the_protocol_is_tried() -> None:
    assert set(KINDS) >= {*kinds.MARKS, *kinds.WRITTEN, *kinds.BODIES}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_a_blocked_member_writes_changes_anything_on_a_page(group_world: GroupWorld, kind: str) -> None:
    _arash, sara, omid, mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    group_world.world.settle()
    page, other = Page(sara), Page(mina)
    before, n = page.everything(WORD), group_world.room(sara).group.n
    send_kind(group_world, omid, kind)
    assert page.events == [] and page.everything(WORD) == before
    assert group_world.room(sara).group.n == n + 1  # and it stands in the chain here
    assert other.events  # to everybody else it is what it is
    assert alike(group_world)
    sara.restart()
    group_world.world.settle()
    assert alike(group_world)
    assert Page(sara).everything(WORD)["histories"] == before["histories"]
    # a later message of somebody else follows it, and the chain's numbers go on
    group_world.say(mina, "afterwards")
    assert group_world.texts(sara)[-1] == "afterwards" and alike(group_world)


def test_what_stands_beside_the_chain_is_not_shown_either(group_world: GroupWorld) -> None:
    """Typing, how far they have got, a profile."""
    _arash, sara, omid, _mina = people(group_world)
    group_world.say(sara, "to be read")
    sara.node.blocked.block(omid.uid)
    group_world.world.settle()
    page = Page(sara)
    before = page.everything()
    omid.agent().typing(ChatId.group(group_world.gid), True)
    read_all(group_world, omid)
    said = "SELECT read FROM group_seen WHERE uid = ?"
    assert sara.vault.read(lambda rows: rows.execute(said, (omid.uid,)).fetchone()[0]) >= 1  # it did come
    omid.node.profiles.make("Omid the Great", "a line", b"")
    omid.node.profiles.step()
    group_world.say(omid, WORD)
    group_world.world.settle()
    assert page.events == [] and page.everything() == before
    assert sara.vault.read(lambda rows: profile_rows.profile_of(rows, omid.uid)) is None


def test_they_count_no_more_among_those_who_have_seen(group_world: GroupWorld) -> None:
    arash, sara, omid, mina = people(group_world)
    group_world.say(sara, "who has read this?")
    for reader in (arash, mina):
        read_all(group_world, reader)
    shown = group_world.shown(sara)[-1]
    assert shown["seen"] == {"delivered": 3, "read": 2, "all": 3}
    sara.node.blocked.block(omid.uid)
    assert group_world.shown(sara)[-1]["seen"] == {"delivered": 2, "read": 2, "all": 2}
    details = sara.agent().message_details(ChatId.group(group_world.gid), shown["order"])["details"]
    assert omid.uid.hex() not in [receipt["uid"] for receipt in details["receipts"]]
    read_all(group_world, omid)
    sara.node.blocked.unblock(omid.uid)
    assert group_world.shown(sara)[-1]["seen"] == {"delivered": 3, "read": 3, "all": 3}


def test_what_they_had_written_is_hidden_and_comes_back(group_world: GroupWorld) -> None:
    """With what they write meanwhile, its marks, its place, and what it is found by."""
    _arash, sara, omid, mina = people(group_world)
    chat = ChatId.group(group_world.gid)
    omid.agent().react(chat, order_of(group_world, omid, "from sara"), "👍", None)
    mina.agent().react(chat, order_of(group_world, mina, "from sara"), "👍", None)
    omid.agent().react(chat, order_of(group_world, omid, "from arash"), "👎", None)
    group_world.world.settle()
    page = Page(sara)
    before = page.everything("omid")
    assert group_world.texts(sara) == ["from sara", "from omid", "from arash"]
    sara.node.blocked.block(omid.uid)
    assert {"chat": chat} in [value for event, value in page.events if event == "reread"]
    assert group_world.texts(sara) == ["from sara", "from arash"]
    assert group_world.shown(sara)[-2]["reactions"] == [{"emoji": "👍", "from": [mina.uid.hex()]}]
    assert group_world.shown(sara)[-1]["reactions"] == []
    assert page.agent.search("omid", None, 100, None)["hits"] == []
    sara.node.blocked.unblock(omid.uid)
    assert page.everything("omid") == before
    # meanwhile
    sara.node.blocked.block(omid.uid)
    group_world.say(omid, WRITTEN_WHILE)
    omid.agent().edit_message(chat, order_of(group_world, omid, "from omid"), "changed", None)
    omid.agent().react(chat, order_of(group_world, omid, "from sara"), "❤️", None)
    mina.agent().react(chat, order_of(group_world, mina, WRITTEN_WHILE), "👎", None)
    group_world.world.settle()
    assert group_world.texts(sara) == ["from sara", "from arash"]
    conversation = next(one for one in sara.agent().snapshot()["conversations"] if one["chat"] == chat)
    assert (conversation["unread"], conversation["last"]["text"]) == (0, "from arash")
    sara.node.blocked.unblock(omid.uid)

    def looks(person: Person) -> list[tuple[str, list[Any]]]:
        return [
            (shown["text"], sorted((one["emoji"], tuple(sorted(one["from"]))) for one in shown["reactions"]))
            for shown in group_world.shown(person)
            if shown["kind"] == "text"
        ]

    assert looks(sara) == looks(mina) and WRITTEN_WHILE in group_world.texts(sara)
    assert [hit["message"]["text"] for hit in sara.agent().search(WRITTEN_WHILE, None, 10, None)["hits"]] == [
        WRITTEN_WHILE
    ]
    for shown in group_world.shown(sara):
        details = sara.agent().message_details(chat, shown["order"])["details"]
        assert details["verified"], shown


def test_a_quote_of_theirs_shows_only_the_words_of_who_quotes(group_world: GroupWorld) -> None:
    _arash, sara, omid, mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    group_world.say(omid, WORD)
    for text in (WORD, "from omid"):
        mina.agent().send_message(
            ChatId.group(group_world.gid), f"about {text[:4]}", order_of(group_world, mina, text), None
        )
    group_world.world.settle()
    answers = [shown for shown in group_world.shown(sara) if shown["text"].startswith("about")]
    assert [(one["reply"]["blocked"], one["reply"]["text"], one["reply"]["order"]) for one in answers] == [
        (True, "", None)
    ] * 2
    assert WORD not in repr(Page(sara).everything()["histories"])
    sara.node.blocked.unblock(omid.uid)
    answers = [shown for shown in group_world.shown(sara) if shown["text"].startswith("about")]
    assert [(one["reply"]["blocked"], one["reply"]["text"]) for one in answers] == [(False, WORD), (False, "from omid")]


def test_no_call_reaches_what_is_hidden(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = people(group_world)
    chat = ChatId.group(group_world.gid)
    send(omid, chat, content(10))
    group_world.world.settle()
    order = group_world.shown(sara)[-1]["order"]
    fetch(sara, chat)
    sara.node.blocked.block(omid.uid)
    agent = sara.agent()
    assert code(lambda: agent.message_details(chat, order)) == "no_such_message"
    assert code(lambda: agent.send_message(chat, "an answer", order, None)) == "no_such_message"
    assert code(lambda: agent.react(chat, order, "👍", None)) == "no_such_message"
    for run in (agent.file_fetch, agent.file_ticket, agent.file_play, agent.file_preview):
        assert code(lambda run=run: run(chat, order)) == "file_gone"  # type: ignore[misc]


# --- the group's state is everybody's ---


def test_a_blocked_commanders_commit_is_shown_and_its_reason_is_not(group_world: GroupWorld) -> None:
    arash, sara, omid, mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    omid.node.groups.command(group_world.gid, mina.uid, add=False, reason=WORD)
    group_world.world.settle()
    line = group_world.shown(sara)[-1]
    assert (line["system"]["what"], line["system"]["by"]) == ("removed", omid.uid.hex())
    assert line["system"]["who"] == [mina.uid.hex()] and line["system"]["reason"] == ""
    assert group_world.shown(arash)[-1]["system"]["reason"] == WORD
    omid.node.groups.command(group_world.gid, mina.uid, add=True, reason="")
    group_world.world.settle()
    assert group_world.lines(sara)[-1] == "added"
    group_membership.change_settings(group_world.room(omid), None, "ranked")
    group_world.world.settle()
    assert group_world.lines(sara)[-1] == "policy"
    group_world.check()
    group_world.say(sara, "and it goes on")
    assert group_world.texts(arash)[-1] == "and it goes on"


def test_what_is_taken_away_from_and_by_a_blocked_person(group_world: GroupWorld) -> None:
    """It is done, as everywhere; the reason isn't shown where a blocked person gives it."""
    arash, sara, omid, _mina = people(group_world)
    chat = ChatId.group(group_world.gid)
    group_world.say(omid, "with words")
    omid.agent().edit_message(chat, order_of(group_world, omid, "with words"), WORD, None)
    group_world.world.settle()
    sara.node.blocked.block(omid.uid)
    place = next(shown["proof"]["n"] for shown in group_world.shown(arash) if shown["text"] == WORD)
    retraction.take_away(group_world.room(arash), place, "not here")
    retraction.take_away(group_world.room(omid), group_world.shown(arash)[-2]["proof"]["n"], WORD)
    group_world.world.settle()
    assert places_of(sara, WORD) <= {"messages.retracted"}
    taken = [shown["retracted"] for shown in group_world.shown(sara) if shown["retracted"]]
    assert taken == [{"by": omid.uid.hex(), "reason": ""}]
    sara.node.blocked.unblock(omid.uid)
    assert [shown["retracted"] for shown in group_world.shown(sara) if shown["retracted"]] == [
        {"by": omid.uid.hex(), "reason": WORD},
        {"by": arash.uid.hex(), "reason": "not here"},
    ]
    assert alike(group_world)


def test_a_blocked_member_coming_and_going_is_told(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    omid.agent().leave_group(group_world.gid.hex())
    group_world.world.settle()
    assert group_world.lines(sara)[-1] == "left"


def test_an_invitation_by_a_blocked_person_is_passed_over(group_world: GroupWorld) -> None:
    _arash, sara, omid, mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    made = omid.node.groups.create(WORD, [sara.uid, mina.uid], "all").gid
    group_world.world.settle()
    assert made in mina.node.groups.rooms and made not in sara.node.groups.rooms
    sara.node.blocked.unblock(omid.uid)
    group_world.world.settle()
    assert made not in sara.node.groups.rooms


def test_an_invitation_that_is_not_answered_is_hidden_and_comes_back(group_world: GroupWorld) -> None:
    _arash, sara, omid, mina = people(group_world)
    made = omid.node.groups.create("another", [sara.uid, mina.uid], "all").gid
    group_world.world.settle()
    page = Page(sara)
    before = page.everything()
    chats = lambda: [one["chat"] for one in page.agent.snapshot()["conversations"]]  # noqa: E731
    assert ChatId.group(made) in chats()
    sara.node.blocked.block(omid.uid)
    assert ("conversation_gone", {"chat": ChatId.group(made)}) in page.events and ChatId.group(made) not in chats()
    page.events.clear()
    mina.node.groups.answer(made, True)
    omid.node.groups.rooms[made].step()
    group_world.world.settle()
    sara.restart()
    group_world.world.settle()
    page = Page(sara)
    assert ChatId.group(made) not in chats()
    sara.node.blocked.unblock(omid.uid)
    assert ChatId.group(made) in chats() and ChatId.group(made) in [
        one["chat"] for _event, one in page.events if "chat" in one
    ]
    assert page.everything()["histories"] == before["histories"]
    page.agent.answer_invitation(made.hex(), True)
    group_world.world.settle()
    assert sara.node.groups.rooms[made].state == "joined"


def test_one_that_was_not_checked_yet_is_passed_over_too(group_world: GroupWorld) -> None:
    """It came while the authority was away, before its sender was blocked."""
    _arash, sara, omid, _mina = people(group_world)
    made = omid.node.groups.create(WORD, [sara.uid], "all").gid
    omid.deliver()
    sara.node.groups.rooms.pop(made, None)

    def as_it_came(rows: Any) -> None:
        order = rows.execute("SELECT ord FROM messages WHERE kind = 'invitation' ORDER BY ord DESC").fetchone()[0]
        rows.execute("DELETE FROM groups WHERE gid = ?", (made,))
        rows.execute("INSERT OR IGNORE INTO unchecked VALUES (?)", (order,))

    sara.vault.write(as_it_came)
    sara.node.blocked.block(omid.uid)
    sara.restart()
    group_world.world.settle()
    assert made not in sara.node.groups.rooms
    assert sara.vault.read(lambda rows: rows.execute("SELECT count(*) FROM unchecked").fetchone()[0]) == 0


def test_nobody_who_is_blocked_is_added(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    agent = sara.agent()
    assert code(lambda: agent.public_chat_method(["omid"], "another", "all")) == "person_blocked"
    made = agent.public_chat_method(["mina"], "another", "all")["group_id"]
    assert (
        code(lambda: agent.send_public_message("omid", made, is_command=True, is_add=True, reason=""))
        == "person_blocked"
    )
    group_world.world.settle()
    sara.node.blocked.unblock(omid.uid)
    agent.send_public_message("omid", made, is_command=True, is_add=True, reason="")
    group_world.world.settle()
    assert bytes.fromhex(made) in omid.node.groups.rooms


def test_whom_one_had_added_is_invited_once_they_are_unblocked(group_world: GroupWorld) -> None:
    """Blocked between the commit and its invitation: the group goes on, and the invitation waits."""
    _arash, sara, omid, mina = people(group_world)
    made = sara.node.groups.create("another", [mina.uid, omid.uid], "all").gid
    group_world.world.settle()
    add = "INSERT INTO group_invites VALUES (?, ?)"  # as if nobody had been invited yet
    sara.vault.write(lambda rows: rows.executemany(add, [(made, mina.uid), (made, omid.uid)]))
    sara.node.blocked.block(omid.uid)
    sara.node.groups.rooms[made].step()
    left = "SELECT uid FROM group_invites WHERE gid = ?"
    assert sara.vault.read(lambda rows: [bytes(r[0]) for r in rows.execute(left, (made,))]) == [omid.uid]
    assert sara.node.outbox.waiting() == [mina.uid]
    sara.node.blocked.unblock(omid.uid)
    sara.node.groups.rooms[made].step()
    assert omid.uid in sara.node.outbox.waiting()


# --- what others can hold against it ---


def test_chains_compared_are_the_same(group_world: GroupWorld) -> None:
    """Sara's signed head of the chain covers what she doesn't see."""
    _arash, sara, omid, mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    group_world.say(omid, WORD)
    group_world.say(mina, "afterwards")
    for one, other in ((sara, omid), (omid, sara), (sara, mina)):
        ours = group_heads.ours(one.node.ctx, one.node.groups, other.uid)
        assert ours
        group_heads.take(other.node.ctx, other.node.groups, one.uid, ours)
    assert all(person.node.ctx.trust.alarm is None for person in group_world.people)
    room = group_world.room(sara)
    assert (room.group.n, room.group.hash) == (group_world.kept.group.n, group_world.kept.group.hash)
    sara.agent().reload_one_chat(group_world.gid.hex())
    group_world.check()


def test_ones_own_profile_is_told_in_no_group_with_a_blocked_person(group_world: GroupWorld) -> None:
    _arash, sara, omid, mina = people(group_world)
    other = sara.node.groups.create("without omid", [mina.uid], "all").gid
    group_world.world.settle()
    mina.node.groups.answer(other, True)
    sara.node.profiles.make("Sara", "a line", b"")
    sara.node.profiles.step()
    sara.node.blocked.block(omid.uid)
    group_world.world.settle()
    group_world.say(sara, "in the group with omid")
    for reader in (omid, mina):
        read_all(group_world, reader)
    query = "SELECT count(*) FROM profile_told WHERE chat = ?"
    told = [
        reader.vault.read(lambda rows: rows.execute(query, (ChatId.group(group_world.gid),)).fetchone()[0])
        for reader in (omid, mina)
    ]
    assert told == [0, 0]
    sara.node.groups.write(other, "text", b"among us", random_id())
    group_world.world.settle()
    mina.node.messages.mark_read(ChatId.group(other), 1 << 40)
    group_world.world.settle()
    found = mina.vault.read(lambda rows: profile_rows.profile_of(rows, sara.uid))
    assert found is not None and found.name == "Sara"


# --- keys that come later, many messages, cuts ---


def test_what_opens_later_stays_hidden(group_world: GroupWorld) -> None:
    """A key that comes after the messages that it opens."""
    _arash, sara, omid, mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    group_world.say(omid, WORD)
    group_world.say(mina, "afterwards")

    def lose(rows: Any) -> None:
        rows.execute("DELETE FROM group_keys WHERE gid = ?", (group_world.gid,))
        rows.execute(
            "UPDATE messages SET kind = 'unreadable', why = 'no_key', body = x'' WHERE recipient = ? "
            "AND state = 'received'",
            (group_world.gid,),
        )

    sara.vault.write(lose)
    sara.restart()
    group_world.world.settle()
    assert group_world.texts(sara)[-1] == "afterwards" and WORD not in group_world.texts(sara)
    sara.node.blocked.unblock(omid.uid)
    assert WORD in group_world.texts(sara)


def test_many_messages_go_on_being_hidden_after_a_restart(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest are hidden when the call returns; the agent ends, and goes on where it was."""
    _arash, sara, omid, _mina = people(group_world)
    for n in range(12):
        omid.node.groups.write(group_world.gid, "text", f"number {n}".encode(), random_id())
    group_world.world.settle()
    monkeypatch.setattr(blocked, "AT_ONCE", 3)
    monkeypatch.setattr(blocked, "SOON", 2)
    sara.node.blocked.block(omid.uid)
    assert [text for text in group_world.texts(sara) if text.startswith("number")] == [f"number {n}" for n in range(6)]
    sara.restart()
    page = Page(sara)
    sara.node.go_on_blocking()
    while sara.node.blocked.step():
        pass
    assert group_world.texts(sara) == ["from sara", "from arash"]
    assert "reread" in [event for event, _value in page.events]
    assert sara.vault.read(blocked_rows.unsettled) == []
    sara.node.blocked.unblock(omid.uid)
    while sara.node.blocked.step():
        pass
    assert len(group_world.texts(sara)) == 15


def test_blocking_and_unblocking_at_once_comes_to_what_was_said_last(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _arash, sara, omid, _mina = people(group_world)
    for n in range(6):
        omid.node.groups.write(group_world.gid, "text", f"number {n}".encode(), random_id())
    group_world.world.settle()
    before = group_world.texts(sara)
    monkeypatch.setattr(blocked, "AT_ONCE", 1)
    monkeypatch.setattr(blocked, "SOON", 1)
    for _time in range(2):
        sara.node.blocked.block(omid.uid)
        sara.node.blocked.unblock(omid.uid)
    while sara.node.blocked.step():
        pass
    assert group_world.texts(sara) == before


def test_the_private_chat_and_the_group_are_blocked_together(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = people(group_world)
    sara.node.blocked.block(omid.uid)
    omid.say(sara, WORD)
    group_world.say(omid, WORD)
    assert sara.texts(omid) == [] and WORD not in group_world.texts(sara)
    assert private(omid) not in [one["chat"] for one in sara.agent().snapshot()["conversations"]]
