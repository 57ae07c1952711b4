"""What a stranger claims is handed to the page within the bounds of what a page can show, and changes nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from protocol import envelope, kinds
from protocol.files import CHUNK, FileBody, encode_file
from protocol.primitives import random_id
from tests.world import Person, World
from web_client.account.bounds import LATEST, WHOLE
from web_client.account.chat_ids import ChatId
from web_client.messages import outgoing

TIMES = [0, 1, 2**31, 2**53, LATEST, LATEST + 1, 2**62, 2**63 - 1]


@pytest.fixture
def two(world: World) -> tuple[Person, Person]:
    pair = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    return pair


def claim(writer: Person, reader: Person, kind: str, body: bytes, time: int) -> bytes:
    """A right message whose claims are its writer's own; its id."""
    id, head = random_id(), writer.node.ctx.trust.head
    assert head is not None
    me = writer.node.ctx.me
    writer.vault.write(lambda rows: outgoing.compose(rows, me, reader.uid, kind, body, id, time, head))
    writer.deliver()
    return id


def chat(person: Person) -> ChatId:
    return ChatId.private(person.uid)


@pytest.mark.parametrize("time", TIMES)
def test_a_time_is_a_moment_or_none(two: tuple[Person, Person], time: int) -> None:
    arash, sara = two
    id = claim(arash, sara, "text", "چه زمانی".encode(), time)
    claim(arash, sara, "edit", kinds.encode_body(kinds.Edit(id, "چه وقت")), time)
    (shown,) = sara.shown(arash)
    assert shown["time"] == (time if time <= LATEST else None)
    assert shown["edited"] == (time if time <= LATEST else 0)  # that it was changed can't be hidden by a claim
    agent = sara.agent()
    details = agent.message_details(chat(arash), shown["order"])["details"]
    assert details["verified"] and details["time"] == shown["time"]
    assert [edit["time"] for edit in details["edits"]] == [shown["time"]] * 2
    (conversation,) = agent.snapshot()["conversations"]
    assert conversation["time"] == min(time, sara.world.now)  # nobody is newer than what has come


def test_a_day_is_found_past_messages_without_a_time(two: tuple[Person, Person]) -> None:
    arash, sara = two
    claim(arash, sara, "text", b"at no time", 2**63 - 1)
    claim(arash, sara, "text", b"now", sara.world.now)
    agent = sara.agent()
    page = agent.history(chat(arash), None, None, 50, at=sara.world.now - 1)
    assert [message["text"] for message in page["messages"]] == ["now"]
    assert agent.history(chat(arash), None, None, 50, at=sara.world.now + 1)["messages"] == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text", b"\xff\xfe"),
        ("text", b""),
        ("text", " \t\u2003\u3000".encode()),
        ("reply", kinds.encode_body(kinds.Reply(bytes(16), bytes(32), "\n"))),
        ("edit", kinds.encode_body(kinds.Edit(bytes(16), " "))),
        ("x" * 32, b"whatever"),
        ("system", b'{"what": "removed"}'),
        ("unreadable", b""),
        ("deleted", b""),
    ],
)
def test_something_is_there(two: tuple[Person, Person], kind: str, body: bytes) -> None:
    """It is stored, acknowledged and shown as what it is: something that can't be read here."""
    arash, sara = two
    claim(arash, sara, kind, body, 1)
    (shown,) = sara.shown(arash)
    why = "bad_statement" if kind in ("text", "reply", "edit") else "unknown_kind"
    assert (shown["kind"], shown["why"], shown["text"]) == ("unreadable", why, "")
    assert arash.states(sara) == ["delivered"]
    agent = sara.agent()
    assert agent.snapshot()["conversations"][0]["unread"] == 1
    assert agent.message_details(chat(arash), shown["order"])["details"]["verified"]
    assert agent.search("removed", None, 30, None)["hits"] == []


def test_a_file_of_any_size(two: tuple[Person, Person]) -> None:
    arash, sara = two
    for size in (0, WHOLE, WHOLE + 1, 2**62 - 1):
        body = FileBody(
            random_id(), "n\0\u202e", "\u202e", size, bytes(32), bytes(32), CHUNK, b"", 2**32 - 1, 2**32 - 1, ""
        )
        claim(arash, sara, "file", encode_file(body), 1)
    assert [shown["file"]["size"] for shown in sara.shown(arash)] == [0, WHOLE, WHOLE, WHOLE]


def test_the_largest_sequence(two: tuple[Person, Person]) -> None:
    """A row may begin anywhere: what is before it is a gap."""
    arash, sara = two
    head, me = arash.node.ctx.trust.head, arash.node.ctx.me
    assert head is not None
    message = envelope.PrivateMessage(
        me.uid, sara.uid, 2**62 - 1, b"p" * 32, random_id(), 1, head, "text", b"far", None
    )

    def put(rows: Any) -> None:
        raw = envelope.encode_message(message)
        outgoing.put(rows, outgoing.row_of(message, raw, me.key.public, chat(sara), outgoing.WAITING))

    arash.vault.write(put)
    arash.deliver()
    (shown,) = sara.shown(arash)
    assert shown["gap"] and shown["text"] == "far"
    details = sara.agent().message_details(chat(arash), shown["order"])["details"]
    assert details["verified"] and details["sequence"] == WHOLE
    assert json.loads(json.dumps(details)) == details
