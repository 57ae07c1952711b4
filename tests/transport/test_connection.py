"""Whole frames both ways at once, and what ends a connection."""

from __future__ import annotations

import socket
import struct
import threading
import time
from types import SimpleNamespace

import pytest

from protocol import frames
from protocol.errors import Unreachable, WireError
from tests.processes import until
from tests.transport.pair import FLUSHER, SECONDS, Place, in_thread
from transport import connection as connection_module
from transport.body_memory import EACH, LONG, BodyMemory
from transport.connection import OUT_LIMIT, READ_COST, Connection, dial
from transport.flusher import SHARE
from transport.turns import Account

MIB = 1024 * 1024
LENGTHS = [1, 2, 3, 4095, MIB, 5, MIB - 1, 16 * 1024, 16 * 1024 + 1, 1, MIB, 7]  # below OUT_LIMIT together


def bodies(mark: int) -> list[bytes]:
    return [bytes([mark, at] * (length // 2) + [at])[:length] for at, length in enumerate(LENGTHS)]


def receive_all(connection: Connection, count: int) -> list[bytes | None]:
    return [connection.receive(SECONDS) for _ in range(count)]


def widen(*connections: Connection) -> None:
    for connection in connections:
        connection.limit = frames.LIMIT_AFTER_LOGIN


def narrow(here: Place) -> tuple[Connection, Connection]:
    """A pair whose sockets hold little by themselves, so that a reader's not reading is felt soon."""
    caller, listener = here.pair()
    widen(caller, listener)
    caller._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    listener._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
    return caller, listener


def test_both_sides_send_small_and_big_frames_at_once(here: Place) -> None:
    caller, listener = here.pair()
    widen(caller, listener)
    arrived = [in_thread(lambda end=end: receive_all(end, len(LENGTHS))) for end in (caller, listener)]
    for to_listener, to_caller in zip(bodies(1), bodies(2), strict=True):
        caller.send(to_listener)
        listener.send(to_caller)
    assert arrived[0].get(timeout=SECONDS) == bodies(2)
    assert arrived[1].get(timeout=SECONDS) == bodies(1)


def test_what_is_here_already_is_at_hand(here: Place) -> None:
    """Without waiting: what isn't whole, what is long, and what breaks a rule is left to `receive`."""
    caller, listener = here.pair()
    widen(caller, listener)
    assert listener.at_hand() is None
    long = bytes(LONG + 1)
    wrong = struct.pack(">I", frames.LIMIT_AFTER_LOGIN + 1)
    caller.send_frame(b"".join(map(frames.encode, (b"one", b"two", b"three"))) + frames.encode(b"four")[:6])
    assert listener.receive(SECONDS) == b"one"
    assert [listener.at_hand(), listener.at_hand(), listener.at_hand()] == [b"two", b"three", None]
    caller.send_frame(frames.encode(b"four")[6:] + frames.encode(long))
    assert listener.receive(SECONDS) == b"four"
    assert listener.receive(SECONDS) == long and listener.at_hand() is None
    caller.send_frame(frames.encode(b"five") + wrong)
    assert listener.receive(SECONDS) == b"five" and listener.at_hand() is None
    with pytest.raises(WireError, match="frame"):
        listener.receive(SECONDS)


def test_many_threads_send_on_one_connection(here: Place) -> None:
    caller, listener = here.pair()

    def send(mark: int) -> None:
        for number in range(200):
            way = caller.send if (mark + number) % 3 else caller.send_at_once
            way(struct.pack(">BI", mark, number))

    senders = [threading.Thread(target=send, args=(mark,)) for mark in range(4)]
    for sender in senders:
        sender.start()
    came = [struct.unpack(">BI", body) for body in receive_all(listener, 800) if body]
    for mark in range(4):  # nothing lost, torn or out of a sender's order
        assert [number for who, number in came if who == mark] == list(range(200))


def test_what_is_queued_in_one_turn_is_one_write(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, listener = here.pair()
    writes: list[int] = []
    send = caller._sock.send
    monkeypatch.setattr(caller._sock, "send", lambda data: (writes.append(len(data)), send(data))[1])
    caller._blocked = True  # the flusher can't come in between, however slow this thread is
    for number in range(100):
        caller.send(struct.pack(">I", number))
    caller._blocked = False
    caller.flush()
    caller.send(b"last")
    assert receive_all(listener, 101)[-1] == b"last"
    assert writes == [800, 8]


def test_what_is_waited_for_goes_out_here(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long one the first part; and with what waits already it goes out in its place."""
    caller, listener = here.pair()
    widen(listener)
    woken: list[Connection] = []
    monkeypatch.setattr(FLUSHER, "add", woken.append)
    caller.send_at_once(b"at once")
    assert not caller._out_size and not woken
    came = in_thread(lambda: receive_all(listener, 4))
    caller.send(b"with the next turn")
    caller.send_at_once(b"after it")
    assert woken == [caller] and len(caller._out) == 2
    caller.flush()
    caller.send_at_once(bytes(2 * SHARE))
    assert woken == [caller, caller] and 0 < caller._out_size < SHARE + 9
    caller.flush()
    assert came.get(timeout=SECONDS) == [b"at once", b"with the next turn", b"after it", bytes(2 * SHARE)]


def test_a_long_answer_goes_out_in_parts_and_what_is_queued_meanwhile_after_it(here: Place) -> None:
    """Others have a turn of the flusher's between them; nothing is copied again for each part."""
    caller, listener = here.pair()
    widen(listener)
    caller._blocked = True
    for mark in (1, 2):
        caller.send(bytes([mark]) * (SHARE + 5))
    caller._blocked = False
    before = caller._out_size
    came = in_thread(lambda: receive_all(listener, 3))
    assert caller._write_some(SHARE) == "more"
    assert SHARE <= before - caller._out_size < SHARE + connection_module.WRITE_SIZE
    caller.send(b"last")
    assert caller._out == [frames.encode(b"last")]
    caller.flush(SHARE)
    assert came.get(timeout=SECONDS) == [bytes([1]) * (SHARE + 5), bytes([2]) * (SHARE + 5), b"last"]
    assert until(lambda: caller._out_size == 0)


def test_who_sends_without_an_end_is_read_in_parts(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    caller, listener = here.pair()
    widen(caller, listener)
    pauses: list[float] = []
    monkeypatch.setattr(connection_module, "time", SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic))
    caller.send(bytes(5 * SHARE))
    came = in_thread(lambda: listener.receive(SECONDS))
    assert came.get(timeout=SECONDS) == bytes(5 * SHARE)
    assert pauses.count(0) >= 4


def test_who_sends_byte_by_byte_is_read_no_longer_at_a_time(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of one byte costs nearly as much as a full one: of 128 KiB of them others would wait half a second."""
    client, server = split_client(here)
    pauses: list[float] = []
    monkeypatch.setattr(connection_module, "time", SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic))
    for byte in frames.encode(bytes(1000)):
        client.send(bytes([byte]))
    assert server.receive(SECONDS) == bytes(1000)
    assert pauses.count(0) >= 1000 * READ_COST // SHARE


def test_bytes_come_one_by_one_or_all_at_once(here: Place) -> None:
    client, server = split_client(here)
    sent = [b"a", b"bc" * 30, b"d" * 4096]
    stream = b"".join(frames.encode(body) for body in sent)
    client.sendall(stream)
    assert receive_all(server, 3) == sent
    for at in range(0, 200):
        client.sendall(stream[at : at + 1])
    client.sendall(stream[200:])
    assert receive_all(server, 3) == sent


def split_client(here: Place) -> tuple[socket.socket, Connection]:
    return here.tls(connection_module.client_context()), here.served()


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (struct.pack(">I", 0), "bad_frame"),
        (struct.pack(">I", 4097), "frame_too_long"),
        (b"\xff\xff\xff\xff", "frame_too_long"),
        (frames.encode(b"whole") + struct.pack(">I", 4097), "frame_too_long"),
        (frames.encode(b"cut off")[:-1], "bad_frame"),
        (b"\0", "bad_frame"),
    ],
)
def test_a_bad_frame_has_a_name(here: Place, stream: bytes, code: str) -> None:
    client, server = split_client(here)
    client.sendall(stream)
    client.shutdown(socket.SHUT_WR)
    with pytest.raises(WireError) as refusal:
        while server.receive(SECONDS) is not None:
            pass
    assert refusal.value.code == code


def test_the_limit_counts_from_the_next_frame_on(here: Place) -> None:
    client, server = split_client(here)
    big = b"x" * 5000
    client.sendall(frames.encode(b"log-in") + frames.encode(big))  # both in one write
    assert server.receive(SECONDS) == b"log-in"
    widen(server)
    assert server.receive(SECONDS) == big


def test_nothing_in_time_is_named_and_the_connection_goes_on(here: Place) -> None:
    caller, listener = here.pair()
    with pytest.raises(Unreachable) as reason:
        listener.receive(0.05)
    assert reason.value.code == "timed_out"
    caller.send(b"late")
    assert listener.receive(SECONDS) == b"late"


def test_a_long_body_is_read_once_there_is_room_for_it(here: Place) -> None:
    """And what it took is given back once it has been carried out, or the connection has ended."""
    caller, listener = here.pair()
    widen(caller, listener)
    asked: list[int] = []
    given: list[int] = []

    def find(size: int) -> bool:
        asked.append(size)
        return len(asked) > 3

    listener.find_room, listener.give_room = find, given.append
    caller.send(b"x" * LONG)
    assert listener.receive(SECONDS) == b"x" * LONG and asked == []  # not a long one
    caller.send(b"y" * 300_000)
    assert listener.receive(SECONDS) == b"y" * 300_000
    assert asked == [300_000] * 4 and given == []
    caller.send(b"z" * 200_000)
    assert listener.receive(SECONDS) == b"z" * 200_000
    assert given == [300_000]
    listener.release()
    assert given == [300_000, 200_000]


def test_an_account_has_so_much_on_its_way_and_takes_no_others_room() -> None:
    room, who = BodyMemory(), list[Account]([b"rude"])
    find, give = room.of(lambda: who[0])
    big = MIB
    assert [find(big) for _ in range(5)] == [True] * 4 + [False]
    who[0] = b"honest"  # from now on it is somebody else's connection
    assert find(big)
    give(big)
    assert room.enter(b"rude", 1) is False
    for _ in range(4):
        give(big)
    assert not room._taken
    assert room.enter(b"rude", 10 * EACH)  # one always fits


@pytest.mark.parametrize("whose", ["own", "other"])
def test_a_close_wakes_the_reader(here: Place, whose: str) -> None:
    caller, listener = here.pair()
    caller.send(b"first")
    reading = in_thread(lambda: receive_all(listener, 2))
    (listener if whose == "own" else caller).close()
    assert reading.get(timeout=SECONDS) in ([b"first", None], [None, None])


def test_what_was_said_before_a_close_arrives(here: Place) -> None:
    caller, listener = here.pair()
    widen(listener)
    last = b"z" * MIB
    caller.send(last)
    caller.close()
    caller.send(b"after")
    assert receive_all(listener, 2) == [last, None]
    until(lambda: caller.closed)


def test_a_slow_reader_gets_everything_as_long_as_it_is_not_too_far_behind(here: Place) -> None:
    slow, to_slow = narrow(here)
    sent = [bytes([number]) * MIB for number in range(4)]
    for body in sent:
        to_slow.send(body)
    until(lambda: to_slow._blocked, what="the drain")  # the sockets are full, and nobody reads
    assert receive_all(slow, 4) == sent
    to_slow.send(b"and on")
    assert slow.receive(SECONDS) == b"and on"


def test_a_reader_that_is_too_far_behind_is_cut_off_and_nobody_else(here: Place) -> None:
    slow, to_slow = narrow(here)
    good, to_good = here.pair()
    frame = frames.encode(bytes(MIB))
    to_slow.send_frame(frame)
    until(lambda: to_slow._blocked, what="the drain")
    sent = 1
    while not to_slow.closed:
        to_slow.send_frame(frame)
        assert sum(map(len, to_slow._out)) <= OUT_LIMIT + len(frame)
        sent += 1
        assert sent < 10
    assert sent > 4
    assert to_slow._out == []
    to_good.send(b"still here")
    assert good.receive(SECONDS) == b"still here"
    with pytest.raises(WireError) as reason:  # what had gone out comes, then the cut, in the middle of a frame
        slow.receive(SECONDS)
    assert reason.value.code == "bad_frame"


def test_a_reader_that_takes_nothing_for_too_long_is_gone(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "STALLED_SECONDS", 0.2)
    _slow, to_slow = narrow(here)
    to_slow.send(bytes(MIB))
    until(lambda: to_slow.closed)


def test_a_close_does_not_wait_for_a_reader_that_takes_nothing(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "CLOSING_SECONDS", 0.2)
    _slow, to_slow = narrow(here)
    to_slow.send(bytes(MIB))
    to_slow.close()
    until(lambda: to_slow.closed)


def test_a_send_after_the_end_is_no_error(here: Place) -> None:
    caller, listener = here.pair()
    listener.close()
    assert caller.receive(SECONDS) is None
    caller.close()
    caller.send(b"nobody")
    caller.close()
    listener.send(b"nobody")


def test_nobody_there(here: Place) -> None:
    port = here.port
    here.listener.close()
    with pytest.raises(Unreachable):
        dial("127.0.0.1", port, FLUSHER)
    with pytest.raises(Unreachable):
        dial("no such host.invalid", port, FLUSHER)
