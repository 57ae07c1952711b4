"""Where an agent dials on a stranger's word: near by only, no names, no system's ports, and this computer's own doors
only for who is on it. And on its authority's: where that says that its nodes are.
"""

from __future__ import annotations

import ipaddress

import pytest

from protocol.messages import HostsAre
from protocol.statements import NO_DEVICE, Presence, issue
from tests.world import Person, World
from transport.addresses import own_addresses, own_networks
from web_client.net.reach import dialable, leads_away

SEEN = "198.51.100.7"


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("172.32.0.1", False),
        ("192.168.1.1", True),
        ("169.254.1.1", True),
        ("100.64.0.1", True),
        ("100.128.0.1", False),
        ("fd00::1", True),
        ("fe80::1", True),
        ("fe80::1%eth0", False),
        ("::ffff:10.1.2.3", True),
        ("::ffff:127.0.0.1", False),
        ("203.0.113.9", True),  # within a network of one's own interfaces
        ("203.0.114.9", False),
        ("8.8.8.8", False),
        ("2001:db8::1", False),
        (SEEN, True),
        ("198.51.100.8", False),
        ("printer.example.com", False),
        ("localhost", False),
        ("127.0.0.1", False),
        ("127.1.2.3", False),
        ("::1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("224.0.0.251", False),
        ("2130706433", False),
        ("0x7f.1", False),
    ],
)
def test_hosts(host: str, may: bool) -> None:
    networks = ["203.0.113.0/24", "127.0.0.0/8", "::1/128"]
    assert (dialable([host], 40_000, SEEN, ["203.0.113.4"], networks) == [host]) is may
    assert dialable([host], 1023, SEEN, ["203.0.113.4"], networks) == []


def test_loopback_only_where_the_authority_saw_that_agent_here() -> None:
    for seen, own, by_loopback, may in [
        ("127.0.0.1", [], True, True),
        ("127.0.0.1", [], False, False),  # on the authority's machine, which isn't this one
        ("192.168.1.7", ["192.168.1.7"], False, True),
        ("192.168.1.7", ["192.168.1.8"], True, False),
        (None, ["192.168.1.7"], True, False),
    ]:
        assert (dialable(["127.0.0.1"], 40_000, seen, own, [], by_loopback) == ["127.0.0.1"]) is may


def test_this_machines_own_networks_hold_its_addresses() -> None:
    networks = [ipaddress.ip_network(one) for one in own_networks()]
    assert any(one.is_loopback for one in networks)
    for address in own_addresses():
        assert any(ipaddress.ip_address(address) in one for one in networks)


@pytest.mark.parametrize(
    ("hosts", "port"),
    [(["printer.example.com", "8.8.8.8"], 40_000), (["127.0.0.1"], 40_000), (["10.0.0.1"], 22)],
)
def test_a_strangers_record_makes_nobody_dial_elsewhere(
    world: World, arash: Person, sara: Person, hosts: list[str], port: int
) -> None:
    """The message goes by the mailbox; nothing is looked up or dialled."""
    dialled: list[object] = []
    arash.network.dial_peer = lambda *given: dialled.append(given)  # type: ignore[method-assign, assignment, return-value, misc]
    record = Presence(sara.uid, NO_DEVICE, world.now * 2, hosts, port, sara.network.fingerprint)
    sara.node.authority._presence = lambda *more: issue(record, sara.node.ctx.me.key, world.link.authority_id)  # type: ignore[method-assign]
    world.cut("authority")
    for who in (sara, arash):
        who.reconnect()
    arash.say(sara, "hello")
    assert dialled == []
    assert arash.states(sara) == ["authority"]
    sara.settle()
    assert sara.texts(arash) == ["hello"]


@pytest.mark.parametrize("host", ["127.0.0.2", "::1", "::ffff:127.0.0.1"])
def test_an_authority_leads_to_this_computer_only_where_it_is_on_it(host: str) -> None:
    assert leads_away(host, by_loopback=True) and not leads_away(host, by_loopback=False)


@pytest.mark.parametrize(
    "host", ["printer.example.com", "0.0.0.0", "::", "224.0.0.251", "ff02::1", "fe80::1%eth0", "1"]
)
def test_nor_does_it_lead_to_names_and_to_many(host: str) -> None:
    assert not leads_away(host, by_loopback=True)


def test_hosts_that_the_authority_has_told_are_dialled_after_those_of_the_link(world: World, arash: Person) -> None:
    link, own = arash.node.authority, list(arash.node.ctx.link.hosts)

    def told(*hosts: str) -> list[str]:
        link._on_push(HostsAre(list(hosts)))
        link.route.keep()
        return [host for host in link.route.hosts if host not in own]

    assert told("198.51.100.7", *own, "198.51.100.8", "printer.example.com") == ["198.51.100.7", "198.51.100.8"]
    assert told("198.51.100.9") == ["198.51.100.9", "198.51.100.7", "198.51.100.8"], "a node that was away comes back"
    link.route.last_host = "198.51.100.8"
    assert link.route.hosts[0] == "198.51.100.8", "where it was last"
    many = [f"192.0.2.{n}" for n in range(8)]
    assert told(*many) == many
    arash.restart()
    assert arash.node.authority.route.hosts == [*own, *many], "and it is on the disk"
