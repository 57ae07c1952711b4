"""What its user has deleted for themselves comes back by no restore: from no backup, from no friend, from no chain."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agent.words import places_of
from tests.backups.machines import go_on_elsewhere, heal, lose, on_paper
from tests.backups.test_restore import group_of, group_texts, in_group, nothing_is_wrong
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.messages import clearing

SECRET = "xylophone"


def listed(person: Person) -> dict[str, dict[str, Any]]:
    return {one["chat"]: one for one in person.agent().snapshot()["conversations"]}


def test_a_private_chat(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.say(arash, f"{SECRET} of mine")
    arash.say(sara, f"{SECRET} of hers")
    sara.agent().clear_chat(ChatId.private(arash.uid))
    sara.say(arash, "kept")
    sara.agent().clear_message(ChatId.private(arash.uid), sara.shown(arash)[-1]["order"])
    sara.say(arash, "this stays")
    sara.node.backups.make()
    arash.say(sara, "after the backup")
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert sara.texts(arash) == ["this stays", "after the backup"]
    assert places_of(sara, SECRET) == places_of(sara, "kept") == set()
    assert arash.texts(sara)[:2] == [f"{SECRET} of mine", f"{SECRET} of hers"]
    nothing_is_wrong(world)


def test_a_backup_in_the_middle_of_it(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = on_paper(sara)
    sara.say(arash, f"{SECRET} of mine")
    arash.say(sara, f"{SECRET} of hers")
    with monkeypatch.context() as then:
        then.setattr(clearing, "finish", lambda ctx: None)
        sara.agent().clear_chat(ChatId.private(arash.uid))
        sara.node.backups.make()
        lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert sara.texts(arash) == [] and places_of(sara, SECRET) == set()


def test_a_group_whose_chain_comes_again(world: World, arash: Person, sara: Person, mani: Person) -> None:
    kit = on_paper(sara)
    gid = group_of(arash, sara, mani)
    chat = ChatId.group(gid)
    arash.agent().send_public_message(f"{SECRET} to all", gid.hex())
    world.settle()
    sara.agent().send_public_message(f"{SECRET} by sara", gid.hex())
    world.settle()
    sara.agent().clear_chat(chat)
    arash.agent().send_public_message("kept", gid.hex())
    world.settle()
    arash.agent().send_public_message(f"{SECRET} once more", gid.hex())
    world.settle()
    sara.agent().clear_message(chat, in_group(sara, gid)[-1]["order"])
    assert group_texts(sara, gid) == ["kept"]
    sara.node.backups.make()
    lose(sara)
    arash.agent().send_public_message("while she was gone", gid.hex())
    world.settle()
    go_on_elsewhere(sara, kit)
    heal(world)
    assert group_texts(sara, gid) == ["kept", "while she was gone"]
    assert [one["kind"] for one in in_group(sara, gid)] == ["text", "text"]
    assert places_of(sara, SECRET) == set()
    sara.agent().send_public_message("back", gid.hex())
    world.settle()
    assert group_texts(mani, gid)[-1] == "back"
    nothing_is_wrong(world)


def test_what_is_archived_muted_or_was_removed_stays_so(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    kit = on_paper(sara)
    over, on = group_of(arash, sara, mani), group_of(arash, sara)
    sara.say(arash, "hello")
    arash.agent().send_public_message("hello all", on.hex())
    sara.agent().leave_group(over.hex())
    world.settle()
    sara.agent().delete_chat(ChatId.group(over))
    for chat in (ChatId.private(arash.uid), ChatId.group(on)):
        sara.agent().set_chat(chat, archived=True)
    day_after = world.now + 2 * 86_400_000
    sara.agent().set_chat(ChatId.private(arash.uid), muted_until=day_after)
    sara.agent().set_chat(ChatId.group(on), mentions_only=True)
    sara.agent().set_chat(ChatId.group(on), marked_unread=True)
    sara.node.backups.make()
    lose(sara)
    go_on_elsewhere(sara, kit)
    heal(world)
    assert {chat: one["marked_unread"] for chat, one in listed(sara).items()} == {
        ChatId.private(arash.uid): False,
        ChatId.group(on): True,
    }
    assert {chat: one["archived"] for chat, one in listed(sara).items()} == {
        ChatId.private(arash.uid): True,
        ChatId.group(on): True,
    }
    assert listed(sara)[ChatId.private(arash.uid)]["muted_until"] == day_after
    assert listed(sara)[ChatId.group(on)]["mentions_only"]
    arash.say(sara, "news")
    assert not listed(sara)[ChatId.private(arash.uid)]["archived"]
