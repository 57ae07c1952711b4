"""Under load, something dies again and again: nothing that was acknowledged is lost, nothing is there twice, and
everybody is answered again soon. The short form kills the server and cuts the line; docs/operating.md has the figures
of the long one.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.failures.network import Network
from tests.failures.servers import Pair

BACK = 25.0  # s: by then everybody is answered again


def no_harm(network: Network) -> None:
    """After the writers have stopped."""
    network.stop_writers()
    found = network.count()
    assert found.posts > 20 and found.sign_ups
    assert not found.lost and not found.doubled
    for node in network.nodes:
        assert not [line for line in node.output if "Traceback" in line or "RECOVERING" in line], node.output


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
        kinds = {
            "authority killed": network.kill_node,
            "server killed": network.kill_server,
            "both killed": network.kill_both,
            "cut off": lambda: network.cut(chance.uniform(0.05, 3)),
            "line dead": lambda: network.stall(chance.choice([1, 5, 14])),
            "authority paused": lambda: network.pause(chance.choice([1, 5, 14])),
            "failover": network.fail_over,
        }
        rounds = [kind for kind, times in zip(kinds, (20, 20, 16, 16, 6, 6, 16), strict=True) for _ in range(times)]
        chance.shuffle(rounds)
        network.begin()
        for kind in rounds:
            network.flows()
            time.sleep(chance.uniform(0, 0.3))
            network.happens(kind, kinds[kind])
            if kind == "failover":
                pair.rejoin()
        no_harm(network)
        print(*network.summary(), sep="\n")
        assert Counter(outcome.kind for outcome in network.outcomes) == Counter(rounds)
        assert all(outcome.back < BACK for outcome in network.outcomes)
