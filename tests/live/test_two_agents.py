"""Two people with real agents and a real authority: both kinds of threads, each of the three away, a second agent."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.agent_api import Refused, Unreachable
from launch.failure import Failure
from tests.live.people import LivePerson
from tests.processes import PASSWORD, Agent, Network, until

TAKEN_OVER = 3.0  # seconds after which a silent agent is replaced
SLOW = 6.0  # more, for a machine that has other things to do


class Pair:
    def __init__(self, network: Network, mode: str) -> None:
        self.network = network
        self.mode = mode
        self.arash, self.sara = (LivePerson(network.account(name)) for name in ("arash", "sara"))


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """For all tests below: each leaves everybody logged in."""
    with Network(tmp_path_factory.mktemp("pair"), request.param) as network:
        yield Pair(network, request.param)


def test_they_write_to_each_other_and_read(pair: Pair) -> None:
    arash, sara = pair.arash, pair.sara
    one = arash.say(sara, "Hello, سلام")
    two = sara.say(arash, "Good to see you")
    arash.read_all(sara)
    sara.read_all(arash)
    sara.await_state(arash, two, "read")
    arash.await_state(sara, one, "read")
    assert arash.texts(sara)[-2:] == sara.texts(arash)[-2:] == ["Hello, سلام", "Good to see you"]


def test_without_the_authority_the_chat_goes_on(pair: Pair) -> None:
    arash, sara = pair.arash, pair.sara
    arash.say(sara, "before")
    pair.network.authority.kill()
    until(lambda: not arash.link["up"] and not sara.link["up"], 30)
    arash.say(sara, "on the connection that is there")
    sara.say(arash, "on a new one, by the record that is known")
    pair.network.authority.start()
    for person in (arash, sara):
        person.api.call("try_now")
        until(lambda person=person: person.link["up"], 40)
    arash.say(sara, "after")


def test_what_is_written_to_somebody_who_is_away_arrives_when_they_are_back(pair: Pair) -> None:
    arash, sara = pair.arash, pair.sara
    sara.leave()
    ids = [arash.write(sara, f"while you are away {number}") for number in range(3)]
    arash.await_state(sara, ids[-1], "waiting", "authority")
    sara.come_back()
    for id in ids:
        sara.await_state(arash, id, "received")
        arash.await_state(sara, id, "delivered")
    assert sara.texts(arash)[-3:] == [f"while you are away {number}" for number in range(3)]


def test_a_locked_vault_gets_its_messages_when_it_is_opened(pair: Pair) -> None:
    arash, sara = pair.arash, pair.sara
    arash.say(sara, "before")
    sara.api.call("lock")
    id = arash.write(sara, "while it is locked")
    sara.api.close()
    sara.log_in()
    sara.await_state(arash, id, "received")
    arash.await_state(sara, id, "delivered")
    sara.say(arash, "and back")


def test_a_second_live_agent_of_an_account_is_refused_and_a_dead_one_replaced(pair: Pair, tmp_path: Path) -> None:
    arash, sara = pair.arash, pair.sara
    arash.say(sara, "from the first agent")
    until(lambda: arash.link["waiting"] == 0)
    copy = tmp_path / "copy"
    shutil.copytree(arash.agent.folder, copy, ignore=shutil.ignore_patterns("lock", "api-token"))
    second = Agent(copy, arash.agent.arguments[arash.agent.arguments.index("--async") + 1])
    second.name = arash.name
    second.start()
    try:
        second.login()  # its vault opens, and it says why it isn't connected
        with second.program() as program:
            until(lambda: program.call("snapshot")["link"]["why"] == "other_agent", 20)
        assert arash.link["up"], "the first one doesn't notice"
        assert arash.agent.child is not None
        arash.agent.child.send_signal(signal.SIGSTOP)  # a machine that sleeps, or a network that is gone
        began = time.monotonic()
        with second.program() as program:
            program.call("try_now")
            until(lambda: program.call("snapshot")["link"]["up"], 20)
        assert TAKEN_OVER - 0.5 < time.monotonic() - began < TAKEN_OVER + SLOW
        arash.agent.child.send_signal(signal.SIGCONT)
        until(lambda: not arash.link["up"] and arash.link["why"] is not None, 40)
        assert arash.link["why"] in ("other_agent", "replaced", "stale_presence")
        second.kill()
        arash.api.call("try_now")
        until(lambda: arash.link["up"], 40)  # a process that is gone holds nobody up
        arash.say(sara, "from the first agent again")
    finally:
        if second.child is not None:
            second.kill()


def refusal(agent: Agent) -> str:
    with pytest.raises(Refused) as reason:
        agent.program().call("login", username=agent.name, password=PASSWORD)
    return reason.value.code


def test_a_disk_that_takes_nothing_more_acknowledges_nothing(pair: Pair) -> None:
    """The kernel lets the agent's files grow no further, then further again."""
    arash, sara = pair.arash, pair.sara
    arash.say(sara, "before")
    assert sara.agent.child is not None
    pid = sara.agent.child.pid
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        id = arash.write(sara, "x" * 60_000)
        with pytest.raises(Refused) as reason:
            sara.write(arash, "x" * 60_000)
        assert reason.value.code in ("disk_failing", "disk_full")
        arash.await_state(sara, id, "authority")  # in her mailbox
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    arash.api.call("try_now")
    sara.await_state(arash, id, "received")
    arash.await_state(sara, id, "delivered")
    sara.say(arash, "after")
    assert [len(text) for text in arash.texts(sara)[-3:]] == [6, 60_000, 5]


def test_a_damaged_or_foreign_vault_is_named_and_left_as_it_is(pair: Pair) -> None:
    """And the wrong password for what it is. Five tries, for the sixth would be `slow_down`."""
    sara = pair.sara
    sara.leave()
    folder = sara.agent.folder
    whole = {name: (folder / name).read_bytes() for name in ("vault.db", "vault.key")}
    middle = len(whole["vault.db"]) // 2
    damaged = whole["vault.db"][:middle] + b"\xff" * 8 + whole["vault.db"][middle + 8 :]
    for name, content, code in [
        ("vault.db", damaged, "vault_damaged"),
        ("vault.db", b"SQLite format 3\0" + bytes(4080), "vault_foreign"),
        ("vault.db", None, "vault_damaged"),
        ("vault.key", whole["vault.key"][:-1], "vault_damaged"),
    ]:
        path = folder / name
        path.unlink() if content is None else path.write_bytes(content)
        before = hashes(folder)
        if sara.agent.child is None:
            sara.agent.start()
        assert refusal(sara.agent) == code, (name, content and len(content))
        assert hashes(folder) == before
        for again in whole:
            (folder / again).write_bytes(whole[again])
    with pytest.raises(Refused) as reason:
        sara.agent.program().call("login", username="sara", password=PASSWORD + "!")
    assert reason.value.code == "password"
    sara.agent.stop()
    sara.come_back()
    pair.arash.say(sara, "good as new")


def hashes(folder: Path) -> dict[str, str]:
    """Of everything in the folder but what belongs to the running process."""
    kept = (path for path in folder.iterdir() if path.name not in ("lock", "api-token", "page"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def test_killed_at_any_moment_nothing_is_lost_or_doubled(pair: Pair, long: bool) -> None:
    """kill -9 of the sender's or the receiver's agent while messages are under way."""
    kills = 100 if long else 6 if pair.mode == "eventlet" else 2
    arash, sara = pair.arash, pair.sara
    chance = random.Random(os.urandom(8))
    before = len(arash.messages(sara))
    wanted: list[str] = []
    for kill in range(kills):
        victim = (arash, sara)[kill % 2]
        ids = {f"{kill} {number}": f"{kill:016x}{number:016x}" for number in range(3)}
        wanted += ids
        sent: set[str] = set()
        moment = time.monotonic() + chance.uniform(0, 0.25)
        try:
            for text, id in ids.items():
                arash.write(sara, text, id)
                sent.add(text)
        except Unreachable:
            pass
        time.sleep(max(0.0, moment - time.monotonic()))
        victim.die()
        victim.come_back()
        for text, id in ids.items():
            if text not in sent:
                arash.write(sara, text, id)
        for id in ids.values():
            sara.await_state(arash, id, "received")
            arash.await_state(sara, id, "delivered")
    for one, other in ((arash, sara), (sara, arash)):
        shown = [message for message in one.messages(other) if message["text"] in set(wanted)]
        assert [message["text"] for message in shown] == wanted[-len(shown) :]
        assert not any(message["gap"] for message in shown)
    assert len(arash.messages(sara)) == min(200, before + len(wanted))


def test_nobody_has_complained(pair: Pair) -> None:
    """After all that: no traceback in what the processes printed."""
    for service in (pair.network.authority, pair.arash.agent, pair.sara.agent):
        assert service.child is not None
        assert not [line for line in service.output if "Traceback" in line], service.output
    assert issubclass(Unreachable, Failure)
