"""Deleting for oneself: what is deleted is in no page of the vault any more, and nothing finds it or brings it back."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.roles import Role
from tests.agent.vault_pages import decrypted
from tests.agent.vaults import here
from tests.agent.words import places_of
from tests.groups.group_world import GroupWorld
from tests.passwords import cheapen
from tests.sharing import content, fetch, saved, send
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.groups import membership as group_membership
from web_client.messages import clearing
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.search import index
from web_client.vault.database import Rows, Vault

SECRET = "xylophone"


def private(person: Person) -> ChatId:
    return ChatId.private(person.uid)


def listed(person: Person) -> dict[str, dict[str, Any]]:
    return {one["chat"]: one for one in person.agent().snapshot()["conversations"]}


def found(person: Person) -> int:
    return len(person.agent().search(SECRET)["hits"])


def talk(arash: Person, sara: Person) -> list[int]:
    """Words of both, an edit, an answer and a reaction."""
    arash.say(sara, f"{SECRET} of mine")
    sara.say(arash, f"{SECRET} of hers")
    mine, hers = (shown["order"] for shown in arash.shown(sara))
    arash.agent().edit_message(private(sara), mine, f"{SECRET} changed")
    arash.agent().send_message(private(sara), f"{SECRET} answered", reply_to=hers)
    arash.agent().react(private(sara), hers, "👍")
    arash.world.settle()
    return [mine, hers]


def test_a_cleared_talk_is_gone_from_the_vault(world: World, arash: Person, sara: Person) -> None:
    talk(arash, sara)
    assert found(arash) == 3 and places_of(arash, SECRET)
    arash.agent().clear_chat(private(sara))
    assert arash.shown(sara) == [] and found(arash) == 0
    assert places_of(arash, SECRET) == set()
    assert found(sara) == 3  # it was for oneself
    before = listed(arash)[private(sara)]  # empty, where it was
    assert before["last"] is None and before["time"] is not None
    arash.restart()
    assert arash.shown(sara) == [] and listed(arash)[private(sara)] == before
    arash.agent().delete_chat(private(sara))
    assert private(sara) not in listed(arash)


def test_only_something_new_brings_it_back(world: World, arash: Person, sara: Person) -> None:
    mine, hers = talk(arash, sara)
    answered = sara.shown(arash)[1]["order"]
    arash.agent().delete_chat(private(sara))
    # what is said about what was deleted says it again, and isn't kept
    sara.agent().edit_message(private(arash), answered, f"{SECRET} once more")
    sara.agent().react(private(arash), answered, "❤️")
    world.settle()
    assert arash.shown(sara) == [] and private(sara) not in listed(arash)
    assert places_of(arash, SECRET) == set()
    sara.say(arash, "hello again")
    assert [one["text"] for one in arash.shown(sara)] == ["hello again"]
    assert not arash.shown(sara)[0]["gap"]
    assert listed(arash)[private(sara)]["unread"] == 1
    sara.agent().send_message(private(arash), "an answer", reply_to=answered)
    world.settle()
    assert arash.shown(sara)[-1]["reply"]["missing"]
    for order in (mine, hers):
        with pytest.raises(HamrazError):
            arash.agent().message_details(private(sara), order)


def test_what_waits_goes_out_and_then_its_words_go(world: World, arash: Person, sara: Person) -> None:
    arash.agent().send_message(private(sara), f"{SECRET} on its way")
    arash.agent().clear_chat(private(sara))
    assert arash.shown(sara) == [] and arash.agent().waiting()["messages"] == []
    world.settle()
    assert sara.texts(arash) == [f"{SECRET} on its way"]
    arash.settle()
    assert arash.shown(sara) == [] and places_of(arash, SECRET) == set()


def test_a_power_cut_in_the_middle(world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(arash, sara)
    monkeypatch.setattr(clearing, "ROOM", 1)  # long ones are a transaction each
    with monkeypatch.context() as then:
        then.setattr(clearing, "finish", lambda ctx: None)  # out of sight, and the power is gone
        arash.agent().clear_chat(private(sara))
    arash.restart()
    assert arash.shown(sara) == [] and found(arash) == 0
    arash.node.go_on_clearing()
    assert places_of(arash, SECRET) == set()


def test_one_message(world: World, arash: Person, sara: Person) -> None:
    _mine, hers = talk(arash, sara)
    told: list[tuple[str, Any]] = []
    arash.agent().subscribe(lambda event, value: told.append((event, value)))
    arash.agent().clear_message(private(sara), hers)
    assert [one["text"] for one in arash.shown(sara)] == [f"{SECRET} changed", f"{SECRET} answered"]
    assert arash.shown(sara)[1]["reply"]["missing"]
    assert "message_gone" in [event for event, _value in told]
    assert places_of(arash, "of hers") == set() and places_of(sara, "of hers")
    with pytest.raises(HamrazError):
        arash.agent().clear_message(private(sara), hers)


def test_archived_until_something_new(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "one")
    assert arash.agent().set_chat(private(sara), archived=True)["conversation"]["archived"]
    arash.restart()
    assert listed(arash)[private(sara)]["archived"]
    sara.say(arash, "two")
    assert not listed(arash)[private(sara)]["archived"]
    arash.agent().set_chat(private(sara), archived=True)
    assert not arash.agent().set_chat(private(sara), archived=False)["conversation"]["archived"]


def test_files_go_with_it_and_stay_for_the_other(world: World, arash: Person, sara: Person) -> None:
    data = content(300_000)
    send(arash, private(sara), data, name=f"{SECRET}.txt")
    world.settle()
    assert fetch(sara, private(arash))["state"] == "here"
    for person in (sara, arash):
        person.node.files.step()
    assert sara.store.names() and arash.store.names()
    sara.agent().clear_chat(private(arash))
    sara.node.files.step()
    assert not sara.store.names() and places_of(sara, SECRET) == set()
    assert saved(arash, private(sara)) == data
    arash.agent().clear_message(private(sara), arash.shown(sara)[-1]["order"])
    arash.node.files.step()
    arash.node.files.step()
    assert not arash.store.names() and places_of(arash, SECRET) == set()


def test_what_has_not_been_fetched_yet_is_still_to_be_had(world: World, arash: Person, sara: Person) -> None:
    data = content(300_000)
    send(arash, private(sara), data)
    arash.agent().clear_chat(private(sara))
    world.settle()
    arash.node.files.look_for_deleted()
    arash.node.files.step()
    assert arash.shown(sara) == []
    assert fetch(sara, private(arash))["state"] == "here"
    assert saved(sara, private(arash)) == data


def test_in_no_page_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cheapen(monkeypatch)
    password, chat = "a long enough passphrase 1404", ChatId.private(bytes(32))

    def fill(rows: Rows) -> None:
        for at in range(1, 1200):  # more than one batch
            body = f"{SECRET} {at}".encode()
            row = MessageRow(
                chat=chat, id=bytes([at % 256, at // 256]), sender=bytes(32), recipient=bytes(32), key=b"k",
                sequence=at, time=at, kind="text", body=body, raw=body, state="received",
            )  # fmt: skip
            message_rows.insert(rows, row)
        while index.catch_up(rows):
            continue

    vault = Vault.create(tmp_path, password, fill, here)
    vault.sweep()
    assert decrypted(tmp_path, password).count(SECRET.encode()) >= 1199
    ctx: Any = SimpleNamespace(vault=vault, emit=lambda event: None)
    with monkeypatch.context() as then:
        then.setattr(clearing, "sweep", lambda ctx: None)  # the power is gone before it, and the journal stays
        clearing.clear(ctx, chat)
    after = tmp_path.with_name("after")
    shutil.copytree(tmp_path, after)
    clearing.sweep(ctx)
    assert decrypted(tmp_path, password).count(SECRET.encode()) == 0
    vault.close()
    assert decrypted(after, password).count(SECRET.encode()) > 0
    again = Vault.open(after, password, here)
    clearing.go_on(SimpleNamespace(vault=again, emit=lambda event: None))  # type: ignore[arg-type]
    assert decrypted(after, password).count(SECRET.encode()) == 0
    again.close()


# --- groups ---


@pytest.fixture
def group_world() -> GroupWorld:
    made = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    made.everybody_joins()
    return made


def test_a_cleared_group(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(arash, f"{SECRET} to all")
    order = group_world.say(sara, f"{SECRET} by sara")
    sara.agent().edit_message(chat, order, f"{SECRET} changed")
    group_world.world.settle()
    sara.agent().clear_chat(chat)
    assert group_world.shown(sara) == [] and found(sara) == 0
    assert places_of(sara, SECRET) == set()
    assert group_world.texts(arash) == [f"{SECRET} to all", f"{SECRET} changed"]
    assert chat in listed(sara)  # one is still in it
    sara.restart()
    group_world.world.settle()
    assert group_world.shown(sara) == []
    group_world.say(arash, "goes on")
    group_world.say(sara, "indeed")
    assert group_world.texts(sara) == ["goes on", "indeed"]
    group_world.come_to_rest()
    group_world.check()


def test_a_group_goes_once_one_is_out_and_comes_when_one_is_asked_again(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(arash, f"{SECRET} to all")
    with pytest.raises(HamrazError):
        sara.agent().delete_chat(chat)
    group_membership.leave(group_world.room(sara))
    group_world.world.settle()
    assert chat in listed(sara)
    sara.agent().delete_chat(chat)
    assert chat not in listed(sara) and places_of(sara, SECRET) == set()
    sara.restart()
    assert chat not in listed(sara)
    arash.node.groups.command(group_world.gid, sara.uid, True, "")
    group_world.world.settle()
    assert listed(sara)[chat]["group"]["state"] == "invited"
    sara.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    assert SECRET not in str(group_world.shown(sara))


def test_one_message_of_a_group(group_world: GroupWorld) -> None:
    arash, sara, _omid = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(arash, f"{SECRET} to all")
    group_world.say(arash, "and this")
    order = next(one["order"] for one in group_world.shown(sara) if SECRET in one["text"])
    sara.agent().clear_message(chat, order)
    assert group_world.texts(sara) == ["and this"] and places_of(sara, SECRET) == set()
    assert len(group_world.texts(arash)) == 2
