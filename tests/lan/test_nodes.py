"""Two nodes of one authority and their database, each on a host of its own: whoever is cut off from one is at the
other, and a database that is away for a while costs time only.
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from authority_server.operations import control_files
from protocol import links
from tests import postgres
from tests.lan.hosts import Host, HostAgent, HostAuthority, Lan
from tests.processes import share_key, until

WITHIN = 23  # seconds: what silence takes until it is noticed (docs/protocol.md section 3.6: 20), and to be elsewhere
BACK = 45  # after an outage that the nodes notice, too
NETWORK = "10.80.0.0/24"


@dataclass
class Network:
    """Who is there."""

    data: Host
    north: HostAuthority
    south: HostAuthority
    arash: HostAgent
    sara: HostAgent


@pytest.fixture
def network(lan: Lan) -> Iterator[Network]:
    data, *others = (
        lan.host(name, f"10.80.0.{n}/24") for n, name in enumerate(("data", "north", "south", "here", "there"), 1)
    )
    folder = postgres.new_folder()
    cluster = postgres.Cluster(folder)
    try:
        with data.inside():
            cluster.start(listen_addresses="10.80.0.1", allow=NETWORK)
        url = "postgresql+psycopg2://hamraz@10.80.0.1/postgres"
        north = lan.authority(others[0], "--database", url)
        south = HostAuthority(others[1], lan.folder / "south", "--database", url, "--port", str(north.port))
        share_key(north, south)
        lan.services.append(south)
        south.start()
        arash = lan.account(others[2], "arash", north.line("owner: "))
        until(lambda: len(links.decode(south.join_link).hosts) == 2, what="both hosts in the link")
        sara = lan.account(others[3], "sara", south.join_link)
        yield Network(data, north, south, arash, sara)
    finally:
        cluster.kill()
        shutil.rmtree(folder)


def at(node: HostAuthority) -> int:
    """How many are logged in there."""
    return int((control_files.ask(node.folder, control_files.STATUS) or {"logged_in": 0})["logged_in"])


def linked(node: HostAuthority) -> int:
    """How many hosts its links name now."""
    return len(links.decode((node.folder / "links").read_text().splitlines()[0].removeprefix("join: ")).hosts)


def breaks(node: HostAuthority, stopped: bool, over: bool) -> None:
    """The node stands still, or its cable swallows everything; or that is over."""
    assert node.child is not None
    if stopped:
        node.child.send_signal(signal.SIGCONT if over else signal.SIGSTOP)
    elif over:
        node.host.unsilence()
    else:
        node.host.silence()


@pytest.mark.long
@pytest.mark.timeout(400)
def test_who_is_cut_off_from_one_node_is_at_the_other(network: Network) -> None:
    arash, sara = network.arash, network.sara
    arash.say(sara, "all is well")
    sara.say(arash, "here too")
    gaps = []
    nodes = (network.north, network.south)
    for stopped in (False, True):
        for dead, left in (nodes, nodes[::-1]):
            breaks(dead, stopped, over=False)
            began = time.monotonic()
            until(lambda left=left: at(left) == 2, BACK, f"both at {left.host.name}")  # type: ignore[misc]
            gaps.append(time.monotonic() - began)
            until(lambda: arash.sees_online(sara) and sara.sees_online(arash), BACK, "that they see each other")
            arash.say(sara, f"beside {dead.host.name}, {stopped=}")
            breaks(dead, stopped, over=True)
            until(lambda left=left: linked(left) == 2, BACK, f"{dead.host.name} back")  # type: ignore[misc]
    network.data.silence()
    began = time.monotonic()
    arash.write(sara, "while the database is away")  # straight to her: no node is needed
    until(lambda: "while the database is away" in [one["text"] for one in sara.chat("arash")], BACK)
    time_away = 12  # beyond the ten seconds after which a node that can't be written to says so
    until(lambda: time.monotonic() - began > time_away, time_away + 1)
    network.data.unsilence()
    until(lambda: arash.up and sara.up and arash.sees_online(sara), BACK, "both there")
    arash.say(sara, "and after it", seconds=BACK)
    texts = [one["text"] for one in sara.chat("arash")]
    assert len(texts) == len(set(texts)) == 8
    assert all(agent.api.call("snapshot")["alarm"] is None for agent in (arash, sara))
    print("seconds until both were at the other node:", *(f"{gap:.1f}" for gap in gaps))
    assert max(gaps) < WITHIN
