"""Two real agents and an authority: a talk in both modes of concurrency, agents killed, and the authority away."""

from __future__ import annotations

import os
import shutil
import signal
import time
from typing import Any

import pytest

from launch.agent_api import AgentApi
from tests.processes import Agent, Network, until

KILLS, LONG_KILLS = 4, 100


def say(agent: Agent, bot: AgentApi, to: Agent, text: str) -> dict[str, Any]:
    answer = bot.call("private_chat", username=agent.name, client_b_username=to.name, message=text)
    message: dict[str, Any] = answer["message"]
    return message


def texts(bot: AgentApi) -> list[str]:
    """Every message of the one conversation that there is."""
    (chat,) = [one["chat"] for one in bot.call("snapshot")["conversations"]]
    return [message["text"] for message in bot.call("history", chat=chat, limit=200)["messages"]]


def states(bot: AgentApi) -> list[str]:
    (chat,) = [one["chat"] for one in bot.call("snapshot")["conversations"]]
    return [message["state"] for message in bot.call("history", chat=chat, limit=200)["messages"]]


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_a_talk(network: Network) -> None:
    arash, sara = network.account("arash"), network.account("سارا")
    with arash.program() as one, sara.program() as other:
        say(arash, one, sara, "سلام sara")
        until(lambda: states(one) == ["delivered"])
        say(sara, other, arash, "hello")
        until(lambda: texts(one) == ["سلام sara", "hello"] == texts(other))
        shown = other.call("snapshot")["conversations"][0]
        other.call("mark_read", chat=shown["chat"], order=shown["order"])
        until(lambda: states(one) == ["read", "received"])
        assert (
            one.call("safety_number", username="سارا")["digits"]
            == other.call("safety_number", username="arash")["digits"]
        )


@pytest.mark.timeout(900)
def test_agents_killed_while_writing_and_reading(network: Network, long: bool) -> None:
    """kill -9 of the one who writes and of the one who reads in turn, in the middle of it: each message is
    there once.
    """
    arash, sara = network.account("arash"), network.account("sara")
    sent: list[str] = []
    for kill in range(LONG_KILLS if long else KILLS):
        with arash.program() as one:
            for _message in range(3):
                text = f"message {len(sent)}"
                say(arash, one, sara, text)
                sent.append(text)
        victim = arash if kill % 2 else sara
        victim.kill()
        victim.start()
        victim.login()
    with arash.program() as one, sara.program() as other:
        one.call("try_now")
        until(lambda: states(one) == ["delivered"] * len(sent), 60, "every receipt")
        assert texts(one) == sent == texts(other)
        assert not any(one["gap"] for one in [other.call("snapshot")["conversations"][0]["last"]])


def test_people_who_know_each_other_go_on_without_the_authority(network: Network) -> None:
    arash, sara = network.account("arash"), network.account("sara")
    with arash.program() as one, sara.program() as other:
        say(arash, one, sara, "while it is there")
        say(sara, other, arash, "yes")
        until(lambda: len(texts(one)) == 2)
        network.authority.kill()
        one.wait_for(lambda name, value: name == "link" and not value["up"])
        say(arash, one, sara, "without it")
        until(lambda: "without it" in texts(other), 30)
        network.authority.start()
        until(lambda: one.call("snapshot")["link"]["up"] and other.call("snapshot")["link"]["up"], 60)
        say(sara, other, arash, "and back")
        until(lambda: texts(one)[-1] == "and back", 30)


def test_a_dead_agent_is_replaced_and_a_live_one_is_not(network: Network, tmp_path: Any) -> None:
    """The same vault in two agents: refused while the first lives; within moments of its death, let in."""
    network.account("arash")
    sara = network.account("sara")
    assert sara.child is not None
    copy = network.agent("--join", network.authority.join_link)
    copy.stop()
    shutil.rmtree(copy.folder)
    shutil.copytree(sara.folder, copy.folder, ignore=shutil.ignore_patterns("lock", "api-token"))
    copy.start()
    copy.name = sara.name
    with pytest.raises(Exception, match="other_agent"):
        copy.login()
    os.kill(sara.child.pid, signal.SIGSTOP)  # it holds its connection and answers nothing: the laptop is asleep
    try:
        started = time.monotonic()
        copy.login()
        assert time.monotonic() - started < 3 + 5, "three seconds, and what a busy machine needs to log in"
    finally:
        os.kill(sara.child.pid, signal.SIGCONT)
