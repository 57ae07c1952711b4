"""Every kind of wrong frame, at a real authority and a real agent, before and after log-in, while others chat on."""

from __future__ import annotations

import os
import random
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from launch.agent_api import AgentApi
from protocol import frames, messages
from protocol.messages import FetchLog, Hello, LogIn, PeerHello, Ping, Welcomed
from protocol.statements import Signed
from tests.live.hostile import Mallory, Raw
from tests.live.in_process_network import InProcessNetwork
from tests.processes import Agent, Network, until
from tests.protocol.hostile import BOMBS, encodings_of
from web_client.net import network as network_module

NONCE = bytes(range(32))
CHANCE = random.Random(1404)


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def whole(value: Any) -> bytes:
    """A frame of any MessagePack value."""
    return frame(msgspec.msgpack.encode(value))


# what: (stream, the code that must be named; None where the frame is cut off and there may be nobody to answer)
WRONG: dict[str, tuple[bytes, str | None]] = {
    "garbage": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "frame_too_long"),
    "an empty frame": (frame(b""), "bad_frame"),
    "the longest length": (b"\xff\xff\xff\xff", "frame_too_long"),
    "one byte more than ever allowed": (struct.pack(">I", 1024 * 1024 + 1), "frame_too_long"),
    "cut off in the length": (b"\0\0", None),
    "cut off in the body": (frame(b"x" * 100)[:50], None),
    "noise in a frame": (frame(bytes(CHANCE.randrange(256) for _ in range(300))), "bad_message"),
    "no tag": (whole([1, 2, 3]), "bad_message"),
    "a map": (whole({"ping": 1}), "bad_message"),
    "a wrong type": (whole(["ping", "one"]), "bad_message"),
    "a float for an integer": (whole(["ping", 1.0]), "bad_message"),
    "a number that is too large": (whole(["ping", 2**32]), "bad_message"),
    "a number below zero": (whole(["ping", -1]), "bad_message"),
    "a field too many": (whole(["ping", 1, 2]), "bad_message"),
    "a field too few": (whole(["ping"]), "bad_message"),
    "one byte too many": (frame(messages.encode(Ping(1)) + b"\0"), "bad_message"),
    "two bodies in a frame": (frame(messages.encode(Ping(1)) * 2), "bad_message"),
    "an answer that nobody asked for": (whole(["done", 1]), "unexpected_message"),
    **{f"bomb {number}": (frame(bomb), None) for number, bomb in enumerate(BOMBS) if bomb},
}
STRANGERS = {
    "one byte more than a stranger may send": (struct.pack(">I", 4097), "frame_too_long"),
    "a hello of another version": (whole(["hello", 1, NONCE]), "wrong_version"),
    "a hello with a nonce that is too short": (whole(["hello", messages.VERSION, NONCE[:31]]), "bad_message"),
    "an unknown tag, which is passed over only from who is known": (whole(["no_such_message", 1]), "bad_message"),
    "a log-in before hello": (
        frame(messages.encode(LogIn(1, NONCE, *[Signed(b"", bytes(64))] * 3, None, True))),
        "unexpected_message",
    ),
    "a question before hello": (frame(messages.encode(FetchLog(1, 0))), "unexpected_message"),
    "a ping before hello": (frame(messages.encode(Ping(1))), "unexpected_message"),
}


class Chatter:
    """Two people who write to each other all the time, and what came of it."""

    def __init__(self, one: Agent, other: Agent) -> None:
        self._apis = {agent.name: agent.program() for agent in (one, other)}
        self._names = (one.name, other.name)
        self._over = threading.Event()
        self.delivered = 0
        self.trouble: list[BaseException] = []
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            number = 0
            while not self._over.wait(0.05):
                number += 1
                self.say(self._names[number % 2], self._names[1 - number % 2], f"{number}")
        except BaseException as reason:
            self.trouble.append(reason)

    def say(self, sender: str, receiver: str, text: str) -> None:
        """Write, and wait until both agents have told their pages that it has arrived."""
        api = self._apis[sender]
        sent = api.call("private_chat", username=sender, client_b_username=receiver, message=text)["id"]
        self._apis[receiver].wait_for(is_message(sent, "received"), 20)
        api.wait_for(is_message(sent, "delivered"), 20)
        self.delivered += 1

    def __enter__(self) -> Chatter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(30)
        for api in self._apis.values():
            api.close()
        assert self.trouble == [], "the chat was disturbed"


def is_message(id: str, state: str) -> Callable[[str, Any], bool]:
    return lambda name, value: name == "message" and (value["id"], value["state"]) == (id, state)


def resident(pid: int) -> int:
    """Bytes of memory that a process uses."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


class Targets:
    """An authority, two people who chat, and mallory."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.arash, self.sara = network.account("arash"), network.account("sara")
        self.mallory = Mallory(network.authority.join_link)
        self.uid, self.presence = self.mallory.find("sara")

    def at(self, place: str) -> Raw:
        """A connection to one of the four places."""
        match place:
            case "authority":
                return Raw(self.mallory.port)
            case "authority, logged in":
                return self.mallory.logged_in()
            case "agent":
                return Raw(self.presence.port)
            case _:
                return self.mallory.let_in(self.uid, self.presence)

    def pid(self, place: str) -> int:
        service = self.network.authority if place.startswith("authority") else self.sara
        assert service.child is not None
        return service.child.pid


PLACES = ["authority", "authority, logged in", "agent", "agent, let in"]


@pytest.fixture(scope="module", params=["eventlet", pytest.param("threading", marks=pytest.mark.long)])
def targets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Targets]:
    with Network(tmp_path_factory.mktemp("targets"), request.param) as network:
        yield Targets(network)


@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_frame_is_named_and_ends_the_connection(targets: Targets, place: str) -> None:
    wrong = WRONG if "," in place else WRONG | STRANGERS
    with Chatter(targets.arash, targets.sara) as chatter:
        for what, (stream, code) in wrong.items():
            if place == "agent" and "hello" in what:
                stream = stream.replace(b"\xa5hello", b"\xaapeer_hello")
                stream = frame(stream[4:])
            named = {code}
            if "," not in place and b"ping" in stream:
                named.add("unexpected_message")  # before HELLO a ping has no place, whatever is in it
            with targets.at(place) as raw:
                raw.stream(stream)
                if code is None:
                    raw.end()
                codes = raw.refusals()
            assert len(codes) <= 1, what
            assert code is None or (codes and codes[0] in named), what
        before = chatter.delivered
        until(lambda: chatter.delivered > before + 2 or chatter.trouble, 30)


@pytest.mark.parametrize("place", ["authority", "agent"])
def test_split_merged_and_wide_frames_are_taken(targets: Targets, place: str) -> None:
    hello = Hello(messages.VERSION, NONCE) if place == "authority" else PeerHello(messages.VERSION)
    answer: Any = Welcomed if place == "authority" else messages.PeerWelcome
    encoded = messages.encode(hello)
    with targets.at(place) as raw:  # one byte after the other
        for at in range(len(frame(encoded))):
            raw.stream(frame(encoded)[at : at + 1])
        assert raw.answer(answer)
    with targets.at(place) as raw:  # several frames at once, and the beginning of another
        raw.stream(frame(encoded) + frame(messages.encode(Ping(7))) + frame(messages.encode(Ping(8))) + b"\0\0")
        assert raw.answer(answer)
        assert [raw.answer(messages.Pong).n for _ in range(2)] == [7, 8]
    version = encoded.index(b"hello") + len(b"hello")
    for wide in encodings_of(messages.VERSION):
        with targets.at(place) as raw:
            raw.stream(frame(encoded[:version] + wide + encoded[version + 1 :]))
            assert raw.answer(answer), wide


@pytest.mark.parametrize("place", ["authority", "agent"])
def test_many_who_hold_half_a_frame_cost_little_and_disturb_nobody(targets: Targets, place: str, long: bool) -> None:
    count = 200 if long else 60
    pid = targets.pid(place)
    with Chatter(targets.arash, targets.sara) as chatter:
        until(lambda: chatter.delivered > 2 or chatter.trouble, 30)
        before = resident(pid)
        held = [targets.at(place) for _ in range(count)]
        for raw in held:
            raw.stream(frame(b"x" * 4096)[:-1])
        delivered = chatter.delivered
        until(lambda: chatter.delivered > delivered + 3 or chatter.trouble, 30)
        grown = resident(pid) - before
        for raw in held:
            raw.close()
    assert grown < count * 256 * 1024, f"{grown / count / 1024:.0f} KiB for each"


def test_a_stranger_has_ten_seconds_at_an_agent(in_process: InProcessNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pings they send; who has proved themselves stays."""
    monkeypatch.setattr(network_module, "STRANGER_SECONDS", 0.5)
    in_process.account("arash")
    in_process.account("sara")
    mallory = Mallory(in_process.join_link)
    uid, presence = mallory.find("sara")
    stranger, _welcome = mallory.knocking(presence)
    with stranger, mallory.let_in(uid, presence) as proven:
        began = time.monotonic()
        while stranger.pinged():
            assert time.monotonic() < began + 20
        proven.send(Ping(3))
        assert proven.answer(messages.Pong).n == 3


@pytest.mark.parametrize("place", ["authority, logged in", "agent, let in"])
def test_who_is_logged_in_holds_one_frame_and_no_more(targets: Targets, place: str) -> None:
    pid = targets.pid(place)
    with targets.at(place) as raw:
        before = resident(pid)
        raw.stream(frame(os.urandom(1024 * 1024))[:-1])
        raw.send(Ping(1))  # still part of the frame
        raw.end()
        assert raw.refusals() in (["bad_message"], [])
    for _ in range(10):
        with targets.at(place) as raw:
            raw.stream(frame(os.urandom(1024 * 1024))[:-1])
    assert resident(pid) - before < 24 * 1024 * 1024


def test_who_reads_nothing_is_cut_off(targets: Targets) -> None:
    """A flood of questions whose answers nobody takes; at both at once, as each has its seconds of patience."""
    questions = {"authority, logged in": frame(messages.encode(FetchLog(5, 0))), "agent, let in": more_prekeys()}
    with Chatter(targets.arash, targets.sara) as chatter, ExitStack() as stack:
        raws = {place: stack.enter_context(targets.at(place)) for place in questions}
        before = {place: resident(targets.pid(place)) for place in questions}
        with ThreadPoolExecutor(len(questions)) as pool:
            floods = [pool.submit(flood, place, raws[place], question) for place, question in questions.items()]
        for one in floods:
            one.result()
        delivered = chatter.delivered
        until(lambda: chatter.delivered > delivered + 2 or chatter.trouble, 30)
        for place, bytes_before in before.items():
            assert resident(targets.pid(place)) - bytes_before < 64 * 1024 * 1024, place


def flood(place: str, raw: Raw, question: bytes) -> None:
    """Ask until the other side hangs up; TimeoutError or AssertionError if it never does."""
    until(lambda: is_cut_off(raw, question), 60, f"the end of the connection to the {place}")


def is_cut_off(raw: Raw, question: bytes) -> bool:
    try:
        raw.sock.sendall(question * 50)
    except TimeoutError:
        raise  # it takes nothing, and bears it
    except OSError:
        return True
    return False


def more_prekeys() -> bytes:
    return frame(messages.encode(messages.MorePrekeys(5)))


def test_nobody_has_complained(targets: Targets) -> None:
    """After all that: no traceback in what the processes printed."""
    with AgentApi(targets.arash.port, token=targets.arash.api_token) as api:
        assert api.call("snapshot")["link"]["up"]
    for service in (targets.network.authority, targets.arash, targets.sara):
        assert not [line for line in service.output if "Traceback" in line or "Error" in line], service.arguments
    assert frames.LIMIT_BEFORE_LOGIN == 4096
