"""Where an agent dials on another's word only (8.1, 3.4): near by, and nowhere on this computer's own doors."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from transport.addresses import is_loopback

LOWEST = 1024  # of ports: below are the system's own services
_NEAR = [
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
]


def dialable(
    hosts: Iterable[str],
    port: int,
    seen: str | None,
    own: Sequence[str] = (),
    networks: Sequence[str] = (),
    by_loopback: bool = False,
) -> list[str]:
    """Those of a presence record's hosts that may be dialled.

    `seen`: where the authority sees that agent. `own`, `networks`: this machine's addresses, and what they are in.
    `by_loopback`: our own link to the authority is over loopback, too.
    """
    if port < LOWEST:
        return []
    here = seen is not None and ((is_loopback(seen) and by_loopback) or seen in own)
    near = [*_NEAR, *(ipaddress.ip_network(network) for network in networks)]
    return [host for host in hosts if _may(host, seen, here, near)]


def leads_away(host: str, by_loopback: bool) -> bool:
    """Whether a host that the authority names as one more of its own is an address, of one computer, and not of this
    one; `by_loopback`: our own link to the authority is over loopback, too.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_unspecified or address.is_multicast or "%" in host:
        return False
    return by_loopback or not address.is_loopback


def _may(
    host: str, seen: str | None, here: bool, near: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False  # a name: to look it up would tell others of it
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return here
    if address.is_unspecified or address.is_multicast or "%" in host:
        return False
    return str(address) == seen or any(address in network and not network.is_loopback for network in near)
