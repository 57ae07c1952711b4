"""Files in groups: once at the authority for all, for those who are in; and straight where that has no room."""

from __future__ import annotations

import pytest

from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.messages import Chunk, FetchChunk
from tests.groups.group_world import GroupWorld
from tests.sharing import again, chunks_crossed, content, fetch, newest, saved, send
from tests.world import Person
from web_client.account.chat_ids import ChatId


def test_a_file_goes_to_the_authority_once_for_all(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    chat, data = ChatId.group(group_world.gid), content(2 * CHUNK + 5)
    send(arash, chat, data, caption="for all")
    group_world.world.settle()
    assert chunks_crossed(group_world.world, "arash", "authority") == 2
    arash.stop()
    for person in (sara, omid):
        assert newest(person, chat)["text"] == "for all"
        assert fetch(person, chat)["state"] == "here"
        assert saved(person, chat) == data
    assert group_world.world.authority.chunks.sizes() == {}  # all who may have it have it


def test_who_was_removed_gets_nothing_more(group_world: GroupWorld) -> None:
    arash, sara, omid = group_world.people
    chat = ChatId.group(group_world.gid)
    message = send(arash, chat, content(CHUNK))
    group_world.world.settle()
    link = omid.node.links.open_another(arash.uid)
    ask = FetchChunk(0, bytes.fromhex(message["file"]["id"]), 0)
    assert len(link.channel.request(ask, Chunk).sealed) == CHUNK + 16
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    group_world.world.settle()
    with pytest.raises(HamrazError) as reason:
        link.channel.request(ask, Chunk)
    assert reason.value.code == "file_gone"
    file = fetch(omid, chat)
    assert (file["state"], file["why"]) == ("gone", "file_gone")
    assert fetch(sara, chat)["state"] == "here"
    assert group_world.world.authority.chunks.sizes() == {}  # the others have it


def test_who_comes_later_gets_what_the_group_shares(group_world: GroupWorld) -> None:
    arash, _sara, _omid = group_world.people
    chat, data = ChatId.group(group_world.gid), content(CHUNK + 1)
    send(arash, chat, data)
    group_world.world.settle()
    mina = group_world.world.sign_up("mina")
    group_world.people.append(mina)
    group_world.world.settle()
    arash.node.groups.command(group_world.gid, mina.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    assert fetch(mina, chat)["state"] == "here"
    assert saved(mina, chat) == data


def test_without_room_at_the_authority_it_goes_straight(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    group_world.world.authority.file_space = 0
    chat, data = ChatId.group(group_world.gid), content(CHUNK + 1)
    send(arash, chat, data)
    group_world.world.settle()
    assert newest(arash, chat)["file"]["why"] == "quota_full"
    assert fetch(sara, chat)["state"] == "here"
    assert saved(sara, chat) == data


def test_an_invited_one_who_has_not_joined_gets_nothing(group_world: GroupWorld) -> None:
    arash = group_world.people[0]
    mina = group_world.world.sign_up("mina")
    group_world.world.settle()
    message = send(arash, ChatId.group(group_world.gid), content(CHUNK))
    group_world.world.settle()
    arash.node.groups.command(group_world.gid, mina.uid, True, "")
    group_world.world.settle()
    link = mina.node.links.open_another(arash.uid)
    with pytest.raises(HamrazError) as reason:
        link.channel.request(FetchChunk(0, bytes.fromhex(message["file"]["id"]), 0), Chunk)
    assert reason.value.code == "file_gone"


def test_it_waits_for_the_authority_with_the_message(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    world, chat = group_world.world, ChatId.group(group_world.gid)
    world.authority_up = False
    world.cut("authority")
    send(arash, chat, content(CHUNK))
    arash.settle()
    assert newest(arash, chat)["state"] == "waiting"
    world.authority_up = True
    for person in group_world.people:
        person.reconnect()
    group_world.room(arash).step()
    world.settle()
    group_world.room(sara).step()
    assert fetch(sara, chat)["state"] == "here"


def test_a_reader_who_is_quicker_than_the_upload_waits(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    world, chat = group_world.world, ChatId.group(group_world.gid)
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
    group_world.room(arash).step()
    arash.node.files.step()
    world.carry = lambda source, target, body: [body]
    for person in group_world.people:
        person.reconnect()
    group_world.room(sara).step()
    file = fetch(sara, chat)
    assert file["state"] == "fetching" and file["why"] in ("file_not_yet", "peer_unreachable")
    arash.node.files.try_now()
    arash.node.files.step()
    assert again(sara, chat)["state"] == "here"
    assert listener is not None
