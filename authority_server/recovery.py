"""Coming back from an old backup (section 6.5): whether that is going on, and what agents have given back so far."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from authority_server.caller import Caller
from authority_server.fair_queue import OURS
from authority_server.state import RECOVERING, State
from authority_server.store import Rows
from protocol.errors import Forged, HamrazError, Refused, error
from protocol.groups import Change, Group
from protocol.log import Log
from protocol.messages import Recovering, encode
from protocol.statements import Head, Signed, check

if TYPE_CHECKING:
    from authority_server.authority import Authority

# what a caller would be refused with, and what the lost part of the database may know better
UNSURE = {"bad_proof", "not_member", "unknown_user", "revoked", "no_invitation", "owner_first"}

log = logging.getLogger("hamraz.authority")


HOLD_MS = 10_000  # a connection that gives nothing for so long gives way to another


@dataclass(slots=True)
class Given:
    """What one connection has given, until a head proves it."""

    giver: Caller
    since: int  # ms, when it last gave something
    log: Log
    entries: list[bytes] = field(default_factory=list)
    size: int = 0  # bytes


@dataclass(slots=True)
class GivenChain:
    """The same of a group's chain."""

    giver: Caller
    since: int  # ms, when it last gave something
    base: int
    group: Group
    entries: list[tuple[bytes, Change]] = field(default_factory=list)
    size: int = 0  # bytes


def taken(held: Given | GivenChain | None, caller: Caller, now: int) -> bool:
    """True while another connection is giving this."""
    return held is not None and held.giver is not caller and not held.giver.closed and now - held.since < HOLD_MS


class Recovery:
    """Whether it is going on, and what has come so far. `begin` and the requests under the authority's lock."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.on = authority.state.halted
        self.before = authority.published.size  # entries of the log when it began, or at the start
        self.seen: set[bytes] = set()  # accounts that have logged in meanwhile
        self.given: Given | None = None
        self.chains: dict[bytes, GivenChain] = {}

    def begin(self, why: str) -> None:
        """From now on nothing is appended, over restarts too; told to whoever runs it, and to every agent."""
        authority = self._authority
        if self.on:
            return
        self.on, self.before = True, authority.published.size
        authority.state.halt()
        log.error(
            "RECOVERING: %(why)s. Nothing is appended to the log or to groups now; agents give back what is missing. "
            "When all who may have something have been here (see --status), end it with --end-recovery.",
            {"why": why, "log": self.before},
        )
        with contextlib.suppress(HamrazError):  # a full queue: the next request says it again
            authority.run_write(_begin, lambda outcome: None, OURS, 1)
        body = encode(Recovering())
        for agent in authority.online.ready():
            agent.push(body)

    def end(self) -> str:
        """Append again; what to say about it. Never under the lock."""
        if not self.on:
            return "The authority isn't recovering: it appends as always."
        self._authority.write_now(_resume)
        self.on, self.given, self.chains = False, None, {}
        self._authority.state.halt(False)
        log.warning(
            "recovery has ended: the log has %(log)d entries, %(before)d when it began; %(seen)d accounts were here",
            {"log": self._authority.published.size, "before": self.before, "seen": len(self.seen)},
        )
        return f"Recovery has ended: the log has {self._authority.published.size} entries, {self.before} when it began."

    def status(self) -> dict[str, int] | None:
        """For whoever runs it; None if it isn't going on."""
        if not self.on:
            return None
        users = self._authority.state.log.users.values()
        return {"before": self.before, "seen": len(self.seen), "of": sum(user.key is not None for user in users)}

    def entered(self, caller: Caller) -> None:
        """Somebody has logged in."""
        if self.on:
            self.seen.add(caller.known)
            caller.push(encode(Recovering()))

    def shown(self, signed: Signed) -> None:
        """A head of ours that somebody shows: one that is beyond what is here begins the recovery."""
        authority, published = self._authority, self._authority.published
        if signed == published.head:
            return
        try:
            head = check(signed, Head, authority.key.public, authority.id)
        except Forged:
            return  # whoever shows it believes another authority, and finds that out by itself
        if head.size > published.size:
            self.begin("an agent has a signed head that this database lacks, so it was rolled back")
        elif authority.state.log.hashes[head.size] != head.hash:
            log.critical(
                "AN AGENT HAS A SIGNED HEAD THAT CONTRADICTS THIS DATABASE (at %(size)d entries): it was rolled back, "
                "and went on. Stop, and bring back the newest copy; agents that saw it refuse to go on with this one.",
                {"size": head.size},
            )

    def told(self, reason: HamrazError) -> HamrazError:
        """What a caller is refused with: nothing that the lost part of the database may know better."""
        unsure = self.on and isinstance(reason, Refused) and reason.code in UNSURE
        return error("recovering") if unsure else reason


def _begin(state: State, rows: Rows) -> None:
    state.save_setting(rows, RECOVERING, b"1")


def _resume(state: State, rows: Rows) -> None:
    state.drop_setting(rows, RECOVERING)
