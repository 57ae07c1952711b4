"""Who is named in a group: shown at the message, counted while it is unread, everybody only by who may add."""

from __future__ import annotations

from typing import Any

from protocol import kinds
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.account.chat_ids import ChatId
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


def message_id(group_world: GroupWorld, person: Person, order: int) -> bytes:
    found = person.vault.read(lambda rows: rows.execute("SELECT id FROM messages WHERE ord = ?", (order,)).fetchone())
    return bytes(found[0])
