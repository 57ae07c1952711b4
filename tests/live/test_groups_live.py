"""Groups with real processes: made, written to, reloaded, and the authority killed under load, again and again."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from launch.agent_api import AgentApi, Refused, Unreachable
from tests.live.people import LivePerson
from tests.processes import Agent, Network, until

KILLS = 4  # of the short form; the long one has a hundred


class Workshop:
    """Three people in one group, each with an agent of their own and a bot that speaks to it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.agents: list[Agent] = [network.account(name) for name in ("arash", "sara", "omid")]
        self.bots: list[AgentApi] = [agent.program() for agent in self.agents]
        made = self.bots[0].call("public_chat_method", user_to_add=["sara", "omid"], name="workshop", history="all")
        self.gid: str = made["group_id"]
        self.chat: str = made["chat"]
        for bot in self.bots[1:]:
            bot.wait_for(lambda name, value: name == "conversation" and value["chat"] == self.chat)
            bot.call("answer_invitation", group_id=self.gid, join=True)

    def close(self) -> None:
        for bot in self.bots:
            bot.close()

    def group(self, bot: AgentApi) -> dict[str, Any]:
        found = [one for one in bot.call("snapshot")["conversations"] if one["chat"] == self.chat]
        shown: dict[str, Any] = found[0]["group"]
        return shown

    def standing(self) -> int:
        """How many of the first one's messages have their place in the chain."""
        newest = self.bots[0].call("history", chat=self.chat, limit=200)["messages"]
        return max((one["proof"]["n"] for one in newest if one.get("proof")), default=0)

    def texts(self, bot: AgentApi) -> list[str]:
        """Everything that stands in the conversation, oldest first."""
        found: list[str] = []
        before = None
        while True:
            page = bot.call("history", chat=self.chat, limit=200, before=before)
            found = [message["text"] for message in page["messages"] if message["kind"] == "text"] + found
            if not page["more"]:
                return found
            before = page["messages"][0]["position"]


@pytest.fixture
def workshop(tmp_path: Path) -> Any:
    with Network(tmp_path) as network:
        shop = Workshop(network)
        yield shop
        shop.close()


@pytest.mark.timeout(3600)
def test_killed_under_load_nothing_acknowledged_is_missing_or_doubled(workshop: Workshop, long: bool) -> None:
    """kill -9 of the authority, again and again, while two people write, to the group, to each other and to the
    third, who is away half of the time: accounts, log, port, mailboxes and history are back each time.
    """
    port = workshop.group(workshop.bots[0])["port"]
    sent: list[str] = []
    private: dict[tuple[str, str], list[str]] = {}
    stop = threading.Event()
    arash, sara, omid = (LivePerson(agent) for agent in workshop.agents)

    def write(by: LivePerson, *others: LivePerson) -> None:
        number = 0
        while not stop.is_set():
            text = f"{by.name} {number}"
            by.api.call("send_public_message", message=text, group_id=workshop.gid)
            sent.append(text)
            to = others[number % len(others)]
            by.write(to, f"privately {text}")
            private.setdefault((by.name, to.name), []).append(f"privately {text}")
            number += 1
            stop.wait(0.2 if long else 0.05)

    writers = [
        threading.Thread(target=write, args=(arash, sara, omid)),
        threading.Thread(target=write, args=(sara, arash, omid)),
    ]
    for writer in writers:
        writer.start()
    try:
        for kill in range(100 if long else KILLS):
            # something new has been acknowledged since the last time: the load is on, the link is back
            before = workshop.standing()
            until(lambda before=before: workshop.standing() >= before + 3, 60, "new messages in the chain")
            workshop.network.authority.kill()
            if kill % 4 == 1:
                omid.die()
            workshop.network.authority.start()
            if kill % 4 == 3:
                omid.come_back()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    if omid.agent.child is None:
        omid.come_back()
    people = (arash, sara, omid)
    for person in people:
        person.api.call("try_now")
    for person in people:
        all_there = lambda person=person: sorted(workshop.texts(person.api)) == sorted(sent)  # noqa: E731
        until(all_there, 90, f"all messages at {person.name}, each once")
    told = [workshop.texts(person.api) for person in people]
    assert told[0] == told[1] == told[2]
    for name in ("arash", "sara"):
        own = [text for text in told[2] if text.startswith(name)]
        assert own == [text for text in sent if text.startswith(name)], "their own order is kept"
    by_name = {person.name: person for person in people}
    for (one, other), texts in private.items():
        wrote, read = by_name[one], by_name[other]
        until(lambda texts=texts, wrote=wrote, read=read: of(read, wrote) == texts, 90, f"{one}'s at {other}")
        until(
            lambda wrote=wrote, read=read: {one["state"] for one in private_rows(wrote, read, True)} == {"delivered"},
            60,
        )
        assert not any(row["gap"] or row["kind"] != "text" for row in private_rows(read, wrote, False))
    group = workshop.group(arash.api)
    assert group["port"] == port and group["state"] == "joined"
    assert all(person.api.call("snapshot")["alarm"] is None for person in people)
    print(f"{len(sent)} in the group, {sum(map(len, private.values()))} in private: each at each, once")
    for person in people:
        person.api.close()


def private_rows(person: LivePerson, other: LivePerson, mine: bool) -> list[dict[str, Any]]:
    """What the one has written to the other, or has of the other, all of it."""
    found: list[dict[str, Any]] = []
    chat = next(one["chat"] for one in person.api.call("snapshot")["conversations"] if one["name"] == other.name)
    before = None
    while True:
        page = person.api.call("history", chat=chat, limit=200, before=before)
        found = [row for row in page["messages"] if row["mine"] == mine and row["kind"] != "invitation"] + found
        if not page["more"]:
            return found
        before = page["messages"][0]["position"]


def of(reader: LivePerson, writer: LivePerson) -> list[str]:
    return [row["text"] for row in private_rows(reader, writer, False)]


def test_removed_while_away_is_told_on_reload(workshop: Workshop) -> None:
    arash, _sara, omid = workshop.bots
    arash.call("send_public_message", message="omid", group_id=workshop.gid, is_command=True, is_add=False, reason="x")
    with pytest.raises((Refused, Unreachable)) as caught:
        omid.call("reload_one_chat", group_id=workshop.gid)
    assert getattr(caught.value, "code", "") == "not_member"
    until(lambda: workshop.group(omid)["state"] == "removed")
    arash.call("send_public_message", message="after", group_id=workshop.gid)
    assert "after" not in workshop.texts(omid)


def test_what_the_authority_has_says_nothing(workshop: Workshop) -> None:
    """No plaintext of a group in the authority's memory or files, while what it must know is found in both."""
    words = "an utterly peculiar sentence about tangerines"
    arash, sara, _omid = workshop.bots
    arash.call("send_public_message", message=words, group_id=workshop.gid)
    until(lambda: words in workshop.texts(sara))
    gid = bytes.fromhex(workshop.gid)
    authority = workshop.network.authority
    files = b"".join(path.read_bytes() for path in authority.folder.iterdir() if path.is_file())
    assert authority.child is not None
    memory = memory_of(authority.child.pid)
    for place in (files, memory):
        assert gid in place, "the search finds what is there"
        for text in (words.encode(), words.encode("utf-16-le"), b"workshop"):
            assert text not in place


def memory_of(pid: int) -> bytes:
    """Every readable and writable page of a process."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            where, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in where.split("-"))
            try:
                mem.seek(start)
                found.append(mem.read(end - start))
            except (OSError, OverflowError, ValueError):
                continue
    return b"".join(found)
