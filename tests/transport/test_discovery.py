"""What is made of an announcement; the network itself is in tests/lan/."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from zeroconf import ServiceInfo

from launch.packages import ROOT
from transport.discovery import SERVICE, Discovery, Sighting, service_of, sighting_of

ID = bytes(range(32))
TRUE = Sighting(ID, "کتاب‌خانهٔ ما", ("192.168.1.20", "fd00::20"), 5050)


def announced(**changes: Any) -> ServiceInfo:
    """An announcement as it comes, with these properties, addresses or port in place of the true ones."""
    properties = {"v": b"2", "id": ID.hex().encode(), "name": TRUE.name.encode(), **changes.pop("properties", {})}
    given = {"port": 5050, "parsed_addresses": list(TRUE.hosts), **changes}
    return ServiceInfo(SERVICE, f"x.{SERVICE}", server="x.local.", properties=properties, **given)


def test_what_is_announced_is_what_is_found() -> None:
    assert sighting_of(service_of(TRUE)) == TRUE == sighting_of(announced())


def test_the_name_may_be_anybody_s_so_the_label_is_the_id_s() -> None:
    assert service_of(TRUE).name == f"{ID.hex()[:16]}.{SERVICE}"


@pytest.mark.parametrize(
    "changes",
    [
        {"properties": {"v": b"1"}},
        {"properties": {"v": None}},
        {"properties": {"id": b""}},
        {"properties": {"id": ID.hex().encode()[:-2]}},
        {"properties": {"id": b"zz" * 32}},
        {"properties": {"id": "۰۱".encode() * 32}},
        {"properties": {"name": b"\xff\xfe"}},
        {"properties": {"name": "a\u202eb".encode()}},
        {"properties": {"name": b"line\nline"}},
        {"properties": {"name": b"n" * 64}},
        {"properties": {"name": b""}},
        {"properties": {"name": "\u200c \u200c".encode()}},
        {"port": 0},
        {"parsed_addresses": []},
        {"parsed_addresses": ["127.0.0.1"]},
        {"parsed_addresses": ["8.8.8.8", "2a00:1450::1"]},  # nobody is led out of the building
        {"parsed_addresses": ["fe80::1"]},
    ],
)
def test_what_is_not_ours_or_not_near_is_not_found(changes: dict[str, Any]) -> None:
    assert sighting_of(announced(**changes)) is None


def test_only_near_addresses_count_and_not_too_many() -> None:
    found = sighting_of(announced(parsed_addresses=["8.8.8.8", *(f"10.0.0.{n}" for n in range(1, 20))]))
    assert found is not None and found.hosts == tuple(f"10.0.0.{n}" for n in range(1, 9))


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ("::1",), ("8.8.8.8",), ()])
def test_an_authority_that_nobody_near_can_reach_is_not_announced(hosts: tuple[str, ...]) -> None:
    """Nothing is started for it: no thread, no socket."""
    discovery = Discovery()
    discovery.announce(Sighting(ID, "here", hosts, 5050))
    assert discovery._thread is None
    discovery.stop()


def test_who_does_not_discover_pays_nothing() -> None:
    """Neither program has imported it when it is ready to serve; the demo and whoever is on loopback never do."""
    check = "import sys, authority_server.main, web_client.main; sys.exit('zeroconf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT).returncode == 0


def test_what_was_never_wanted_ends_at_once() -> None:
    discovery = Discovery()
    discovery.browse(False)
    discovery.look_again()
    discovery.stop()
    assert discovery._thread is None
