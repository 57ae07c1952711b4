"""This machine's own addresses, found without asking anybody and without a default route."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys

_SIOCGIFADDR = 0x8915  # Linux, <linux/sockios.h>


def local_addresses() -> list[str]:
    """The IPv4 addresses of this machine's interfaces, loopback left out, in the system's order."""
    found = _linux_addresses() if sys.platform == "linux" else _resolved_addresses()
    unique = dict.fromkeys(address for address in found if not is_loopback(address))
    return list(unique)


def is_loopback(host: str) -> bool:
    """True for 127.0.0.0/8 and ::1; a name is none."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _linux_addresses() -> list[str]:
    import fcntl

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _index, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # an interface without an IPv4 address
            found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _resolved_addresses() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        return [str(address[4][0]) for address in found]
    except OSError:
        return []
