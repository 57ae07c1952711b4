"""This machine's addresses as others may use them."""

import pytest

from protocol import links
from transport import addresses


def test_they_are_other_machines_way_to_this_one() -> None:
    found = addresses.own_addresses()
    assert len(set(found)) == len(found)
    assert addresses.hosts_of("") == found[:8]
    if 0 < len(found) <= 8:
        assert links.decode(links.Link(tuple(found), 5050, "a" * 16, bytes(32)).encode()).hosts == tuple(found)


def test_what_means_nothing_to_others_is_left_out_and_self_made_ones_come_last() -> None:
    some = ["127.0.0.1", "::1", "169.254.3.4", "fe80::1", "0.0.0.0", "ff02::fb", "10.0.0.7", "fd00::7", "10.0.0.7"]
    assert addresses.ranked(some) == ["10.0.0.7", "fd00::7", "169.254.3.4"]


def test_without_a_network_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for source in ("_routed", "_linux_addresses", "_other_addresses"):
        monkeypatch.setattr(addresses, source, lambda: iter(["127.0.0.1", "::1", "fe80::1"]), raising=False)
    assert addresses.own_addresses() == []


def test_every_way_of_looking_finds_the_same() -> None:
    """Two independent readings of the interfaces: what the one that is used everywhere but on Linux finds is here."""
    assert set(addresses.ranked(addresses._other_addresses())) >= set(addresses.ranked(addresses._linux_addresses()))


def test_private_is_what_stays_in_the_building() -> None:
    private = ["10.1.2.3", "192.168.1.20", "172.16.0.1", "169.254.1.1", "fd00::1", "127.0.0.1"]
    assert [address for address in [*private, "8.8.8.8", "2a00:1450::1"] if addresses.is_private(address)] == private
