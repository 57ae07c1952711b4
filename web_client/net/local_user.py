"""Which user of this computer is at the other end of a connection over loopback, where the system tells."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path

_TABLES = {4: Path("/proc/net/tcp"), 6: Path("/proc/net/tcp6")}


def user_of(address: str, port: int, here: int) -> int | None:
    """The uid that owns the socket at `address`:`port` which is connected to our port `here`, as far as it is known."""
    if sys.platform != "linux":
        return None
    try:
        there = ipaddress.ip_address(address)
        rows = _TABLES[there.version].read_text().splitlines()[1:]
    except (OSError, ValueError):
        return None
    wanted = f"{_written(there.packed)}:{port:04X}"
    for row in rows:
        _slot, local, remote, _state, _queues, _timer, _retries, uid, *_rest = row.split()
        if local == wanted and remote.endswith(f":{here:04X}"):
            return int(uid)
    return None


def _written(packed: bytes) -> str:
    """An address as these tables write it: in words of four bytes, each in the machine's own order."""
    words = (packed[at : at + 4] for at in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
