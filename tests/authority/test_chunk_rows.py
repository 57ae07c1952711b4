"""Sealed chunks in a PostgreSQL database: what is its own. That the rest is the same, test_files.py shows on both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from authority_server.core.authority import Authority
from authority_server.handlers import files
from authority_server.operations import chunk_moving
from authority_server.store import nodes as node_store
from authority_server.store.blobs import ChunkFiles
from authority_server.store.chunk_rows import CHUNKS, ChunkRows
from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.messages import Done, PutChunk
from protocol.primitives import random_id
from protocol.roles import Role
from tests import stores
from tests.authority import two_nodes
from tests.authority.group_peer import people
from tests.authority.peer import Clock, new_authority
from tests.authority.test_files import FIRST, LAST, SIZE, Sharing, code


@pytest.fixture
def sharing() -> Iterator[Sharing]:
    with stores.using(stores.POSTGRES):
        authority = new_authority(Clock())
        assert isinstance(authority.chunks, ChunkRows)
        yield Sharing(authority, people(authority, sara=Role.BEGINNER, omid=Role.BEGINNER), random_id())


def change(authority: Authority, words: str) -> None:
    with authority.store.transaction() as rows:
        rows._connection.exec_driver_sql(words)


def test_a_chunk_and_what_counts_it_are_there_or_not(sharing: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = sharing.authority
    sharing.offer()
    peer = sharing.line("owner")
    with monkeypatch.context() as patch:
        patch.setattr(files.file_store, "advance", lambda *_: 1 / 0)
        assert code(lambda: sharing.put(0, FIRST)) == "internal"
    assert sharing.on_disk == 0 and sharing.offer() == 0
    jobs: list[files.Write[None]] = []
    with monkeypatch.context() as patch:
        patch.setattr(authority, "carry_out", lambda client, rid, write: jobs.append(write))
        whole = FIRST, os.urandom(CHUNK + 16)
        for index in range(2):  # under way, one behind the other
            peer.begin(PutChunk(0, sharing.id, index, whole[0] if index == 0 else LAST))
    assert sharing.on_disk == 0, "none is there before its turn"
    outcomes = authority.execute([job.job for job in jobs])
    authority.settle([lambda _: None] * 2, outcomes)
    assert sharing.on_disk == 1 and sharing.offer() == 2
    assert [sharing.get("sara", index) for index in range(2)] == [FIRST, LAST]
    with authority.store.reading() as rows:
        kind = rows._connection.exec_driver_sql(
            "SELECT attstorage FROM pg_attribute WHERE attrelid = 'chunks'::regclass AND attname = 'sealed'"
        ).scalar_one()
    assert kind in ("e", b"e"), "nobody tries to make it smaller"


def test_nobody_has_more_than_a_few_in_memory(sharing: Sharing) -> None:
    sharing.offer(size=20 * CHUNK)
    waiting: list[object] = []
    at_once = sharing.authority.run_write
    sharing.authority.run_write = lambda job, done, *_: waiting.append((job, done))
    peer, whole = sharing.line("owner"), os.urandom(CHUNK + 16)
    rids = [peer.begin(PutChunk(0, sharing.id, index, whole)) for index in range(files.AT_ONCE)]
    (*_, client) = sharing.authority.online.ready()
    assert client.chunks == files.AT_ONCE
    sharing.authority.run_write = at_once
    for job, done in waiting:  # type: ignore[misc]
        at_once(job, done, b"", 1)
    assert [peer.answer(rid, Done) for rid in rids] and client.chunks == 0
    sharing.authority.run_write = lambda job, done, *_: waiting.append((job, done))
    for index in range(files.AT_ONCE + 1):
        peer.begin(PutChunk(0, sharing.id, files.AT_ONCE + index, whole))
    assert peer.ended_with() == "too_many_requests"


def test_a_row_that_the_disk_has_changed_reaches_nobody(sharing: Sharing) -> None:
    sharing.send()
    change(
        sharing.authority,
        "UPDATE chunks SET sealed = set_byte(sealed, 1000, 255 - get_byte(sealed, 1000)) WHERE idx = 0",
    )
    assert code(lambda: sharing.get("sara", 0)) == "file_gone"
    assert sharing.get("sara", 1) == LAST
    assert sharing.authority.damage.status() == [f"files {sharing.id.hex()[:8]} chunk 0"]


def test_a_start_keeps_rows_and_chunks_together(sharing: Sharing) -> None:
    """Of three files one is whole, one has lost a chunk, one its row; what was offered again isn't let go."""
    authority, owner = sharing.authority, sharing.who["owner"].uid
    sharing.send()
    whole, lost, nobodys = sharing.id, random_id(), random_id()
    sharing.id = lost
    sharing.send()
    with authority.store.transaction() as rows:
        authority.chunks.keep(rows, owner, nobodys, 0, LAST)
        rows._connection.execute(CHUNKS.delete().where(CHUNKS.c.id == lost, CHUNKS.c.idx == 1))
    authority.chunks.remove([(owner, whole)])
    files.sweep(authority)
    assert authority.chunks.sizes() == {(owner, whole): SIZE + 32}
    assert sharing.offer() == 0, "it is left again"
    sharing.id = nobodys
    sharing.send()
    assert sharing.get("sara", 1) == LAST


def test_a_session_that_ends_comes_back(sharing: Sharing) -> None:
    sharing.send()
    assert sharing.get("sara", 1) == LAST
    assert isinstance(sharing.authority.chunks, ChunkRows) and sharing.authority.chunks._connection is not None
    number = sharing.authority.chunks._connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    sharing.authority.chunks._connection.rollback()
    change(sharing.authority, f"SELECT pg_terminate_backend({number}, 5000)")
    assert code(lambda: sharing.get("sara", 1)) == "authority_failing"
    sharing.authority.look_after_disk()
    assert sharing.authority.health.trouble is None and sharing.get("sara", 1) == LAST


def test_a_node_dies_in_mid_file_and_another_goes_on(tmp_path: Path) -> None:
    """Another sees only what was counted. And as long as it runs, nobody moves files away from it."""
    with two_nodes.running(Clock()) as nodes:
        first, second = nodes
        sharing = Sharing(first, people(first, sara=Role.BEGINNER, omid=Role.BEGINNER), random_id())
        sharing.offer()
        sharing.put(0, FIRST)
        first.run_write = lambda *_: None
        sharing.line("owner").begin(PutChunk(0, sharing.id, 1, LAST))  # it dies before this is written
        first.store.close()
        assert first.nodes is not None and second.nodes is not None
        dead = first.nodes.id
        second.nodes.catch_up()
        second.write_now(lambda state, rows: state.end_node(rows, dead))  # as it has said nothing for ten seconds
        files.sweep(second)
        at_second = replace(sharing, authority=second)
        assert code(lambda: at_second.get("sara", 1)) == "file_not_yet"
        assert at_second.offer() == 1
        at_second.put(1, LAST)
        third = nodes.start()
        files.sweep(third)
        assert [at_second.get("sara", index) for index in (0, 1)] == [FIRST, LAST]
        assert third.chunks.sizes() == {(sharing.who["owner"].uid, sharing.id): SIZE + 32}
        with third.store.transaction() as rows:
            node_store.put_node(rows, b"second", bytes(16), "host", 1)
        with pytest.raises(HamrazError) as reason:
            chunk_moving.settle(third.store, tmp_path, pytest.fail)
        assert reason.value.code == "database_in_use"
        third.store.close()


def test_what_waits_in_a_folder_moves_at_the_next_start(sharing: Sharing, tmp_path: Path) -> None:
    """The first authorities with a database on a server kept it there. One file has been damaged, and is lost."""
    authority, folder = sharing.authority, tmp_path / "files"
    authority.chunks = ChunkFiles(folder)
    sharing.send()
    whole, lost = sharing.id, random_id()
    sharing.id = lost
    sharing.send()
    (path,) = folder.glob(f"*{lost.hex()}*")
    path.write_bytes(b"!" + path.read_bytes()[1:])
    assert authority.nodes is not None
    authority.nodes.end()
    authority.chunks = chunk_moving.settle(authority.store, folder, pytest.fail)
    files.sweep(authority)
    sharing.id = whole
    assert [sharing.get("sara", index) for index in range(2)] == [FIRST, LAST]
    assert list(authority.chunks.sizes()) == [(sharing.who["owner"].uid, whole)] and list(folder.iterdir()) == []
    again = chunk_moving.settle(authority.store, folder, pytest.fail)
    assert again.sizes() == authority.chunks.sizes()
