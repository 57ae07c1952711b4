"""Every thread that the product starts: whatever is thrown into it, it lives on or is made anew, and the trouble has a
name.

The threads are found in the code; one that no test here breaks is a failure of its own.
"""

from __future__ import annotations

import ast
import contextlib
import queue
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlcipher3

from authority_server.core import database_check
from authority_server.core import hints as hints_module
from authority_server.core.batches import BatchThread
from authority_server.core.blob_worker import ChunkThread
from authority_server.core.hints import Hints
from authority_server.core.writer import Writer
from authority_server.operations.metrics import Metrics, Monitor
from launch.packages import ROOT
from protocol import messages
from protocol.errors import HamrazError, Unreachable
from protocol.messages import FetchMail, NewMail
from protocol.primitives import FileKey, random_id
from protocol.roles import Role
from protocol.statements import Signed
from tests.groups.group_world import GroupWorld
from tests.processes import until
from tests.transport.pair import LOOPBACK
from tests.world import Person, World
from transport import discovery, race, threads
from transport.connection import Connection, dial
from transport.discovery import Discovery
from transport.flusher import Flusher
from transport.listener import Listener
from transport.places import Places
from transport.race import dial_any
from transport.threads import Troubles
from transport.tls import Certificate, server_context
from transport.token_buckets import TokenBuckets
from transport.waiting import Waiting
from web_client import main
from web_client.account import checkpoint, states
from web_client.account.events import LinkChanged, SettingsChanged
from web_client.agent import roaming, session
from web_client.agent.moves import Moves
from web_client.agent.views import changes
from web_client.agent.views.changes import Projector
from web_client.backups import healing
from web_client.files import download
from web_client.files import rows as file_rows
from web_client.files.rows import FETCHING, File
from web_client.groups import letting_in as group_letting_in
from web_client.messages import delivery
from web_client.moving.giving import Giving
from web_client.moving.taking import Taking
from web_client.net.channel import SocketChannel
from web_client.net.network import SocketNetwork
from web_client.page import server as page_server
from web_client.page.app import make_app

FAILURES = [ValueError, sqlcipher3.IntegrityError, sqlcipher3.OperationalError]
LAYERS = ("authority_server", "web_client", "transport")


# That another one works says nothing of the one that failed: told for a minute.
ONCE = {
    "evidence",
    "sighting",
    "channel",
    "probe",
    "browser",
    "drain",
    "dial",
    "connection",
    "deliver",
    "join",
    "look over",
    "chunk",
}


class Breaker:
    """Throws into what it wraps, twice, and lets it work then."""

    def __init__(self, failure: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
        self.failure = failure
        self.patch = monkeypatch
        self.left = 2
        self.worked = 0
        self.told: list[tuple[str, str]] = []
        self.troubles = Troubles()
        self.hear(self.troubles)
        self.closing = ExitStack()

    def hear(self, troubles: Troubles) -> None:
        """Note what these troubles tell from now on, by the system's clock."""
        self.troubles = troubles
        troubles._timer = time.monotonic
        troubles.on_change = lambda: self.told.extend((one.where, one.code) for one in troubles.now())

    def __call__(self, *arguments: Any) -> None:
        if self.left:
            self.left -= 1
            raise self.failure("thrown")

    def into(self, owner: Any, name: str) -> None:
        """Throw whenever this is called."""
        original = getattr(owner, name)

        def throwing(*arguments: Any, **options: Any) -> Any:
            self()
            found = original(*arguments, **options)
            self.worked += 1
            return found

        self.patch.setattr(owner, name, throwing)

    def check(self, where: str) -> None:
        """It was named, and has worked since."""
        until(lambda: not self.left and self.worked, what=f"{where} to live on")
        assert (where, "internal") in self.told
        if where not in ONCE:
            until(lambda: all(one.where != where for one in self.troubles.now()), what="it to be over")


@pytest.fixture(params=FAILURES, ids=lambda failure: failure.__name__)
def breaker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Breaker]:
    monkeypatch.setattr(threads, "FIRST_SECONDS", 0.01)
    made = Breaker(request.param, monkeypatch)
    with made.closing:
        yield made


# --- the agent's, in memory ---


def start(breaker: Breaker, person: Person) -> Person:
    """From now on this person's agent runs on its threads."""
    breaker.hear(person.node.ctx.troubles)
    person.timer = time.monotonic
    person.node.start()
    breaker.closing.callback(person.node.close)
    return person


def two(breaker: Breaker) -> tuple[Person, Person]:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    breaker.told.clear()
    return arash, sara


def link(breaker: Breaker) -> None:
    arash, _sara = two(breaker)
    link = arash.node.authority
    assert link.channel is not None
    link.channel.close()
    breaker.into(link, "connect")
    said: list[HamrazError | None] = []  # each stands for some hundredths of a second here
    failed = link._failed

    def note(reason: HamrazError, seconds: float) -> None:
        failed(reason, seconds)
        said.append(link.trouble)

    breaker.patch.setattr(link, "_failed", note)
    start(breaker, arash)
    until(lambda: [one.code for one in said if one is not None][:1] == ["internal"], what="the link to say why")
    until(lambda: link.up and link.trouble is None)
    assert LinkChanged() in arash.changes


def outboxes(breaker: Breaker) -> None:
    arash, _sara = two(breaker)
    breaker.into(arash.node.outbox, "due")
    start(breaker, arash)
    until(lambda: arash.node.outbox.news.set() or breaker.worked)


def deliver(breaker: Breaker) -> None:
    breaker.patch.setattr(delivery, "FIRST_WAIT", 0.01)
    arash, sara = two(breaker)
    breaker.into(arash.node.outbox, "_deliver_all")
    start(breaker, arash)
    order = arash.write(sara, "hello")
    until(lambda: arash.node.outbox.news.set() or arash.states(sara) == ["delivered"])
    assert order and sara.texts(arash) == ["hello"]
    breaker.told = [("deliver" if told == ("outbox", "internal") else told[0], told[1]) for told in breaker.told]


def group(breaker: Breaker) -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    arash, sara = group_world.people
    breaker.into(group_world.room(arash), "step")
    start(breaker, arash)
    arash.node.groups.write(group_world.gid, "text", b"hello", random_id())
    until(lambda: group_world.room(arash).link.is_open and not arash.node.groups.room(group_world.gid).row("trouble"))
    until(lambda: breaker.worked > 1)
    sara.settle()


def roams(breaker: Breaker) -> None:
    breaker.patch.setattr(roaming, "LOOK_SECONDS", 0.01)
    arash, _sara = two(breaker)
    breaker.into(arash.node.roaming, "look")
    start(breaker, arash)


def coming_in(breaker: Breaker) -> None:
    arash, _sara = two(breaker)
    breaker.into(group_letting_in, "come_in")
    start(breaker, arash)

    def asked() -> int:
        arash.node.groups.is_invited = True
        arash.node.outbox.news.set()
        return breaker.worked

    until(asked)


def files(breaker: Breaker) -> None:
    arash, _sara = two(breaker)
    breaker.into(arash.node.files, "_due")
    start(breaker, arash)
    until(lambda: arash.node.files.try_now() or breaker.worked)


def backing_up(breaker: Breaker) -> None:
    arash, _sara = two(breaker)
    breaker.into(arash.node.backups, "step")
    start(breaker, arash)
    until(lambda: arash.node.backups.hurry() or breaker.worked)


def having_back(breaker: Breaker) -> None:
    breaker.patch.setattr(healing, "LOOK_SECONDS", 0.01)
    arash, _sara = two(breaker)
    arash.node.healing._over = False
    breaker.into(arash.node.healing, "step")
    start(breaker, arash)


def locking(breaker: Breaker) -> None:
    """Whoever isn't here any more is looked for again."""
    arash, _sara = two(breaker)
    agent = arash.agent()
    breaker.hear(agent.troubles)
    breaker.into(agent, "_lock_idle")
    for _ in range(3):
        agent._lock_soon(arash.node)
    until(lambda: breaker.worked and breaker.told)
    agent.troubles._timer = lambda: time.monotonic() + 1000  # another try says nothing of this one: it lapses
    agent.troubles.lapse()


def file(breaker: Breaker) -> None:
    arash, sara = two(breaker)
    key = FileKey.generate()
    one = File(sara.uid, random_id(), random_id(), "p:", "a", "", 1, 0, key, None, FETCHING, 0, False, None)
    breaker.patch.setattr(download, "fetch", lambda node, file, transfer: None)
    breaker.into(download, "fetch")
    breaker.patch.setattr(file_rows, "one", lambda rows, of: one)
    breaker.patch.setattr(arash.node.files, "_due", lambda: [] if breaker.worked else [one])
    start(breaker, arash)
    until(lambda: arash.node.files.try_now() or breaker.worked)


def evidence(breaker: Breaker) -> None:
    """Gathering it fails: the alarm stands all the same."""
    arash, _sara = two(breaker)
    breaker.hear(arash.node.ctx.troubles)
    link, trust = arash.node.authority, arash.node.ctx.trust
    breaker.into(trust, "gather")
    arash.node.authority.log.threaded = True
    for _ in range(3):
        assert link.channel is not None
        trust._wanted = (0, [], 1)
        link.log._gather(link.channel)
    until(lambda: breaker.worked)


def sighting(breaker: Breaker) -> None:
    arash, _sara = two(breaker)
    breaker.patch.setattr("web_client.authority.link.CROWD_SECONDS", 0.0)
    breaker.hear(arash.node.ctx.troubles)
    breaker.into(arash.node.authority, "try_now")
    assert arash.node.authority.channel is not None
    arash.node.authority.channel.close()
    seen = discovery.Sighting(arash.node.ctx.authority_id, "x", ("10.0.0.1",), 1)
    for _ in range(3):
        arash.node.authority.sighted([seen])
    until(lambda: breaker.worked)


# --- on sockets ---


class Called:
    """A listener whose connections the test serves."""

    def __init__(self, breaker: Breaker, serve: Callable[[Connection], None]) -> None:
        self.flusher = Flusher(breaker.troubles)
        self.certificate = Certificate.generate()
        self.listener = Listener(LOOPBACK, 0, server_context(self.certificate), self.flusher, serve, Places(8))
        self.listener.start()
        breaker.closing.callback(self.listener.close)

    def dial(self) -> Connection:
        return dial(LOOPBACK, self.listener.port, self.flusher, 5)


def echo(line: Connection) -> None:
    while (body := line.receive(5)) is not None:
        line.send(body)


def answers(called: Called) -> bool:
    """Whether a new caller is served."""
    try:
        line = called.dial()
    except Unreachable:
        return False
    with line:
        line.send(b"hello")
        return line.receive(5) == b"hello"


def listener(breaker: Breaker) -> None:
    called = Called(breaker, echo)
    breaker.into(called.listener._places, "enter")
    until(lambda: answers(called))


def letting_in(breaker: Breaker) -> None:
    called = Called(breaker, echo)
    called.listener._places._calls = TokenBuckets(1, 0.2)
    breaker.into(called.listener._places, "_next")
    until(lambda: answers(called) and breaker.worked)  # whoever calls again within 0.2 s has to wait


def waiting(breaker: Breaker) -> None:
    ours, theirs = socket.socketpair()
    breaker.closing.callback(ours.close)
    breaker.closing.callback(theirs.close)
    told, made = list[bool](), Waiting(breaker.troubles)
    breaker.into(made, "_turn")
    theirs.send(b"x")
    made.add(ours, 9, told.append)
    until(lambda: told == [True])


def connections(breaker: Breaker) -> None:
    def serve(line: Connection) -> None:
        breaker()
        breaker.worked += 1
        echo(line)

    called = Called(breaker, serve)
    until(lambda: answers(called))


def dialling(breaker: Breaker) -> None:
    called = Called(breaker, echo)
    breaker.into(race, "dial")
    hosts = [LOOPBACK, "localhost"]

    def reached() -> bool:
        try:
            dial_any(hosts, called.listener.port, called.flusher, lambda found: True)[0].release()
            return True
        except HamrazError as reason:
            assert reason.code == "internal"
            return False

    until(reached)


def flusher(breaker: Breaker) -> None:
    """One connection that can't be flushed takes no other with it; the loop itself lives on as well."""
    called = Called(breaker, echo)
    breaker.into(called.flusher, "_turn")
    until(lambda: answers(called))
    others, lost = called.dial(), called.dial()

    def fails(most: int) -> None:  # not by the breaker, which the next turn would use up
        raise breaker.failure("thrown")

    breaker.patch.setattr(lost, "flush", fails)
    lost.send(b"x")
    others.send(b"hello")
    assert others.receive(5) == b"hello"
    until(lambda: lost.closed)
    others.release()
    lost.release()
    breaker.left = 0


def drain(breaker: Breaker) -> None:
    called = Called(breaker, echo)
    line = called.dial()
    with breaker.patch.context() as then:
        then.setattr(line, "_write_some", lambda most: "blocked")
        line.flush()
        breaker.into(line, "_write_some")
    breaker.left = 2
    stuck = called.dial()
    calls: list[int] = []

    def some(most: int) -> str:
        calls.append(1)
        if len(calls) > 1:
            breaker()
        return "blocked"

    breaker.patch.setattr(stuck, "_write_some", some)
    stuck.flush()
    until(lambda: stuck.closed, what="the connection to be cut")
    breaker.left, breaker.worked = 0, 1
    assert answers(called), "others go on"


def channel(breaker: Breaker) -> None:
    """A handler of a push that fails ends its connection as a whole: whoever waits is told, and so is the owner."""

    def serve(line: Connection) -> None:
        line.receive(5)  # the hello
        line.send(messages.encode(messages.Welcomed(Signed(b"", bytes(64)))))
        while line.receive(5) is not None:
            line.send(messages.encode(NewMail()))

    called, closed = Called(breaker, serve), []

    def handler(message: object) -> None:
        breaker()
        breaker.worked += 1

    while not breaker.worked:
        over = len(closed)
        made = SocketChannel(
            called.dial(), LOOPBACK, messages.FromAuthority, handler, lambda: closed.append(1), breaker.troubles
        )
        made.first(messages.Hello(messages.VERSION, bytes(32)), messages.FromAuthorityFirst)
        pending = made.begin(FetchMail(0))
        until(lambda over=over: breaker.worked or len(closed) > over)
        if not breaker.worked:
            assert made.closed and pending.done.is_set() and pending.error is not None
        made.close()


def probe(breaker: Breaker) -> None:
    called = Called(breaker, echo)
    made = SocketChannel(
        called.dial(), LOOPBACK, messages.FromAuthority, lambda message: None, lambda: None, breaker.troubles
    )
    breaker.into(made._heard, "wait")
    for _ in range(3):
        made.probe(0.01)
    until(lambda: breaker.worked)
    made.close()


def discovering(breaker: Breaker) -> None:
    async def live(self: Discovery, loop: Any) -> None:
        breaker()
        breaker.worked += 1
        self._stopped = True

    breaker.patch.setattr(Discovery, "_live", live)
    made = Discovery(troubles=breaker.troubles)
    made.browse(True)
    until(lambda: breaker.worked)
    breaker.closing.callback(made.stop)


def verifying(breaker: Breaker) -> None:
    """What an opening has taken over is verified again."""
    breaker.patch.setattr(checkpoint, "LEAST", 2)
    breaker.patch.setattr(session, "CALM_SECONDS", 0.0)
    arash, _sara = two(breaker)
    arash.node.ctx.trust.keep_checkpoint()
    arash.restart(connect=False)
    breaker.into(arash.node.ctx.trust, "check_again")
    start(breaker, arash)
    until(lambda: not arash.node.ctx.trust.unverified)


def serving(breaker: Breaker) -> None:
    """The server of the page listens anew."""
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    app, socketio = make_app(port, "threading")
    server = page_server.PageServer(app, socketio, page_server.Claim(port), breaker.troubles)
    serving = server._serving

    def breaking(address: str, claimed: socket.socket) -> Callable[[], None]:
        serve = serving(address, claimed)

        def broken() -> None:
            if breaker.left and address == LOOPBACK:
                server._werkzeug[-1 if len(server._werkzeug) > 2 else 0].server_close()
            if address == LOOPBACK:
                breaker()
                breaker.worked += 1
            serve()

        return broken

    breaker.patch.setattr(server, "_serving", breaking)
    server.start()
    until(lambda: server._answers(LOOPBACK))


def browser(breaker: Breaker) -> None:
    def offload(function: Callable[..., Any], page: str) -> None:
        breaker()
        breaker.worked += 1

    for _ in range(3):
        main._open("http://localhost/", offload, breaker.troubles)
    until(lambda: breaker.worked)


# --- the authority's ---


def run(thread: BatchThread[Any], job: Callable[..., Any]) -> Any:
    outcomes: queue.Queue[Any] = queue.Queue()
    thread.submit(job, outcomes.put)
    return outcomes.get(timeout=10)


def writer(breaker: Breaker) -> None:
    authority = World().authority
    breaker.hear(authority.troubles)
    thread = Writer(authority, lambda function, *arguments: function(*arguments))
    breaker.into(authority, "settle")
    thread.start()
    breaker.closing.callback(thread.stop)
    for _ in range(2):
        outcome = run(thread, lambda state, rows: "done")
        assert isinstance(outcome, HamrazError) and outcome.code == "internal", "whoever waits is told"
    assert run(thread, lambda state, rows: "done") == "done"


def chunks(breaker: Breaker) -> None:
    authority = World().authority
    breaker.hear(authority.troubles)
    thread = ChunkThread(authority, lambda function, *arguments: function(*arguments))
    breaker.into(thread, "_offload")
    thread.start()
    breaker.closing.callback(thread.stop)
    for _ in range(2):
        outcome = run(thread, lambda chunks: "done")
        assert isinstance(outcome, HamrazError) and outcome.code == "internal"
    assert run(thread, lambda chunks: "done") == "done"


def chunk_lanes(breaker: Breaker) -> None:
    """Where several chunks are under way at once, one that breaks takes no other with it."""
    authority = World().authority
    breaker.hear(authority.troubles)
    authority.chunks.at_once = 2  # type: ignore[misc]

    def offload(function: Callable[..., Any], steps: Any) -> Any:
        if steps[0].func is second:
            breaker()
            breaker.worked += 1
        return function(steps)

    def first(chunks: Any) -> str:
        return "one"

    def second(chunks: Any) -> str:
        return "two"

    thread = ChunkThread(authority, offload)
    thread.start()
    breaker.closing.callback(thread.stop)
    told = []
    for _ in range(3):
        outcomes: queue.Queue[Any] = queue.Queue()
        with thread._changed:  # both in one batch
            thread.submit(first, lambda outcome: outcomes.put(("first", outcome)))  # noqa: B023
            thread.submit(second, lambda outcome: outcomes.put(("second", outcome)))  # noqa: B023
        told.append(dict(outcomes.get(timeout=10) for _ in range(2)))
    assert [one["first"] for one in told] == ["one"] * 3
    assert [getattr(one["second"], "code", one["second"]) for one in told] == ["internal", "internal", "two"]


class Quiet:
    """A node's lines and what it knows of others, who say nothing."""

    id, up = b"node", True

    def heard(self, _seconds: float) -> list[str]:
        time.sleep(0.01)
        return []

    def say(self, _words: list[str]) -> None: ...

    def beat(self, _node: bytes) -> bool:
        return False

    def catch_up(self, done: Callable[[object], None]) -> None:
        done(None)

    def close(self) -> None: ...


def hints(breaker: Breaker, quiet: Any, name: str) -> Hints:
    breaker.patch.setattr(hints_module, "BEAT_SECONDS", 0.01)
    breaker.into(quiet, name)
    authority: Any = SimpleNamespace(troubles=breaker.troubles)
    nodes: Any = Quiet()
    made = Hints(authority, nodes, lambda: quiet, lambda call, *arguments: call(*arguments))
    breaker.closing.callback(made.stop)
    made.start()
    return made


def node_hears(breaker: Breaker) -> None:
    hints(breaker, Quiet(), "heard")


def node_says(breaker: Breaker) -> None:
    """Words that couldn't be said are lost, as the journal has what they tell of; the next ones are said."""
    quiet: Any = Quiet()
    said: list[str] = []
    breaker.patch.setattr(quiet, "say", said.extend, raising=False)
    made = hints(breaker, quiet, "say")
    until(lambda: made._hint() or said)


def looks(breaker: Breaker) -> None:
    authority = World().authority
    breaker.hear(authority.troubles)

    def offload(function: Callable[..., Any], *arguments: Any) -> list[str]:
        breaker()
        breaker.worked += 1
        return []

    for _ in range(3):
        database_check.start(authority, offload)
    until(lambda: breaker.worked)


def asking(breaker: Breaker) -> None:
    monitor = Monitor((LOOPBACK, 0), Metrics())
    breaker.into(monitor._server, "get_request")
    monitor.start(breaker.troubles)
    breaker.closing.callback(monitor.stop)
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(f"http://{LOOPBACK}:{monitor.port}/", timeout=30).close()


def moves_of(breaker: Breaker, folder: Path) -> Moves:
    """An agent's moves, on loopback."""
    flusher = Flusher(breaker.troubles)
    made = Moves(
        folder,
        lambda function, *arguments: function(*arguments),
        breaker.troubles,
        lambda port: SocketNetwork(flusher, LOOPBACK, port),
        lambda: [LOOPBACK],
        lambda: 0,
        False,
        *[lambda: None] * 3,
    )
    breaker.closing.callback(made.close)
    return made


def moving(breaker: Breaker) -> None:
    """Whether a move has ended is looked at again."""
    made = moves_of(breaker, Path(breaker.closing.enter_context(tempfile.TemporaryDirectory())))
    breaker.into(Giving, "lapse")
    made.offer()
    until(lambda: breaker.worked)
    breaker.closing.callback(made.end)


def taking(breaker: Breaker) -> None:
    """A move to here that has failed so is begun again."""
    made = moves_of(breaker, Path(breaker.closing.enter_context(tempfile.TemporaryDirectory())))
    breaker.into(Taking, "run")
    for _ in range(3):
        before = breaker.left, breaker.worked
        made.take(f"{LOOPBACK}:1", None)
        until(lambda before=before: (breaker.left, breaker.worked) != before)
        made.end()
    until(lambda: breaker.told)
    breaker.troubles._timer = lambda: time.monotonic() + 1000  # another try says nothing of this one: it lapses
    breaker.troubles.lapse()


# where in the code, and under which name: who breaks it, and how the trouble is called
def telling(breaker: Breaker) -> None:
    arash, _sara = two(breaker)
    breaker.hear(arash.node.ctx.troubles)
    breaker.patch.setattr(changes, "LOOKS", 0)  # each look is such a thread's
    page = SimpleNamespace(tell=lambda told: None)
    breaker.into(page, "tell")
    projector = Projector(arash.node, lambda told: page.tell(told))
    for _ in range(3):
        arash.node.ctx.emit(SettingsChanged())
        until(lambda: not projector._is_looking, what="it to be told")


SCENARIOS: dict[tuple[str, str], list[tuple[str, Callable[[Breaker], None]]]] = {
    ("authority_server/core/batches.py", "self._name"): [("writer", writer), ("chunks", chunks)],
    ("authority_server/core/blob_worker.py", "'chunk'"): [("chunk", chunk_lanes)],
    ("authority_server/core/database_check.py", "'look over'"): [("look over", looks)],
    ("authority_server/core/hints.py", "'node hears'"): [("node hears", node_hears)],
    ("authority_server/core/hints.py", "'node says'"): [("node says", node_says)],
    ("authority_server/operations/metrics.py", "'metrics'"): [("metrics", asking)],
    ("web_client/authority/link.py", "'link'"): [("link", link)],
    ("web_client/authority/log_sync.py", "'evidence'"): [("evidence", evidence)],
    ("web_client/authority/link.py", "'sighting'"): [("sighting", sighting)],
    ("web_client/net/channel.py", "'channel'"): [("channel", channel)],
    ("web_client/net/channel.py", "'probe'"): [("probe", probe)],
    ("web_client/files/transfers.py", "'file'"): [("file", file)],
    ("web_client/files/transfers.py", "'files'"): [("files", files)],
    ("web_client/agent/lifecycle.py", "'lock'"): [("lock", locking)],
    ("web_client/agent/moves.py", "'move'"): [("move", moving)],
    ("web_client/agent/moves.py", "'take'"): [("take", taking)],
    ("web_client/backups/healing.py", "'restored'"): [("restored", having_back)],
    ("web_client/backups/keeping.py", "'backup'"): [("backup", backing_up)],
    ("web_client/groups/service.py", "'group'"): [("group", group)],
    ("web_client/groups/session.py", "'group'"): [("group", group)],
    ("web_client/main.py", "'browser'"): [("browser", browser)],
    ("web_client/agent/session.py", "'deliver'"): [("deliver", deliver)],
    ("web_client/agent/session.py", "'link'"): [("link", link)],
    ("web_client/agent/session.py", "'outbox'"): [("outbox", outboxes)],
    ("web_client/agent/session.py", "'checks'"): [("checks", verifying)],
    ("web_client/agent/session.py", "'roaming'"): [("roaming", roams)],
    ("web_client/agent/session.py", "'join'"): [("join", coming_in)],
    ("web_client/agent/views/changes.py", "'page'"): [("page", telling)],
    ("web_client/page/server.py", "'page server'"): [("page server", serving)],
    ("transport/connection.py", "'drain'"): [("drain", drain)],
    ("transport/discovery.py", "'discovery'"): [("discovery", discovering)],
    ("transport/flusher.py", "'flusher'"): [("flusher", flusher)],
    ("transport/listener.py", "'connection'"): [("connection", connections)],
    ("transport/listener.py", "'listener'"): [("listener", listener)],
    ("transport/places.py", "'listener'"): [("listener", letting_in)],
    ("transport/race.py", "'dial'"): [("dial", dialling)],
    ("transport/waiting.py", "'listener'"): [("listener", waiting)],
}
ALL = list(dict.fromkeys(one for found in SCENARIOS.values() for one in found))


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def product() -> Iterator[Path]:
    for layer in LAYERS:
        yield from sorted((ROOT / layer).rglob("*.py"))


def test_each_thread_that_is_started_is_broken_here() -> None:
    started = {
        (str(path.relative_to(ROOT)), ast.unparse(call.args[0]))
        for path in product()
        for call in calls(path)
        if ast.unparse(call.func) in ("threads.spawn", "threads.begin", "threads.keep", "threads.repeat")
    }
    assert started == set(SCENARIOS)


def test_no_thread_is_started_elsewhere() -> None:
    """Timers and pools are threads too."""
    wild = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in product()
        for call in calls(path)
        if ast.unparse(call.func).split(".")[-1] in ("Thread", "Timer", "start_new_thread", "ThreadPoolExecutor")
        and path != ROOT / "transport" / "threads.py"
        and path != ROOT / "web_client" / "messages" / "timers.py"  # a kind of message is called a timer
    ]
    assert wild == []


def test_every_trouble_of_an_agent_has_words() -> None:
    """Whatever may fail there belongs to a part of the agent that the page can name."""
    names: set[str] = set()
    for path in product():
        if "authority_server" not in path.parts:
            for call in calls(path):
                name = ast.unparse(call.func).split(".")[-1]
                if name in ("guard", "tend", "mistake", "named", "spawn", "begin", "keep", "repeat") and call.args:
                    first = call.args[0]
                    names |= (
                        {first.value} if isinstance(first, ast.Constant) and isinstance(first.value, str) else set()
                    )
    assert len(names) > 15 and names <= set(states.PARTS)


@pytest.mark.parametrize(("where", "scenario"), ALL, ids=[where for where, _ in ALL])
def test_a_thread_outlives_what_is_thrown_into_it(
    breaker: Breaker, where: str, scenario: Callable[[Breaker], None]
) -> None:
    scenario(breaker)
    breaker.check(where)


# --- handlers of pushes, and what is told to the page ---


def test_a_push_that_can_not_be_noted_is_asked_for_again(breaker: Breaker) -> None:
    arash, sara = two(breaker)
    link = arash.node.authority
    breaker.into(link, "_take")
    start(breaker, arash)
    for _ in range(2):
        link._on_push(NewMail())
    assert ("push", "internal") in breaker.told and link.up
    asked = len(sara.world.crossed)
    until(lambda: not link._missed, what="everything to be asked for again")
    until(lambda: b"fetch_mail" in b"".join(body for _source, _target, body in sara.world.crossed[asked:]))


def test_a_view_that_fails_stops_nothing(breaker: Breaker) -> None:
    arash, sara = two(breaker)
    breaker.hear(arash.node.ctx.troubles)
    breaker.left = 10_000
    Projector(arash.node, breaker)
    arash.say(sara, "hello")
    assert sara.texts(arash) == ["hello"] and arash.states(sara) == ["delivered"]
    assert ("page", "internal") in breaker.told


def test_a_caller_whose_request_fails_is_answered_and_goes_on(breaker: Breaker) -> None:
    arash, sara = two(breaker)
    breaker.hear(sara.node.ctx.troubles)
    breaker.into(sara.node.messages, "accept")
    for _ in range(3):
        arash.write(sara, "hello")
        arash.deliver()
    assert ("caller", "internal") in breaker.told
    assert arash.states(sara) == ["delivered"] * 3 and sara.texts(arash) == ["hello"] * 3
