"""What one thing more costs, by what is looked at and not by time: no more for a long log, commits, much unread."""

from __future__ import annotations

from typing import Any

import pytest

from protocol import kinds, log_entries
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account import key_ages
from web_client.account.chat_ids import ChatId
from web_client.agent.views import chats as chat_views
from web_client.groups import rows as group_rows


class Counted:
    """How often a function is called, from where it is used."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.count = 0
        real = getattr(module, name)

        def counting(*arguments: Any) -> Any:
            self.count += 1
            return real(*arguments)

        monkeypatch.setattr(module, name, counting)

    def of(self, run: Any) -> int:
        before = self.count
        run()
        return self.count - before


def test_a_mark_reads_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks under two keys of one person: which is the older key is known without reading the log through."""
    world = World()
    arash, sara = (world.sign_up(name) for name in ("arash", "sara"))
    world.settle()
    id = random_id()
    arash.write(sara, "the first words", id)
    arash.deliver()

    def edit(text: str) -> None:
        arash.node.messages.compose(sara.uid, kinds.EDIT, kinds.encode_body(kinds.Edit(id, text)), random_id())
        world.settle()

    edit("under the first key")
    arash.node.keys.renew()
    world.settle()
    decoded = Counted(monkeypatch, log_entries, "decode_entry")
    edit("under the second key")
    assert decoded.count == 0
    for n in range(5):
        world.sign_up(f"guest{n}")
    world.settle()
    assert decoded.of(lambda: edit("with a longer log")) == 0
    assert [one["text"] for one in sara.shown(arash)] == ["with a longer log"]
    ages = sara.vault.read(lambda rows: rows.execute("SELECT key, n FROM key_ages ORDER BY n").fetchall())
    assert len(ages) == 2 + 1 + 5
    assert bytes(ages[2][0]) == arash.node.ctx.me.key.public.raw


def test_a_vault_of_an_older_format_catches_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    arash = world.sign_up("arash")
    world.sign_up("sara")
    world.settle()
    before = arash.vault.read(lambda rows: rows.execute("SELECT key, n FROM key_ages").fetchall())
    arash.vault.write(lambda rows: rows.execute("DELETE FROM key_ages"))
    arash.vault.write(lambda rows: rows.execute("DELETE FROM settings WHERE name = 'key_ages'"))
    caught = Counted(monkeypatch, key_ages, "catch_up")
    arash.restart()
    assert caught.count == 1
    assert arash.vault.read(lambda rows: rows.execute("SELECT key, n FROM key_ages").fetchall()) == before != []
    assert caught.of(arash.restart) == 0


def test_a_step_of_a_group_decodes_no_commit_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of one who came late, and has the keys of no epoch before."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, history="joining", members=1)
    group_world.everybody_joins()
    arash, _sara, omid = group_world.people
    for _time in range(3):
        group_world.give_role(arash, group_world.people[1], Role.BEGINNER)
        arash.node.groups.command(group_world.gid, omid.uid, True, "")
        group_world.world.settle()
        arash.node.groups.command(group_world.gid, omid.uid, False, "")
    arash.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    room = group_world.room(omid)
    assert room.group.epoch >= 7
    decoded = Counted(monkeypatch, group_rows, "decode_entry")
    room.listed.clear()
    first = decoded.of(room.step)
    assert 0 < first <= 2 * room.group.epoch, "each once, at a start"
    assert decoded.of(room.step) == decoded.of(room.step) == 0


def test_one_message_s_proof_decodes_one_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    arash, sara, omid = group_world.people
    group_world.say(sara, "before all of it")
    group_world.world.settle()
    for _time in range(2):
        arash.node.groups.command(group_world.gid, omid.uid, False, "")
        arash.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    shown = arash.agent().history(ChatId.group(group_world.gid), None, None, 50)["messages"]
    order = next(one["order"] for one in shown if one["text"] == "before all of it")
    decoded = Counted(monkeypatch, group_rows, "decode_entry")
    details: dict[str, Any] = {}
    ask = lambda: details.update(arash.agent().message_details(ChatId.group(group_world.gid), order))  # noqa: E731
    assert decoded.of(ask) <= 3
    assert details["details"]["verified"]


def test_more_unread_than_anybody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_views, "MOST_UNREAD", 3)
    world = World()
    arash, sara = (world.sign_up(name) for name in ("arash", "sara"))
    world.settle()
    seen: list[tuple[int, int | None]] = []
    for n in range(5):
        arash.say(sara, f"number {n}")
        seen.append(_unread(sara, arash))
    assert [count for count, _first in seen] == [1, 2, 3, 3, 3]
    assert {first for _count, first in seen} == {sara.shown(arash)[0]["order"]}
    plan = sara.vault.read(
        lambda rows: rows.execute(
            "EXPLAIN QUERY PLAN SELECT position FROM messages WHERE chat = ? AND line = 1 AND deleted = 0 AND "
            "state = 'received' AND position > ? ORDER BY position LIMIT 3",
            ("", 0),
        ).fetchall()
    )
    assert "unread_by_chat" in str(plan) and "TEMP B-TREE" not in str(plan)
    sara.read(arash)
    assert _unread(sara, arash) == (0, None)


def _unread(reader: Person, writer: Person) -> tuple[int, int | None]:
    shown = chat_views.conversation(reader.node, ChatId.private(writer.uid))
    assert shown is not None
    return shown["unread"], shown["first_unread"]
