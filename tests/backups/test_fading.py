"""Messages that go away in a group: its settings say for how long, each message carries it, and nobody's vault keeps
it; also after a restore, when the chain comes again.
"""

from __future__ import annotations

from typing import Any

import pytest

from protocol import lifetimes
from protocol.errors import Refused
from protocol.group_settings import LINE_LIMIT, Settings, decode_settings, encode_settings
from tests.agent.test_fading import DAY, SECRET, conversation, pass_time, read
from tests.agent.words import places_of
from tests.backups.machines import go_on_elsewhere, heal, lose, on_paper
from tests.backups.test_restore import group_of, group_texts, in_group, nothing_is_wrong
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.groups import settings as group_settings


def write(person: Person, gid: bytes, text: str) -> None:
    person.agent().send_public_message(text, gid.hex())
    person.world.settle()


def lines(person: Person, gid: bytes) -> list[tuple[str, str]]:
    told = [one["system"] for one in in_group(person, gid) if one["kind"] == "system"]
    return [(one["what"], one["reason"]) for one in told if one["what"] in ("lifetime", "settings")]


def group(person: Person, chat: ChatId) -> dict[str, Any]:
    found: dict[str, Any] = conversation(person, chat)["group"]
    return found


def test_in_a_group(world: World, arash: Person, sara: Person, mani: Person) -> None:
    gid = group_of(arash, sara)
    chat = ChatId.group(gid)
    arash.agent().change_group(gid.hex(), line="who we are")
    world.settle()
    arash.agent().set_lifetime(chat, DAY)
    arash.agent().set_lifetime(chat, DAY)  # it is so
    world.settle()
    assert lines(sara, gid) == lines(arash, gid) == [("settings", ""), ("lifetime", str(DAY))]
    arash.agent().change_group(gid.hex(), line="what we are")
    arash.agent().add_members(gid.hex(), ["mani"])
    world.settle()
    mani.agent().answer_invitation(gid.hex(), True)
    world.settle()
    for one in (arash, sara, mani):
        assert conversation(one, chat)["lifetime"] == DAY and group(one, chat)["line"] == "what we are"
    with pytest.raises(Refused) as caught:
        sara.agent().set_lifetime(chat, 0)
    assert caught.value.code == "role_not_allowed"
    for one in (sara, mani):
        write(one, gid, f"{SECRET} by {one.name}")
    for one in (arash, sara):
        read(one, chat)
    pass_time(world, 1)
    pass_time(world, DAY)
    assert group_texts(sara, gid) == [] and places_of(sara, SECRET) == set()
    assert group_texts(mani, gid) == [f"{SECRET} by sara"]  # she hasn't read it
    arash.agent().set_lifetime(chat, 0)
    write(mani, gid, "stays")
    pass_time(world, 9 * DAY)
    assert group_texts(arash, gid) == ["stays"]
    nothing_is_wrong(world)


def test_a_line_that_leaves_no_room_for_it_is_cut() -> None:
    """What is longer nobody would take."""
    full = Settings("class", "x" * LINE_LIMIT, b"", 1)
    said = decode_settings(encode_settings(group_settings.saying(full, seconds=lifetimes.MOST)))
    assert group_settings.said_of(said) == ("x" * (LINE_LIMIT - lifetimes.SIGNS), lifetimes.MOST)
    assert group_settings.saying(full, seconds=0) == full


def test_what_is_gone_comes_back_by_no_restore(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(sara)
    gid = group_of(arash, sara, mani)
    chat, private = ChatId.group(gid), ChatId.private(arash.uid)
    arash.agent().set_lifetime(chat, DAY)
    sara.agent().set_lifetime(private, DAY)
    world.settle()
    write(arash, gid, f"{SECRET} in the group")
    write(sara, gid, f"{SECRET} by sara")
    arash.agent().send_message(ChatId.private(sara.uid), f"{SECRET} in private")
    world.settle()
    read(sara, chat)
    read(sara, private)
    pass_time(world, 1)
    pass_time(world, DAY)
    write(arash, gid, "later, read")
    sara.agent().send_message(private, "of mine")
    world.settle()
    read(sara, chat)
    pass_time(world, 1)
    pass_time(world, DAY / 2)
    write(arash, gid, "unread")
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    pass_time(world, 0)
    assert places_of(sara, SECRET) == set()
    assert group_texts(sara, gid) == ["later, read", "unread"] and sara.texts(arash)[-1] == "of mine"
    assert conversation(sara, private)["lifetime"] == conversation(sara, chat)["lifetime"] == DAY
    pass_time(world, DAY / 2)
    assert group_texts(sara, gid) == ["unread"] and "of mine" not in sara.texts(arash)
    read(sara, chat)
    pass_time(world, 1)
    pass_time(world, DAY)
    assert group_texts(sara, gid) == []
    nothing_is_wrong(world)
