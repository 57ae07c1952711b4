"""The authority on real sockets: frames however they are cut, what is refused before it is read, and who waits."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from authority_server.connections import session as session_module
from authority_server.connections.server import Server
from authority_server.core.authority import Authority
from authority_server.core.writer import Writer
from authority_server.handlers import login
from authority_server.main import rising_clock
from authority_server.state.state import begin
from authority_server.store import sqlite
from protocol import frames, messages
from protocol.errors import HamrazError, Unreachable, from_wire
from protocol.messages import (
    Answer,
    Failed,
    FetchLog,
    Find,
    Found,
    Hello,
    LogPart,
    Ping,
    Pong,
    Request,
    Watch,
    Watching,
)
from protocol.primitives import SigningKey, random_nonce
from protocol.statements import PROOF_AUTHORITY, Welcome, check, prove
from tests.authority import peer
from tests.authority.peer import Person, person
from tests.processes import until
from transport.connection import Connection, dial
from transport.flusher import Flusher

HOST = "127.0.0.1"
CONNECTIONS = 20


class Client:
    """A connection over TLS that speaks the client's side; it answers pings only when it reads."""

    def __init__(self, running: "Running") -> None:
        self.authority = running.authority
        self.connection: Connection = dial(HOST, running.port, running.flusher)
        self.connection.limit = frames.LIMIT_AFTER_LOGIN
        self.rid = 0
        running.clients.append(self)

    def send(self, message: messages.Message) -> None:
        self.connection.send(messages.encode(message))

    def receive(self) -> Any:
        body = self.connection.receive(10)
        return None if body is None else messages.decode(body, messages.FromAuthority | messages.Welcomed)

    def hello(self) -> "Client":
        nonce = random_nonce()
        self.send(Hello(messages.VERSION, nonce))
        welcome = check(self.receive().welcome, Welcome, self.authority.key.public, self.authority.id)
        assert welcome.client_nonce == nonce
        assert welcome.fingerprint == self.connection.certificate()
        self.nonce = welcome.server_nonce
        return self

    def ask(self, request: Request) -> Any:
        self.send(request)
        while True:
            answer = self.receive()
            if isinstance(answer, Ping):
                self.send(Pong(answer.n))
            if answer is None or isinstance(answer, Answer):
                break
        if isinstance(answer, Failed):
            raise from_wire(answer.code, answer.field, answer.values)
        return answer

    def sign_up(self, who: Person, owner_code: str | None = None) -> None:
        invitation = self.authority.state.invitation
        self.ask(messages.SignUp(1, who.register(), who.email, invitation, owner_code))

    def log_in(self, who: Person) -> None:
        self.ask(self.log_in_request(who))

    def log_in_request(self, who: Person) -> messages.LogIn:
        ours, seen = self.authority.id, self.connection.certificate()
        proof = prove(PROOF_AUTHORITY, ours, self.nonce, seen, who.uid, who.key, ours)
        return messages.LogIn(2, who.uid, proof, who.presence(), who.generation(), None, True)


class Running:
    """An authority on a free port of loopback, with the writer's thread, as run.py starts it."""

    def __init__(self, folder: Path) -> None:
        key = SigningKey.generate()
        sqlite.create(folder / "a.db", lambda rows: begin(rows, key))
        self.store = sqlite.open_file(folder / "a.db")
        self.authority = Authority(self.store, key, rising_clock())
        self.owner_code = self.authority.issue_owner_code()
        self.flusher = Flusher()
        self.clients: list[Client] = []
        self.server = Server(self.authority, HOST, 0, CONNECTIONS)
        self.port = self.server.port
        self.writer = Writer(self.authority, lambda function, *arguments: function(*arguments))
        self.writer.start()
        self.server.start()

    def client(self) -> Client:
        return Client(self).hello()

    def agent(self, who: Person) -> Client:
        client = self.client()
        client.log_in(who)
        return client

    def close(self) -> None:
        for client in self.clients:
            client.connection.release()
        self.server.close()
        self.writer.stop()
        self.store.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    yield started
    started.close()


@pytest.fixture
def sara(running: Running) -> Person:
    who = person(running.authority, "sara")
    running.client().sign_up(who, running.owner_code)
    return who


def raw(running: Running) -> ssl.SSLSocket:
    """A TLS socket on which a test writes bytes itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((HOST, running.port), 10))


def read_all(sock: ssl.SSLSocket) -> list[Any]:
    """Every message until the authority ends the connection."""
    splitter = frames.Splitter(frames.LIMIT_AFTER_LOGIN)
    found = []
    while data := sock.recv(4096):
        splitter.feed(data)
        while (body := splitter.next_body()) is not None:
            found.append(messages.decode(body, messages.FromAuthority | messages.Welcomed))
    return found


def test_sign_up_log_in_find_and_the_log_over_tls(running: Running, sara: Person) -> None:
    client = running.client()
    ali = person(running.authority, "علی")
    client.sign_up(ali)
    client.log_in(ali)
    assert isinstance(client.ask(Find(3, "sara", b"n" * 32)), Found)
    part = client.ask(FetchLog(4, 0))
    assert isinstance(part, LogPart) and len(part.entries) == 3


def test_many_clients_at_once(running: Running, sara: Person) -> None:
    failures: list[BaseException] = []

    def one(number: int) -> None:
        try:
            client, who = running.client(), person(running.authority, f"user{number}")
            client.sign_up(who)
            client.log_in(who)
            for _ in range(20):
                assert isinstance(client.ask(Find(3, "sara", b"n" * 32)), Found)
            client.connection.release()
        except (AssertionError, HamrazError) as failure:
            failures.append(failure)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert running.authority.published.size == 14


def test_frames_may_be_cut_and_merged_anywhere(running: Running) -> None:
    with raw(running) as sock:
        hello = frames.encode(messages.encode(Hello(messages.VERSION, b"n" * 32)))
        ping = frames.encode(messages.encode(Ping(7)))
        for byte in hello[:-3]:
            sock.sendall(bytes([byte]))
        sock.sendall(hello[-3:] + ping * 3 + ping[:5])
        sock.sendall(ping[5:] + frames.encode(b"\xc0"))
        welcome, *rest = read_all(sock)
    assert isinstance(welcome, messages.Welcomed)
    assert rest[:4] == [Pong(7)] * 4
    assert [answer.code for answer in rest[4:]] == ["bad_message"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\0\0\0\0", "bad_frame"),
        (b"\0\0\x10\x01", "frame_too_long"),  # one byte more than a stranger may
        (b"\xff\xff\xff\xff" + b"x" * 50, "frame_too_long"),
        (b"GET / HTTP/1.1\r\n\r\n", "frame_too_long"),
        (b"\0\0\0\x01\xc1", "bad_message"),
    ],
)
def test_a_broken_stream_gets_a_name_and_an_end(running: Running, sara: Person, data: bytes, code: str) -> None:
    witness = running.agent(sara)
    for before in (b"", frames.encode(messages.encode(Hello(messages.VERSION, b"n" * 32)))):
        with raw(running) as sock:
            sock.sendall(before + data)
            answers = read_all(sock)
        assert answers[-1].code == code and answers[-1].re == 0
        assert len(answers) == (2 if before else 1)
    assert isinstance(witness.ask(Find(3, "sara", b"n" * 32)), Found)


def test_a_stream_that_ends_in_the_middle_is_let_go(running: Running, sara: Person) -> None:
    witness = running.agent(sara)
    for data in (b"\0", b"\0\0\0\x20abc", frames.encode(messages.encode(Hello(messages.VERSION, b"n" * 32)))[:-1]):
        with raw(running) as sock:
            sock.sendall(data)
    until(lambda: len(running.server._connections) == 2, what="the others' end")  # the witness, and who signed up
    assert isinstance(witness.ask(Find(3, "sara", b"n" * 32)), Found)


def test_what_is_not_tls_or_an_old_one_gets_nothing(running: Running, sara: Person) -> None:
    with socket.create_connection((HOST, running.port), 10) as sock:
        sock.sendall(frames.encode(messages.encode(Hello(messages.VERSION, b"n" * 32))))
        with contextlib.suppress(ConnectionResetError):
            assert sock.recv(4096)[:1] in (b"", b"\x15")  # at most a TLS alert
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(OSError), socket.create_connection((HOST, running.port), 10) as old:
        context.wrap_socket(old)
    running.agent(sara)


def test_long_frames_are_taken_right_after_log_in(running: Running, sara: Person) -> None:
    client = running.client()
    many = Watch(3, [bytes([n // 256, n % 256]) * 16 for n in range(1000)])
    assert len(messages.encode(many)) > 8 * frames.LIMIT_BEFORE_LOGIN
    client.send(client.log_in_request(sara))
    assert isinstance(client.receive(), messages.LoggedIn)
    assert isinstance(client.ask(many), Watching)
    client.connection.send(bytes(frames.LIMIT_AFTER_LOGIN))
    assert client.receive().code == "bad_message"


def test_a_long_frame_before_log_in_ends_the_connection(running: Running) -> None:
    client = running.client()
    client.connection.send(bytes(frames.LIMIT_BEFORE_LOGIN + 1))
    answer = client.receive()
    assert (answer.code, answer.re) == ("frame_too_long", 0)
    assert client.receive() is None


def test_a_dead_agent_is_replaced_and_a_live_one_is_not(
    running: Running, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = running.agent(sara)
    second = running.client()
    second.send(second.log_in_request(sara))
    ping = first.receive()
    first.send(Pong(ping.n))
    assert second.receive().code == "other_agent"
    monkeypatch.setattr(login, "PING_MS", 300)
    second.log_in(sara)  # the first one answers nothing
    assert isinstance(first.receive(), Ping)
    assert first.receive().code == "replaced"
    assert first.receive() is None
    assert isinstance(second.ask(Find(3, "sara", b"n" * 32)), Found)


def test_a_connection_that_says_nothing_is_ended(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "STRANGER_MS", 200)
    with raw(running) as sock:
        (answer,) = read_all(sock)
    assert answer.code == "timed_out"
    until(lambda: running.authority.strangers == 0)


def test_strangers_give_way_to_newcomers_and_who_has_logged_in_stays(running: Running, sara: Person) -> None:
    known = running.agent(sara)
    strangers = [running.client() for _ in range(CONNECTIONS - 1)]  # the one that signed up gives way
    newcomers = [running.client() for _ in range(3)]
    for one in strangers[:3]:
        assert one.receive() is None
    for one in (strangers[3], *newcomers):
        with pytest.raises(HamrazError, match="log-in first"):  # it is listened to
            one.ask(Find(3, "sara", b"n" * 32))
    assert isinstance(known.ask(Find(3, "sara", b"n" * 32)), Found)
    until(lambda: len(running.server._connections) == CONNECTIONS)


def test_full_of_those_who_have_logged_in_it_takes_nobody_until_one_leaves(running: Running, sara: Person) -> None:
    everybody = [person(running.authority, f"person{n}") for n in range(CONNECTIONS - 1)]
    for who in everybody:
        running.client().sign_up(who)
    agents = [running.agent(who) for who in (sara, *everybody)]
    with pytest.raises(Unreachable):
        running.client()
    agents[0].connection.release()
    until(lambda: len(running.server._connections) == CONNECTIONS - 1)
    running.agent(sara)


def test_an_unexpected_failure_ends_one_connection_and_is_logged(
    running: Running, sara: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    witness, victim = running.agent(sara), running.client()
    with monkeypatch.context() as patched:
        patched.setattr(session_module, "welcome", lambda authority, caller, hello: 1 / 0)
        victim.send(Hello(messages.VERSION, b"n" * 32))
        assert victim.receive().code == "unexpected_message"  # HELLO comes once, so this one never gets there
        broken = Client(running)
        broken.send(Hello(messages.VERSION, b"n" * 32))
        assert broken.receive() is None
    assert any(record.exc_info for record in caplog.records)
    assert isinstance(witness.ask(Find(3, "sara", b"n" * 32)), Found)


def test_no_password_key_or_e_mail_reaches_the_log(
    running: Running, sara: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    client = running.client()
    with pytest.raises(HamrazError):
        client.sign_up(person(running.authority, "sara"))
    client.log_in(sara)
    assert sara.email not in caplog.text
    assert peer.FINGERPRINT.decode() not in caplog.text
