"""Which agent speaks for which account now: one each; and who is told when it comes and goes (section 8.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from authority_server.core.client import Client
from authority_server.store.nodes import Claim
from protocol.messages import Present, encode

TOLD = 10  # so many who are told are one unit (section 11.1)


class Online:
    """An account is claimed from the moment its proof held, and online from the moment its log-in was answered."""

    def __init__(self) -> None:
        self._agents: dict[bytes, Client] = {}
        self._watchers: dict[bytes, set[Client]] = {}
        self.elsewhere: dict[bytes, Claim] = {}  # whose agents are at other nodes
        self.on_change: Callable[[bytes, Client], None] = lambda uid, client: None  # a claim is given up, or hidden

    def occupant(self, uid: bytes) -> Client | None:
        """Who holds the claim, logged in or about to."""
        return self._agents.get(uid)

    def has(self, uid: bytes) -> bool:
        agent = self._agents.get(uid)
        return (agent is not None and agent.ready) or uid in self.elsewhere

    def shows(self, uid: bytes) -> bool:
        """Whether those who watch see this account as online."""
        agent = self._agents.get(uid)
        if agent is not None and agent.ready:
            return agent.shown
        there = self.elsewhere.get(uid)
        return there is not None and there.shown

    def remote(self, uid: bytes) -> str | None:
        """The address that this account's agent is connected from."""
        if uid in self._agents:
            return self._agents[uid].remote
        return self.elsewhere[uid].address if uid in self.elsewhere else None

    def note_elsewhere(self, uid: bytes, claim: Claim | None) -> None:
        """Its agent is at another node, or at none of them."""
        before = self.shows(uid)
        if claim is not None:
            self.elsewhere[uid] = claim
        else:
            self.elsewhere.pop(uid, None)
        if self.shows(uid) != before:
            self._tell(uid, not before)

    def watchers(self, client: Client) -> int:
        """How many are told when this agent comes and goes."""
        return len(self._watchers.get(client.uid, ())) if client.uid is not None else 0

    def ready(self) -> list[Client]:
        """All that are logged in."""
        return [agent for agent in self._agents.values() if agent.ready]

    def push(self, uids: Iterable[bytes], body: bytes) -> None:
        """To the agents of these, as far as they are logged in here."""
        for uid in uids:
            agent = self._agents.get(uid)
            if agent is not None and agent.ready:
                agent.push(body)

    def push_to_all(self, body: bytes) -> None:
        """To all that are logged in."""
        for agent in self.ready():
            agent.push(body)

    def claim(self, uid: bytes, client: Client) -> None:
        client.uid = uid
        self._agents[uid] = client

    def enter(self, client: Client) -> None:
        """The claim's log-in has been answered."""
        assert client.uid is not None
        client.ready = True
        client.charged += self.watchers(client) // TOLD
        if client.shown:
            self._tell(client.uid, True)

    def show(self, client: Client, shown: bool) -> None:
        """From now on others see this agent come and go, and it sees them; or neither."""
        if client.shown != shown:
            client.shown = shown
            self.watch(client, frozenset())
            self._tell(client.known, shown)
            self.on_change(client.known, client)

    def release(self, client: Client) -> None:
        """Give up the claim and the watches, if there are any."""
        self.watch(client, frozenset())
        if client.uid is not None and self._agents.get(client.uid) is client:
            del self._agents[client.uid]
            if client.ready and client.shown:
                self._tell(client.uid, False)
            self.on_change(client.uid, client)
        client.uid = None

    def watch(self, client: Client, uids: frozenset[bytes]) -> None:
        """Replace the list of whom this agent is told about; one that isn't shown is told about nobody."""
        if not client.shown:
            uids = frozenset()
        for uid in client.watched - uids:
            watchers = self._watchers[uid]
            watchers.discard(client)
            if not watchers:
                del self._watchers[uid]
        for uid in uids - client.watched:
            self._watchers.setdefault(uid, set()).add(client)
        client.watched = uids

    def _tell(self, uid: bytes, online: bool) -> None:
        watchers = self._watchers.get(uid)
        if watchers:
            body = encode(Present(uid, online))
            for watcher in list(watchers):  # a copy: whoever is too slow is cut off, and watches no more, meanwhile
                watcher.push(body)
