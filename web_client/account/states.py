"""Conditions that are no passing error and no alarm: each has a name of a closed list, stands until what ends it is
proved, is shown on the page, and can be shown to others, with what was signed.

Knows what holds and since when, not what follows from it: who stops or waits because of one asks `has`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from protocol.errors import Refused
from transport.threads import Trouble
from web_client.vault.database import Rows, Vault

# code: what `about` names. docs/agent-api.md says what each means; the words stand in static/js/i18n/strings.
LOG_BEHIND = "log_behind"  # a signed head of the log that fetching doesn't reach
FALSE_ANSWER = "false_answer"  # the directory's signed word about somebody, which the log contradicts
NAMES: dict[str, str] = {
    LOG_BEHIND: "log",
    FALSE_ANSWER: "person",
    "chain_behind": "group",  # a signed head of a group's chain that asking doesn't reach
    "change_withheld": "group",  # a commit of the log that the group's chain lacks
    "not_let_in": "group",  # the authority's word that we are no member
}

WITH_EVIDENCE = (LOG_BEHIND, FALSE_ANSWER, "chain_behind", "change_withheld")  # each is judged by protocol/evidence.py

INSIDE = "inside"  # a thread of this agent fails: not kept, as it is no word of anybody's
# Of which part of the agent the page speaks: where a thread or a handler fails (transport/threads.py).
PARTS: dict[str, str] = {
    "link": "server",
    "push": "server",
    "evidence": "server",
    "sighting": "server",
    "channel": "network",
    "probe": "network",
    "dial": "network",
    "flush": "network",
    "flusher": "network",
    "drain": "network",
    "listener": "network",
    "connection": "network",
    "discovery": "network",
    "roaming": "network",
    "move": "network",
    "take": "network",
    "outbox": "messages",
    "deliver": "messages",
    "mailbox": "messages",
    "caller": "messages",
    "typing": "messages",
    "blocked": "messages",
    "cleared": "messages",
    "later": "messages",
    "fading": "messages",
    "group": "groups",
    "asked": "groups",
    "join": "groups",
    "files": "files",
    "backup": "backups",
    "restored": "messages",
    "idle": "page",
    "desktop": "page",
    "lock": "page",
    "moved": "network",
    "file": "files",
    "search": "search",
    "page": "page",
    "page server": "page",
    "browser": "page",
    "telling": "page",
    "disk": "disk",
    "checkpoint": "disk",
    "checks": "disk",
}


@dataclass(frozen=True, slots=True)
class State:
    """One condition: its name, whom or what it is about (a uid, a gid, or no bytes), since when (ms), what its words
    mention, and what was signed that shows it, as fields of an evidence's file (section 6.6).
    """

    code: str
    about: bytes
    since: int
    values: dict[str, str | int]
    evidence: dict[str, Any] | None


class States:
    """Those that hold now; kept in the vault. Any thread may call; `on_change` is called outside the lock."""

    def __init__(self, vault: Vault, clock: Callable[[], int], on_change: Callable[[], None]) -> None:
        self._vault = vault
        self._clock = clock
        self._on_change = on_change
        self._lock = threading.Lock()
        self._now = {(state.code, state.about): state for state in vault.read(_load)}

    def begin(
        self,
        code: str,
        about: bytes = b"",
        values: dict[str, str | int] | None = None,
        evidence: dict[str, Any] | None = None,
    ) -> None:
        """It holds from now on. The first evidence stays; one that was without gets it later."""
        if code not in NAMES:
            raise KeyError(code)
        with self._lock:
            known = self._now.get((code, about))
            if known is not None and (known.evidence is not None or evidence is None):
                return
            state = State(code, about, known.since if known else self._clock(), values or {}, evidence)
            self._now[code, about] = state  # it holds, whether or not the disk takes it
        try:
            self._vault.write(lambda rows: _save(rows, state))
        finally:
            self._on_change()

    def end(self, code: str, about: bytes = b"") -> None:
        """What ends it has been proved."""
        if (code, about) not in self._now:
            return
        with self._lock:
            self._now.pop((code, about), None)
        try:
            self._vault.execute("DELETE FROM states WHERE code = ? AND about = ?", code, about)
        finally:
            self._on_change()

    def has(self, code: str, about: bytes = b"") -> bool:
        """Whether it holds."""
        return (code, about) in self._now

    def of(self, code: str, about: bytes = b"") -> State:
        """`no_evidence` where it doesn't hold (any more)."""
        state = self._now.get((code, about))
        if state is None:
            raise Refused("no_evidence")
        return state

    def now(self) -> list[State]:
        """All that hold, the oldest first."""
        with self._lock:
            return sorted(self._now.values(), key=lambda state: state.since)


def inside(troubles: list[Trouble]) -> list[State]:
    """What fails inside this agent, once for each part of it and cause."""
    found: dict[tuple[str, str], State] = {}
    for one in troubles:
        part = PARTS.get(one.where, "other")
        found.setdefault((part, one.code), State(INSIDE, b"", one.since, {"part": part, "code": one.code}, None))
    return list(found.values())


def _load(rows: Rows) -> list[State]:
    return [
        State(
            row[0],
            bytes(row[1]),
            row[2],
            msgspec.json.decode(bytes(row[3])),
            msgspec.json.decode(bytes(row[4])) if row[4] is not None else None,
        )
        for row in rows.execute("SELECT code, about, since, said, evidence FROM states")
    ]


def _save(rows: Rows, state: State) -> None:
    evidence = msgspec.json.encode(state.evidence) if state.evidence is not None else None
    rows.execute(
        "INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?, ?)",
        (state.code, state.about, state.since, msgspec.json.encode(state.values), evidence),
    )
