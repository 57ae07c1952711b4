"""What suites for WebSocket servers try (RFC 6455), and a little of HTTP, at a real agent's door in both concurrency
modes: frames in pieces, control frames, reserved bits, lengths, text that isn't, codes of closing.
"""

from __future__ import annotations

import os
import random
import socket
import struct
from collections.abc import Iterator

import pytest

from tests.door.client import LOOPBACK
from tests.door.test_hostile import agent, open_raw, resident
from tests.processes import Agent
from web_client.page.green_websocket import PIECES, bounded_message, unmask
from web_client.page.packets import LARGEST

__all__ = ["agent"]  # the fixture, of this file's own

CALL = b'421["status",{}]'
TEXT, BINARY, CLOSE, PING, PONG, MORE = 1, 2, 8, 9, 10, 0


def frame(opcode: int, payload: bytes = b"", final: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    size, bit = len(payload), 128 * masked
    if size < 126:
        head = struct.pack("!BB", opcode | reserved | 128 * final, bit | size)
    else:
        head = struct.pack("!BBQ", opcode | reserved | 128 * final, bit | 127, size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def pieces(*payloads: bytes, between: bytes = b"") -> bytes:
    """One text in as many frames, with something else before the last."""
    first, *rest, last = payloads
    middle = b"".join(frame(MORE, one, final=False) for one in rest)
    return frame(TEXT, first, final=False) + middle + between + frame(MORE, last)


def closing(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


ANSWERED = {
    "in one": frame(TEXT, CALL),
    "in three": pieces(CALL[:5], CALL[5:9], CALL[9:]),
    "byte by byte": pieces(*(bytes([byte]) for byte in CALL)),
    "with empty ones": pieces(b"", b"", b"", CALL, b""),
    "a ping between": pieces(CALL[:5], CALL[5:], between=frame(PING, b"x" * 125)),
    "a pong between": pieces(CALL[:5], CALL[5:], between=frame(PONG)),
    "a letter cut in two": pieces(b'421["status",{"\xc3', b'\xa9":1}]'),
    "after a pong nobody asked for": frame(PONG, b"x") + frame(TEXT, CALL),
    "after bytes": frame(BINARY, b"\0\1\2") + frame(TEXT, CALL),
}
ENDED = {
    "a long ping": frame(PING, b"x" * 126),
    "a ping in pieces": frame(PING, b"x", final=False) + frame(MORE, b"y"),
    "a piece of nothing": frame(MORE, CALL),
    "a text within a text": frame(TEXT, CALL[:5], final=False) + frame(TEXT, CALL),
    "a reserved bit": frame(TEXT, CALL, reserved=64),
    "a reserved bit at a ping": frame(PING, reserved=64),
    "without a mask": frame(TEXT, CALL, masked=False),
    "a ping without a mask": frame(PING, masked=False),
    "a length below zero": struct.pack("!BBQ", 129, 255, 2**64 - 1) + bytes(1 << 16),
    "no letter": frame(TEXT, b"42\xff"),
    "half a letter": frame(TEXT, b"42\xc3"),
    "a surrogate": frame(TEXT, b'421["status",{"\xed\xa0\x80":1}]'),
    "too long for its letter": frame(TEXT, b"42\xc0\xaf"),
    "beyond all letters": frame(TEXT, b"42\xf4\x90\x80\x80"),
    "half a letter in pieces": pieces(b'42["\xc3', b'"]'),
    "a close": closing(1000) + frame(TEXT, CALL),
    "a close with nothing": frame(CLOSE),
    "a close with half a code": frame(CLOSE, b"\3"),
    "a close in pieces": frame(CLOSE, b"\3\xe8", final=False),
    "a close within a text": frame(TEXT, CALL[:5], final=False) + closing(1000),
    "a close with a long reason": closing(1000, b"x" * 124),
    "a close with no letters": closing(1000, b"\xff\xfe"),
    **{f"a close by {code}": closing(code) for code in (0, 999, 1004, 1005, 1006, 1015, 2999, 3000, 4999, 5000, 65535)},
    **{f"opcode {code}": frame(code, b"x") for code in (3, 7, 11, 15)},
}


def talk(agent: Agent, sent: bytes, until: bytes | None) -> bytes:
    """What comes back after these bytes, to its end or to this."""
    with open_raw(agent) as raw:
        raw.sendall(frame(TEXT, b"40{}") + sent)
        came = b""
        try:
            while until is None or until not in came:
                piece = raw.recv(1 << 16)
                if not piece:
                    break
                came += piece
        except ConnectionResetError:
            pass  # it had more to read than it has read
        return came


@pytest.mark.parametrize("sent", ANSWERED.values(), ids=ANSWERED)
def test_what_the_standard_allows_is_answered(agent: Agent, sent: bytes) -> None:
    assert b"431[" in talk(agent, sent, b"431[")


@pytest.mark.parametrize("sent", ENDED.values(), ids=ENDED)
def test_what_it_forbids_ends_the_connection(agent: Agent, sent: bytes) -> None:
    assert b"431[" not in talk(agent, sent, None)


def test_a_text_in_pieces_without_an_end_is_not_kept_in_memory(agent: Agent) -> None:
    """Each frame is allowed: it was all of them together that nothing bounded, and nobody had to be logged in."""
    one = frame(MORE, bytes(60_000), final=False)
    before = resident(agent)
    with open_raw(agent) as raw, pytest.raises((ConnectionResetError, BrokenPipeError)):
        raw.sendall(frame(TEXT, b"42", final=False))
        for _ in range(64 * LARGEST // 60_000):
            raw.sendall(one)
    assert resident(agent) < before + 32 * 1024


class FailedConnectionError(Exception):
    """As the library's module has it beside its messages."""


class Message:
    def __init__(self) -> None:
        self.data: list[bytes] = []

    def push(self, data: bytes, final: bool = False) -> None:
        self.data.append(data)


@pytest.mark.parametrize(("size", "most"), [(0, PIECES), (1, PIECES), (LARGEST // 8, 8)])
def test_of_green_messages_neither_bytes_nor_pieces_are_without_number(size: int, most: int) -> None:
    message = bounded_message(Message)()
    for _ in range(most):
        message.push(bytes(size))
    with pytest.raises(FailedConnectionError) as ended:
        message.push(bytes(size))
    assert ended.value.args[0] == 1009 and len(message.data) == most


def test_unmasking_is_what_it_was_at_every_place() -> None:
    dice, mask = random.Random(1), (1, 0, 250, 7)
    for length in range(1, 10):
        for offset in range(9):
            data = dice.randbytes(length)
            expected = bytes(byte ^ mask[(offset + at) % 4] for at, byte in enumerate(data))
            assert unmask(data, mask, length, offset) == expected


def lines(agent: Agent, request: str) -> Iterator[bytes]:
    """The lines that begin answers to one request."""
    with socket.create_connection((LOOPBACK, agent.port), timeout=10) as raw:
        raw.sendall(request.replace("HOST", f"localhost:{agent.port}").encode() + b"x" * 5)
        with raw.makefile("rb") as answers:
            while (line := answers.readline()) and not line.startswith(b"HTTP/1.1 4"):
                if line.startswith(b"HTTP/"):
                    yield line.split()[1]


def test_who_waits_for_the_word_to_go_on_hears_it_once(agent: Agent) -> None:
    head = f"POST /files/upload/{'0' * 32}/0 HTTP/1.1\r\nHost: HOST\r\n"
    head += f"Authorization: Bearer {agent.api_token}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    assert list(lines(agent, head)) == [b"100"]
