"""Abusive clients in a process of their own: `python -m tests.live.abusive_clients PORT LINK KINDS…`, then `go` and
`rest` on stdin.

Every stranger's connection is from one of eight loopback addresses, as limits count by address.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable

from protocol import frames, messages
from protocol.messages import CheckSignUp, FetchLog, Find, Hello, LogIn, PeerHello, Ping
from protocol.primitives import random_nonce
from protocol.statements import Signed
from tests.live.hostile import Mallory
from transport.tls import client_context

HELD = 150  # connections that one kind holds at once
_sources = itertools.count()


def dial(port: int) -> socket.socket:
    raw = socket.socket()
    raw.bind((f"127.0.1.{next(_sources) % 8 + 1}", 0))
    raw.settimeout(5)
    raw.connect(("127.0.0.1", port))
    return raw


def secured(port: int) -> ssl.SSLSocket:
    return client_context().wrap_socket(dial(port))


def frame(message: object) -> bytes:
    return frames.encode(messages.encode(message))  # type: ignore[arg-type]


def hello() -> bytes:
    return frame(Hello(messages.VERSION, random_nonce()))


# --- each does a little at a time; what it holds it keeps in `held` ---


def silent(port: int, held: list[socket.socket]) -> None:
    """TCP, and then nothing."""
    held.append(dial(port))


def stalled(port: int, held: list[socket.socket]) -> None:
    """The beginning of a handshake, and no more."""
    held.append(dial(port))
    held[-1].sendall(b"\x16\x03\x01\x02\x00\x01")


def dribbling(port: int, held: list[socket.socket]) -> None:
    """A frame's head, and then a byte now and then."""
    if len(held) < HELD:
        held.append(secured(port))
        held[-1].sendall(b"\0\0\x0f\xff")
    else:
        held[0].sendall(b"x")
        held.append(held.pop(0))


def huge(port: int, held: list[socket.socket]) -> None:
    """A length that nobody may send."""
    with secured(port) as sock:
        sock.sendall(b"\xff\xff\xff\xff" + bytes(4000))


def handshakes(port: int, held: list[socket.socket]) -> None:
    secured(port).close()


def sign_ups(port: int, held: list[socket.socket]) -> None:
    with secured(port) as sock:
        sock.sendall(hello() + frame(CheckSignUp(1, "abusive", "abusive@example.org", "abcdefghijklmnop", None)))
        sock.recv(4096)


def log_ins(port: int, held: list[socket.socket]) -> None:
    with secured(port) as sock:
        nothing = Signed(b"", bytes(64))
        sock.sendall(hello() + frame(LogIn(1, os.urandom(32), nothing, nothing, nothing, None, True)))
        sock.recv(4096)


def knocks(port: int, held: list[socket.socket]) -> None:
    """At an agent: a hello, and then silence."""
    held.append(secured(port))
    held[-1].sendall(frame(PeerHello(messages.VERSION)))


STRANGERS: dict[str, Callable[[int, list[socket.socket]], None]] = {
    one.__name__: one for one in (silent, stalled, dribbling, huge, handshakes, sign_ups, log_ins, knocks)
}


# --- members in good standing ---


def flood(sock: ssl.SSLSocket, body: Callable[[int], object], going: threading.Event, reads: bool) -> None:
    """As many requests as go through; a member that is cut off stays away."""
    sock.settimeout(0.05)
    numbers = itertools.count(10)
    while True:
        going.wait()
        batch = b"".join(frame(body(next(numbers))) for _ in range(40))
        with contextlib.suppress(TimeoutError):
            sock.sendall(batch)
        if reads:
            with contextlib.suppress(TimeoutError):
                while sock.recv(1 << 20):
                    pass


MEMBERS: dict[str, tuple[Callable[[int], object], bool]] = {
    "pings": (Ping, True),
    "lookups": (lambda n: Find(n, "sara", bytes(32)), True),
    "deaf": (lambda n: FetchLog(n, 0), False),
}


def stranger(what: Callable[[int, list[socket.socket]], None], port: int, going: threading.Event) -> None:
    held: list[socket.socket] = []
    while True:
        if not going.is_set():
            for sock in held:
                sock.close()
            held.clear()
            going.wait()
        try:
            what(port, held)
        except OSError:
            held[:] = [sock for sock in held if sock.fileno() >= 0]
        while len(held) > HELD:
            held.pop(0).close()
        time.sleep(0.003)


def main() -> None:
    os.nice(19)  # so that it is the server that is measured, and not who has the processor
    port, link, *kinds = sys.argv[1:]
    going = threading.Event()
    for kind in kinds:
        if kind in STRANGERS:
            work = threading.Thread(target=stranger, args=(STRANGERS[kind], int(port), going), daemon=True)
        else:
            body, reads = MEMBERS[kind]
            raw = Mallory(link, kind).logged_in()
            work = threading.Thread(target=flood, args=(raw.sock, body, going, reads), daemon=True)
        work.start()
    print("ready", flush=True)
    for line in sys.stdin:
        (going.set if line.strip() == "go" else going.clear)()
        print(line.strip(), flush=True)


if __name__ == "__main__":
    main()
