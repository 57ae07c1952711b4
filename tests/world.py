"""A whole network in memory: the real authority and real nodes, without sockets or threads, under a clock set by hand.

`carry` is the wire: replace it to drop, repeat, reorder or change what crosses it. A `Killed` raised anywhere is a
power cut: `restart` then builds the node again on what its vault has.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from authority_server.connections.session import GroupSession, Session
from authority_server.core.authority import Authority
from authority_server.core.running_time import STEP
from authority_server.handlers import expiry
from authority_server.state.state import begin
from authority_server.store.database import Rows
from authority_server.store.signed_sizes import SignedSizes
from protocol import messages
from protocol.envelope import INVITATION, TEXT
from protocol.errors import HamrazError, Unreachable, WireError, error
from protocol.group_seals import Invitation
from protocol.links import Link
from protocol.primitives import SigningKey, random_id
from protocol.statements import authority_id_of, decode_strict
from tests import spared
from tests.stores import in_memory
from transport.discovery import Sighting
from web_client.account import identity
from web_client.account.chat_ids import ChatId
from web_client.account.events import Event
from web_client.agent.api import Agent
from web_client.agent.session import UserSession
from web_client.agent.views import messages as message_views
from web_client.messages import rows as message_rows
from web_client.net.channel import OnClosed, OnPush, few
from web_client.net.network import NewSession
from web_client.net.requests import Calls, Pending, failure_of, result
from web_client.vault.chunk_store import FileStore
from web_client.vault.database import Vault
from web_client.vault.lines import ASIDE

START = 1_790_000_000_000  # ms since 1970
Carry = Callable[[str, str, bytes], list[bytes]]


class Killed(BaseException):
    """The process is gone between two steps."""


class World:
    """An authority and the people who use it."""

    def __init__(self) -> None:
        spared.begin()
        self.now = START
        self.carry: Carry = lambda source, target, body: [body]
        self.crossed: list[tuple[str, str, bytes]] = []  # every body that crossed the wire: (from, to, body)
        self.authority_up = True
        self.waits = True  # for an answer that comes once somebody's turn in a group is over
        self.authority_print = b"\x01" * 32
        self.authority_key = SigningKey.generate()
        self.store = in_memory(lambda rows: begin(rows, self.authority_key))
        self.sizes: Path | None = None  # the authority's file of signed sizes, if it is to outlast a restart
        self.authority = self.start_authority()
        self.owner_code = self.authority.issue_owner_code()
        self.link = Link(("authority",), 5050, self.authority.state.invitation, self.authority.id)
        self.faces: dict[str, Authority] = {}  # whom a lying authority shows another face
        self.announced: list[Sighting] = []
        self.people: dict[str, Person] = {}
        self.listeners: dict[int, MemoryNetwork] = {}
        self._ports = itertools.count(20_000)

    def start_authority(self) -> Authority:
        """The authority as it comes up on its database."""
        sizes = SignedSizes(self.sizes, authority_id_of(self.authority_key.public))
        return Authority(self.store, self.authority_key, lambda: self.now, sizes=sizes)

    def restart_authority(self) -> None:
        """Everything in memory is gone, every connection cut; the database is what it is."""
        self.cut("authority")
        self.authority = self.start_authority()

    def second_face(self) -> Authority:
        """The same key and the same past; from here on with a history of its own."""
        state = self.authority.state

        def fill(rows: Rows) -> None:
            for n, raw in enumerate(state.entries):
                rows.add_entry(n, raw, state.log.hashes[n + 1])
            for known in state.accounts.values():
                rows.add_account(known)
                rows.save_account(known)
            for name, value in state.settings.items():
                rows.save_setting(name, value)

        other = Authority(in_memory(fill), self.authority_key, lambda: self.now)
        # it lets the people of both sides find each other, or nobody would ever notice
        other.state.accounts = state.accounts
        here, there = self.authority.online.has, other.online.has
        for face in (self.authority, other):
            face.online.has = lambda uid: here(uid) or there(uid)  # type: ignore[method-assign]
        return other

    def cut(self, target: str) -> None:
        """Every connection to `target` breaks."""
        for person in self.people.values():
            person.network.cut(target)

    def sign_up(self, name: str, email: str | None = None) -> Person:
        """A new person with an account, logged in and connected; the first one is the owner."""
        person = self.people[name] = Person(self, name)
        person.sign_up(
            self.link, None if self.people.keys() - {name} else self.owner_code, email or f"{name}@x.example"
        )
        return person

    def cross(self, source: str, target: str, body: bytes) -> list[bytes]:
        """What arrives of a body that is sent."""
        arrived = self.carry(source, target, body)
        self.crossed += [(source, target, one) for one in arrived]
        return arrived

    def next_port(self) -> int:
        return next(self._ports)

    def run_for(self, ms: int) -> None:
        """The authority runs for so long."""
        self.now += ms
        self.authority.running.total += max(0, ms - STEP)  # what one look doesn't add
        expiry.look(self.authority)

    def node_of(self, name: str) -> Authority:
        """At which authority somebody's connections end: a lying one shows some another face."""
        return self.faces.get(name, self.authority)

    def group_node_of(self, name: str) -> Authority:
        """The same on groups' ports."""
        return self.authority

    def look_after(self) -> None:
        """What the authority does now and then."""
        self.authority.look_after_turns()

    def settle(self) -> None:
        """Let everybody deliver and fetch until nothing changes any more."""
        for _round in range(20):
            before = len(self.crossed)
            for person in self.people.values():
                person.settle()
            self.look_after()
            if len(self.crossed) == before:
                return
        raise AssertionError("the network doesn't come to rest")


class MemoryChannel:
    """A connection as a pair of queues: what is sent is handled before `send` returns."""

    def __init__(
        self,
        network: MemoryNetwork,
        target: str,
        fingerprint: bytes,
        kinds: Any,
        on_push: OnPush,
        may_say: Callable[[], bool] = lambda: True,
    ) -> None:
        self.fingerprint = fingerprint
        self.target = self.host = target
        self.local_host = network.here[0] if network.here else ""
        self.closed = False
        self._network = network
        self._session: Any = None
        self._first: list[bytes] | None = []
        self._calls = Calls(self._send, kinds, on_push, may_say)
        self.on_closed: OnClosed = lambda: None

    def attach(self, session: Any) -> None:
        self._session = session

    def _send(self, body: bytes) -> None:
        if self.closed:
            return
        network = self._network
        for arrived in network.world.cross(network.owner, self.target, body):
            if len(arrived) > self._session.limit:
                self.session_closed()
                return
            self._session.receive(arrived)

    def take(self, body: bytes) -> None:
        """The other side has sent this."""
        if self.closed:
            return
        for arrived in self._network.world.cross(self.target, self._network.owner, body):
            if self._first is not None:
                self._first.append(arrived)
                continue
            try:
                self._calls.receive(arrived)
            except WireError:
                self.close()

    def first(self, message: messages.Message, kinds: Any) -> Any:
        self._send(messages.encode(message))
        waiting, self._first = self._first or [], None
        if not waiting:
            raise Unreachable("timed_out")
        answer = messages.decode(waiting[0], kinds)
        if isinstance(answer, messages.Failed):
            raise failure_of(answer)
        for body in waiting[1:]:
            self._calls.receive(body)
        return answer

    def request(self, request: messages.Request, kind: Any) -> Any:
        return self.finish(self.begin(request), kind)

    def begin(self, request: messages.Request) -> Pending:
        if self.closed:
            raise Unreachable("timed_out")
        return self._calls.begin(request)

    def finish(self, pending: Pending, kind: Any) -> Any:
        world = self._network.world
        while world.waits and not pending.done.is_set() and world.node_of(self._network.owner).holds.delayed:
            world.now += 500
            world.look_after()
        return result(pending, kind)

    def tell(self, message: messages.Message) -> None:
        self._calls.tell(message)

    def probe(self, seconds: float = 0) -> None:
        """Nothing in here is silent without having ended."""

    def session_closed(self) -> None:
        """The other side has closed."""
        self.close()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._calls.fail(Unreachable("timed_out"))
            if isinstance(self._session, Session | GroupSession):
                self._session.closed()
            self.on_closed()


class MemoryNetwork:
    """One person's network card."""

    def __init__(self, world: World, owner: str) -> None:
        self.world = world
        self.owner = owner
        self.fingerprint = random_id() * 2
        self.port = world.next_port()
        self.new_session: NewSession | None = None
        self.channels: list[MemoryChannel] = []
        self.here = [f"10.0.{self.port // 256}.{self.port % 256}"]  # change it to move to another network

    def listen(self, new_session: NewSession) -> None:
        self.new_session = new_session
        self.world.listeners[self.port] = self

    def hosts(self, local_host: str) -> list[str]:
        return self.here or ["127.0.0.1"]

    def addresses(self) -> list[str]:
        return self.here

    def networks(self) -> list[str]:
        return []

    def moved(self) -> None:
        """Its callers' ends are theirs to close."""

    def find_authority(self, authority_id: bytes) -> list[Sighting]:
        return [sighting for sighting in self.world.announced if sighting.authority_id == authority_id]

    def stop_finding(self) -> None:
        """Nobody looks: what is announced is known."""

    def dial_authority(self, hosts: list[str], port: int, on_push: OnPush, on_closed: OnClosed) -> MemoryChannel:
        world = self.world
        if not world.authority_up:
            raise Unreachable("timed_out")
        channel = MemoryChannel(self, "authority", world.authority_print, messages.FromAuthority, on_push)
        node, ends = world.node_of(self.owner), channel.session_closed
        session = Session(node, world.authority_print, channel.take, ends, "memory")
        channel.attach(session)
        channel.on_closed = on_closed
        self.channels.append(channel)
        return channel

    def dial_group(self, hosts: list[str], port: int, on_push: OnPush, on_closed: OnClosed) -> MemoryChannel:
        world = self.world
        if not world.authority_up:
            raise Unreachable("timed_out")
        channel = MemoryChannel(self, "authority", world.authority_print, messages.FromGroup, on_push)
        node, ends = world.group_node_of(self.owner), channel.session_closed
        session = GroupSession(node, world.authority_print, channel.take, ends, "memory")
        channel.attach(session)
        self.channels.append(channel)
        return channel

    def dial_peer(
        self, hosts: list[str], port: int, fingerprint: bytes, on_push: OnPush = lambda message: None
    ) -> MemoryChannel:
        listener = self.world.listeners.get(port)
        if listener is None or listener.new_session is None:
            raise Unreachable("timed_out")
        if listener.fingerprint != fingerprint:
            raise error("wrong_certificate")
        channel = MemoryChannel(self, listener.owner, listener.fingerprint, messages.FromPeer, on_push, few())
        channel.attach(listener.new_session(channel.take, channel.session_closed))
        self.channels.append(channel)
        return channel

    def cut(self, target: str) -> None:
        """Every connection to `target` breaks."""
        for channel in self.channels:
            if channel.target == target:
                channel.close()

    def close(self) -> None:
        self.world.listeners.pop(self.port, None)
        for channel in self.channels:
            channel.close()


class Person:
    """Somebody with an agent: the node is rebuilt at each `restart`, the vault stays."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.changes: list[Event] = []
        self.clock: Callable[[], int] = lambda: world.now
        self.timer: Callable[[], float] = lambda: world.now / 1000
        self.network = MemoryNetwork(world, name)
        self.store = FileStore(None, lambda function, *arguments: function(*arguments))
        self.vault: Vault
        self.node: UserSession

    def sign_up(self, link: Link, owner_code: str | None, email: str) -> None:
        channel = self.network.dial_authority([], 0, lambda message: None, lambda: None)
        identity.greet(channel, link.authority_id)
        _me, fill = identity.prepare_sign_up(channel, link, owner_code, email, self.name)
        self.vault = spared.vault(fill)
        identity.finish_sign_up(channel, self.vault)
        channel.close()
        self.start()
        self.node.authority.connect()

    def start(self) -> None:
        """A node on the vault, not connected yet."""
        self.node = UserSession(
            self.vault,
            self.network,
            lambda: self.clock(),
            lambda: self.timer(),
            self.store,
            pause=self._pause,
        )
        self.node.ctx.events.subscribe(Event, self.changes.append)

    def _pause(self, seconds: float) -> None:
        """Waiting takes no time here; the clock goes on."""
        self.world.now += int(seconds * 1000)

    def stop(self) -> None:
        """The agent ends; its connections with it, those that others made too."""
        self.network.close()
        self.node.links.close()
        self.world.cut(self.name)

    def restart(self, connect: bool = True) -> None:
        """The agent ends and comes up again, with a new listener, on the same vault."""
        self.stop()
        self.network = MemoryNetwork(self.world, self.name)
        self.start()
        if connect:
            self.node.authority.connect()

    def reconnect(self) -> None:
        """Connect to the authority again if the link is down."""
        if not self.node.authority.up:
            self.node.authority.connect()

    @property
    def uid(self) -> bytes:
        return self.node.ctx.me.uid

    def write(self, to: Person, text: str, id: bytes | None = None) -> int:
        """Put a message into the outbox; nothing is sent before `deliver`."""
        return self.node.messages.compose(to.uid, TEXT, text.encode(), id or random_id())

    def deliver(self) -> None:
        """Send what waits, whatever the waiting times say."""
        self.node.outbox.try_now()
        for peer in self.node.outbox.due(self.node.ctx.timer()):
            self.node.outbox.step(peer)

    def settle(self) -> None:
        if self.node.authority.up:
            self.node.authority.log.sync()
            self.node.authority.give_back()
            self.node.mailbox.step()
            self.node.unread.step()
            self.node.profiles.step()
            self.node.groups.look_at_early()
            self.node.authority.watch()
        self.node.healing.step()
        self.deliver()
        for room in list(self.node.groups.rooms.values()):
            with contextlib.suppress(HamrazError):
                room.step()
        self.node.files.step()

    def say(self, to: Person, text: str) -> int:
        """Write and deliver at once."""
        order = self.write(to, text)
        self.deliver()
        return order

    def read(self, other: Person, position: int | None = None) -> None:
        """The page has shown the conversation up to this message, or all of it; receipts wait for `deliver`."""
        if position is None:
            position = max((shown["position"] for shown in self.shown(other)), default=0)
        self.node.messages.mark_read(ChatId.private(other.uid), position)

    def texts(self, other: Person) -> list[str]:
        """The conversation with somebody, as the page shows it."""
        return [message["text"] for message in self.shown(other)]

    def states(self, other: Person) -> list[str]:
        return [message["state"] for message in self.shown(other)]

    def shown(self, other: Person) -> list[dict[str, Any]]:
        page = message_views.history(self.node, ChatId.private(other.uid), None, None, 1000)
        found: list[dict[str, Any]] = page["messages"]
        return found

    def invitations(self, other: Person) -> list[str]:
        """The names of the groups into which the other has invited; none of these is a line of their talk."""
        where = "chat = ? AND sender = ? AND kind = ? AND line = ? ORDER BY ord"
        asked = (ChatId.private(other.uid), other.uid, INVITATION, ASIDE)
        rows = self.vault.read(lambda rows: message_rows.select(rows, where, *asked))
        return [decode_strict(row.body, Invitation).name for row in rows]

    def agent(self) -> Agent:
        """The calls of the page, on this node."""
        agent = Agent(Path("nowhere"), self.vault.offload, 0, "")
        agent._session = self.node
        agent.project(self.node)
        return agent
