"""A PostgreSQL server and its standby, which may be killed, cut off, promoted and made anew. A name for a place is that
of a slot: whoever writes is in one of the two, and what comes back takes the other.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path
from types import TracebackType
from typing import Any

from tests import postgres
from tests.postgres import Cluster
from tests.processes import LOOPBACK, free_port, until
from tests.proxy import Proxy

REPLICATED = {
    "listen_addresses": LOOPBACK,
    "wal_level": "replica",
    "max_wal_senders": "5",
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "200ms",
    "max_wal_size": "256MB",
}
SYNCHRONOUS = "synchronous_standby_names"


class Server:
    """One of the two, in a folder of its own. Each node has its line to it, a standby follows through `following`."""

    def __init__(self, name: str, nodes: int = 1) -> None:
        self.name = name
        self.folder = postgres.new_folder()
        self.cluster = Cluster(self.folder, free_port())
        self.lines = [Proxy((LOOPBACK, 0), (LOOPBACK, self.cluster.port)) for _ in range(nodes)]
        self.following = Proxy((LOOPBACK, 0), (LOOPBACK, self.cluster.port))
        self.runs = False
        self._settings: dict[str, str] = {}

    def start(self, **settings: str) -> None:
        self._settings = settings or self._settings
        self.cluster.start(**{**REPLICATED, **self._settings})
        self.runs = True

    def kill(self) -> None:
        """As a power failure would: all its processes at once, with nothing said and nothing written."""
        if not self.runs:
            return
        self.runs = False
        first = self.cluster.process.pid
        os.kill(first, signal.SIGSTOP)  # so that it starts no other meanwhile
        for pid in (*_children(first), first):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.cluster.process.wait()

    def ask(self, words: str) -> Any:
        """The first value that the server answers with, if any."""
        import psycopg2

        connection = psycopg2.connect(host=str(self.folder), port=self.cluster.port, user="hamraz", dbname="postgres")
        try:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(words)
            return cursor.fetchone()[0] if cursor.description else None
        finally:
            connection.close()

    def follow(self, other: Server, through: Proxy | None = None) -> None:
        """Begin anew as the standby of another server; `through` a line of its own."""
        self.kill()
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        where = ("-h", other.folder, "-p", str(other.cluster.port), "-U", "hamraz")
        self.cluster.run("pg_basebackup", *where, "-D", self.folder / "data", "-X", "stream", "-c", "fast", "-N")
        (self.folder / "data" / "standby.signal").touch()
        if self.cluster.user is not None:
            shutil.chown(self.folder / "data" / "standby.signal", self.cluster.user)
        line = f"host={LOOPBACK} port={(through or other.following).port} user=hamraz application_name={self.name}"
        self.start(primary_conninfo=line)

    def close_lines(self) -> None:
        for line in (*self.lines, self.following):
            line.__exit__(None, None, None)

    def close(self) -> None:
        self.kill()
        self.close_lines()
        shutil.rmtree(self.folder, ignore_errors=True)


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


class Pair:
    """Two servers, `primary` and, if there is one, `standby`. With `waits`, a commit waits for the standby."""

    def __init__(self, standby: bool = True, waits: bool = True, nodes: int = 1) -> None:
        self.waits = waits
        self.servers = [Server("one", nodes)]
        self.primary = self.servers[0]
        self.standby: Server | None = None
        self.primary.start()
        if standby:
            self.servers.append(Server("two", nodes))
            self.rejoin()

    def __enter__(self) -> Pair:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self.servers:
            server.close()

    def address(self, node: int = 0) -> str:
        """As docs/operating.md has it for two servers, each through a line of this node's."""
        hosts = "&".join(f"host={LOOPBACK}:{server.lines[node].port}" for server in self.servers)
        return f"postgresql+psycopg2://hamraz@/postgres?{hosts}&target_session_attrs=read-write"

    def rejoin(self) -> None:
        """The one that is not the primary begins anew as its standby, and commits wait for it where they are to."""
        other = next(server for server in self.servers if server is not self.primary)
        other.follow(self.primary)
        self.standby = other
        if self.waits:
            self._synchronous("*")
            state = "SELECT sync_state FROM pg_stat_replication"
            until(
                lambda: self.primary.ask(f"SELECT coalesce(({state}), 'none')") == "sync",
                what="a standby that is waited for",
            )

    def _synchronous(self, names: str) -> None:
        self.primary.ask(f"ALTER SYSTEM SET {SYNCHRONOUS} = '{names}'")
        self.primary.ask("SELECT pg_reload_conf()")

    def fail_over(self) -> None:
        """The primary dies for good, and its standby takes its place, alone."""
        assert self.standby is not None
        self.primary.kill()
        self.promote()

    def promote(self) -> None:
        """The standby takes the primary's place, whatever that one does."""
        assert self.standby is not None
        self.primary, self.standby = self.standby, None
        self.primary.ask("SELECT pg_promote()")
        self._synchronous("")


class Trio(Pair):
    """A second standby, whose `line` to the primary is its own: a commit waits for either of the two."""

    def __init__(self, nodes: int = 1) -> None:
        super().__init__(nodes=nodes)
        self.second = Server("three", nodes)
        self.line = Proxy((LOOPBACK, 0), (LOOPBACK, self.primary.cluster.port))
        self.servers.append(self.second)
        self.second.follow(self.primary, self.line)
        self._synchronous("ANY 1 (two, three)")
        state = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'"
        until(lambda: self.primary.ask(state) == 2, what="two standbys of which one is waited for")

    def fail_over_to_the_second(self) -> None:
        """Both others die, and it takes over with what it has."""
        assert self.standby is not None
        self.primary.kill()
        self.standby.kill()
        self.line.cut()
        self.line.flow()
        self.standby = self.second
        self.promote()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.__exit__(kind, error, trace)
        super().__exit__(kind, error, trace)
