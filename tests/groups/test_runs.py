"""What a group's messages cost who reads them, in questions to the vault; and that many at once become what each by
itself does.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import msgspec
import pytest

from protocol import kinds
from protocol.primitives import random_id
from tests.groups.group_world import GroupWorld
from tests.groups.test_chosen_ids import let_ids_repeat, post
from tests.groups.test_marks import mark
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.messages import rows as message_rows

MESSAGES = 64  # of which one statement asks


def leave(group_world: GroupWorld, person: Person) -> None:
    """They have closed their agent, and nobody lets it do anything."""
    person.stop()
    del group_world.world.people[person.name]


def come_back(group_world: GroupWorld, person: Person) -> None:
    group_world.world.people[person.name] = person
    person.restart()
    group_world.world.settle()


def statements_of(group_world: GroupWorld, texts: int) -> Counter[str]:
    """What somebody says to the vault while they fetch so many messages of two others, from BEGIN to COMMIT."""
    owner, guest, reader = group_world.people
    leave(group_world, reader)
    for n in range(texts):
        post(group_world, (owner, guest)[n % 2], random_id(), f"number {n}")
    found: list[str] = []
    reader.vault._database.set_trace_callback(lambda text: found.append(text.split()[0].lower()))
    come_back(group_world, reader)
    reader.vault._database.set_trace_callback(None)
    group_world.check()
    begins = [at for at, word in enumerate(found) if word == "begin"]
    spans = [found[at : found.index("commit", at)] for at in begins]
    (stored,) = [span for span in spans if span.count("insert") > texts]
    return Counter(stored)


def test_two_rows_for_each_message_and_questions_for_all_together(group_world: GroupWorld) -> None:
    counted = statements_of(group_world, MESSAGES)
    assert counted["insert"] == 2 * MESSAGES
    assert counted["select"] < 15 and counted["update"] < 5, "which ids there are, and what has been said of them"


def test_values_are_of_kinds_for_which_nobody_looks_for_an_adapter(group_world: GroupWorld) -> None:
    """1 us for each that is None, bytes, or a kind of str: of 26 us for a message 20 were that."""
    given: list[Any] = []

    class Recorded:
        """The vault's database, of which each value is seen."""

        def __init__(self, rows: Any) -> None:
            self._rows = rows

        def execute(self, query: str, values: Any) -> Any:
            given.extend(values)
            return self._rows.execute(query, values)

        def executemany(self, query: str, every: list[Any]) -> None:
            given.extend(value for values in every for value in values)
            self._rows.executemany(query, every)

    owner, _guest, reader = group_world.people
    post(group_world, owner, random_id(), "hello")
    (line,) = reader.vault.read(lambda rows: message_rows.select(rows, "n IS NOT NULL AND kind = 'text'"))
    again = msgspec.structs.replace(line, ord=0, id=random_id(), sequence=9, n=99)

    def put_in(rows: Any) -> None:
        (order,) = message_rows.insert_all(Recorded(rows), [again])
        kept = message_rows.at(rows, order)
        assert kept == msgspec.structs.replace(again, ord=order, position=order)
        message_rows.delete(rows, order)
        assert message_rows.insert(Recorded(rows), again) > order

    reader.vault.write(put_in)
    assert len(given) < 40 and {type(value) for value in given} == {int, str, bytearray}


def looks(group_world: GroupWorld, reader: Person) -> list[Any]:
    """The conversation without what only its reader's own counters say, and one's own states."""
    own = {"order", "position", "mine", "state", "time", "reply", "id", "seen"}
    return [
        {name: value for name, value in shown.items() if name not in own}
        | {"reply": shown["reply"] and shown["reply"]["text"]}
        for shown in group_world.shown(reader)
    ]


@pytest.mark.parametrize("seed", range(2))
def test_what_comes_at_once_looks_like_what_came_one_by_one(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Texts, answers, marks of what came just before, ids that are used again: one has it step by step, one at once."""
    chance = random.Random(seed)
    let_ids_repeat(group_world, monkeypatch)
    owner, guest, late = group_world.people
    group_world.say(late, "before I go")
    leave(group_world, late)
    chat = ChatId.group(group_world.gid)
    ids = [random_id() for _ in range(6)]
    for n in range(40):
        writer = chance.choice((owner, guest))
        lines = [shown for shown in group_world.shown(writer) if shown["kind"] == "text" and not shown["deleted"]]
        line = chance.choice(lines)
        agent, deed = writer.agent(), chance.randrange(6)
        if deed < 2:
            post(group_world, writer, chance.choice(ids) if chance.random() < 0.5 else random_id(), f"text {n}")
        elif deed == 2:
            agent.send_message(chat, f"answer {n}", line["order"], None)
        elif deed == 3:
            agent.react(chat, line["order"], chance.choice("👍🎉"))
        elif line["from"] == writer.uid.hex():
            agent.edit_message(chat, line["order"], f"edit {n}") if deed == 4 else agent.delete_message(
                chat, line["order"]
            )
        group_world.world.settle()
    before = late.vault.read(message_rows.newest)
    come_back(group_world, late)
    assert late.vault.read(message_rows.newest) - before > 20
    assert looks(group_world, late) == looks(group_world, owner) == looks(group_world, guest)
    orders = [shown["order"] for shown in group_world.shown(late)]
    assert orders == sorted(orders)


def test_a_mark_that_came_before_its_message_holds(group_world: GroupWorld) -> None:
    """Nothing keeps a member from speaking of an id that somebody will use."""
    owner, guest, late = group_world.people
    leave(group_world, late)
    id = random_id()
    mark(group_world, guest, kinds.Reaction(id, owner.uid, "👍"))
    group_world.world.settle()
    post(group_world, owner, id, "at ten")
    come_back(group_world, late)
    assert [shown["reactions"] for shown in group_world.shown(late)][-1] != []
    assert looks(group_world, late) == looks(group_world, owner)
