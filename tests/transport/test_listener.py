"""What a listener takes, for how long, and how many."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from protocol import frames
from protocol.errors import Unreachable
from tests.processes import until
from tests.transport.pair import FLUSHER, LOOPBACK, SECONDS, Place, place
from transport import connection as connection_module
from transport import listener as listener_module
from transport import threads
from transport import waiting as waiting_module
from transport.connection import dial
from transport.listener import Listener
from transport.places import Places
from transport.tls import Certificate, server_context


def ends(sock: socket.socket) -> bool:
    """Whether the other side closes; what it says before, such as a TLS alert, is read."""
    try:
        while sock.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


def test_who_says_nothing_is_given_up_and_holds_up_nobody(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener_module, "HANDSHAKE_SECONDS", 0.3)
    silent = here.raw()
    caller, listener = here.pair()
    caller.send(b"hello")
    assert listener.receive(SECONDS) == b"hello"
    assert ends(silent)
    assert here.nobody_served()


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "HANDSHAKE_SECONDS", 0.3)
    with socket.create_server((LOOPBACK, 0)) as silent, pytest.raises(Unreachable):
        dial(LOOPBACK, silent.getsockname()[1], FLUSHER)


@pytest.mark.parametrize(
    "garbage",
    [b"GET / HTTP/1.1\r\n\r\n", b"\0" * 64, b"\x16\x03\x01" + b"\xff" * 500, b"\x16\x03\x01\x00\x05hello", b"\xff"],
    ids=["http", "zeros", "long record", "short record", "byte"],
)
def test_plain_garbage_is_closed_without_a_word_of_ours(here: Place, garbage: bytes) -> None:
    sock = here.raw()
    sock.sendall(garbage)
    with contextlib.suppress(OSError):  # it may be closed by now
        sock.shutdown(socket.SHUT_WR)
    assert ends(sock)
    here.dial()
    here.served()
    assert here.nobody_served()  # the one served is the good one


def test_no_more_than_it_takes_and_again_when_one_has_left() -> None:
    with place(max_connections=2) as small:
        first, first_end = small.pair()
        second, second_end = small.pair()
        first_end.limit = second_end.limit = frames.LIMIT_AFTER_LOGIN  # they have proved who they are
        for _ in range(3):
            with pytest.raises(Unreachable):
                small.dial()
        for caller, end in ((first, first_end), (second, second_end)):  # those inside notice nothing
            caller.send(b"still here")
            assert end.receive(SECONDS) == b"still here"
        first.close()
        assert first_end.receive(SECONDS) is None
        first_end.close()
        until(lambda: small.listener._places._taken == 1, SECONDS)
        third, third_end = small.pair()
        third.send(b"in")
        assert third_end.receive(SECONDS) == b"in"


def test_who_hangs_up_without_a_word_costs_no_more_than_a_socket(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    context, wrapped = here.listener._context, list[int]()
    wrap = context._wrap_socket
    monkeypatch.setattr(context, "_wrap_socket", lambda *one, **more: (wrapped.append(1), wrap(*one, **more))[1])
    for _ in range(3):
        here.raw().close()
    caller, _listener = here.pair()  # whoever comes after them
    until(lambda: here.listener._places._taken == 1, SECONDS)
    assert wrapped == [1] and not caller.closed


def test_who_has_hung_up_before_it_was_accepted_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of these costs the accepting of them, and nothing else."""
    places, entered, served = Places(8), list[str](), threading.Event()
    enter = places.enter
    monkeypatch.setattr(places, "enter", lambda address: (entered.append(address), enter(address))[1])
    context = server_context(Certificate.generate())
    listener = Listener(LOOPBACK, 0, context, FLUSHER, lambda connection: served.set(), places)
    for _ in range(200):  # more than are taken in one turn
        socket.create_connection((LOOPBACK, listener.port)).close()
    listener.start()
    caller = dial(LOOPBACK, listener.port, FLUSHER)  # whoever comes after them
    assert served.wait(SECONDS) and entered == [LOOPBACK]
    caller.release()
    listener.close()


def test_who_says_nothing_takes_neither_a_token_nor_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system holds them for a second at most, and not at all if there are very many."""
    monkeypatch.delattr(socket, "TCP_DEFER_ACCEPT", raising=False)
    begin, begun = threads.begin, list[str]()
    monkeypatch.setattr(threads, "begin", lambda name, *more: (begun.append(name), begin(name, *more))[1])
    with place(max_connections=100) as here:
        places = here.listener._places
        silent = [here.raw() for _ in range(60)]
        until(lambda: places._taken == 60, SECONDS)
        assert not begun and not len(places._calls)
        if waiting_module.new_epoll is not None:
            assert len(FLUSHER.waiting) == 60
        for one in silent[1:]:
            one.close()
        until(lambda: places._taken == 1, SECONDS)
        assert not begun and not len(places._calls)
        silent[0].sendall(b"\x16")
        until(lambda: begun == ["connection"] and len(places._calls) == 1, SECONDS)
        here.pair()


def test_who_has_said_nothing_yet_is_held_by_the_system(here: Place) -> None:
    """Where it can; a first byte, or a second, brings them in."""
    silent = here.raw()
    here.pair()
    assert here.listener._places._taken == (1 if hasattr(socket, "TCP_DEFER_ACCEPT") else 2)
    silent.sendall(b"\x16")
    until(lambda: here.listener._places._taken == 2, SECONDS)


def test_a_stranger_gives_way_to_the_next_however_far_it_has_got(here: Place) -> None:
    """One that has said nothing, one in the middle of the handshake, one after it: the oldest goes first."""
    with place(max_connections=3) as small:
        silent = small.raw()
        until(lambda: small.listener._places._taken == 1, SECONDS)  # once the system holds it no longer
        begun = small.raw()
        begun.sendall(b"\x16\x03\x01")
        until(lambda: small.listener._places._taken == 2, SECONDS)
        _caller, met = small.pair()
        for gone in (lambda: ends(silent), lambda: ends(begun), lambda: met.receive(SECONDS) is None):
            small.pair()
            assert gone()


def test_a_handshake_that_fails_takes_no_place() -> None:
    with place(max_connections=1) as small:
        for _ in range(3):
            sock = small.raw()
            sock.sendall(b"no TLS at all")
            assert ends(sock)
            until(lambda: small.listener._places._taken == 0, SECONDS)
        small.pair()


def test_closed_it_accepts_nobody_and_the_others_go_on(here: Place) -> None:
    caller, listener = here.pair()
    here.listener.close()
    with pytest.raises(Unreachable):
        here.dial()
    caller.send(b"we stay")
    assert listener.receive(SECONDS) == b"we stay"


def test_a_port_or_address_that_can_not_be_had(here: Place) -> None:
    context = server_context(Certificate.generate())
    for host, port, code in [
        (LOOPBACK, here.port, "port_taken"),
        ("192.0.2.1", 0, "address_unusable"),
        ("no such host.invalid", 0, "address_unusable"),
    ]:
        with pytest.raises(Unreachable) as reason:
            Listener(host, port, context, FLUSHER, lambda connection: None, Places(1))
        assert reason.value.code == code


def test_an_empty_host_is_every_address() -> None:
    certificate = Certificate.generate()
    listener = Listener("", 0, server_context(certificate), FLUSHER, lambda connection: connection.close(), Places(4))
    listener.start()
    try:
        for host in [LOOPBACK, *(["::1"] if socket.has_dualstack_ipv6() and has_ipv6() else [])]:
            with dial(host, listener.port, FLUSHER) as connection:
                assert connection.certificate() == certificate.fingerprint
    finally:
        listener.close()


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False
