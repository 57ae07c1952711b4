"""Any number of marks of one message costs each next one the same, and keeps no more than can be looked at."""

from __future__ import annotations

from typing import Any

from protocol import kinds
from protocol.primitives import random_id
from tests.world import Person, World
from web_client.account.events import MessageChanged
from web_client.messages import amendments

MANY = 60


def pair() -> tuple[Person, Person]:
    world = World()
    found = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    return found


def rows_of(person: Person) -> list[Any]:
    question = (
        "SELECT line, kind, length(body) + length(raw) + coalesce(length(envelope), 0) FROM messages WHERE line != 1"
    )
    return person.vault.read(lambda rows: rows.execute(question).fetchall())


def react(writer: Person, reader: Person, id: bytes, emoji: str) -> None:
    body = kinds.encode_body(kinds.Reaction(id, writer.uid, emoji))
    writer.node.messages.compose(reader.uid, kinds.REACTION, body, random_id())
    writer.deliver()


def test_many_edits() -> None:
    arash, sara = pair()
    id = random_id()
    arash.write(sara, "the first words", id)
    arash.deliver()
    for number in range(MANY):
        body = kinds.encode_body(kinds.Edit(id, f"secret {number} " + "x" * 2000))
        arash.node.messages.compose(sara.uid, kinds.EDIT, body, random_id())
        arash.deliver()
    for person, other in ((arash, sara), (sara, arash)):
        (shown,) = person.shown(other)
        assert shown["text"].startswith(f"secret {MANY - 1} ")
        marks = rows_of(person)
        kept = amendments.KEPT[kinds.EDIT]
        assert len([row for row in marks if row[0] == 0]) <= kept + 1  # the newest of one's own was still on its way
        assert [row[2] for row in marks if row[0] == amendments.SUPERSEDED].count(0) >= MANY - kept - 1
        details = person.agent().message_details(shown["chat"], shown["order"])["details"]
        assert details["verified"] and details["edits"][0]["text"] == "the first words"
        assert kept <= len(details["edits"]) - 1 <= kept + 1
    arash.agent().delete_message(arash.shown(sara)[0]["chat"], arash.shown(sara)[0]["order"], None)
    arash.deliver()
    for person in (arash, sara):
        assert sum(row[2] for row in rows_of(person) if row[1] == kinds.EDIT) == 0


def test_many_reactions() -> None:
    """The last one that says something counts, whatever came after it that doesn't."""
    arash, sara = pair()
    id = random_id()
    arash.write(sara, "well?", id)
    for number in range(MANY):
        react(arash, sara, id, "👍" if number % 2 else "❤️")
    react(arash, sara, id, "no emoji")
    for person, other in ((arash, sara), (sara, arash)):
        (shown,) = person.shown(other)
        assert [one["emoji"] for one in shown["reactions"]] == ["👍"]
        assert len([row for row in rows_of(person) if row[0] == 0]) <= 3
    react(arash, sara, id, "")
    assert sara.shown(arash)[0]["reactions"] == []


def test_many_answers() -> None:
    """Changing what they quote tells of the newest of them; a page finds it in the changed message for the others."""
    arash, sara = pair()
    id = random_id()
    arash.write(sara, "quoted", id)
    for number in range(MANY):
        body = kinds.encode_body(kinds.Reply(id, arash.uid, f"answer {number}"))
        arash.node.messages.compose(sara.uid, kinds.REPLY, body, random_id())
    arash.deliver()
    sara.changes.clear()
    arash.node.messages.compose(sara.uid, kinds.EDIT, kinds.encode_body(kinds.Edit(id, "changed")), random_id())
    arash.deliver()
    assert len([event for event in sara.changes if isinstance(event, MessageChanged)]) <= amendments.ANSWERS_TOLD + 2
    assert {shown["reply"]["text"] for shown in sara.shown(arash) if shown["reply"]} == {"changed"}
