"""Dialling one listener at several addresses: silence at one is not waited for, and only who is meant is taken."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from protocol.errors import HamrazError
from tests.processes import LOOPBACK
from transport.connection import Connection
from transport.flusher import Flusher
from transport.listener import Listener
from transport.places import Places
from transport.race import dial_any
from transport.tls import Certificate, server_context

FLUSHER = Flusher()


def listen(host: str, port: int, certificate: Certificate) -> Listener:
    def serve(connection: Connection) -> None:
        while connection.receive() is not None:
            pass

    listener = Listener(host, port, server_context(certificate), FLUSHER, serve, Places(50))
    listener.start()
    return listener


@pytest.fixture
def certificate() -> Certificate:
    return Certificate.generate()


@pytest.fixture
def port(certificate: Certificate) -> Iterator[int]:
    """A listener at 127.0.0.1, and at 127.0.0.2 one that shows another certificate."""
    right = listen(LOOPBACK, 0, certificate)
    wrong = listen("127.0.0.2", right.port, Certificate.generate())
    yield right.port
    right.close()
    wrong.close()


@pytest.fixture
def silent(port: int) -> Iterator[str]:
    """A host that takes connections and never says a word, as one whose packets are dropped later."""
    with socket.create_server(("127.0.0.3", port), backlog=50):
        yield "127.0.0.3"


def dialled(hosts: list[str], port: int, certificate: Certificate) -> tuple[str, float]:
    began = time.monotonic()
    connection, host = dial_any(hosts, port, FLUSHER, lambda found: found.certificate() == certificate.fingerprint)
    connection.release()
    return host, time.monotonic() - began


def test_one_host_is_simply_dialled(port: int, certificate: Certificate) -> None:
    assert dialled([LOOPBACK], port, certificate)[0] == LOOPBACK


def test_silence_is_not_waited_for(port: int, silent: str, certificate: Certificate) -> None:
    host, seconds = dialled([silent, silent, LOOPBACK], port, certificate)
    assert host == LOOPBACK
    assert 0.5 <= seconds < 3  # two head starts of a quarter of a second, and the handshake


def test_a_refusal_makes_room_for_the_next_at_once(port: int, certificate: Certificate) -> None:
    host, seconds = dialled(["127.0.0.9", "127.0.0.8", LOOPBACK], port, certificate)
    assert host == LOOPBACK
    assert seconds < 2  # nobody listens at the first two


def test_who_is_not_meant_is_passed_over_and_named_if_nobody_else_answers(port: int, certificate: Certificate) -> None:
    assert dialled(["127.0.0.2", LOOPBACK], port, certificate)[0] == LOOPBACK
    for hosts in (["127.0.0.2"], ["127.0.0.2", "127.0.0.9"], ["127.0.0.9", "127.0.0.2"]):
        with pytest.raises(HamrazError) as reason:
            dialled(hosts, port, certificate)
        assert reason.value.code == "wrong_certificate"


def test_nobody_at_all(port: int, certificate: Certificate) -> None:
    for hosts in (["127.0.0.9"], ["127.0.0.9", "127.0.0.8"]):
        with pytest.raises(HamrazError) as reason:
            dialled(hosts, port, certificate)
        assert reason.value.code == "timed_out"
