"""Under which addresses other machines may find this one; the standard library has no list of interfaces."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "linux":
    import array
    import fcntl

MOST = 8  # a link carries no more
_ROUTE_PROBES = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))  # for documentation: nobody's own
_SIOCGIFCONF = 0x8912
_IFREQ = 40  # bytes of one `struct ifreq` on 64 bits: 16 of name, then a socket address, IPv4's at 4


def lan_addresses() -> list[str]:
    """This machine's addresses for links: that of the default route first; loopback only if there is no other."""
    found = dict.fromkeys(address for address in (*_routed(), *_interfaces(), *_named()) if _is_reachable(address))
    return list(found)[:MOST] or ["127.0.0.1"]


def _is_reachable(text: str) -> bool:
    address = ipaddress.ip_address(text)
    # a link-local address means something together with an interface's name only
    return not (address.is_loopback or address.is_unspecified or address.is_multicast or address.is_link_local)


def _routed() -> Iterator[str]:
    for target, family in _ROUTE_PROBES:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))  # sends nothing: only asks which address would be ours
                yield probe.getsockname()[0]
        except OSError:
            pass  # no route, which is usual on a LAN of its own


def _interfaces() -> Iterator[str]:
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return
    buffer = array.array("B", bytes(64 * _IFREQ))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = bytearray(struct.pack("iP", len(buffer), buffer.buffer_info()[0]))
        try:
            fcntl.ioctl(probe, _SIOCGIFCONF, request)
        except OSError:
            return
    used: int = struct.unpack_from("i", request)[0]
    for at in range(0, used, _IFREQ):
        yield socket.inet_ntoa(buffer[at + 20 : at + 24].tobytes())
    try:
        lines = Path("/proc/net/if_inet6").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        yield str(ipaddress.IPv6Address(bytes.fromhex(line[:32])))


def _named() -> Iterator[str]:
    """What the resolver says of our own name: all there is to ask on other systems."""
    try:
        for found in socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM):
            yield str(found[4][0]).partition("%")[0]
    except OSError:
        pass
