"""What the machine itself needs for the parts of a figure: the same calls of libraries and system in a bare loop.

No change of ours can be quicker; what a figure takes beyond it is ours.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_sign_open

from benchmarks.figures import Figure, percentile
from benchmarks.plain_commit import PlainCommit
from transport.tls import Certificate, client_context, server_context

ENTRY_SIZE = 600  # bytes: a message of 150 as it stands in the chain
CONNECTIONS = 32
RECORD_SIZE = 16_384  # bytes, the most that TLS puts into one
ROWS = 100  # in one transaction
CHUNKS = 5  # the quickest of so many parts of a loop is the floor: the others were disturbed

UNITS = {
    "a signature verified (libsodium), CPU": "µs",
    "a signature made (OpenSSL), CPU": "µs",
    "a hash of an entry (SHA-256), CPU": "µs",
    "a text opened (HKDF, ChaCha20-Poly1305), CPU": "µs",
    "sealed to a hybrid key (HPKE), CPU": "µs",
    "opened by a hybrid key (HPKE), CPU": "µs",
    "an entry sent over TLS (one record, SSL_write), CPU": "µs",
    "an entry sent among others in a record of 16 KiB, CPU": "µs",
    "an entry taken over TLS (SSL_read), CPU": "µs",
    "a handshake of TLS 1.3, the server's side in memory, CPU": "µs",
    "a row in a transaction of a hundred (SQLite, sums and index), CPU": "µs",
    "a durable commit of one row (SQLite, WAL, FULL), CPU": "µs",
    "a durable commit of one row (SQLite, WAL, FULL), until it is on the disk": "µs",
}
VERIFY, SIGN, HASH, OPEN, SEAL, UNSEAL, SEND, AMONG, TAKE, SHAKE, ROW, COMMIT, DURABLE = UNITS
Parts = dict[str, float]  # µs


def run(repetitions: int, quick: bool) -> list[Figure]:
    """Each part by itself."""
    runs = [measure(20 if quick else 500) for _ in range(repetitions)]
    return [Figure("floors", name, unit, tuple(run[name] for run in runs)) for name, unit in UNITS.items()]


def measure(count: int) -> Parts:
    """µs of each part; so many times in a loop."""
    return dict(
        zip(UNITS, (*_signatures(count), *_symmetric(count), *_hybrid(count), *_tls(count), *_rows(count)), strict=True)
    )


def each(action: Callable[[], object], count: int) -> float:
    """µs of this thread's processor time for one of so many."""
    action()
    chunk, lowest = max(1, count // CHUNKS), float("inf")
    for _ in range(CHUNKS):
        began = time.thread_time()
        for _ in range(chunk):
            action()
        lowest = min(lowest, (time.thread_time() - began) / chunk)
    return lowest * 1e6


def _signatures(count: int) -> tuple[float, float]:
    key, message = Ed25519PrivateKey.generate(), secrets.token_bytes(400)
    public, signed = key.public_key().public_bytes_raw(), key.sign(message) + message
    return each(lambda: crypto_sign_open(signed, public), count), each(lambda: key.sign(message), count)


def _symmetric(count: int) -> tuple[float, float]:
    entry, key = secrets.token_bytes(ENTRY_SIZE), secrets.token_bytes(32)
    sealed = ChaCha20Poly1305(key).encrypt(bytes(12), secrets.token_bytes(150), entry[:300])

    def open_one() -> None:
        own = HKDF(hashes.SHA256(), 32, None, entry[:32]).derive(key)
        assert own
        ChaCha20Poly1305(key).decrypt(bytes(12), sealed, entry[:300])

    return each(lambda: hashlib.sha256(entry).digest(), count), each(open_one, count)


def _hybrid(count: int) -> tuple[float, float]:
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    kem, dh = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    private = hpke.MLKEM768X25519PrivateKey(kem, dh)
    public = hpke.MLKEM768X25519PublicKey(kem.public_key(), dh.public_key())
    text = secrets.token_bytes(400)
    sealed = suite.encrypt(text, public, b"info")
    return (
        each(lambda: suite.encrypt(text, public, b"info"), count),
        each(lambda: suite.decrypt(sealed, private, b"info"), count),
    )


def _tls(count: int) -> tuple[float, float, float, float]:
    """Several connections over loopback, a record to each in turn, as in a group; a thread takes what comes."""
    certificate, entry = server_context(Certificate.generate()), secrets.token_bytes(ENTRY_SIZE)
    ends: list[tuple[socket.socket, socket.socket]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(CONNECTIONS):
            near = socket.create_connection(listener.getsockname())
            far, _ = listener.accept()
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ends.append((near, far))
    taken: list[float] = []
    reader = threading.Thread(target=lambda: taken.append(_take_all([near for near, _ in ends])))
    reader.start()
    socks = [certificate.wrap_socket(far, server_side=True) for _, far in ends]
    turn = itertools.cycle(socks)
    send = each(lambda: next(turn).send(entry), count * 4)
    record = entry * (RECORD_SIZE // ENTRY_SIZE)
    among = each(lambda: next(turn).send(record), count) / (RECORD_SIZE // ENTRY_SIZE)
    for sock in socks:
        sock.shutdown(socket.SHUT_WR)
    reader.join()
    for sock in socks:
        sock.close()
    return send, among, taken[0], _handshake(certificate, max(1, count // 10))


def _take_all(ends: list[socket.socket]) -> float:
    """µs for one record of one entry, waiting for whichever has one; the large ones come after all of them."""
    records, spent = 0, 0.0
    with selectors.DefaultSelector() as selector:
        for end in ends:
            selector.register(client_context().wrap_socket(end), selectors.EVENT_READ)
        began = time.thread_time()
        while selector.get_map():
            for key, _ in selector.select():
                sock = cast(ssl.SSLSocket, key.fileobj)
                came = sock.recv(RECORD_SIZE)
                if len(came) == ENTRY_SIZE:
                    records, spent = records + 1, time.thread_time() - began
                elif not came:
                    selector.unregister(sock)
                    sock.close()
    return spent / records * 1e6


def _handshake(certificate: ssl.SSLContext, count: int) -> float:
    context, times = client_context(), []
    for _ in range(count):
        up, down, spent = ssl.MemoryBIO(), ssl.MemoryBIO(), 0.0
        client, done = context.wrap_bio(down, up), [False, False]
        began = time.thread_time()
        server = certificate.wrap_bio(up, down, server_side=True)
        spent += time.thread_time() - began
        while not all(done):
            for place, side in enumerate((client, server)):
                began = time.thread_time()
                try:
                    side.do_handshake()
                    done[place] = True
                except ssl.SSLWantReadError:
                    pass
                spent += (time.thread_time() - began) * place
        times.append(spent)
    return percentile(times, 20) * 1e6


def _rows(count: int) -> tuple[float, float, float]:
    with TemporaryDirectory() as folder:
        plain = PlainCommit(Path(folder))
        plain.execute("CREATE TABLE entries (chain BLOB, n INTEGER, entry BLOB, hash BLOB, PRIMARY KEY (chain, n))")
        chain, entry, numbers = secrets.token_bytes(16), secrets.token_bytes(ENTRY_SIZE), iter(range(10**9))

        def insert() -> None:
            plain.execute("BEGIN")
            rows = [(chain, next(numbers), entry, entry[:32]) for _ in range(ROWS)]
            plain.insert("INSERT INTO entries VALUES (?, ?, ?, ?)", rows)
            plain.execute("ROLLBACK")

        row = each(insert, max(CHUNKS, count // ROWS)) / ROWS
        commit = each(plain.measure, max(CHUNKS, count // 5))
        plain.close()
    return row, commit, percentile(plain.times, 20) * 1e6


# A figure, and what of the parts it can't do without; in the figure's own unit.
def _flood(parts: Parts, members: int) -> float:
    """Deliveries for a second of CPU: verified, stored, taken and answered, and to each member among others."""
    return members / (parts[VERIFY] + parts[ROW] + parts[TAKE] + parts[SEND] + members * parts[AMONG]) * 1e6


def _paced(parts: Parts, members: int) -> float:
    """ms until half of the members have it: taken, verified, on the disk, the head signed, and so many records."""
    alone = parts[TAKE] + parts[VERIFY] + parts[SIGN] + parts[DURABLE]
    return (alone + members / 2 * parts[SEND]) / 1000


def _log_in(parts: Parts) -> float:
    return (parts[SHAKE] + 3 * parts[VERIFY] + parts[SIGN] + parts[COMMIT] / 16) / 1000


def _sign_up(parts: Parts) -> float:
    return (parts[SHAKE] + parts[VERIFY] + 2 * parts[SIGN] + parts[COMMIT] / 16) / 1000


def _private(parts: Parts) -> float:
    """ms from the call to the receipt: three commits, one after the other, and what is signed, sealed and sent."""
    told = parts[SIGN] + parts[SEAL] + parts[UNSEAL] + 2 * parts[VERIFY] + parts[SIGN] + parts[VERIFY]
    return (3 * parts[DURABLE] + told + 2 * (parts[SEND] + parts[TAKE])) / 1000


def _opened(parts: Parts) -> float:
    return (20 * parts[VERIFY] + 1000 * (parts[HASH] + parts[OPEN])) / 1000


def _sealed(parts: Parts, members: int) -> float:
    return members * (parts[SEAL] + parts[SIGN]) / 1000


FLOORS: dict[str, Callable[[Parts], float]] = {
    "authority's CPU for a log-in": _log_in,
    "authority's CPU for a sign-up": _sign_up,
    "call to receipt over two agents' APIs, p50": _private,
    "two nodes in one process, without API, p50": _private,
    "reload of 1,000 messages of 20 senders: checked and opened, CPU": _opened,
}
for size in (10, 100, 1000):
    FLOORS |= {
        f"deliveries for a second of the authority's CPU, {size:,} members": partial(_flood, members=size),
        f"2000 deliveries a second, {size:,} members, p50": partial(_paced, members=size),
        f"commit with {size:,} members, sealing the keys at the commander, CPU": partial(_sealed, members=size),
    }


def beside(figures: Sequence[Figure]) -> list[Figure]:
    """The same figures; those whose floor is known, and whose parts were measured with them, say it."""
    parts = {figure.name: min(figure.runs) for figure in figures if figure.benchmark == "floors"}
    if not parts:
        return list(figures)
    return [
        replace(figure, floor=FLOORS[figure.name](parts)) if figure.name in FLOORS else figure for figure in figures
    ]
