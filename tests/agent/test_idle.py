"""A vault that locks by itself when nobody is at a page, and who is let in by a name that only looks like theirs."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from protocol.errors import HamrazError
from tests.agent.memory_agent import PASSWORD, MemoryAgent, Opened, open_agent
from tests.processes import until
from tests.world import Person, World
from web_client.agent import lifecycle
from web_client.agent.idle import Idle

pytestmark = pytest.mark.usefixtures("cheap_argon2")
MINUTE = 60_000


class Hands:
    """The clock that can be set, of whoever makes a session from now on."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    monkeypatch.setattr(lifecycle, "clock", made)
    return made


@pytest.fixture
def agent(hands: Hands, world: World, arash: Person, opened: Opened) -> MemoryAgent:
    made = opened()
    made.sign_up("newcomer@x.example", "newcomer", PASSWORD, PASSWORD)
    return made


def turn(agent: MemoryAgent) -> None:
    """What the session's thread does each second."""
    assert agent._session is not None
    agent._session.look_for_people()


def locks(agent: MemoryAgent) -> None:
    turn(agent)
    until(lambda: agent.stage == "log_in")


def stays(agent: MemoryAgent) -> None:
    assert agent._session is not None and not agent._session.is_idle
    turn(agent)
    assert agent.stage == "ready"


@pytest.mark.parametrize("minutes", [5, 15, 60])
def test_it_locks_after_the_time_that_one_has_chosen(agent: MemoryAgent, hands: Hands, minutes: int) -> None:
    agent.set_setting("lock_after", str(minutes))
    hands.now += minutes * MINUTE - 1
    stays(agent)
    hands.now += 1
    locks(agent)
    until(lambda: ("stage", {"stage": "log_in", "why": "idle"}) in agent.events)
    with pytest.raises(HamrazError):
        agent.snapshot()
    agent.login("newcomer", PASSWORD)
    assert agent.snapshot()["settings"]["lock_after"] == str(minutes)
    stays(agent)  # the time begins anew


def test_never_is_never(agent: MemoryAgent, hands: Hands) -> None:
    hands.now += 1000 * 24 * 60 * MINUTE
    stays(agent)


def test_whoever_is_there_keeps_it_open(agent: MemoryAgent, hands: Hands) -> None:
    agent.set_setting("lock_after", "5")
    for come in (agent.active, lambda: agent.login("newcomer", PASSWORD)):
        hands.now += 4 * MINUTE
        come()
        hands.now += 4 * MINUTE
        stays(agent)
    hands.now += MINUTE
    locks(agent)


def test_what_goes_on_by_itself_does_not_keep_it_open(agent: MemoryAgent, arash: Person, hands: Hands) -> None:
    agent.set_setting("lock_after", "5")
    hands.now += 5 * MINUTE
    agent.snapshot()
    agent.status()
    agent.waiting()
    locks(agent)


def test_somebody_who_comes_in_the_last_moment(agent: MemoryAgent, hands: Hands) -> None:
    agent.set_setting("lock_after", "5")
    hands.now += 5 * MINUTE
    node = agent._session
    assert node is not None and node.is_idle
    agent.active()
    agent._lock_idle(node)
    assert agent.stage == "ready"


def test_the_longer_of_both_clocks_counts() -> None:
    timer, clock = 100.0, 1_000_000
    idle = Idle(lambda: timer, lambda: clock)
    clock += 3_600_000  # the machine slept: a timer stands still meanwhile
    assert idle.seconds == 3600
    idle.touch()
    clock -= 7_200_000  # set back
    timer += 30
    assert idle.seconds == 30


# --- whose vault it is ---


@pytest.mark.parametrize("typed", ["Newcomer", "NEWCOMER", " newcomer ", "néwcomer", "\u2068newcomer \u2069\u200f"])
def test_a_name_that_looks_the_same_is_the_same(agent: MemoryAgent, typed: str) -> None:
    for _locked in (True, False):
        with contextlib.suppress(HamrazError):
            agent.lock()
        assert agent.login(typed, PASSWORD) == {"username": "newcomer"}


def test_what_is_said_of_another_name(world: World, agent: MemoryAgent, tmp_path: Path) -> None:
    """That an account isn't on this computer is said only where nobody else's vault is beside this one."""

    def refusal(of: MemoryAgent) -> tuple[str, Any]:
        with pytest.raises(HamrazError) as reason:
            of.login("somebody", PASSWORD)
        assert reason.value.field == "username"
        return reason.value.code, reason.value.values.get("names")

    assert refusal(agent) == ("vault_elsewhere", None)
    agent.lock()
    assert refusal(agent) == ("vault_elsewhere", None)
    empty = open_agent(world, tmp_path / "empty", world.link.encode())
    assert refusal(empty) == ("vault_beside", "agent")
    assert empty.status()["vault"] is None and agent.status()["vault"] is not None
    other = open_agent(world, tmp_path / "agent-other", world.link.encode())  # as `--account other` has it
    other.sign_up("other@x.example", "other", PASSWORD, PASSWORD)
    assert refusal(agent) == ("vault_beside", "other")
    assert len({other.status()["vault"], agent.status()["vault"]}) == 2
    marks = [agent.status()["vault"]]
    agent.login("newcomer", PASSWORD)
    marks.append(agent.status()["vault"])
    agent.change_password(PASSWORD, "another phrase of mine", "another phrase of mine")
    marks.append(agent.status()["vault"])
    assert len(set(marks)) == 1 and len(marks[0]) == 16
    other.close()
    empty.close()
