"""The example bot of docs/, as a process of its own at a real agent: it answers what it is told to, each thing once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Agent, Network, until

BOT = Path(__file__).parents[2] / "docs" / "bot.py"
SECONDS = 60  # of patience; the machine may be busy with other things


class Bot:
    """The example, started as its first lines say."""

    def __init__(self, agent: Agent) -> None:
        self._command = [sys.executable, str(BOT), str(agent.port), str(agent.folder)]
        self.process: subprocess.Popen[bytes]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("network")) as network:
        yield network


@pytest.fixture(scope="module")
def people(network: Network) -> tuple[Agent, Agent]:
    """sara, who asks, and robot, at whose agent the bot is."""
    return network.account("sara"), network.account("robot")


@pytest.fixture
def bot(people: tuple[Agent, Agent]) -> Iterator[Bot]:
    bot = Bot(people[1])
    try:
        yield bot
    finally:
        bot.kill()


def answers(asker: Agent, chat: str) -> list[tuple[str, str]]:
    """(what was asked, what was answered) of every answer in a conversation."""
    with asker.program() as program:
        messages = program.call("history", chat=chat, limit=200)["messages"]
    return [(one["reply"]["text"], one["text"]) for one in messages if not one["mine"] and one["reply"]]


def ask(asker: Agent, chat: str, *texts: str) -> None:
    with asker.program() as program:
        for text in texts:
            program.call("send_message", chat=chat, text=text)


def answered(asker: Agent, chat: str, *pairs: tuple[str, str]) -> None:
    """Until all of these have been answered, and each of them once."""
    until(lambda: set(pairs) <= set(answers(asker, chat)), SECONDS, f"the answers {pairs}")
    found = answers(asker, chat)
    assert all(found.count(pair) == 1 for pair in pairs), found


def private(agents: tuple[Agent, Agent]) -> str:
    sara, robot = agents
    with robot.program() as program:
        uid = program.call("snapshot")["me"]["uid"]

    def knows() -> Any:
        with sara.program() as program:
            return any(one["uid"] == uid for one in program.call("snapshot")["people"])

    until(knows, SECONDS, "that sara knows robot")
    return f"p:{uid}"


def test_it_is_short(bot: Bot) -> None:
    assert len(BOT.read_text(encoding="utf-8").splitlines()) <= 60


def test_it_answers_commands_and_nothing_else(people: tuple[Agent, Agent], bot: Bot) -> None:
    chat = private(people)
    ask(people[0], chat, "hello", "/echo سلام، دنیا", "/echo /echo again", "/unknown", "/help")
    echo = ("/echo سلام، دنیا", "سلام، دنیا"), ("/echo /echo again", "/echo again")  # its own words don't set it off
    answered(people[0], chat, *echo, ("/help", "/echo WORDS or /time"))
    assert len(answers(people[0], chat)) == 3


def test_it_answers_in_a_group(people: tuple[Agent, Agent], bot: Bot) -> None:
    sara, robot = people
    with sara.program() as asking, robot.program() as program:
        made = asking.call("public_chat_method", user_to_add=["robot"], name="Lab")
        program.wait_for(lambda event, value: event == "conversation" and value["chat"] == made["chat"], SECONDS)
        program.call("answer_invitation", group_id=made["group_id"], join=True)
    ask(sara, made["chat"], "/echo to all")
    answered(sara, made["chat"], ("/echo to all", "to all"))


def test_after_a_restart_it_goes_on_and_answers_nothing_twice(people: tuple[Agent, Agent], bot: Bot) -> None:
    sara, chat = people[0], private(people)
    ask(sara, chat, "/echo before")
    answered(sara, chat, ("/echo before", "before"))
    bot.kill()
    ask(sara, chat, "/echo meanwhile")
    bot.start()
    ask(sara, chat, "/echo after")
    answered(sara, chat, ("/echo meanwhile", "meanwhile"), ("/echo after", "after"), ("/echo before", "before"))


def test_it_waits_for_its_agent_and_for_the_vault(people: tuple[Agent, Agent], bot: Bot) -> None:
    sara, robot = people
    chat = private(people)
    ask(sara, chat, "/echo with the agent")
    answered(sara, chat, ("/echo with the agent", "with the agent"))
    robot.kill()
    ask(sara, chat, "/echo while away")
    robot.start()  # another token, and the vault is locked
    robot.login()
    answered(sara, chat, ("/echo while away", "while away"), ("/echo with the agent", "with the agent"))
    with robot.program() as program:
        program.call("lock")
    robot.login()
    ask(sara, chat, "/echo unlocked")
    answered(sara, chat, ("/echo unlocked", "unlocked"))
