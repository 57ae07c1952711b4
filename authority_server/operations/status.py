"""What the running authority says of itself to whoever runs it: numbers, no names, nothing that anybody wrote."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from authority_server.core.authority import Authority
from authority_server.core.disk_health import Health
from authority_server.store import files as file_store
from authority_server.store.migrations import FORMAT
from protocol import __version__, messages
from protocol.errors import HamrazError


def gather(authority: Authority, queue: int, data: Path, since: datetime) -> dict[str, Any]:
    """Everything that `describe` shows, ready for JSON; `queue`: writes that wait for the disk."""
    with authority.lock:
        files, file_bytes = _files(authority)
        connected = authority.group_connections.sizes()
        groups = [
            {"id": gid.hex(), "port": group.port, "members": len(group.joined), "connected": connected.get(gid, 0)}
            for gid, group in authority.published_groups.items()
        ]
        return {
            "version": __version__,
            "protocol": messages.VERSION,
            "format": FORMAT,
            "since": since.isoformat(timespec="seconds"),
            "accounts": len(authority.state.accounts),
            "logged_in": len(authority.online.ready()),
            "strangers": authority.strangers,
            "groups": groups,
            "queue": queue,
            "trouble": _trouble(authority, authority.health),
            "files_trouble": _trouble(authority, authority.files_health),
            "files_at": authority.chunks.name,
            "threads": [
                {"where": one.where, "code": one.code, "count": one.count, "since": one.since}
                for one in authority.troubles.now()
            ],
            "mistakes": authority.troubles.count,
            "recovery": authority.recovery.status(),
            "damage": authority.damage.status(),
            "invitation": authority.state.invitation is not None,
            "log": authority.published.size,
            "database_bytes": database_bytes(authority),
            "files": files,
            "file_bytes": file_bytes,
            "file_space": authority.file_space,
            "backup_bytes": authority.state.backups.total,
            "backup_space": authority.backup_space,
            "free_bytes": free_bytes(data),
        }


def database_bytes(authority: Authority) -> int:
    """0 if it can't be asked now: the status is asked for on bad days most of all."""
    try:
        return authority.store.size()
    except HamrazError:
        return 0


def _files(authority: Authority) -> tuple[int, int]:
    """How many wait, and how many bytes of them; (0, 0) likewise."""
    try:
        with authority.store.reading() as rows:
            return file_store.amount(rows)
    except HamrazError:
        return 0, 0


def describe(status: dict[str, Any], now: datetime) -> str:
    """The same for people, a line for each thing."""
    since = datetime.fromisoformat(status["since"])
    up = timedelta(seconds=int((now - since).total_seconds()))
    groups = sorted(status["groups"], key=lambda group: (-group["connected"], group["port"]))
    members = sum(group["connected"] for group in groups)
    lines = {
        "running since": f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({up})",
        "version": "{version}, protocol {protocol}, database format {format}".format_map(status),
        "accounts": status["accounts"],
        "connections": "{logged_in} logged in, {strangers} strangers".format_map(status),
        "groups": f"{len(groups)}, with {members} members connected",
        "writer's queue": status["queue"],
        "log": f"{status['log']} entries",
        "database": size(status["database_bytes"]),
        "files": f"{status['files']}, {size(status['file_bytes'])} of {size(status['file_space'])}",
        "backups": f"{size(status['backup_bytes'])} of {size(status['backup_space'])}",
        "disk": f"{size(status['free_bytes'])} free",
        "last writes": _last_writes(status["trouble"]),
    }
    if status["threads"]:
        lines["FAILING"] = (
            ", ".join(_thread(one, now) for one in status["threads"])
            + ": tried again by itself; the log has the traceback. Tell who wrote Hamraz"
        )
    elif status["mistakes"]:
        lines["mistakes"] = f"{status['mistakes']} since the start, all over; the log has their tracebacks"
    if status["files_trouble"]:
        lines["FILES"] = _last_writes(status["files_trouble"])
    if status["damage"]:
        lines["DAMAGED"] = f"{len(status['damage'])} rows: {', '.join(status['damage'][:5])}"
    if not status["invitation"]:
        lines["invitation"] = "revoked: nobody can join"
    if status["recovery"] is not None:
        lines["RECOVERING"] = _recovering(status["recovery"])
    shown = [f"{name:<16}{value}" for name, value in lines.items()]
    shown += [
        f"  group on port {one['port']}: {one['connected']} of {one['members']} connected"
        for one in groups
        if one["connected"]
    ]
    return "\n".join(shown)


def _recovering(told: dict[str, Any]) -> str:
    been = "{seen} of {of} accounts have been here; ".format_map(told)
    if told["declared"]:
        return f"{been}the log had {told['before']} entries when it began. Nothing is appended before --end-recovery"
    return (
        been
        + "the log lacks {log} entries, {groups} groups lack some: appended there when they are back".format_map(
            told["lacks"]
        )
    )


def _trouble(authority: Authority, health: Health) -> dict[str, Any] | None:
    """What keeps the last writes from the disk, or files from where they lie."""
    if health.trouble is None:
        return None
    seconds = (authority.clock() - health.since) // 1000
    return {"code": health.trouble.code, "text": str(health.trouble), "seconds": seconds, "refused": health.refused}


def _thread(one: dict[str, Any], now: datetime) -> str:
    seconds = max(0, int(now.timestamp() - one["since"] / 1000))
    return f"{one['where']} ({one['code']}) for {seconds} s, {one['count']} times"


def _last_writes(trouble: dict[str, Any] | None) -> str:
    if trouble is None:
        return "on disk"
    return "REFUSED for {seconds} s, {refused} requests: {text}".format_map(trouble)


def free_bytes(data: Path) -> int:
    """Room that is left on the folder's disk."""
    return shutil.disk_usage(data).free


def size(number: float) -> str:
    """Bytes as people say them."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
