"""What an agent tells its page leaves at once, also when it tells two things in a row."""

import json
import time
from pathlib import Path

import pytest

from tests.door.client import Client
from tests.processes import Agent

NAGLES_WAIT = 0.040  # seconds for which the page's system holds back the acknowledgement that Nagle's algorithm awaits


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_a_second_answer_does_not_wait_for_the_first_one_to_be_acknowledged(async_mode: str, tmp_path: Path) -> None:
    agent = Agent(tmp_path / "agent", async_mode)  # alone in its folder: what lies beside it is looked at, too
    agent.start()
    try:
        with Client(agent.port) as page:
            page.enter()
            # One quick one of many: a busy machine makes each slower, but the wait would be in all of them.
            assert any(two_answers(page) < NAGLES_WAIT / 2 for _ in range(300))
    finally:
        agent.stop()


@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
@pytest.mark.parametrize("goodbye", ["websocket", "engine.io"])
def test_a_page_that_leaves_finds_its_line_ended(async_mode: str, goodbye: str, tmp_path: Path) -> None:
    """Else a program's close waits for that, and the agent keeps a thread for somebody who has gone."""
    agent = Agent(tmp_path / "agent", async_mode)
    agent.start()
    try:
        with Client(agent.port) as page:
            page.enter()
            line = page.socket.sock
            if goodbye == "websocket":
                page.socket.send_close()
            else:
                page.send("1")
            line.settimeout(5)
            while line.recv(4096):
                continue
    finally:
        agent.stop()


def two_answers(page: Client) -> float:
    """Seconds until both of two calls that were sent together are answered."""
    began = time.perf_counter()
    for number in (1, 2):
        page.send(f"42{number}" + json.dumps(["status", {}]))
    for _ in (1, 2):
        assert page.receive().startswith("43")
    return time.perf_counter() - began
