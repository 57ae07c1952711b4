"""A page at somebody's agent in memory: all that it is told, and all that it could ask for."""

from __future__ import annotations

import copy
from typing import Any

from tests.world import Person
from web_client.agent.api import Agent
from web_client.vault.lines import DROPPED


class Page:
    """It stays at one node; make another after a restart."""

    def __init__(self, person: Person) -> None:
        self.agent: Agent = person.agent()
        self.events: list[tuple[str, Any]] = []
        self.agent.subscribe(lambda event, value: self.events.append((event, copy.deepcopy(value))))
        self._person = person

    def everything(self, *words: str) -> dict[str, Any]:
        """What every call that only looks answers: people, conversations, all their messages with what vouches for
        them, what is found of these words.
        """
        agent = self.agent
        snapshot = agent.snapshot()
        histories, details = {}, {}
        for shown in snapshot["conversations"]:
            found = agent.history(shown["chat"], None, None, 200)
            assert not found["more"]
            histories[shown["chat"]] = found["messages"]
            for message in found["messages"]:
                told = agent.message_details(shown["chat"], message["order"])["details"]
                if shown["group"]:  # when each of the others had it is when they last said so, of whatever is newest
                    told["receipts"] = sorted((one["uid"], one["what"]) for one in told["receipts"])
                details[shown["chat"], message["order"]] = told
        return {
            "snapshot": snapshot,
            "histories": histories,
            "details": details,
            "found": {word: agent.search(word, None, 100, None) for word in words},
            "people": agent.people("", None, 200),
            "waiting": agent.waiting(),
            "uploads": agent.uploads(),
        }


def kept_of(person: Person, sender: bytes) -> list[tuple[str, bytes, bytes, Any]]:
    """(kind, body, raw, envelope) of each message of somebody's that was dropped in a private chat."""
    query = "SELECT kind, body, raw, envelope FROM messages WHERE sender = ? AND line = ?"
    return person.vault.read(
        lambda rows: [
            (row[0], bytes(row[1]), bytes(row[2]), row[3]) for row in rows.execute(query, (sender, DROPPED)).fetchall()
        ]
    )
