"""At which of several nodes each account's agent is: there is one, whose claim stands in the database. Called under the
authority's lock; what is decided together with the other nodes is a job like all else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from authority_server.core.client import Client, Takeover
from authority_server.core.jobs import Job
from authority_server.state.changes import Lives, Probe
from authority_server.state.state import State
from authority_server.store.database import Rows
from authority_server.store.nodes import Claim
from protocol.errors import error
from protocol.primitives import random_id

if TYPE_CHECKING:
    from authority_server.core.authority import Authority

# To hear from another node that its agent lives: 3 s for that to answer, as where there is one node, and the way there
# and back.
ELSEWHERE_MS = 4_000


class Claims:
    """Of the accounts whose agents are at this node, or want to be."""

    def __init__(self, authority: Authority, node: bytes, write: Callable[..., None]) -> None:
        """`write(job, done)`: see `Nodes._write`."""
        self._authority, self._node, self._write = authority, node, write
        self._contests: dict[bytes, tuple[Client, Takeover]] = {}  # who waits, by the claim that is asked about
        authority.online.on_change = self._changed

    def begin(self) -> None:
        """Whose agents are at other nodes already."""
        for uid, claim in self._authority.state.claims.items():
            self._authority.online.note_elsewhere(uid, claim)

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
        wanted = Claim(self._node, token, client.shown, client.remote)

        def job(state: State, rows: Rows) -> Claim | None:
            held = state.claims.get(uid)
            if held is not None and held.node != self._node and held.node in state.nodes and held.token != silent:
                state.note(Probe(uid, held.token))
                return held
            state.claim(rows, uid, wanted)
            return None

        def done(outcome: Claim | Exception | None) -> None:
            if client.closed:
                return
            if isinstance(outcome, Exception):
                authority.online.release(client)
                takeover.refuse(outcome)
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

    def probe(self, uid: bytes, token: bytes) -> None:
        """Another node asks for a sign of life of whoever has this claim."""
        client = self._authority.online.occupant(uid)
        claim = self._authority.state.claims.get(uid)
        if claim is None or claim.node != self._node or claim.token != token:
            return
        if client is None or client.claim != token:
            self._write(lambda state, rows: state.release(rows, uid, token))
        elif client.closed:
            self._authority.online.release(client)  # its thread has not noticed yet
        else:
            client.on_life.append(lambda: self._write(lambda state, rows: state.note(Lives(uid, token))))
            client.ask()

    def lives(self, token: bytes) -> None:
        """Whoever has this claim has given a sign of life: who waited for it is refused."""
        waited = self._settled(token)
        if waited is not None:
            self._authority.online.release(waited[0])
            waited[1].refuse(error("other_agent"))

    def look_at(self, uid: bytes) -> None:
        """Where an account's agent is now."""
        online, claim = self._authority.online, self._authority.state.claims.get(uid)
        before = online.elsewhere.get(uid)
        online.note_elsewhere(uid, claim if claim is not None and claim.node != self._node else None)
        here = online.occupant(uid)
        if here is not None and here.holds and claim is not None and claim.token != here.claim:
            online.release(here)
            here.fail(error("replaced"))
        if before is not None and (claim is None or claim.token != before.token):
            waited = self._settled(before.token)
            if waited is not None:
                self.claim(*waited)

    def ended(self, node: bytes) -> None:
        """This node holds nothing any more."""
        for uid, claim in list(self._authority.online.elsewhere.items()):
            if claim.node == node:
                self.look_at(uid)

    def look_at_all(self) -> None:
        """Where all are now; who waits asks again."""
        for uid in {*self._authority.online.elsewhere, *self._authority.state.claims}:
            self.look_at(uid)
        for token in list(self._contests):
            waited = self._settled(token)
            if waited is not None:
                self.claim(*waited)

    def again(self) -> Job[None]:
        """What claims the accounts anew whose agents are here, as far as nobody has taken their place. Whose end could
        not be written down is let go.
        """
        authority = self._authority
        agents = [agent for agent in authority.online.ready() if agent.holds]
        ours = [(uid, claim.token) for uid, claim in authority.state.claims.items() if claim.node == self._node]
        left = [(uid, token) for uid, token in ours if not self._holds(uid, token)]
        wanted = [(one.known, Claim(self._node, one.claim, one.shown, one.remote)) for one in agents]

        def job(state: State, rows: Rows) -> None:
            for uid, token in left:
                state.release(rows, uid, token)
            for uid, claim in wanted:
                held = state.claims.get(uid)
                if held is None or (held != claim and held.token == claim.token):
                    state.claim(rows, uid, claim)

        return job

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
