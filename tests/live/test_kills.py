"""kill -9 of real agents at random moments, in private, in a group, and while a key changes: all arrives, once."""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from launch.agent_api import Refused, Unreachable
from tests.live.people import LivePerson
from tests.processes import Network, until

KILLS = 4  # of the short form; the long one has a hundred
MOMENT = 0.4  # s: in this time everything that a round begins is under way


class Pair:
    def __init__(self, network: Network) -> None:
        self.network = network
        self.arash, self.sara = (LivePerson(network.account(name)) for name in ("arash", "sara"))
        made = self.arash.api.call("public_chat_method", user_to_add=["sara"], name="workshop")
        self.gid, self.chat = made["group_id"], made["chat"]
        self.sara.api.wait_for(lambda event, value: event == "conversation" and value["chat"] == self.chat, 30)
        self.sara.api.call("answer_invitation", group_id=self.gid, join=True)
        until(lambda: len(self._joined()) == 2, 30, "both in the group")

    def _joined(self) -> list[dict[str, Any]]:
        found = next(one for one in self.arash.api.call("snapshot")["conversations"] if one["chat"] == self.chat)
        return [member for member in found["group"]["members"] if member["state"] == "joined"]

    def to_group(self, writer: LivePerson, text: str, id: str) -> None:
        writer.api.call("send_public_message", message=text, group_id=self.gid, id=id)

    def in_group(self, reader: LivePerson) -> list[str]:
        shown = reader.api.call("history", chat=self.chat, limit=200)["messages"]
        return [one["text"] for one in shown if one["kind"] == "text"]

    def await_in_group(self, reader: LivePerson, text: str) -> None:
        until(lambda: text in self.in_group(reader), 90, f"{text} at {reader.name}")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with Network(tmp_path_factory.mktemp("kills")) as network:
        yield Pair(network)


@pytest.mark.timeout(3600)
def test_killed_at_any_moment(pair: Pair, long: bool) -> None:
    chance = random.Random(os.urandom(8))
    people = (pair.arash, pair.sara)
    private: list[str] = []
    group: list[str] = []
    for kill in range(100 if long else KILLS):
        victim = people[kill % 2]
        texts = {f"{kill} private {number}": f"{kill:016x}{number:016x}" for number in range(2)}
        words, id = f"{kill} to the group", f"{kill:016x}{9:016x}"
        private += texts
        group.append(words)
        sent: set[str] = set()
        moment = time.monotonic() + chance.uniform(0, MOMENT)
        renewing = threading.Thread(target=_renew, args=(victim,))
        if kill % 2:
            renewing.start()
        with contextlib.suppress(Unreachable):
            for text, one in texts.items():
                pair.arash.write(pair.sara, text, one)
                sent.add(text)
            pair.to_group(pair.sara, words, id)
            sent.add(words)
        time.sleep(max(0.0, moment - time.monotonic()))
        victim.agent.kill()
        if kill % 2:
            renewing.join()
        victim.api.close()
        victim.come_back()
        for text, one in texts.items():
            if text not in sent:
                pair.arash.write(pair.sara, text, one)
        if words not in sent:
            pair.to_group(pair.sara, words, id)
        for one in texts.values():
            pair.sara.await_state(pair.arash, one, "received", seconds=90)
            pair.arash.await_state(pair.sara, one, "delivered", seconds=90)
        for reader in people:
            pair.await_in_group(reader, words)
    for reader, other in (people, people[::-1]):
        found = [text for text in reader.texts(other) if "private" in text]
        assert found == private[-len(found) :]
        assert not any(message["gap"] for message in reader.messages(other))
        assert pair.in_group(reader)[-len(group) :] == group[-200:]
        assert len(set(pair.in_group(reader))) == len(pair.in_group(reader))
    for service in (pair.network.authority, pair.arash.agent, pair.sara.agent):
        assert not [line for line in service.output if "Traceback" in line], service.output


def _renew(person: LivePerson) -> None:
    with contextlib.suppress(Unreachable, Refused):
        person.api.call("renew_key")
