"""Somebody stands between, with a certificate of their own: on real sockets, each time refused by name.

`Relay` ends TLS on both sides and hands every byte on, so that what it relays is signed by the right people.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from protocol import frames, links, messages
from protocol.errors import HamrazError
from protocol.messages import Hello
from tests.live.hostile import Mallory, Raw
from tests.live.in_process_network import InProcessNetwork, texts
from tests.processes import LOOPBACK, PASSWORD, until
from transport.tls import Certificate, client_context, server_context
from web_client.agent.api import Agent
from web_client.vault.database import Vault, save_setting


class Relay:
    """A TLS server that is a client of another one; `seen` is what callers have sent, `answered` what came back."""

    def __init__(self, target: int, port: int = 0) -> None:
        self._target = target
        self._context = server_context(Certificate.generate())
        self._server = socket.create_server((LOOPBACK, port))
        self.port: int = self._server.getsockname()[1]
        self.calls = 0
        self.seen, self.answered = bytearray(), bytearray()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _address = self._server.accept()
                threading.Thread(target=self._relay, args=(raw,), daemon=True).start()

    def _relay(self, raw: socket.socket) -> None:
        with contextlib.suppress(OSError):
            caller = self._context.wrap_socket(raw, server_side=True)
            self.calls += 1
            target = client_context().wrap_socket(socket.create_connection((LOOPBACK, self._target)))
            threading.Thread(target=pump, args=(target, caller, self.answered), daemon=True).start()
            pump(caller, target, self.seen)

    def bodies(self) -> list[bytes]:
        """What callers have sent, taken apart."""
        splitter = frames.Splitter(frames.LIMIT_AFTER_LOGIN)
        splitter.feed(bytes(self.seen))
        found = []
        while (body := splitter.next_body()) is not None:
            found.append(body)
        return found

    def tags(self) -> list[str]:
        return [msgspec.msgpack.decode(body)[0] for body in self.bodies()]

    def close(self) -> None:
        self._server.close()


def pump(source: ssl.SSLSocket, target: ssl.SSLSocket, kept: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError):
        while data := source.recv(65536):
            kept += data
            target.sendall(data)
    for sock in (source, target):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextlib.contextmanager
def relay(target: int, port: int = 0) -> Iterator[Relay]:
    made = Relay(target, port)
    try:
        yield made
    finally:
        made.close()


def refusal(run: Callable[[], Any]) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


def through(in_process: InProcessNetwork, port: int, **changes: Any) -> str:
    """The join link, with another port or another authority's id."""
    link = links.decode(in_process.join_link)
    return links.Link(link.hosts, port, link.invitation, changes.get("id", link.authority_id)).encode()


# --- before the authority ---


def test_between_an_agent_and_the_authority(in_process: InProcessNetwork) -> None:
    """WELCOME is relayed, rightly signed; only the certificate on the socket is another."""
    in_process.account("owner")
    with relay(in_process.server.port) as between:
        agent = in_process.agent("newcomer", through(in_process, between.port))
        for call in (
            lambda: agent.sign_up("x@mail.example.org", "newcomer", PASSWORD, PASSWORD),
            lambda: agent.join(through(in_process, between.port)),
        ):
            assert refusal(call) == "wrong_certificate"
        assert between.calls == 2
        assert between.answered, "the authority's true answer went through"
        until(lambda: between.tags() == ["hello", "hello"])
    assert not any(user.name == "newcomer" for user in in_process.authority.state.log.users.values())


def test_between_at_a_log_in(in_process: InProcessNetwork) -> None:
    """The account exists; the way to the authority is another one since."""
    agent = in_process.account("owner")
    agent.close()
    (in_process.folder / "owner" / "authority.link").write_text("")
    with relay(in_process.server.port) as between:
        vault_says(in_process, "owner", through(in_process, between.port))
        again = in_process.agent("owner", through(in_process, between.port))
        again.login("owner", PASSWORD)
        assert again.snapshot()["link"]["why"] == "wrong_certificate"
        again.close()
        assert set(between.tags()) == {"hello"}


def vault_says(in_process: InProcessNetwork, name: str, link: str) -> None:
    """The vault's own copy of the link leads through the relay, as a changed route would."""
    opened = Vault.open(in_process.folder / name, PASSWORD, lambda function, *arguments: function(*arguments))
    opened.write(lambda rows: save_setting(rows, "link", link.encode()))
    opened.close()


def test_another_authority_than_the_link_s(in_process: InProcessNetwork) -> None:
    """A wrong id in the link: nothing is sent after HELLO."""
    in_process.account("owner").close()
    until(lambda: not in_process.authority.online.ready(), what="the owner's end")
    before = len(in_process.at_authority)
    agent = in_process.agent("newcomer", through(in_process, in_process.server.port, id=bytes(32)))
    assert refusal(lambda: agent.sign_up("x@mail.example.org", "newcomer", PASSWORD, PASSWORD)) == "wrong_authority"
    assert refusal(lambda: agent.join(through(in_process, in_process.server.port, id=bytes(32)))) == "wrong_authority"
    sent = [tag(body) for body in in_process.at_authority[before:]]
    assert sent.count("hello") == sent.count("welcomed") == 2
    assert set(sent) <= {"hello", "welcomed", "ping", "pong"}
    assert not (in_process.folder / "newcomer" / "vault.db").exists()


def tag(body: bytes) -> str:
    return str(msgspec.msgpack.decode(body)[0])


def test_a_proof_through_a_relay_is_worth_nothing(in_process: InProcessNetwork) -> None:
    """Even a client that doesn't look at the certificate: its proof names the one that it saw."""
    in_process.account("owner")
    mallory = Mallory(in_process.join_link)
    with relay(in_process.server.port) as between:
        mallory.port = between.port
        with pytest.raises(AssertionError, match="bad_proof"):
            mallory.logged_in()
        assert between.tags() == ["hello", "log_in"]


def test_everything_is_refused_before_hello(in_process: InProcessNetwork) -> None:
    """Each message of the protocol, sent first: none is looked into."""
    in_process.account("owner")
    for kind in messages.TAGS:
        if kind == "hello":
            continue
        with Raw(in_process.server.port) as raw:
            raw.stream(frames.encode(msgspec.msgpack.encode([kind, 1])))
            assert raw.refusals() == ["unexpected_message"], kind
    with Raw(in_process.server.port) as raw:
        raw.send(Hello(messages.VERSION, bytes(32)))
        assert raw.answer(messages.Welcomed)


# --- between two agents ---


def listener_port(agent: Agent) -> int:
    assert agent._session is not None
    return agent._session.ctx.network.port


def test_on_somebody_s_port_with_another_certificate(in_process: InProcessNetwork) -> None:
    """sara's agent is gone without a word; mallory takes its port, and would hand everything on."""
    arash, sara = in_process.account("arash"), in_process.account("sara")
    arash.private_chat("arash", "sara", "before")
    until(lambda: texts(arash, "sara") == [("before", "delivered")], 30)
    node = sara._session
    assert node is not None and arash._session is not None
    port = node.ctx.network.port
    node.ctx.network.close()  # only its listener: the authority still takes sara for online
    arash._session.links.drop(node.ctx.me.uid)
    with relay(in_process.server.port, port) as between:
        arash.private_chat("arash", "sara", "for sara only")
        until(lambda: why(arash) == "wrong_certificate", 30)
        assert between.calls >= 1 and between.bodies() == []
    assert texts(arash, "sara")[-1] == ("for sara only", "waiting")


def why(agent: Agent) -> str | None:
    chat = agent.snapshot()["conversations"][0]
    reason: str | None = agent.history(chat["chat"], None, None, 1)["messages"][0]["why"]
    return reason


def test_a_message_goes_straight_from_agent_to_agent(in_process: InProcessNetwork) -> None:
    """What would be relayed is seen: the tap on the way between agents is no empty one."""
    arash, sara = in_process.account("arash"), in_process.account("sara")
    arash.private_chat("arash", "sara", "straight")
    until(lambda: texts(sara, "arash") == [("straight", "received")], 30)
    assert [tag(body) for body in in_process.between_agents].count("deliver") == 1
    assert "deliver" not in [tag(body) for body in in_process.at_authority]
