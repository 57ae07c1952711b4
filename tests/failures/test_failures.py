"""Under load, something dies again and again: nothing that was acknowledged is lost, nothing is there twice, and
everybody is answered again soon. The short form kills the server and cuts the line; docs/operating.md has the figures
of the long one.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.authority.test_operating import Guest
from tests.failures.network import Network
from tests.failures.servers import Pair, Trio
from tests.failures.talk import Talker
from tests.live.test_bad_days import status
from tests.processes import until

BACK = 25.0  # s: by then everybody is answered again
Kinds = dict[str, tuple[int, Callable[[], None]]]  # of failures: how often, and what


def no_harm(network: Network) -> None:
    """After the writers have stopped."""
    network.stop_writers()
    found = network.count()
    assert found.posts > 20 and found.sign_ups
    assert not found.lost and not found.doubled
    for node in network.nodes:
        assert not [line for line in node.output if "Traceback" in line or "RECOVERING" in line], node.output


def campaign(network: Network, chance: random.Random, kinds: Kinds) -> None:
    """Each kind as often as it says, in any order."""
    rounds = [kind for kind, (times, _) in kinds.items() for _ in range(times)]
    chance.shuffle(rounds)
    network.begin()
    for kind in rounds:
        network.flows()
        time.sleep(chance.uniform(0, 0.3))  # at any moment of what is under way
        network.happens(kind, kinds[kind][1])
        if network.pair.standby is None:  # it has taken over
            network.pair.rejoin()
    no_harm(network)
    print(network.count(), *network.summary(), sep="\n")
    assert Counter(outcome.kind for outcome in network.outcomes) == Counter(rounds)
    assert all(outcome.back < BACK for outcome in network.outcomes)


def test_a_server_is_killed_and_cut_off_under_load(tmp_path: Path) -> None:
    with Pair(standby=False) as pair, Network(tmp_path, pair, writers=2) as network:
        network.begin()
        network.flows()
        network.happens("killed", network.kill_server)
        network.happens("cut off", lambda: network.cut(0.05))
        no_harm(network)
        assert all(outcome.writers < BACK for outcome in network.outcomes)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_hundred_failures(tmp_path: Path) -> None:
    """Each kind again and again, in any order: the standby has what was acknowledged, as commits wait for it."""
    chance = random.Random(14)
    with Pair() as pair, Network(tmp_path, pair) as network:
        kinds: Kinds = {
            "authority killed": (18, network.kill_node),
            "server killed": (18, network.kill_server),
            "both killed": (16, network.kill_both),
            "cut off": (16, lambda: network.cut(chance.uniform(0.05, 3))),
            "line dead": (6, lambda: network.stall(chance.choice([1, 5, 14]))),
            "authority paused": (6, lambda: network.pause(chance.choice([1, 5, 14]))),
            "standby away": (4, lambda: network.miss_standby(chance.choice([1, 5, 14]))),
            "failover": (16, network.fail_over),
        }
        campaign(network, chance, kinds)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_one_of_two_nodes(tmp_path: Path) -> None:
    """The other goes on, and so do all after a failover: the standby has what was acknowledged by either."""
    chance = random.Random(17)

    def one() -> list[int]:
        return [chance.randrange(2)]

    with Pair(nodes=2) as pair, Network(tmp_path, pair) as network:
        kinds: Kinds = {
            "one of two killed": (10, lambda: network.kill_node(chance.uniform(0, 3), one())),
            "both nodes killed": (4, network.kill_node),
            "server killed, two nodes": (6, network.kill_server),
            "nodes and server killed": (4, network.kill_both),
            "one of two cut off": (4, lambda: network.cut(chance.choice([1, 14]), one())),
            "the line of one of two dead": (4, lambda: network.stall(chance.choice([1, 14]), one())),
            "one of two paused": (4, lambda: network.pause(chance.choice([1, 14]), one())),
            "failover, two nodes": (8, network.fail_over),
        }
        campaign(network, chance, kinds)


ROUNDS, TIMES = 15, 5
ROLES = ("advanced user", "beginner user")
PEOPLE = ("arash", "sara", "omid")


def nothing_is_missing(network: Network) -> None:
    """What anybody wrote is at everybody, once and in one order, and nobody believes that somebody is lying; nor has a
    node made a mistake.
    """
    network.stop_writers()
    assert network.talk is not None
    network.talk.crosses("at the end")
    until(lambda: not network.talk.contradictions(), 60, "all is as it was")  # type: ignore[union-attr]
    shown = [[one["text"] for one in network.talk.messages(who)] for who in network.people]
    assert shown[1:] == shown[:-1]
    assert not [text for text, times in Counter(shown[0]).items() if times > 1]
    said = [text for writer in network.writers if isinstance(writer, Talker) for text in writer.said]
    assert said and set(said) <= set(shown[0])
    assert not [line for node in network.nodes for line in node.output if "Traceback" in line]
    print(len(shown[0]), "messages, at each of", len(network.people))


def recoveries(network: Network) -> list[dict[str, Any]]:
    """What the nodes say of it, those that are recovering."""
    return [said for node in network.nodes if (said := status(node)["recovery"]) is not None]


def recovering(network: Network, since: list[int]) -> int:
    """How many nodes have said that they lack something, since they had printed so many lines."""
    return sum(
        any("RECOVERING" in line for line in node.output[begun:])
        for node, begun in zip(network.nodes, since, strict=True)
    )


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_agents_come_back_by_themselves(tmp_path: Path) -> None:
    chance = random.Random(15)
    with Pair() as pair, Network(tmp_path, pair, PEOPLE) as network:
        kinds = {
            "authority killed": network.kill_node,
            "server killed": network.kill_server,
            "both killed": network.kill_both,
            "cut off": lambda: network.cut(20),
            "line dead": lambda: network.stall(20),
            "authority paused": lambda: network.pause(20),
            "failover": network.fail_over,
        }
        network.begin()
        for kind, what in [*kinds.items()] * TIMES:
            time.sleep(chance.uniform(0, 1))
            network.happens(kind, what)
            if kind == "failover":
                pair.rejoin()
        nothing_is_missing(network)
        print(*network.summary(), sep="\n")
        assert all(outcome.back < BACK for outcome in network.outcomes)


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("known", [True, False], ids=["what was signed is known", "only agents know"])
def test_a_standby_that_has_not_followed_takes_over(tmp_path: Path, known: bool) -> None:
    """Agents give back what it lacks; without the file of signed sizes, nothing is appended before all have been."""
    chance, lacked = random.Random(16), 0
    with Pair(waits=False) as pair, Network(tmp_path, pair, PEOPLE) as network:
        node = network.nodes[0]
        network.begin()
        for number in range(ROUNDS):

            def over(number: int = number) -> None:
                before, arash = status(node)["log"], network.people[0]
                guest = Guest(node.join_link)
                pair.primary.following.stall()
                arash.api.call("add_permissions", username="sara", role_value=ROLES[number % 2])
                if known:  # else nothing is appended before they come back, who never do
                    guest.sign_up(f"newcomer{number}")
                until(lambda: all(who.api.call("snapshot")["log_size"] > before + known for who in network.people))
                network.fail_over(lost=chance.uniform(0.2, 1))
                if not known:
                    node.kill()
                    (node.folder / "authority.sizes").unlink()
                    network.restart(node)

            begun = len(node.output)
            network.happens("failover", over)
            until(lambda: not recoveries(network), 60, "everything is given back")
            lacked += any("RECOVERING" in line for line in node.output[0 if not known else begun :])
            pair.rejoin()
        nothing_is_missing(network)
        print(lacked, "of", ROUNDS, "lacked something", *network.summary(), sep="\n")
        assert lacked == ROUNDS


def promote_to_all(network: Network, number: int) -> None:
    """An entry of the log that every agent has, and every node."""
    before = status(network.nodes[0])["log"]
    network.people[0].api.call("add_permissions", username="sara", role_value=ROLES[number % 2])
    until(lambda: all(who.api.call("snapshot")["log_size"] > before for who in network.people))


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_standby_that_has_not_followed_takes_over_from_two_nodes(tmp_path: Path) -> None:
    """Agents at either of them give back what it lacks; it ends by itself, at both."""
    chance, lacked = random.Random(18), 0
    with Pair(waits=False, nodes=2) as pair, Network(tmp_path, pair, PEOPLE) as network:
        network.begin()
        for number in range(ROUNDS):

            def over(number: int = number) -> None:
                pair.primary.following.stall()
                promote_to_all(network, number)
                network.fail_over(lost=chance.uniform(0.2, 1))

            begun = [len(node.output) for node in network.nodes]
            network.happens("failover, two nodes", over)
            until(lambda: not recoveries(network), 60, "everything is given back")
            lacked += recovering(network, begun) == 2
            pair.rejoin()
        nothing_is_missing(network)
        print(lacked, "of", ROUNDS, "lacked something, and both knew", *network.summary(), sep="\n")
        assert lacked == ROUNDS


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("nodes", [1, 2])
def test_of_two_standbys_the_one_that_was_behind_takes_over(tmp_path: Path, nodes: int) -> None:
    """Commits waited for the other one: that isn't taken for a standby that has everything."""
    with Trio(nodes) as trio, Network(tmp_path, trio, PEOPLE) as network:
        network.begin()

        def over() -> None:
            trio.line.stall()
            promote_to_all(network, 0)
            time.sleep(1)
            trio.fail_over_to_the_second()

        network.happens("the one that was behind", over)
        until(lambda: not recoveries(network), 60, "everything is given back")
        assert recovering(network, [0] * nodes) == nodes
        nothing_is_missing(network)
        print(*network.summary(), sep="\n")


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", [19, 20])
def test_agents_at_two_nodes_come_back_by_themselves(tmp_path: Path, seed: int) -> None:
    """One knows the first only, one the second, and one both."""
    chance = random.Random(seed)

    def one() -> list[int]:
        return [chance.randrange(2)]

    with Pair(nodes=2) as pair, Network(tmp_path, pair, PEOPLE) as network:
        kinds = {
            "one of two killed": lambda: network.kill_node(chance.uniform(0, 3), one()),
            "both nodes killed": network.kill_node,
            "server killed": network.kill_server,
            "nodes and server killed": network.kill_both,
            "one of two cut off": lambda: network.cut(chance.choice([1, 14]), one()),
            "the line of one of two dead": lambda: network.stall(chance.choice([1, 14]), one()),
            "one of two paused": lambda: network.pause(chance.choice([1, 14]), one()),
            "failover": network.fail_over,
        }
        network.begin()
        rounds = [*kinds.items()] * TIMES
        chance.shuffle(rounds)
        for kind, what in rounds:
            time.sleep(chance.uniform(0, 1))
            network.happens(kind, what)
            if kind == "failover":
                pair.rejoin()
        assert not any("RECOVERING" in line for node in network.nodes for line in node.output)
        nothing_is_missing(network)
        print(*network.summary(), sep="\n")
        assert all(outcome.back < BACK for outcome in network.outcomes)
