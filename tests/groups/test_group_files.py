"""Files in groups: once at the authority for all, for those who are in; and straight where that has no room."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.messages import Chunk, FetchChunk
from protocol.roles import Role
from tests.groups.village import Village
from tests.sharing import again, chunks_crossed, content, fetch, newest, saved, send
from tests.world import Person
from web_client.account.chat_ids import ChatId


@pytest.fixture
def village() -> Village:
    found = Village(Role.BEGINNER, Role.BEGINNER)
    found.everybody_joins()
    return found


def test_a_file_goes_to_the_authority_once_for_all(village: Village) -> None:
    arash, sara, omid = village.people
    chat, data = ChatId.group(village.gid), content(2 * CHUNK + 5)
    send(arash, chat, data, caption="for all")
    village.world.settle()
    assert chunks_crossed(village.world, "arash", "authority") == 2
    arash.stop()
    for person in (sara, omid):
        assert newest(person, chat)["text"] == "for all"
        assert fetch(person, chat)["state"] == "here"
        assert saved(person, chat) == data
    assert village.world.authority.chunks.sizes() == {}  # all who may have it have it


def test_who_was_removed_gets_nothing_more(village: Village) -> None:
    arash, sara, omid = village.people
    chat = ChatId.group(village.gid)
    message = send(arash, chat, content(CHUNK))
    village.world.settle()
    link = omid.node.links.open_another(arash.uid)
    ask = FetchChunk(0, bytes.fromhex(message["file"]["id"]), 0)
    assert len(link.channel.request(ask, Chunk).sealed) == CHUNK + 16
    arash.node.groups.command(village.gid, omid.uid, False, "")
    village.world.settle()
    with pytest.raises(HamrazError) as reason:
        link.channel.request(ask, Chunk)
    assert reason.value.code == "file_gone"
    file = fetch(omid, chat)
    assert (file["state"], file["why"]) == ("gone", "file_gone")
    assert fetch(sara, chat)["state"] == "here"
    assert village.world.authority.chunks.sizes() == {}  # the others have it


def test_who_comes_later_gets_what_the_group_shares(village: Village) -> None:
    arash, _sara, _omid = village.people
    chat, data = ChatId.group(village.gid), content(CHUNK + 1)
    send(arash, chat, data)
    village.world.settle()
    mina = village.world.sign_up("mina")
    village.people.append(mina)
    village.world.settle()
    arash.node.groups.command(village.gid, mina.uid, True, "")
    village.world.settle()
    village.everybody_joins()
    assert fetch(mina, chat)["state"] == "here"
    assert saved(mina, chat) == data


def test_without_room_at_the_authority_it_goes_straight(village: Village) -> None:
    arash, sara, _omid = village.people
    village.world.authority.file_space = 0
    chat, data = ChatId.group(village.gid), content(CHUNK + 1)
    send(arash, chat, data)
    village.world.settle()
    assert newest(arash, chat)["file"]["why"] == "quota_full"
    assert fetch(sara, chat)["state"] == "here"
    assert saved(sara, chat) == data


def test_an_invited_one_who_has_not_joined_gets_nothing(village: Village) -> None:
    arash = village.people[0]
    mina = village.world.sign_up("mina")
    village.world.settle()
    message = send(arash, ChatId.group(village.gid), content(CHUNK))
    village.world.settle()
    arash.node.groups.command(village.gid, mina.uid, True, "")
    village.world.settle()
    link = mina.node.links.open_another(arash.uid)
    with pytest.raises(HamrazError) as reason:
        link.channel.request(FetchChunk(0, bytes.fromhex(message["file"]["id"]), 0), Chunk)
    assert reason.value.code == "file_gone"


def test_it_waits_for_the_authority_with_the_message(village: Village) -> None:
    arash, sara, _omid = village.people
    world, chat = village.world, ChatId.group(village.gid)
    world.authority_up = False
    world.cut("authority")
    send(arash, chat, content(CHUNK))
    arash.settle()
    assert newest(arash, chat)["state"] == "waiting"
    world.authority_up = True
    for person in village.people:
        person.reconnect()
    village.room(arash).step()
    world.settle()
    village.room(sara).step()
    assert fetch(sara, chat)["state"] == "here"


def test_a_reader_who_is_quicker_than_the_upload_waits(village: Village) -> None:
    arash, sara, _omid = village.people
    world, chat = village.world, ChatId.group(village.gid)
    send(arash, chat, content(3 * CHUNK))
    listener = world.listeners.pop(arash.network.port)
    full: list[Person] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if (source, target) == ("arash", "authority") and len(body) > CHUNK:
            full.append(arash)
            if len(full) == 2:
                world.cut("authority")
                return []
        return [body]

    world.carry = carry
    village.room(arash).step()
    arash.node.files.step()
    world.carry = lambda source, target, body: [body]
    for person in village.people:
        person.reconnect()
    village.room(sara).step()
    file = fetch(sara, chat)
    assert file["state"] == "fetching" and file["why"] in ("file_not_yet", "peer_unreachable")
    arash.node.files.hurry()
    arash.node.files.step()
    assert again(sara, chat)["state"] == "here"
    assert listener is not None
