"""A client that sends any bytes over real TLS, before and after it has proved who it is."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Any

from protocol import frames, links, messages
from protocol.errors import CATALOGUE, WireError
from protocol.messages import Failed, Find, Found, Hello, Knock, LoggedIn, LogIn, PeerHello, PeerWelcome, Ping, Prekeys
from protocol.primitives import random_nonce
from protocol.statements import (
    NO_DEVICE,
    PROOF_AUTHORITY,
    PROOF_PEER,
    FoundUser,
    Generation,
    Presence,
    Welcome,
    decode_strict,
    issue,
    prove,
)
from tests.processes import LOOPBACK
from transport.flusher import Flusher
from transport.tls import client_context, fingerprint_of
from web_client.account import identity
from web_client.net.network import SocketNetwork
from web_client.vault.database import Vault

SECONDS = 30


class Raw:
    """One TLS connection, read and written as bytes."""

    def __init__(self, port: int, source: str = "") -> None:
        """From the loopback address `source`, if there is one."""
        raw = socket.create_connection((LOOPBACK, port), SECONDS, (source, 0) if source else None)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock: ssl.SSLSocket = client_context().wrap_socket(raw)
        der = self.sock.getpeercert(binary_form=True)
        assert der is not None
        self.fingerprint = fingerprint_of(der)
        self._splitter = frames.Splitter(frames.LIMIT_AFTER_LOGIN)

    def stream(self, data: bytes) -> None:
        """Send bytes as they are; that the other side has hung up meanwhile is no error here."""
        with contextlib.suppress(OSError):
            self.sock.sendall(data)

    def send(self, message: Any) -> None:
        self.stream(frames.encode(messages.encode(message)))

    def end(self) -> None:
        """Nothing more will come."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_WR)

    def receive(self) -> bytes | None:
        """The next body; None once the other side has closed. TimeoutError if neither comes."""
        while (body := self._splitter.next_body()) is None:
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                raise
            except OSError:
                return None
            if not data:
                return None
            self._splitter.feed(data)
        return body

    def answer(self, kind: Any) -> Any:
        """The next message of this kind; what is pushed meanwhile is passed over."""
        while (body := self.receive()) is not None:
            with contextlib.suppress(WireError):
                return messages.decode(body, kind)
            pushed = messages.decode(body, messages.FromAuthority | messages.FromGroup)
            assert not isinstance(pushed, Failed), pushed.code
        raise AssertionError("closed without an answer")

    def refusals(self) -> list[str]:
        """The codes of all failures that come until the other side closes."""
        codes = []
        while (body := self.receive()) is not None:
            with contextlib.suppress(WireError):
                codes.append(messages.decode(body, Failed).code)
        assert all(code in CATALOGUE for code in codes)
        return codes

    def pinged(self) -> bool:
        """Whether a ping is still answered."""
        self.send(Ping(1))
        return self.receive() is not None

    def close(self) -> None:
        self.sock.close()

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Mallory:
    """An account in good standing, whose agent is a test."""

    def __init__(self, join_link: str, name: str = "mallory") -> None:
        link = links.decode(join_link)
        network = SocketNetwork(Flusher(), LOOPBACK)
        channel = network.dial_authority(list(link.hosts), link.port, lambda message: None, lambda: None)
        identity.greet(channel, link.authority_id)
        _me, fill = identity.prepare_sign_up(channel, link, None, f"{name}@example.org", name)
        self.vault = Vault.in_memory(fill)
        identity.finish_sign_up(channel, self.vault)
        channel.close()
        self.me, self.link = identity.load_identity(self.vault)
        self.port = link.port
        self._sequence = 0

    def greeted(self) -> tuple[Raw, Welcome]:
        """At the authority, after HELLO."""
        raw = Raw(self.port)
        raw.send(Hello(messages.VERSION, random_nonce()))
        welcome = decode_strict(raw.answer(messages.Welcomed).welcome.body, Welcome)
        return raw, welcome

    def logged_in(self) -> Raw:
        """At the authority, after log-in. One at a time: a second one is another agent of the same account."""
        raw, welcome = self.greeted()
        id = self.link.authority_id
        proof = prove(PROOF_AUTHORITY, id, welcome.server_nonce, raw.fingerprint, self.me.uid, self.me.key, id)
        self._sequence += 1
        presence = issue(Presence(self.me.uid, NO_DEVICE, self._sequence, [LOOPBACK], 9, bytes(32)), self.me.key, id)
        generation = issue(Generation(self.me.uid, self._sequence, bytes(16)), self.me.key, id)
        raw.send(LogIn(1, self.me.uid, proof, presence, generation, None, True))
        raw.answer(LoggedIn)
        return raw

    def find(self, name: str) -> tuple[bytes, Presence]:
        """Somebody's uid, and where their agent listens."""
        with self.logged_in() as raw:
            raw.send(Find(2, name, random_nonce()))
            found = decode_strict(raw.answer(Found).found.body, FoundUser)
            assert found.presence is not None
            return found.uid, decode_strict(found.presence.body, Presence)

    def knocking(self, presence: Presence) -> tuple[Raw, PeerWelcome]:
        """At somebody's agent, after HELLO."""
        raw = Raw(presence.port)
        raw.send(PeerHello(messages.VERSION))
        return raw, raw.answer(PeerWelcome)

    def let_in(self, uid: bytes, presence: Presence) -> Raw:
        """At somebody's agent, proven."""
        raw, welcome = self.knocking(presence)
        id = self.link.authority_id
        proof = prove(PROOF_PEER, uid, welcome.nonce, raw.fingerprint, self.me.uid, self.me.key, id)
        raw.send(Knock(1, self.me.uid, proof, welcome.head))
        raw.answer(Prekeys)
        return raw
