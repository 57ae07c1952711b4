"""The door before a real agent and its authority, in both concurrency modes: sign-up, launch, lock and log-in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from launch.agent_api import AgentApi
from tests.door.client import Client
from tests.processes import PASSWORD, Network


def refused(client: Client, name: str, **arguments: object) -> str:
    return str(client.refused(name, arguments)["code"])


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_from_sign_up_to_log_in(network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notify-send").touch(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    agent = network.account("sara")
    launch = agent.page.partition("#launch=")[2]
    with Client(agent.port) as page, agent.program() as bot:
        page.enter({})
        assert refused(page, "snapshot") == "token_needed"
        answer = page.call("launch", token=launch)
        assert answer["username"] == "sara"
        assert page.call("snapshot")["me"]["role"] == "super admin"
        assert page.call("snapshot")["settings"]["desktop"] == "off"  # it could tell
        assert page.call("start_at_login")["on"] in (None, False)
        assert refused(page, "launch", token=launch) == "bad_token"

        with AgentApi(agent.port, token=answer["token"], as_page=True) as other:
            page.call("lock")
            assert other.wait_for(lambda name, value: name == "stage")["stage"] == "log_in"
        assert refused(page, "snapshot") == "bad_token"
        assert bot.call("status")["stage"] == "log_in"
        with Client(agent.port, origin=None) as program:
            program.enter({"token": agent.api_token})
            assert refused(program, "snapshot") == "locked"

        for guess in ("one", "two", "three"):
            assert refused(page, "login", username="sara", password=guess) == "password"
        page.call("login", username="sara", password=PASSWORD)
        assert page.call("history", chat="p:" + "0" * 64)["messages"] == []
        assert bot.call("snapshot")["stage"] == "ready"
        page.call("log_out")
        assert refused(page, "snapshot") == "bad_token"


NOBODY = 65534


def as_another_user(work: Callable[[], None]) -> None:
    """Do it in a process that belongs to somebody else, where whoever runs the tests may make one."""
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            work()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_another_user_of_the_computer_guesses_and_the_owner_comes_in(network: Network) -> None:
    """With the page's own Origin, which a program may claim as it likes, and with the other address of localhost."""
    agent = network.account("sara")
    with agent.program() as bot:
        bot.call("lock")

    def guess() -> None:
        with Client(agent.port) as page:
            page.enter({})
            codes = [refused(page, "login", username="sara", password=f"guess {number}") for number in range(6)]
            assert codes == ["password"] * 6

    as_another_user(guess)
    began = time.monotonic()
    agent.login()
    assert time.monotonic() - began < 5
