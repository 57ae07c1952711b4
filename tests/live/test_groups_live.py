"""Groups with real processes: made, written to, reloaded, and the authority killed under load, again and again."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from launch.agent_api import AgentApi, Refused, Unreachable
from tests.processes import Agent, Network, until

KILLS = 10


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

    def texts(self, bot: AgentApi) -> list[str]:
        """Everything that stands in the conversation, oldest first."""
        found: list[str] = []
        before = None
        while True:
            page = bot.call("history", chat=self.chat, limit=200, before=before)
            found = [message["text"] for message in page["messages"] if message["kind"] == "text"] + found
            if not page["more"]:
                return found
            before = page["messages"][0]["order"]


@pytest.fixture
def workshop(tmp_path: Path) -> Any:
    with Network(tmp_path) as network:
        shop = Workshop(network)
        yield shop
        shop.close()


@pytest.mark.timeout(400)
def test_killed_under_load_nothing_acknowledged_is_missing_or_doubled(workshop: Workshop) -> None:
    """kill -9 of the authority, ten times, while two people write: accounts, log, port and history are back
    each time.
    """
    port = workshop.group(workshop.bots[0])["port"]
    sent: list[str] = []
    stop = threading.Event()

    def write(bot: AgentApi, name: str) -> None:
        number = 0
        while not stop.is_set():
            text = f"{name} {number}"
            bot.call("send_public_message", message=text, group_id=workshop.gid)
            sent.append(text)
            number += 1
            stop.wait(0.05)

    writers = [
        threading.Thread(target=write, args=(workshop.bots[0], "arash")),
        threading.Thread(target=write, args=(workshop.bots[1], "sara")),
    ]
    for writer in writers:
        writer.start()
    try:
        for kill in range(KILLS):
            # something new has been acknowledged since the last time: the load is on, the link is back
            until(lambda kill=kill: len(workshop.texts(workshop.bots[2])) > kill * 3, 60, "messages at the third")
            workshop.network.authority.kill()
            workshop.network.authority.start()
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    for bot in workshop.bots:
        bot.call("try_now")
    for bot in workshop.bots:
        until(lambda bot=bot: sorted(workshop.texts(bot)) == sorted(sent), 60, "all messages at everybody, each once")
    told = [workshop.texts(bot) for bot in workshop.bots]
    assert told[0] == told[1] == told[2]
    for name in ("arash", "sara"):
        own = [text for text in told[2] if text.startswith(name)]
        assert own == [text for text in sent if text.startswith(name)], "their own order is kept"
    group = workshop.group(workshop.bots[2])
    assert group["port"] == port and group["state"] == "joined"
    assert all(bot.call("snapshot")["alarm"] is None for bot in workshop.bots)


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
