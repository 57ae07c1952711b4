"""Sessions at a PostgreSQL server: how one begins and what it must promise, and the names of its errors. The driver is
loaded with the first of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import DBAPIError

from authority_server.store import rolling
from protocol.errors import Damaged, HamrazError

LOCK = int.from_bytes(b"Hmr2") << 32  # and the number of the schema where the tables are
LOCK_SECONDS = 5  # another node's batch takes a hundredth of a second, and an ended process's session is gone by then
IDLE_SECONDS = 10  # a node that stops in the middle of its batch holds up the others for no longer
TAKE_TURN = (
    f"SELECT set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', true), "
    f"pg_advisory_xact_lock({LOCK} | (SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema())), "
    "current_setting('synchronous_standby_names') <> ''"
)
PATIENCE_SECONDS = 10.0  # one that says nothing for so long, though its line is open, is left
# A server that has gone without a word is noticed in about ten seconds: by us, and by it of us.
PATIENCE = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
OWN = {"application_name": "hamraz", "tcp_user_timeout": 10_000, **PATIENCE}  # unless the address says otherwise
SETTINGS = {
    "client_min_messages": "warning",
    "lock_timeout": f"{LOCK_SECONDS}s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
READING = {"statement_timeout": "5s"}  # meanwhile nobody else is answered
DURABLE = {"fsync": ("on",), "synchronous_commit": ("on", "remote_apply", "remote_write")}
BYTEA = 17

Prepare = Callable[[Any, str], None]  # (connection of the driver, where)
Timelines = dict[int, int]  # by cluster: the newest that was ever written to


def connect(arguments: Any, options: Any, prepare: Prepare, path: str, timelines: Timelines) -> Any:
    """A connection of the driver, prepared, with the first of the hosts that writes and that no other has replaced;
    `database_unusable`, and what `prepare` raises.
    """
    reasons = []
    for host in _each_host(options):
        try:
            return _connect(arguments, host, prepare, path, timelines)
        except Damaged as reason:
            if reason.code != "database_unusable":
                raise
            reasons.append(str(reason.values["reason"]))
    raise unusable(path, "; ".join(dict.fromkeys(reasons)))


def _each_host(options: Any) -> list[dict[str, Any]]:
    """One after the other: the library itself leaves the rest alone where the first one answers, but with a refusal."""
    hosts, ports = (str(options.get(name) or "").split(",") for name in ("host", "port"))
    ports = ports * len(hosts) if len(ports) == 1 else ports
    if len(hosts) == 1 or len(ports) != len(hosts):
        return [options]
    return [{**options, "host": host, "port": port or None} for host, port in zip(hosts, ports, strict=True)]


def _connect(arguments: Any, options: Any, prepare: Prepare, path: str, timelines: Timelines) -> Any:
    import psycopg2

    from authority_server.store import driver

    try:
        connection = driver.connect(*arguments, **{**OWN, **options})
    except psycopg2.Error as reason:
        raise unusable(path, reason) from reason
    try:
        _take_bytes(connection)
        connection.lineage = lineage(connection.cursor(), path)
        _require_newest(connection.lineage, timelines, path)
        connection.rollback()
        prepare(connection, path)
        connection.commit()
    except psycopg2.Error as reason:
        connection.close()
        raise trouble(path, reason) or unusable(path, reason) from reason
    except HamrazError:
        connection.close()
        raise
    return connection


def lineage(cursor: Any, path: str) -> tuple[int, int]:
    """The cluster, and how often another server has taken over in it, or it was put back, plus one."""
    cursor.execute("SELECT pg_is_in_recovery()")
    if cursor.fetchone()[0]:
        raise unusable(path, "it only follows another server")
    cursor.execute("SELECT system_identifier, pg_walfile_name(pg_current_wal_lsn()) FROM pg_control_system()")
    system, file = cursor.fetchone()
    return system, int(file[:8], 16)


def _require_newest(lineage: tuple[int, int], timelines: Timelines, path: str) -> None:
    """`database_unusable` for a server that another has replaced: what it took now would contradict that one."""
    system, timeline = lineage
    if timeline < timelines.get(system, 0):
        raise unusable(
            path,
            f"another server has taken its place: this one is at timeline {timeline}, and {timelines[system]} is known",
        )
    timelines[system] = timeline


def trouble(path: str, reason: Exception) -> HamrazError | None:
    """The name of an error of the server, its disk or the way to it; None for what is our own mistake."""
    import psycopg2

    original = reason.orig if isinstance(reason, DBAPIError) else reason
    code: str | None = getattr(original, "pgcode", None)
    if code is None:  # the driver's own: the connection is gone
        lost = isinstance(original, psycopg2.OperationalError | psycopg2.InterfaceError)
        return unusable(path, original) if lost or type(original) is psycopg2.DatabaseError else None
    if code == "53100":
        return Damaged("disk_full")
    if code in ("XX001", "XX002"):
        return Damaged("database_damaged", path=path)
    if code == "55P03":
        return Damaged("database_in_use", path=path)
    if code.startswith("58"):
        return Damaged("disk_failing")
    # away or going away, out of connections or memory, read-only, not ours to use, too slow for its own limits
    if code.startswith(("08", "28", "3D", "53", "57")) or code in ("25006", "25P03", "42501"):
        return unusable(path, original)
    return None


def unusable(path: str, reason: object) -> Damaged:
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()] or [type(reason).__name__]
    return Damaged("database_unusable", path=path, reason=lines[0].removesuffix("."))


def _take_bytes(connection: Any) -> None:
    """Have what stands in the tables come as bytes, and not as views of the driver's own memory."""
    from psycopg2 import BINARY, extensions

    def take(value: Any, cursor: Any) -> bytes | None:
        return None if value is None else bytes(BINARY(value, cursor))

    extensions.register_type(extensions.new_type((BYTEA,), "bytes", take), connection)


def _set(cursor: Any, settings: dict[str, str]) -> None:
    cursor.execute("SELECT " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items()))


def anybody(connection: Any, path: str) -> None:
    connection.set_session(readonly=True)


def reader(connection: Any, path: str) -> None:
    # one moment for all that is read together, as SQLite has it
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    _set(connection.cursor(), READING)


def beside(connection: Any, path: str) -> None:
    """For chunks: what was read may be gone a moment later, and what it deletes nobody counts."""
    connection.patience = PATIENCE_SECONDS
    _set(connection.cursor(), READING)


def writer(connection: Any, path: str) -> None:
    """One who writes, by turns with others, and whose commits last: `database_unsafe` or `database_unusable`."""
    cursor = connection.cursor()
    _set(cursor, SETTINGS)
    for name, good in DURABLE.items():
        cursor.execute("SELECT current_setting(%s)", (name,))
        (found,) = cursor.fetchone()
        if found not in good:
            raise Damaged("database_unsafe", path=path, setting=name, value=found)
    # as it is now, whatever is written into the server's files while we run
    cursor.execute("SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)")
    cursor.execute("SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema()")
    found = cursor.fetchone()
    if found is None:
        raise Damaged("database_unusable", path=path, reason="its search_path names no schema")
    rolling.attend(cursor, found[0], path)


def operator(connection: Any, path: str) -> None:
    """Somebody who changes the tables beside a writer."""
    cursor = connection.cursor()
    _set(cursor, SETTINGS)
