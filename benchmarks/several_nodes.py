"""Several nodes on one PostgreSQL database: what writing costs the node that writes and those that follow, and how much
one, two and three of them write together. Clients are in memory: no TLS, no passing on.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from authority_server.core.authority import Authority
from authority_server.state.state import begin
from authority_server.store import sqlite
from authority_server.store.database import Store
from authority_server.store.postgres import DatabaseServer
from benchmarks.figures import Figure, collect
from benchmarks.process import processor
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests import postgres
from tests.authority.group_peer import Circle, GroupPeer, people
from tests.authority.peer import Clock

TOGETHER = 50  # messages in one batch
BATCHES = 20
MOST = 3  # nodes
UNITS = {
    "a message, SQLite": "µs CPU",
    "a message, one node": "µs CPU",
    "a message that another node wrote": "µs CPU",
    "a message alone in its batch, one node": "µs CPU",
    "a batch of one that another node wrote": "µs CPU",
    "a look in vain": "µs CPU",
    "a look in vain, waited": "µs",
    **{f"{count} nodes together": "messages/s" for count in range(1, MOST + 1)},
    **{f"{count} nodes together, a node's batch": "ms" for count in range(1, MOST + 1)},
}
Open = Callable[[], Store]


class Writer:
    """Somebody who writes in a group, as many messages in a batch as they like."""

    def __init__(self, authority: Authority, peer: GroupPeer, circle: Circle, entries: list[bytes]) -> None:
        self._authority, self._peer, self._circle, self._entries = authority, peer, circle, entries

    def batch(self, size: int) -> None:
        jobs: list[tuple[Any, Any]] = []
        plain, self._authority.run_write = self._authority.run_write, lambda job, done, *_: jobs.append((job, done))
        for _ in range(size):
            self._peer.begin(self._circle.post(self._entries.pop(0)))
        self._authority.run_write = plain
        outcomes = self._authority.execute([job for job, _done in jobs])
        self._authority.settle([done for _job, done in jobs], outcomes)
        if any(isinstance(outcome, Exception) for outcome in outcomes):
            raise AssertionError(outcomes)
        self._peer.inbox.clear()


def run(runs: int, quick: bool) -> list[Figure]:
    """`quick`: a fifth of the batches."""
    with ExitStack() as left:
        folder = postgres.new_folder()
        left.callback(shutil.rmtree, folder)
        cluster = postgres.Cluster(folder)
        cluster.start(shared_buffers="64MB", max_wal_size="256MB")
        left.callback(cluster.kill)
        return collect(
            "several nodes", UNITS, [_once(cluster, n, BATCHES // 5 if quick else BATCHES) for n in range(runs)]
        )


def _once(cluster: postgres.Cluster, number: int, batches: int) -> dict[str, float]:
    found = _alone(batches) | _followed(_server(cluster, f"a{number}"), batches)
    for count in range(1, MOST + 1):
        rate, batch = _together(_server(cluster, f"b{number}_{count}"), count, batches)
        found[f"{count} nodes together"] = rate
        found[f"{count} nodes together, a node's batch"] = batch
    return found


def _server(cluster: postgres.Cluster, schema: str) -> DatabaseServer:
    address = f"host={cluster.folder}&options=-csearch_path%3D{schema}"
    cluster.run("psql", "-q", "-h", cluster.folder, "-U", "hamraz", "-c", f"CREATE SCHEMA {schema}", "postgres")
    return DatabaseServer.at(f"postgresql+psycopg2://hamraz@/postgres?{address}")


def _writers(authority: Authority, count: int, each: int) -> list[tuple[Circle, Any, list[bytes]]]:
    """So many groups of two, with what one of them is going to write in each."""
    known, made = people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER), []
    for port in range(4000, 4000 + count):
        circle = Circle(authority, port=port).create(known["ada"], [known["ada"], known["bob"]])
        made.append((circle, known["ada"], [circle.message(known["ada"]) for _ in range(each)]))
    return made


def _cpu(what: Callable[[], object]) -> float:
    return processor(what) * 1000


def _alone(batches: int) -> dict[str, float]:
    key = SigningKey.generate()
    authority = Authority(sqlite.in_memory(lambda rows: begin(rows, key)), key, Clock())
    ((circle, ada, entries),) = _writers(authority, 1, TOGETHER * batches)
    writer = Writer(authority, circle.enter(ada), circle, entries)
    used = _cpu(lambda: [writer.batch(TOGETHER) for _ in range(batches)])
    return {"a message, SQLite": used / TOGETHER / batches}


def _followed(server: DatabaseServer, batches: int) -> dict[str, float]:
    key = SigningKey.generate()
    server.create(lambda rows: begin(rows, key))
    with ExitStack() as left:
        stores = [server.open() for _ in range(2)]
        for store in stores:
            left.callback(store.close)
        one, other = (Authority(store, key, Clock(), place=bytes([n]) * 16) for n, store in enumerate(stores))
        ((circle, ada, entries),) = _writers(one, 1, (TOGETHER + 1) * batches)
        writer = Writer(one, circle.enter(ada), circle, entries)
        assert other.nodes is not None
        follow = other.nodes.catch_up
        follow()
        writes = follows = single = after = 0.0
        for _ in range(batches):
            writes += _cpu(lambda: writer.batch(TOGETHER))
            follows += _cpu(follow)
            single += _cpu(lambda: writer.batch(1))
            after += _cpu(follow)
        begun = time.perf_counter()
        vain = _cpu(lambda: [follow() for _ in range(batches)])
        waited = (time.perf_counter() - begun) * 1e6
        assert other.chain_size(circle.gid) == one.chain_size(circle.gid)
    return {
        "a message, one node": writes / TOGETHER / batches,
        "a message that another node wrote": follows / TOGETHER / batches,
        "a message alone in its batch, one node": single / batches,
        "a batch of one that another node wrote": after / batches,
        "a look in vain": vain / batches,
        "a look in vain, waited": waited / batches,
    }


def _together(server: DatabaseServer, count: int, batches: int) -> tuple[float, float]:
    """Messages a second, of all; and ms for a batch of one, with its wait for the others."""
    key = SigningKey.generate()
    server.create(lambda rows: begin(rows, key))
    store = server.open()
    prepared = _writers(Authority(store, key, Clock(), place=bytes(16)), count, TOGETHER * batches)
    store.close()
    go, ready, pipes = os.pipe(), os.pipe(), []
    for number, (circle, ada, entries) in enumerate(prepared, 1):
        pipes.append(os.pipe())
        if os.fork() == 0:
            code = 1
            try:
                mine = server.open()
                authority = Authority(mine, key, Clock(), place=bytes([number]) * 16)
                circle.authority = authority
                writer = Writer(authority, circle.enter(ada), circle, entries)
                os.write(ready[1], b".")
                os.read(go[0], 1)
                begun = time.perf_counter()
                for _ in range(batches):
                    writer.batch(TOGETHER)
                os.write(pipes[-1][1], json.dumps([begun, time.perf_counter()]).encode())
                code = 0
            finally:
                os._exit(code)
    waiting = count
    while waiting:
        waiting -= len(os.read(ready[0], waiting))
    os.write(go[1], b"." * count)
    spans = [json.loads(os.read(pipe[0], 1000)) for pipe in pipes]
    for _ in pipes:
        assert os.wait()[1] == 0
    for pipe in (go, ready, *pipes):
        for end in pipe:
            os.close(end)
    taken = max(end for _begun, end in spans) - min(begun for begun, _end in spans)
    batch = sum(end - begun for begun, end in spans) / count / batches
    return count * TOGETHER * batches / taken, batch * 1000
