"""This machine's own addresses, found without asking anybody and without a default route."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

if sys.platform == "linux":
    import array
    import fcntl

MOST = 8  # a link or a presence record carries no more
_ROUTE_PROBES = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))  # for documentation: nobody's own
_SIOCGIFCONF = 0x8912
_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B
_IFREQ = 40  # bytes of one `struct ifreq` on 64 bits: 16 of name, then a socket address, IPv4's at 4
_UNUSABLE = 0x48  # flags of /proc/net/if_inet6: tentative, or taken by somebody else
_CARRIERS = Path("/sys/class/net")


def own_addresses() -> list[str]:
    """The addresses at which others may reach this machine, the likeliest first; none without a network."""
    found = _linux_addresses() if sys.platform == "linux" and struct.calcsize("P") == 8 else _other_addresses()
    return ranked([*_routed(), *found])


def ranked(addresses: Iterable[str]) -> list[str]:
    """These, each once, without those that mean nothing to others; self-made IPv4 ones come last."""
    found = [address for address in dict.fromkeys(addresses) if _is_reachable(address)]
    return sorted(found, key=lambda address: ipaddress.ip_address(address).is_link_local)


def hosts_of(listen: str) -> list[str]:
    """Under which hosts others reach a listener on this address, at most MOST; none without a network."""
    match listen:
        case "":
            return own_addresses()[:MOST]
        case "0.0.0.0":
            return [host for host in own_addresses() if ":" not in host][:MOST]
        case "::":
            return [host for host in own_addresses() if ":" in host][:MOST]
    return [listen]


def own_networks() -> list[str]:
    """The networks that this machine's interfaces are in, as `10.1.0.0/16`; none of them leads through a router."""
    found = _linux_networks() if sys.platform == "linux" and struct.calcsize("P") == 8 else _other_networks()
    return list(dict.fromkeys(found))


def is_private(address: str) -> bool:
    """Whether no router of the internet carries this address: what is said there stays in the building."""
    return ipaddress.ip_address(address).is_private


def is_loopback(host: str) -> bool:
    """True for 127.0.0.0/8 and ::1; a name is none."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def stands(local: str, addresses: Iterable[str]) -> bool:
    """Whether a connection from this local address may still live, given what own_addresses() says now."""
    local = local.removeprefix("::ffff:")  # how a listener for both families shows IPv4
    return local in addresses or is_loopback(local) or not _is_reachable(local.partition("%")[0])


def _is_reachable(text: str) -> bool:
    address = ipaddress.ip_address(text)
    if address.version == 6 and address.is_link_local:
        return False  # it means something together with an interface's name only, which no link can carry
    # 169.254.0.0/16 stays: it is all that two laptops on one cable have
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def _routed() -> Iterator[str]:
    for target, family in _ROUTE_PROBES:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))  # sends nothing: only asks which address would be ours
                yield probe.getsockname()[0]
        except OSError:
            pass  # no route, which is usual on a LAN of its own


if sys.platform == "linux":

    def _linux_addresses() -> Iterator[str]:
        buffer = array.array("B", bytes(64 * _IFREQ))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            request = bytearray(struct.pack("iP", len(buffer), buffer.buffer_info()[0]))
            try:
                fcntl.ioctl(probe, _SIOCGIFCONF, request)
            except OSError:
                return
        used: int = struct.unpack_from("i", request)[0]
        for at in range(0, used, _IFREQ):
            name = buffer[at : at + 16].tobytes().partition(b"\0")[0].decode(errors="replace")
            if _is_running(name):
                yield socket.inet_ntoa(buffer[at + 20 : at + 24].tobytes())
        for number, _index, _prefix, _scope, flags, name in _inet6():
            if not int(flags, 16) & _UNUSABLE and _is_running(name):
                yield str(ipaddress.IPv6Address(bytes.fromhex(number)))

    def _linux_networks() -> Iterator[str]:
        names = [name for _index, name in socket.if_nameindex()]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            for name in names:
                asked = struct.pack("256s", name.encode()[:15])
                try:
                    address, mask = (
                        socket.inet_ntoa(fcntl.ioctl(probe, wish, asked)[20:24])
                        for wish in (_SIOCGIFADDR, _SIOCGIFNETMASK)
                    )
                    yield str(ipaddress.ip_network(f"{address}/{mask}", strict=False))
                except (OSError, ValueError):
                    continue  # it has no IPv4
        for number, _index, prefix, *_rest in _inet6():
            yield str(ipaddress.ip_network((bytes.fromhex(number), int(prefix, 16)), strict=False))

    def _inet6() -> list[list[str]]:
        """The kernel's lines about IPv6 addresses, in columns; none where it has no IPv6."""
        try:
            return [line.split() for line in Path("/proc/net/if_inet6").read_text().splitlines()]
        except OSError:
            return []

    def _is_running(name: str) -> bool:
        """False without a cable or a network: an address there reaches nobody until it has one again."""
        try:
            return (_CARRIERS / name.partition(":")[0] / "carrier").read_text().strip() == "1"
        except FileNotFoundError:
            return True  # a container that shows no /sys
        except OSError:
            return False  # switched off


def _other_networks() -> Iterator[str]:
    for host, prefix in _by_ifaddr():
        yield str(ipaddress.ip_network(f"{host}/{prefix}", strict=False))


def _other_addresses() -> Iterator[str]:
    return (host for host, _prefix in _by_ifaddr())


def _by_ifaddr() -> Iterator[tuple[str, int]]:
    import ifaddr  # here, because it looks for the C library at its import, which takes as long as all of this

    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            yield address.ip if isinstance(address.ip, str) else address.ip[0], address.network_prefix
