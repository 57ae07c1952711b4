"""A real PostgreSQL for the tests: one server a run, in memory where there is room, which ends and is deleted with the
run. Whoever needs it first starts it, be it one of several runners beside each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from launch import postgres as programs
from launch.packages import ROOT

VARIABLE = "HAMRAZ_TEST_POSTGRES"  # the folder of this run, which all runners know
MEMORY = Path("/dev/shm")
ROOM = 1 << 30
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "16MB",
    "max_connections": "80",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
    "autovacuum": "off",
    "jit": "off",
    "dynamic_shared_memory_type": "mmap",  # in its folder: what the system's memory holds would outlive a kill
}
_connection: Any = None


def begin_run() -> Any:
    """Called by who starts the runners: the server lasts as long as the file that this returns is open."""
    folder = Path(tempfile.mkdtemp(prefix="hamraz-run-"))
    os.environ[VARIABLE] = str(folder)
    held = (folder / "run").open("wb")
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def end_run(held: Any) -> None:
    folder = Path(os.environ.pop(VARIABLE))
    shutil.rmtree(folder, ignore_errors=True)
    held.close()


def started() -> Path:
    """The folder of the server's socket. Who is first waits for some 2 s."""
    run = Path(os.environ[VARIABLE])
    with (run / "start").open("a+") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        turn.seek(0)
        known = turn.read()
        if not known:
            known = str(new_folder())
            Cluster(Path(known)).start(until=run / "run")
            turn.write(known)
    return Path(known)


def new_folder() -> Path:
    """For a server: short, as a socket's path has 107 bytes at most, and where another user comes to."""
    place = MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else Path("/tmp")
    return Path(tempfile.mkdtemp(prefix="hamraz-pg-", dir=place))


def command(words: str) -> None:
    """Have the run's server carry this out."""
    import psycopg2

    global _connection
    if _connection is None:
        _connection = psycopg2.connect(host=str(started()), user="hamraz", dbname="postgres")
        _connection.autocommit = True
    _connection.cursor().execute(words)


class Cluster:
    """A server with data, socket and log in one folder, as an ordinary user: PostgreSQL refuses to be root's."""

    def __init__(self, folder: Path, port: int = 5432) -> None:
        """`port` is the name of its socket in the folder, too."""
        found = programs.find()
        assert found is not None, "there is no PostgreSQL: install it (on Debian `apt install postgresql`)"
        self.folder, self.programs, self.port = folder, found, port
        self.user: str | None = None
        if os.geteuid() == 0:
            self.user = next(name for name in ("postgres", "nobody") if _is_user(name))
            shutil.chown(folder, self.user)

    def start(self, until: Path | None = None, allow: str = "", **settings: str) -> None:
        """Make it if it isn't there, and wait until it answers; `until` nobody holds this file any more. Everybody at
        this machine may come, and from the network `allow`.
        """
        data = self.folder / "data"
        if not data.exists():
            line = ["-D", data, "-A", "trust", "-U", "hamraz", "-E", "UTF8", "--locale=C", "-N", "--no-instructions"]
            self.run("initdb", *line)
            if allow:
                with (data / "pg_hba.conf").open("a") as rules:
                    rules.write(f"host all all {allow} trust\n")
        options = [f"-c{name}={value}" for name, value in {**SETTINGS, "port": self.port, **settings}.items()]
        command = [str(self.programs / "postgres"), "-D", str(data), "-k", str(self.folder), *options]
        if until is not None:
            command = [sys.executable, "-m", "tests.postgres", str(until), str(self.folder), self.user or "", *command]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder if until is None else ROOT,
                user=self.user if until is None else None,
            )
        self.wait()

    def wait(self) -> None:
        import psycopg2

        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg2.connect(host=str(self.folder), port=self.port, user="hamraz", dbname="postgres").close()
                return
            except psycopg2.OperationalError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.02)

    def kill(self) -> None:
        """As the kernel would, all at once."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def run(self, program: str, *arguments: str | Path) -> str:
        """What one of PostgreSQL's programs prints."""
        line = [str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(line, capture_output=True, text=True, cwd=self.folder, user=self.user)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _is_user(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _watch(until: Path, folder: Path, user: str, command: list[str]) -> None:
    """Run the server until the run is over, however it ended."""
    run = until.open("rb")
    server = subprocess.Popen(command, cwd=folder, user=user or None)
    fcntl.flock(run, fcntl.LOCK_SH)
    server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
