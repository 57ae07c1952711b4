"""Who is named in a group: shown at the message, counted while it is unread, everybody only by who may add."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import kinds
from protocol.errors import Refused
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.account.events import ChatChanged
from web_client.agent.views import chats as chat_views


def conversation(group_world: GroupWorld, person: Person) -> dict[str, Any]:
    shown = chat_views.conversation(person.node, ChatId.group(group_world.gid))
    assert shown is not None
    return shown


def named(group_world: GroupWorld, person: Person) -> list[str | None]:
    return [one["mention"] for one in group_world.shown(person) if one["kind"] == "text"]


def test_who_is_named_and_how_many_unread_messages_do_it() -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    _arash, sara, omid = group_world.people
    first = group_world.say(omid, "@sara, @همه: who comes?")  # a beginner names nobody but her
    group_world.say(sara, "@all and @omid, I do")
    group_world.say(omid, "↪ @sara\n@sara")
    assert named(group_world, sara) == ["me", None, None]
    assert named(group_world, omid) == [None, "me", None]
    assert named(group_world, group_world.people[0]) == [None, "all", None]
    shown = conversation(group_world, sara)
    assert (shown["mentions"], shown["last"]["mention"]) == (1, None)
    order = next(one["order"] for one in group_world.shown(sara) if one["mention"])
    assert shown["first_mention"] == order

    group_world.give_role(group_world.people[0], omid, Role.ADVANCED)
    group_world.world.settle()
    assert named(group_world, group_world.people[0]) == ["all", "all", None]
    assert conversation(group_world, group_world.people[0])["mentions"] == 2

    body = kinds.encode_body(kinds.Edit(message_id(group_world, omid, first), "never mind"))
    omid.node.groups.write(group_world.gid, kinds.EDIT, body, random_id())
    group_world.world.settle()
    assert named(group_world, sara)[0] is None
    assert conversation(group_world, sara)["mentions"] == 0
    arash = group_world.people[0]
    assert conversation(group_world, arash)["mentions"] == 1
    arash.node.messages.mark_read(ChatId.group(group_world.gid), conversation(group_world, arash)["position"])
    shown = conversation(group_world, arash)
    assert (shown["mentions"], shown["first_mention"]) == (0, None)


def test_who_wants_to_be_told_of_words() -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    _arash, sara, omid = group_world.people
    first = group_world.say(omid, "the deployment, and @sara")
    group_world.say(omid, "is it Deploy day?")
    group_world.say(sara, "deploy!")
    assert conversation(group_world, sara)["mentions"] == 1
    chosen = sara.agent().set_keywords(["deploy", "جلسه", " DEPLOY"])["settings"]["keywords"]
    assert chosen == ["deploy", "جلسه"] and ChatChanged(ChatId.group(group_world.gid)) in sara.changes
    said = [(one["mention"], one["keyword"]) for one in group_world.shown(sara) if one["kind"] == "text"]
    assert said == [("me", None), (None, "deploy"), (None, None)]
    shown = conversation(group_world, sara)
    assert (shown["mentions"], shown["first_mention"]) == (2, orders(group_world, sara)[0])
    assert conversation(group_world, omid)["mentions"] == 0

    body = kinds.encode_body(kinds.Edit(message_id(group_world, omid, first), "جلسه‌ها"))
    omid.node.groups.write(group_world.gid, kinds.EDIT, body, random_id())
    group_world.world.settle()
    assert [one["keyword"] for one in group_world.shown(sara) if one["kind"] == "text"] == ["جلسه", "deploy", None]
    told = list[tuple[str, str]]()
    sara.node.desktop.show = lambda title, words: told.append((title, words))
    sara.node.desktop.is_watched = lambda: False
    sara.agent().set_setting("desktop", "en")
    sara.agent().set_chat(ChatId.group(group_world.gid), mentions_only=True)
    for text in ("well", "@sara, well", "deploy"):
        group_world.say(omid, text)
        sara.node.desktop.tell()
    name = omid.node.ctx.me.name
    assert [words for _title, words in told] == [f"{name} named you", f"{name} wrote one of your words"]
    sara.restart()
    assert sara.agent().snapshot()["settings"]["keywords"] == chosen
    sara.agent().block(omid.uid.hex())
    assert conversation(group_world, sara)["mentions"] == 0
    with pytest.raises(Refused) as reason:
        sara.agent().set_keywords(["deploy", "!?"])
    assert (reason.value.code, reason.value.field) == ("bad_request", "keywords")
    assert sara.agent().set_keywords([])["settings"]["keywords"] == []


def orders(group_world: GroupWorld, person: Person) -> list[int]:
    return [one["order"] for one in group_world.shown(person) if one["kind"] == "text"]


def message_id(group_world: GroupWorld, person: Person, order: int) -> bytes:
    found = person.vault.read(lambda rows: rows.execute("SELECT id FROM messages WHERE ord = ?", (order,)).fetchone())
    return bytes(found[0])
