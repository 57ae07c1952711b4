"""Several nodes on one database: which run, what they say to each other, and what those here are told of what another
has written. Called under the authority's lock; what it decides together with the others is a job like all else.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from authority_server.core.claims import Claims
from authority_server.core.fair_queue import OURS
from authority_server.core.jobs import Done, Job
from authority_server.state import changes
from authority_server.state.changes import ClaimIs, Gave, Lives, NodeIs, Probe, SettingsAre, Told
from authority_server.state.lasting import Lasts
from authority_server.state.state import State
from authority_server.store import nodes as node_store
from authority_server.store.database import Rows
from protocol.errors import HamrazError, error
from protocol.gone_messages import NewGone
from protocol.links import carried
from protocol.messages import HostsAre, NewMail, encode
from protocol.primitives import random_id
from transport.turns import Account

if TYPE_CHECKING:
    from authority_server.core.authority import Authority
    from authority_server.core.client import Client

AWAY_MS = 10_000  # a server that comes back, or a standby that is promoted, takes less


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What one node says to all: that its journal is longer, or without one what a group's members are pushed, or whose
    turn in it is for how long.
    """

    node: bytes
    gid: bytes = b""
    uid: bytes = b""  # who is not told, or whose turn it is
    body: bytes = b""
    turn: int | None = None  # ms; 0: it is over


class Nodes:
    """This process among them."""

    def __init__(self, authority: Authority, place: bytes) -> None:
        self.id = random_id()
        self._authority = authority
        self._place = place
        self._hosts, self._port = "", 0
        self._told: list[str] = []  # the hosts of all, as agents here were told
        self.claims = Claims(authority, self.id, self._write)
        self.hint: Callable[[], None] = lambda: None  # tell the others that there is something new in the journal
        self.say: Callable[[Said], None] = lambda said: None  # or what need not last

        def begin(state: State, rows: Rows) -> None:
            state.replace_node(rows, self.id, place)
            self._begin(state, rows)

        (outcome,) = authority.execute([begin])  # from now on the others know of it
        if isinstance(outcome, Exception):
            raise outcome
        self.claims.begin()

    # --- this node ---

    def found_at(self, hosts: Sequence[str], port: int) -> None:
        """Agents find it there. Never under the lock."""
        self._hosts, self._port = " ".join(hosts), port
        self._authority.write_now(self._begin)

    def end(self) -> None:
        """It serves nobody any more. Never under the lock."""
        with contextlib.suppress(HamrazError):  # the others find out by themselves
            self._authority.write_now(lambda state, rows: state.end_node(rows, self.id))

    def others(self) -> list[str]:
        """The hosts of the other nodes that are found at this one's port, each one's first before any's second."""
        found = sorted(self._authority.state.nodes.items())
        others = [hosts.split() for node, (_place, hosts, port) in found if node != self.id and port == self._port]
        return [host for turn in itertools.zip_longest(*others) for host in turn if host is not None]

    def tell_hosts(self) -> None:
        """Agents hear where all nodes are, once that has changed; called now and then, under the lock."""
        own, others = self._hosts.split(), self.others()
        hosts = carried([*own[:1], *others, *own[1:]])
        if hosts and hosts != self._told:
            self._told = hosts
            self._authority.online.push_to_all(encode(HostsAre(hosts)))

    def entered(self, client: Client) -> None:
        """Somebody has logged in."""
        if self._told:
            client.push(encode(HostsAre(self._told)))

    def catch_up(self, done: Done = lambda outcome: None, account: Account = OURS) -> None:
        """Take in what others have written; called now and then, when somebody says so, and before a doubt is told to
        an account, in whose line that waits: else whoever is refused again and again would be before everybody.
        """
        self._write(lambda state, rows: None, done, account)

    @property
    def away(self) -> bool:
        """Whether the database has been out of this node's reach for so long that others may be better off."""
        authority, health = self._authority, self._authority.health
        cut_off = health.trouble is not None and authority.clock() - health.since >= AWAY_MS
        return cut_off and len(authority.state.nodes) > 1

    def send_away(self) -> None:
        """Then agents are to look for another node; called now and then."""
        authority = self._authority
        if self.away:
            for client in [*authority.online.ready(), *authority.group_connections.clients()]:
                client.fail(error("busy"))

    def gave(self, uid: bytes) -> None:
        """Somebody has given back all that they have, here."""
        self._write(lambda state, rows: state.note(Gave(uid)))

    def bury(self) -> None:
        """Nodes that have said nothing for long hold nothing any more."""

        def job(state: State, rows: Rows) -> None:
            for node in node_store.lapsed(rows):
                if node != self.id:  # it was asleep, and is here
                    state.end_node(rows, node)

        self._write(job)

    def _begin(self, state: State, rows: Rows) -> None:
        state.begin_node(rows, self.id, self._place, self._hosts, self._port)

    def _write(self, job: Job[object], done: Done = lambda outcome: None, account: Account = OURS) -> None:
        """What is about claims in one row, whoever it is for: none is given up before it is made."""
        try:
            self._authority.run_write(job, done, account, 1)
        except HamrazError as reason:  # a full queue
            done(reason)

    # --- what need not last ---

    def pass_on(self, gid: bytes, uid: bytes, body: bytes) -> None:
        """Have members who are connected elsewhere pushed this, but for who says it."""
        self.say(Said(self.id, gid, uid, body))

    def turn(self, gid: bytes, uid: bytes, ms: int) -> None:
        """It is this member's turn in a group for so long from now on."""
        self.say(Said(self.id, gid, uid, turn=ms))

    def hear(self, said: Said) -> None:
        """Another node has said it."""
        authority = self._authority
        group = authority.published_groups.get(said.gid)
        if said.turn is not None:
            authority.holds.note(said.gid, said.uid, authority.clock(), said.turn)
        elif group is not None:
            authority.group_connections.push_to(said.gid, group.joined - {said.uid}, said.body)

    # --- what others have written ---

    def followed(self, told: Sequence[changes.Any | Lasts], missed: bool) -> None:
        """Tell those who are connected here. `missed`: and of more than that it is not known."""
        authority = self._authority
        for change in told:
            match change:
                case Told(gid, uids, body) if gid:
                    group = authority.published_groups.get(gid)
                    if group is not None:
                        joined = group.joined
                        authority.group_connections.push_to(gid, joined if uids is None else joined & set(uids), body)
                case Told(_, uids, body):
                    authority.online.push(uids or (), body)
                case ClaimIs(uid):
                    self.claims.look_at(uid)
                case NodeIs(node, False):
                    self._ended(node)
                case Gave(uid):
                    authority.recovery.has_been_given(uid)
                case Probe(uid, token):
                    self.claims.probe(uid, token)
                case Lives(_, token):
                    self.claims.lives(token)
                case Lasts(limit, key, amount):
                    authority.limits.written(limit, key, amount, authority.clock())
        if missed:
            self._look_at_all()
        if missed or any(isinstance(change, SettingsAre) for change in told):
            authority.recovery.follow()
            authority.running.reach(authority.state.running)
        if authority.floor:
            authority.recovery.gives_back()

    def _ended(self, node: bytes) -> None:
        if node == self.id:
            self._reassert()
        self.claims.ended(node)

    def _look_at_all(self) -> None:
        self.claims.look_at_all()
        self._reassert()
        for news in (NewMail(), NewGone()):
            self._authority.online.push_to_all(encode(news))

    def _reassert(self) -> None:
        """The others took this node for one that has ended: it goes on, as far as nobody has taken its place."""
        again = self.claims.again()

        def job(state: State, rows: Rows) -> None:
            if self.id not in state.nodes:
                self._begin(state, rows)
            again(state, rows)

        self._write(job)
