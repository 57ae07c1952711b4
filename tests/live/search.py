"""Looks for secrets in bytes, in whatever form they may have been written there."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

CHUNK = 16 * 1024 * 1024


def forms(secret: bytes | str) -> set[bytes]:
    """How a secret may stand somewhere: as it is, UTF-16, hex, base64 at each of its three places."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    if isinstance(secret, str):
        found |= {secret.encode("utf-16-le"), secret.encode("utf-16-be"), secret.encode("utf-32-le")}
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        # the first and the last characters also depend on what stands beside the secret
        inner = encoded[-(-shift * 8 // 6) : len(encoded) - 4]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {form for form in found if len(form) >= 6}


def leaks(data: bytes, secrets: dict[str, bytes | str]) -> list[str]:
    """The names of those secrets that stand in it."""
    return [name for name, secret in secrets.items() if any(form in data for form in forms(secret))]


def files(folder: Path) -> bytes:
    """Everything in a folder, names of files too."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in paths)


def memory(pid: int) -> Iterator[bytes]:
    """The memory of a process that it can write to, in overlapping parts."""
    overlap = 4096
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match is None:
                continue
            start, end = (int(number, 16) for number in match.groups())
            for at in range(start, end, CHUNK):
                try:
                    mem.seek(at)
                    yield mem.read(min(CHUNK + overlap, end - at))
                except (OSError, ValueError):
                    continue  # the kernel's own pages


def leaks_of_memory(pid: int, secrets: dict[str, bytes | str]) -> list[str]:
    """The same for a process: strings stand there in one, two or four bytes a character, keys as they are or in hex."""
    wanted = {name: _in_memory(secret) for name, secret in secrets.items()}
    found: set[str] = set()
    for part in memory(pid):
        found |= {name for name, patterns in wanted.items() if name not in found and _any(part, patterns)}
    return sorted(found)


def _in_memory(secret: bytes | str) -> list[bytes]:
    raw = secret.encode() if isinstance(secret, str) else secret
    wide = [secret.encode("utf-16-le"), secret.encode("utf-32-le")] if isinstance(secret, str) else []
    return [raw, raw.hex().encode(), *wide]


def _any(part: bytes, patterns: Iterable[bytes]) -> bool:
    return any(pattern in part for pattern in patterns)
