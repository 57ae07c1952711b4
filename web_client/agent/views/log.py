"""What the page is shown of the log: LogEntry of docs/agent-api.md. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol import log_entries
from protocol.log_entries import ADMIN

if TYPE_CHECKING:
    from web_client.agent.session import UserSession


_FILTERS: dict[str, tuple[type, ...]] = {
    "keys": (log_entries.KeyEntry, log_entries.RecoveryEntry),
    "roles": (log_entries.RoleEntry,),
    "groups": (log_entries.GroupEntry,),
    "new": (log_entries.RegisterEntry, log_entries.GenesisEntry),
}


def log_entry(n: int, entry: log_entries.Entry, noticed: int | None) -> dict[str, Any]:
    """LogEntry."""
    shown: dict[str, Any] = {
        "n": n,
        "noticed": noticed,
        "who": None,
        "by": None,
        "role": None,
        "why": None,
        "gid": None,
    }
    match entry:
        case log_entries.GenesisEntry():
            shown |= {"kind": "genesis"}
        case log_entries.RegisterEntry():
            shown |= {"kind": "register", "who": log_entries.read_register(entry).uid.hex()}
        case log_entries.KeyEntry():
            change = log_entries.read_key_change(entry)
            by = change.by.hex() if change.why == ADMIN else None
            shown |= {"kind": "key", "who": change.uid.hex(), "by": by, "why": change.why}
        case log_entries.RecoveryEntry():
            said = log_entries.read_recovery_change(entry)
            by = said.by.hex() if said.why == ADMIN else None
            shown |= {"kind": "recovery", "who": said.uid.hex(), "by": by, "why": said.why}
        case log_entries.RoleEntry():
            given = log_entries.read_role_change(entry)
            shown |= {"kind": "role", "who": given.target.hex(), "by": given.by.hex(), "role": given.role.value}
        case log_entries.GroupEntry():
            shown |= {"kind": "group", "gid": entry.gid.hex()}
    return shown


def log_page(session: UserSession, before: int | None, limit: int, filter: str | None) -> dict[str, Any]:
    """A stretch of the timeline, newest first."""
    end = session.ctx.trust.log.size if before is None else min(before, session.ctx.trust.log.size)
    wanted = _FILTERS.get(filter or "")
    entries: list[dict[str, Any]] = []
    while end > 0 and len(entries) < limit:
        start = max(0, end - max(limit, 100))
        noticed = session.ctx.trust.noticed(range(start, end))
        for n, entry in session.ctx.trust.entries(range(start, end)):
            if len(entries) < limit and (wanted is None or isinstance(entry, wanted)):
                entries.append(log_entry(n, entry, noticed.get(n)))
        end = start
    return {"entries": entries, "size": session.ctx.trust.log.size, "seen_by": session.ctx.trust.seen_by()}
