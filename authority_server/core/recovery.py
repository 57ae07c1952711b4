"""Coming back from an old backup (section 6.5): whether that is going on, and what agents have given back so far."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from authority_server.core.client import Client
from authority_server.core.fair_queue import OURS
from authority_server.state.state import BY_HAND as BY_HAND
from authority_server.state.state import BY_ITSELF, ERA, RECOVERING, State
from authority_server.store.database import Rows
from protocol.errors import Forged, HamrazError, Refused, error
from protocol.group_entries import ChainHead, Read
from protocol.groups import Change, Group
from protocol.log import Log
from protocol.messages import Recovering, encode
from protocol.primitives import random_id
from protocol.statements import Head, Signed, check

if TYPE_CHECKING:
    from authority_server.core.authority import Authority

# what a client would be refused with, and what the lost part of the database may know better
UNSURE = {"bad_proof", "not_member", "unknown_user", "revoked", "no_invitation", "owner_first"}

HOLD_MS = 10_000  # a connection that gives nothing for so long gives way to another

log = logging.getLogger("hamraz.authority")


@dataclass(slots=True)
class Given:
    """What one connection has given, until a head proves it."""

    giver: Client
    since: int  # ms, when it last gave something
    log: Log
    entries: list[bytes] = field(default_factory=list)
    size: int = 0  # bytes


@dataclass(slots=True)
class GivenChain:
    """The same of a group's chain."""

    giver: Client
    since: int  # ms, when it last gave something
    base: int
    group: Group
    entries: list[tuple[Read, Change]] = field(default_factory=list)
    size: int = 0  # bytes


def taken(held: Given | GivenChain | None, client: Client, now: int) -> bool:
    """True while another connection is giving this."""
    return held is not None and held.giver is not client and not held.giver.closed and now - held.since < HOLD_MS


class Recovery:
    """Whether it is going on, and what has come so far. `begin` and the requests under the authority's lock.

    There are two kinds. What the file of signed sizes names is known to the last entry: it ends by itself, thing by
    thing, as soon as that is here. Where an agent shows more than this database has ever heard of, or whoever runs it
    says so (`declared`), nobody knows how much there is: everything stops until whoever runs it ends it or, if it began
    by itself, until everybody with an account has given what they had.
    """

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.declared = authority.state.settings.get(RECOVERING, b"")
        self.before = authority.published.size  # entries of the log when it began, or at the start
        self.seen: set[bytes] = set()  # accounts that have logged in meanwhile
        self.gave: set[bytes] = set()  # of them, those who have given back all that they have
        self.given: Given | None = None
        self.chains: dict[bytes, GivenChain] = {}

    @property
    def on(self) -> bool:
        """Something waits to be given back."""
        return bool(self.declared) or bool(self._authority.floor)

    def found(self, lost: bool, unsure: bool) -> None:
        """After loading: `lost` is whether acknowledged transactions aren't here; `unsure`, whether that isn't known,
        though another database server has taken over: then nothing is appended, over restarts too.
        """
        floor = self._authority.floor
        if unsure:
            self.declared = max(self.declared, BY_ITSELF)
            self._authority.state.halt()
            self.before = self._authority.published.size
            log.error(
                "RECOVERING: another database server has taken over, or this one was put back, and it isn't known "
                "whether it has all that was acknowledged. Nothing is appended before everybody has been here and has "
                "given back what is missing. If you know that nothing is, end it with --end-recovery."
            )
        elif floor:
            log.error(
                "RECOVERING: the log lacks %(log)d entries and %(groups)d groups lack some that were signed. Agents "
                "give them back as they come; until then nothing is appended there.",
                self._lacks(),
            )
        elif lost:
            log.error(
                "This database is older than what was acknowledged: what waited in mailboxes since then is left there "
                "again by its senders as they come."
            )

    def begin(self, why: str, by: bytes = BY_ITSELF) -> None:
        """From now on nothing is appended, over restarts too; told to whoever runs it, and to every agent."""
        authority = self._authority
        if self.declared >= by:
            return
        fresh = not self.on
        self.declared = by
        authority.state.halt()
        if fresh:
            self.before = authority.published.size
        log.error(
            "RECOVERING: %(why)s. Nothing is appended to the log or to groups now; agents give back what is missing. "
            "When all who may have something have been here (see --status), end it with --end-recovery.",
            {"why": why, "log": self.before},
        )
        authority.run_write(partial(_begin, by), lambda outcome: None, OURS, 1)
        self.tell_all()

    def end(self) -> str:
        """Append again; what to say about it. Never under the lock."""
        authority = self._authority
        if not self.on:
            return "The authority isn't recovering: it appends as always."
        authority.write_now(_resume)
        with authority.lock:
            self._ended("recovery has ended")
            authority.floor.log = 0
            authority.floor.chains.clear()
        authority.write_now(lambda state, rows: self._give_up())
        return f"Recovery has ended: the log has {authority.published.size} entries, {self.before} when it began."

    def follow(self) -> None:
        """It may have begun or ended at another node."""
        declared = self._authority.state.settings.get(RECOVERING, b"")
        if declared and not self.declared:
            self.declared, self.before = declared, self._authority.published.size
            log.error("RECOVERING: another node says so.")
            self.ask_all()
        elif self.declared and not declared:
            self._ended("recovery has ended at another node")
            self._authority.floor.log = 0
            self._authority.floor.chains.clear()
            self._authority.run_write(lambda state, rows: self._give_up(), lambda outcome: None, OURS, 1)

    def _give_up(self) -> None:
        """What isn't here was signed for nobody any more. By the writer, whose file that is."""
        authority = self._authority
        authority.sizes.forget(authority.sizes_of(authority.published_groups))

    def gives_back(self) -> None:
        """Something has come back, and is durable: whether that was all."""
        authority = self._authority
        if not authority.floor:
            return
        authority.floor.reach(authority.published.size, authority.chain_size)
        if not authority.floor:
            log.warning(
                "all that was signed is here again: the log has %(log)d entries", {"log": authority.published.size}
            )
            self._look_for_end()

    def has_given(self, client: Client) -> None:
        """This agent has given back everything that it has."""
        if self.declared:
            if self._authority.nodes is not None:
                self._authority.nodes.gave(client.known)
            self.has_been_given(client.known)

    def has_been_given(self, uid: bytes) -> None:
        """The same, be it at another node."""
        self.gave.add(uid)
        self._look_for_end()

    def _look_for_end(self) -> None:
        authority = self._authority
        if self.declared != BY_ITSELF or authority.floor or not self._everybody() <= self.gave:
            return

        def done(outcome: object) -> None:
            if not isinstance(outcome, Exception) and self.declared == BY_ITSELF:
                self._ended("everybody has given back what they had")

        authority.run_write(_resume, done, OURS, 1)

    def _ended(self, why: str) -> None:
        self.declared, self.given, self.chains = b"", None, {}
        self._authority.state.halt(False)
        log.warning(
            "%(why)s: the log has %(log)d entries, %(before)d when it began; %(seen)d accounts were here",
            {"why": why, "log": self._authority.published.size, "before": self.before, "seen": len(self.seen)},
        )
        self.gave.clear()

    def _everybody(self) -> set[bytes]:
        users = list(self._authority.state.log.users.items())  # at once: the writer may add one meanwhile
        return {uid for uid, user in users if user.key is not None}

    def _lacks(self) -> dict[str, int]:
        floor, size = self._authority.floor, self._authority.published.size
        return {"log": max(0, floor.log - size), "groups": len(floor.chains)}

    def status(self) -> dict[str, Any] | None:
        """For whoever runs it; None if it isn't going on."""
        if not self.on:
            return None
        told = {"before": self.before, "seen": len(self.seen), "of": len(self._everybody())}
        return told | {"lacks": self._lacks(), "declared": bool(self.declared)}

    def entered(self, client: Client) -> None:
        """Somebody has logged in."""
        if self.on:
            self.seen.add(client.known)
        if self.on or self._authority.damage.wants:
            client.push(encode(Recovering()))

    def ask_for_entries(self) -> None:
        """Have agents offer what they have: single entries of groups' chains don't hold here."""
        if self._authority.damage.take_news():
            self.tell_all()

    def tell_all(self) -> None:
        """Have agents offer what they have. Under the lock."""
        self._authority.online.push_to_all(encode(Recovering()))

    def ask_all(self) -> None:
        """The database has come back as an older one beneath connections that live on: have agents offer what they
        have. The log they give back as they come in, so they come in anew. Under the lock.
        """
        if not (self.declared or self._authority.floor.log):
            self.tell_all()
            return
        for agent in self._authority.online.ready():
            agent.close()

    def shown(self, signed: Signed) -> None:
        """A head of ours that somebody shows, if it is one: see `compare`."""
        authority = self._authority
        if signed == authority.published.head:
            return
        try:
            head = check(signed, Head, authority.key.public, authority.id)
        except Forged:
            return  # whoever shows it believes another authority, and finds that out by itself
        self.compare(head)

    def compare(self, head: Head, sure: bool = False) -> None:
        """A head that we have signed: one that is beyond all that we know of begins the recovery. `sure`: another node
        may have signed it, but we have looked.
        """
        authority, published = self._authority, self._authority.published
        if head.size > published.size:
            if authority.nodes is not None and not sure:
                authority.nodes.catch_up(self._sure(lambda: self.compare(head, True)))
            elif head.size > authority.floor.log:
                self.begin("an agent has a signed head that this database lacks, so it was rolled back")
        elif authority.state.log.hashes[head.size] != head.hash:
            log.critical(
                "AN AGENT HAS A SIGNED HEAD THAT CONTRADICTS THIS DATABASE (at %(size)d entries): it was rolled back, "
                "and went on. Stop, and bring back the newest copy; agents that saw it refuse to go on with this one.",
                {"size": head.size},
            )

    @staticmethod
    def _sure(then: Callable[[], None]) -> Callable[[object], None]:
        """Once others' batches are known; not at all, if they can't be."""
        return lambda outcome: None if isinstance(outcome, Exception) else then()

    def shown_chain(self, head: ChainHead, sure: bool = False) -> None:
        """The same of a chain head of ours that is beyond what is here."""
        if head.n <= self._authority.chain_size(head.gid):
            return
        if self._authority.nodes is not None and not sure:
            self._authority.nodes.catch_up(self._sure(lambda: self.shown_chain(head, True)))
        elif head.n > self._authority.floor.chains.get(head.gid, 0):
            self.begin("an agent has a group's signed chain head that this database lacks, so it was rolled back")

    def told(self, reason: HamrazError) -> HamrazError:
        """What a client is refused with: nothing that the lost part of the database may know better."""
        if not isinstance(reason, Refused):
            return reason
        unsure = UNSURE if self.declared or self._authority.floor.log else {"not_member"} if self.on else set()
        return error("recovering") if reason.code in unsure else reason


def _begin(by: bytes, state: State, rows: Rows) -> None:
    state.save_setting(rows, RECOVERING, by)
    state.save_setting(rows, ERA, random_id())


def _resume(state: State, rows: Rows) -> None:
    state.drop_setting(rows, RECOVERING)
