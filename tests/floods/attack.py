"""Hostile accounts in a process of their own: `python -m tests.floods.attack TOWN KIND FIRST COUNT SAME WHERE`.

Each has 64 connections and as many requests under way on each as it may have. A line on stdin ends it; then it says how
many answers and refusals there were.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import ssl
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from protocol import frames, messages
from protocol import messages as m
from protocol.group_entries import Header, MessageEntry, encode_entry
from protocol.primitives import SigningKey, random_id, random_nonce
from protocol.roles import Role
from protocol.statements import (
    NO_DEVICE,
    PROOF_AUTHORITY,
    PROOF_GROUP,
    Presence,
    Signed,
    Welcome,
    decode_strict,
    issue,
    prove,
)
from tests.authority.peer import Person
from tests.floods.town import Town, log_in_request, prekey
from transport.tls import client_context, fingerprint_of

CONNECTIONS = 64
WINDOW = 63  # requests under way on one connection
BIG = bytes(200_000)

Make = Callable[["Hand", int], Any]


class Hand:
    """One connection of one account."""

    def __init__(self, town: Town, who: Person, number: int, source: str | None) -> None:
        self.town, self.who, self.number = town, who, number
        # Whoever binds a port of their own holds it for a minute after having hung up: of the honest ones' own address
        # there are soon none left, and the system looks for one for milliseconds.
        self.source = (source, 0) if source else None
        self.welcome: Welcome
        self.fingerprint = b""
        self.uids = [person.uid for person in town.people.values()]
        self.victim = town.people["honest0"]
        # of the groups that hostile ones are in, one for each connection
        self.group = 1 + number % (len(town.groups) - 1) if len(town.groups) > 1 else 0
        self.circle = town.circle(self.group)

    @contextlib.asynccontextmanager
    async def connection(self, port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection("127.0.0.1", port, ssl=client_context(), local_addr=self.source, limit=2**21),
            20,
        )
        socket: ssl.SSLObject = writer.get_extra_info("ssl_object")
        self.fingerprint = fingerprint_of(socket.getpeercert(True) or b"")
        try:
            yield reader, writer
        finally:
            writer.close()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(m.Hello(messages.VERSION, random_nonce())))
        welcomed = messages.decode(await body(reader), m.Welcomed | m.Failed)
        assert isinstance(welcomed, m.Welcomed), welcomed
        self.welcome = decode_strict(welcomed.welcome.body, Welcome)


def frame(message: Any) -> bytes:
    return frames.encode(messages.encode(message))


async def body(reader: asyncio.StreamReader) -> bytes:
    size = int.from_bytes(await reader.readexactly(4))
    return await reader.readexactly(size)


# --- what is asked for, by name: (place, how to make request number `rid`) ---


def _proof(hand: Hand, purpose: bytes | str, called: bytes, key: SigningKey) -> Signed:
    id = hand.town.authority_id
    return prove(purpose, called, hand.welcome.server_nonce, hand.fingerprint, hand.who.uid, key, id)  # type: ignore[arg-type]


def _wrong_log_in(hand: Hand, rid: int) -> Any:
    right = log_in_request(hand.welcome.server_nonce, hand.fingerprint, hand.who, rid)
    return msgspec.structs.replace(right, proof=_proof(hand, PROOF_AUTHORITY, bytes(32), SigningKey.generate()))


def _message(hand: Hand, text: bytes) -> bytes:
    return hand.circle.message(hand.who, text)


def _rubbish(hand: Hand, rid: int) -> Any:
    """A message of the right form that follows nothing."""
    circle, head, id = hand.circle, decode_strict(hand.town.head, Signed), random_id()
    header = Header(circle.gid, 1, circle.hash, hand.who.uid, NO_DEVICE, 2**40 + rid, id, bytes(32), 0, bytes(32), head)
    return m.Post(rid, hand.circle.gid, encode_entry(MessageEntry(messages.encode(header), BIG, bytes(64))))


def _presence(hand: Hand) -> Signed:
    who = hand.who
    who.sequence += 1
    words = Presence(who.uid, NO_DEVICE, who.sequence, ["127.0.0.1"], 9, bytes(32))
    return issue(words, who.key, who.authority_id)


def _sign_up(hand: Hand, rid: int) -> Any:
    who = Person(hand.town.authority_id, f"flood{os.getpid()}x{hand.number}x{rid}")
    return m.SignUp(rid, who.register(), who.email, hand.town.invitation, None)


_prekeys: dict[bytes, list[Signed]] = {}


def _prekey(hand: Hand, rid: int) -> Any:
    known = _prekeys.setdefault(hand.who.uid, [prekey(hand.who, 10 + number) for number in range(20)])
    return m.PublishPrekey(rid, known[rid % 20])


def _nobody(number: int) -> bytes:
    return number.to_bytes(32)


def _commit(hand: Hand, rid: int) -> Any:
    members = [person for name, person in hand.town.people.items()]
    return m.MakeCommit(rid, hand.circle.commit(hand.who, members), b"")


MAIN: dict[str, Make] = {
    "drop_mail": lambda hand, rid: m.DropMail(rid, [(hand.victim.uid, random_id()) for _ in range(200)]),
    "deposit": lambda hand, rid: m.Deposit(
        rid, m.MailItem(hand.victim.uid, NO_DEVICE, random_id(), "message", bytes(16), b"x" * 100)
    ),
    "deposit_big": lambda hand, rid: m.Deposit(
        rid, m.MailItem(hand.uids[rid % len(hand.uids)], NO_DEVICE, random_id(), "message", bytes(16), BIG)
    ),
    "fetch_mail": lambda hand, rid: m.FetchMail(rid),
    "find": lambda hand, rid: m.Find(rid, hand.victim.name, random_nonce()),
    "watch": lambda hand, rid: m.Watch(rid, [(rid * 1000 + n).to_bytes(32) for n in range(1000)]),
    "fetch_log": lambda hand, rid: m.FetchLog(rid, 0),
    "fetch_prekeys": lambda hand, rid: m.FetchPrekeys(rid, [*hand.uids, *map(_nobody, range(200 - len(hand.uids)))]),
    "same_twice": lambda hand, rid: ("fetch_prekeys", rid, (hand.uids * 400)[:200]),  # ends the connection
    "publish_prekey": _prekey,
    "change_presence": lambda hand, rid: m.ChangePresence(rid, _presence(hand)),
    "show_presence": lambda hand, rid: m.ShowPresence(rid, bool(rid % 2)),
    "change_role": lambda hand, rid: m.ChangeRole(rid, hand.who.role_change(hand.victim.uid, Role.ADMIN, 3)),
    "start_group": lambda hand, rid: m.StartGroup(rid, random_id(), 28_000 + rid % 20_000),
    "grant_keys": lambda hand, rid: m.GrantKeys(
        rid, random_id(), 1, [m.Granted((rid * 400 + n).to_bytes(32), NO_DEVICE, bytes(1_500)) for n in range(400)]
    ),
    "make_commit": _commit,
    "fetch_group": lambda hand, rid: m.FetchGroup(rid, hand.circle.gid),
    "offer_file": lambda hand, rid: m.OfferFile(rid, random_id(), 200_000_000, hand.victim.uid, None),
    "put_chunk": lambda hand, rid: (
        m.OfferFile(rid, (rid // 40).to_bytes(16), 9_000_000, hand.victim.uid, None)
        if rid % 40 == 0
        else m.PutChunk(rid, (rid // 40).to_bytes(16), rid % 40 - 1, bytes(262_160))
    ),
    "drop_file": lambda hand, rid: m.DropFile(rid, hand.who.uid, random_id()),
    "ping": lambda hand, rid: m.Ping(rid),
}
GROUP: dict[str, Make] = {
    "post": lambda hand, rid: m.Post(rid, hand.circle.gid, _message(hand, b"x" * 200)),
    "post_big": lambda hand, rid: m.Post(rid, hand.circle.gid, _message(hand, BIG)),
    "post_rubbish": _rubbish,
    "reload": lambda hand, rid: m.Reload(rid, hand.circle.gid, 0),
    "acknowledge": lambda hand, rid: msgspec.structs.replace(hand.circle.ack(hand.who), rid=rid),
    "fetch_acks": lambda hand, rid: m.FetchAcks(rid, hand.circle.gid),
    "tell_seen": lambda hand, rid: m.TellSeen(rid, hand.circle.gid, 1, bytes(200)),
    "fetch_seen": lambda hand, rid: m.FetchSeen(rid, hand.circle.gid),
    "signal": lambda hand, rid: m.Signal(hand.circle.gid, 1, "typing", bytes(33)),
    "group_commit": _commit,
}
STRANGER: dict[str, Make] = {
    "wrong_log_in": _wrong_log_in,
    "takeover": lambda hand, rid: log_in_request(hand.welcome.server_nonce, hand.fingerprint, hand.who, rid),
    "check_sign_up": lambda hand, rid: m.CheckSignUp(
        rid, f"flood{rid}x{hand.number}", f"f{rid}@example.org", hand.town.invitation, None
    ),
    "no_invitation": lambda hand, rid: m.CheckSignUp(rid, f"flood{rid}", "f@example.org", "a" * 16, None),
    "sign_up": _sign_up,
    "give_back": lambda hand, rid: m.GiveBack(rid, 0, [bytes(200)] * 10, decode_strict(hand.town.head, Signed)),
    "hello": lambda hand, rid: m.Hello(messages.VERSION, random_nonce()),  # and then again
    "not_logged_in": lambda hand, rid: m.Find(rid, hand.victim.name, random_nonce()),
}
# at a group's port, before `enter`
ENTERING: dict[str, Make] = {
    "wrong_enter": lambda hand, rid: m.Enter(
        rid, hand.circle.gid, hand.who.uid, _proof(hand, PROOF_GROUP, hand.circle.gid, SigningKey.generate())
    ),
}
RECONNECTING = {"hello", "handshake", "tcp", "enter"}  # a connection of its own for each
KINDS = [*MAIN, *GROUP, *STRANGER, *ENTERING, "handshake", "tcp", "enter", "unread"]


async def flood(hand: Hand, kind: str, counts: Counter[str]) -> None:
    """One connection's part: again and again, whatever ends it."""
    while True:
        try:
            await _once(hand, kind, counts)
        except (TimeoutError, OSError, EOFError, AssertionError, ValueError) as reason:
            counts[f"ended: {type(reason).__name__}"] += 1
            await asyncio.sleep(0.05)


async def _once(hand: Hand, kind: str, counts: Counter[str]) -> None:
    town = hand.town
    if kind == "tcp":
        _reader, writer = await asyncio.open_connection("127.0.0.1", town.port, local_addr=hand.source)
        counts["tcp"] += 1
        writer.close()
        return
    at_group = kind in GROUP or kind in ENTERING or kind == "enter"
    port = town.groups[hand.group][1] if at_group else town.port
    async with hand.connection(port) as (reader, writer):
        counts["connected"] += 1
        if kind == "handshake":
            return
        await hand.meet(reader, writer)
        if kind == "hello":
            return
        make: Make
        if kind in GROUP or kind == "enter":
            proof = _proof(hand, PROOF_GROUP, hand.circle.gid, hand.who.key)
            await _must(reader, writer, m.Enter(1, hand.circle.gid, hand.who.uid, proof))
            if kind == "enter":
                return
            make, window = GROUP[kind], WINDOW
        elif kind in MAIN or kind == "unread":
            if hand.number:  # an account has one agent: the others of its connections ask all the same
                make, window = STRANGER["not_logged_in"], 1
            else:
                request = log_in_request(hand.welcome.server_nonce, hand.fingerprint, hand.who, 1)
                await _must(reader, writer, request)
                make, window = MAIN.get(kind, MAIN["fetch_log"]), 7 if kind == "put_chunk" else WINDOW
        else:
            make, window = (ENTERING.get(kind) or STRANGER[kind]), 1
        if kind == "unread" and not hand.number:
            for rid in itertools.count(2):
                writer.write(frame(make(hand, rid)))
                await writer.drain()
        await _ask(hand, reader, writer, make, window, kind == "signal", counts)


async def _must(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Any) -> None:
    writer.write(frame(request))
    while True:
        answer = messages.decode(
            await body(reader), m.LoggedIn | m.Entered | m.Failed | m.Ping | m.NewHead | m.Recovering
        )
        if isinstance(answer, m.Ping):
            writer.write(frame(m.Pong(answer.n)))
        elif isinstance(answer, m.Failed):
            raise AssertionError(answer.code)
        elif isinstance(answer, m.LoggedIn | m.Entered):
            return


async def _ask(
    hand: Hand,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    make: Make,
    window: int,
    endless: bool,
    counts: Counter[str],
) -> None:
    rids: Iterator[int] = itertools.count(2)
    room = asyncio.Semaphore(window)

    async def say() -> None:
        for rid in rids:
            if not endless:
                await room.acquire()
            writer.write(frame(make(hand, rid)))
            await writer.drain()
            await asyncio.sleep(0)

    saying = asyncio.create_task(say())
    try:
        while True:
            raw = await body(reader)
            tag, *rest = msgspec.msgpack.decode(raw, type=list[msgspec.Raw])
            name = msgspec.msgpack.decode(tag, type=str)
            if name == "ping":
                writer.write(frame(m.Pong(msgspec.msgpack.decode(rest[0], type=int))))
            elif name == "failed":
                failed = messages.decode(raw, m.Failed)
                counts[failed.code] += 1
                if not failed.re:
                    raise AssertionError(failed.code)
                room.release()
                if failed.code == "slow_down":
                    await asyncio.sleep(0.01)
            elif name not in ("new_head", "new_mail", "entries", "acked", "seen", "signalled", "present", "recovering"):
                counts[name] += 1
                room.release()
    finally:
        saying.cancel()


async def run(town: Town, kind: str, first: int, count: int, same: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    tasks = []
    for account in range(first, first + count):
        source = None if same else f"127.0.1.{account + 1}"
        who = town.people[f"hostile{account}"]
        hands = [Hand(town, who, number, source) for number in range(CONNECTIONS)]
        tasks += [asyncio.create_task(flood(hand, kind, counts)) for hand in hands]
    print("begun", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for task in tasks:
        task.cancel()
    return counts


if __name__ == "__main__":
    path, kind, first, count, same, where = sys.argv[1:]
    if where == "beside":
        os.nice(10)  # they would be on other machines
    else:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    print(dict(asyncio.run(run(Town.load(Path(path)), kind, int(first), int(count), same == "same"))), flush=True)
    os._exit(0)
