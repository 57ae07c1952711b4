"""Several nodes on one database: at which of them whose agent is, and what those here are told of what another has
written. Called under the authority's lock; what it decides together with the others is a job like all else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from authority_server.core.client import Client, Takeover
from authority_server.core.fair_queue import OURS
from authority_server.core.jobs import Done, Job
from authority_server.state import changes
from authority_server.state.changes import ClaimIs, Gave, Lives, NodeIs, Probe, SettingsAre, Told
from authority_server.state.state import State
from authority_server.store import nodes as node_store
from authority_server.store.database import Rows
from authority_server.store.nodes import Claim
from protocol.errors import HamrazError, error
from protocol.gone_messages import NewGone
from protocol.messages import NewMail, encode
from protocol.primitives import random_id
from transport.turns import Account

if TYPE_CHECKING:
    from authority_server.core.authority import Authority

# To hear from another node that its agent lives: 3 s for that to answer, as where there is one node, and the way there
# and back.
ELSEWHERE_MS = 4_000


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
        self._contests: dict[bytes, tuple[Client, Takeover]] = {}  # who waits, by the claim that is asked about
        self.hint: Callable[[], None] = lambda: None  # tell the others that there is something new in the journal
        self.say: Callable[[Said], None] = lambda said: None  # or what need not last
        authority.online.on_change = self._changed

        def begin(state: State, rows: Rows) -> None:
            state.replace_node(rows, self.id, place)
            self._begin(state, rows)

        (outcome,) = authority.execute([begin])  # from now on the others know of it
        if isinstance(outcome, Exception):
            raise outcome
        for uid, claim in authority.state.claims.items():
            authority.online.note_elsewhere(uid, claim)

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
        """The hosts of the other nodes that are found at this one's port."""
        found = sorted(self._authority.state.nodes.items())
        others = [hosts for node, (_place, hosts, port) in found if node != self.id and port == self._port]
        return [host for hosts in others for host in hosts.split()]

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

    # --- one live agent for each account ---

    def overdue(self, client: Client, takeover: Takeover) -> None:
        """The agent at another node has given no sign of life: its claim counts no more."""
        silent = next((token for token, (_, waits) in self._contests.items() if waits is takeover), b"")
        self._contests.pop(silent, None)
        self.claim(client, takeover, silent)

    def claim(self, client: Client, takeover: Takeover, silent: bytes = b"") -> None:
        """Take the account, unless an agent has it at another node: then that is asked for a sign of life. `silent`:
        the claim that has given none.
        """
        uid, authority = takeover.uid, self._authority
        client.claim = token = random_id()
        wanted = Claim(self.id, token, client.shown, client.remote)

        def job(state: State, rows: Rows) -> Claim | None:
            held = state.claims.get(uid)
            if held is not None and held.node != self.id and held.node in state.nodes and held.token != silent:
                state.note(Probe(uid, held.token))
                return held
            state.claim(rows, uid, wanted)
            return None

        def done(outcome: Claim | Exception | None) -> None:
            if client.closed:
                return
            if isinstance(outcome, Exception):
                authority.online.release(client)
                takeover.refuse(outcome if isinstance(outcome, HamrazError) else error("internal"))
            elif outcome is None:
                client.holds = True
                takeover.enter()
            else:
                takeover.current, takeover.deadline = None, authority.clock() + ELSEWHERE_MS
                client.takeover = takeover
                self._contests = {one: who for one, who in self._contests.items() if who[0].takeover is who[1]}
                self._contests[outcome.token] = client, takeover

        self._write(job, done)

    def _changed(self, uid: bytes, client: Client) -> None:
        """An agent's claim is given up, or its agent shown or hidden."""
        token = client.claim
        if not token:
            return
        if self._authority.online.occupant(uid) is not client:
            client.claim, client.holds = b"", False
            self._write(lambda state, rows: state.release(rows, uid, token))
            return

        if client.showing:
            return  # as it is when its turn comes: who changes their mind again and again is before nobody

        def show(state: State, rows: Rows) -> None:
            client.showing = False
            claim = state.claims.get(uid)
            if claim is not None and claim.token == token and claim.shown != client.shown:
                state.claim(rows, uid, Claim(claim.node, token, client.shown, claim.address))

        def shown(outcome: object) -> None:
            if isinstance(outcome, Exception):
                client.showing = False  # it was not carried out: it is said again with all else that was missed

        client.showing = True
        self._write(show, shown)

    def _settled(self, token: bytes) -> tuple[Client, Takeover] | None:
        """Who waits on this claim, and waits no more."""
        client, takeover = self._contests.pop(token, (None, None))
        if client is None or takeover is None or client.takeover is not takeover:
            return None
        client.takeover = None
        return client, takeover

    def _holds(self, uid: bytes, token: bytes) -> bool:
        client = self._authority.online.occupant(uid)
        return client is not None and client.claim == token

    def _probe(self, uid: bytes, token: bytes) -> None:
        client = self._authority.online.occupant(uid)
        claim = self._authority.state.claims.get(uid)
        if claim is None or claim.node != self.id or claim.token != token:
            return
        if client is None or client.claim != token:
            self._write(lambda state, rows: state.release(rows, uid, token))
        elif client.closed:
            self._authority.online.release(client)  # its thread has not noticed yet
        else:
            client.on_life.append(lambda: self._write(lambda state, rows: state.note(Lives(uid, token))))
            client.ask()

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

    def followed(self, told: Sequence[changes.Any], missed: bool) -> None:
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
                    self._push(uids or (), body)
                case ClaimIs(uid):
                    self._look_at(uid)
                case NodeIs(node, False):
                    self._ended(node)
                case Gave(uid):
                    authority.recovery.has_been_given(uid)
                case Probe(uid, token):
                    self._probe(uid, token)
                case Lives(_, token):
                    waited = self._settled(token)
                    if waited is not None:
                        authority.online.release(waited[0])
                        waited[1].refuse(error("other_agent"))
        if missed:
            self._look_at_all()
        if missed or any(isinstance(change, SettingsAre) for change in told):
            authority.recovery.follow()
            authority.running.reach(authority.state.running)
        if authority.floor:
            authority.recovery.gives_back()

    def _push(self, uids: Sequence[bytes], body: bytes) -> None:
        for uid in uids:
            agent = self._authority.online.occupant(uid)
            if agent is not None and agent.ready:
                agent.push(body)

    def _look_at(self, uid: bytes) -> None:
        """Where an account's agent is now."""
        online, claim = self._authority.online, self._authority.state.claims.get(uid)
        before = online.elsewhere.get(uid)
        online.note_elsewhere(uid, claim if claim is not None and claim.node != self.id else None)
        here = online.occupant(uid)
        if here is not None and here.holds and claim is not None and claim.token != here.claim:
            online.release(here)
            here.fail(error("replaced"))
        if before is not None and (claim is None or claim.token != before.token):
            waited = self._settled(before.token)
            if waited is not None:
                self.claim(*waited)

    def _ended(self, node: bytes) -> None:
        if node == self.id:
            self._reassert()
        for uid, claim in list(self._authority.online.elsewhere.items()):
            if claim.node == node:
                self._look_at(uid)

    def _look_at_all(self) -> None:
        authority = self._authority
        for uid in {*authority.online.elsewhere, *authority.state.claims}:
            self._look_at(uid)
        for token in list(self._contests):
            waited = self._settled(token)
            if waited is not None:
                self.claim(*waited)
        self._reassert()
        ready = [agent.known for agent in authority.online.ready()]
        self._push(ready, encode(NewMail()))
        self._push(ready, encode(NewGone()))

    def _reassert(self) -> None:
        """The others took this node for one that has ended: it goes on, as far as nobody has taken its place. Whose end
        could not be written down is let go.
        """
        authority = self._authority
        agents = [agent for agent in authority.online.ready() if agent.holds]
        ours = [(uid, claim.token) for uid, claim in authority.state.claims.items() if claim.node == self.id]
        left = [(uid, token) for uid, token in ours if not self._holds(uid, token)]
        wanted = [(one.known, Claim(self.id, one.claim, one.shown, one.remote)) for one in agents]

        def job(state: State, rows: Rows) -> None:
            if self.id not in state.nodes:
                self._begin(state, rows)
            for uid, token in left:
                state.release(rows, uid, token)
            for uid, claim in wanted:
                held = state.claims.get(uid)
                if held is None or (held != claim and held.token == claim.token):
                    state.claim(rows, uid, claim)

        self._write(job)
