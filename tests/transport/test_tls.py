"""TLS 1.3 and nothing older, known by the certificate that the socket shows."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from protocol import frames
from protocol.errors import Unreachable
from tests.transport.pair import FLUSHER, LOOPBACK, SECONDS, Place, in_thread
from transport.connection import dial
from transport.tls import Certificate, client_context, server_context
from transport.tls_socket import MOST_HANDSHAKES


def old_client() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def old_server(certificate: Certificate, folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    (folder / "pem").write_bytes(certificate.pem)
    context.load_cert_chain(folder / "pem")
    return context


def test_an_older_client_is_refused(here: Place) -> None:
    with pytest.raises(ssl.SSLError):
        here.tls(old_client())
    assert here.nobody_served()
    assert here.tls(client_context()).version() == "TLSv1.3"


def test_an_older_server_is_refused(tmp_path: Path) -> None:
    context = old_server(Certificate.generate(), tmp_path)
    with Old(context) as old:
        # the server itself is in order: a client of its age gets in
        with socket.create_connection((LOOPBACK, old.port)) as raw, old_client().wrap_socket(raw) as sock:
            assert sock.version() == "TLSv1.2"
        with pytest.raises(Unreachable):
            dial(LOOPBACK, old.port, FLUSHER)


class Old:
    """A TLS server that only shakes hands."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._sock = socket.create_server((LOOPBACK, 0))
        self.port: int = self._sock.getsockname()[1]
        self._context = context

    def __enter__(self) -> Old:
        self._done = in_thread(self._run)
        return self

    def _run(self) -> None:
        for _ in range(2):
            raw, _address = self._sock.accept()
            with raw, contextlib.suppress(OSError), self._context.wrap_socket(raw, server_side=True) as sock:
                sock.recv(1)

    def __exit__(self, *_: object) -> None:
        self._sock.close()
        assert self._done.get(timeout=SECONDS) is None


def test_the_caller_sees_the_certificate_of_the_socket(here: Place) -> None:
    other = Place()
    try:
        assert here.dial().certificate() == here.certificate.fingerprint
        assert other.dial().certificate() == other.certificate.fingerprint
        assert here.certificate.fingerprint != other.certificate.fingerprint
    finally:
        other.close()


def test_nothing_is_resumed(here: Place) -> None:
    context = client_context()
    first = here.tls(context)
    here.served().send(b"a ticket would come with the first bytes")
    assert first.recv(1)
    # a session without a ticket can't be resumed
    assert first.session is None or not first.session.has_ticket
    with context.wrap_socket(here.raw(), session=first.session) as second:
        assert not second.session_reused


def test_a_key_shows_itself_nowhere_and_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    certificate = Certificate.generate()
    server_context(certificate)
    assert list(tmp_path.iterdir()) == []
    assert "PRIVATE" in certificate.pem.decode()
    assert "PRIVATE" not in repr(certificate) and "pem" not in repr(certificate)


@pytest.mark.parametrize("at", [0, 4, 5, 20, -1], ids=["type", "length", "first", "middle", "tag"])
def test_a_changed_byte_on_the_way_ends_the_connection(here: Place, at: int) -> None:
    """Whoever stands between can cut, and no more: nothing wrong comes out at the other end."""
    sock = here.raw()
    client, outgoing = shake_hands(sock, client_context())
    client.write(frames.encode(b"one"))
    sock.sendall(outgoing.read())
    listener = here.served()
    assert listener.receive(SECONDS) == b"one"
    client.write(frames.encode(b"two, and long enough to have a middle"))
    record = bytearray(outgoing.read())
    record[at] ^= 1
    sock.sendall(record)
    sock.shutdown(socket.SHUT_WR)
    assert listener.receive(SECONDS) is None


def shake_hands(sock: socket.socket, context: ssl.SSLContext) -> tuple[ssl.SSLObject, ssl.MemoryBIO]:
    """A client whose records the test sends itself."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing)
    while True:
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            sock.sendall(outgoing.read())
            incoming.write(sock.recv(16 * 1024))
        else:
            sock.sendall(outgoing.read())
            return client, outgoing


def new_keys(secret: bytes) -> Iterator[bytes]:
    """Records each of which only says that the next one has another key (RFC 8446, sections 4.6.3 and 7.2)."""

    def expand(label: bytes, length: int) -> bytes:
        info = length.to_bytes(2) + bytes([len(label) + 6]) + b"tls13 " + label + b"\0"
        return HKDFExpand(SHA384(), length, info).derive(secret)

    while True:
        head, inner = bytes.fromhex("1703030016"), bytes.fromhex("180000010016")
        yield head + AESGCM(expand(b"key", 32)).encrypt(expand(b"iv", 12), inner, head)
        secret = expand(b"traffic upd", 48)


@pytest.mark.parametrize("many", [False, True], ids=["a few", "without an end"])
def test_new_keys_without_an_end_are_read_no_further(here: Place, tmp_path: Path, many: bool) -> None:
    """Each costs as much as an answer, and no data comes of them between which others would have their turn."""
    sock, context = here.raw(), client_context()
    context.keylog_filename = str(tmp_path / "secrets")
    shake_hands(sock, context)
    words = (tmp_path / "secrets").read_text().split()
    records = new_keys(bytes.fromhex(words[words.index("CLIENT_TRAFFIC_SECRET_0") + 2]))
    listener = here.served()
    sock.sendall(b"".join(islice(records, 2 * MOST_HANDSHAKES if many else MOST_HANDSHAKES // 2)))
    if many:
        assert listener.receive(SECONDS) is None
        assert listener._sock.handshakes == MOST_HANDSHAKES + 1
    else:
        with pytest.raises(Unreachable):
            listener.receive(0.05)
        assert not listener.closed


def test_tickets_without_an_end_are_read_no_further(tmp_path: Path) -> None:
    certificate = Certificate.generate()
    context = server_context(certificate)
    context.num_tickets = 2 * MOST_HANDSHAKES
    talkative = Place(context=context)
    try:
        caller = talkative.dial()
        assert caller.receive(SECONDS) is None
        assert caller._sock.handshakes == MOST_HANDSHAKES + 1
    finally:
        talkative.close()
