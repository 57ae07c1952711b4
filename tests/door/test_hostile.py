"""Frames that no honest client sends, in both concurrency modes, at a real agent's door: it stays up and quiet."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket

from tests.door.client import LOOPBACK, PAGE, Client
from tests.processes import Agent, until


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def agent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """An agent that knows no authority yet; in the end it must have said nothing but where its page is.

    (eventlet's server says in a line what it got that is not HTTP at all.)
    """
    running = Agent(tmp_path_factory.mktemp("agent"), request.param)
    running.start()
    yield running
    code = running.stop()
    assert [line for line in running.output if not line.startswith("page: ") and " 400" not in line] == []
    assert code == 0


def enter(agent: Agent, origin: str | None = PAGE) -> Client:
    client = Client(agent.port, origin)
    assert "sid" in client.enter({} if origin else {"token": agent.api_token})
    return client


def open_raw(agent: Agent) -> socket.socket:
    """A WebSocket just after its handshake, as a bare socket."""
    raw = socket.create_connection((LOOPBACK, agent.port), timeout=10)
    host = f"localhost:{agent.port}"
    raw.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    answer = b""
    while b'"sid"' not in answer:
        answer += raw.recv(4096)
    assert answer.startswith(b"HTTP/1.1 101 ")
    return raw


def masked(opcode: int, payload: bytes, final: bool = True) -> bytes:
    """One frame as a client sends it (RFC 6455, section 5.2), under a mask of zeros."""
    size = len(payload)
    length = struct.pack("!B", 128 | size) if size < 126 else struct.pack("!BQ", 128 | 127, size)
    return struct.pack("!B", opcode | 128 * final) + length + bytes(4) + payload


FRAMES = [
    "42",
    "42{}",
    "42null",
    "42[",
    '42["status"',
    "421",
    "421[]",
    "421{}",
    "421null",
    '42["connect",{}]',
    '421["connect",{"token":"x"}]',
    '421["disconnect"]',
    '421["disconnect","x"]',
    '42["call",["status"]]',
    "43",
    "430[]",
    "431[]",
    '4300["x"]',
    "44",
    '44{"message":"x"}',
    '451-["status",{"_placeholder":true,"num":0}]',
    '4599999999999-["status"]',
    "451-",
    '461-1["x"]',
    "49",
    "4",
    "4x",
    "4🙂",
    "4-",
    "40/admin,{}",
    "41/admin,",
    "42/admin,1[]",
    "40",
    '40{"token":"x"}',
    "42" + "9" * 200 + '["status"]',
    '42["status",' + "[" * 100_000,
    '42["status",' + "9" * 10_000 + "]",
    '42["status",{"' + "x" * 300_000 + '":1}]',
    '42["\\ud800",{}]',
    "3",
    "6",
]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame[:24])
def test_a_connection_survives_nonsense(agent: Agent, frame: str) -> None:
    with enter(agent) as page:
        page.send(frame)
        page.send(frame)
        page.send('4277["status",{}]')
        while not (answer := page.receive()).startswith("4377["):
            assert answer, "the connection was closed"
        assert json.loads(answer[4:])[0]["stage"] == "join"


@pytest.mark.parametrize("frame", ["", "x", "9", "🙂", "8nonsense", "b!!!!", "1"])
def test_what_is_not_engine_io_hurts_its_own_connection_only(agent: Agent, frame: str) -> None:
    with enter(agent) as other, enter(agent) as page:
        page.send(frame)
        other.call("status")
        with enter(agent) as next_one:
            next_one.call("status")


def test_binary_frames_are_not_taken(agent: Agent) -> None:
    with enter(agent) as page:
        page.send('451-1["status",{"_placeholder":true,"num":0}]')
        for _ in range(20):
            page.socket.send_binary(os.urandom(1000))
        page.call("status")


def test_a_large_message_passes_and_a_too_large_frame_closes(agent: Agent) -> None:
    with enter(agent, origin=None) as bot:
        # 64 KiB of the character that JSON makes longest.
        message = {"username": "sara", "client_b_username": "ali", "message": "\x01" * 65536}
        assert bot.refused("private_chat", message)["code"] == "no_account"
        with enter(agent) as other:
            with pytest.raises((websocket.WebSocketException, OSError)):
                bot.send('421["status",{"x":"' + "x" * (1 << 20) + '"}]')
                while bot.receive():
                    pass
                raise websocket.WebSocketConnectionClosedException("closed")
            other.call("status")


def resident(agent: Agent) -> int:
    """KiB of memory that the agent's process holds."""
    assert agent.child is not None
    status = Path(f"/proc/{agent.child.pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0])


def test_an_endless_frame_is_not_kept_in_memory(agent: Agent) -> None:
    before = resident(agent)
    with open_raw(agent) as raw, pytest.raises((ConnectionResetError, BrokenPipeError)):
        raw.sendall(struct.pack("!BBQ", 0x81, 128 | 127, 1 << 40) + bytes(4))
        for _ in range(64):
            raw.sendall(bytes(1 << 20))
    with enter(agent) as page:
        page.call("status")
    assert resident(agent) < before + 32 * 1024


def test_random_bytes_on_the_websocket(agent: Agent, long: bool) -> None:
    dice = random.Random(5)
    for _ in range(200 if long else 20):
        with open_raw(agent) as raw:
            raw.sendall(dice.randbytes(dice.randrange(1, 200)))
            with contextlib.suppress(OSError):  # it may have cut this connection off already
                raw.shutdown(socket.SHUT_WR)
    with enter(agent) as page:
        page.call("status")


def test_text_that_is_not_utf_8(agent: Agent) -> None:
    for payload in (b"\xff\xfe", b'42["\xc3"]', b"4\x80"):
        with open_raw(agent) as raw:
            raw.sendall(masked(1, payload))
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(4096):
                pass
    with enter(agent) as page:
        page.call("status")


def test_connections_that_end_in_the_middle_are_forgotten(agent: Agent) -> None:
    for _ in range(30):
        raw = open_raw(agent)
        raw.sendall(masked(1, b"40{}") + masked(1, b'421["status",{}]')[:9])
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # the close is a reset
        raw.close()
    with enter(agent) as page:
        page.call("status")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nHost: HOST\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: nonsense\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /static/%ff%fe.js HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"GET //[ HTTP/1.1\r\nHost: HOST\r\n\r\n",
    ],
    ids=lambda request: request[:48].decode("latin-1"),
)
def test_odd_http_is_never_answered_with_the_page(agent: Agent, request_bytes: bytes) -> None:
    with socket.create_connection((LOOPBACK, agent.port), timeout=10) as raw:
        answer = b""
        try:
            raw.sendall(request_bytes.replace(b"HOST", f"localhost:{agent.port}".encode()))
            raw.shutdown(socket.SHUT_WR)
            while piece := raw.recv(4096):
                answer += piece
        except OSError:
            pass  # cut off before all was sent
    assert b" 200 " not in answer.split(b"\r\n")[0]
    assert b"Traceback" not in answer
    assert b"main.js" not in answer


def test_many_connections_at_once(agent: Agent) -> None:
    pages = [enter(agent) for _ in range(60)]
    numbers = [page.begin("status", {}) for page in pages]
    assert all(page.answer(number)["ok"] for page, number in zip(pages, numbers, strict=True))
    for page in pages:
        page.socket.close()


def test_the_guard_stands_here_too(agent: Agent) -> None:
    for headers, status in [({"Host": "evil.example"}, 421), ({"Origin": "http://evil.example"}, 403), ({}, 200)]:
        connection = http.client.HTTPConnection(LOOPBACK, agent.port, timeout=10)
        connection.request("GET", "/", headers=headers)
        response = connection.getresponse()
        assert response.status == status
        assert "frame-ancestors 'none'" in (response.getheader("Content-Security-Policy") or "")
        connection.close()
    with Client(agent.port, origin=None) as stranger:
        assert stranger.enter()["data"]["code"] == "token_needed"
    until(lambda: agent.child is not None and agent.child.code is None)
