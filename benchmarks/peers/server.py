"""Another chat server: what a benchmark has to know of one, and one that runs, on loopback, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.process import cpu_seconds, family
from tests.processes import free_port, until
from transport.tls import self_signed

if TYPE_CHECKING:
    from benchmarks.peers.room import Member, Room

Step = tuple[bytes, bytes]  # what to send, and what has to stand in what comes then

PATIENCE = 60.0  # seconds until it listens, or has ended


class Peer(Protocol):
    """`deliveries`: how many a flood has, so that it lasts some seconds. `pace`: what it can carry of the steady rate.
    `largest`: members that it can have here in some seconds.
    """

    name: str
    get: str  # how to get it
    less: str  # what it doesn't do that we do
    deliveries: int
    pace: float
    largest: int
    member: Callable[[Room, int], Member]  # the next one, who is on the way in

    def found(self) -> bool:
        """Whether it is installed."""

    def command(self, folder: Path, port: int) -> list[str]:
        """Write into the folder what it is to be like, with TLS on this port (`both.pem`); how it is started."""


class StreamPeer(Peer, Protocol):
    """One that is spoken to in a stream of bytes."""

    def enter(self, number: int) -> list[Step]:
        """What the member with this number says until they are in the one group."""

    def message(self, number: int, text: bytes) -> bytes:
        """A message of theirs to the group."""


@dataclass(frozen=True, slots=True)
class Running:
    """One that listens."""

    port: int
    pid: int

    @property
    def cpu(self) -> float:
        """Seconds of all its processes."""
        return sum(cpu_seconds(pid) for pid in family(self.pid))


@contextmanager
def running(peer: Peer, core: int | None) -> Iterator[Running]:
    """Start it, on this core alone if one is given, and end it by its process id."""
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        certificate = self_signed(generate_private_key(SECP256R1()), "localhost", SHA256())  # which all of them can do
        (folder / "both.pem").write_bytes(certificate.pem)
        where = [] if core is None else ["taskset", "-c", str(core)]
        with (folder / "output.txt").open("wb") as output:
            child = subprocess.Popen(
                where + peer.command(folder, port),
                cwd=folder,
                env=os.environ | {"HOME": name},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            try:
                until(lambda: listens(port) or child.poll() is not None, PATIENCE, f"{peer.name}'s start")
                assert child.poll() is None, "it ended at once"
            except AssertionError as reason:
                raise RuntimeError(f"{reason}: {(folder / 'output.txt').read_text()[-2000:]}") from reason
            yield Running(port, child.pid)
        finally:
            child.terminate()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
