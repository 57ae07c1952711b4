"""Which agent speaks for which account now: one each; and who is told when it comes and goes (section 8.12)."""

from __future__ import annotations

from authority_server.core.client import Caller
from protocol.messages import Present, encode

TOLD = 10  # so many who are told are one unit (section 11.1)


class Online:
    """An account is claimed from the moment its proof held, and online from the moment its log-in was answered."""

    def __init__(self) -> None:
        self._agents: dict[bytes, Caller] = {}
        self._watchers: dict[bytes, set[Caller]] = {}

    def occupant(self, uid: bytes) -> Caller | None:
        """Who holds the claim, logged in or about to."""
        return self._agents.get(uid)

    def has(self, uid: bytes) -> bool:
        agent = self._agents.get(uid)
        return agent is not None and agent.ready

    def shows(self, uid: bytes) -> bool:
        """Whether those who watch see this account as online."""
        agent = self._agents.get(uid)
        return agent is not None and agent.ready and agent.shown

    def watchers(self, caller: Caller) -> int:
        """How many are told when this agent comes and goes."""
        return len(self._watchers.get(caller.uid, ())) if caller.uid is not None else 0

    def ready(self) -> list[Caller]:
        """All that are logged in."""
        return [agent for agent in self._agents.values() if agent.ready]

    def claim(self, uid: bytes, caller: Caller) -> None:
        caller.uid = uid
        self._agents[uid] = caller

    def enter(self, caller: Caller) -> None:
        """The claim's log-in has been answered."""
        assert caller.uid is not None
        caller.ready = True
        caller.charged += self.watchers(caller) // TOLD
        if caller.shown:
            self._tell(caller.uid, True)

    def show(self, caller: Caller, shown: bool) -> None:
        """From now on others see this agent come and go, and it sees them; or neither."""
        if caller.shown != shown:
            caller.shown = shown
            self.watch(caller, frozenset())
            self._tell(caller.known, shown)

    def release(self, caller: Caller) -> None:
        """Give up the claim and the watches, if there are any."""
        self.watch(caller, frozenset())
        if caller.uid is not None and self._agents.get(caller.uid) is caller:
            del self._agents[caller.uid]
            if caller.ready and caller.shown:
                self._tell(caller.uid, False)
        caller.uid = None

    def watch(self, caller: Caller, uids: frozenset[bytes]) -> None:
        """Replace the list of whom this agent is told about; one that isn't shown is told about nobody."""
        if not caller.shown:
            uids = frozenset()
        for uid in caller.watched - uids:
            watchers = self._watchers[uid]
            watchers.discard(caller)
            if not watchers:
                del self._watchers[uid]
        for uid in uids - caller.watched:
            self._watchers.setdefault(uid, set()).add(caller)
        caller.watched = uids

    def _tell(self, uid: bytes, online: bool) -> None:
        watchers = self._watchers.get(uid)
        if watchers:
            body = encode(Present(uid, online))
            for watcher in list(watchers):  # a copy: whoever is too slow is cut off, and watches no more, meanwhile
                watcher.push(body)
