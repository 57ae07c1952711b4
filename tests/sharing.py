"""Words for sending and having files in a network in memory: what the page's calls do, in their order."""

from __future__ import annotations

from typing import Any

from protocol.files import CHUNK
from protocol.primitives import random_id
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.views import messages as message_views

PIECE = bytes(range(256)) * (CHUNK // 256)  # of exactly one chunk


def content(size: int) -> bytes:
    """A file of this size whose chunks differ."""
    return b"".join(bytes([at % 251]) + PIECE[1:] for at in range(size // CHUNK + 1))[:size]


def private(person: Person) -> ChatId:
    """The private chat with somebody, as the others' agents call it."""
    return ChatId.private(person.uid)


def hand_over(person: Person, chat: ChatId, data: bytes, name: str = "notes.txt", id: str | None = None) -> str:
    """From the page into the agent, part by part; the message's id."""
    agent, id = person.agent(), id or random_id().hex()
    begun = agent.file_begin(chat, id, name, len(data), "text/plain", 0)
    for offset in range(begun["done"], len(data), begun["part"]):
        agent.take_part(id, offset, data[offset : offset + begun["part"]])
    return id


def send(person: Person, chat: ChatId, data: bytes, name: str = "notes.txt", **more: Any) -> dict[str, Any]:
    """Hand a file over and write its message; nothing has left when this returns."""
    id = hand_over(person, chat, data, name)
    said = {"caption": "", "preview": None, "width": 0, "height": 0, **more}
    person.agent().send_file(id, **said)
    shown = message_views.history(person.node, chat, None, None, 200)["messages"]
    message: dict[str, Any] = next(one for one in shown if one["id"] == id)
    return message


def newest(person: Person, chat: ChatId) -> dict[str, Any]:
    """The newest file of a conversation, as the page is shown it."""
    shown = message_views.history(person.node, chat, None, None, 200)["messages"]
    found: dict[str, Any] = next(one for one in reversed(shown) if one["kind"] == "file")
    return found


def fetch(person: Person, chat: ChatId) -> dict[str, Any]:
    """Press on the newest file and try once, whatever the waits say; File as it is then."""
    person.agent().file_fetch(chat, newest(person, chat)["order"])
    return again(person, chat)


def again(person: Person, chat: ChatId) -> dict[str, Any]:
    """One more try."""
    person.node.files.try_now()
    person.node.files.step()
    file: dict[str, Any] = newest(person, chat)["file"]
    return file


def saved(person: Person, chat: ChatId) -> bytes:
    """What the browser would save."""
    agent = person.agent()
    ticket = agent.file_ticket(chat, newest(person, chat)["order"])["ticket"]
    _name, size, chunks = agent.open_file(ticket)
    data = b"".join(chunks)
    assert len(data) == size
    return data


def pair() -> tuple[World, Person, Person]:
    """Two people who know of each other."""
    world = World()
    two = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    return world, *two


def chunks_crossed(world: World, source: str, target: str) -> int:
    """How many bodies with a chunk went from one to the other."""
    return sum(len(body) > CHUNK for one, other, body in world.crossed if (one, other) == (source, target))
