"""An export that its own account takes in again: history to be read, proven as far as it is, and nothing twice."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from protocol.errors import HamrazError, Refused
from protocol.messages import Coming, Missing
from tests.agent.test_missing import ask, key
from tests.export.conftest import Talk
from tests.export.exports import checked, export_of, lines_of, sealed_again, zip_of
from tests.groups.group_world import GroupWorld
from tests.protocol.effort import flip
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.export import archive, reading
from web_client.export.reading import Taken
from web_client.messages import backup_rows


def take(person: Person, content: bytes, folder: Path) -> Taken:
    path = folder / "export"
    path.write_bytes(content)
    return reading.take_in(archive.source_of(person.node.ctx), path)


def refused(person: Person, content: bytes, folder: Path) -> str:
    """Why an export isn't taken in; nothing has changed then."""
    before = rows_of(person)
    with pytest.raises(HamrazError) as reason:
        take(person, content, folder)
    assert rows_of(person) == before
    return reason.value.code


def rows_of(person: Person) -> list[Any]:
    return list(person.vault.read(lambda rows: rows.execute("SELECT * FROM messages ORDER BY ord").fetchall()))


def forget_all(person: Person) -> None:
    """As if one had come back with nothing but one's keys."""
    for table in ("messages", "outbox", "chats"):
        person.vault.write(lambda rows, table=table: rows.execute(f"DELETE FROM {table}"))


def looks(shown: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What a person sees of a conversation, without where it came from."""
    names = ("id", "from", "kind", "text", "edited", "time")
    return [(*(one[name] for name in names), one["reply"] and one["reply"]["text"], one["reactions"]) for one in shown]


def details(person: Person, chat: ChatId, order: int) -> dict[str, Any]:
    found: dict[str, Any] = person.agent().message_details(chat, order)["details"]
    return found


def test_what_was_lost_is_there_again_and_proven_as_far_as_it_is(fresh_talk: Talk, tmp_path: Path) -> None:
    arash, sara = fresh_talk.arash, fresh_talk.sara
    before, content = arash.shown(sara), zip_of(arash)
    there = [one for one in before if one["kind"] != "deleted"]
    forget_all(arash)
    taken = take(arash, content, tmp_path)
    assert (taken.known, taken.elsewhere, list(taken.chats)) == (0, 0, [fresh_talk.mine])
    after = arash.shown(sara)
    assert looks(after) == looks(there)
    assert all(one["imported"] for one in after)
    states = {one["text"]: (one["state"], one["why"]) for one in after}
    assert states["nobody has got this"] == ("failed", "not_receipted")
    assert states["the lab opens at ten"][0] == "delivered"
    for one in after:
        found = details(arash, fresh_talk.mine, one["order"])
        proven = one["why"] is None
        assert (found["verified"], found["why"]) == (proven, None if proven else "not_receipted"), one
        assert found["sealed"] == "import"
    assert arash.agent().search("lab")["hits"]
    # a second time there is nothing new
    assert (take(arash, content, tmp_path).new, arash.shown(sara)) == (0, after)


def test_it_is_read_only(fresh_talk: Talk, tmp_path: Path) -> None:
    arash, sara = fresh_talk.arash, fresh_talk.sara
    content = zip_of(arash)
    forget_all(arash)
    take(arash, content, tmp_path)
    agent, chat = arash.agent(), fresh_talk.mine
    for one in arash.shown(sara):
        for change in (
            lambda order: agent.edit_message(chat, order, "other words"),
            lambda order: agent.react(chat, order, "👍"),
        ):
            with pytest.raises(Refused) as reason:
                change(one["order"])
            assert reason.value.code in ("message_fixed", "not_author")
        if one["mine"]:
            with pytest.raises(Refused):
                agent.delete_message(chat, one["order"])


def test_the_conversation_goes_on_as_if_it_had_always_been_here(fresh_talk: Talk, tmp_path: Path) -> None:
    world, arash, sara = fresh_talk.world, fresh_talk.arash, fresh_talk.sara
    content = zip_of(arash)
    forget_all(arash)
    take(arash, content, tmp_path)
    world.carry = lambda source, target, body: [body]
    arash.reconnect()
    count = ask(arash, sara, Missing(0, key(sara), 0, 2**62 - 1), Coming).count
    world.settle()
    assert count > 2  # the other sends again what was taken in: it is known, and receipted
    assert arash.texts(sara).count("see you") == 1
    arash.say(sara, "on it goes")
    sara.say(arash, "and back")
    world.settle()
    assert arash.texts(sara)[-2:] == sara.texts(arash)[-2:] == ["on it goes", "and back"]
    assert arash.states(sara)[-2:] == ["delivered", "received"]
    assert not any(one["gap"] for one in sara.shown(arash))


def test_it_stands_among_what_is_here_in_its_time(world: World, tmp_path: Path) -> None:
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    for n in range(3):
        world.now += 60_000
        arash.say(sara, f"before {n}")
    content = zip_of(arash)
    for n in range(2):
        world.now += 60_000
        sara.say(arash, f"after {n}")
    arash.read(sara)
    world.now += 60_000
    sara.say(arash, "unread")
    first = arash.shown(sara)[0]["order"]
    arash.vault.write(
        lambda rows: rows.execute("DELETE FROM messages WHERE ord > ? AND sender = ?", (first, arash.uid))
    )
    assert arash.texts(sara) == ["before 0", "after 0", "after 1", "unread"]
    assert take(arash, content, tmp_path).new == 2
    assert arash.texts(sara) == ["before 0", "before 1", "before 2", "after 0", "after 1", "unread"]
    conversation = next(one for one in arash.agent().snapshot()["conversations"] if one["uid"] == sara.uid.hex())
    assert conversation["unread"] == 1


def test_what_was_deleted_here_stays_deleted(world: World, tmp_path: Path) -> None:
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    arash.say(sara, "mine, for a while")
    sara.say(arash, "hers, for a while")
    world.settle()
    content, chat = zip_of(arash), ChatId.private(sara.uid)
    arash.agent().delete_message(chat, next(one["order"] for one in arash.shown(sara) if one["mine"]))
    back = next(one["order"] for one in sara.shown(arash) if one["mine"])
    sara.agent().delete_message(ChatId.private(arash.uid), back)
    world.settle()
    assert take(arash, content, tmp_path).new == 0
    assert [one["kind"] for one in arash.shown(sara)] == ["deleted", "deleted"]
    # also where the message itself is lost, and only its deletion is here
    arash.vault.write(lambda rows: rows.execute("DELETE FROM messages WHERE line = 1"))
    take(arash, content, tmp_path)
    assert [one["kind"] for one in arash.shown(sara)] == ["deleted", "deleted"]
    words = arash.vault.read(
        lambda rows: rows.execute("SELECT body, raw, words FROM messages WHERE line = 1").fetchall()
    )
    assert not any("for a while" in str(bytes(one or b"")) for row in words for one in row[:2])


def test_only_ones_own_and_only_whole(fresh_talk: Talk, tmp_path: Path, long: bool) -> None:
    arash, sara = fresh_talk.arash, fresh_talk.sara
    assert refused(arash, zip_of(sara), tmp_path) == "export_foreign"
    proof = export_of(arash)["proof.json"]
    chance = random.Random(14)
    for bit in chance.sample(range(len(proof) * 8), 400 if long else 25):
        assert refused(arash, flip(proof, bit), tmp_path) == "export_damaged"
    for wrong in (b"", b"PK", zip_of(arash)[:-40], proof[:-3], proof.split(b'{"is":"end"')[0]):
        assert refused(arash, wrong, tmp_path) == "export_damaged"
    with pytest.raises(HamrazError):
        reading.take_in(archive.source_of(arash.node.ctx), tmp_path / "nothing")


def test_another_servers_account_of_the_same_name_is_another(tmp_path: Path) -> None:
    worlds = World(), World()
    people = [world.sign_up("arash") for world in worlds]
    for world in worlds:
        world.settle()
    assert refused(people[0], zip_of(people[1]), tmp_path) == "export_foreign"


def test_a_history_that_contradicts_ones_own_is_not_taken_in(fresh_talk: Talk, tmp_path: Path) -> None:
    arash = fresh_talk.arash
    content = zip_of(arash)
    log = arash.node.ctx.trust.log
    log.hashes[-1] = bytes(32)
    assert refused(arash, content, tmp_path) == "log_split"


def test_a_groups_words_whose_key_is_lost(tmp_path: Path) -> None:
    group = GroupWorld("beginner user")  # type: ignore[arg-type]
    group.everybody_joins()
    arash, sara = group.people
    chat = ChatId.group(group.gid)
    group.say(arash, "in the group")
    group.say(sara, "so am I")
    order = group.shown(sara)[-1]["order"]
    sara.agent().edit_message(chat, order, "so I am")
    group.world.settle()
    before, content = group.texts(arash), zip_of(arash, chat)
    assert before == ["in the group", "so I am"]

    def lose(rows: Any) -> None:
        rows.execute("DELETE FROM group_keys")
        rows.execute(
            "UPDATE messages SET kind = 'unreadable', body = x'', words = NULL, edited = NULL, line = 1, "
            "target = NULL, author = NULL, why = 'no_key' WHERE chat = ? AND state != 'system'",
            (chat,),
        )

    arash.vault.write(lose)
    assert group.texts(arash) == []
    kept = arash.vault.read(lambda rows: rows.execute("SELECT n, hash FROM group_entries").fetchall())
    arash.vault.write(lambda rows: rows.execute("UPDATE group_entries SET hash = zeroblob(32)"))
    taken = take(arash, content, tmp_path)  # another chain than the one that is here
    assert (taken.new, taken.elsewhere, group.texts(arash)) == (0, 3, [])
    arash.vault.write(lambda rows: rows.executemany("UPDATE group_entries SET hash = ?2 WHERE n = ?1", kept))
    assert take(arash, content, tmp_path).new == 3
    assert group.texts(arash) == before
    for one in group.shown(arash):
        if one["kind"] == "text":
            assert one["imported"] and details(arash, chat, one["order"])["verified"]
    # and it can be shown to others once more
    files = export_of(arash, chat)
    code, said = checked(files["proof.json"], arash.node.ctx.authority_id, True)
    assert code == 0 and ": in the group" in said and "to: so I am" in said
    assert take(arash, content, tmp_path).new == 0


def test_a_group_that_is_not_here(tmp_path: Path) -> None:
    group = GroupWorld("beginner user")  # type: ignore[arg-type]
    group.everybody_joins()
    arash, _sara = group.people
    group.say(arash, "in the group")
    content = zip_of(arash, ChatId.group(group.gid))
    for table in ("groups", "group_entries", "messages"):
        arash.vault.write(lambda rows, table=table: rows.execute(f"DELETE FROM {table}"))
    taken = take(arash, content, tmp_path)
    assert (taken.new, taken.elsewhere) == (0, 1)


def test_a_liar_gives_one_nothing_of_others(fresh_talk: Talk, tmp_path: Path) -> None:
    """Who has one's key can sign an export in one's name, and still put no words into others' mouths."""
    arash = fresh_talk.arash
    ctx = arash.node.ctx
    lines = lines_of(export_of(arash)["proof.json"])[:-1]
    for line in lines:
        if line["is"] == "said":
            line["sig"] = flip(bytes.fromhex(line["sig"]), 7).hex()
    assert refused(arash, sealed_again(lines, ctx.me.key, ctx.authority_id, arash.uid), tmp_path) == "export_damaged"


def in_a_backup_and_back(person: Person) -> None:
    """Every message goes into a backup, is lost, and comes out of it."""
    records, rest = person.vault.read(lambda rows: backup_rows.part(rows, 0, 1000, lambda: False))
    assert records and rest is None
    person.vault.write(lambda rows: rows.execute("DELETE FROM messages"))
    for record in records:
        person.vault.write(lambda rows, record=record: backup_rows.put(rows, record, person.uid))


def test_a_backup_holds_what_was_taken_in(fresh_talk: Talk, tmp_path: Path) -> None:
    arash, sara = fresh_talk.arash, fresh_talk.sara
    content = zip_of(arash)
    forget_all(arash)
    take(arash, content, tmp_path)
    before = arash.shown(sara)
    in_a_backup_and_back(arash)
    assert arash.shown(sara) == before
    found = [details(arash, fresh_talk.mine, one["order"])["verified"] for one in before]
    assert found == [one["why"] is None for one in before]


def test_a_backup_holds_what_was_taken_in_of_a_group_that_is_over(tmp_path: Path) -> None:
    group = GroupWorld("beginner user")  # type: ignore[arg-type]
    group.everybody_joins()
    arash, sara = group.people
    chat = ChatId.group(group.gid)
    group.say(sara, "in the group")
    content = zip_of(arash, chat)

    def lose(rows: Any) -> None:
        rows.execute("DELETE FROM group_keys")
        rows.execute("UPDATE messages SET kind = 'unreadable', body = x'', why = 'no_key' WHERE state = 'received'")
        rows.execute("UPDATE groups SET state = 'left'")

    arash.vault.write(lose)
    assert take(arash, content, tmp_path).new == 1
    in_a_backup_and_back(arash)
    (one,) = [one for one in group.shown(arash) if one["kind"] == "text"]
    assert one["imported"] and details(arash, chat, one["order"])["verified"]
    # whoever wrote it takes it back: its key goes with its words
    order = next(one["order"] for one in group.shown(sara) if one["kind"] == "text")
    sara.agent().delete_message(chat, order)
    arash.vault.write(lambda rows: rows.execute("UPDATE groups SET state = 'joined'"))
    group.world.settle()
    kept = arash.vault.read(
        lambda rows: rows.execute("SELECT body, envelope FROM messages WHERE deleted = 1").fetchall()
    )
    assert kept == [(b"", None)]
