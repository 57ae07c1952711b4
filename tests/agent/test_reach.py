"""Where an agent dials on a stranger's word: near by only, no names, no system's ports, and this computer's own doors
only for who is on it.
"""

from __future__ import annotations

import ipaddress

import pytest

from protocol.statements import NO_DEVICE, Presence, issue
from tests.world import Person, World
from transport.addresses import own_addresses, own_networks
from web_client.net.reach import dialable

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
