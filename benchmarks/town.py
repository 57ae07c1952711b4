"""An authority's folder with accounts already in it, and the authority itself: a process of `run.py authority`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from authority_server.core.authority import Authority
from authority_server.main import open_folder, rising_clock
from authority_server.state.state import State
from authority_server.store.database import Account, Rows
from benchmarks.generator import Line
from benchmarks.member import Member, name_of
from protocol import links, messages
from protocol.log_entries import RegisterEntry, encode_entry
from protocol.lookalikes import comparison_key
from protocol.statements import authority_id_of
from tests.processes import Authority as Process


@dataclass(slots=True)
class Town:
    """A running authority and its members; the first one is the super admin."""

    process: Process
    members: list[Member]
    invitation: str

    @property
    def port(self) -> int:
        return self.process.port

    @property
    def pid(self) -> int:
        assert self.process.child is not None
        return self.process.child.pid

    def newcomers(self, count: int) -> list[Member]:
        """People with keys and no account."""
        first = len(self.members)
        return [Member(self.members[0].authority_id, name_of(first + n)) for n in range(count)]


@contextmanager
def town(population: int, async_mode: str = "eventlet", group_ports: str = "1024-65535") -> Iterator[Town]:
    """An authority with so many accounts, which the database got before it started: signing them up takes longer.

    For groups it has the given ports, or any that the machine has free.
    """
    with TemporaryDirectory() as folder:
        data = Path(folder)
        members = settle(data, population)
        process = Process(data, async_mode, "--group-ports", group_ports)
        process.start()
        try:
            yield Town(process, members, links.decode(process.join_link).invitation)
        finally:
            process.stop()


def settle(data: Path, population: int) -> list[Member]:
    """Write the accounts of so many new members into a new authority's folder."""
    key, store = open_folder(data)
    members = [Member(authority_id_of(key.public), name_of(number)) for number in range(population)]
    try:
        authority = Authority(store, key, rising_clock())
        put_accounts(authority, members)
        for member in members:
            member.head = authority.published.head
    finally:
        store.close()
    return members


def put_accounts(authority: Authority, members: list[Member]) -> None:
    """Write these accounts into its database, without anybody's signing up."""

    def job(state: State, rows: Rows) -> None:
        for member in members:
            state.append(rows, encode_entry(RegisterEntry(member.register(comparison_key(member.name)))))
            state.add_account(rows, Account(member.uid, authority.email_hash(member.email), 0))

    authority.write_now(job)


def live(line: Line, tag: bytes, body: bytes) -> None:
    """What a member does with what is pushed: an answer to a ping, and nothing else."""
    if tag == b"ping":
        line.send(messages.encode(messages.Pong(messages.decode(body, messages.Ping).n)))
